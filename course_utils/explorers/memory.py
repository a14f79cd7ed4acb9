"""What an exponential average remembers: a series, its average, the weights, and the gain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..optimizers import smoothed
from ..svg import (
    Panel,
    Picture,
    Piece,
    Track,
    legend,
    level,
    line,
    mark,
    nice_limit,
    number,
    points,
    step_counter,
    text,
    together,
    upright,
)
from ..theory import (
    correction,
    ema_gain,
    ema_mass,
    ema_variance,
    ema_weights,
    half_life,
    mean_age,
    steps_for,
    window,
)
from . import common
from .common import texts
from .controls import Choice, Control, Slider, Switch
from .explorer import Explorer, Mark

LAST, JUMP = 120, 40
MAIN = Panel(46, 30, 610, 262, (-13, 122), (-2.5, 2.5))
WEIGHTS = Panel(46, 338, 610, 106, (-13, 122), (0, 1.3))
GAIN = Panel(726, 30, 220, 262, (0, np.pi), (2e-3, 200), log=True)
LEVEL, WAVE, STEP, DRIFT = SERIES = ("a noisy level", "a wave", "a jump", "a slow drift")
NOISE = np.random.default_rng(7).normal(size=LAST)
QUARTER, SOON = 0.25, 20


class Memory(Explorer):
    """A series as dots, its exponential average or its fading sum as a line, step by step.

    Below, under each value, its weight; the weights that reach back beyond the start lie on zeros.
    On the right, the gain at every frequency, from steady to flipping at every step.
    """

    goal = (
        "Find a β that shrinks noise to a quarter, × 0.25 or less, and still lets nine tenths of a "
        "jump through within 20 steps."
    )
    presets = {
        "Flips at every step": {"series": WAVE, "period": 2, "noise": 0, "step": 60},
        "A jump": {"series": STEP, "noise": 0.2, "step": 60},
        "It lags": {"series": DRIFT, "beta": 0.95, "noise": 0, "step": 90},
        "Long memory": {"beta": 0.99, "step": 120},
        "The sum": {"fading_sum": True, "step": 60},
    }
    main_panel = MAIN
    last = LAST

    def controls(self) -> dict[str, Control]:
        """The series, beta, noise, the period of the wave, and sum or average."""
        return {
            "beta": Slider("memory β", 0.9, 0.0, 0.99, 0.001, ".3f"),
            "noise": Slider("noise", 0.6, 0.0, 1.0, 0.05, ".2f"),
            "period": Slider("period of the wave", 12, 2, 60, 0.5, ".1f"),
            "series": Choice("series", SERIES, LEVEL),
            "fading_sum": Switch("Sum instead of average"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The least beta for a quarter of the noise, and the largest for a jump in 20 steps."""
        quiet = (1 - QUARTER**2) / (1 + QUARTER**2)
        quick = 0.1 ** (1 / SOON)
        return {"beta": [(quiet, "noise × ¼", "left"), (quick, "jump in 20", "right")]}

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the gain curve makes a wave of that frequency."""
        if not GAIN.contains(x, y):
            return {}
        frequency = (x - GAIN.x) / GAIN.width * np.pi
        period = min(max(2 * np.pi / max(frequency, 1e-3), 2), 60)
        return {"series": WAVE, "period": round(2 * period) / 2}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The series with its average, the weights under it, and the gain."""
        beta, total = state["beta"], state["fading_sum"]
        clean = signal(state["series"], state["period"])
        values = clean + state["noise"] * NOISE
        scale = window(beta) if total else 1.0
        average = smoothed(values, beta=beta)
        plain = scale * np.concatenate([[0.0], average])
        fair = None if total else correction(beta, np.arange(1, LAST + 1)) * average
        pieces = together(
            series_lines(clean, values, plain, fair),
            weight_bars(beta, total),
            gain_curves(state, scale),
        )
        return Picture(
            960, 466,
            f"{state['series']}, β = {beta:.3g}, {'sum' if total else 'average'}",
            back(),
            line_names(total) + pieces[0] + _facts(state, scale),
            tuple(pieces[1]),
            _sentence(state, values, plain, fair, scale),
        )  # fmt: skip


