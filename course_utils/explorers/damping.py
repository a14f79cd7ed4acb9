"""How memory straightens the path: gradient descent beside momentum, and a ledger of each axis."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import descend
from ..optimizers import GRADIENT_DESCENT, MOMENTUM
from ..surfaces import Surface, ravine
from ..svg import (
    Panel,
    Picture,
    arrows,
    bars,
    contour_map,
    counter,
    curve,
    legend,
    level,
    nice_limit,
    padded,
    split_step,
    text,
    together,
    trail,
)
from ..theory import best_momentum, momentum_limit
from .controls import Control, Slider
from .explorer import Explorer, Mark

STEEP = 25.0
GROUND = Panel(46, 26, 900, 264, (-11.5, 3.5), (-2.2, 2.2))
LEDGERS = Panel(46, 342, 280, 100, (-1, 41), (-1, 1)), Panel(384, 342, 280, 100, (-1, 41), (-1, 1))
LOSS = Panel(726, 342, 220, 100, (0, 100), (1e-8, 1e3), log=True)
GOAL = 1e-6
LEGEND = legend(
    18,
    (330, "gradient descent", "gd strong", "path gd"),
    (548, "momentum", "momentum strong", "path momentum"),
    (714, "kept velocity βv", "momentum", "arrow kept"),
)


def valley(kappa: float) -> Surface:
    """The course's ravine with w1's curvature held at 25 and w2's at 25 / kappa."""
    return ravine(kappa, c=STEEP / kappa)


@lru_cache(maxsize=8)
def _back(kappa: float) -> str:
    w1, w2 = LEDGERS
    panels = [
        contour_map(valley(kappa), GROUND),
        w1.frame() + w1.axes((0, 20, 40), across_name="step"),
        w2.frame() + w2.axes((0, 20, 40), across_name="step"),
        LOSS.frame() + LOSS.axes((0, 50, 100), (1e-6, 1, 1000), "step", "loss"),
        LOSS.inside(level(LOSS, GOAL, "goal", side="left")),
    ]
    return "".join(panels)


