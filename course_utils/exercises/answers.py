"""Exercises that are answered by a number, several numbers, a choice or a text."""

from __future__ import annotations

import re
import unicodedata
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
from .expressions import Unreadable, readings, without
from .feedback import Feedback, number
from .mistake import Mistake
from .notation import measured


@dataclass(frozen=True, kw_only=True)
class NumberExercise(ComparedExercise):
    """Compute a number.

    Attributes:
        unit: of the number, "" if it has none.
        tolerance: relative.
        border: whether the question asks for the border of a range, so that ``≥ 3`` answers it.
        subject: what the number is, as the beginning of a sentence.
    """

    subject: str
    unit: str = ""
    tolerance: float = 5e-3
    border: bool = False

    def read(self, answer: Any) -> float | Feedback:
        """A number, of whatever it is written in."""
        job = partial(as_numbers, answer, self.question, self.unit, self.border, self.beside)
        outcome = sandbox.run(job)
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble)
        if isinstance(outcome.value, str):
            return self.wrong(f"{outcome.value} {self.form}", "unreadable", reread=None)
        return self.meant(outcome.value)

    @property
    def form(self) -> str:
        """A sentence with a number of the answer's kind, which is another one."""
        whole = float(self.truth).is_integer()
        known = [float(m.value) for m in self.mistakes]
        others = ("42", "28", "64") if whole else ("12.34", "2.718", "0.577")
        free = (n for n in others if not any(self.same(x, float(n)) for x in (self.truth, *known)))
        return f"A number can be typed as `{next(free, '1000')}`, or computed, as in `sqrt(7)/3`."

    def same(self, one: float, other: Any) -> bool:
        """Whether two numbers agree within the tolerance."""
        return bool(abs(one - float(other)) <= self.tolerance * abs(float(other)))

    def known(self, value: float) -> Mistake | None:
        """The nearest of the wrong numbers that it may be."""
        near = [m for m in self.mistakes if self.same(value, m.value)] or [
            m for m in self.mistakes if _rounded(value, float(m.value))
        ]
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
        if value and abs(1 / value - self.truth) <= self.tolerance * abs(self.truth):
            sentence = f"That is 1 over {number(1 / value)}: turn it over."
            return self.wrong(sentence, "which over which")
        if self.same(-value, self.truth):
            return self.wrong(f"All but the sign is right. {self.hints[0]}", "the sign")
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
        parts = several(answer, len(self.truth)) if isinstance(answer, str) else answer
        outcome = sandbox.run(lambda: [as_number(x) for x in parts])
        values = outcome.value
        if outcome.trouble or any(isinstance(x, str) for x in values):
            return self.wrong(
                f"Give {len(self.truth)} numbers in brackets, separated by commas, as in "
                f"({', '.join('47'[: len(self.truth)])})."
            )
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
        if isinstance(answer, Mapping):
            answer = list(answer.values())
        if isinstance(answer, (list, tuple, set)) and len(answer) == 1:
            (answer,) = answer
        chosen = _letter(str(answer), self.options)
        if chosen:
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


def several(text: str, count: int) -> list[str]:
    """The numbers of a text with several, such as ``(25, 2)``, ``25 and 2`` or ``2 × 3``."""
    text = re.sub(r"\\(?:begin|end)\{\w+\}|\^\{?(?:T|\\top)\}?$", "", text.replace("\\\\", "; "))
    text = re.sub(r"^[A-Za-z\s.]*(?=[(\[])|^[^=(\[]*=|\b\w+\s*[=:](?!=)", "", text)
    text = text.strip().strip("()[]{}⟨⟩ ")
    for between in (r"\s*;\s*", r"\s*,\s*|\s+and\s+", r"\s*(?:[×x]|\bby\b)\s*", r"\s+"):
        parts = [x for x in re.split(between, text) if x]
        if len(parts) == count:
            return parts
    return [text]


