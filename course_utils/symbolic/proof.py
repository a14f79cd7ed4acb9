"""Whether a kernel computes a formula: a proof for all values, or a point that refutes it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from .tracing import Formulas, array_names, primed, symbol, tidy, trace


@dataclass(frozen=True)
class Proof:
    """Whether a kernel computes the formulas that it should, and if not, a point that shows it.

    Attributes:
        name: of the kernel.
        holds: True if every formula is proved.
        formulas: what the kernel computes.
        where: a point at which kernel and formula differ, symbol to value; None if proved.
        quantity: which array differs there.
        computed: the kernel's value there.
        expected: the formula's value there.

    >>> proof = Proof("half", True, Formulas({"w": symbol("w") / 2}))
    >>> proof
    proved: half computes w <- w/2
    >>> bool(proof)
    True
    """

    name: str
    holds: bool
    formulas: Formulas
    where: dict[sp.Symbol, sp.Expr] | None = None
    quantity: str = ""
    computed: sp.Expr | None = None
    expected: sp.Expr | None = None

    def __bool__(self) -> bool:
        """True if proved."""
        return self.holds

    def __repr__(self) -> str:
        """The verdict in words."""
        if self.holds:
            return f"proved: {self.name} computes " + ", ".join(repr(self.formulas).splitlines())
        point = ", ".join(f"{s} = {x}" for s, x in self.where.items())
        return (
            f"refuted: {self.name} does not compute {self.quantity}. At {point} "
            f"it gives {self.computed}, the formula {self.expected}."
        )

    def _repr_markdown_(self) -> str:
        if self.holds:
            return f"**Proved.** `{self.name}` computes {self.formulas._repr_latex_()}"
        point = ", ".join(f"${sp.latex(s)} = {sp.latex(x)}$" for s, x in self.where.items())
        return (
            f"**Refuted.** `{self.name}` does not compute ${self.quantity}$. At {point} it gives "
            f"${sp.latex(self.computed)}$, the formula ${sp.latex(self.expected)}$."
        )


def prove(kernel: Callable[..., Any], **formulas: Any) -> Proof:
    """Whether a kernel computes these formulas, for all values of the symbols.

    Args:
        kernel: any function with the signature of a kernel.
        **formulas: the new value of an array by its name, for instance ``w=w - lr * g``. Symbols
            count by their names, whatever was assumed of them.

    Raises:
        ValueError: no formula is given, or one for an array that the kernel does not change.

    >>> from course_utils.optimizers import gradient_descent
    >>> from course_utils.symbolic import g, lr, w
    >>> prove(gradient_descent, w=w - lr * g)
    proved: gradient_descent computes w <- -eta*g + w
    >>> bool(prove(gradient_descent, w=w + lr * g))
    False
    """
    computed = trace(kernel)
    unknown = [n for n in formulas if n not in computed]
    if unknown or not formulas:
        raise ValueError(
            f"Name the arrays that {kernel.__name__} changes: {', '.join(computed)}; "
            f"for instance prove({kernel.__name__}, w=w - lr * g)."
        )
    for name, formula in formulas.items():
        formula = tidy(_by_name(sp.sympify(formula)))
        pairs, names = [(computed[name], formula)], array_names(kernel)
        # The same formula under other names needs no proof of its own.
        if computed.second.get(name) not in (None, primed(computed[name], names)):
            pairs.append((computed.second[name], primed(formula, names)))
        for mine, wanted in pairs:
            where = difference(mine, wanted)
            if where is not None:
                values = mine.subs(where), wanted.subs(where)
                return Proof(kernel.__name__, False, computed, where, name, *values)
    return Proof(kernel.__name__, True, Formulas({n: computed[n] for n in formulas}))


def difference(one: sp.Expr, other: sp.Expr) -> dict[sp.Symbol, sp.Expr] | None:
    """A point at which two expressions differ; None if SymPy proves them equal.

    Most pairs are the same when multiplied out. Else three random exact points, since a wrong
    formula is refuted there at once; then algebra.

    Raises:
        ArithmeticError: they agree at many points and yet the algebra does not show it.

    >>> from course_utils.symbolic import w
    >>> print(difference((w + 1) ** 2, w**2 + 2 * w + 1), list(difference(w, -w)))
    None [w]
    """
    if one == other or sp.expand(one - other) == 0:
        return None
    symbols = sorted((one - other).free_symbols | one.free_symbols, key=lambda s: s.name)
    # Seeded, so that a refutation names the same point each time.
    draw = random.Random(1847)
    for _ in range(3):
        point = {s: sample_value(s, draw) for s in symbols}
        if not _vanishes((one - other).subs(point)):
            return point
    # Without powers first, since SymPy trips over them; then with, for what holds only so.
    if any(sp.simplify(gap) == 0 for gap in (_without_powers(one - other), one - other)):
        return None
    # SymPy's failure is no proof of anything: more points, before it is said that nothing is known.
    for _ in range(50):
        point = {s: sample_value(s, draw) for s in symbols}
        if not _vanishes((one - other).subs(point)):
            return point
    raise ArithmeticError(f"{one} and {other} agree at 53 points, but no proof was found.")


def _without_powers(expression: sp.Expr) -> sp.Expr:
    """The same with a positive symbol for every power of a number: all that SymPy trips over.

    What vanishes for any value of these symbols vanishes for the powers.
    """
    powers = [x for x in expression.atoms(sp.Pow) if x.base.is_number and x.exp.free_symbols]
    return expression.xreplace({x: sp.Dummy(positive=True) for x in powers})


def sample_value(s: sp.Symbol, draw: random.Random) -> sp.Expr:
    """An exact value that a symbol may take, by what is assumed of it.

    >>> from course_utils.symbolic import beta
    >>> bool(0 < sample_value(beta, random.Random(0)) < 1)
    True
    """
    if s.is_integer:
        # Not 1: there 1 - beta^t and 1 - beta are the same, and a lost power would not show.
        return sp.Integer(draw.randint(2, 9))
    if s.name in ("beta", "rho", "beta1", "beta2"):
        # Exact and inside (0, 1): nothing is rounded, no correction divides by zero.
        return sp.Rational(draw.randint(1, 9), 10)
    positive = sp.Rational(draw.randint(1, 40), 4)
    return positive if s.is_nonnegative else positive * draw.choice((-1, 1))


def _vanishes(value: sp.Expr) -> bool:
    value = tidy(value)
    # With roots in it a value is compared at 40 digits: what is not zero by 1e-25 is no rounding.
    return value == 0 if value.is_Rational else abs(value.evalf(40)) < sp.Float("1e-25")


def _by_name(expression: sp.Expr) -> sp.Expr:
    names = {"eta": "lr", "epsilon": "eps", "C": "limit"}
    return expression.subs({x: symbol(names.get(x.name, x.name)) for x in expression.free_symbols})
