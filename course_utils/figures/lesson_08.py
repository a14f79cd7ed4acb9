"""The figures of lesson 08, the axes matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .labels import label_ends
from .plots import draw_rates
from .style import LINES, canvas, name_axes


def losses_by_rate(trials: Mapping[str, Mapping[str, Mapping[float, Any]]]) -> Figure:
    """Training losses by learning rate, a panel a schedule, named where each curve ends.

    Args:
        trials: by schedule and rule, for each rate one loss a seed.
    """
    figure, panels = canvas(columns=2, width=11.5, height=4.8)
    low, high = 3e-3, 30.0
    for ax, (how, rules) in zip(panels, trials.items(), strict=True):
        ends = []
        for name, of in rules.items():
            draw_rates(ax, of, "", name, at=next(iter(of)))
            inside = [rate for rate, losses in of.items() if np.median(losses) < high]
            color = LINES[name]["color"]
            ends.append((name, inside[-1], float(np.median(of[inside[-1]])), color))
        label_ends(ax, ends, column=True)
        ax.set_ylim(low, high)
        first = how == next(iter(trials))
        name_axes(
            ax, "learning rate, in each rule's own unit", "training loss" if first else "", how
        )
    return figure
