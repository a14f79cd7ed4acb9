"""Calls of optimizers as text, taken apart and filled in; nothing is ever run."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .signatures import ASIDE, SIGNATURES

# Calls are one line; the parser of a text without end would take all of a learner's time.
LONGEST = 2000
Signatures = Mapping[str, Mapping[str, Any]]
_ARITHMETIC = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip


class CallError(ValueError):
    """A text that is no call to be read; the message is for the learner.

    Attributes:
        about: what is wrong: "form", "which call" or "which argument".
    """

    def __init__(self, message: str, about: str) -> None:
        super().__init__(message)
        self.about = about


@dataclass(frozen=True)
class Call:
    """A call as a name and what is given, by argument.

    Attributes:
        name: of what is called, in full.
        given: values by argument: numbers, calls, or pieces of syntax that stand for a number.
        aside: arguments that have no counterpart here and are switched on, with their values.
        known: every argument of the step, in order, with its default; ``...`` for none.
        missing: arguments without a default that were left out.
    """

    name: str
    given: Mapping[str, Any]
    aside: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, signatures: Signatures = SIGNATURES) -> Call:
        """The call that a text is; ``name = call`` is read, too.

        Args:
            text: as in a script.
            signatures: what may be called, full name to arguments with defaults.

        Raises:
            CallError: it is no call, or none of these; the message is for the learner.
        """
        example = f"{next(iter(signatures))}({_example(next(iter(signatures.values())))})"
        try:
            if len(text) > LONGEST:
                raise ValueError
            lines = ast.parse(text.strip()).body
            (statement,) = [x for x in lines if not isinstance(x, (ast.Import, ast.ImportFrom))]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise CallError(
                f"Write one call, such as {example}: Python cannot read this as one. Check "
                "brackets and commas.",
                "form",
            ) from None
        tree = getattr(statement, "value", None)
        if not isinstance(tree, ast.Call):
            raise CallError(f"Write one call, such as {example}.", "form")
        return cls.of(tree, signatures)

    @classmethod
    def of(cls, tree: ast.Call, signatures: Signatures = SIGNATURES) -> Call:
        """The call that a piece of syntax is."""
        written = ast.unparse(tree.func)
        if any(isinstance(x, ast.Starred) for x in tree.args) or None in {
            word.arg for word in tree.keywords
        }:
            raise CallError(f"Write the arguments of {written} out, without * and **.", "form")
        if written == "optax.chain" and any(n.startswith("optax.") for n in signatures):
            parts = {str(i): _value(x, signatures) for i, x in enumerate(tree.args)}
            for part, argument in zip(parts.values(), tree.args, strict=True):
                if not isinstance(part, Call):
                    raise CallError(
                        f"The part {ast.unparse(argument)} of optax.chain is not known here: there "
                        f"are {_listed(signatures, 'optax')}.",
                        "which call",
                    )
            return cls(written, parts)
        words = {str(word.arg): word.value for word in tree.keywords}
        name = _full_name(written, signatures, words)
        known, aside = signatures[name], ASIDE.get(name, {})
        strange = [n for n in words if n not in known and n not in aside]
        if strange or len(tree.args) > len(known):
            what = f"no argument {strange[0]}" if strange else f"no {len(tree.args)} arguments"
            raise CallError(
                f"{name} has {what}: it takes {', '.join((*known, *aside))}.", "which argument"
            )
        twice = [n for n, _ in zip(known, tree.args, strict=False) if n in words]
        if twice:
            raise CallError(
                f"{name} is given {twice[0]} twice, by its place and by its name.", "which argument"
            )
        values = {n: _value(x, signatures) for n, x in zip(known, tree.args, strict=False)}
        values |= {n: _value(x, signatures) for n, x in words.items()}
        if isinstance(values.get("params", ""), (int, float)):
            raise CallError(
                f"The first argument of {name} is what it trains, and here it is "
                f"{values['params']:g}: write params before it.",
                "which argument",
            )
        inert = {n for n, off in aside.items() if off is ... or same_value(values.get(n, off), off)}
        given = {n: x for n, x in values.items() if n in known and n != "params"}
        switched = {n: x for n, x in values.items() if n in aside and n not in inert}
        missing = tuple(n for n, x in known.items() if x is ... and n not in values)
        step = {n: x for n, x in known.items() if n != "params"}
        return cls(name, given, switched, step, missing)

    def all(self) -> dict[str, Any]:
        """What is given, over the defaults."""
        known = dict(self.known)
        if known.get("learning_rate", 0) is None:  # optax.adadelta: None, and no step of a length
            known["learning_rate"] = ...
        return {**known, **self.given}

    def with_given(self, **values: Any) -> Call:
        """The same call with other values."""
        return replace(self, given={**self.given, **values})

    def match(self, call: Call) -> dict[str, float] | None:
        """The numbers for our names with which this template is that call; None if it never is."""
        settings: dict[str, float] = {}
        if self.name != call.name or len(self.all()) != len(call.all()):
            return None
        for argument, mine in self.all().items():
            if not _agree(mine, call.all()[argument], settings):
                return None
        return settings

    def without_numbers(self) -> dict[str, str]:
        """Arguments whose value stands for no number, with the text that is written there."""
        found = {}
        for name, value in self.given.items():
            if isinstance(value, Call):
                found |= value.without_numbers()
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, (ast.AST, str)):
                    found[name] = part if isinstance(part, str) else ast.unparse(part)
        return found


def _agree(mine: Any, theirs: Any, settings: dict[str, float]) -> bool:
    """Whether a template's value can be that of a call; its names are entered in ``settings``."""
    if isinstance(mine, Call):
        inner = mine.match(theirs) if isinstance(theirs, Call) else None
        settings |= inner or {}
        return inner is not None
    if isinstance(mine, tuple):
        pair = theirs if isinstance(theirs, tuple) else ()
        return len(pair) == len(mine) and all(map(lambda a, b: _agree(a, b, settings), mine, pair))
    if isinstance(mine, ast.AST):
        if theirs is ...:
            return True
        if not isinstance(theirs, (int, float, type(None))):
            return False
        sign = -1 if isinstance(mine, ast.UnaryOp) else 1
        settings[ast.unparse(mine).lstrip("-")] = sign * float(theirs or 0)
        return True
    return same_value(mine, theirs)


