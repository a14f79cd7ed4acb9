"""The runs that the explorer of the two wells shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM, RMSPROP, Rule
from ...surfaces import sharp_and_flat
from ...theory import descent_limit, momentum_limit

LAST, EVERY, RUNS, START = 100, 10, 100, -1.25
FIRST, APART = -3.0, 0.2
RATES = np.array(
    [0.001, 0.0016, 0.0025, 0.004, 0.0063, 0.01, 0.016, 0.025, 0.04, 0.063, 0.1, 0.16, 0.25]
)
STOPS = len(RATES)
WELLS = sharp_and_flat()
SHARPNESS, FLATNESS = (float(WELLS.curvature(w)) for w in (-1, 1))
_BETWEEN = np.linspace(-1, 1, 2001)
BARRIER = float(_BETWEEN[WELLS.value(_BETWEEN).argmax()])


@dataclass(frozen=True)
class Setting:
    """A rule with its settings.

    Attributes:
        rule, hyper: what is run.
        kind: its class of line.
        limit: the learning rate from which it cannot stay in the sharp well, even without noise;
            None where it has no fixed one.
    """

    rule: Rule
    hyper: dict[str, float]
    kind: str
    limit: float | None = None


PLAIN, HEAVY, SCALED, ADAPTIVE = (
    "gradient descent",
    "momentum, β = 0.9",
    "RMSProp, ρ = 0.99",
    "Adam",
)
SETTINGS = {
    PLAIN: Setting(GRADIENT_DESCENT, {}, "gd", float(descent_limit(SHARPNESS))),
    HEAVY: Setting(MOMENTUM, {"beta": 0.9}, "momentum", float(momentum_limit(0.9, SHARPNESS))),
    SCALED: Setting(RMSPROP, {"rho": 0.99}, "rmsprop"),
    ADAPTIVE: Setting(ADAM, {}, "adam"),
}


@lru_cache(maxsize=1)
def draws() -> np.ndarray:
    """The noise of all steps and runs, in units of sigma; every setting meets the same."""
    return np.random.default_rng(11).standard_normal((LAST * EVERY, RUNS))


@lru_cache(maxsize=64)
def runs(name: str, noise: float) -> np.ndarray:
    """Where all runs are at every tenth step, at every learning rate: (looks, rates, runs).

    Weights are kept to seven decimals: noise may drive two runs apart that differ in the last bit,
    and this way every processor finds the same ones.
    """
    choice, kicks = SETTINGS[name], noise * draws()
    w = np.full((STOPS, RUNS), START)
    step = choice.rule.start(w, lr=RATES[:, None], **choice.hyper)
    seen = [w.copy()]
    for t in range(1, LAST * EVERY + 1):
        step(WELLS.slope(w) + kicks[t - 1])
        np.round(w, 7, out=w)
        if t % EVERY == 0:
            seen.append(w.copy())
    return np.array(seen)


@lru_cache(maxsize=64)
def escaped(name: str, noise: float) -> np.ndarray:
    """How many runs are in the flat well, right of the barrier: (looks, rates)."""
    return (runs(name, noise) > BARRIER).sum(axis=2)
