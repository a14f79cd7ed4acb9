"""A kernel run on SymPy symbols: its output is its formula, and SymPy proves or refutes it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from .optimizers.rule import keyword_names, memory_names

w, g, v = sp.symbols("w g v", real=True)
lr, beta = sp.symbols("eta beta", positive=True)
curvature = sp.Symbol("lambda", positive=True)
t = sp.Symbol("t", positive=True, integer=True)

_NAMED = {"w": w, "g": g, "v": v, "lr": lr, "beta": beta, "t": t}
_SCALAR = {
    np.sqrt: sp.sqrt,
    np.absolute: sp.Abs,
    np.sign: sp.sign,
    np.exp: sp.exp,
    np.tanh: sp.tanh,
    np.maximum: sp.Max,
    np.minimum: sp.Min,
}


class _Traced(np.ndarray):
    """An array of SymPy expressions on which NumPy's ufuncs are SymPy's functions."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [x.view(np.ndarray) if isinstance(x, _Traced) else x for x in inputs]
        if ufunc in _SCALAR:
            ufunc = np.frompyfunc(_SCALAR[ufunc], ufunc.nin, 1)
        if out is not None:
            kwargs["out"] = tuple(x.view(np.ndarray) for x in out)
        result = getattr(ufunc, method)(*plain, **kwargs)
        return out[0] if out is not None else np.asarray(result, dtype=object).view(_Traced)


class Formulas(dict):
    """What a kernel computes: the new value of every array, by name, as SymPy expressions."""

    def _repr_latex_(self) -> str:
        rows = [rf"{sp.latex(symbol(k))} &\leftarrow {sp.latex(e)}" for k, e in self.items()]
        return r"$\displaystyle \begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$"

    def __repr__(self) -> str:
        return "\n".join(f"{name} <- {formula}" for name, formula in self.items())


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


def symbol(name: str) -> sp.Symbol:
    """The course's symbol of that name: ``lr`` is eta; unknown names are real."""
    return _NAMED.get(name) or sp.Symbol(name, real=True)


def trace(kernel: Callable[..., Any], **values: Any) -> Formulas:
    """Run a kernel once on symbols.

    Args:
        kernel: any function with the signature of a kernel, written with NumPy's arithmetic.
        **values: expressions to put in place of a symbol, for instance ``g=curvature * w``.

    Returns:
        The new weights and memory as formulas of the old ones.

    Raises:
        TypeError: the kernel needs a number where it has a symbol (an ``if``, a ``float``).
    """
    names = ("w", "g", *memory_names(kernel))
    arrays = {n: _array(values.get(n, symbol(n))) for n in names}
    hyper = {n: values.get(n, symbol(n)) for n in keyword_names(kernel)}
    _run(kernel, arrays, hyper)
    return Formulas({n: _tidy(a[0]) for n, a in arrays.items() if n != "g"})


def unroll(kernel: Callable[..., Any], steps: int, **values: Any) -> Formulas:
    """Run a kernel ``steps`` times on symbols, with gradients g1, g2, ... and memory from zero.

    Returns:
        Weights and memory after the last step, expanded, the old weights being ``w``. A setting
        that is given as a list takes its values in turn.
    """
    arrays = {n: _array(sp.Integer(0)) for n in memory_names(kernel)}
    arrays = {"w": _array(w), "g": _array(g), **arrays}
    for k in range(1, steps + 1):
        arrays["g"][0] = symbol(f"g{k}")
        hyper = {n: values.get(n, symbol(n)) for n in keyword_names(kernel)}
        hyper = {n: x[k - 1] if isinstance(x, (list, tuple)) else x for n, x in hyper.items()}
        if "t" in hyper:
            hyper["t"] = sp.Integer(k)
        _run(kernel, arrays, hyper)
    return Formulas({n: sp.expand(_tidy(a[0])) for n, a in arrays.items() if n != "g"})


