"""Exercises that are answered by a call, as text: it is read, and never run."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..libraries.calls import Call, CallError, same_value
from ..libraries.names import our_signatures
from ..libraries.signatures import SIGNATURES
from ..libraries.translation import reading_of
from .exercise import Exercise
from .feedback import Feedback


@dataclass(frozen=True)
class CallSlip:
    """A wrong call that a check knows: all of ``when`` holds of it.

    Attributes:
        when: values of arguments; under ``call`` the name of what is called.
        idea: which idea went wrong, a few words.
        message: what a tutor says.
    """

    when: Mapping[str, Any]
    idea: str
    message: str


@dataclass(frozen=True, kw_only=True)
class CallExercise(Exercise):
    """Write one call that does what is asked; every call that does what the solution does is right.

    Attributes:
        library: whose call it is: "torch", "optax", "keras", or "ours" for one of our rules.
        mistakes: wrong calls with a name, the special before the general.
    """

    library: str
    mistakes: tuple[CallSlip, ...] = ()

    @cached_property
    def signatures(self) -> Mapping[str, Mapping[str, Any]]:
        """What may be called, full name to arguments with defaults."""
        if self.library == "ours":
            return our_signatures()
        return {n: x for n, x in SIGNATURES.items() if n.startswith(f"{self.library}.")}

    def assess(self, answer: Any) -> Feedback:
        """Read the call and compare what it does with what the solution does."""
        if not isinstance(answer, str):
            return self.wrong("Write the call as a text, in quotes.", "form", reread=None)
        try:
            call = Call.parse(answer, self.signatures)
        except CallError as error:
            more = {"reread": None} if error.about == "form" else {}
            return self.wrong(str(error), error.about, **more)
        if call.missing:
            return self.wrong(
                f"`{call.name}` has no default for {call.missing[0]}: give it.", "missing"
            )
        for slip in self.mistakes:
            if _is(call, slip.when):
                return self.wrong(slip.message, slip.idea)
        right = Call.parse(ast.literal_eval(self.solution), self.signatures)
        try:
            same = _does_the_same(call, right)
        except ValueError as error:
            return self.wrong(str(error), "which argument")
        if same:
            return self.right()
        if call.name != right.name:
            return self.wrong(f"`{call.name}` takes another step. {self.hints[0]}", "which call")
        given, wanted = call.all(), right.all()
        off = next((n for n in wanted if not same_value(given[n], wanted[n])), "")
        return self.wrong(
            f"With {off} at {given[off]} the step is another one. {self.hints[0]}",
            f"argument {off}",
        )


def _is(call: Call, when: Mapping[str, Any]) -> bool:
    """Whether a call has these values, and this name if one is asked for."""
    asked, given = dict(when), call.all()
    name = asked.pop("call", None)
    return name in (None, call.name.split(".")[-1]) and all(
        n in given and same_value(given[n], x) for n, x in asked.items()
    )


def _does_the_same(call: Call, right: Call) -> bool:
    """Whether two calls make the same steps.

    Raises:
        ValueError: the first one is none that can be read; the message is for the learner.
    """
    if right.name in our_signatures():
        words = call.without_numbers()
        if words:
            name, word = next(iter(words.items()))
            raise ValueError(f"{name} is {word}: put a number in its place.")
        same = call.name == right.name
        return same and all(same_value(call.all()[n], x) for n, x in right.all().items())
    one, other = reading_of(call), reading_of(right)
    return (
        one.rule is other.rule
        and all(math.isclose(one.settings[n], x, rel_tol=1e-9) for n, x in other.settings.items())
        and dict(one.memory) == dict(other.memory)
    )
