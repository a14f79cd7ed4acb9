"""What the exercises of lesson 08 need: what the best scales leave, and Hessians to try it on."""

from __future__ import annotations

import numpy as np

from ...surfaces import ravine

# Along the axes of neither, with entries of both signs beside the diagonal, and one in no ravine
HESSIANS = (
    (ravine(100, np.radians(10)).hessian((0, 0)),),
    (ravine(25, np.pi / 4).hessian((0, 0)),),
    (ravine(9, np.radians(-30), 3.0).hessian((0, 0)),),
    (np.array([[4.0, 1.0], [1.0, 0.5]]),),
)


def left_over(H: np.ndarray) -> float:
    """The condition number of a Hessian whose weights have their best scales."""
    d = 1 / np.sqrt(np.diag(H))
    low, high = np.linalg.eigvalsh(d[:, None] * H * d)
    return float(high / low)


def one_sided(H: np.ndarray) -> float:
    """The condition number with the rows scaled and not the columns."""
    return float(np.linalg.cond(H / np.diag(H)[:, None]))
