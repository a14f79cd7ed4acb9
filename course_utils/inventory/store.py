"""Where a learner's hand-ins lie: small files in a folder beside the lesson, and nowhere else."""

from __future__ import annotations

import contextlib
import errno
import sys
from pathlib import Path

from .record import Record, Unfit, read

FOLDER = "my_answers"
_LARGEST = 100_000
_REASONS = {
    errno.EACCES: "it may not be written to",
    errno.EPERM: "it may not be written to",
    errno.EROFS: "it may not be written to",
    errno.ENOSPC: "the disk is full",
    errno.EEXIST: "a file has that name",
    errno.ENOTDIR: "a file has that name",
}


# Where JupyterLite's kernel reaches the files that the page lists.
_LISTED = Path("/drive")


def kept(folder: Path) -> bool:
    """Whether a file in this folder outlives the kernel.

    In a browser the kernel reaches the page's files through a service worker. Where there is none
    (plain http, private windows of some browsers) it writes into its own memory, without an error.
    A page that gives a folder of its own, by its whole path, takes care of the file itself.
    """
    in_browser = sys.platform == "emscripten"
    return not in_browser or folder.is_absolute() or _LISTED in [Path.cwd(), *Path.cwd().parents]


class NotStored(Exception):
    """Why a hand-in could not be stored, as a sentence."""


def write(record: Record, folder: Path) -> Path:
    """Write a hand-in beside the earlier ones, which stay as they are.

    Raises:
        NotStored: the folder cannot be made or written to.
    """
    name, number = f"inventory_{record.when}_{record.learner}", 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / (f"{name}.json" if number == 1 else f"{name}_{number}.json")
            try:
                with path.open("x", encoding="utf-8") as file:
                    try:
                        file.write(record.json() + "\n")
                        file.flush()
                    except OSError:
                        with contextlib.suppress(OSError):
                            path.unlink()
                        raise
                return path
            except FileExistsError:
                number += 1
    except (OSError, ValueError) as error:
        reason = _REASONS.get(
            getattr(error, "errno", 0) or 0, getattr(error, "strerror", "") or error
        )
        raise NotStored(
            f"The folder {folder} cannot take the file ({reason}). Nothing is lost: your choices "
            "are still here. Make the folder writable and hand in again, or see your score without "
            "a file: untick the box, or pass store=False in code."
        ) from error


def earlier(folder: Path) -> tuple[list[Record], list[str]]:
    """The hand-ins in a folder, oldest first, and the names of files that cannot be read."""
    records, unreadable = [], []
    try:
        paths = sorted(folder.glob("*.json"))
    except OSError:
        return [], []
    for path in paths:
        try:
            with path.open("rb") as file:
                records.append(read(file.read(_LARGEST)))
        except (OSError, Unfit):
            unreadable.append(path.name)
    return sorted(records, key=lambda r: r.handed_in), unreadable


def own(records: list[Record], when: str, nickname: str) -> str | None:
    """The code of the learner whose earlier hand-ins these are, None for a new learner.

    The nickname decides. After the course it may be left out, or new, if only one learner has
    handed in here and nothing speaks against it.
    """
    for record in records:
        if record.nickname.casefold() == nickname.casefold():
            return record.learner
    alone = len({record.learner for record in records}) == 1
    if when == "after" and alone and not (nickname and records[0].nickname):
        return records[0].learner
    return None
