"""200 steps in two dimensions, for one point and for ten thousand, and a map of rates."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils import theory
from course_utils.descent import descend
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP, Rule
from course_utils.surfaces import ravine

from . import peer_descents, peers, timing
from .descent_tables import PLOTS, TARGETS, measured, notes, plots, section
from .kernels import Disagreement

TITLE = "Descents and a map"
ONE_PROCESSOR = True
RULES = ((GRADIENT_DESCENT, 0.02), (MOMENTUM, 0.02), (RMSPROP, 0.004), (ADAM, 0.1))
STEEP, FLAT = 25.0, 1.0
TOLERANCE = 1e-6

__all__ = ["ONE_PROCESSOR", "PLOTS", "TARGETS", "TITLE", "measured", "notes", "plots", "run",
           "section"]  # fmt: skip


def run(quick: bool) -> dict[str, Any]:
    """Time the descents and the map."""
    rows, compiled, profile = [], [], []
    plan = ((1, 10, 2), (100, 10, 1)) if quick else ((1, 200, 15), (10_000, 200, 9))
    for count, steps, repeats in plan:
        for rule, lr in RULES:
            print(f"descents: {rule.name}, {count} x {steps}", file=sys.stderr)
            start = starts(count)
            calls = contestants(rule, lr, start, steps)
            compiled += [{"rule": rule.name, "count": count, "by": n, "seconds": _first(calls[n])}
                         for n in peer_descents.COMPILED if n in calls]  # fmt: skip
            agree(rule, calls)
            times = timing.in_turns(calls, repeats, 5e-5 if quick else 5e-3, clock=timing.PROCESSOR)
            row = {"what": "descent", "rule": rule.name, "count": count, "steps": steps}
            rows.append({**row, "repeats": repeats, "contestants": timing.summary(times)})
            profile.append({"rule": rule.name, "count": count, "parts": parts(rule, lr, start,
                            steps, repeats)})  # fmt: skip
    rows.append(the_map(20 if quick else 200, 2 if quick else 9))
    return {"missing": peers.missing(), "rows": rows, "compiled": compiled, "profile": profile}


def starts(count: int) -> np.ndarray:
    """The course's start, or so many around it, shape (2, count)."""
    start = np.array([2.0, -10.0])
    if count == 1:
        return start
    return start[:, None] * np.random.default_rng(0).uniform(0.5, 1.5, (2, count))


def contestants(rule: Rule, lr: float, start: np.ndarray, steps: int) -> dict[str, Callable]:
    """Functions that make a descent and return its path, by name."""
    surface = ravine(STEEP / FLAT)
    calls: dict[str, Callable] = {
        "ours": lambda: descend(surface, rule, start, steps, lr=lr).positions,
        "bare loop": lambda: bare(rule, lr, start, steps),
    }
    return calls | peer_descents.contestants(rule, lr, start, steps, (STEEP, FLAT))


def bare(rule: Rule, lr: float, start: np.ndarray, steps: int) -> np.ndarray:
    """The kernel and the gradient in a loop that keeps the path and looks after nothing."""
    w, slope = start.copy(), ravine(STEEP / FLAT).slope
    step = rule.start(w, lr=lr)
    path = np.empty((steps + 1, *w.shape))
    path[0] = w
    for k in range(steps):
        step(slope(w))
        path[k + 1] = w
    return path


def parts(rule: Rule, lr: float, start: np.ndarray, steps: int, repeats: int) -> dict[str, float]:
    """Seconds of a descent's parts: gradients, kernel, keeping the path; and of the whole."""
    surface, w = ravine(STEEP / FLAT), start.copy()
    slope, step = surface.slope, rule.start(w, lr=lr)
    path = np.empty((steps + 1, *w.shape))

    def gradients() -> None:
        for _ in range(steps):
            slope(start)

    def kernels() -> None:
        for _ in range(steps):
            step(start)

    def keeping() -> None:
        for k in range(steps):
            path[k + 1] = w

    calls = {"gradients": gradients, "kernel": kernels, "keeping a path": keeping}
    calls["whole"] = lambda: descend(surface, rule, start, steps, lr=lr)
    return {
        n: timing.spread(x)[1]
        for n, x in timing.in_turns(calls, repeats, 1e-3, clock=timing.PROCESSOR).items()
    }


def agree(rule: Rule, calls: dict[str, Callable]) -> None:
    """Compare the last weights of everyone with ours.

    Raises:
        Disagreement: somebody is elsewhere.
    """
    ours = calls["ours"]()[-1]
    for name, call in calls.items():
        off = float(np.max(np.abs(np.asarray(call()[-1]) - ours) / (1 + np.abs(ours))))
        if not off <= TOLERANCE:
            raise Disagreement(
                f"{rule.name} by {name} ends {off:.2g} away from ours: times of different descents "
                "say nothing, and none are taken."
            )


def the_map(size: int, repeats: int) -> dict[str, Any]:
    """The rate of momentum over (lr, beta) for the ravine's two curvatures, by formula and not."""
    lr, beta = np.linspace(1e-3, 0.16, size), np.linspace(0, 0.99, size)[:, None]

    def eigenvalues(of: Callable = np.linalg.eigvals, kind: Callable = np.asarray) -> np.ndarray:
        rates = []
        for curvature in (STEEP, FLAT):
            matrices = np.moveaxis(theory.momentum_matrix(lr, beta, curvature), (0, 1), (-2, -1))
            rates.append(np.max(np.abs(np.asarray(of(kind(matrices)))), axis=-1))
        return np.max(rates, axis=0)

    calls: dict[str, Callable] = {
        "ours": lambda: theory.momentum_rate(lr, beta, STEEP, FLAT),
        "eigenvalues by NumPy": eigenvalues,
    }
    if peers.torch():
        library = peers.torch().linalg.eigvals, peers.torch().tensor
        calls["eigenvalues by torch"] = lambda: eigenvalues(*library)
    for name, call in calls.items():
        if not np.allclose(call(), calls["ours"](), atol=1e-6):
            raise Disagreement(f"The map by {name} is not ours: no times are taken.")
    times = timing.in_turns(calls, repeats, 1e-3, clock=timing.PROCESSOR)
    row = {"what": "map", "rule": "momentum", "count": size * size, "steps": None}
    return {**row, "repeats": repeats, "contestants": timing.summary(times)}


def _first(call: Callable) -> float:
    """Seconds of the first call less those of the second: what the compiler took."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return max(0.0, times[0] - times[1])
