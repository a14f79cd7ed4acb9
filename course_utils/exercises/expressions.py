"""Read what a learner types as mathematics, without ever running it as code."""

from __future__ import annotations

import math
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.parsing.sympy_parser import (
    convert_xor,
    parse_expr,
    rationalize,
    standard_transformations,
)

from .notation import GREEK, Strange, Token, numerals, tokens, written_plainly

LONGEST = 600  # characters: SymPy's LaTeX of a right answer may have as many
LARGEST_POWER = 64
LARGEST_SIZE = 400  # decimal digits of a number that an answer may need on the way
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
    "Max",
    "Min",
    "sinh",
    "cosh",
    "tanh",
)
# What people write for these functions, in mathematics and in NumPy.
_SAME_FUNCTION = {
    "ln": "log", "arccos": "acos", "arcsin": "asin", "arctan": "atan", "abs": "Abs",
    "fabs": "Abs", "absolute": "Abs", "max": "Max", "min": "Min", "maximum": "Max",
    "minimum": "Min", "arcos": "acos", "root": "sqrt", "squareroot": "sqrt", "log1": "log",
    "comb": "binomial", "binom": "binomial",
}  # fmt: skip
# SymPy's parser may add ``evaluate=False`` to a call.
_WRITTEN_OUT: dict[str, Callable[..., Any]] = {
    "log10": lambda x, **_: sp.log(x) / sp.log(10),
    "log2": lambda x, **_: sp.log(x) / sp.log(2),
    "cbrt": lambda x, **_: sp.Pow(x, sp.Rational(1, 3), evaluate=False),
    "pow": lambda x, y, **_: sp.Pow(x, y, evaluate=False),
    "power": lambda x, y, **_: sp.Pow(x, y, evaluate=False),
    "square": lambda x, **_: sp.Pow(x, 2, evaluate=False),
    "hypot": lambda x, y, **_: sp.sqrt(x**2 + y**2),
    "binomial": lambda n, k, **_: sp.binomial(n, k).expand(func=True),
    **dict.fromkeys(("ceil", "ceiling"), lambda x, **_: sp.ceiling(x)),
    "floor": lambda x, **_: sp.floor(x),
    **dict.fromkeys(("degrees", "rad2deg"), lambda x, **_: x * 180 / sp.pi),
    **dict.fromkeys(("radians", "deg2rad"), lambda x, **_: x * sp.pi / 180),
}
_INVERSE = {f: f"a{f}" for f in ("cos", "sin", "tan")}
_CONSTANTS = {"pi": sp.pi, "e": sp.E, "i": sp.I}
_AFTER_A_NUMBER = {"%": "/100", "°": "*c_pi/180"}

# What others call the symbols of the course, the first that a question has being meant.
_SAME = {
    **dict.fromkeys(("eta", "alpha", "learningrate", "stepsize", "rate"), ("lr",)),
    **dict.fromkeys(("mu", "momentum", "b"), ("beta",)),
    "gamma": ("beta", "rho", "lr"), "beta": ("rho",), "r": ("rho",), "k": ("kappa",),
    "cond": ("kappa",), "b1": ("beta1",), "b2": ("beta2",), "lambdamax": ("lambda1",),
    "lambdamin": ("lambda3", "lambda2"), "epsilon": ("eps",), "sigma": ("noise",),
    "sd": ("noise",), "rms": ("size",), "deltae": ("dE",),
}  # fmt: skip
_LAMBDA = re.compile(r"^(?:lamda|lam|l)(?=\d|max|min|$)", re.IGNORECASE)
# Functions of several arguments: there a comma between digits separates two of them.
_LISTS = re.compile(r"(?i)max|min|pow|hypot|binom|comb")
LONGEST_NAME = 40  # of symbols run together, so that taking them apart ends
# Marks of a name that say when or of what it is: w_t, w_0, lr_avg.
_MARKS = re.compile(r"(.+?)_?(?:average|avg|ema|old|_t|_k|_n|_\d+|ₜ)$")


class Unreadable(ValueError):
    """An answer that cannot be read; the message is for the learner."""


def read(answer: Any, symbols: Mapping[str, sp.Symbol], *, border: bool = False) -> sp.Expr:
    """The learner's answer as an expression in the exercise's own symbols.

    Args:
        answer: an expression, an equation, a number, a text, or a list with one of them.
        symbols: the exercise's symbols by name; others' names for them are understood.
        border: whether a relation such as ``η > 2/λ₁`` answers the question by its border.

    Raises:
        Unreadable: with a sentence for the learner.
    """
    return readings(answer, symbols, border=border)[0]


