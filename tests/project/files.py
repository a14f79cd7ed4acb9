"""The files of the course: what git tracks or would track; in a downloaded ZIP, all."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tree(root=ROOT):
    """Their paths, in order."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, capture_output=True, encoding="utf-8", check=True, timeout=60,
        ).stdout.split("\0")  # fmt: skip
        paths = [root / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [
            path
            for path in root.rglob("*")
            if not any(part.startswith((".", "__")) for part in path.relative_to(root).parts[:-1])
        ]
    return sorted(path for path in paths if path.is_file())
