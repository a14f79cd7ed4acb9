"""Calls of optimizers as text, taken apart and filled in; nothing is ever run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .signatures import HARMLESS, SIGNATURES


@dataclass(frozen=True)
class Call:
    """A call as a name and what is given, by argument; values are numbers, calls or our names."""

    name: str
    given: Mapping[str, Any]

    @classmethod
    def parse(cls, text: str) -> Call:
        """The call that a text is.

        Raises:
            ValueError: it is none, or none that is listed in ``SIGNATURES``.
        """
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            tree = None
        if not isinstance(tree, ast.Call):
            raise ValueError(f"Write one call, such as {next(iter(SIGNATURES))}(params, lr=0.1).")
        return cls.of(tree)

    @classmethod
    def of(cls, tree: ast.Call) -> Call:
        """The call that a piece of syntax is."""
        name = _full(ast.unparse(tree.func))
        if name == "optax.chain":
            return cls(name, {str(i): _value(x) for i, x in enumerate(tree.args)})
        if name not in SIGNATURES:
            library = [n for n in SIGNATURES if n.split(".")[0] == name.split(".")[0]] or SIGNATURES
            raise ValueError(f"{name} is not known here: there are {', '.join(library)}.")
        known = SIGNATURES[name]
        words = {word.arg: word.value for word in tree.keywords if word.arg not in HARMLESS}
        strange = [n for n in words if n not in known]
        if strange or len(tree.args) > len(known):
            what = strange[0] if strange else "that many arguments"
            raise ValueError(f"{name} is not read with {what}: it takes {', '.join(known)} here.")
        given = {**dict(zip(known, tree.args, strict=False)), **words}
        return cls(name, {n: _value(x) for n, x in given.items() if n != "params"})

    def all(self) -> dict[str, Any]:
        """What is given, over the defaults."""
        known = {n: x for n, x in SIGNATURES.get(self.name, {}).items() if n != "params"}
        if known.get("learning_rate", 0) is None:
            known["learning_rate"] = ...
        return {**known, **self.given}

    def match(self, call: Call) -> dict[str, float] | None:
        """The numbers for our names with which this template is that call; None if it never is."""
        settings: dict[str, float] = {}
        if self.name != call.name or len(self.all()) != len(call.all()):
            return None
        for argument, mine in self.all().items():
            if not _agree(mine, call.all()[argument], settings):
                return None
        return settings


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
    return theirs is not ... and (mine or 0) == (theirs or 0)


def _full(name: str) -> str:
    """A name as the tables have it: scripts often shorten it."""
    for short, full in (("optim.", "torch.optim."), ("tf.keras.", "keras.")):
        if name.startswith(short):
            return full + name.removeprefix(short)
    return name


def _value(tree: ast.expr) -> Any:
    """A number, a pair, a call, or a piece of syntax that stands for a number."""
    if isinstance(tree, ast.Call):
        return Call.of(tree)
    if isinstance(tree, (ast.Tuple, ast.List)):
        return tuple(map(_value, tree.elts))
    try:
        return ast.literal_eval(tree)
    except ValueError:
        return tree


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
