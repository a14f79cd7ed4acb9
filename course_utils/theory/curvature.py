"""Newton and the exact line search: what knowing the curvature buys, and what it costs."""

from __future__ import annotations

import numpy as np


def newton_angle(g, H):
    """The angle, in degrees, between minus the gradient and Newton's step.

    Args:
        g: gradient, shape (n,).
        H: Hessian, shape (n, n), not singular.

    Raises:
        ValueError: the gradient is zero, so that there is no direction to compare with.

    >>> print(round(newton_angle([1, 1], [[1, 0], [0, 1]])))
    0
    >>> print(round(newton_angle([25, 1], [[25, 0], [0, 1]]), 1))
    42.7
    """
    g = np.asarray(g, dtype=float)
    if not g.any():
        raise ValueError("The gradient is zero here and has no direction: take another point.")
    step = np.linalg.solve(H, g)
    cosine = g @ step / (np.linalg.norm(g) * np.linalg.norm(step))
    # Rounding makes the cosine of equal directions 1 + 2e-16, of which there is no angle.
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def line_search_rate(steep, flat):
    """The largest factor by which an exact line search leaves the loss: ((L - l) / (L + l))^2.

    Reached from (w1, w2) proportional to (flat, steep), for ever. Source: Kantorovich's inequality;
    Luenberger, Linear and Nonlinear Programming, chapter 8.

    >>> print(line_search_rate(3, 1))
    0.25
    """
    return ((steep - flat) / (steep + flat)) ** 2


def hessian_entries(weights):
    """How many different entries the Hessian of so many weights has: n (n + 1) / 2.

    >>> print(hessian_entries(2), hessian_entries(1000))
    3 500500
    """
    return weights * (weights + 1) // 2
