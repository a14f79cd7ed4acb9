"""How much momentum: a map of the rate over lr and beta, and both directions beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import descend
from ..svg import (
    Panel,
    Picture,
    Piece,
    Track,
    counter,
    curve,
    level,
    nice_limit,
    number,
    padded,
    points,
    text,
    together,
)
from ..theory import ringing_period, steps_for
from .controls import Control, Slider, Switch
from .damping import STEEP, valley
from .explorer import Explorer, Mark
from .rate_ground import GROUND, MOMENTUM_LAW, NESTEROV_LAW, Law, rate_ground

REACH = 2.4, 12.0
PORTRAITS = (
    Panel(548, 30, 172, 180, (-2.4, 2.4), (-1, 1)),
    Panel(764, 30, 172, 180, (-12, 12), (-1, 1)),
)
TIMES = (
    Panel(548, 278, 172, 150, (0, 100), (-2.4, 2.4)),
    Panel(764, 278, 172, 150, (0, 100), (-12, 12)),
)
START = 2.0, -10.0


@lru_cache(maxsize=8)
def _back(law: Law, flat: float) -> str:
    out = [rate_ground(law, flat)]
    for i, (portrait, time) in enumerate(zip(PORTRAITS, TIMES, strict=True)):
        w, high = f"w{i + 1}", (2, 10)[i]
        middle = f"M{number(portrait.pixels(0, 0)[0])} {number(portrait.y)}"
        out += [
            portrait.frame() + portrait.axes((-high, 0, high), (), w),
            text(portrait.x - 7, portrait.y + 50, f"v{i + 1} ↑", "small", "end"),
            f'<path class="zero" d="{middle}v{number(portrait.height)}"/>',
            level(portrait, 0, "", "zero"),
            time.frame() + time.axes((0, 50, 100), (-high, 0, high), "step"),
            level(time, 0, "", "zero"),
            text(time.x, time.y - 10, f"{w} against step", f"{w} strong small"),
        ]
    return "".join(out)


class RateMap(Explorer):
    """The rate of momentum, or of Nesterov, over learning rate and beta, with a point that moves.

    Beside it the velocity against the weight in both directions, and both weights against the step.
    """

    goal = (
        "Set κ to 100 and find η and β with which the slower direction shrinks by less than 0.83 a "
        "step. Then press Nesterov and see how near it can come."
    )
    presets = {
        "w2 creeps": {"lr": 0.04, "beta": 0.1, "step": 40},
        "Both critical": {"lr": 0.111, "beta": 0.444, "step": 40},
        "Both ring": {"lr": 0.036, "beta": 0.9, "step": 60},
        "Runs away": {"lr": 0.1215, "beta": 0.5, "step": 8},
        "Best Nesterov": {"nesterov": True, "lr": 0.0525, "beta": 0.626, "step": 40},
    }
    main_panel = GROUND
    last = 100

    def controls(self) -> dict[str, Control]:
        """Learning rate, beta, condition number, and which of the two rules."""
        return {
            "lr": Slider("learning rate η", 0.02, 0.001, 0.16, 0.0005, ".4f"),
            "beta": Slider("memory β", 0.8, 0.0, 0.99, 0.002, ".3f"),
            "kappa": Slider("condition κ", 25, 1, 100, 1, ".0f"),
            "nesterov": Switch("Nesterov"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The best settings for this kappa, and the limit at this beta."""
        law = _law(state)
        lr, beta, _ = law.best(STEEP, STEEP / state["kappa"])
        limit = float(law.limit(state["beta"], STEEP))
        first, second = ("left", "right") if lr <= limit else ("right", "left")
        return {
            "lr": [(lr, "best", first), (limit, "limit", second)],
            "beta": [(beta, "best", "middle")],
        }

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the map takes its learning rate and beta."""
        if not GROUND.contains(x, y):
            return {}
        lr, beta = GROUND.data(x, y)
        return {"lr": min(max(lr, 0.001), 0.16), "beta": min(max(beta, 0.0), 0.99)}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The map with the point, the two portraits and both weights against the step."""
        lr, beta, kappa, law = state["lr"], state["beta"], state["kappa"], _law(state)
        curvatures, last = (STEEP, STEEP / kappa), self.last
        run = descend(valley(kappa), law.rule, START, last, lr=lr, beta=beta)
        w, v = padded(run.positions, last), padded(run.memory["v"], last)
        regimes = [law.regime(lr, beta, x) for x in curvatures]
        pieces = [
            _direction(i, w[:, i], v[:, i], regimes[i], law.lines(lr, beta, x))
            for i, x in enumerate(curvatures)
        ]
        pieces.append(counter(PORTRAITS[1], [f"step {k}" for k in range(last + 1)]))
        shapes, tracks = together(*pieces)
        return Picture(
            960, 466,
            f"{law.rule.name}, η = {lr:.4g}, β = {beta:.3g}, κ = {kappa:g}",
            _back(law, STEEP / kappa),
            _point(law, lr, beta, max(factor for _, factor in regimes)) + shapes,
            tuple(tracks),
            _spoken(state, w, v, padded(run.losses, last), regimes),
        )  # fmt: skip


