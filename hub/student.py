"""Start one student's server: first give what is new of the lessons, then become the server.

This runs as the student, in the student's own folder, with the student's rights.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path

from tools.find import notebooks

LEDGER = ".given.json"


def digest(path: Path) -> str:
    """Return one number for the contents of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_ledger(folder: Path) -> dict[str, str]:
    """Return what was given before: each file's name and the digest that it had."""
    try:
        given = json.loads((folder / LEDGER).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return given if isinstance(given, dict) else {}


def give(course: Path, folder: Path) -> list[Path]:
    """Copy the lessons into a student's folder and return the copies that are new.

    What the student has is never overwritten. A lesson that is missing there is copied, and one
    that the student never changed follows the course.
    """
    given, new = read_ledger(folder), []
    for source in [*notebooks(course), *sorted(course.glob("images/*.svg"))]:
        name = source.relative_to(course).as_posix()
        target, now = folder / name, digest(source)
        if os.path.lexists(target):
            untouched = target.is_file() and not target.is_symlink()
            if not untouched or digest(target) != given.get(name) or given[name] == now:
                continue
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.draft")
        draft.unlink(missing_ok=True)
        draft.write_bytes(source.read_bytes())
        draft.replace(target)
        given[name] = now
        new.append(target)
    if new:
        draft = folder / f"{LEDGER}.draft"
        draft.write_text(json.dumps(given, indent=1), "utf-8")
        draft.replace(folder / LEDGER)
    return new


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
        new = give(Path(os.environ["RAVINE_COURSE"]), folder)
        sign([path for path in new if path.suffix == ".ipynb"])
    except Exception as problem:
        print(f"The lessons could not all be given: {problem!r}", file=sys.stderr)
    if os.environ.get("MEM_LIMIT"):
        limit_memory(os.environ["MEM_LIMIT"])
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])


if __name__ == "__main__":
    main()
