"""A picture in layers: what stays, what a setting changes, and what moves with the step.

The same picture is an explorer's stage (the browser moves it) and a still for print and filmstrips.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import contourpy
import numpy as np

from ..surfaces import Surface

LABELLED = 26
PAGE = 880


@cache
def style() -> str:
    """The style sheet that all scenes share."""
    return files(__package__).joinpath("scene.css").read_text("utf-8")


def number(x: float) -> str:
    """A coordinate in pixels, to a tenth, as short as it can be written."""
    text = f"{x:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def points(xy: Any) -> str:
    """A list of (x, y) as the points of an SVG polyline, with numbers as `number` writes them."""
    flat = np.ravel(xy).tolist()
    written = " ".join(["%.1f,%.1f"] * (len(flat) // 2)) % tuple(flat)
    return written.replace("-0.0", "0.0").replace(".0", "")


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start", **more: str) -> str:
    """A piece of text at a place in pixels."""
    extra = "".join(f' {k.replace("_", "-")}="{escape(v)}"' for k, v in more.items())
    return (
        f'<text x="{number(x)}" y="{number(y)}" class="{kind}" text-anchor="{anchor}"{extra}>'
        f"{escape(words, quote=False)}</text>"
    )


@dataclass(frozen=True)
class Panel:
    """A rectangle of the picture with its own axes.

    Attributes:
        x, y, width, height: the rectangle, in pixels.
        across, up: what the two axes show, (low, high), in data units.
        log: whether the upright axis is logarithmic.
    """

    x: float
    y: float
    width: float
    height: float
    across: tuple[float, float]
    up: tuple[float, float]
    log: bool = False

    def pixels(self, a: Any, b: Any) -> np.ndarray:
        """Places in pixels of the data (a, b), shape (n, 2), kept within reach of the picture."""
        low, high = self.up
        if self.log:
            b = np.log10(np.maximum(np.asarray(b, dtype=float), 1e-300))
            low, high = np.log10(low), np.log10(high)
        x = self.x + self.width * (np.asarray(a) - self.across[0]) / (
            self.across[1] - self.across[0]
        )
        y = self.y + self.height * (high - np.asarray(b)) / (high - low)
        return np.clip(np.stack(np.broadcast_arrays(x, y), axis=-1), -4000, 6000)

    def data(self, x: float, y: float) -> tuple[float, float]:
        """The data at a place in pixels (linear axes)."""
        a = self.across[0] + (x - self.x) / self.width * (self.across[1] - self.across[0])
        return a, self.up[1] - (y - self.y) / self.height * (self.up[1] - self.up[0])

    def contains(self, x: float, y: float) -> bool:
        """Whether a place in pixels lies inside."""
        return 0 <= x - self.x <= self.width and 0 <= y - self.y <= self.height

    def inside(self, *shapes: str) -> str:
        """Shapes that are cut off at the panel's edge."""
        box = " ".join(map(number, (self.x, self.y, self.width, self.height)))
        x, y, w, h = box.split()
        place = f'x="{x}" y="{y}" width="{w}" height="{h}"'
        return f'<svg role="none" {place} viewBox="{box}">{"".join(shapes)}</svg>'

    def frame(self) -> str:
        """The panel's outline."""
        x, y, w, h = map(number, (self.x, self.y, self.width, self.height))
        return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" class="frame"/>'

    def axes(
        self,
        across: Sequence[float] = (),
        up: Sequence[float] = (),
        across_name: str = "",
        up_name: str = "",
        form: str = "{:g}",
    ) -> str:
        """Ticks and the names of the axes: ``across_name`` below, ``up_name`` above on the left."""
        low = self.up[0]
        out = []
        for a in across:
            x, y = self.pixels(a, low)
            out.append(f'<path class="tick" d="M{number(x)} {number(y)}v4"/>')
            out.append(text(x, y + 17, form.format(a).replace("-", "−"), "muted small", "middle"))
        for b in up:
            x, y = self.pixels(self.across[0], b)
            label = power_of_ten(b) if self.log else form.format(b).replace("-", "−")
            out.append(f'<path class="tick" d="M{number(x)} {number(y)}h-4"/>')
            out.append(text(x - 7, y + 4, label, "muted small", "end"))
        if across_name:
            x = (
                self.pixels(sum(across[-2:]) / 2, low)[0]
                if len(across_name) < 8
                else self.x + self.width - 8
            )
            anchor = "middle" if len(across_name) < 8 else "end"
            out.append(text(x, self.y + self.height + 17, across_name, "small", anchor))
        if up_name:
            out.append(text(self.x, self.y - 8, up_name, "small"))
        return "".join(out)

    def contours(self, surface: Surface, levels: int = 9, size: tuple[int, int] = (161, 81)) -> str:
        """The sets {loss <= level} of a surface, w2 across and w1 up, deeper where it is darker."""
        w2, w1 = (
            np.linspace(*limits, n) for limits, n in zip((self.across, self.up), size, strict=True)
        )
        mesh = np.stack(np.meshgrid(w1, w2, indexing="ij"))
        loss = surface.value(mesh)
        floor, high = float(loss.min()), float(loss.max())
        heights = [floor + (high - floor) * (k / (levels + 1)) ** 2 for k in range(levels, 0, -1)]
        return self.bands(w2, w1, loss, heights)

    def bands(
        self,
        across: np.ndarray,
        up: np.ndarray,
        values: np.ndarray,
        levels: Sequence[float],
        least: float = 0.8,
    ) -> str:
        """The sets {values <= level}, one over the other, so that lower values are darker.

        ``values`` has shape (len(up), len(across)); ``levels`` fall; points of an outline that are
        closer than ``least`` pixels are dropped.
        """
        generator = contourpy.contour_generator(across, up, values)
        below = float(np.min(values)) - 1
        out = []
        for level in levels:
            for outline, starts in zip(*generator.filled(below, level), strict=True):
                rings = (self.pixels(*ring.T) for ring in np.split(outline, starts[1:-1]))
                d = "".join(f"M{points(_thin(ring, least))}z" for ring in rings)
                out.append(f'<path class="band" d="{d}"/>')
        return self.inside(*out)