def _law(state: Mapping[str, Any]) -> Law:
    return NESTEROV_LAW if state["nesterov"] else MOMENTUM_LAW


def _point(law: Law, lr: float, beta: float, slowest: float) -> str:
    """The place of the settings on the map, and over the map what they give."""
    x, y = map(number, GROUND.pixels(lr, beta))
    cross = f"M{x} {number(GROUND.y)}v{number(GROUND.height)}M{number(GROUND.x)} {y}"
    said = "runs away"
    if slowest < 1:
        said = f"× {slowest:.3f} a step, {_steps(slowest)} for a factor 1000"
    return GROUND.inside(
        f'<path class="guide" d="{cross}h{number(GROUND.width)}"/>',
        f'<circle class="mark {law.kind}" cx="{x}" cy="{y}" r="8"/>',
    ) + text(496, 20, f"{law.rule.name}: {said}", f"{law.kind} strong small", "end")


def _steps(rate: float) -> str:
    """How many steps a factor of 1000 takes; at a rate of 0 it is there after two."""
    return f"{steps_for(1e-3, rate):.0f} steps" if rate > 0 else "2 steps"


def _direction(
    axis: int, w: np.ndarray, v: np.ndarray, now: tuple[str, float], slopes: list[float]
) -> Piece:
    """One direction: its title, its portrait with the lines on which it would stay, its course."""
    base, kind, reach = PORTRAITS[axis], f"w{axis + 1}", REACH[axis]
    high = nice_limit(max(np.abs(v[np.abs(w) <= 1.01 * reach]).max(), abs(v[1])))
    panel = Panel(base.x, base.y, base.width, base.height, base.across, (-high, high))
    place, title = panel.pixels(w, v), f"{kind} {now[0]}, × {now[1]:.3f}"
    guides = ""
    for slope in slopes:
        end = min(reach, high / max(abs(slope), 1e-9))
        ends = panel.pixels([-end, end], [-end * slope, end * slope])
        guides += f'<polyline class="guide" points="{points(ends)}"/>'
    shapes = (
        f'<polyline data-k="{kind}-phase" class="path {kind}"/>'
        f'<path data-k="{kind}-dots" class="dots {kind}"/>'
        f'<circle data-k="{kind}-now" class="mark {kind}" r="5"/>'
    )
    tracks = [
        Track(f"{kind}-phase", "upto", place),
        Track(f"{kind}-dots", "dots", place, like=f"{kind}-phase"),
        Track(f"{kind}-now", "at", place, like=f"{kind}-phase"),
    ]
    course = curve(TIMES[axis], w, f"{kind}-time", kind)
    front = text(base.x, base.y - 10, title, f"{kind} strong small")
    front += panel.axes((), (-high, 0, high)) + panel.inside(guides, shapes)
    return front + TIMES[axis].inside(course[0]), [*tracks, *course[1]]


def _spoken(state, w, v, losses, regimes) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    law, flat, said = _law(state), STEEP / state["kappa"], []
    for i, ((what, factor), curvature) in enumerate(zip(regimes, (STEEP, flat), strict=True)):
        words = f"w{i + 1} {what}, × {factor:.3f} a step"
        if what == "rings":
            like = law.memory(state["lr"], state["beta"], curvature)
            words += f", once in {ringing_period(state['lr'], like, curvature):.1f} steps"
        said.append(words)
    slowest = max(factor for _, factor in regimes)
    lr, beta, rate = law.best(STEEP, flat)
    end = f"A factor of 1000 takes {_steps(slowest)}" if slowest < 1 else "This does not converge"
    best = f"with the best, η = {lr:.3g} and β = {beta:.3g}, {_steps(rate)}"
    name = law.rule.name[0].upper() + law.rule.name[1:]
    sentence = (
        f"{name}, η = {state['lr']:.4g}, β = {state['beta']:.3g}, κ = {state['kappa']:g}. "
        "Step {0}: w1 = {1}, v1 = {2}, w2 = {3}, v2 = {4}, loss {5}. "
        f"{said[0]}; {said[1]}. {end}; {best}."
    )
    columns = [[str(k) for k in range(len(w))]]
    for axis in (0, 1):
        columns += [_texts(w[:, axis]), _texts(v[:, axis])]
    return sentence, [*columns, [format(x, ".2g") for x in losses]]


def _texts(values: np.ndarray) -> list[str]:
    return [format(x, ".3g").replace("-", "−") if abs(x) >= 1e-9 else "0" for x in values]
