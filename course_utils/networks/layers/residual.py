"""The residual connection, or skip: what a layer reads is added to what it computes."""

from __future__ import annotations


def residual(h, f):
    """h + f: the input of a layer and what the layer computes from it, both of one shape.

    Source: He et al., CVPR 2016, equation (1).
    """
    return h + f


def residual_backward(d):
    """(dh, df) from d: a sum hands its slope on to both summands, undiminished."""
    return d, d
