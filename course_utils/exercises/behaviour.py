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
from .kernels import is_stub


@dataclass(frozen=True)
class WrongFunction:
    """A wrong way to compute it that a check knows by its values.

    Attributes:
        function: computes what the mistake computes.
        idea: which idea went wrong, a few words.
        tell: what a tutor says.
    """

    function: Callable[..., Any]
    idea: str
    tell: str


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(Exercise):
    """Write a function of some arguments that returns a number.

    Attributes:
        truth: the course's function.
        cases: arguments on which both are called; the first is quoted in feedback.
        slips: wrong functions with a name.
        says: what the function gives, as the beginning of a sentence.
    """

    truth: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    says: str
    slips: tuple[WrongFunction, ...] = ()

    def assess(self, answer: Any) -> Feedback:
        """Call the learner's function in the sandbox and compare its values."""
        if not callable(answer):
            return self.wrong(
                f'`check` wants the function itself: write check("{self.key}", its_name), without '
                "calling it.",
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
        for slip in self.slips:
            if self._same(mine, slip.function):
                return self.wrong(slip.tell, slip.idea, printed=outcome.printed)
        right = [float(self.truth(*deepcopy(case))) for case in self.cases]
        i = next(i for i, (x, y) in enumerate(zip(mine, right, strict=True)) if not _close(x, y))
        yours = "no finite number" if mine[i] is None else number(mine[i])
        return self.wrong(
            f"For {', '.join(map(_shown, self.cases[i]))} your function gives {yours}. {self.says} "
            f"is {number(right[i])} there.",
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


def _shown(argument: Any) -> str:
    return np.array2string(np.asarray(argument), separator=", ")
