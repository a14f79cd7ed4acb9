"""A picture with the computed sentence that says what it shows."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from html import escape, unescape
from xml.etree import ElementTree

from .panel import ROOM, Panel, number
from .picture import Picture, document

# Up to this width of a window a picture that has a narrow form takes it: JupyterLab's file browser
# and margins leave some 570 pixels of 1000, on which the wide form's words have 11.
NARROW = 1000
# Inside an image the theme is the reader's system's, unless the page says which one it has.
STYLE = (
    '<style>[data-jp-theme-light="true"] .drc-figure img{color-scheme:light}'
    '[data-jp-theme-light="false"] .drc-figure img{color-scheme:dark}'
    "@media print{.drc-figure img{color-scheme:light!important}}</style>"
)
_IMAGE = "data:image/svg+xml;base64,"


class Captioned:
    """A picture and the sentence that says what it shows.

    Shown at the end of a cell, it displays the picture and, below it, the caption as text.

    Attributes:
        caption: the sentence; its numbers are computed. It is the text alternative, too.
        below: what stands under the picture where the caption is more than one wants to read there.
    """

    def __init__(self, picture: str, caption: str, below: str = "") -> None:
        """Join an SVG document with its caption."""
        self.picture = picture
        self.caption, self.below = caption, below

    def forms(self) -> tuple[str, ...]:
        """The picture as an SVG document; there may be a second one, for a narrow page."""
        return (self.picture,)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        html = framed(self.caption, *self.forms(), below=self.below)
        data = {"text/html": html, "text/plain": self.caption}
        display(data, raw=True)

    def __repr__(self) -> str:
        """The caption."""
        return self.caption


def framed(caption: str, wide: str, narrow: str = "", below: str = "") -> str:
    """A picture with its caption as HTML that any notebook shows, a trusted one or not.

    The SVG is an image, since no front end lets an untrusted notebook draw in its page. What goes
    with a style sheet alone, the theme where it is not the system's, is missing there.

    Args:
        caption: the sentence, which is the text alternative too.
        wide, narrow: SVG documents, the second one for a narrow window if there is one.
        below: what stands under the picture, if not the whole caption.
    """
    image = f'<img src="{_encoded(wide)}" alt="{escape(caption)}" style="max-width:100%">'
    if narrow:
        where = f'media="screen and (max-width:{NARROW}px)"'
        image = f'<picture><source {where} srcset="{_encoded(narrow)}">{image}</picture>'
    words = escape(below or caption, quote=False)
    return (
        f'{STYLE}<figure class="drc-figure" style="margin:0">{image}'
        f'<figcaption style="font-style:italic">{words}</figcaption></figure>'
    )


def forms(html: str) -> tuple[str, ...]:
    """The SVG documents in HTML that `framed` wrote, the wide one first."""
    images = re.findall(rf'{re.escape(_IMAGE)}([^"]*)"', html)
    return tuple(b64decode(image).decode("utf-8") for image in reversed(images))


def below(html: str) -> str:
    """What stands under the picture in HTML that `framed` wrote; empty if it is no such HTML."""
    found = re.search(r"<figcaption[^>]*>(.*)</figcaption>", html, re.DOTALL)
    return unescape(found[1]) if found else ""


def alternative(html: str) -> str:
    """The text alternative in HTML that `framed` wrote; empty if it is no such HTML."""
    found = re.search(r'<figure class="drc-figure".* alt="([^"]*)"', html)
    return unescape(found[1]) if found else ""


def _encoded(svg: str) -> str:
    return _IMAGE + b64encode(svg.encode("utf-8")).decode("ascii")


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


def small_multiples(
    stills: Sequence[tuple[Picture, int]], ground: Panel, columns: int = 2
) -> Captioned:
    """The grounds of still pictures side by side, under one legend, each with its letter and title.

    The caption says of each all that its picture says. The letters on the grounds are larger than
    in the picture, since a ground is smaller there: the style sheet has their size.
    """
    full, gap, bar, top = stills[0][0].width, 24.0, 26.0, 30.0
    room = ROOM[0]
    box = ground.x - room, ground.y - room, ground.width + 2 * room, ground.height + 2 * room
    width = (full - gap * (columns - 1)) / columns
    height = width * box[3] / box[2]
    first = _parts(stills[0][0].still(stills[0][1]), ground)[0]
    body, says = [first], []
    for i, (picture, step) in enumerate(stills):
        x, y = (i % columns) * (width + gap), top + (i // columns) * (height + bar + 10)
        letter, title = chr(ord("a") + i), escape(picture.title, quote=False)
        body.append(
            f'<g transform="translate({number(x)} {number(y)})">'
            f'<text x="4" y="17" class="small">({letter}) {title}</text>'
            f'<svg class="multiple" y="{number(bar)}" width="{number(width)}" '
            f'height="{number(height)}" viewBox="{" ".join(map(number, box))}">'
            f"{_parts(picture.still(step), ground)[1]}</svg></g>"
        )
        says.append(f"({letter}) {picture.says(step)}")
    rows = -(-len(stills) // columns)
    caption = " ".join(says)
    return Captioned(
        document(full, top + rows * (height + bar + 10), caption, "".join(body)), caption
    )


def _parts(still: str, ground: Panel) -> tuple[str, str]:
    """What stands above the ground, which is the legend, and what lies on the ground."""
    above, on = [], []
    root = ElementTree.fromstring(f"<g>{still}</g>")
    for each in (e for layer in root for e in (layer if layer.tag == "g" else [layer])):
        if each.tag == "svg":
            x, y = map(float, each.get("viewBox").split()[:2])
        else:
            place = re.match(
                r"M?(-?[\d.]+)[ ,](-?[\d.]+)", each.get("d", "") or each.get("points", "")
            )
            x, y = map(float, place.groups() if place else (each.get("x", -1), each.get("y", -1)))
        markup = ElementTree.tostring(each, encoding="unicode")
        if each.tag != "svg" and 0 <= y < ground.y - 4:
            above.append(markup)
        elif ground.contains(min(x + ROOM[0], ground.x + 1) if each.tag == "svg" else x, y + 3):
            on.append(markup)
    return "".join(above), "".join(on)
