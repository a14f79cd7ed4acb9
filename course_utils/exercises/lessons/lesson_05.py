"""What the exercises of lesson 05 need: the factor per step of momentum, and wrong ones."""

from __future__ import annotations

import numpy as np

from ...theory import momentum_rate

# Overdamped, underdamped on both sides of lr curvature = 1, flipping, running away
FACTOR_CASES = (
    (0.01, 0.5, 1.0),
    (0.02, 0.9, 25.0),
    (0.05, 0.64, 30.0),
    (0.11, 0.3, 22.0),
    (0.12, 0.5, 30.0),
)


def factor_per_step(lr: float, beta: float, curvature: float) -> float:
    """The size of the larger eigenvalue of one step of momentum."""
    return float(momentum_rate(lr, beta, curvature))


def signed_factor(lr: float, beta: float, curvature: float) -> float:
    """The larger root where both are real, by sign instead of size."""
    half = (1 + beta - lr * curvature) / 2
    under_root = half**2 - beta
    return float(np.sqrt(beta) if under_root < 0 else half + np.sqrt(under_root))


def real_factor(lr: float, beta: float, curvature: float) -> float:
    """The size of the real part, where the roots are complex."""
    half = (1 + beta - lr * curvature) / 2
    return float(abs(half) + np.sqrt(max(half**2 - beta, 0.0)))
