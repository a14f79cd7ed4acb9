"""What clipping does to descent on a quadratic, one direction of curvature at a time.

The gradient of each step is ``curvature * w + noise * z`` as in `noise`, here with a normal z, and
is cut off at ``limit``. Near the minimum the mean clipped gradient is `clipped_slope` times the
mean gradient, and its power is `clipped_power`: Huber's estimator of a location, step by step.
"""

from __future__ import annotations

import math

import numpy as np


def clipped_slope(limit, noise=1.0):
    """By how much clipping slows the way to the minimum at its end: P(noise |z| < limit).

    The derivative of E clip(mean + noise z) at mean 0, erf(limit / (noise sqrt(2))).

    >>> print(clipped_slope(1.0).round(4), clipped_slope(np.array([0.1, 3.0])).round(3))
    0.6827 [0.08  0.997]
    """
    return _erf(np.asarray(limit) / np.asarray(noise) / math.sqrt(2))


def clipped_power(limit, noise=1.0):
    """The mean square of what is left of the noise, E min(noise |z|, limit)^2.

    With c = limit / noise: noise^2 (P - 2 c phi(c) + c^2 (1 - P)), P from `clipped_slope` and phi
    the normal density.

    >>> print(clipped_power(np.array([0.5, 1.0, 5.0])).round(3))
    [0.185 0.516 1.   ]
    """
    c = np.asarray(limit) / np.asarray(noise)
    inside = clipped_slope(limit, noise)
    density = np.exp(-c * c / 2) / math.sqrt(2 * math.pi)
    return np.square(noise) * (inside - 2 * c * density + c * c * (1 - inside))


def clipped_floor(lr, curvature, limit, noise=1.0):
    """The mean loss in the long run under clipped gradients, for short steps.

    lr power / (2 (2 - lr curvature slope)), as `noise_floor` with what clipping leaves of slope
    and power: lr power / (2 slope) of it per step. It holds while w stays where the slope does,
    curvature times its deviation small against the noise.

    >>> print(clipped_floor(0.01, 1.0, np.array([0.5, 50.0])).round(5))
    [0.00121 0.00251]
    """
    slope, power = clipped_slope(limit, noise), clipped_power(limit, noise)
    return lr * power / (2 * slope * (2 - lr * np.asarray(curvature) * slope))


def clipped_price(limit, noise=1.0):
    """The floor with clipping over that without, at a learning rate raised to the old speed.

    power / (noise slope)^2, never below 1 under normal noise: from 1 with a high limit to pi / 2
    with a limit of nearly 0, where only the sign is left.

    Source: Huber, Ann. Math. Statist. 35 (1964), 73-101: the loss of efficiency of his estimator.

    >>> print(clipped_price(np.array([0.001, 1.0, 1.345, 5.0])).round(3))
    [1.57  1.107 1.053 1.   ]
    """
    return clipped_power(limit, noise) / np.square(noise * clipped_slope(limit, noise))


def clipped_minimum(targets, limit):
    """Where clipped gradients w - target of samples cancel: the minimum that clipping finds.

    Without clipping it is the mean of the targets; from a high limit to a low one it moves towards
    their median. It is the minimum of Huber's loss, whose derivative the clipped gradient is.

    Args:
        targets: one a sample, each used as often as the others.
        limit: at which each sample's gradient is clipped, above 0.

    >>> targets = np.array([0.0] * 9 + [10.0])
    >>> print(clipped_minimum(targets, 100.0).round(6), clipped_minimum(targets, 1.0).round(6))
    1.0 0.111111
    """
    targets = np.asarray(targets, dtype=float)
    low, high = targets.min(), targets.max()
    for _ in range(100):  # each halves the interval: below a double's last digit long before 100
        middle = (low + high) / 2
        if np.clip(middle - targets, -limit, limit).sum() < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def value_clipping_angle(weights):
    """The largest angle in degrees by which clipping by value can turn a gradient: its bound.

    arccos(1 / sqrt(weights)), approached by one entry that is far larger than the limit while all
    others equal it, and never reached. Clipping by norm turns nothing.

    >>> print(value_clipping_angle(2).round(1), value_clipping_angle(100).round(1))
    45.0 84.3
    """
    return np.degrees(np.arccos(1 / np.sqrt(np.asarray(weights, dtype=float))))


_erf = np.vectorize(math.erf, otypes=[float])
