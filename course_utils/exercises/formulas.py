"""Exercises that are answered by a formula; SymPy decides whether it is the right one."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from . import sandbox
from .compared import ComparedExercise
from .exercise import Exercise
from .expressions import Unreadable, read, where_they_differ
from .feedback import Feedback, number
from .mistake import Mistake
from .seeds import drawn


@dataclass(frozen=True, kw_only=True)
class FormulaExercise(ComparedExercise):
    """Derive a formula; SymPy decides whether the learner's is equal to it.

    Attributes:
        symbols: its symbols, by the names that the learner types.
        example: a value for each symbol, used in feedback; a bare number is taken for the
            formula's value there.
        subject: what the formula gives, as the beginning of a sentence.
        rank: symbols in decreasing order of size, if the question says so.
        others: further values of the example, from which a learner gets one each. Then question,
            hints and reason may name a value as ``{beta}``, too.
        facts: formulas whose values at the example the texts name in the same way.
    """

    symbols: Mapping[str, sp.Symbol]
    example: Mapping[str, Any]
    subject: str
    rank: tuple[str, ...] = ()
    takes_number: bool = False
    others: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the values of the example into the texts; what was written is kept for others."""
        written = {n: getattr(self, n) for n in ("question", "hints", "because")}
        object.__setattr__(self, "written", written)
        if self.others:
            for name, text in written.items():
                object.__setattr__(self, name, self._with_values(text))

    def for_learner(self, name: str) -> Exercise:
        """The same formula, with the learner's own example in question and feedback."""
        if not (name and self.others):
            return super().for_learner(name)
        own = {n: drawn(name, self.key, n, values) for n, values in self.others.items()}
        return replace(self, **self.written, example={**self.example, **own})

    def assess(self, answer: Any) -> Feedback:
        """Decide in the sandbox, since a formula may take for ever to simplify."""
        decide = super().assess
        outcome = sandbox.run(lambda: _told(decide(answer)), seconds=2.0)
        if outcome.trouble == "endless":
            sentence = "SymPy did not finish with this formula: write it in a simpler form."
            return self.wrong(sentence, "endless")
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble)
        verdict, text, idea = outcome.value
        return self.right(text) if verdict == "right" else self.wrong(text, idea)

    def read(self, answer: Any) -> sp.Expr | Feedback:
        """A formula in the symbols of the exercise."""
        if callable(answer) and not isinstance(answer, sp.Basic):
            return self.wrong("This is a function; the answer is a formula or a number.")
        try:
            return read(answer, self.symbols)
        except Unreadable as error:
            return self.wrong(str(error), "unreadable")

    def compare(self, value: sp.Expr) -> Feedback:
        """Compare formulas, or numbers at the example where a number will do."""
        bare = not value.free_symbols and self.truth.free_symbols
        return self._compare_number(value) if bare and self.takes_number else super().compare(value)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two formulas agree at random exact points within the assumptions."""
        return where_they_differ(sp.sympify(one), sp.sympify(other), self._point) is None

    def praise(self, value: sp.Expr) -> Feedback:
        """The reason, and whether SymPy proved it."""
        proved = sp.simplify(value - self.truth) == 0
        how = "SymPy proves it." if proved else "It agrees at every point that we tried."
        return self.right(f"{self.because} {how}")

    def _compare_number(self, mine: sp.Expr) -> Feedback:
        def near(formula: Any) -> bool:
            value = self.at_example(formula)
            return abs(complex(mine) - value) <= 5e-3 * abs(value)

        if near(self.truth):
            right = number(self.at_example(self.truth))
            return self.right(f"{self.because} {self._where()} it is {right}.")
        for mistake in self.mistakes:
            if near(mistake.value):
                return self.wrong(self.told(mistake, mine), mistake.idea)
        value = number(float(mine))
        return self.wrong(f"{self.subject} is not {value} {self._where(False)}. {self.hints[0]}")

    def at_example(self, formula: Any) -> float:
        """The value of a formula at the example."""
        point = {self.symbols[n]: sp.nsimplify(x) for n, x in self.example.items()}
        value = complex(sp.sympify(formula).subs(point))
        return value.real if value.imag == 0 else float("nan")

    def told(self, mistake: Mistake, value: Any) -> str:
        """The sentence with the values of both formulas at the example."""
        values = {"yours": self.at_example(value), "right": self.at_example(self.truth)}
        return mistake.message.format(**{n: number(x) for n, x in values.items()}, **self._values())

    def _with_values(self, text: Any) -> Any:
        if isinstance(text, tuple):
            return tuple(map(self._with_values, text))
        return text.format(**self._values())

    def _values(self) -> dict[str, str]:
        values = {n: float(x) for n, x in self.example.items()}
        values |= {n: self.at_example(x) for n, x in self.facts.items()}
        return {n: number(x) for n, x in values.items()}

    def unknown(self, value: sp.Expr) -> Feedback:
        """What it gives at the example, and what is right there."""
        yours = self.at_example(value)
        if not value.free_symbols and self.truth.free_symbols:
            return self.wrong(
                f"This is a number, and a formula is asked for, in {' and '.join(self.symbols)}: "
                "one that holds for all their values."
            )
        if not np.isfinite(yours):
            sentence = f"{self._where()} your formula has no finite real value. {self.hints[0]}"
            return self.wrong(sentence)
        if yours == self.at_example(self.truth):
            return self.wrong(
                f"{self._where()} your formula is right by accident; change the values and it is "
                f"not. {self.hints[0]}"
            )
        return self.wrong(
            f"{self._where()} your formula gives {number(yours)}. {self.subject} is "
            f"{number(self.at_example(self.truth))} there."
        )

    def _where(self, first: bool = True) -> str:
        values = ", ".join(f"{n} = {number(float(x))}" for n, x in self.example.items())
        return f"{'At' if first else 'at'} {values}"

    def _point(self, draw: random.Random) -> dict[sp.Symbol, sp.Expr]:
        """Random exact values: shares below 1, the others positive and in the order of rank."""
        point = {}
        for name, symbol in self.symbols.items():
            share = name.startswith(("beta", "rho"))
            top = 89 if share else 400
            point[symbol] = sp.Rational(draw.randint(5, top), 97 if share else 89)
        ranked = sorted((point[self.symbols[n]] for n in self.rank), reverse=True)
        for step, (name, value) in enumerate(zip(self.rank, ranked, strict=True)):
            point[self.symbols[name]] = value + sp.Rational(len(self.rank) - step, 7)
        return point


def _told(feedback: Feedback) -> list[str]:
    """A feedback as JSON can hold it."""
    return [feedback.verdict, feedback.text, feedback.idea]
