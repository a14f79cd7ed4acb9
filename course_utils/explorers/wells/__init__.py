"""A sharp well and a flat one: which rule leaves the sharp one, at which rate and noise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...svg import (
    Panel,
    Picture,
    Piece,
    Track,
    curve,
    line,
    number,
    points,
    step_counter,
    text,
    tick,
    together,
    upright,
)
from .. import common
from ..controls import Choice, Control, LogSlider, Slider
from ..explorer import Explorer, Mark
from .model import (
    ADAPTIVE,
    APART,
    BARRIER,
    EVERY,
    FIRST,
    FLATNESS,
    HEAVY,
    LAST,
    PLAIN,
    RATES,
    RUNS,
    SCALED,
    SETTINGS,
    SHARPNESS,
    STOPS,
    WELLS,
    escaped,
    runs,
)

MAIN = Panel(46, 34, 560, 226, (-2.7, 3.5), (0, 8))
LEFT = float(MAIN.pixels(-1.33, 0)[0]) - 12
LINES = MAIN.y + np.array([84, 101, 122])
ALL = Panel(690, 34, 246, 226, (FIRST - 0.12, -0.48), (-4, 104))
COUNT = Panel(46, 322, 890, 96, (0, LAST * EVERY), (-4, 104))


class Wells(Explorer):
    """A hundred runs begin in a sharp well, with noise in the gradient; beside it is a flat one.

    Every run is a dot on the loss. On the right the number of runs in the flat well at thirteen
    learning rates, below that number against the step for the chosen one. One step of the
    explorer is ten of the descent.
    """

    goal = (
        "With Adam and σ = 20, bring more than 70 of the 100 runs into the flat well. Then, with "
        "gradient descent and the same noise, leave fewer than 5 there."
    )
    presets = {
        "Gradient descent leaves": {"noise": 20.0, "step": LAST},
        "Less noise, it stays": {"noise": 4.0, "step": LAST},
        "No noise, too fast": {"lr": 10**-1.6, "noise": 0.0, "step": LAST},
        "Momentum": {"rule": HEAVY, "lr": 10**-2.6, "step": LAST},
        "Adam stays": {"rule": ADAPTIVE, "lr": 10**-1.8, "noise": 20.0, "step": LAST},
        "Adam leaves": {"rule": ADAPTIVE, "lr": 0.1, "noise": 20.0, "step": LAST},
        "RMSProp leaves": {"rule": SCALED, "lr": 0.1, "noise": 20.0, "step": LAST},
    }
    main_panel = MAIN
    last, every = LAST, EVERY

    def controls(self) -> dict[str, Control]:
        """Learning rate, noise and rule."""
        return {
            "lr": LogSlider(
                "learning rate η", 0.01, FIRST, FIRST + APART * (STOPS - 1), APART, ".2g"
            ),
            "noise": Slider("noise of the gradient σ", 10.0, 0.0, 24.0, 2.0, ".0f"),
            "rule": Choice("rule", list(SETTINGS), PLAIN),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The learning rate from which the sharp well cannot hold the rule, without any noise."""
        limit = SETTINGS[state["rule"]].limit
        return {} if limit is None else {"lr": [(limit, "cannot stay", "right")]}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The wells with their runs, the count at every rate, and the count against the step."""
        return _picture(state["rule"], float(state["noise"]), _stop(state["lr"]))


@lru_cache(maxsize=1)
def back() -> str:
    """The loss with its two wells, frames and axes."""
    w = np.linspace(*MAIN.across, 581)
    x, top = MAIN.pixels(BARRIER, float(WELLS.value(BARRIER)))
    under = points(MAIN.pixels([*w, w[-1], w[0]], [*WELLS.value(w), 0, 0]))
    steps = (0, 250, 500, 750, 1000)
    return (
        MAIN.frame() + ALL.frame() + COUNT.frame()
        + MAIN.axes((-2, -1, 0, 1, 2, 3), (0, 2, 4, 6), "w →", "loss ↑")
        + MAIN.inside(
            f'<polygon class="band" points="{under}"/>'
            f'<path class="guide" d="M{number(x)} {number(top)}V{number(MAIN.y)}"/>'
            + line(MAIN, w, WELLS.value(w), "edge ink")
        )
        + text(LEFT, LINES[0], "sharp", "halo strong", "end")
        + text(LEFT, LINES[1], f"curvature {SHARPNESS:.0f}", "halo small muted", "end")
        + text(x + 12, LINES[0], "flat", "halo strong")
        + text(x + 12, LINES[1], f"curvature {FLATNESS:.0f}", "halo small muted")
        + ALL.axes((), (0, 50, 100), "", "the same count at every η")
        + "".join(tick(ALL, FIRST + APART * k, f"{RATES[k]:g}") for k in (0, 5, 10))
        + COUNT.axes(steps, (0, 50, 100), "", "runs in the flat well")
        + text(COUNT.x + COUNT.width, COUNT.y - 8, "step", "small", "end")
    )  # fmt: skip


def cloud(name: str, noise: float, stop: int) -> Piece:
    """Every run as a dot on the loss, and how many are left and right of the barrier."""
    w, kind = runs(name, noise)[:, stop], SETTINGS[name].kind
    place = MAIN.pixels(w, WELLS.value(w))
    right = escaped(name, noise)[:, stop]
    x = MAIN.pixels(BARRIER, 0)[0]
    shapes = (
        '<path data-k="runs-casing" class="casing dots"/>'
        f'<path data-k="runs" class="dots {kind} cloud"/>'
    )
    flat = place.reshape(len(place), -1)
    tracks = [
        Track("runs-casing", "cloud", flat, like="runs"),
        Track("runs", "cloud", flat),
    ]
    for key, at, anchor, count in (("left", LEFT, "end", RUNS - right),
                                   ("right", x + 12, "start", right)):  # fmt: skip
        shapes += (
            f'<text data-k="{key}" x="{number(at)}" y="{number(LINES[2])}" '
            f'class="halo strong {kind}" text-anchor="{anchor}"/>'
        )
        tracks.append(Track(key, "text", [f"{key}: {n}" for n in count]))
    return MAIN.inside(shapes), tracks


def every_rate(name: str, noise: float, stop: int) -> Piece:
    """The count at all learning rates as dots, one of them marked."""
    choice, across = SETTINGS[name], FIRST + APART * np.arange(STOPS)
    place = ALL.pixels(across[None], escaped(name, noise))
    shapes, word = "", ""
    if choice.limit is not None:
        shapes += upright(ALL, np.log10(choice.limit), "guide strong")
        word = text(ALL.x + ALL.width, ALL.y - 8, f"limit {choice.limit:g}", "muted small", "end")
    shapes += (
        f'<path data-k="all" class="dots {choice.kind} rate"/>'
        f'<circle data-k="one" class="mark {choice.kind}" r="8"/>'
    )
    tracks = [
        Track("all", "cloud", place.reshape(LAST + 1, -1)),
        Track("one", "at", place[:, stop]),
    ]
    return ALL.inside(shapes) + word, tracks


def counted(name: str, noise: float, stop: int) -> Piece:
    """The number of runs in the flat well against the step."""
    looks = COUNT.scaled(across=(0, LAST))
    pieces = curve(looks, escaped(name, noise)[:, stop], "count", SETTINGS[name].kind)
    return COUNT.inside(pieces[0]), pieces[1]


def everything(name: str, noise: float, stop: int) -> Piece:
    """The three panels and the step."""
    parts = (part(name, noise, stop) for part in (cloud, every_rate, counted))
    return together(*parts, step_counter(MAIN, LAST, EVERY))


def _stop(lr: float) -> int:
    return int(np.clip(round((np.log10(lr) - FIRST) / APART), 0, STOPS - 1))


@lru_cache(maxsize=8)
def _picture(name: str, noise: float, stop: int) -> Picture:
    shapes, tracks = everything(name, noise, stop)
    title = f"{name}, η = {RATES[stop]:g}, σ = {noise:g}"
    return Picture(
        960, 446, title, back(), shapes, tuple(tracks), _sentence(title, name, noise, stop)
    )


def _sentence(title: str, name: str, noise: float, stop: int) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    w, right = runs(name, noise)[:, stop], escaped(name, noise)
    half = np.flatnonzero(2 * right[:, stop] > RUNS)
    first = f"More than half were there first at step {EVERY * half[0]}" if half.size else (
        "At no step were more than half there"
    )  # fmt: skip
    most = np.flatnonzero(2 * right[-1] > RUNS)
    rates = "at none of the thirteen learning rates"
    if most.size:
        least = f"the smallest η = {RATES[most[0]]:g}"
        rates = f"at {most.size} of the thirteen learning rates, {least}"
    sentence = (
        f"{title[0].upper()}{title[1:]}. [Step {{0}}: {{1}} of {RUNS} runs are in the flat well], "
        f"right of w = {BARRIER:.2f}; {{2}}[. {first}.] At step {LAST * EVERY} more than half are "
        f"there {rates}."
    ).replace("-", "−")
    columns = [
        common.steps(LAST, EVERY),
        [str(n) for n in right[:, stop]],
        [_spread(at[at <= BARRIER]) for at in w],
    ]
    return sentence, columns


def _spread(left: np.ndarray) -> str:
    """How far the runs in the sharp well are from its bottom, root mean square."""
    if not left.size:
        return "none is left of it"
    return f"the others are ± {np.sqrt(np.mean((left + 1) ** 2)):.2f} off the sharp one's bottom"
