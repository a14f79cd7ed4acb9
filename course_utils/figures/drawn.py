"""A figure of Matplotlib with its caption."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .. import svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Pixels for a point: 9 inches then have 990, no fewer than a picture takes on a page.
SCALE = 110 / 72


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
        from .forms import both

        return both(self.figure, SCALE)
