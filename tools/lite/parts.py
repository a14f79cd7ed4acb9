"""Fetch what the site is made of, by exact version and hash, into the folder ``build/lite``.

Three sources, all through pip: the tools that build the site (``build.lock``); the pure Python
packages that lessons import, at the versions of the course's own lock; and Pyodide, which is
Python with NumPy, SciPy, scikit-learn and Matplotlib compiled for the browser.

Pyodide's compiled packages lie on no package index by themselves. They travel as passengers in
the package named in ``runtime.lock``, which we unpack and never install. That they are Pyodide's
own is not a matter of trust: ``pyodide.json`` holds the hashes that Pyodide publishes, and a file
that differs is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "lite"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
STRICT = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--progress-bar", "off"]
BROWSER_TAGS = ["--implementation", "py", "--abi", "none", "--platform", "any"]
# All packages without compiled code: what lessons import, and what the kernel and widgets need.
PURE = (
    "anywidget", "asttokens", "cloudpickle", "comm", "cycler", "executing", "fonttools",
    "ipython", "ipython-pygments-lexers", "ipywidgets", "jedi", "joblib", "jupyterlab-widgets",
    "matplotlib-inline", "mpmath", "packaging", "parso", "prompt-toolkit", "psygnal", "pure-eval",
    "pygments", "pyparsing", "python-dateutil", "six", "stack-data", "sympy", "threadpoolctl",
    "traitlets", "typing-extensions", "tzdata", "wcwidth",
)  # fmt: skip
PYODIDE = json.loads((HERE / "pyodide.json").read_text("utf-8"))


class PartError(Exception):
    """A part of the site that cannot be had, or is not the one that is pinned."""


def run(command: Iterable[object], **options) -> None:
    """Run a command; if it fails, raise with the end of what it said."""
    done = subprocess.run(
        [str(word) for word in command], text=True, capture_output=True, check=False, **options
    )
    if done.returncode:
        raise PartError(f"This failed: {done.args}\n{(done.stdout + done.stderr)[-3000:]}")


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def once(folder: Path, key: str, make: Callable[[Path], None]) -> Path:
    """Fill a folder, unless it was filled for the same key before; half a folder never stays."""
    mark = sha256(key.encode())
    if folder.is_dir() and (folder / ".key").is_file() and (folder / ".key").read_text() == mark:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(folder)
    (folder / ".key").write_text(mark)
    return folder


def tools() -> Path:
    """The folder with the tools that build the site, beside .venv's own packages."""
    lock = HERE / "build.lock"
    return once(
        BUILD / "tools",
        lock.read_text("utf-8") + sys.version,
        lambda to: run([*PIP, "install", *STRICT, "--target", to, "-r", lock]),
    )


def pins(names: Iterable[str], lock: str) -> str:
    """The lines of a lock file that pin these packages."""
    blocks = {}
    for block in re.split(r"\n(?=\S)", lock.strip()):
        blocks[block.partition("==")[0]] = block
    missing = sorted(set(names) - set(blocks))
    if missing:
        raise PartError(f"requirements.lock pins no {', '.join(missing)}: see tools/lite/parts.py.")
    return "\n".join(blocks[name] for name in sorted(names)) + "\n"


def wheels() -> Path:
    """The folder with the pure Python wheels that lessons import, at the course's versions."""
    wanted = pins(PURE, (ROOT / "requirements.lock").read_text("utf-8"))

    def make(to: Path) -> None:
        (to / "wanted.lock").write_text(wanted, "utf-8")
        version = ["--python-version", PYODIDE["info"]["python"].rpartition(".")[0]]
        run(
            [*PIP, "download", *STRICT, *version, *BROWSER_TAGS]
            + ["-r", to / "wanted.lock", "--dest", to]
        )

    return once(BUILD / "wheels", wanted + PYODIDE["version"], make)


def pyodide(release: Path | None = None) -> Path:
    """The folder with Pyodide's files, each with the hash that Pyodide publishes.

    Args:
        release: a folder with Pyodide's full release of the pinned version, to take them from
            instead of the package index.
    """
    lock = HERE / "runtime.lock"

    def make(to: Path) -> None:
        if release is not None:
            return take({path.name: path.read_bytes for path in release.iterdir()}, to)
        run([*PIP, "download", *STRICT, "--ignore-requires-python", "-r", lock, "--dest", to])
        (carrier,) = to.glob("*.whl")
        with zipfile.ZipFile(carrier) as archive:
            found = {
                Path(name).name: lambda name=name: archive.read(name)
                for name in archive.namelist()
                if "/pyodide/" in name
            }
            take(found, to)
        carrier.unlink()
        return None

    return once(BUILD / "pyodide", (HERE / "pyodide.json").read_text("utf-8"), make)


def pinned_files() -> dict[str, str]:
    """Name and SHA-256 of each file of Pyodide that goes into the site."""
    packages = PYODIDE["packages"].values()
    return PYODIDE["files"] | {entry["file_name"]: entry["sha256"] for entry in packages}


def take(found: dict[str, Callable[[], bytes]], to: Path) -> None:
    """Copy Pyodide's files into a folder; refuse one that is not the published one."""
    for name, digest in pinned_files().items():
        if name not in found:
            raise PartError(f"{name} of Pyodide {PYODIDE['version']} is not there.")
        data = found[name]()
        if sha256(data) != digest:
            raise PartError(f"{name} is not the file of Pyodide {PYODIDE['version']}: refused.")
        (to / name).write_bytes(data)


def pin(package: Path) -> None:
    """Write ``pyodide.json`` anew from the unpacked npm package ``pyodide`` of another version."""
    lock = json.loads((package / "pyodide-lock.json").read_text("utf-8"))
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    files = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
    reached: dict[str, dict] = {}
    todo = list(PYODIDE["roots"])
    while todo:
        name = todo.pop()
        if name not in reached and name not in PURE:
            reached[name] = lock["packages"][name]
            todo += reached[name]["depends"]
    new = {
        "version": version,
        "info": lock["info"],
        "roots": PYODIDE["roots"],
        "files": {name: sha256((package / name).read_bytes()) for name in files},
        "packages": dict(sorted(reached.items())),
    }
    (HERE / "pyodide.json").write_text(json.dumps(new, indent=1) + "\n", "utf-8")
