"""Weights and biases: z = W h + b."""

from __future__ import annotations


def affine(h, W, b):
    """z = W h + b.

    Args:
        h: what the layer reads, shape (inputs, n).
        W: weights, shape (units, inputs).
        b: biases, shape (units, 1).
    """
    return W @ h + b


def affine_backward(dz, h):
    """(dW, db) from dz, shape (units, n). The third slope, of what the layer read, is W^T dz."""
    return dz @ h.mT, dz.sum(axis=-1, keepdims=True)
