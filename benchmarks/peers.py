"""The libraries to compare with, if they are installed: their steps, and descents on a ravine.

What a library is asked for is the call that `course_utils.libraries.write` gives. A descent keeps
its path and is written as users write it; the ravine is
(steep w1^2 + flat w2^2) / 2, so that a given gradient is one multiplication.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course_utils.libraries.names import counterpart
from course_utils.libraries.translation import write
from course_utils.optimizers import Rule
from course_utils.symbolic import compiled
from tools.installed import built, functions, library

TORCH = {"torch": {}, "torch foreach": {"foreach": True}, "torch fused": {"fused": True}}
COMPILED = LOOP, SCAN = "optax jit loop", "optax scan"
machine_code = cache(compiled)  # once for each kernel


class Disagreement(ValueError):
    """Two contestants do not do the same: to compare their times would mean nothing."""


def agree(what: str, ends: dict[str, np.ndarray], tolerance: float) -> None:
    """Compare where everyone arrives with ours.

    Raises:
        Disagreement: somebody is elsewhere, or in another precision.
    """
    ours = ends["ours"]
    for name, theirs in ends.items():
        off = float(np.max(np.abs(theirs - ours) / (1 + np.abs(ours))))
        if theirs.dtype != ours.dtype or not off <= tolerance:
            raise Disagreement(
                f"{what} by {name} is {off:.2g} away from ours, {ours.size} numbers in "
                f"{theirs.dtype}: times of different work say nothing, and none are taken."
            )


class Step(NamedTuple):
    """One step after the other with the same gradient, and a way to see the weights."""

    make: Callable[[], Any]
    weights: Callable[[], np.ndarray]


def missing() -> list[str]:
    """Names of the libraries that are not there."""
    return [name for name in ("torch", "optax", "numba") if library(name) is None]


def call(rule: Rule, name: str, **settings: float) -> str:
    """What a library calls the rule, with numbers; "" if it has no call for it or is missing."""
    if counterpart(rule, name) is None or library(name) is None:
        return ""
    return write(rule, name, **settings)


def steps(rule: Rule, w: np.ndarray, g: np.ndarray, lr: float) -> dict[str, Step]:
    """The steps from w with gradient g of all libraries that have the rule, by name."""
    settings, made = rule.settings({"lr": lr}), {}
    if wanted := call(rule, "torch", **settings):
        made |= {name: _torch_step(wanted, w, g, variant) for name, variant in TORCH.items()}
    if wanted := call(rule, "optax", **settings):
        made["optax jit"] = _optax_step(wanted, w, g)
    return {name: step for name, step in made.items() if step}


def _torch_step(wanted: str, w: np.ndarray, g: np.ndarray, variant: dict) -> Step | None:
    """PyTorch's step; None if it has no such variant.

    None too for a variant that writes into the gradient, as Nesterov's foreach does: it cannot be
    asked for a second step with the same one.
    """
    tensor = library("torch").tensor

    def made(w: np.ndarray, g: np.ndarray) -> tuple[Any, Any]:
        weights = tensor(w).requires_grad_(True)
        weights.grad = tensor(g)
        return weights, built(wanted, weights, **variant)

    try:
        weights, optimizer = made(w[:2], g[:2])
        optimizer.step()
    except (TypeError, RuntimeError, ValueError):
        return None
    if not np.array_equal(weights.grad.numpy(), g[:2]):
        return None
    weights, optimizer = made(w, g)
    return Step(optimizer.step, lambda: weights.detach().numpy())


def _optax_step(wanted: str, w: np.ndarray, g: np.ndarray) -> Step:
    """Optax's step, compiled, its arrays given back to be used again."""
    jax, (init, apply) = library("jax"), functions(wanted)
    gradient, now = jax.numpy.array(g), [jax.numpy.array(w), init(jax.numpy.array(w))]
    step = jax.jit(apply, donate_argnums=(0, 1))

    def make() -> None:
        now[:] = step(*now, gradient)
        now[0].block_until_ready()

    return Step(make, lambda: np.asarray(now[0]))


def descents(
    rule: Rule, lr: float, start: np.ndarray, count: int, curvatures: tuple[float, float]
) -> dict[str, Callable[[], Any]]:
    """What is installed: functions that make a descent of so many steps and return its path."""
    own, settings = {}, rule.settings({"lr": lr})
    curvature = np.reshape(curvatures, (2, *[1] * (start.ndim - 1)))
    if in_torch := call(rule, "torch", **settings):
        for name, given in (("torch", True), ("torch autograd", False)):
            own[name] = lambda given=given: _torch_descent(in_torch, start, count, curvature, given)
    if in_optax := call(rule, "optax", **settings):
        own |= _optax_descents(in_optax, start, count, curvature)
    return own


def _torch_descent(wanted: str, start: np.ndarray, count: int, curvature: Any, given: bool) -> Any:
    """The gradient is written where PyTorch looks for it, or PyTorch finds it from the loss."""
    torch = library("torch")
    w, steepness = torch.tensor(start).requires_grad_(True), torch.from_numpy(curvature)
    w.grad = torch.empty_like(w) if given else None
    optimizer, plain = built(wanted, w), w.detach()
    path = torch.empty((count + 1, *w.shape), dtype=w.dtype)
    path[0] = plain
    for k in range(count):
        if given:
            torch.mul(plain, steepness, out=w.grad)
        else:
            optimizer.zero_grad()
            ((steepness * w**2).sum() / 2).backward()
        optimizer.step()
        path[k + 1] = plain
    return path


def _optax_descents(wanted: str, start: np.ndarray, count: int, curvature: np.ndarray) -> dict:
    """A compiled step in a loop of Python, and the whole descent compiled."""
    jax, (init, apply) = library("jax"), functions(wanted)
    step = jax.jit(lambda w, memory: apply(w, memory, curvature * w))

    def loop() -> Any:
        w = jax.numpy.array(start)
        memory, path = init(w), [w]
        for _ in range(count):
            w, memory = step(w, memory)
            path.append(w)
        w.block_until_ready()
        return path

    def scanned(now: Any, _: Any) -> Any:
        w, memory = apply(*now, curvature * now[0])
        return (w, memory), w

    whole = jax.jit(lambda w: jax.lax.scan(scanned, (w, init(w)), None, count)[1])
    return {LOOP: loop, SCAN: lambda: whole(jax.numpy.array(start)).block_until_ready()}
