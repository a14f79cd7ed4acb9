"""Every file of a folder, of zip files in it, and of zip files in these."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from .record import Unfit

Named = tuple[str, bytes | Unfit]

LARGEST, LARGEST_ZIP, DEEPEST = 100_000, 50_000_000, 4
_ZIP = b"PK\x03\x04"
_PACKED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_OFFICE = {"[Content_Types].xml", "mimetype"}
_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini")
_TROUBLES = (OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


def contents(places: list[Path]) -> Iterator[Named]:
    """Name and content of every file; in place of a content, why there is none.

    Hidden files, and those that systems put beside others, are passed over.
    """
    for place in places:
        if not place.is_dir():
            yield from _content(place, place.name)
            continue
        closed: list[OSError] = []
        for folder, inner, names in os.walk(place, onerror=closed.append):
            inner[:] = sorted(name for name in inner if not _of_the_system(name))
            for name in sorted(names):
                if not _of_the_system(name):
                    path = Path(folder, name)
                    yield from _content(path, path.relative_to(place).as_posix())
        for error in closed:
            yield f"The folder {error.filename}", Unfit(f"cannot be read ({error.strerror})")


def _content(path: Path, name: str) -> Iterator[Named]:
    try:
        if not path.is_file():
            yield name, Unfit("is no file")
            return
        with path.open("rb") as file:
            zipped = file.read(len(_ZIP)) == _ZIP
            file.seek(0)
            if zipped:
                yield from _unzipped(file, name, DEEPEST)
            else:
                yield name, _bounded(file.read(LARGEST + 1), name)
    except OSError as error:
        yield name, Unfit(f"cannot be read ({error.strerror or error})")


def _unzipped(file, name: str, deep: int) -> Iterator[Named]:
    try:
        archive = zipfile.ZipFile(file)
    except _TROUBLES:
        yield name, Unfit("is a broken zip file, ask for it again")
        return
    with archive:
        if _OFFICE & set(archive.namelist()):
            yield name, Unfit("is no hand-in")
            return
        for entry in archive.infolist():
            inner = f"{name}/{entry.filename}"
            if entry.is_dir() or any(map(_of_the_system, entry.filename.split("/"))):
                continue
            try:
                with archive.open(entry) as stream:
                    data = stream.read(LARGEST + 1)
                    zipped = data.startswith(_ZIP)
                    data += stream.read(LARGEST_ZIP) if zipped else b""
            except _TROUBLES as error:
                locked = "password" in str(error)
                yield inner, Unfit("wants a password" if locked else "is broken, ask for it again")
                continue
            if zipped and deep > 1:
                yield from _unzipped(io.BytesIO(data), inner, deep - 1)
            else:
                yield inner, _bounded(data, inner)


def _bounded(data: bytes, name: str) -> bytes | Unfit:
    if name.lower().endswith(_PACKED):
        return Unfit("is packed in a way that is not read here, unpack it first")
    return Unfit("is no hand-in") if len(data) > LARGEST else data


def _of_the_system(name: str) -> bool:
    return name.startswith((".", "__MACOSX")) or name.lower() in _OF_THE_SYSTEM
