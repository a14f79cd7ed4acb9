"""Make an answer plain before anything looks at it: what iterates or compares is somebody's code.

A number, a text, an array, a function or a formula is taken as it is, and so is a list, a tuple or
a dictionary of those. Anything else may do what it likes when it is touched, loop for ever or
raise, and is therefore read in the sandbox, once.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

from .troubles import is_theirs

MOST = 10_000  # entries of an answer that iterates; no exercise asks for as many
_SIMPLE = (int, float, complex, bool, str, type(None), type(...))
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type, partial)
_OURS = ("sympy", "numpy", "course_utils")  # by name: answers to the twelve questions need none


class NotPlain(ValueError):
    """An answer that cannot be read; the message is for the learner."""


def plain(answer: Any) -> Any:
    """The answer, in which nothing is left that runs when it is looked at.

    Raises:
        NotPlain: reading it failed or did not end.
    """
    kind = type(answer)
    if kind in (list, tuple):
        return kind(plain(x) for x in answer)
    if kind is dict:
        return {key: plain(x) for key, x in answer.items()}
    library = kind is types.FunctionType and not is_theirs(answer.__code__.co_filename)
    if library or kind in (types.BuiltinFunctionType, partial) or kind.__name__ == "ufunc":
        return _through_here(answer)
    if kind in (*_SIMPLE, *_FUNCTIONS) or kind.__module__.partition(".")[0] in _OURS:
        return answer
    if callable(answer):
        return _through_here(answer)
    from . import sandbox  # and NumPy with it, which a hand-in of letters does not need

    outcome = sandbox.run(lambda: _data(answer))
    if outcome.trouble:
        raise NotPlain(outcome.sentence)
    return outcome.value


def _through_here(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The answer with a frame of this file around it: what is raised in C has none of its own."""

    def called(*arrays: Any, **settings: Any) -> Any:
        return answer(*arrays, **settings)

    with suppress(Exception):  # somebody's object may have no signature, or a wrong one
        called.__signature__ = inspect.signature(answer)  # type: ignore[attr-defined]
    return called


def _data(answer: Any) -> Any:
    if isinstance(answer, Mapping):
        return {str(key): _data(answer[key]) for key in islice(answer, MOST)}
    if isinstance(answer, str):
        return str(answer)
    if hasattr(answer, "__float__"):
        return float(answer)
    values = list(islice(iter(answer), MOST + 1))
    if len(values) > MOST:
        raise ValueError(f"it has more than {MOST} entries")
    return [_data(x) for x in values]
