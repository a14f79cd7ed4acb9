"""The layers of a network: each a function, its backward pass beside it.

A backward pass takes the slope of the loss with respect to what the layer gave, and returns the
slopes with respect to what it took. Its first argument, d and the name of the result, is an array
of that result's shape. Arrays are (units, samples), with axes
before these where copies of a layer stand side by side; complex numbers are welcome everywhere.
"""

from .affine import affine, affine_backward
from .batch_norm import EPS, batch_norm, batch_norm_backward, moments
from .layer import layer, layer_backward
from .residual import residual, residual_backward

__all__ = [
    "EPS",
    "affine",
    "affine_backward",
    "batch_norm",
    "batch_norm_backward",
    "layer",
    "layer_backward",
    "moments",
    "residual",
    "residual_backward",
]
