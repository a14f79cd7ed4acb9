"""You are the optimizer: walk downhill knowing only the gradient where you stand, then race."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import descend, padded
from ..optimizers import GRADIENT_DESCENT, MOMENTUM
from ..surfaces import ravine
from ..svg import (
    Panel,
    Picture,
    arrivals,
    arrows,
    contour_map,
    curve,
    legend,
    named,
    path,
    points,
    step_counter,
    text,
    together,
    trail,
    with_minimum,
)
from ..theory import best_descent, best_momentum
from . import common
from .controls import Button, Control, Slider, Switch, Unseen
from .explorer import Explorer

HIDDEN = ravine(kappa=25, theta=0.2)
START = (1.6, -6.4)
MAIN = Panel(46, 26, 900, 300, (-8.0, 7.0), (-2.5, 2.5))
# Below it the goal is reached.
GOAL = 1.0
LOSS = Panel(46, 362, 900, 90, (0, 20), (1e-3, 1e4), log=True)


@lru_cache(maxsize=2)
def _back(reveal: bool) -> str:
    if reveal:
        seen = contour_map(HIDDEN, MAIN, (-2, 0, 2), (-5, 0, 5), ("w1 ↑", "w2 →"))
    else:
        seen = MAIN.frame() + MAIN.axes((-5, 0, 5), (-2, 0, 2), "w2 →", "w1 ↑")
        seen += text(
            496,
            50,
            "it is dark: all you feel is the slope under your feet",
            "muted",
            "middle",
        )
    return (
        seen + LOSS.frame() + LOSS.axes((0, 5, 10, 15, 20), (0.01, 1, 100), "", "loss against step")
    )


def along_the_arrow(steps: int) -> tuple[tuple[float, float], ...]:
    """The walk that always follows -g to the lowest point on that line (exact line search)."""
    walk, w = [], np.array(START)
    for _ in range(steps):
        g = HIDDEN.gradient(w)
        w = w - (g @ g) / (g @ HIDDEN.hessian(w) @ g) * g
        walk.append((float(w[0]), float(w[1])))
    return tuple(walk)


class FirstSteps(Explorer):
    """A walk in the dark by clicks; then the contours, and two rules from the same start.

    ``walk`` are the steps that are taken, by ``who``.
    """

    goal = (
        "Bring the loss below 1 in as few steps as you can: each click is one step. "
        "Then show the landscape."
    )
    main_panel = MAIN
    last = 20

    def controls(self) -> dict[str, Control]:
        """The next step for those who do not click, and the light."""
        (low2, high2), (low1, high1) = MAIN.across, MAIN.up
        return {
            "w1": Slider("next w1", 1.6, low1, high1, 0.05),
            "w2": Slider("next w2", -6.4, low2, high2, 0.05),
            "reveal": Switch("Show the landscape", icon="eye"),
            "walk": Unseen((), _walked),
            "who": Unseen("you", str),
        }

    def buttons(self) -> list[Button]:
        """Walking without a mouse, and taking a step back."""
        return [
            Button("Go to next w1, w2", lambda: self.go(self.w1, self.w2), icon="arrow-right"),
            Button("Undo", lambda: self.set(walk=self.walk[:-1]), "take the last step back"),
        ]

    def go(self, w1: float, w2: float) -> None:
        """Take one step to (w1, w2)."""
        if len(self.walk) < self.last:
            self.set(walk=(*self.walk, (w1, w2)))

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the panel is a step."""
        if not MAIN.contains(x, y) or len(self.walk) >= self.last:
            return {}
        w2, w1 = MAIN.data(x, y)
        return {"walk": (*self.walk, (round(w1, 2), round(w2, 2)))}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The walk so far; with the light on, the contours and the race."""
        walk = np.array([START, *state["walk"]])
        losses = HIDDEN.value(walk.T)
        if state["reveal"]:
            front, tracks, spoken = _race(walk, losses, state["who"])
        else:
            front, tracks, spoken = _dark(walk, losses)
        title = "You are the optimizer" if state["walk"] or not state["reveal"] else "Your rivals"
        title += ", with the landscape shown" if state["reveal"] else ""
        return Picture(960, 482, title, _back(state["reveal"]), front, tuple(tracks), spoken)


def _walked(points: Any) -> tuple[tuple[float, float], ...]:
    """The points of a walk, if that is what they are."""
    try:
        walk = np.array(list(points), dtype=float).reshape(len(points), 2)
    except (TypeError, ValueError):
        walk = np.array([[np.nan]])
    if not np.isfinite(walk).all() or len(walk) > FirstSteps.last:
        raise ValueError(
            f"A walk is at most {FirstSteps.last} points (w1, w2), and {points!r} is not one: "
            "pass for instance ((1.0, -5.0), (0.5, -3.0))."
        )
    return tuple(map(tuple, walk.tolist()))


def _dark(walk: np.ndarray, losses: np.ndarray):
    """The walk, minus the gradient where it stands, and the losses met."""
    place = MAIN.pixels(*walk.T[::-1])
    slope = HIDDEN.gradient(walk[-1])
    size = float(np.hypot(*slope))
    reach = (0.35 + 0.3 * np.log1p(size)) / max(size, 1e-9)
    arrow, tracks = arrows(
        MAIN, walk[-1:], -reach * slope[None], "slope", "ink", f"−g, size {size:.1f}"
    )
    x, y = place[-1]
    shapes = (
        f'<polyline class="path you" points="{points(place)}"/>'
        + "".join(f'<path class="dots you" d="M{points([p])}h0"/>' for p in place)
        + f'<circle class="mark you" cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
    )
    trace = LOSS.pixels(np.arange(len(losses)), losses)
    below = LOSS.inside(
        f'<polyline class="path you" points="{points(trace)}"/>',
        "".join(f'<path class="dots you" d="M{points([p])}h0"/>' for p in trace),
    )
    sentence = (
        f"You have taken {len(walk) - 1} of 20 steps and stand at w1 = {walk[-1, 0]:.2f}, "
        f"w2 = {walk[-1, 1]:.2f} with loss {losses[-1]:.2f}; the gradient there is "
        f"({slope[0]:.1f}, {slope[1]:.1f})."
    ).replace("-", "−")
    return MAIN.inside(shapes + arrow) + below, tracks, (sentence, ())


def _race(walk: np.ndarray, losses: np.ndarray, who: str):
    """Gradient descent and momentum at the best settings for the long run, and the walk if any."""
    last = FirstSteps.last
    lr, _ = best_descent(25, 1)
    plain = descend(HIDDEN, GRADIENT_DESCENT, START, last, lr=lr)
    lr, beta, _ = best_momentum(25, 1)
    heavy = descend(HIDDEN, MOMENTUM, START, last, lr=lr, beta=beta)
    paths = [trail(MAIN, plain, last, "gd"), trail(MAIN, heavy, last, "momentum")]
    places = [
        (words, kind, MAIN.pixels(*run.padded(last).positions.T[::-1]))
        for words, kind, run in (("gradient descent", "gd", plain), ("momentum", "momentum", heavy))
    ]
    curves = [
        curve(LOSS, plain.losses, "loss-gd", "gd"),
        curve(LOSS, heavy.losses, "loss-momentum", "momentum"),
    ]
    names = [
        (480, "gradient descent", "gd strong", "path gd"),
        (700, "momentum", "momentum strong", "path momentum"),
    ]
    there = [
        ("gradient descent", "gd", plain.steps_to(GOAL)),
        ("momentum", "momentum", heavy.steps_to(GOAL)),
    ]
    columns = [plain.losses, heavy.losses]
    sentence = (
        "[At step {0} the loss of gradient descent is {1} and that of momentum {2}, each with the "
        "settings that are best in the long run.]"
    )
    if len(walk) > 1:
        yours = padded(losses, last)
        place = MAIN.pixels(*padded(walk, last).T[::-1])
        paths.append(path(place, "you", "you", 8))
        places.append((who, "you", place))
        curves.append(curve(LOSS, yours, "loss-you", "you"))
        names.insert(0, (320, who, "you strong", "path you"))
        there.append((who, "you", next((k for k, x in enumerate(losses) if x <= GOAL), None)))
        columns.insert(0, yours)
        taken = len(walk) - 1
        sentence = (
            f"[{who.capitalize()} took {taken} {'step' if taken == 1 else 'steps'}. At step {{0}} "
            f"{'your' if who == 'you' else 'its'} loss is {{1}}, that of gradient descent {{2}} "
            "and that of momentum {3}], each with the settings that are best in the long run[.]"
        )
    over = together(
        with_minimum(HIDDEN, MAIN, *paths),
        named(MAIN, MAIN.pixels(0, 0), *places),
        step_counter(MAIN, last),
        arrivals(MAIN, last, *there),
    )
    under = together(*curves)
    told = [common.steps(last), *([f"{x:.2g}" for x in column] for column in columns)]
    front = MAIN.inside(over[0]) + legend(18, *names) + LOSS.inside(under[0])
    return front, [*over[1], *under[1]], (sentence, told)