def signal(series: str, period: float) -> np.ndarray:
    """The series without noise, at the steps 1, 2, ..."""
    t = np.arange(1, LAST + 1)
    return {
        LEVEL: np.ones(LAST),
        WAVE: np.cos(2 * np.pi * t / period),
        STEP: np.where(t > JUMP, 1.0, 0.0),
        DRIFT: 3 * t / LAST - 1.5,
    }[series]


@lru_cache(maxsize=1)
def back() -> str:
    """What never changes: frames, axes, the start, and the zeros before it."""
    start = "".join(upright(panel, 0.5, "zero") for panel in (MAIN, WEIGHTS))
    zeros = MAIN.pixels(np.arange(-12, 1), 0)
    gain_axes = GAIN.axes((), (0.01, 0.1, 1, 10, 100), "", "gain at every frequency")
    names = ((0, "steady", "start"), (0.5, "period 4", "middle"), (1, "flips", "end"))
    for share, words, anchor in names:
        place = GAIN.x + share * GAIN.width
        gain_axes += f'<path class="tick" d="M{number(place)} {number(GAIN.y + GAIN.height)}v4"/>'
        gain_axes += text(place, GAIN.y + GAIN.height + 17, words, "muted small", anchor)
    return (
        MAIN.frame() + WEIGHTS.frame() + GAIN.frame() + gain_axes + start
        + MAIN.inside("".join(f'<path class="dots faint" d="M{points([p])}h0"/>' for p in zeros))
        + WEIGHTS.axes((1, 20, 40, 60, 80, 100, 120), (), "")
        + GAIN.inside(level(GAIN, 1, ""))
    )  # fmt: skip


def line_names(total: bool) -> str:
    """What the dots and the lines are, above the picture."""
    entries = []
    if total:
        entries.append((330, "fading sum", "momentum strong", "path momentum"))
    else:
        entries.append((280, "average", "average strong", "path average active"))
        entries.append((440, "without the zeros", "average strong", "path average fair"))
    dots = "".join(f'<path class="dots values" d="M{154 + 12 * i} 15h0"/>' for i in range(3))
    return dots + text(190, 20, "value", "muted strong") + legend(20, *entries)


def series_lines(clean, values, plain, fair) -> Piece:
    """The values as dots, what they would be without noise, and the memory as a line."""
    total = fair is None
    high = max(2.5, nice_limit(np.abs(plain).max()) if total else 0)
    panel = MAIN.scaled((-high, high))
    t = np.arange(1, LAST + 1)
    place, line = panel.pixels(t, values), panel.pixels(np.arange(LAST + 1), plain)
    kind = "momentum" if total else "average active"
    shapes = (
        _still(panel, tuple(clean), tuple(values))
        + '<path data-k="values" class="dots values"/>'
        + f'<polyline data-k="line" class="path {kind}"/>'
        + f'<circle data-k="now" class="mark {kind}" r="5"/>'
    )
    before = np.array([[-400.0, place[0, 1]]])
    tracks = [
        Track("values", "dots", np.concatenate([before, place])),
        Track("line", "upto", line),
        Track("now", "at", line, like="line"),
    ]
    if fair is not None:
        shapes += '<polyline data-k="fair" class="path average fair"/>'
        fair_line = panel.pixels(t, fair)
        tracks.append(Track("fair", "upto", np.concatenate([fair_line[:1], fair_line])))
    steps = step_counter(panel, LAST)
    ticks = (-2, -1, 0, 1, 2) if high < 3 else (-high, 0, high)
    scale = panel.axes((), ticks)
    x, y = panel.pixels(-6.2, 0)
    before_start = text(x, y - 10, "zeros", "muted small halo", "middle")
    return scale + panel.inside(shapes + before_start + steps[0]), [*tracks, *steps[1]]


