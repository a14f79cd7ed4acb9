"""A training run as a log: the curves that one watches, by step and by pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...optimizers import Optimizer, Rule
from .. import checks
from ..data import Data, batches, batches_per_epoch
from ..network import Network
from ..training import one_thread


@dataclass(frozen=True, eq=False)
class Log:
    """The curves of one run; a run that met NaN has NaN from there on.

    Attributes:
        losses: loss of the mini-batch before its step, shape (steps,).
        gradients: norm of the mini-batch's gradient, without any penalty, shape (steps,).
        ratios: length of the step over the length of w before it, shape (steps,).
        by_pass: loss on the whole training set before the first step and after each pass, shape
            (passes + 1,).
        train: share of the training set named right, shape (passes + 1,).
        valid: share of the validation set named right, shape (passes + 1,).
        weights: length of w, shape (passes + 1,).
    """

    losses: np.ndarray
    gradients: np.ndarray
    ratios: np.ndarray
    by_pass: np.ndarray
    train: np.ndarray
    valid: np.ndarray
    weights: np.ndarray

    @property
    def passes(self) -> int:
        """Passes over the training set."""
        return self.by_pass.size - 1


def watch(
    network: Network,
    rule: Rule,
    data: Data,
    *,
    epochs: int = 12,
    batch: int = 64,
    seed: int = 0,
    w: Any = None,
    shuffle: bool = True,
    broken: int | None = None,
    skip: bool = False,
    clip: float = np.inf,
    **hyper: Any,
) -> Log:
    """Train as `train` does, and keep a log of every step.

    Args:
        network: the network.
        rule: a rule that needs the gradient at the weights alone.
        data: its training set is learned, its test set is the validation set.
        epochs: passes over the training set.
        batch: largest size of a mini-batch.
        seed: decides the first weights and the mini-batches.
        w: first weights, if not ``network.init(seed)``.
        shuffle: whether each pass takes the samples in a fresh order; otherwise they come sorted by
            class, pass after pass.
        broken: the step whose mini-batch has one pixel that is not a number.
        skip: whether a mini-batch whose gradient is not finite is left out.
        clip: a longer gradient is shortened to this norm.
        **hyper: the rule's settings.
    """
    x, y = data.x_train, data.y_train
    per = batches_per_epoch(y.size, batch)
    steps = epochs * per
    w = network.init(seed) if w is None else checks.weights(w, network.parameters).copy()
    step: Optimizer = rule.start(w, **hyper)
    by_step, by_pass = np.full((3, steps), np.nan), np.full((4, epochs + 1), np.nan)

    def measure() -> tuple[float, ...]:
        loss = network.loss(w, x, y)
        parts = (x, y), (data.x_test, data.y_test)
        return (loss, *(network.accuracy(w, *part) for part in parts), float(np.linalg.norm(w)))

    with one_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        by_pass[:, 0] = measure()
        order = batches(y.size, batch, epochs, seed) if shuffle else _sorted(y, batch, epochs)
        for t, chosen in enumerate(order):
            inputs = x[:, chosen]
            if t == broken:
                inputs[0, 0] = np.nan
            loss, g = network._backpropagate(w, inputs, y[chosen])
            size = float(np.linalg.norm(g))
            if not skip or np.isfinite(size):
                if size > clip:
                    g *= clip / size
                before = w.copy()
                step(g)
                ratio = np.linalg.norm(w - before) / np.linalg.norm(before)
                by_step[:, t] = loss, size, ratio
            if not np.isfinite(w).all():
                by_step[:, t] = np.nan
                break
            if (t + 1) % per == 0:
                by_pass[:, (t + 1) // per] = measure()
    return Log(*by_step, *by_pass)


def _sorted(y: np.ndarray, batch: int, epochs: int) -> Iterator[np.ndarray]:
    """The mini-batches of samples sorted by class, the same ones in every pass."""
    parts = np.array_split(np.argsort(y, kind="stable"), batches_per_epoch(y.size, batch))
    return (part for _ in range(epochs) for part in parts)
