"""Exercises that are answered by a number, several numbers, a choice or a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from . import sandbox
from .exercise import Exercise, is_blank
from .expressions import Unreadable, read
from .feedback import Feedback, number
from .mistake import Mistake


@dataclass(frozen=True, kw_only=True)
class NumberExercise(Exercise):
    """Compute a number.

    Attributes:
        truth: the number.
        unit: of the number, "" if it has none.
        tolerance: relative.
        subject: what the number is, as the beginning of a sentence.
        mistakes: wrong numbers with a name.
    """

    truth: float
    subject: str
    unit: str = ""
    tolerance: float = 5e-3
    mistakes: tuple[Mistake, ...] = ()

    def assess(self, answer: Any) -> Feedback:
        """Compare within the tolerance."""
        outcome = sandbox.run(partial(as_number, answer))
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble)
        value = outcome.value
        if isinstance(value, str):
            return self.wrong(value, "unreadable", reread=None)
        unit = f" {self.unit}" if self.unit else ""
        if self.close(value, self.truth):
            return self.right(
                f"{self.subject} is {number(self.truth)}{unit}. {self.because}".strip()
            )
        near = [mistake for mistake in self.mistakes if self.close(value, float(mistake.value))]
        if near:
            mistake = min(near, key=lambda mistake: abs(value - float(mistake.value)))
            return self.wrong(mistake.message, mistake.idea)
        if _rounded(value, self.truth):
            value = f"{number(self.truth)}{unit}"
            return self.right(f"{self.subject} is {value}, and yours is that, rounded.")
        much = "much" if value > self.truth else "little"
        return self.wrong(f"{number(value)}{unit} is too {much}. {self.hints[0]}")

    def close(self, value: float, other: float) -> bool:
        """Whether two numbers agree within the tolerance."""
        return bool(abs(value - other) <= self.tolerance * abs(other))


@dataclass(frozen=True, kw_only=True)
class ListExercise(Exercise):
    """Give several numbers, in order or in any order."""

    truth: tuple[float, ...]
    ordered: bool
    lost: str

    def assess(self, answer: Any) -> Feedback:
        """Compare number by number."""
        if isinstance(answer, str):
            return self.wrong('Leave out the quotation marks: (a, b) is a tuple, "(a, b)" is text.')
        try:
            values = [float(x) for x in answer]
        except (TypeError, ValueError):
            return self.wrong(f"Give {len(self.truth)} numbers in brackets, with a comma between.")
        right = list(self.truth)
        if not self.ordered:
            values, right = sorted(values), sorted(right)
        if len(values) == len(right) and np.allclose(values, right, 1e-6):
            return self.right()
        return self.wrong(f"It is not ({', '.join(number(x) for x in values)}). {self.lost}")


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(Exercise):
    """Choose one of several answers.

    Attributes:
        options: letter to text.
        truth: the right letter.
        reasons: letter to what one says to it.
    """

    options: Mapping[str, str]
    truth: str
    reasons: Mapping[str, str] = field(default_factory=dict)

    def unanswered(self) -> Feedback:
        """The question with its options."""
        return Feedback("unanswered", self.question, listing=self.listing)

    @property
    def listing(self) -> tuple[str, ...]:
        """The options, each with its letter."""
        return tuple(f"{letter}: {text}" for letter, text in self.options.items())

    def assess(self, answer: Any) -> Feedback:
        """Take a letter, or the text of an option."""
        chosen = str(answer).strip().strip("().:").lower() if isinstance(answer, str) else ""
        texts = {text.lower(): letter for letter, text in self.options.items()}
        chosen = texts.get(chosen, chosen)
        if chosen not in self.options:
            letters = ", ".join(f'"{letter}"' for letter in self.options)
            return self.wrong(f"Answer with one of {letters}.", reread=None, listing=self.listing)
        if chosen == self.truth:
            return self.right(self.reasons.get(chosen) or self.because)
        return self.wrong(self.reasons[chosen], f"option {chosen}")


@dataclass(frozen=True, kw_only=True)
class QuizExercise(Exercise):
    """Several small exercises answered together, by name or in order."""

    parts: Mapping[str, Exercise]

    def unanswered(self) -> Feedback:
        """The questions."""
        return Feedback("unanswered", self.question, listing=self._listing({}))

    def assess(self, answer: Any) -> Feedback:
        """Judge each part; parts may be missing."""
        if isinstance(answer, (list, tuple)) and len(answer) == len(self.parts):
            answer = dict(zip(self.parts, answer, strict=True))
        if not isinstance(answer, Mapping) or any(name not in self.parts for name in answer):
            return self.wrong(
                f"Answer by name: {', '.join(f'{n}=...' for n in self.parts)}.", reread=None
            )
        judged = {n: part.judge(answer.get(n)) for n, part in self.parts.items()}
        good = sum(map(bool, judged.values()))
        if not any(not is_blank(answer.get(n)) for n in self.parts):
            return self.unanswered()
        verdict = "right" if good == len(judged) else "not yet"
        text = f"{good} of {len(judged)} are right."
        return Feedback(verdict, text, listing=self._listing(judged))

    def _listing(self, judged: Mapping[str, Feedback]) -> tuple[str, ...]:
        lines = []
        for name, part in self.parts.items():
            feedback = judged[name] if name in judged else part.unanswered()
            lines.append(f"{name}: {feedback.line()}")
        return tuple(lines)


@dataclass(frozen=True, kw_only=True)
class DiscussionExercise(Exercise):
    """A question to think and talk about; nobody can mark it but you and the others."""

    def assess(self, answer: Any) -> Feedback:
        """Take note."""
        words = len(str(answer).split()) if isinstance(answer, str) else 0
        if words == 0:
            return self.wrong("Write two or three sentences, as a text in quotes.", reread=None)
        count = f"{words} word{'s' if words != 1 else ''}"
        return Feedback(
            "noted",
            f"{count}. No program can mark this; "
            f'compare with the outline, `solution("{self.key}")`, or with your neighbour.',
        )


def _rounded(value: float, truth: float) -> bool:
    """Whether a number is the truth, rounded to the two or more digits that it has."""
    digits = Decimal(repr(value)).normalize().as_tuple()
    last = 10.0 ** int(digits.exponent)
    return len(digits.digits) >= 2 and abs(value - truth) <= last / 2


def as_number(answer: Any) -> float | str:
    """An answer as a number, or a sentence that says why it is none."""
    try:
        symbolic = isinstance(answer, (str, sp.Basic, sp.MatrixBase))
        value = complex(read(answer, {})) if symbolic else answer
        value = np.asarray(value, dtype=complex)
    except Unreadable as error:
        return str(error)
    except (TypeError, ValueError):
        return "This is not a number: type one, such as 0.5 or 2/3."
    if value.size != 1:
        return (
            f"One number is asked for, and here are {value.size}. "
            "Where decimals begin Python has a point: 0.5."
        )
    value = value.reshape(())[()]
    if not np.isfinite(value) or value.imag != 0:
        return "A finite real number is asked for."
    return float(value.real)
