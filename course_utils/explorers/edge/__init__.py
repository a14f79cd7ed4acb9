"""The edge of stability, live: the sharpness of a small network against the limit of its rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from ...optimizers import ADAM
from ...svg import (
    Panel,
    Picture,
    Piece,
    Track,
    curve,
    level,
    mark,
    nice_limit,
    number,
    points,
    text,
    together,
)
from ...svg.panel import ROOM
from .. import common
from ..controls import Choice, Control, LogSlider
from ..explorer import Explorer, Mark
from .model import (
    ADAPTIVE,
    APART,
    EVERY,
    FIRST,
    HEAVIER,
    HEAVY,
    LAST,
    PLAIN,
    RATES,
    SETTINGS,
    STOPS,
    TAIL,
    reached,
    runs,
    task,
)

# How far the sharpness reaches, in units of the limit, unless a peak is higher
HEIGHT = 1.9
STEPS = (0, LAST * EVERY)
MAIN = Panel(58, 34, 548, 206, STEPS, (0, HEIGHT))
LOSS = Panel(58, 298, 548, 118, STEPS, (1e-5, 1), log=True)
ALL = Panel(712, 34, 234, 206, (-1.38, -0.32), (1, 80), log=True)
CURVE = Panel(712, 298, 234, 118, (-1.08, 1.08), (-1.5, 1.5))
LOSS_X, LOSS_Y = MAIN.x + MAIN.width, 290.0


class Edge(Explorer):
    """A network 1-8-8-1 learns twenty points of a curve, at ten learning rates side by side.

    On the left the sharpness of the chosen one, under the limit of its rule, which is drawn before
    the run; below, its loss. On the right the sharpness of all ten. One step of the explorer is
    ten of the training, on all points.
    """

    goal = (
        "With gradient descent, end with a sharpness below 6, and then with one above 25: the "
        "learning rate is all you have."
    )
    presets = {
        "Too small": {"lr": 10**-1.3, "step": LAST},
        "Large": {"lr": 10**-0.5, "step": LAST},
        "Momentum": {"rule": HEAVY, "step": LAST},
        "Thrown down": {"rule": HEAVIER, "step": LAST},
        "With Adam": {"rule": ADAPTIVE, "step": LAST},
    }
    main_panel = MAIN
    last, every = LAST, EVERY

    def controls(self) -> dict[str, Control]:
        """Learning rate and rule."""
        return {
            "lr": LogSlider(
                "learning rate η (Adam takes η/40)",
                0.1,
                FIRST,
                FIRST + APART * (STOPS - 1),
                APART,
                ".2f",
            ),
            "rule": Choice("rule", list(SETTINGS), PLAIN),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The smallest learning rate that meets its limit within the run."""
        meets = [k for k in range(STOPS) if reached(state["rule"], k) is not None]
        return {"lr": [(10 ** (FIRST + APART * meets[0]), "meets its limit", "right")]}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Sharpness, loss, all learning rates, and the fit."""
        return _picture(state["rule"], _stop(state["lr"]))


def rounded(x: float) -> str:
    """Three digits, without a power of ten."""
    return f"{float(f'{x:.3g}'):g}"


@lru_cache(maxsize=1)
def back() -> str:
    """Frames, axes that never change, and the points of the curve."""
    fit = task()
    rings = "".join(mark(CURVE, x, y, "ring", 6) for x, y in zip(fit.x, fit.y, strict=True))
    return (
        MAIN.frame() + LOSS.frame() + ALL.frame() + CURVE.frame()
        + MAIN.axes((0, 500, 1000, 1500, 2000), ())
        + LOSS.axes((0, 500, 1000, 1500, 2000), (1, 1e-2, 1e-4), "", "loss")
        + CURVE.axes((-1, 0, 1), (-1, 0, 1), "", "points (rings), network (dots)")
        + CURVE.inside(rings)
    )  # fmt: skip


def split_at(panel: Panel, value: float) -> tuple[Panel, Panel]:
    """The panel's parts above and below a value, as places to draw in."""
    y = float(panel.pixels(0, value)[1])
    return (
        replace(panel, height=y - panel.y),
        replace(panel, y=y, height=panel.y + panel.height - y),
    )


def in_two_colours(panel: Panel, line: Piece, kind: str, value: float) -> Piece:
    """A curve that is hot above a value and has the colour of its rule below it."""
    (shapes, tracks), (above, below) = line, split_at(panel, value)
    course, point = shapes.split("<circle")
    hot = re.sub(r'data-k="([^"]*)"', r'data-k="\1-above"', course).replace(kind, "hot")
    copy = replace(tracks[0], shape=f"{tracks[0].shape}-above", like=tracks[0].shape)
    parts = below.inside(course, room=(ROOM[0], 0)), above.inside(hot, room=(ROOM[0], 0))
    return "".join(parts) + panel.inside("<circle" + point), [*tracks, copy]


