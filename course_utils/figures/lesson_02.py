"""The figures of lesson 02, curvature and Newton."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from ..descent import Trajectory
from ..surfaces import Surface
from .labels import label_ends
from .plots import draw_contours, draw_path
from .style import LINES, canvas, name_axes


def calm_and_quick(runs: Mapping[str, Trajectory], least: float) -> Figure:
    """Losses by step, named at their ends; what is below ``least`` is drawn there."""
    figure, ax = canvas(height=3.8)
    ends = []
    for name, run in runs.items():
        shown, look = np.maximum(run.losses, least), LINES[run.rule]
        ax.semilogy(shown, **look)
        ends.append((name, len(shown) - 1, shown[-1], look["color"]))
    label_ends(ax, ends)
    ax.set_ylim(least / 10, 1e5)
    name_axes(ax, "step", "loss")
    return figure


def descents(surface: Surface, runs: Mapping[str, Trajectory]) -> Figure:
    """Paths from one start, each named where it is farthest from all others."""
    figure, ax = canvas(height=5.0)
    draw_contours(ax, surface)
    ends = []
    (low1, high1), (low2, high2) = surface.domain
    for name, run in runs.items():
        draw_path(ax, run)
        others = np.concatenate([o.positions for o in runs.values() if o is not run])
        gaps = np.linalg.norm(run.positions[:, None] - others[None], axis=2).min(axis=1)
        w1, w2 = run.positions.T
        gaps[(w1 < low1) | (w1 > high1) | (w2 < low2) | (w2 > high2)] = -1
        at = int(np.argmax(gaps))
        ends.append((name, w2[at], w1[at], LINES[run.rule]["color"]))
    label_ends(ax, ends, column=True)
    name_axes(ax, "w2", "w1")
    return figure
