"""A folder that is written whole or not at all."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .lesson import Lesson

ROOT = Path(__file__).resolve().parent.parent.parent
ASSETS = Path(__file__).resolve().parent / "assets"
OURS = ".down_the_ravine"


class Refused(Exception):
    """Why nothing is written, in a sentence."""


@contextlib.contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """A new folder to fill; when all went well, it takes the place of ``target``.

    Raises:
        Refused: there is something at ``target`` that was not written by this tool.
    """
    if target.exists() and not (target.is_dir() and _may_go(target)):
        raise Refused(
            f"{target} holds something else: name an empty folder, or one that does not exist yet, "
            "with --to."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        (draft / OURS).write_text("Written by course.py: the next run replaces this folder.\n")
        yield draft
        draft.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _may_go(folder: Path) -> bool:
    return (folder / OURS).exists() or not any(folder.iterdir())


def write(path: Path, text: str) -> None:
    """Write text as UTF-8 with the same line ends on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def copy_common(draft: Path) -> None:
    """Copy the pictures that text cells show, and the licences."""
    for name in ("images/zig_zag_still.svg", "images/zig_zag.svg", "LICENSE", "LICENSE-TEXT"):
        write(draft / name, (ROOT / name).read_text("utf-8"))


def copy_pictures(lesson: Lesson, draft: Path) -> None:
    """Write the figures of a lesson as files."""
    (draft / "pictures").mkdir(exist_ok=True)
    for name, svg in lesson.pictures.items():
        write(draft / name, svg)
