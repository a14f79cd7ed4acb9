"""RESULTS.md and the plots, from what was measured and nothing else."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import store

HEAD = """# How quick the course is

Written by `python -m benchmarks report` from the files in `results/`; do not edit.
[README.md](README.md) says what is measured and how to read it.
"""


def write(folder: Path = store.FOLDER) -> list[Path]:
    """Write the report and the plots; where, if numbers come from another folder, is there."""
    results = measured(folder)
    report = (store.HERE if folder == store.FOLDER else folder) / "RESULTS.md"
    report.write_text(text(results, folder), "utf-8")
    paths = [report]
    for result in results:
        for name, svg in drawn(result).items():
            path = folder / f"{name}.svg"
            path.write_text(svg, "utf-8")
            paths.append(path)
    return paths


def measured(folder: Path = store.FOLDER) -> list[dict[str, Any]]:
    """The results that there are, in order."""
    return [r for r in (store.read(name, folder) for name in store.PARTS) if r is not None]


def text(results: Iterable[dict[str, Any]], folder: Path = store.FOLDER) -> str:
    """The whole report."""
    results = list(results)
    prefix = f"{folder.name}/" if folder == store.FOLDER else ""
    missing = [name for name in store.PARTS if name not in {r["part"] for r in results}]
    lines = [HEAD, targets(results)]
    lines += [chapter(result, prefix) for result in results]
    lines += [f"Not measured here: {', '.join(missing)}.\n"] if missing else []
    return "\n".join(lines)


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
    module = part(result)
    lines = [f"## {module.TITLE}\n", origin(result["made"]), module.section(result)]
    if result.get("missing"):
        lines.insert(2, f"Missing here, and left out: {', '.join(result['missing'])}.\n")
    for name, title in getattr(module, "PLOTS", {}).items():
        lines.append(f"![{title}]({prefix}{name}.svg)\n")
    return "\n".join(lines)


def drawn(result: dict[str, Any]) -> dict[str, str]:
    """The plots of a part as SVG, by name; each carries a fingerprint of its numbers."""
    module = part(result)
    if not getattr(module, "PLOTS", {}):
        return {}
    from . import charts

    return {name: charts.svg(fig, result) for name, fig in module.plots(result).items()}


def origin(made: dict[str, Any]) -> str:
    """When, how, and with what."""
    there = [f"{name} {v}" for name, v in made["versions"].items() if v]
    out = (
        f"{made['date']}, `{made['command']}`, {made['processor']} with {made['processors']} "
        f"processors, {made['system']}, Python {made['python']}, {', '.join(there)}"
    )
    out += f"; {'; '.join(made['blas'])}" if made["blas"] else ""
    return out + ".\n"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table; all columns but the first are aligned to the right if numbers head them."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
