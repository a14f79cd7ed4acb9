"""How quickly a picture follows the hand: every explorer, beside `interact` and ipympl."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from typing import Any

from . import machine
from .report import HERE, PARTS, find, number

PACKAGES = ("jupyterlab", "jupyter-server", "ipywidgets", "anywidget", "ipympl", "playwright")
TARGETS = {target.key: target for target in PARTS["hand"].targets}


@dataclass(frozen=True)
class Shown:
    """An explorer on a page, or a rival of it; explorers.toml says what its fields mean."""

    name: str
    source: str = ""
    warm: int = 1
    without: str = ""
    press: str = ""
    plays: bool = True
    rival: bool = False

    @property
    def cell(self) -> str:
        """The cell that shows it."""
        name = self.name.partition(",")[0]
        return self.source or f"from course_utils.explorers import {name}\n{name}()"


DATA = tomllib.loads((HERE / "explorers.toml").read_text("utf-8"))
PAGES = {
    name: (DATA["work"].format(**page), [Shown(**one) for one in page["explorers"]])
    for name, page in DATA["pages"].items()
}
# The ways that are installed.
RIVALS = [Shown(name, source, rival=True) for name, source in DATA["rivals"].items()
          if name != "ipympl" or find_spec(name)]  # fmt: skip


def run(quick: bool) -> dict[str, Any]:
    """Measure all explorers and their rivals; if quick, one explorer with a few presses.

    Explorers and rivals share pages and are pressed in turns, each alone on the screen. A time runs
    from the key's event in the page to the last frame that it changed, after that frame is painted.
    """
    from tests.browser.lab import Lab, chromium
    from tests.browser.measured import MeasuredPage, Thing

    rounds, count = (1, 3) if quick else (2, 4)
    rows: dict[str, list[dict[str, Any]]] = {"rivals": [], "explorers": []}
    busy = [os.getloadavg()[0]] if hasattr(os, "getloadavg") else []
    with Lab() as lab, chromium() as browser:
        for name, (work, shown) in PAGES.items():
            if quick:
                shown = shown[:1]
            sources = [work, *(one.cell for one in (*RIVALS, *shown))]
            bench = MeasuredPage(browser, lab, name, sources).open().run().look()
            if bench.bad_outputs:
                raise RuntimeError(f"The page {name} does not run: {bench.bad_outputs}")
            kinds = enumerate(RIVALS), enumerate(shown)
            things = [Thing(bench, i, one, name) for kind in kinds for i, one in kind]
            for thing in rounds * things:
                thing.press(count)
            for thing in things:
                if not thing.shown.rival or name in ("descents", "long"):
                    thing.move()
                rows["rivals" if thing.shown.rival else "explorers"].append(thing.row())
            bench.close()
            busy += [os.getloadavg()[0]] * bool(busy)
            if quick:
                break
        there = {name: v for name, v in machine.versions(PACKAGES).items() if v}
        there = {"browser": browser.version, **there}
    missing = [] if "ipympl" in {way.name for way in RIVALS} else ["ipympl"]
    return {**rows, "missing": missing, "with": there, "processes_waiting": busy}


def measured(result: dict[str, Any]) -> dict[str, tuple[float | None, str]]:
    """The slowest explorer in each respect, and who misses a target."""
    rows = [row for row in result["explorers"] if "settled_ms" in row]
    plays = [row["play"] for row in result["explorers"] if "play" in row]
    ratio = {row["name"]: x for row in rows if (x := faster(result, row))}
    slow = [name for name, x in ratio.items() if not TARGETS["faster"].met(x)]
    settled = {row["name"]: row["settled_ms"]["p95"] for row in rows}
    late = [name for name, ms in settled.items() if not TARGETS["settled"].met(ms)]
    note = ""
    if late:
        longest = max(row["kernel_ms"] for row in rows if row["name"] in late)
        busy = max(filter(None, result["processes_waiting"]), default=0)
        note = f"above it: {len(late)} of {len(rows)}, slowest {max(late, key=settled.get)}; "
        note += f"{way_alone(result)}the longest time of a kernel is {number(longest)} ms"
        note += f"; {number(busy)} processes at once" * (busy > 2)
    return {
        "settled": (max(settled.values(), default=None), note),
        "faster": (min(ratio.values(), default=None), "below it: " * bool(slow) + ", ".join(slow)),
        "frames": (min((play["frames_per_second"] for play in plays), default=None), ""),
        "messages": (max((play["messages"] for play in plays), default=None), ""),
    }  # fmt: skip


def faster(result: dict[str, Any], row: dict[str, Any], way: str = "interact") -> float | None:
    """How many times the median of a rival on the same page is that of an explorer."""
    other = find(result["rivals"], page=row["page"], name=way)
    if not other or "settled_ms" not in row:
        return None
    return other[0]["settled_ms"]["p50"] / row["settled_ms"]["p50"]


def way_alone(result: dict[str, Any]) -> str:
    """What the way to the kernel and back takes by itself, in words."""
    ways = [row["settled_ms"] for row in find(result["rivals"], name="one letter")]
    if not ways:
        return ""
    middle, high = (number(median(way[key] for way in ways)) for key in ("p50", "p95"))
    return f"the way to the kernel and back alone takes {middle} ms, 95 % within {high} ms; "


def section(result: dict[str, Any]) -> list[str]:
    """The table of explorers and rivals."""
    rows = [cells(result, row) for row in result["rivals"] + result["explorers"]]
    versions = ", ".join(f"{name} {version}" for name, version in result["with"].items())
    return [PARTS["hand"].table("hand", rows), f"With {versions}.\n"]


def cells(result: dict[str, Any], row: dict[str, Any]) -> list[str]:
    """An explorer or a rival as a line of the table."""
    rival, name = row in result["rivals"], row["name"]
    settled, play, drag = (row.get(key, {}) for key in ("settled_ms", "play", "drag"))
    numbers = [
        settled.get("p50"), settled.get("p95"), None if rival else row.get("first_ms"),
        *(None if rival else faster(result, row, way) for way in ("interact", "ipympl")),
        row.get("step_ms", {}).get("p50"), row.get("kernel_ms"),
        row["bytes"] / 1000 if "bytes" in row else None,
        drag.get("frames_per_second"), play.get("frames_per_second"), play.get("messages"),
    ]  # fmt: skip
    name = f"*{name}*, page {row['page']}" if rival else name
    return [name, *("" if x is None else number(x) for x in numbers)]
