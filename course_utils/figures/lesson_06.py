"""The figures of lesson 06, RMSProp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from .labels import label_ends
from .style import canvas, name_axes, tints


def scaled_losses(losses: Mapping[str, Sequence[float]]) -> Figure:
    """Losses of gradient descent on one ravine whose loss is multiplied, by the factor's name."""
    figure, ax = canvas(height=4.0)
    ends = []
    for (name, values), look in zip(losses.items(), tints("gradient descent", 3), strict=True):
        ax.semilogy(values, **look)
        ends.append((name, len(values) - 1, values[-1], look["color"]))
    label_ends(ax, ends)
    name_axes(ax, "step", "loss / c")
    return figure
