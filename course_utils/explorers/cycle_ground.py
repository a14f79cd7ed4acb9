"""What the explorer of RMSProp draws: both paths along the valley, and three curves below."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from ..descent import Trajectory
from ..svg import (
    Panel,
    Piece,
    arrow,
    arrows,
    counter,
    curve,
    legend,
    level,
    number,
    padded,
    text,
    together,
    trail,
)
from .damping import GROUND, valley

LAST, PLAIN_RATE, GOAL = 240, 0.076, 1e-3
STEPS = Panel(46, 342, 252, 100, (0, LAST), (1e-4, 10), log=True)
DIVISORS = Panel(362, 342, 252, 100, (0, LAST), (1e-2, 100), log=True)
LOSS = Panel(690, 342, 256, 100, (0, LAST), (1e-7, 1e3), log=True)
COMPASS, NEEDLE = (868.0, 232.0), 40.0


@lru_cache(maxsize=8)
def back(kappa: float) -> str:
    """The valley from above, always level, and the frames of the curves."""
    x, y = GROUND.pixels(0, 0)
    arms = f"M{number(x - 7)} {number(y)}h14M{number(x)} {number(y - 7)}v14"
    panels = [
        GROUND.contours(valley(kappa)),
        GROUND.frame(),
        GROUND.axes((-10, -5, 0), (-2, 0, 2), "along the valley →", "across the valley ↑"),
        GROUND.inside(f'<path class="minimum" d="{arms}"/>'),
        text(x + 10, y - 9, "minimum", "halo small"),
        *(panel.frame() for panel in (STEPS, DIVISORS, LOSS)),
        LOSS.axes((0, 100, 200), (1e-6, 1e-3, 1, 1000), "step", "loss / c"),
        LOSS.inside(level(LOSS, GOAL, "goal", side="left")),
    ]
    return "".join(panels)


def along_the_valley(w: np.ndarray, theta: float) -> np.ndarray:
    """Weights, shape (n, 2), as coordinates across the valley and along it."""
    cos, sin = np.cos(np.radians(theta)), np.sin(np.radians(theta))
    return w @ np.array([[cos, -sin], [sin, cos]])


def both_paths(
    plain: Trajectory, run: Trajectory, step: np.ndarray, theta: float, kind: str
) -> Piece:
    """Both trails, and at the point of now the step in units of lr with its two parts."""
    runs = [replace(r, positions=along_the_valley(r.positions, theta)) for r in (plain, run)]
    now = padded(runs[1].positions, LAST)
    parts = [along_the_valley(step * part, theta) for part in np.eye(2)]
    shapes, tracks = together(
        trail(GROUND, runs[0], LAST, "gd"),
        trail(GROUND, runs[1], LAST, kind),
        arrows(GROUND, now, parts[1], "part2", "w2"),
        arrows(GROUND, now, parts[0], "part1", "w1"),
        arrows(GROUND, now, parts[0] + parts[1], "both", "ink"),
        counter(GROUND, [f"step {k}" for k in range(LAST + 1)]),
    )
    return GROUND.inside(shapes), tracks


def lengths_of_steps(lengths: np.ndarray, lr: float) -> Piece:
    """The length of the step along each weight, against lr."""
    top = 10.0 ** np.ceil(np.log10(max(lengths.max(), lr) * 1.001))
    panel = _scaled(STEPS, 1e-5 * top, top)
    pieces = together(*(curve(panel, lengths[:, i], f"length{i + 1}", f"w{i + 1}") for i in (1, 0)))
    ticks = panel.axes((0, 100, 200), [top * 10.0**-k for k in (0, 2, 4)], "step")
    shapes = panel.inside(level(panel, lr, "η", side="right"), pieces[0])
    return ticks + _title(panel, "length of the step") + shapes, pieces[1]


def divided_by(divisors: np.ndarray, inside: bool) -> Piece:
    """What the gradient is divided by, for each weight."""
    top = 10.0 ** np.ceil(np.log10(divisors.max() * 1.001))
    low = 10.0 ** np.floor(np.log10(max(divisors.min(), 1e-6 * top)))
    low = min(low, 1e-3 * top)
    panel = _scaled(DIVISORS, low, top)
    pieces = together(*(curve(panel, divisors[:, i], f"by{i + 1}", f"w{i + 1}") for i in (1, 0)))
    decades = round(np.log10(top / low))
    apart = 2 if decades > 3 else 1
    ticks = panel.axes((0, 100, 200), [top / 10.0**k for k in range(0, decades + 1, apart)], "step")
    words = "divided by √(s + ε)" if inside else "divided by √s + ε"
    return ticks + _title(panel, words) + panel.inside(pieces[0]), pieces[1]


def both_losses(losses: list[np.ndarray], floor: float, kind: str) -> Piece:
    """Both losses, and the level on which RMSProp ends where it is known."""
    guide = level(LOSS, floor, "floor", side="right") if floor > 0 else ""
    pieces = together(curve(LOSS, losses[0], "loss-gd", "gd"), curve(LOSS, losses[1], "loss", kind))
    return LOSS.inside(guide, pieces[0]), pieces[1]


def _scaled(panel: Panel, low: float, high: float) -> Panel:
    return Panel(panel.x, panel.y, panel.width, panel.height, panel.across, (low, high), True)


def _title(panel: Panel, words: str) -> str:
    end = panel.x + panel.width
    who = text(end - 32, panel.y - 8, "w1", "w1 strong small", "end")
    who += text(end, panel.y - 8, "w2", "w2 strong small", "end")
    return text(panel.x, panel.y - 8, words, "small") + who


def names(kind: str, name: str) -> str:
    """What the lines over the ground are."""
    return legend(
        18,
        (300, f"gradient descent, η = {PLAIN_RATE:g}", "gd strong", "path gd"),
        (580, name, f"{kind} strong", f"path {kind}"),
        (720, "step, in units of η", "", "arrow ink"),
    )


@lru_cache(maxsize=64)
def compass(theta: float) -> str:
    """Where the axes of the two weights point."""
    x, y = COMPASS
    out = []
    for i, axis in enumerate(along_the_valley(np.eye(2), theta)):
        across, along = axis
        tip = x + NEEDLE * along, y - NEEDLE * across
        out.append(f'<path class="arrow w{i + 1}" d="{arrow(x, y, *tip)}"/>')
        beside = x + (NEEDLE + 14) * along, y - (NEEDLE + 14) * across + 5
        out.append(text(*beside, f"w{i + 1}", f"w{i + 1} halo strong small", "middle"))
    return "".join(out)
