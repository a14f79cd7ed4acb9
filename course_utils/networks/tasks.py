"""Tasks to race on: a network, data in three parts, and a test that is opened once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import checks
from .data import Data, digits
from .network import Network

FLOOR = 1e-4


def bounded(loss: float, classes: int) -> float:
    """A loss between near certainty, 1e-4, and a blind guess; a lost run counts as the latter."""
    blind = float(np.log(classes))
    return float(np.clip(loss, FLOOR, blind)) if np.isfinite(loss) else blind


@dataclass(frozen=True, eq=False)
class Opened:
    """What a test says of several runs: `bounded` loss, and share named right; shape (runs,)."""

    loss: np.ndarray
    accuracy: np.ndarray


class SealedTest:
    """The part of the data that decides nothing: it can be opened once.

    Opened again with the same weights it shows the same result; with others it refuses.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Seal samples x of shape (features, n) with their labels."""
        self._x, self._y, self._network = x, y, network
        self._seen: dict[str, np.ndarray] = {}
        self._result: dict[str, Opened] = {}

    def __repr__(self) -> str:
        """Its size, and whether it is still sealed."""
        state = f"opened for {', '.join(self._seen)}" if self._seen else "sealed"
        return f"a test of {self._y.size} samples, {state}"

    def open(self, weights: Mapping[str, Any]) -> dict[str, Opened]:
        """What the test says of the networks, by name.

        Args:
            weights: for each name one row of weights a run, shape (runs, parameters).

        Raises:
            ValueError: the test was opened before, with other weights.
        """
        weights = {name: np.array(rows, dtype=float, ndmin=2) for name, rows in weights.items()}
        if self._seen and not _equal(self._seen, weights):
            raise ValueError(
                "This test has been opened, and a test that is asked twice has become part of the "
                "search: draw the line under the race, or make a new task with another seed."
            )
        if not self._seen:
            for name, rows in weights.items():
                network, seen = self._network, (self._x, self._y)
                loss = [bounded(network.loss(w, *seen), network.sizes[-1]) for w in rows]
                accuracy = [network.accuracy(w, *seen) for w in rows]
                self._result[name] = Opened(np.array(loss), np.array(accuracy))
            self._seen = weights
        return self._result


def _equal(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[k], other[k], equal_nan=True) for k in one
    )


@dataclass(frozen=True, eq=False)
class Task:
    """What the rules race on.

    Attributes:
        name: a word or two.
        network: what is trained.
        known: what a search may look at: the training part and, in place of a test, the
            validation part.
        test: what it may not look at.
        epochs: how often each training sample is used.
        batch: largest size of a mini-batch.
    """

    name: str
    network: Network
    known: Data
    test: SealedTest
    epochs: int
    batch: int

    def __repr__(self) -> str:
        """The task as one line."""
        return (
            f"{self.name}: {self.known.y_train.size} samples to train on, "
            f"{self.known.y_test.size} to choose by, {self.test}; {self.network}, "
            f"{self.epochs} passes in batches of at most {self.batch}"
        )


def make_task(
    name: str,
    x: Any,
    y: Any,
    hidden: tuple[int, ...] = (),
    *,
    epochs: int = 10,
    batch: int = 32,
    seed: int = 0,
) -> Task:
    """A task from samples of your own: half to train on, a quarter to choose by, a quarter sealed.

    Args:
        name: a word or two.
        x: inputs, shape (features, n), one column per sample; they are centred and scaled by what
            the training half says.
        y: labels 0, 1, ..., shape (n,).
        hidden: units of the hidden layers, none for logistic regression.
        epochs, batch: how long a training is, and the largest mini-batch.
        seed: of the shuffle before the data are parted.

    Raises:
        TypeError: x or y does not hold numbers, or y not whole ones.
        ValueError: a shape does not fit, or there are fewer than eight samples.
    """
    x = checks.numbers("x", x)
    classes = int(np.max(y)) + 1 if np.size(y) else 1
    network = Network((len(x) if x.ndim else 1, *hidden, max(classes, 2)))
    x = checks.inputs(x, network.sizes[0])
    y = checks.labels(y, x.shape[1], network.sizes[-1])
    if y.size < 8:
        raise ValueError(f"A task needs at least 8 samples to be parted in three, not {y.size}.")
    order = checks.generator(seed, stream=0).permutation(y.size)
    half, quarter = y.size // 2, y.size // 4
    train, valid, test = np.split(order, [half, half + quarter])
    spread = x[:, train].std(axis=1, keepdims=True)
    scaled = (x - x[:, train].mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    known = Data(scaled[:, train], y[train], scaled[:, valid], y[valid])
    sealed = SealedTest(scaled[:, test], y[test], network)
    return Task(name, network, known, sealed, epochs, batch)


def digits_task(epochs: int = 8, seed: int = 0) -> Task:
    """The digits of `digits`: a quarter of its training part to choose by, its test part sealed."""
    data, network = digits(seed), Network()
    cut = 3 * data.y_train.size // 4
    parts = data.x_train[:, :cut], data.y_train[:cut], data.x_train[:, cut:], data.y_train[cut:]
    sealed = SealedTest(data.x_test, data.y_test, network)
    return Task("digits", network, Data(*parts), sealed, epochs, 64)


def wine_task(epochs: int = 10, seed: int = 0) -> Task:
    """Three wines told apart by 13 measurements, 178 bottles; it comes with scikit-learn.

    Raises:
        ImportError: scikit-learn is missing.

    Source: Aeberhard and Forina, Wine, UCI repository (1991).
    """
    try:
        from sklearn.datasets import load_wine
    except ImportError as problem:
        raise ImportError(
            "The wines come with scikit-learn, which is missing here: install scikit-learn into "
            "this environment and restart the kernel."
        ) from problem
    x, y = load_wine(return_X_y=True)
    return make_task("wine", x.T, y, (16,), epochs=epochs, batch=16, seed=seed)


def words_task(epochs: int = 10, features: int = 200, n: int = 1200, seed: int = 0) -> Task:
    """A synthetic set, like texts by their words: most features are rare, and rare ones tell much.

    Feature k is there in a sample with probability min(1/2, 3/(2k)). Labels follow a logistic model
    with weights of size 1/(2 sqrt(probability)). Inputs stay 0 or 1, so that gradients along rare
    features are rare.
    """
    random = checks.generator(seed, stream=3)
    often = np.minimum(0.5, 1.5 / np.arange(1, features + 1))
    x = (random.random((features, n)) < often[:, None]).astype(float)
    score = (random.normal(size=features) / (2 * np.sqrt(often))) @ x
    chance = 1 / (1 + np.exp(-2 * (score - np.median(score))))
    y = (random.random(n) < chance).astype(int)
    network = Network((features, 2))
    half, three = n // 2, 3 * n // 4
    known = Data(x[:, :half], y[:half], x[:, half:three], y[half:three])
    return Task("words", network, known, SealedTest(x[:, three:], y[three:], network), epochs, 32)
