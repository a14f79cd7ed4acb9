"""What a learner did, kept beside the lesson from one day to the next.

The file has one line of JSON for each answer, and lines are only ever added, each in one write: so
two lessons that are open at once cannot lose each other's answers, and a damaged line costs that
line. Nothing is sent anywhere, and who deletes the file begins anew.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = "my_progress.jsonl"
PLACE = "COURSE_PROGRESS"  # names another file, or says "off", as for a lesson that is tested
LARGEST = 1_000_000  # bytes; all answers of the course make less than a tenth of that

_CLOSED = "the file or its folder may not be written to"
_REASONS = {
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _CLOSED,
    errno.ENOENT: "the folder is gone",
    errno.ENOTDIR: "the folder is gone",
    errno.ENOSPC: "the disk is full",
    errno.EISDIR: "a folder has the name of the file",
}


def place() -> Path | None:
    """The learner's file, in the folder in which the lesson runs; None if nothing is kept."""
    chosen = os.environ.get(PLACE, "")
    return None if chosen == "off" else Path(chosen or FILE).absolute()


def state(path: Path) -> tuple[int, int] | None:
    """What changes when the file does; None without a file that can be read."""
    try:
        seen = path.stat()
        return (seen.st_mtime_ns, seen.st_size) if path.is_file() else None
    except (OSError, ValueError):
        return None


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The entries, oldest first; what is none is passed over, and `trouble` tells of it."""
    for entry in _entries(path):
        if isinstance(entry, dict):
            yield entry


def trouble(path: Path) -> str:
    """What of the file cannot be read, as a sentence; "" if all of it can, or there is no file."""
    if not os.path.lexists(path):
        return ""
    if not path.is_file():
        return f"{path.name} is not a file."
    try:
        path.open("rb").close()
        if path.stat().st_size > LARGEST:
            return f"{path.name} is too large to be from this course: its end is not read."
    except OSError:
        return f"{path.name} cannot be read: what it holds is not counted."
    lost = sum(not isinstance(entry, dict) for entry in _entries(path))
    if not lost:
        return ""
    lines, them = ("lines", "they are") if lost > 1 else ("line", "it is")
    return f"{lost} {lines} of {path.name} cannot be read: {them} not counted."


def _entries(path: Path) -> Iterator[Any]:
    if state(path) is None:  # a pipe of that name would never end
        return
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
    except OSError:
        return
    yield from parsed(data)


def parsed(data: bytes) -> Iterator[Any]:
    """What each line of a learner's file holds that is not blank; None for one that is no JSON."""
    for line in filter(bytes.strip, data.split(b"\n")):
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            yield None


def add(path: Path, entry: dict[str, Any]) -> str:
    """Write one more entry; returns "", or why it could not be kept."""
    line = json.dumps(entry).encode() + b"\n"
    try:
        if os.path.lexists(path) and not path.is_file():
            return "something else has the name of the file"
        with path.open("a+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size + len(line) > LARGEST:
                return "the file is too large to be from this course"
            if size:
                file.seek(size - 1)
                line = line if file.read(1) == b"\n" else b"\n" + line
            return "" if file.write(line) == len(line) else "the disk is full"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _REASONS.get(getattr(error, "errno", 0) or 0, reason)
