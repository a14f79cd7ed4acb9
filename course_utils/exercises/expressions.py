"""Read what a learner types as mathematics, without ever running it as code."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

import sympy as sp
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication,
    parse_expr,
    rationalize,
    standard_transformations,
)

LONGEST = 300
LARGEST_POWER = 64
FUNCTIONS = (
    "sqrt",
    "exp",
    "log",
    "cos",
    "sin",
    "tan",
    "acos",
    "asin",
    "atan",
    "Abs",
    "pi",
    "Max",
    "Min",
    "sinh",
    "cosh",
    "tanh",
)
# What people write for these functions, in mathematics and in NumPy.
SAME_FUNCTION = {
    "ln": "log", "arccos": "acos", "arcsin": "asin", "arctan": "atan", "abs": "Abs",
    "max": "Max", "min": "Min", "log10": "log10", "log2": "log2",
}  # fmt: skip
_LOGARITHMS = {
    "log10": lambda x: sp.log(x) / sp.log(10),
    "log2": lambda x: sp.log(x) / sp.log(2),
}

_GREEK = {
    "λ": "lambda", "η": "eta", "β": "beta", "κ": "kappa", "ρ": "rho", "ε": "eps", "α": "eta",
    "₁": "1", "₂": "2", "₃": "3", "−": "-", "·": "*", "×": "*", "÷": "/", "²": "^2", "√": "sqrt",
}  # fmt: skip
_SAME = {
    "eta": "lr", "alpha": "lr", "learningrate": "lr", "mu": "beta", "momentum": "beta",
    "l1": "lambda1", "l2": "lambda2", "lam1": "lambda1", "lam2": "lambda2", "lamda1": "lambda1",
    "lamda2": "lambda2", "k": "kappa", "lraverage": "lr", "lravg": "lr", "lrema": "lr",
    "etaaverage": "lr", "etaavg": "lr", "etaema": "lr",
}  # fmt: skip
_SAFE = re.compile(r"[A-Za-z0-9_+\-*/^().,\s]*")
_TOKEN = re.compile(r"\d+\.?\d*(?:[eE][-+]?\d+)?|[A-Za-z_]\w*")
_TRANSFORMATIONS = (*standard_transformations, convert_xor, implicit_multiplication, rationalize)


class Unreadable(ValueError):
    """An answer that cannot be read; the message is for the learner."""


def read(answer: Any, symbols: Mapping[str, sp.Symbol]) -> sp.Expr:
    """The learner's answer as an expression in the exercise's own symbols.

    Args:
        answer: an expression, an equation, a number, a text, or a list with one of them.
        symbols: the exercise's symbols by name; others' names for them are understood.

    Raises:
        Unreadable: with a sentence for the learner.
    """
    if isinstance(answer, Mapping) and len(answer) == 1:
        answer = next(iter(answer.values()))
    if isinstance(answer, (list, tuple, set, sp.FiniteSet)) and len(answer) == 1:
        answer = next(iter(answer))
    expression = _parse(answer, symbols) if isinstance(answer, str) else _sympify(answer)
    if getattr(expression, "is_Matrix", False) and expression.shape == (1, 1):
        expression = expression[0, 0]
    if isinstance(expression, sp.Equality):
        left, right = expression.args
        expression = left if right.is_Symbol and not left.is_Symbol else right
    if not isinstance(expression, sp.Expr) or getattr(expression, "is_Matrix", False):
        raise Unreadable(
            "This is not an expression: type a formula such as 2/(a + b), or a number."
        )
    if expression.has(sp.nan, sp.zoo, sp.oo):
        raise Unreadable(
            "This is not finite: something is divided by zero, or a number is missing."
        )
    _refuse_towers(expression)
    known = {s: symbols.get(_name(s.name, symbols)) for s in expression.free_symbols}
    strangers = sorted(s.name for s, mine in known.items() if mine is None)
    if strangers:
        raise Unreadable(
            f"Your answer contains {', '.join(strangers)}, and the question is about "
            f"{', '.join(symbols) or 'a number'}. Write it with those."
        )
    return expression.xreplace(known)


def canonical(name: str) -> str:
    """The course's name for a symbol: ``lambda_1`` is ``lambda1``, ``eta`` is ``lr``."""
    for sign, word in _GREEK.items():
        name = name.replace(sign, word)
    name = name.replace("_", "").replace("{", "").replace("}", "").replace("\\", "")
    return _SAME.get(name, name)


