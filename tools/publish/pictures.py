"""Pictures with their captions: plots, drawings that follow the theme, the stills of a strip."""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
LETTER = re.compile(r"(?:^| )\(([a-z])\) ")


def figure(picture: str, caption: str, name: str = "") -> str:
    """A picture with its caption, which is its text alternative too."""
    mark = f' id="{name}"' if name else ""
    words = escape(caption, quote=False)
    return f"<figure>{picture}<figcaption{mark}>{words}</figcaption></figure>"


# Up to this width of a window figures take their narrow form.
NARROW = 640


def plot(names: tuple[str, str], svg: str, caption: str) -> str:
    """A figure of known size.

    Args:
        names: of its file, and of that of its narrow form.
        svg: the figure.
        caption: what it shows.
    """
    width, height = re.findall(r' (?:width|height)="([^"]*)"', svg.partition(">")[0])
    size = f'width="{width}" height="{height}"'
    image = f'<img class="plot" src="{names[0]}" {size} alt="{escape(caption)}">'
    narrow = f'<source media="screen and (max-width: {NARROW}px)" srcset="{names[1]}">'
    return figure(f"<picture>{narrow}{image}</picture>", caption)


def drawing(svg: str, caption_id: str) -> str:
    """A drawing without its own colours: it takes those of the page, light or dark."""
    bare = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", svg, flags=re.S)
    # The style sheet keeps the words legible where the drawing is small: it must know its width.
    bare = re.sub(r'viewBox="0 0 ([\d.]+)', r'style="--drc-wide:\1px" \g<0>', bare, count=1)
    return bare.replace('role="img"', f'role="img" aria-labelledby="{caption_id}"', 1)


def stills(strip: str, words: str, cell: int) -> list[str]:
    """Each picture of a filmstrip with its own sentence; small multiples stay together.

    Args:
        strip: the filmstrip as HTML.
        words: its caption, (a) this. (b) that.
        cell: the number of its cell.
    """
    ElementTree.register_namespace("", SVG)
    start = strip.index("<svg")
    whole = strip[start : strip.rindex("</svg>") + 6]
    if 'class="multiple"' in whole:
        return [figure(drawing(whole, f"s{cell}"), words, f"s{cell}")]
    root = ElementTree.fromstring(whole)
    groups = [g for g in root if g.tag == f"{{{SVG}}}g"]
    said = LETTER.split(words)[1:]
    captions = dict(zip(said[::2], said[1::2], strict=True))
    found = []
    for at, group in enumerate(groups):
        letter = chr(ord("a") + at)
        box = group.find(f"{{{SVG}}}svg")
        name = f"s{cell}-{letter}"
        inner = "".join(ElementTree.tostring(e, encoding="unicode") for e in box)
        svg = (
            f'<svg xmlns="{SVG}" class="drc" role="img" viewBox="0 0 {box.get("width")} '
            f'{box.get("height")}">{inner.replace(f" xmlns={chr(34)}{SVG}{chr(34)}", "")}</svg>'
        )
        caption = f"({letter}) {captions[letter]}"
        found.append(figure(drawing(svg, name), caption, name))
    return found
