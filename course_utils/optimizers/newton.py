"""Newton's method and its kin: rules that know the curvature.

Their kernels take the Hessian ``H`` after the gradient. Where it gives no step, as where it is
singular, they say so by `NoStep`; in a batch only those trajectories become NaN that have none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .rule import NoStep, Rule


def newton(w, g, H):
    """w <- w - H^-1 g: to the flat point of the quadratic that touches the surface at w.

    Args:
        w: weights, shape (n, *batch); changed in place.
        g: gradient at ``w``, same shape.
        H: Hessian at ``w``, shape (n, n, *batch).

    Raises:
        NoStep: the Hessian is singular.

    Source: Nocedal and Wright, Numerical Optimization, 2006, section 3.3.

    >>> w = np.array([2.0, -10.0])
    >>> newton(w, np.array([50.0, -10.0]), np.array([[25.0, 0.0], [0.0, 1.0]]))
    >>> print(w)
    [0. 0.]
    """
    w -= solve(H, g)


def damped_newton(w, g, H, *, mu):
    """w <- w - (H + mu I)^-1 g: Newton's step for a small mu, gradient descent by 1/mu for a large.

    Args and errors as for `newton`.
        mu: curvature that is added in every direction, 0 <= mu. The step leads downhill for certain
            if mu is above minus the lowest curvature.

    Source: Levenberg, Quarterly of Applied Mathematics 2 (1944), 164-168; for Hessians Goldfeld,
    Quandt and Trotter, Econometrica 34 (1966), 541-551.

    >>> w = np.array([2.0, -10.0])
    >>> damped_newton(w, np.array([50.0, -10.0]), np.array([[25.0, 0.0], [0.0, 1.0]]), mu=1.0)
    >>> print(w.round(3))
    [ 0.077 -5.   ]
    """
    w -= solve(H + mu * identity(H), g)


def saddle_free_newton(w, g, H):
    """w <- w - |H|^-1 g, where |H| has the eigenvectors of H and the sizes of its eigenvalues.

    Args and errors as for `newton`.

    Source: Dauphin et al., NeurIPS 2014, algorithm 1, without its damping and its subspace.

    >>> w = np.array([2.0, 0.5])
    >>> saddle_free_newton(w, np.array([2.0, -0.5]), np.array([[1.0, 0.0], [0.0, -1.0]]))
    >>> print(w)
    [0. 1.]
    """
    curvatures, axes = _eigen(H)
    sizes = _nowhere_zero(np.abs(curvatures))
    along = np.sum(axes * g[:, None], axis=0)
    w -= np.sum(axes * (along / sizes), axis=1)


# `np.where` computes both of its branches: where the second one is taken, the first one gets the
# identity to solve, and a step of no length is divided by 1.
def guarded_newton(w, g, H, *, lr, bound):
    """Newton's step where the surface curves up in every direction, else a bounded gradient step.

    Args and errors as for `newton`.
        lr: learning rate of the gradient step w <- w - lr g.
        bound: the largest length of that step; a longer one is shortened to it.

    >>> w = np.array([2.0, 0.5])
    >>> guarded_newton(w, np.array([3.0, -4.0]), np.diag([1.0, -1.0]), lr=1.0, bound=0.5)
    >>> print(w)
    [1.7 0.9]
    """
    curves_up = _eigen(H)[0].min(axis=0) > 0
    length = lr * np.sqrt(np.sum(g * g, axis=0))
    downhill = lr * g * np.minimum(1, bound / np.where(length > 0, length, 1))
    inviting = np.where(curves_up, H, identity(H))
    w -= np.where(curves_up, solve(inviting, g), downhill)


def exact_line_search(w, g, H):
    """w <- w - (g.g / g.Hg) g: along the gradient to the lowest point of the quadratic.

    Args as for `newton`.

    Raises:
        NoStep: the surface does not curve up along the gradient, so nothing is lowest.

    Source: Cauchy 1847; Nocedal and Wright, Numerical Optimization, 2006, section 3.3.

    >>> w = np.array([1.0, 3.0])
    >>> exact_line_search(w, np.array([3.0, 3.0]), np.array([[3.0, 0.0], [0.0, 1.0]]))
    >>> print(w)
    [-0.5  1.5]
    """
    w -= exact_step(g, H) * g


def exact_step(g: Any, H: Any) -> Any:
    """The learning rate of the exact line search, g.g / g.Hg; 0 where there is no gradient.

    Args:
        g: gradient, shape (n, *batch).
        H: Hessian, shape (n, n, *batch).

    Raises:
        NoStep: the surface does not curve up along the gradient anywhere in the batch.

    >>> print(exact_step(np.array([3.0, 3.0]), np.array([[3.0, 0.0], [0.0, 1.0]])))
    0.5
    """
    g, H = np.asanyarray(g), np.asanyarray(H)
    squared = np.sum(g * g, axis=0)
    curvature = np.sum(g * np.sum(H * g, axis=1), axis=0)
    # Without a gradient 0/1 is the step, not 0/0.
    curvature = np.where(np.asarray(squared == 0, dtype=bool), 1, curvature)
    if curvature.dtype.kind == "f":
        curvature = _defined(curvature, ~(curvature <= 0), _NOTHING_LOWEST)
    return squared / curvature


def solve(H: Any, g: Any) -> Any:
    """The x with H x = g.

    Two weights are solved in closed form, so that this works on symbols and exact fractions too.

    Args:
        H: matrix, shape (n, n, *batch).
        g: right-hand side, shape (n, *batch).

    Raises:
        NoStep: H is singular everywhere in the batch.

    >>> print(solve(np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([2.0, 2.0])))
    [1.  0.5]
    """
    H, g = np.asanyarray(H), np.asanyarray(g)
    # Cramer's rule: NumPy's solver knows floats alone, and this one symbols and fractions.
    if len(g) == 2:
        (a, b), (c, d) = H
        x = np.stack([d * g[0] - b * g[1], a * g[1] - c * g[0]])
        determinant = a * d - b * c
        singular = _zero(determinant, abs(a * d) + abs(b * c))
        return x / _defined(determinant, ~singular, _SINGULAR)
    matrices, columns = np.moveaxis(H, (0, 1), (-2, -1)), np.moveaxis(g, 0, -1)[..., None]
    try:
        return np.moveaxis(np.linalg.solve(matrices, columns)[..., 0], -1, 0)
    except np.linalg.LinAlgError:
        raise NoStep(_SINGULAR) from None


def identity(H: Any) -> np.ndarray:
    """The identity that can be added to a matrix H of shape (n, n, *batch).

    >>> print(identity(np.ones((2, 2, 3))).shape)
    (2, 2, 1)
    """
    n = len(H)
    # Whole numbers, so that exact fractions and symbols stay exact when it is added to them.
    return np.eye(n, dtype=int).reshape(n, n, *[1] * (np.ndim(H) - 2))


_SINGULAR = (
    "The Hessian is singular: in some direction there is no curvature to divide by. Take another "
    "point, or damped_newton with mu above 0."
)
_NOTHING_LOWEST = (
    "The surface does not curve up along the gradient, so no point on that line is lowest. Take a "
    "step of a given length, as gradient_descent does."
)


def _zero(x: Any, scale: Any) -> np.ndarray:
    """Where ``x`` is zero: floats up to the rounding of ``scale``, symbols exactly."""
    if np.asarray(x).dtype.kind == "f":
        # The determinant of a singular matrix of floats is rounded to at most 2.7e-16 of its two
        # products, in 200,000 random ones; a larger one is taken as it is.
        return abs(x) <= 4e-16 * scale
    return np.asarray(x == 0, dtype=bool)


def _defined(x: Any, defined: Any, why: str) -> Any:
    """``x`` with NaN where it is not defined."""
    if not np.any(defined):
        raise NoStep(why)
    return x if np.all(defined) else np.where(defined, x, np.nan)


def _nowhere_zero(sizes: Any) -> Any:
    """Sizes of curvatures, with NaN where one of them is zero."""
    return _defined(sizes, ~_zero(sizes.min(axis=0), sizes.max(axis=0)), _SINGULAR)


def _eigen(H: Any) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, shape (n, *batch), and eigenvectors as columns, shape (n, n, *batch)."""
    # A matrix with NaN would make `eigh` fail for the whole batch: it gets the identity.
    known = np.isfinite(H).all(axis=(0, 1))
    matrices = np.moveaxis(np.where(known, H, identity(H)), (0, 1), (-2, -1))
    values, vectors = np.linalg.eigh(matrices)
    return np.moveaxis(values, -1, 0), np.moveaxis(vectors, (-2, -1), (0, 1))


