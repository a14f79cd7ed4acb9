"""What computes truths of lesson 03's predictions."""

import numpy as np

from ... import theory

TRUTHS = {
    "03 noise": lambda: float(np.sqrt(theory.ema_variance(0.9))),
    "03 powers of p": lambda: 0.9 / (1 - 0.9),
    "03 last ten": lambda: float(100 * theory.ema_mass(0.9, 10)),
    "03 sum settles": lambda: theory.window(0.9),
    "03 bias": lambda: float(theory.bias_steps(0.999)),
}