def sharpness_line(name: str, stop: int) -> Piece:
    """The sharpness against the step, hot where it is above the limit."""
    choice, run = SETTINGS[name], runs(name)
    limit = float(choice.limit(choice.part * RATES[stop]))
    values = np.nan_to_num(run.sharpness[:, stop], nan=0.0, posinf=0.0) / limit
    # The highest peak is inside; where there is room, the limit stands at the same height.
    room = max(HEIGHT, 1.06 * float(values.max()))
    panel = MAIN.scaled((0, room))
    kind = f"{choice.kind} active"
    line = in_two_colours(
        panel, curve(panel.scaled(across=(0, LAST)), values, "sharpness", kind), kind, 1
    )
    top = nice_limit(limit / 2)
    ticks = [x for x in np.arange(0, 12) * top if x <= 0.95 * room * limit]
    scale = MAIN.scaled((0, room * limit))
    above, _ = split_at(panel, 1)
    tint = (
        f'<rect class="above" x="{number(above.x)}" y="{number(above.y)}" '
        f'width="{number(above.width)}" height="{number(above.height)}"/>'
    )
    edge = MAIN.x + MAIN.width - 12
    words = text(edge, MAIN.y + 22, f"limit {choice.formula} = {rounded(limit)}",
                 "halo strong", "end")  # fmt: skip
    words += text(edge, MAIN.y + 41, "above it a zig-zag grows", "halo small", "end")
    heading = "sharpness, the largest curvature" + (" of P⁻¹H" if choice.rule is ADAM else "")
    return (
        scale.axes((), ticks, "", heading)
        + tint
        + MAIN.inside(level(panel, 1, "", "guide strong"))
        + line[0]
        + words
    ), line[1]


def loss_line(name: str, stop: int) -> Piece:
    """The loss against the step, hot in the steps at whose end the sharpness is above the limit."""
    choice, run = SETTINGS[name], runs(name)
    losses = run.losses[::EVERY, stop]
    losses = np.where(np.isfinite(losses), losses, 1e9)
    panel = LOSS.scaled(across=(0, LAST))
    shapes, tracks = curve(panel, losses, "loss", f"{choice.kind} active")
    hot = run.sharpness[:, stop] > float(choice.limit(choice.part * RATES[stop]))
    place = [f"{number(x)} {number(y)}" for x, y in panel.pixels(np.arange(LAST + 1), losses)]
    parts = [""] + [f"M{place[k - 1]}L{place[k]}" if hot[k] else "" for k in range(1, LAST + 1)]
    over = '<path data-k="loss-above" class="path hot"/>'
    line, now = shapes.split("<circle")
    return LOSS.inside(line + over + "<circle" + now), [
        *tracks,
        Track("loss-above", "chunks", parts),
    ]


def now() -> Piece:
    """The step of training, above the picture."""
    x, y = number(MAIN.x + MAIN.width), number(MAIN.y - 8)
    shapes = f'<text data-k="counter" x="{x}" y="{y}" class="strong" text-anchor="end"/>'
    return shapes, [Track("counter", "text", [f"step {EVERY * k}" for k in range(LAST + 1)])]


def every_rate(name: str, stop: int) -> Piece:
    """The sharpness of all learning rates as dots, and the limit as a line; one is marked."""
    choice, run = SETTINGS[name], runs(name)
    rates = choice.part * RATES
    high = nice_limit(1.5 * float(choice.limit(rates[0])))
    panel = ALL.scaled((high / 200, high), log=True)
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
    kind = SETTINGS[name].kind
    shapes = f'<path data-k="fit" class="dots {kind} made"/>'
    return CURVE.inside(shapes), [Track("fit", "cloud", place)]


def everything(name: str, stop: int) -> Piece:
    """All four panels, and the step."""
    draw = (sharpness_line, loss_line, every_rate, fitted)
    return together(*(part(name, stop) for part in draw), now())


def _stop(lr: float) -> int:
    return int(np.clip(round((np.log10(lr) - FIRST) / APART), 0, STOPS - 1))


@lru_cache(maxsize=8)
def _picture(name: str, stop: int) -> Picture:
    choice = SETTINGS[name]
    lr = choice.part * RATES[stop]
    shapes, tracks = everything(name, stop)
    return Picture(
        960, 446,
        f"{name}, η = {lr:.3g}",
        back(),
        shapes + text(LOSS_X, LOSS_Y, "training step, all 20 points at every step", "small", "end"),
        tuple(tracks),
        _sentence(name, stop, lr),
    )  # fmt: skip


def _sentence(name: str, stop: int, lr: float) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    choice, run = SETTINGS[name], runs(name)
    limit = float(choice.limit(lr))
    sharp, losses = run.sharpness[:, stop], run.losses[:, stop]
    rises = np.concatenate([[0], np.cumsum(np.diff(losses) > 0)])
    before = [min(100, EVERY * k) for k in range(LAST + 1)]
    up = [rises[EVERY * k] - rises[EVERY * k - n] for k, n in enumerate(before)]
    met, mean = reached(name, stop), float(np.mean(sharp[-TAIL:])) / limit
    what = "the sharpness of P⁻¹H" if name == ADAPTIVE else "the sharpness"
    end = f"over the last {TAIL * EVERY} steps it is {mean:.2f} times the limit on average"
    end = end if np.isfinite(mean) else "the run is lost"
    meets = "It does not meet the limit" if met is None else f"It meets the limit at step {met}"
    sentence = (
        f"{name[0].upper()}{name[1:]}, η = {lr:.3g}, limit {choice.formula} = {rounded(limit)}. "
        f"[Step {{0}}: {what} is {{1}}], the loss {{2}}, [and of the last {{3}} steps {{4}} went "
        f"up. {meets}]; {end}[.]"
    )
    columns = [
        common.steps(LAST, EVERY),
        [rounded(x) if np.isfinite(x) else "not known" for x in sharp],
        [format(x, ".2g") if np.isfinite(x) else "lost" for x in losses[::EVERY]],
        [str(n) for n in before],
        [str(n) for n in up],
    ]
    return sentence, columns
