"""What is said to a hand-in: the score before, and after the course all that can be said."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..exercises.feedback import plain, wrapped
from .items import ITEMS
from .record import Record


@dataclass(frozen=True)
class Reply:
    """An answer to the learner.

    True if the hand-in was taken.

    Attributes:
        taken: whether it was.
        paragraphs: Markdown; a paragraph whose lines begin with a hyphen is a list.
    """

    taken: bool
    paragraphs: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether the hand-in was taken."""
        return self.taken

    def __repr__(self) -> str:
        """The reply as wrapped plain text."""
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"“\1”", "\n".join(self.paragraphs))
        lines = plain(text).splitlines()
        return "\n".join(wrapped(x.removeprefix("- "), "  " * x.startswith("- ")) for x in lines)

    def _repr_markdown_(self) -> str:
        return "\n\n".join(self.paragraphs)


def first_score(record: Record) -> list[str]:
    """Before the course: the score alone, so that the questions keep their worth."""
    return [
        f"**Handed in.** {_score(record)}. Which ones, and why, is kept for the second time, "
        "after the lessons."
    ]


def comparison(record: Record, before: Record | None) -> list[str]:
    """After the course: the score, the gain on every question, what to read again."""
    if before is None:
        words = [
            f"**Handed in.** {_score(record)}. No answers of yours from before lie in the folder, "
            "so there is nothing to compare with."
        ]
    else:
        words = [f"**Handed in.** {_score(record)}, and before it was {len(before.right)}."]
        won, left = len(record.right) - len(before.right), len(ITEMS) - len(before.right)
        if left and won >= 0:
            words[0] += f" That is {won} of the {left} that were left to win."
    return [*words, "\n".join(f"- {_line(n, record, before)}" for n in ITEMS)]


def _score(record: Record) -> str:
    unknown = f'; "I do not know" stands at {record.unknown}' if record.unknown else ""
    return f"{len(record.right)} of {len(ITEMS)} are right{unknown}"


def _line(n: int, record: Record, before: Record | None) -> str:
    item, now = ITEMS[n], n in record.right
    mark = "✔" if now else "✘"
    if before is None:
        state = "right" if now else "not right"
    else:
        state = {
            (False, True): "won (+1)",
            (True, True): "right both times (0)",
            (False, False): "not right yet (0)",
            (True, False): "right before, not now (−1)",
        }[n in before.right, now]
    line = f"{mark} {n} {item.title}: {state}."
    return line if now else f"{line} The answer is {item.right}; read again {item.link}."
