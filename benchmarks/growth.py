"""How cost grows: with steps, trajectories, weights, and the depth of a network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from course_utils.descent import descend
from course_utils.networks import Network
from course_utils.optimizers import ADAM, FULL_ADAGRAD, MOMENTUM, MUON, SPECTRAL_DESCENT, Rule
from course_utils.surfaces import ravine

from . import timing
from .fits import fit
from .growth_tables import PLOTS, TARGETS, measured, plots, section
from .kernels import our_step

TITLE = "How cost grows"
ONE_PROCESSOR = True

__all__ = ["ONE_PROCESSOR", "PLOTS", "TARGETS", "TITLE", "measured", "plots", "run", "section"]


@dataclass(frozen=True)
class Case:
    """Something whose cost grows.

    Attributes:
        name: what is timed.
        size: what it grows with.
        sizes: how far.
        make: for a size, the function to time.
        power: of the size in the count of its operations.
        why: where that power comes from.
    """

    name: str
    size: str
    sizes: tuple[int, ...]
    make: Callable[[int], Callable[[], Any]]
    power: float
    why: str


STEPS = (1, 10, 30, 100, 300, 1000, 3000, 10_000)
TRAJECTORIES = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000)
WEIGHTS = (10, 100, 1000, 10_000, 100_000, 10**6, 4 * 10**6)
SQUARES = tuple(side * side for side in (4, 8, 16, 32, 64, 128, 256))
LAYERS = (1, 2, 4, 8, 16, 32, 64)


def run(quick: bool) -> dict[str, Any]:
    """Time every case at its sizes and fit how it grows."""
    rows = []
    for case in cases():
        print(f"growth: {case.name}", file=sys.stderr)
        sizes = case.sizes[:4] if quick else case.sizes
        calls = {str(n): case.make(n) for n in sizes}
        repeats, seconds = (2, 5e-5) if quick else (9, 2e-3)
        times = timing.in_turns(calls, repeats, seconds, clock=timing.PROCESSOR)
        spreads = [timing.spread(times[str(n)]) for n in sizes]
        grown = fit(sizes, [middle for _, middle, _ in spreads])
        row = {"case": case.name, "size": case.size, "sizes": sizes, "repeats": repeats}
        row |= {"power": case.power, "why": case.why}
        rows.append({**row, "seconds": spreads, "fit": asdict(grown)})
    return {"rows": rows}


def cases() -> Iterator[Case]:
    """Everything that is timed."""
    each = "every one takes as many"
    for rule in (MOMENTUM, ADAM):
        name = f"a descent of {rule.name}, one point"
        yield Case(name, "steps", STEPS, _descent_of_steps(rule), 1, each)
    for rule in (MOMENTUM, ADAM):
        name = f"50 steps of {rule.name}"
        yield Case(name, "trajectories", TRAJECTORIES, _descent_of_points(rule), 1, each)
    for rule in (MOMENTUM, ADAM):
        yield Case(f"a step of {rule.name}", "weights", WEIGHTS, _step(rule), 1, each)
    products = "products of n × n matrices take n³ and a matrix has n² weights"
    for rule in (MUON, SPECTRAL_DESCENT):
        name = f"a step of {rule.name}, a square matrix"
        yield Case(name, "weights", SQUARES, _matrix_step(rule), 1.5, products)
    name = f"a step of {FULL_ADAGRAD.name}"
    whole = "the root of a matrix with a row for every weight takes the cube of its rows"
    yield Case(name, "weights", (2, 4, 8, 16, 32, 64, 128), _step(FULL_ADAGRAD), 3, whole)
    for width in (16, 64):
        name = f"a gradient, hidden layers of {width} units"
        yield Case(name, "layers", LAYERS, _gradient(width), 1, each)


def _descent_of_steps(rule: Rule) -> Callable[[int], Callable[[], Any]]:
    return lambda steps: lambda: descend(ravine(), rule, steps=steps, lr=0.01)


def _descent_of_points(rule: Rule) -> Callable[[int], Callable[[], Any]]:
    def make(count: int) -> Callable[[], Any]:
        start = np.random.default_rng(0).normal(size=(2, count))
        return lambda: descend(ravine(), rule, start, 50, lr=0.01)

    return make


def _step(rule: Rule) -> Callable[[int], Callable[[], Any]]:
    def make(n: int) -> Callable[[], Any]:
        w, g = np.random.default_rng(n).normal(size=(2, n))
        return our_step(rule, w, g).make

    return make


def _matrix_step(rule: Rule) -> Callable[[int], Callable[[], Any]]:
    def make(n: int) -> Callable[[], Any]:
        side = round(n**0.5)
        w, g = np.random.default_rng(n).normal(size=(2, side, side))
        return our_step(rule, w, g).make

    return make


def _gradient(width: int) -> Callable[[int], Callable[[], Any]]:
    def make(depth: int) -> Callable[[], Any]:
        network = Network((64, *[width] * depth, 10))
        random = np.random.default_rng(0)
        w, x, y = network.init(), random.normal(size=(64, 64)), random.integers(0, 10, 64)
        return lambda: network.loss_and_gradient(w, x, y)

    return make
