"""A whole layer: activation, affine map, batch norm if it has a gamma, skip if it is asked for."""

from __future__ import annotations

from .affine import affine, affine_backward
from .batch_norm import EPS, batch_norm, batch_norm_backward
from .residual import residual, residual_backward


def layer(z, weights, phi, skip=False, statistics=None, eps=EPS):
    """The next z from the last one, and what the backward pass will need.

    Args:
        z: what the layer reads, before the activation; shape (inputs, n).
        weights: (W, b), or (W, b, gamma) for batch norm.
        phi: an `Activation`, or None for the first layer, which reads data.
        skip: whether z is added to the result.
        statistics: for batch norm, see there.
        eps: for batch norm, see there.
    """
    W, b, *gamma = weights
    h = phi.function(z) if phi else z
    if gamma:
        new, *normal = batch_norm(W @ h, *gamma, b, statistics, eps)
    else:
        new, normal = affine(h, W, b), None
    return residual(z, new) if skip else new, (h, normal)


def layer_backward(d, memory, weights, phi, skip=False):
    """The slope with respect to z, and the slopes of the weights in their order.

    The first slope is None for the first layer, since nobody asks for it.
    """
    W, _, *gamma = weights
    h, normal = memory
    past, d = residual_backward(d) if skip else (0, d)
    if gamma:
        d, db, dgamma = batch_norm_backward(d, *gamma, *normal)
        slopes = d @ h.mT, db, dgamma
    else:
        slopes = affine_backward(d, h)
    if phi is None:
        return None, slopes
    return (W.mT @ d) * phi.slope(h) + past, slopes
