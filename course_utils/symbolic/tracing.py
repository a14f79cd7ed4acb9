"""A kernel run on SymPy symbols: what it computes, as formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp

from ..optimizers.rule import Rule, keyword_names, needs_hessian, positional_names

w, g, v, m, a = sp.symbols("w g v m a", real=True)
s, c, u = sp.symbols("s c u", nonnegative=True)
top, q, d = sp.symbols("top q d", nonnegative=True)
lr, beta, rho, beta1, beta2 = sp.symbols("eta beta rho beta1 beta2", positive=True)
eps, mu, decay, psi = sp.symbols("epsilon mu decay psi", nonnegative=True)
curvature = sp.Symbol("lambda", positive=True)
limit = sp.Symbol("C", positive=True)
t = sp.Symbol("t", positive=True, integer=True)

SYMBOLS = {
    "w": w, "g": g, "v": v, "m": m, "a": a, "s": s, "c": c, "lr": lr, "beta": beta, "rho": rho,
    "beta1": beta1, "beta2": beta2, "eps": eps, "mu": mu, "decay": decay, "t": t,
    "u": u, "top": top, "q": q, "d": d, "psi": psi, "limit": limit,
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
    """An array of SymPy expressions on which NumPy's ufuncs are SymPy's functions.

    >>> print(np.sqrt(on_symbols([w**2])))
    [Abs(w)]
    """

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

    >>> Formulas({"w": w - lr * g})
    w <- -eta*g + w
    """

    second: Mapping[str, sp.Expr] = {}

    def _repr_latex_(self) -> str:
        rows = [rf"{sp.latex(symbol(k))} &\leftarrow {sp.latex(e)}" for k, e in self.items()]
        return r"$\displaystyle \begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$"

    def __repr__(self) -> str:
        return "\n".join(f"{name} <- {formula}" for name, formula in self.items())


class Equations(dict):
    """Results with a name each: a word, or a symbol of the course, and an expression.

    >>> Equations({"limit": 2 / curvature, beta: sp.Rational(9, 10)})
    limit = 2/lambda
    beta = 9/10
    """

    def _repr_latex_(self) -> str:
        rows = [rf"{_as_latex(name)} &= {sp.latex(e)}" for name, e in self.items()]
        return r"$\displaystyle \begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$"

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {expression}" for name, expression in self.items())


def _as_latex(name: sp.Expr | str) -> str:
    return rf"\text{{{name}}}" if isinstance(name, str) else sp.latex(name)


def upright(expression: sp.Expr) -> sp.Expr:
    """The same expression, factored, with 1 - beta for every -(beta - 1): no stray minus signs.

    Of a factor and its negative it takes the one that is positive where all symbols are 1/2.

    >>> upright((beta - 1) * (rho - 1))
    (1 - beta)*(1 - rho)
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
    """The course's symbol of that name: ``lr`` is eta; unknown names are real.

    >>> symbol("lr"), symbol("z").is_real
    (eta, True)
    """
    return SYMBOLS.get(name) or sp.Symbol(name, real=True)


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

    >>> from course_utils.optimizers import momentum
    >>> trace(momentum)
    w <- beta*v - eta*g + w
    v <- beta*v - eta*g
    """
    names, parts = array_names(kernel), ("1", "2") if needs_hessian(kernel) else ("", "'")
    arrays = {n: _array([_old(n, i, values, names) for i in parts]) for n in names}
    if needs_hessian(kernel):
        rows = ("h11", "h12"), ("h12", "h22")
        arrays["H"] = _array([[values.get(n, symbol(n)) for n in row] for row in rows])
    hyper = {n: values.get(n, symbol(n)) for n in keyword_names(kernel)}
    _run(kernel, arrays, hyper)
    changed = [n for n in arrays if n not in ("g", "H")]
    new = {n + i: tidy(x) for n in changed for i, x in zip(parts, arrays[n], strict=True)}
    formulas = Formulas({name: x for name, x in new.items() if not name.endswith("'")})
    formulas.second = {name[:-1]: x for name, x in new.items() if name.endswith("'")}
    return formulas


def on_symbols(values: Any) -> np.ndarray:
    """An array of SymPy expressions through which NumPy's functions can be run.

    Arithmetic, sums, means and ufuncs such as np.sqrt or np.tanh give arrays of formulas, so that
    any function written with them can be asked what it computes.

    >>> print(on_symbols([w, g]).mean())
    g/2 + w/2
    """
    return _array(values)