NEWTON = Rule(
    name="Newton",
    kernel=newton,
    convention="no memory, no learning rate; needs the Hessian",
    source="Nocedal and Wright, Numerical Optimization, 2006, section 3.3",
)

DAMPED_NEWTON = Rule(
    name="damped Newton",
    kernel=damped_newton,
    defaults={"mu": 1.0},
    convention="no memory; mu is added to every curvature; needs the Hessian",
    source="Levenberg 1944; Goldfeld, Quandt and Trotter 1966",
)

SADDLE_FREE_NEWTON = Rule(
    name="saddle-free Newton",
    kernel=saddle_free_newton,
    convention="no memory, no learning rate; every curvature counts by its size",
    source="Dauphin et al., NeurIPS 2014, algorithm 1",
)

GUARDED_NEWTON = Rule(
    name="guarded Newton",
    kernel=guarded_newton,
    defaults={"bound": 1.0},
    convention="no memory; Newton's step where all curvatures are positive, else lr g up to bound",
    source="this course, after the article that it answers",
)

EXACT_LINE_SEARCH = Rule(
    name="exact line search",
    kernel=exact_line_search,
    convention="no memory; gradient descent whose rate is g.g / g.Hg; needs the Hessian",
    source="Cauchy 1847; Nocedal and Wright, Numerical Optimization, 2006, section 3.3",
)
