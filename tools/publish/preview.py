"""The picture that stands beside a link to a page: the course's own two paths, and a title."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np

from tools import images

from . import plan
from .share import HIGH, WIDE

DPI = 100
# What is seen of the valley, with room above it for the words.
ACROSS, UP = (-11.6, 2.9), (-2.75, 5.0)
# How high the valley's walls are drawn, in units of its steep axis, and in how many bands.
REACH, BANDS = 2.75, 12
# How much of the deep colour the bottom has, so that a dark path stands out on it.
DEEP = 0.62
# As many letters fit on a line of the large type.
LETTERS = 37


def draw(path: Path, title: str, below: str) -> None:
    """Draw a title and a line below it over the valley, as PNG of the size that networks show."""
    from matplotlib.figure import Figure

    from course_utils.svg.palette import LINES, SURFACES

    wall, depth, ink = (SURFACES[name][0] for name in ("wall", "depth", "ink"))
    drawn = Figure(figsize=(WIDE / DPI, HIGH / DPI), dpi=DPI, facecolor="white")
    axes = drawn.add_axes((0, 0, 1, 1))
    axes.set(xlim=ACROSS, ylim=UP)
    axes.set_axis_off()
    x, y = np.meshgrid(np.linspace(*ACROSS, 400), np.linspace(*UP, 240))
    height = np.sqrt(x**2 / images.KAPPA + y**2)
    levels = np.linspace(0, REACH, BANDS)
    shades = _shades(depth, wall, len(levels) - 1)
    axes.contourf(x, y, height, levels, colors=shades)
    for kind, run in images.descents().items():
        w1, w2 = run.positions[: images.arrival(run) + 1].T
        axes.plot(w2, w1, color="white", lw=7, solid_joinstyle="round")
        line = LINES[kind].light
        axes.plot(w2, w1, color=line, lw=3.6, marker="o", ms=6, solid_joinstyle="round")
    axes.plot(0, 0, "+", color=ink, ms=16, mew=3)
    lines = textwrap.wrap(title, LETTERS)[:2]
    size = 38 if len(lines) == 1 else 35
    axes.text(0.04, 0.955, "\n".join(lines), transform=axes.transAxes, va="top", fontsize=size,
              fontweight="bold", color="#1f2328", linespacing=1.15)  # fmt: skip
    under = 0.94 - 0.105 * len(lines)
    axes.text(0.041, under, "\n".join(textwrap.wrap(below, 62)[:2]), transform=axes.transAxes,
              va="top", fontsize=22, color="#3d4650")  # fmt: skip
    if title != plan.name():
        axes.text(0.96, 0.035, plan.name(), transform=axes.transAxes, ha="right", fontsize=19,
                  fontweight="bold", color="#1f2328")  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without the name of the program that drew it the bytes are the same with the next version.
    drawn.savefig(path, format="png", dpi=DPI, metadata={"Software": None})


def _shades(low: str, high: str, count: int) -> list[tuple[float, ...]]:
    """From the valley's colour to that of its walls, fading into the page."""
    from matplotlib.colors import to_rgb

    low, high = np.array(to_rgb(low)), np.array(to_rgb(high))
    ends = np.array([DEEP * low + (1 - DEEP) * high, high, (1, 1, 1)])
    places = np.linspace(0, 2, count)
    return [tuple(float(np.interp(at, (0, 1, 2), channel)) for channel in ends.T) for at in places]
