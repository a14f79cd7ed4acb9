"""What computes truths of lesson 05's predictions."""

import numpy as np

from ... import theory


def slower_with_memory() -> float:
    """Steps for a factor of a thousand at ηλ = 0.9, with β = 0.9 over without."""
    factors = theory.momentum_rate(0.9, 0.9, 1), abs(1 - 0.9)
    return float(np.divide(*[theory.steps_for(1e-3, factor) for factor in factors]))


TRUTHS = {
    "05 best beta": lambda: float(theory.best_momentum(100, 1)[1]),
    "05 limit": lambda: float(theory.momentum_limit(0.9, 1) / theory.descent_limit(1)),
    "05 damps": slower_with_memory,
}
