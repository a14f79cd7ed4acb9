"""Every file of a folder, of zip files in it, and of zip files in these."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .record import Unfit

Named = tuple[str, bytes | Unfit]

# Bytes. A lesson as it is stored has under 1 MB, a copy in which much was drawn a few; and reading
# JSON takes up to twenty times its size in memory.
LARGEST, LARGEST_ZIP, DEEPEST = 100_000, 50_000_000, 4
LARGER = {".ipynb": 10_000_000, ".jsonl": 1_000_000}
# What one file of the class may unfold to, and one zip file inside of it: a class of a hundred has
# 2,000 files and 2 GB at most, and a zip file that holds more than all of them is a trap.
LARGEST_LIST = 5_000_000
WHOLE, PART = (20_000, 4_000_000_000), (2_000, 400_000_000)
_ZIP = b"PK\x03\x04"
_PACKED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_OFFICE = {"[Content_Types].xml", "mimetype"}
# What systems put beside files, and what the course puts beside lessons.
_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini", "index.md")


@dataclass
class _Allowance:
    """How many files and bytes may still come out of a zip file."""

    files: int
    size: int

    def take(self, size: int) -> bool:
        """Count one file more; False if that is too much."""
        self.files, self.size = self.files - 1, self.size - size
        return self.files >= 0 and self.size >= 0


def contents(places: list[Path], wanted: Callable[[str], bool]) -> Iterator[Named]:
    """Name and content of every file; in place of a content, why there is none.

    Hidden files, and those that systems and the course put beside others, are passed over, and
    links are named and not followed.

    Args:
        places: folders and files.
        wanted: says of a name whether the file is read; zip files are always looked into.
    """
    for place in places:
        if not place.is_dir():
            yield from _content(place, place.name, wanted)
            continue
        closed: list[OSError] = []
        for folder, inner, names in os.walk(place, onerror=closed.append):
            inner[:] = sorted(name for name in inner if not _of_the_system(name))
            for name in inner:
                path = Path(folder, name)
                if path.is_symlink():  # it may lead anywhere, and back to where we are
                    yield (
                        path.relative_to(place).as_posix(),
                        Unfit("is a link to a folder and is not followed: name the folder itself"),
                    )
            for name in sorted(names):
                if not _of_the_system(name):
                    path = Path(folder, name)
                    yield from _content(path, path.relative_to(place).as_posix(), wanted)
        for error in closed:
            yield f"The folder {error.filename}", Unfit(f"cannot be read ({error.strerror})")


def _content(path: Path, name: str, wanted: Callable[[str], bool]) -> Iterator[Named]:
    try:
        if path.is_symlink():  # it could lead out of the folder, or to another learner's work
            yield name, Unfit("is a link: ask for the file itself")
            return
        if not path.is_file():
            yield name, Unfit("is not a file")
            return
        with path.open("rb") as file:
            zipped = file.read(len(_ZIP)) == _ZIP
            file.seek(0)
            if zipped:
                yield from _unzipped(file, name, DEEPEST, wanted, _Allowance(*WHOLE))
            elif wanted(name):
                yield name, _bounded(file.read(_most(name) + 1), name)
    except OSError as error:
        yield name, Unfit(f"cannot be read ({error.strerror or error})")


def _unzipped(
    file: BinaryIO, name: str, deep: int, wanted: Callable[[str], bool], whole: _Allowance
) -> Iterator[Named]:
    """Name and content of what a zip file holds.

    Whatever damage there is in a file that somebody sent, the unpackers of Python (zlib, bz2, lzma)
    each raise an error of their own for it: none of them may end the count of a class.
    """
    if _endless(file):
        yield name, Unfit("lists more files than a class hands in, so it is not read")
        return
    try:
        archive = zipfile.ZipFile(file)
        office = _OFFICE & set(archive.namelist())
    except Exception:
        yield name, Unfit("is a broken zip file: ask for it again")
        return
    counts = [whole] if deep == DEEPEST else [whole, _Allowance(*PART)]
    with archive:
        if office:
            yield name, Unfit("is not a hand-in")
            return
        for entry in archive.infolist():
            inner = f"{name}/{entry.filename}"
            if entry.is_dir() or any(map(_of_the_system, entry.filename.split("/"))):
                continue
            try:
                with archive.open(entry) as stream:
                    data = stream.read(len(_ZIP))
                    zipped = data == _ZIP
                    if zipped or wanted(inner):
                        data += stream.read(LARGEST_ZIP if zipped else _most(inner))
            except Exception as error:
                locked = "password" in str(error)
                why = "needs a password: ask for it without one" if locked else ""
                yield inner, Unfit(why or "is broken: ask for it again")
                continue
            if not all([count.take(len(data)) for count in counts]):
                yield name, Unfit("holds more than a class hands in: the rest of it is not read")
                return
            if zipped and deep > 1:
                yield from _unzipped(io.BytesIO(data), inner, deep - 1, wanted, whole)
            elif zipped:
                yield inner, Unfit(f"is a zip file inside {DEEPEST} others: unpack them first")
            elif wanted(inner):
                yield inner, _bounded(data, inner)


def _endless(file: BinaryIO) -> bool:
    """Whether the list of files in a zip file, which is read at once, is too long for that."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 70_000))  # what comes after the list, with the longest comment
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    listed = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    # A second, longer end of that kind says how long the list really is.
    return size > LARGEST_LIST and (listed > LARGEST_LIST or b"PK\x06\x07" in tail)


def _most(name: str) -> int:
    """How many bytes are read of a file with this name."""
    return LARGER.get(Path(name).suffix.lower(), LARGEST)


def _bounded(data: bytes, name: str) -> bytes | Unfit:
    if name.lower().endswith(_PACKED):
        return Unfit("is packed in a way that is not read here: unpack it first")
    if len(data) <= _most(name):
        return data
    large = _most(name) > LARGEST
    return Unfit("is too large to be from this course" if large else "is not a hand-in")


def _of_the_system(name: str) -> bool:
    return name.startswith((".", "__MACOSX")) or name.lower() in _OF_THE_SYSTEM
