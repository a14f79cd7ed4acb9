"""Exercises in which the learner writes a function that returns a number: its values decide."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import sandbox
from .exercise import Exercise
from .feedback import Feedback, number
from .interface import is_stub
from .mistake import Mistake


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(Exercise):
    """Write a function of some arguments that returns a number.

    Attributes:
        truth: the course's function.
        cases: arguments on which both are called; the first that differs is quoted.
        mistakes: wrong functions with a name.
        place: how a sentence names a case, "For ..." with its arguments by default.
        subject: what the function gives, as the beginning of a sentence.
    """

    truth: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    subject: str
    mistakes: tuple[Mistake, ...] = ()
    place: Callable[..., str] | None = None

    def assess(self, answer: Any) -> Feedback:
        """Call the learner's function in the sandbox and compare its values."""
        if not callable(answer):
            return self.wrong(
                f'`check` wants the function itself: write check("{self.key}", its_name), without '
                "calling it.",
                "form",
                reread=None,
            )
        if is_stub(answer):
            return self.unanswered()
        outcome = sandbox.run(lambda: [_value(answer, case) for case in self.cases])
        if outcome.trouble == "unanswered":
            return self.unanswered()
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble, printed=outcome.printed)
        mine = outcome.value
        if all(x is None for x in mine):
            return self.wrong(
                "The function returns no number: end it with `return`.", "nothing returned",
                reread=None, printed=outcome.printed,
            )  # fmt: skip
        if self._same(mine, self.truth):
            return self.right()
        for mistake in self.mistakes:
            if self._same(mine, mistake.value):
                return self.wrong(mistake.message, mistake.idea, printed=outcome.printed)
        right = [float(self.truth(*deepcopy(case))) for case in self.cases]
        i = next(i for i, (x, y) in enumerate(zip(mine, right, strict=True)) if not _close(x, y))
        yours = "no finite number" if mine[i] is None else number(mine[i])
        return self.wrong(
            f"{(self.place or _for)(*self.cases[i])} your function gives {yours}. "
            f"{self.subject} is {number(right[i])} there.",
            printed=outcome.printed,
        )

    def _same(self, mine: list[float | None], function: Callable[..., Any]) -> bool:
        values = (_value(function, case) for case in self.cases)
        return all(_close(x, y) for x, y in zip(mine, values, strict=True))


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
