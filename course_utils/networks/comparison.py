"""What several seeds say about two ways to train: a paired comparison with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Comparison:
    """How a differs from b over pairs that share a seed.

    Attributes:
        effect: the mean ratio a / b, or the mean difference a - b.
        low: lower end of its 95 % interval.
        high: upper end of its 95 % interval.
        neutral: the effect of no difference: 1 for a ratio, 0 for a difference.
        pairs: how many pairs there were.
    """

    effect: float
    low: float
    high: float
    neutral: float
    pairs: int

    def says(self, lower: str, same: str, higher: str) -> str:
        """The one of three words that the interval allows: ``same`` if it holds no difference."""
        if self.low <= self.neutral <= self.high:
            return same
        return lower if self.effect < self.neutral else higher

    def repeated_inside(self) -> float:
        """How many effects of repetitions would lie in the interval, as a share.

        A repetition has as many other pairs, and nothing but the pairs scatters, normally. Its
        effect scatters as well, so the distance of both has twice the variance: fewer than 95 of
        100 lie inside.

        >>> round(Comparison(1.0, 0.9, 1.1, 1, 10).repeated_inside(), 2)
        0.86
        """
        from scipy.stats import t

        edge = t.ppf(0.975, self.pairs - 1) / 2**0.5
        return float(2 * t.cdf(edge, self.pairs - 1) - 1)

    def __str__(self) -> str:
        """The effect with its interval, three digits each."""
        if self.neutral == 1:
            return f"{self.effect:.3g} times [{self.low:.3g}, {self.high:.3g}]"
        return f"{self.effect:+.3g} [{self.low:+.3g}, {self.high:+.3g}]"


def ratio(a: Any, b: Any) -> Comparison:
    """The geometric mean of a / b over pairs, for losses and other positive numbers.

    The interval is Student's t on the logarithms: it would hold the true ratio in 95 of 100
    repetitions with other seeds, if the logarithms scattered normally.

    Raises:
        ValueError: fewer than two pairs, different lengths, or a number that is not positive and
            finite.
    """
    a, b = _pairs(a, b)
    if min(a.min(), b.min()) <= 0:
        raise ValueError("A ratio needs positive numbers: compare these with difference(a, b).")
    effect, half = _student(np.log(a) - np.log(b))
    return Comparison(
        *(float(np.exp(x)) for x in (effect, effect - half, effect + half)), 1, a.size
    )


def difference(a: Any, b: Any) -> Comparison:
    """The mean of a - b over pairs, for accuracies; interval and errors as for `ratio`."""
    a, b = _pairs(a, b)
    effect, half = _student(a - b)
    return Comparison(effect, effect - half, effect + half, 0, a.size)


def _student(x: np.ndarray) -> tuple[float, float]:
    """Mean and half width of its 95 % interval."""
    from scipy.stats import t

    spread = x.std(ddof=1) / np.sqrt(x.size)
    return float(x.mean()), float(t.ppf(0.975, x.size - 1) * spread)


def _pairs(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or a.size < 2:
        raise ValueError(
            f"A paired comparison needs one number per seed from each side, at least two, and got "
            f"shapes {a.shape} and {b.shape}: run both sides with the same seeds."
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError(
            "A run that was stopped has no last value to compare (NaN): count such runs instead."
        )
    return a, b
