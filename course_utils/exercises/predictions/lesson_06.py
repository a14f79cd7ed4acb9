"""What computes truths of lesson 06's predictions."""

from ... import theory
from ...descent import descend
from ...optimizers import RMSPROP
from ...surfaces import ravine


def late_step() -> float:
    """The length of RMSProp's step along w1 after a thousand steps."""
    run = descend(ravine(25), RMSPROP, lr=0.2, steps=1001)
    return float(abs(run.positions[1001, 0] - run.positions[1000, 0]))


TRUTHS = {
    "06 last step": late_step,
    "06 first step": lambda: float(theory.rmsprop_first_step(0.9)),
}
