"""The ground of the explorer of noise: panels, the runs, and what theory says of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from ..descent import descend
from ..optimizers import MOMENTUM, cosine, inverse_time, step_decay, warm_up
from ..surfaces import noisy
from ..svg import Panel, level, number, points, text
from ..theory import noisy_path
from .damping import GROUND, STEEP, valley

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
RATE = Panel(52, 342, 226, 100, (0, LAST), (0, 1))
SPREAD = Panel(338, 342, 226, 100, (0, LAST), (8e-3, 20), log=True)
LOSS = Panel(626, 342, 320, 100, (0, LAST), (5e-3, 500), log=True)
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


@lru_cache(maxsize=1)
def back() -> str:
    """What never changes: the ravine, the frames and their axes."""
    across, (x, y) = (0, 40, 80, 120), GROUND.pixels(0, 0)
    panels = [
        GROUND.contours(valley(KAPPA)) + GROUND.frame(),
        GROUND.axes((-10, -5, 0), (-2, 0, 2), "w2, the flat direction →",
                    "w1, the steep direction ↑"),
        f'<path class="minimum" d="M{number(x - 7)} {number(y)}h14'
        f'M{number(x)} {number(y - 7)}v14"/>',
        text(GROUND.x + GROUND.width - 12, GROUND.y + GROUND.height - 12, "minimum at +",
             "halo small", "end"),
        *(panel.frame() + panel.axes(across, across_name="step") for panel in (RATE, SPREAD, LOSS)),
        SPREAD.axes((), (0.01, 0.1, 1, 10)),
        LOSS.axes((), (0.01, 1, 100)),
        text(RATE.x, RATE.y - 10, "learning rate at each step", "strong small"),
        text(SPREAD.x, SPREAD.y - 10, "spread of the runs:", "strong small"),
        text(SPREAD.x + 138, SPREAD.y - 10, "w1", "w1 strong small"),
        text(SPREAD.x + 162, SPREAD.y - 10, "w2", "w2 strong small"),
        text(LOSS.x, LOSS.y - 10, "mean loss of the runs, dots predicted", "strong small"),
    ]  # fmt: skip
    return "".join(panels)


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


def prediction(panel: Panel, values: np.ndarray, start: int = 0) -> str:
    """What theory says from step ``start`` on, as a dotted line, a point at every second step."""
    place = panel.pixels(start + np.arange(0, len(values), 2), values[::2])
    return f'<polyline class="path model" points="{points(place)}"/>'


def floor_line(loss: float) -> str:
    """The floor at the rate of the slider, if there is one, named below on the left."""
    if not np.isfinite(loss):
        return ""
    x, y = LOSS.pixels(0, loss)
    words = text(x + 6, min(y + 15, LOSS.y + LOSS.height - 4), f"floor {loss:.2g}", "small halo")
    return level(LOSS, loss, "") + words
