"""Four rules on a ravine that can be turned: which of them see the axes, and which the scale."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...svg import (
    EXACT,
    Panel,
    Picture,
    cross,
    curve,
    level,
    line,
    mark,
    named,
    number,
    step_counter,
    text,
    together,
    trail,
    upright,
)
from .. import common
from ..common import STEEP, short
from ..controls import Choice, Control, Slider, Switch
from ..explorer import Explorer, Mark
from .model import (
    ANGLES,
    BETA1,
    GOAL,
    KAPPAS,
    KINDS,
    LAST,
    NEVER,
    Candidate,
    candidate,
    surface,
)

MAIN = Panel(46, 26, 460, 400, (-11.2, 3.29), (-3.0, 9.6))
LOSS = Panel(604, 152, 342, 104, (0, LAST), (1e-8, 10.0), log=True)
STEPS = Panel(604, 322, 342, 104, (0, 45), (0, LAST))


class TurnedAxes(Explorer):
    """Gradient descent, AdaGrad, Adam and full-matrix AdaGrad on a ravine turned by theta.

    The start turns with the ravine. Each rule has the rate, up to 4, that is best for the ravine
    along the axes with c = 1, or, after "tune again", for what is on the screen; Adam has beta1 =
    0.8. On the right: when each one arrives, the losses, and the steps needed at every angle.
    """

    goal = (
        "Which curves does no angle bend? Then, with every rule tuned again at κ = 25, find the "
        "angle from which AdaGrad needs more steps than gradient descent, 44."
    )
    presets = {
        "Along the axes": {"step": 60},
        "Halfway, 22.5°": {"theta": 22.5, "step": 60},
        "45°": {"theta": 45, "step": 60},
        "45°, tuned again": {"theta": 45, "again": True, "step": 60},
        "Loss × 10": {"c": 10.0, "step": 30},
        "Loss × 0.01": {"c": 0.01, "step": 60},
    }
    main_panel = MAIN
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Angle, scale and condition number of the ravine, and whether to tune again."""
        return {
            "theta": Slider("angle θ in degrees", 0, 0, 45, 1.5, ".1f"),
            "c": common.scale_slider("scale of the loss c", 1, -3, 3),
            "kappa": Choice("condition κ", list(KAPPAS), 25),
            "again": Switch("tune again"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Halfway, and the scale from which gradient descent runs away."""
        marks = {"theta": [(22.5, "halfway", "middle")]}
        if not state["again"]:
            limit = 1 + 1 / state["kappa"]
            marks["c"] = [(limit, "limit of gradient descent", "right")]
        return marks

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The turned ravine with four descents, their losses, and their steps at every angle."""
        kappa, theta, c = state["kappa"], float(state["theta"]), state["c"]
        candidates = [candidate(kind, kappa, theta, c, state["again"]) for kind in KINDS]
        losses = [e.run.padded(LAST).losses / e.run.losses[0] for e in candidates]
        over = together(
            *(trail(MAIN, e.run, LAST, e.kind) for e in candidates),
            named(
                MAIN,
                MAIN.pixels(0, 0),
                *(
                    (KINDS[e.kind].name, e.kind, MAIN.pixels(*e.run.padded(LAST).positions.T[::-1]))
                    for e in candidates
                ),
            ),
            step_counter(MAIN, LAST),
        )
        curves = together(
            *(curve(LOSS, x, f"loss-{e.kind}", e.kind)
              for e, x in zip(candidates, losses, strict=True))
        )  # fmt: skip
        return Picture(
            960, 466,
            f"θ = {theta:g}°, c = {short(c)}, κ = {kappa:g}",
            contours(kappa, theta) + frames(),
            MAIN.inside(over[0]) + table(candidates) + LOSS.inside(curves[0])
            + steps_by_angle(candidates, kappa, theta),
            (*over[1], *curves[1]),
            _sentence(state, candidates, losses),
        )  # fmt: skip


@lru_cache(maxsize=128)
def contours(kappa: float, theta: float) -> str:
    """The turned ravine: its contours are ellipses, deeper where they are darker."""
    corners = np.stack(np.meshgrid(MAIN.up, MAIN.across, indexing="ij"))
    high = float(surface(kappa, theta, 1.0).value(corners).max())
    x, y = MAIN.pixels(0, 0)
    unit, bands = MAIN.width / (MAIN.across[1] - MAIN.across[0]), ""
    for k in range(9, 0, -1):
        height = high * (k / 10) ** 2
        across, along = (unit * np.sqrt(2 * height / s) for s in (STEEP, STEEP / kappa))
        bands += (
            f'<ellipse class="band" rx="{number(along)}" ry="{number(across)}" '
            f'transform="translate({number(x)} {number(y)}) rotate({number(theta)})"/>'
        )
    return (
        MAIN.inside(MAIN.wall(), bands, room=EXACT)
        + MAIN.inside(cross(MAIN, 0, 0))
        + MAIN.axes((-10, -5, 0), (0, 5), "w2 →", "w1 ↑")
        + text(x + 10, y + 22, "minimum", "halo small")
    )


@lru_cache(maxsize=1)
def frames() -> str:
    """The two panels on the right, empty."""
    return (
        LOSS.frame()
        + LOSS.axes((0, 50, 100, 150), (1e-6, 1e-3, 1), "step", "")
        + text(LOSS.x, LOSS.y - 8, "loss, in units of the first one", "strong small")
        + LOSS.inside(level(LOSS, GOAL, "goal"))
        + STEPS.frame()
        + STEPS.axes((0, 22.5, 45))
        + text(STEPS.x, STEPS.y - 8, "steps to the goal", "strong small")
        + text(STEPS.x + STEPS.width / 4, STEPS.y + STEPS.height + 17, "angle θ, degrees", "small",
               "middle")
    )  # fmt: skip


def steps_by_angle(candidates: list[Candidate], kappa: float, theta: float) -> str:
    """Who arrives when, for every angle, and where we are."""
    top = LAST if kappa > 25 else 80
    panel = STEPS.scaled((0, top))
    shapes = upright(panel, theta)
    for e in candidates:
        shapes += line(panel, ANGLES, np.minimum(e.by_angle, 2 * top), f"path {e.kind}")
        shapes += mark(panel, theta, min(e.arrives, 2 * top), e.kind, 4.5)
    ticks = (0, 50, 100, 150) if top == LAST else (0, 40, 80)
    return panel.axes((), ticks) + panel.inside(shapes)


def table(candidates: list[Candidate]) -> str:
    """A line of words for each rule: its sample, name, settings, and when it arrives."""
    rows = text(946, 18, "there at step", "small muted", "end")
    for i, e in enumerate(candidates):
        y = 40 + 22 * i
        values = f"η = {short(e.rate)}" + f", β1 = {BETA1}" * (e.kind == "adam")
        late = "ran away" if e.run.stopped else "not yet"
        when = str(e.arrives) if e.arrives < NEVER else late
        rows += f'<path class="path {e.kind}" d="M556 {y - 5}h34"/>'
        rows += text(598, y, KINDS[e.kind].name, f"{e.kind} strong small")
        rows += text(762, y, values, "small muted") + text(946, y, when, "strong", "end")
    return rows


def _sentence(
    state: Mapping[str, Any], candidates: list[Candidate], losses: list[np.ndarray]
) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    tuned = "for this picture" if state["again"] else "along the axes at c = 1"
    tuned += ", up to a rate of 4"
    when = [
        "never, since it ran away" if e.run.stopped
        else f"from step {e.arrives}" if e.arrives < NEVER
        else "not yet"
        for e in candidates
    ]  # fmt: skip
    sentence = (
        f"Turned by {state['theta']:g}°, c = {short(state['c'])}, κ = {state['kappa']:g}. "
        "[Step {0}, losses] over the first one[: gradient descent {1}, AdaGrad {2}, Adam {3}, "
        "full-matrix AdaGrad {4}.] "
        f"Tuned {tuned}, and now {{5}}, {{6}}, {{7}} and {{8}} away from the minimum, they are "
        f"below a thousandth for good {', '.join(when)}."
    )
    away = [
        np.linalg.norm(e.run.padded(LAST).positions - e.run.surface.minimum, axis=1)
        for e in candidates
    ]
    columns = [common.steps(LAST)]
    columns += [common.sizes(values, 1e-12) for values in losses]
    columns += [common.sizes(values, 1e-6) for values in away]
    return sentence, columns
