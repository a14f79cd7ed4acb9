"""Put the parts together: a folder of files that any web server can hand out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import nbformat

from tools.commands import Progress
from tools.find import notebooks
from tools.lite import licences, packages, parts
from tools.lite.notices import NOTICES

TITLE = "Down the Ravine"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
FIRST = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]
FRONT = """\
JupyterLite, its kernel for Pyodide with the packages pyodide_kernel, piplite and its stand-ins for
ipykernel and widgetsnbextension, and JupyterLab: BSD-3-Clause, https://github.com/jupyterlite and
https://github.com/jupyterlab/jupyterlab. Third-party code in their scripts is listed in the
files third-party-licenses.json beside them."""
SETTINGS = parts.ROOT / "tools" / "lab" / "labconfig" / "default_setting_overrides.json"
SOURCES = ("course_utils", "pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT")


def epoch() -> str:
    """One date for all files, so that the same sources give the same site: the last commit's."""
    command = ["git", "-C", parts.ROOT, "log", "-1", "--format=%ct"]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return str(int(max(path.stat().st_mtime for path in notebooks(parts.ROOT))))


def course_wheel(to: Path, tools: Path) -> Path:
    """Build the wheel of ``course_utils`` from a copy of its sources."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in SOURCES:
            source = parts.ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, Path(scratch, name), ignore=ignored)
            else:
                shutil.copy(source, scratch)
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", to]
        environment = dict(os.environ, PYTHONPATH=str(tools), SOURCE_DATE_EPOCH=epoch())
        parts.run([*parts.PIP, "wheel", *options, scratch], env=environment)
    (wheel,) = to.glob("down_the_ravine-*.whl")
    return wheel


def kernel_wheels(tools: Path) -> list[Path]:
    """The wheels that the kernel brings: itself, and stand-ins for what a browser does without."""
    folder = tools / "share/jupyter/labextensions" / KERNEL / "static/pypi"
    return [path for path in sorted(folder.glob("*.whl")) if "extension-3" not in path.name]


def stage(folder: Path, release: Path | None) -> Path:
    """Lay out what JupyterLite builds the site from."""
    tools, pure = parts.tools(), parts.wheels()
    runtime = folder / "static" / "pyodide"
    shutil.copytree(parts.pyodide(release), runtime, ignore=shutil.ignore_patterns(".key"))
    front = [path for path in pure.glob("*.whl") if path.name.startswith("jupyterlab_widgets-")]
    ours = [path for path in pure.glob("*.whl") if path not in front] + kernel_wheels(tools)
    for wheel in ours:
        shutil.copy(wheel, runtime)
    added = [runtime / wheel.name for wheel in ours] + [course_wheel(runtime, tools)]
    write(runtime / "pyodide-lock.json", packages.whole_list(added))
    contents(folder / "contents")
    extensions = front + [path for path in ours if path.name.startswith("anywidget-")]
    extensions.append(tools / "share/jupyter/labextensions" / KERNEL)
    kernel = {"loadPyodideOptions": {"packages": FIRST}, "disablePyPIFallback": True}
    settings = {
        "appName": TITLE,
        "exposeAppInBrowser": True,
        "litePluginSettings": {f"{KERNEL}:kernel": kernel},
    }
    page = {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}
    write(folder / "jupyter-lite.json", page)
    write(folder / "overrides.json", settings_of_pages())
    build = {
        "apps": ["lab"],
        "contents": ["contents"],
        "federated_extensions": [str(path) for path in extensions],
        "ignore_sys_prefix": ["federated_extensions"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    write(folder / "jupyter_lite_config.json", {"LiteBuildConfig": build})
    return tools


def settings_of_pages() -> dict[str, dict[str, object]]:
    """JupyterLab's settings as elsewhere, save the state of explorers: a browser has less room."""
    settings = json.loads(SETTINGS.read_text("utf-8"))
    del settings["@jupyter-widgets/jupyterlab-manager:plugin"]
    return settings


def contents(folder: Path) -> None:
    """Copy the lessons and their pictures in the forms that JupyterLite reads.

    It takes each text of a notebook in one piece, and of a picture nothing beyond ASCII.
    """
    (folder / "notebooks").mkdir(parents=True)
    for path in notebooks(parts.ROOT):
        write(folder / "notebooks" / path.name, nbformat.read(path, as_version=4))
    shutil.copy(parts.ROOT / "notebooks" / "INDEX.md", folder / "notebooks")
    (folder / "images").mkdir()
    for path in sorted((parts.ROOT / "images").glob("*.svg")):
        text = path.read_text("utf-8").encode("ascii", "xmlcharrefreplace")
        (folder / "images" / path.name).write_bytes(text)


def write(path: Path, data: object) -> None:
    """Write data as JSON."""
    path.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", "utf-8")


def build(to: Path, release: Path | None = None, pages: str = "") -> None:
    """Build the site into a folder, in place of the site that may lie there.

    Args:
        to: the folder.
        release: an unpacked release of Pyodide to take its files from.
        pages: where the pages to read stand, seen from the first page; empty where there are none.
    """
    if to.exists() and any(to.iterdir()) and not (to / "jupyter-lite.json").exists():
        raise parts.PartError(f"{to} holds other things than a built site: name another folder.")
    with tempfile.TemporaryDirectory() as scratch:
        folder, made = Path(scratch, "stage"), Path(scratch, "site")
        folder.mkdir()
        progress = Progress(3, "steps")
        tools = stage(folder, release)
        progress.tell("The parts are fetched and laid out")
        environment = dict(os.environ, PYTHONPATH=str(tools), SOURCE_DATE_EPOCH=epoch())
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", folder]
        parts.run([*command, "--output-dir", made], env=environment, cwd=folder)
        progress.tell("JupyterLite has built the site")
        (made / "index.html").write_text(landing(megabytes(made / "static"), pages), "utf-8")
        shutil.copy(made / "lab" / "favicon.ico", made)
        wheels = (made / "static" / "pyodide").glob("*.whl")
        kernel = {wheel.name for wheel in kernel_wheels(tools)}
        (made / "licences.txt").write_text(licences.text(wheels, FRONT, kernel), "utf-8")
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(made, to)
        progress.tell("The site is in its folder")


def megabytes(folder: Path) -> int:
    """The size of a folder's files together."""
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6)


def lessons() -> list[tuple[str, str]]:
    """File name and title of each lesson."""
    found = []
    for path in notebooks(parts.ROOT):
        first = nbformat.read(path, as_version=4).cells[0].source
        found.append((path.name, first.partition("\n")[0].lstrip("# ")))
    return found


def landing(size: int, pages: str = "") -> str:
    """The first page: a link to each lesson, and what to expect of it in a browser."""
    items = []
    for name, title in lessons():
        link = f'<a href="lab/index.html?path=notebooks/{name}">{escape(title)}</a>'
        notice = NOTICES.get(name[:2], "")
        items.append(f"<li>{link}{f'<br>{escape(notice)}' if notice else ''}</li>")
    page = (parts.HERE / "landing.html").read_text("utf-8")
    read = f'<p><a href="{escape(pages)}">Pages to read</a>: they open at once, with explorers.</p>'
    page = page.replace("PAGES\n", f"{read}\n" if pages else "")
    return page.replace("LESSONS", "\n".join(items)).replace("MEGABYTES", str(size))
