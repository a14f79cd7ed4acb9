"""What gradient noise does on a quadratic, one direction of curvature at a time.

The gradient of each step is ``curvature * w + noise * z`` with an independent z of mean 0 and
variance 1: a mini-batch of B independent samples has noise^2 = (variance of one sample) / B.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def noise_variance(lr, curvature, noise=1.0, beta=0.0):
    """The variance of w in the long run under gradient noise; infinite beyond the limit.

    lr noise^2 (1 + beta) / (curvature (1 - beta) (2 (1 + beta) - lr curvature)), the solution of a
    discrete Lyapunov equation; without momentum lr noise^2 / (curvature (2 - lr curvature)).

    Source: Liu, Ziyin and Ueda, ICML 2021, arXiv:2012.03636.

    >>> print(noise_variance(1.0, 1.0), noise_variance(2.0, 1.0))
    1.0 inf
    """
    lr, beta, curvature = map(np.asarray, (lr, beta, curvature))
    left = 2 * (1 + beta) - lr * curvature
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = lr * np.square(noise) * (1 + beta) / (curvature * (1 - beta) * left)
    return np.where(left > 0, variance, np.inf)[()]


def noise_covariance(lr, curvature, noise=1.0, beta=0.0):
    """The covariance of (v, w) in the long run, shape (2, 2, ...), v in steps as in `momentum`.

    With V the variance of w: cov(v, w) = lr curvature V / (1 + beta), and var(v) is twice that.

    >>> print(noise_covariance(1.0, 1.0))
    [[2. 1.]
     [1. 1.]]
    """
    variance = noise_variance(lr, curvature, noise, beta)
    both = lr * np.asarray(curvature) * variance / (1 + np.asarray(beta))
    return np.array([[2 * both, both], [both, variance]])


def noise_floor(lr, beta, noise, *curvatures):
    """The mean loss in the long run: the sum of curvature / 2 times `noise_variance`.

    >>> print(noise_floor(1.0, 0.0, 1.0, 1.0))
    0.5
    """
    return sum(x / 2 * noise_variance(lr, x, noise, beta) for x in curvatures)


def temperature(lr, noise=1.0, beta=0.0):
    """lr noise^2 / (2 (1 - beta)): where lr curvature is small, twice the floor per direction.

    Source: Mandt, Hoffman and Blei, JMLR 18 (2017), arXiv:1704.04289; with the batch size and the
    momentum Smith and Le, ICLR 2018, arXiv:1710.06451.

    >>> print(temperature(0.5, noise=2.0), temperature(0.5, noise=2.0, beta=0.5))
    1.0 2.0
    """
    return np.asarray(lr) * np.square(noise) / (2 * (1 - np.asarray(beta)))


def noisy_path(
    lr: Any, beta: Any, curvature: Any, noise: Any, start: Any, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of w after 0, 1, ... steps of momentum under gradient noise, exactly.

    Args:
        lr, beta: numbers, arrays, or functions of the step count t = 1, 2, ...
        curvature, noise, start: numbers or arrays that broadcast with them.
        steps: how many steps.

    Returns:
        Two arrays of shape (steps + 1, ...).

    >>> means, variances = noisy_path(0.5, 0.0, 1.0, 1.0, start=8.0, steps=2)
    >>> print(means, variances)
    [8. 4. 2.] [0.     0.25   0.3125]
    """
    at = lambda setting, t: setting(t) if callable(setting) else setting  # noqa: E731
    curvature, power = np.asarray(curvature, dtype=float), np.square(noise)
    shape = np.broadcast_shapes(
        *(np.shape(x) for x in (at(lr, 1), at(beta, 1), curvature, power, start))
    )
    w, v, vv, vw, ww = np.zeros((5, *shape))
    w += start
    means, variances = np.empty((2, steps + 1, *shape))
    means[0], variances[0] = w, ww
    for t in range(1, steps + 1):
        rate, kept = at(lr, t), at(beta, t)
        z = rate * curvature
        v = kept * v - z * w
        w = w + v
        # cov(new v, old w): the two variances below are written in it.
        moved = kept * vw - z * ww
        vv = kept * (kept * vv - z * vw) - z * moved + rate * rate * power
        vw, ww = moved + vv, ww + 2 * moved + vv
        means[t], variances[t] = w, ww
    return means, variances
