"""The descents of the other libraries on a ravine, as their users write them; each keeps its path.

The ravine is (steep w1^2 + flat w2^2) / 2, so that a given gradient is one multiplication.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.optimizers import Rule

from . import peers

GIVEN, AUTOGRAD = "torch", "torch autograd"
LOOP, SCAN = "optax jit loop", "optax scan"
COMPILED = (LOOP, SCAN)


def contestants(
    rule: Rule, lr: float, start: np.ndarray, steps: int, curvatures: tuple[float, float]
) -> dict[str, Callable[[], Any]]:
    """What is installed: functions that make the descent and return its path."""
    own, settings = {}, rule.settings({"lr": lr})
    bend = np.reshape(curvatures, (2, *[1] * (start.ndim - 1)))
    in_torch = peers.call(rule, "torch", **settings) if peers.torch() else None
    if in_torch:
        bent = peers.torch().from_numpy(bend)
        own[GIVEN] = lambda: torch_given(in_torch, start, steps, bent)
        own[AUTOGRAD] = lambda: torch_autograd(in_torch, start, steps, bent)
    in_optax = peers.call(rule, "optax", **settings) if peers.jax() else None
    if in_optax:
        own[LOOP] = optax_loop(in_optax, start, steps, bend)
        own[SCAN] = optax_scan(in_optax, start, steps, bend)
    return own


def torch_given(call: Any, start: np.ndarray, steps: int, bend: Any) -> Any:
    """The gradient is written where PyTorch looks for it."""
    torch = peers.torch()
    w = torch.tensor(start).requires_grad_(True)
    w.grad = torch.empty_like(w)
    optimizer, plain = peers.build(call, [w]), w.detach()
    path = torch.empty((steps + 1, *w.shape), dtype=w.dtype)
    path[0] = plain
    for k in range(steps):
        torch.mul(plain, bend, out=w.grad)
        optimizer.step()
        path[k + 1] = plain
    return path


def torch_autograd(call: Any, start: np.ndarray, steps: int, bend: Any) -> Any:
    """The loss is written down, PyTorch finds the gradient."""
    torch = peers.torch()
    w = torch.tensor(start).requires_grad_(True)
    optimizer = peers.build(call, [w])
    path = torch.empty((steps + 1, *w.shape), dtype=w.dtype)
    path[0] = w.detach()
    for k in range(steps):
        optimizer.zero_grad()
        loss = (bend * w**2).sum() / 2
        loss.backward()
        optimizer.step()
        path[k + 1] = w.detach()
    return path


def optax_loop(call: Any, start: np.ndarray, steps: int, bend: np.ndarray) -> Callable[[], Any]:
    """A compiled step in a loop of Python."""
    one, change = _optax(call, bend)
    step = peers.jax().jit(one)

    def descend() -> Any:
        w = peers.jax().numpy.array(start)
        memory, path = change.init(w), [w]
        for _ in range(steps):
            w, memory = step(w, memory)
            path.append(w)
        w.block_until_ready()
        return path

    return descend


def optax_scan(call: Any, start: np.ndarray, steps: int, bend: np.ndarray) -> Callable[[], Any]:
    """The whole descent compiled."""
    jax = peers.jax()
    one, change = _optax(call, bend)

    def step(now: Any, _: Any) -> Any:
        w, memory = one(*now)
        return (w, memory), w

    whole = jax.jit(lambda w: jax.lax.scan(step, (w, change.init(w)), None, steps)[1])
    return lambda: whole(jax.numpy.array(start)).block_until_ready()


def _optax(call: Any, bend: np.ndarray) -> tuple[Callable[..., Any], Any]:
    optax, change = importlib.import_module("optax"), peers.build(call)

    def one(w: Any, memory: Any) -> Any:
        updates, memory = change.update(bend * w, memory, w)
        return optax.apply_updates(w, updates), memory

    return one, change
