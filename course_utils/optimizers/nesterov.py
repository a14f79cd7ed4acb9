"""Nesterov's momentum: the gradient is asked where the velocity is about to lead.

One idea, two ways to write it down. With a constant beta they are one path seen from two places:
the framework's w is the point w + beta v at which the paper takes its gradient.
"""

from __future__ import annotations

from .momentum import momentum
from .rule import Rule


def look_ahead(w, v, *, beta, **_):
    """The point at which Nesterov's momentum takes the gradient: w + beta v.

    Source: Sutskever et al., ICML 2013, equation (3). What follows is the step of `momentum`.

    >>> print(look_ahead(np.array([1.0]), np.array([0.5]), beta=0.5))
    [1.25]
    """
    return w + beta * v


def nesterov(w, g, v, *, lr, beta):
    """The framework form: v <- beta v - lr g, then w <- w + beta v - lr g.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        v: velocity, same shape, zero before the first step; changed in place.
        lr: learning rate.
        beta: share of the velocity that is kept, 0 <= beta < 1.

    Source: Nesterov, Soviet Mathematics Doklady 27 (1983), 372-376; in this form Bengio et al.,
    Advances in optimizing recurrent networks, ICASSP 2013.

    >>> w, v = np.array([1.0]), np.zeros(1)
    >>> nesterov(w, np.array([2.0]), v, lr=0.1, beta=0.9)
    >>> print(w, v)
    [0.62] [-0.2]
    """
    v *= beta
    v -= lr * g
    w += beta * v - lr * g


NESTEROV = Rule(
    name="Nesterov",
    kernel=nesterov,
    defaults={"beta": 0.9},
    convention="a sum, with the learning rate inside the velocity; w is the point that looks ahead",
    source="Nesterov 1983; in this form Bengio et al., ICASSP 2013",
)

NESTEROV_LOOK_AHEAD = Rule(
    name="Nesterov, looking ahead",
    kernel=momentum,
    look_ahead=look_ahead,
    defaults={"beta": 0.9},
    convention="momentum, with the gradient taken at w + beta v",
    source="Nesterov 1983; in this form Sutskever et al., ICML 2013, equations (3) and (4)",
)
