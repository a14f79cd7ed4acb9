"""Exercises that are answered by a call, as text: it is read, and never run."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..libraries.calls import Call, CallError, same_value
from ..libraries.names import our_signatures
from ..libraries.signatures import SIGNATURES
from ..libraries.translation import reading_of
from .compared import ComparedExercise
from .feedback import Feedback
from .mistake import Mistake


@dataclass(frozen=True, kw_only=True)
class CallExercise(ComparedExercise):
    """Write one call that does what is asked; every call that does what ``truth`` does is right.

    Of a mistake only that is written which makes it wrong, as in ``SGD(nesterov=True)``.

    Attributes:
        library: whose call it is: "torch", "optax", "keras", or "ours" for one of our rules.
    """

    library: str

    @cached_property
    def signatures(self) -> Mapping[str, Mapping[str, Any]]:
        """What may be called, full name to arguments with defaults."""
        if self.library == "ours":
            return our_signatures()
        return {n: x for n, x in SIGNATURES.items() if n.startswith(f"{self.library}.")}

    def read(self, answer: Any) -> Call | Feedback:
        """A call, of which nothing is run."""
        if not isinstance(answer, str):
            return self.wrong("Write the call as a text, in quotes.", "form", reread=None)
        try:
            call = Call.parse(_tidy(answer), self.signatures)
        except CallError as error:
            more = {"reread": None} if error.about == "form" else {}
            return self.wrong(str(error), error.about, **more)
        if call.missing:
            return self.wrong(
                f"`{call.name}` has no default for {call.missing[0]}: give it.", "missing"
            )
        return call

    def compare(self, value: Call) -> Feedback:
        """Look for what is wrong before asking what it does, which not every call tells."""
        mistake = self.known(value)
        try:
            return self.wrong(mistake.message, mistake.idea) if mistake else super().compare(value)
        except ValueError as error:
            return self.wrong(str(error), "which argument")

    def known(self, value: Call) -> Mistake | None:
        """The first of the mistakes of which all that is written holds."""
        return next((m for m in self.mistakes if _is(value, m.value)), None)

    def same(self, one: Call, other: str) -> bool:
        """Whether two calls make the same steps."""
        return _does_the_same(one, Call.parse(other, self.signatures))

    def unknown(self, value: Call) -> Feedback:
        """Another call, or the first argument that has another value."""
        right = Call.parse(self.truth, self.signatures)
        if value.name != right.name:
            return self.wrong(f"`{value.name}` takes another step. {self.hints[0]}", "which call")
        given, wanted = value.all(), right.all()
        off = next((n for n in wanted if not same_value(given[n], wanted[n])), "")
        return self.wrong(
            f"With {off} at {given[off]} the step is another one. {self.hints[0]}",
            f"argument {off}",
        )


def _tidy(text: str) -> str:
    """A call without the marks of code and the signs that a word processor puts into it."""
    text = text.strip().strip("`").removeprefix("python\n").strip()
    text = text.replace("−", "-").replace("\u00a0", " ").replace("course_utils.optimizers.", "")
    return re.sub("[“”„]", '"', re.sub("[‘’]", "'", text))


def _is(call: Call, partly: str) -> bool:
    """Whether a call has the name and all of the values that are written."""
    written, given = ast.parse(partly, mode="eval").body, call.all()
    asked = {x.arg: ast.literal_eval(x.value) for x in written.keywords}
    return written.func.id == call.name.split(".")[-1] and all(
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
