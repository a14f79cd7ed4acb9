"""Curvature of a loss: Hessian products, the largest eigenvalues, slices through a landscape."""

from .hessian import hessian, hessian_vector
from .sharpness import adam_scale, largest_eigenvalues, sharpness
from .slices import filter_normalised, line, plane, random_directions

__all__ = [
    "adam_scale",
    "filter_normalised",
    "hessian",
    "hessian_vector",
    "largest_eigenvalues",
    "line",
    "plane",
    "random_directions",
    "sharpness",
]
