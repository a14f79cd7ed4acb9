"""RMSProp, AdaGrad and Adam, one weight at a time; steps are in units of the learning rate."""

from __future__ import annotations

import numpy as np


def rmsprop_first_step(rho):
    """The first step of RMSProp without eps: 1 / sqrt(1 - rho), as its average starts at zero.

    >>> print(round(rmsprop_first_step(0.9), 3))
    3.162
    """
    return 1 / np.sqrt(1 - np.asarray(rho))


def rmsprop_step(rho, t):
    """Step t of RMSProp on a gradient that does not change: 1 / sqrt(1 - rho^t), in the end 1.

    >>> print(rmsprop_step(0.9, np.array([1, 10, 100])).round(3))
    [3.162 1.239 1.   ]
    """
    return 1 / np.sqrt(1 - np.asarray(rho) ** t)


def rmsprop_cycle(lr, curvature=1.0, eps=0.0, inside=False):
    """How far from the minimum RMSProp jumps from side to side for ever; 0 where eps stops it.

    lr/2 without eps; lr/2 - eps/curvature with eps outside the root, and
    sqrt(lr^2/4 - eps/curvature^2) with eps inside.

    >>> print(rmsprop_cycle(0.1), round(rmsprop_cycle(0.1, curvature=2, eps=0.02), 3))
    0.05 0.04
    """
    lr, curvature = np.asarray(lr), np.asarray(curvature)
    if inside:
        return np.sqrt(np.maximum(lr**2 / 4 - eps / curvature**2, 0))
    return np.maximum(lr / 2 - eps / curvature, 0)


def rmsprop_floor(lr, *curvatures):
    """The loss below which RMSProp with eps = 0 does not stay: lr^2 (sum of curvatures) / 8.

    >>> print(round(rmsprop_floor(0.1, 25, 1), 4))
    0.0325
    """
    return np.asarray(lr) ** 2 * sum(curvatures) / 8


def turned_floor(lr, steep, flat, theta):
    """The same floor on a ravine whose axes are turned by ``theta`` radians.

    lr^2 (steep + flat + (steep - flat) |sin 2 theta|) / 8: both weights jump at once, half a step
    to either side, along the diagonal on which the ravine is steeper. (A cycle along the other
    diagonal has a lower loss; runs fall into it from some starts if rho, theta and the ratio of the
    curvatures are all small.)

    >>> print([round(float(turned_floor(0.1, 25, 1, angle)), 4) for angle in (0, np.pi / 4)])
    [0.0325, 0.0625]
    """
    return rmsprop_floor(lr, steep, flat, (steep - flat) * np.abs(np.sin(2 * np.asarray(theta))))


def best_scaled_kappa(kappa, theta):
    """The condition number that is left when each weight of a turned ravine has its best scale.

    Scaled so that both have curvature 1, the Hessian is [[1, q], [q, 1]], and this is
    (1 + |q|) / (1 - |q|).

    >>> print([round(float(best_scaled_kappa(25, angle)), 2) for angle in (0, np.pi / 4)])
    [1.0, 25.0]
    """
    kappa, sin = np.asarray(kappa), np.sin(2 * np.asarray(theta))
    across = (kappa - 1) * np.abs(sin)
    q = across / np.sqrt(across**2 + 4 * kappa)
    return (1 + q) / (1 - q)


def smallest_quiet_eps(lr, curvature, inside=False):
    """The eps from which RMSProp comes to rest at the minimum.

    lr curvature / 2 outside the root, its square inside.

    >>> print(smallest_quiet_eps(0.5, 4), smallest_quiet_eps(1, 4, inside=True))
    1.0 4.0
    """
    eps = lr * np.asarray(curvature) / 2
    return eps**2 if inside else eps


def adagrad_step(t):
    """Step t of AdaGrad on a gradient that does not change: 1 / sqrt t.

    >>> print(adagrad_step(4))
    0.5
    """
    return 1 / np.sqrt(t)