class Damping(Explorer):
    """Gradient descent in grey beside momentum in colour, on the contours of a ravine.

    Below: along w1 and along w2, each fresh step -lr g of momentum as a bar and its velocity as a
    line; and the loss of both.
    """

    goal = (
        "Set κ to 100 and bring momentum's loss below 1e-6 within 100 steps. "
        "Then do it in as few as you can."
    )
    presets = {
        "Zig-zag damped": {"lr": 0.076, "beta": 0.5, "step": 100},
        "Too much memory": {"lr": 0.076, "beta": 0.95, "step": 100},
        "It overshoots": {"lr": 0.01, "beta": 0.95, "step": 100},
        "Best for κ = 25": {"lr": 0.111, "beta": 0.444, "step": 100},
    }
    main_panel = GROUND
    last = 100

    def controls(self) -> dict[str, Control]:
        """Learning rate, beta, condition number and the start."""
        return {
            "lr": Slider("learning rate η", 0.076, 0.001, 0.16, 0.001, ".3f"),
            "beta": Slider("memory β", 0.5, 0.0, 0.99, 0.002, ".3f"),
            "kappa": Slider("condition κ", 25, 1, 100, 1, ".0f"),
            "w1": Slider("start w1", 2, -2.2, 2.2, 0.05),
            "w2": Slider("start w2", -10, -11.5, 3.5, 0.05),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Momentum's best settings for this kappa, and its limit at this beta."""
        lr, beta, _ = best_momentum(STEEP, STEEP / state["kappa"])
        limit = float(momentum_limit(state["beta"], STEEP))
        first, second = ("left", "right") if lr <= limit else ("right", "left")
        return {
            "lr": [(lr, "best", first), (limit, "limit", second)],
            "beta": [(beta, "best", "middle")],
        }

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the ground moves the start there."""
        if not GROUND.contains(x, y):
            return {}
        w2, w1 = GROUND.data(x, y)
        return {"w1": round(w1, 2), "w2": round(w2, 2), "step": 0}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Both descents from one start, the two ledgers and the losses."""
        surface, start = valley(state["kappa"]), (state["w1"], state["w2"])
        lr, beta = state["lr"], state["beta"]
        plain = descend(surface, GRADIENT_DESCENT, start, self.last, lr=lr)
        heavy = descend(surface, MOMENTUM, start, self.last, lr=lr, beta=beta)
        now = padded(heavy.positions, self.last)
        fresh = -lr * padded(heavy.gradients, self.last)
        velocity = padded(heavy.memory["v"], self.last)
        on_ground = together(
            trail(GROUND, plain, self.last, "gd"),
            trail(GROUND, heavy, self.last, "momentum"),
            arrows(GROUND, now, beta * velocity, "kept", "kept"),
            split_step(GROUND, now, fresh),
            counter(GROUND, [f"step {k}" for k in range(self.last + 1)]),
        )
        ledgers = [_ledger(i, fresh[:, i], velocity[:, i]) for i in (0, 1)]
        losses = [padded(run.losses, self.last) for run in (plain, heavy)]
        curves = together(
            curve(LOSS, losses[0], "loss-gd", "gd"),
            curve(LOSS, losses[1], "loss-momentum", "momentum"),
        )
        front = GROUND.inside(on_ground[0]) + LEGEND + ledgers[0][0] + ledgers[1][0]
        spoken = _spoken(state, (plain, heavy), losses, now, fresh)
        return Picture(
            960, 466,
            f"η = {lr:.3g}, β = {beta:.3g}, κ = {state['kappa']:g}",
            _back(state["kappa"]),
            front + LOSS.inside(curves[0]),
            (*on_ground[1], *ledgers[0][1], *ledgers[1][1], *curves[1]),
            spoken,
        )  # fmt: skip


def _ledger(axis: int, fresh: np.ndarray, velocity: np.ndarray) -> tuple[str, list]:
    """One axis: fresh steps as bars, the velocity as a line, what the fresh steps add up to."""
    base = LEDGERS[axis]
    high = nice_limit(max(np.abs(fresh).max(), np.abs(velocity).max()))
    panel = Panel(base.x, base.y, base.width, base.height, base.across, (-high, high))
    kind = f"w{axis + 1}"
    pieces = together(
        bars(panel, fresh, f"bars{axis}", kind), curve(panel, velocity, f"v{axis}", kind)
    )
    title = text(base.x, base.y - 10, f"along {kind}: bars −ηg, line v", f"{kind} strong small")
    scale = panel.axes((), (-high, 0, high))
    zero = level(panel, 0, "", "zero")
    return title + scale + panel.inside(zero, pieces[0]), pieces[1]


def _spoken(state, runs, losses, now, fresh) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    walked, made = np.zeros_like(fresh), runs[1].steps
    walked[1 : made + 1] = fresh[:made]
    total, size = np.cumsum(walked, axis=0), np.cumsum(np.abs(walked), axis=0)
    hits = [run.steps_to(GOAL) for run in runs]
    reach = [f"is below 1e-6 at step {k}" if k is not None else "is not below 1e-6" for k in hits]
    for i, run in enumerate(runs):
        if run.stopped:
            reach[i] = f"ran away at step {run.steps + 1}"
    steps = range(len(now))
    sentence = (
        f"η = {state['lr']:.3g}, β = {state['beta']:.3g}, κ = {state['kappa']:g}. Step {{0}}: "
        "gradient descent has loss {1}; momentum is at w1 = {2}, w2 = {3} with loss {4}. "
        "Its fresh steps along w1 add up to {5} out of {6} walked, along w2 to {7} out of {8}. "
        f"In {len(now) - 1} steps gradient descent {reach[0]}, momentum {reach[1]}."
    )
    columns = [
        [str(k) for k in steps],
        _texts(losses[0], ".2g"),
        *(_texts(x, ".2f") for x in now.T),
    ]
    columns.append(_texts(losses[1], ".2g"))
    for axis in (0, 1):
        columns += [_texts(total[:, axis], ".2f"), _texts(size[:, axis], ".2f")]
    return sentence, columns


def _texts(values: np.ndarray, form: str) -> list[str]:
    return [format(x + 0.0, form).replace("-0.00", "0.00").replace("-", "−") for x in values]
