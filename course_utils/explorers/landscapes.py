"""Two landscapes side by side: the loss around trained networks, and a slider for their depth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..svg import Picture
from .controls import Choice, Control, WholeSlider
from .explorer import Explorer
from .landscape_ground import ANGLES, KINDS, LEARNT, back, everything, landscape
from .landscape_ground import LEFT as GROUND

__all__ = ["GROUND", "Landscapes"]


class Landscapes(Explorer):
    """The loss of two networks on the disc of two random directions around their trained weights.

    Both have 16 units in each hidden layer and are trained alike on digits. The directions are
    filter-normalised: on the rim every unit has moved by its own length. Darker is lower, the bold
    line is where the loss is 1. The step turns a cut, whose losses stand on the right. A network
    is trained when it is first asked for and kept from then on.
    """

    goal = (
        "Find a depth at which the plain network keeps a loss below 1 on less than 1 % of its disc "
        "while skips keep more than 20 %; then one at which batch norm, on the left, keeps less "
        "than 1 %."
    )
    presets = {
        "Shallow": {"depth": 4},
        "Deep": {"depth": 16},
        "Batch norm helps": {"depth": 12, "right": "batch norm"},
        "Batch norm fails": {"depth": 24, "left": "batch norm", "right": "skips"},
        "With both": {"depth": 24, "right": "both"},
    }
    main_panel = GROUND
    last = ANGLES - 1

    def controls(self) -> dict[str, Control]:
        """Depth, the two kinds of network, and the seed."""
        kinds = list(KINDS)
        return {
            "depth": WholeSlider("depth: hidden layers", 12, 4, 24, 4, waits=True),
            "left": Choice("left", kinds, "plain"),
            "right": Choice("right", kinds, "skips"),
            "seed": WholeSlider("seed", 0, 0, 3, waits=True),
        }

    def shares(self) -> tuple[float, float]:
        """The shares of the two discs, left and right, on which the loss is below 1, per cent."""
        left, right = (landscape(kind, self.depth, self.seed) for kind in (self.left, self.right))
        return round(100 * left.area, 1), round(100 * right.area, 1)

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Two maps with a cut, and the losses along it."""
        return _picture(state["left"], state["right"], state["depth"], state["seed"])


@lru_cache(maxsize=64)
def _picture(left: str, right: str, depth: int, seed: int) -> Picture:
    shapes, tracks = everything(left, right, depth, seed)
    return Picture(
        960, 392,
        f"{left} and {right}, {depth} hidden layers",
        back(),
        shapes,
        tuple(tracks),
        _spoken(left, right, depth, seed),
    )  # fmt: skip


def _spoken(left: str, right: str, depth: int, seed: int) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers for every angle of the cut."""
    both = [landscape(kind, depth, seed) for kind in (left, right)]
    facts = [
        f"on the {place} ({kind}) the test accuracy is {100 * here.accuracy:.0f} %, the loss "
        f"{here.middle:.2g} in the middle and below {LEARNT:g} on {100 * here.area:.0f} % of the "
        "disc"
        for place, kind, here in zip(("left", "right"), (left, right), both, strict=True)
    ]
    sentence = (
        f"With {depth} hidden layers, seed {seed}: {facts[0]}; {facts[1]}. Along the cut at "
        f"{{0}}° the loss is below {LEARNT:g} on a length of {{1}} on the left and {{2}} on the "
        "right, of 2."
    )
    columns = [[f"{180 * k / ANGLES:g}" for k in range(ANGLES)]]
    columns += [[f"{length:.2f}" for length in here.lengths] for here in both]
    return sentence, columns
