"""What computes truths of lesson 08's predictions."""

import numpy as np

from ... import theory
from ...descent import descend
from ...optimizers import ADAGRAD, ADAM, GRADIENT_DESCENT, MOMENTUM
from ...surfaces import ravine

# By whether the loss is higher after the turn, for rare words and for digits.
TURNED = {
    (True, True): "higher on both data sets",
    (True, False): "higher for rare words, not for digits",
    (False, True): "higher for digits, not for rare words",
    (False, False): "higher on neither: only the axes changed",
}


def winner_at_one_rate() -> str:
    """Whether the rule with the lowest loss after 60 steps is another one on a scaled loss."""
    rules, winners = (GRADIENT_DESCENT, MOMENTUM, ADAGRAD, ADAM), set()
    for scale in (1, 0.01):
        ends = [descend(ravine(25, c=scale), rule, lr=0.05, steps=60).losses[-1] for rule in rules]
        winners.add(int(np.argmin(ends)))
    same = "the same rule: it is the same valley"
    return same if len(winners) == 1 else "another rule than before"


def share_of_steps() -> float:
    """Steps of descent with the best scales at 22.5 degrees over those at 45, kappa = 100."""
    half, whole = (theory.best_scaled_kappa(100, np.radians(d)) for d in (22.5, 45))
    steps = [theory.steps_for(1e-3, ((k - 1) / (k + 1)) ** 2) for k in (half, whole)]
    return float(steps[0] / steps[1])


TRUTHS = {
    "08 one rate": winner_at_one_rate,
    "08 left at 45": lambda: float(theory.best_scaled_kappa(100, np.pi / 4)),
    "08 at 22.5": share_of_steps,
    "08 inverse": lambda: float(np.linalg.inv(ravine(100, np.pi / 4).hessian((0, 0)))[0, 0]),
    "08 inputs": lambda higher: TURNED[higher],
}
