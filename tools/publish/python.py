"""Python for the pages: what a browser fetches when a reader first moves a slider.

The same files, by the same pins, as in the JupyterLite build (see `tools.lite.parts`), but only
those that an explorer or a check needs, and without what nobody imports here. The course comes as
it lies here, with what SymPy makes of its formulas: an explorer draws without SymPy.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.lite import packages, parts

from .folder import ASSETS, ROOT, write

FOLDER = "python"
# What every explorer needs. The others are fetched when Python misses them: for a check of formulas
# or kernels, and for an explorer that trains on data.
EVERY = "contourpy", "numpy"
FORMULAS = "mpmath", "sympy"
DATA = "cloudpickle", "joblib", "scikit-learn", "scipy", "threadpoolctl"
COURSE = "course-utils"
# The earliest date that a zip can hold: the same sources give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)
NEEDLESS = "/tests/", "/benchmarks/", ".data/", "/f2py/", "/include/", ".pyi", ".pxd", "/RECORD"


@dataclass(frozen=True)
class Parts:
    """Where the pinned files lie: Pyodide's own, and the wheels of pure Python."""

    pyodide: Path
    wheels: Path


def fetched(release: Path | None = None) -> Parts:
    """The pinned files, fetched unless they lie there from an earlier build.

    Raises:
        PartError: they cannot be had, or are not the published ones.
    """
    return Parts(parts.pyodide(release), parts.wheels())


def write_python(draft: Path, found: Parts) -> int:
    """Write the folder that the worker starts from; how many MB most pages fetch of it."""
    to = draft / FOLDER
    to.mkdir()
    for name in parts.PYODIDE["files"]:
        shutil.copy(found.pyodide / name, to)
    listed: dict[str, dict[str, Any]] = {}
    for name in (*EVERY, *FORMULAS, *DATA):
        one = parts.PYODIDE["packages"].get(name)
        if one:
            wheel = found.pyodide / one["file_name"]
            if name in DATA:
                # Large, and hardly smaller when it is packed anew.
                listed[name] = one
                shutil.copy(wheel, to)
                continue
        else:
            (wheel,) = found.wheels.glob(f"{name.replace('-', '_')}-*.whl")
            one = packages.entry(wheel)
        listed[name] = one | _zip(to / f"{wheel.stem}.zip", _inside(wheel))
    listed[COURSE] = {
        **listed["sympy"],
        "name": COURSE,
        "imports": ["course_utils"],
        "depends": sorted(EVERY),
        **_zip(to / f"{COURSE}.zip", course()),
    }
    for one in listed.values():
        if missing := sorted(set(one["depends"]) - set(listed)):
            raise parts.PartError(
                f"{one['name']} needs {missing[0]}, which the pages do not fetch: add it to EVERY, "
                "FORMULAS or DATA in tools/publish/python.py."
            )
    lock = {"info": parts.PYODIDE["info"], "packages": listed}
    write(to / "pyodide-lock.json", json.dumps(lock, indent=1, sort_keys=True) + "\n")
    write(to / "worker.mjs", (ASSETS / "worker.mjs").read_text("utf-8"))
    rare = {listed[name]["file_name"] for name in (*FORMULAS, *DATA)}
    return round(sum(p.stat().st_size for p in to.iterdir() if p.name not in rare) / 1e6)


def course() -> Iterator[tuple[str, bytes]]:
    """The files of the course's library, and what SymPy makes of the formulas of its surfaces."""
    for path in sorted((ROOT / "course_utils").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    from course_utils import surfaces

    yield "course_utils/surfaces.json", json.dumps(surfaces.written(), indent=1).encode()


def _inside(wheel: Path) -> Iterable[tuple[str, bytes]]:
    """The files of a wheel, without those that nobody imports here."""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if not any(part in name for part in NEEDLESS):
                yield name, archive.read(name)


def _zip(path: Path, found: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Write files into a zip; its name and its SHA-256, as a list of packages has them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in found:
            archive.writestr(zipfile.ZipInfo(name, DATE), data, zipfile.ZIP_DEFLATED, 9)
    return {"file_name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
