"""Real data: the digits of scikit-learn, and a network whose gradient is derived by hand.

The axes are those of the rest of the course: coordinates first, samples last. A batch of inputs is
an array of shape (features, n), one column per sample, so that a layer reads W @ h + b and the
backward pass is the textbook's, transposes and all. The weights of a network are one flat vector,
so that every rule of the course runs on them as it runs on a ravine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .optimizers import Rule

TRAIN_SAMPLES = 1347  # three quarters of 1797; the other 450 are for the test


@dataclass(frozen=True, eq=False)
class Data:
    """Samples to learn from and samples to test on.

    Attributes:
        x_train: inputs, shape (features, n), one column per sample.
        y_train: labels 0, 1, ..., shape (n,).
        x_test: inputs that training never sees, shape (features, m).
        y_test: their labels, shape (m,).
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def __repr__(self) -> str:
        """The sizes as one line."""
        return (
            f"{self.y_train.size} samples to train on and {self.y_test.size} to test on, "
            f"{self.x_train.shape[0]} features each"
        )


def digits(seed: int = 0) -> Data:
    """The 1797 handwritten digits that come with scikit-learn, 8 x 8 pixels each.

    Pixels 0, 1, ..., 16 are divided by 16, so that features lie in [0, 1]. The samples are
    shuffled with ``seed``; the first 1347 are for training, the other 450 for the test.

    Raises:
        ImportError: scikit-learn is missing.

    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI repository (1998),
    its test set.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as problem:
        raise ImportError(
            "The digits come with scikit-learn, which is missing here: install scikit-learn into "
            "this environment and restart the kernel."
        ) from problem
    pixels, labels = load_digits(return_X_y=True)
    order = _generator(seed).permutation(labels.size)
    x, y = pixels[order].T / 16, labels[order]
    train, test = slice(None, TRAIN_SAMPLES), slice(TRAIN_SAMPLES, None)
    parts = [np.ascontiguousarray(part) for part in (x[:, train], y[train], x[:, test], y[test])]
    for part in parts:
        part.flags.writeable = False
    return Data(*parts)


def tanh_slope(h):
    """The slope of tanh, from its value h."""
    return 1 - h**2


def relu(z):
    """z where it is positive, else 0; decided on the real part, so that complex steps pass."""
    return z * (z.real > 0)


def relu_slope(h):
    """The slope of relu, from its value h: 1 where h is positive, else 0 (also in the kink)."""
    return (h.real > 0).astype(float)


def cross_entropy(z, y):
    """Mean of -log softmax(z)[y], and its derivative (softmax(z) - onehot(y)) / n.

    Args:
        z: scores, shape (classes, n).
        y: labels, shape (n,).

    The largest score is taken off before exp, which changes nothing and cannot overflow.
    """
    each = np.arange(y.size)
    z = z - z.real.max(axis=0)
    p = np.exp(z)
    total = p.sum(axis=0)
    loss = np.mean(np.log(total) - z[y, each])
    p /= total
    p[y, each] -= 1
    return loss, p / y.size


def squared(z, y):
    """Mean of |z - onehot(y)|^2 / 2, and its derivative (z - onehot(y)) / n.

    Args as for `cross_entropy`.
    """
    error = z.copy()
    error[y, np.arange(y.size)] -= 1
    return np.sum(error**2) / (2 * y.size), error / y.size


# name: function of z, its slope as a function of h, variance of a first weight given (fan in, out)
ACTIVATIONS = {
    "tanh": (np.tanh, tanh_slope, lambda n_in, n_out: 2 / (n_in + n_out)),
    "relu": (relu, relu_slope, lambda n_in, n_out: 2 / n_in),
}
LOSSES = {"cross_entropy": cross_entropy, "squared": squared}


class Network:
    """A multi-layer perceptron, all its parameters in one flat vector w.

    With h_0 = x, layer k = 1, ..., L computes

        z_k = W_k h_(k-1) + b_k,    h_k = phi(z_k),

    phi on each entry; the last layer has no phi, its z_L are the scores, one row per class. The
    vector w holds W_1 row by row, then b_1, W_2, b_2, ... `unpack` gives them by name.

    Every method takes real or complex w, so that derivatives can be checked by the complex step.

    Attributes:
        sizes: units per layer, inputs first, classes last.
        activation: "tanh" or "relu".
        criterion: the loss by name, "cross_entropy" or "squared".
        parameters: length of w.
    """

    def __init__(
        self,
        sizes: Sequence[int] = (64, 32, 10),
        activation: str = "tanh",
        loss: str = "cross_entropy",
    ) -> None:
        """Build a network; its weights live outside, in w.

        Raises:
            ValueError: a size is not a whole number of at least 1, there are fewer than two sizes,
                or the activation or the loss is unknown.
        """
        whole = all(isinstance(size, (int, np.integer)) and size >= 1 for size in sizes)
        if not whole or len(sizes) < 2:
            raise ValueError(
                "A network is given by the units of its layers, inputs first and classes last, "
                f"and these are {sizes!r}: pass at least two whole numbers such as (64, 32, 10)."
            )
        self.sizes = tuple(int(size) for size in sizes)
        self.activation = _known("activation", activation, ACTIVATIONS)
        self.criterion = _known("loss", loss, LOSSES)
        self.shapes = [(n_out, n_in) for n_in, n_out in zip(sizes, sizes[1:], strict=False)]
        self.parameters = sum(n_out * n_in + n_out for n_out, n_in in self.shapes)

    def __repr__(self) -> str:
        """The network as one line."""
        layers = "-".join(map(str, self.sizes))
        return f"{layers} {self.activation} network, {self.criterion}, {self.parameters} parameters"

    def init(self, seed: int = 0) -> np.ndarray:
        """Weights to start from: normal with mean 0, biases 0. Shape (parameters,).

        The variance is 2 / (inputs + outputs of the layer) for tanh (Glorot and Bengio, AISTATS
        2010, equation 12) and 2 / inputs for relu (He et al., ICCV 2015, equation 10).
        """
        random = _generator(seed)
        w = np.zeros(self.parameters)
        variance = ACTIVATIONS[self.activation][2]
        for W, _ in self.unpack(w):
            n_out, n_in = W.shape
            W[...] = random.normal(0, np.sqrt(variance(n_in, n_out)), W.shape)
        return w

    def unpack(self, w: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """[(W_1, b_1), (W_2, b_2), ...] as views of w: writing into them changes w.

        W_k has shape (units, units before), b_k has shape (units, 1).
        """
        w, layers, start = self._weights(w), [], 0
        for n_out, n_in in self.shapes:
            middle, end = start + n_out * n_in, start + n_out * n_in + n_out
            layers.append((w[start:middle].reshape(n_out, n_in), w[middle:end].reshape(n_out, 1)))
            start = end
        return layers

    def pack(self, layers: Sequence[tuple[Any, Any]]) -> np.ndarray:
        """The flat vector of [(W_1, b_1), ...]: `unpack` the other way round."""
        return self._weights(np.concatenate([np.ravel(part) for pair in layers for part in pair]))

    def scores(self, w: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The last layer's z, shape (classes, n): the largest one names the class."""
        return self._forward(self.unpack(w), self._inputs(x))[-1]

    def loss(self, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> Any:
        """The mean loss over the samples, one number (complex for complex w)."""
        return LOSSES[self.criterion](self.scores(w, x), self._labels(y, x))[0]

    def accuracy(self, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
        """The share of samples whose largest score is at their label, from 0 to 1."""
        return float(np.mean(self.scores(w, x).real.argmax(axis=0) == self._labels(y, x)))

    def gradient(self, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The gradient of `loss` with respect to w, shape (parameters,)."""
        return self.loss_and_gradient(w, x, y)[1]

    def loss_and_gradient(
        self, w: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[Any, np.ndarray]:
        """The loss and its gradient, for little more than the price of one.

        Raises:
            TypeError, ValueError: w, x or y is not what this network reads; the message says why.

        Source: Rumelhart, Hinton and Williams, Nature 323 (1986), 533-536.
        """
        return self._backpropagate(self._weights(w), self._inputs(x), self._labels(y, x))

    def _forward(self, layers: list, x: np.ndarray) -> list[np.ndarray]:
        """[h_0, h_1, ..., h_(L-1), z_L]."""
        phi = ACTIVATIONS[self.activation][0]
        h = [x]
        for W, b in layers[:-1]:
            h.append(phi(W @ h[-1] + b))
        W, b = layers[-1]
        return [*h, W @ h[-1] + b]

    def _backpropagate(self, w, x, y):
        """With delta_k = dL/dz_k, from the last layer to the first.

        dL/dW_k = delta_k h_(k-1)^T,  dL/db_k = sum of delta_k over the samples,
        delta_(k-1) = W_k^T delta_k * phi'(z_(k-1)).
        """
        slope = ACTIVATIONS[self.activation][1]
        g = np.empty_like(w)
        layers, slots = self.unpack(w), self.unpack(g)
        *h, z = self._forward(layers, x)
        loss, delta = LOSSES[self.criterion](z, y)
        for k in reversed(range(len(layers))):
            W, dW, db = layers[k][0], *slots[k]
            dW[...] = delta @ h[k].T
            db[...] = delta.sum(axis=1, keepdims=True)
            if k > 0:
                delta = W.T @ delta * slope(h[k])
        return loss, g

    def _weights(self, w: Any) -> np.ndarray:
        w = _numbers("w", w)
        if w.shape != (self.parameters,):
            raise ValueError(
                f"This network keeps its {self.parameters} parameters in one flat vector, and w "
                f"has shape {w.shape}: start from network.init(seed)."
            )
        return w

    def _inputs(self, x: Any) -> np.ndarray:
        x, features = _numbers("x", x), self.sizes[0]
        if x.ndim != 2 or x.shape[0] != features or x.shape[1] == 0:
            cure = "pass at least one column."
            if x.ndim == 2 and x.shape[1] == features:
                cure = "samples are columns here, so pass x.T."
            elif x.shape == (features,):
                cure = "one sample is a column, so pass x[:, None]."
            elif x.ndim != 2 or x.shape[0] != features:
                cure = f"build Network(sizes=({x.shape[0] if x.ndim else 1}, ...)) for other data."
            raise ValueError(
                f"This network reads {features} features per sample, shape ({features}, n), and x "
                f"has shape {x.shape}: {cure}"
            )
        if not np.isfinite(x).all():
            raise ValueError(
                "x contains NaN or infinity, which would spread to every weight: "
                "clean the data first."
            )
        return x

    def _labels(self, y: Any, x: Any) -> np.ndarray:
        y, n, classes = np.asarray(y), np.shape(x)[1], self.sizes[-1]
        if y.dtype.kind not in "iu":
            raise TypeError(
                f"Labels are whole numbers, and these are of type {y.dtype}: "
                "pass for instance y.astype(int)."
            )
        if y.shape != (n,):
            raise ValueError(
                f"There is one label per sample, {n} in all, and y has shape {y.shape}: pass the "
                "number of each sample's class."
            )
        if y.min() < 0 or y.max() >= classes:
            raise ValueError(
                f"This network knows the classes 0 to {classes - 1}, and the labels run from "
                f"{y.min()} to {y.max()}: make the last of the sizes larger or mend the labels."
            )
        return y


def batches(n: int, size: int, epochs: int = 1, seed: int = 0) -> Iterator[np.ndarray]:
    """Mini-batches as arrays of sample numbers, epoch after epoch, each with a fresh shuffle.

    An epoch has ceil(n / size) batches and holds every sample once. Their sizes differ by at most
    one and none is above ``size``: 1347 samples in batches of 64 make 22 batches of 61 or 62. So
    no epoch ends with a rest of three samples, whose gradient would be a guess at full step size.

    Raises:
        ValueError: n, size or epochs is not a whole number of at least 1.
    """
    for name, number in (("n", n), ("size", size), ("epochs", epochs)):
        _count(name, number)
    random = _generator(seed, stream=1)
    shuffles = (random.permutation(n) for _ in range(epochs))
    return (part for order in shuffles for part in np.array_split(order, batches_per_epoch(n, size)))


def batches_per_epoch(n: int, size: int) -> int:
    """How many mini-batches of at most ``size`` an epoch of n samples has."""
    return -(-n // size)


@dataclass(frozen=True, eq=False)
class Training:
    """What a training run leaves behind.

    Entry e of an array that counts epochs is from after e epochs; entry 0 is from before the first
    step. A run that was stopped has NaN from there on, so that runs can always be stacked.

    Attributes:
        losses: loss on the whole training set, shape (epochs + 1,).
        accuracies: share of the test set named right, shape (epochs + 1,).
        batch_losses: loss of each mini-batch before its step, shape (steps,).
        records: what was asked for by ``record``, by name, each of shape (epochs + 1,).
        w: the last finite weights, shape (parameters,).
        stopped: None, or a sentence that says at which step the run ended and why.
    """

    losses: np.ndarray
    accuracies: np.ndarray
    batch_losses: np.ndarray
    records: Mapping[str, np.ndarray]
    w: np.ndarray
    stopped: str | None = None


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
    """Train a network: one step of the rule per mini-batch.

    Args:
        network: the network.
        rule: any rule of the course.
        data: what to learn from and test on.
        epochs: how often each sample is used.
        batch: samples per mini-batch, see `batches`; the size of the training set or more makes
            every step a step on the whole set.
        seed: decides the first weights and the mini-batches. Two rules with the same seed make a
            pair: they differ in nothing else.
        w: first weights, if not those of ``network.init(seed)``; left as they are.
        record: functions of w that are called after every epoch, by name.
        **hyper: the rule's hyper-parameters, each a number or a function of the step count
            t = 1, 2, ...

    Raises:
        TypeError, ValueError: a setting or the data cannot be used; the message says why.
    """
    _count("epochs", epochs)
    _count("batch", batch)
    settings = rule.settings(hyper)
    x, y = network._inputs(data.x_train), network._labels(data.y_train, data.x_train)
    w = network.init(seed) if w is None else network._weights(w).copy()
    memory = [np.zeros_like(w) for _ in rule.memory]
    per_epoch = batches_per_epoch(y.size, batch)
    batch_losses = np.full(epochs * per_epoch, np.nan)
    measures = {
        "loss": lambda w: network.loss(w, x, y),
        "accuracy": lambda w: network.accuracy(w, data.x_test, data.y_test),
        **{f"record {name}": function for name, function in (record or {}).items()},
    }
    measured = {name: np.full(epochs + 1, np.nan) for name in measures}

    def measure(epoch: int) -> None:
        for name, function in measures.items():
            measured[name][epoch] = function(w)

    stopped = None
    with np.errstate(over="ignore", invalid="ignore"):
        measure(0)
        for t, chosen in enumerate(batches(y.size, batch, epochs, seed), start=1):
            now = {name: value(t) if callable(value) else value for name, value in settings.items()}
            if rule.counts_steps:
                now["t"] = t
            before = w.copy()
            loss, g = network._backpropagate(w, x[:, chosen], y[chosen])
            rule.kernel(w, g, *memory, **now)
            if not (np.isfinite(loss) and np.isfinite(w).all()):
                stopped = (
                    f"Stopped at step {t}, in epoch {1 + (t - 1) // per_epoch}: the weights or the "
                    "loss are no longer finite numbers. The steps are too long for this network: "
                    "try a smaller lr."
                )
                w = before
                break
            batch_losses[t - 1] = loss
            if t % per_epoch == 0:
                measure(t // per_epoch)
    for array in (w, batch_losses, *measured.values()):
        array.flags.writeable = False
    return Training(
        losses=measured.pop("loss"),
        accuracies=measured.pop("accuracy"),
        batch_losses=batch_losses,
        records={name.removeprefix("record "): values for name, values in measured.items()},
        w=w,
        stopped=stopped,
    )


def _numbers(name: str, values: Any) -> np.ndarray:
    """``values`` as float64 or, if they are complex, as complex128."""
    array = np.asarray(values)
    if array.dtype.kind not in "fciub":
        raise TypeError(f"{name} must hold numbers, and its type is {array.dtype}.")
    return array.astype(complex if array.dtype.kind == "c" else float, copy=False)


def _generator(seed: int, stream: int = 0) -> np.random.Generator:
    """A seeded generator; each stream of a seed is independent of the others."""
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"A seed is a whole number of at least 0, not {seed!r}: pass seed=0.")
    return np.random.default_rng([int(seed), stream])


def _count(name: str, number: Any) -> None:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
        raise ValueError(f"{name} is a whole number of at least 1, not {number!r}.")


def _known(what: str, name: Any, table: Mapping[str, Any]) -> str:
    if name not in table:
        raise ValueError(f"Unknown {what} {name!r}: choose {' or '.join(map(repr, table))}.")
    return name
