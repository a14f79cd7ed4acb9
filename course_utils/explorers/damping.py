"""How memory straightens the path: gradient descent beside momentum, and each axis's pushes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import descend
from ..optimizers import GRADIENT_DESCENT, MOMENTUM
from ..svg import (
    Panel,
    Picture,
    Piece,
    arrivals,
    bars,
    contour_map,
    curve,
    inside,
    legend,
    level,
    nice_limit,
    split_step,
    step_counter,
    text,
    together,
    trail,
    with_minimum,
)
from ..theory import best_momentum, momentum_limit
from . import common
from .common import RAVINE, STEEP, texts, valley
from .controls import Control
from .explorer import Explorer, Mark

PUSHES = Panel(54, 342, 272, 100, (-1, 41), (-1, 1)), Panel(384, 342, 280, 100, (-1, 41), (-1, 1))
LOSS = Panel(726, 342, 220, 100, (0, 100), (1e-8, 1e3), log=True)
GOAL = 1e-6
LEGEND = legend(
    18,
    (548, "gradient descent", "gd strong", "path gd"),
    (800, "momentum", "momentum strong", "path momentum"),
)


class Damping(Explorer):
    """Gradient descent beside momentum, on the contours of a ravine.

    Below: along w1 and along w2, each fresh step -lr g of momentum as a bar and its velocity as a
    line; and the loss of both.
    """

    goal = (
        "Set κ to 100 and bring momentum's loss below 1e-6 within 100 steps. "
        "Then do it in as few as you can."
    )
    presets = {
        "Some memory": {"lr": 0.076, "beta": 0.5, "step": 100},
        "Long memory": {"lr": 0.076, "beta": 0.95, "step": 100},
        "Small steps, long memory": {"lr": 0.01, "beta": 0.95, "step": 100},
        "Best for κ = 25": {"lr": 0.111, "beta": 0.444, "step": 100},
    }
    main_panel, strip = RAVINE, (RAVINE,)
    last = 100

    def controls(self) -> dict[str, Control]:
        """Learning rate, beta, condition number and the start."""
        return {
            "lr": common.rate_slider(0.076, 0.16),
            "beta": common.memory_slider(0.5),
            "kappa": common.kappa_slider(),
            **common.start_sliders(),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Momentum's best settings for this kappa, and its limit at this beta."""
        lr, beta, _ = best_momentum(STEEP, STEEP / state["kappa"])
        limit = float(momentum_limit(state["beta"], STEEP))
        return {"lr": common.best_and_limit(lr, limit), "beta": [(beta, "best", "middle")]}

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the contours moves the start there."""
        return common.start_at(RAVINE, x, y)

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Both descents from one start, the pushes along both axes and the losses."""
        surface, start = valley(state["kappa"]), (state["w1"], state["w2"])
        lr, beta, last = state["lr"], state["beta"], self.last
        plain = descend(surface, GRADIENT_DESCENT, start, last, lr=lr)
        heavy = descend(surface, MOMENTUM, start, last, lr=lr, beta=beta)
        whole = heavy.padded(last)
        fresh, velocity = -lr * whole.gradients, whole.memory["v"]
        losses = plain.padded(last).losses, whole.losses
        above = inside(
            RAVINE,
            with_minimum(
                surface,
                RAVINE,
                trail(RAVINE, plain, last, "gd"),
                trail(RAVINE, heavy, last, "momentum"),
            ),
            split_step(
                RAVINE, whole.positions, fresh, minimum=surface.minimum, kept=beta * velocity
            ),
            step_counter(RAVINE, last),
            arrivals(
                RAVINE,
                last,
                ("gradient descent", "gd", plain.steps_to(GOAL)),
                ("momentum", "momentum", heavy.steps_to(GOAL)),
            ),
        )
        shapes, tracks = together(
            above,
            (LEGEND, []),
            *(_pushes(i, fresh[:, i], velocity[:, i]) for i in (0, 1)),
            inside(
                LOSS,
                curve(LOSS, losses[0], "loss-gd", "gd"),
                curve(LOSS, losses[1], "loss-momentum", "momentum"),
            ),
        )
        return Picture(
            960, 466,
            f"η = {lr:.3g}, β = {beta:.3g}, κ = {state['kappa']:g}",
            _back(state["kappa"]),
            shapes,
            tuple(tracks),
            _sentence(state, (plain, heavy), losses, whole.positions, fresh),
        )  # fmt: skip


@lru_cache(maxsize=8)
def _back(kappa: float) -> str:
    return "".join(
        (
            contour_map(valley(kappa), RAVINE),
            *(panel.frame() + panel.axes((0, 20, 40), across_name="step") for panel in PUSHES),
            LOSS.frame() + LOSS.axes((0, 50, 100), (1e-6, 1, 1000), "step", "loss"),
            LOSS.inside(level(LOSS, GOAL, "goal", side="left")),
        )
    )


def _pushes(axis: int, fresh: np.ndarray, velocity: np.ndarray) -> Piece:
    """One axis: fresh steps as bars, the velocity as a line, what the fresh steps add up to."""
    high = nice_limit(max(np.abs(fresh).max(), np.abs(velocity).max()))
    panel, kind = PUSHES[axis].scaled((-high, high)), f"w{axis + 1}"
    title = text(panel.x, panel.y - 10, f"along {kind}: bars −ηg, line v", f"{kind} strong small")
    shapes, tracks = inside(
        panel,
        (level(panel, 0, "", "zero"), []),
        bars(panel, fresh, f"bars{axis}", kind),
        curve(panel, velocity, f"v{axis}", kind),
    )
    return title + panel.axes((), (-high, 0, high)) + shapes, tracks


def _sentence(state, runs, losses, now, fresh) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    walked, made = np.zeros_like(fresh), runs[1].steps
    walked[1 : made + 1] = fresh[:made]
    total, size = np.cumsum(walked, axis=0), np.cumsum(np.abs(walked), axis=0)
    hits = [run.steps_to(GOAL) for run in runs]
    reach = [f"is below 1e-6 at step {k}" if k is not None else "is not below 1e-6" for k in hits]
    for i, run in enumerate(runs):
        if run.stopped:
            reach[i] = f"ran away at step {run.steps + 1}"
    last = len(now) - 1
    sentence = (
        f"η = {state['lr']:.3g}, β = {state['beta']:.3g}, κ = {state['kappa']:g}. [Step {{0}}:] "
        "gradient descent has loss {1}; [momentum is at w1 = {2}, w2 = {3} with loss {4}.] "
        "Its fresh steps along w1 add up to {5} out of {6} walked, along w2 to {7} out of {8}. "
        f"[In {last} steps] gradient descent {reach[0]}, [momentum {reach[1]}.]"
    )
    columns = [common.steps(last), texts(losses[0], ".2g"), *map(texts, now.T)]
    columns.append(texts(losses[1], ".2g"))
    for axis in (0, 1):
        columns += [texts(total[:, axis]), texts(size[:, axis])]
    return sentence, columns