def readings(
    answer: Any, symbols: Mapping[str, sp.Symbol], *, border: bool = False
) -> tuple[sp.Expr, ...]:
    """What an answer may mean, the likeliest first; `read` explains the arguments.

    A text may be read in more ways than one: 1/2κ as (1/2)κ or 1/(2κ), 13,260 as a grouped or a
    decimal number, ηλ₁ = 2 as a statement about η.
    """
    while isinstance(answer, (Mapping, list, tuple, set, sp.FiniteSet, sp.Tuple)):
        answer = list(answer.values() if isinstance(answer, Mapping) else answer)
        if len(answer) != 1:
            raise Unreadable(
                f"Here are {len(answer)} answers, and one is asked for: give that one."
            )
        (answer,) = answer
    if isinstance(answer, sp.Interval) and border:
        answer = answer.start if answer.end.is_infinite else answer.end
    if isinstance(answer, str):
        return _of_text(answer, symbols, border)
    expression = _sympify(answer)
    if getattr(expression, "is_Matrix", False) and expression.shape == (1, 1):
        expression = expression[0, 0]
    if isinstance(expression, Relational):
        if not border and not isinstance(expression, sp.Equality):
            raise Unreadable(_NO_RANGE)
        left, right = expression.args
        expression = left if right.is_Symbol and not left.is_Symbol else right
    return (_checked(expression, symbols),)


_NO_RANGE = (
    "This is a range, but the question asks for one value: type that value alone, without the "
    "sign (<, >, ≤ or ≥) and what stands before it."
)


def _checked(expression: Any, symbols: Mapping[str, sp.Symbol]) -> sp.Expr:
    """A finite expression in the exercise's own symbols."""
    if not isinstance(expression, sp.Expr) or getattr(expression, "is_Matrix", False):
        raise Unreadable(
            "This is not an expression: type a formula such as 2/(a + b), or a number."
        )
    if expression.has(sp.nan, sp.zoo, sp.oo):
        raise Unreadable(
            "This is not finite: something is divided by zero, or a number is missing."
        )
    _refuse_towers(expression)
    expression = expression.doit()
    known = {s: symbols.get(canonical(s.name, symbols)) for s in expression.free_symbols}
    strangers = sorted(s.name for s, mine in known.items() if mine is None)
    if strangers:
        raise Unreadable(
            f"Your answer contains {', '.join(strangers)}, and the question is about "
            f"{', '.join(symbols) or 'a number'}. Write it with those."
        )
    return expression.xreplace(known)


def canonical(name: str, symbols: Iterable[str] = ()) -> str:
    """The exercise's name for a symbol: ``lambda_1`` is lambda1, ``eta`` is lr where there is one.

    A short or a capital name counts where one symbol alone can be meant.
    """
    symbols = tuple(symbols)
    if name in symbols:
        return name
    name = unicodedata.normalize("NFKC", name)
    for sign, word in GREEK.items():
        name = name.replace(sign, word)
    plain = _LAMBDA.sub("lambda", re.sub(r"[_{}\\\s]", "", name))
    for tried in (plain, plain.lower()):
        if tried in symbols:
            return tried
        for meant in _SAME.get(tried, ()):
            if meant in symbols:
                return meant
        like = [s for s in symbols if s.lower() == tried or re.fullmatch(rf"{tried}\d", s)]
        if len(tried) > 0 and len(like) == 1 and (len(tried) > 1 or len(like[0]) == 1):
            return like[0]
    bare = _MARKS.fullmatch(name)
    meant = canonical(bare[1], symbols) if bare else ""
    return meant if meant in symbols else plain


def without(value: sp.Expr, beside: str) -> sp.Expr:
    """A formula without a name that may be a factor of it, as the value that it weighs may."""
    factor = next((s for s in value.free_symbols if s.name == beside), None)
    rest = value / factor if factor is not None else value
    return value if factor in rest.free_symbols else rest


def where_they_differ(
    one: sp.Expr, other: sp.Expr, draw_point, tries: int = 6
) -> dict[sp.Symbol, sp.Expr] | None:
    """A point at which two expressions have different values, None if none was found.

    A point where ``other``, the truth, is not real lies outside of its domain and counts for
    nothing: beyond it, roots may be written in ways that differ by a sign.
    """
    draw = random.Random(1847)
    points = (draw_point(draw) for _ in range(20 * tries))
    inside = (p for p in points if other.xreplace(p).evalf(30).is_real is not False)
    for point in islice(inside, tries):
        gap = (one - other).xreplace(point)
        if gap.is_Rational:
            equal = gap == 0
        else:
            size = abs(other.xreplace(point).evalf(30)) + 1
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


