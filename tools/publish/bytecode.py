"""Bytecode for Python in the pages, so that no browser compiles what was compiled here.

Python's own library comes to the browser as source. Compiling what is imported of it, of NumPy and
of the course takes a third of the time in which Python starts there. Bytecode fits one version of
Python, that of the pages: Node runs it at build time. Without Node the pages have the source.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tools.lite import parts

from .folder import ASSETS

# Where Pyodide keeps its own library and the packages.
LIBRARY, PACKAGES = "/lib/python314.zip/", "/lib/python3.14/site-packages/"
SECONDS = 600
WITHOUT = (
    "{}, so Python in the pages starts some seconds later than it could: to have its bytecode "
    "written, install Node.js, version 20 or newer, and build again."
)


def node() -> str | None:
    """Node, as it is installed, or as Playwright brings it along."""
    found = shutil.which("node") or shutil.which("nodejs")
    spec = None if found else importlib.util.find_spec("playwright")
    driver = Path(spec.origin).parent / "driver" / "node" if spec and spec.origin else None
    return found or (str(driver) if driver and driver.exists() else None)


def bytecode(folder: Path, packages: tuple[str, ...], key: str) -> dict[str, bytes]:
    """The bytecode of all that pages import, by the path of its source in Pyodide.

    Args:
        folder: where Pyodide and its packages lie.
        packages: those to load.
        key: what the result depends on; the same is not made twice.
    """

    def make(to: Path) -> None:
        program, out = ASSETS / "bytecode.mjs", to / "bytecode.json"
        command = [node(), str(program), str(folder), str(out), ",".join(packages)]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)

    if not node():
        print(WITHOUT.format("Node.js was not found"), file=sys.stderr)
        return {}
    try:
        kept = parts.once(parts.BUILD / "bytecode", key, make) / "bytecode.json"
    except (OSError, subprocess.SubprocessError) as error:
        last = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        print(WITHOUT.format(f"Node.js could not run it ({last})"), file=sys.stderr)
        return {}
    made = json.loads(kept.read_text("utf-8"))
    return {path: base64.b64decode(code) for path, code in made.items()}


def with_bytecode(
    name: str, data: bytes, made: dict[str, bytes], root: str, keep: bool = False
) -> dict[str, bytes]:
    """A file of an archive as it is published: its bytecode in its place, or beside it.

    Args:
        name: of the file, in the archive.
        data: what is in it.
        made: all bytecode.
        root: where the archive is unpacked.
        keep: whether somebody reads the source as well.
    """
    code = made.get(root + name)
    if code is None:
        return {name: data}
    path = Path(name)
    cached = path.parent / "__pycache__" / f"{path.stem}.cpython-314.pyc"
    return {name: data, cached.as_posix(): code} if keep else {f"{name}c": code}
