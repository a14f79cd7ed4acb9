"""RESULTS.md and the plots, from what was measured and nothing else; targets, tables, figures."""

from __future__ import annotations

import hashlib
import importlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import store

HEAD = """# How quick the course is

Written by `python -m benchmarks report` from the files in `results/`; do not edit.
[README.md](README.md) says what is measured and how to read it.
"""
COLOURS = {
    "ours": "#0072b2", "naive NumPy": "#999999", "torch": "#d55e00", "torch foreach": "#e69f00",
    "torch fused": "#cc79a7", "optax jit": "#009e73", "memory limit": "#000000",
}  # fmt: skip
STYLE = {
    "svg.hashsalt": "ravine", "svg.fonttype": "none", "font.size": 10, "axes.grid": True,
    "grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False,
    "legend.frameon": False, "figure.facecolor": "white", "font.family": "sans-serif",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A limit that a measured number should keep.

    Attributes:
        key: by which a part's ``measured`` gives the number.
        words: what is measured.
        limit: the number to keep.
        unit: of the number, such as "×" or " ms".
        at_least: whether the number should be at least the limit, else at most.
    """

    key: str
    words: str
    limit: float
    unit: str = "×"
    at_least: bool = True

    def met(self, value: float | None) -> bool | None:
        """Whether a number keeps the limit; None if there is none."""
        if value is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit

    def row(self, value: float | None, note: str = "") -> list[str]:
        """The target as cells of a table: what, limit, measured, verdict and note."""
        verdict = {True: "met", False: "**not met**", None: "not measured"}[self.met(value)]
        seen = "" if value is None else f"{number(value)}{self.unit}"
        sign = "≥" if self.at_least else "≤"
        return [self.words, f"{sign} {number(self.limit)}{self.unit}", seen, verdict, note]


def number(x: float) -> str:
    """A number with three digits and no exponent."""
    if x == 0:
        return "0"
    digits = max(0, 2 - int(f"{x:.2e}".split("e")[1]))
    text = f"{x:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(seconds: float) -> str:
    """A time with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e9)} ns"


def find(rows: Iterable[dict[str, Any]], **wanted: Any) -> Iterator[dict[str, Any]]:
    """The rows with these values."""
    return (row for row in rows if all(row[key] == x for key, x in wanted.items()))


def cells(row: dict[str, Any], names: Iterable[str], times: bool = True) -> list[str]:
    """Our time, and for each contestant its own and how often ours goes into it, or only that."""
    own = row["contestants"]
    said = [duration(own["ours"]["seconds"][1])]
    for each in map(own.get, names):
        words = f"{duration(each['seconds'][1])}, " if each and times else ""
        said.append(f"{words}{number(each['times_ours'][1])}×" if each else "")
    return said


def write(folder: Path = store.FOLDER) -> list[Path]:
    """Write the report and the plots; where, if numbers come from another folder, is there."""
    results = measured(folder)
    files = {
        (store.HERE if folder == store.FOLDER else folder) / "RESULTS.md": text(results, folder)
    }
    for result in results:
        if getattr(part(result), "PLOTS", {}):
            plots = part(result).plots(result)
            files |= {folder / f"{name}.svg": svg(fig, result) for name, fig in plots.items()}
    for path, content in files.items():
        path.write_text(content, "utf-8")
    return list(files)


def measured(folder: Path = store.FOLDER) -> list[dict[str, Any]]:
    """The results that there are, in order."""
    return [r for r in (store.read(name, folder) for name in store.PARTS) if r is not None]


def text(results: Iterable[dict[str, Any]], folder: Path = store.FOLDER) -> str:
    """The whole report."""
    results = list(results)
    prefix = f"{folder.name}/" if folder == store.FOLDER else ""
    missing = [name for name in store.PARTS if name not in {r["part"] for r in results}]
    lines = [HEAD, targets(results), *(chapter(result, prefix) for result in results)]
    return "\n".join(lines + [f"Not measured here: {', '.join(missing)}.\n"] * bool(missing))


def part(result: dict[str, Any]) -> Any:
    """The module that measured a result."""
    return importlib.import_module(f"benchmarks.{result['part']}")


def targets(results: Iterable[dict[str, Any]]) -> str:
    """The table of all targets: limit, number, and whether it is kept."""
    rows = []
    for result in results:
        module = part(result)
        numbers = module.measured(result)
        notes = module.notes(result) if hasattr(module, "notes") else {}
        rows += [t.row(numbers.get(t.key), notes.get(t.key, "")) for t in module.TARGETS]
    return "## Targets\n\n" + table(["", "limit", "measured", "", ""], rows)


def chapter(result: dict[str, Any], prefix: str = "") -> str:
    """What a part found: when and with what, its tables, its plots."""
    module, made = part(result), result["made"]
    there = [f"{name} {version}" for name, version in made["versions"].items() if version]
    origin = (
        f"{made['date']}, `{made['command']}`, {made['processor']} with {made['processors']} "
        f"processors, {made['system']}, Python {made['python']}, {', '.join(there)}"
    )
    lines = [f"## {module.TITLE}\n", "; ".join([origin, *made["blas"]]) + ".\n"]
    if result.get("missing"):
        lines.append(f"Missing here, and left out: {', '.join(result['missing'])}.\n")
    lines.append(module.section(result))
    for name, title in getattr(module, "PLOTS", {}).items():
        lines.append(f"![{title}]({prefix}{name}.svg)\n")
    return "\n".join(lines)


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def figure(columns: int = 1, rows: int = 1, size: tuple[float, float] = (4.6, 3.6)) -> Any:
    """A figure and its axes, an array of shape (rows, columns)."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
        return fig, fig.subplots(rows, columns, squeeze=False)


def legend_below(fig: Any, ax: Any, columns: int = 4) -> None:
    """The names in one panel, below all panels."""
    handles, names = ax.get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=columns, frameon=False)


def fingerprint(result: dict[str, Any]) -> str:
    """Of the numbers of a part."""
    return hashlib.sha256(store.text(result).encode()).hexdigest()[:16]


def svg(fig: Any, result: dict[str, Any]) -> str:
    """A figure as SVG, the same for the same numbers; it holds the fingerprint of what it shows."""
    import matplotlib

    buffer = io.StringIO()
    words = f"{result['part']}, {result['made']['date']}, numbers {fingerprint(result)}"
    with matplotlib.rc_context(STYLE):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Description": words})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"
