"""Gradient descent on a quadratic, one direction of curvature at a time."""

from __future__ import annotations

import numpy as np


def contraction(lr, curvature):
    """What one step of gradient descent multiplies a coordinate by: 1 - lr curvature.

    Above 1 where the curvature is negative: so a descent leaves a saddle.

    >>> print(contraction(0.05, 25), contraction(0.05, 1), contraction(0.05, -1))
    -0.25 0.95 1.05
    """
    return 1 - lr * np.asarray(curvature)


def descent_limit(curvature):
    """The learning rate from which gradient descent no longer converges: 2 / curvature.

    >>> print(descent_limit(25))
    0.08
    """
    return 2 / np.asarray(curvature)


def descent_rate(lr, *curvatures):
    """The rate of gradient descent: the largest |1 - lr curvature|.

    >>> print(round(descent_rate(0.07, 25, 1), 3))
    0.93
    """
    return np.max([np.abs(contraction(lr, x)) for x in curvatures], axis=0)


def best_descent(steep, flat):
    """The learning rate with the best rate of gradient descent, and that rate.

    Returns:
        2 / (steep + flat) and (kappa - 1) / (kappa + 1) with kappa = steep / flat.

    >>> print(best_descent(3, 1))
    (0.5, 0.5)
    """
    return 2 / (steep + flat), (steep - flat) / (steep + flat)


def worst_angle(kappa):
    """The largest angle, in degrees, between minus the gradient and the way to the minimum.

    >>> print(worst_angle(1), round(worst_angle(25), 1))
    0.0 67.4
    """
    return np.degrees(np.arccos(2 * np.sqrt(kappa) / (kappa + 1)))


def bounce(lr, curvature, width):
    """Where gradient descent bounces for ever between walls of bounded slope.

    For f = A (sqrt(1 + (x/width)^2) - 1) with curvature A / width^2 at the floor the two points
    are +-width sqrt((lr curvature / 2)^2 - 1), as soon as lr is above 2 / curvature.

    >>> print(round(bounce(0.05, 80, 0.25), 3))
    0.433
    """
    return width * np.sqrt((lr * curvature / 2) ** 2 - 1)


def steps_for(factor, rate):
    """How many steps shrink a distance to ``factor`` times itself, at ``rate`` per step.

    >>> print(round(steps_for(0.001, 0.5), 2))
    9.97
    """
    return np.log(factor) / np.log(rate)
