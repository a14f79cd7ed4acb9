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
    Piece,
    arrivals,
    contour_map,
    counter,
    curve,
    inside,
    legend,
    level,
    minus,
    split_step,
    text,
    together,
    trail,
    with_minimum,
)
from ..theory import best_descent, contraction, descent_limit
from . import common
from .common import RAVINE, STEEP, texts, valley
from .controls import Control
from .explorer import Explorer, Mark

AXES = (
    Panel(46, 342, 280, 100, (0, 60), (-2.4, 2.4)),
    Panel(384, 342, 280, 100, (0, 60), (-12, 12)),
)
LOSS = Panel(726, 342, 220, 100, (0, 300), (1e-5, 1e3), log=True)
GOAL = 1e-3
LEGEND = legend(18, (760, "gradient descent", "gd strong", "path gd"))


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
    main_panel, strip = RAVINE, (RAVINE,)
    last = 300

    def controls(self) -> dict[str, Control]:
        """Learning rate, condition number and the start."""
        return {
            "lr": common.rate_slider(0.076, 0.1, 0.0001, ".4f"),
            "kappa": common.kappa_slider(),
            **common.start_sliders(),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Where w1 lands on the floor at once, the best rate, and where it runs away."""
        best, _ = best_descent(STEEP, STEEP / state["kappa"])
        limit = float(descent_limit(STEEP))
        return {
            "lr": [(1 / STEEP, "1/λ1", "middle"), (best, "best", "left"), (limit, "2/λ1", "right")]
        }

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the contours moves the start there."""
        return common.start_at(RAVINE, x, y)

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The descent, w1 and w2 against the step, and the loss."""
        lr, last = state["lr"], self.last
        start = state["w1"], state["w2"]
        run = descend(valley(state["kappa"]), GRADIENT_DESCENT, start, last, lr=lr)
        whole = run.padded(last)
        now = whole.positions
        flips = np.concatenate([[0], np.cumsum(np.sign(now[1:, 0]) * np.sign(now[:-1, 0]) < 0)])
        lines = [f"step {k} · w1 flipped {n} times" for k, n in enumerate(flips)]
        factors = contraction(lr, np.array([STEEP, STEEP / state["kappa"]]))
        shapes, tracks = together(
            inside(
                RAVINE,
                with_minimum(valley(state["kappa"]), RAVINE, trail(RAVINE, run, last, "gd")),
                split_step(RAVINE, now, -lr * whole.gradients, minimum=run.surface.minimum),
                counter(RAVINE, lines),
                arrivals(RAVINE, last, ("gradient descent", "gd", run.steps_to(GOAL))),
            ),
            (LEGEND, []),
            *(_against_step(i, now[:, i], factors[i]) for i in (0, 1)),
            inside(LOSS, curve(LOSS, whole.losses, "loss", "gd")),
        )
        return Picture(
            960, 466,
            f"η = {lr:.3g}, κ = {state['kappa']:g}",
            _back(state["kappa"]),
            shapes,
            tuple(tracks),
            _sentence(state, run, now, whole.losses, flips, factors),
        )  # fmt: skip


@lru_cache(maxsize=8)
def _back(kappa: float) -> str:
    return "".join(
        (
            contour_map(valley(kappa), RAVINE),
            *(
                panel.frame()
                + panel.axes((0, 20, 40, 60), (-high, 0, high), "step")
                + panel.inside(level(panel, 0, "", "zero"))
                for panel, high in zip(AXES, (2, 10), strict=True)
            ),
            LOSS.frame() + LOSS.axes((0, 100, 200, 300), (1e-3, 1, 1000), "", "loss against step"),
            LOSS.inside(level(LOSS, GOAL, "goal", side="left")),
        )
    )


def _against_step(axis: int, values: np.ndarray, factor: float) -> Piece:
    panel, kind = AXES[axis], f"w{axis + 1}"
    title = f"{kind} against step: × {minus(f'{factor:.3f}')} each step"
    shapes, tracks = inside(panel, curve(panel, values, f"x{axis}", kind))
    return text(panel.x, panel.y - 10, title, f"{kind} strong small") + shapes, tracks


def _sentence(state, run, now, losses, flips, factors) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    hit = run.steps_to(GOAL)
    end = f"The loss is below 1e-3 at step {hit}." if hit is not None else ""
    if run.stopped:
        away = run.steps + 1
        end = f"The descent ran away: at step {away}] the loss passed 1e12 times its first value[."
    elif hit is None:
        final = minus(f"{losses[-1]:.2g}")
        end = f"After {len(now) - 1} steps the loss is {final}, still above 1e-3."
    first, second = (minus(f"{factor:.3f}") for factor in factors)
    sentence = (
        f"η = {state['lr']:.3g}, κ = {state['kappa']:g}. [Step {{0}}: w1 = {{1}}, w2 = {{2}}, "
        f"loss {{3}}; w1 flipped {{4}} times.] Each step multiplies w1 by {first} and "
        f"w2 by {second}. [{end}]"
    )
    columns = [
        common.steps(len(now) - 1),
        *(texts(column, ".3g") for column in now.T),
        [format(x, ".3g") for x in losses],
        [str(n) for n in flips],
    ]
    return sentence, columns
