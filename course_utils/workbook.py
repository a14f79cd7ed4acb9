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
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

RECORD = ".given.json"
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
    What the learner changed, a file that was there before, and a link are left alone. A lesson that
    is `damaged` in the course is not given.

    Args:
        course: the folder of the course.
        folder: the learner's folder; made if it is not there.
        places: which files are given, and into which folder inside the learner's.

    Raises:
        OSError: a file cannot be read or written; copies that were made before it are whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record, new = _read_record(folder), []
    for source, target in _pairs(course, folder, places):
        name, contents = _name(folder, target), source.read_bytes()
        now, given, there = _digest(contents), record.get(name), os.path.lexists(target)
        if there and given and given["source"] == now:
            continue
        copy = _as_given(source, contents)
        if copy is None:
            continue
        if not there or (given and _is(target, given["copy"])):
            if _write(target, copy, replaces=given["copy"] if there and given else ""):
                new.append(target)
        # Equal without a record: the start that made it was killed, or is at work beside this one.
        equal = _is(target, _digest(copy))
        if given and not equal:
            continue
        # No digest: the learner's own. From now on `behind` tells what is new in the course.
        record[name] = {"source": now, "copy": _digest(copy) if equal else ""}
        # After each copy: a start that is killed leaves at most one copy without a record.
        _write_record(folder, record)
    return new


def unchanged(folder: Path) -> list[Path]:
    """Return the lessons in a learner's folder that are as the course gave them."""
    given = {folder / name: pair["copy"] for name, pair in _read_record(folder).items()}
    return sorted(p for p, copy in given.items() if p.suffix == ".ipynb" and _is(p, copy))


def as_the_course_gives(course: Path, copy: Path) -> bool:
    """Tell whether a lesson in a learner's folder is what the course gives today, to the byte."""
    source = course / "notebooks" / copy.name
    return copy.read_bytes() == _as_given(source, source.read_bytes())


def behind(course: Path, folder: Path, places: dict[str, str] = IN_THE_COURSE) -> list[str]:
    """Return the names of the lessons that the learner changed and the course has changed since."""
    record, names = _read_record(folder), []
    for source, target in _pairs(course, folder, places):
        given = record.get(_name(folder, target))
        if source.suffix != ".ipynb":
            continue
        if given and target.is_file() and not _is(target, given["copy"]):
            if given["source"] != _digest(source.read_bytes()):
                names.append(source.stem)
    return names


def unreadable(course: Path, folder: Path) -> list[str]:
    """Return the names of the lessons whose copy is something that JupyterLab cannot open."""
    whole, names = unchanged(folder), []
    for _, target in _pairs(course, folder, IN_THE_COURSE):
        if target.suffix == ".ipynb" and os.path.lexists(target) and target not in whole:
            try:
                content = target.read_bytes() if target.is_file() else b""
            except OSError:
                content = b""
            if _notebook(content) is None:
                names.append(target.stem)
    return names


def left_over(course: Path, folder: Path) -> list[str]:
    """Return the names of copies whose lesson the course has no more, or under another name."""
    lessons = {target for _, target in _pairs(course, folder, IN_THE_COURSE)}
    given = [folder / name for name in _read_record(folder) if name.endswith(".ipynb")]
    return sorted(path.stem for path in given if path not in lessons and os.path.lexists(path))


def damaged(course: Path) -> list[str]:
    """Return the names of the course's own lessons that are no whole notebooks.

    An update that was interrupted leaves such files, and so does one that met changes.
    """
    sources = [source for source, _ in _pairs(course, course, IN_THE_COURSE)]
    lessons = [source for source in sources if source.suffix == ".ipynb"]
    return [source.stem for source in lessons if _notebook(source.read_bytes()) is None]


def forgotten(folder: Path) -> bool:
    """Tell whether there are copies, and no record of what was given that can be read."""
    return any(folder.glob("[0-9][0-9]_*.ipynb")) and not _read_record(folder)


