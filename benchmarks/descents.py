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

from . import machine, peers
from .kernels import Disagreement
from .report import Target, cells, duration, figure, find, legend_below, number, table

TITLE = "Descents and a map"
ONE_PROCESSOR = True
RULES = ((GRADIENT_DESCENT, 0.02), (MOMENTUM, 0.02), (RMSPROP, 0.004), (ADAM, 0.1))
STEEP, FLAT = 25.0, 1.0
TOLERANCE, MANY = 1e-6, 10_000
COLUMNS = ("bare loop", "torch", "torch autograd", "optax jit loop", "optax scan")
MAP = ("eigenvalues by NumPy", "eigenvalues by torch")
PLOTS = {"descents": "time of 200 steps in two dimensions, by rule and library"}
TARGETS = (
    Target("given", "200 Adam steps of one point, `torch.optim` with given gradients over ours", 4),
    Target("autograd", "200 Adam steps of one point, `torch.optim` with autograd over ours", 12),
    Target("many", f"200 Adam steps of {MANY:,} points, `torch.optim` with given gradients over "
           "ours", 1),
    Target("map", "the map of the rate over (η, β), 200×200", 50, " ms", at_least=False),
)  # fmt: skip
SOURCES = {"given": (1, "torch"), "autograd": (1, "torch autograd"), "many": (MANY, "torch")}


def run(quick: bool) -> dict[str, Any]:
    """Time the descents and the map."""
    rows, compiled, profile = [], [], []
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
            times = machine.in_turns(calls, repeats, 5e-5 if quick else 5e-3)
            row = {"what": "descent", **which, "steps": steps, "repeats": repeats}
            rows.append({**row, "contestants": machine.summary(times)})
            profile.append({**which, "parts": parts(rule, lr, start, steps, repeats)})
    rows.append(the_map(20 if quick else 200, 2 if quick else 9))
    return {"missing": peers.missing(), "rows": rows, "compiled": compiled, "profile": profile}


def contestants(rule: Rule, lr: float, start: np.ndarray, steps: int) -> dict[str, Callable]:
    """Functions that make a descent and return its path, by name."""
    surface = ravine(STEEP / FLAT)
    calls: dict[str, Callable] = {
        "ours": lambda: descend(surface, rule, start, steps, lr=lr).positions,
        "bare loop": lambda: bare(rule, lr, start, steps),
    }
    return calls | peers.descents(rule, lr, start, steps, (STEEP, FLAT))


def bare(rule: Rule, lr: float, start: np.ndarray, steps: int) -> np.ndarray:
    """The kernel and the gradient in a loop that keeps the path and looks after nothing."""
    w, slope = start.copy(), ravine(STEEP / FLAT).slope
    step, path = rule.start(w, lr=lr), np.empty((steps + 1, *w.shape))
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
    return {n: machine.spread(x)[1] for n, x in machine.in_turns(calls, repeats).items()}


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
        "ours": lambda: theory.momentum_rate(lr, beta, STEEP, FLAT), MAP[0]: eigenvalues,
    }  # fmt: skip
    if library := peers.torch():
        calls[MAP[1]] = lambda: eigenvalues(library.linalg.eigvals, library.tensor)
    for name, call in calls.items():
        if not np.allclose(call(), calls["ours"](), atol=1e-6):
            raise Disagreement(f"The map by {name} is not ours: no times are taken.")
    row = {"what": "map", "rule": "momentum", "count": size * size, "steps": None}
    times = machine.in_turns(calls, repeats)
    return {**row, "repeats": repeats, "contestants": machine.summary(times)}


def _first(call: Callable) -> float:
    """Seconds of the first call less those of the second: what the compiler took."""
    times = [time.perf_counter()]
    for _ in range(2):
        call()
        times.append(time.perf_counter())
    return max(0.0, 2 * times[1] - times[0] - times[2])


def ratios(result: dict[str, Any], count: int, name: str) -> dict[str, float]:
    """By rule, how often our time goes into somebody's."""
    rows = find(result["rows"], what="descent", count=count, steps=200)
    return {r["rule"]: r["contestants"][name]["times_ours"][1] for r in rows
            if name in r["contestants"]}  # fmt: skip


