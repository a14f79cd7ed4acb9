"""Preconditioned descent: a gradient divided by a matrix, not weight by weight.

AdaGrad and RMSProp divide by the root of a diagonal. Here the whole matrix is kept: one for all
weights, or one for the rows of a weight matrix and one for its columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .newton import solve
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
    """
    L += g @ g.T
    R += g.T @ g
    w -= lr * inverse_root(L, 4, eps) @ g @ inverse_root(R, 4, eps)


def outer(g: Any) -> Any:
    """g g^T, shape (n, n, *batch) for a g of shape (n, *batch)."""
    return g[:, None] * g[None, :]


def identity(S: Any) -> np.ndarray:
    """The identity that can be added to a matrix S of shape (n, n, *batch)."""
    return np.eye(len(S), dtype=int).reshape(*S.shape[:2], *[1] * (S.ndim - 2))


def root(S: Any) -> Any:
    """The symmetric root of a symmetric S without negative eigenvalues, shape (n, n, *batch).

    Floats go by eigenvectors. Two weights of symbols or exact numbers go by the closed form
    (S + d I) / sqrt(tr S + 2 d) with d = sqrt(det S).
    """
    S = np.asanyarray(S)
    if S.dtype.kind == "O":
        a, b, c = S[0, 0, ...], S[0, 1, ...], S[1, 1, ...]
        d = np.sqrt(a * c - b * b)
        return (S + d * identity(S)) / np.sqrt(a + c + 2 * d)
    values, vectors = np.linalg.eigh(np.moveaxis(S, (0, 1), (-2, -1)))
    scaled = vectors * np.sqrt(np.maximum(values, 0))[..., None, :]
    return np.moveaxis(scaled @ np.swapaxes(vectors, -2, -1), (-2, -1), (0, 1))


def inverse_root(S: Any, order: int, eps: float) -> np.ndarray:
    """(S + eps I)^(-1/order) of a symmetric S without negative eigenvalues, shape (n, n)."""
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
    defaults={"eps": 1e-8},
    shapes={"L": lambda shape: (shape[0], shape[0]), "R": lambda shape: (shape[1], shape[1])},
    convention="sums for rows and columns, each to the power -1/4; eps inside the roots",
    source="Gupta, Koren and Singer, ICML 2018, arXiv:1802.09568, algorithm 1",
)
