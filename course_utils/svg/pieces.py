"""Descents as pieces of a picture: contours, trails, arrows, and the loss against the step."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..descent import Trajectory
from ..surfaces import Surface
from .panel import Panel, number, points, text, thinned
from .track import Track

# Shapes, and the tracks that move them.

Piece = tuple[str, list[Track]]


def cased(d: str, kind: str) -> str:
    """A path that does not move, in a casing that keeps it apart from the ground."""
    return f'<path class="casing" d="{d}"/><path class="{kind}" d="{d}"/>'


def cross(panel: Panel, a: float, b: float) -> str:
    """The mark of a minimum, or of another best point, at the data (a, b)."""
    x, y = panel.pixels(a, b)
    arms = f"M{number(x - 7)} {number(y)}h14M{number(x)} {number(y - 7)}v14"
    return cased(arms, "minimum")


def contour_map(
    surface: Surface,
    panel: Panel,
    ticks1=(-2, 0, 2),
    ticks2=(-10, -5, 0),
    names=("w1, the steep direction ↑", "w2, the flat direction →"),
) -> str:
    """The surface from above: w2 (flat) across, w1 (steep) up, the minimum marked."""
    w1, w2 = surface.minimum
    x, y = panel.pixels(w2, w1)
    return (
        panel.contours(surface)
        + panel.axes(ticks2, ticks1, names[1], names[0])
        + panel.inside(cross(panel, w2, w1))
        + text(x + 10, y - 9, "minimum", "halo small")
    )


def path(place: np.ndarray, key: str, kind: str, radius: float) -> Piece:
    """A path through places in pixels up to the step: a dot a step, and its point now.

    Its casing is of the colour of the card, so that it is seen on the darkest ground.
    """
    shapes = (
        f'<polyline data-k="{key}-casing" class="casing"/>'
        f'<polyline data-k="{key}-path" class="path {kind}"/>'
        f'<path data-k="{key}-dots" class="dots {kind}"/>'
        f'<circle data-k="{key}-now" class="mark {kind}" r="{radius:g}"/>'
    )
    tracks = [
        Track(f"{key}-casing", "upto", place, like=f"{key}-path"),
        Track(f"{key}-path", "upto", place),
        Track(f"{key}-dots", "dots", place, like=f"{key}-path"),
        Track(f"{key}-now", "at", place, like=f"{key}-path"),
    ]
    return shapes, tracks


def trail(panel: Panel, run: Trajectory, steps: int, kind: str) -> Piece:
    """The path of a descent over the contours up to the step, a dot a step, and its point now."""
    place = panel.pixels(*run.padded(steps).positions.T[::-1])
    # Gradient descent is what others are compared with: the smaller mark lets theirs be seen.
    return path(place, kind, kind, 6 if kind == "gd" else 7)


def arrows(
    panel: Panel,
    start: np.ndarray,
    move: np.ndarray,
    key: str,
    kind: str,
    words: str = "",
    beside: tuple[float, float] = (8, 5),
) -> Piece:
    """An arrow at every step, from ``start`` by ``move``, labelled while it is long.

    ``start`` and ``move`` have shape (steps + 1, 2), in units of the weights; the label stands
    ``beside`` the tip, in pixels, and ends there if that is to the left.
    """
    tail = panel.pixels(*start.T[::-1])
    tip = panel.pixels(*(start + move).T[::-1])
    shapes = (
        f'<path data-k="{key}-casing" class="casing"/><path data-k="{key}" class="arrow {kind}"/>'
    )
    ends = np.hstack([tail, tip])
    tracks = [Track(f"{key}-casing", "arrow", ends, like=key), Track(key, "arrow", ends)]
    if words:
        anchor = "end" if beside[0] < 0 else "start"
        shapes += (
            f'<text data-k="{key}-word" class="halo strong small {kind}" text-anchor="{anchor}"/>'
        )
        tracks.append(Track(f"{key}-word", "label", ends, like=key, extra=(*beside, words)))
    return shapes, tracks


def split_step(panel: Panel, now: np.ndarray, step: np.ndarray, words: str = "−ηg") -> Piece:
    """A step at every point as an arrow, with its parts along w1 and w2."""
    along1, along2 = np.eye(2)
    return together(
        arrows(panel, now, step * along2, "part2", "w2", "w2 part", (2, 16)),
        arrows(panel, now, step * along1, "part1", "w1", "w1 part", (-9, 0)),
        arrows(panel, now, step, "fresh", "ink", words),
    )


def word(key: str, x: float, y: float, lines: list[str], kind: str, anchor: str = "end") -> Piece:
    """A text at a place in pixels that says something else at every step."""
    shape = (
        f'<text data-k="{key}" x="{number(x)}" y="{number(y)}" class="{kind}" '
        f'text-anchor="{anchor}"/>'
    )
    return shape, [Track(key, "text", lines)]


def counter(panel: Panel, lines: list[str]) -> Piece:
    """A line of text in the panel's upper right corner, one for every step."""
    return word("counter", panel.x + panel.width - 12, panel.y + 24, lines, "halo strong")


