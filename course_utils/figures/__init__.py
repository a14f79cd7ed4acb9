"""Figures of Matplotlib: trajectories and measurements on given axes, and a computed caption.

Matplotlib takes longer to import than the rest of a lesson: it is imported for the first figure.
"""

from .drawn import Captioned
from .labels import label_ends
from .plots import (
    draw_contours,
    draw_intervals,
    draw_level,
    draw_losses,
    draw_path,
    draw_rates,
)
from .progress import progress
from .style import LINES, beside, canvas, label_end, name_axes, tints

__all__ = [
    "LINES",
    "Captioned",
    "beside",
    "canvas",
    "draw_contours",
    "draw_intervals",
    "draw_level",
    "draw_losses",
    "draw_path",
    "draw_rates",
    "label_end",
    "label_ends",
    "name_axes",
    "progress",
    "tints",
]
