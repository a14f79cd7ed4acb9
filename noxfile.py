"""Test the course with other Pythons and other versions of packages than the usual ones.

    nox -s python-3.12          the exact versions of the locks, on Python 3.12
    nox -s newest               what the package index has today
    nox -s oldest               the lower bounds of pyproject.toml (needs uv)

        -P X                    newest and oldest on Python X: 3.12, or the path of a Python
        -R                      use the environment as an earlier call left it
        -- ARGS...              run pytest with these arguments instead; for the library alone
                                that is: -- tests --ignore=tests/browser

`python3 course.py versions` followed by the same words calls nox; without words it lists what there
is. Each session makes an environment of its own in `.venvs`, prints what it holds, and runs the
tests of the library and of the lessons in it. Tests that hold exact versions are left out by name.
"""

import os
import sys
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from tools.find import notebooks  # noqa: E402

SHOWN = (
    "anywidget", "ipywidgets", "jupyterlab", "matplotlib", "numpy", "scikit-learn", "scipy",
    "sympy", "pytest",
)  # fmt: skip
HELD = (
    "import sys; from importlib.metadata import version\n"
    "print('Python %d.%d.%d' % sys.version_info[:3], "
    "*(f'{name} {version(name)}' for name in sys.argv[1:]), sep=', ')"
)
# Tests of what the locks or the linter hold, not of what the course does.
EXACT = (
    "tests/project/test_environment.py::test_lock_is_closed",
    "tests/project/test_architecture.py::test_the_tree_is_lint_clean",
)

# Pythons that pyenv has and does not show.
PYENV = sorted(map(str, Path.home().glob(".pyenv/versions/3.1[1-4].*/bin")), reverse=True)
os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *PYENV])

nox.needs_version = ">=2024.10.9"  # the first that reads dependency groups
nox.options.envdir = ".venvs"
nox.options.default_venv_backend = "uv|virtualenv"


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def python(session):
    """The exact versions of the locks."""
    # uv would hold its own constraints, which have no hashes, against a lock with hashes.
    session.install(
        *("--require-hashes", "--no-deps", "-r", "requirements-test.lock"),
        env={"UV_NO_CONFIG": "1"},
    )
    test(session)


@nox.session(python="3.13")
def newest(session):
    """What the package index has today."""
    session.install("--upgrade", *requirements())
    test(session)


@nox.session(python="3.11")
def oldest(session):
    """The lower bounds of pyproject.toml."""
    if session.venv_backend != "uv":
        session.error("The oldest versions are chosen by uv: install it with pip install uv.")
    session.install("--resolution", "lowest-direct", *requirements())
    # Old packages beside newer ones warn of each other: that is no error of the course.
    test(session, "-o", "filterwarnings=default")


def requirements():
    """What pyproject.toml asks for, with the test tools."""
    project = nox.project.load_toml("pyproject.toml")
    groups = nox.project.dependency_groups(project, "test")
    return [*project["project"]["dependencies"], *groups]


def test(session, *more):
    """Say what the environment holds and run all stages in it, also after one that fails."""
    session.run("python", "-c", HELD, *SHOWN)
    leave = [word for name in EXACT for word in ("--deselect", name)]
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "60"]
    stages = {
        "library": ["--dist", "worksteal", *leave, "tests", "--ignore=tests/browser"],
        "lessons": ["--dist", "loadscope", *nbval, *map(str, notebooks(ROOT))],
    }
    stages = {"tests": [*leave, *session.posargs]} if session.posargs else stages
    failed = []
    for stage, chosen in stages.items():
        try:
            session.run(
                *("python", "-m", "pytest", "-q", "-n", "logical", *more, *chosen),
                env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            )
        except CommandFailed:
            failed.append(stage)
    if failed:
        session.error(f"failed: {', '.join(failed)}")
