"""How quickly a picture follows the hand: every explorer, beside `interact` and ipympl."""

from __future__ import annotations

import os
from statistics import median
from typing import Any

from . import machine
from .report import COLOURS, Target, figure, find, table
from .report import number as digits

TITLE = "Explorers under the hand"
TARGETS = (
    Target("settled", "an explorer's picture is settled after a key, 95 % (slowest explorer)",
           40, " ms", at_least=False),
    Target("faster", "quicker than `interact` with an inline figure (slowest explorer)", 5),
    Target("frames", "frames per second while playing (slowest explorer)", 50, "/s"),
    Target("messages", "messages to and from the kernel in 1.5 s of playing (most)", 0, "",
           at_least=False),
)  # fmt: skip
PLOTS = {"hand": "Dots: milliseconds from a key to settled pixels, for every explorer and rival"}
COLUMNS = """\
*p50* and *p95*: from a key on a slider to the last frame that it changed, over all sliders that
change the picture. *First*: the longest first visit to a place of a slider, for the explorers that
train or simulate there once and keep what came out; p50 and p95 are then of later visits. *×*: how
many times as long the other way takes on the same page. *Step*: the median for the slider of the
step, which the browser answers by itself. *Kernel* and *kB*: the kernel's processor time, and what
it sends, for each change. *Drag* and *play*: frames that change while the first slider is dragged,
and while the explorer plays; *messages*: to and from the kernel in 1.5 seconds of that. Landscapes
answers when the handle is let go, so that it has no frames in a drag.

*One letter* is a slider at which the kernel changes one letter, so that hardly more is left than
the way to the kernel and back through JupyterLab. The other rivals draw gradient descent and
momentum for 100 steps, on the pages `long` and `longest` four rules for 300, with the kernels of
the course, on as many pixels as an explorer has.
"""
PACKAGES = ("jupyterlab", "jupyter-server", "ipywidgets", "anywidget", "ipympl", "playwright")


def run(quick: bool) -> dict[str, Any]:
    """Measure all explorers and their rivals; if quick, one explorer with a few presses.

    Explorers and rivals share pages and are pressed in turns, each alone on the screen. A time runs
    from the key's event in the page to the last frame that it changed, after that frame is painted.
    """
    from tests.browser.lab import Lab, chromium

    from .page import Bench, Thing
    from .page_explorers import PAGES, QUICK, rivals

    ways = rivals()
    pages, rounds, count = (QUICK, 1, 3) if quick else (PAGES, 2, 4)
    rows: dict[str, list[dict[str, Any]]] = {"rivals": [], "explorers": []}
    busy = [load()]
    with Lab() as lab, chromium() as browser:
        for name, (work, shown) in pages.items():
            sources = [work, *(one.source for one in (*ways, *shown))]
            bench = Bench(browser, lab, name, sources).open().run().look()
            if bench.bad_outputs:
                raise RuntimeError(f"The page {name} does not run: {bench.bad_outputs}")
            things = [
                Thing(bench, i, one, name) for of in (ways, shown) for i, one in enumerate(of)
            ]
            for thing in rounds * things:
                thing.press(count)
            for thing in things:
                if not thing.shown.rival or name in ("descents", "long"):
                    thing.move()
                rows["rivals" if thing.shown.rival else "explorers"].append(thing.row())
            bench.close()
            busy.append(load())
        there = {name: v for name, v in machine.versions(PACKAGES).items() if v}
        there = {"browser": browser.version, **there}
    missing = [] if "ipympl" in {way.name for way in ways} else ["ipympl"]
    return {**rows, "missing": missing, "with": there, "processes_waiting": busy}