def _of_text(text: str, symbols: Mapping[str, sp.Symbol], border: bool) -> tuple[sp.Expr, ...]:
    """What a text may mean: the side of an equation that does not merely name what is asked for."""
    if len(text) > LONGEST:
        raise Unreadable(
            f"This text has {len(text)} characters, and the check reads at most {LONGEST}: type "
            "the formula alone, on one line."
        )
    text = written_plainly(text)
    found: dict[sp.Expr, None] = {}
    for meant in (text,) if _LISTS.search(text) else numerals(text):
        *left, right = re.split("[=<>≤≥]", meant)
        if re.search("[<>≤≥]", meant) and not border:
            raise Unreadable(_NO_RANGE)
        sides = [right]
        if len(left) == 1 and _is_name(right) and not _is_name(left[0]):
            sides = left
        for tight in (False, True):
            found[_checked(_parse(sides[0], symbols, tight), symbols)] = None
        if len(left) == 1 and (solved := _solved(left[0], right, symbols)) is not None:
            found[_checked(solved, symbols)] = None
        elif len(left) == 1 and symbols and not _is_name(left[0]) and _is_number(right):
            raise Unreadable("This equation is not solved for what is asked: give the solution.")
    return tuple(found)


def _is_name(text: str) -> bool:
    """Whether one side of an equation is one name."""
    return bool(re.fullmatch(r"\s*(?:[α-ωΑ-Ω]|[A-Za-z]+)[\w']*\s*", text))


def _is_number(text: str) -> bool:
    """Whether one side of an equation is a numeral."""
    return bool(re.fullmatch(r"\s*-?[\d.]+\s*", text))


def _solved(left: str, right: str, symbols: Mapping[str, sp.Symbol]) -> Any:
    """What ``ηλ₁ = 2`` says of the one name in it that is none of the question's, if it does."""
    try:
        gap = _parse(left, symbols) - _parse(right, symbols)
    except Unreadable:
        return None
    strange = [s for s in gap.free_symbols if canonical(s.name, symbols) not in symbols]
    side = _parse(left, symbols)
    if side.is_Pow and [side.base] == strange and side.exp.is_number:  # √β = ...
        return _parse(right, symbols) ** (1 / side.exp)
    slope = sp.diff(gap, strange[0]) if len(strange) == 1 else 0
    if slope == 0 or slope.has(strange[0]):
        return None
    return -gap.subs(strange[0], 0) / slope


def _parse(text: str, symbols: Mapping[str, sp.Symbol], tight: bool = False) -> sp.Expr:
    """A formula from text. Only names, numbers and arithmetic get as far as SymPy's parser."""
    try:
        pieces = tokens(text)
    except Strange as error:
        raise Unreadable(
            f"The check cannot read `{error}` in a formula: use names, numbers, + - * / ^, "
            "brackets and functions such as sqrt."
        ) from None
    if any(p.kind == "number" and len(re.split("[eE]", p.text)[-1]) > 3 and "e" in p.text.lower()
           for p in pieces):  # fmt: skip
        raise Unreadable("A number in this answer is too large or too small: check its exponent.")
    if not pieces:
        raise Unreadable("There is nothing to read here: type a formula or a number.")
    names: dict[str, Any] = {f"c_{n}": x for n, x in _CONSTANTS.items()}
    code = _Writer(symbols, names, tight).code(pieces)
    allowed = {n: getattr(sp, n) for n in (*FUNCTIONS, "Integer", "Float", "Rational", "Symbol")}
    allowed |= {**_WRITTEN_OUT, "Mul": sp.Mul, "Add": sp.Add, "Pow": sp.Pow, "__builtins__": {}}
    try:
        raw = parse_expr(
            code,
            local_dict=names,
            global_dict=allowed,
            transformations=(*standard_transformations, convert_xor, rationalize),
            evaluate=False,
        )
        _refuse_towers(raw)
        return raw.doit()
    except Unreadable:
        raise
    except Exception:
        raise Unreadable(
            "This text cannot be read as a formula: check that every bracket is closed and that "
            "nothing is missing before or after + - * / ^."
        ) from None


