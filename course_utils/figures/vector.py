"""A figure of Matplotlib as a small SVG that has a light and a dark side."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from ..svg.colour import lab, shade
from ..svg.palette import FONT, GROUND, LINES, SURFACES
from ..svg.panel import number

_RC = {
    # Words stay words, set in the reader's fonts and found by a search.
    "svg.fonttype": "none",
    # Names inside the file follow from its contents, and not from chance.
    "svg.hashsalt": "Down the Ravine",
}
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
# What an attribute is if nothing is said.
USUAL = {"opacity": "1", "stroke-opacity": "1", "fill-opacity": "1", "stroke-linejoin": "round",
         "stroke-linecap": "butt", "stroke-dashoffset": "0", "stroke-miterlimit": "100000",
         "font-style": "normal", "font-weight": "400", "text-anchor": "start"}  # fmt: skip
LENGTHS = ("x", "y", "width", "height", "stroke-width", "font-size", "stroke-dasharray")
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
PAPER_FONT = re.compile(r"(?:(italic|oblique) )?(?:(bold|\d00) )?([\d.]+)px .*")


def vector(figure: Figure, scale: float) -> str:
    """The figure as an SVG document, the same bytes each time.

    Its colours are those of paper; a reader whose theme is dark gets their counterparts.

    Args:
        figure: what to draw.
        scale: pixels on the screen for each of its points.
    """
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with rc_context(_RC):
        figure.savefig(buffer, format="svg", metadata=nothing)
    root = ElementTree.fromstring(buffer.getvalue())
    width, height = (float(x) for x in root.get("viewBox", "").split()[2:])
    markup = "".join(_markup(e) for e in _plain(root))
    names = [name for name, _ in Counter(re.findall(r' id="([^"]*)"', markup)).items()]
    for k, name in enumerate(names):
        used = f"#{name}" in markup
        markup = markup.replace(f' id="{name}"', f' id="{_short(k)}"' if used else "")
        markup = re.sub(f'#{re.escape(name)}(?=[")])', f"#{_short(k)}", markup)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
        f'width="{number(scale * width)}" height="{number(scale * height)}" '
        f'stroke-linejoin="round" font-family="{FONT}">{dark_side(markup)}{markup}</svg>'
    )


def dark_side(markup: str) -> str:
    """The style that turns the colours of paper into those of the dark theme.

    A colour of the palette has a counterpart there, and a tint of one gets one of the same hue. A
    colour that only fills is a map's: it is turned with the words and lines that stand on it.
    """
    drawn = {
        what: set(re.findall(f' {what}="(#[0-9a-f]{{6}})"', markup)) for what in ("stroke", "fill")
    }
    words = set(re.findall(r'<t(?:ext|span)[^>]* fill="(#[0-9a-f]{6})"', markup))
    known = counterparts()
    rules = []
    for colour in sorted(drawn["stroke"] | drawn["fill"]):
        line = colour in drawn["stroke"] | words
        dark = known.get(colour) or (on_dark if line else turned)(colour)
        rules += [f'[{w}="{colour}"]{{{w}:{dark}}}' for w in drawn if colour in drawn[w]]
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def counterparts() -> dict[str, str]:
    """The colours of the palette on the dark theme, by those on paper."""
    lines = {line.light: line.dark for line in LINES.values() if line.dark}
    return dict(SURFACES.values()) | dict(GROUND.values()) | lines


def on_dark(colour: str) -> str:
    """The same hue as light on the dark card as it is dark on paper."""
    lightness = lab(colour)[0]
    # From 18, the darkest line there is, to 60, the lightest: 92 to 55, all seen on the card.
    return shade(colour, min(92.0, max(55.0, 108 - 0.88 * lightness)))


def turned(colour: str) -> str:
    """The same hue, as far from the dark card as it is from paper."""
    return shade(colour, 96 - 0.88 * lab(colour)[0])


def _plain(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The parts that are drawn, with attributes in place of styles and without idle groups."""
    for e in element:
        tag = e.tag.removeprefix(SVG)
        if (
            tag in ("metadata", "style")
            or e.get("style", "").startswith("fill: none;")
            and (tag == "path" and "stroke:" not in e.get("style", ""))
        ):
            continue
        if tag == "defs":
            kept = [d for d in _plain(e)]
            yield from ([_made("defs", {}, kept)] if kept else [])
            continue
        attributes = _attributes(e, 100 if element.tag == f"{SVG}defs" else 10)
        inner = list(_plain(e))
        if tag == "g":
            attributes.pop("id", None)
            attributes |= _shared(inner)
            if not attributes or not inner:
                yield from inner
                continue
        made = _made(tag, attributes, inner)
        made.text = (e.text or "").strip() or None
        yield made


