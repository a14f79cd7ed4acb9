"""The figures of lesson 13, a fair race."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ..svg.palette import SURFACES
from .style import LINES, canvas

FAINT = SURFACES["rule"][0]


def losses_by_rate(curves: Mapping[str, tuple[Any, Any]], measure: str) -> Figure:
    """Losses by learning rate, a panel a rule, in front of the medians of all others.

    The best rate of each is marked by its loss, and what lies within twice of it by a band.

    Args:
        curves: by rule the rates, and for each rate one loss a seed.
        measure: what is on the axis upwards.
    """
    rows = -(-len(curves) // 4)
    figure, panels = canvas(columns=4, rows=rows, width=10.5, height=2.3 * rows + 0.5)
    for ax, (name, (rates, losses)) in zip(panels, curves.items(), strict=False):
        for other_rates, other in curves.values():
            ax.loglog(other_rates, np.median(other, axis=1), color=FAINT, linewidth=0.8, alpha=0.6)
        look, middle = LINES[name], np.median(losses, axis=1)
        ax.fill_between(rates, losses.min(axis=1), losses.max(axis=1), color=look["color"],
                        alpha=0.18, linewidth=0)  # fmt: skip
        ax.loglog(rates, middle, color=look["color"], linewidth=2.4)
        good = middle < 2 * middle.min()
        ax.plot(rates[good], middle[good], look["marker"], color=look["color"], markersize=7)
        ax.set_title(name, color=look["color"], fontweight="bold")
        ax.set_xticks([1e-4, 1e-2, 1, 1e2])
        ax.minorticks_off()
    for ax in panels[len(curves) :]:
        ax.remove()
    limits = [ax.get_xlim() for ax in panels[: len(curves)]]
    for k, ax in enumerate(panels[: len(curves)]):
        ax.set_xlim(min(low for low, _ in limits), max(high for _, high in limits))
        if k >= len(curves) - 4:
            ax.set_xlabel("learning rate η")
        else:
            ax.set_xticklabels([])
        if k % 4:
            ax.set_yticklabels([])
    figure.supylabel(measure, fontsize=12.5)
    return figure
