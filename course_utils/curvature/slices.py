"""Slices through the landscape of a loss, with directions measured against the weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Unpack = Callable[[np.ndarray], Sequence[Sequence[np.ndarray]]]


def filter_normalised(direction: Any, w: Any, unpack: Unpack) -> np.ndarray:
    """The direction with every unit's weights as long as that unit's weights in w.

    A step of length 1 along it moves every unit by 100 % of its own size, so that slices through
    networks of different sizes can be compared. Biases, and all that is not a matrix, stay put.

    Args:
        direction: what to start from, shape (n,).
        w: weights, shape (n,).
        unpack: takes a flat vector apart into layers, each a sequence of views, its matrix with one
            row per unit first; as `Network.unpack`.

    Raises:
        ValueError: direction and w have different shapes.

    Source: Li, Xu, Taylor, Studer and Goldstein, NeurIPS 2018, section 4.
    """
    w, direction = np.array(w, dtype=float), np.array(direction, dtype=float)
    if w.shape != direction.shape:
        raise ValueError(
            f"The direction has shape {direction.shape} and the weights have {w.shape}: "
            "a direction has one number for each weight."
        )
    for (W, *_), (D, *others) in zip(unpack(w), unpack(direction), strict=True):
        lengths = np.linalg.norm(D, axis=1, keepdims=True)
        D *= np.linalg.norm(W, axis=1, keepdims=True) / np.where(lengths > 0, lengths, 1)
        for other in others:
            other[...] = 0
    return direction


def random_directions(w: Any, unpack: Unpack, count: int = 1, seed: int = 0) -> np.ndarray:
    """``count`` random directions, filter-normalised, shape (count, n). See `filter_normalised`."""
    normal = np.random.default_rng(seed).normal(size=(count, np.size(w)))
    return np.array([filter_normalised(direction, w, unpack) for direction in normal])


def line(loss: Callable[[np.ndarray], Any], w: Any, direction: Any, at: Any) -> np.ndarray:
    """The loss at w + a times the direction for every a in ``at``, in its shape.

    Where the loss overflows the value is infinite.
    """
    return plane(loss, w, direction, np.zeros_like(w), np.ravel(at), [0.0])[0].reshape(np.shape(at))


def plane(
    loss: Callable[[np.ndarray], Any], w: Any, across: Any, up: Any, a: Any, b: Any
) -> np.ndarray:
    """The loss at w + a_i across + b_j up for every pair, shape (len(b), len(a)): a map.

    Args:
        loss: one number from weights of shape (n,).
        w: the middle.
        across: first direction, shape (n,).
        up: second direction, shape (n,).
        a: places along the first.
        b: places along the second.
    """
    w, across, up = (np.asarray(x, dtype=float) for x in (w, across, up))
    with np.errstate(over="ignore", invalid="ignore"):
        values = [[float(loss(w + i * across + j * up)) for i in a] for j in b]
    return np.nan_to_num(np.array(values), nan=np.inf, posinf=np.inf)
