"""Losses whose slopes repeat, one large and the others small: who goes to which end of the line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..svg import (
    EXACT,
    Panel,
    Picture,
    curve,
    legend,
    level,
    mark,
    nice_limit,
    number,
    text,
    together,
    upright,
)
from ..theory import adam_drift, least_beta2, memory_from_zero, periodic_memory
from . import common
from .common import as_text, texts
from .controls import Control, Slider, WholeSlider
from .explorer import Explorer, Mark

LAST, RATE = 300, 0.05
PATH = Panel(46, 40, 520, 172, (0, LAST), (-1.12, 1.12))
WINDOWS, RATIOS = (1.0, 1000.0), (0.0, 3.0)
MAIN = Panel(652, 40, 290, 172, RATIOS, WINDOWS, log=True)
VOTES = {
    "gd": Panel(46, 290, 270, 130, (-0.5, 1), (-1, 1)),
    "adam": Panel(359, 290, 270, 130, (-0.5, 1), (-1, 1)),
    "amsgrad": Panel(672, 290, 270, 130, (-0.5, 1), (-1, 1)),
}
NAMES = {"gd": "gradient descent", "adam": "Adam", "amsgrad": "AMSGrad"}
MOST_PERIOD = 30


class FailingSequence(Explorer):
    """The slopes C, -1, -1, ... again and again; x moves on a line from -1 to 1, from x = 0.

    Above, three rules on their way, and a map of the settings for which Adam ends at the wrong
    side. Below, what each slope of a period contributes to the way in the long run, in units of the
    learning rate; gradient descent's and AMSGrad's are scaled to the size of Adam's large one.
    """

    goal = (
        "Find a sequence of period 10 on which Adam goes to the wrong end although its window is "
        "20 steps long, β2 = 0.95. Then keep both memories, and raise C until Adam turns back."
    )
    presets = {
        "Reddi's": {"step": LAST},
        "Barely outvoted": {"C": 10.5, "period": 11, "beta2": 0.9, "step": LAST},
        "Long window": {"beta2": 0.99, "step": LAST},
        "With momentum": {"C": 26, "period": 25, "beta1": 0.9, "beta2": 0.9, "step": LAST},
        "No memory: votes": {"beta2": 0.0, "step": LAST},
    }
    main_panel = MAIN
    last = LAST

    def controls(self) -> dict[str, Control]:
        """The large slope, the period, and Adam's two memories."""
        return {
            "C": Slider("large slope C", 3, 0.5, 60, 0.5, ".1f"),
            "period": WholeSlider("period", 3, 2, MOST_PERIOD),
            "beta1": Slider("memory β1", 0.0, 0.0, 0.95, 0.01, ".2f"),
            "beta2": Slider("memory β2", 0.1, 0.0, 0.999, 0.001, ".3f"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Where the large slope outweighs the others, and the least beta2 that follows it."""
        period, loud = state["period"], state["C"]
        found = {"C": [(period - 1.0, "as large as the rest", "right")]}
        if loud > period - 1 and state["beta1"] == 0:
            found["beta2"] = [(least_beta2(loud, period), "right from here", "middle")]
        return found

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the map takes its C and its beta2."""
        if not MAIN.contains(x, y):
            return {}
        ratio, window = MAIN.data(x, y)
        loud = min(max(round(2 * ratio * (self.period - 1)) / 2, 0.5), 60)
        return {"C": loud, "beta2": min(max(round(1 - 1 / window, 3), 0.0), 0.999)}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The three ways, the map, and the votes of one period."""
        loud, period, beta1, beta2 = (state[n] for n in ("C", "period", "beta1", "beta2"))
        votes, ways = _votes(loud, period, beta1, beta2), _ways(loud, period, beta1, beta2)
        best = -np.sign(1 + loud - period)
        lines = together(
            *(curve(PATH, ways[kind], kind, kind) for kind in ("adam", "amsgrad", "gd"))
        )
        ends = ("best", "worst") if best > 0 else ("worst", "best")
        words = ends if best else ("as good as any", "as good as any")
        on_line = level(PATH, 1, "") + level(PATH, -1, words[1], side="left")
        on_line += text(PATH.x + 4, PATH.pixels(0, 1)[1] + 14, words[0], "small muted halo")
        names = legend(
            18,
            (70, "gradient descent", "gd strong", "path gd"),
            (272, "Adam", "adam strong", "path adam"),
            (396, "AMSGrad", "amsgrad strong", "path amsgrad"),
        )
        panels = "".join(_vote(kind, values) for kind, values in votes.items())
        return Picture(
            960, 466,
            f"Slopes {loud:g} and {period - 1} times −1, β1 = {beta1:.2f}, β2 = {beta2:.3f}",
            _back(),
            names + PATH.inside(on_line, lines[0]) + panels
            + _map(period, beta1) + _here(loud, period, beta2),
            tuple(lines[1]),
            _sentence(state, ways, votes, best),
        )  # fmt: skip


def _votes(loud: float, period: int, beta1: float, beta2: float) -> dict[str, np.ndarray]:
    """The steps of a period in the long run; no large slope's is longer than Adam's."""
    m = periodic_memory(loud, period, beta1)
    root = np.sqrt(periodic_memory(loud, period, beta2, power=2))
    slopes = np.where(np.arange(period) == 0, loud, -1.0)
    return {"gd": -slopes / root[0], "adam": -m / root, "amsgrad": -m / root.max()}


def _ways(loud: float, period: int, beta1: float, beta2: float) -> dict[str, np.ndarray]:
    """Where the three rules are after every step; the memories do not depend on it."""
    t = np.arange(1, LAST + 1)
    m = memory_from_zero(loud, period, beta1, LAST) / (1 - beta1**t)
    s = memory_from_zero(loud, period, beta2, LAST, power=2)
    slopes = np.where((t - 1) % period == 0, loud, -1.0)
    steady = np.sqrt(periodic_memory(loud, period, beta2, power=2)[0])
    steps = {
        "gd": -slopes / steady,
        "adam": -m / np.sqrt(s / (1 - beta2**t)),
        "amsgrad": -m / np.sqrt(np.maximum.accumulate(s) / (1 - beta2**t)),
    }
    return {kind: _walk(RATE * values) for kind, values in steps.items()}


def _walk(steps: np.ndarray) -> np.ndarray:
    """The sum of the steps from 0, kept between -1 and 1 at every step."""
    x, places = 0.0, [0.0]
    for step in steps.tolist():
        x = min(max(x + step, -1.0), 1.0)
        places.append(x)
    return np.array(places)


@lru_cache(maxsize=1)
def _back() -> str:
    """What never changes: frames, axes and their names."""
    x, y, width = MAIN.x, MAIN.y, MAIN.width
    return (
        PATH.frame()
        + PATH.axes((0, 100, 200, 300), (-1, 0, 1), "step", "")
        + text(14, 32, "x ↑", "small")
        + MAIN.frame()
        + MAIN.axes((0, 1, 2, 3), (1, 10, 100, 1000), "")
        + text(x, y - 26, "shaded: Adam goes to the wrong end", "small strong")
        + text(x + width, y + MAIN.height + 34, "C over the sum of the rest →", "small", "end")
        + text(x, y - 9, "window 1/(1−β2) ↑", "small")
        + "".join(panel.frame() for panel in VOTES.values())
        + text(942, 442, "the steps of a period one after the other, in units of η", "small", "end")
    )


@lru_cache(maxsize=64)
def _map(period: int, beta1: float) -> str:
    """The settings with which Adam goes to the wrong end, for this period and this beta1."""
    ratios = np.sort(np.r_[np.linspace(*RATIOS, 49)[1:], 1 + np.array([-1e-3, 1e-3, 0.02, 0.04])])
    windows = np.geomspace(*WINDOWS, 49)
    drift = adam_drift(ratios[None, :] * (period - 1), period, beta1, (1 - 1 / windows)[:, None])
    height = np.clip(np.where(ratios[None, :] > 1, -drift, drift), -0.5, 0.5)
    sides = "".join(
        f'<path class="shaded" d="{d}"/>'
        for part in (ratios > 1, ratios <= 1)
        for _, d in MAIN.outlines(ratios[part], windows, height[:, part], [0.0], 1.0)
    )
    return MAIN.inside(sides, room=EXACT) + MAIN.inside(upright(MAIN, 1.0))


def _here(loud: float, period: int, beta2: float) -> str:
    """The place of the settings on the map."""
    ratio = min(loud / (period - 1), RATIOS[1])
    return MAIN.inside(mark(MAIN, ratio, 1 / (1 - beta2), "adam", 7), room=(9.0, 9.0))


def _vote(kind: str, values: np.ndarray) -> str:
    """One rule's steps of a period as bars from zero, their sum, and where it leads."""
    base, count = VOTES[kind], len(values)
    most = max(float(np.abs(values).max()), 1e-9)
    high, round_ = 1.15 * most, 1 / nice_limit(1 / most)
    panel = base.scaled((-high, high), (-0.7, count - 0.3))
    zero = number(panel.pixels(0, 0)[1])
    width = number(0.7 * panel.width / count)
    tips = panel.pixels(np.arange(count), values)
    bars = "".join(f"M{number(x)} {zero}V{number(y)}" for x, y in tips)
    total = float(values.sum())
    towards = "+1" if total > 1e-12 else "−1" if total < -1e-12 else "nowhere"
    title = f"{NAMES[kind]}: {as_text(total, '+.2f')} η a period → {towards}"
    ticks = panel.axes((), (-round_, 0, round_))
    return (
        text(base.x, base.y - 10, title, f"{kind} strong small")
        + ticks
        + panel.inside(
            level(panel, 0, "", "zero"),
            f'<path class="bars {kind}" stroke-width="{width}" d="{bars}"/>',
        )
    )


def _sentence(state, ways, votes, best) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    loud, period, beta1, beta2 = (state[n] for n in ("C", "period", "beta1", "beta2"))
    mean = (1 + loud - period) / period
    where = {-1: "the best x is −1", 1: "the best x is +1", 0: "every x is as good"}[int(best)]
    drift = float(adam_drift(loud, period, beta1, beta2))
    wrong = best != 0 and drift * best < -1e-12
    reaches = "to the best end" if best else "although every x is as good"
    verdict = "to the worst end" if wrong else reaches
    sentence = (
        f"Slopes: {loud:g}, then {period - 1} times −1; their mean is {as_text(mean, '+.2f')}, "
        f"so {where}. "
        f"β1 = {beta1:.2f}, β2 = {beta2:.3f}. [Step {{0}}: gradient descent at {{1}}, "
        f"Adam at {{2}}, AMSGrad at {{3}}. "
        f"In the long run Adam moves] {as_text(drift, '+.2f')} η a step, [{verdict}]"
    )
    if best < 0 and beta1 == 0:
        sentence += f"; from β2 = {least_beta2(loud, period):.3f} on it would go to the best"
    columns = [common.steps(LAST)]
    columns += [texts(ways[kind], "+.2f") for kind in NAMES]
    return sentence + "[.]", columns
