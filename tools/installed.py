"""PyTorch, optax, JAX and Keras as they are installed: imported in double precision, and called.

What is called are this repository's own texts, from `course_utils.libraries` or a stored path.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np


@cache
def library(name: str) -> Any:
    """A library, on one thread and in double precision where asked; None if it is missing."""
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    try:
        found = importlib.import_module(name)
    except ImportError:
        return None
    if name == "torch":
        found.set_num_threads(1)
        found.set_default_dtype(found.float64)
    if name == "keras":
        found.config.set_floatx("float64")
    return found


def built(call: str, weights: Any = None, **more: Any) -> Any:
    """The object that a call makes; in PyTorch's, weights are `params`, and more is added."""
    name, code = call.partition(".")[0], call.partition("  #")[0]
    if name == "torch":
        first = "".join(f"{word}={word}, " for word in more)
        code = re.sub(r"\((params(, )?)?", f"([weights], {first}", code, count=1)
    return eval(code, {name: library(name), "weights": weights, **more})


def functions(call: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A call of optax as two functions: weights -> memory, and (w, memory, g) -> (w, memory)."""
    change, apply_updates = built(call), library("optax").apply_updates

    def apply(w: Any, memory: Any, g: Any) -> tuple[Any, Any]:
        updates, memory = change.update(g, memory, w)
        return apply_updates(w, updates), memory

    return change.init, apply


def stepper(call: str, start: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A function that lets a library make one step from a gradient, and returns its weights."""
    if call.startswith("torch."):
        tensor = library("torch").tensor
        weights = tensor(start.copy(), requires_grad=True)
        optimizer = built(call, weights)

        def step(g: np.ndarray) -> np.ndarray:
            weights.grad = tensor(g.copy())
            optimizer.step()
            return weights.detach().numpy().copy()

        return step
    if call.startswith("optax."):
        array, (init, apply) = library("jax").numpy.array, functions(call)
        now = [array(start), init(array(start))]

        def step(g: np.ndarray) -> np.ndarray:
            now[:] = apply(*now, array(g))
            return np.array(now[0])

        return step
    keras = library("keras")
    optimizer, variable = built(call), keras.Variable(start.copy())

    def step(g: np.ndarray) -> np.ndarray:
        optimizer.apply([keras.ops.convert_to_tensor(g.copy())], [variable])
        return np.array(keras.ops.convert_to_numpy(variable)).copy()

    return step
