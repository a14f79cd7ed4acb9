"""Trained networks, and the loss around them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ...curvature import plane, random_directions
from ...networks import Network, digits, one_thread, train
from ...optimizers import MOMENTUM

KINDS = {
    "plain": {},
    "skips": {"residual": True},
    "batch norm": {"batch_norm": True},
    "both": {"batch_norm": True, "residual": True},
}
WIDTH, RATE, EPOCHS, BATCH, SAMPLES = 16, 0.03, 10, 128, 200
ANGLES, RADII = 24, np.linspace(0, 1, 11)
LEARNT = 1.0


@dataclass(frozen=True, eq=False)
class Landscape:
    """A trained network and the loss around it.

    Attributes:
        losses: on the disc of all weights w + a across + b up with a^2 + b^2 <= 1, the two
            directions filter-normalised; shape (angles, radii), half a turn of angles, with radii
            from -1 to 1 along each.
        middle: the loss at the trained weights.
        accuracy: share of the test set read right.
    """

    losses: np.ndarray
    middle: float
    accuracy: float

    @cached_property
    def below(self) -> np.ndarray:
        """Where along each cut, at the places ``FINE``, the loss is below 1, by interpolation."""
        logs = np.log(self.losses / LEARNT)
        return np.array([np.interp(FINE, LINE, row) < 0 for row in logs])

    @property
    def area(self) -> float:
        """The share of the disc on which the loss is below 1."""
        return float((self.below @ np.abs(FINE)).mean() / np.abs(FINE).sum())

    @property
    def lengths(self) -> np.ndarray:
        """For every angle the length of the cut on which the loss is below 1, of 2."""
        return 2 * self.below.mean(axis=1)


LINE, FINE = np.concatenate([-RADII[:0:-1], RADII]), np.linspace(-1, 1, 801)
TURN = np.pi * np.arange(ANGLES) / ANGLES


@lru_cache(maxsize=128)
def landscape(kind: str, depth: int, seed: int) -> Landscape:
    """Train a network of ``depth`` hidden layers on digits and walk around it."""
    data = digits()
    network = Network((64, *[WIDTH] * depth, 10), "relu", **KINDS[kind])
    run = train(network, MOMENTUM, data, lr=RATE, epochs=EPOCHS, batch=BATCH, seed=seed)
    x, y = data.x_train[:, :SAMPLES], data.y_train[:SAMPLES]
    across, up = random_directions(run.w, network.unpack, 2, seed)

    def loss(w):
        return network.loss(w, x, y)

    with one_thread():
        rows = [
            plane(loss, run.w, np.cos(a) * across + np.sin(a) * up, up, LINE, [0.0])[0]
            for a in TURN
        ]
    return Landscape(np.clip(rows, 1e-4, 1e4), float(loss(run.w)), float(run.accuracies[-1]))


def on_a_grid(losses: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Losses at the points of a square grid, between those known on the disc, kept beyond it."""
    a, b = np.meshgrid(at, at)
    turn = np.arctan2(b, a) / np.pi * ANGLES % (2 * ANGLES)
    out = np.minimum(np.hypot(a, b), 1) * (len(RADII) - 1)
    logs, middle = np.log(losses), len(RADII) - 1
    whole = np.vstack([logs[:, middle:], logs[:, middle::-1], logs[:1, middle:]])
    i, j = np.floor(turn).astype(int), np.minimum(np.floor(out).astype(int), middle - 1)
    s, t = turn - i, out - j
    near = (1 - s) * whole[i, j] + s * whole[i + 1, j]
    far = (1 - s) * whole[i, j + 1] + s * whole[i + 1, j + 1]
    return np.exp((1 - t) * near + t * far)
