"""The ravine at any angle, and which rule needs how many steps there.

Every rule gets its best rate of a grid up to 4, beyond which paths leave the picture: the one for
the ravine along the axes with c = 1, or the one for what is on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ...descent import Trajectory, descend
from ...optimizers import ADAGRAD, ADAM, FULL_ADAGRAD, GRADIENT_DESCENT
from ...surfaces import Surface, ravine
from ...theory import best_descent
from ..common import STEEP

LAST, GOAL, NEVER, BETA1 = 180, 1e-3, 999, 0.8
KAPPAS = 9, 25, 100
ANGLES = np.arange(0, 45.1, 1.5)
KINDS = {"gd": GRADIENT_DESCENT, "adagrad": ADAGRAD, "adam": ADAM, "full": FULL_ADAGRAD}
FIXED = {"adam": {"beta1": BETA1}}
RATES = np.geomspace(0.1, 4, 48)  # up to 4: longer first steps along the axes leave the picture


@lru_cache(maxsize=128)
def surface(kappa: float, theta: float, c: float) -> Surface:
    """The ravine with curvatures 25 c and 25 c / kappa, turned by ``theta`` degrees."""
    return ravine(kappa, np.radians(theta), c * STEEP / kappa)


@lru_cache(maxsize=8)
def best_rates(kind: str, kappa: float) -> tuple[tuple[float, int], ...]:
    """For each of `ANGLES` the rate of `RATES` that arrives first, and at which step.

    Arriving is having a loss of at most `GOAL` times the first one from then on, to step `LAST`.
    Gradient descent takes the rate 2/(lambda1 + lambda2), whatever the angle.
    """
    if kind == "gd":
        rate = best_descent(STEEP, STEEP / kappa)[0]
        return ((rate, arrival(_run(kind, kappa, 0.0, 1.0, rate))),) * len(ANGLES)
    angles = ANGLES[:1] if kind == "full" else ANGLES
    found = _arrivals(kind, kappa, angles, RATES)
    best = found.argmin(axis=0)
    first = [(float(RATES[i]), int(found[i, k])) for k, i in enumerate(best)]
    return tuple(first) * (len(ANGLES) if kind == "full" else 1)


def _arrivals(kind: str, kappa: float, angles: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Steps until arrival, shape (rates, angles): all descents at once."""
    cos, sin = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    steep, flat = STEEP, STEEP / kappa
    a, d = steep * cos**2 + flat * sin**2, steep * sin**2 + flat * cos**2
    b = (steep - flat) * sin * cos
    w = np.stack([2 * cos + 10 * sin, 2 * sin - 10 * cos])[:, None] * np.ones((1, len(rates), 1))
    step = KINDS[kind].start(w, lr=rates[:, None], **FIXED.get(kind, {}))
    last_above, goal = np.zeros((len(rates), len(angles)), dtype=int), 0.0
    with np.errstate(all="ignore"):
        for t in range(LAST + 1):
            g = np.stack([a * w[0] + b * w[1], b * w[0] + d * w[1]])
            loss = (g * w).sum(axis=0) / 2
            goal = goal or GOAL * float(loss.flat[0])
            last_above[~(loss <= goal)] = t + 1
            step(g)
    return np.where(last_above <= LAST, last_above, NEVER)


def arrival(run: Trajectory) -> int:
    """The step from which the loss stays at most `GOAL` times the first one, or `NEVER`."""
    arrives = run.settles_at(GOAL * run.losses[0])
    return NEVER if arrives is None or run.stopped else arrives


@dataclass(frozen=True)
class Candidate:
    """A rule on the screen: its rate, its descent, and when it arrives here and at every angle."""

    kind: str
    rate: float
    run: Trajectory
    arrives: int
    by_angle: tuple[int, ...]


@lru_cache(maxsize=256)
def candidate(kind: str, kappa: float, theta: float, c: float, again: bool) -> Candidate:
    """The descent of a rule at its rate for angle 0 and c = 1, or for these, if ``again``."""
    table = best_rates(kind, kappa)
    rate = table[int(np.abs(ANGLES - theta).argmin()) if again else 0][0]
    rate = rate / c if kind == "gd" and again else rate
    run = _run(kind, kappa, theta, c, rate)
    by_angle = tuple(k for _, k in table) if again else at_first_rate(kind, kappa)
    if kind == "gd":
        by_angle = (arrival(run),) * len(ANGLES)
    return Candidate(kind, rate, run, arrival(run), by_angle)


@lru_cache(maxsize=128)
def _run(kind: str, kappa: float, theta: float, c: float, rate: float) -> Trajectory:
    """A descent. Full-matrix AdaGrad runs along the axes with c = 1 and is turned: it commutes."""
    here = surface(kappa, theta, c)
    if kind != "full":
        return descend(here, KINDS[kind], steps=LAST, lr=rate, **FIXED.get(kind, {}))
    if theta == 0 and c == 1:
        return descend(here, FULL_ADAGRAD, steps=LAST, lr=rate)
    along = _run(kind, kappa, 0.0, 1.0, rate)
    cos, sin = np.cos(np.radians(theta)), np.sin(np.radians(theta))
    turned = along.positions @ np.array([[cos, sin], [-sin, cos]])
    return replace(along, surface=here, positions=turned)


@lru_cache(maxsize=16)
def at_first_rate(kind: str, kappa: float) -> tuple[int, ...]:
    """When a rule arrives at each of `ANGLES`, at the rate that is best along the axes."""
    rate = np.array([best_rates(kind, kappa)[0][0]])
    angles = ANGLES[:1] if kind == "full" else ANGLES
    found = _arrivals(kind, kappa, angles, rate)[0]
    return tuple(int(k) for k in found) * (len(ANGLES) if kind == "full" else 1)
