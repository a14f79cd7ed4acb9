"""Names at the ends of curves, which never lie on each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .end_name import EndName

# From one name to the next, in sizes of the letters; from a curve to its name, in points.
LINE, AWAY = 1.2, 12


def label_ends(
    ax: Axes, ends: Iterable[tuple[str, float, float, str]], column: bool = False
) -> None:
    """Write names right of the ends of curves, apart from each other in every size of the figure.

    A thin line leads from each name to its end.

    Args:
        ax: where the curves are.
        ends: for each curve its name, the x and y of its end, and its colour.
        column: whether all names stand right of the axes, and not each right of its end.
    """
    from .end_name import EndName

    names: list[EndName] = []
    for words, x, y, color in ends:
        names.append(EndName(ax, words, (x, y), color, names, column))
        ax.add_artist(names[-1])
        # Beside the axes: the figure makes room for what is not clipped.
        names[-1].set_clip_on(False)


def apart(places: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Places at least ``gap`` from each other, as near to the wanted ones as that allows.

    Of all such places those with the least sum of squares (isotonic regression, by pooling those
    that would change their order), moved together to where all lie between ``low`` and ``high``.
    """
    order = np.argsort(places, kind="stable")
    wanted = np.clip(np.asarray(places, dtype=float)[order], low, high) - gap * np.arange(
        len(order)
    )
    pools: list[list[float]] = []
    for place in wanted:
        pools.append([place])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    level = np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools])
    found = level + gap * np.arange(len(order))
    found += max(low - found[0], 0) + min(high - max(found[-1], low + gap * (len(order) - 1)), 0)
    back = np.empty_like(found)
    back[order] = found
    return back
