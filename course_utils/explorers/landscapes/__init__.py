"""Two landscapes side by side: the loss around trained networks, and a slider for their depth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...svg import (
    EXACT,
    Panel,
    Picture,
    Piece,
    Track,
    cased,
    level,
    number,
    shade_of,
    text,
    together,
)
from ..controls import Choice, Control, WholeSlider
from ..explorer import Explorer
from .model import (
    ANGLES,
    KINDS,
    LEARNT,
    LINE,
    TURN,
    landscape,
    on_a_grid,
)

STYLES = {"plain": "bare", "skips": "skip", "batch norm": "norm", "both": "joint"}
LEVELS = (20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02)
LEFT = Panel(14, 34, 300, 300, (-1.04, 1.04), (-1.04, 1.04))
RIGHT = Panel(330, 34, 300, 300, (-1.04, 1.04), (-1.04, 1.04))
# Where the key of the colours is
KEY = 366.0
CUT = Panel(690, 34, 256, 300, (-1, 1), (0.01, 50), log=True)


class Landscapes(Explorer):
    """The loss of two networks on the disc of two random directions around their trained weights.

    Both have 16 units in each hidden layer and are trained alike on digits. The directions are
    filter-normalised: at the rim a unit has moved by about its length. Darker is lower, the bold
    line is where the loss is 1. The step turns a cut, whose losses stand on the right. A network
    is trained when it is first asked for and kept from then on.
    """

    goal = (
        "Find a depth at which the plain network keeps a loss below 1 on less than 1 % of its disc "
        "while skips keep more than 20 %; then one at which batch norm, on the left, keeps less "
        "than 1 %."
    )
    presets = {
        "Shallow": {"depth": 4},
        "Deep": {"depth": 16},
        "Batch norm helps": {"depth": 12, "right": "batch norm"},
        "24 layers": {"depth": 24, "left": "batch norm", "right": "skips"},
        "With both": {"depth": 24, "right": "both"},
    }
    main_panel = LEFT
    last = ANGLES - 1

    def controls(self) -> dict[str, Control]:
        """Depth, the two kinds of network, and the seed."""
        kinds = list(KINDS)
        return {
            "depth": WholeSlider("depth: hidden layers", 12, 4, 24, 4, waits=True),
            "left": Choice("left", kinds, "plain"),
            "right": Choice("right", kinds, "skips"),
            "seed": WholeSlider("seed", 0, 0, 3, waits=True),
        }

    def shares(self) -> tuple[float, float]:
        """The shares of the two discs, left and right, on which the loss is below 1, per cent."""
        left, right = (landscape(kind, self.depth, self.seed) for kind in (self.left, self.right))
        return round(100 * left.area, 1), round(100 * right.area, 1)

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Two maps with a cut, and the losses along it."""
        return _picture(state["left"], state["right"], state["depth"], state["seed"])


@lru_cache(maxsize=128)
def map_of(kind: str, depth: int, seed: int, panel: Panel) -> str:
    """The disc from above, lower is darker, with the outline of the part that is below 1."""
    at = np.linspace(*panel.across, 105)
    values = np.log10(on_a_grid(landscape(kind, depth, seed).losses, at))
    levels = [x for x in np.log10(LEVELS) if x > values.min()]
    bands = panel.shades(at, at, values, np.log10(LEVELS), least=1.5)
    edge = panel.bands(at, at, values, [x for x in levels if x == np.log10(LEARNT)], least=1.5)
    outlines = "".join(cased(d, "edge ink") for d in re.findall(r'class="band" d="([^"]*)"', edge))
    x, y = panel.pixels(0, 0)
    r = panel.width / (panel.across[1] - panel.across[0])
    half = f"a{number(r)} {number(r)} 0 1 0 "
    round_ = f"M{number(x - r)} {number(y)}{half}{number(2 * r)} 0{half}{number(-2 * r)} 0z"
    w, h = panel.width + 4, panel.height + 4
    box = f"M{number(panel.x - 2)} {number(panel.y - 2)}h{w:g}v{h:g}h-{w:g}z"
    rim = f'<path class="card" fill-rule="evenodd" d="{box}{round_}"/>'
    rim += f'<path class="frame" d="{round_}"/>'
    above = f'<path class="shade" fill="{shade_of(0, len(LEVELS) + 1)}" d="{round_}"/>'
    return panel.inside(above, room=EXACT) + bands + panel.inside(outlines, room=EXACT) + rim


