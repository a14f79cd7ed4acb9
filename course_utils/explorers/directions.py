"""Gradient descent on a quadratic of many directions, seen along each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..svg import (
    EXACT,
    Panel,
    Picture,
    Piece,
    Track,
    curve,
    inside,
    level,
    line,
    minus,
    number,
    points,
    text,
    together,
    word,
)
from ..theory import best_descent, contraction, descent_limit
from . import common
from .common import STEEP, texts
from .controls import Choice, Control, WholeSlider
from .explorer import Explorer, Mark

KAPPA = 25.0
FLAT = STEEP / KAPPA
MOST = 30
# Above and below zero: at most 1 is left unless the descent runs away, and then it is cut off here.
ERROR = Panel(46, 40, 900, 236, (0, 1), (-1.15, 1.15))
FACTOR = Panel(46, 342, 430, 100, (0, 27), (-1.7, 1.2))
DISTANCE = Panel(546, 342, 400, 100, (0, 120), (1e-4, 10), log=True)
GOAL = 1e-3
# So many directions have their curvatures written below them.
FEW = 6
# Of the room for a direction its bar takes this share, and is never wider than this, in pixels.
SHARE, WIDEST = 0.62, 60.0


def spread(how: str, n: int) -> np.ndarray:
    """Curvatures of ``n`` directions from 1 up to 25, the flattest first.

    >>> spread("evenly spaced", 4).tolist(), spread("mostly flat", 3).round(9).tolist()
    ([1.0, 9.0, 17.0, 25.0], [1.0, 5.0, 25.0])
    """
    if how == "evenly spaced":
        return np.linspace(FLAT, STEEP, n)
    if how == "mostly flat":
        return np.geomspace(FLAT, STEEP, n)
    flat = n // 2
    return np.concatenate(
        [np.linspace(FLAT, 2, flat + 1)[:flat], np.linspace(20, STEEP, n - flat + 1)[1:]]
    )


class Directions(Explorer):
    """What is left of the error along each direction of a quadratic with 2 to 30 of them.

    Below: what one step multiplies each by, against its curvature; and the distance to the minimum.
    """

    goal = (
        "With 30 directions bring the distance below 0.001 of the first one in the fewest steps. "
        "Then see how many steps 2 directions need."
    )
    presets = {
        "Two directions": {"n": 2, "step": 9},
        "Thirty, best η": {"n": 30, "step": 9},
        "Thirty, no flips": {"n": 30, "lr": 0.04, "step": 9},
        "Mostly flat": {"n": 30, "spectrum": "mostly flat", "step": 9},
        "Steepest runs away": {"n": 30, "lr": 0.082, "step": 9},
    }
    main_panel = ERROR
    last = 120

    def controls(self) -> dict[str, Control]:
        """The learning rate, how many directions there are, and how their curvatures lie."""
        return {
            "lr": common.rate_slider(0.0769, 0.1, 0.0001, ".4f"),
            "n": WholeSlider("directions", 2, 2, MOST),
            "spectrum": Choice("curvatures", ("evenly spaced", "mostly flat", "two groups")),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Where the steepest direction is gone at once, the best rate, and where it runs away."""
        best, _ = best_descent(STEEP, FLAT)
        limit = float(descent_limit(STEEP))
        words = (1 / STEEP, "1/λmax", "middle"), (best, "best", "left"), (limit, "2/λmax", "right")
        return {"lr": list(words)}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The error along each direction, the factors, and the distance."""
        lr, n, last = state["lr"], state["n"], self.last
        curvatures = spread(state["spectrum"], n)
        factors = contraction(lr, curvatures)
        left = factors ** np.arange(last + 1)[:, None]
        distance = np.sqrt(np.mean(left**2, axis=1))
        lines = [f"step {k}" for k in range(last + 1)]
        panel = ERROR.scaled(across=(-0.5, n - 0.5))
        shapes, tracks = together(
            _bars(panel, left),
            (_names(panel, curvatures), []),
            word("counter", ERROR.x + ERROR.width, ERROR.y - 8, lines, "strong"),
            (_factors(lr, curvatures, factors), []),
            inside(DISTANCE, curve(DISTANCE, distance, "distance", "gd")),
        )
        return Picture(
            960, 466, f"η = {lr:.4g}, {n} directions", _back(), shapes, tuple(tracks),
            _sentence(state, factors, left, distance),
        )  # fmt: skip


def _back() -> str:
    return "".join(
        (
            ERROR.frame(),
            ERROR.axes((), (-1, 0, 1), "", "what is left of the error along each direction"),
            ERROR.inside(level(ERROR, 0, "", "zero"), level(ERROR, 1, ""), level(ERROR, -1, "")),
            FACTOR.frame(),
            FACTOR.axes((0, 10, 20), (-1, 0, 1), "curvature λ", "each step multiplies by 1 − ηλ"),
            FACTOR.inside(level(FACTOR, 0, "", "zero"), level(FACTOR, -1, ""),
                          level(FACTOR, 1, "")),
            DISTANCE.frame(),
            DISTANCE.axes((0, 40, 80, 120), (1e-3, 1), "step", "distance to the minimum"),
            DISTANCE.inside(level(DISTANCE, GOAL, "goal", side="left")),
        )
    )  # fmt: skip


def _bars(panel: Panel, left: np.ndarray) -> Piece:
    """A bar from zero for each direction: one of two that slide out of the line of zero."""
    n = left.shape[1]
    wide, zero = number(min(SHARE * panel.width / n, WIDEST)), float(panel.pixels(0, 0)[1])
    first = "".join(
        f"M{number(x)} {number(zero)}V{number(y)}" for x, y in panel.pixels(np.arange(n), 1.0)
    )
    shapes = f'<path class="bars ghost gd" stroke-width="{wide}" d="{first}"/>'
    tracks = []
    for name, y, sign in (("up", panel.y, 1), ("down", zero, -1)):
        half = Panel(panel.x, y, panel.width, panel.height / 2, panel.across, (0, 1))
        bars = []
        for i in range(n):
            # As long as the half is high, so that its other end is never seen.
            bars.append(
                f'<path data-k="{name}{i}" class="bars gd" stroke-width="{wide}" '
                f'd="M0 0v{number(sign * half.height)}"/>'
            )
            tops = sign * np.maximum(sign * left[:, i], 0)
            tracks.append(Track(f"{name}{i}", "at", panel.pixels(i, tops)))
        shapes += half.inside(*bars, room=EXACT)
    return shapes, tracks


def _names(panel: Panel, curvatures: np.ndarray) -> str:
    """The curvature of each direction below its bar, of many only of the two ends."""
    n, few = len(curvatures), len(curvatures) <= FEW
    out = []
    for i, curvature in enumerate(curvatures):
        if few or i in (0, n - 1):
            x = float(panel.pixels(i, 0)[0])
            words = f"λ = {common.short(curvature)}"
            words += {0: ", the flattest", n - 1: ", the steepest"}.get(i, "")
            anchor = "middle" if few else ("start", "end")[i > 0]
            x += 0 if few else (-8, 8)[i > 0]
            out.append(text(x, panel.y + panel.height + 17, words, "muted small", anchor))
    return "".join(out)


def _factors(lr: float, curvatures: np.ndarray, factors: np.ndarray) -> str:
    """The line 1 − ηλ against the curvature, with a dot for each direction."""
    ends = np.array(FACTOR.across)
    dots = "".join(f"M{points([p])}h0" for p in FACTOR.pixels(curvatures, factors))
    return FACTOR.inside(
        line(FACTOR, ends, contraction(lr, ends), "ghost gd"), f'<path class="dots gd" d="{dots}"/>'
    )


def _sentence(
    state: Mapping[str, Any], factors: np.ndarray, left: np.ndarray, distance: np.ndarray
) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    # Four digits: with three, the slider's stops lie half way between two of them.
    ends = " and ".join(minus(f"{x:.4f}") for x in factors[[0, -1]])
    flips = int(np.sum(factors < 0))
    below = np.flatnonzero(distance <= GOAL)
    if len(below):
        end = f"It is below 0.001 from step {below[0]} on."
    else:
        final = common.sizes(distance[-1:], 0)[0]
        end = f"After {len(distance) - 1} steps it is {final}, still above 0.001."
    sentence = (
        f"η = {state['lr']:.4g}, {state['n']} directions, {state['spectrum']}, of which {flips} "
        f"flip: each step multiplies the flattest and the steepest by {ends}. [Step {{0}}:] along "
        "the flattest {1} of the error is left, along the steepest {2}; [the distance to the "
        f"minimum is {{3}} times the first one. {end}]"
    )
    columns = [
        common.steps(len(distance) - 1),
        texts(left[:, 0], ".2g"),
        texts(left[:, -1], ".2g"),
        common.sizes(distance, 0),
    ]
    return sentence, columns
