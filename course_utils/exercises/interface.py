"""Read an answer that should be a kernel: a function, with something in it, that can be called."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def function_wanted(key: str, answer: Any) -> str:
    """A sentence if the answer is no function, else nothing."""
    if callable(answer):
        return ""
    result = isinstance(answer, (int, float, np.ndarray, np.generic, tuple, list))
    kind = "already a result" if result else f"of type {type(answer).__name__}"
    return (
        f"`check` wants the function itself, and this is {kind}: "
        f'write check("{key}", name_of_your_function), without calling it.'
    )


def is_stub(function: Any) -> bool:
    """Whether a function is still empty: nothing but a docstring, ``...`` or ``pass``."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP", "CACHE"}
    steps = list(dis.get_instructions(code))
    results = {step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")}
    return {step.opname for step in steps} <= idle and results <= {None, ..., code.co_consts[0]}


def cannot_be_called(
    function: Callable[..., Any], arrays: Sequence[str], settings: Sequence[str]
) -> str:
    """A sentence if the function cannot be called as a kernel, else nothing."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a built-in function has none
        return ""
    try:
        signature.bind(*arrays, **dict.fromkeys(settings, 0.5))
    except TypeError as error:
        call = f"f({', '.join([*arrays, *(f'{n}=...' for n in settings)])})"
        return (
            f"The check calls your function as `{call}`, and its signature `{signature}` does not "
            f"allow that ({error}). Keep the first line as it was given."
        )
    return ""
