"""Exercises in which the learner writes a function that returns a number: its values decide."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from .compared import ComparedExercise, ProgramExercise
from .feedback import Feedback, number
from .mistake import Mistake


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(ProgramExercise, ComparedExercise):
    """Write a function of some arguments that returns a number; truth and mistakes are functions.

    Attributes:
        cases: arguments on which both are called; the first that differs is quoted.
        place: how a sentence names a case, as in "At t = {}"; "For ..." with its arguments if
            nothing is said.
        subject: what the function gives, as the beginning of a sentence.
        beyond: how many of the last cases lie beyond what mistakes are told by: a function that is
            wrong before them may do anything there.
    """

    cases: tuple[tuple[Any, ...], ...]
    subject: str
    place: str = ""
    beyond: int = 0

    def read(self, answer: Any) -> Any:
        """A function's values at the cases, or the place of an argument that it changes."""
        values, changed = [], []
        for case in self.cases:
            given = deepcopy(case)
            values.append(_value(answer, given))
            for place, (before, after) in enumerate(zip(case, given, strict=True), 1):
                if not np.array_equal(before, after, equal_nan=True):
                    changed.append(place)
        # Whoever returns nothing is told that first.
        return changed[0] if changed and any(x is not None for x in values) else values

    def judge_results(self, results: Any) -> Feedback:
        """Compare its values."""
        if isinstance(results, int):
            which = ("first", "second", "third", "fourth")[results - 1]
            return self.wrong(
                f"Your function changes its {which} argument, which belongs to the caller. Compute "
                "with a copy, or with functions that make new values, such as `sorted`.",
                "arguments are only lent",
            )
        if all(x is None for x in results):
            sentence = "The function returns no number: end it with `return`."
            return self.wrong(sentence, "nothing returned", reread=None)
        return self.compare(results)

    def no_function(self) -> Feedback:
        """Name the function, do not call it."""
        return self.wrong(
            f'`check` wants the function itself: write check("{self.key}", its_name), without '
            "calling it.",
            "form",
            reread=None,
        )

    def same(self, one: list[float | None], other: Callable[..., Any]) -> bool:
        """Whether values are those of a function."""
        return self._same(one, other, len(self.cases))

    def known(self, value: list[float | None]) -> Mistake | None:
        """A known mistake, beyond the ordinary cases or in these."""
        found = super().known(value)
        usual = len(self.cases) - self.beyond
        if found or not self.beyond or self._same(value, self.truth, usual):
            return found
        return next((m for m in self.mistakes if self._same(value, m.value, usual)), None)

    def _same(self, one: list[float | None], other: Callable[..., Any], many: int) -> bool:
        values = self.read(other)
        return all(map(_close, one[:many], values[:many]))

    def unknown(self, value: list[float | None]) -> Feedback:
        """The first case in which it differs."""
        right = [float(self.truth(*deepcopy(case))) for case in self.cases]
        i = next(i for i, (x, y) in enumerate(zip(value, right, strict=True)) if not _close(x, y))
        yours = "no finite number" if value[i] is None else number(value[i])
        return self.wrong(
            f"{self.place.format(*self.cases[i]) or _for(*self.cases[i])} your function gives "
            f"{yours}. {self.subject} is {number(right[i])} there."
        )


def _value(function: Callable[..., Any], case: tuple[Any, ...]) -> float | None:
    """The function's value as a float, None if it is not one finite number."""
    result = function(*case)
    try:
        result = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        return None
    return float(result.reshape(())) if result.size == 1 and np.isfinite(result).all() else None


def _close(x: float | None, y: float | None) -> bool:
    if x is None or y is None:
        return x is y
    return bool(np.isclose(x, y, rtol=1e-9, atol=1e-12))


def _for(*case: Any) -> str:
    return f"For {', '.join(map(_shown, case))}"


def _shown(argument: Any) -> str:
    return np.array2string(np.asarray(argument), separator=", ")
