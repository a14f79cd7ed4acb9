"""Simulated annealing: a random search that needs no gradient and sometimes accepts to climb."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def metropolis(
    x: np.ndarray,
    height: Callable[[np.ndarray], np.ndarray],
    draw: np.random.Generator,
    *,
    temperature: float,
    width: float,
) -> np.ndarray:
    """One step of the Metropolis rule: propose a random place, accept it with min(1, exp(-dE/T)).

    Args:
        x: places, any shape, each a search of its own; changed in place.
        height: the energy, or loss, of an array of places.
        draw: where the chances come from.
        temperature: T; at a high one nearly every climb is accepted, near 0 none.
        width: standard deviation of the proposed moves.

    Returns:
        Which proposals were accepted, shape of ``x``. Called with a falling temperature it is
        simulated annealing.

    Source: Metropolis et al., J. Chem. Phys. 21 (1953), 1087-1092; Kirkpatrick, Gelatt and Vecchi,
    Science 220 (1983), 671-680.

    >>> x, draw = np.zeros(3), np.random.default_rng(0)
    >>> print(metropolis(x, np.abs, draw, temperature=1e-9, width=0.1), x)
    [False False False] [0. 0. 0.]
    >>> print(metropolis(x, np.abs, draw, temperature=1e9, width=0.1))
    [ True  True  True]
    """
    proposal = x + width * draw.normal(size=x.shape)
    climb = np.maximum(height(proposal) - height(x), 0)
    accepted = draw.random(x.shape) < np.exp(-climb / temperature)
    x[accepted] = proposal[accepted]
    return accepted
