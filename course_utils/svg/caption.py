"""A figure with its computed caption: the caption is compared, read aloud and printed below."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from typing import Any

from .panel import number
from .picture import Picture, document

# A canvas 9 inches wide has then 990 pixels, no fewer than a picture takes on a page.
DPI = 110


class Captioned:
    """A picture and the sentence that says what it shows.

    Shown at the end of a cell, it displays the picture and, below it, the caption as text.

    Attributes:
        caption: the sentence; its numbers are computed.
    """

    def __init__(self, picture: Any, caption: str) -> None:
        """Join a Matplotlib figure, or an SVG document, with its caption."""
        self.picture = picture
        self.caption = caption

    def _ipython_display_(self) -> None:
        from IPython.display import Markdown, display

        if isinstance(self.picture, str):
            data = {"image/svg+xml": self.picture}
        else:
            data = {"image/png": b64encode(self.png()).decode("ascii")}
        display({**data, "text/plain": self.caption}, raw=True)
        display(Markdown(f"*{self.caption}*"))

    def png(self) -> bytes:
        """The Matplotlib figure as a PNG file, the same bytes each time."""
        buffer = io.BytesIO()
        self.picture.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def __repr__(self) -> str:
        """The caption."""
        return self.caption


def filmstrip(stills: Sequence[tuple[Picture, int]], columns: int = 1) -> Captioned:
    """Still pictures side by side, each with its letter; the caption says what each shows."""
    width, height, bar, gap = stills[0][0].width, stills[0][0].height, 30, 14
    body, says = [], []
    for i, (picture, step) in enumerate(stills):
        x, y = (i % columns) * (width + gap), (i // columns) * (height + bar + gap)
        letter, title = chr(ord("a") + i), escape(picture.title, quote=False)
        body.append(
            f'<g transform="translate({number(x)} {number(y)})">'
            f'<text x="8" y="21" class="strong">({letter}) {title}</text>'
            f'<svg y="{bar}" width="{picture.width}" height="{picture.height}">'
            f"{picture.still(step)}</svg></g>"
        )
        says.append(f"({letter}) {picture.says(step)}")
    rows = -(-len(stills) // columns)
    size = columns * (width + gap) - gap, rows * (height + bar + gap) - gap
    caption = " ".join(says)
    return Captioned(document(*size, caption, "".join(body)), caption)
