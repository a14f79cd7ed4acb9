"""The noisy runs of the explorer of noise, and what theory says of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from ...descent import descend
from ...optimizers import MOMENTUM, cosine, inverse_time, step_decay, warm_up
from ...surfaces import noisy
from ...theory import noisy_path
from ..common import STEEP, valley

LAST, RUNS, DRAWN, KAPPA = 120, 200, 50, 25.0
ONE_SAMPLE = 12.0
CURVATURES, START = np.array([STEEP, STEEP / KAPPA]), np.array([2.0, -10.0])
CONSTANT, STEPS, COSINE, INVERSE, WARM = PLANS = (
    "constant",
    "step, ÷ 10 every 40",
    "cosine to 0",
    "1/t, half after 20",
    "20 warm-up, cosine",
)
TRIED = np.geomspace(0.002, 0.16, 60)


def planned(name: str, rate) -> Callable:
    """The schedule of that name which begins with, or rises to, a rate."""
    return {
        CONSTANT: lambda: lambda t: rate,
        STEPS: lambda: step_decay(rate, 0.1, 40),
        COSINE: lambda: cosine(rate, LAST),
        INVERSE: lambda: inverse_time(rate, 20),
        WARM: lambda: warm_up(cosine(rate, LAST), 20),
    }[name]()


def simulated(batch: float, beta: float, rate: Callable) -> np.ndarray:
    """Where the runs are after 0, 1, ... steps, shape (steps + 1, 2, runs); some far off for ever.

    Those have run away.
    """
    surface = noisy(valley(KAPPA), ONE_SAMPLE / np.sqrt(batch), seed=9)
    start = np.broadcast_to(START[:, None], (2, RUNS))
    run = descend(surface, MOMENTUM, start, LAST, lr=rate, beta=beta)
    return np.nan_to_num(run.positions, nan=1e6)


def expected(batch: float, beta: float, rate: Callable) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of both weights after 0, 1, ... steps, each of shape (steps + 1, 2)."""
    noise = ONE_SAMPLE / np.sqrt(batch)
    with np.errstate(over="ignore", invalid="ignore"):
        means, variances = noisy_path(rate, beta, CURVATURES, noise, START, LAST)
    return np.nan_to_num(means, nan=1e9), np.nan_to_num(variances, nan=1e18)


@lru_cache(maxsize=128)
def best(batch: float, beta: float, plan: str) -> tuple[float, float]:
    """The rate of 60 with the lowest expected loss after the last step, and that loss."""
    means, variances = expected(batch, beta, planned(plan, TRIED[:, None]))
    losses = mean_loss(means[-1], variances[-1])
    lowest = int(losses.argmin())
    return float(TRIED[lowest]), float(losses[lowest])


def mean_loss(means: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """The expected loss of weights with these means and variances, over the last axis."""
    return (CURVATURES / 2 * (means**2 + variances)).sum(axis=-1)
