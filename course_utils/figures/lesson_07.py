"""The figures of lesson 07, Adam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ..svg.colour import between
from ..svg.palette import INK, SURFACES
from .plots import draw_level
from .style import LINES, canvas, label_end, name_axes

COLOR = LINES["Adam"]["color"]


def longest_steps(
    steps: Sequence[int], corrected: Sequence[float], bare: Sequence[float],
    levels: Mapping[str, float],
) -> Figure:  # fmt: skip
    """The longest step that t gradients can make, with and without the correction.

    Args:
        steps: the numbers of gradients.
        corrected, bare: the longest step in units of the rate, with the correction and without.
        levels: named heights.
    """
    figure, ax = canvas(height=4.0)
    for name, lengths, dash, share, place in (
        ("corrected", corrected, LINES["Adam"]["linestyle"], 0.75, {"xytext": (8, -4)}),
        ("not corrected", bare, (0, (1.5, 1.5)), 0.6, {"xytext": (10, -6)}),
    ):
        ax.semilogx(steps, lengths, color=COLOR, linestyle=dash)
        # At a height that no level crosses
        height = share * max(levels.values())
        at = int(np.argmax(np.asarray(lengths) >= height))
        label_end(ax, steps[at], lengths[at], name, COLOR, **place)
    for words, height in levels.items():
        draw_level(ax, height, words)
    name_axes(ax, "step t", "longest possible step, in η")
    return figure


def windows(
    across: Any, up: Any, maps: Mapping[str, Any], settings: Mapping[str, tuple[float, float]]
) -> Figure:
    """Maps of the longest step by the two windows, and settings on them.

    Args:
        across, up: the windows 1/(1 − β1) and 1/(1 − β2).
        maps: by title the longest step, in units of the rate, at each pair; infinite if unbounded.
        settings: named pairs of β1 and β2.
    """
    # White stays where the longest step is η, to a hundredth.
    levels = (1.01, 1.5, 2, 3, 5, 10, 20, 1e3)
    card = SURFACES["card"][0]
    colors = [between((card, COLOR), share) for share in np.linspace(0.12, 0.75, len(levels) - 1)]
    figure, panels = canvas(columns=2, width=10, height=4.8)
    for ax, (title, heights) in zip(panels, maps.items(), strict=True):
        bounded = np.where(np.isfinite(heights), heights, np.nan)
        ax.contourf(across, up, bounded, levels, colors=colors)
        # Next to where there is no bound the lines lie too near to each other to be told apart.
        calm = np.where(up[:, None] >= across[None, :], bounded, np.nan)
        lines = ax.contour(across, up, calm, levels[1:-1], colors=[INK], linewidths=0.8)
        ax.clabel(lines, fmt="%g", fontsize=12)
        ax.set(xscale="log", yscale="log", xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
        if np.isinf(heights).any():
            ax.contourf(across, up, np.isinf(heights), [0.5, 1.5], colors="none", hatches=["///"])
            ax.text(0.97, 0.06, "no bound", transform=ax.transAxes, ha="right", color=INK,
                    fontweight="bold", bbox={"facecolor": card, "edgecolor": "none"})  # fmt: skip
        for name, (one, two) in settings.items():
            x, y = 1 / (1 - one), 1 / (1 - two)
            ax.plot(x, y, "o", color=INK, markersize=7, markeredgecolor=card)
            behind = {"facecolor": card, "alpha": 0.7, "edgecolor": "none", "pad": 1.5}
            label_end(ax, x, y, name, INK, xytext=(9, 0), bbox=behind)
        name_axes(ax, "window of m, 1/(1 − β1)", "window of s, 1/(1 − β2)", title)
    return figure