def same_value(one: Any, other: Any) -> bool:
    """Whether two values switch an argument alike; None and False are 0."""
    if one is ... or other is ...:
        return False
    if isinstance(one, tuple) or isinstance(other, tuple):
        pair = isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other)
        return pair and all(map(same_value, one, other))
    one, other = one or 0, other or 0
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


def _full_name(written: str, signatures: Signatures, words: Mapping[str, Any]) -> str:
    """The full name of what is called: scripts often leave its beginning out."""
    name = written.removeprefix("tf.")
    ends = [n for n in signatures if f".{n}".endswith(f".{name}")]
    ends = ends or [n for n in signatures if f".{n}".lower().endswith(f".{name.lower()}")]
    takes = [n for n in ends if all(w in signatures[n] or w in ASIDE.get(n, {}) for w in words)]
    if len(takes) > 1:
        raise CallError(
            f"{written} may be {' or '.join(takes)}: write the name of the library, too.",
            "which call",
        )
    if takes or len(ends) == 1:
        return (takes or ends)[0]
    library = name.split(".")[0] if not ends else ""
    raise CallError(
        f"{written} is not known here: there are {_listed(signatures, library)}.", "which call"
    )


def _listed(signatures: Signatures, library: str) -> str:
    """What may be called, of one library if it has any."""
    return ", ".join([n for n in signatures if n.split(".")[0] == library] or signatures)


def _example(known: Mapping[str, Any]) -> str:
    """Arguments of an example."""
    return ", ".join("params" if n == "params" else f"{n}=0.1" for n in list(known)[:2]
                     if n in ("params", "lr", "learning_rate"))  # fmt: skip


def _value(tree: ast.expr, signatures: Signatures) -> Any:
    """A number, a pair, a call, a word, or a piece of syntax that stands for a number."""
    if isinstance(tree, ast.Call):
        try:
            return Call.of(tree, signatures)
        except CallError:
            return tree
    if isinstance(tree, (ast.Tuple, ast.List)):
        return tuple(_value(x, signatures) for x in tree.elts)
    try:
        return _number(tree)
    except (ValueError, ArithmeticError):
        return tree


def _number(tree: ast.expr) -> Any:
    """The value of a constant, or of arithmetic with constants, as in lr=0.5 * (1 - 0.9)."""
    if isinstance(tree, ast.Constant):
        return tree.value
    if isinstance(tree, ast.UnaryOp) and type(tree.op) in _ARITHMETIC:
        return _ARITHMETIC[type(tree.op)](_plain(tree.operand))
    if isinstance(tree, ast.BinOp):
        left, right = _plain(tree.left), _plain(tree.right)
        if isinstance(tree.op, ast.Pow):
            return math.pow(left, right)  # in floats, so that 9**9**9 ends at once
        if type(tree.op) in _ARITHMETIC:
            return _ARITHMETIC[type(tree.op)](left, right)
    raise ValueError


def _plain(tree: ast.expr) -> float:
    """A part of a sum or of a product, which must be a number."""
    value = _number(tree)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError
    return value


def parts(value: Any) -> list[ast.AST]:
    """A value as pieces of syntax, one unless it is a pair."""
    values = value if isinstance(value, tuple) else (value,)
    return [x if isinstance(x, ast.AST) else ast.Constant(x) for x in values]


def is_constant(value: Any) -> bool:
    """Whether a value of a template is none of our names."""
    return not any(
        isinstance(x, ast.AST) for x in (value if isinstance(value, tuple) else (value,))
    )


class Fill(ast.NodeTransformer):
    """Puts numbers in the place of our names."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        self.numbers = numbers

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        """Leave the names of libraries alone."""
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A number for one of our names."""
        return ast.Constant(self.numbers[node.id]) if node.id in self.numbers else node
