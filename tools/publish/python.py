"""Python for the pages: what a browser fetches when a reader first moves a slider.

The same files, by the same pins, as in the JupyterLite build (see `tools.lite.parts`), but only
those that an explorer or a check needs, and without what nobody imports here. The course comes as
it lies here, with what SymPy makes of its formulas: an explorer draws without SymPy.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.lite import licences, packages, parts

from .bytecode import LIBRARY, PACKAGES, bytecode, with_bytecode
from .folder import ASSETS, ROOT, write

FOLDER = "python"
LICENCES = f"{FOLDER}/licences.txt"
# What every explorer needs. The others are fetched when Python misses them: for a check of formulas
# or kernels, and for an explorer that trains on data.
EVERY = "contourpy", "numpy"
FORMULAS = "mpmath", "sympy"
DATA = "cloudpickle", "joblib", "scikit-learn", "scipy", "threadpoolctl"
# The course's library in portions: what every explorer needs, and rooms that come when they are
# missed. Its figures need Matplotlib and stay away.
COURSE = "course-utils"
ROOMS = {
    "course-networks": ("networks",),
    "course-checks": ("exercises", "inventory", "libraries", "symbolic"),
}
AWAY = ("figures",)
# Kernels and checks are read as they are run; of all else a browser needs no source.
READ = "optimizers", "networks", *ROOMS["course-checks"]
CORE = "pyodide.asm.wasm"
LIBRARY_FILE = "python_stdlib.zip"
# The earliest date that a zip can hold: the same sources give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)
NEEDLESS = "/tests/", "/benchmarks/", ".data/", "/include/", ".pyi", ".pxd", "/RECORD"


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
    wheels: list[Path] = []
    for name in (*EVERY, *FORMULAS, *DATA):
        one = parts.PYODIDE["packages"].get(name)
        if one:
            wheel = found.pyodide / one["file_name"]
            if name in DATA:
                wheels.append(wheel)
                # Large, and hardly smaller when it is packed anew.
                listed[name] = one
                shutil.copy(wheel, to)
                continue
        else:
            (wheel,) = found.wheels.glob(f"{name.replace('-', '_')}-*.whl")
            one = packages.entry(wheel)
        wheels.append(wheel)
        listed[name] = one | _zip(to / f"{wheel.stem}.zip", _inside(wheel))
    later = {room: name for name, rooms in ROOMS.items() for room in rooms}
    sources = list(course())
    for portion in (COURSE, *ROOMS):
        own = [(path, data) for path, data in sources if later.get(room(path), COURSE) == portion]
        listed[portion] = {
            **listed["sympy"],
            "name": portion,
            "imports": [f"course_utils.{one}" for one in ROOMS.get(portion, ())]
            or ["course_utils"],
            "depends": [COURSE] if portion in ROOMS else sorted(EVERY),
            **_zip(to / f"{portion}.zip", own),
        }
    for one in listed.values():
        if missing := sorted(set(one["depends"]) - set(listed)):
            raise parts.PartError(
                f"{one['name']} needs {missing[0]}, which the pages do not fetch: add it to EVERY, "
                "FORMULAS or DATA in tools/publish/python.py."
            )
    _lock(to, listed)
    _compile(to, listed)
    _lock(to, listed)
    write(to / "worker.mjs", (ASSETS / "worker.mjs").read_text("utf-8"))
    _pack(to / CORE)
    write(draft / LICENCES, licences.text(wheels))
    write(draft / "offline.js", offline(to))
    rare = {listed[name]["file_name"] for name in (*FORMULAS, *DATA, *ROOMS)} | {"licences.txt"}
    return round(sum(p.stat().st_size for p in to.iterdir() if p.name not in rare) / 1e6)


def _lock(to: Path, listed: dict[str, dict[str, Any]]) -> None:
    lock = {"info": parts.PYODIDE["info"], "packages": listed}
    write(to / "pyodide-lock.json", json.dumps(lock, indent=1, sort_keys=True) + "\n")


def _compile(to: Path, listed: dict[str, dict[str, Any]]) -> None:
    """Put bytecode into the archives, where it can be made."""
    wanted = COURSE, *ROOMS, *EVERY, *FORMULAS
    key = json.dumps([parts.PYODIDE["files"], *(listed[name]["sha256"] for name in wanted)])
    made = bytecode(to, wanted, key)
    if not made:
        return
    _zip(to / LIBRARY_FILE, _with(made, to / LIBRARY_FILE, LIBRARY))
    for name in wanted:
        path = to / listed[name]["file_name"]
        listed[name] |= _zip(path, _with(made, path, PACKAGES))


def _with(made: dict[str, bytes], path: Path, root: str) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        found = [(name, archive.read(name)) for name in sorted(archive.namelist())]
    return [
        one
        for name, data in found
        for one in with_bytecode(name, data, made, root, room(name) in READ).items()
    ]


def _pack(core: Path) -> None:
    """Compress the largest file, which not every host does; the worker unpacks it.

    The ending says nothing to a host, which might else declare the contents as compressed.
    """
    packed = gzip.compress(core.read_bytes(), 9, mtime=0)
    core.with_name(f"{core.name}.packed").write_bytes(packed)
    core.unlink()


def offline(python: Path) -> str:
    """The script that keeps what was opened; it is another one when Python is."""
    digests = (hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(python.iterdir()))
    version = hashlib.sha256("".join(digests).encode()).hexdigest()[:16]
    return (ASSETS / "offline.js").read_text("utf-8").replace("VERSION", version)


def course() -> Iterator[tuple[str, bytes]]:
    """What pages may need of the course's library, and what SymPy makes of its formulas."""
    for path in sorted((ROOT / "course_utils").rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and room(name) not in AWAY:
            yield name, path.read_bytes()
    from course_utils import surfaces

    yield "course_utils/surfaces.json", json.dumps(surfaces.written(), indent=1).encode()


def room(path: str) -> str:
    """Which room of the library a file is in."""
    return Path(path).parts[1].removesuffix(".py") if path.startswith("course_utils/") else ""


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
