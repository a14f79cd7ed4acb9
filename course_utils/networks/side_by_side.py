"""Copies of one network side by side: their losses, gradients and whole trainings.

With mini-batches as small as 16 samples most of the time of a step goes into calling NumPy, not
into arithmetic. A stack of weights, one set for each copy, makes every call once for all copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..optimizers import Rule, settings
from . import checks
from .data import Data, batches, batches_per_epoch
from .functions import LOSSES
from .layers import layer_backward
from .network import Network
from .training import one_thread


@dataclass(frozen=True, eq=False)
class Ends:
    """Where the runs have arrived; a run that was lost has NaN.

    Attributes:
        losses: loss on the whole training set.
        accuracies: share of the test set named right.
        w: the weights, with one axis more than the other two.
    """

    losses: np.ndarray
    accuracies: np.ndarray
    w: np.ndarray


def train_side_by_side(
    network: Network,
    rule: Rule,
    data: Data,
    seeds: Sequence[int],
    *,
    epochs: int = 10,
    batch: int = 64,
    w: Any = None,
    **hyper: Any,
) -> Ends:
    """Train with every seed and every setting; each run is the one that `train` makes.

    Args:
        network: what all runs are.
        rule: any rule of the course that needs no Hessian.
        data: what to learn from and test on.
        seeds: for the first weights and the mini-batches, the last axis of the result.
        epochs, batch: as for `train`.
        w: first weights, if not ``network.init`` of each seed: one row a seed; they are copied.
        **hyper: settings of the rule: numbers, schedules, or arrays and schedules of arrays that
            broadcast against the seeds. ``lr=np.array([[0.1], [0.2]])`` tries two learning rates
            with each seed, and the result has the shape (2, len(seeds)).

    Raises:
        TypeError: the rule asks for the Hessian.
        ValueError: an argument is of the right kind and cannot be used; the message says why.
    """
    if rule.needs_hessian:
        raise TypeError(
            f"{rule.name} asks for the Hessian, {network.parameters} times {network.parameters} "
            "numbers for this network: train it with a rule that needs the gradient alone."
        )
    x = checks.inputs(data.x_train, network.sizes[0])
    y = checks.labels(data.y_train, x.shape[1], network.sizes[-1])
    steps = checks.count("epochs", epochs) * batches_per_epoch(y.size, batch)
    # An axis more, for the weights of a run
    plan = {
        name: np.array([np.asarray(v, dtype=float) for v in settings.plan(name, value, steps)])
        for name, value in rule.settings(hyper).items()
    }
    runs = np.broadcast_shapes((len(seeds),), *(values.shape[1:] for values in plan.values()))
    begin = [network.init(seed) for seed in seeds] if w is None else w
    w = np.empty((*runs, network.parameters))
    w[...] = begin
    step = rule.start(w, **{name: _schedule(values) for name, values in plan.items()})
    shuffles = [batches(y.size, batch, epochs, seed) for seed in seeds]
    # A row a sample: to pick samples is then to copy whole rows.
    rows = np.ascontiguousarray(x.T)
    with one_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for each in zip(*shuffles, strict=True):
            chosen = np.broadcast_to(each, (*runs, len(each[0]))).reshape(-1, len(each[0]))
            at = step.point.reshape(len(chosen), -1)
            g = gradients(network, at, rows[chosen].swapaxes(1, 2), y[chosen])
            step(g.reshape(w.shape))
        losses, accuracies = np.empty((2, *runs))
        for run in np.ndindex(runs):
            losses[run] = network.loss(w[run], x, y)
            seen = network.statistics(w[run], x)
            accuracies[run] = network.accuracy(w[run], data.x_test, data.y_test, seen)
    for array in (losses, accuracies):
        array[~np.isfinite(w).all(axis=-1)] = np.nan
    return Ends(losses, accuracies, w)


def _schedule(values: np.ndarray) -> Any:
    """A setting as the rule takes it: with an axis for the weights of a run."""
    values = values[..., None] if values.ndim > 1 else values
    return values[0] if len(values) == 1 else lambda t: values[t - 1]


def losses(network: Network, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The loss of every copy on its own samples, shape (copies,).

    Args:
        network: what all copies are.
        w: weights, shape (copies, parameters).
        x: inputs, shape (copies, features, n), or (features, n) for all.
        y: labels, shape (copies, n), or (n,) for all.
    """
    z, _ = network._forward(_layers(network, w), x)
    labels = np.broadcast_to(y, (len(w), z.shape[-1]))
    return np.array([LOSSES[network.criterion](*own)[0] for own in zip(z, labels, strict=True)])


def gradients(network: Network, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of every copy on its own samples, shape (copies, parameters).

    Args as for `losses`; y of shape (copies, n).
    """
    layers, g = _layers(network, w), np.empty(w.shape)
    z, memories = network._forward(layers, x)
    # The loss takes samples in a row: those of all copies, so that its mean is over all of them.
    flat = z.swapaxes(0, 1).reshape(z.shape[1], -1)
    d = len(w) * LOSSES[network.criterion](flat, y.ravel())[1]
    d = d.reshape(z.shape[1], len(w), -1).swapaxes(0, 1)
    slots = _layers(network, g)
    for k in reversed(range(len(layers))):
        d, found = layer_backward(d, memories[k], layers[k], network._phi(k), network._skips[k])
        for slot, slope in zip(slots[k], found, strict=True):
            slot[...] = slope
    return g


def _layers(network: Network, w: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """What `Network.unpack` gives, as views of w, each part with the copies first."""
    layers, start = [], 0
    for shapes in network._shapes():
        layer = []
        for rows, columns in shapes:
            end = start + rows * columns
            layer.append(w[:, start:end].reshape(-1, rows, columns))
            start = end
        layers.append(tuple(layer))
    return layers
