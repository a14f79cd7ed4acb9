"""The loop that trains a network: one step of a rule per mini-batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from ..optimizers import Optimizer, Rule
from . import checks
from .data import Data, batches, batches_per_epoch
from .network import Network


@dataclass(frozen=True, eq=False)
class Training:
    """What a training run leaves behind; its arrays are frozen.

    Entry e of an array that counts epochs is from after e epochs; entry 0 is from before the first
    step. A run that was stopped has NaN from there on, so that runs can always be stacked.

    Attributes:
        losses: loss on the whole training set, shape (epochs + 1,).
        accuracies: share of the test set named right, shape (epochs + 1,).
        batch_losses: loss of each mini-batch where its gradient was taken, before the step; shape
            (steps,).
        records: what ``record`` asked for, by name, each of shape (epochs + 1,).
        w: the last finite weights, shape (parameters,).
        stopped: None, or a sentence that says at which step the run ended and why.
    """

    losses: np.ndarray
    accuracies: np.ndarray
    batch_losses: np.ndarray
    records: Mapping[str, np.ndarray]
    w: np.ndarray
    stopped: str | None = None

    def __repr__(self) -> str:
        """The end of the run as one line."""
        return self.stopped or (
            f"{self.losses.size - 1} epochs, {self.batch_losses.size} steps: training loss "
            f"{self.losses[-1]:.3g}, test accuracy {100 * self.accuracies[-1]:.1f} %"
        )


def train(
    network: Network,
    rule: Rule,
    data: Data,
    *,
    epochs: int = 30,
    batch: int = 64,
    seed: int = 0,
    w: Any = None,
    record: Mapping[str, Callable[[np.ndarray], float]] | None = None,
    **hyper: Any,
) -> Training:
    """Train a network with a rule on mini-batches.

    Args:
        network: the network.
        rule: any rule of the course, such as ``MOMENTUM``.
        data: what to learn from and test on.
        epochs: how often each sample is used.
        batch: largest size of a mini-batch, see `batches`; with the size of the training set every
            step is a step on all of it.
        seed: decides the first weights and the mini-batches. Two runs with one seed are a pair:
            they differ only in what else they are given.
        w: first weights, if not ``network.init(seed)``; they are copied.
        record: functions of w to evaluate before the first step and after every epoch, by name.
        **hyper: the rule's hyper-parameters, each a number or a schedule: a function of the step
            count t = 1, 2, ..., of which there are ``epochs * batches_per_epoch(n, batch)``.

    Raises:
        TypeError: an argument is of the wrong kind, or a setting unknown or missing.
        ValueError: an argument is of the right kind and cannot be used; the message says why.
    """
    for kind, value in ((Network, network), (Rule, rule), (Data, data)):
        if not isinstance(value, kind):
            raise TypeError(
                f"train takes a network, a rule and data, in this order, and {value!r} is no "
                f"{kind.__name__}: write for instance train(Network(), MOMENTUM, digits(), lr=0.1)."
            )
    x = checks.inputs(data.x_train, network.sizes[0])
    y = checks.labels(data.y_train, x.shape[1], network.sizes[-1])
    per_epoch = batches_per_epoch(y.size, checks.count("batch", batch))
    steps = checks.count("epochs", epochs) * per_epoch
    if rule.needs_hessian:
        raise TypeError(
            f"{rule.name} asks for the Hessian, {network.parameters} times {network.parameters} "
            "numbers for this network: train it with a rule that needs the gradient alone."
        )
    plan = {n: checks.plan(n, value, steps) for n, value in rule.settings(hyper).items()}
    constants = {n: values[0] for n, values in plan.items() if len(values) == 1}
    schedules = {n: lambda t, v=v: v[t - 1] for n, v in plan.items() if n not in constants}
    w = network.init(seed) if w is None else checks.weights(w, network.parameters).copy()
    if w.dtype != float or not np.isfinite(w).all():
        raise ValueError(
            "Training starts from finite real weights, and w holds NaN, infinity or complex "
            "numbers: start from network.init(seed)."
        )
    step = Optimizer(rule, w, constants, schedules)

    losses, accuracies = np.full((2, epochs + 1), np.nan)
    record = dict(record or {})
    records = {name: np.full(epochs + 1, np.nan) for name in record}
    batch_losses = np.full(steps, np.nan)
    stopped = None

    def measure(epoch: int) -> None:
        losses[epoch] = network.loss(w, x, y)
        statistics = network.statistics(w, x)
        accuracies[epoch] = network.accuracy(w, data.x_test, data.y_test, statistics)
        for name, function in record.items():
            records[name][epoch] = function(w)

    with one_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        measure(0)
        for t, chosen in enumerate(batches(y.size, batch, epochs, seed), start=1):
            before = w.copy()
            loss, g = network._backpropagate(step.point, x[:, chosen], y[chosen])
            step(g)
            if not (np.isfinite(loss) and np.isfinite(w).all()):
                w = before
                stopped = (
                    f"Stopped at step {t} of {steps}: the loss or the weights are no longer finite "
                    "numbers. Most often the steps are too long: try a smaller lr."
                )
                break
            batch_losses[t - 1] = loss
            if t % per_epoch == 0:
                measure(t // per_epoch)

    for array in (losses, accuracies, batch_losses, w, *records.values()):
        array.flags.writeable = False
    return Training(losses, accuracies, batch_losses, MappingProxyType(records), w, stopped)


def one_thread() -> AbstractContextManager:
    """Linear algebra on one thread: with matrices this small a second one costs more than it does.

    The tool comes with scikit-learn; where it is missing, nothing is limited.
    """
    controller = _thread_pools()
    return controller.limit(limits=1, user_api="blas") if controller else nullcontext()


@cache
def _thread_pools() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()
