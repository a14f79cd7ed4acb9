"""What an exponential moving average remembers."""

from __future__ import annotations

import numpy as np


def ema_weights(beta, values):
    """The weights of the newest value, the one before, ...: (1 - beta) beta^k for k = 0, 1, ...

    >>> print(ema_weights(0.5, 3))
    [0.5   0.25  0.125]
    """
    return (1 - beta) * beta ** np.arange(values)


def ema_mass(beta, t):
    """What the weights of the t newest values add to: 1 - beta^t; the rest is still on the zero.

    >>> print(ema_mass(0.5, 3))
    0.875
    """
    return 1 - np.asarray(beta) ** t


def window(beta):
    """How many values an average is said to span: 1 / (1 - beta); 1 - 1/e of the weight, about.

    >>> print(round(window(0.9), 3))
    10.0
    """
    return 1 / (1 - np.asarray(beta))


def mean_age(beta):
    """How many steps old the average value is: beta / (1 - beta). A ramp is followed that late.

    >>> print(mean_age(0.5), round(mean_age(0.9), 3))
    1.0 9.0
    """
    return np.asarray(beta) / (1 - np.asarray(beta))


def half_life(beta):
    """After how many steps the weight of a value has halved: log(1/2) / log(beta).

    >>> print(half_life(0.5), round(half_life(0.9), 2))
    1.0 6.58
    """
    return np.log(0.5) / np.log(beta)


def bias_steps(beta, share=0.01):
    """The first step at which the bias towards zero, beta^t, is at most ``share``.

    >>> print(bias_steps(0.9), bias_steps(0.999))
    44 4603
    """
    return np.ceil(np.log(share) / np.log(beta)).astype(int)[()]


def ema_gain(beta, frequency):
    """How much of a wave the average lets through: (1 - beta) / |1 - beta exp(-i frequency)|.

    Args:
        beta: share of the old average that is kept.
        frequency: in radians per step: 0 is steady, pi changes sign at every step.

    >>> print(ema_gain(0.5, 0), round(ema_gain(0.5, np.pi), 3))
    1.0 0.333
    """
    return (1 - beta) / np.abs(1 - beta * np.exp(-1j * np.asarray(frequency)))


def ema_variance(beta):
    """The variance of the average of independent values, over theirs: (1 - beta) / (1 + beta).

    >>> print(round(ema_variance(0.9), 4))
    0.0526
    """
    return (1 - np.asarray(beta)) / (1 + np.asarray(beta))


def correction(beta, t):
    """What the average after t values is multiplied with to lose its bias: 1 / (1 - beta^t).

    >>> print(round(correction(0.9, 1), 3), round(correction(0.9, 50), 3))
    10.0 1.005
    """
    return 1 / ema_mass(beta, t)