def measured(result: dict[str, Any]) -> dict[str, float | None]:
    """For every target its number."""
    found = {key: ratios(result, *where).get("Adam") for key, where in SOURCES.items()}
    for row in find(result["rows"], what="map", count=200 * 200):
        found["map"] = row["contestants"]["ours"]["seconds"][1] * 1e3
    return found


def notes(result: dict[str, Any]) -> dict[str, str]:
    """The ratios of the other rules, and where a limit is missed, where the time goes."""
    words, numbers = {}, measured(result)
    for target in TARGETS[:3]:
        count, name = SOURCES[target.key]
        found = {n: x for n, x in ratios(result, count, name).items() if n != "Adam"}
        words[target.key] = ", ".join(f"{rule} {number(x)}×" for rule, x in found.items())
        if target.met(numbers[target.key]) is False:
            words[target.key] += ". " + explanation(result, "Adam", count)
    return words


def explanation(result: dict[str, Any], rule: str, count: int) -> str:
    """How the time of a descent divides."""
    own = next(find(result["profile"], rule=rule, count=count))["parts"]
    row = next(find(result["rows"], what="descent", rule=rule, count=count))
    bare = row["contestants"]["bare loop"]["times_ours"][1]
    parts = ", ".join(f"{name} {duration(x)}" for name, x in own.items() if name != "whole")
    return (
        f"Of {rule}'s {duration(own['whole'])}: {parts}. A bare loop takes {number(100 * bare)} % "
        "of it; the rest looks after settings and every loss"
    )


def _by_count(result: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    rows = list(find(result["rows"], what="descent"))
    counts = sorted({row["count"] for row in rows})
    return [("one point" if n == 1 else f"{n:,} points", list(find(rows, count=n))) for n in counts]


def section(result: dict[str, Any]) -> str:
    """The tables."""
    lines = []
    for points, own in _by_count(result):
        lines.append(
            f"{own[0]['steps']} steps of {points}, the path kept: time, and how often ours goes "
            "into it.\n"
        )
        rows = [[row["rule"], *cells(row, COLUMNS)] for row in own]
        lines.append(table(["rule", "ours", *COLUMNS], rows))
    for row in find(result["rows"], what="map"):
        side = round(row["count"] ** 0.5)
        lines.append(f"The rate of momentum over (η, β), {side}×{side}.\n")
        lines.append(table(["ours, by formula", *MAP], [cells(row, MAP)]))
    if result["compiled"]:
        seconds = [entry["seconds"] for entry in result["compiled"]]
        low, high = duration(min(seconds)), duration(max(seconds))
        lines.append(f"Compiling, which optax does once, took {low} to {high} and is not in it.\n")
    return "\n".join(lines)


def plots(result: dict[str, Any]) -> dict[str, Any]:
    """A mark for every rule and library, one panel for each number of points."""
    colours = ("#0072b2", "#56b4e9", "#d55e00", "#cc79a7", "#009e73", "#777777")
    panels = _by_count(result)
    fig, axes = figure(len(panels), 1, (5.2, 4.2))
    for ax, (points, own) in zip(axes.flat, panels, strict=True):
        for i, (name, colour) in enumerate(zip(("ours", *COLUMNS), colours, strict=True)):
            there = [k for k, row in enumerate(own) if name in row["contestants"]]
            if there:
                times = [own[k]["contestants"][name]["seconds"] for k in there]
                low, middle, high = np.array(times).T * 1e3
                at, bar = np.array(there) + (i - 2.5) * 0.1, (middle - low, high - middle)
                ax.errorbar(at, middle, bar,
                            fmt="oDsv<>"[i], ms=6, color=colour, label=name)  # fmt: skip
        ax.set_xticks(range(len(own)), [row["rule"] for row in own])
        ax.set(yscale="log", ylabel="milliseconds")
        ax.set_title(points)
        ax.grid(False, axis="x")
    legend_below(fig, axes[0, -1], 6)
    return {"descents": fig}
