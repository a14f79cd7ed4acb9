"""The edge of stability, live: the sharpness of a small network against the limit of its rule."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..svg import Picture, text
from .controls import Choice, Control, LogSlider
from .edge_ground import (
    ADAPTIVE,
    APART,
    CHOICES,
    EVERY,
    FIRST,
    GROUND,
    HEAVIER,
    HEAVY,
    LAST,
    PLAIN,
    RATES,
    STOPS,
    TAIL,
    back,
    everything,
    reached,
    rounded,
    runs,
)
from .explorer import Explorer, Mark

__all__ = ["GROUND", "Edge"]


class Edge(Explorer):
    """A network 1-8-8-1 learns twenty points of a curve, at ten learning rates side by side.

    On the left the sharpness of the chosen one, under the limit of its rule, which is drawn before
    the run; below, its loss. On the right the sharpness of all ten. One step of the explorer is
    ten of the training, on all points.
    """

    goal = (
        "With gradient descent, end with a sharpness below 6, and then with one above 25: the "
        "learning rate is all you have."
    )
    presets = {
        "Too small": {"lr": 10**-1.3, "step": LAST},
        "Large": {"lr": 10**-0.5, "step": LAST},
        "Momentum": {"rule": HEAVY, "step": LAST},
        "Thrown down": {"rule": HEAVIER, "step": LAST},
        "With Adam": {"rule": ADAPTIVE, "step": LAST},
    }
    main_panel = GROUND
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Learning rate and rule."""
        return {
            "lr": LogSlider(
                "learning rate η (Adam takes η/40)",
                0.1,
                FIRST,
                FIRST + APART * (STOPS - 1),
                APART,
                ".2f",
            ),
            "rule": Choice("rule", list(CHOICES), PLAIN),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The smallest learning rate that meets its limit within the run."""
        meets = [k for k in range(STOPS) if reached(state["rule"], k) is not None]
        return {"lr": [(10 ** (FIRST + APART * meets[0]), "meets its limit", "right")]}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Sharpness, loss, all learning rates, and the fit."""
        return _picture(state["rule"], _stop(state["lr"]))


def _stop(lr: float) -> int:
    return int(np.clip(round((np.log10(lr) - FIRST) / APART), 0, STOPS - 1))


@lru_cache(maxsize=8)
def _picture(name: str, stop: int) -> Picture:
    choice = CHOICES[name]
    lr = choice.part * RATES[stop]
    shapes, tracks = everything(name, stop)
    return Picture(
        960, 446,
        f"{name}, η = {lr:.3g}",
        back(),
        shapes + text(LOSS_X, LOSS_Y, "training step, all 20 points at every step", "small", "end"),
        tuple(tracks),
        _spoken(name, stop, lr),
    )  # fmt: skip


LOSS_X, LOSS_Y = GROUND.x + GROUND.width, 290.0


def _spoken(name: str, stop: int, lr: float) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    choice, run = CHOICES[name], runs(name)
    limit = float(choice.limit(lr))
    sharp, losses = run.sharpness[:, stop], run.losses[:, stop]
    rises = np.concatenate([[0], np.cumsum(np.diff(losses) > 0)])
    before = [min(100, EVERY * k) for k in range(LAST + 1)]
    up = [rises[EVERY * k] - rises[EVERY * k - n] for k, n in enumerate(before)]
    met, mean = reached(name, stop), float(np.mean(sharp[-TAIL:])) / limit
    what = "the sharpness of P⁻¹H" if name == ADAPTIVE else "the sharpness"
    end = f"over the last {TAIL * EVERY} steps it is {mean:.2f} times the limit on average"
    end = end if np.isfinite(mean) else "the run is lost"
    meets = "It does not meet the limit" if met is None else f"It meets the limit at step {met}"
    sentence = (
        f"{name[0].upper()}{name[1:]}, η = {lr:.3g}, limit {choice.formula} = {rounded(limit)}. "
        f"Step {{0}}: {what} is {{1}}, the loss {{2}}, and of the last {{3}} steps {{4}} went up. "
        f"{meets}; {end}."
    )
    columns = [
        [str(EVERY * k) for k in range(LAST + 1)],
        [rounded(x) if np.isfinite(x) else "not known" for x in sharp],
        [format(x, ".2g") if np.isfinite(x) else "lost" for x in losses[::EVERY]],
        [str(n) for n in before],
        [str(n) for n in up],
    ]
    return sentence, columns
