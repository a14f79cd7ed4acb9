"""Repeat the registered comparison of lesson 11 with fresh seeds, its tuning included.

    python -m tools.flat_or_sharp                four dozens of seeds, some three minutes
    python -m tools.flat_or_sharp --dozens 10

For each dozen both rules are tuned anew, on both tasks, and the words are chosen as in the lesson,
whose cells are run for it. The outcomes are written to
`course_utils/networks/records/flat_or_sharp.json` after every dozen; dozens that are there, of the
same rates, are kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course_utils.figures.lesson_11 import READS, SHARPER  # noqa: E402
from course_utils.networks import Comparison  # noqa: E402
from tools.commands import Command, Progress  # noqa: E402
from tools.lessons import defined, find  # noqa: E402

RECORD = ROOT / "course_utils" / "networks" / "records" / "flat_or_sharp.json"
# The lesson's cells: imports and digits, the plan, the runs, and the analysis.
CELLS = (
    "from functools",
    "from course_utils.networks.side_by_side",
    "deeper, shallower",
    "def arrive",
    "@cache",
    "def tuned",
)
FIRST = 100  # the lesson itself uses seeds below 12


def numbers(compared: Comparison) -> list[float]:
    """The effect and its interval, three digits each."""
    return [float(f"{x:.3g}") for x in (compared.effect, compared.low, compared.high)]


def planned(lesson: Mapping[str, Any], task: str) -> dict[str, Any]:
    """Tune both rules on a task and compare them, with the seeds that the lesson's cells see."""
    best = {name: lesson["tuned"](task, name) for name in lesson["rules"]}
    slowest = {}
    for name, rates in lesson["grid"][task].items():
        arrived = [r for r in rates if lesson["ends_of"](task, name, r)[0].min() > 0]
        slowest[name] = min(arrived)
    sharper, reads = lesson["outcome"](task)
    return {
        "task": task,
        "passes": lesson["tasks"][task]["passes"],
        "seeds": [lesson["seeds"][0], lesson["seeds"][-1]],
        "tuned": best,
        "slowest that arrives": slowest,
        "sharpness, Adam over momentum": numbers(sharper),
        "sharper": sharper.says(*SHARPER),
        "test accuracy, momentum minus Adam": numbers(reads),
        "reads": reads.says(*READS),
    }


def main(argv: list[str] | None = None) -> None:
    """Run plan after plan."""
    parser = Command("python -m tools.flat_or_sharp", __doc__)
    parser.add_argument("--dozens", type=int, default=4)
    dozens = parser.parse_args(argv).dozens
    lesson = defined(find(ROOT, ["11"])[0], CELLS)
    lesson["progress"] = lambda values, what: values
    rates = json.loads(json.dumps(lesson["grid"]))  # tuples as lists, as in a record
    stored = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    plans = stored["plans"][: 2 * dozens] if stored.get("rates") == rates else []
    progress = Progress(dozens - len(plans) // 2, "dozens")
    for dozen in range(len(plans) // 2 + 1, dozens + 1):
        first = FIRST + 12 * (dozen - 1)
        lesson["seeds"] = range(first, first + 12)
        lesson["ends_of"].cache_clear()
        plans += [planned(lesson, task) for task in lesson["tasks"]]
        command = f"python -m tools.flat_or_sharp --dozens {dozen}"
        record = {"command": command, "date": date.today().isoformat()}
        record |= {"rates": rates, "plans": plans}
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        progress.tell()


if __name__ == "__main__":
    main()
