"""RMSProp beside gradient descent: its steps, what they are divided by, and where they end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import Trajectory, descend
from ..optimizers import ADAGRAD, ADAGRAD_INSIDE, GRADIENT_DESCENT, RMSPROP, RMSPROP_INSIDE, Rule
from ..surfaces import Surface, ravine
from ..svg import (
    Panel,
    Picture,
    Piece,
    arrow,
    arrows,
    cased,
    cross,
    curve,
    legend,
    level,
    step_counter,
    text,
    together,
    trail,
)
from ..theory import rmsprop_cycle, smallest_quiet_eps, turned_floor
from . import common
from .common import RAVINE, STEEP, valley
from .controls import Control, Slider, Switch
from .explorer import Explorer, Mark

LAST, PLAIN_RATE, GOAL = 240, 0.076, 1e-3
STEPS = Panel(46, 342, 252, 100, (0, LAST), (1e-4, 10), log=True)
DIVISORS = Panel(362, 342, 252, 100, (0, LAST), (1e-2, 100), log=True)
LOSS = Panel(690, 342, 256, 100, (0, LAST), (1e-7, 1e3), log=True)
COMPASS, NEEDLE = (868.0, 232.0), 40.0
RULES = {
    (False, False): RMSPROP,
    (False, True): RMSPROP_INSIDE,
    (True, False): ADAGRAD,
    (True, True): ADAGRAD_INSIDE,
}


class Cycle(Explorer):
    """RMSProp beside gradient descent, drawn along the valley however the valley is turned.

    Turning the ravine by theta turns the axes of the weights against the valley; the picture holds
    the valley still and turns the axes, which the compass shows. The black arrow is a step in units
    of lr, split into what w1 and w2 contribute. Below: the length of both steps, what each is
    divided by, and the loss of both rules.
    """

    goal = (
        "From step 150 on, keep the loss below 1e-3. RMSProp can do it with a large ε, AdaGrad, "
        "whose s is the sum of all squares, with a large η. Then turn the ravine by 45° and try "
        "both again."
    )
    presets = {
        "Cycle": {"step": LAST},
        "Only the sign": {"rho": 0.0, "lr": 0.19, "step": LAST},
        "A large ε": {"eps": 10**0.5, "step": LAST},
        "Try AdaGrad": {"adagrad": True, "lr": 1.5, "step": 40},
        "Loss × 1000": {"c": 1e3, "step": 30},
        "Turned 45°": {"theta": 45, "step": 60},
    }
    # On the ravine a jump of η cannot be seen; on the loss it can.
    main_panel, strip = RAVINE, (RAVINE, LOSS)
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Learning rate, rho, eps, the ravine's shape, scale and angle, and which rule it is."""
        return {
            "lr": common.rate_slider(0.2, 2, 0.01, ".2f", low=0.01),
            "rho": Slider("memory ρ", 0.9, 0.0, 0.99, 0.01, ".2f"),
            "eps": common.scale_slider("ε", 1e-8, -8, 2),
            "kappa": common.kappa_slider(),
            "c": common.scale_slider("scale of the loss c", 1, -3, 3),
            "theta": Slider("angle θ in degrees", 0, 0, 45, 1, ".0f"),
            "inside": Switch("ε inside the root"),
            "adagrad": Switch("AdaGrad"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """From which eps each direction comes to rest, if the valley lies along the axes."""
        if state["adagrad"] or state["theta"] != 0:
            return {}
        steep = STEEP * state["c"]
        found = {"stops w2": steep / state["kappa"], "stops w1": steep}
        if state["kappa"] == 1:
            found = {"stops both": steep}
        sides = ("left", "right")
        eps = {
            word: float(smallest_quiet_eps(state["lr"], curvature, state["inside"]))
            for word, curvature in found.items()
        }
        return {
            "eps": [
                (value, word, side)
                for (word, value), side in zip(eps.items(), sides, strict=False)
                if 1e-8 <= value <= 1e2
            ]
        }

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Both descents, the step in its parts, its two lengths and divisors, and both losses."""
        kappa, theta, c = state["kappa"], float(state["theta"]), state["c"]
        rule, lr = RULES[state["adagrad"], state["inside"]], state["lr"]
        hyper = {"lr": lr, "eps": state["eps"]} | (
            {} if state["adagrad"] else {"rho": state["rho"]}
        )
        run = descend(_surface(kappa, theta, c), rule, steps=LAST, **hyper)
        plain = _plain((kappa, theta, c))
        kind = "adagrad" if state["adagrad"] else "rmsprop"
        moves = np.zeros((LAST + 1, 2))
        moves[: run.steps] = np.diff(run.positions, axis=0)
        moves[run.steps :] = moves[run.steps - 1]
        divisors = _divisors(run, state)
        losses = [x.padded(LAST).losses / c for x in (plain, run)]
        end, floor = _end(state, losses[1])
        pieces = [
            both_paths(plain, run, moves / lr, theta, kind),
            lengths_of_steps(np.abs(moves), lr),
            divided_by(divisors, state["inside"]),
            both_losses(losses, floor, kind),
        ]
        shapes, tracks = together(*pieces)
        return Picture(
            960, 466,
            f"{_name(rule)}, η = {lr:.3g}, θ = {theta:.0f}°, c = {c:.3g}",
            back(kappa),
            shapes + names(kind, _name(rule)) + compass(theta),
            tuple(tracks),
            _sentence(state, rule, run, np.abs(moves), divisors, losses, end),
        )  # fmt: skip


@lru_cache(maxsize=8)
def back(kappa: float) -> str:
    """The valley from above, always level, and the frames of the curves."""
    x, y = RAVINE.pixels(0, 0)
    panels = [
        RAVINE.contours(valley(kappa)),
        RAVINE.axes((-10, -5, 0), (-2, 0, 2), "along the valley →", "across the valley ↑"),
        RAVINE.inside(cross(RAVINE, 0, 0)),
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
    now = runs[1].padded(LAST).positions
    parts = [along_the_valley(step * part, theta) for part in np.eye(2)]
    shapes, tracks = together(
        trail(RAVINE, runs[0], LAST, "gd"),
        trail(RAVINE, runs[1], LAST, kind),
        arrows(RAVINE, now, parts[1], "part2", "w2"),
        arrows(RAVINE, now, parts[0], "part1", "w1"),
        arrows(RAVINE, now, parts[0] + parts[1], "both", "ink"),
        step_counter(RAVINE, LAST),
    )
    return RAVINE.inside(shapes), tracks


def lengths_of_steps(lengths: np.ndarray, lr: float) -> Piece:
    """The length of the step along each weight, against lr."""
    top = 10.0 ** np.ceil(np.log10(max(lengths.max(), lr) * 1.001))
    panel = STEPS.scaled((1e-5 * top, top))
    pieces = together(*(curve(panel, lengths[:, i], f"length{i + 1}", f"w{i + 1}") for i in (1, 0)))
    ticks = panel.axes((0, 100, 200), [top * 10.0**-k for k in (0, 2, 4)], "step")
    shapes = panel.inside(level(panel, lr, "η", side="right"), pieces[0])
    return ticks + _title(panel, "length of the step") + shapes, pieces[1]


def divided_by(divisors: np.ndarray, inside: bool) -> Piece:
    """What the gradient is divided by, for each weight."""
    top = 10.0 ** np.ceil(np.log10(divisors.max() * 1.001))
    low = 10.0 ** np.floor(np.log10(max(divisors.min(), 1e-6 * top)))
    low = min(low, 1e-3 * top)
    panel = DIVISORS.scaled((low, top))
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


def _title(panel: Panel, words: str) -> str:
    end = panel.x + panel.width
    who = text(end - 32, panel.y - 8, "w1", "w1 strong small", "end")
    who += text(end, panel.y - 8, "w2", "w2 strong small", "end")
    return text(panel.x, panel.y - 8, words, "small") + who


def names(kind: str, name: str) -> str:
    """What the lines over the contours are."""
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
        out.append(cased(arrow(x, y, *tip), f"arrow w{i + 1}"))
        beside = x + (NEEDLE + 14) * along, y - (NEEDLE + 14) * across + 5
        out.append(text(*beside, f"w{i + 1}", f"w{i + 1} halo strong small", "middle"))
    return "".join(out)


@lru_cache(maxsize=16)
def _plain(surface_of: tuple[float, float, float]) -> Trajectory:
    """Gradient descent at the one rate that suits c = 1."""
    return descend(_surface(*surface_of), GRADIENT_DESCENT, steps=LAST, lr=PLAIN_RATE)


@lru_cache(maxsize=16)
def _surface(kappa: float, theta: float, c: float) -> Surface:
    return ravine(kappa, np.radians(theta), c * STEEP / kappa)


def _name(rule: Rule) -> str:
    return rule.name.partition(",")[0]


def _divisors(run: Trajectory, state: Mapping[str, Any]) -> np.ndarray:
    """What the step that begins at each point is divided by; at the last point, as before it."""
    s = run.padded(LAST + 1).memory["s"][1:]
    return np.sqrt(s + state["eps"]) if state["inside"] else np.sqrt(s) + state["eps"]


def _end(state: Mapping[str, Any], loss: np.ndarray) -> tuple[str, float]:
    """Where it ends, as a sentence, and the loss / c there, 0 where it is 0 or not known."""
    c, kappa, lr = state["c"], state["kappa"], state["lr"]
    curvatures = c * np.array([STEEP, STEEP / kappa])
    half = rmsprop_cycle(lr, curvatures, state["eps"], state["inside"])
    if state["adagrad"] or state["rho"] == 0 or not (state["theta"] == 0 or _tame(state, half)):
        below = 10.0 ** max(np.ceil(np.log10(max(loss[-41:].max(), 1e-12))), -9)
        return f"From step {LAST - 40} on it stays below {below:g}.", 0.0
    if state["theta"] != 0:
        floor = float(turned_floor(lr, *curvatures, np.radians(state["theta"]))) / c
        return f"In the end both weights jump by η at every step: loss / c {floor:.2g}.", floor
    if not half.any():
        return "In the end it comes to rest at the minimum.", 0.0
    floor = float(np.sum(curvatures * half**2) / 2 / c)
    stays = [
        f"{name} jumps from {x:.2g} to −{x:.2g}] and back[" if x > 0 else f"{name} rests"
        for name, x in zip(("w1", "w2"), half, strict=True)
    ]
    return f"In the end {', '.join(stays)}: loss / c {floor:.2g}], for ever[.", floor


def _tame(state: Mapping[str, Any], half: np.ndarray) -> bool:
    """Whether eps is too small to count and rho large enough for the floor of a turned ravine."""
    return state["rho"] >= 0.8 and half.min() > 0.499 * state["lr"]


def _sentence(state, rule, run, lengths, divisors, losses, end) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    settings = [f"η = {state['lr']:.3g}"]
    settings += [] if state["adagrad"] else [f"ρ = {state['rho']:.2g}"]
    where = "inside the root" if state["inside"] else "outside"
    settings += [f"ε = {state['eps']:.2g} {where}", f"κ = {state['kappa']:g}"]
    settings += [f"θ = {state['theta']:.0f}°", f"c = {state['c']:.3g}"]
    sentence = (
        f"{_name(rule)}, {', '.join(settings)}. The minimum is {{7}} away along w1 and {{8}} "
        "along w2. [Step {0}]: the next step is {1} along w1 and {2} along w2, after a division by "
        f"{{3}} and {{4}}[. Loss / c is {{5}}], that of gradient descent {{6}}[. {end}]"
    )
    away = np.abs(run.padded(LAST).positions - run.surface.minimum)
    columns = [common.steps(LAST)]
    columns += [
        common.sizes(x, 1e-9) for x in (*lengths.T, *divisors.T, losses[1], losses[0], *away.T)
    ]
    return sentence, columns
