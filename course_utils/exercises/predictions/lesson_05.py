"""What computes truths of lesson 05's predictions."""

import numpy as np

from ... import theory
from ...descent import descend
from ...optimizers import MOMENTUM
from ...surfaces import ravine


def first_to_arrive() -> str:
    """Of four memories at one learning rate the one that settles first."""
    memories = (0.0, 0.8, 0.95, 0.99)
    runs = [descend(ravine(100), MOMENTUM, lr=0.01, beta=b, steps=2400) for b in memories]
    return f"β = {memories[int(np.argmin([run.settles_at(1e-6) for run in runs]))]:g}"


def slower_with_memory() -> float:
    """Steps for a factor of a thousand at ηλ = 0.9, with β = 0.9 over without."""
    factors = theory.momentum_rate(0.9, 0.9, 1), abs(1 - 0.9)
    return float(np.divide(*[theory.steps_for(1e-3, factor) for factor in factors]))


TRUTHS = {
    "05 more memory": first_to_arrive,
    "05 best beta": lambda: float(theory.best_momentum(100, 1)[1]),
    "05 limit": lambda: float(theory.momentum_limit(0.9, 1) / theory.descent_limit(1)),
    "05 damps": slower_with_memory,
}
