"""Four rules on a ravine that can be turned: which of them see the axes, and which the scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..svg import Picture, counter, curve, padded, together, trail
from .controls import Choice, Control, LogSlider, Slider, Switch
from .explorer import Explorer, Mark
from .turned_axes_ground import (
    GROUND,
    KAPPAS,
    KINDS,
    LAST,
    LOSS,
    NEVER,
    Entrant,
    entrant,
    frames,
    ground,
    left_of_kappa,
    short,
    steps_by_angle,
    table,
)

__all__ = ["GROUND", "TurnedAxes"]


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
        "Half way, 22.5°": {"theta": 22.5, "step": 60},
        "45°": {"theta": 45, "step": 60},
        "45°, tuned again": {"theta": 45, "again": True, "step": 60},
        "Loss × 10": {"c": 10.0, "step": 30},
        "Loss × 0.01": {"c": 0.01, "step": 60},
    }
    main_panel = GROUND
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Angle, scale and condition number of the ravine, and whether to tune again."""
        return {
            "theta": Slider("angle θ in degrees", 0, 0, 45, 1.5, ".1f"),
            "c": LogSlider("scale of the loss c", 1, -3, 3, 0.1, ".1e"),
            "kappa": Choice("condition κ", list(KAPPAS), 25),
            "again": Switch("tune again"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Half way, and the scale from which gradient descent runs away."""
        marks = {"theta": [(22.5, "half way", "middle")]}
        if not state["again"]:
            limit = 1 + 1 / state["kappa"]
            marks["c"] = [(limit, "limit of gradient descent", "right")]
        return marks

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The turned ravine with four descents, their losses, and their steps at every angle."""
        kappa, theta, c = state["kappa"], float(state["theta"]), state["c"]
        entrants = [entrant(kind, kappa, theta, c, state["again"]) for kind in KINDS]
        losses = [padded(e.run.losses / e.run.losses[0], LAST) for e in entrants]
        on_ground = together(
            *(trail(GROUND, e.run, LAST, e.kind) for e in entrants),
            counter(GROUND, [f"step {k}" for k in range(LAST + 1)]),
        )
        curves = together(
            *(curve(LOSS, x, f"loss-{e.kind}", e.kind)
              for e, x in zip(entrants, losses, strict=True))
        )  # fmt: skip
        return Picture(
            960, 466,
            f"θ = {theta:g}°, c = {short(c)}, κ = {kappa:g}",
            ground(kappa, theta) + frames(),
            GROUND.inside(on_ground[0]) + table(entrants) + LOSS.inside(curves[0])
            + steps_by_angle(entrants, kappa, theta),
            (*on_ground[1], *curves[1]),
            _spoken(state, entrants, losses),
        )  # fmt: skip


def _spoken(
    state: Mapping[str, Any], entrants: list[Entrant], losses: list[np.ndarray]
) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    tuned = "for this picture" if state["again"] else "along the axes at c = 1"
    tuned += ", up to a rate of 4"
    when = [
        "never, since it ran away" if e.run.stopped
        else f"from step {e.arrives}" if e.arrives < NEVER
        else "not yet"
        for e in entrants
    ]  # fmt: skip
    left = left_of_kappa(state["kappa"], state["theta"])
    sentence = (
        f"Turned by {state['theta']:g}°, c = {short(state['c'])}, κ = {state['kappa']:g}: the best "
        f"scaling of the weights leaves κ = {left:.3g}. Step {{0}}, losses over the first one: "
        "gradient descent {1}, AdaGrad {2}, Adam {3}, full-matrix AdaGrad {4}. "
        f"Tuned {tuned}, and now {{5}}, {{6}}, {{7}} and {{8}} away from the minimum, they are "
        f"below a thousandth for good {', '.join(when)}."
    )
    away = [
        np.linalg.norm(padded(e.run.positions, LAST) - e.run.surface.minimum, axis=1)
        for e in entrants
    ]
    columns = [[str(k) for k in range(LAST + 1)]]
    columns += [[f"{x:.2g}" if x >= 1e-12 else "0" for x in values] for values in losses]
    columns += [[f"{x:.2g}" if x >= 1e-6 else "0" for x in values] for values in away]
    return sentence, columns
