"""What computes truths of lesson 08's predictions."""

from typing import Any

import numpy as np

from ... import theory
from ...descent import descend
from ...optimizers import ADAGRAD, ADAM, GRADIENT_DESCENT, MOMENTUM
from ...surfaces import ravine


def winner_at_one_rate() -> str:
    """Whether the rule with the lowest loss after 60 steps is another one on a scaled loss."""
    rules, winners = (GRADIENT_DESCENT, MOMENTUM, ADAGRAD, ADAM), set()
    for scale in (1, 0.01):
        ends = [descend(ravine(25, c=scale), rule, lr=0.05, steps=60).losses[-1] for rule in rules]
        winners.add(int(np.argmin(ends)))
    same = "the same rule: it is the same valley"
    return same if len(winners) == 1 else "another rule than before"


def of_turned_pixels(loss: Any) -> str:
    """In words how the loss on turned pixels compares with that on straight ones, a ratio."""
    if abs(loss.low - 1) < 1e-6 and abs(loss.high - 1) < 1e-6:
        return "the same to the last digit"
    if loss.low <= 1:
        return "changed, and not higher"
    return "higher, by less than half" if loss.effect < 1.5 else "more than 1.5 times as high"


TRUTHS = {
    "08 one rate": winner_at_one_rate,
    "08 left at 45": lambda: float(theory.best_scaled_kappa(100, np.pi / 4)),
    "08 inverse": lambda: float(np.linalg.inv(ravine(100, np.pi / 4).hessian((0, 0)))[0, 0]),
    "08 pixels": of_turned_pixels,
}
