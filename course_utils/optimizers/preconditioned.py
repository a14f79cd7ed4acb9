"""Preconditioned descent: a gradient divided by a matrix, not weight by weight.

AdaGrad and RMSProp divide by the root of a diagonal. Here the whole matrix is kept: one for all
weights, or one for the rows of a weight matrix and one for its columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .newton import identity, solve
from .rule import Rule


def full_adagrad(w, g, S, *, lr, eps):
    """S <- S + g g^T, then w <- w - lr (S^(1/2) + eps I)^-1 g.

    Args:
        w: weights, shape (n, *batch); changed in place.
        g: gradient at ``w``, same shape.
        S: sum of the outer products of the gradients, shape (n, n, *batch), zero before the first
            step; changed in place. Its diagonal is the memory of `adagrad`.
        lr: learning rate: the length of the first step.
        eps: keeps the division possible, 0 < eps; in units of the gradient.

    Source: Duchi, Hazan and Singer, JMLR 12 (2011), 2121-2159, figure 1 with a full matrix.

    >>> w, S = np.zeros(2), np.zeros((2, 2))
    >>> full_adagrad(w, np.array([3.0, 4.0]), S, lr=1.0, eps=1e-6)
    >>> print(w.round(3))
    [-0.6 -0.8]
    >>> print(S)
    [[ 9. 12.]
     [12. 16.]]
    """
    S += outer(g)
    w -= lr * solve(root(S) + eps * identity(S), g)


def shampoo(w, g, L, R, *, lr, eps):
    """L <- L + g g^T, R <- R + g^T g, w <- w - lr (L + eps I)^(-1/4) g (R + eps I)^(-1/4).

    Args:
        w: weights, a matrix of shape (rows, columns); changed in place.
        g: gradient at ``w``, same shape.
        L: what the rows of the gradients have in common, shape (rows, rows), zero before the first
            step; changed in place.
        R: the same of the columns, shape (columns, columns).
        lr: learning rate.
        eps: keeps the division possible, 0 < eps; in units of the gradient squared.

    Source: Gupta, Koren and Singer, ICML 2018, arXiv:1802.09568, algorithm 1.

    >>> w, L, R = np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2))
    >>> shampoo(w, np.diag([3.0, 0.1]), L, R, lr=1.0, eps=1e-8)
    >>> print(w.round(3) + 0.0)
    [[-1.  0.]
     [ 0. -1.]]
    """
    L += g @ g.T
    R += g.T @ g
    w -= lr * inverse_root(L, 4, eps) @ g @ inverse_root(R, 4, eps)


def outer(g: Any) -> Any:
    """g g^T, shape (n, n, *batch) for a g of shape (n, *batch).

    >>> print(outer(np.array([1.0, 2.0])))
    [[1. 2.]
     [2. 4.]]
    """
    return g[:, None] * g[None, :]


def root(S: Any) -> Any:
    """The symmetric root of a symmetric S without negative eigenvalues, shape (n, n, *batch).

    Floats go by eigenvectors. Two weights of symbols or exact numbers go by the closed form
    (S + d I) / sqrt(tr S + 2 d) with d = sqrt(det S).

    >>> print(root(np.diag([9.0, 4.0])))
    [[3. 0.]
     [0. 2.]]
    """
    S = np.asanyarray(S)
    # NumPy's `eigh` knows floats alone.
    if S.dtype.kind == "O":
        a, b, c = S[0, 0, ...], S[0, 1, ...], S[1, 1, ...]
        d = np.sqrt(a * c - b * b)
        return (S + d * identity(S)) / np.sqrt(a + c + 2 * d)
    values, vectors = np.linalg.eigh(np.moveaxis(S, (0, 1), (-2, -1)))
    # An eigenvalue 0 may come out as -1e-17, and its root as NaN.
    scaled = vectors * np.sqrt(np.maximum(values, 0))[..., None, :]
    return np.moveaxis(scaled @ np.swapaxes(vectors, -2, -1), (-2, -1), (0, 1))


def inverse_root(S: Any, order: int, eps: float) -> np.ndarray:
    """(S + eps I)^(-1/order) of a symmetric S without negative eigenvalues, shape (n, n).

    >>> print(inverse_root(np.diag([16.0, 81.0]), 4, eps=0.0).round(3))
    [[0.5   0.   ]
     [0.    0.333]]
    """
    values, vectors = np.linalg.eigh(S)
    return vectors * (np.maximum(values, 0) + eps) ** (-1 / order) @ vectors.T


FULL_ADAGRAD = Rule(
    name="full-matrix AdaGrad",
    kernel=full_adagrad,
    defaults={"eps": 1e-6},
    shapes={"S": lambda shape: (shape[0], *shape)},
    convention="a sum of outer products; eps outside the root",
    source="Duchi, Hazan and Singer, JMLR 12 (2011), 2121-2159, figure 1",
)

SHAMPOO = Rule(
    name="Shampoo",
    kernel=shampoo,
    matrices=True,
    defaults={"eps": 1e-8},
    shapes={"L": lambda shape: (shape[0], shape[0]), "R": lambda shape: (shape[1], shape[1])},
    convention="sums for rows and columns, each to the power -1/4; eps inside the roots",
    source="Gupta, Koren and Singer, ICML 2018, arXiv:1802.09568, algorithm 1",
)
