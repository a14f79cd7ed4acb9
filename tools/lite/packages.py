"""Pyodide's list of packages, with ours added, so that a plain ``import`` finds them.

When a cell is run, the kernel looks up the names that it imports in ``pyodide-lock.json`` and
loads the packages that bring them, and what those need, before the cell begins.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lite.parts import PYODIDE, PartError

# Wanted by others' metadata; in a browser the page itself has the first two, and no terminal.
NOT_WANTED = {"jupyterlab", "jupyterlab-widgets", "pexpect", "psutil"}
PYTHON = PYODIDE["info"]["python"]
BROWSER = {
    "extra": "",
    "implementation_name": "cpython",
    "implementation_version": PYTHON,
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_release": PYODIDE["version"],
    "platform_system": "Emscripten",
    "platform_version": "#1",
    "python_full_version": PYTHON,
    "python_version": PYTHON.rpartition(".")[0],
    "sys_platform": "emscripten",
}


def entry(wheel: Path) -> dict[str, Any]:
    """What Pyodide's list says of a package, read from its wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        head = HeaderParser().parsestr(archive.read(metadata).decode())
    needs = map(Requirement, head.get_all("Requires-Dist", []))
    wanted = {
        canonicalize_name(need.name)
        for need in needs
        if not need.marker or need.marker.evaluate(BROWSER)
    }
    return {
        "name": canonicalize_name(head["Name"]),
        "version": head["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(modules(names)),
        "depends": sorted(wanted - NOT_WANTED),
        "unvendored_tests": False,
    }


def modules(names: Iterable[str]) -> set[str]:
    """The top-level modules among the files of a wheel."""
    paths = [PurePosixPath(name) for name in names if name.endswith(".py")]
    tops = {path.parts[0] for path in paths if not path.parts[0].endswith((".dist-info", ".data"))}
    return {top.removesuffix(".py") for top in tops}


def whole_list(wheels: Iterable[Path]) -> dict[str, Any]:
    """The contents of ``pyodide-lock.json``: Pyodide's own packages and these wheels."""
    packages = dict(PYODIDE["packages"])
    for wheel in sorted(wheels):
        one = entry(wheel)
        if one["name"] in packages:
            raise PartError(f"The package {one['name']} stands twice: see tools/lite/parts.py.")
        packages[one["name"]] = one
    for one in packages.values():
        for needed in one["depends"]:
            if needed not in packages:
                raise PartError(
                    f"{one['name']} needs {needed}, which is not there: add it to PURE in "
                    "tools/lite/parts.py, or to NOT_WANTED in tools/lite/packages.py."
                )
    return {"info": PYODIDE["info"], "packages": packages}
