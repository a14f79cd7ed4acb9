"""What the report says of the kernels, from their numbers alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .report import table
from .targets import Target, duration, number

RULES = ("momentum", "RMSProp", "Adam")
SHOWN = ("gradient descent", *RULES)
COLUMNS = ("naive NumPy", "torch", "torch foreach", "torch fused", "optax jit", "memory limit")
LARGE = (10**6, 10**7)
PLOTS = {"kernels": "time of one step for each weight, by rule and by number of weights"}


def powers(n: int) -> str:
    """A size as a power of ten, if it is one."""
    exponent = round(np.log10(n))
    small = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{small}" if 10**exponent == n and n >= 1000 else str(n)


TARGETS = tuple(
    Target(f"{key} {n} {dtype}", f"{words}, the worst of {', '.join(RULES)}: {powers(n)} weights, "
           f"{dtype}", limit, at_least=at_least)
    for n in LARGE for dtype in ("float64", "float32")
    for key, words, limit, at_least in (
        ("torch", "one step, `torch.optim`'s default over ours", 1.0, True),
        ("memory", "one step, ours over the memory limit", 4.0, False),
    )
)  # fmt: skip


def find(result: dict[str, Any], **wanted: Any) -> Iterator[dict[str, Any]]:
    """The rows with these values."""
    for row in result["rows"]:
        if all(row[key] == x for key, x in wanted.items()):
            yield row


def measured(result: dict[str, Any]) -> dict[str, float | None]:
    """For every target the ratio of the rule that keeps it worst."""
    return {
        key: (min if key.startswith("torch") else max)(found.values()) if found else None
        for key, found in _ratios(result).items()
    }


def notes(result: dict[str, Any]) -> dict[str, str]:
    """All three ratios, and where a limit is missed, what the profile says."""
    words = {}
    worst, limits = measured(result), {t.key: t for t in TARGETS}
    for key, found in _ratios(result).items():
        words[key] = ", ".join(f"{rule} {number(x)}×" for rule, x in found.items())
        if limits[key].met(worst[key]) is False:
            _, n, dtype = key.split()
            choose = min if key.startswith("torch") else max
            rule = choose(found, key=found.get)
            words[key] += ". " + explanation(result, rule, int(n), dtype)
    return words


def _ratios(result: dict[str, Any]) -> dict[str, dict[str, float]]:
    """By target and rule, the median ratio."""
    out: dict[str, dict[str, float]] = {target.key: {} for target in TARGETS}
    for row in result["rows"]:
        if row["rule"] not in RULES or row["n"] not in LARGE:
            continue
        for key, name in (("torch", "torch"), ("memory", "memory limit")):
            if name in row["contestants"]:
                times = row["contestants"][name]["times_ours"][1]
                value = times if key == "torch" else 1 / times
                out[f"{key} {row['n']} {row['dtype']}"][row["rule"]] = value
    return out


def explanation(result: dict[str, Any], rule: str, n: int, dtype: str) -> str:
    """Where a step's time goes: how much of it its operations take in a cache."""
    row = next(find(result, rule=rule, n=n, dtype=dtype))
    own = next(p for p in result["profile"] if p["rule"] == rule and p["dtype"] == dtype)
    step = row["contestants"]["ours"]["seconds"][1] / n * 1e9
    spent, count = sum(own["nanoseconds"].values()), sum(own["operations"].values())
    most = sorted(own["nanoseconds"].items(), key=lambda item: -item[1])[:2]
    parts = ", ".join(f"{name} {number(x)}" for name, x in most)
    return (
        f"A step of {rule} takes {number(step)} ns a weight, of which its {count} operations need "
        f"{number(spent)} ns even on arrays that are in a cache ({parts}): a kernel that reads "
        "like its equation passes over its arrays once an operation"
    )


def section(result: dict[str, Any]) -> str:
    """The tables."""
    lines = []
    for dtype in ("float64", "float32"):
        rows = [r for name in SHOWN for r in find(result, rule=name, dtype=dtype)]
        head = ["rule", "weights", "ours", *COLUMNS]
        cells = [[r["rule"], powers(r["n"]), *_cells(r, True)] for r in rows]
        lines += [f"The course's four rules, {dtype}: time, and how often ours goes into it.\n"]
        lines += [table(head, cells)]
    sizes = sorted({row["n"] for row in result["rows"]})
    for n in (n for n in (10**3, 10**6) if n in sizes):
        rows = find(result, n=n, dtype="float64")
        lines += [f"All rules, {powers(n)} weights, float64: our time, and its share in theirs.\n"]
        cells = [[row["rule"], *_cells(row, False)] for row in rows]
        lines += [table(["rule", "ours", *COLUMNS], cells)]
    return "\n".join(lines)


def _cells(row: dict[str, Any], times: bool) -> list[str]:
    own = row["contestants"]
    cells = [duration(own["ours"]["seconds"][1])]
    for name in COLUMNS:
        if name not in own:
            cells.append("")
            continue
        share = f"{number(own[name]['times_ours'][1])}×"
        cells.append(f"{duration(own[name]['seconds'][1])}, {share}" if times else share)
    return cells


def plots(result: dict[str, Any]) -> dict[str, Any]:
    """Nanoseconds a weight against the number of weights, one panel a rule."""
    from .charts import COLOURS, figure, legend_below

    fig, axes = figure(2, 2)
    for ax, rule in zip(axes.flat, SHOWN, strict=True):
        rows = list(find(result, rule=rule, dtype="float64"))
        for name, colour in COLOURS.items():
            seen = [(r["n"], r["contestants"][name]) for r in rows if name in r["contestants"]]
            if seen:
                low, middle, high = np.array([c["seconds"] for _, c in seen]).T
                n = np.array([n for n, _ in seen])
                width = 2.2 if name == "ours" else 1.2
                dash = "--" if name == "memory limit" else "-"
                ax.fill_between(n, low / n * 1e9, high / n * 1e9, color=colour, alpha=0.2, lw=0)
                ax.plot(n, middle / n * 1e9, dash, marker="o", ms=3, lw=width, color=colour,
                        label=name)  # fmt: skip
        ax.set(xscale="log", yscale="log", title=rule)
        ax.set(xlabel="weights", ylabel="nanoseconds a weight")
    legend_below(fig, axes[0, 1])
    return {"kernels": fig}
