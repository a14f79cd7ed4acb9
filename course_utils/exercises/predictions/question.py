"""A question that is asked before the lesson answers it: its form, its truth, what is said."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..feedback import number

Interval = tuple[float, float]


class NoTruth(Exception):
    """Why there is nothing to compare an answer with, as a sentence."""


@dataclass(frozen=True)
class Question:
    """What is to be predicted.

    Attributes:
        key: the name in `predict`, in the tally and in the learner's file.
        ask: the question; braces stand for what a cell says it is ``about``.
        options: the answers to choose from; without them a number is asked for.
        holds: for each option the interval of numbers, without its upper end, that make it true.
        answer: the truth, if it needs no computing.
        truth: computes the truth, from what the lesson has measured if ``measured``.
        measured: whether the truth is known only once the lesson has measured something.
        because: a sentence or two that explain the truth.
        unit: of the number.
        low: the smallest number that is taken.
        high: the largest number that is taken.
        tolerance: relative error up to which a number counts as a hit.
    """

    key: str
    ask: str
    options: tuple[str, ...] = ()
    holds: tuple[Interval, ...] = ()
    answer: Any = None
    truth: Callable[..., Any] | None = None
    measured: bool = False
    because: str = ""
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    tolerance: float = 0.1

    def find_truth(self, measured: Callable[[], Any] | None = None) -> Any:
        """The truth: one of the options, or a number.

        Args:
            measured: what the lesson has measured, if the truth depends on it.

        Raises:
            NoTruth: the lesson's measurement is missing, or none of the options foresees it.
        """
        if self.measured and measured is None:
            raise NoTruth("the lesson measures it, and this cell hands no measurement on.")
        found = self.answer
        if self.truth:
            found = self.truth(measured()) if self.measured and measured else self.truth()
        elif self.measured and measured:
            found = measured()
        if self.options and not isinstance(found, str):
            true = [i for i, (low, high) in enumerate(self.holds) if low <= found < high]
            found = self.options[true[0]] if len(true) == 1 else f"{number(float(found))}"
        try:
            return self.read(found, anything=True)
        except ValueError:
            raise NoTruth(f"it came out as {found!s:.80}, which no answer foresees.") from None

    def read(self, value: Any, anything: bool = False) -> Any:
        """An answer in the form in which it is kept.

        Args:
            value: an option, or a number or its text.
            anything: whether a number may lie outside of the limits.

        Raises:
            ValueError: it is none, in words for the learner.
        """
        if self.options:
            if not isinstance(value, str) or value not in self.options:
                raise ValueError("Choose one of the answers first.")
            return value
        try:
            value = float(self._number(value) if isinstance(value, str) else value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"Type a number first: {self.form}.") from None
        if not (math.isfinite(value) and (anything or self.low <= value <= self.high)):
            raise ValueError(f"This is out of range: {self.form}.")
        return value

    def _number(self, text: str) -> float:
        """The number that a text gives, with its unit or without, as an exercise reads it."""
        with suppress(ValueError):
            return float(text.strip().replace(",", "."))
        from ..answers import as_numbers  # and SymPy with it, which a plain number does not need

        found = as_numbers(text, self.ask, self.unit)
        if isinstance(found, str):
            raise ValueError(found)
        return found[0]

    @property
    def form(self) -> str:
        """What may be answered: the options, or the range of the number."""
        if self.options:
            return " / ".join(self.options)
        what = self.unit or "a number"
        if math.isfinite(self.low) and math.isfinite(self.high):
            return f"{what} from {number(self.low)} to {number(self.high)}"
        if math.isfinite(self.low):
            return f"{what} from {number(self.low)}"
        return f"{what} up to {number(self.high)}" if math.isfinite(self.high) else what

    def show(self, value: Any) -> str:
        """An answer as text."""
        return value if self.options else f"{number(float(value))} {self.unit}".strip()

    def hit(self, said: Any, truth: Any) -> bool:
        """Whether an answer came true."""
        return said == truth if self.options else _distance(said, truth) <= self.tolerance

    def verdict(self, said: Any, truth: Any) -> str:
        """The comparison of an answer with the truth, and the reason."""
        if self.options:
            comment = "You saw it coming." if said == truth else "It came out otherwise."
        elif self.hit(said, truth):
            comment = f"Within {100 * self.tolerance:.0f} %, which is a hit."
        elif truth == 0 or said == 0 or said * truth < 0:
            comment = "Not close this time."
        elif not 1 / 3 < said / truth < 3:
            ratio = max(said / truth, truth / said)
            word = "large" if abs(said) > abs(truth) else "small"
            times = f"{ratio:.0f}" if ratio >= 10 else number(ratio, 2)
            comment = f"Too {word} by a factor of {times}."
        else:
            word = "high" if said > truth else "low"
            comment = f"{100 * _distance(said, truth):.0f} % too {word}."
        return f"{comment} {self.because}".strip()


def _distance(said: float, truth: float) -> float:
    """The relative error."""
    if truth == 0:
        return 0.0 if said == 0 else math.inf
    return abs(said - truth) / abs(truth)
