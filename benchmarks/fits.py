"""A cost that grows with a size, fitted by a flat part and a power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .targets import duration, number


@dataclass(frozen=True)
class Growth:
    """seconds = flat + each size^power.

    Attributes:
        flat: seconds that a call takes however small the size.
        each: seconds for the first unit of the power part.
        power: the exponent.
        off: the largest relative deviation of a measured time from the fit.
    """

    flat: float
    each: float
    power: float
    off: float

    def __call__(self, size: np.ndarray) -> np.ndarray:
        """Seconds at a size."""
        return self.flat + self.each * np.asarray(size, dtype=float) ** self.power

    @property
    def turn(self) -> float:
        """The size at which the power part has grown to the flat part."""
        return (self.flat / self.each) ** (1 / self.power)

    def sentence(self, what: str, largest: float, expected: float, why: str) -> str:
        """The fit in words.

        Args:
            what: name of the size, such as "trajectories".
            largest: the largest size that was measured.
            expected: the exponent of the arithmetic alone.
            why: where that exponent comes from.
        """
        flat = f"a call takes {duration(self.flat)} however few the {what} are"
        if self.flat > self(largest) / 2:
            return f"{flat}, and that is most of it up to {largest:,.0f}."
        start = "The cost" if self.turn < 1 else f"{flat[0].upper()}{flat[1:]}; from about "
        start += "" if self.turn < 1 else f"{float(f'{self.turn:.1g}'):,.0f} on the cost"
        grows = f"{start} grows as the power {number(self.power)} of the {what}"
        count = f"the count of operations grows as the power {number(expected)}, for {why}"
        off = self.power - expected
        if abs(off) < 0.1:
            reason = f"and {count}"
        elif off < 0:
            reason = f"while {count}, and more of them at once are done at a better rate"
        else:
            reason = f"while {count}, and what is large leaves the cache"
        more = duration(float(self(largest) - self(largest / 2)))
        return f"{grows}, {reason}; the last doubling, to {largest:,.0f}, costs {more}."


def fit(sizes: list[float], seconds: list[float]) -> Growth:
    """The flat part and the power with the least squares of relative deviations.

    For a given exponent the two amounts follow from linear algebra; the exponent is searched on a
    grid that becomes finer around its best point.

    Raises:
        ValueError: there are fewer than four sizes, too few for three numbers.
    """
    if len(sizes) < 4:
        raise ValueError(f"A fit of three numbers needs four sizes or more, not {len(sizes)}.")
    x, y = np.asarray(sizes, dtype=float), np.asarray(seconds, dtype=float)
    low, high = 0.2, 4.0
    for _ in range(4):
        grid = np.linspace(low, high, 41)
        errors = [_solve(x, y, p)[1] for p in grid]
        best = grid[int(np.argmin(errors))]
        low, high = max(0.1, best - (grid[1] - grid[0])), best + (grid[1] - grid[0])
    (flat, each), _ = _solve(x, y, best)
    off = float(np.max(np.abs((flat + each * x**best) / y - 1)))
    return Growth(float(flat), float(each), float(best), off)


def _solve(x: np.ndarray, y: np.ndarray, power: float) -> tuple[np.ndarray, float]:
    """Amounts of the flat part and of the power part, neither below 0, and the squared error."""
    top = x.max() ** power
    columns = np.array([1 / y, x**power / top / y]).T
    amounts = np.linalg.lstsq(columns, np.ones_like(x), rcond=None)[0]
    if amounts.min() < 0:
        lone = columns.sum(axis=0) / (columns**2).sum(axis=0)
        errors = [np.sum((columns[:, i] * lone[i] - 1) ** 2) for i in (0, 1)]
        keep = int(np.argmin(errors)) if amounts.max() < 0 else int(np.argmax(amounts))
        amounts = np.where(np.arange(2) == keep, lone, 1e-300)
    error = float(np.sum((columns @ amounts - 1) ** 2))
    return amounts / np.array([1.0, top]), error
