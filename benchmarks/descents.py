"""200 steps in two dimensions, for one point and for ten thousand, and a map of rates."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils import theory
from course_utils.descent import descend
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP, Rule
from course_utils.surfaces import ravine

from . import machine, peers
from .report import PARTS, contest, duration, find, median, ratios, times

RULES = ((GRADIENT_DESCENT, 0.02), (MOMENTUM, 0.02), (RMSPROP, 0.004), (ADAM, 0.1))
STEEP, FLAT = 25.0, 1.0
SURFACE = ravine(STEEP / FLAT)
TOLERANCE, MANY = 1e-6, 10_000
PART = PARTS["descents"]
SOURCES = {"given": (1, "torch"), "autograd": (1, "torch autograd"), "many": (MANY, "torch"),
           "compiled": (MANY, "torch", "compiled")}  # fmt: skip


def run(quick: bool) -> dict[str, Any]:
    """Time the descents and the map."""
    rows, compiled = [], []
    plan = ((1, 10, 2), (100, 10, 1)) if quick else ((1, 200, 15), (MANY, 200, 9))
    for count, steps, repeats in plan:
        start = np.array([2.0, -10.0])
        if count > 1:
            start = start[:, None] * np.random.default_rng(0).uniform(0.5, 1.5, (2, count))
        for rule, lr in RULES:
            print(f"descents: {rule.name}, {count} x {steps}", file=sys.stderr)
            which = {"rule": rule.name, "count": count}
            calls = contestants(rule, lr, start, steps)
            compiled += [{**which, "by": name, "seconds": _first(calls[name])}
                         for name in peers.COMPILED if name in calls]  # fmt: skip
            agree(rule, calls)
            spent = machine.in_turns(calls, repeats, 5e-5 if quick else 5e-3)
            row = {"what": "descent", **which, "steps": steps, "repeats": repeats}
            rows.append({**row, "contestants": machine.summary(spent)})
    rows.append(the_map(20 if quick else 200, 2 if quick else 9))
    return {"missing": peers.missing(), "rows": rows, "compiled": compiled}


def contestants(rule: Rule, lr: float, start: np.ndarray, steps: int) -> dict[str, Callable]:
    """Functions that make a descent and return its path, by name."""
    own = {"bare loop": rule}
    if peers.library("numba"):
        own["compiled"] = replace(rule, kernel=peers.machine_code(rule.kernel))
    return {
        "ours": lambda: descend(SURFACE, rule, start, steps, lr=lr).positions,
        **{name: lambda by=by: bare(by, lr, start, steps) for name, by in own.items()},
        **peers.descents(rule, lr, start, steps, (STEEP, FLAT)),
    }


def bare(rule: Rule, lr: float, start: np.ndarray, steps: int) -> np.ndarray:
    """The kernel and the gradient in a loop that keeps the path and looks after nothing."""
    w, slope = start.copy(), SURFACE.slope
    step, path = rule.start(w, lr=lr), np.empty((steps + 1, *w.shape))
    path[0] = w
    for k in range(steps):
        step(slope(w))
        path[k + 1] = w
    return path


def agree(rule: Rule, calls: dict[str, Callable]) -> None:
    """Compare the last weights of everyone with ours; raises Disagreement."""
    peers.agree(rule.name, {n: np.asarray(call()[-1]) for n, call in calls.items()}, TOLERANCE)


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
    if torch := peers.library("torch"):
        calls["eigenvalues by torch"] = lambda: eigenvalues(torch.linalg.eigvals, torch.tensor)
    peers.agree("The map", {name: call() for name, call in calls.items()}, TOLERANCE)
    row = {"what": "map", "rule": "momentum", "count": size * size, "steps": None}
    spent = machine.in_turns(calls, repeats)
    return {**row, "repeats": repeats, "contestants": machine.summary(spent)}


def _first(call: Callable) -> float:
    """Seconds of the first call less those of the second: what the compiler took."""
    times = [time.perf_counter()]
    for _ in range(2):
        call()
        times.append(time.perf_counter())
    return max(0.0, 2 * times[1] - times[0] - times[2])


def measured(result: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """For every target its number, and the ratios of the other rules."""
    found = {}
    for key, (count, *names) in SOURCES.items():
        by = ratios(find(result["rows"], what="descent", count=count, steps=200), *names)
        if "Adam" in by:
            found[key] = by.pop("Adam"), times(by)
    for row in find(result["rows"], what="map", count=200 * 200):
        found["map"] = median(row, "ours", "seconds") * 1e3, ""
    return found


def section(result: dict[str, Any]) -> Iterator[str]:
    """The tables."""
    for count in sorted({row["count"] for row in find(result["rows"], what="descent")}):
        rows = find(result["rows"], what="descent", count=count)
        lines = [contest(row, PART.tables["descents"]["head"], row["rule"]) for row in rows]
        points = "one point" if count == 1 else f"{count:,} points"
        yield PART.table("descents", lines, steps=rows[0]["steps"], points=points)
    for row in find(result["rows"], what="map"):
        side = round(row["count"] ** 0.5)
        yield PART.table("map", [contest(row, PART.tables["map"]["head"])], side=side)
    if seconds := [entry["seconds"] for entry in result["compiled"]]:
        low, high = duration(min(seconds)), duration(max(seconds))
        yield f"Compiling, which optax does once, took {low} to {high} and is not in it.\n"
