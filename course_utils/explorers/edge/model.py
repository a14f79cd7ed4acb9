"""The trainings that the explorer of the edge of stability shows, and their limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...networks.curve import CurveFit, Followed, follow
from ...optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, Rule
from ...theory import averaged_limit, descent_limit, momentum_limit

LAST, EVERY, TAIL = 200, 10, 50
FIRST, APART, STOPS = -1.3, 0.1, 10
RATES = np.array([0.05, 0.063, 0.08, 0.1, 0.125, 0.16, 0.2, 0.25, 0.315, 0.4])


@dataclass(frozen=True)
class Setting:
    """A rule with what its limit is.

    Attributes:
        rule, hyper: what is run.
        part: its learning rates are the slider's times this.
        limit: the sharpness at which it runs away, from the learning rate.
        formula: the same in words.
        kind: its class of line.
    """

    rule: Rule
    hyper: dict[str, float]
    part: float
    limit: Callable[[Any], Any]
    formula: str
    kind: str


PLAIN, HEAVY, HEAVIER, ADAPTIVE = (
    "gradient descent",
    "momentum, β = 0.5",
    "momentum, β = 0.9",
    "Adam",
)
SETTINGS = {
    PLAIN: Setting(GRADIENT_DESCENT, {}, 1, descent_limit, "2/η", "gd"),
    HEAVY: Setting(
        MOMENTUM, {"beta": 0.5}, 1, lambda lr: momentum_limit(0.5, lr), "2(1 + β)/η", "momentum"
    ),
    HEAVIER: Setting(
        MOMENTUM, {"beta": 0.9}, 1, lambda lr: momentum_limit(0.9, lr), "2(1 + β)/η", "momentum"
    ),
    ADAPTIVE: Setting(ADAM, {}, 1 / 40, lambda lr: averaged_limit(0.9, lr), "38/η", "adam"),
}


def task() -> CurveFit:
    """Twenty points of the Chebyshev polynomial 4 x^3 - 3 x, and a network 1-8-8-1 to fit them."""
    x = np.arange(-19, 20, 2) / 19
    return CurveFit(x, 4 * x * x * x - 3 * x, hidden=(8, 8))


@lru_cache(maxsize=4)
def runs(name: str) -> Followed:
    """All learning rates of a rule side by side, from the same first weights."""
    choice = SETTINGS[name]
    return follow(
        task(),
        choice.rule,
        [0] * STOPS,
        steps=LAST * EVERY,
        every=EVERY,
        lr=choice.part * RATES,
        **choice.hyper,
    )


def reached(name: str, stop: int) -> int | None:
    """The first step at which the sharpness is seen at or above the limit."""
    run, limit = runs(name), float(SETTINGS[name].limit(SETTINGS[name].part * RATES[stop]))
    above = run.sharpness[:, stop] >= limit
    return int(run.at[np.argmax(above)]) if above.any() else None
