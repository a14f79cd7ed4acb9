"""All explorers, as code cells, on a few pages that each hold the same rivals."""

from __future__ import annotations

from dataclasses import dataclass

from .page_rivals import LONG, USUAL

IMPORT = "from course_utils.explorers import "


@dataclass(frozen=True)
class Shown:
    """An explorer on a page.

    Attributes:
        name: its name.
        source: the cell that shows it.
        warm: presses before those that count; more where a place computes something for good.
        without: a slider that is left out, since another one would then have new places again.
        press: a button to press in place of sliders.
        plays: whether there is something to play.
    """

    name: str
    source: str
    warm: int = 1
    without: str = ""
    press: str = ""
    plays: bool = True


def shown(name: str, warm: int = 1, without: str = "") -> Shown:
    """An explorer as it opens."""
    return Shown(name, f"{IMPORT}{name}\n{name}()", warm, without)


WALKING = Shown(
    "FirstSteps, walking",
    f"{IMPORT}FirstSteps\nFirstSteps()",
    press="Go to next w1, w2",
    plays=False,
)
RACING = Shown(
    "FirstSteps, racing",
    f"{IMPORT}FirstSteps, along_the_arrow\nFirstSteps(walk=along_the_arrow(9), reveal=True)",
)
LONGER = Shown(
    "TurnedAxes, 300 steps",
    """
from course_utils.explorers import turned_axes

turned_axes.LAST = turned_axes.model.LAST = 300

class Longer(turned_axes.TurnedAxes):
    last = 300

Longer()
""",
)
PAGES: dict[str, tuple[str, tuple[Shown, ...]]] = {
    "descents": (
        USUAL,
        (*map(shown, ("Damping", "RateMap", "TwoMemories", "NewtonArrows")), WALKING, RACING),
    ),
    "statistics": (
        USUAL,
        tuple(map(shown, ("Memory", "Cycle", "Cloud", "Rescaling", "SpuriousFeatures"))),
    ),
    "networks": (
        USUAL,
        (shown("Edge"), shown("Landscapes", 9, "seed"), shown("Budget"), shown("Wells", 20)),
    ),
    "long": (LONG, tuple(map(shown, ("ZigZag", "FailingSequence", "TurnedAxes")))),
    "longest": (LONG, (LONGER,)),
}
QUICK = {"descents": (USUAL, (shown("Damping"),))}


def names() -> set[str]:
    """The explorers that are measured."""
    return {one.name.partition(",")[0] for _, all_shown in PAGES.values() for one in all_shown}
