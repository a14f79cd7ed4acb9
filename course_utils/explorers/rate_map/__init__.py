"""How much momentum: a map of the rate over lr and beta, and both directions beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...descent import descend
from ...svg import (
    Panel,
    Picture,
    Piece,
    Track,
    cased,
    cross,
    curve,
    level,
    line,
    mark,
    nice_limit,
    number,
    points,
    shade_of,
    step_counter,
    text,
    together,
    upright,
)
from ...theory import oscillation_period, steps_for
from .. import common
from ..common import STEEP, texts, valley
from ..controls import Control, Switch
from ..explorer import Explorer, Mark
from .model import MOMENTUM_LAW, NESTEROV_LAW, Law

MAIN = Panel(46, 30, 450, 338, (0, 0.16), (0, 1))
FASTER_THAN = 1000, 300, 100, 50, 30, 20, 10
MIDDLE = (MAIN.y + MAIN.height) - 28
REACH = 2.4, 12.0
# The learning rate at which the line of w1 has its name
NAMED = 0.0155
PORTRAITS = (
    Panel(548, 30, 172, 180, (-2.4, 2.4), (-1, 1)),
    Panel(764, 30, 172, 180, (-12, 12), (-1, 1)),
)
TIMES = (
    Panel(548, 278, 172, 150, (0, 100), (-2.4, 2.4)),
    Panel(764, 278, 172, 150, (0, 100), (-12, 12)),
)
START = 2.0, -10.0


class RateMap(Explorer):
    """The rate of momentum, or of Nesterov, over learning rate and beta, with a point that moves.

    Beside it the velocity against the weight in both directions, and both weights against the step.
    """

    goal = (
        "Set κ to 100 and find η and β with which the slower direction shrinks by less than 0.83 a "
        "step. Then press Nesterov and see how near it can come."
    )
    presets = {
        "w2 decays slowly": {"lr": 0.04, "beta": 0.1, "step": 40},
        "Both critical": {"lr": 0.111, "beta": 0.444, "step": 40},
        "Both oscillate": {"lr": 0.036, "beta": 0.9, "step": 60},
        "Runs away": {"lr": 0.1215, "beta": 0.5, "step": 8},
        "Best Nesterov": {"nesterov": True, "lr": 0.0525, "beta": 0.626, "step": 40},
    }
    main_panel = MAIN
    last = 100

    def controls(self) -> dict[str, Control]:
        """Learning rate, beta, condition number, and which of the two rules."""
        return {
            "lr": common.rate_slider(0.02, 0.16, 0.0005, ".4f"),
            "beta": common.memory_slider(0.8),
            "kappa": common.kappa_slider(),
            "nesterov": Switch("Nesterov"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The best settings for this kappa, and the limit at this beta."""
        law = _law(state)
        lr, beta, _ = law.best(STEEP, STEEP / state["kappa"])
        limit = float(law.limit(state["beta"], STEEP))
        return {
            "lr": common.best_and_limit(lr, limit),
            "beta": [(beta, "best", "middle")],
        }

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the map takes its learning rate and beta."""
        if not MAIN.contains(x, y):
            return {}
        lr, beta = MAIN.data(x, y)
        return {"lr": min(max(lr, 0.001), 0.16), "beta": min(max(beta, 0.0), 0.99)}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The map with the point, the two portraits and both weights against the step."""
        lr, beta, kappa, law = state["lr"], state["beta"], state["kappa"], _law(state)
        curvatures, last = (STEEP, STEEP / kappa), self.last
        run = descend(valley(kappa), law.rule, START, last, lr=lr, beta=beta)
        whole = run.padded(last)
        w, v = whole.positions, whole.memory["v"]
        regimes = [law.regime(lr, beta, x) for x in curvatures]
        pieces = [
            _direction(i, w[:, i], v[:, i], regimes[i], law.lines(lr, beta, x))
            for i, x in enumerate(curvatures)
        ]
        pieces.append(step_counter(PORTRAITS[1], last))
        shapes, tracks = together(*pieces)
        return Picture(
            960, 466,
            f"{law.rule.name}, η = {lr:.4g}, β = {beta:.3g}, κ = {kappa:g}",
            _back(law, STEEP / kappa),
            _point(law, lr, beta, STEEP / kappa, max(factor for _, factor in regimes)) + shapes,
            tuple(tracks),
            _sentence(state, w, v, whole.losses, regimes),
        )  # fmt: skip


