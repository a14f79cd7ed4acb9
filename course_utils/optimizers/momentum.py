"""Momentum: gradient descent that remembers where it was going.

One idea, three ways to write it down. They make the same path as long as nothing changes on the
way, if the learning rates are converted; lesson 04 proves when they part.
"""

from __future__ import annotations

from collections.abc import Callable

from .rule import Rule


# Each line changes the caller's arrays; v = beta * v - lr * g would name a new array, and the
# velocity would be lost when the kernel returns.
def momentum(w, g, v, *, lr, beta):
    """The sum: v <- beta v - lr g, then w <- w + v.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        v: velocity, same shape, zero before the first step; changed in place.
        lr: learning rate.
        beta: share of the velocity that is kept, 0 <= beta < 1.

    Source: Polyak, USSR Comput. Math. Math. Phys. 4 (1964), 1-17; in this form Sutskever et al.,
    ICML 2013, equations (1) and (2).

    >>> w, v = np.array([1.0]), np.array([0.5])
    >>> momentum(w, np.array([2.0]), v, lr=0.1, beta=0.9)
    >>> print(w, v)
    [1.25] [0.25]
    """
    v *= beta
    v -= lr * g
    w += v


def averaged_momentum(w, g, v, *, lr, beta):
    """The average: v <- beta v + (1 - beta) g, then w <- w - lr v.

    Args and source as for `momentum`; here ``v`` is in units of the gradient.

    >>> w, v = np.array([1.0]), np.zeros(1)
    >>> averaged_momentum(w, np.array([2.0]), v, lr=0.1, beta=0.9)
    >>> print(w, v)
    [0.98] [0.2]
    """
    v *= beta
    v += (1 - beta) * g
    w -= lr * v


def momentum_rate_outside(w, g, v, *, lr, beta):
    """The sum with the learning rate outside: v <- beta v + g, then w <- w - lr v.

    Args and source as for `momentum`; here ``v`` is in units of the gradient.

    >>> w, v = np.array([1.0]), np.zeros(1)
    >>> momentum_rate_outside(w, np.array([2.0]), v, lr=0.1, beta=0.9)
    >>> print(w, v)
    [0.8] [2.]
    """
    v *= beta
    v += g
    w -= lr * v


def momentum_l2(w, g, v, *, lr, beta, decay):
    """Momentum on a loss with a penalty: v <- beta v + g + decay w, w <- w - lr v.

    Args as for `momentum_rate_outside`; ``decay`` is the weight of the penalty decay |w|^2 / 2,
    0 <= decay.

    >>> w, v = np.array([1.0]), np.zeros(1)
    >>> momentum_l2(w, np.array([0.0]), v, lr=0.1, beta=0.9, decay=0.5)
    >>> print(w, v)
    [0.95] [0.5]
    """
    v *= beta
    v += g + decay * w
    w -= lr * v


def anneal(first: float, last: float, steps: int) -> Callable[[int], float]:
    """A setting that moves in a straight line from ``first`` to ``last`` in ``steps`` steps.

    Returns:
        A function of the step count t = 1, 2, ...; after ``steps`` it stays at ``last``.

    Raises:
        ValueError: ``steps`` is below 1.

    >>> setting = anneal(1.0, 0.0, steps=5)
    >>> print([setting(t) for t in (1, 2, 5, 6)])
    [1.0, 0.75, 0.0, 0.0]
    """
    if steps < 1:
        raise ValueError(f"Annealing takes at least one step, not {steps}: pass steps=1 or more.")

    def setting(t: int) -> float:
        share = min((t - 1) / max(steps - 1, 1), 1.0)
        return first + share * (last - first)

    return setting


MOMENTUM = Rule(
    name="momentum",
    kernel=momentum,
    defaults={"beta": 0.9},
    convention="a sum, with the learning rate inside the velocity",
    source="Polyak 1964; Sutskever et al., ICML 2013, equations (1) and (2)",
)

AVERAGED_MOMENTUM = Rule(
    name="averaged momentum",
    kernel=averaged_momentum,
    defaults={"beta": 0.9},
    convention="an average, with the learning rate outside",
    source="Kingma and Ba, ICLR 2015, algorithm 1, first moment without its correction",
)

MOMENTUM_RATE_OUTSIDE = Rule(
    name="momentum, rate outside",
    kernel=momentum_rate_outside,
    defaults={"beta": 0.9},
    convention="a sum, with the learning rate outside the velocity",
    source="PyTorch documentation, torch.optim.SGD",
)

MOMENTUM_L2 = Rule(
    name="momentum with L2",
    kernel=momentum_l2,
    defaults={"beta": 0.9, "decay": 1e-4},
    convention="a sum, with the learning rate outside; the decay goes through the gradient, and so "
    "through the velocity",
    source="PyTorch documentation, torch.optim.SGD with weight_decay; the decay of He et al., CVPR "
    "2016, section 3.4",
)