def _name(name: str, symbols: Mapping[str, sp.Symbol]) -> str:
    """A symbol's name in an exercise: its own, if the exercise has it, else the course's."""
    return name if name in symbols else canonical(name)


def where_they_differ(
    one: sp.Expr, other: sp.Expr, draw_point, tries: int = 6
) -> dict[sp.Symbol, sp.Expr] | None:
    """A point at which two expressions have different values, None if none was found.

    A point where ``other``, the truth, is not real lies outside of its domain and counts for
    nothing: beyond it, roots may be written in ways that differ by a sign.
    """
    draw = random.Random(1847)
    points = (draw_point(draw) for _ in range(20 * tries))
    inside = (p for p in points if other.subs(p).evalf(30).is_real is not False)
    for point in islice(inside, tries):
        gap = (one - other).subs(point)
        if gap.is_Rational:
            equal = gap == 0
        else:
            size = abs(other.subs(point).evalf(30)) + 1
            equal = abs(gap.evalf(30)) < size * sp.Float("1e-12")
        if equal is not True and equal != sp.true:
            return point
    return None


def _sympify(answer: Any) -> Any:
    try:
        return (
            sp.nsimplify(answer, rational=True)
            if isinstance(answer, float)
            else sp.sympify(answer, strict=True)
        )
    except (sp.SympifyError, TypeError, ValueError, AttributeError):
        raise Unreadable(
            f"An answer of type {type(answer).__name__} is no formula: type an expression, "
            'a number, or a text such as "2/(a + b)".'
        ) from None


def _parse(text: str, symbols: Mapping[str, sp.Symbol]) -> sp.Expr:
    """A formula from text. Only names, numbers and arithmetic get as far as SymPy's parser."""
    text = text.replace("°", "")
    for sign, word in _GREEK.items():
        text = text.replace(sign, word)
    if "=" in text:
        text = text.rsplit("=", 1)[1]
    if len(text) > LONGEST or not _SAFE.fullmatch(text) or re.search(r"\.\s*[A-Za-z_]|__", text):
        raise Unreadable(
            "This text is not a formula: use names, numbers, + - * / ^, brackets and sqrt."
        )
    names: dict[str, sp.Symbol] = {}

    def rename(found: re.Match[str]) -> str:
        token = found[0]
        if token[0].isdigit() or token in FUNCTIONS:
            return token
        name = _name(token, symbols)
        called = text[found.end() :].lstrip().startswith("(")
        if called and name not in symbols:
            if token in SAME_FUNCTION:
                return SAME_FUNCTION[token]
            raise Unreadable(
                f"`{token}(...)` is no function that the check knows. It knows "
                f"{', '.join(f for f in FUNCTIONS if f != 'pi')} and ln, log10, log2; a product is "
                "written with `*`."
            )
        return next((x for x, s in names.items() if s.name == name), None) or _new(
            names, name, symbols
        )

    text = _TOKEN.sub(rename, text)
    allowed = {n: getattr(sp, n) for n in (*FUNCTIONS, "Integer", "Float", "Rational", "Symbol")}
    allowed |= _LOGARITHMS
    try:
        raw = parse_expr(
            text,
            local_dict=names,
            global_dict={
                **allowed,
                "Mul": sp.Mul,
                "Add": sp.Add,
                "Pow": sp.Pow,
                "__builtins__": {},
            },
            transformations=_TRANSFORMATIONS,
            evaluate=False,
        )
        _refuse_towers(raw)
        return raw.doit()
    except Unreadable:
        raise
    except Exception:
        raise Unreadable(
            "This text cannot be read as a formula: check the brackets and write every product "
            "with `*`, as in 2/(a + 3*b)."
        ) from None


def _new(names: dict[str, sp.Symbol], name: str, symbols: Mapping[str, sp.Symbol]) -> str:
    key = f"x_{len(names)}"
    names[key] = symbols.get(name, sp.Symbol(name))
    return key


def _refuse_towers(expression: Any) -> None:
    """Refuse powers that would take for ever to compute, the innermost first."""
    for power in reversed(list(sp.preorder_traversal(expression))):
        if isinstance(power, sp.Pow):
            exponent = power.exp
            numeric = not exponent.free_symbols
            if numeric and not (exponent.is_Rational or exponent.is_Float or exponent.is_Mul):
                raise Unreadable("There is a power in this answer that no one could compute.")
            if numeric and abs(exponent.evalf(5)) > LARGEST_POWER:
                raise Unreadable(f"There is a power above {LARGEST_POWER} in this answer.")
