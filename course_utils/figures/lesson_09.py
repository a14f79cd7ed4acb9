"""The figures of lesson 09, noise and schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from ..descent import Trajectory
from ..svg.palette import INK
from .labels import label_ends
from .style import LINES, WIDE_ONLY, canvas, label_end, name_axes, tints


def shaken(exact: Trajectory, guessed: Trajectory, late: int) -> Figure:
    """Losses with exact gradients and with a guess; beside them, where the guess hovers.

    Args:
        exact, guessed: gradient descent with exact gradients, and with noisy ones.
        late: the step from which on the second path is shown.
    """
    figure, (losses, places) = canvas(columns=2, height=4.0, width=10)
    looks = tints("gradient descent", 2)
    ends = []
    for name, run, look in zip(("exact", "a guess"), (exact, guessed), looks, strict=True):
        losses.semilogy(run.losses, **{**look, "linestyle": "-", "linewidth": 1.5})
        ends.append((name, run.steps, run.losses[-1], look["color"]))
    label_ends(losses, ends)
    path = guessed.positions[late:]
    color = looks[1]["color"]
    places.plot(path[:, 1], path[:, 0], color=color, linewidth=0.9, marker="o", markersize=3)
    places.plot(0, 0, "+", color=INK, markersize=14, markeredgewidth=2.4)
    name_axes(losses, "step", "loss")
    name_axes(places, "w2", "w1", f"a guess, steps {late} to {guessed.steps}")
    return figure


def schedules(rates: Mapping[str, Sequence[float]], losses: Mapping[str, Any]) -> Figure:
    """Learning rates by step, and the losses that they lead to, named at their ends."""
    figure, (above, below) = canvas(columns=2, width=11.5, height=4.4)
    looks = dict(zip(rates, tints("gradient descent", len(rates)), strict=True))
    for name, look in looks.items():
        above.plot(range(1, len(rates[name]) + 1), rates[name], **look)
        below.semilogy(losses[name], **look)
    last = len(next(iter(rates.values())))
    label_ends(above, [(n, last, rates[n][-1], look["color"]) for n, look in looks.items()])
    label_ends(
        below,
        [(f"{n} {losses[n][-1]:.2f}", last, losses[n][-1], look["color"])
         for n, look in looks.items()],
    )  # fmt: skip
    for ax in (above, below):
        ax.set_xticks(range(0, last + 1, 40))
    name_axes(above, "step", "learning rate")
    name_axes(below, "step", "expected loss")
    return figure


def hovering(
    predicted: Sequence[float], drawn: Sequence[float], shuffled: Sequence[float],
    settings: Sequence[tuple[float, float, int]],
) -> Figure:  # fmt: skip
    """The measured loss above the minimum against the predicted one, by learning rate, β and B."""
    figure, ax = canvas(height=5.0)
    look = LINES["momentum"]
    line = np.array([min(predicted) / 1.2, max(predicted) * 1.5])
    ax.loglog(line, line, **LINES["predicted"])
    label_ends(ax, [("as predicted", line[1], line[1], INK)])
    for name, values, mark, fill in (
        ("drawn afresh", drawn, "s", look["color"]),
        ("shuffled", shuffled, "o", "white"),
    ):
        ax.plot(predicted, values, linestyle="", marker=mark, color=look["color"],
                markerfacecolor=fill, markersize=9, label=name)  # fmt: skip
    ax.legend(loc="upper left", frameon=False)
    # The two smallest have room on their left alone.
    for k, ((rate, beta, batch), x, y) in enumerate(
        zip(settings, predicted, shuffled, strict=True)
    ):
        left = k == int(np.argmin(predicted))
        side = {"xytext": (-12 if left else 12, -9), "ha": "right" if left else "left"}
        words = f"η = {rate:g}, β = {beta:g}, B = {batch}"
        label_end(ax, x, y, words, look["color"], gid=WIDE_ONLY, **side)
    ticks = [10.0**p * d for p in (-4, -3, -2) for d in (1, 2, 5)]
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())
    ax.set(xlim=(line[0] / 7, line[1] * 2.6), ylim=(min(shuffled) / 1.5, line[1] * 1.2))
    ax.set_xticks([t for t in ticks[::2] if line[0] / 7 <= t <= line[1]])
    ax.set_yticks([t for t in ticks if min(shuffled) / 1.5 <= t <= line[1]])
    name_axes(ax, "predicted loss above the minimum", "measured")
    return figure


def accuracies(
    tops: Sequence[float], tried: Mapping[str, Mapping[str, Sequence[float]]],
    bottoms: Sequence[float],
) -> Figure:  # fmt: skip
    """Validation accuracy by the rate at the top, for each kind of labels and each schedule."""
    figure, panels = canvas(columns=2, width=10.5, height=4.6)
    names = list(max(tried.values(), key=len))
    looks = dict(zip(names, tints("gradient descent", len(names)), strict=True))
    for ax, (kind, seen), bottom in zip(panels, tried.items(), bottoms, strict=True):
        for name, values in seen.items():
            ax.semilogx(tops, values, **looks[name])
        # Each at the last rate at which its curve is in the picture
        ends = []
        for name, values in seen.items():
            at = max(k for k, value in enumerate(values) if value > bottom)
            ends.append((name, tops[at], values[at], looks[name]["color"]))
        label_ends(ax, ends, column=True)
        ax.set(ylim=(bottom, bottom + 11), xlim=(tops[0] / 1.3, tops[-1] * 1.1))
        shown = [top for top in tops if top != 1.2]
        ax.set_xticks(shown[::2], [f"{top:g}" for top in shown[::2]])
        ax.minorticks_off()
        first = kind == next(iter(tried))
        name_axes(
            ax, "rate at the top", "validation accuracy, %" if first else "", f"labels {kind}"
        )
    return figure
