"""What the explorer of the two wells draws, and the runs behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP, Rule
from ..surfaces import sharp_and_flat
from ..svg import Panel, Piece, Track, counter, curve, number, points, text, together
from ..theory import descent_limit, momentum_limit

LAST, EVERY, RUNS, START = 100, 10, 100, -1.25
FIRST, APART = -3.0, 0.2
RATES = np.array(
    [0.001, 0.0016, 0.0025, 0.004, 0.0063, 0.01, 0.016, 0.025, 0.04, 0.063, 0.1, 0.16, 0.25]
)
STOPS = len(RATES)
WELLS = sharp_and_flat()
SHARPNESS, FLATNESS = (float(WELLS.bend(w)) for w in (-1, 1))
_BETWEEN = np.linspace(-1, 1, 2001)
BARRIER = float(_BETWEEN[WELLS.value(_BETWEEN).argmax()])
GROUND = Panel(46, 34, 560, 226, (-2.7, 3.5), (0, 8))
LEFT = float(GROUND.pixels(-1.33, 0)[0]) - 12
LINES = GROUND.y + np.array([84, 101, 122])
ALL = Panel(690, 34, 246, 226, (FIRST - 0.12, -0.48), (-4, 104))
COUNT = Panel(46, 322, 890, 96, (0, LAST * EVERY), (-4, 104))


@dataclass(frozen=True)
class Choice:
    """A rule with its settings.

    Attributes:
        rule, hyper: what is run.
        kind: its class of line.
        limit: the learning rate from which it cannot stay in the sharp well, even without noise;
            None where it has no fixed one.
    """

    rule: Rule
    hyper: dict[str, float]
    kind: str
    limit: float | None = None


PLAIN, HEAVY, SCALED, ADAPTIVE = (
    "gradient descent",
    "momentum, β = 0.9",
    "RMSProp, ρ = 0.99",
    "Adam",
)
CHOICES = {
    PLAIN: Choice(GRADIENT_DESCENT, {}, "gd", float(descent_limit(SHARPNESS))),
    HEAVY: Choice(MOMENTUM, {"beta": 0.9}, "momentum", float(momentum_limit(0.9, SHARPNESS))),
    SCALED: Choice(RMSPROP, {"rho": 0.99}, "rmsprop"),
    ADAPTIVE: Choice(ADAM, {}, "adam"),
}


@lru_cache(maxsize=1)
def draws() -> np.ndarray:
    """The noise of all steps and runs, in units of sigma; every setting meets the same."""
    return np.random.default_rng(11).standard_normal((LAST * EVERY, RUNS))


@lru_cache(maxsize=64)
def runs(name: str, noise: float) -> np.ndarray:
    """Where all runs are at every tenth step, at every learning rate: (looks, rates, runs).

    Weights are kept to seven decimals: noise may drive two runs apart that differ in the last bit,
    and this way every processor finds the same ones.
    """
    choice, kicks = CHOICES[name], noise * draws()
    w = np.full((STOPS, RUNS), START)
    step = choice.rule.start(w, lr=RATES[:, None], **choice.hyper)
    seen = [w.copy()]
    for t in range(1, LAST * EVERY + 1):
        step(WELLS.slope(w) + kicks[t - 1])
        np.round(w, 7, out=w)
        if t % EVERY == 0:
            seen.append(w.copy())
    return np.array(seen)


@lru_cache(maxsize=64)
def escaped(name: str, noise: float) -> np.ndarray:
    """How many runs are in the flat well, right of the barrier: (looks, rates)."""
    return (runs(name, noise) > BARRIER).sum(axis=2)


@lru_cache(maxsize=1)
def back() -> str:
    """The loss with its two wells, frames and axes."""
    w = np.linspace(*GROUND.across, 581)
    line = points(GROUND.pixels(w, WELLS.value(w)))
    x, top = GROUND.pixels(BARRIER, float(WELLS.value(BARRIER)))
    under = points(GROUND.pixels([*w, w[-1], w[0]], [*WELLS.value(w), 0, 0]))
    steps = (0, 250, 500, 750, 1000)
    return (
        GROUND.frame() + ALL.frame() + COUNT.frame()
        + GROUND.axes((-2, -1, 0, 1, 2, 3), (0, 2, 4, 6), "w →", "loss ↑")
        + GROUND.inside(
            f'<polygon class="band" points="{under}"/>'
            f'<path class="guide" d="M{number(x)} {number(top)}V{number(GROUND.y)}"/>'
            f'<polyline class="edge ink" points="{line}"/>'
        )
        + text(LEFT, LINES[0], "sharp", "halo strong", "end")
        + text(LEFT, LINES[1], f"curvature {SHARPNESS:.0f}", "halo small muted", "end")
        + text(x + 12, LINES[0], "flat", "halo strong")
        + text(x + 12, LINES[1], f"curvature {FLATNESS:.0f}", "halo small muted")
        + ALL.axes((), (0, 50, 100), "", "the same count at every η")
        + "".join(_rate(k) for k in (0, 5, 10))
        + COUNT.axes(steps, (0, 50, 100), "", "runs in the flat well")
        + text(COUNT.x + COUNT.width, COUNT.y - 8, "step", "small", "end")
    )  # fmt: skip


def _rate(stop: int) -> str:
    """A tick at a learning rate."""
    x, y = ALL.pixels(FIRST + APART * stop, ALL.up[0])
    return f'<path class="tick" d="M{number(x)} {number(y)}v4"/>' + text(
        x, y + 17, f"{RATES[stop]:g}", "muted small", "middle"
    )


def cloud(name: str, noise: float, stop: int) -> Piece:
    """Every run as a dot on the loss, and how many are left and right of the barrier."""
    w, kind = runs(name, noise)[:, stop], CHOICES[name].kind
    place = GROUND.pixels(w, WELLS.value(w))
    right = escaped(name, noise)[:, stop]
    x = GROUND.pixels(BARRIER, 0)[0]
    shapes = f'<path data-k="runs" class="dots {kind} cloud"/>'
    tracks = [Track("runs", "cloud", place.reshape(len(place), -1))]
    for key, at, anchor, count in (("left", LEFT, "end", RUNS - right),
                                   ("right", x + 12, "start", right)):  # fmt: skip
        shapes += (
            f'<text data-k="{key}" x="{number(at)}" y="{number(LINES[2])}" '
            f'class="halo strong {kind}" text-anchor="{anchor}"/>'
        )
        tracks.append(Track(key, "text", [f"{key}: {n}" for n in count]))
    return GROUND.inside(shapes), tracks


def every_rate(name: str, noise: float, stop: int) -> Piece:
    """The count at all learning rates as dots, one of them marked."""
    choice, across = CHOICES[name], FIRST + APART * np.arange(STOPS)
    place = ALL.pixels(across[None], escaped(name, noise))
    shapes, word = "", ""
    if choice.limit is not None:
        x, y = ALL.pixels(np.log10(choice.limit), ALL.up[1])
        shapes += f'<path class="guide strong" d="M{number(x)} {number(y)}v{number(ALL.height)}"/>'
        word = text(ALL.x + ALL.width, y - 8, f"limit {choice.limit:g}", "muted small", "end")
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
    looks = Panel(COUNT.x, COUNT.y, COUNT.width, COUNT.height, (0, LAST), COUNT.up)
    pieces = curve(looks, escaped(name, noise)[:, stop], "count", CHOICES[name].kind)
    return COUNT.inside(pieces[0]), pieces[1]


def everything(name: str, noise: float, stop: int) -> Piece:
    """The three panels and the step."""
    parts = (part(name, noise, stop) for part in (cloud, every_rate, counted))
    return together(*parts, counter(GROUND, [f"step {EVERY * k}" for k in range(LAST + 1)]))
