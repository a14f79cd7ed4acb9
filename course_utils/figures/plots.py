"""Trajectories and measurements drawn on given axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..descent import Trajectory
from ..surfaces import Surface
from ..svg.palette import GROUND, INK, MUTED
from .style import LINES, label_end, name_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Ten bands over each other still leave lines and words on them readable.
BAND_ALPHA = 0.04


def draw_contours(ax: Axes, surface: Surface, levels: int = 10) -> None:
    """The contours of a surface, w2 across and w1 up on equal scales, and its minimum."""
    (low1, high1), (low2, high2) = surface.domain
    w2, w1 = np.linspace(low2, high2, 240), np.linspace(low1, high1, 160)
    loss = surface.value(np.stack(np.meshgrid(w1, w2, indexing="ij")))
    heights = (
        loss.min() + (loss.max() - loss.min()) * (np.arange(1, levels + 1) / (levels + 1)) ** 2
    )
    wall, depth, contour = (GROUND[part][0] for part in ("wall", "depth", "contour"))
    ax.set_facecolor(wall)
    for height in heights:
        ax.contourf(w2, w1, loss, [loss.min() - 1, height], colors=[depth], alpha=BAND_ALPHA)
    ax.contour(w2, w1, loss, heights, colors=[contour], linewidths=0.6)
    ax.plot(
        surface.minimum[1], surface.minimum[0], "+", color=INK, markersize=12, markeredgewidth=2.2
    )
    ax.set_aspect("equal")
    ax.set_xlim(low2, high2)
    ax.set_ylim(low1, high1)
    name_axes(ax, "w2, the flat direction", "w1, the steep direction")


def draw_path(ax: Axes, run: Trajectory, label: str = "", **style: Any) -> None:
    """The path of a descent over the contours, a marker for every step."""
    look = {**LINES[run.rule], "markersize": 4.5, "label": label or run.rule.name, **style}
    ax.plot(run.positions[:, 1], run.positions[:, 0], **look)


def draw_rates(
    ax: Axes, runs: Mapping[float, Any], name: str, style: str, at: float, below: float = 0
) -> None:
    """Losses by learning rate on logarithmic axes: a dot a seed, the median, the range as a band.

    Args:
        ax: where to draw.
        runs: losses by rate, one number a seed.
        name, style: of the rule; the name is written left of the rate ``at``.
        at: one of the rates.
        below: how far below the median the name stands, in points.
    """
    rates, losses, look = list(runs), np.array(list(runs.values())), LINES[style]
    ax.loglog(rates, np.median(losses, axis=1), **{**look, "marker": ""})
    ax.fill_between(
        rates, losses.min(axis=1), losses.max(axis=1), color=look["color"], alpha=0.18, linewidth=0
    )
    for rate, values in zip(rates, losses, strict=True):
        ax.plot(
            [rate] * len(values),
            values,
            linestyle="",
            marker=look["marker"],
            color=look["color"],
            markersize=4,
        )
    label_end(
        ax, at, float(np.median(runs[at])), name, look["color"], xytext=(-12, -below), ha="right"
    )


def draw_intervals(
    ax: Axes, groups: Mapping[str, Mapping[int, Any]], styles: Sequence[str]
) -> None:
    """Ratios with their intervals on a logarithmic axis, a group of markers for each whole ``x``.

    ``groups`` maps a name to comparisons by place; each has ``effect``, ``low`` and ``high``.
    """
    for i, ((name, places), style) in enumerate(zip(groups.items(), styles, strict=True)):
        look = LINES[style]
        for place, c in places.items():
            x = place + 0.16 * (i - (len(groups) - 1) / 2)
            ax.errorbar(x, c.effect, [[c.effect - c.low], [c.high - c.effect]], fmt=look["marker"],
                        color=look["color"], capsize=5, markersize=8, linewidth=2)  # fmt: skip
            last = x, c.high
        label_end(ax, *last, name, look["color"], xytext=(0, 12), ha="center")
    ax.set_yscale("log")


def draw_level(ax: Axes, y: float, words: str) -> None:
    """A horizontal guide with its name."""
    ax.axhline(y, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    ax.annotate(words, (0.99, y), xycoords=("axes fraction", "data"), xytext=(0, 4),
                textcoords="offset points", color=MUTED, ha="right")  # fmt: skip
