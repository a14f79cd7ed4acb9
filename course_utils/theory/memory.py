"""Momentum and Nesterov on a quadratic, one direction of curvature at a time."""

from __future__ import annotations

import numpy as np


def momentum_matrix(lr, beta, curvature):
    """One step of momentum in one direction: (v, w) <- matrix (v, w), shape (2, 2, ...).

    v <- beta v - lr curvature w, then w <- w + v. Its determinant is beta, its trace
    1 + beta - lr curvature.

    >>> print(momentum_matrix(0.25, 0.5, 2))
    [[ 0.5 -0.5]
     [ 0.5  0.5]]
    """
    beta, z = np.broadcast_arrays(beta, lr * np.asarray(curvature))
    return np.array([[beta, -z], [beta, 1 - z]])


def momentum_limit(beta, curvature):
    """The learning rate from which momentum no longer converges: 2 (1 + beta) / curvature.

    >>> print(momentum_limit(0.5, 3))
    1.0
    """
    return 2 * (1 + np.asarray(beta)) / curvature


def momentum_rate(lr, beta, *curvatures):
    """The rate of momentum: the largest modulus of an eigenvalue of `momentum_matrix`.

    >>> print(momentum_rate(0.1, 0.0, 5), round(momentum_rate(0.04, 0.81, 25, 1), 3))
    0.5 0.9
    """

    def modulus(curvature):
        half_trace = (1 + beta - lr * np.asarray(curvature)) / 2
        under_root = half_trace**2 - beta
        real = np.abs(half_trace) + np.sqrt(np.maximum(under_root, 0))
        # A complex pair has the determinant, beta, for its squared modulus; the zero gives beta the
        # shape of the rest.
        return np.where(under_root < 0, np.sqrt(np.abs(beta + 0 * under_root)), real)

    return np.max([modulus(x) for x in curvatures], axis=0)


def critical_beta(lr, curvature):
    """The beta at which a direction begins to oscillate: (1 - sqrt(lr curvature))^2.

    Above it the eigenvalues of `momentum_matrix` are complex.

    >>> print(critical_beta(0.25, 1))
    0.25
    """
    return (1 - np.sqrt(lr * np.asarray(curvature))) ** 2


def best_momentum(steep, flat):
    """The learning rate and the beta with the best rate of momentum, and that rate.

    Source: Polyak 1964; with kappa = steep / flat the rate is (sqrt kappa - 1) / (sqrt kappa + 1).

    >>> print([float(x) for x in best_momentum(9, 1)])
    [0.25, 0.25, 0.5]
    """
    s, f = np.sqrt(steep), np.sqrt(flat)
    rate = (s - f) / (s + f)
    return (2 / (s + f)) ** 2, rate**2, rate


def gain(beta, alternating=False):
    """Velocity of momentum in units of lr g: 1/(1 - beta) if g stays, 1/(1 + beta) if it flips.

    >>> print(gain(0.5), round(gain(0.5, alternating=True), 3))
    2.0 0.667
    """
    return 1 / (1 + np.asarray(beta)) if alternating else 1 / (1 - np.asarray(beta))


def averaged_limit(beta, curvature):
    """The learning rate from which averaged momentum no longer converges.

    2 (1 + beta) / ((1 - beta) curvature): that of the sum, in the units of the average. With beta1
    it holds for Adam too, if curvature stands for the curvature over sqrt(s).

    >>> print(averaged_limit(0.5, 3))
    2.0
    """
    return momentum_limit(beta, curvature) / (1 - np.asarray(beta))


def damping_threshold(beta):
    """The lr curvature above which momentum shortens a zig-zag of gradient descent: 1 + sqrt beta.

    There the zig-zag shrinks by |1 - lr curvature| per step without momentum and by sqrt beta with
    it; below the threshold it dies faster without.

    >>> print(damping_threshold(0.25))
    1.5
    """
    return 1 + np.sqrt(beta)


