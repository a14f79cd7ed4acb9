"""What the explorer of the edge of stability draws, and the runs behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..networks.curve import CurveFit, Followed, follow
from ..optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, Rule
from ..svg import Panel, Piece, Track, curve, level, nice_limit, number, points, text, together
from ..theory import averaged_limit, descent_limit, momentum_limit

LAST, EVERY, TAIL, ROOM = 200, 10, 50, 1.9
FIRST, APART, STOPS = -1.3, 0.1, 10
RATES = np.array([0.05, 0.063, 0.08, 0.1, 0.125, 0.16, 0.2, 0.25, 0.315, 0.4])
STEPS = (0, LAST * EVERY)
GROUND = Panel(58, 34, 548, 206, STEPS, (0, ROOM))
LOSS = Panel(58, 298, 548, 118, STEPS, (1e-5, 1), log=True)
ALL = Panel(712, 34, 234, 206, (-1.38, -0.32), (1, 80), log=True)
CURVE = Panel(712, 298, 234, 118, (-1.08, 1.08), (-1.5, 1.5))


@dataclass(frozen=True)
class Choice:
    """A rule with what its limit is.

    Attributes:
        rule, hyper: what is run.
        part: its learning rates are the slider's times this.
        limit: the sharpness at which it runs away, from the learning rate.
        formula: the same in words.
        kind: its class of line.
    """

    rule: Rule
    hyper: dict[str, float]
    part: float
    limit: Callable[[Any], Any]
    formula: str
    kind: str


PLAIN, HEAVY, HEAVIER, ADAPTIVE = (
    "gradient descent",
    "momentum, β = 0.5",
    "momentum, β = 0.9",
    "Adam",
)
CHOICES = {
    PLAIN: Choice(GRADIENT_DESCENT, {}, 1, descent_limit, "2/η", "gd"),
    HEAVY: Choice(
        MOMENTUM, {"beta": 0.5}, 1, lambda lr: momentum_limit(0.5, lr), "2(1 + β)/η", "momentum"
    ),
    HEAVIER: Choice(
        MOMENTUM, {"beta": 0.9}, 1, lambda lr: momentum_limit(0.9, lr), "2(1 + β)/η", "momentum"
    ),
    ADAPTIVE: Choice(ADAM, {}, 1 / 40, lambda lr: averaged_limit(0.9, lr), "38/η", "adam"),
}


def task() -> CurveFit:
    """Twenty points of the Chebyshev polynomial 4 x^3 - 3 x, and a network 1-8-8-1 to fit them."""
    x = np.arange(-19, 20, 2) / 19
    return CurveFit(x, 4 * x * x * x - 3 * x, hidden=(8, 8))


@lru_cache(maxsize=4)
def runs(name: str) -> Followed:
    """All learning rates of a rule side by side, from the same first weights."""
    choice = CHOICES[name]
    return follow(
        task(),
        choice.rule,
        [0] * STOPS,
        steps=LAST * EVERY,
        every=EVERY,
        lr=choice.part * RATES,
        **choice.hyper,
    )


def reached(name: str, stop: int) -> int | None:
    """The first step at which the sharpness is seen at or above the limit."""
    run, limit = runs(name), float(CHOICES[name].limit(CHOICES[name].part * RATES[stop]))
    above = run.sharpness[:, stop] >= limit
    return int(run.at[np.argmax(above)]) if above.any() else None


def rounded(x: float) -> str:
    """Three digits, without a power of ten."""
    return f"{float(f'{x:.3g}'):g}"


@lru_cache(maxsize=1)
def back() -> str:
    """Frames, axes that never change, and the points of the curve."""
    fit = task()
    rings = "".join(
        f'<circle class="mark ring" cx="{number(x)}" cy="{number(y)}" r="6"/>'
        for x, y in CURVE.pixels(fit.x, fit.y)
    )
    return (
        GROUND.frame() + LOSS.frame() + ALL.frame() + CURVE.frame()
        + GROUND.axes((0, 500, 1000, 1500, 2000), ())
        + _above()
        + LOSS.axes((0, 500, 1000, 1500, 2000), (1, 1e-2, 1e-4), "", "loss")
        + CURVE.axes((-1, 0, 1), (-1, 0, 1), "", "points (rings), network (dots)")
        + CURVE.inside(rings)
    )  # fmt: skip


def _above() -> str:
    """A tint where the sharpness is above the limit."""
    y = float(GROUND.pixels(0, 1)[1])
    return (
        f'<rect class="above" x="{number(GROUND.x)}" y="{number(GROUND.y)}" '
        f'width="{number(GROUND.width)}" height="{number(y - GROUND.y)}"/>'
    )


def sharpness_line(name: str, stop: int) -> Piece:
    """The sharpness against the step; the limit is always at the same height."""
    choice, run = CHOICES[name], runs(name)
    limit = float(choice.limit(choice.part * RATES[stop]))
    values = np.nan_to_num(run.sharpness[:, stop], nan=0.0, posinf=0.0) / limit
    line = curve(_in_steps(GROUND), np.clip(values, 0, 50), "sharpness", choice.kind)
    top = nice_limit(limit / 2)
    ticks = [x for x in np.arange(0, 9) * top if x <= 0.95 * ROOM * limit]
    scale = Panel(GROUND.x, GROUND.y, GROUND.width, GROUND.height, STEPS, (0, ROOM * limit))
    edge = GROUND.x + GROUND.width - 12
    words = text(edge, GROUND.y + 22, f"limit {choice.formula} = {rounded(limit)}",
                 "halo strong", "end")  # fmt: skip
    words += text(edge, GROUND.y + 41, "above it a zig-zag grows", "halo small", "end")
    heading = "sharpness, the largest curvature" + (" of P⁻¹H" if choice.rule is ADAM else "")
    return (
        scale.axes((), ticks, "", heading)
        + GROUND.inside(level(GROUND, 1, "", "guide strong"), line[0], words)
    ), line[1]


def loss_line(name: str, stop: int) -> Piece:
    """The loss against the step."""
    losses = runs(name).losses[::EVERY, stop]
    losses = np.where(np.isfinite(losses), losses, 1e9)
    pieces = curve(_in_steps(LOSS), losses, "loss", CHOICES[name].kind)
    return LOSS.inside(pieces[0]), pieces[1]


def now() -> Piece:
    """The step of training, above the picture."""
    x, y = number(GROUND.x + GROUND.width), number(GROUND.y - 8)
    shapes = f'<text data-k="counter" x="{x}" y="{y}" class="strong" text-anchor="end"/>'
    return shapes, [Track("counter", "text", [f"step {EVERY * k}" for k in range(LAST + 1)])]


def every_rate(name: str, stop: int) -> Piece:
    """The sharpness of all learning rates as dots, and the limit as a line; one is marked."""
    choice, run = CHOICES[name], runs(name)
    rates = choice.part * RATES
    high = nice_limit(1.5 * float(choice.limit(rates[0])))
    panel = Panel(ALL.x, ALL.y, ALL.width, ALL.height, ALL.across, (high / 200, high), True)
    across = np.log10(RATES)
    across[[0, -1]] = panel.across
    edge = choice.part * 10**across
    limits = points(panel.pixels(across, choice.limit(edge)))
    corners = points(panel.pixels(across[[-1, 0]], high))
    values = np.nan_to_num(run.sharpness, nan=1e-9, posinf=1e-9)
    across = np.log10(RATES)
    place = panel.pixels(across, np.maximum(values, 1e-9))
    shapes = (
        f'<polygon class="above" points="{limits} {corners}"/>'
        f'<polyline class="guide strong" points="{limits}"/>'
        f'<path data-k="all" class="dots {choice.kind} rate"/>'
        f'<circle data-k="one" class="mark {choice.kind}" r="8"/>'
    )
    tracks = [
        Track("all", "cloud", place.reshape(LAST + 1, -1)),
        Track("one", "at", place[:, stop]),
    ]
    x, y = panel.pixels(across[3], choice.limit(rates[3]))
    words = text(x + 10, y - 8, f"limit {choice.formula}", "halo small muted")
    ups = [high / 10.0**k for k in (0, 1, 2)]
    title = text(panel.x, panel.y - 8, "sharpness of every η at this step", "small")
    ticks = "".join(
        f'<path class="tick" d="M{points([panel.pixels(across[i], high / 200)])}v4"/>'
        + text(*(panel.pixels(across[i], high / 200) + [0, 17]), f"{rates[i]:.3g}",
               "muted small", "middle")
        for i in (0, 3, 6, 9)
    )  # fmt: skip
    marks = "".join(
        f'<path class="tick" d="M{points([panel.pixels(panel.across[0], b)])}h-4"/>'
        + text(*(panel.pixels(panel.across[0], b) + [-7, 4]), f"{b:g}", "muted small", "end")
        for b in ups
    )
    return title + ticks + marks + panel.inside(shapes + words), tracks


def fitted(name: str, stop: int) -> Piece:
    """What the network makes of the points, as dots."""
    made = np.nan_to_num(runs(name).outputs[:, :, stop], nan=99.0)
    place = CURVE.pixels(task().x[None], np.clip(made, -99, 99)).reshape(LAST + 1, -1)
    kind = CHOICES[name].kind
    shapes = f'<path data-k="fit" class="dots {kind} made"/>'
    return CURVE.inside(shapes), [Track("fit", "cloud", place)]


def everything(name: str, stop: int) -> Piece:
    """All four panels, and the step."""
    draw = (sharpness_line, loss_line, every_rate, fitted)
    return together(*(part(name, stop) for part in draw), now())


def _in_steps(panel: Panel) -> Panel:
    """The same panel, counted in looks instead of steps."""
    return Panel(panel.x, panel.y, panel.width, panel.height, (0, LAST), panel.up, panel.log)