def step_counter(panel: Panel, last: int, every: int = 1) -> Piece:
    """The number of the step in the panel's upper right corner."""
    return counter(panel, [f"step {every * k}" for k in range(last + 1)])


def legend(y: float, *entries: tuple[float, str, str, str]) -> str:
    """What the lines are: for each its place, its words, their kind and the classes of a sample."""
    return "".join(
        f'<path class="{sample}" d="M{number(x)} {number(y - 5)}h32"/>'
        + text(x + 40, y, words, kind)
        for x, words, kind, sample in entries
    )


def curve(panel: Panel, values: np.ndarray, key: str, kind: str) -> Piece:
    """A quantity against the step: all of it faint, up to the step strong, with its point now."""
    place = panel.pixels(np.arange(len(values)), values)
    shapes = (
        f'<polyline class="ghost {kind}" points="{points(thinned(place))}"/>'
        f'<polyline data-k="{key}" class="path {kind}"/>'
        f'<circle data-k="{key}-now" class="mark {kind}" r="4"/>'
    )
    return shapes, [
        Track(key, "upto", place),
        Track(f"{key}-now", "at", place, like=key),
    ]


def bars(panel: Panel, values: np.ndarray, key: str, kind: str) -> Piece:
    """A bar from zero for every step: all of them faint, up to the step strong."""
    place = panel.pixels(np.arange(len(values)), values)
    zero = number(panel.pixels(0, 0)[1])
    width = number(0.62 * panel.width / max(len(values) - 1, 1))
    each = [f"M{number(x)} {zero}V{number(y)}" for x, y in place]
    shapes = (
        f'<path class="bars ghost {kind}" stroke-width="{width}" d="{"".join(each)}"/>'
        f'<path data-k="{key}" class="bars {kind}" stroke-width="{width}"/>'
    )
    return shapes, [Track(key, "chunks", each)]


def level(panel: Panel, value: float, words: str, kind: str = "guide", side: str = "right") -> str:
    """A horizontal line at a value, with a word at one end."""
    x, y = panel.pixels(panel.across[0], value)
    end = x + panel.width - 4 if side == "right" else x + 4
    anchor = "end" if side == "right" else "start"
    return f'<path class="{kind}" d="M{number(x)} {number(y)}h{number(panel.width)}"/>' + (
        text(end, y - 4, words, "small muted halo", anchor) if words else ""
    )


def line(panel: Panel, a: Any, b: Any, kind: str) -> str:
    """A line through the data (a, b), which does not move."""
    return f'<polyline class="{kind}" points="{points(panel.pixels(a, b))}"/>'


def mark(panel: Panel, a: float, b: float, kind: str, radius: float) -> str:
    """A round mark at the data (a, b), which does not move."""
    x, y = map(number, panel.pixels(a, b))
    return f'<circle class="mark {kind}" cx="{x}" cy="{y}" r="{radius:g}"/>'


def upright(panel: Panel, a: float, kind: str = "guide") -> str:
    """A line from top to bottom at the data ``a``."""
    x = number(panel.pixels(a, panel.up[1])[0])
    return f'<path class="{kind}" d="M{x} {number(panel.y)}v{number(panel.height)}"/>'


def tick(panel: Panel, a: float, words: str) -> str:
    """A tick below the panel at the data ``a``, with words of its own."""
    x, y = panel.pixels(a, panel.up[0])
    return f'<path class="tick" d="M{number(x)} {number(y)}v4"/>' + text(
        x, y + 17, words, "muted small", "middle"
    )


def inside(panel: Panel, *pieces: Piece) -> Piece:
    """Pieces as one, cut off at the panel's edge."""
    shapes, tracks = together(*pieces)
    return panel.inside(shapes), tracks


def together(*pieces: Piece) -> Piece:
    """Pieces as one."""
    return "".join(p[0] for p in pieces), [track for p in pieces for track in p[1]]
