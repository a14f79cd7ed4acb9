"""Muon: momentum whose step is a matrix with all its singular values brought near to one."""

from __future__ import annotations

from typing import Any

import numpy as np

from .averages import ema
from .rule import Rule

# Those of Muon's authors: a slope of 3.44 at 0 lifts small singular values quickly, at the price
# that even large ones end anywhere between about 0.68 and 1.2, not at 1.
QUINTIC = (3.4445, -4.7750, 2.0315)
# The polynomial with value 1 and slope 0 at 1: singular values converge to 1, quadratically.
CUBIC = (1.5, -0.5, 0.0)
# Muon's own: a gradient of 0 is divided by it and gives no step.
SMALLEST = 1e-7


def spectral_descent(w, g, *, lr):
    """w <- w - lr U V^T, where U diag(s) V^T is the singular value decomposition of g.

    Args:
        w: weights, a matrix of shape (rows, columns); changed in place.
        g: gradient at ``w``, same shape.
        lr: learning rate: the spectral norm of every step.

    Source: Carlson et al., NeurIPS 2015; Bernstein and Newhouse, arXiv:2409.20325,
    without the factor that is the sum of the singular values.

    >>> w = np.zeros((2, 2))
    >>> spectral_descent(w, np.array([[3.0, 0.0], [0.0, 0.1]]), lr=0.5)
    >>> print(abs(w).round(6))
    [[0.5 0. ]
     [0.  0.5]]
    """
    w -= lr * polar_factor(g)


def muon(w, g, v, *, lr, beta):
    """v <- beta v + (1 - beta) g, w <- w - lr tall O, O = newton_schulz(beta v + (1 - beta) g).

    With tall = sqrt(max(1, rows / columns)).

    Args:
        w: weights, a matrix of shape (rows, columns); changed in place.
        g: gradient at ``w``, same shape.
        v: average of the gradients, same shape, zero before the first step; changed in place.
        lr: learning rate: about the spectral norm of every step, times tall.
        beta: share of the average that is kept, 0 <= beta < 1.

    Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024, and
    muon_update in the repository KellerJordan/Muon, with its look ahead.

    >>> w, v = np.zeros((2, 2)), np.zeros((2, 2))
    >>> muon(w, np.diag([2.0, 1.0]), v, lr=1.0, beta=0.5)
    >>> print(v)
    [[1.  0. ]
     [0.  0.5]]
    >>> print(np.linalg.norm(w, 2).round(1))
    1.1
    """
    ema(v, g, beta=beta)
    tall = np.sqrt(max(1, w.shape[0] / w.shape[1]))
    w -= lr * tall * newton_schulz(beta * v + (1 - beta) * g)


def newton_schulz(
    g: Any, steps: int = 5, coefficients: tuple[float, float, float] = QUINTIC
) -> Any:
    """Near to the polar factor of ``g``, by products of matrices alone.

    X starts as g over the root of its sum of squares, so that no singular value is above 1, and
    becomes a X + b X X^T X + c (X X^T)^2 X in every step.

    Args:
        g: a matrix of shape (rows, columns).
        steps: how many.
        coefficients: (a, b, c). Those of Muon are quick and do not converge to 1; those of the
            cubic, 3/2, -1/2 and 0, do.

    Source: Kovarik, SIAM J. Numer. Anal. 7 (1970), 386-389; Bjorck and Bowie, ibid. 8 (1971),
    358-364, for the cubic.

    >>> print(newton_schulz(np.diag([3.0, 4.0]), steps=20, coefficients=CUBIC).round(3))
    [[1. 0.]
     [0. 1.]]
    """
    X = g / (np.sqrt(np.sum(g**2)) + SMALLEST)
    # X X^T is the smaller of the two products if there are no more rows than columns.
    wide = X.shape[0] <= X.shape[1]
    X = X if wide else X.T
    for _ in range(steps):
        X = odd_polynomial(X, *coefficients)
    return X if wide else X.T


def odd_polynomial(X: Any, a: Any, b: Any, c: Any) -> Any:
    """a X + b X X^T X + c (X X^T)^2 X: each singular value s becomes a s + b s^3 + c s^5.

    >>> print(odd_polynomial(np.diag([1.0, 0.5]), *CUBIC))
    [[1.     0.    ]
     [0.     0.6875]]
    """
    A = X @ X.T
    return a * X + (b * A + c * A @ A) @ X


def polar_factor(g: Any) -> np.ndarray:
    """U V^T of the singular value decomposition g = U diag(s) V^T, shape of ``g``.

    Directions whose singular value is 0, up to rounding, are left out.

    >>> print(polar_factor(np.array([[0.0, -3.0], [0.1, 0.0]])).round(6) + 0.0)
    [[ 0. -1.]
     [ 1.  0.]]
    """
    U, s, Vt = np.linalg.svd(g, full_matrices=False)
    # Rounding leaves about 1e-16 times the size and the largest of a singular value 0; this is well
    # above. With `tiny` the matrix 0 has no direction at all.
    there = s > 1e-14 * max(g.shape) * max(s.max(initial=0.0), np.finfo(float).tiny)
    return (U * there) @ Vt


SPECTRAL_DESCENT = Rule(
    name="spectral descent",
    kernel=spectral_descent,
    matrices=True,
    convention="no memory; every step has the spectral norm lr",
    source="Carlson et al., NeurIPS 2015; Bernstein and Newhouse, arXiv:2409.20325",
)

MUON = Rule(
    name="Muon",
    kernel=muon,
    matrices=True,
    defaults={"beta": 0.95},
    convention="an average with a look ahead, then five quintic steps of Newton and Schulz",
    source="Jordan et al. 2024; the repository KellerJordan/Muon",
)
