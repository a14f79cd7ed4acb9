"""Trajectories and measurements drawn on given axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..descent import Trajectory
from ..surfaces import Surface
from .style import DEPTH, INK, LINES, MUTED, label_end, name_axes


def draw_ground(ax: Axes, surface: Surface, levels: int = 10) -> None:
    """The contours of a surface, w2 across and w1 up on equal scales, and its minimum."""
    (low1, high1), (low2, high2) = surface.domain
    w2, w1 = np.linspace(low2, high2, 240), np.linspace(low1, high1, 160)
    loss = surface.value(np.stack(np.meshgrid(w1, w2, indexing="ij")))
    heights = loss.min() + (loss.max() - loss.min()) * (np.arange(1, levels + 1) / (levels + 1)) ** 2
    for height in heights:
        ax.contourf(w2, w1, loss, [loss.min() - 1, height], colors=[DEPTH], alpha=0.09)
    ax.contour(w2, w1, loss, heights, colors=[DEPTH], linewidths=0.7, alpha=0.45)
    ax.plot(surface.minimum[1], surface.minimum[0], "+", color=INK, markersize=12, markeredgewidth=2.2)
    ax.set_aspect("equal")
    ax.set_xlim(low2, high2)
    ax.set_ylim(low1, high1)
    name_axes(ax, "w2, the flat direction", "w1, the steep direction")


def draw_path(ax: Axes, run: Trajectory, label: str = "", **style: Any) -> None:
    """The path of a descent over the ground, a marker for every step."""
    look = {**LINES[run.rule.name], "markersize": 4.5, "label": label or run.rule.name, **style}
    ax.plot(run.positions[:, 1], run.positions[:, 0], **look)


def draw_losses(ax: Axes, runs: Mapping[str, Trajectory], styles: Sequence[str] = ()) -> None:
    """The losses of some descents against the step on a logarithmic axis, named at their ends."""
    for i, (name, run) in enumerate(runs.items()):
        look = {**LINES[styles[i] if styles else run.rule.name], "marker": ""}
        ax.semilogy(run.losses, **look)
        label_end(ax, run.steps, run.losses[-1], name, look["color"])
    name_axes(ax, "step", "loss")


def draw_spread(ax: Axes, x: Any, values: Any, name: str, style: str, label: bool = True) -> None:
    """The mean over seeds (rows of ``values``) as a line, one standard deviation as a band."""
    values = np.asarray(values)
    mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
    look = {**LINES[style], "markersize": 6}
    ax.plot(x, mean, **look)
    ax.fill_between(x, mean - spread, mean + spread, color=look["color"], alpha=0.18, linewidth=0)
    if label:
        label_end(ax, x[-1], mean[-1], name, look["color"])


def draw_dots(ax: Axes, x: Any, values: Any, name: str, style: str) -> None:
    """One dot for every seed (rows of ``values``) at every ``x``, and a line through the means."""
    values, look = np.asarray(values), LINES[style]
    for row in values:
        ax.plot(x, row, linestyle="", marker=look["marker"], color=look["color"], alpha=0.35, markersize=4)
    ax.plot(x, values.mean(axis=0), **{**look, "markersize": 7})
    label_end(ax, x[-1], values.mean(axis=0)[-1], name, look["color"])


def draw_level(ax: Axes, y: float, words: str) -> None:
    """A horizontal guide with its name."""
    ax.axhline(y, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    ax.annotate(words, (0.01, y), xycoords=("axes fraction", "data"), xytext=(0, 4),
                textcoords="offset points", color=MUTED)  # fmt: skip
