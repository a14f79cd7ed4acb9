"""A picture with the computed sentence that says what it shows."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
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
        f'<figcaption style="font-style:italic;white-space:pre-line">{words}</figcaption></figure>'
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
    body = []
    for i, (picture, step) in enumerate(stills):
        x, y = (i % columns) * (width + gap), (i // columns) * (height + bar + gap)
        body.append(
            f'<g transform="translate({number(x)} {number(y)})">'
            f'<text x="8" y="21" class="strong">{_lettered(i, picture)}</text>'
            f'<svg y="{bar}" width="{picture.width}" height="{picture.height}">'
            f"{picture.still(step)}</svg></g>"
        )
    rows = -(-len(stills) // columns)
    size = columns * (width + gap) - gap, rows * (height + bar + gap) - gap
    return _filmstrip(stills, size, "".join(body))


def small_multiples(
    stills: Sequence[tuple[Picture, int]], panels: Sequence[Panel], columns: int = 2
) -> Captioned:
    """Panels of still pictures side by side, under one legend, each with its letter and title.

    The first panel is the main one, without axes; below it stand the others with theirs. Words and
    lines are as large in all, whatever a panel's size: the style sheet has it, and multiplies it
    with how much smaller the panel is than it was drawn.
    """
    full, gap, bar, top = float(stills[0][0].width), 24.0, 26.0, 30.0
    width = (full - gap * (columns - 1)) / columns
    boxes = [_box(panel, AXES if k else EDGE) for k, panel in enumerate(panels)]
    heights = [width * box[3] / box[2] for box in boxes]
    tall = bar + sum(heights) + 10
    body = [_legend(stills[0][0].still(stills[0][1]), panels[0])]
    for i, (picture, step) in enumerate(stills):
        x, y = (i % columns) * (width + gap), top + (i // columns) * tall
        still, below = picture.still(step), bar
        body.append(
            f'<g transform="translate({number(x)} {number(y)})">'
            f'<text x="4" y="17" class="small">{_lettered(i, picture)}</text>'
            + _more_names(stills[0][0].still(stills[0][1]), still, panels[0], width)
        )
        for panel, box, height in zip(panels, boxes, heights, strict=True):
            part = _within(still, _box(panel)) if panel is panels[0] else _within(still, box, "")
            body.append(
                f'<svg class="multiple" y="{number(below)}" width="{number(width)}" '
                f'height="{number(height)}" viewBox="{" ".join(map(number, box))}" '
                f'style="--drc-shrunk:{box[2] / width:.2f}">{part}</svg>'
            )
            below += height
        body.append("</g>")
    rows = -(-len(stills) // columns)
    return _filmstrip(stills, (full, top + rows * tall), "".join(body))


def _filmstrip(
    stills: Sequence[tuple[Picture, int]], size: tuple[float, float], body: str
) -> Captioned:
    """The stills with a caption; under it stands a line for each, with what is seen of it."""
    letters = [f"({chr(ord('a') + i)})" for i in range(len(stills))]
    caption = " ".join(
        f"{a} {picture.says(step)}" for a, (picture, step) in zip(letters, stills, strict=True)
    )
    lines = [
        f"{a} {picture.seen(step)}" for a, (picture, step) in zip(letters, stills, strict=True)
    ]
    return Captioned(document(*size, caption, body), caption, "\n".join(lines))


def _lettered(i: int, picture: Picture) -> str:
    return f"({chr(ord('a') + i)}) {escape(picture.title, quote=False)}"


# Left of, above, right of and below a panel in a filmstrip, in pixels: its axes and their words
AXES = 42.0, 24.0, 9.0, 22.0
# The same around the main panel, which has no axes there: a mark on its edge is not cut
EDGE = (ROOM[0],) * 4


def _box(panel: Panel, room: tuple[float, ...] = (0, 0, 0, 0)) -> tuple[float, float, float, float]:
    left, above, right, below = room
    x, y = panel.x - left, panel.y - above
    return x, y, panel.width + left + right, panel.height + above + below


def _shapes(still: str) -> Iterator[tuple[ElementTree.Element, float, float]]:
    """The shapes of a still with where they begin."""
    root = ElementTree.fromstring(f"<g>{still}</g>")
    for each in (e for layer in root for e in (layer if layer.tag == "g" else [layer])):
        if each.tag == "svg":
            # What is cut off at its panel's edge, and the room for a mark on that
            x, y, width, height = map(float, each.get("viewBox").split())
            yield each, x + width / 2, y + height / 2
            continue
        place = re.match(r"M?(-?[\d.]+)[ ,](-?[\d.]+)", each.get("d", "") or each.get("points", ""))
        x, y = map(float, place.groups() if place else (each.get("x", -1), each.get("y", -1)))
        yield each, x, y


def _above(still: str, main: Panel) -> list[ElementTree.Element]:
    """What stands above the main panel: names, each after the sample of its line."""
    return [e for e, _, y in _shapes(still) if e.tag != "svg" and 0 <= y < main.y - 4]


def _legend(still: str, main: Panel) -> str:
    return "".join(ElementTree.tostring(e, encoding="unicode") for e in _above(still, main))


# How long the sample of a line is, and how wide a letter of its name at most, in pixels
SAMPLE, LETTER = 32, 8.8


def _more_names(first: str, still: str, main: Panel, width: float) -> str:
    """The lines of a still that the legend, which is that of the first one, does not name."""
    known = {e.text for e in _above(first, main)}
    above, out, right = _above(still, main), "", width - 4
    for sample, name in zip(above, above[1:], strict=False):
        if sample.tag != "path" or name.tag != "text" or name.text in known:
            continue
        words, kinds = name.text or "", f"{name.get('class', '')} small"
        x = right - LETTER * len(words)
        out += f'<path class="{sample.get("class")}" d="M{number(x - SAMPLE - 8)} 12h{SAMPLE}"/>'
        out += f'<text x="{number(x)}" y="17" class="{kinds}">{escape(words, quote=False)}</text>'
        right = x - SAMPLE - 24
    return out


def _within(still: str, box: tuple[float, ...], without: str = "tick") -> str:
    """What stands in a part of the picture, without the shapes of a class."""
    left, top, width, height = box
    return "".join(
        ElementTree.tostring(each, encoding="unicode")
        for each, x, y in _shapes(still)
        if each.get("class") != without
        if left <= x <= left + width and top <= y <= top + height
    )
