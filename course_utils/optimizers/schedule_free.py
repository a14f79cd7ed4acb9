"""Schedule-free descent: the mean of a descent, and a gradient between the mean and the descent.

The authors keep a descent z, its mean x and the point y between them. Here ``w`` is the mean, the
memory v = z - x is how far the descent is ahead of it, and y = w + (1 - beta) v.
"""

from __future__ import annotations

from .rule import Rule


def between(w, v, *, beta, **_):
    """The point at which schedule-free descent takes the gradient: w + (1 - beta) v.

    Source: Defazio et al., NeurIPS 2024, equation (3).

    >>> print(between(np.array([1.0]), np.array([0.5]), beta=0.5))
    [1.25]
    """
    return w + (1 - beta) * v


def schedule_free(w, g, v, *, lr, beta, t):
    """v <- v - lr g, w <- w + v / t, then v <- (1 - 1/t) v.

    A gradient step moves the descent; w becomes the mean of all its places so far; v is what lies
    between.

    Args:
        w: the mean, any shape; changed in place.
        g: gradient at `between`, same shape.
        v: from the mean to the descent, same shape, zero before the first step; changed in place.
        lr: learning rate of the descent.
        beta: share of the mean in the point at which the gradient is taken, 0 <= beta < 1; only
            `between` uses it.
        t: step count 1, 2, ...

    Source: Defazio et al., NeurIPS 2024, arXiv:2405.15682, equations (3) to (5), with the weights
    of a plain mean, c = 1/t at step t.

    >>> w, v = np.array([1.0]), np.zeros(1)
    >>> schedule_free(w, np.array([2.0]), v, lr=0.1, beta=0.9, t=2)
    >>> print(w, v)
    [0.9] [-0.1]
    """
    v -= lr * g
    w += v / t
    v *= 1 - 1 / t


SCHEDULE_FREE = Rule(
    name="schedule-free descent",
    kernel=schedule_free,
    look_ahead=between,
    defaults={"beta": 0.9},
    convention="w is the mean of a descent; the gradient is taken at w + (1 - beta) v",
    source="Defazio et al., NeurIPS 2024, arXiv:2405.15682, equations (3) to (5)",
)
