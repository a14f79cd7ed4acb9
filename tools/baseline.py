"""What git or the last build holds of a lesson's twin and notebook: which of them was edited since.

The times of files cannot say that: JupyterLab saves a notebook that somebody only looks at, and git
writes both when it changes branches. So the cells are compared, as hashes, with those of the last
build, which `build/lessons.json` keeps, and with those that git has committed.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat

RECORD = "build/lessons.json"
# What is committed, and what a merge, a cherry-pick or a rebase is about to bring.
COMMITS = ("HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")
Read = Callable[[str], nbformat.NotebookNode]


def fingerprint(cells: list[nbformat.NotebookNode], kept: Callable[[dict], dict]) -> str:
    """One hash for what twin and notebook share: kinds, sources and kept metadata of the cells."""
    shared = [[cell.cell_type, cell.source, kept(cell.metadata)] for cell in cells]
    return hashlib.sha256(json.dumps(shared, sort_keys=True).encode()).hexdigest()


def recorded(root: Path) -> dict[str, str]:
    """The fingerprint of each lesson when twin and notebook were last brought in step."""
    try:
        found = json.loads((root / RECORD).read_text("utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def record(root: Path, name: str, mark: str) -> None:
    """Remember that the twin and the notebook of a lesson are in step."""
    known = recorded(root)
    if known.get(name) != mark:
        path = root / RECORD
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**known, name: mark}, indent=1, sort_keys=True), "utf-8")


def committed(root: Path, path: Path) -> list[str]:
    """The texts of a file in git's latest commits; none without git."""
    inside = path.relative_to(root).as_posix()
    texts = []
    for commit in COMMITS:
        try:
            shown = subprocess.run(
                ["git", "show", f"{commit}:./{inside}"], cwd=root, capture_output=True, timeout=60
            )
        except OSError:
            return []
        if shown.returncode == 0:
            texts.append(shown.stdout.decode("utf-8", "replace"))
    return texts