class _Writer:
    """Writes pieces as code in which every product has its sign, every function its brackets."""

    def __init__(
        self, symbols: Mapping[str, sp.Symbol], names: dict[str, Any], tight: bool
    ) -> None:
        self.symbols, self.names, self.tight = symbols, names, tight
        self.arguments = 0  # how many lists of arguments are open

    def code(self, pieces: list[Token]) -> str:
        """The whole as code."""
        if "x" not in self.symbols:  # lr x g
            pieces[1:-1] = [Token("sign", "*", True) if p.text == "x" else p for p in pieces[1:-1]]
        after = [*(p.text for p in pieces[1:]), ""]
        self.pieces = [x for p, n in zip(pieces, after, strict=True) for x in self._split(p, n)]
        out, self.place = "", 0
        while self.place < len(self.pieces):
            out += self._next(out)
        return out

    def _next(self, before: str) -> str:
        """The code of the next piece, with the sign of a product before it if it needs one."""
        piece = self.pieces[self.place]
        ended = before[-1:] not in ("", "(", "+", "-", "*", "/", "^", ",")
        if piece.kind == "sign" and piece.text not in "(|":
            if piece.text == "," and not self.arguments:
                raise Unreadable("There is a comma in this answer: give one formula or one number.")
            self.place += 1
            return _AFTER_A_NUMBER.get(piece.text, piece.text)
        if piece.kind == "power":
            self.place += 1
            return "^"
        if ended:
            self._refuse_two_numbers()
        return ("*" if ended else "") + self._operand()

    def _operand(self) -> str:
        """A number, a name, a function with its argument, or what stands in brackets."""
        piece = self.pieces[self.place]
        if piece.kind == "function":
            return self._function()
        if piece.text == "(":
            return self._bracket()
        if piece.text == "|":
            return self._bars()
        self.place += 1
        code = piece.text
        if self.tight and self.place > 1 and self.pieces[self.place - 2].text == "/":
            while self._touching():
                code += "*" + self._powered()
            code = f"({code})" if "*" in code else code
        return code

    def _touching(self) -> bool:
        """Whether the next piece is an operand that touches this one."""
        if self.place >= len(self.pieces):
            return False
        piece = self.pieces[self.place]
        return piece.close and (piece.kind in ("number", "symbol", "function") or piece.text == "(")

    def _powered(self) -> str:
        """An operand with its exponent."""
        code = self._operand()
        if self.place < len(self.pieces) and self.pieces[self.place].kind == "power":
            self.place += 1
            code += "^" + self._operand()
        return code

    def _bracket(self) -> str:
        out, self.place = "(", self.place + 1
        if self.place < len(self.pieces) and self.pieces[self.place].text == ")":
            raise Unreadable("There is a pair of brackets with nothing in it: fill or delete it.")
        while self.place < len(self.pieces):
            if self.pieces[self.place].text == ")":
                self.place += 1
                return out + ")"
            out += self._next(out)
        return out

    def _bars(self) -> str:
        """What stands between bars: a bar after an operand closes."""
        out, self.place = "Abs(", self.place + 1
        while self.place < len(self.pieces):
            ended = out[-1] not in "(+-*/^,"
            if self.pieces[self.place].text == "|" and ended:
                self.place += 1
                return out + ")"
            out += self._next(out)
        return out

    def _function(self) -> str:
        """A function with its argument, in brackets or without, and perhaps an exponent between."""
        name, exponent = self.pieces[self.place].text, ""
        self.place += 1
        if self.place < len(self.pieces) and self.pieces[self.place].kind == "power":
            self.place += 1
            exponent = self._exponent()
        if exponent.strip("()") == "-1" and name in _INVERSE:
            name, exponent = _INVERSE[name], ""
        if self.place < len(self.pieces) and self.pieces[self.place].text == "(":
            self.arguments += 1
            argument = self._bracket()
            self.arguments -= 1
        else:
            argument = f"({self._run(name)})"
        return f"({name}{argument})^{exponent}" if exponent else f"{name}{argument}"

    def _exponent(self) -> str:
        if self.place < len(self.pieces) and self.pieces[self.place].text == "-":
            self.place += 1
            return f"(-{self._operand()})"
        return self._operand() if self.place < len(self.pieces) else ""

    def _run(self, function: str) -> str:
        """The argument of a function without brackets: √ηλ₁, sin 2θ, ln 0.5."""
        out = ""
        while self.place < len(self.pieces):
            piece = self.pieces[self.place]
            if piece.kind not in ("number", "symbol"):
                break
            if out and not piece.close and function == "sqrt":
                break
            if out:
                self._refuse_two_numbers()
            out += ("*" if out else "") + self._powered()
        return out

    def _refuse_two_numbers(self) -> None:
        """A number beside a number is a slip of the keyboard more often than a product."""
        one, other = self.pieces[self.place - 1], self.pieces[self.place]
        if one.kind == other.kind == "number":
            raise Unreadable(
                f"A sign is missing between {one.text} and {other.text}: write one, such as + or *."
            )

    def _split(self, piece: Token, after: str) -> list[Token]:
        """A name as the symbols that it is made of: ``lambda1eta`` is a product."""
        if piece.kind != "name":
            return [piece]
        parts = self._parts(piece.text)
        if parts is None:
            if after == "(":
                raise Unreadable(
                    f"`{piece.text}(...)` is not a function that the check knows. It knows "
                    f"{', '.join(FUNCTIONS)} and ln, log10, log2; a product is written with `*`."
                )
            parts = [("symbol", self._code(canonical(piece.text, self.symbols)))]
        return [Token(k, t, piece.close if i == 0 else True) for i, (k, t) in enumerate(parts)]

    def _parts(self, name: str, first: bool = True) -> list[tuple[str, str]] | None:
        if known := self._known(name):
            return [known]
        if len(name) > LONGEST_NAME:
            return None
        if not first and name.isdigit():
            return [("number", name)]
        for end in range(len(name) - 1, 0, -1):
            head = self._known(name[:end])
            rest = self._parts(name[end:].lstrip("_"), False) if head else None
            if head and rest:
                return [head, *rest]
        return None

    def _known(self, name: str) -> tuple[str, str] | None:
        """What a name is, by itself: a symbol of the question, a function, a constant."""
        mine = canonical(name, self.symbols)
        if mine in self.symbols:
            return "symbol", self._code(mine)
        if name in FUNCTIONS or name in _WRITTEN_OUT:
            return "function", name
        if name.lower() in _SAME_FUNCTION or name.lower() in FUNCTIONS:
            return "function", _SAME_FUNCTION.get(name.lower(), name.lower())
        plain = GREEK.get(name, name.lower())
        if plain in _CONSTANTS:
            return "symbol", f"c_{plain}"
        return None

    def _code(self, name: str) -> str:
        """The code for a symbol; strangers are symbols, too, and are told of later."""
        for code, symbol in self.names.items():
            if code.startswith("x_") and symbol.name == name:
                return code
        code = f"x_{len(self.names)}"
        self.names[code] = self.symbols.get(name, sp.Symbol(name))
        return code


