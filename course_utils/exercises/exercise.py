"""What an exercise is: a question, hints, a solution, and a way to judge an answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .feedback import Feedback, Help, Section


@dataclass(frozen=True, kw_only=True)
class Exercise(ABC):
    """An exercise of any kind.

    Attributes:
        key: the name under which a lesson calls it.
        question: what is asked, one or two sentences.
        hints: at least three, from a question over a pointer to a line that nearly gives it away.
        solution: what the learner would write, as code.
        because: why that is the answer, one or two sentences.
        section: what to read again.
        make: makes the exercise from numbers, if it has any.
        again: makes it with the numbers of a learner.
    """

    key: str
    question: str
    hints: tuple[str, ...]
    solution: str
    because: str = ""
    section: Section | None = None
    make: Callable[..., Exercise] | None = field(default=None, repr=False, compare=False)
    again: Callable[[str], Exercise] | None = field(default=None, repr=False, compare=False)

    def for_learner(self, name: str) -> Exercise:
        """The exercise with the numbers of a learner; with no name, with the printed ones."""
        return self.again(name) if name and self.again else self

    def judge(self, answer: Any) -> Feedback:
        """What to say to an answer."""
        return self.unanswered() if is_blank(answer) else self.assess(answer)

    @abstractmethod
    def assess(self, answer: Any) -> Feedback:
        """What to say to an answer that is there."""

    def unanswered(self) -> Feedback:
        """What to say as long as there is no answer."""
        return Feedback("unanswered", self.question)

    def right(self, text: str = "", **more: Any) -> Feedback:
        """Praise with a reason."""
        return Feedback("right", text or self.because, **more)

    def wrong(self, text: str, idea: str = "", **more: Any) -> Feedback:
        """What is not yet right, with the section to read again."""
        return Feedback("not yet", text, idea, more.pop("reread", self.section), **more)

    def show_solution(self) -> Help:
        """The solution, with its reason."""
        return Help("One way to write it.", self.because, self.solution)


def is_blank(answer: Any) -> bool:
    """Whether an answer is still missing: ``...``, None, an empty text, or nothing but those."""
    if isinstance(answer, Mapping):
        return all(is_blank(x) for x in answer.values())
    if isinstance(answer, (list, tuple)):
        return all(is_blank(x) for x in answer)
    return answer is None or answer is ... or (isinstance(answer, str) and answer.strip(" .") == "")
