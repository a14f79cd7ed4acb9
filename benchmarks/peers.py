"""The libraries to compare with, if they are installed, and their steps for a rule of the course.

What a library is asked for is the call in `course_utils.libraries.names`; its names are looked up
and called, nothing is evaluated.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from course_utils.libraries.calls import Call
from course_utils.libraries.names import counterpart
from course_utils.libraries.translation import write
from course_utils.optimizers import Rule

TORCH = {"torch": {}, "torch foreach": {"foreach": True}, "torch fused": {"fused": True}}
OPTAX = "optax jit"


@dataclass
class Step:
    """One step after the other with the same gradient, and a way to see the weights."""

    make: Callable[[], Any]
    weights: Callable[[], np.ndarray]


@cache
def torch() -> Any:
    """PyTorch on one thread, or None."""
    try:
        library = importlib.import_module("torch")
    except ImportError:
        return None
    library.set_num_threads(1)
    library.set_default_dtype(library.float64)
    return library


@cache
def jax() -> Any:
    """JAX in double precision where it is asked for, or None if it or optax is missing."""
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    try:
        importlib.import_module("optax")
        return importlib.import_module("jax")
    except ImportError:
        return None


def missing() -> list[str]:
    """Names of the libraries that are not there."""
    return ["torch"] * (torch() is None) + ["optax with jax"] * (jax() is None)


def call(rule: Rule, library: str, **settings: float) -> Call | None:
    """What a library calls the rule, with numbers; None if it has no call for it."""
    if counterpart(rule, library) is None:
        return None
    return Call.parse(write(rule, library, **settings))


def build(wanted: Call, *first: Any, **more: Any) -> Any:
    """The object that a call makes, its arguments by name."""
    library, *path = wanted.name.split(".")
    made = importlib.import_module(library)
    for name in path:
        made = getattr(made, name)
    given = {n: build(x) if isinstance(x, Call) else x for n, x in wanted.given.items()}
    if wanted.name == "optax.chain":
        return made(*given.values())
    return made(*first, **given, **more)


def torch_step(wanted: Call, w: np.ndarray, g: np.ndarray, **variant: bool) -> Step | None:
    """PyTorch's step from w with gradient g; None if it has no such variant.

    None too for a variant that writes into the gradient, as Nesterov's foreach does: it cannot be
    asked for a second step with the same one.
    """
    library = torch()

    def made(w: np.ndarray, g: np.ndarray) -> tuple[Any, Any]:
        weights = library.tensor(w).requires_grad_(True)
        weights.grad = library.tensor(g)
        return weights, build(wanted, [weights], **variant)

    try:
        weights, optimizer = made(w[:2], g[:2])
        optimizer.step()
    except (TypeError, RuntimeError, ValueError):
        return None
    if not np.array_equal(weights.grad.numpy(), g[:2]):
        return None
    weights, optimizer = made(w, g)
    return Step(optimizer.step, lambda: weights.detach().numpy())


def optax_step(wanted: Call, w: np.ndarray, g: np.ndarray) -> Step:
    """Optax's step from w with gradient g, compiled, its arrays given back to be used again."""
    library, optax = jax(), importlib.import_module("optax")
    change, gradient = build(wanted), library.numpy.array(g)
    now = {"w": library.numpy.array(w)}
    now["memory"] = change.init(now["w"])

    def one(w: Any, memory: Any, g: Any) -> Any:
        updates, memory = change.update(g, memory, w)
        return optax.apply_updates(w, updates), memory

    step = library.jit(one, donate_argnums=(0, 1))

    def make() -> None:
        now["w"], now["memory"] = step(now["w"], now["memory"], gradient)
        now["w"].block_until_ready()

    return Step(make, lambda: np.asarray(now["w"]))
