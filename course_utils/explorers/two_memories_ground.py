"""The ground of the explorer of Adam: panels, the two rules beside it, and its quickest rate."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..descent import Trajectory, descend
from ..optimizers import ADAM, MOMENTUM, RMSPROP, UNCORRECTED_ADAM
from ..surfaces import Surface, ravine
from ..svg import Panel, contour_map, legend, level, text
from .damping import GROUND, STEEP, valley

LAST, GOAL = 120, 1e-3
MOMENTUM_RATE, RHO = 0.02, 0.9
MEMORIES = (
    Panel(52, 342, 182, 100, (0, LAST), (-1, 1)),
    Panel(292, 342, 182, 100, (0, LAST), (-1, 1)),
)
STEPS = Panel(526, 342, 182, 100, (0, LAST), (1e-2, 40), log=True)
LOSS = Panel(764, 342, 182, 100, (0, LAST), (1e-7, 1e4), log=True)
TRIED = np.geomspace(0.02, 3, 60)


@lru_cache(maxsize=8)
def back(kappa: float) -> str:
    """What only kappa changes: the ravine, the frames and their axes."""
    w1, w2 = MEMORIES
    across = (0, 50, 100)
    panels = [
        contour_map(valley(kappa), GROUND),
        *(panel.frame() + panel.axes(across, across_name="step") for panel in (w1, w2)),
        STEPS.frame() + STEPS.axes(across, (0.01, 0.1, 1, 10), "step"),
        text(STEPS.x, STEPS.y - 10, "step of Adam, in units of η", "strong small"),
        LOSS.frame() + LOSS.axes(across, (1e-6, 1e-3, 1, 1e3), "step"),
        text(LOSS.x, LOSS.y - 10, "loss / c", "strong small"),
        LOSS.inside(level(LOSS, GOAL, "goal", side="left")),
    ]
    return "".join(panels)


@lru_cache(maxsize=16)
def surface(kappa: float, c: float) -> Surface:
    """The ravine with w1's curvature 25 c."""
    return ravine(kappa, c=c * STEEP / kappa)


@lru_cache(maxsize=16)
def momentum(kappa: float, c: float, beta: float) -> Trajectory:
    """Momentum at its own rate."""
    return descend(surface(kappa, c), MOMENTUM, steps=LAST, lr=MOMENTUM_RATE, beta=beta)


@lru_cache(maxsize=16)
def rmsprop(kappa: float, c: float, lr: float, eps: float) -> Trajectory:
    """RMSProp at Adam's rate."""
    return descend(surface(kappa, c), RMSPROP, steps=LAST, lr=lr, rho=RHO, eps=eps)


@lru_cache(maxsize=64)
def quickest(
    kappa: float, c: float, beta1: float, beta2: float, eps: float, corrected: bool
) -> float | None:
    """The rate of 60 between 0.02 and 3 with which Adam's loss is soonest below the goal for good.

    The goal is 1e-3 c; None if no rate reaches it within the explorer's steps.
    """
    curvatures = c * np.array([[STEEP], [STEEP / kappa]])
    w = np.array([[2.0], [-10.0]]) * np.ones_like(TRIED)
    m, s = np.zeros_like(w), np.zeros_like(w)
    hyper = {"lr": TRIED, "beta1": beta1, "beta2": beta2, "eps": eps}
    last_above = np.zeros(TRIED.size, dtype=int)
    with np.errstate(all="ignore"):
        for t in range(1, LAST + 1):
            g = curvatures * w
            if corrected:
                ADAM.kernel(w, g, m, s, t=t, **hyper)
            else:
                UNCORRECTED_ADAM.kernel(w, g, m, s, **hyper)
            home = 0.5 * (curvatures * w * w).sum(axis=0) <= GOAL * c
            last_above[~home] = t
    best = int(last_above.argmin())
    return float(TRIED[best]) if last_above[best] < LAST else None


def names(name: str) -> str:
    """The three paths' names and samples; ``name`` is what Adam is called."""
    return legend(
        18,
        (300, f"momentum, η = {MOMENTUM_RATE}", "momentum strong", "path momentum"),
        (526, f"RMSProp, ρ = {RHO}", "rmsprop strong", "path rmsprop"),
        (722, name, "adam strong", "path adam"),
    )
