"""A picture in layers: what stays, what a setting changes, and what moves with the step.

The same picture is what an explorer's player moves in the browser, and a still for print and
filmstrips.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from xml.etree import ElementTree

from .palette import stylesheet
from .panel import number
from .track import Track

# How wide a document is on a page, in pixels; a picture has room to spare for a larger screen.
PAGE = 880


@dataclass(frozen=True)
class Picture:
    """A picture in layers.

    Attributes:
        width, height: of the picture, in pixels.
        title: what it shows, for a screen reader.
        back: SVG that only a new surface changes.
        front: SVG that a new setting changes.
        tracks: what moves with the step.
        spoken: a sentence with {0}, {1}, ..., and the columns of text that fill it at each step.
            What stands in [brackets] is what one sees of it under the picture: what changes with
            the step, and what the goal asks about. Without brackets one sees all of it.
    """

    width: int
    height: int
    title: str
    back: str = ""
    front: str = ""
    tracks: tuple[Track, ...] = ()
    spoken: tuple[str, Sequence[Sequence[str]]] = field(default=("", ()))

    def says(self, step: int) -> str:
        """The sentence about one step."""
        return re.sub(r"[][]", "", self._filled(step))

    def seen(self, step: int) -> str:
        """What one sees of the sentence about one step."""
        parts = re.split(r"[][]", self._filled(step))
        if len(parts) == 1:
            return parts[0]
        # The space behind what is not seen keeps apart what is seen before and after it.
        parts[::2] = [part[len(part.rstrip()) :] for part in parts[::2]]
        return "".join(parts).strip()

    def _filled(self, step: int) -> str:
        sentence, columns = self.spoken
        return sentence.format(*(column[min(step, len(column) - 1)] for column in columns))

    def check(self, last: int) -> None:
        """Ask that shapes, tracks and sentence belong together, and reach to step ``last``.

        Raises:
            ValueError: something is missing; the sentence says what.
        """
        shapes, moved = re.findall(r'data-k="([^"]*)"', self.front), [t.shape for t in self.tracks]
        if sorted(shapes) != sorted(moved):
            odd = sorted({*shapes, *moved} - ({*shapes} & {*moved})) or sorted(moved)
            raise ValueError(
                f"Shapes and tracks of the picture do not belong together, see {odd}: each shape "
                "with a data-k has one track, and each track one shape."
            )
        for track in self.tracks:
            if len(track.values) not in (1, last + 1):
                raise ValueError(
                    f"The track of {track.shape!r} has {len(track.values)} values: it needs one "
                    f"for each step from 0 to {last}, or one for all."
                )
        sentence, columns = self.spoken
        if {int(i) for i in re.findall(r"\{(\d+)\}", sentence)} != set(range(len(columns))):
            raise ValueError(
                f"The sentence of the picture has {len(columns)} columns of text and names others: "
                f"{{0}} is the first one, {{1}} the second, and so on. It says: {sentence}"
            )
        if not re.fullmatch(r"[^][]*(\[[^][]+\][^][]*)*", sentence):
            raise ValueError(
                "Each [ of the picture's sentence begins what is seen of it and needs its ] before "
                f"the next one. It says: {sentence}"
            )
        if any(len(column) != last + 1 for column in columns):
            raise ValueError(
                f"Each column of the sentence needs one text for every step from 0 to {last}; they "
                f"have {[len(column) for column in columns]}."
            )

    def still(self, step: int) -> str:
        """The picture at one step as SVG markup, without the outer element."""
        root = ElementTree.fromstring(f"<g>{self.front}</g>")
        shapes = {e.get("data-k"): e for e in root.iter() if e.get("data-k")}
        for track in self.tracks:
            if track.shape in shapes:
                _move(shapes[track.shape], track, min(step, len(track.values) - 1))
        front = ElementTree.tostring(root, encoding="unicode")
        return self.back + re.sub(r' data-k="[^"]*"', "", front)

    def svg(self, step: int) -> str:
        """The picture at one step as a whole SVG document with its own style."""
        return document(self.width, self.height, self.title, self.still(step))


def document(width: float, height: float, title: str, body: str) -> str:
    """SVG markup as a document: titled, styled, on a card of the theme that its reader prefers."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drc" role="img" '
        f'viewBox="0 0 {number(width)} {number(height)}" width="{number(min(width, PAGE))}">'
        f"<title>{escape(title, quote=False)}</title><style>{_style()}</style>"
        f'<rect class="card" width="100%" height="100%"/>{body}</svg>'
    )


@cache
def _style() -> str:
    """The style sheet on one line; in a document, the dark theme is what its reader prefers."""
    dark = r"@media (prefers-color-scheme: dark){\1}"
    sheet = re.sub(r'\[data-jp-theme-light="false"\] ([^}]*})', dark, stylesheet())
    return re.sub(r"\s*\n\s*", "", sheet).replace(": ", ":").replace(" {", "{").replace("; ", ";")


def _move(shape: ElementTree.Element, track: Track, step: int) -> None:
    name, value = track.attribute(step)
    if name == "text":
        shape.text = value
    else:
        shape.set(name, value)
    if track.kind == "label":
        shape.text = track.extra[2] if track.labels(step) else ""
