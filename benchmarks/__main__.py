"""How quick the course is, side by side with what one would take instead.

    python3 course.py benchmarks PART...    measure kernels, descents, growth, hand, course, or all
        --quick                             see in seconds that it runs; kept only with --out
        --out FOLDER                        where numbers go and are read, if not results/
    python3 course.py benchmarks whole      time the whole test command too, after course
    python3 course.py benchmarks report     write RESULTS.md, the plots and lesson 13's record

benchmarks/README.md says what each part measures, how long it takes, and how to read it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.commands import Command

from . import machine, report


def main(words: list[str] | None = None) -> int:
    """Measure the parts that are named, in their order, or write the report."""
    parser = Command("python3 course.py benchmarks", __doc__)
    choices = (*report.PARTS, "all", "whole", "report")
    parser.add_argument("parts", nargs="+", choices=choices)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, metavar="FOLDER")
    given = parser.parse_args(words)
    folder = given.out or report.FOLDER
    for name in [*report.PARTS, "report"] if "all" in given.parts else given.parts:
        if name == "report":
            print(*(f"written: {path}" for path in report.write(folder)), sep="\n")
            continue
        if name == "whole":
            return report.PARTS["course"].module.whole()
        machine.one_thread()
        result = run(name, given.quick)
        if given.out or not given.quick:
            print(f"written: {report.keep(result, folder)}")
        print(report.chapter(result))
    return 0


def run(name: str, quick: bool = False) -> dict:
    """Measure one part: what it found, and on which machine, when and with what."""
    part = report.PARTS[name]
    with machine.one_processor(part.one_processor):
        made = machine.made(f"python -m benchmarks {name}" + " --quick" * quick, quick)
        return {"part": name, "made": made, **part.module.run(quick)}


if __name__ == "__main__":
    sys.exit(main())