def oscillation_period(lr, beta, curvature):
    """How many steps one oscillation of momentum takes; infinite where there is none.

    Where the eigenvalues are complex, sqrt(beta) exp(+-i phi), the period is 2 pi / phi with
    cos phi = (1 + beta - lr curvature) / (2 sqrt beta).

    >>> print(round(oscillation_period(1.25, 0.25, 1), 3), oscillation_period(0.1, 0.25, 1))
    4.0 inf
    """
    z = lr * np.asarray(curvature)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = (1 + beta - z) / (2 * np.sqrt(beta))
        period = 2 * np.pi / np.arccos(np.clip(cosine, -1, 1))
    return np.where(np.abs(cosine) < 1, period, np.inf)[()]


def critical_path(lr, curvature, steps):
    """Share of the distance that is left after 0, 1, ... steps from rest with `critical_beta`.

    (1 + k (1 - r)) r^k with r = 1 - sqrt(lr curvature): as fast as a direction decays without
    oscillating, if lr curvature is at most 1.

    >>> print(critical_path(0.25, 1, 3))
    [1.     0.75   0.5    0.3125]
    """
    r, k = 1 - np.sqrt(lr * curvature), np.arange(steps + 1)
    return (1 + k * (1 - r)) * r**k


def nesterov_matrix(lr, beta, curvature):
    """One step of Nesterov in one direction: (v, w) <- matrix (v, w), shape (2, 2).

    v <- beta v - lr curvature w, then w <- w + beta v - lr curvature w. Its determinant is
    beta (1 - lr curvature), its trace (1 + beta) (1 - lr curvature): those of momentum with
    beta (1 - lr curvature) for its beta.

    >>> print(nesterov_matrix(0.25, 0.5, 2))
    [[ 0.5  -0.5 ]
     [ 0.25  0.25]]
    """
    beta, z = np.broadcast_arrays(beta, lr * np.asarray(curvature))
    return np.array([[beta, -z], [beta**2, 1 - z - beta * z]])


def nesterov_limit(beta, curvature):
    """The learning rate from which Nesterov no longer converges.

    2 (1 + beta) / ((1 + 2 beta) curvature), less than for momentum.

    >>> print(nesterov_limit(0.5, 3))
    0.5
    """
    beta = np.asarray(beta)
    return 2 * (1 + beta) / ((1 + 2 * beta) * curvature)


def nesterov_rate(lr, beta, *curvatures):
    """The rate of Nesterov: the largest modulus of an eigenvalue of `nesterov_matrix`.

    >>> print(nesterov_rate(0.1, 0.0, 5))
    0.5
    """

    def modulus(curvature):
        left = 1 - lr * np.asarray(curvature)
        half_trace, determinant = (1 + beta) * left / 2, beta * left
        under_root = half_trace**2 - determinant
        real = np.abs(half_trace) + np.sqrt(np.maximum(under_root, 0))
        return np.where(under_root < 0, np.sqrt(np.abs(determinant)), real)

    return np.max([modulus(x) for x in curvatures], axis=0)


def nesterov_critical_beta(lr, curvature):
    """The beta at which a direction of Nesterov begins to oscillate, for lr curvature at most 1.

    (1 - r) / (1 + r) with r = sqrt(lr curvature).

    >>> print(round(nesterov_critical_beta(0.25, 1), 3))
    0.333
    """
    r = np.sqrt(lr * np.asarray(curvature))
    return (1 - r) / (1 + r)


def best_nesterov(steep, flat):
    """The learning rate and the beta with the best rate of Nesterov, and that rate.

    Source: Lessard, Recht and Packard 2016: lr = 4 / (3 steep + flat); with kappa = steep / flat
    the rate is 1 - 2 / sqrt(3 kappa + 1).

    >>> print([round(float(x), 3) for x in best_nesterov(5, 1)])
    [0.25, 0.333, 0.5]
    """
    r = np.sqrt(3 * steep / flat + 1)
    return 4 / (3 * steep + flat), (r - 2) / (r + 2), 1 - 2 / r
