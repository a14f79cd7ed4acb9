"""A kernel run on SymPy symbols: its output is its formula, and SymPy proves or refutes it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from .optimizers.rule import Rule, keyword_names, needs_hessian, positional_names

w, g, v, m, a = sp.symbols("w g v m a", real=True)
s, c, u = sp.symbols("s c u", nonnegative=True)
top, q, d = sp.symbols("top q d", nonnegative=True)
lr, beta, rho, beta1, beta2 = sp.symbols("eta beta rho beta1 beta2", positive=True)
eps, mu, decay, psi = sp.symbols("epsilon mu decay psi", nonnegative=True)
curvature = sp.Symbol("lambda", positive=True)
t = sp.Symbol("t", positive=True, integer=True)

_NAMED = {
    "w": w, "g": g, "v": v, "m": m, "a": a, "s": s, "c": c, "lr": lr, "beta": beta, "rho": rho,
    "beta1": beta1, "beta2": beta2, "eps": eps, "mu": mu, "decay": decay, "t": t,
    "u": u, "top": top, "q": q, "d": d, "psi": psi,
}  # fmt: skip
_SCALAR = {
    np.sqrt: sp.sqrt,
    np.absolute: sp.Abs,
    np.sign: sp.sign,
    np.exp: sp.exp,
    np.tanh: sp.tanh,
    np.maximum: sp.Max,
    np.minimum: sp.Min,
}


class Traced(np.ndarray):
    """An array of SymPy expressions on which NumPy's ufuncs are SymPy's functions."""

    functions: Mapping[Any, Callable[..., Any]] = _SCALAR

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [x.view(np.ndarray) if isinstance(x, Traced) else x for x in inputs]
        if ufunc in self.functions:
            ufunc = np.frompyfunc(self.functions[ufunc], ufunc.nin, 1)
        if out is not None:
            kwargs["out"] = tuple(x.view(np.ndarray) for x in out)
        result = getattr(ufunc, method)(*plain, **kwargs)
        return out[0] if out is not None else np.asarray(result, dtype=object).view(type(self))


class Formulas(dict):
    """What a kernel computes: the new value of every array, by name, as SymPy expressions.

    Attributes:
        second: the same for another coordinate, whose old values carry a prime. A kernel that
            treats every coordinate alone computes there what it computes here.
    """

    second: Mapping[str, sp.Expr] = {}

    def _repr_latex_(self) -> str:
        rows = [rf"{sp.latex(symbol(k))} &\leftarrow {sp.latex(e)}" for k, e in self.items()]
        return r"$\displaystyle \begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$"

    def __repr__(self) -> str:
        return "\n".join(f"{name} <- {formula}" for name, formula in self.items())


class Equations(dict):
    """Results with a name each: a word, or a symbol of the course, and an expression."""

    def _repr_latex_(self) -> str:
        rows = [rf"{_as_latex(name)} &= {sp.latex(e)}" for name, e in self.items()]
        return r"$\displaystyle \begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$"

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {expression}" for name, expression in self.items())


def _as_latex(name: sp.Expr | str) -> str:
    return rf"\text{{{name}}}" if isinstance(name, str) else sp.latex(name)


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


def upright(expression: sp.Expr) -> sp.Expr:
    """The same expression, factored, with 1 - beta for every -(beta - 1): no stray minus signs.

    Of a factor and its negative it takes the one that is positive where all symbols are 1/2.
    """
    sign, product = sp.Integer(1), sp.Integer(1)
    for factor in sp.Mul.make_args(sp.factor(expression)):
        base, power = factor.as_base_exp()
        half = {s: sp.Rational(1, 2) for s in base.free_symbols}
        if base.is_Add and power.is_integer and base.subs(half).is_negative:
            sign, factor = sign * (-1) ** power, sp.expand(-base) ** power
        if factor.is_number:
            sign *= factor
        else:
            product *= factor
    return sign * product


def symbol(name: str) -> sp.Symbol:
    """The course's symbol of that name: ``lr`` is eta; unknown names are real."""
    return _NAMED.get(name) or sp.Symbol(name, real=True)


