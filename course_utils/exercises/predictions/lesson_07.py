"""What computes truths of lesson 07's predictions."""

import numpy as np

from ... import theory
from ...optimizers import RMSPROP


def inside_shortens(gradient: float = 1e-8, eps: float = 1e-8) -> float:
    """Adam's first step with ε outside the root, over the one with ε inside."""
    outside, inside = gradient / (gradient + eps), gradient / (gradient**2 + eps) ** 0.5
    return outside / inside


def steady_step(gradient: float = 100.0, steps: int = 500) -> float:
    """RMSProp's last step under a gradient that stays the same, in units of the rate."""
    w = np.zeros(1)
    step = RMSPROP.start(w, lr=1.0, rho=0.9, eps=1e-8)
    for _ in range(steps):
        before = w[0]
        step(np.array([gradient]))
    return float(before - w[0])


TRUTHS = {
    "07 remember averages": lambda: (1 - 0.9) * 5,
    "07 remember RMSProp": steady_step,
    "07 peak": lambda: theory.uncorrected_peak(0.9, 0.999)[0],
    "07 fades": lambda: float(theory.bias_steps(0.999)),
    "07 bound": lambda: float(theory.adam_bound(0.9, 0.999)),
    "07 inside": inside_shortens,
}
