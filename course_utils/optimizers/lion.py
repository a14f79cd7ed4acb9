"""Lion: the sign of a memory, and nothing else."""

from __future__ import annotations

import numpy as np

from .averages import ema
from .rule import Rule


def lion(w, g, m, *, lr, beta1, beta2, decay):
    """w <- w - lr (sign(beta1 m + (1 - beta1) g) + decay w), then m <- beta2 m + (1 - beta2) g.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        m: average of the gradients, same shape, zero before the first step; changed in place.
        lr: learning rate: the length of every step along every weight.
        beta1: share of the old average in what the sign is taken of, 0 <= beta1 < 1.
        beta2: share of the average that is kept, 0 <= beta2 < 1.
        decay: a step takes the share lr decay off every weight, 0 <= decay.

    Source: Chen et al., NeurIPS 2023, arXiv:2302.06675, algorithm 2.

    >>> w, m = np.array([1.0, 1.0]), np.zeros(2)
    >>> lion(w, np.array([50.0, -0.5]), m, lr=0.1, beta1=0.9, beta2=0.99, decay=0.0)
    >>> print(w, m)
    [0.9 1.1] [ 0.5   -0.005]
    """
    w -= lr * (np.sign(beta1 * m + (1 - beta1) * g) + decay * w)
    ema(m, g, beta=beta2)


LION = Rule(
    name="Lion",
    kernel=lion,
    defaults={"beta1": 0.9, "beta2": 0.99, "decay": 0.0},
    convention="one memory, used before it takes the gradient in; the decay is multiplied by lr",
    source="Chen et al., NeurIPS 2023, arXiv:2302.06675, algorithm 2",
)