def _refuse_towers(expression: Any) -> None:
    """Refuse powers that would take for ever to compute, before anything computes them."""
    try:
        size = _size(expression)
    except RecursionError:
        raise Unreadable("The brackets here are nested too deeply: write it with fewer.") from None
    if size > LARGEST_SIZE:
        raise Unreadable("A number in this answer is too large to be computed: check its powers.")


def _size(x: Any) -> float:
    """About how many decimal digits a value has, or needs on the way, with symbols below five."""
    if not isinstance(x, sp.Basic) or not x.args:
        if x in (sp.nan, sp.zoo, sp.oo, -sp.oo) or not getattr(x, "is_number", False):
            return 0.7
        if isinstance(x, sp.Rational):
            return max(x.p.bit_length(), x.q.bit_length()) * 0.30103
        return abs(float(sp.log(abs(x), 10).evalf(5))) if x != 0 else 0.0
    sizes = [_size(part) for part in x.args]
    if isinstance(x, sp.Pow):
        exponent = x.exp
        if exponent.is_number and not exponent.is_Rational and sizes[1] > 2:
            raise Unreadable("A power in this answer is too large to compute: check its exponent.")
        most = 10.0 ** min(sizes[1], 9)
        if exponent.is_number:
            most = abs(float(exponent.evalf(5))) if sizes[1] < 9 else 1e9
            if most > LARGEST_POWER:
                raise Unreadable(f"There is a power above {LARGEST_POWER} in this answer.")
        return max(sizes[0], 0.5) * max(most, 1.0)
    if isinstance(x, (sp.exp, sp.sinh, sp.cosh, sp.tanh)):
        return 10.0 ** min(sizes[0], 9)
    if isinstance(x, sp.log):
        return math.log10(2.31 * max(sizes[0], 1.0))
    if isinstance(x, sp.Mul):
        return sum(sizes)
    return max(sizes) + len(sizes) * 0.30103
