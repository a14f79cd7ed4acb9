"""What the course needs of a Python, a system and a place, tried before anything is downloaded.

`lack()` is one sentence for the first thing that is missing, and what to do; "" if all is there.
The standard library alone is used: course.py asks this of the Python with which it was started.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import shutil
import socket
import struct
import sys
import sysconfig
from pathlib import Path

AGAIN = ", then run the same command again."
# Modules of Python itself that some builds lack: whoever builds a Python without the headers of
# SQLite, OpenSSL, libffi or zlib gets one without these. Without any one of them, JupyterLab or
# SciPy does not start; without bz2, lzma, curses or tkinter all works.
MODULES = {
    "sqlite3": "libsqlite3-dev",
    "ssl": "libssl-dev",
    "ctypes": "libffi-dev",
    "zlib": "zlib1g-dev",
    "pyexpat": "libexpat1-dev",
}
SPACE = 1_000_000_000  # bytes; .venv takes 710 MB, and pip unpacks beside it
# Windows takes paths of 260 characters, and the longest in .venv has 162 (the tests measure it).
LONGEST = 95
# What the locked packages have wheels for.
GLIBC = (2, 27)
MACHINES = ("x86_64", "amd64", "arm64", "aarch64")


def lack(root: Path) -> str:
    """Return one sentence on the first thing that is missing here, or "" if nothing is."""
    return kind_of_python() or system() or modules() or place(root) or running(root)


def kind_of_python() -> str:
    """The packages are built for CPython as it is usually installed."""
    if sys.implementation.name != "cpython":
        return (
            f"The course runs on CPython, the usual Python, but this is {sys.implementation.name}: "
            "install Python from python.org and start the course with it."
        )
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return (
            "This is a free-threaded Python, for which some of the course's packages are not "
            "built: install the usual one beside it and start the course with it."
        )
    if struct.calcsize("P") < 8:
        return (
            "This is a 32-bit Python, for which some of the course's packages are not built: "
            "install the 64-bit one and start the course with it."
        )
    return ""


def modules() -> str:
    """Parts of Python that some builds leave out."""
    missing = []
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if not missing:
        return ""
    packages = " ".join(MODULES[name] for name in missing)
    return (
        f"This Python was built without {' and '.join(missing)}, which the course needs: start the "
        f"course with another Python, or install {packages} (named as on Debian and Ubuntu) and "
        "rebuild this one" + AGAIN
    )


def system() -> str:
    """Systems and processors for which the packages are built."""
    machine = platform.machine().lower()
    if machine not in MACHINES:
        return (
            f"Some of the course's packages are not built for this computer's processor "
            f"({machine}): use another computer, or the course in a browser tab "
            "(docs/ZERO_INSTALL.md)."
        )
    library, version = platform.libc_ver()
    if sys.platform == "linux" and "musl" in str(sysconfig.get_config_var("HOST_GNU_TYPE")):
        return (
            "Some of the course's packages are not built for systems with musl, such as Alpine: "
            "use a system with glibc, such as Debian, for instance in a container."
        )
    if library == "glibc" and tuple(map(int, version.split(".")[:2])) < GLIBC:
        return (
            f"This system's C library, glibc {version}, is older than the course's packages need "
            f"({'.'.join(map(str, GLIBC))}): use a newer system, or the course in a browser tab "
            "(docs/ZERO_INSTALL.md)."
        )
    return ""


def place(root: Path) -> str:
    """Whether a folder can hold .venv."""
    if os.pathsep in str(root):
        return (
            f"The path of the course's folder has a {os.pathsep} in it, with which no virtual "
            "environment can be made: rename the folder" + AGAIN
        )
    if os.name == "nt" and len(str(root)) > LONGEST and not long_paths():
        return (
            f"The path of the course's folder has {len(str(root))} characters, and Windows refuses "
            f"the packages' paths if it has more than {LONGEST}: move the folder nearer to the "
            "top, for instance to C:\\course" + AGAIN
        )
    if not (root / ".venv").exists() and shutil.disk_usage(root).free < SPACE:
        return "The disk has less than 1 GB left: free 1 GB" + AGAIN
    if os.name != "nt":
        probe = root / f".link.{os.getpid()}"
        try:
            (root / f".file.{os.getpid()}").touch()
            (root / f".file.{os.getpid()}").unlink()
        except OSError:
            return ""  # what the system says itself is the cause
        try:
            probe.symlink_to("nothing")
            probe.unlink()
        except OSError:
            return (
                "This folder cannot hold a virtual environment, as it does not support links; "
                "shared folders of virtual machines and memory sticks often do not. Move the "
                "course to a folder on this computer's own disk" + AGAIN
            )
    return ""


def long_paths() -> bool:
    """Whether this Windows takes paths of more than 260 characters."""
    try:
        import winreg

        where = r"SYSTEM\CurrentControlSet\Control\FileSystem"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, where) as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except (ImportError, OSError):
        return False


def running(root: Path) -> str:
    """Whether a JupyterLab works with the .venv that is about to be made again."""
    for path in (root / ".venv" / "state" / "runtime").glob("jpserver-*.json"):
        try:
            port = int(json.loads(path.read_text("utf-8"))["port"])
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return (
                    "The packages in .venv must be installed again, but a JupyterLab of the course "
                    "still uses them: save your work and end it (Ctrl-C in its window)" + AGAIN
                )
        except (OSError, OverflowError, ValueError, KeyError, TypeError):
            continue  # a server that was killed leaves its file behind
    return ""


def another_account(root: Path) -> str:
    """Whether what a learner writes belongs to somebody else here.

    Lessons, answers and JupyterLab's secrets are one person's: two accounts cannot share them.
    """
    if os.name == "nt" or os.geteuid() == 0:
        return ""
    for name in (".", "workbook", ".venv/state", ".venv/state/runtime"):
        path = root / name
        try:
            strange = path.stat().st_uid != os.geteuid()
        except FileNotFoundError:
            continue
        except OSError:
            strange = True
        if strange and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            return (
                f"The course in {root} belongs to another account on this computer, with that "
                "account's lessons and answers in it: get a copy of the course into a folder of "
                "your own (README.md says how), and start it there. For many accounts on one "
                "machine there is the hub (hub/README.md)."
            )
    return ""
