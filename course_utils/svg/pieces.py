"""Descents as pieces of a picture: contours, trails, arrows, and the loss against the step."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..descent import Trajectory
from ..surfaces import Surface
from .panel import Panel, number, points, text, thinned
from .track import Track

# Shapes, and the tracks that move them.

Piece = tuple[str, list[Track]]
# The point of now of a path.
NOW = re.compile(r'<circle data-k="[^"]*-now"[^>]*/>')


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
    """The surface from above: w2 (flat) across, w1 (steep) up, the minimum marked.

    Its name comes with the paths: see `with_minimum`.
    """
    w1, w2 = surface.minimum
    return (
        panel.contours(surface)
        + panel.axes(ticks2, ticks1, names[1], names[0])
        + panel.inside(cross(panel, w2, w1))
    )


def with_minimum(surface: Surface, panel: Panel, *trails: Piece) -> Piece:
    """Trails with the minimum's name: above their lines, and below their points of now."""
    shapes, tracks = together(*trails)
    w1, w2 = surface.minimum
    x, y = panel.pixels(w2, w1)
    # Paths end here along the floor: below it the word is seldom crossed.
    name = text(x, y + 26, "minimum", "halo small", "middle")
    return NOW.sub("", shapes) + name + "".join(NOW.findall(shapes)), tracks


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
    hidden: np.ndarray | bool = False,
) -> Piece:
    """An arrow at every step, from ``start`` by ``move``, labelled while it is long.

    ``start`` and ``move`` have shape (steps + 1, 2), in units of the weights; the label stands
    ``beside`` the tip, in pixels, and ends there if that is to the left. It stays in the panel, and
    is not shown at the steps that are ``hidden`` or begin outside of the panel.
    """
    ends = _ends(panel, start, move)
    return _arrows(panel, ends, key, kind, words, beside, hidden)


def _arrows(panel, ends, key, kind, words, beside, hidden) -> Piece:
    """Arrows from their tails and tips in pixels."""
    shapes = (
        f'<path data-k="{key}-casing" class="casing"/><path data-k="{key}" class="arrow {kind}"/>'
    )
    tracks = [Track(f"{key}-casing", "arrow", ends, like=key), Track(key, "arrow", ends)]
    if words:
        anchor = "end" if beside[0] < 0 else "start"
        shapes += (
            f'<text data-k="{key}-word" class="halo strong small {kind}" text-anchor="{anchor}"/>'
        )
        left, top, right, bottom = _label(panel, ends, words, beside).T
        at = np.stack([right if beside[0] < 0 else left, bottom - BELOW], axis=1) - beside
        inside = panel.contains(*ends[:, :2].T) & ~np.asarray(hidden)
        # An arrow without length has no label.
        labelled = np.hstack([ends[:, :2], np.where(inside[:, None], at, ends[:, :2])])
        tracks.append(Track(f"{key}-word", "label", labelled, extra=(*beside, words)))
    return shapes, tracks


# A label of small bold letters: how wide one is on average, and how far it reaches above and below
# the line of writing, in pixels.
LETTER, ABOVE, BELOW = 8.8, 11.0, 4.0
# The corner of a panel that belongs to the counter of the steps and to who arrived
COUNTER = 270.0, 108.0


def _ends(panel: Panel, start: np.ndarray, move: np.ndarray) -> np.ndarray:
    """Tails and tips of arrows in pixels, x1, y1, x2, y2."""
    return np.hstack([panel.pixels(*start.T[::-1]), panel.pixels(*(start + move).T[::-1])])


def _label(panel: Panel, ends: np.ndarray, words: str, beside: tuple[float, float]) -> np.ndarray:
    """The boxes of the labels of arrows, moved into the panel: left, top, right, bottom."""
    width = LETTER * len(words)
    x, y = (ends[:, 2:] + beside).T
    left = np.clip(x - width * (beside[0] < 0), panel.x, panel.x + panel.width - width)
    y = np.clip(y, panel.y + ABOVE, panel.y + panel.height - BELOW)
    return np.stack([left, y - ABOVE, left + width, y + BELOW], axis=1)


# How far a name stands from its point, and a point of any path from a name, in pixels.
BESIDE, CLEAR = 12.0, 5.0
# Where other points are nearer than this, in pixels, nobody could say whose name it is.
ALONE = 18.0


def named(panel: Panel, minimum: np.ndarray, *entries: tuple[str, str, np.ndarray]) -> Piece:
    """The names of paths beside their points of now: to the right, the left, above or below.

    A name is not shown where it would lie on a path, on another name, on the minimum's, on the
    panel's edge or on its counter, or where several points are one: the legend has them all.

    Args:
        panel: the ground.
        minimum: the minimum's place.
        entries: for each path its words, its kind, and its place at every step.
    """
    count = len(entries[0][2])
    places, pieces = np.stack([place for *_, place in entries]), []
    right, (x, y) = panel.x + panel.width, np.ravel(minimum)
    corners = (
        [right - COUNTER[0], panel.y, right, panel.y + COUNTER[1]],
        [x - 45, y - 12, x + 90, y + 34],
    )
    taken = [np.tile(corner, (count, 1)) for corner in corners]
    for i, (words, kind, place) in enumerate(entries):
        others = np.delete(places, i, axis=0)
        alone = (np.hypot(*np.moveaxis(others - place, -1, 0)) > ALONE).all(axis=0)
        width, height = LETTER * len(words), ABOVE + BELOW
        shown, chosen = np.zeros(count, bool), np.hstack([place, place])
        # The steps whose name has no place yet
        rest = np.flatnonzero(alone)
        for dx, dy in (
            (BESIDE, -height / 2),
            (-BESIDE - width, -height / 2),
            (-width / 2, -BESIDE - height),
            (-width / 2, BESIDE),
        ):
            if not rest.size:
                break
            box = np.hstack([place[rest] + (dx, dy), place[rest] + (dx + width, dy + height)])
            free = panel.contains(*box[:, :2].T) & panel.contains(*box[:, 2:].T)
            for other in taken:
                free &= ~_meet(box, other[rest])
            free[free] = ~_walked(places, box[free], rest[free])
            chosen[rest[free]], shown[rest[free]] = box[free], True
            rest = rest[~free]
        taken.append(np.where(shown[:, None], chosen, -1e4))
        at = chosen[:, :2] + np.where(shown[:, None], (0, ABOVE), 0)
        name = f'<text data-k="name{i}" class="halo strong small {kind}"/>'
        lines = [words if yes else "" for yes in shown]
        tracks = [Track(f"named{i}", "at", at), Track(f"name{i}", "text", lines)]
        pieces.append((f'<g data-k="named{i}" class="names">{name}</g>', tracks))
    return together(*pieces)


