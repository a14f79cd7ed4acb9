"""The trials that the explorer of budgets reads, and how a field of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...descent import descend
from ...optimizers import (
    ADAGRAD,
    ADAM,
    GRADIENT_DESCENT,
    MOMENTUM,
    NESTEROV,
    RMSPROP,
)
from ...surfaces import ravine
from ...theory import best_of, win_chances

LAST, ROWS = 20, 8


Field = Mapping[str, np.ndarray]


Races = Mapping[str, Mapping[str, Field]]


@dataclass(frozen=True)
class Ranking:
    """How the rules stand at each budget of the favourite, from 0 to the last.

    Attributes:
        names: of the rules.
        typical: geometric mean of the best of the budget, shape (rules, LAST + 1).
        chances: how often each rule would come first, likewise.
        budgets: trials of each rule, likewise.
        places: 0 for the lowest typical loss, likewise.
        trials: how many trials there are to draw from.
    """

    names: tuple[str, ...]
    typical: np.ndarray
    chances: np.ndarray
    budgets: np.ndarray
    places: np.ndarray
    trials: int

    @property
    def leaders(self) -> list[str]:
        """The rule in the first place at each budget."""
        return [self.names[i] for i in self.places.argmin(axis=0)]

    @property
    def changes(self) -> list[int]:
        """Budgets above 1 at which the first place changes hands."""
        lead = self.leaders
        return [k for k in range(2, LAST + 1) if lead[k] != lead[k - 1]]


def ranking(field: Field, kept: np.ndarray, favourite: str, share: float) -> Ranking:
    """The ranking in a field of trials.

    Args:
        field: losses by rule, shape (n,).
        kept: which of the n trials count.
        favourite: the rule that gets the whole budget.
        share: the part of it that each other rule gets, rounded, and at least one trial.
    """
    names = tuple(field)
    values = [np.asarray(field[name])[kept] for name in names]
    whole = np.arange(1, LAST + 1)
    part = np.maximum(np.rint(share * whole).astype(int), 1)
    budgets = np.array([whole if name == favourite else part for name in names])
    budgets = np.minimum(budgets, int(kept.sum()))
    logs = [best_of(np.log(v), k) for v, k in zip(values, budgets, strict=True)]
    typical = np.exp(np.array(logs))
    chances = win_chances(values, budgets)
    blind = np.full((len(names), 1), np.max([np.max(v) for v in field.values()]))
    typical = np.hstack([blind, typical])
    chances = np.hstack([np.zeros((len(names), 1)), chances])
    budgets = np.hstack([np.zeros((len(names), 1), dtype=int), budgets])
    places = np.argsort(np.argsort(typical, axis=0, kind="stable"), axis=0)
    return Ranking(names, typical, chances, budgets, places, int(kept.sum()))


@lru_cache(maxsize=1)
def ravine_races(n: int = 40) -> tuple[Races, np.ndarray]:
    """Races that need no data: trials on two ravines, and the place of each rate in its range."""
    u, memory = np.random.default_rng(0).random((2, n))
    share = 1 - 10 ** (-3 * memory)
    entries = (
        (GRADIENT_DESCENT, 1e-3, {}),
        (MOMENTUM, 1e-4, {"beta": share}),
        (NESTEROV, 1e-4, {"beta": share}),
        (ADAGRAD, 1e-2, {}),
        (RMSPROP, 1e-3, {"rho": share}),
        (ADAM, 1e-3, {}),
    )
    races: dict[str, dict[str, dict[str, np.ndarray]]] = {}
    for name, theta in (("ravine", 0.0), ("ravine, turned", np.pi / 4)):
        surface = ravine(kappa=25, theta=theta)
        start = float(surface.value(surface.start))
        races[name] = {"loss after 25 steps": {}, "loss after 8 steps": {}}
        for rule, low, more in entries:
            run = descend(surface, rule, steps=25, lr=low * 10 ** (4 * u), **more)
            for field, at in zip(races[name].values(), (25, 8), strict=True):
                loss = run.losses[min(at, run.steps)]
                field[rule.name] = np.clip(np.nan_to_num(loss, nan=start), 1e-12, start)
    return races, u