def trace(kernel: Callable[..., Any], **values: Any) -> Formulas:
    """Run a kernel once on symbols.

    Args:
        kernel: any function with the signature of a kernel, written with NumPy's arithmetic.
        **values: expressions to put in place of a symbol, for instance ``g=curvature * w``.

    Returns:
        The new weights and memory as formulas of the old ones. A kernel that needs the Hessian runs
        on two weights, so its formulas are called w1 and w2 and speak of g1, g2 and h11, h12, h22.

    Raises:
        TypeError: the kernel needs a number where it has a symbol (an ``if``, a ``float``).
    """
    names, parts = _array_names(kernel), ("1", "2") if needs_hessian(kernel) else ("", "'")
    arrays = {n: _array([_old(n, i, values, names) for i in parts]) for n in names}
    if needs_hessian(kernel):
        rows = ("h11", "h12"), ("h12", "h22")
        arrays["H"] = _array([[values.get(n, symbol(n)) for n in row] for row in rows])
    hyper = {n: values.get(n, symbol(n)) for n in keyword_names(kernel)}
    _run(kernel, arrays, hyper)
    changed = [n for n in arrays if n not in ("g", "H")]
    new = {n + i: _tidy(x) for n in changed for i, x in zip(parts, arrays[n], strict=True)}
    formulas = Formulas({name: x for name, x in new.items() if not name.endswith("'")})
    formulas.second = {name[:-1]: x for name, x in new.items() if name.endswith("'")}
    return formulas


def on_symbols(values: Any) -> np.ndarray:
    """An array of SymPy expressions through which NumPy's functions can be run.

    Arithmetic, sums, means and ufuncs such as np.sqrt or np.tanh give arrays of formulas, so that
    any function written with them can be asked what it computes.
    """
    return _array(values)


def unroll(kernel: Callable[..., Any], steps: int, **values: Any) -> Formulas:
    """Run a kernel ``steps`` times on symbols, with gradients g1, g2, ... and memory from zero.

    Returns:
        Weights and memory after the last step, expanded, the old weights being ``w``. A setting
        that is given as a list takes its values in turn, and so do gradients given as ``g``.
    """
    arrays = {n: _array([w if n == "w" else 0]) for n in _array_names(kernel)}
    for k in range(1, steps + 1):
        arrays["g"][0] = sp.sympify(values["g"][k - 1]) if "g" in values else symbol(f"g{k}")
        hyper = {n: values.get(n, symbol(n)) for n in keyword_names(kernel)}
        hyper = {n: x[k - 1] if isinstance(x, (list, tuple)) else x for n, x in hyper.items()}
        if "t" in hyper:
            hyper["t"] = sp.Integer(k)
        _run(kernel, arrays, hyper)
    return Formulas({n: sp.expand(_tidy(x[0])) for n, x in arrays.items() if n != "g"})


def iteration_matrix(kernel: Callable[..., Any] | Rule, **values: Any) -> sp.Matrix:
    """One step along a direction of curvature lambda: the matrix that takes (memory, w) on.

    The kernel is run on symbols with g = lambda w, or lambda times the point at which a rule that
    looks ahead takes it; the matrix is the Jacobian of the result.

    Args:
        kernel: a kernel, or a rule.
        **values: expressions to put in place of a symbol. Memory that is given a value counts as
            frozen and is left out: of Adam's two, ``beta2=1, s=s`` leaves the first.
    """
    rule, kernel = kernel, getattr(kernel, "kernel", kernel)
    names = [n for n in (*_array_names(kernel)[2:], "w") if n not in values]
    point = w
    if getattr(rule, "look_ahead", None):
        slots = [values.get(n, symbol(n)) for n in _array_names(kernel)[2:]]
        hyper = {n: values.get(n, symbol(n)) for n in keyword_names(kernel)}
        point = rule.look_ahead(w, *slots, **hyper)
    step = trace(kernel, g=curvature * point, **values)
    return sp.Matrix([step[n] for n in names]).jacobian([symbol(n) for n in names])


