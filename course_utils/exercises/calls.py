"""Exercises that are answered by a call, as text: it is read, and never run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .exercise import Exercise
from .feedback import Feedback


@dataclass(frozen=True)
class CallSlip:
    """A wrong call that a check knows: all of ``when`` holds of it.

    Attributes:
        when: values of arguments; under ``call`` the name of what is called.
        idea: which idea went wrong, a few words.
        tell: what a tutor says.
    """

    when: Mapping[str, Any]
    idea: str
    tell: str


@dataclass(frozen=True, kw_only=True)
class CallExercise(Exercise):
    """Write one call that does what is asked.

    Attributes:
        calls: what may be called, name to arguments in order, each with its default; ``...`` for
            one that has none.
        truth: the right name, and the values of arguments that are not at their default.
        others: further right calls, written likewise.
        slips: wrong calls with a name, the special before the general.
    """

    calls: Mapping[str, Mapping[str, Any]]
    truth: tuple[str, Mapping[str, Any]]
    others: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    slips: tuple[CallSlip, ...] = field(default=())

    def assess(self, answer: Any) -> Feedback:
        """Read the call and compare its arguments, given or by default."""
        if not isinstance(answer, str):
            return self.wrong("Write the call as a text, in quotes.", "form", reread=None)
        try:
            name, positional, named = read_call(answer)
        except ValueError as error:
            return self.wrong(str(error), "form", reread=None)
        known = {n.lower(): n for n in self.calls}
        if name.lower() not in known:
            return self.wrong(
                f"`{name}` is none of {', '.join(f'`{n}`' for n in self.calls)}.", "which call"
            )
        name = known[name.lower()]
        wanted = self.calls[name]
        unknown = [n for n in named if n not in wanted]
        if unknown or len(positional) > len(wanted):
            extra = f"`{unknown[0]}`" if unknown else "that many arguments"
            return self.wrong(
                f"`{name}` does not know {extra}: it takes {', '.join(wanted)}.", "which argument"
            )
        given = {**wanted, **dict(zip(wanted, positional, strict=False)), **named}
        missing = [n for n, value in given.items() if value is ...]
        if missing:
            return self.wrong(f"`{name}` has no default for {missing[0]}: give it.", "missing")
        for slip in self.slips:
            asked = dict(slip.when)
            if asked.pop("call", name) == name and all(
                n in given and _equal(given[n], x) for n, x in asked.items()
            ):
                return self.wrong(slip.tell, slip.idea)
        for right, values in (self.truth, *self.others):
            if name == right and all(_equal(given[n], x) for n, x in {**wanted, **values}.items()):
                return self.right()
        if name not in (right for right, _ in (self.truth, *self.others)):
            return self.wrong(f"`{name}` takes another step. {self.hints[0]}", "which call")
        expected = {**wanted, **self.truth[1]}
        off = [n for n in wanted if n in expected and not _equal(given[n], expected[n])]
        return self.wrong(
            f"With {off[0]} at {given[off[0]]} the step is another one. {self.hints[0]}",
            f"argument {off[0]}",
        )


def read_call(text: str) -> tuple[str, list[Any], dict[str, Any]]:
    """The name, the positional and the named arguments of a call.

    What is not a number, a truth value or a tuple of them counts as the text it is written as.

    Raises:
        ValueError: the text is not one call; the message is for the learner.
    """
    try:
        (statement,) = ast.parse(text.strip()[:500]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(
            "Python cannot read this as one call: check brackets and commas."
        ) from None
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call) or any(k.arg is None for k in call.keywords):
        raise ValueError('Write one call, such as "SGD(params, lr=0.1)".')
    name = ast.unparse(call.func).split(".")[-1]
    named = {str(k.arg): _literal(k.value) for k in call.keywords}
    return name, [_literal(a) for a in call.args], named


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)


def _equal(one: Any, other: Any) -> bool:
    """Whether a value is the one expected; ``...`` and text stand for what is not compared."""
    if other is ...:
        return True
    if one is None or other is None:
        return one is other
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str)
    try:
        a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError):
        return one is other
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=0))
