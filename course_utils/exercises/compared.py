"""What most exercises share: an answer is compared with the truth, then with known mistakes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from . import sandbox
from .exercise import Exercise
from .feedback import Feedback
from .interface import is_stub
from .mistake import Mistake


@dataclass(frozen=True, kw_only=True)
class ComparedExercise(Exercise):
    """An exercise with one right answer, in any spelling, and wrong ones that are known.

    A kind says how an answer is read, when two answers are the same, and what to say.

    Attributes:
        truth: the right answer.
        mistakes: wrong answers with the idea behind each, the special before the general.
        beside: a name that an answer may have as a factor: the unit, or the value whose weight is
            asked for.
    """

    truth: Any
    mistakes: tuple[Mistake, ...] = ()
    beside: str = ""

    def assess(self, answer: Any) -> Feedback:
        """Read the answer and compare it."""
        value = self.read(answer)
        return value if isinstance(value, Feedback) else self.compare(value)

    def compare(self, value: Any) -> Feedback:
        """What to say to an answer that could be read."""
        if self.same(value, self.truth):
            return self.praise(value)
        mistake = self.known(value)
        if mistake:
            return self.wrong(self.message_for(mistake, value), mistake.idea)
        return self.unknown(value)

    @abstractmethod
    def read(self, answer: Any) -> Any:
        """The answer as a value to compare, or what to say if it is none."""

    def meant(self, readings: Sequence[Any]) -> Any:
        """Of several readings the right one, else one that is a known mistake, else the first."""
        if len(readings) == 1:
            return readings[0]
        right = (x for x in readings if self.same(x, self.truth))
        named = (x for x in readings if self.known(x))
        return next(chain(right, named, readings))

    @abstractmethod
    def same(self, one: Any, other: Any) -> bool:
        """Whether two values are the same answer."""

    def known(self, value: Any) -> Mistake | None:
        """The known wrong answer that a value is."""
        return next((m for m in self.mistakes if self.same(value, m.value)), None)

    def praise(self, value: Any) -> Feedback:
        """What to say to the right answer."""
        return self.right()

    def message_for(self, mistake: Mistake, value: Any) -> str:
        """What to say to a known wrong answer."""
        return mistake.message

    @abstractmethod
    def unknown(self, value: Any) -> Feedback:
        """What to say to any other answer: something true that helps."""


@dataclass(frozen=True, kw_only=True)
class ProgramExercise(Exercise):
    """An exercise that is answered by a function: it runs in the sandbox, and is judged after."""

    def assess(self, answer: Any) -> Feedback:
        """Run the learner's function and judge what comes of it."""
        if not callable(answer):
            return self.no_function()
        if is_stub(answer):
            return self.unanswered()
        outcome = sandbox.run(lambda: self.read(answer))
        if outcome.trouble == "unanswered":
            return self.unanswered()
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble, printed=outcome.printed)
        feedback = self.judge_results(outcome.value)
        return feedback if feedback else replace(feedback, printed=outcome.printed)

    def no_function(self) -> Feedback:
        """What to say to an answer that cannot be called."""
        return self.wrong("Hand over the function itself, without calling it.", reread=None)

    @abstractmethod
    def read(self, answer: Any) -> Any:
        """What the function does, as JSON can hold it; this runs in the sandbox."""

    @abstractmethod
    def judge_results(self, results: Any) -> Feedback:
        """What to say to the results."""
