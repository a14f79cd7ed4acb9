"""Exercises in which the learner writes a function that returns a number: its values decide."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from .compared import ComparedExercise, ProgramExercise
from .feedback import Feedback, number


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(ProgramExercise, ComparedExercise):
    """Write a function of some arguments that returns a number; truth and mistakes are functions.

    Attributes:
        cases: arguments on which both are called; the first that differs is quoted.
        place: how a sentence names a case, as in "At t = {}"; "For ..." with its arguments if
            nothing is said.
        subject: what the function gives, as the beginning of a sentence.
    """

    cases: tuple[tuple[Any, ...], ...]
    subject: str
    place: str = ""

    def read(self, answer: Any) -> list[float | None]:
        """A function's values at the cases."""
        return [_value(answer, case) for case in self.cases]

    def judge_results(self, results: list[float | None]) -> Feedback:
        """Compare its values."""
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
        return all(_close(x, y) for x, y in zip(one, self.read(other), strict=True))

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
    result = function(*deepcopy(case))
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