@lru_cache(maxsize=8)
def _map(law: Law, flat: float) -> str:
    """The map for a ravine whose steep curvature is 25, with its lines and its key."""
    lr, beta = np.linspace(*MAIN.across, 321), np.linspace(*MAIN.up, 241)
    rates = law.rate(lr, beta[:, None], STEEP, flat)
    levels = [1.0, *(1e-3 ** (1 / steps) for steps in FASTER_THAN)]
    return "".join(
        (
            MAIN.shades(lr, beta, rates, levels, 1.6),
            MAIN.inside(_edges(law, flat)),
            _levels(law, flat),
            MAIN.axes((0, 0.04, 0.08, 0.12, 0.16), (0, 0.5, 1)),
            text(14, 22, "β ↑", "small"),
            text(496, 406, "learning rate η →", "small", "end"),
            _key(),
        )
    )


def _edges(law: Law, flat: float) -> str:
    """The limit of the learning rate, and where each direction is critically damped."""
    beta = np.linspace(0, 1, 61)
    lines = [("ink", law.limit(beta, STEEP), beta)]
    for kind, curvature in (("w1", STEEP), ("w2", flat)):
        # Squares crowd where the line is steep, at lr = 0; the lowest point is one of them.
        lr = np.sort(np.append(np.linspace(0, 0.4, 161), np.sqrt(1 / curvature))) ** 2
        if law is NESTEROV_LAW:
            lr = lr[lr * curvature <= 1]
        critical = law.critical(lr, curvature)
        inside = (critical <= 1) & (lr <= law.limit(critical, STEEP))
        lines.append((kind, lr[inside], critical[inside]))
    return "".join(
        cased(f"M{points(MAIN.pixels(lr, beta))}", f"edge {kind}") for kind, lr, beta in lines
    )


def _levels(law: Law, flat: float) -> str:
    """The numbers of steps on the outlines, on the way from no step at all to the best one."""
    lr, beta, _ = law.best(STEEP, flat)
    way = np.linspace(0, 1, 1001)
    rates = law.rate(lr * way, beta * way, STEEP, flat)
    out, last = [], MAIN.pixels(0, 0)
    for steps in FASTER_THAN:
        below = np.flatnonzero(rates <= 1e-3 ** (1 / steps))
        if not below.size:
            break
        place = MAIN.pixels(lr * way[below[0]], beta * way[below[0]])
        # Numbers that would lie on each other, or on a name, are left out: the key has them all.
        x, y = place - MAIN.pixels(NAMED, float(law.critical(NAMED, STEEP)))
        named = -20 < x < 110 and -20 < y < 26
        if np.hypot(*(place - last)) > 26 and way[below[0]] < 0.8 and not named:
            out.append(text(place[0], place[1] + 4, str(steps), "halo small", "middle"))
            last = place
    return "".join(out)


@lru_cache(maxsize=8)
def _names(law: Law, flat: float) -> str:
    """What the lines of the map are, and its best point."""
    lr, beta, _ = law.best(STEEP, flat)
    x, y = MAIN.pixels(lr, beta)
    right, base = x - 10, y + 4 if y < MIDDLE else y - 8
    out = [cross(MAIN, lr, beta), text(right, base, "best", "halo small strong", "end")]
    low = (0.02 if law is NESTEROV_LAW else 0.05) if flat < STEEP / 2 else 0.006
    for kind, at, curvature, dx, dy in (("w1", NAMED, STEEP, 6, 8), ("w2", low, flat, 0, -8)):
        x, y = MAIN.pixels(at, float(law.critical(at, curvature)))
        # No name lies on that of the best point, which is some 40 pixels wide.
        if x + dx < right and right - 40 < x + dx + 100 and abs(y + dy - base) < 16:
            dy = base + 18 - y
        out.append(text(x + dx, y + dy, f"{kind} critical", f"{kind} halo small strong"))
    x, y = MAIN.pixels(float(law.limit(0.2, STEEP)), 0.2)
    out.append(text(x + 9, y, "limit", "halo small strong"))
    out.append(text(x + 9, y + 17, "w1 runs away", "halo small"))
    return "".join(out)


def _key() -> str:
    """The shades of the map: how many steps a factor of 1000 takes."""
    out, width = [text(46, 406, "steps for a factor 1000", "small")], 54.0
    names = "more", *(f"≤ {n}" for n in FASTER_THAN)
    for i, words in enumerate(names):
        left = MAIN.x + i * (width + 2.5)
        box = f'x="{number(left)}" y="416" width="{number(width)}" height="18"'
        out.append(f'<rect class="shade" fill="{shade_of(i + 1, len(names) + 1)}" {box}/>')
        out.append(text(left + width / 2, 450, words, "muted small", "middle"))
    return "".join(out)