def load() -> float | None:
    """How many processes wanted a processor in the last minute, where the system counts them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def measured(result: dict[str, Any]) -> dict[str, float | None]:
    """The slowest explorer in each respect."""
    rows = result["explorers"]
    plays = [row["play"] for row in rows if "play" in row]
    settled = [row["settled_ms"]["p95"] for row in rows if "settled_ms" in row]
    return {
        "settled": max(settled, default=None),
        "faster": min((x for row in rows if (x := faster(result, row))), default=None),
        "frames": min((play["frames_per_second"] for play in plays), default=None),
        "messages": max((play["messages"] for play in plays), default=None),
    }


def faster(result: dict[str, Any], row: dict[str, Any], way: str = "interact") -> float | None:
    """How many times the median of a rival on the same page is that of an explorer."""
    other = next(find(result["rivals"], page=row["page"], name=way), None)
    if other is None or "settled_ms" not in row:
        return None
    return other["settled_ms"]["p50"] / row["settled_ms"]["p50"]


def notes(result: dict[str, Any]) -> dict[str, str]:
    """Who misses a target."""
    rows = [row for row in result["explorers"] if "settled_ms" in row]
    late = [r for r in rows if not TARGETS[0].met(r["settled_ms"]["p95"])]
    slow = [r for r in rows if not TARGETS[1].met(faster(result, r) or TARGETS[1].limit)]
    busy = [x for x in result["processes_waiting"] if x is not None]
    crowd = f"; {digits(max(busy))} processes at once" if busy and max(busy) > 2 else ""
    said = {"faster": f"below it: {', '.join(row['name'] for row in slow)}"} if slow else {}
    if late:
        slowest = max(late, key=lambda row: row["settled_ms"]["p95"])
        said["settled"] = (
            f"above it: {len(late)} of {len(rows)}, slowest {slowest['name']}; "
            f"{way_alone(result)}the longest time of a kernel is "
            f"{digits(max(row['kernel_ms'] for row in late))} ms{crowd}"
        )
    return said


def way_alone(result: dict[str, Any]) -> str:
    """What the way to the kernel and back takes by itself, in words."""
    ways = [r["settled_ms"] for r in result["rivals"] if r["name"] == "one letter"]
    if not ways:
        return ""
    middle, high = (digits(median(way[key] for way in ways)) for key in ("p50", "p95"))
    return f"the way to the kernel and back alone takes {middle} ms, 95 % within {high} ms; "


def section(result: dict[str, Any]) -> str:
    """The table of explorers and rivals."""
    head = ["", "p50 ms", "p95 ms", "first ms", "× `interact`", "× ipympl", "step ms", "kernel ms",
            "kB", "drag, frames/s", "play, frames/s", "messages in play"]  # fmt: skip
    rows = [cells(result, row) for row in result["rivals"] + result["explorers"]]
    versions = ", ".join(f"{name} {version}" for name, version in result["with"].items())
    lines = [COLUMNS, table(head, rows), f"With {versions}.\n"]
    if result["missing"]:
        lines.append(f"Not installed, and left out: {', '.join(result['missing'])}.\n")
    return "\n".join(lines)


def cells(result: dict[str, Any], row: dict[str, Any]) -> list[str]:
    """An explorer or a rival as a line of the table."""
    rival, name = row in result["rivals"], row["name"]
    name = f"*{name}*, page {row['page']}" if rival else name
    settled, play, drag = (row.get(key, {}) for key in ("settled_ms", "play", "drag"))
    numbers = [
        settled.get("p50"), settled.get("p95"), None if rival else row.get("first_ms"),
        *(None if rival else faster(result, row, way) for way in ("interact", "ipympl")),
        row.get("step_ms", {}).get("p50"), row.get("kernel_ms"),
        row["bytes"] / 1000 if "bytes" in row else None,
        drag.get("frames_per_second"), play.get("frames_per_second"), play.get("messages"),
    ]  # fmt: skip
    return [name, *("" if x is None else digits(x) for x in numbers)]


def plots(result: dict[str, Any]) -> dict[str, Any]:
    """Medians as dots, lines up to the 95th percentiles, the limit."""
    rows = [row for row in result["explorers"] + result["rivals"] if "settled_ms" in row]
    fig, axes = figure(1, 1, (7.0, 0.8 + 0.24 * len(rows)))
    middle, high = ([row["settled_ms"][key] for row in rows] for key in ("p50", "p95"))
    names = [r["name"] + f" ({r['page']})" * (r in result["rivals"]) for r in rows]
    kinds = {"one letter": "memory limit", "interact": "torch", "ipympl": "torch"}
    colours = [COLOURS[kinds.get(row["name"], "ours")] for row in rows]
    place, axis = range(len(rows)), axes[0, 0]
    axis.hlines(place, middle, high, color=colours, linewidth=1.5)
    axis.scatter(middle, place, color=colours, s=28, zorder=3)
    axis.axvline(TARGETS[0].limit, color="#000000", linestyle="--", linewidth=1)
    axis.set(xscale="log", xlim=(20, None), ylim=(-0.8, len(rows) - 0.2))
    axis.set_xticks(ticks := (20, 40, 100, 200, 400), [str(tick) for tick in ticks])
    axis.minorticks_off()
    axis.set_xlabel("milliseconds from a key to settled pixels: median, 95 %")
    axis.set_yticks(place, names)
    axis.invert_yaxis()
    return {"hand": fig}
