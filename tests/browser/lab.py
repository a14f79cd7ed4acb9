"""A private JupyterLab that serves a copy of the lessons, and a Chromium that looks at it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, sync_playwright

from course import LAB_CONFIG, find_browser

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUIET_SETTINGS = {
    "apputils-extension/notification": {"doNotDisturbMode": True},
    "docmanager-extension/plugin": {"autosave": False},
}


class Lab:
    """JupyterLab on 127.0.0.1: own port, own token, own folders, a copy of the lessons.

    Use it as a context manager. `folder` is the copy of `notebooks/`; a test may write into it.
    """

    def __init__(self, tree: Path = ROOT):
        self.tree = tree
        self.token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"

    def __enter__(self) -> Lab:
        self.scratch = Path(tempfile.mkdtemp(prefix="lab-"))
        self.folder = self.scratch / "course" / "notebooks"
        self.folder.mkdir(parents=True)
        for name in ("notebooks", "images"):
            if (self.tree / name).exists():
                copy = self.folder.parent / name
                shutil.copytree(self.tree / name, copy, dirs_exist_ok=True)
        for name, value in QUIET_SETTINGS.items():
            file = self.scratch / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value))
        self.log = open(self.scratch / "lab.log", "wb")
        try:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env=self.environment(),
                stdout=self.log,
                stderr=self.log,
            )
            self.wait_until_it_answers(180)
        except BaseException:
            self.__exit__()
            raise
        return self

    def command(self) -> list[str]:
        """The command line of the server."""
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.address.rpartition(':')[2]}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.folder.parent}",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",
        ]

    def environment(self) -> dict[str, str]:
        """Jupyter reads what course.py names, nothing of the user's; the library is the tree's."""
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        path = os.pathsep.join(filter(None, [str(self.tree), os.environ.get("PYTHONPATH")]))
        folders = {name: str(self.scratch / folder) for name, folder in own.items()}
        shared = {"JUPYTER_CONFIG_PATH": str(LAB_CONFIG), "PYTHONPATH": path}
        return {**os.environ, **folders, **shared}

    def write(self, name: str, *sources: str) -> None:
        """Write a notebook of these code cells into the folder."""
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        cells = [new_code_cell(source.strip()) for source in sources]
        nbformat.write(new_notebook(cells=cells, metadata=kernel), self.folder / f"{name}.ipynb")

    def wait_until_it_answers(self, seconds: float = 60) -> None:
        """Return when the server is up; raise with the end of its log when it does not come up."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self.ask("api/status")
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    log = (self.scratch / "lab.log").read_text(errors="replace")
                    raise RuntimeError(f"JupyterLab did not start:\n{log[-3000:]}") from None
                time.sleep(0.1)

    def ask(self, path: str, method: str = "GET") -> None:
        """One request to the server."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.address}/{path}", method=method, headers=headers)
        urllib.request.urlopen(request, timeout=5).close()

    def url(self, name: str) -> str:
        """Where JupyterLab shows the notebook called `name`."""
        return f"{self.address}/lab/tree/notebooks/{quote(name)}.ipynb?reset&token={self.token}"

    def __exit__(self, *exception: object) -> None:
        process = getattr(self, "process", None)
        if process is not None and process.poll() is None:
            with contextlib.suppress(OSError):
                self.ask("api/shutdown", "POST")
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    executable = find_browser()
    if executable is None:
        raise RuntimeError(
            "These tests need Chromium, Chrome or Edge. Install one (on Debian and Ubuntu: "
            "apt-get install chromium), or name its program in COURSE_CHROMIUM."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, headless=True, args=CHROMIUM_FLAGS
        )
        try:
            yield browser
        finally:
            browser.close()