@lru_cache(maxsize=4)
def _still(panel: Panel, clean: tuple[float, ...], values: tuple[float, ...]) -> str:
    """What does not move with the step: zero, the values to come, the series without noise."""
    t = np.arange(1, LAST + 1)
    unseen = "".join(f"M{points([p])}h0" for p in panel.pixels(t, values))
    shapes = level(panel, 0, "", "zero") + f'<path class="dots faint" d="{unseen}"/>'
    if np.abs(np.diff(clean)).mean() < 0.5:
        shapes += line(panel, t, clean, "guide path")
    return shapes


def weight_bars(beta: float, total: bool) -> Piece:
    """A bar under every value: how much it counts now. All bars move with the step."""
    scale = window(beta) if total else 1.0
    weights = scale * ema_weights(beta, LAST + 14)
    panel = WEIGHTS.scaled((0, 1.45 * weights[0]))
    shown = weights[weights >= 0.004 * weights[0]]
    each, floor = panel.width / (panel.across[1] - panel.across[0]), panel.y + panel.height
    heights = panel.pixels(0, shown)[:, 1]
    bars = "".join(
        f"M{number(-k * each)} {number(floor)}V{number(y)}" for k, y in enumerate(heights)
    )
    kind = "momentum" if total else "average"
    lags = {"half": half_life(max(beta, 1e-9)), "age": mean_age(beta)}
    top = {"half": panel.y + 30, "age": panel.y + 13}
    marks = "".join(
        f'<path class="zero" d="M{number(-lag * each)} {number(floor)}V{number(top[n] - 10)}"/>'
        for n, lag in lags.items()
    )
    x0, zone = panel.x, panel.pixels(0.5, 0)[0] - panel.x
    overlay = (
        f'<rect class="overlay" x="{number(x0)}" y="{number(panel.y)}" width="{number(zone)}" '
        f'height="{number(panel.height)}"/>'
    )
    group = (
        f'<g data-k="weights"><path class="bars {kind}" stroke-width="{number(0.7 * each)}" '
        f'd="{bars}"/>{marks}</g>'
    )
    now = panel.pixels(np.arange(LAST + 1), 0)[:, 0]
    tracks = [Track("weights", "at", np.column_stack([now, np.zeros(LAST + 1)]))]
    words = {"half": f"half-life {lags['half']:.1f}", "age": f"mean age {lags['age']:.1f}"}
    labels = ""
    for n, lag in lags.items():
        labels += f'<text data-k="{n}" class="halo small" text-anchor="end">{words[n]}</text>'
        place = np.maximum(now - lag * each - 5, x0 + 104)
        tracks.append(Track(n, "at", np.column_stack([place, np.full(LAST + 1, top[n])])))
    name = "weight of each value" + (", 1, β, β², …" if total else ", adding up to 1")
    rest = 1 - ema_mass(beta, np.arange(LAST + 1))
    title = (
        f'<text data-k="rest" class="muted small" text-anchor="end" '
        f'x="{number(x0 + panel.width)}" y="{number(panel.y - 8)}"/>'
    )
    tracks.append(Track("rest", "text", [f"{100 * r:.0f} % lies on zeros" for r in rest]))
    top_tick = panel.axes((), (weights[0],), form="{:.3g}")
    heading = text(x0, panel.y - 8, name, f"{kind} strong small")
    return heading + title + top_tick + panel.inside(group, overlay, labels), tracks


