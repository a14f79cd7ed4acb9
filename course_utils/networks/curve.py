"""Many small networks side by side that fit one curve, the same to the last bit everywhere.

At the edge of stability a run magnifies the last bit of its numbers until it decides the next
swing. So these networks use +, -, *, / and square roots alone, whose last bits the standard of
floating point fixes, and no matrix products, whose last bits depend on the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..optimizers import ADAM, Optimizer, Rule
from . import checks
from .data import batches

STEP = 1e-30
LOOKS, FIRST_LOOKS = 3, 40


class CurveFit:
    """Networks with one input, one output and two hidden layers, fitted to points of a curve.

    The activation is phi(z) = z / sqrt(1 + z^2), the loss the mean of (output - y)^2 / 2. Copies of
    the network stand side by side on the last axis: w has shape (parameters, copies), and every
    hyper-parameter may have one value a copy. Methods take real or complex w.

    Attributes:
        x, y: the points, shape (n,).
        sizes: units per layer.
        parameters: weights of one copy.
    """

    def __init__(self, x: Any, y: Any, hidden: Sequence[int] = (10, 10)) -> None:
        """Describe the task.

        Raises:
            ValueError: x and y are not as many finite numbers, or a size is no whole number.
        """
        self.x, self.y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        if self.x.ndim != 1 or self.x.shape != self.y.shape or not self.x.size:
            raise ValueError(
                "A curve is given by its points, as many x as y, and here they have the shapes "
                f"{self.x.shape} and {self.y.shape}: pass two flat arrays of one length."
            )
        self.sizes = checks.layer_sizes((1, *hidden, 1))
        self.parameters = sum(n_out * (n_in + 1) for n_in, n_out in self._layers())

    def init(self, seeds: Iterable[int]) -> np.ndarray:
        """First weights, shape (parameters, copies), a copy a seed: uniform; biases 0.

        The variance is 2 / (inputs + outputs), as for tanh (Glorot and Bengio 2010).
        """
        draws = [checks.generator(seed, stream=0) for seed in seeds]
        w = np.zeros((self.parameters, len(draws)))
        for W, _ in self._unpack(w):
            n_out, n_in, _ = W.shape
            widest = np.sqrt(6 / (n_in + n_out))
            for copy, random in enumerate(draws):
                W[..., copy] = random.uniform(-widest, widest, (n_out, n_in))
        return w

    def outputs(self, w: np.ndarray, x: Any = None) -> np.ndarray:
        """What each copy makes of x (by default the points), shape (n, copies)."""
        x = self.x if x is None else np.asarray(x, dtype=float)
        return self._forward(self._unpack(w), x[None, :, None])[-1][0]

    def loss_and_gradient(self, w: np.ndarray, chosen: Any = None) -> tuple[Any, np.ndarray]:
        """The loss of each copy, shape (copies,), and its gradient, shape of w.

        ``chosen`` are the points that count, shape (batch, copies); by default all.
        """
        some = slice(None) if chosen is None else chosen
        x, y = (points[some].reshape(-1, 1 if chosen is None else w.shape[1]) for points in
                (self.x, self.y))  # fmt: skip
        layers = self._unpack(w)
        *h, z = self._forward(layers, x[None])
        error = z - y[None]
        loss, d = (error * error).sum(axis=(0, 1)) / (2 * len(x)), error / len(x)

        g = np.empty_like(w)
        slots = self._unpack(g)
        for k in reversed(range(len(layers))):
            (W, _), (dW, db) = layers[k], slots[k]
            dW[...] = (d[:, None] * h[k][None]).sum(axis=2)
            db[...] = d.sum(axis=1, keepdims=True)
            if k > 0:
                left = 1 - h[k] * h[k]  # the slope of phi is (1 - phi^2)^(3/2)
                d = (W[:, :, None] * d[:, None]).sum(axis=0) * left * np.sqrt(left)
        return loss, g

    def _layers(self) -> list[tuple[int, int]]:
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    def _unpack(self, w: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Views of w: W of shape (units, units before, copies), b of shape (units, 1, copies)."""
        layers, start = [], 0
        for n_in, n_out in self._layers():
            middle, end = start + n_out * n_in, start + n_out * (n_in + 1)
            parts = w[start:middle].reshape(n_out, n_in, -1), w[middle:end].reshape(n_out, 1, -1)
            layers.append(parts)
            start = end
        return layers

    def _forward(self, layers, x):
        """[h_0, h_1, ..., z], each of shape (units, samples, copies)."""
        h = [x]
        for k, (W, b) in enumerate(layers, start=1):
            z = (W[:, :, None] * h[-1][None]).sum(axis=1) + b
            h.append(z if k == len(layers) else z / np.sqrt(1 + z * z))
        return h


