"""One step of every rule, from two weights to ten million."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_utils.optimizers import RULES, Rule
from course_utils.optimizers.blocks import BLOCK, in_blocks

from . import kernel_profile, naive, peers, timing
from .kernel_tables import PLOTS, TARGETS, measured, notes, plots, section

TITLE = "One step of every rule"
ONE_PROCESSOR = True
SIZES = {2: 15, 10**3: 15, 10**5: 11, 10**6: 11, 10**7: 3}
FIRST = ("gradient descent", "momentum", "momentum, rate outside", "RMSProp", "Adam")
TOLERANCE = {"float64": 1e-9, "float32": 2e-5}
LR, STEPS, LARGE = 1e-3, 3, BLOCK // 8 + 5
SOME = tuple(rule for rule in RULES if rule.name in FIRST)
QUICK = ((2, "float64", SOME, 2), (1000, "float64", RULES, 2), (1000, "float32", SOME, 2),
         (LARGE, "float64", SOME, 1))  # fmt: skip

__all__ = ["ONE_PROCESSOR", "PLOTS", "TARGETS", "TITLE", "measured", "notes", "plots", "run",
           "section"]  # fmt: skip


class Disagreement(ValueError):
    """Two contestants do not make the same step: to compare their times would mean nothing."""


def run(quick: bool) -> dict[str, Any]:
    """Time one step of every rule at every size."""
    rows, seconds = [], 5e-5 if quick else 1e-3
    for n, dtype, rules, repeats in QUICK if quick else full():
        print(f"kernels: n = {n}, {dtype}", file=sys.stderr)
        for rule in rules:
            more = 4 * (rule.name in FIRST and not quick)
            rows.append(case(rule, n, dtype, repeats + more, seconds))
    profile = kernel_profile.run(RULES, *(4096, 1) if quick else (LARGE,))
    return {"missing": peers.missing(), "block": BLOCK, "rows": rows, "profile": profile}


def full() -> Iterator[tuple[int, str, tuple[Rule, ...], int]]:
    """Sizes, types, rules and repeats of the whole benchmark."""
    for n, repeats in SIZES.items():
        for dtype in TOLERANCE:
            yield n, dtype, RULES, repeats


def case(rule: Rule, n: int, dtype: str, repeats: int, seconds: float) -> dict[str, Any]:
    """One rule at one size: everyone's seconds for a step, and how often ours goes into them.

    Raises:
        Disagreement: a contestant does not arrive where the kernel does.
    """
    random = np.random.default_rng(n)
    w, g = random.normal(size=(2, n)).astype(dtype)
    steps = contestants(rule, w, g)
    agree(rule, steps, dtype)
    calls = {name: step.make for name, step in steps.items()}
    if n >= LARGE:
        calls["memory limit"] = axpy(n * words(rule) // 3, dtype)
    times = timing.in_turns(calls, repeats, seconds, 0, timing.PROCESSOR)
    row = {"rule": rule.name, "n": n, "dtype": dtype, "words": words(rule), "repeats": repeats}
    return {**row, "contestants": timing.summary(times)}


def contestants(rule: Rule, w: np.ndarray, g: np.ndarray) -> dict[str, peers.Step]:
    """Everyone who can make the steps of a rule, each with weights of its own."""
    settings = rule.settings({"lr": LR})
    steps = {"naive NumPy": naive_step(rule, w, g), "ours": our_step(rule, w, g)}
    call = peers.call(rule, "torch", **settings)
    if call and peers.torch():
        for name, variant in peers.TORCH.items():
            step = peers.torch_step(call, w, g, **variant)
            if step:
                steps[name] = step
    call = peers.call(rule, "optax", **settings)
    if call and peers.jax():
        steps[peers.OPTAX] = peers.optax_step(call, w, g)
    return steps


def our_step(rule: Rule, w: np.ndarray, g: np.ndarray) -> peers.Step:
    """The kernel, in blocks where the arrays are larger than one."""
    w, settings = w.copy(), rule.settings({"lr": LR})
    memory, t = rule.init(w), 0
    kernel = rule.kernel if w.nbytes <= BLOCK else in_blocks(rule.kernel)

    def make() -> None:
        nonlocal t
        t += 1
        if rule.counts_steps:
            settings["t"] = t
        kernel(w, g, *memory, **settings)

    def seen() -> np.ndarray:
        return w if rule.look_ahead is None else rule.look_ahead(w, *memory, **settings)

    return peers.Step(make, seen)


def naive_step(rule: Rule, w: np.ndarray, g: np.ndarray) -> peers.Step:
    """The formula, with new arrays."""
    settings = rule.settings({"lr": LR})
    now, t = (w, *rule.init(w)), 0
    formula = getattr(naive, rule.kernel.__name__)

    def make() -> None:
        nonlocal now, t
        t += 1
        if rule.counts_steps:
            settings["t"] = t
        now = formula(now[0], g, *now[1:], **settings)

    def seen() -> np.ndarray:
        return now[0] if rule.look_ahead is None else rule.look_ahead(*now, **settings)

    return peers.Step(make, seen)


def agree(rule: Rule, steps: dict[str, peers.Step], dtype: str) -> None:
    """Let everyone make a few steps and compare the weights with ours.

    Raises:
        Disagreement: somebody is elsewhere.
    """
    for step in steps.values():
        for _ in range(STEPS):
            step.make()
    ours = steps["ours"].weights()
    for name, step in steps.items():
        theirs = step.weights()
        off = float(np.max(np.abs(theirs - ours) / (1 + np.abs(ours))))
        if theirs.dtype != ours.dtype or not off <= TOLERANCE[dtype]:
            raise Disagreement(
                f"{rule.name} by {name} is {off:.2g} away from the kernel after {STEPS} steps of "
                f"{ours.size} weights in {theirs.dtype}: times of different rules say nothing, and "
                "none are taken."
            )


def words(rule: Rule) -> int:
    """How many numbers a step reads and writes for each weight: w, g and every memory."""
    return 3 + 2 * len(rule.memory)


def axpy(n: int, dtype: str) -> Callable[[], Any]:
    """y <- y + a x in place, by the library of linear algebra: 3 n numbers read and written."""
    from scipy.linalg.blas import daxpy, saxpy

    x, y, function = np.ones(n, dtype), np.ones(n, dtype), {"d": daxpy, "f": saxpy}
    add = function[np.dtype(dtype).char]
    assert add(x, y, a=0.5) is y and y[0] == 1.5, "axpy made a copy, and would not be the limit"
    return lambda: add(x, y, a=1e-9)
