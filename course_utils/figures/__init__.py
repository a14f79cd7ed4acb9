"""Drawing: trajectories on given axes, pictures in layers, and figures with a computed caption."""

from .caption import Captioned
from .plots import draw_dots, draw_ground, draw_level, draw_losses, draw_path, draw_spread
from .style import LINES, canvas, label_end, name_axes

__all__ = [
    "LINES",
    "Captioned",
    "canvas",
    "draw_dots",
    "draw_ground",
    "draw_level",
    "draw_losses",
    "draw_path",
    "draw_spread",
    "label_end",
    "name_axes",
]