def gain_curves(state: Mapping[str, Any], scale: float) -> Piece:
    """The gain of both conventions, the wave on the one in use, and what is left of noise."""
    beta, total = state["beta"], state["fading_sum"]
    omega = np.linspace(0, np.pi, 45)
    curves = {"average": ema_gain(beta, omega), "momentum": window(beta) * ema_gain(beta, omega)}
    shapes, names = "", []
    for kind, gain in curves.items():
        active = (kind == "momentum") == total
        look = "active" if active else "inactive"
        name = "sum" if kind == "momentum" else "average"
        x, y = GAIN.pixels(np.pi, gain[-1])
        # The sum is nowhere below the average.
        y += -8 if kind == "momentum" else 17
        names.append((x - 6 - 9 * len(name), y))
        shapes += text(x - 6, y, name, f"halo strong small {kind}", "end")
        shapes += line(GAIN, omega, gain, f"path {kind} {look}")
    shapes += level(GAIN, scale * np.sqrt(ema_variance(beta)), "", "guide strong")
    omega_now = 2 * np.pi / state["period"]
    gain = scale * ema_gain(beta, omega_now)
    x, y = GAIN.pixels(omega_now, gain)
    kind, side = ("momentum" if total else "average"), -1 if omega_now > np.pi / 2 else 1
    shapes += mark(GAIN, omega_now, gain, kind, 6)
    anchor, words = "start" if side > 0 else "end", f"× {gain:.3g}"
    right = x + 10 * side + 10 * len(words) * (side > 0)
    # Above the point, or where no name of a curve is in the way
    for place in (y - 8, y + 20, y - 28, y + 38):
        if all(right < left or abs(place - base) > 17 for left, base in names):
            break
    shapes += text(x + 10 * side, place, words, f"halo strong {kind}", anchor)
    return GAIN.inside(shapes), []


def _jump(beta: float) -> int:
    """Steps until nine tenths of a jump have come through."""
    return max(1, int(np.ceil(steps_for(0.1, max(beta, 1e-9)) - 1e-9)))


def _facts(state: Mapping[str, Any], scale: float) -> str:
    """What this beta remembers, in five lines."""
    beta = state["beta"]
    span = round(window(beta))
    lines = (
        f"period {state['period']:g}: × {scale * ema_gain(beta, 2 * np.pi / state['period']):.3g}",
        f"noise: × {scale * np.sqrt(ema_variance(beta)):.3g} (dotted)",
        f"9/10 of a jump: {_jump(beta)} step" + "s" * (_jump(beta) > 1),
        f"newest {span} hold {100 * ema_mass(beta, span):.0f} %",
        f"as calm as a mean of {(1 + beta) / (1 - beta):.3g}",
    )
    x, y = GAIN.x - 8, WEIGHTS.y - 8
    rows = [text(x, y + 24 + 20 * i, line, "small") for i, line in enumerate(lines)]
    return text(x, y, f"β = {beta:.3g} remembers", "strong") + "".join(rows)


def _sentence(state, values, plain, fair, scale) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    beta, total = state["beta"], state["fading_sum"]
    kind = "fading sum" if total else "average"
    rest = 100 * (1 - ema_mass(beta, np.arange(LAST + 1)))
    columns = [
        common.steps(LAST),
        ["none yet", *texts(values)],
        texts(plain),
        [f"{x:.3g}" for x in rest],
    ]
    without = ""
    if fair is not None:
        columns.append(["none yet", *texts(fair)])
        without = ", without the zeros {4}"
    sentence = (
        f"Series: {state['series']}, β = {beta:.3g}. [Step {{0}}:] value {{1}}, "
        f"[{kind} {{2}}]{without}; "
        "{3} % of the weight lies on the zeros before the start[.] "
        f"Half-life {half_life(max(beta, 1e-9)):.2f} steps, mean age {mean_age(beta):.2f}. "
        f"[A wave of period {state['period']:g} is multiplied by "
        f"{scale * ema_gain(beta, 2 * np.pi / state['period']):.3g}, noise by "
        f"{scale * np.sqrt(ema_variance(beta)):.3g}; nine tenths of a jump take {_jump(beta)} "
        f"step{'s' * (_jump(beta) > 1)}.]"
    )
    return sentence, columns
