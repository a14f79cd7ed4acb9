"""Count a class's answers to the twelve questions, before and after the course.

    python3 course.py gather FOLDER    of all hand-ins in the folder, zipped or nested or renamed

A file that is broken, doubled or something else is named and left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .gather import gather
from .table import table


def main(arguments: list[str]) -> int | str:
    """Gather the folders and files named, print what does not count and the table."""
    if {"-h", "--help"} & set(arguments):
        print((__doc__ or "").strip())
        return 0
    places = [Path(argument) for argument in arguments]
    for place in places:
        if not place.exists():
            return f"There is no folder {place}: name the one that holds the answers of the class."
    found = gather(places)
    if found.remarks:
        print("\n".join(found.remarks) + "\n")
    if not found.learners:
        return (
            "There are no hand-ins in it: they are the files that begin with inventory_ in each "
            "learner's folder my_answers; collect them, zipped or not, and name that folder."
        )
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
