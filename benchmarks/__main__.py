"""How quick the course is, side by side with what one would take instead.

python -m benchmarks PART... measures: kernels, descents, growth, hand, course;
python -m benchmarks report writes RESULTS.md and the plots from what was measured.
README.md says what each part measures and how to read it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import machine, report


def main(words: list[str] | None = None) -> int:
    """Measure the parts that are named, in their order, or write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = (*report.PARTS, "all", "report")
    parser.add_argument("parts", nargs="+", choices=names, metavar="PART", help=", ".join(names))
    parser.add_argument(
        "--quick", action="store_true", help="see in seconds that it runs; kept only with --out"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER",
                        help="where numbers go and are read, if not results/")  # fmt: skip
    given = parser.parse_args(words)
    folder = given.out or report.FOLDER
    for name in [*report.PARTS, "report"] if "all" in given.parts else given.parts:
        if name == "report":
            for path in report.write(folder):
                print(f"written: {path}")
            continue
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
