"""What a network is made of besides its weights: activations and losses, each with its slope.

All of them take complex numbers, so that derivatives can be checked by the complex step: where a
decision is made (which entry is positive, which is largest) it is made on the real part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Activation:
    """A function between layers.

    Attributes:
        function: phi(z), entry by entry.
        slope: phi'(z), written as a function of h = phi(z).
        variance: variance of a first weight, from the layer's inputs and outputs.
    """

    function: Callable
    slope: Callable
    variance: Callable[[int, int], float]


def relu(z):
    """The positive part of z."""
    return z * (z.real > 0)


def relu_slope(h):
    """One where h is positive, else 0 (also in the kink)."""
    return h.real > 0


def tanh_slope(h):
    """The slope of tanh, 1 - tanh^2."""
    return 1 - h * h


def glorot(inputs: int, outputs: int) -> float:
    """Two over inputs and outputs together: Glorot and Bengio, AISTATS 2010, equation (12)."""
    return 2 / (inputs + outputs)


def he(inputs: int, outputs: int) -> float:
    """Two over inputs: He et al., ICCV 2015, equation (10)."""
    return 2 / inputs


def cross_entropy(z, y):
    """Mean of -log p[y] with p = softmax(z), and its slope (p - onehot(y)) / n.

    Args:
        z: scores, shape (classes, n).
        y: labels, shape (n,).

    Each column's largest score is taken off before exp, which changes nothing and cannot overflow.
    """
    samples = np.arange(y.size)
    z = z - z.real.max(axis=0)
    p = np.exp(z)
    total = p.sum(axis=0)
    loss = np.mean(np.log(total) - z[y, samples])
    p /= total
    p[y, samples] -= 1
    return loss, p / y.size


def squared(z, y):
    """Mean of |z - onehot(y)|^2 / 2, and its slope (z - onehot(y)) / n.

    Args as for `cross_entropy`.
    """
    error = z.copy()
    error[y, np.arange(y.size)] -= 1
    return np.sum(error * error) / (2 * y.size), error / y.size


ACTIVATIONS = {
    "tanh": Activation(np.tanh, tanh_slope, glorot),
    "relu": Activation(relu, relu_slope, he),
}
LOSSES = {"cross_entropy": cross_entropy, "squared": squared}
