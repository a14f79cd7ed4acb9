"""Gradient descent on a quadratic, one direction of curvature at a time."""

from __future__ import annotations

import numpy as np


def contraction(lr, curvature):
    """What one step of gradient descent multiplies a coordinate by: 1 - lr curvature."""
    return 1 - lr * np.asarray(curvature)


def descent_limit(curvature):
    """The learning rate from which gradient descent no longer converges: 2 / curvature."""
    return 2 / np.asarray(curvature)


def descent_rate(lr, *curvatures):
    """The rate of gradient descent: the largest |1 - lr curvature|."""
    return np.max([np.abs(contraction(lr, x)) for x in curvatures], axis=0)


def best_descent(steep, flat):
    """The learning rate with the best rate of gradient descent, and that rate.

    Returns:
        2 / (steep + flat) and (kappa - 1) / (kappa + 1) with kappa = steep / flat.
    """
    return 2 / (steep + flat), (steep - flat) / (steep + flat)


def worst_angle(kappa):
    """The largest angle, in degrees, between minus the gradient and the way to the minimum."""
    return np.degrees(np.arccos(2 * np.sqrt(kappa) / (kappa + 1)))


def bounce(lr, curvature, width):
    """Where gradient descent bounces for ever between walls of bounded slope.

    For f = A (sqrt(1 + (x/width)^2) - 1) with curvature A / width^2 at the floor the two points
    are +-width sqrt((lr curvature / 2)^2 - 1), as soon as lr is above 2 / curvature.
    """
    return width * np.sqrt((lr * curvature / 2) ** 2 - 1)


def steps_for(factor, rate):
    """How many steps shrink a distance to ``factor`` times itself, at ``rate`` per step."""
    return np.log(factor) / np.log(rate)