@lru_cache(maxsize=8)
def _back(law: Law, flat: float) -> str:
    out = [_map(law, flat)]
    for i, (portrait, time) in enumerate(zip(PORTRAITS, TIMES, strict=True)):
        w, high = f"w{i + 1}", (2, 10)[i]
        out += [
            portrait.frame() + portrait.axes((-high, 0, high), (), w),
            text(portrait.x - 7, portrait.y + 50, f"v{i + 1} ↑", "small", "end"),
            upright(portrait, 0, "zero"),
            level(portrait, 0, "", "zero"),
            time.frame() + time.axes((0, 50, 100), (-high, 0, high), "step"),
            level(time, 0, "", "zero"),
            text(time.x, time.y - 10, f"{w} against step", f"{w} strong small"),
        ]
    return "".join(out)


def _law(state: Mapping[str, Any]) -> Law:
    return NESTEROV_LAW if state["nesterov"] else MOMENTUM_LAW


def _point(law: Law, lr: float, beta: float, flat: float, slowest: float) -> str:
    """The place of the settings on the map below the names there, and over it what they give."""
    x, y = map(number, MAIN.pixels(lr, beta))
    cross = f"M{x} {number(MAIN.y)}v{number(MAIN.height)}M{number(MAIN.x)} {y}"
    said = "runs away"
    if slowest < 1:
        said = f"× {slowest:.3f} a step, {_steps(slowest)} for a factor 1000"
    guides = MAIN.inside(f'<path class="guide" d="{cross}h{number(MAIN.width)}"/>')
    point = MAIN.inside(mark(MAIN, lr, beta, law.kind, 8))
    return (
        guides
        + _names(law, flat)
        + point
        + text(496, 20, f"{law.rule.name}: {said}", f"{law.kind} strong small", "end")
    )


def _steps(rate: float) -> str:
    """How many steps a factor of 1000 takes; at a rate of 0 it is there after two."""
    return f"{steps_for(1e-3, rate):.0f} steps" if rate > 0 else "2 steps"


def _direction(
    axis: int, w: np.ndarray, v: np.ndarray, now: tuple[str, float], slopes: list[float]
) -> Piece:
    """One direction: its title, its portrait with the lines on which it would stay, its course."""
    base, kind, reach = PORTRAITS[axis], f"w{axis + 1}", REACH[axis]
    high = nice_limit(max(np.abs(v[np.abs(w) <= 1.01 * reach]).max(), abs(v[1])))
    panel = base.scaled((-high, high))
    place, title = panel.pixels(w, v), f"{kind} {now[0]}, × {now[1]:.3f}"
    guides = ""
    for slope in slopes:
        end = min(reach, high / max(abs(slope), 1e-9))
        guides += line(panel, [-end, end], [-end * slope, end * slope], "guide")
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


def _sentence(state, w, v, losses, regimes) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    law, flat, said = _law(state), STEEP / state["kappa"], []
    for i, ((what, factor), curvature) in enumerate(zip(regimes, (STEEP, flat), strict=True)):
        words = f"w{i + 1} {what}, × {factor:.3f} a step"
        if what == "oscillates":
            like = law.memory(state["lr"], state["beta"], curvature)
            words += f"], once in {oscillation_period(state['lr'], like, curvature):.1f} steps["
        said.append(words)
    slowest = max(factor for _, factor in regimes)
    lr, beta, rate = law.best(STEEP, flat)
    end = f"A factor of 1000 takes {_steps(slowest)}" if slowest < 1 else "This does not converge"
    best = f"with the best, η = {lr:.3g} and β = {beta:.3g}, {_steps(rate)}"
    name = law.rule.name[0].upper() + law.rule.name[1:]
    sentence = (
        f"{name}, η = {state['lr']:.4g}, β = {state['beta']:.3g}, κ = {state['kappa']:g}. "
        "[Step {0}]: w1 = {1}, v1 = {2}, w2 = {3}, v2 = {4}[, loss {5}. "
        f"{said[0]}; {said[1]}. {end}]; {best}[.]"
    )
    columns = [common.steps(len(w) - 1)]
    for axis in (0, 1):
        columns += [texts(x[:, axis], ".3g", least=1e-9) for x in (w, v)]
    return sentence, [*columns, [format(x, ".2g") for x in losses]]
