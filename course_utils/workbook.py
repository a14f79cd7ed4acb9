"""The learner's own copies of the lessons, which no update overwrites.

`notebooks/` belongs to the course: git brings it, and its stored outputs show every answer. A
learner works in copies. They come without the outputs below a lesson's first question, so that
nothing on the page answers it; one that was never changed follows the course; one that was changed
stays as it is. course.py keeps them in `workbook/`, the hub in each student's folder.

The standard library alone is used: course.py asks before anything is installed.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from pathlib import Path

LEDGER = ".given.json"
# Folders of the course, and where their files go in the learner's folder. A lesson names its
# pictures as ../images: inside the course's own folder they are there already.
IN_THE_COURSE = {"notebooks/[0-9][0-9]_*.ipynb": ".", "notebooks/INDEX.md": "."}
ELSEWHERE = {
    "notebooks/[0-9][0-9]_*.ipynb": "notebooks",
    "notebooks/INDEX.md": "notebooks",
    "images/*.svg": "images",
}
QUESTION = re.compile(r"(?m)^[^#\n]*\b(?:predict|check)\(")


def give(course: Path, folder: Path, places: dict[str, str] = IN_THE_COURSE) -> list[Path]:
    """Bring a learner's folder in step with the course, and return the copies that are new.

    A lesson that is missing is copied, and so is a newer one over a copy that was never changed.
    What the learner changed, a file that was there before, and a link are left alone.

    Args:
        course: the folder of the course.
        folder: the learner's folder; made if it is not there.
        places: which files are given, and into which folder inside the learner's.

    Raises:
        OSError: a file cannot be read or written; copies that were made before it are whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ledger, new = _read_ledger(folder), []
    for source, target in _pairs(course, folder, places):
        name, now = target.relative_to(folder).as_posix(), _digest(source.read_bytes())
        if os.path.lexists(target):
            given = ledger.get(name)
            if not given or not _is(target, given["copy"]) or given["source"] == now:
                continue
        copy = _without_answers(source.read_bytes())
        _write(target, copy)
        ledger[name] = {"source": now, "copy": _digest(copy)}
        new.append(target)
    if new:
        _write(folder / LEDGER, json.dumps(ledger, indent=1).encode())
    return new


def unchanged(folder: Path) -> list[Path]:
    """Return the lessons in a learner's folder that are as the course gave them."""
    ledger = _read_ledger(folder)
    paths = [folder / name for name in ledger if name.endswith(".ipynb")]
    return sorted(path for path in paths if _is(path, ledger[_name(folder, path)]["copy"]))


def behind(course: Path, folder: Path, places: dict[str, str] = IN_THE_COURSE) -> list[str]:
    """Return the names of the lessons that the learner changed and the course has changed since."""
    ledger, names = _read_ledger(folder), []
    for source, target in _pairs(course, folder, places):
        given = ledger.get(_name(folder, target))
        if source.suffix != ".ipynb":
            continue
        if given and target.is_file() and not _is(target, given["copy"]):
            if given["source"] != _digest(source.read_bytes()):
                names.append(source.stem)
    return names


def fresh(course: Path, folder: Path, name: str, today: str = "") -> Path | None:
    """Give a new copy of a lesson, and return where the learner's old one is kept.

    None means that there was nothing to keep: no copy, or one that was never changed.

    Args:
        course: the folder of the course.
        folder: the learner's folder.
        name: of the lesson, for instance ``"04_momentum"``.
        today: what is added to the old copy's name; the date unless said.
    """
    copy, kept = folder / f"{name}.ipynb", None
    if os.path.lexists(copy) and copy not in unchanged(folder):
        stem = f"{name}_kept_{today or datetime.date.today().isoformat()}"
        kept, number = folder / f"{stem}.ipynb", 1
        while os.path.lexists(kept):
            number += 1
            kept = folder / f"{stem}_{number}.ipynb"
        copy.rename(kept)
    give(course, folder)
    return kept


def _pairs(course: Path, folder: Path, places: dict[str, str]) -> list[tuple[Path, Path]]:
    """Each file of the course with the place of its copy."""
    return [
        (source, folder / place / source.name)
        for pattern, place in places.items()
        for source in sorted(course.glob(pattern))
    ]


def _without_answers(notebook: bytes) -> bytes:
    """The notebook without the outputs from its first question on; other files as they are."""
    try:
        content = json.loads(notebook)
        cells = content["cells"]
        codes = [cell for cell in cells if cell["cell_type"] == "code"]
        asked = [bool(QUESTION.search("".join(cell["source"]))) for cell in codes]
    except (ValueError, KeyError, TypeError):
        return notebook
    if True not in asked:
        return notebook
    for cell in codes[asked.index(True) :]:
        cell.update(outputs=[], execution_count=None)
    # As JupyterLab writes it: a copy that was looked at and saved stays the same to the byte.
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def _read_ledger(folder: Path) -> dict[str, dict[str, str]]:
    """What was given before: each file's name, its digest in the course and that of the copy."""
    try:
        stored = json.loads((folder / LEDGER).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    ledger = {}
    for name, given in stored.items() if isinstance(stored, dict) else ():
        # The first hubs gave copies that were equal to the course's files, and kept one digest.
        pair = {"source": given, "copy": given} if isinstance(given, str) else given
        if isinstance(pair, dict) and {"source", "copy"} <= set(pair) and ".." not in name:
            ledger[name] = pair
    return ledger


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is(path: Path, digest: str) -> bool:
    """Tell whether this is an ordinary file with these contents."""
    return path.is_file() and not path.is_symlink() and _digest(path.read_bytes()) == digest


def _digest(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def _write(path: Path, contents: bytes) -> None:
    """Write a file so that whoever stops half-way leaves the old one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.write_bytes(contents)
    draft.replace(path)
