"""The palette as styles of Matplotlib, and an empty canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..optimizers import Rule
from ..svg import palette
from ..svg.palette import INK, MUTED, tint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Lines(dict):
    """Looks by rule, or by word for what is no rule; a rule is also found under its name."""

    def __missing__(self, word: object) -> dict[str, Any]:
        for key, look in self.items():
            if isinstance(key, Rule) and key.name == word:
                return look
        raise KeyError(word)


LINES: dict[Rule | str, dict[str, Any]] = Lines(
    {
        line.what: {
            "color": line.light,
            "linestyle": (0, line.paper) if line.paper else "-",
            "marker": line.marker,
        }
        for line in palette.LINES.values()
    }
)

# Of words, in points: 11 pixels where a figure is 570 wide.
SIZE = 12.5

# What has this name (gid) is left out of the narrow form of a figure.
WIDE_ONLY = "wide only"
# And what has this one is seen in no other form than the narrow one.
NARROW_ONLY = "narrow only"

_RC = {
    "font.size": SIZE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "axes.titlesize": 13,
    "axes.titlelocation": "left",
    "lines.linewidth": 2.2,
    "font.family": "DejaVu Sans",
    "axes.unicode_minus": True,
}


# Of variants of one rule: dashes, so that their tints do not stand alone.
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (8, 2, 2, 2)), (0, (3, 1)))


def tints(name: str, n: int) -> list[dict[str, Any]]:
    """The looks of ``n`` variants of one rule, from dark to light: tints of its colour, and dashes.

    Raises:
        ValueError: there are more variants than dashes.
    """
    if n > len(_DASHES):
        raise ValueError(f"There are {len(_DASHES)} dashes, too few for {n} lines in one figure.")
    return [{"color": tint(name, k, n), "linestyle": dash} for k, dash in enumerate(_DASHES[:n])]


def canvas(
    columns: int = 1, width: float = 9.0, height: float = 4.0, rows: int = 1
) -> tuple[Figure, Any]:
    """An empty figure on white and its axes: one, or a list of them row by row.

    Args:
        columns, rows: how many axes side by side, and below each other.
        width, height: of the figure, in inches.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_RC):
        figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
    return figure, axes[0, 0] if axes.size == 1 else list(axes.flat)


def name_axes(ax: Axes, across: str, up: str, title: str = "") -> None:
    """Name both axes, and the panel."""
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    if title:
        ax.set_title(title)


def beside(panels: Sequence[Axes], up: str = "") -> None:
    """Let panels side by side share the numbers or names of their rows, and the name ``up``.

    They stand at the first panel alone, and in the narrow form at each that begins a row.
    """
    for ax in panels:
        ax.set_ylabel(up)
    for ax in panels[1:]:
        ax.yaxis.label.set(gid=NARROW_ONLY, visible=False)
        ax.tick_params(axis="y", which="both", labelleft=False)


def label_end(ax: Axes, x: float, y: float, words: str, color: str, **place: Any) -> None:
    """Write a word at the object that it names."""
    offset = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", **place}
    ax.annotate(words, (x, y), color=color, fontweight="bold", annotation_clip=False, **offset)
