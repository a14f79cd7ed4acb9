"""The commands of the benchmarks."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from . import machine, report, store


def main(words: list[str] | None = None) -> int:
    """Measure the parts that are named, in their order, or write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = (*store.PARTS, "all", "report")
    parser.add_argument("parts", nargs="+", choices=names, metavar="PART", help=", ".join(names))
    parser.add_argument(
        "--quick", action="store_true", help="see in seconds that it runs; kept only with --out"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where numbers go and are read, if not results/"
    )
    given = parser.parse_args(words)
    parts = [*store.PARTS, "report"] if "all" in given.parts else given.parts
    folder = given.out or store.FOLDER
    for name in parts:
        if name == "report":
            for path in report.write(folder):
                print(f"written: {path}")
            continue
        machine.one_thread()
        result = run(name, given.quick)
        if given.out or not given.quick:
            print(f"written: {store.write(result, folder)}")
        print(report.chapter(result))
    return 0


def run(name: str, quick: bool = False) -> dict:
    """Measure one part: what it found, and on which machine, when and with what."""
    part = importlib.import_module(f"benchmarks.{name}")
    command = f"python -m benchmarks {name}" + " --quick" * quick
    with machine.one_processor(getattr(part, "ONE_PROCESSOR", False)):
        made = machine.made(command, quick)
        result = part.run(quick)
    return {"part": name, "made": made, **result}


if __name__ == "__main__":
    sys.exit(main())
