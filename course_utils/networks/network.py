"""A multi-layer perceptron with its gradient derived by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import checks
from .functions import ACTIVATIONS, LOSSES
from .layers import EPS, layer, layer_backward, moments


class Network:
    """A multi-layer perceptron, all its parameters in one flat vector w.

    With h_0 = x, layer k = 1, ..., L computes

        z_k = W_k h_(k-1) + b_k,    h_k = phi(z_k);

    the last z_L are the scores, one row per class. Batch norm brings the units of W_k h_(k-1) to
    mean 0 and variance 1 before it multiplies them by gamma_k and adds b_k; a residual connection
    adds z_(k-1) to z_k. The vector w holds W_1 row by row, then b_1 (then gamma_1), W_2, b_2, ...;
    `unpack` takes it apart. Every method takes real or complex w, so that derivatives can be
    checked by the complex step.

    Attributes:
        sizes: units per layer, inputs first, classes last.
        activation: "tanh" or "relu".
        criterion: which loss, "cross_entropy" or "squared".
        batch_norm: whether the layers have batch norm, all but the last.
        residual: whether a hidden layer as wide as the hidden layer before it adds that one's z.
        eps: of batch norm.
        parameters: length of w.
    """

    def __init__(
        self,
        sizes: Sequence[int] = (64, 32, 10),
        activation: str = "tanh",
        loss: str = "cross_entropy",
        *,
        batch_norm: bool = False,
        residual: bool = False,
        eps: float = EPS,
    ) -> None:
        """Describe a network; its weights live outside, in w.

        Raises:
            ValueError: the sizes are not two or more whole numbers of at least 1, the activation
                or the loss is unknown, or no layer is there to be normalised or skipped.
        """
        self.sizes = checks.layer_sizes(sizes)
        self.activation = checks.known("activation", activation, ACTIVATIONS)
        self.criterion = checks.known("loss", loss, LOSSES)
        self.batch_norm = checks.hidden_layers("batch_norm", batch_norm, self.sizes[1:-1])
        n, last = self.sizes, len(self.sizes) - 2
        fits = [0 < k < last and n[k] == n[k + 1] for k in range(last + 1)]
        self.residual = checks.hidden_layers("residual", residual, fits)
        self._skips = [fit and self.residual for fit in fits]
        self.eps = checks.not_negative("eps", eps)
        self.parameters = sum(rows * columns for part in self._shapes() for rows, columns in part)

    def __repr__(self) -> str:
        """The network as one line."""
        layers = "-".join(map(str, self.sizes))
        parts = self.batch_norm * ", batch norm" + self.residual * ", skips" + f", {self.criterion}"
        return f"{layers} {self.activation} network{parts}, {self.parameters} parameters"

    def init(self, seed: int = 0) -> np.ndarray:
        """Weights to start from, shape (parameters,): normal with mean 0; biases 0, gammas 1.

        The variance keeps signals alike from layer to layer: 2 / (inputs + outputs) for tanh
        (Glorot and Bengio 2010), 2 / inputs for relu (He et al. 2015). In layers with a skip it is
        divided by their number, since their outputs add up.
        """
        random = checks.generator(seed, stream=0)
        w = np.zeros(self.parameters)
        for (W, _, *gamma), skip in zip(self.unpack(w), self._skips, strict=True):
            n_out, n_in = W.shape
            variance = ACTIVATIONS[self.activation].variance(n_in, n_out)
            variance /= sum(self._skips) if skip else 1
            W[...] = random.normal(0, np.sqrt(variance), W.shape)
            for ones in gamma:
                ones[...] = 1
        return w

    def unpack(self, w: np.ndarray) -> list[tuple[np.ndarray, ...]]:
        """[(W_1, b_1), (W_2, b_2), ...] as views of w: writing into them changes w.

        W_k has shape (units, units before), b_k has shape (units, 1). A layer with batch norm has
        a third part, gamma_k, of b_k's shape.
        """
        w, layers, start = checks.weights(w, self.parameters), [], 0
        for shapes in self._shapes():
            layer = []
            for rows, columns in shapes:
                end = start + rows * columns
                layer.append(w[start:end].reshape(rows, columns))
                start = end
            layers.append(tuple(layer))
        return layers

    def pack(self, layers: Sequence[tuple[Any, ...]]) -> np.ndarray:
        """The flat vector of [(W_1, b_1), (W_2, b_2), ...], a copy."""
        flat = np.concatenate([np.ravel(part) for layer in layers for part in layer])
        return checks.weights(flat, self.parameters)

    def statistics(self, w: np.ndarray, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Mean and variance of every unit before batch norm, a pair per layer; without it [].

        At test time no answer may depend on the samples that come with it, so batch norm then uses
        the statistics of the whole training set under the weights as they are.
        """
        if not self.batch_norm:
            return []
        layers, x = self.unpack(w)[:-1], checks.inputs(x, self.sizes[0])
        _, memories = self._forward(layers, x)
        return [moments(W @ h) for (W, *_), (h, _) in zip(layers, memories, strict=True)]

    def scores(self, w: np.ndarray, x: np.ndarray, statistics: Sequence = ()) -> np.ndarray:
        """The last layer's z, shape (classes, n): the largest one names the class.

        Batch norm uses means and variances over x, as in training, or the `statistics` of others.
        """
        w, x = checks.weights(w, self.parameters), checks.inputs(x, self.sizes[0])
        return self._forward(self.unpack(w), x, statistics)[0]

    def loss(self, w: np.ndarray, x: np.ndarray, y: np.ndarray, statistics: Sequence = ()) -> Any:
        """The mean loss over the samples: one number, complex for complex w."""
        z = self.scores(w, x, statistics)
        return LOSSES[self.criterion](z, checks.labels(y, *z.shape[::-1]))[0]

    def accuracy(self, w: np.ndarray, x: np.ndarray, y: np.ndarray, statistics: Sequence = ()):
        """The share of samples whose largest score is at their label, from 0 to 1."""
        z = self.scores(w, x, statistics)
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

    def _shapes(self) -> list[list[tuple[int, int]]]:
        """The shapes of (W, b), or of (W, b, gamma), for each layer."""
        *inner, last = [[(n_out, n_in), (n_out, 1)] for n_in, n_out in self._layers()]
        return [*(shapes + shapes[1:] * self.batch_norm for shapes in inner), last]

    def _phi(self, k):
        return ACTIVATIONS[self.activation] if k > 0 else None

    def _forward(self, layers, x, statistics=()):
        """The last z, and what each layer keeps for the way back."""
        z, memories = x, []
        for k, weights in enumerate(layers):
            known = statistics[k] if k < len(statistics) else None
            z, memory = layer(z, weights, self._phi(k), self._skips[k], known, self.eps)
            memories.append(memory)
        return z, memories

    def _backpropagate(self, w, x, y):
        """The chain rule from the last layer to the first, with d the slope dL/dz_k.

        Each layer leaves the slopes of its weights behind and hands d on to the layer before it.
        """
        layers, slopes = self.unpack(w), []
        z, memories = self._forward(layers, x)
        loss, d = LOSSES[self.criterion](z, y)
        for k in reversed(range(len(layers))):
            d, found = layer_backward(d, memories[k], layers[k], self._phi(k), self._skips[k])
            slopes.append(found)
        return loss, np.concatenate([part.ravel() for found in slopes[::-1] for part in found])