def _walked(places: np.ndarray, boxes: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Over which of the boxes a path has led up to the step of the box; all of them at once."""
    (left, top, right, bottom), (x, y) = boxes.T[..., None, None], np.moveaxis(places, -1, 0)
    under = (x > left - CLEAR) & (x < right + CLEAR) & (y > top - CLEAR) & (y < bottom + CLEAR)
    under &= np.arange(places.shape[1]) <= steps[:, None, None]
    return under.any(axis=(1, 2))


def _meet(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of the boxes, left, top, right, bottom, overlap."""
    low, high = np.maximum(boxes[:, :2], others[:, :2]), np.minimum(boxes[:, 2:], others[:, 2:])
    return (low < high).all(axis=1)


def split_step(
    panel: Panel,
    now: np.ndarray,
    step: np.ndarray,
    words: str = "−ηg",
    minimum: np.ndarray | None = None,
    kept: np.ndarray | None = None,
) -> Piece:
    """A step at every point as an arrow, with its parts along w1 and w2.

    Where names would lie on each other, that of the step stays; none lies on the counter or on the
    name of the minimum.

    Args:
        panel: the ground.
        now, step: the points and the steps from there, shape (steps + 1, 2).
        words: the name of the step.
        minimum: where the minimum is, if its name is shown.
        kept: what is kept of the velocity at every point, an arrow of its own.
    """
    along1, along2 = np.eye(2)
    names = {"fresh": (step, "ink", words, (8, 5))}
    if kept is not None:
        names["kept"] = kept, "kept", "kept βv", (8, -6)
    names |= {
        "part1": (step * along1, "w1", "w1 part", (-9, 0)),
        "part2": (step * along2, "w2", "w2 part", (2, 16)),
    }
    right = panel.x + panel.width
    taken = [[right - COUNTER[0], panel.y, right, panel.y + COUNTER[1]]]
    if minimum is not None:
        x, y = panel.pixels(*minimum[::-1])
        # With room for a film, whose words are twice as large
        taken.append([x - 76, y - 4, x + 76, y + 50])
    boxes = [np.broadcast_to(box, (1, 4)) for box in taken]
    ends = {key: _ends(panel, now, move) for key, (move, *_) in names.items()}
    hidden = {}
    for key, (_, _, said, beside) in names.items():
        box = _label(panel, ends[key], said, beside)
        hidden[key] = np.zeros(len(now), bool)
        for other in boxes:
            hidden[key] |= _meet(box, other)
        boxes.append(box)
    return together(
        *(
            _arrows(panel, ends[key], key, kind, said, beside, hidden[key])
            for key, (_, kind, said, beside) in reversed(names.items())
        )
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


def arrivals(panel: Panel, last: int, *entries: tuple[str, str, int | None]) -> Piece:
    """Below the counter who is at the goal since which step, from that step on.

    Args:
        panel: the ground.
        last: the last step.
        entries: for each its name, its kind and its step, or None if it does not arrive.
    """
    pieces, there = [], sorted((e for e in entries if e[2] is not None), key=lambda e: e[2])
    for i, (name, kind, step) in enumerate(there):
        words = f"{name} at the goal: step {step}"
        lines = [words if k >= step else "" for k in range(last + 1)]
        place = panel.x + panel.width - 12, panel.y + 48 + 24 * i
        pieces.append(word(f"arrival{i}", *place, lines, f"halo small {kind}"))
    return together(*pieces)


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
    each = [f"M{x} {zero}V{y}" for x, y in (one.split(",") for one in points(place).split())]
    shapes = (
        f'<path class="bars ghost {kind}" stroke-width="{width}" d="{"".join(each)}"/>'
        f'<path data-k="{key}" class="bars {kind}" stroke-width="{width}"/>'
    )
    return shapes, [Track(key, "chunks", each)]


def level(panel: Panel, value: float, words: str, kind: str = "guide", side: str = "right") -> str:
    """A horizontal line at a value, with a word at one end: above it where there is room."""
    x, y = panel.pixels(panel.across[0], value)
    base = y - 4 if y - 4 - ABOVE >= panel.y else y + ABOVE + BELOW
    end = x + panel.width - 4 if side == "right" else x + 4
    anchor = "end" if side == "right" else "start"
    return f'<path class="{kind}" d="M{number(x)} {number(y)}h{number(panel.width)}"/>' + (
        text(end, base, words, "small muted halo", anchor) if words else ""
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
