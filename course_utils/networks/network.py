"""A multi-layer perceptron with its gradient derived by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import checks
from .functions import ACTIVATIONS, LOSSES


class Network:
    """A multi-layer perceptron, all its parameters in one flat vector w.

    With h_0 = x, layer k = 1, ..., L computes

        z_k = W_k h_(k-1) + b_k,    h_k = phi(z_k);

    the last layer leaves phi out, its z_L are the scores, one row per class. The vector w holds
    W_1 row by row, then b_1, W_2, b_2, ...; `unpack` takes it apart. Every method takes real or
    complex w, so that derivatives can be checked by the complex step.

    Attributes:
        sizes: units per layer, inputs first, classes last.
        activation: "tanh" or "relu".
        criterion: which loss, "cross_entropy" or "squared".
        parameters: length of w.
    """

    def __init__(
        self,
        sizes: Sequence[int] = (64, 32, 10),
        activation: str = "tanh",
        loss: str = "cross_entropy",
    ) -> None:
        """Describe a network; its weights live outside, in w.

        Raises:
            ValueError: the sizes are not two or more whole numbers of at least 1, or the
                activation or the loss is unknown.
        """
        self.sizes = checks.layer_sizes(sizes)
        self.activation = checks.known("activation", activation, ACTIVATIONS)
        self.criterion = checks.known("loss", loss, LOSSES)
        self.parameters = sum(n_out * (n_in + 1) for n_in, n_out in self._layers())

    def __repr__(self) -> str:
        """The network as one line."""
        layers = "-".join(map(str, self.sizes))
        return f"{layers} {self.activation} network, {self.criterion}, {self.parameters} parameters"

    def init(self, seed: int = 0) -> np.ndarray:
        """Weights to start from, shape (parameters,): normal with mean 0; biases 0.

        The variance keeps signals alike from layer to layer: 2 / (inputs + outputs) for tanh
        (Glorot and Bengio 2010), 2 / inputs for relu (He et al. 2015).
        """
        random = checks.generator(seed, stream=0)
        w = np.zeros(self.parameters)
        for W, _ in self.unpack(w):
            n_out, n_in = W.shape
            variance = ACTIVATIONS[self.activation].variance(n_in, n_out)
            W[...] = random.normal(0, np.sqrt(variance), W.shape)
        return w

    def unpack(self, w: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """[(W_1, b_1), (W_2, b_2), ...] as views of w: writing into them changes w.

        W_k has shape (units, units before), b_k has shape (units, 1).
        """
        w, layers, start = checks.weights(w, self.parameters), [], 0
        for n_in, n_out in self._layers():
            middle, end = start + n_out * n_in, start + n_out * (n_in + 1)
            layers.append((w[start:middle].reshape(n_out, n_in), w[middle:end].reshape(n_out, 1)))
            start = end
        return layers

    def pack(self, layers: Sequence[tuple[Any, Any]]) -> np.ndarray:
        """The flat vector of [(W_1, b_1), (W_2, b_2), ...], a copy."""
        flat = np.concatenate([np.ravel(part) for layer in layers for part in layer])
        return checks.weights(flat, self.parameters)

    def scores(self, w: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The last layer's z, shape (classes, n): the largest one names the class."""
        return self._forward(self.unpack(w), checks.inputs(x, self.sizes[0]))[-1]

    def loss(self, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> Any:
        """The mean loss over the samples: one number, complex for complex w."""
        z = self.scores(w, x)
        return LOSSES[self.criterion](z, checks.labels(y, *z.shape[::-1]))[0]

    def accuracy(self, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
        """The share of samples whose largest score is at their label, from 0 to 1."""
        z = self.scores(w, x)
        return float(np.mean(z.real.argmax(axis=0) == checks.labels(y, *z.shape[::-1])))

    def gradient(self, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The gradient of `loss` with respect to w, shape (parameters,)."""
        return self.loss_and_gradient(w, x, y)[1]

    def loss_and_gradient(
        self, w: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[Any, np.ndarray]:
        """The loss and its gradient, for little more than the price of one.

        Args:
            w: weights, shape (parameters,).
            x: inputs, shape (sizes[0], n).
            y: labels 0, ..., sizes[-1] - 1, shape (n,).

        Raises:
            TypeError: w, x or y is not of numbers, or y not of whole ones.
            ValueError: a shape is wrong, x is not finite, or a label is out of range.

        Source: Rumelhart, Hinton and Williams, Nature 323 (1986), 533-536.
        """
        w, x = checks.weights(w, self.parameters), checks.inputs(x, self.sizes[0])
        return self._backpropagate(w, x, checks.labels(y, x.shape[1], self.sizes[-1]))

    def _layers(self) -> list[tuple[int, int]]:
        """Inputs and outputs of each layer."""
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    def _forward(self, layers, x):
        """[h_0, h_1, ..., h_(L-1), z_L]."""
        phi = ACTIVATIONS[self.activation].function
        h = [x]
        for W, b in layers[:-1]:
            h.append(phi(W @ h[-1] + b))
        W, b = layers[-1]
        return [*h, W @ h[-1] + b]

    def _backpropagate(self, w, x, y):
        """The chain rule from the last layer to the first, with delta_k = dL/dz_k.

        dL/dW_k = delta_k h_(k-1)^T,    dL/db_k = delta_k summed over the samples,
        delta_(k-1) = W_k^T delta_k * phi'(z_(k-1)).
        """
        slope = ACTIVATIONS[self.activation].slope
        layers = self.unpack(w)
        *h, z = self._forward(layers, x)
        loss, delta = LOSSES[self.criterion](z, y)

        g = np.empty_like(delta, shape=self.parameters)
        slots = self.unpack(g)
        for k in reversed(range(len(layers))):
            (W, _), (dW, db) = layers[k], slots[k]
            dW[...] = delta @ h[k].T
            db[...] = delta.sum(axis=1, keepdims=True)
            if k > 0:
                delta = (W.T @ delta) * slope(h[k])
        return loss, g
