"""AdaDelta: a step in the weights' own unit, from the size of earlier steps."""

from __future__ import annotations

import numpy as np

from .averages import ema
from .rule import Rule


def adadelta(w, g, s, d, *, lr, rho, eps):
    """step = sqrt(d + eps) / sqrt(s + eps) g, d remembers step^2, then w <- w - lr step.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        s: average of the squared gradients, same shape, zero before the first step; changed in
            place.
        d: average of the squared steps, likewise.
        lr: a factor for every step; the paper has none, which is 1.
        rho: share of both averages that is kept, 0 <= rho < 1.
        eps: makes the first step possible, 0 < eps. It is added to squared gradients and to squared
            steps, and its root is where the steps begin: a learning rate under another name.

    Source: Zeiler, arXiv:1212.5701 (2012), algorithm 1.

    >>> w, s, d = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> adadelta(w, np.array([4.0]), s, d, lr=1.0, rho=0.9, eps=1e-6)
    >>> print((1 - w).round(6), s)
    [0.003162] [1.6]
    """
    ema(s, g**2, beta=rho)
    step = np.sqrt(d + eps) / np.sqrt(s + eps) * g
    ema(d, step**2, beta=rho)
    w -= lr * step


ADADELTA = Rule(
    name="AdaDelta",
    kernel=adadelta,
    defaults={"lr": 1.0, "rho": 0.9, "eps": 1e-6},
    convention="the gradient over its usual size, times the usual size of a step; eps inside both",
    source="Zeiler, arXiv:1212.5701 (2012), algorithm 1",
)