@dataclass(frozen=True, eq=False)
class Followed:
    """What was seen of a run; a copy that ran away has NaN or infinity from there on.

    Attributes:
        losses: before each step and after the last, shape (steps + 1, copies).
        at: the steps at which the sharpness was measured, shape (looks,).
        sharpness: the largest eigenvalue of the Hessian there, shape (looks, copies); for Adam that
            of P^-1 H with P = sqrt(s_hat) + eps, NaN before the first step.
        outputs: what the network makes of the points there, shape (looks, n, copies).
        w: last weights, shape (parameters, copies).
    """

    losses: np.ndarray
    at: np.ndarray
    sharpness: np.ndarray
    outputs: np.ndarray
    w: np.ndarray


def follow(
    fit: CurveFit,
    rule: Rule,
    seeds: Iterable[int],
    *,
    steps: int = 2000,
    every: int = 10,
    batch: int | None = None,
    **hyper: Any,
) -> Followed:
    """Train copies side by side and measure their sharpness on all points every so many steps.

    The sharpness comes from the power method, v <- H v / |H v|, which goes on from where it was at
    the last measurement. It is exact to a few in a hundred while another direction takes the lead,
    and to a few in a million otherwise.

    Args:
        fit: the task.
        rule: a rule whose kernel needs the gradient alone.
        seeds: a copy a seed; it decides the first weights and the mini-batches.
        steps: how many.
        every: steps between two measurements.
        batch: points in a mini-batch; by default all.
        **hyper: the rule's settings, each a number or an array with one number a copy.
    """
    seeds = list(seeds)
    alone = len(seeds) == 1  # a twin keeps the order in which NumPy adds, and so the last bit
    seeds = 2 * seeds if alone else seeds
    w = fit.init(seeds)
    step = rule.start(w, **hyper)
    v = np.random.default_rng(0).uniform(-1, 1, w.shape)
    losses, at = np.empty((steps + 1, len(seeds))), np.arange(0, steps + 1, every)
    sharpness = np.full((at.size, len(seeds)), np.nan)
    outputs = np.empty((at.size, fit.x.size, len(seeds)))
    chosen: Any = [None] * steps
    if batch is not None:
        epochs = steps // (fit.x.size // batch) + 1
        chosen = zip(*(batches(fit.x.size, batch, epochs, seed) for seed in seeds), strict=True)
        chosen = [np.stack(parts, axis=1) for parts, _ in zip(chosen, range(steps), strict=False)]

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for t in range(steps + 1):
            if t % every == 0:
                outputs[t // every] = fit.outputs(w)
            if t % every == 0 and (t or rule is not ADAM):
                root = np.sqrt(_divisor(step))
                for _ in range(LOOKS if t > every else FIRST_LOOKS):
                    slope = fit.loss_and_gradient(w + 1j * STEP * (v / root))[1]
                    turned = slope.imag / STEP / root
                    sharpness[t // every] = (v * turned).sum(axis=0) / (v * v).sum(axis=0)
                    v = turned / np.sqrt((turned * turned).sum(axis=0))
            losses[t], g = fit.loss_and_gradient(w)
            if t < steps:
                if batch is not None:
                    g = fit.loss_and_gradient(w, chosen[t])[1]
                step(g)
    keep = slice(0, 1) if alone else slice(None)
    return Followed(losses[:, keep], at, sharpness[:, keep], outputs[..., keep], w[:, keep])


def _divisor(step: Optimizer) -> Any:
    """What the gradient was divided by at the last step."""
    if step.rule is not ADAM:
        return 1.0
    beta2, eps = step.settings["beta2"], step.settings["eps"]
    return np.sqrt(step.memory["s"] / (1 - beta2**step.t)) + eps
