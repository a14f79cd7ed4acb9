"""Test the course with other versions than the exact ones of the locks.

    python tools/versions.py oldest     the lower bounds of pyproject.toml (needs uv)
    python tools/versions.py newest     what the package index has today
    python tools/versions.py 3.12       the exact versions of the locks, on Python 3.12

        --python X      oldest and newest on Python X: 3.11, 3.12, 3.13, or the path of a Python
        --quick         the tests of the library alone, without a run of the lessons
        --again         use the environment as an earlier call left it

Each call makes an environment of its own in `.venvs`, prints what it holds, and runs the tests of
the library and of the lessons in it. Tests that hold exact versions are left out by name.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.find import notebooks  # noqa: E402

PYTHONS = ("3.11", "3.12", "3.13")
USUAL = {"oldest": "3.11", "newest": "3.13"}
SHOWN = (
    "anywidget",
    "ipywidgets",
    "jupyterlab",
    "matplotlib",
    "numpy",
    "scikit-learn",
    "scipy",
    "sympy",
    "pytest",
)
# Tests of what the locks or the linter hold, not of what the course does.
EXACT = (
    "tests/project/test_environment.py::test_lock_is_closed",
    "tests/project/test_architecture.py::test_the_tree_is_lint_clean",
)


def find_python(wanted: str) -> str:
    """Return the path of a Python, by its version or its path."""
    if wanted not in PYTHONS:
        return shutil.which(wanted) or sys.exit(
            f"There is no Python {wanted}: give one of {', '.join(PYTHONS)} or a path."
        )
    if sys.version_info[:2] == tuple(map(int, wanted.split("."))):
        return sys.executable
    places = [
        shutil.which(f"python{wanted}"),
        *map(
            str, sorted(Path.home().glob(f".pyenv/versions/{wanted}.*/bin/python3"), reverse=True)
        ),
    ]
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for place in filter(None, places):
        said = subprocess.run([place, "-c", ask], capture_output=True, text=True)
        if said.stdout.strip() == wanted:
            return place
    sys.exit(f"Python {wanted} was not found: install it, or name it with --python PATH.")


def find_uv() -> str | None:
    """Return the path of uv: of this environment or of the system."""
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


def requirements() -> list[str]:
    """Return what pyproject.toml asks for, with the test tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return project["project"]["dependencies"] + project["dependency-groups"]["test"]


def install_command(what: str, python: Path, uv: str | None) -> list[str]:
    """Return the command that fills an environment."""
    tool = (
        [uv, "pip", "install", "--quiet", "--python", str(python)]
        if uv
        else [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    )
    if what in PYTHONS:
        own = ["--no-config"] if uv else []
        return [*tool, *own, "--require-hashes", "--no-deps", "-r", "requirements-test.lock"]
    if what == "newest":
        return [*tool, "--upgrade", *requirements()]
    if not uv:
        sys.exit("The oldest versions are chosen by uv: install it with pip install uv.")
    return [*tool, "--resolution", "lowest-direct", *requirements()]


def make(what: str, base: str, folder: Path, uv: str | None) -> Path:
    """Make an environment afresh and return its Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = install_command(what, python, uv)
    folder.parent.mkdir(exist_ok=True)
    (folder.parent / ".gitignore").write_text("*\n", "ascii")
    if folder.exists():
        shutil.rmtree(folder)
    subprocess.run(
        [base, "-m", "venv", *(["--without-pip"] if uv else []), str(folder)],
        check=True,
        timeout=300,
    )
    if subprocess.run(command, cwd=ROOT, timeout=1800).returncode:
        sys.exit(f"The versions could not be installed: {' '.join(command[:4])} says why above.")
    return python


def held(python: Path) -> str:
    """Say which versions an environment holds."""
    ask = (
        "import sys; from importlib.metadata import version\n"
        "print('Python %d.%d.%d' % sys.version_info[:3], "
        "*(f'{name} {version(name)}' for name in sys.argv[1:]), sep=', ')"
    )
    return subprocess.run(
        [str(python), "-c", ask, *SHOWN], capture_output=True, text=True, check=True
    ).stdout.strip()


def test(python: Path, what: str, quick: bool) -> dict[str, bool]:
    """Run the tests in an environment and say for each stage whether it passed."""
    lessons = list(map(str, notebooks(ROOT)))
    spread = ["-n", "2", "--dist", "loadscope", "-q"]
    if what == "oldest":
        # Old packages beside newer ones warn of each other: that is no error of the course.
        spread += ["-o", "filterwarnings=default"]
    leave = [word for name in EXACT for word in ("--deselect", name)]
    stages = {"library": [*spread, "tests", "--ignore=tests/browser", *leave]}
    if not quick:
        stages["lessons"] = [
            *spread,
            "--nbval",
            "--nbval-current-env",
            "--nbval-cell-timeout",
            "60",
            *lessons,
        ]
    environment = dict(
        os.environ,
        PYTHONPATH=str(ROOT),
        PYTHONUTF8="1",
        VIRTUAL_ENV=str(python.parent.parent),
        PATH=str(python.parent) + os.pathsep + os.environ.get("PATH", ""),
    )
    return {
        stage: subprocess.run(
            [str(python), "-m", "pytest", *chosen], cwd=ROOT, env=environment
        ).returncode
        == 0
        for stage, chosen in stages.items()
    }


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("oldest", "newest", *PYTHONS))
    parser.add_argument("--python")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true")
    asked = parser.parse_args(words)
    if asked.python and asked.what in PYTHONS and asked.python in PYTHONS:
        parser.error(f"{asked.what} is itself a Python: give --python a path or nothing")
    return asked


def main(words: list[str] | None = None) -> int:
    """Make the environment, run the tests, and return 0 if all passed."""
    asked = arguments(words)
    base = find_python(asked.python or USUAL.get(asked.what, asked.what))
    label = (
        asked.what if asked.what in PYTHONS else f"{asked.what}-{asked.python or USUAL[asked.what]}"
    )
    folder = ROOT / ".venvs" / label.strip("/").replace(os.sep, "-")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (asked.again and python.exists()):
        python = make(asked.what, base, folder, find_uv())
    versions = held(python)
    print(f"{asked.what}: {versions}", flush=True)
    passed = test(python, asked.what, asked.quick)
    words = "; ".join(f"{stage} {'passed' if good else 'failed'}" for stage, good in passed.items())
    print(f"\n{asked.what} ({versions}): {words}.")
    return 0 if all(passed.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
