"""Put the course and its packages on a USB stick, for rooms without a network.

    python3 course.py stick --to FOLDER

FOLDER/down-the-ravine then holds a copy of the course, and in its folder wheels every package that
the lessons need, fetched by hash. Learners copy that folder to their own disk and start the course
in it as always: as long as wheels is there, nothing is fetched from a network.

Packages are for the kind of computer that fetches them, and its Python (3.11 to 3.14). For a class
with several kinds, run the command on each of them with the same FOLDER: wheels takes them all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.commands import Command

NAME, WHEELS = "down-the-ravine", "wheels"
# What lies in the course's folder and is not the course: hidden files, what commands write, and
# whatever belongs to the person who makes the stick.
OTHERS = (
    ".*", "__pycache__", "_site", "_slides", "dist", WHEELS, "workbook", "my_answers",
    "my_progress.jsonl",
)  # fmt: skip


def fill(root: Path, folder: Path, lock: str) -> str:
    """Copy the course, fetch its packages, and say what to do with the folder.

    Args:
        root: the folder of the course.
        folder: of the stick.
        lock: the name of the file that pins the packages.
    """
    if folder == root or root in folder.parents:
        sys.exit(f"{folder} lies inside the course: name a folder outside of it, with --to.")
    course = folder / NAME
    shutil.copytree(root, course, ignore=shutil.ignore_patterns(*OTHERS), dirs_exist_ok=True)
    fetched = subprocess.run(
        [
            sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
            "--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar",
            "off", "-r", lock, "-d", str(course / WHEELS),
        ],
        cwd=root,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )  # fmt: skip
    if fetched.returncode:
        raise OSError(fetched.stdout + fetched.stderr)
    files = list((course / WHEELS).iterdir())
    size = sum(file.stat().st_size for file in files) / 1e6
    return (
        f"{course} holds the course and {len(files)} packages ({size:.0f} MB) for this system and "
        "Python %d.%d. Learners copy that folder to their own disk, and in it start the course as "
        "always: python3 course.py" % sys.version_info[:2]
    )


def main(root: Path, arguments: list[str], lock: str) -> int:
    """Run the command line."""
    parser = Command("python3 course.py stick", __doc__)
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    folder = parser.parse_args(arguments).to.expanduser().resolve()
    print("Fetching the packages: this takes a minute or two.", flush=True)
    print(fill(root, folder, lock))
    return 0
