"""Whether everything the lessons need is here, and what to do if not."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

PYTHON = (3, 11)
NEEDED = {
    "numpy": (2, 0),
    "matplotlib": (3, 8),
    "sympy": (1, 14),
    "ipywidgets": (8, 1),
    "anywidget": (0, 9),
    "scikit-learn": (1, 4),
}
REMEDY = (
    "Close JupyterLab, run `python3 course.py` in the folder of the course (on Windows "
    "`py course.py`), and open this lesson from the JupyterLab that it starts. If it says the same "
    "there, as after `%pip uninstall` in a notebook, delete the folder .venv and run it again."
)


def check_environment() -> str:
    """One sentence: all is here, or what is missing and what to do."""
    faults = []
    if sys.version_info < PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        faults.append(f"this kernel runs Python {found}, and the course needs 3.11 or newer")
    for name, least in NEEDED.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            faults.append(f"the package {name} is not installed")
            continue
        if _numbers(found) < least:
            wanted = ".".join(map(str, least))
            faults.append(
                f"the package {name} is version {found}, and the course needs {wanted} or newer"
            )
    if not faults:
        return "Everything that the lessons need is here."
    return f"Not ready: {'; '.join(faults)}. {REMEDY}"


def _numbers(text: str) -> tuple[int, ...]:
    """The leading whole numbers of a version."""
    out = []
    for part in text.split("."):
        if not part.isdigit():
            break
        out.append(int(part))
    return tuple(out)
