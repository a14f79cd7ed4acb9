"""Batch norm: every unit brought to mean 0 and variance 1 over the samples of a batch."""

from __future__ import annotations

import numpy as np

EPS = 1e-5


def moments(z):
    """Mean and variance of every unit over the samples, each of shape (units, 1).

    The variance is written out, since np.var of complex numbers takes their absolute values.
    """
    n = z.shape[-1]
    mean = z.sum(axis=-1, keepdims=True) / n
    return mean, ((z - mean) ** 2).sum(axis=-1, keepdims=True) / n


def batch_norm(z, gamma, b, statistics=None, eps=EPS):
    """(gamma z_hat + b, z_hat, sd) with z_hat = (z - mean) / sd and sd = sqrt(variance + eps).

    Args:
        z: shape (units, n).
        gamma: what multiplies the normal units, shape (units, 1).
        b: what is added then, shape (units, 1). (The paper calls it beta.)
        statistics: (mean, variance) to use; without them those of z.
        eps: what keeps the root from zero.

    Source: Ioffe and Szegedy, ICML 2015, algorithm 1.
    """
    mean, variance = moments(z) if statistics is None else statistics
    sd = np.sqrt(variance + eps)
    z_hat = (z - mean) / sd
    return gamma * z_hat + b, z_hat, sd


def batch_norm_backward(dy, gamma, z_hat, sd):
    """(dz, db, dgamma), where mean and variance are those of z and move with it."""
    n = dy.shape[-1]
    db = dy.sum(axis=-1, keepdims=True)
    dgamma = (dy * z_hat).sum(axis=-1, keepdims=True)
    return gamma / sd * (dy - db / n - z_hat * dgamma / n), db, dgamma
