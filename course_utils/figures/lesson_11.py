"""The figures of lesson 11, flat, sharp and the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ..svg.palette import MUTED
from .plots import draw_level
from .style import LINES, canvas, label_end, name_axes, tints


def rising_loss(losses: Sequence[float]) -> Figure:
    """A training loss without mini-batches; steps that raise it are drawn strong."""
    figure, ax = canvas(height=3.8)
    values, steps = np.asarray(losses), np.arange(len(losses))
    dark, light = (look["color"] for look in tints("gradient descent", 2))
    ax.semilogy(values, color=light, linewidth=1.6)
    up = np.r_[False, np.diff(values) > 0]
    part = np.where(up | np.r_[up[1:], False], values, np.nan)
    ax.semilogy(steps, part, color=dark, linewidth=2.6)
    top = int(np.argmax(values))
    label_end(ax, top, values[top], "steps that raise the loss", dark, xytext=(10, 0))
    # Under the first stretch without a rise: later, rises and falls lie on each other.
    first = int(np.argmax(up)) - 1
    label_end(ax, first // 4, values[first] / 1.8, "steps that lower it", light, xytext=(0, 0))
    name_axes(ax, "step, all data at every step", "training loss")
    return figure


def shares_of_limits(shares: Mapping[str, Any], steps: Sequence[int]) -> Figure:
    """Sharpness over its derived limit by step, a line a seed, named where the lines begin."""
    figure, ax = canvas(height=4.4)
    for name, rows in shares.items():
        look = {**LINES[name], "marker": ""}
        for row in rows:
            ax.semilogy(steps, row, **{**look, "linewidth": 1.8})
        # Above its lines or below them, where no other rule's are
        at = len(steps) // 6
        above = name == "gradient descent"
        y = rows[:, at].max() if above else rows[:, at].min()
        label_end(ax, steps[at], y, name, look["color"], xytext=(4, 12 if above else -14),
                  ha="right" if name == "momentum" else "left")  # fmt: skip
    ax.minorticks_off()
    ax.set_yticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
    draw_level(ax, 1, "the derived limit")
    name_axes(ax, "step", "sharpness / limit")
    return figure


def ends_by_batch(ends: Mapping[int, Any], limit: float) -> Figure:
    """Sharpness at the end by the size of a mini-batch: a dot a seed, and the mean as a line."""
    figure, ax = canvas(width=7.0, height=3.8)
    looks = tints("gradient descent", len(ends))[::-1]
    for place, (values, look) in enumerate(zip(ends.values(), looks, strict=True)):
        across = place + np.linspace(-0.2, 0.2, len(values))
        ax.plot(across, values, "o", color=look["color"], markersize=5)
        ax.plot([place - 0.28, place + 0.28], 2 * [np.mean(values)], color=look["color"])
        label_end(ax, place + 0.3, float(np.mean(values)), f"{np.mean(values):.1f}", look["color"])
    draw_level(ax, limit, "")
    label_end(ax, -0.45, limit, "2/η", MUTED, xytext=(0, 10))
    ax.set_xticks(range(len(ends)), [str(size) for size in ends])
    ax.set(ylim=(0, 1.2 * limit), xlim=(-0.5, len(ends) - 0.3))
    name_axes(ax, "points in a mini-batch", "sharpness at the end")
    return figure
