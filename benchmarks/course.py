"""What the course costs to import, to set up, to run and to test.

``python -m benchmarks.course whole`` times the whole test command too, and keeps that.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from tools.find import notebooks

from . import store, timing
from .report import table
from .targets import Target
from .targets import number as digits

TITLE = "The course as a whole"
LIMIT = 60
TARGETS = (
    Target("import", "`import course_utils` after NumPy", 0.2, " s", at_least=False),
    Target("first", "a fresh clone until the first cell of lesson 00 has run, with a warm cache",
           60, " s", at_least=False),
    Target("lesson", "the longest lesson", LIMIT, " s", at_least=False),
    Target("whole", "the whole test command", 480, " s", at_least=False),
)  # fmt: skip
PLOTS = {"course": "Bars: the seconds that each lesson takes, and the peak memory of its kernel"}
ROOMS = ("", ".theory", ".optimizers", ".descent", ".symbolic", ".figures", ".networks",
         ".curvature", ".explorers", ".exercises")  # fmt: skip


def run(quick: bool) -> dict[str, Any]:
    """Measure all but the test command; if quick, imports and two lessons, no clone."""
    from . import page_course

    calls = {
        f"course_utils{room}": lambda room=room: page_course.import_seconds(
            "numpy", f"course_utils{room}"
        )
        for room in ROOMS
    }
    for call in calls.values():
        call()
    imports: dict[str, list[float]] = {name: [] for name in calls}
    for k in range(3 if quick else 9):
        for name, call in calls.items():
            if k < 3 or name == "course_utils":
                imports[name].append(call())
    clones = [] if quick else [page_course.first_lesson()]
    if clones and clones[0]["ran"] > LIMIT:
        clones.append(page_course.first_lesson())
    names = [path.stem for path in notebooks(page_course.ROOT)]
    at_once = min(2, os.cpu_count() or 1)
    return {
        "imports": [{"name": n, "seconds": timing.spread(s)} for n, s in imports.items()],
        "commit": commit(),
        "clones": clones,
        "at_once": at_once,
        "lessons": page_course.lessons(names[:2] if quick else names, at_once),
    }


def commit() -> str:
    """The last commit, which is what a clone gets."""
    from .page_course import ROOT

    command = ["git", "rev-parse", "--short", "HEAD"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    return ran.stdout.strip()


def whole() -> int:
    """Time the test command and keep it beside what was measured before."""
    from .page_course import whole as timed

    result = store.read("course")
    if result is None:
        sys.exit("Measure the course first: python -m benchmarks course")
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    result["whole"] = {"date": date, "commit": commit(), **timed()}
    print(f"written: {store.write(result)}")
    return int(not result["whole"]["green"])


def measured(result: dict[str, Any]) -> dict[str, float | None]:
    """The numbers of the targets."""
    clones, tests = result["clones"], result.get("whole")
    return {
        "import": result["imports"][0]["seconds"][1],
        "first": clones[-1]["ran"] if clones else None,
        "lesson": max(row["seconds"] for row in result["lessons"]),
        "whole": tests["seconds"] if tests else None,
    }


def notes(result: dict[str, Any]) -> dict[str, str]:
    """Which lesson it is, and which stages the test command has."""
    longest = max(result["lessons"], key=lambda row: row["seconds"])
    said = {"lesson": longest["name"]}
    if "whole" in result:
        said["whole"] = "; ".join(
            f"{name} {digits(stage['seconds'])} s for {stage['passed']} tests, processors "
            f"{digits(100 * stage['busy'])} % busy"
            for name, stage in result["whole"]["stages"].items()
        )
        said["whole"] += "" if result["whole"]["green"] else "; some tests failed"
    return said


def section(result: dict[str, Any]) -> str:
    """Imports, clones and lessons as tables."""
    imports = [[f"`{r['name']}`", *(digits(1000 * x) for x in r["seconds"])]
               for r in result["imports"]]  # fmt: skip
    lines = [
        "Milliseconds that an import takes in a fresh process which has imported NumPy: quartiles.",
        "",
        table(["", "25 %", "median", "75 %"], imports),
    ]
    if result["clones"]:
        clones = [[str(i), *(digits(x) for x in row.values())]
                  for i, row in enumerate(result["clones"], 1)]  # fmt: skip
        head = ["clone", "git has it", "JupyterLab answers", "lesson 00 is sent", "its cell ran"]
        lines += [
            f"Seconds since the beginning of a fresh clone of commit {result['commit']}, started "
            "with `course.py --no-browser`. The first fills pip's cache if it is cold; if it takes "
            f"more than {LIMIT} seconds, another one is made.\n",
            table(head, clones),
        ]
    rows = [[r["name"], digits(r["seconds"]), digits(r["peak_megabytes"])]
            for r in result["lessons"]]  # fmt: skip
    total = sum(row["seconds"] for row in result["lessons"])
    rows.append(["**all**", digits(total), ""])
    lines += [
        f"Lessons from the top on a fresh kernel, {result['at_once']} at a time with one thread "
        "each.\n",
        table(["lesson", "seconds", "peak memory of the kernel, MB"], rows),
    ]
    if tests := result.get("whole"):
        lines.append(f"The test command: {tests['date']}, commit {tests['commit']}.\n")
    return "\n".join(lines)


def plots(result: dict[str, Any]) -> dict[str, Any]:
    """Seconds and memory of every lesson."""
    from . import charts

    rows = result["lessons"]
    fig, axes = charts.figure(2, 1, (4.6, 0.9 + 0.26 * len(rows)))
    place, names = range(len(rows)), [row["name"] for row in rows]
    for axis, key, words in zip(
        axes[0], ("seconds", "peak_megabytes"), ("seconds", "peak memory, MB"), strict=True
    ):
        axis.barh(place, [row[key] for row in rows], color=charts.COLOURS["ours"], height=0.6)
        axis.set(xlabel=words)
        axis.set_yticks(place, names if key == "seconds" else [""] * len(rows))
        axis.invert_yaxis()
    axes[0, 0].axvline(LIMIT, color="#000000", linestyle="--", linewidth=1)
    return {"course": fig}


if __name__ == "__main__":
    if sys.argv[1:] != ["whole"]:
        sys.exit("Type python -m benchmarks.course whole, or python -m benchmarks course.")
    sys.exit(whole())
