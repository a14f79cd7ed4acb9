"""Pictures as SVG: panels, tracks that move with the step, stills, animations, one palette."""

from .animation import animated_svg
from .caption import Captioned, filmstrip
from .panel import Panel, minus, nice_limit, number, points, power_of_ten, text
from .picture import Picture, document
from .pieces import (
    Piece,
    arrows,
    bars,
    contour_map,
    counter,
    cross,
    curve,
    legend,
    level,
    padded,
    split_step,
    together,
    trail,
)
from .track import Track, arrow

__all__ = [
    "Captioned",
    "Panel",
    "Picture",
    "Piece",
    "Track",
    "animated_svg",
    "arrow",
    "arrows",
    "bars",
    "contour_map",
    "counter",
    "cross",
    "curve",
    "document",
    "filmstrip",
    "legend",
    "level",
    "minus",
    "nice_limit",
    "number",
    "padded",
    "points",
    "power_of_ten",
    "split_step",
    "text",
    "together",
    "trail",
]
