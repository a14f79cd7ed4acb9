"""A figure of Matplotlib with its caption, as wide as a page and for a narrow one."""

from __future__ import annotations

import textwrap
from functools import cached_property

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.text import Text

from .. import svg
from .style import SIZE, WIDE_ONLY
from .vector import vector

# Pixels for a point: 9 inches then have 990, no fewer than a picture takes on a page.
SCALE = 110 / 72
# A narrow form has 484 pixels; on a telephone's 330, words of 12.5 points still have 13.
NARROW, LOWEST, HIGHEST = 4.4, 2.6, 3.4
# More axes than these stand in two columns.
MANY = 4
# So many letters of 12.5 points are as wide as the narrow form's axes.
LINE = 36


class Captioned(svg.Captioned):
    """A figure and the sentence that says what it shows.

    Shown at the end of a cell, it displays the figure and, below it, the caption as text.

    Attributes:
        caption: the sentence; its numbers are computed. It is the text alternative, too.
        below: what stands under the figure where the caption is more than one wants to read there.
    """

    def __init__(self, picture: Figure, caption: str, below: str = "") -> None:
        """Join a Matplotlib figure with its caption."""
        super().__init__("", caption, below)
        self.figure = picture

    def forms(self) -> tuple[str, ...]:
        """The figure as an SVG document, and once more for a narrow page."""
        return self._forms

    @cached_property
    def _forms(self) -> tuple[str, str]:
        for words in self.figure.findobj(Text):
            words.set_fontsize(max(words.get_fontsize(), SIZE))
        # Once in vain: Matplotlib makes room for names at limits that a first drawing finds.
        self.figure.draw_without_rendering()
        wide = vector(self.figure, SCALE)
        make_narrow(self.figure)
        return wide, vector(self.figure, SCALE)


def make_narrow(figure: Figure) -> None:
    """Put the axes of a figure below each other and the words of its axes on more lines."""
    for artist in figure.findobj(lambda a: a.get_gid() == WIDE_ONLY):
        artist.set_visible(False)
    width, height = figure.get_size_inches()
    axes = [ax for ax in figure.axes if ax.get_subplotspec() is not None]
    rows, columns = axes[0].get_gridspec().get_geometry()
    across = 2 if len(axes) > MANY else 1
    shape = height / rows * columns / width * NARROW / across
    heights = [_height(ax, shape) for ax in axes][::across]
    grid = GridSpec(len(heights), across, figure=figure, height_ratios=heights)
    for k, ax in enumerate(axes):
        ax.set_subplotspec(grid[k // across, k % across])
        for words in (ax.title, ax._left_title, ax._right_title, ax.xaxis.label):
            words.set_text(textwrap.fill(words.get_text(), LINE // across))
        letters = round(9 * heights[k // across])
        ax.yaxis.label.set_text(textwrap.fill(ax.yaxis.label.get_text(), letters))
    figure.set_size_inches(NARROW, sum(heights))


def _height(ax: Axes, same_shape: float) -> float:
    """Of axes in a narrow form, in inches: those of equal scales have no choice."""
    if ax.get_aspect() == "auto":
        return min(max(same_shape, LOWEST), HIGHEST)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    # What is left and right, and above and below, for names and numbers
    return (NARROW - 0.9) * float(ax.get_aspect()) * (high - low) / (right - left) + 0.8