# What is said around a letter, and says nothing.
_AROUND = re.compile(
    r"\b(?:it's|i'd|i'm|option|answer|choice|letter|number|case|statement|my|the|is|it|its|that|i|"
    r"think|choose|guess|say|pick|take|correct|right|one|definitely|probably|maybe|perhaps|must|be|"
    r"has|to|of course|surely|clearly|sure|would|go|for|with|see above)\b"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth".split()


def _letter(text: str, options: Mapping[str, str]) -> str:
    """The letter of an option that is named in any dress, or quoted; else nothing."""
    text = _bare(text)
    quoted = [x for x, words in options.items() if _bare(words) == text]
    if quoted:
        return quoted[0]
    named = re.sub(r",?\s(?:because|since)\b.*", "", text)
    words = re.sub(r"[^\w\s]", " ", _AROUND.sub(" ", named)).split()
    if len(words) == 1 and words[0] in _ORDINALS:
        words = ["abcdefgh"[_ORDINALS.index(words[0])]]
    if len(words) == 1 and words[0] in options:
        return words[0]
    if found := re.match(r"\W*(?:option|answer|choice)?\s*([a-h])\s*[).:\]–—-]+\s+\S", text):
        return found[1] if found[1] in options else ""
    parts = [x for x, words in options.items() if len(text) >= 12 and _told(text, _bare(words))]
    return parts[0] if len(parts) == 1 else ""


def _told(text: str, option: str) -> bool:
    """Whether a text is a part of an option, or three or more of its words in their order."""
    said, rest = re.sub(r"\b(?:an?|the)\b", " ", text).split(), iter(option.split())
    return text in option or len(said) > 2 and all(word in rest for word in said)


def _bare(text: str) -> str:
    """A text as one compares it: no case, no quotation marks, no full stop, single spaces."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(text.split()).strip(" .,;!?\"'“”„`*$•-")


def _rounded(value: float, truth: float) -> bool:
    """Whether a number is the truth, rounded to the two or more digits that it has."""
    digits = Decimal(repr(value)).normalize().as_tuple()
    last = 10.0 ** int(digits.exponent)
    return len(digits.digits) >= 2 and abs(value - truth) <= last / 2


def as_number(answer: Any) -> float | str:
    """An answer as a number, or a sentence that says why it is none."""
    numbers = as_numbers(answer)
    return numbers if isinstance(numbers, str) else numbers[0]


def as_numbers(
    answer: Any, about: str = "", unit: str = "", border: bool = False, beside: str = ""
) -> list[float] | str:
    """The numbers that an answer may mean, the likeliest first, or a sentence if it is none.

    Args:
        answer: a number, or a text that computes one.
        about: the question, whose words may stand after the number.
        unit: in which it is asked for.
        border: whether ``> 3`` is taken for 3.
        beside: a name that may stand beside the number as a factor.
    """
    if isinstance(answer, Mapping) and len(answer) == 1:
        answer = next(iter(answer.values()))
    factor = 1.0
    if isinstance(answer, str):
        answer, factor = measured(answer, about, unit)
    try:
        symbolic = isinstance(answer, (str, sp.Basic, sp.MatrixBase))
        also = {beside: sp.Symbol(beside)} if beside else {}
        found = readings(answer, also, border=border) if symbolic else ()
        values = [complex(without(x, beside)) for x in found] if symbolic else [answer]
        arrays = [np.asarray(value, dtype=complex) for value in values]
    except Unreadable as error:
        return str(error)
    except (TypeError, ValueError, OverflowError):
        return "This is not a number: type one, such as 0.5 or 2/3."
    if arrays[0].size != 1:
        return (
            f"One number is asked for, but this answer holds {arrays[0].size}. "
            "Python writes decimals with a point, not a comma: 0.5."
        )
    numbers = [complex(value.reshape(())[()]) for value in arrays]
    if not np.isfinite(numbers[0]) or numbers[0].imag != 0:
        return "A finite real number is asked for."
    return [factor * x.real for x in numbers if x.imag == 0 and np.isfinite(x)]
