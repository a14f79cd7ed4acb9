"""What a known mistake is: equations that somebody may write, and the idea that went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A mistake that a check can name.

    Attributes:
        name: short and unique within a rule; M-numbers as in the course's list of mistakes.
        idea: which idea went wrong, a few words.
        tell: what a tutor says, one or two sentences without numbers of the run.
        forms: ways to write it, as assignments to ``w``, the memory and nothing else.
    """

    name: str
    idea: str
    tell: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Convention:
    """A right way to write a rule, with a remark if it differs from the one that was asked."""

    form: str
    remark: str = ""


def kernel(
    form: str, slots: tuple[str, ...], given: tuple[str, ...] = ()
) -> Callable[..., Mapping[str, Any]]:
    """The kernel that computes a form: ``"v = beta*v - lr*g; w = w + v"``.

    ``given`` names what is passed between the gradient and the memory and does not change: ``H``.
    """
    code = compile(form, f"<{form}>", "exec")

    def step(w, g, *rest, **settings):
        arrays = dict(zip((*given, *slots), rest, strict=True))
        names = {"np": np, "w": w, "g": g, **arrays, **settings}
        exec(code, names)
        return {name: names[name] for name in ("w", *slots)}

    return step
