"""The figures of lesson 04, momentum."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from .labels import label_ends
from .style import LINES, canvas, name_axes


def two_pushes(steady: Sequence[float], flipping: Sequence[float]) -> Figure:
    """What momentum makes of a push that stays and of one that flips, on one scale.

    Args:
        steady, flipping: the velocity after each step, in sizes of the push.
    """
    figure, ax = canvas(height=4.0)
    ends = []
    for name, velocity, look in (("steady push", steady, "w2"), ("flipping push", flipping, "w1")):
        steps = range(1, len(velocity) + 1)
        line = {**LINES[look], "linestyle": "-", "markersize": 3.5}
        ax.plot(steps, velocity, **line)
        size = abs(velocity[-1])
        ends.append((f"{name}\n{size:.2g} times as fast", steps[-1], velocity[-1], line["color"]))
    ends[1] = (*ends[1][:2], 0.0, ends[1][3])
    label_ends(ax, ends)
    name_axes(ax, "step", "velocity / size of the push")
    return figure
