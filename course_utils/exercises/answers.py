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
from .compared import ComparedExercise
from .exercise import Exercise, is_blank
from .expressions import Unreadable, read
from .feedback import Feedback, number
from .mistake import Mistake


@dataclass(frozen=True, kw_only=True)
class NumberExercise(ComparedExercise):
    """Compute a number.

    Attributes:
        unit: of the number, "" if it has none.
        tolerance: relative.
        subject: what the number is, as the beginning of a sentence.
    """

    subject: str
    unit: str = ""
    tolerance: float = 5e-3

    def read(self, answer: Any) -> float | Feedback:
        """A number, of whatever it is written in."""
        outcome = sandbox.run(partial(as_number, answer))
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble)
        if isinstance(outcome.value, str):
            return self.wrong(outcome.value, "unreadable", reread=None)
        return outcome.value

    def same(self, one: float, other: Any) -> bool:
        """Whether two numbers agree within the tolerance."""
        return bool(abs(one - float(other)) <= self.tolerance * abs(float(other)))

    def known(self, value: float) -> Mistake | None:
        """The nearest of the wrong numbers that it may be."""
        near = [m for m in self.mistakes if self.same(value, m.value)]
        return min(near, key=lambda m: abs(value - float(m.value)), default=None)

    def praise(self, value: float) -> Feedback:
        """The number, in full, and the reason."""
        return self.right(
            f"{self.subject} is {self._with_unit(self.truth)}. {self.because}".strip()
        )

    def unknown(self, value: float) -> Feedback:
        """Rounded rightly, or else too much or too little."""
        if _rounded(value, self.truth):
            full = self._with_unit(self.truth)
            return self.right(f"{self.subject} is {full}, and yours is that, rounded.")
        much = "much" if value > self.truth else "little"
        return self.wrong(f"{self._with_unit(value)} is too {much}. {self.hints[0]}")

    def _with_unit(self, value: float) -> str:
        return f"{number(value)} {self.unit}".strip()


@dataclass(frozen=True, kw_only=True)
class ListExercise(ComparedExercise):
    """Give several numbers, in order or in any order."""

    ordered: bool
    lost: str

    def read(self, answer: Any) -> list[float] | Feedback:
        """The numbers, sorted if their order does not count."""
        if isinstance(answer, str):
            return self.wrong('Leave out the quotation marks: (a, b) is a tuple, "(a, b)" is text.')
        try:
            values = [float(x) for x in answer]
        except (TypeError, ValueError):
            return self.wrong(f"Give {len(self.truth)} numbers in brackets, with a comma between.")
        return values if self.ordered else sorted(values)

    def same(self, one: list[float], other: Any) -> bool:
        """Number by number."""
        right = list(other) if self.ordered else sorted(other)
        return len(one) == len(right) and bool(np.allclose(one, right, 1e-6))

    def unknown(self, value: list[float]) -> Feedback:
        """The numbers again, and where to read up."""
        return self.wrong(f"It is not ({', '.join(number(x) for x in value)}). {self.lost}")


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(ComparedExercise):
    """Choose one of several answers.

    Attributes:
        options: letter to text.
        reasons: letter to what one says to it.
    """

    options: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def unanswered(self) -> Feedback:
        """The question with its options."""
        return Feedback("unanswered", self.question, listing=self.listing)

    @property
    def listing(self) -> tuple[str, ...]:
        """The options, each with its letter."""
        return tuple(f"{letter}: {text}" for letter, text in self.options.items())

    def read(self, answer: Any) -> str | Feedback:
        """A letter, or the text of an option."""
        chosen = str(answer).strip().strip("().:").lower() if isinstance(answer, str) else ""
        texts = {text.lower(): letter for letter, text in self.options.items()}
        chosen = texts.get(chosen, chosen)
        if chosen in self.options:
            return chosen
        letters = ", ".join(f'"{letter}"' for letter in self.options)
        return self.wrong(f"Answer with one of {letters}.", reread=None, listing=self.listing)

    def same(self, one: str, other: str) -> bool:
        """Letter by letter."""
        return one == other

    def praise(self, value: str) -> Feedback:
        """The reason of the right option."""
        return self.right(self.reasons.get(value, ""))

    def unknown(self, value: str) -> Feedback:
        """What is wrong with the option: every wrong one is known."""
        return self.wrong(self.reasons[value], f"option {value}")


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
