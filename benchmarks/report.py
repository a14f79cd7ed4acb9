"""What was measured, as JSON files; RESULTS.md and the plots from these and nothing else."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "results"
DIGITS = 4  # of a number that is kept: more than the spread of the rounds tells apart
HEAD = """# How quick the course is

Written by `python -m benchmarks report` from the files in `results/`; do not edit.
[README.md](README.md) says what is measured and how to read it.
"""


@dataclass(frozen=True)
class Target:
    """A limit that a measured number should keep: at least so much, else at most."""

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
        limit = f"{'≥' if self.at_least else '≤'} {number(self.limit)}{self.unit}"
        return [self.words, limit, seen, verdict, note]


@dataclass(frozen=True)
class Part:
    """What parts.toml says of a part; README.md says what its module has."""

    name: str
    title: str
    tables: dict[str, dict[str, Any]]
    targets: tuple[Target, ...] = ()
    one_processor: bool = False
    plot: str = ""  # its alternative text

    @property
    def module(self) -> Any:
        """What measures and reads it."""
        return importlib.import_module(f"benchmarks.{self.name}")

    def table(self, key: str, rows: Iterable[list[str]], **words: Any) -> str:
        """One of its tables, as Markdown; the words fill the caption."""
        own = self.tables[key]
        return f"{own['caption'].format(**words)}\n\n{table(own['head'], rows)}"


def _part(name: str, targets: list[dict], **own: Any) -> Part:
    return Part(name, targets=tuple(Target(**target) for target in targets), **own)


TOLD = tomllib.loads((HERE / "parts.toml").read_text("utf-8"))
PARTS = {name: _part(name, **own) for name, own in TOLD.items()}


def keep(result: dict[str, Any], folder: Path = FOLDER) -> Path:
    """Write the result of a part; the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['part']}.json"
    path.write_text(as_json(result) + "\n", "utf-8")
    return path


def read(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """The result of a part, None if it was not measured."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def as_json(result: dict[str, Any]) -> str:
    """JSON with one line for each row of a list, so that a change shows where it is."""
    short = json.loads(json.dumps(result), parse_float=lambda x: float(f"{float(x):.{DIGITS}g}"))
    words = json.dumps(short, ensure_ascii=False)
    return words.replace("}, {", "},\n {").replace(": [{", ": [\n {")


def number(x: float) -> str:
    """A number with three digits and no exponent."""
    if x == 0:
        return "0"
    text = f"{x:.{max(0, 2 - int(f'{x:.2e}'.split('e')[1]))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(seconds: float) -> str:
    """A time with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e9)} ns"


