"""One cast, one palette: colours, dashes and markers that mean the same in every figure.

Colours are dark enough for white paper and apart for colour-blind readers; none stands alone.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .. import optimizers as o
from ..optimizers import Rule

INK, MUTED, DEPTH = "#1f2328", "#57606a", "#2f6db3"


class Lines(dict):
    """Looks by rule, or by word for what is no rule; a rule is also found under its name."""

    def __missing__(self, word: object) -> dict[str, Any]:
        for key, look in self.items():
            if isinstance(key, Rule) and key.name == word:
                return look
        raise KeyError(word)


LINES: dict[Rule | str, dict[str, Any]] = Lines({
    o.GRADIENT_DESCENT: {"color": "#5f6368", "linestyle": (0, (5, 2)), "marker": "o"},
    o.MOMENTUM: {"color": "#00735c", "linestyle": "-", "marker": "s"},
    o.AVERAGED_MOMENTUM: {"color": "#7a3e9d", "linestyle": (0, (1, 1.5)), "marker": "^"},
    o.MOMENTUM_RATE_OUTSIDE: {"color": "#a3195b", "linestyle": (0, (6, 2, 1, 2)), "marker": "D"},
    o.NESTEROV: {"color": "#2b2f9e", "linestyle": (0, (8, 2, 2, 2)), "marker": "v"},
    o.NEWTON: {"color": "#8a5a00", "linestyle": (0, (7, 1.5)), "marker": "P"},
    o.DAMPED_NEWTON: {"color": "#98600f", "linestyle": (0, (3, 1.5)), "marker": "X"},
    o.SADDLE_FREE_NEWTON: {"color": "#5c4b00", "linestyle": "-", "marker": "*"},
    o.EXACT_LINE_SEARCH: {"color": "#67707a", "linestyle": (0, (4, 1.5, 1, 1.5)), "marker": "d"},
    o.SIGN_DESCENT: {"color": "#4a4f57", "linestyle": (0, (2, 2)), "marker": "x"},
    o.ADAGRAD: {"color": "#5c6600", "linestyle": (0, (3, 2)), "marker": "<"},
    o.RMSPROP: {"color": "#6a3fa0", "linestyle": (0, (9, 2)), "marker": "p"},
    o.ADAM: {"color": "#a8124f", "linestyle": (0, (10, 2, 2, 2, 2, 2)), "marker": "h"},
    o.AMSGRAD: {"color": "#00687d", "linestyle": (0, (5, 2, 1.5, 2)), "marker": "H"},
    o.FULL_ADAGRAD: {"color": "#1d4fa0", "linestyle": "-", "marker": "8"},
    o.SHAMPOO: {"color": "#00617a", "linestyle": (0, (12, 2)), "marker": "d"},
    o.MUON: {"color": "#6b3d00", "linestyle": (0, (6, 1.5, 1, 1.5, 1, 1.5)), "marker": ">"},
    o.ADAMW: {"color": "#6f3a10", "linestyle": (0, (1, 2)), "marker": "*"},
    "Adam (4 settings)": {"color": "#c2306b", "linestyle": (0, (4, 2, 1, 2)), "marker": "8"},
    "w1": {"color": "#b84a00", "linestyle": "-", "marker": "o"},
    "w2": {"color": "#0062a3", "linestyle": (0, (5, 2)), "marker": "s"},
    "plain": {"color": "#54595f", "linestyle": (0, (2, 2)), "marker": "o"},
    "skips": {"color": "#00637a", "linestyle": "-", "marker": "D"},
    "batch norm": {"color": "#8f4400", "linestyle": (0, (6, 2)), "marker": "s"},
    "both": {"color": "#5b3aa6", "linestyle": (0, (7, 2, 1.5, 2)), "marker": "^"},
    "predicted": {"color": INK, "linestyle": (0, (1, 1.5)), "marker": ""},
})  # fmt: skip

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
