"""A rectangle of a picture with its own axes, and how places and words are written in SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import contourpy
import numpy as np

from ..surfaces import Surface
from .palette import ramp

# Beyond a panel's edge, across and up, in pixels: at the last step a mark stands on the right edge
# and is not cut in half; upwards it is a line's width, since words and ticks are near.
ROOM, EXACT = (9.0, 2.0), (0.0, 0.0)


def number(x: float) -> str:
    """A coordinate in pixels, to a tenth, as short as it can be written."""
    text = f"{x:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def points(xy: Any) -> str:
    """A list of (x, y) as the points of an SVG polyline, with numbers as `number` writes them."""
    flat = np.ravel(xy).tolist()
    written = " ".join(["%.1f,%.1f"] * (len(flat) // 2)) % tuple(flat)
    return written.replace("-0.0", "0.0").replace(".0", "")


def minus(words: str) -> str:
    """Words in which every hyphen is a minus sign, as long as a plus sign and never at a break."""
    return words.replace("-", "−")


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
        # The same as stacking and clipping; each picture asks for some forty of these.
        places = np.empty((*np.broadcast(x, y).shape, 2), np.result_type(x, y))
        places[..., 0], places[..., 1] = x, y
        return np.minimum(np.maximum(places, -4000, out=places), 6000, out=places)

    def data(self, x: float, y: float) -> tuple[float, float]:
        """The data at a place in pixels."""
        share = (x - self.x) / self.width, 1 - (y - self.y) / self.height
        a = self.across[0] + share[0] * (self.across[1] - self.across[0])
        low, high = self.up
        if self.log:
            return a, low * (high / low) ** share[1]
        return a, high - (1 - share[1]) * (high - low)

    def contains(self, x: Any, y: Any) -> Any:
        """Whether a place in pixels lies inside; of arrays, which of the places do."""
        across, up = np.asarray(x) - self.x, np.asarray(y) - self.y
        return (across >= 0) & (across <= self.width) & (up >= 0) & (up <= self.height)

    def scaled(
        self,
        up: tuple[float, float] | None = None,
        across: tuple[float, float] | None = None,
        log: bool | None = None,
    ) -> Panel:
        """The same rectangle with other axes; what is not given stays."""
        return replace(
            self,
            up=self.up if up is None else up,
            across=self.across if across is None else across,
            log=self.log if log is None else log,
        )

    def inside(self, *shapes: str, room: tuple[float, float] = ROOM) -> str:
        """Shapes that are cut off at the panel's edge, or ``room`` beyond it, in pixels."""
        across, up = room
        box = " ".join(
            map(number, (self.x - across, self.y - up,
                         self.width + 2 * across, self.height + 2 * up))
        )  # fmt: skip
        x, y, w, h = box.split()
        place = f'x="{x}" y="{y}" width="{w}" height="{h}"'
        return f'<svg role="none" {place} viewBox="{box}">{"".join(shapes)}</svg>'

    def frame(self) -> str:
        """The panel's two axes, on the left and below."""
        x, y, w, h = map(number, (self.x, self.y, self.width, self.height))
        return f'<path class="frame" d="M{x} {y}v{h}h{w}"/>'

    def wall(self) -> str:
        """The highest ground, which fills the panel."""
        x, y, w, h = map(number, (self.x, self.y, self.width, self.height))
        return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" class="wall"/>'

    def axes(
        self,
        across: Sequence[float] = (),
        up: Sequence[float] = (),
        across_name: str = "",
        up_name: str = "",
        form: str = "",
    ) -> str:
        """Ticks and the names of the axes: ``across_name`` below, ``up_name`` above on the left."""
        low = self.up[0]
        out = []
        for a in across:
            x, y = self.pixels(a, low)
            out.append(f'<path class="tick" d="M{number(x)} {number(y)}v4"/>')
            out.append(
                text(
                    x,
                    y + 17,
                    minus(form.format(a) if form else short_number(a)),
                    "muted small",
                    "middle",
                )
            )
        for b in up:
            x, y = self.pixels(self.across[0], b)
            label = (
                power_of_ten(b) if self.log else minus(form.format(b) if form else short_number(b))
            )
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
        sets = self.outlines(across, up, values, levels, least)
        return self.inside(
            self.wall(), *(f'<path class="band" d="{d}"/>' for _, d in sets), room=EXACT
        )

    def shades(
        self,
        across: np.ndarray,
        up: np.ndarray,
        values: np.ndarray,
        levels: Sequence[float],
        least: float = 0.8,
    ) -> str:
        """The sets {values <= level} as `bands` draws them, in colours of the ramp of maps.

        Of n levels the first has the colour ``shade_of(1, n + 1)``, the last and lowest the
        darkest. What is above all levels is left as it is.
        """
        sets, n = self.outlines(across, up, values, levels, least), len(levels) + 1
        return self.inside(
            *(f'<path class="shade" fill="{shade_of(i + 1, n)}" d="{d}"/>' for i, d in sets),
            room=EXACT,
        )

    def outlines(
        self, across: np.ndarray, up: np.ndarray, values: np.ndarray, levels: Any, least: float
    ) -> Iterator[tuple[int, str]]:
        """For each outline of {values <= level} the place of its level, and its path."""
        generator = contourpy.contour_generator(across, up, values)
        below = float(np.min(values)) - 1
        for i, level in enumerate(levels):
            if level <= below:
                return
            for outline, starts in zip(*generator.filled(below, level), strict=True):
                rings = [self.pixels(*ring.T) for ring in np.split(outline, starts[1:-1])]
                thin = [
                    points(ring) for ring in (thinned(r, least) for r in rings) if len(ring) > 2
                ]
                # An island of a pixel is nothing to see.
                if thin:
                    yield i, "".join(f"M{ring}z" for ring in thin)


def shade_of(i: int, n: int) -> str:
    """The colour of part ``i`` of ``n`` of a map, the first and highest the lightest."""
    return ramp(1 - i / (n - 1))


def power_of_ten(x: float) -> str:
    """10 to a whole power, with a raised exponent."""
    exponent = round(np.log10(x))
    if exponent in (0, 1, 2):
        return str(10**exponent)
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def short_number(x: float) -> str:
    """A number on an axis, short enough to stand beside it: 0.05, 2000, 5·10⁴."""
    words = f"{x:g}"
    if len(words.removeprefix("-")) < 5 and "e" not in words:
        return words
    mantissa, _, exponent = f"{x:.3e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    if abs(int(exponent)) < 4:
        return words
    power = power_of_ten(10.0 ** int(exponent))
    return {"1": power, "-1": f"-{power}"}.get(mantissa, f"{mantissa}·{power}")


def nice_limit(x: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, ... (or a tenth, ...) above ``x``."""
    if not (np.isfinite(x) and x > 0):
        return 1.0
    power = 10.0 ** np.floor(np.log10(x))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power >= x * (1 - 1e-9)))


def thinned(place: np.ndarray, least: float = 0.8) -> np.ndarray:
    """Drop points closer than ``least`` pixels to the last one kept."""
    # Most curves have no such points.
    if (np.abs(np.diff(place, axis=0)).max(axis=1, initial=0) >= least).all():
        return np.array(place)
    kept = place[:1].tolist()
    a, b = kept[0]
    for x, y in place[1:].tolist():
        across, up = abs(x - a), abs(y - b)
        if (up if up > across else across) >= least:
            a, b = x, y
            kept.append([x, y])
    return np.array(kept)
