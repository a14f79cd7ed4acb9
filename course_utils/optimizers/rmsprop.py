"""RMSProp: a gradient divided by its own recent size, weight by weight.

Where epsilon sits, outside the root or inside, is a convention; lesson 06 shows when it matters.
"""

from __future__ import annotations

import numpy as np

from .averages import ema
from .rule import Rule


def sign_descent(w, g, *, lr):
    """w <- w - lr sign(g).

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        lr: learning rate: the length of every step along every weight.

    Source: Riedmiller and Braun, ICNN 1993, with a step length that does not change; Bernstein et
    al., ICML 2018, algorithm 1.

    >>> w = np.array([1.0, 1.0, 1.0])
    >>> sign_descent(w, np.array([50.0, -0.01, 0.0]), lr=0.1)
    >>> print(w)
    [0.9 1.1 1. ]
    """
    w -= lr * np.sign(g)


def adagrad(w, g, s, *, lr, eps):
    """s <- s + g^2, then w <- w - lr g / (sqrt(s) + eps).

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        s: sum of the squared gradients, same shape, zero before the first step; changed in place.
        lr: learning rate: the length of the first step.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.

    Source: Duchi, Hazan and Singer, JMLR 12 (2011), 2121-2159, figure 1 with a diagonal matrix.

    >>> w, s = np.array([1.0]), np.array([9.0])
    >>> adagrad(w, np.array([4.0]), s, lr=0.5, eps=0.0)
    >>> print(w, s)
    [0.6] [25.]
    """
    s += g**2
    w -= lr * g / (np.sqrt(s) + eps)


def adagrad_inside(w, g, s, *, lr, eps):
    """s <- s + g^2, then w <- w - lr g / sqrt(s + eps).

    Args and source as for `adagrad`; here ``eps`` is in units of the gradient squared.

    >>> w, s = np.array([1.0]), np.zeros(1)
    >>> adagrad_inside(w, np.array([4.0]), s, lr=0.5, eps=9.0)
    >>> print(w, s)
    [0.6] [16.]
    """
    s += g**2
    w -= lr * g / np.sqrt(s + eps)


def rmsprop(w, g, s, *, lr, rho, eps):
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / (sqrt(s) + eps).

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        s: average of the squared gradients, same shape, zero before the first step; changed in
            place.
        lr: learning rate: the length of a step along a weight whose gradient is steady.
        rho: share of the average that is kept, 0 <= rho < 1.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.

    Source: Tieleman and Hinton, Neural Networks for Machine Learning, 2012, lecture 6e.

    >>> w, s = np.array([1.0]), np.zeros(1)
    >>> rmsprop(w, np.array([4.0]), s, lr=0.1, rho=0.75, eps=0.0)
    >>> print(w, s)
    [0.8] [4.]
    """
    ema(s, g**2, beta=rho)
    w -= lr * g / (np.sqrt(s) + eps)


def rmsprop_inside(w, g, s, *, lr, rho, eps):
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / sqrt(s + eps).

    Args and source as for `rmsprop`; here ``eps`` is in units of the gradient squared.

    >>> w, s = np.array([1.0]), np.zeros(1)
    >>> rmsprop_inside(w, np.array([4.0]), s, lr=0.1, rho=0.75, eps=12.0)
    >>> print(w, s)
    [0.9] [4.]
    """
    ema(s, g**2, beta=rho)
    w -= lr * g / np.sqrt(s + eps)


def centred_rmsprop(w, g, c, a, *, lr, rho, eps):
    """RMSProp with the variance: w <- w - lr g / (sqrt(c) + eps), c = average g^2 - (average g)^2.

    The variance is kept as such: c <- rho (c + (1 - rho) (g - a)^2), then a <- rho a + (1 - rho) g.
    That is the same number, and rounding cannot make it negative.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        c: variance of the gradients, same shape, zero before the first step; changed in place.
        a: average of the gradients, likewise.
        lr: learning rate.
        rho: share of the averages that is kept, 0 <= rho < 1.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.

    Source: Graves, arXiv:1308.0850 (2013), equations (38) to (40).

    >>> w, c, a = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> centred_rmsprop(w, np.array([4.0]), c, a, lr=0.1, rho=0.5, eps=0.0)
    >>> print(w, c, a)
    [0.8] [4.] [2.]
    """
    _variance(c, a, g, rho)
    w -= lr * g / (np.sqrt(c) + eps)


def centred_rmsprop_inside(w, g, c, a, *, lr, rho, eps):
    """As `centred_rmsprop`, with w <- w - lr g / sqrt(c + eps).

    Args and source as for `centred_rmsprop`; here ``eps`` is in units of the gradient squared.

    >>> w, c, a = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> centred_rmsprop_inside(w, np.array([4.0]), c, a, lr=0.1, rho=0.5, eps=12.0)
    >>> print(w, c, a)
    [0.9] [4.] [2.]
    """
    _variance(c, a, g, rho)
    w -= lr * g / np.sqrt(c + eps)