def fresh(course: Path, folder: Path, name: str, today: str = "") -> Path | None:
    """Give a new copy of a lesson, and return where the learner's old one is kept.

    None means that there was nothing to keep: no copy, or one that was never changed. The old copy
    moves only when the new one lies ready on the disk.

    Args:
        course: the folder of the course.
        folder: the learner's folder.
        name: of the lesson, for instance ``"04_momentum"``; not one that is `damaged`.
        today: what is added to the old copy's name; the date unless said.
    """
    source, copy, kept = course / "notebooks" / f"{name}.ipynb", folder / f"{name}.ipynb", None
    if os.path.lexists(copy) and copy not in unchanged(folder):
        contents = source.read_bytes()
        with _draft(copy, _as_given(source, contents) or contents) as draft:
            stem = f"{name}_kept_{today or datetime.date.today().isoformat()}"
            kept = _put_away(copy, folder, stem)
            draft.replace(copy)
    give(course, folder)
    return kept


def _put_away(path: Path, folder: Path, stem: str) -> Path:
    """Give a learner's file a name that no other file has, and return it."""
    number = 1
    while True:
        kept = folder / (f"{stem}.ipynb" if number == 1 else f"{stem}_{number}.ipynb")
        try:
            if not path.is_dir():  # taken first, so that of two at once none overwrites the other's
                kept.touch(exist_ok=False)
            elif os.path.lexists(kept):
                raise FileExistsError
        except FileExistsError:
            number += 1
            continue
        try:
            return path.replace(kept)
        except OSError:
            if not path.is_dir():
                kept.unlink()
            raise


def _pairs(course: Path, folder: Path, places: dict[str, str]) -> list[tuple[Path, Path]]:
    """Each file of the course with the place of its copy."""
    return [
        (source, folder / place / source.name)
        for pattern, place in places.items()
        for source in sorted(course.glob(pattern))
    ]


def _notebook(contents: bytes) -> dict[str, Any] | None:
    """A notebook's content; None for what JupyterLab cannot read as one."""
    try:
        content = json.loads(contents.decode())
        whole = all({"cell_type", "source"} <= set(cell) for cell in content["cells"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return content if whole else None


def _as_given(source: Path, contents: bytes) -> bytes | None:
    """A file of the course as a learner gets it; None for a lesson that is no whole notebook.

    A lesson comes without the outputs from its first question on.
    """
    if source.suffix != ".ipynb":
        return contents
    content = _notebook(contents)
    if content is None:
        return None
    codes = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    asked = [bool(QUESTION.search("".join(cell["source"]))) for cell in codes]
    if True not in asked:
        return contents
    for cell in codes[asked.index(True) :]:
        cell.update(outputs=[], execution_count=None)
    # As JupyterLab writes it: a copy that was looked at and saved stays the same to the byte.
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def _read_record(folder: Path) -> dict[str, dict[str, str]]:
    """What was given before: each file's name, its digest in the course and that of the copy."""
    try:
        stored = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    record = {}
    for name, given in stored.items() if isinstance(stored, dict) else ():
        # The first hubs gave copies that were equal to the course's files, and kept one digest.
        pair = {"source": given, "copy": given} if isinstance(given, str) else given
        if isinstance(pair, dict) and {"source", "copy"} <= set(pair) and _inside(name):
            record[name] = pair
    return record


def _inside(name: str) -> bool:
    """Tell whether a name leads to a file in the folder, and is written as the course writes it."""
    path = PurePosixPath(name)
    return path.as_posix() == name and not path.is_absolute() and ".." not in path.parts


def _write_record(folder: Path, record: dict[str, dict[str, str]]) -> None:
    _write(folder / RECORD, json.dumps(record, indent=1).encode())


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is(path: Path, digest: str) -> bool:
    """Tell whether this is an ordinary file with these contents; one that cannot be read is not."""
    try:
        return path.is_file() and not path.is_symlink() and _digest(path.read_bytes()) == digest
    except OSError:
        return False


def _digest(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


@contextmanager
def _draft(path: Path, contents: bytes) -> Iterator[Path]:
    """Contents on the disk beside the file that they are meant for, under a name of their own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two starts at once write two drafts: with one name, one would put the other's half in place.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        draft.write_bytes(contents)
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _write(path: Path, contents: bytes, replaces: str | None = None) -> bool:
    """Write a file so that whoever stops half-way leaves the old one whole.

    Args:
        path: the file.
        contents: its new contents.
        replaces: the digest of what may be replaced, "" for nothing at all; None for anything.

    Returns:
        Whether it was written: not over a file that the learner saved in the meantime.
    """
    with _draft(path, contents) as draft:
        if replaces is not None and os.path.lexists(path) and not _is(path, replaces):
            return False
        draft.replace(path)
    return True