def power_of_ten(x: float) -> str:
    """10 to a whole power, with a raised exponent."""
    exponent = round(np.log10(x))
    if exponent in (0, 1, 2):
        return str(10**exponent)
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def nice_limit(x: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, ... (or a tenth, ...) above ``x``."""
    if not (np.isfinite(x) and x > 0):
        return 1.0
    power = 10.0 ** np.floor(np.log10(x))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power >= x * (1 - 1e-9)))


def _thin(place: np.ndarray, least: float = 0.8) -> np.ndarray:
    """Drop points closer than ``least`` pixels to the last one kept."""
    kept = place[:1].tolist()
    for x, y in place[1:].tolist():
        if max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) >= least:
            kept.append([x, y])
    return np.array(kept)


@dataclass(frozen=True)
class Track:
    """How one shape of the picture moves with the step.

    Attributes:
        shape: the ``data-k`` of the shape.
        kind: ``at`` (x, y), ``arrow`` (x1, y1, x2, y2), ``label`` (beside an arrow's tip, while the
            arrow is long), ``upto`` and ``dots`` (points, shown up to the step), ``chunks`` (pieces
            of a path, shown up to the step), ``cloud`` (x1, y1, x2, y2, ... of points that all
            move), ``ellipse`` (x, y and the two radii) or ``text``.
        values: one value a step.
        like: the shape whose values these are, so that they are sent once.
        extra: for a label, how far beside the tip it stands and its words.
    """

    shape: str
    kind: str
    values: Sequence[Any]
    like: str = ""
    extra: tuple[float, float, str] = (0, 0, "")

    def wire(self) -> list[Any]:
        """The track as the browser gets it: places in whole tenths of a pixel."""
        values: Any = self.like or self.values
        if not self.like and self.kind not in ("chunks", "text"):
            values = np.rint(np.asarray(values, dtype=float) * 10).astype(int).tolist()
        return [self.shape, self.kind, values, self.extra]


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
        sentence, columns = self.spoken
        return sentence.format(*(column[min(step, len(column) - 1)] for column in columns))

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

    def with_title(self, title: str) -> Picture:
        """The same picture under another title."""
        return replace(self, title=title)


def document(width: float, height: float, title: str, body: str) -> str:
    """SVG markup as a document: titled, styled, on a light card."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drc" role="img" '
        f'viewBox="0 0 {number(width)} {number(height)}" width="{number(min(width, PAGE))}">'
        f"<title>{escape(title, quote=False)}</title><style>{_light_style()}</style>"
        f'<rect class="card" width="100%" height="100%"/>{body}</svg>'
    )


@cache
def _light_style() -> str:
    light = re.sub(r"\[data-jp-theme-light[^}]*}", "", style())
    return re.sub(r"\s*\n\s*", "", light).replace(": ", ":").replace(" {", "{").replace("; ", ";")


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """The path of an arrow, with a head of at most 10 pixels."""
    length = float(np.hypot(x2 - x1, y2 - y1))
    if length < 0.5:
        return f"M{number(x1)} {number(y1)}"
    head = min(10.0, 0.45 * length)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - head * ux, y2 - head * uy
    px, py = -0.5 * head * uy, 0.5 * head * ux
    return (
        f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"
        f"M{number(bx + px)} {number(by + py)}L{number(x2)} {number(y2)}"
        f"L{number(bx - px)} {number(by - py)}"
    )


def cloud(flat: Any) -> str:
    """The path of a dot at each of the points x1, y1, x2, y2, ..."""
    return "".join(f"M{points([p])}h0" for p in np.reshape(flat, (-1, 2)))


def ellipse(value: Any) -> str:
    """The path of an ellipse with the given centre and radii."""
    x, y, across, up = value
    arc = f"a{number(across)} {number(up)} 0 1 0"
    return (
        f"M{number(x - across)} {number(y)}{arc} {number(2 * across)} 0"
        f"{arc} {number(-2 * across)} 0z"
    )


def _move(shape: ElementTree.Element, track: Track, step: int) -> None:
    value = track.values[step]
    if track.kind == "at":
        shape.set("transform", f"translate({number(value[0])} {number(value[1])})")
    elif track.kind == "arrow":
        shape.set("d", arrow(*value))
    elif track.kind == "label":
        x1, y1, x2, y2 = value
        dx, dy, words = track.extra
        shape.set("transform", f"translate({number(x2 + dx)} {number(y2 + dy)})")
        shape.text = words if np.hypot(x2 - x1, y2 - y1) > LABELLED else ""
    elif track.kind == "upto":
        shape.set("points", points(track.values[: step + 1]))
    elif track.kind == "dots":
        shape.set("d", "".join(f"M{points([p])}h0" for p in track.values[: step + 1]))
    elif track.kind == "chunks":
        shape.set("d", "".join(track.values[: step + 1]))
    elif track.kind in ("cloud", "ellipse"):
        shape.set("d", (cloud if track.kind == "cloud" else ellipse)(value))
    else:
        shape.text = str(value)
