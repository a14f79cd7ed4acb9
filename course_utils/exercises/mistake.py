"""What a known wrong answer is, for every kind of exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that a check knows by its idea.

    Attributes:
        value: what is answered: a formula, a number, a function; for a kernel the ways to write
            it, as assignments to ``w``, the memory and names of their own.
        idea: which idea went wrong, a few words.
        message: what a tutor says, one or two sentences. For a formula, ``{yours}`` and ``{right}``
            stand for its value and the right one at the exercise's example, and ``{beta}`` for
            that of beta there.
        name: for a kernel, short and unique within a rule; M-numbers as in the course's list.
    """

    value: Any
    idea: str
    message: str
    name: str = ""
