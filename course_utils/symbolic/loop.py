"""A kernel's step as one loop over the weights, written by SymPy and proved.

A kernel passes over its arrays once for every operation; the loop passes over them once. What the
formulas share is computed once for each weight, what depends on settings alone before the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.pycode import PythonCodePrinter

from ..optimizers.rule import needs_hessian
from .proof import difference
from .tracing import Traced, array_names, primed, symbol, trace


@dataclass(frozen=True, repr=False)
class Loop:
    """A kernel's step as a loop over the weights.

    Attributes:
        arrays: names of weights, gradient and memory, in the kernel's order.
        before: what is computed before the loop, each with its name in it.
        lines: what is computed for each weight, in order: name and expression.
        new: the new value of every array that the kernel changes.

    >>> from course_utils.optimizers import rmsprop
    >>> fused(rmsprop).before
    {rho: k0, 1 - rho: k1, epsilon: k2, -eta: k3}
    >>> print(fused(rmsprop))
    def step(all_w, all_g, all_s, k0, k1, k2, k3):
        for row in range(all_w.shape[0]):
            for i in range(all_w.shape[1]):
                w, g, s = all_w[row, i], all_g[row, i], all_s[row, i]
                x0 = (g*g)*k1 + k0*s
                all_w[row, i] = g*k3/(k2 + sqrt(x0)) + w
                all_s[row, i] = x0
    """

    arrays: tuple[str, ...]
    before: Mapping[sp.Expr, sp.Symbol]
    lines: list[tuple[sp.Symbol, sp.Expr]]
    new: Mapping[str, sp.Expr]

    def text(self, varying: Collection[str] = ()) -> str:
        """The loop as Python. What depends on a varying setting has one value for each weight."""
        some, written = {symbol(name) for name in varying}, _Printer().doprint
        read = [*self.arrays, *(k.name for e, k in self.before.items() if e.free_symbols & some)]
        place = {name: f"all_{name}[row, i]" for name in read}
        given = (*self.arrays, *(k.name for k in self.before.values()))
        given = (f"all_{name}" if name in read else name for name in given)
        lines = [
            f"{', '.join(read)} = {', '.join(place.values())}",
            *(f"{x} = {written(e)}" for x, e in self.lines),
            *(f"{place[name]} = {written(e)}" for name, e in self.new.items()),
        ]
        head = f"def step({', '.join(given)}):\n    for row in range(all_w.shape[0]):\n"
        return "\n            ".join([f"{head}        for i in range(all_w.shape[1]):", *lines])

    __repr__ = text

    def function(self, names: Mapping[str, Any], varying: Collection[str] = ()) -> Callable:
        """The loop as a function that finds NumPy's functions, or others, under NumPy's names."""
        exec(self.text(varying), space := dict(names))
        return space["step"]


def fused(kernel: Callable[..., Any]) -> Loop:
    """The loop that makes a kernel's step, proved: on symbols it gives the kernel's formulas.

    Raises:
        ValueError: the kernel needs the Hessian or mixes weights, so that no loop over them makes
            its step; or the proof fails.

    >>> from course_utils.optimizers import gradient_descent
    >>> fused(gradient_descent).new
    {'w': g*k0 + w}
    """
    if needs_hessian(kernel):
        raise ValueError(f"{kernel.__name__} needs the Hessian: no loop over weights makes a step.")
    formulas, arrays = trace(kernel), array_names(kernel)
    for name, formula in formulas.items():
        mixed = any(x.name.endswith("'") for x in formula.free_symbols)
        if mixed or difference(formulas.second[name], primed(formula, arrays)) is not None:
            raise ValueError(f"{kernel.__name__} mixes weights: no loop over them makes a step.")
    before: dict[sp.Expr, sp.Symbol] = {}
    own = {symbol(name) for name in arrays}
    lines, new = sp.cse([_without_settings(e, own, before) for e in formulas.values()])
    loop = Loop(arrays, before, lines, dict(zip(formulas, new, strict=True)))
    cells = [np.array([[symbol(name)]], dtype=object) for name in arrays]
    loop.function({f.__name__: other for f, other in Traced.functions.items()})(*cells, *before)
    for name, cell in zip(arrays, cells, strict=True):
        wanted = formulas.get(name, symbol(name))
        if (where := difference(cell[0, 0], wanted)) is not None:
            raise ValueError(
                f"The loop of {kernel.__name__} is refused: at {where} {name} differs."
            )
    return loop


def _without_settings(e: sp.Expr, own: set[sp.Symbol], before: dict) -> sp.Expr:
    """An expression with a name for every part without weights, gradient and memory."""
    if not e.free_symbols & own:
        return e if e == -1 else before.setdefault(e, sp.Symbol(f"k{len(before)}", real=True))
    if e.is_Symbol:
        return e
    if e.is_Pow and e.exp.is_number:
        return _without_settings(e.base, own, before) ** e.exp
    parts = e.args
    if e.is_Add or e.is_Mul:
        alone, rest = e.as_independent(*own, as_Add=e.is_Add)
        parts = [*e.func.make_args(rest), *([] if alone == e.identity else [alone])]
    return e.func(*(_without_settings(part, own, before) for part in parts))


class _Printer(PythonCodePrinter):
    """SymPy's printer of Python, with NumPy's names for functions."""

    def _print_Pow(self, e: sp.Pow, rational: bool = False) -> str:
        if e.exp.is_Integer and e.exp > 1:  # a product costs less than a power
            base = self.parenthesize(e.base, PRECEDENCE["Pow"])
            return f"({'*'.join([base] * int(e.exp))})"
        return self._hprint_Pow(e, rational=rational, sqrt="sqrt")


def _call(name: str) -> Callable[[_Printer, sp.Expr], str]:
    """How a function is printed; one of two numbers that has more is called again."""

    def printed(printer: _Printer, e: sp.Expr) -> str:
        first, *rest = map(printer._print, e.args)
        return reduce((name + "({}, {})").format, rest, first) if rest else f"{name}({first})"

    return printed


for _ufunc, _function in Traced.functions.items():
    setattr(_Printer, f"_print_{_function.__name__}", _call(_ufunc.__name__))