def rmsprop_momentum(w, g, s, v, *, lr, rho, beta, eps):
    """RMSProp's step goes through a velocity: v <- beta v - lr g / (sqrt(s) + eps), w <- w + v.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        s: average of the squared gradients, same shape, zero before the first step; changed in
            place.
        v: velocity, likewise.
        lr: learning rate.
        rho: share of the average that is kept, 0 <= rho < 1.
        beta: share of the velocity that is kept, 0 <= beta < 1.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.

    Source: Graves, arXiv:1308.0850 (2013), equations (40) and (41), without the centring.

    >>> w, s, v = np.array([1.0]), np.zeros(1), np.array([0.5])
    >>> rmsprop_momentum(w, np.array([4.0]), s, v, lr=0.1, rho=0.75, beta=0.9, eps=0.0)
    >>> print(w, s, v)
    [1.25] [4.] [0.25]
    """
    ema(s, g**2, beta=rho)
    v *= beta
    v -= lr * g / (np.sqrt(s) + eps)
    w += v


def rmsprop_momentum_inside(w, g, s, v, *, lr, rho, beta, eps):
    """As `rmsprop_momentum`, with v <- beta v - lr g / sqrt(s + eps).

    Args and source as for `rmsprop_momentum`; here ``eps`` is in units of the gradient squared.

    >>> w, s, v = np.array([1.0]), np.zeros(1), np.array([0.5])
    >>> rmsprop_momentum_inside(w, np.array([4.0]), s, v, lr=0.1, rho=0.75, beta=0.9, eps=12.0)
    >>> print(w, s, v)
    [1.35] [4.] [0.35]
    """
    ema(s, g**2, beta=rho)
    v *= beta
    v -= lr * g / np.sqrt(s + eps)
    w += v


# In this order: (g - a)^2 needs the average from before this gradient.
def _variance(c, a, g, rho):
    c += (1 - rho) * (g - a) ** 2
    c *= rho
    ema(a, g, beta=rho)


_HINTON = "Tieleman and Hinton 2012, lecture 6e"
_GRAVES = "Graves, arXiv:1308.0850 (2013), equations (38) to (41)"

SIGN_DESCENT = Rule(
    name="sign descent",
    kernel=sign_descent,
    convention="no memory; every weight moves by lr",
    source="Riedmiller and Braun, ICNN 1993; Bernstein et al., ICML 2018, algorithm 1",
)

ADAGRAD = Rule(
    name="AdaGrad",
    kernel=adagrad,
    defaults={"eps": 1e-10},
    convention="a sum of squares; eps outside the root",
    source="Duchi, Hazan and Singer, JMLR 12 (2011), 2121-2159",
)

ADAGRAD_INSIDE = Rule(
    name="AdaGrad, eps inside",
    kernel=adagrad_inside,
    defaults={"eps": 1e-7},
    convention="a sum of squares; eps inside the root",
    source="Duchi, Hazan and Singer, JMLR 12 (2011), 2121-2159",
)

RMSPROP = Rule(
    name="RMSProp",
    kernel=rmsprop,
    defaults={"rho": 0.9, "eps": 1e-8},
    convention="an average of squares, not corrected for its start; eps outside the root",
    source=_HINTON,
)

RMSPROP_INSIDE = Rule(
    name="RMSProp, eps inside",
    kernel=rmsprop_inside,
    defaults={"rho": 0.9, "eps": 1e-8},
    convention="an average of squares, not corrected for its start; eps inside the root",
    source=_HINTON,
)

CENTRED_RMSPROP = Rule(
    name="centred RMSProp",
    kernel=centred_rmsprop,
    defaults={"rho": 0.9, "eps": 1e-8},
    convention="the variance in place of the average of squares; eps outside the root",
    source=_GRAVES,
)

CENTRED_RMSPROP_INSIDE = Rule(
    name="centred RMSProp, eps inside",
    kernel=centred_rmsprop_inside,
    defaults={"rho": 0.9, "eps": 1e-8},
    convention="the variance in place of the average of squares; eps inside the root",
    source=_GRAVES,
)

RMSPROP_MOMENTUM = Rule(
    name="RMSProp with momentum",
    kernel=rmsprop_momentum,
    defaults={"rho": 0.9, "beta": 0.9, "eps": 1e-8},
    convention="the scaled gradient goes into a sum, lr inside; eps outside the root",
    source=_GRAVES,
)

RMSPROP_MOMENTUM_INSIDE = Rule(
    name="RMSProp with momentum, eps inside",
    kernel=rmsprop_momentum_inside,
    defaults={"rho": 0.9, "beta": 0.9, "eps": 1e-8},
    convention="the scaled gradient goes into a sum, lr inside; eps inside the root",
    source=_GRAVES,
)
