"""What a question of the inventory is: four answers, one right, three of them known beliefs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..exercises.feedback import Section

LETTERS = "abcd"
UNKNOWN = "?"
UNKNOWN_TEXT = "I do not know"


@dataclass(frozen=True)
class Option:
    """An answer to choose.

    Attributes:
        text: what it says.
        belief: the misconception it follows from, a key of `BELIEFS`; "" for the right answer.
    """

    text: str
    belief: str = ""


@dataclass(frozen=True)
class Item:
    """A question with its answers.

    Attributes:
        title: three or four words to name it by.
        question: what is asked, in words that need no lesson.
        options: four answers, one without a belief.
        reread: the section that answers it; without a heading, the whole lesson.
    """

    title: str
    question: str
    options: tuple[Option, ...]
    reread: Section

    @property
    def right(self) -> str:
        """The letter of the right answer."""
        return next(letter for letter, option in self.lettered() if not option.belief)

    def lettered(self) -> Iterator[tuple[str, Option]]:
        """The answers with their letters."""
        return zip(LETTERS, self.options, strict=True)

    def belief(self, letter: str) -> str:
        """The misconception that a choice follows from; "" if it is right or "I do not know"."""
        return dict(self.lettered())[letter].belief if letter in LETTERS else ""

    @property
    def link(self) -> str:
        """A Markdown link to what to read again."""
        number = self.reread.lesson[:2]
        if not self.reread.heading:
            return f"[lesson {number}]({self.reread.lesson}.ipynb)"
        return f"{self.reread.link} in lesson {number}"
