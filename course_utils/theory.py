"""What linear algebra predicts for a quadratic, one direction of curvature at a time.

Every function takes numbers or arrays that broadcast. Curvatures are eigenvalues of the Hessian;
a rate is the factor by which the distance to the minimum shrinks per step in the long run.
"""

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


def momentum_matrix(lr, beta, curvature):
    """One step of momentum in one direction: (v, w) <- matrix (v, w), shape (2, 2).

    v <- beta v - lr curvature w, then w <- w + v. Its determinant is beta, its trace
    1 + beta - lr curvature.
    """
    z = lr * curvature
    return np.array([[beta, -z], [beta, 1 - z]])


def momentum_limit(beta, curvature):
    """The learning rate from which momentum no longer converges: 2 (1 + beta) / curvature."""
    return 2 * (1 + np.asarray(beta)) / curvature


def momentum_rate(lr, beta, *curvatures):
    """The rate of momentum: the largest modulus of an eigenvalue of `momentum_matrix`."""

    def modulus(curvature):
        half_trace = (1 + beta - lr * np.asarray(curvature)) / 2
        under_root = half_trace**2 - beta
        real = np.abs(half_trace) + np.sqrt(np.maximum(under_root, 0))
        return np.where(under_root < 0, np.sqrt(np.abs(beta + 0 * under_root)), real)

    return np.max([modulus(x) for x in curvatures], axis=0)


def critical_beta(lr, curvature):
    """The beta at which a direction stops creeping and begins to ring: (1 - sqrt(lr curvature))^2."""
    return (1 - np.sqrt(lr * np.asarray(curvature))) ** 2


def best_momentum(steep, flat):
    """The learning rate and the beta with the best rate of momentum, and that rate.

    Source: Polyak 1964; with kappa = steep / flat the rate is (sqrt kappa - 1) / (sqrt kappa + 1).
    """
    s, f = np.sqrt(steep), np.sqrt(flat)
    rate = (s - f) / (s + f)
    return (2 / (s + f)) ** 2, rate**2, rate


def gain(beta, alternating=False):
    """Velocity of momentum in units of lr g: 1/(1 - beta) if g is steady, 1/(1 + beta) if it flips."""
    return 1 / (1 + np.asarray(beta)) if alternating else 1 / (1 - np.asarray(beta))


def steps_for(factor, rate):
    """How many steps shrink a distance to ``factor`` times itself, at ``rate`` per step."""
    return np.log(factor) / np.log(rate)
