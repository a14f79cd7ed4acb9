"""Count and mark what a class handed in: the twelve questions, and the exercises of the workbooks.

    python3 course.py gather FOLDER               all hand-ins in the folder, as they come
    python3 course.py gather FOLDER --csv FILE    and the marks for a gradebook

The folder holds, nested or zipped or both, files inventory_... of the twelve questions, and whole
workbooks or single lessons of them (.ipynb) with the record my_progress.jsonl. A learner is called
by the folder or zip file around the files, or by what stands before the name of a lesson: ada,
ada.zip, ada_04_momentum.ipynb.

Exercises are marked by what the checks said when their owners ran them: in the record, and below
the cells. No answer is run again, as its code could do whatever you can. So a mark is no proof:
a record can be typed, or copied. Records that are the same are named, and so are right answers
that stand on a page and not in the record. An answer in words, which no check can mark, is counted
as written.

A file that is broken, duplicated, too large or of another kind is named and left out.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import NoReturn

from .gather import gather
from .marks import gradebook, marks
from .table import table
from .workbooks import shelve


def main(arguments: list[str]) -> int | str:
    """Gather the folders and files named, print what does not count and the tables."""
    if {"-h", "--help"} & set(arguments):
        print((__doc__ or "").strip())
        return 0
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, usage=argparse.SUPPRESS)
    parser.add_argument("places", nargs="*", type=Path)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--cwd", type=Path, default=Path(), help=argparse.SUPPRESS)
    parser.error = misused  # type: ignore[method-assign]
    asked = parser.parse_args(arguments)
    places = [asked.cwd / place for place in asked.places]
    for place in places:
        if not place.exists():
            return f"There is no folder {place}: name the one that holds the answers of the class."
    if asked.csv and asked.csv.suffix.lower() != ".csv":
        return f"{asked.csv} does not end in .csv: give the gradebook file a name that does."
    group, shelf = gather(places), shelve(places)
    remarks = list(dict.fromkeys(group.remarks + shelf.remarks))
    if remarks:
        print("\n".join(remarks) + "\n")
    if not group.learners and not shelf.workbooks:
        return (
            "There are no hand-ins in it: collect the learners' workbook folders, or only the "
            "files from my_answers in them whose names begin with inventory_, zipped or not, and "
            "name the folder that holds them all."
        )
    tables = [table(group)] if group.learners else []
    print("\n\n\n".join([*tables, *([marks(shelf)] if shelf.workbooks else [])]))
    if asked.csv:
        return write(asked.cwd / asked.csv, gradebook(shelf))
    return 0


def misused(why: str) -> NoReturn:
    """End with one sentence, and the code of words that were not understood."""
    print(
        f"{why[:1].upper()}{why[1:]}: python3 course.py gather --help shows how.", file=sys.stderr
    )
    raise SystemExit(2)


def write(path: Path, text: str) -> int | str:
    """Write the gradebook, all of it or nothing."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        # The mark at the beginning tells a spreadsheet that names are in UTF-8.
        draft.write_text(text, "utf-8-sig", newline="")
        os.replace(draft, path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            draft.unlink()
        return f"{path} cannot be written ({problem.strerror}): close it, or name another file."
    print(f"\nWrote the marks to {path}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
