"""What the report says of the descents and the map, from their numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .report import table
from .targets import Target, duration, number

MANY = 10_000
COLUMNS = ("bare loop", "torch", "torch autograd", "optax jit loop", "optax scan")
MAP = ("eigenvalues by NumPy", "eigenvalues by torch")
PLOTS = {"descents": "time of 200 steps in two dimensions, by rule and library"}
TARGETS = (
    Target("given", "200 Adam steps of one point, `torch.optim` with given gradients over ours", 4),
    Target("autograd", "200 Adam steps of one point, `torch.optim` with autograd over ours", 12),
    Target("many", f"200 Adam steps of {MANY:,} points, `torch.optim` with given gradients over "
           "ours", 1),
    Target("map", "the map of the rate over (η, β), 200×200", 50, " ms", at_least=False),
)  # fmt: skip
SOURCES = {"given": (1, "torch"), "autograd": (1, "torch autograd"), "many": (MANY, "torch")}


def ratios(result: dict[str, Any], count: int, name: str) -> dict[str, float]:
    """By rule, how often our time goes into somebody's."""
    return {
        row["rule"]: row["contestants"][name]["times_ours"][1]
        for row in rows(result, "descent", count)
        if name in row["contestants"] and row["steps"] == 200
    }


def rows(result: dict[str, Any], what: str, count: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows of one kind, for so many points."""
    for row in result["rows"]:
        if row["what"] == what and count in (None, row["count"]):
            yield row


def measured(result: dict[str, Any]) -> dict[str, float | None]:
    """For every target its number."""
    found = {key: ratios(result, *where).get("Adam") for key, where in SOURCES.items()}
    for row in rows(result, "map", 200 * 200):
        found["map"] = row["contestants"]["ours"]["seconds"][1] * 1e3
    return found


def notes(result: dict[str, Any]) -> dict[str, str]:
    """The ratios of the other rules, and where a limit is missed, where the time goes."""
    words, numbers = {}, measured(result)
    for target in TARGETS[:3]:
        count, name = SOURCES[target.key]
        found = {n: x for n, x in ratios(result, count, name).items() if n != "Adam"}
        words[target.key] = ", ".join(f"{rule} {number(x)}×" for rule, x in found.items())
        if target.met(numbers[target.key]) is False:
            words[target.key] += ". " + explanation(result, "Adam", count)
    return words


def explanation(result: dict[str, Any], rule: str, count: int) -> str:
    """How the time of a descent divides."""
    own = next(p for p in result["profile"] if p["rule"] == rule and p["count"] == count)["parts"]
    row = next(r for r in rows(result, "descent", count) if r["rule"] == rule)
    bare = row["contestants"]["bare loop"]["times_ours"][1]
    parts = ", ".join(f"{name} {duration(x)}" for name, x in own.items() if name != "whole")
    return (
        f"Of {rule}'s {duration(own['whole'])}: {parts}. A bare loop takes {number(100 * bare)} % "
        "of it; the rest looks after settings and every loss"
    )


def section(result: dict[str, Any]) -> str:
    """The tables."""
    lines = []
    for count in sorted({row["count"] for row in rows(result, "descent")}):
        own = list(rows(result, "descent", count))
        points = "one point" if count == 1 else f"{count:,} points"
        lines.append(
            f"{own[0]['steps']} steps of {points}, the path kept: time, and how often ours goes "
            "into it.\n"
        )
        cells = [[row["rule"], *_cells(row, COLUMNS)] for row in own]
        lines.append(table(["rule", "ours", *COLUMNS], cells))
    for row in rows(result, "map"):
        side = round(row["count"] ** 0.5)
        lines.append(f"The rate of momentum over (η, β), {side}×{side}.\n")
        lines.append(table(["ours, by formula", *MAP], [_cells(row, MAP)]))
    if result["compiled"]:
        seconds = [entry["seconds"] for entry in result["compiled"]]
        low, high = duration(min(seconds)), duration(max(seconds))
        lines.append(f"Compiling, which optax does once, took {low} to {high} and is not in it.\n")
    return "\n".join(lines)


def _cells(row: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    own = row["contestants"]
    return [duration(own["ours"]["seconds"][1])] + [
        f"{duration(own[n]['seconds'][1])}, {number(own[n]['times_ours'][1])}×" if n in own else ""
        for n in names
    ]


def plots(result: dict[str, Any]) -> dict[str, Any]:
    """A mark for every rule and library, one panel for each number of points."""
    from .charts import figure, legend_below

    colours = ("#0072b2", "#56b4e9", "#d55e00", "#cc79a7", "#009e73", "#777777")
    counts = sorted({row["count"] for row in rows(result, "descent")})
    fig, axes = figure(len(counts), 1, (5.2, 4.2))
    for ax, count in zip(axes.flat, counts, strict=True):
        own = list(rows(result, "descent", count))
        for i, (name, colour) in enumerate(zip(("ours", *COLUMNS), colours, strict=True)):
            there = [k for k, row in enumerate(own) if name in row["contestants"]]
            if there:
                times = [own[k]["contestants"][name]["seconds"] for k in there]
                low, middle, high = np.array(times).T * 1e3
                at, bar = np.array(there) + (i - 2.5) * 0.1, (middle - low, high - middle)
                ax.errorbar(at, middle, bar,
                            fmt="oDsv<>"[i], ms=6, color=colour, label=name)  # fmt: skip
        ax.set_xticks(range(len(own)), [row["rule"] for row in own])
        ax.set(yscale="log", ylabel="milliseconds")
        ax.set_title("one point" if count == 1 else f"{count:,} points")
        ax.grid(False, axis="x")
    legend_below(fig, axes[0, -1], 6)
    return {"descents": fig}
