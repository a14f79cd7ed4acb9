"""Rotation equivariance, or which rules see the axes: a step from turned weights, turned back."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ..optimizers.rule import Rule, keyword_names, positional_names
from .proof import sample_value
from .tracing import Traced, symbol

COS, SIN = sp.symbols("cos sin", real=True)
_TURN = np.array([[COS, -SIN], [SIN, COS]], dtype=object)
_CIRCLE = sp.Poly(COS**2 + SIN**2 - 1, SIN)
# The simplest turn with a rational cosine and sine.
_EXAMPLE = {COS: sp.Rational(3, 5), SIN: sp.Rational(4, 5)}


@dataclass(frozen=True)
class Equivariance:
    """Whether turning the axes and making a step can change places.

    Attributes:
        name: of the rule.
        holds: True if they can, for every angle.
        where: a point that shows that they cannot, symbol to value; None if proved.
        stepped_first: the weights at that point after the step and then the turn.
        turned_first: the weights after the turn and then the step.

    >>> Equivariance("a rule", True)
    proved: a rule does not see the axes, whatever the angle
    """

    name: str
    holds: bool
    where: Mapping[sp.Symbol, sp.Expr] | None = None
    stepped_first: tuple[float, ...] = ()
    turned_first: tuple[float, ...] = ()

    def __bool__(self) -> bool:
        """True if proved."""
        return self.holds

    def __repr__(self) -> str:
        """The verdict in words."""
        if self.holds:
            return f"proved: {self.name} does not see the axes, whatever the angle"
        point = ", ".join(f"{s} = {x}" for s, x in self.where.items())
        first, second = (
            "(" + ", ".join(f"{x:.3f}" for x in w) + ")"
            for w in (self.stepped_first, self.turned_first)
        )
        return (
            f"refuted: {self.name} sees the axes. At {point} and an angle with cosine 3/5, step "
            f"and then turn gives w = {first}, turn and then step {second}."
        )

    def _repr_markdown_(self) -> str:
        verdict, words = repr(self).split(": ", 1)
        return f"**{verdict.capitalize()}.** {words[0].upper()}{words[1:].rstrip('.')}."


def commutes(rule: Rule, **values: Any) -> Equivariance:
    """Whether a rule makes the turned step from turned weights, for every angle of the plane.

    The kernel runs on two weights of symbols, and again with everything turned: gradients and
    memory like the weights, a Hessian and memory of two axes like a matrix. A square root becomes
    a symbol that is named by what is under it, so that algebra decides.

    Args:
        rule: the rule.
        **values: an expression in place of a setting, or of every entry of a memory slot: ``m=0``
            for a memory that is still empty.

    Raises:
        ArithmeticError: both ways agree at three points and yet the algebra does not show it.

    >>> from course_utils.optimizers import GRADIENT_DESCENT, SIGN_DESCENT
    >>> commutes(GRADIENT_DESCENT)
    proved: gradient descent does not see the axes, whatever the angle
    >>> bool(commutes(SIGN_DESCENT))
    False
    """
    roots = _Roots()
    arrays = {n: _entries(n, rule, values) for n in positional_names(rule.kernel)}
    settings = {n: roots.array(values.get(n, symbol(n))) for n in keyword_names(rule.kernel)}
    plain, turned = ({n: roots.array(f(x)) for n, x in arrays.items()} for f in (np.array, turn))
    for run in (plain, turned):
        rule.kernel(*run.values(), **settings)
    changed = [n for n in arrays if n not in ("g", "H")]
    pairs = {n: list(zip(np.ravel(turn(plain[n])), np.ravel(turned[n]), strict=True))
             for n in changed}  # fmt: skip
    point = roots.counter_example(pairs)
    if point is not None:
        first, second = zip(*pairs["w"], strict=True)
        at = [tuple(float(roots.at(x, point)) for x in w) for w in (first, second)]
        return Equivariance(rule.name, False, point, *at)
    for one, other in (pair for n in changed for pair in pairs[n]):
        if _on_circle(sp.fraction(sp.together(one - other))[0]) != 0:
            raise ArithmeticError(f"{rule.name}: both ways agree at three points, without a proof.")
    return Equivariance(rule.name, True)


def turn(x: Any) -> np.ndarray:
    """A vector or a matrix of a plane, turned by an angle of cosine `COS` and sine `SIN`.

    >>> print(turn([1, 0]))
    [cos sin]
    """
    x = np.asarray(x, dtype=object).view(np.ndarray)
    return _TURN @ x if x.ndim == 1 else _TURN @ x @ _TURN.T


class _Roots:
    """The square roots met so far, a symbol for each radicand."""

    def __init__(self) -> None:
        self.symbols: dict[sp.Expr, sp.Symbol] = {}
        functions = {**Traced.functions, np.sqrt: self._name}
        self.kind = type("_Named", (Traced,), {"functions": functions})

    def array(self, values: Any) -> np.ndarray:
        array = np.array(values, dtype=object)
        array[...] = np.frompyfunc(sp.sympify, 1, 1)(array)
        return array.view(self.kind)

    def _name(self, radicand: sp.Expr) -> sp.Symbol:
        above, below = sp.fraction(sp.together(radicand))
        key = _on_circle(above) / _on_circle(below)
        fresh = sp.Symbol(f"root{len(self.symbols) + 1}", positive=True)
        return self.symbols.setdefault(key, fresh)

    def at(self, expression: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
        """The value at a point, for a turn with cosine 3/5."""
        values = {**_EXAMPLE, **point}
        for radicand, name in self.symbols.items():
            values[name] = sp.sqrt(radicand.subs(values))
        return sp.N(expression.subs(values), 40)

    def counter_example(self, pairs: Mapping[str, list]) -> dict[sp.Symbol, sp.Expr] | None:
        """A point at which two of a pair differ, if one of three is."""
        whole = [x for both in pairs.values() for pair in both for x in pair]
        free = set().union(*(x.free_symbols for x in (*whole, *self.symbols)))
        free -= {COS, SIN, *self.symbols.values()}
        draw = random.Random(1847)
        for _ in range(3):
            point = {s: sample_value(s, draw) for s in sorted(free, key=lambda s: s.name)}
            for one, other in (pair for both in pairs.values() for pair in both):
                # Computed to 40 digits: what is not zero by 1e-25 is not rounding.
                if abs(self.at(one - other, point)) > sp.Float("1e-25"):
                    return point
        return None


def _entries(name: str, rule: Rule, values: Mapping[str, Any]) -> np.ndarray:
    """Symbols for two weights, or for the four entries of a symmetric matrix."""
    square = name == "H" or name in rule.shapes
    shape = (2, 2) if square else (2,)
    if name in values:
        return np.full(shape, values[name], dtype=object)
    labels = np.array([["11", "12"], ["12", "22"]]) if square else np.array(["1", "2"])
    return np.vectorize(lambda part: symbol(name + part), otypes=[object])(labels)


def _on_circle(polynomial: sp.Expr) -> sp.Expr:
    """The polynomial with sin^2 replaced by 1 - cos^2 until none is left.

    Signs and sizes of what contains the angle stay as they are: they can be refuted, not proved.
    """
    try:
        # sp.poly multiplies out in its own ring: half the time of sp.expand for a 2 x 2 root.
        return sp.poly(polynomial, SIN).rem(_CIRCLE).as_expr()
    except sp.PolynomialError:
        return polynomial
