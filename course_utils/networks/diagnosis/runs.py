"""Twelve runs of the digits network with one fault each, and twelve knobs, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from ...optimizers import (
    ADAM,
    ADAM_L2,
    ADAMW,
    MOMENTUM,
    UNCORRECTED_ADAM,
    Rule,
    anneal,
)
from ..data import TRAIN_SAMPLES, Data, batches_per_epoch, digits
from ..network import Network
from .logged import Log, watch


@dataclass(frozen=True)
class Run:
    """Everything that decides a run but its seed.

    Attributes:
        rule: which rule, by its name in `RULES`.
        settings: of the rule, as pairs.
        batch: size of a mini-batch.
        passes: over the training set.
        scale: factor on the usual first weights.
        shuffle: whether each pass takes the samples in a fresh order.
        broken: whether one mini-batch, in the middle of the run, holds a pixel that is not a
            number.
        skip: whether mini-batches with a gradient that is not finite are left out.
        clip: the norm to which longer gradients are shortened.
        falls: whether the learning rate falls to 0 along a line.
    """

    rule: str
    settings: tuple[tuple[str, float], ...]
    batch: int = 64
    passes: int = 16
    scale: float = 1.0
    shuffle: bool = True
    broken: bool = False
    skip: bool = False
    clip: float = float("inf")
    falls: bool = False

    @property
    def hyper(self) -> dict[str, Any]:
        """The settings as keywords, the learning rate as a schedule where it falls."""
        values: dict[str, Any] = dict(self.settings)
        if self.falls:
            values["lr"] = anneal(values["lr"], 0.0, self.steps)
        return values

    @property
    def steps(self) -> int:
        """How many steps the run has."""
        return self.passes * batches_per_epoch(TRAIN_SAMPLES, self.batch)

    def turned(self, **settings: float) -> Run:
        """The run with other values of settings that its rule has."""
        now = {name: settings.get(name, value) for name, value in self.settings}
        return replace(self, settings=tuple(now.items()))

    def made(self, seed: int, network: Network | None = None, data: Data | None = None) -> Log:
        """Train it."""
        network = network or Network()
        return watch(
            network, RULES[self.rule], data or _digits(), epochs=self.passes, batch=self.batch,
            seed=seed, w=self.scale * network.init(seed), shuffle=self.shuffle,
            # Another step for every seed, so that the step is no mark of the fault
            broken=self.steps // 2 + 7 * (seed % 13) if self.broken else None,
            skip=self.skip, clip=self.clip, **self.hyper,
        )  # fmt: skip


@cache
def _digits() -> Data:
    return digits()


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "momentum": MOMENTUM,
        "Adam": ADAM,
        "Adam without correction": UNCORRECTED_ADAM,
        "Adam with L2": ADAM_L2,
        "AdamW": ADAMW,
    }
)


def _momentum(lr: float = 0.1, beta: float = 0.9, **more: Any) -> Run:
    return Run("momentum", (("lr", lr), ("beta", beta)), **more)


def _adam(rule: str = "Adam", lr: float = 0.01, eps: float = 1e-8, more=(), **other: Any) -> Run:
    return Run(rule, (("lr", lr), ("eps", eps), *more), **other)


# The two runs that the faults are measured against
HEALTHY: Mapping[str, Run] = MappingProxyType({"momentum": _momentum(), "Adam": _adam()})

FAULTS: Mapping[str, Run] = MappingProxyType(
    {
        "η too large": _momentum(lr=1.0),
        "η too small": _adam(lr=3e-4),
        "β too large for its η": _momentum(beta=0.998),
        "ε too large": _adam(eps=1.0),
        "no bias correction": _adam("Adam without correction", lr=0.05),
        "batch too small for its η": _momentum(batch=8),
        "L2, not decoupled decay": _adam("Adam with L2", more=(("decay", 0.1),)),
        "saturated start": _momentum(scale=10.0),
        "data not shuffled": _adam(shuffle=False),
        "one broken batch": _momentum(broken=True),
        "√s fades while η stays": _adam(
            lr=0.03, more=(("beta1", 0.0), ("beta2", 0.97)), batch=128, passes=32
        ),
        "start at a saddle": _momentum(lr=0.03, scale=0.003),
    }
)


# The same faults, weaker or stronger or under another rule: how far does a reading carry?
OTHERS: Mapping[str, tuple[Run, ...]] = MappingProxyType(
    {
        "η too large": (_momentum(lr=0.6), _momentum(lr=2.0), _adam(lr=0.3)),
        "η too small": (_adam(lr=1e-4), _momentum(lr=0.001), _momentum(lr=0.003)),
        "β too large for its η": (
            _momentum(beta=0.995), _momentum(beta=0.999), _momentum(lr=0.2, beta=0.998),
        ),
        "ε too large": (_adam(eps=3.0), _adam(eps=0.3), _adam(eps=0.1)),
        "no bias correction": tuple(
            _adam("Adam without correction", lr=lr) for lr in (0.02, 0.03, 0.1)
        ),
        "batch too small for its η": (
            _momentum(batch=4), _momentum(batch=16), _adam(lr=0.03, batch=8),
        ),
        "L2, not decoupled decay": tuple(
            _adam("Adam with L2", more=(("decay", decay),)) for decay in (0.03, 0.05, 0.3)
        ),
        "saturated start": (_momentum(scale=5.0), _momentum(scale=20.0), _adam(scale=10.0)),
        "data not shuffled": (
            _momentum(lr=0.02, shuffle=False), _adam(lr=0.003, shuffle=False),
            _momentum(shuffle=False),
        ),
        "one broken batch": (
            _adam(broken=True), _momentum(lr=0.03, broken=True), _momentum(lr=0.5, broken=True),
        ),
        "√s fades while η stays": tuple(
            FAULTS["√s fades while η stays"].turned(**change)
            for change in ({"lr": 0.02}, {"lr": 0.05}, {"beta2": 0.999})
        ),
        "start at a saddle": (
            _momentum(lr=0.03, scale=0.03), _momentum(scale=0.001), _adam(scale=0.001),
        ),
    }
)  # fmt: skip


def _decoupled(run: Run) -> Run:
    return replace(run, rule="AdamW") if run.rule == "Adam with L2" else run


def _corrected(run: Run) -> Run:
    return replace(run, rule="Adam") if run.rule == "Adam without correction" else run


def _times(run: Run, factor: float) -> Run:
    return run.turned(lr=factor * dict(run.settings)["lr"])


KNOBS = MappingProxyType(
    {
        "η ÷ 10": lambda run: _times(run, 0.1),
        "η × 10": lambda run: _times(run, 10.0),
        "η falls to 0": lambda run: replace(run, falls=True),
        "usual β": lambda run: run.turned(beta=0.9, beta1=0.9, beta2=0.999),
        "ε = 1e-8": lambda run: run.turned(eps=1e-8),
        "bias correction on": _corrected,
        "batch of 64": lambda run: replace(run, batch=64, passes=16),
        "decay decoupled": _decoupled,
        "usual start": lambda run: replace(run, scale=1.0),
        "shuffle": lambda run: replace(run, shuffle=True),
        "leave out NaN batches": lambda run: replace(run, skip=run.broken),
        "clip at norm 1": lambda run: replace(run, clip=1.0),
    }
)
