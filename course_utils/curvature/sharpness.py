"""Sharpness, the largest eigenvalue of the Hessian, as it is and as Adam's divisor leaves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .hessian import hessian, hessian_vector

Gradient = Callable[[np.ndarray], np.ndarray]

SMALL = 40
TOLERANCE = 1e-7


def sharpness(gradient: Gradient, w: Any, scale: Any = None) -> float:
    """The largest eigenvalue of the Hessian at w, or of P^-1 H with P = diag(scale).

    Args, errors and source as for `largest_eigenvalues`.
    """
    return float(largest_eigenvalues(gradient, w, 1, scale)[0])


def largest_eigenvalues(
    gradient: Gradient, w: Any, count: int = 1, scale: Any = None
) -> np.ndarray:
    """The ``count`` largest eigenvalues of the Hessian at w, falling, by Lanczos's method.

    It asks for products H v alone, some twenty for the first eigenvalue, each for the price of one
    gradient in complex numbers. The vector that it starts from is always the same, so results
    repeat. A Hessian of at most 40 rows is written out instead.

    Args:
        gradient: the gradient as a function of weights, shape (n,), real or complex.
        w: weights, shape (n,).
        count: how many eigenvalues, at least 1 and at most n.
        scale: positive numbers, shape (n,): the eigenvalues are then those of P^-1 H with
            P = diag(scale). They are found on P^-1/2 H P^-1/2, which has the same ones and is
            symmetric. For Adam see `adam_scale`.

    Returns:
        Eigenvalues, shape (count,), in units of the loss over those of the weights squared, and
        over those of ``scale``.

    Raises:
        ImportError: SciPy is missing and n is above 40.
        ValueError: w is not finite, ``count`` does not fit, or ``scale`` is not positive.
        ArithmeticError: the Hessian is not finite, or Lanczos's method finds no end.

    Source: Lanczos, Journal of Research of the National Bureau of Standards 45 (1950), 255-282, as
    in ARPACK (Lehoucq, Sorensen and Yang 1998), which SciPy calls.
    """
    w = np.asarray(w, dtype=float)
    _check(w, count)
    root = np.ones(w.size) if scale is None else _root(scale, w.size)
    if w.size <= SMALL or count >= w.size:
        H = hessian(gradient, w) / np.outer(root, root)
        return np.linalg.eigvalsh(_finite(H))[::-1][:count]
    linalg = _sparse()

    def product(v):
        return _finite(hessian_vector(gradient, w, v.ravel() / root) / root)

    H = linalg.LinearOperator((w.size, w.size), matvec=product, dtype=float)
    start = np.random.default_rng(0).normal(size=w.size)
    try:
        found = linalg.eigsh(
            H, count, which="LA", v0=start, tol=TOLERANCE, return_eigenvectors=False
        )
    except linalg.ArpackNoConvergence as problem:
        raise ArithmeticError(
            f"Lanczos's method has not separated the {count} largest eigenvalues from the rest, "
            "which happens if many of them are equal: ask for fewer."
        ) from problem
    return np.sort(found)[::-1]


def adam_scale(s: Any, t: int, *, beta2: float = 0.999, eps: float = 1e-8) -> np.ndarray:
    """What Adam's step t + 1 would divide by, if s stood still: sqrt(s_hat) + eps, shape of s.

    Args:
        s: second moment after t steps, not corrected.
        t: steps made, at least 1.
        beta2: share of the second moment that is kept.
        eps: as in Adam.

    With P = diag(adam_scale(...)), Adam with frozen P is averaged momentum on a loss whose Hessian
    is P^-1 H, so that it runs away where an eigenvalue of P^-1 H passes
    2 (1 + beta1) / ((1 - beta1) lr), which is 38 / lr at beta1 = 0.9.

    Raises:
        ValueError: no step has been made.

    Source: Cohen et al., arXiv:2207.14484 (2022), section 3; their P also holds the factor
    1 - beta1^t, which soon is 1.
    """
    if t < 1:
        raise ValueError(
            "Before its first step Adam has seen no gradient and divides by nothing: pass t >= 1."
        )
    return np.sqrt(np.asarray(s, dtype=float) / (1 - beta2**t)) + eps


def _check(w: np.ndarray, count: Any) -> None:
    if w.ndim != 1 or not np.isfinite(w).all():
        raise ValueError(
            "Curvature is asked for at finite weights, one flat vector, and these are not: take "
            "weights from before the run went astray."
        )
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
        raise ValueError(f"count is a whole number, not {count!r}: pass for instance count=1.")
    if not 1 <= count <= w.size:
        raise ValueError(
            f"A Hessian of {w.size} weights has {w.size} eigenvalues, and count is {count}: pass a "
            f"number from 1 to {w.size}."
        )


def _root(scale: Any, n: int) -> np.ndarray:
    scale = np.asarray(scale, dtype=float)
    if scale.shape != (n,) or not (np.isfinite(scale).all() and scale.min() > 0):
        raise ValueError(
            f"A scale is one positive number for each of the {n} weights, and this one is not: "
            "with Adam's, pass eps > 0."
        )
    return np.sqrt(scale)


def _finite(values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise ArithmeticError(
            "The Hessian holds NaN or infinity at these weights: take weights from before the run "
            "went astray."
        )
    return values


def _sparse() -> Any:
    try:
        from scipy.sparse import linalg
    except ImportError as problem:
        raise ImportError(
            "The eigenvalues of a large Hessian are found with SciPy, which comes with "
            "scikit-learn and is missing here: install scikit-learn into this environment and "
            "restart the kernel."
        ) from problem
    return linalg
