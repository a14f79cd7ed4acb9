"""The learning-rate range test: one short training in which the learning rate keeps rising."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..optimizers import Rule, anneal, geometric, smoothed
from .data import Data, batches_per_epoch
from .network import Network
from .training import train

# A mini-batch's loss jumps about; an average over some ten of them can be read.
SMOOTHING = 0.9
# Four times the lowest loss is what the usual implementations call blown up.
BLOWN = 4.0


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What a range test has shown.

    Attributes:
        lrs: the learning rate of each step, rising, shape (steps,).
        losses: loss of each mini-batch before its step, shape (steps,); NaN once the run was lost.
    """

    lrs: np.ndarray
    losses: np.ndarray

    @cached_property
    def smooth(self) -> np.ndarray:
        """The losses averaged with memory, bias corrected, shape (steps,)."""
        return smoothed(self.losses, beta=SMOOTHING, corrected=True)

    @property
    def turn(self) -> float:
        """The learning rate at which the smoothed loss is lowest, and from which it rises."""
        return float(self.lrs[np.nanargmin(self.smooth)])

    @property
    def blown(self) -> float:
        """The first learning rate after the turn with four times the lowest loss, else infinity."""
        after = np.arange(self.lrs.size) > np.nanargmin(self.smooth)
        high = ~(self.smooth <= BLOWN * np.nanmin(self.smooth))  # NaN is high, too
        return float(self.lrs[after & high][0]) if np.any(after & high) else float("inf")

    def __repr__(self) -> str:
        """Range, turn and end in a sentence."""
        end = f", and {BLOWN:g} times as high at {self.blown:.3g}" if self.blown < np.inf else ""
        return (
            f"{self.lrs.size} steps from lr = {self.lrs[0]:.3g} to {self.lrs[-1]:.3g}: the "
            f"smoothed loss is lowest at {self.turn:.3g}{end}"
        )


def range_test(
    network: Network,
    rule: Rule,
    data: Data,
    *,
    first: float = 1e-3,
    last: float = 10.0,
    straight: bool = False,
    epochs: int = 5,
    batch: int = 64,
    seed: int = 0,
    w: Any = None,
    **hyper: Any,
) -> RangeTest:
    """Train once while the learning rate rises from step to step, and keep the losses.

    Args:
        network, rule, data: as for `train`.
        first, last: the learning rates of the first and the last step.
        straight: whether it rises in a straight line, as Smith lets it; else by the same factor
            each step, so that no power of ten is passed over.
        epochs, batch, seed, w: as for `train`.
        **hyper: the rule's other settings.

    Returns:
        Learning rates and losses. What the turn says and what it does not is derived in
        `course_utils.theory.ramps`.

    Raises:
        TypeError, ValueError: as for `train`; also if the learning rate does not rise.

    Source: Smith, WACV 2017, arXiv:1506.01186, section 3.3, who looks at the accuracy.
    """
    if not 0 < first < last:
        raise ValueError(
            f"A range test goes up from a learning rate above 0, and this one from {first} to "
            f"{last}: write for instance first=1e-3, last=10."
        )
    steps = epochs * batches_per_epoch(data.y_train.size, batch)
    ramp = (anneal if straight else geometric)(first, last, steps)
    run = train(network, rule, data, lr=ramp, epochs=epochs, batch=batch, seed=seed, w=w, **hyper)
    lrs = np.array([ramp(t) for t in range(1, steps + 1)])
    lrs.flags.writeable = False
    return RangeTest(lrs, run.batch_losses)
