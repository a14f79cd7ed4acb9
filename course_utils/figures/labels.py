"""Names at the ends of curves, which never lie on each other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from .style import SIZE

# From one name to the next, in sizes of the letters; from a curve to its name, in points.
LINE, AWAY = 1.2, 12


def label_ends(
    ax: Axes, ends: Iterable[tuple[str, float, float, str]], column: bool = False
) -> None:
    """Write names right of the ends of curves, apart from each other in every size of the figure.

    A thin line leads from each name to its end.

    Args:
        ax: where the curves are.
        ends: for each curve its name, the x and y of its end, and its colour.
        column: whether all names stand right of the axes, and not each right of its end.
    """
    names: list[EndName] = []
    for words, x, y, color in ends:
        names.append(EndName(ax, words, (x, y), color, names, column))
        ax.add_artist(names[-1])
        # Beside the axes: the figure makes room for what is not clipped.
        names[-1].set_clip_on(False)


def apart(places: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Places at least ``gap`` from each other, as near to the wanted ones as that allows.

    Of all such places those with the least sum of squares (isotonic regression, by pooling those
    that would change their order), moved together to where all lie between ``low`` and ``high``.
    """
    order = np.argsort(places, kind="stable")
    wanted = np.clip(np.asarray(places, dtype=float)[order], low, high) - gap * np.arange(
        len(order)
    )
    pools: list[list[float]] = []
    for place in wanted:
        pools.append([place])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    level = np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools])
    found = level + gap * np.arange(len(order))
    found += max(low - found[0], 0) + min(high - max(found[-1], low + gap * (len(order) - 1)), 0)
    back = np.empty_like(found)
    back[order] = found
    return back


class EndName(Annotation):
    """A name at the end of a curve; drawn or measured, it finds its height among its neighbours."""

    def __init__(
        self, ax: Axes, words: str, xy: tuple[float, float], color: str, group: list[EndName],
        column: bool,
    ) -> None:  # fmt: skip
        super().__init__(
            words, xy, xytext=(AWAY, 0), textcoords="offset points", va="center", color=color,
            fontweight="bold", fontsize=SIZE, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": color, "linewidth": 0.8, "shrinkA": 1,
                        "shrinkB": 2, "relpos": (0, 0.5)},
        )  # fmt: skip
        self.axes, self.group, self.column = ax, group, column
        self.set_figure(ax.figure)

    def wrap(self, letters: int) -> None:
        """Write the name on as many lines as it takes, each of so many letters at most."""
        self.set_text(textwrap.fill(" ".join(self.get_text().split()), letters))

    def update_positions(self, renderer: Any) -> None:
        """Take the height that is nearest to the end and free."""
        # Matplotlib finds the limits of axes late: asking for them makes it find them now.
        _ = self.axes.viewLim
        points = renderer.points_to_pixels(1.0)
        ends = self.axes.transData.transform([name.xy for name in self.group])
        box = self.axes.bbox
        lines = max(name.get_text().count("\n") + 1 for name in self.group)
        line = LINE * points * max(name.get_fontsize() for name in self.group)
        # No name lies on the axis below.
        low = min(box.y0 + line / 2, box.y1)
        heights = apart(ends[:, 1], lines * line, low, box.y1)
        k = self.group.index(self)
        right = max(box.x1 - ends[k, 0], 0) if self.column else 0
        self.xyann = (AWAY + right / points, (heights[k] - ends[k, 1]) / points)
        super().update_positions(renderer)
