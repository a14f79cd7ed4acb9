"""What a search over a grid of settings has found, and whether the grid was wide enough."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def best_of_grid(scores: Mapping[float, float], *, end: str = "") -> float:
    """The setting with the lowest score, if the grid reaches beyond it on both sides.

    A best value at the end of a grid is not a best value: the next one might be better still.
    Settings that tie with one inside the grid count as inside. A score that is no number, of a
    run that was lost, is the worst there is.

    Args:
        scores: setting to score, for instance learning rate to median loss; at least three.
        end: why the end of this grid is a border that cannot be passed, in words that the lesson
            says too; empty if it is not.

    Raises:
        ValueError: the lowest score stands at an end of the grid, and ``end`` gives no reason.

    >>> best_of_grid({0.01: 0.5, 0.1: 0.2, 1.0: 0.9})
    0.1
    """
    grid = sorted(scores)
    if len(grid) < 3:
        raise ValueError(f"A grid has at least three settings, and this one has {len(grid)}.")
    values = np.array([scores[setting] for setting in grid], dtype=float)
    values[np.isnan(values)] = np.inf
    lowest = np.flatnonzero(values == values.min())
    inside = lowest[(lowest > 0) & (lowest < len(grid) - 1)]
    if len(inside):
        return grid[inside[0]]
    if not end:
        side, more = ("first", "smaller") if lowest[0] == 0 else ("last", "larger")
        raise ValueError(
            f"The best of these settings, {grid[lowest[0]]:g}, is the {side} of its grid: "
            f"try {more} ones as well before you call it the best."
        )
    return grid[lowest[0]]
