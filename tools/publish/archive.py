"""The whole site as one file to download, the same bytes for the same pages."""

from __future__ import annotations

import zipfile
from pathlib import Path

from .folder import OURS

NAME = "down-the-ravine.zip"
FOLDER = "down-the-ravine"
# The earliest date that a zip can hold.
DATE = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
README = """Down the Ravine, as pages.

Open index.html in a browser. To move sliders freely, serve the folder:

    python3 -m http.server

and open http://localhost:8000. Nothing is requested from any other address.
"""
# What is packed already: to pack it again would take time and save nothing.
PACKED = {".zip", ".whl", ".png"}


def write_archive(site: Path) -> int:
    """Write the archive of a site into the site; its size in bytes."""
    inside = sorted(p for p in site.rglob("*") if p.is_file() and p.name not in (OURS, NAME))
    with zipfile.ZipFile(site / NAME, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "README.txt", README.encode(), ".txt")
        for path in inside:
            _add(archive, path.relative_to(site).as_posix(), path.read_bytes(), path.suffix)
    return (site / NAME).stat().st_size


def _add(archive: zipfile.ZipFile, name: str, data: bytes, kind: str) -> None:
    entry = zipfile.ZipInfo(f"{FOLDER}/{name}", DATE)
    entry.external_attr = READABLE
    entry.compress_type = zipfile.ZIP_STORED if kind in PACKED else zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)


def megabytes(size: int) -> str:
    """A size as a page states it."""
    return f"{max(round(size / 1e6), 1)} MB"
