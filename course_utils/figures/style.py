"""One cast, one palette: colours, dashes and markers that mean the same in every figure.

Colours are dark enough for white paper and apart for colour-blind readers; none stands alone.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, MUTED, DEPTH = "#1f2328", "#57606a", "#2f6db3"

LINES: dict[str, dict[str, Any]] = {
    "gradient descent": {"color": "#5f6368", "linestyle": (0, (5, 2)), "marker": "o"},
    "momentum": {"color": "#00735c", "linestyle": "-", "marker": "s"},
    "averaged momentum": {"color": "#7a3e9d", "linestyle": (0, (1, 1.5)), "marker": "^"},
    "momentum, rate outside": {"color": "#a3195b", "linestyle": (0, (6, 2, 1, 2)), "marker": "D"},
    "Nesterov": {"color": "#2b2f9e", "linestyle": (0, (8, 2, 2, 2)), "marker": "v"},
    "Newton": {"color": "#8a5a00", "linestyle": (0, (7, 1.5)), "marker": "P"},
    "damped Newton": {"color": "#98600f", "linestyle": (0, (3, 1.5)), "marker": "X"},
    "saddle-free Newton": {"color": "#5c4b00", "linestyle": "-", "marker": "*"},
    "exact line search": {"color": "#67707a", "linestyle": (0, (4, 1.5, 1, 1.5)), "marker": "d"},
    "sign descent": {"color": "#4a4f57", "linestyle": (0, (2, 2)), "marker": "x"},
    "AdaGrad": {"color": "#5c6600", "linestyle": (0, (3, 2)), "marker": "<"},
    "RMSProp": {"color": "#6a3fa0", "linestyle": (0, (9, 2)), "marker": "p"},
    "Adam": {"color": "#a8124f", "linestyle": (0, (10, 2, 2, 2, 2, 2)), "marker": "h"},
    "AMSGrad": {"color": "#00687d", "linestyle": (0, (5, 2, 1.5, 2)), "marker": "H"},
    "full-matrix AdaGrad": {"color": "#1d4fa0", "linestyle": "-", "marker": "8"},
    "Shampoo": {"color": "#00617a", "linestyle": (0, (12, 2)), "marker": "d"},
    "Muon": {"color": "#6b3d00", "linestyle": (0, (6, 1.5, 1, 1.5, 1, 1.5)), "marker": ">"},
    "AdamW": {"color": "#6f3a10", "linestyle": (0, (1, 2)), "marker": "*"},
    "Adam (4 settings)": {"color": "#c2306b", "linestyle": (0, (4, 2, 1, 2)), "marker": "8"},
    "w1": {"color": "#b84a00", "linestyle": "-", "marker": "o"},
    "w2": {"color": "#0062a3", "linestyle": (0, (5, 2)), "marker": "s"},
    "plain": {"color": "#54595f", "linestyle": (0, (2, 2)), "marker": "o"},
    "skips": {"color": "#00637a", "linestyle": "-", "marker": "D"},
    "batch norm": {"color": "#8f4400", "linestyle": (0, (6, 2)), "marker": "s"},
    "both": {"color": "#5b3aa6", "linestyle": (0, (7, 2, 1.5, 2)), "marker": "^"},
    "predicted": {"color": INK, "linestyle": (0, (1, 1.5)), "marker": ""},
}

_RC = {
    "font.size": 12.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "lines.linewidth": 2.2,
    "font.family": "DejaVu Sans",
    "axes.unicode_minus": True,
}


def canvas(columns: int = 1, width: float = 9.0, height: float = 4.0) -> tuple[Figure, Any]:
    """An empty figure on white and its axes: one, or a list of them side by side.

    Args:
        columns: how many axes.
        width, height: of the figure, in inches.
    """
    import matplotlib

    with matplotlib.rc_context(_RC):
        figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
        axes = figure.subplots(1, columns)
    return figure, axes if columns == 1 else list(axes)


def name_axes(ax: Axes, across: str, up: str, title: str = "") -> None:
    """Name both axes, and the panel."""
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    if title:
        ax.set_title(title)


def label_end(ax: Axes, x: float, y: float, words: str, color: str, **place: Any) -> None:
    """Write a word at the object that it names."""
    offset = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", **place}
    ax.annotate(words, (x, y), color=color, fontweight="bold", annotation_clip=False, **offset)