def stability_limit(kernel: Callable[..., Any] | Rule, **values: Any) -> sp.Expr:
    """The learning rate from which a kernel no longer converges in a direction of curvature lambda.

    At that rate an eigenvalue of `iteration_matrix` leaves the unit circle at -1, so that the
    determinant of the matrix plus the identity is zero: a zig-zag neither shrinks nor grows.

    Raises:
        ValueError: the kernel is not linear in weights and memory, so that no matrix describes it.
    """
    matrix = iteration_matrix(kernel, **values)
    if matrix.free_symbols & {symbol(n) for n in ("w", "v", "m", "a", "c")}:
        raise ValueError(
            "This kernel is not linear in its weights and its memory, so no matrix describes it. "
            "Freeze what it divides by, for instance stability_limit(kernel, beta2=1, s=1, eps=0)."
        )
    (limit,) = sp.solve((matrix + sp.eye(matrix.rows)).det(), lr)
    above, below = sp.fraction(sp.factor(limit))
    if above.could_extract_minus_sign():
        above, below = -above, -below
    return sp.factor(above) / sp.collect(sp.expand(below), curvature)


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
        formula = _tidy(_by_name(sp.sympify(formula)))
        pairs = [(computed[name], formula)]
        if name in computed.second:
            pairs.append((computed.second[name], _primed(formula, _array_names(kernel))))
        for mine, wanted in pairs:
            where = difference(mine, wanted)
            if where is not None:
                values = mine.subs(where), wanted.subs(where)
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
        point = {s: sample_value(s, draw) for s in symbols}
        if not _vanishes((one - other).subs(point)):
            return point
    if any(sp.simplify(gap) == 0 for gap in (_without_powers(one - other), one - other)):
        return None
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
    """An exact value that a symbol may take, by what is assumed of it."""
    if s.is_integer:
        return sp.Integer(draw.randint(2, 9))
    if s.name in ("beta", "rho", "beta1", "beta2"):
        return sp.Rational(draw.randint(1, 9), 10)
    positive = sp.Rational(draw.randint(1, 40), 4)
    return positive if s.is_nonnegative else positive * draw.choice((-1, 1))


def _vanishes(value: sp.Expr) -> bool:
    value = _tidy(value)
    return value == 0 if value.is_Rational else abs(value.evalf(40)) < sp.Float("1e-25")


def _array_names(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the arrays in a kernel's order, without the Hessian: weights, gradient, memory.

    The weights count as ``w`` whatever the kernel calls them, unless the name is one of the course.
    """
    first, *rest = positional_names(kernel)
    rest = [n for n in rest[1:] if n != "H"]
    return (first if first in _NAMED else "w", "g", *rest)


def _old(name: str, part: str, values: Mapping[str, Any], names: tuple[str, ...]) -> sp.Expr:
    """The value of an array before the step, in its first coordinate or in another."""
    if part != "'":
        return sp.sympify(values.get(name + part, symbol(name + part)))
    return _primed(sp.sympify(values.get(name, symbol(name))), names)


def _primed(expression: sp.Expr, names: tuple[str, ...]) -> sp.Expr:
    """The same in another coordinate: the symbols of the arrays get a prime."""
    own = [x for x in expression.free_symbols if x.name in names]
    return expression.xreplace({x: sp.Symbol(f"{x.name}'", **x.assumptions0) for x in own})


def _array(values: Any) -> Traced:
    array = np.array(values, dtype=object)
    array[...] = np.frompyfunc(sp.sympify, 1, 1)(array)
    return array.view(Traced)


def _run(kernel: Callable[..., Any], arrays: dict[str, Traced], hyper: dict[str, Any]) -> None:
    called = [arrays[n] for n in ("H",) if n in arrays]
    first, second, *memory = (x for n, x in arrays.items() if n != "H")
    settings = {n: _array(x) for n, x in hyper.items()}
    try:
        kernel(first, second, *called, *memory, **settings)
    except (TypeError, AttributeError) as error:
        raise TypeError(
            f"{getattr(kernel, '__name__', 'The kernel')} cannot be run on symbols ({error}): "
            "write it with NumPy's arithmetic alone, without if, float or math."
        ) from None


def _tidy(expression: Any) -> sp.Expr:
    """An expression with its floats as the decimals that they were written as."""
    expression = sp.sympify(expression)
    return expression.xreplace({x: sp.Rational(f"{x:.15g}") for x in expression.atoms(sp.Float)})


def _by_name(expression: sp.Expr) -> sp.Expr:
    names = {"eta": "lr", "epsilon": "eps"}
    return expression.subs({x: symbol(names.get(x.name, x.name)) for x in expression.free_symbols})
