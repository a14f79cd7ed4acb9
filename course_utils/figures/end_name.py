"""A name at the end of a curve, as Matplotlib draws it."""

from __future__ import annotations

import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.text import Annotation

from .labels import AWAY, LINE, apart
from .style import SIZE


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
