"""Many trainings at once: the runs of `train` for several seeds and settings, side by side.

With mini-batches as small as 16 samples most of the time of a step goes into calling NumPy, not
into arithmetic. A stack of weights, one set for each run, makes every call once for all runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..optimizers import Rule, settings
from . import checks
from .data import Data, batches, batches_per_epoch
from .functions import ACTIVATIONS
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
    **hyper: Any,
) -> Ends:
    """Train with every seed and every setting; each run is the one that `train` makes.

    Args:
        network: layers without batch norm and without skips, the loss cross-entropy.
        rule: any rule of the course that needs no Hessian and does not look ahead.
        data: what to learn from and test on.
        seeds: for the first weights and the mini-batches, the last axis of the result.
        epochs, batch: as for `train`.
        **hyper: settings of the rule: numbers, schedules, or arrays and schedules of arrays that
            broadcast against the seeds. ``lr=np.array([[0.1], [0.2]])`` tries two learning rates
            with each seed, and the result has the shape (2, len(seeds)).

    Raises:
        ValueError: the network or the rule is of a kind that is not trained side by side.
    """
    if network.batch_norm or network.residual or network.criterion != "cross_entropy":
        raise ValueError(
            "Side by side run networks of plain layers with cross-entropy: use train, once a seed."
        )
    if rule.needs_hessian or rule.look_ahead:
        raise ValueError(f"{rule.name} needs more than gradients at w: use train, once a seed.")
    x = checks.inputs(data.x_train, network.sizes[0]).T
    y = checks.labels(data.y_train, len(x), network.sizes[-1])
    steps = checks.count("epochs", epochs) * batches_per_epoch(y.size, batch)
    # An axis more, for the weights of a run
    plan = {
        name: np.array([np.asarray(v, dtype=float) for v in settings.plan(name, value, steps)])
        for name, value in rule.settings(hyper).items()
    }
    runs = np.broadcast_shapes((len(seeds),), *(values.shape[1:] for values in plan.values()))
    w = np.empty((*runs, network.parameters))
    w[...] = [network.init(seed) for seed in seeds]
    step = rule.start(w, **{name: _schedule(values) for name, values in plan.items()})
    shuffles = [batches(y.size, batch, epochs, seed) for seed in seeds]
    with one_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for each in zip(*shuffles, strict=True):
            chosen = np.array(each)
            step(_gradients(network, w, x[chosen], y[chosen]))
        losses, accuracies = np.empty((2, *runs))
        for run in np.ndindex(runs):
            losses[run] = network.loss(w[run], data.x_train, y)
            accuracies[run] = network.accuracy(w[run], data.x_test, data.y_test)
    for array in (losses, accuracies):
        array[~np.isfinite(w).all(axis=-1)] = np.nan
    return Ends(losses, accuracies, w)


def _schedule(values: np.ndarray) -> Any:
    """A setting as the rule takes it: with an axis for the weights of a run."""
    values = values[..., None] if values.ndim > 1 else values
    return values[0] if len(values) == 1 else lambda t: values[t - 1]


def _gradients(network: Network, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of every run on its own batch, of w's shape.

    Args:
        network: which layers.
        w: shape (..., seeds, parameters).
        x: shape (seeds, n, inputs).
        y: shape (seeds, n).
    """
    phi = ACTIVATIONS[network.activation]
    layers, at, g = [], 0, np.empty_like(w)
    for inputs, units in pairwise(network.sizes):
        middle, end = at + units * inputs, at + units * (inputs + 1)
        shape = *w.shape[:-1], units, inputs
        layers.append([(a[..., at:middle].reshape(shape), a[..., middle:end]) for a in (w, g)])
        at = end
    inside = [x]
    for k, ((W, b), _) in enumerate(layers):
        h = inside[-1] if k == 0 else phi.function(inside[-1])
        inside[-1] = h
        inside.append(h @ W.swapaxes(-1, -2) + b[..., None, :])
    z = inside.pop()
    d = np.exp(z - z.max(axis=-1, keepdims=True))
    d /= d.sum(axis=-1, keepdims=True)
    d -= np.arange(network.sizes[-1]) == y[..., None]
    d /= y.shape[-1]
    for (W, _), (dW, db) in reversed(layers):
        h = inside.pop()
        dW[...] = d.swapaxes(-1, -2) @ h
        db[...] = d.sum(axis=-2)
        if inside:
            d = (d @ W) * phi.slope(h)
    return g
