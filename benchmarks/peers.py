"""The libraries to compare with, if they are installed: their steps, and descents on a ravine.

What a library is asked for is the call in `course_utils.libraries.names`; its names are looked up
and called, nothing is evaluated. A descent keeps its path and is written as users write it; the
ravine is (steep w1^2 + flat w2^2) / 2, so that a given gradient is one multiplication.
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
COMPILED = LOOP, SCAN = "optax jit loop", "optax scan"


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
    """What a library calls the rule, with numbers; None if it has no call for it or is missing."""
    there = {"torch": torch, "optax": jax}[library]
    if counterpart(rule, library) is None or not there():
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


def steps(rule: Rule, w: np.ndarray, g: np.ndarray, lr: float) -> dict[str, Step]:
    """The steps from w with gradient g of all libraries that have the rule, by name."""
    settings, made = rule.settings({"lr": lr}), {}
    if wanted := call(rule, "torch", **settings):
        made |= {name: _torch_step(wanted, w, g, variant) for name, variant in TORCH.items()}
    if wanted := call(rule, "optax", **settings):
        made["optax jit"] = _optax_step(wanted, w, g)
    return {name: step for name, step in made.items() if step}


def _torch_step(wanted: Call, w: np.ndarray, g: np.ndarray, variant: dict) -> Step | None:
    """PyTorch's step; None if it has no such variant.

    None too for a variant that writes into the gradient, as Nesterov's foreach does: it cannot be
    asked for a second step with the same one.
    """

    def made(w: np.ndarray, g: np.ndarray) -> tuple[Any, Any]:
        weights = torch().tensor(w).requires_grad_(True)
        weights.grad = torch().tensor(g)
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


def _optax_step(wanted: Call, w: np.ndarray, g: np.ndarray) -> Step:
    """Optax's step, compiled, its arrays given back to be used again."""
    change, apply = _optax(wanted)
    gradient, now = jax().numpy.array(g), [jax().numpy.array(w)]
    now.append(change.init(now[0]))
    step = jax().jit(apply, donate_argnums=(0, 1))

    def make() -> None:
        now[:] = step(*now, gradient)
        now[0].block_until_ready()

    return Step(make, lambda: np.asarray(now[0]))


def _optax(wanted: Call) -> tuple[Any, Callable[..., Any]]:
    optax, change = importlib.import_module("optax"), build(wanted)

    def apply(w: Any, memory: Any, g: Any) -> Any:
        updates, memory = change.update(g, memory, w)
        return optax.apply_updates(w, updates), memory

    return change, apply


def descents(
    rule: Rule, lr: float, start: np.ndarray, count: int, curvatures: tuple[float, float]
) -> dict[str, Callable[[], Any]]:
    """What is installed: functions that make a descent of so many steps and return its path."""
    own, settings = {}, rule.settings({"lr": lr})
    bend = np.reshape(curvatures, (2, *[1] * (start.ndim - 1)))
    if in_torch := call(rule, "torch", **settings):
        bent = torch().from_numpy(bend)
        own["torch"] = lambda: _torch_descent(in_torch, start, count, bent, given=True)
        own["torch autograd"] = lambda: _torch_descent(in_torch, start, count, bent, given=False)
    if in_optax := call(rule, "optax", **settings):
        own |= _optax_descents(in_optax, start, count, bend)
    return own


def _torch_descent(wanted: Call, start: np.ndarray, count: int, bend: Any, given: bool) -> Any:
    """The gradient is written where PyTorch looks for it, or PyTorch finds it from the loss."""
    w = torch().tensor(start).requires_grad_(True)
    w.grad = torch().empty_like(w) if given else None
    optimizer, plain = build(wanted, [w]), w.detach()
    path = torch().empty((count + 1, *w.shape), dtype=w.dtype)
    path[0] = plain
    for k in range(count):
        if given:
            torch().mul(plain, bend, out=w.grad)
        else:
            optimizer.zero_grad()
            loss = (bend * w**2).sum() / 2
            loss.backward()
        optimizer.step()
        path[k + 1] = plain
    return path


def _optax_descents(wanted: Call, start: np.ndarray, count: int, bend: np.ndarray) -> dict:
    """A compiled step in a loop of Python, and the whole descent compiled."""
    change, apply = _optax(wanted)
    step = jax().jit(lambda w, memory: apply(w, memory, bend * w))

    def loop() -> Any:
        w = jax().numpy.array(start)
        memory, path = change.init(w), [w]
        for _ in range(count):
            w, memory = step(w, memory)
            path.append(w)
        w.block_until_ready()
        return path

    def scanned(now: Any, _: Any) -> Any:
        w, memory = apply(*now, bend * now[0])
        return (w, memory), w

    whole = jax().jit(lambda w: jax().lax.scan(scanned, (w, change.init(w)), None, count)[1])
    return {LOOP: loop, SCAN: lambda: whole(jax().numpy.array(start)).block_until_ready()}