def find(rows: Iterable[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    """The rows with these values."""
    return [row for row in rows if all(row[key] == x for key, x in wanted.items())]


def median(row: dict[str, Any], name: str, what: str = "times_ours") -> float | None:
    """The median of a contestant, how often ours goes into its time or its seconds, or None."""
    own = row["contestants"].get(name)
    return own and own[what][1]


def ratios(rows: Iterable[dict[str, Any]], name: str, of: str = "ours") -> dict[str, float]:
    """By rule, how often the time of one contestant, ours or another, goes into that of one."""
    return {r["rule"]: x / y for r in rows if (x := median(r, name)) and (y := median(r, of))}


def contest(row: dict[str, Any], head: list[str], *first: str, times: bool = True) -> list[str]:
    """A line of a table: its first cells, our time, everyone's, and how often ours goes into it.

    ``head`` has the names of the others at its end; without ``times`` their ratios stand alone.
    """
    line = [*first, duration(median(row, "ours", "seconds"))]
    for name in head[len(line) :]:
        ratio, own = median(row, name), median(row, name, "seconds")
        line.append(f"{duration(own)}, " * times + f"{number(ratio)}×" if own else "")
    return line


def times(ratios: dict[str, float]) -> str:
    """Ratios by rule, in words."""
    return ", ".join(f"{rule} {number(x)}×" for rule, x in ratios.items())


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def write(folder: Path = FOLDER) -> list[Path]:
    """Write report and plots, and lesson 13's record; of another folder's numbers no record."""
    files = {(HERE if folder == FOLDER else folder) / "RESULTS.md": text(folder)}
    for name, part in PARTS.items():
        if part.plot and (result := read(name, folder)):
            files[folder / f"{name}.svg"] = svg(part.module.plot(result), result)
    if folder == FOLDER and (result := read("kernels")):
        kernels = PARTS["kernels"].module
        files[kernels.RECORD] = as_json(kernels.ladder(result)) + "\n"
    for path, content in files.items():
        path.write_text(content, "utf-8")
    return list(files)


def text(folder: Path = FOLDER) -> str:
    """The whole report: the table of all targets, and what each part found, in order."""
    rows, chapters, missing = [], [], []
    for name, part in PARTS.items():
        if (result := read(name, folder)) is None:
            missing.append(name)
            continue
        found = part.module.measured(result) if part.targets else {}
        rows += [t.row(*found.get(t.key, (None,))) for t in part.targets]
        chapters.append(chapter(result, f"{folder.name}/" if folder == FOLDER else ""))
    targets = "## Targets\n\n" + table(["", "limit", "measured", "", ""], rows)
    there = [f"Not measured here: {', '.join(missing)}.\n"] * bool(missing)
    return "\n".join([HEAD, targets, *chapters, *there])


def chapter(result: dict[str, Any], prefix: str = "") -> str:
    """What a part found: when and with what, its tables, its plots."""
    part, made = PARTS[result["part"]], result["made"]
    there = [f"{name} {version}" for name, version in made["versions"].items() if version]
    origin = (
        f"{made['date']}, `{made['command']}`, {made['processor']} with {made['processors']} "
        f"processors, {made['system']}, Python {made['python']}, {', '.join(there)}"
    )
    lines = [f"## {part.title}\n", "; ".join([origin, *made["blas"]]) + ".\n"]
    if result.get("missing"):
        how = "`python -m pip install -e . --group test --group peers --group fast` brings it"
        lines.append(f"Missing here, and left out: {', '.join(result['missing'])}; {how}.\n")
    lines += part.module.section(result)
    lines += [f"![{part.plot}]({prefix}{part.name}.svg)\n"] * bool(part.plot)
    return "\n".join(lines)


def figure(columns: int = 1, rows: int = 1, size: tuple[float, float] = (4.6, 3.6)) -> Any:
    """A figure and its axes, an array of shape (rows, columns)."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(HERE / "plots.mplstyle"):
        fig = Figure(figsize=(size[0] * columns, size[1] * rows), layout="constrained")
        return fig, fig.subplots(rows, columns, squeeze=False)


def dots(ax: Any, x: Any, quartiles: Iterable[list[float]], unit: Any, **style: Any) -> None:
    """Medians as dots over x with bars to the quartiles, in a unit of so many seconds."""
    low, middle, high = ([q[i] / unit for q in quartiles] for i in range(3))
    below, above = ([abs(a - b) for a, b in zip(middle, end, strict=True)] for end in (low, high))
    ax.errorbar(x, middle, (below, above), **{"fmt": "o", "ms": 4, "lw": 1.2} | style)


def fingerprint(result: dict[str, Any]) -> str:
    """Of the numbers of a part."""
    return hashlib.sha256(as_json(result).encode()).hexdigest()[:16]


def svg(fig: Any, result: dict[str, Any]) -> str:
    """A figure as SVG, the same for the same numbers; it holds the fingerprint of what it shows."""
    from matplotlib import style

    buffer = io.StringIO()
    words = f"{result['part']}, {result['made']['date']}, numbers {fingerprint(result)}"
    with style.context(HERE / "plots.mplstyle"):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Description": words})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"