def _shared(markers: Sequence[ElementTree.Element]) -> dict[str, str]:
    """The looks that markers of one group have in common, taken from them for their group."""
    if len(markers) < 2 or any(m.tag != "use" for m in markers):
        return {}
    shared = dict(set.intersection(*(set(m.attrib.items()) for m in markers)))
    shared = {key: value for key, value in shared.items() if key not in ("href", "x", "y")}
    for marker in markers:
        for key in shared:
            del marker.attrib[key]
    return dict(sorted(shared.items()))


def _made(
    tag: str, attributes: dict[str, str], inner: list[ElementTree.Element]
) -> ElementTree.Element:
    made = ElementTree.Element(tag, attributes)
    made.extend(inner)
    return made


def _attributes(e: ElementTree.Element, grid: int) -> dict[str, str]:
    said = {key.removeprefix(LINK): value for key, value in e.attrib.items() if key != "style"}
    style = dict(p.split(": ", 1) for p in e.get("style", "").split("; ") if ": " in p)
    font = PAPER_FONT.match(style.pop("font", ""))
    if font:
        said |= {"font-style": font[1] or "normal", "font-weight": font[2] or "400"}
        said["font-size"] = font[3]
    said |= {key: value.strip(";") for key, value in style.items()}
    if "d" in said:
        said["d"] = path(said["d"], grid)
    if said.get("transform", "").startswith("rotate(-0"):
        del said["transform"]
    for key in LENGTHS:
        if key in said and "%" not in said[key]:
            said[key] = NUMBER.sub(lambda n: number(float(n[0])), said[key].replace(",", " "))
    if "transform" in said:
        said["transform"] = NUMBER.sub(lambda n: f"{float(n[0]):.4g}", said["transform"])
    if "DejaVu Sans" in said.get("font-family", ""):
        del said["font-family"]
    if e.text and e.text.strip():
        # What Matplotlib leaves black has no other side as long as nothing is said.
        said.setdefault("fill", "#000000")
    return {key: value for key, value in said.items() if USUAL.get(key) != value}


def path(d: str, grid: int = 10) -> str:
    """A path of absolute places as one of short moves, its places rounded to 1 / ``grid``."""
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    here = start = (0, 0)
    said = ""

    def go(letter: str, places: Iterable[float]) -> None:
        nonlocal here, said
        rounded = [round(x * grid) for x in places]
        moves = [x - here[i % 2] for i, x in enumerate(rounded)]
        here = rounded[-2], rounded[-1]
        if letter == "l" and moves == [0, 0]:
            return
        words = " ".join(_decimal(m / grid) for m in moves)
        parts.append((" " if letter == said else letter) + words)
        said = letter if letter != "m" else ""

    def draw() -> None:
        for place in simplified(run):
            go("l", place)
        run.clear()

    for letter, numbers in [*re.findall(r"([A-Za-z])([^A-Za-z]*)", d), ("", "")]:
        places = [float(n) for n in NUMBER.findall(numbers)]
        if letter == "L":
            run = run or [(here[0] / grid, here[1] / grid)]
            run.append((places[0], places[1]))
            continue
        draw()
        if letter in ("M", "C", "Q"):
            go(letter.lower(), places)
            start = here if letter == "M" else start
        elif letter == "z":
            parts.append("z")
            here, said = start, "z"
        elif letter:
            raise ValueError(f"Matplotlib wrote a path with {letter!r}, which is not known here.")
    return re.sub(r" (?=-)", "", "".join(parts))


def simplified(
    line: Sequence[tuple[float, float]], tolerance: float = 0.07
) -> list[tuple[float, float]]:
    """The corners of a line, after its first, without which it would be elsewhere.

    None that is left out lies farther from what is left than ``tolerance`` (Douglas and Peucker
    1973); 0.07 points are a tenth of a pixel.
    """
    if len(line) < 4:
        return list(line[1:])
    xy = np.array(line)
    kept = np.zeros(len(xy), bool)
    kept[[0, -1]] = True
    pieces = [(0, len(xy) - 1)]
    while pieces:
        first, last = pieces.pop()
        if last - first < 2:
            continue
        way, off = xy[last] - xy[first], xy[first + 1 : last] - xy[first]
        # The distance from the piece and not from its line: a path may turn back.
        share = np.clip(off @ way / max(way @ way, 1e-12), 0, 1)
        far = np.hypot(*(off - share[:, None] * way).T)
        if far.max() > tolerance:
            middle = first + 1 + int(np.argmax(far))
            kept[middle] = True
            pieces += [(first, middle), (middle, last)]
    return [(float(x), float(y)) for x, y in xy[kept][1:]]


def _decimal(x: float) -> str:
    return re.sub(r"^(-?)0\.", r"\1.", f"{x:.4g}")


def _short(k: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[k % 26] + (str(k // 26) if k >= 26 else "")


def _markup(e: ElementTree.Element) -> str:
    return ElementTree.tostring(e, encoding="unicode")
