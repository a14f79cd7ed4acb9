"""noxfile.py: what each session installs and runs; nox itself is no package of the tests."""

import sys
from pathlib import Path
from runpy import run_path
from types import ModuleType, SimpleNamespace

import pytest

import course

ROOT = Path(course.__file__).resolve().parent


class Failed(Exception):
    """What nox raises when a command fails."""


class Session:
    """A session of nox that notes what it is asked for; commands with `failing` in them fail."""

    def __init__(self, backend="uv", posargs=(), failing="nothing"):
        self.venv_backend, self.posargs, self.failing = backend, list(posargs), failing
        self.installed, self.ran = [], []

    def install(self, *words, env=None):
        self.installed.append((words, env or {}))

    def run(self, *words, env=None):
        self.ran.append(words)
        if self.failing in words:
            raise Failed

    def error(self, message):
        raise SystemExit(message)


@pytest.fixture
def sessions(monkeypatch):
    """The functions of noxfile.py; the decorator leaves a session's Pythons on it."""
    nox, command = ModuleType("nox"), ModuleType("nox.command")
    nox.options, command.CommandFailed = SimpleNamespace(), Failed

    def session(python):
        def named(function):
            function.pythons = python
            return function

        return named

    nox.session = session
    nox.project = SimpleNamespace(
        load_toml=lambda name: {"project": {"dependencies": ["numpy>=2.0"]}},
        dependency_groups=lambda project, group: ("pytest>=8.2",),
    )
    monkeypatch.setitem(sys.modules, "nox", nox)
    monkeypatch.setitem(sys.modules, "nox.command", command)
    monkeypatch.setenv("PATH", "/bin")
    return SimpleNamespace(**run_path(str(ROOT / "noxfile.py")))


def test_there_is_a_session_for_every_python_that_course_py_takes(sessions):
    first, last = course.OLDEST[1], course.NEWEST[1]
    assert sessions.python.pythons == [f"3.{minor}" for minor in range(first, last + 1)]
    assert {sessions.newest.pythons, sessions.oldest.pythons} <= set(sessions.python.pythons)


def test_the_exact_versions_are_those_of_the_lock(sessions):
    session = Session()
    sessions.python(session)
    [(words, environment)] = session.installed
    assert words == ("--require-hashes", "--no-deps", "-r", course.TEST)
    assert environment == {"UV_NO_CONFIG": "1"}


def test_newest_and_oldest_follow_from_the_bounds(sessions):
    newest, oldest = Session("virtualenv"), Session()
    sessions.newest(newest)
    assert newest.installed == [(("--upgrade", "numpy>=2.0", "pytest>=8.2"), {})]
    sessions.oldest(oldest)
    assert oldest.installed[0][0][:2] == ("--resolution", "lowest-direct")
    with pytest.raises(SystemExit, match="chosen by uv: install it"):
        sessions.oldest(Session("virtualenv"))


@pytest.mark.parametrize("failing", ["nothing", "tests", "--nbval"])
def test_library_and_lessons_are_tested_even_if_one_fails(sessions, failing):
    session = Session(failing=failing)
    said = {"tests": "failed: library", "--nbval": "failed: lessons"}
    if failing in said:
        with pytest.raises(SystemExit, match=said[failing]):
            sessions.newest(session)
    else:
        sessions.newest(session)
    held, library, lessons = session.ran
    assert "numpy" in held and library[-1] == "--ignore=tests/browser"
    assert [Path(word).stem[:2] for word in lessons if word.endswith(".ipynb")][:2] == ["00", "01"]


def test_arguments_go_to_pytest_alone(sessions):
    session = Session(posargs=["tests/theory", "-x"])
    sessions.newest(session)
    assert session.ran[-1][-2:] == ("tests/theory", "-x") and len(session.ran) == 2


def test_the_tests_that_are_left_out_exist(sessions):
    for name in sessions.EXACT:
        file, test = name.split("::")
        assert f"\ndef {test}(" in (ROOT / file).read_text("utf-8")
