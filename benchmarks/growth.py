"""How cost grows: with steps, trajectories, weights, and the depth of a network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from course_utils.descent import descend
from course_utils.networks import Network
from course_utils.optimizers import ADAM, FULL_ADAGRAD, MOMENTUM, MUON, SPECTRAL_DESCENT, Rule
from course_utils.surfaces import ravine

from . import machine
from .kernels import our_step
from .report import PARTS, dots, duration, figure, number

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
STEPS = (1, 10, 30, 100, 300, 1000, 3000, 10_000)
TRAJECTORIES = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000)
WEIGHTS = (10, 100, 1000, 10_000, 100_000, 10**6, 4 * 10**6)
SIDES = (4, 8, 16, 32, 64, 128, 256)
LAYERS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class Case:
    """Something whose cost grows with a size: for each of the sizes ``make`` gives what to time.

    ``power`` is that of the size in the count of its operations, and ``why`` where it comes from.
    """

    name: str
    size: str
    sizes: tuple[int, ...]
    make: Callable[[int], Callable[[], Any]]
    power: float = 1
    why: str = "every one takes as many"


def cases() -> Iterator[Case]:
    """Everything that is timed."""
    products = "products of n × n matrices take n³ and a matrix has n² weights"
    whole = "the root of a matrix with a row for every weight takes the cube of its rows"
    two, squares = (MOMENTUM, ADAM), tuple(side * side for side in SIDES)
    for rule in two:
        yield Case(f"a descent of {rule.name}, one point", "steps", STEPS,
                   lambda n, rule=rule: _descent(rule, None, n))  # fmt: skip
    for rule in two:
        yield Case(f"50 steps of {rule.name}", "trajectories", TRAJECTORIES,
                   lambda n, rule=rule: _descent(rule, _normal(0, 2, n), 50))  # fmt: skip
    for rule in two:
        yield Case(f"a step of {rule.name}", "weights", WEIGHTS,
                   lambda n, rule=rule: our_step(rule, *_normal(n, 2, n)).make)  # fmt: skip
    for rule in (MUON, SPECTRAL_DESCENT):
        yield Case(f"a step of {rule.name}, a square matrix", "weights", squares,
                   lambda n, rule=rule: our_step(rule, *_normal(n, 2, *2 * [round(n**0.5)])).make,
                   1.5, products)  # fmt: skip
    yield Case(f"a step of {FULL_ADAGRAD.name}", "weights", (2, *LAYERS[2:], 128),
               lambda n: our_step(FULL_ADAGRAD, *_normal(n, 2, n)).make, 3, whole)  # fmt: skip
    for width in (16, 64):
        yield Case(f"a gradient, hidden layers of {width} units", "layers", LAYERS,
                   lambda depth, width=width: _gradient(width, depth))  # fmt: skip


def _normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _descent(rule: Rule, start: np.ndarray | None, steps: int) -> Callable[[], Any]:
    return lambda: descend(ravine(), rule, start, steps, lr=0.01)


def _gradient(width: int, depth: int) -> Callable[[], Any]:
    network, random = Network((64, *[width] * depth, 10)), np.random.default_rng(0)
    w, x, y = network.init(), random.normal(size=(64, 64)), random.integers(0, 10, 64)
    return lambda: network.loss_and_gradient(w, x, y)


def run(quick: bool) -> dict[str, Any]:
    """Time every case at its sizes and fit how it grows."""
    rows = []
    for case in cases():
        print(f"growth: {case.name}", file=sys.stderr)
        sizes = case.sizes[:4] if quick else case.sizes
        repeats, seconds = (2, 5e-5) if quick else (9, 2e-3)
        times = machine.in_turns({str(n): case.make(n) for n in sizes}, repeats, seconds)
        spreads = [machine.spread(own) for own in times.values()]
        grown = fit(sizes, [middle for _, middle, _ in spreads])
        row = {"case": case.name, "size": case.size, "sizes": sizes, "repeats": repeats}
        row |= {"power": case.power, "why": case.why, "seconds": spreads}
        rows.append({**row, "fit": asdict(grown)})
    return {"rows": rows}


@dataclass(frozen=True)
class Growth:
    """seconds = flat + each size^power; ``off`` is the largest relative deviation of a time."""

    flat: float
    each: float
    power: float
    off: float = 0.0

    def __call__(self, size: np.ndarray) -> np.ndarray:
        """Seconds at a size."""
        return self.flat + self.each * np.asarray(size, dtype=float) ** self.power

    @property
    def turn(self) -> float:
        """The size at which the power part has grown to the flat part."""
        return (self.flat / self.each) ** (1 / self.power)

    def sentence(self, what: str, largest: float, expected: float, why: str) -> str:
        """The fit in words: how it grows with ``what``, and what the arithmetic alone would do."""
        flat = f"a call takes {duration(self.flat)} however few the {what} are"
        if self.flat > self(largest) / 2:
            return f"{flat}, and that is most of it up to {largest:,.0f}."
        after = f"{flat.capitalize()}; from about {float(f'{self.turn:.1g}'):,.0f} on the cost"
        start = after if self.turn >= 1 else "The cost"
        count = f"the count of operations grows as the power {number(expected)}, for {why}"
        off = self.power - expected
        if abs(off) < 0.1:
            reason = f"and {count}"
        elif off < 0:
            reason = f"while {count}, and more of them at once are done at a better rate"
        else:
            reason = f"while {count}, and what is large leaves the cache"
        last = duration(float(self(largest) - self(largest / 2)))
        return (
            f"{start} grows as the power {number(self.power)} of the {what}, {reason}; the last "
            f"doubling, to {largest:,.0f}, costs {last}."
        )


def fit(sizes: list[float], seconds: list[float]) -> Growth:
    """The flat part and the power with the least squares of relative deviations; neither below 0.

    Raises:
        ValueError: there are fewer than four sizes, too few for three numbers.
    """
    if len(sizes) < 4:
        raise ValueError(f"A fit of three numbers needs four sizes or more, not {len(sizes)}.")
    x, y = np.asarray(sizes, dtype=float), np.asarray(seconds, dtype=float)

    def deviations(p: np.ndarray) -> np.ndarray:
        return (p[0] * y[0] + p[1] * y[-1] * (x / x[-1]) ** p[2]) / y - 1

    # The power part is divided by, so that it is never exactly 0.
    bounds = (0, 1e-300, 0.2), (np.inf, np.inf, 4.0)
    found = least_squares(deviations, (0.5, 0.9, 1.0), bounds=bounds, xtol=1e-12, ftol=1e-12)
    flat, top, power = found.x.tolist()
    grown = Growth(flat * y[0], float(top * y[-1] / x[-1] ** power), power)
    return Growth(grown.flat, grown.each, power, float(np.max(np.abs(grown(x) / y - 1))))


def section(result: dict[str, Any]) -> list[str]:
    """The fits as a table, and each in words."""
    cells, words = [], []
    for row in result["rows"]:
        grown, largest = Growth(**row["fit"]), row["sizes"][-1]
        turn = "" if grown.turn < 1 else number(float(f"{grown.turn:.2g}"))
        cells.append([row["case"], f"{row['size']}, {row['sizes'][0]} to {largest:,}",
                      duration(grown.flat), turn, number(grown.power),
                      f"{number(100 * grown.off)} %"])  # fmt: skip
        why = grown.sentence(row["size"], largest, row["power"], row["why"])
        words.append(f"- {row['case']}: {why}")
    return [PARTS["growth"].table("fits", cells), *words, ""]


def plot(result: dict[str, Any]) -> Any:
    """One panel for each kind of size, points with their quartiles over the fitted line."""
    kinds = list(dict.fromkeys(row["size"] for row in result["rows"]))
    fig, axes = figure(2, -(-len(kinds) // 2))
    for ax, kind in zip(axes.flat, kinds, strict=False):
        own = [row for row in result["rows"] if row["size"] == kind]
        for row, colour in zip(own, COLOURS, strict=False):
            sizes, grown = row["sizes"], Growth(**row["fit"])
            dots(ax, sizes, row["seconds"], 1e-3, color=colour)
            along = np.geomspace(sizes[0], sizes[-1], 100)
            label = f"{row['case']}: power {number(grown.power)}"
            ax.plot(along, grown(along) * 1e3, color=colour, lw=1.2, label=label)
        ax.set(xscale="log", yscale="log", xlabel=kind, ylabel="milliseconds")
        low, high = ax.get_ylim()
        ax.set_ylim(low, high ** (1 + 0.1 * len(own)) * low ** (-0.1 * len(own)))
        ax.legend(fontsize=8, loc="upper left", frameon=False)
    return fig