def iteration_matrix(kernel: Callable[..., Any]) -> sp.Matrix:
    """One step along a direction of curvature lambda: the matrix that takes (memory, w) to its next.

    The kernel is run on symbols with g = lambda w; the matrix is the Jacobian of the result.
    """
    names = (*memory_names(kernel), "w")
    step = trace(kernel, g=curvature * w)
    return sp.Matrix([step[n] for n in names]).jacobian([symbol(n) for n in names])


def prove(kernel: Callable[..., Any], **formulas: Any) -> Proof:
    """Whether a kernel computes these formulas, for all values of the symbols.

    Args:
        kernel: any function with the signature of a kernel.
        **formulas: the new value of an array by its name, for instance ``w=w - lr * g``. Symbols
            count by their names, whatever was assumed of them.

    Raises:
        ValueError: no formula is given, or one for an array that the kernel does not change.
    """
    computed = trace(kernel)
    unknown = [n for n in formulas if n not in computed]
    if unknown or not formulas:
        raise ValueError(
            f"Name the arrays that {kernel.__name__} changes: {', '.join(computed)}; "
            f"for instance prove({kernel.__name__}, w=w - lr * g)."
        )
    for name, formula in formulas.items():
        formula = _by_name(sp.sympify(formula))
        where = difference(computed[name], formula)
        if where is not None:
            values = computed[name].subs(where), formula.subs(where)
            return Proof(kernel.__name__, False, computed, where, name, *values)
    return Proof(kernel.__name__, True, Formulas({n: computed[n] for n in formulas}))


def difference(one: sp.Expr, other: sp.Expr) -> dict[sp.Symbol, sp.Expr] | None:
    """A point at which two expressions differ; None if SymPy proves them equal.

    Three random exact points first, since a wrong formula is refuted there at once; then algebra.

    Raises:
        ArithmeticError: they agree at many points and yet the algebra does not show it.
    """
    symbols = sorted((one - other).free_symbols | one.free_symbols, key=lambda s: s.name)
    draw = random.Random(1847)
    for _ in range(3):
        point = {s: _sample(s, draw) for s in symbols}
        if not _vanishes((one - other).subs(point)):
            return point
    if sp.simplify(one - other) == 0:
        return None
    for _ in range(50):
        point = {s: _sample(s, draw) for s in symbols}
        if not _vanishes((one - other).subs(point)):
            return point
    raise ArithmeticError(f"{one} and {other} agree at 53 points, but no proof was found.")


def _sample(s: sp.Symbol, draw: random.Random) -> sp.Expr:
    if s.is_integer:
        return sp.Integer(draw.randint(2, 9))
    if s.name in ("beta", "rho", "beta1", "beta2"):
        return sp.Rational(draw.randint(1, 9), 10)
    positive = sp.Rational(draw.randint(1, 40), 4)
    return positive if s.is_positive else positive * draw.choice((-1, 1))


def _vanishes(value: sp.Expr) -> bool:
    value = sp.nsimplify(value, rational=True) if value.has(sp.Float) else value
    return value == 0 if value.is_Rational else abs(value.evalf(40)) < sp.Float("1e-25")


def _array(value: Any) -> _Traced:
    return np.array([sp.sympify(value)], dtype=object).view(_Traced)


def _run(kernel: Callable[..., Any], arrays: dict[str, _Traced], hyper: dict[str, Any]) -> None:
    try:
        kernel(*arrays.values(), **hyper)
    except TypeError as error:
        raise TypeError(
            f"{getattr(kernel, '__name__', 'The kernel')} cannot be run on symbols ({error}): "
            "write it with NumPy's arithmetic alone, without if, float or math."
        ) from None


def _tidy(expression: Any) -> sp.Expr:
    expression = sp.sympify(expression)
    return sp.nsimplify(expression, rational=True) if expression.has(sp.Float) else expression


def _by_name(expression: sp.Expr) -> sp.Expr:
    return expression.subs({s: symbol({"eta": "lr"}.get(s.name, s.name)) for s in expression.free_symbols})