def side(panel: Panel, kind: str, depth: int, seed: int, key: str) -> Piece:
    """One landscape: its map, its numbers, and the cut as an arrow that turns with the step."""
    here, style = landscape(kind, depth, seed), STYLES[kind]
    centre = panel.x + panel.width / 2
    numbers = (
        f"test {100 * here.accuracy:.0f} %, loss {here.middle:.2g}, "
        f"below {LEARNT:g}: {100 * here.area:.0f} % of the disc"
    )
    shapes = (
        map_of(kind, depth, seed, panel)
        + f'<path data-k="{key}-casing" class="casing"/>'
        + f'<path data-k="{key}" class="arrow {style}"/>'
        + text(centre, panel.y - 10, f"{kind}, {depth} hidden layers", f"strong {style}", "middle")
        + text(centre, panel.y + panel.height + 18, numbers, "small", "middle")
    )
    tip = panel.pixels(np.cos(TURN), np.sin(TURN))
    tail = panel.pixels(-np.cos(TURN), -np.sin(TURN))
    ends = np.hstack([tail, tip])
    return shapes, [Track(f"{key}-casing", "arrow", ends, like=key), Track(key, "arrow", ends)]


def profile(kind: str, depth: int, seed: int, key: str) -> Piece:
    """The loss along the cut, as dots that move with the step."""
    here = landscape(kind, depth, seed).losses
    place = CUT.pixels(LINE[None], here).reshape(ANGLES, -1)
    return f'<path data-k="{key}" class="dots {STYLES[kind]}"/>', [Track(key, "cloud", place)]


def key() -> str:
    """The colours of the maps: which loss is which, as the outlines between them."""
    n, left, width = len(LEVELS) + 1, LEFT.x + 160, 42.0
    out = [text(LEFT.x, KEY + 12, "loss, darker is lower", "small")]
    for i in range(n):
        x = left + i * width
        box = f'x="{number(x)}" y="{number(KEY)}" width="{number(width)}" height="14"'
        out.append(f'<rect class="shade" fill="{shade_of(i, n)}" {box}/>')
        if i:
            out.append(text(x, KEY + 29, f"{LEVELS[i - 1]:g}", "muted small", "middle"))
    return "".join(out)


@lru_cache(maxsize=1)
def back() -> str:
    """The key of the maps, and the frame of the profile with its axes."""
    return (
        key() +
        CUT.frame()
        + CUT.axes((-1, 0, 1), (0.01, 0.1, 1, 10), "", "loss along the cut, → is right")
        + CUT.inside(level(CUT, LEARNT, "", "guide strong"))
        + text(CUT.x + CUT.width / 2, CUT.y + CUT.height + 34,
               "1 = every unit by about its own length", "muted small", "middle")
    )  # fmt: skip


def everything(left: str, right: str, depth: int, seed: int) -> Piece:
    """Both landscapes and the loss along their cuts."""
    pieces = together(
        side(LEFT, left, depth, seed, "cut-left"),
        side(RIGHT, right, depth, seed, "cut-right"),
    )
    lines = together(
        profile(right, depth, seed, "line-right"), profile(left, depth, seed, "line-left")
    )
    return pieces[0] + CUT.inside(lines[0]), pieces[1] + lines[1]


@lru_cache(maxsize=64)
def _picture(left: str, right: str, depth: int, seed: int) -> Picture:
    shapes, tracks = everything(left, right, depth, seed)
    return Picture(
        960, 410,
        f"{left} and {right}, {depth} hidden layers",
        back(),
        shapes,
        tuple(tracks),
        _sentence(left, right, depth, seed),
    )  # fmt: skip


def _sentence(left: str, right: str, depth: int, seed: int) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers for every angle of the cut."""
    both = [landscape(kind, depth, seed) for kind in (left, right)]
    facts = [
        f"on the {place} ({kind}) the test accuracy is {100 * here.accuracy:.0f} %, the loss "
        f"{here.middle:.2g} in the middle and below {LEARNT:g} on {100 * here.area:.0f} % of the "
        "disc"
        for place, kind, here in zip(("left", "right"), (left, right), both, strict=True)
    ]
    sentence = (
        f"With {depth} hidden layers, seed {seed}: {facts[0]}; {facts[1]}. [Along the cut at "
        f"{{0}}° the loss is below {LEARNT:g} on a length of {{1}} on the left and {{2}} on the "
        "right, of 2.]"
    )
    columns = [[f"{180 * k / ANGLES:g}" for k in range(ANGLES)]]
    columns += [[f"{length:.2f}" for length in here.lengths] for here in both]
    return sentence, columns
