"""The figures of lesson 10, when Adam fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from ..svg.palette import INK
from .labels import label_ends
from .plots import draw_level
from .style import LINES, canvas, label_end, name_axes


def failing_walks(ways: Mapping[str, Sequence[float]], shown: int) -> Figure:
    """The first steps of each rule on slopes 3, −1, −1, between the best point and the worst."""
    figure, ax = canvas(width=7.0, height=3.6)
    ends = []
    for name, way in ways.items():
        ax.plot(way[: shown + 1], **{**LINES[name], "marker": "", "linestyle": "-"})
        ends.append((name, shown, way[shown], LINES[name]["color"]))
    draw_level(ax, -1, "best")
    draw_level(ax, 1, "worst")
    label_ends(ax, ends)
    name_axes(ax, "step", "x")
    return figure


def ends_by_memory(tried: Sequence[float], ends: Sequence[float], turn: float) -> Figure:
    """Where Adam ends by β2, and where the theory says that it turns."""
    figure, ax = canvas(width=7.0, height=3.2)
    ax.plot(tried, ends, **{**LINES["Adam"], "linestyle": ""}, markersize=9)
    draw_level(ax, -1, "")
    draw_level(ax, 1, "")
    for y, words, up in ((1, "worst", -12), (-1, "best", 12)):
        label_end(ax, 0.02, y, words, LINES["Adam"]["color"], xytext=(0, up))
    ax.axvspan(turn, 1, color=INK, alpha=0.06, linewidth=0)
    ax.axvline(turn, **LINES["predicted"])
    label_end(ax, turn, 0.0, f"predicted turn, {turn:.3f}", INK, xytext=(-8, 0), ha="right")
    ax.set(xlim=(-0.02, 1.01), ylim=(-1.3, 1.3))
    name_axes(ax, "β2", "x at the end")
    return figure
