"""Start one student's server: first give what is new of the lessons, then become the server.

This runs as the student, in the student's own folder, with the student's rights.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from course_utils.workbook import ELSEWHERE, give


def sign(lessons: list[Path]) -> None:
    """Sign lessons for this student, so that their pictures show before anything is run."""
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    with contextlib.closing(notary.store):
        for path in lessons:
            notary.sign(nbformat.read(path, as_version=4))


def limit_memory(limit: str) -> None:
    """Hold each process of this student below a number of bytes: Python says MemoryError."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (int(limit), int(limit)))
    except (ImportError, ValueError, OSError) as problem:
        print(f"No limit on memory: {problem}", file=sys.stderr)


def main() -> None:
    """Give, sign, and become the student's server, whatever went wrong with the lessons."""
    folder = Path.home() / "down-the-ravine"
    try:
        folder.mkdir(exist_ok=True)
        new = give(Path(os.environ["RAVINE_COURSE"]), folder, ELSEWHERE)
        sign([path for path in new if path.suffix == ".ipynb"])
    except Exception as problem:
        print(f"The lessons could not all be given: {problem!r}", file=sys.stderr)
    if os.environ.get("MEM_LIMIT"):
        limit_memory(os.environ["MEM_LIMIT"])
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])


if __name__ == "__main__":
    main()
