"""What the report says of growth, from its numbers alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from .fits import Growth
from .report import table
from .targets import Target, duration, number

TARGETS: tuple[Target, ...] = ()
PLOTS = {"growth": "cost against steps, trajectories, weights and layers, with the fitted powers"}
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")


def measured(result: dict[str, Any]) -> dict[str, float | None]:
    """No limits are set on growth."""
    return {}


def section(result: dict[str, Any]) -> str:
    """The fits as a table, and each in words."""
    lines = [
        "Fitted: seconds = flat + each · size^power, by least squares of relative deviations.\n"
    ]
    cells, words = [], []
    for row in result["rows"]:
        grown, largest = Growth(**row["fit"]), row["sizes"][-1]
        turn = "" if grown.turn < 1 else number(float(f"{grown.turn:.2g}"))
        cells.append([row["case"], f"{row['size']}, {row['sizes'][0]} to {largest:,}",
                      duration(grown.flat), turn, number(grown.power),
                      f"{number(100 * grown.off)} %"])  # fmt: skip
        why = grown.sentence(row["size"], largest, row["power"], row["why"])
        words.append(f"- {row['case']}: {why}")
    head = ["case", "size", "flat", "growth takes over at", "power", "worst deviation"]
    return "\n".join([*lines, table(head, cells), *words]) + "\n"


def plots(result: dict[str, Any]) -> dict[str, Any]:
    """One panel for each kind of size, points with their quartiles over the fitted line."""
    from .charts import figure

    kinds = list(dict.fromkeys(row["size"] for row in result["rows"]))
    fig, axes = figure(2, -(-len(kinds) // 2))
    for ax, kind in zip(axes.flat, kinds, strict=False):
        own = [row for row in result["rows"] if row["size"] == kind]
        for row, colour in zip(own, COLOURS, strict=False):
            low, middle, high = np.array(row["seconds"]).T * 1e3
            sizes, grown = np.array(row["sizes"], dtype=float), Growth(**row["fit"])
            ax.errorbar(sizes, middle, (middle - low, high - middle), fmt="o", ms=4, color=colour)
            along = np.geomspace(sizes[0], sizes[-1], 100)
            label = f"{row['case']}: power {number(grown.power)}"
            ax.plot(along, grown(along) * 1e3, color=colour, lw=1.2, label=label)
        ax.set(xscale="log", yscale="log", xlabel=kind, ylabel="milliseconds")
        low, high = ax.get_ylim()
        ax.set_ylim(low, high ** (1 + 0.1 * len(own)) * low ** (-0.1 * len(own)))
        ax.legend(fontsize=8, loc="upper left", frameon=False)
    return {"growth": fig}
