"""What an exponential moving average remembers."""

from __future__ import annotations

import numpy as np


def ema_weights(beta, values):
    """The weights of the newest value, the one before, ...: (1 - beta) beta^k for k = 0, 1, ..."""
    return (1 - beta) * beta ** np.arange(values)


def ema_mass(beta, t):
    """What the weights of the t newest values add to: 1 - beta^t; the rest is still on the zero."""
    return 1 - np.asarray(beta) ** t


def window(beta):
    """How many values an average is said to span: 1 / (1 - beta); 1 - 1/e of the weight, about."""
    return 1 / (1 - np.asarray(beta))


def mean_age(beta):
    """How many steps old the average value is: beta / (1 - beta). A ramp is followed that late."""
    return np.asarray(beta) / (1 - np.asarray(beta))


def half_life(beta):
    """After how many steps the weight of a value has halved: log(1/2) / log(beta)."""
    return np.log(0.5) / np.log(beta)


def beta_for_half_life(steps):
    """The beta whose `half_life` is so many steps: 2^(-1/steps)."""
    return 0.5 ** (1 / np.asarray(steps))


def bias_steps(beta, share=0.01):
    """The first step at which the bias towards zero, beta^t, is at most ``share``."""
    return np.ceil(np.log(share) / np.log(beta)).astype(int)[()]


def ema_gain(beta, frequency):
    """How much of a wave the average lets through: (1 - beta) / |1 - beta exp(-i frequency)|.

    Args:
        beta: share of the old average that is kept.
        frequency: in radians per step: 0 is steady, pi changes sign at every step.
    """
    return (1 - beta) / np.abs(1 - beta * np.exp(-1j * np.asarray(frequency)))


def ema_variance(beta):
    """The variance of the average of independent values, over theirs: (1 - beta) / (1 + beta)."""
    return (1 - np.asarray(beta)) / (1 + np.asarray(beta))


def corrected_variance(beta, t):
    """The same for the corrected average of t values: ema_variance (1 + beta^t) / (1 - beta^t)."""
    return ema_variance(beta) * (1 + np.asarray(beta) ** t) / (1 - np.asarray(beta) ** t)


def correction(beta, t):
    """What the average after t values is multiplied with to lose its bias: 1 / (1 - beta^t)."""
    return 1 / ema_mass(beta, t)
