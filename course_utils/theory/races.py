"""What a budget of trials buys: the best of k settings that were drawn at random.

The n trials of a search are taken for the whole pool, and a search with a smaller budget draws k of
them without putting any back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np


def none_of(n: int, k: Any) -> np.ndarray:
    """The chance that k draws from n leave out c of them, for c = 0, ..., n.

    It is C(n - c, k) / C(n, k). Budgets above n count as n.

    Returns:
        Shape (n + 1,), or (n + 1, len(k)) for several budgets.

    >>> print(none_of(4, 2).round(3))
    [1.    0.5   0.167 0.    0.   ]
    """
    k = np.minimum(np.asarray(k, dtype=int), n)
    return _none_of(n, tuple(k.ravel().tolist())).reshape(n + 1, *k.shape)


# `win_chances` asks for one n and one row of budgets again for each pair of rules.
@lru_cache(maxsize=64)
def _none_of(n: int, budgets: tuple[int, ...]) -> np.ndarray:
    """The same for a row of budgets, draw after draw."""
    k, left = np.array(budgets, dtype=int), n - np.arange(n + 1)[:, None]
    chance = np.ones((n + 1, k.size))
    for i in range(max(budgets, default=0)):
        # Factor by factor: the binomials themselves overflow floats from some thousand trials on.
        chance *= np.where(i < k, np.maximum(left - i, 0) / (n - i), 1)
    # The cache hands out one array to all: none of them may change it.
    chance.flags.writeable = False
    return chance


def best_of_weights(n: int, k: Any) -> np.ndarray:
    """The chance that the best of k draws from n is the one of rank 1, ..., n; k is at least 1.

    The weight of rank r is C(n - r, k - 1) / C(n, k): r is drawn and none of the r - 1 better ones.

    Source: Tang et al., ACL 2020, arXiv:2004.13705, the estimator without replacement.

    >>> print(best_of_weights(4, 2)[:3].round(3))
    [0.5   0.333 0.167]
    """
    return -np.diff(none_of(n, k), axis=0)


def best_of(values: Any, k: Any) -> np.ndarray:
    """The smallest of k values drawn from these without replacement, on average.

    Args:
        values: results of n trials, lower is better, shape (n,).
        k: budgets of at least 1, a number or shape (m,).

    Raises:
        ValueError: there is no value, or a budget below 1.

    >>> print(best_of([1.0, 2.0, 3.0], 1), round(best_of([1.0, 2.0, 3.0], 2), 3))
    2.0 1.333
    """
    values = np.sort(np.asarray(values, dtype=float))
    if values.size == 0 or np.min(k) < 1:
        raise ValueError("The best of k needs at least one trial and a budget of at least 1.")
    return values @ best_of_weights(values.size, k)


# `searchsorted` on the right: an equal result of another rule is a draw, which nobody wins.
def win_chances(values: Any, budgets: Any) -> np.ndarray:
    """How often each rule comes first, if every rule draws its budget from these trials.

    Exact for that: k of a rule's n trials without replacement, each rule by itself. What a new
    race would say, with new trials, it only estimates, and with a large scatter: at k = n/2 the n
    trials hold two disjoint draws and no more. Nor does it keep the luck that rules share in a
    trial. Lesson 13 counts new races beside it.

    Args:
        values: for each rule the results of its trials, lower is better; the numbers of trials may
            differ.
        budgets: trials a rule, one number, or shape (rules, m).

    Returns:
        Shape (rules,) or (rules, m). What is missing to 1 is the chance of a draw between rules.

    >>> print(win_chances([[1.0, 4.0], [2.0, 3.0]], 1))
    [0.5 0.5]
    """
    values = [np.sort(np.asarray(v, dtype=float)) for v in values]
    budgets = np.asarray(budgets)
    shape = budgets.shape[1:] if budgets.ndim > 1 else ()
    budgets = np.broadcast_to(budgets, (len(values), *shape))
    beaten = [none_of(v.size, k) for v, k in zip(values, budgets, strict=True)]
    chances = []
    for i, own in enumerate(values):
        share = best_of_weights(own.size, budgets[i])
        for j, other in enumerate(values):
            if j != i:
                share = share * beaten[j][np.searchsorted(other, own, side="right")]
        chances.append(share.sum(axis=0))
    return np.array(chances)
