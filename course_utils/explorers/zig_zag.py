"""Why gradient descent zig-zags: its path, its step split in two, and both axes in time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import descend
from ..optimizers import GRADIENT_DESCENT
from ..svg import (
    Panel,
    Picture,
    contour_map,
    counter,
    curve,
    legend,
    level,
    padded,
    split_step,
    text,
    together,
    trail,
)
from ..theory import best_descent, contraction, descent_limit
from .controls import Control, Slider
from .damping import GROUND, STEEP, valley
from .explorer import Explorer, Mark

LEDGERS = (
    Panel(46, 342, 280, 100, (0, 60), (-2.4, 2.4)),
    Panel(384, 342, 280, 100, (0, 60), (-12, 12)),
)
LOSS = Panel(726, 342, 220, 100, (0, 300), (1e-5, 1e3), log=True)
GOAL = 1e-3
LEGEND = legend(18, (760, "gradient descent", "gd strong", "path gd"))


@lru_cache(maxsize=8)
def _back(kappa: float) -> str:
    w1, w2 = LEDGERS
    panels = [
        contour_map(valley(kappa), GROUND),
        w1.frame()
        + w1.axes((0, 20, 40, 60), (-2, 0, 2), "step")
        + w1.inside(level(w1, 0, "", "zero")),
        w2.frame()
        + w2.axes((0, 20, 40, 60), (-10, 0, 10), "step")
        + w2.inside(level(w2, 0, "", "zero")),
        LOSS.frame() + LOSS.axes((0, 100, 200, 300), (1e-3, 1, 1000), "", "loss against step"),
        LOSS.inside(level(LOSS, GOAL, "goal", side="left")),
    ]
    return "".join(panels)


class ZigZag(Explorer):
    """Gradient descent on the contours of a ravine, its step split into its w1 and w2 parts.

    Below: w1 and w2 against the step, each with its own factor 1 - lr curvature, and the loss.
    """

    goal = (
        "Find the learning rate that brings the loss below 1e-3 in the fewest steps. "
        "Then set κ to 100 and find it again."
    )
    presets = {
        "Zig-zag": {"lr": 0.076, "step": 12},
        "Too timid": {"lr": 0.005, "step": 60},
        "One step along w1": {"lr": 0.04, "step": 20},
        "Best": {"lr": 0.0769, "step": 60},
        "Runs away": {"lr": 0.082, "step": 20},
    }
    main_panel = GROUND
    last = 300

    def controls(self) -> dict[str, Control]:
        """Learning rate, condition number and the start."""
        return {
            "lr": Slider("learning rate η", 0.076, 0.001, 0.1, 0.0001, ".4f"),
            "kappa": Slider("condition κ", 25, 1, 100, 1, ".0f"),
            "w1": Slider("start w1", 2, -2.2, 2.2, 0.05),
            "w2": Slider("start w2", -10, -11.5, 3.5, 0.05),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Where w1 lands on the floor at once, the best rate, and where it runs away."""
        best, _ = best_descent(STEEP, STEEP / state["kappa"])
        limit = float(descent_limit(STEEP))
        return {
            "lr": [(1 / STEEP, "1/λ1", "middle"), (best, "best", "left"), (limit, "2/λ1", "right")]
        }

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the ground moves the start there."""
        if not GROUND.contains(x, y):
            return {}
        w2, w1 = GROUND.data(x, y)
        return {"w1": round(w1, 2), "w2": round(w2, 2), "step": 0}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The descent, w1 and w2 against the step, and the loss."""
        lr, surface = state["lr"], valley(state["kappa"])
        run = descend(surface, GRADIENT_DESCENT, (state["w1"], state["w2"]), self.last, lr=lr)
        now = padded(run.positions, self.last)
        losses = padded(run.losses, self.last)
        flips = np.concatenate([[0], np.cumsum(np.sign(now[1:, 0]) * np.sign(now[:-1, 0]) < 0)])
        lines = [f"step {k} · w1 flipped {n} times" for k, n in enumerate(flips)]
        on_ground = together(
            trail(GROUND, run, self.last, "gd"),
            split_step(GROUND, now, -lr * padded(run.gradients, self.last)),
            counter(GROUND, lines),
        )
        factors = contraction(lr, np.array([STEEP, STEEP / state["kappa"]]))
        below = together(
            *(_against_step(i, now[:, i], factors[i]) for i in (0, 1)),
            _inside(LOSS, curve(LOSS, losses, "loss", "gd")),
        )
        return Picture(
            960, 466,
            f"η = {lr:.3g}, κ = {state['kappa']:g}",
            _back(state["kappa"]),
            GROUND.inside(on_ground[0]) + LEGEND + below[0],
            (*on_ground[1], *below[1]),
            _spoken(state, run, now, losses, flips, factors),
        )  # fmt: skip


def _inside(panel: Panel, piece):
    return panel.inside(piece[0]), piece[1]


def _against_step(axis: int, values: np.ndarray, factor: float):
    panel, kind = LEDGERS[axis], f"w{axis + 1}"
    sign = "−" if factor < 0 else ""
    title = f"{kind} against step: × {sign}{abs(factor):.3f} each step"
    shapes, tracks = _inside(panel, curve(panel, values, f"x{axis}", kind))
    return text(panel.x, panel.y - 10, title, f"{kind} strong small") + shapes, tracks


def _spoken(state, run, now, losses, flips, factors):
    hit = run.steps_to(GOAL)
    end = f"The loss is below 1e-3 at step {hit}." if hit is not None else ""
    if run.stopped:
        away = run.steps + 1
        end = f"The descent ran away: at step {away} the loss passed 1e12 times its first value."
    elif hit is None:
        end = f"After {len(now) - 1} steps the loss is {losses[-1]:.2g}, still above 1e-3."
    sentence = (
        (
            f"η = {state['lr']:.3g}, κ = {state['kappa']:g}. Step {{0}}: w1 = {{1}}, w2 = {{2}}, "
            f"loss {{3}}; w1 flipped {{4}} times. Each step multiplies w1 by {factors[0]:.3f} and "
            f"w2 by {factors[1]:.3f}. {end}"
        )
        .replace("-", "−")
        .replace("1e−3", "1e-3")
    )
    columns = [
        [str(k) for k in range(len(now))],
        *([format(x + 0.0, ".3g").replace("-", "−") for x in column] for column in now.T),
        [format(x, ".3g") for x in losses],
        [str(n) for n in flips],
    ]
    return sentence, columns
