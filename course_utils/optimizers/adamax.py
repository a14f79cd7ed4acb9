"""Adamax: Adam that divides by the largest recent gradient, not by a mean of squares."""

from __future__ import annotations

import numpy as np

from .averages import ema
from .rule import Rule


# `out=` keeps u the array that it was: a plain u = ... would be lost when the kernel returns.
def adamax(w, g, m, u, *, lr, beta1, beta2, eps, t):
    """m <- average of g, u <- max(beta2 u, |g| + eps), then w <- w - lr m_hat / u.

    m_hat = m / (1 - beta1^t); u starts at zero and needs no correction.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        m: first moment, same shape, zero before the first step; changed in place.
        u: the largest gradient, where a gradient k steps back counts beta2^k; likewise.
        lr: learning rate. A step of a weight stays below (1 - beta1) / (1 - beta1 / beta2) lr if
            beta1 < beta2: 1.009 lr with the defaults, hardly more than the lr that the paper says.
        beta1: share of the first moment that is kept, 0 <= beta1 < 1.
        beta2: share of the largest gradient that is kept, 0 <= beta2 < 1.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.
        t: step count 1, 2, ...

    Source: Kingma and Ba, ICLR 2015, algorithm 2, which has no eps.

    >>> w, m, u = np.array([1.0]), np.zeros(1), np.array([10.0])
    >>> adamax(w, np.array([4.0]), m, u, lr=0.1, beta1=0.5, beta2=0.8, eps=0.0, t=1)
    >>> print(w, m, u)
    [0.95] [2.] [8.]
    """
    ema(m, g, beta=beta1)
    np.maximum(beta2 * u, np.abs(g) + eps, out=u)
    m_hat = m / (1 - beta1**t)
    w -= lr * m_hat / u


def adamax_outside(w, g, m, u, *, lr, beta1, beta2, eps, t):
    """As `adamax`, with u <- max(beta2 u, |g|), then w <- w - lr m_hat / (u + eps).

    Args as for `adamax`. Source: Keras documentation, keras.optimizers.Adamax.

    >>> w, m, u = np.array([1.0]), np.zeros(1), np.array([10.0])
    >>> adamax_outside(w, np.array([4.0]), m, u, lr=0.1, beta1=0.5, beta2=0.8, eps=2.0, t=1)
    >>> print(w, m, u)
    [0.96] [2.] [8.]
    """
    ema(m, g, beta=beta1)
    np.maximum(beta2 * u, np.abs(g), out=u)
    m_hat = m / (1 - beta1**t)
    w -= lr * m_hat / (u + eps)


_SOURCE = "Kingma and Ba, ICLR 2015, algorithm 2"

ADAMAX = Rule(
    name="Adamax",
    kernel=adamax,
    defaults={"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    convention="the largest faded gradient divides; eps is added to each gradient before",
    source=_SOURCE,
)

ADAMAX_OUTSIDE = Rule(
    name="Adamax, eps outside",
    kernel=adamax_outside,
    defaults={"beta1": 0.9, "beta2": 0.999, "eps": 1e-7},
    convention="the largest faded gradient divides; eps is added to it after",
    source=_SOURCE,
)
