"""Curvature of a loss whose gradient takes complex numbers: Hessian products, or all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

STEP = 1e-30


def hessian_vector(gradient: Callable[[np.ndarray], np.ndarray], w: Any, v: Any) -> np.ndarray:
    """H v, how the gradient changes along ``v``, by one gradient in complex numbers.

    g(w + i h v) = g(w) + i h H v + ..., so that the imaginary part over h is H v up to rounding.

    Args:
        gradient: the gradient as a function of weights, shape (n,), real or complex.
        w: weights, shape (n,).
        v: direction, shape (n,).

    Raises:
        ValueError: ``w`` and ``v`` have different shapes.

    Source: Pearlmutter, Neural Computation 6 (1994), 147-160; the complex step is that of Squire
    and Trapp, SIAM Review 40 (1998), 110-112.
    """
    w, v = np.asarray(w, dtype=float), np.asarray(v, dtype=float)
    if w.shape != v.shape:
        raise ValueError(
            f"The direction has shape {v.shape} and the weights have {w.shape}: "
            "a direction has one number for each weight."
        )
    return np.imag(gradient(w + 1j * STEP * v)) / STEP


def hessian(gradient: Callable[[np.ndarray], np.ndarray], w: Any) -> np.ndarray:
    """The whole Hessian, shape (n, n), column by column: n products, n^2 numbers.

    Args and errors as for `hessian_vector`.
    """
    w = np.asarray(w, dtype=float)
    H = np.empty((w.size, w.size))
    direction = np.zeros(w.size)
    for i in range(w.size):
        direction[i] = 1
        H[:, i] = hessian_vector(gradient, w, direction)
        direction[i] = 0
    return (H + H.T) / 2
