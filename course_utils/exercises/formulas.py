"""Exercises that are answered by a formula; SymPy decides whether it is the right one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from . import sandbox
from .compared import ComparedExercise
from .exercise import Exercise
from .expressions import Unreadable, readings, where_they_differ, without
from .feedback import Feedback, number
from .mistake import Mistake
from .notation import measured
from .seeds import drawn

FOR_A_PROOF = 0.7  # seconds: the answer is right already, and the check has to be back in time


@dataclass(frozen=True, kw_only=True)
class FormulaExercise(ComparedExercise):
    """Derive a formula; SymPy decides whether the learner's is equal to it.

    Attributes:
        symbols: its symbols, by the names that the learner types.
        example: a value for each symbol, used in feedback; a bare number is taken for the
            formula's value there.
        subject: what the formula gives, as the beginning of a sentence.
        rank: symbols in decreasing order of size, if the question says so.
        domain: what is positive where the question makes sense; nothing is judged elsewhere.
        takes_number: whether the formula's value at the example is an answer, too.
        border: whether the question asks for the border of a range, so that ``η > ...`` answers.
        others: further values of the example, from which a learner gets one each. Then question,
            hints and reason may name a value as ``{beta}``, too.
        facts: formulas whose values at the example the texts name in the same way.
    """

    symbols: Mapping[str, sp.Symbol]
    example: Mapping[str, Any]
    subject: str
    rank: tuple[str, ...] = ()
    domain: sp.Expr = sp.Integer(1)
    takes_number: bool = False
    border: bool = False
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
        """Decide in the sandbox, since a formula may take for ever; then try to prove it, too."""
        decide = super().assess
        outcome = sandbox.run(lambda: _as_lines(decide(answer)))
        if outcome.trouble == "endless":
            sentence = "SymPy did not finish with this formula: write it in a simpler form."
            return self.wrong(sentence, "endless")
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble)
        verdict, text, idea = outcome.value
        if verdict != "right":
            return self.wrong(text, idea)
        if text != self.because:  # a number for a formula
            return self.right(text)
        proof = sandbox.run(lambda: self.proves(answer), seconds=FOR_A_PROOF)
        how = "SymPy proves it." if proof.value else "It agrees at every point that we tried."
        return self.right(f"{text} {how}")

    def proves(self, answer: Any) -> bool:
        """Whether SymPy finds a right answer to be the truth, by a short way or a long one."""
        gap = self.read(answer) - self.truth
        return sp.cancel(sp.together(gap)) == 0 or sp.simplify(gap) == 0

    def read(self, answer: Any) -> sp.Expr | Feedback:
        """A formula in the symbols of the exercise."""
        if callable(answer) and not isinstance(answer, sp.Basic):
            return self.wrong("This is a function; the answer is a formula or a number.")
        if isinstance(answer, str) and self.takes_number:
            answer, _ = measured(answer, self.question)
        also = {self.beside: sp.Symbol(self.beside, positive=True)} if self.beside else {}
        try:
            found = readings(answer, {**self.symbols, **also}, border=self.border)
            return self.meant([without(x, self.beside) for x in found])
        except Unreadable as error:
            return self.wrong(f"{error} {self.form}", "unreadable")

    @property
    def form(self) -> str:
        """A sentence with a formula of the answer's kind, which is another one."""
        return (
            f"A formula of this kind can be typed as `{_of_this_kind(self.truth, self.symbols)}`."
        )

    def compare(self, value: sp.Expr) -> Feedback:
        """Compare formulas, or numbers at the example where a number will do."""
        bare = not value.free_symbols and self.truth.free_symbols
        return self._compare_number(value) if bare and self.takes_number else super().compare(value)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two formulas agree at random exact points within the assumptions."""
        return where_they_differ(sp.sympify(one), sp.sympify(other), self._point) is None

    def _compare_number(self, mine: sp.Expr) -> Feedback:
        def near(formula: Any) -> bool:
            value = self.at_example(formula)
            return abs(complex(mine) - value) <= 5e-3 * abs(value)

        if near(self.truth):
            right = number(self.at_example(self.truth))
            return self.right(f"{self.because} {self._where()} it is {right}.")
        for mistake in self.mistakes:
            if near(mistake.value):
                return self.wrong(self.message_for(mistake, mine), mistake.idea)
        value = number(float(mine))
        return self.wrong(f"{self.subject} is not {value} {self._where(False)}. {self.hints[0]}")

    def at_example(self, formula: Any) -> float:
        """The value of a formula at the example."""
        point = {self.symbols[n]: sp.nsimplify(x) for n, x in self.example.items()}
        value = complex(sp.sympify(formula).xreplace(point))
        return value.real if value.imag == 0 else float("nan")

    def message_for(self, mistake: Mistake, value: Any) -> str:
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
        mine = self
        if yours == self.at_example(self.truth):  # another learner's example tells them apart
            mine = next((e for e in self._examples() if not e._agrees(value)), self)
        if mine._agrees(value):
            return self.wrong(
                f"{self._where()} your formula is right by accident; change the values and it is "
                f"not. {self.hints[0]}"
            )
        more, idea = self._only(value)
        return self.wrong(
            f"{mine._where()} your formula gives {number(mine.at_example(value))}. {self.subject} "
            f"is {number(mine.at_example(self.truth))} there. {more}".strip(),
            idea,
        )

    def _examples(self) -> Iterator[FormulaExercise]:
        """The exercise with the examples of others."""
        for k in range(max(map(len, self.others.values()), default=0)):
            own = {n: x[k % len(x)] for n, x in self.others.items()}
            yield replace(self, **self.written, example={**self.example, **own})

    def _agrees(self, value: sp.Expr) -> bool:
        return self.at_example(value) == self.at_example(self.truth)

    def _only(self, value: sp.Expr) -> tuple[str, str]:
        """What alone is wrong with a formula, if all else is right, and a name for it."""
        draw = random.Random(1847)
        points = [{s: sp.Float(x) for s, x in self._point(draw).items()} for _ in range(4)]
        mine, right = (np.array([complex(f.xreplace(p)) for p in points])
                       for f in (value, self.truth))  # fmt: skip
        with np.errstate(all="ignore"):
            ratio = mine / right
            if np.allclose(ratio, -1):
                return "All but the sign is right.", "the sign"
            if np.allclose(ratio, ratio[0]):
                return "All but a factor, which is a number, is right.", "a number as a factor"
            if np.allclose(mine * right, 1):
                return "Yours is the right formula, turned over.", "which over which"
            if np.allclose(mine**2, right) or np.allclose(mine, right**2):
                word = "root" if np.allclose(mine**2, right) else "square"
                return f"Yours is the {word} of the right formula.", "a square or its root"
            for symbol in self.truth.free_symbols:
                x = np.array([float(p[symbol]) for p in points])
                power = np.log(ratio[1:] / ratio[0]) / np.log(x[1:] / x[0])
                if np.allclose(power, power[0]) and np.allclose(ratio, x ** power[0]):
                    return f"All but the power of {symbol} is right.", f"the power of {symbol}"
        return "", ""

    def _where(self, first: bool = True) -> str:
        values = ", ".join(f"{n} = {number(float(x))}" for n, x in self.example.items())
        return f"{'At' if first else 'at'} {values}"

    def _point(self, draw: random.Random) -> dict[sp.Symbol, sp.Expr]:
        """Random exact values: shares below 1, the others positive and in the order of rank."""
        points = (self._anywhere(draw) for _ in range(1000))
        return next(p for p in points if self.domain.xreplace(p) > 0)

    def _anywhere(self, draw: random.Random) -> dict[sp.Symbol, sp.Expr]:
        point = {}
        for name, symbol in self.symbols.items():
            share = name.startswith(("beta", "rho"))
            top = 89 if share else 400
            point[symbol] = sp.Rational(draw.randint(5, top), 97 if share else 89)
        ranked = sorted((point[self.symbols[n]] for n in self.rank), reverse=True)
        for step, (name, value) in enumerate(zip(self.rank, ranked, strict=True)):
            point[self.symbols[name]] = value + sp.Rational(len(self.rank) - step, 7)
        return point


def _of_this_kind(truth: sp.Expr, symbols: Mapping[str, sp.Symbol]) -> str:
    """A formula with the functions, powers and symbols of another one, and numbers of its own."""
    first, *_, last = [*symbols, *symbols]
    powers = [p.exp for p in truth.atoms(sp.Pow)]
    parts = [f"exp(-3*{last})"] if truth.has(sp.exp) else []
    parts += [f"sin(3*{last})^2"] if truth.has(sp.sin) else []
    parts += [f"sqrt(3*{last})"] if any(p.is_Rational and p.q == 2 for p in powers) else []
    parts += [f"{first}^(3*{last})"] if any(p.free_symbols for p in powers) else []
    parts += [f"{first}^3"] if any(p.is_Integer and p > 1 for p in powers) else []
    top = "*".join(parts) or f"3*{first}"
    below = sp.denom(sp.together(truth)).free_symbols
    return f"{top}/(7 + {last})" if below else f"7*{top} - 3*{last}"


def _as_lines(feedback: Feedback) -> list[str]:
    """A feedback as JSON can hold it."""
    return [feedback.verdict, feedback.text, feedback.idea]
