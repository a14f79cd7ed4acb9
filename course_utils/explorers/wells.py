"""A sharp well and a flat one: which rule leaves the sharp one, at which rate and noise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..svg import Picture
from .controls import Choice, Control, LogSlider, Slider
from .explorer import Explorer, Mark
from .wells_ground import (
    ADAPTIVE,
    APART,
    BARRIER,
    CHOICES,
    EVERY,
    FIRST,
    GROUND,
    HEAVY,
    LAST,
    PLAIN,
    RATES,
    RUNS,
    SCALED,
    STOPS,
    back,
    escaped,
    everything,
    runs,
)

__all__ = ["GROUND", "Wells"]


class Wells(Explorer):
    """A hundred runs begin in a sharp well, with noise in the gradient; beside it is a flat one.

    Every run is a dot on the loss. On the right the number of runs in the flat well at thirteen
    learning rates, below that number against the step for the chosen one. One step of the
    explorer is ten of the descent.
    """

    goal = (
        "With Adam and σ = 20, bring more than 70 of the 100 runs into the flat well. Then, with "
        "gradient descent and the same noise, leave fewer than 5 there."
    )
    presets = {
        "Gradient descent leaves": {"noise": 20.0, "step": LAST},
        "Less noise, it stays": {"noise": 4.0, "step": LAST},
        "No noise, too fast": {"lr": 10**-1.6, "noise": 0.0, "step": LAST},
        "Momentum": {"rule": HEAVY, "lr": 10**-2.6, "step": LAST},
        "Adam stays": {"rule": ADAPTIVE, "lr": 10**-1.8, "noise": 20.0, "step": LAST},
        "Adam leaves": {"rule": ADAPTIVE, "lr": 0.1, "noise": 20.0, "step": LAST},
        "RMSProp leaves": {"rule": SCALED, "lr": 0.1, "noise": 20.0, "step": LAST},
    }
    main_panel = GROUND
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Learning rate, noise and rule."""
        return {
            "lr": LogSlider(
                "learning rate η", 0.01, FIRST, FIRST + APART * (STOPS - 1), APART, ".2g"
            ),
            "noise": Slider("noise of the gradient σ", 10.0, 0.0, 24.0, 2.0, ".0f"),
            "rule": Choice("rule", list(CHOICES), PLAIN),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The learning rate from which the sharp well cannot hold the rule, without any noise."""
        limit = CHOICES[state["rule"]].limit
        return {} if limit is None else {"lr": [(limit, "cannot stay", "right")]}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The wells with their runs, the count at every rate, and the count against the step."""
        return _picture(state["rule"], float(state["noise"]), _stop(state["lr"]))


def _stop(lr: float) -> int:
    return int(np.clip(round((np.log10(lr) - FIRST) / APART), 0, STOPS - 1))


@lru_cache(maxsize=8)
def _picture(name: str, noise: float, stop: int) -> Picture:
    shapes, tracks = everything(name, noise, stop)
    title = f"{name}, η = {RATES[stop]:g}, σ = {noise:g}"
    return Picture(
        960, 446, title, back(), shapes, tuple(tracks), _spoken(title, name, noise, stop)
    )


def _spoken(title: str, name: str, noise: float, stop: int) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    w, right = runs(name, noise)[:, stop], escaped(name, noise)
    half = np.flatnonzero(2 * right[:, stop] > RUNS)
    first = f"More than half were there first at step {EVERY * half[0]}" if half.size else (
        "At no step were more than half there"
    )  # fmt: skip
    most = np.flatnonzero(2 * right[-1] > RUNS)
    rates = "at none of the thirteen rates"
    if most.size:
        rates = f"at {most.size} of the thirteen rates, the smallest η = {RATES[most[0]]:g}"
    sentence = (
        f"{title[0].upper()}{title[1:]}. Step {{0}}: {{1}} of {RUNS} runs are in the flat well, "
        f"right of w = {BARRIER:.2f}; {{2}}. {first}. At step {LAST * EVERY} more than half are "
        f"there {rates}."
    ).replace("-", "−")
    columns = [
        [str(EVERY * k) for k in range(LAST + 1)],
        [str(n) for n in right[:, stop]],
        [_spread(at[at <= BARRIER]) for at in w],
    ]
    return sentence, columns


def _spread(left: np.ndarray) -> str:
    """How far the runs in the sharp well are from its bottom, root mean square."""
    if not left.size:
        return "none is left of it"
    return f"the others are ± {np.sqrt(np.mean((left + 1) ** 2)):.2f} off the sharp one's bottom"
