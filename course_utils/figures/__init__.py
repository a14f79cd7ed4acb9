"""Figures of Matplotlib: trajectories and measurements on given axes, and a computed caption.

Matplotlib takes nearly as long to import as all else in a lesson: the first figure imports it.
"""

from .drawn import Captioned
from .labels import label_ends
from .plots import (
    draw_contours,
    draw_intervals,
    draw_level,
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
    "draw_path",
    "draw_rates",
    "label_end",
    "label_ends",
    "name_axes",
    "progress",
    "tints",
]
