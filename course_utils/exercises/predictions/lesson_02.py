"""What computes truths of lesson 02's predictions."""

import numpy as np

from ... import theory
from ...descent import descend
from ...optimizers import GRADIENT_DESCENT
from ...surfaces import ravine, saddle_well


def newton_angle() -> float:
    """Degrees between −g and Newton's step where the lesson stands."""
    surface, place = ravine(kappa=25), np.array([2.0, -10.0])
    return float(theory.newton_angle(surface.gradient(place), surface.hessian(place)))


def inverse() -> float:
    """First entry of the inverse of the Hessian of the ravine, turned by 45 degrees."""
    return float(np.linalg.inv(ravine(kappa=25, theta=np.pi / 4).hessian((0.0, 0.0)))[0, 0])


def leaves_the_saddle() -> int:
    """Steps from a millionth beside the saddle until half way to a well."""
    run = descend(saddle_well(), GRADIENT_DESCENT, start=(1.5, 1e-6), lr=0.1, steps=400)
    return int(np.argmax(np.abs(run.positions[:, 1]) > 0.5))


TRUTHS = {
    "02 newton angle": newton_angle,
    "02 inverse": inverse,
    "02 leaving a saddle": leaves_the_saddle,
    "02 exabytes": lambda: theory.hessian_entries(10**9) * 4 / 1e18,
}
