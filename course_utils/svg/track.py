"""What moves with the step: one reading of a track for stills and for the player."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .panel import number, points

# What the browser draws with as well; it gets these numbers with every picture.
GEOMETRY = {
    # An arrow shorter than this, in pixels, has no label: the words would lie on its tail.
    "labelled": 26.0,
    # The longest head of an arrow, in pixels; a short arrow's is this share of its length.
    "head": 10.0,
    "head_share": 0.45,
    # Nothing shorter, in pixels, can be seen: only its place is drawn.
    "point": 0.5,
}


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """The path of an arrow, whose head is half as wide as it is long."""
    length = float(np.hypot(x2 - x1, y2 - y1))
    if length < GEOMETRY["point"]:
        return f"M{number(x1)} {number(y1)}"
    head = min(GEOMETRY["head"], GEOMETRY["head_share"] * length)
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


def packed(values: Any) -> dict[str, Any]:
    """Rows of numbers, in tenths, as the player's script unpacks them.

    Args:
        values: a row for each step.

    Returns:
        How wide a row is, and the rows' tenths, four bytes each, as base64.

    >>> packed([(0.1, 0.2), (0.3, -0.1)])
    {'wide': 2, 'tenths': 'AQAAAAIAAAADAAAA/////w=='}
    """
    rows = np.rint(np.asarray(values, dtype=float) * 10).astype("<i4")
    return {"wide": rows[0].size, "tenths": b64encode(rows.tobytes()).decode("ascii")}


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

    def attribute(self, step: int) -> tuple[str, str]:
        """What moves the shape at a step: an attribute's name and its text.

        The name is ``text`` where the track is what the shape says.
        """
        kind, value = self.kind, self.values[step]
        if kind == "at":
            return "transform", f"translate({number(value[0])} {number(value[1])})"
        if kind == "label":
            x, y = value[2] + self.extra[0], value[3] + self.extra[1]
            return "transform", f"translate({number(x)} {number(y)})"
        if kind == "arrow":
            return "d", arrow(*value)
        if kind == "upto":
            return "points", points(self.values[: step + 1])
        if kind == "dots":
            return "d", cloud(self.values[: step + 1])
        if kind == "chunks":
            return "d", "".join(self.values[: step + 1])
        if kind in ("cloud", "ellipse"):
            return "d", (cloud if kind == "cloud" else ellipse)(value)
        return "text", str(value)

    def labels(self, step: int) -> bool:
        """Whether a label is shown at a step: its arrow is long enough."""
        x1, y1, x2, y2 = self.values[step]
        return bool(np.hypot(x2 - x1, y2 - y1) > GEOMETRY["labelled"])

    def wire(self) -> list[Any]:
        """The track as the browser gets it: packed places, texts, or the shape that it is like."""
        values: Any = self.like or self.values
        if not self.like and self.kind not in ("chunks", "text"):
            values = packed(values)
        return [self.shape, self.kind, values, self.extra]