def unroll(kernel: Callable[..., Any], steps: int, **values: Any) -> Formulas:
    """Run a kernel ``steps`` times on symbols, with gradients g1, g2, ... and memory from zero.

    Returns:
        Weights and memory after the last step, expanded, the old weights being ``w``. A setting
        that is given as a list takes its values in turn, and so do gradients given as ``g``.

    >>> from course_utils.optimizers import averaged_momentum
    >>> unroll(averaged_momentum, 2)["v"]
    -beta**2*g1 + beta*g1 - beta*g2 + g2
    """
    arrays = {n: _array([w if n == "w" else 0]) for n in array_names(kernel)}
    for k in range(1, steps + 1):
        arrays["g"][0] = sp.sympify(values["g"][k - 1]) if "g" in values else symbol(f"g{k}")
        hyper = {n: values.get(n, symbol(n)) for n in keyword_names(kernel)}
        hyper = {n: x[k - 1] if isinstance(x, (list, tuple)) else x for n, x in hyper.items()}
        if "t" in hyper:
            hyper["t"] = sp.Integer(k)
        _run(kernel, arrays, hyper)
    return Formulas({n: sp.expand(tidy(x[0])) for n, x in arrays.items() if n != "g"})


def iteration_matrix(kernel: Callable[..., Any] | Rule, **values: Any) -> sp.Matrix:
    """One step along a direction of curvature lambda: the matrix that takes (memory, w) on.

    The kernel is run on symbols with g = lambda w, or lambda times the point at which a rule that
    looks ahead takes it; the matrix is the Jacobian of the result.

    Args:
        kernel: a kernel, or a rule.
        **values: expressions to put in place of a symbol. Memory that is given a value counts as
            frozen and is left out: of Adam's two, ``beta2=1, s=s`` leaves the first.

    >>> from course_utils.optimizers import gradient_descent, momentum
    >>> iteration_matrix(gradient_descent)
    Matrix([[-eta*lambda + 1]])
    >>> iteration_matrix(momentum).shape, sp.expand(iteration_matrix(momentum).det())
    ((2, 2), beta)
    """
    rule, kernel = kernel, getattr(kernel, "kernel", kernel)
    names = [n for n in (*array_names(kernel)[2:], "w") if n not in values]
    point = w
    if getattr(rule, "look_ahead", None):
        slots = [values.get(n, symbol(n)) for n in array_names(kernel)[2:]]
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

    >>> from course_utils.optimizers import gradient_descent, momentum
    >>> stability_limit(gradient_descent), stability_limit(momentum)
    (2/lambda, 2*(beta + 1)/lambda)
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


def array_names(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the arrays in a kernel's order, without the Hessian: weights, gradient, memory.

    The weights count as ``w`` whatever the kernel calls them, unless the name is one of the course.

    >>> from course_utils.optimizers import adam
    >>> array_names(adam)
    ('w', 'g', 'm', 's')
    """
    first, *rest = positional_names(kernel)
    rest = [n for n in rest[1:] if n != "H"]
    return (first if first in SYMBOLS else "w", "g", *rest)


def _old(name: str, part: str, values: Mapping[str, Any], names: tuple[str, ...]) -> sp.Expr:
    """The value of an array before the step, in its first coordinate or in another."""
    if part != "'":
        return sp.sympify(values.get(name + part, symbol(name + part)))
    return primed(sp.sympify(values.get(name, symbol(name))), names)


def primed(expression: sp.Expr, names: tuple[str, ...]) -> sp.Expr:
    """The same in another coordinate: the symbols of the arrays get a prime, or lose it.

    >>> primed(w - lr * g, ("w", "g"))
    -eta*g' + w'
    """
    own = [x for x in expression.free_symbols if x.name.removesuffix("'") in names]
    other = {x: x.name[:-1] if x.name.endswith("'") else f"{x.name}'" for x in own}
    return expression.xreplace({x: sp.Symbol(n, **x.assumptions0) for x, n in other.items()})


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


def tidy(expression: Any) -> sp.Expr:
    """An expression with its floats as the decimals that they were written as.

    >>> tidy(0.1 * w)
    w/10
    """
    expression = sp.sympify(expression)
    # 15 digits give back every decimal of as many digits that a float was read from.
    return expression.xreplace({x: sp.Rational(f"{x:.15g}") for x in expression.atoms(sp.Float)})