def adagrad_distance(steps):
    """How far AdaGrad has come after so many such steps: 1 + 1/sqrt 2 + ... ~ 2 sqrt(steps).

    >>> print(round(adagrad_distance(100), 2))
    18.59
    """
    return np.sum(adagrad_step(np.arange(1, steps + 1)))


def uncorrected_step(beta1, beta2, t):
    """Step t of Adam without correction on a gradient that does not change.

    (1 - beta1^t) / sqrt(1 - beta2^t); with the correction it is 1.

    >>> print(round(uncorrected_step(0.9, 0.999, 1), 3))
    3.162
    """
    beta1, beta2 = np.asarray(beta1), np.asarray(beta2)
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)


# With beta1 = 0.9 and beta2 from 0.95 on the peak is among the first 20 steps, with beta1 = 0.99
# and beta2 from 0.999 on among the first 140: 10,000 leave room.
def uncorrected_peak(beta1, beta2, steps=10_000):
    """The longest of those steps and its number t, looked for among the first ``steps``.

    Returns:
        t and the step: 12 and 6.57 at 0.9 and 0.999.

    >>> t, length = uncorrected_peak(0.9, 0.999)
    >>> print(t, round(length, 2))
    12 6.57
    """
    lengths = uncorrected_step(beta1, beta2, np.arange(1, steps + 1))
    return int(lengths.argmax()) + 1, float(lengths.max())


def adam_bound(beta1, beta2):
    """The supremum of Adam's step |m| / sqrt(s) over all gradients; infinite if beta1^2 >= beta2.

    (1 - beta1) / sqrt((1 - beta2) (1 - beta1^2 / beta2)), by the Cauchy-Schwarz inequality with the
    weights beta2^k. With the correction it is the limit for large t, and the first step is 1.

    >>> print(round(adam_bound(0.9, 0.999), 2), adam_bound(0.9, 0.81))
    7.27 inf
    """
    beta1, beta2 = np.asarray(beta1, dtype=float), np.asarray(beta2, dtype=float)
    # `np.where` computes what it does not take, too: beta2 = 0 with beta1 = 0 is 0/0 there.
    with np.errstate(divide="ignore", invalid="ignore"):
        room = (1 - beta2) * (1 - np.where(beta1 == 0, 0, beta1**2 / beta2))
        return np.where(room > 0, (1 - beta1) / np.sqrt(np.maximum(room, 0)), np.inf)[()]


def longest_adam_step(beta1, beta2, t, corrected=True):
    """The same for step number t: the longest step that any t gradients can make.

    >>> print([round(float(longest_adam_step(0.9, 0.999, t)), 3) for t in (1, 10, 1000)])
    [1.0, 1.043, 5.781]
    """
    sums = np.sum((beta1**2 / beta2) ** np.arange(t))
    longest = (1 - beta1) / np.sqrt(1 - beta2) * np.sqrt(sums)
    return longest * np.sqrt(1 - beta2**t) / (1 - beta1**t) if corrected else longest


def adversary(beta1, beta2, steps):
    """The gradients that make `longest_adam_step`: (beta1 / beta2)^k for the one k steps ago.

    >>> print(adversary(0.5, 0.8, 3))
    [0.390625 0.625    1.      ]
    """
    return (beta1 / beta2) ** np.arange(steps - 1, -1, -1.0)


def printed_bound(beta1, beta2):
    """The bound on Adam's step that the paper prints, which `adam_bound` can exceed.

    (1 - beta1) / sqrt(1 - beta2) if that is above 1, else 1. Source: Kingma and Ba, ICLR 2015,
    section 2.1.

    >>> print(round(printed_bound(0.9, 0.999), 3), round(printed_bound(0.0, 0.99), 3))
    3.162 10.0
    """
    return np.maximum((1 - np.asarray(beta1)) / np.sqrt(1 - np.asarray(beta2)), 1)
