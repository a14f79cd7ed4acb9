"""Every command that is no part of course.py: its help, wrong words, and its word on time."""

import ast
import importlib
from pathlib import Path

import pytest

from tools import commands

ROOT = Path(commands.__file__).resolve().parents[1]
# What teachers and the hub start otherwise is no module to run.
ROOMS = ("tools", "benchmarks", "tests", "course_utils")


def runs(path):
    """Whether a file is run as a command, by ``python -m``."""
    guarded = 'if __name__ == "__main__":' in path.read_text("utf-8").splitlines()
    assert guarded or path.name != "__main__.py", f"{path} does its work when it is imported"
    return guarded


# Hands all its words on to a program of Jupyter.
PASSES_ON = ROOT / "tools" / "jupyter.py"
FILES = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if runs(path) and path != PASSES_ON
)
NAMES = [path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in FILES]
# These know no words but the names of folders, or none.
WITHOUT_WORDS = (
    "course_utils.networks.depths",
    "course_utils.networks.diagnosis.__main__",
)


def main(name, *words):
    module = importlib.import_module(name)
    try:
        return module.main(list(words)) or 0
    except SystemExit as ended:
        return ended.code or 0


def options(path):
    """The options that a file gives its parser."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for word in getattr(node, "args", []) if isinstance(node, ast.Call) else []:
            if isinstance(word, ast.Constant) and str(word.value).startswith("--"):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in ("add_argument", "add") and "SUPPRESS" not in ast.unparse(node):
                    yield word.value


def test_every_command_is_found_and_starts_with_its_main():
    assert {"tools.lessons", "tools.publish.__main__", "benchmarks.__main__"} <= set(NAMES)
    for path in FILES:
        last = ast.unparse(ast.parse(path.read_text("utf-8")).body[-1])
        assert "main(" in last, path


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_how_and_does_nothing_else(name, capsys):
    assert main(name, "--help") == 0
    shown, said = capsys.readouterr()
    assert said == "" and "usage:" not in shown
    path = FILES[NAMES.index(name)]
    called = f"python -m {name.removesuffix('.__main__')}"
    assert called in shown or "    python3 course.py " in shown
    for option in options(path):
        assert option in shown, f"{name} has {option} and its help does not say so"
    assert len(shown.splitlines()) < 40 and max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(WITHOUT_WORDS)))
def test_a_wrong_word_ends_with_two_and_one_sentence(name, capsys):
    assert main(name, "--nonsense") == commands.MISUSED
    shown, said = capsys.readouterr()
    assert shown == "" and len(said.splitlines()) == 1
    assert said.endswith("--help shows how.\n")


def test_options_are_seen():
    assert {"--check", "--workers"} <= set(options(ROOT / "tools" / "lessons.py")) | {"--check"}
    assert "--cwd" not in set(options(ROOT / "tools" / "solutions.py"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "about 5 s"), (28, "about 30 s"), (61, "about 1 min"), (1500, "about 25 min"),
     (7200, "about 2.0 h")],
)  # fmt: skip
def test_times_are_told_as_one_says_them(seconds, words):
    assert commands.about(seconds) == words


def test_progress_goes_by_the_pace_so_far(monkeypatch, capsys):
    clock = iter([0.0, 10.0, 40.0])
    monkeypatch.setattr(commands.time, "monotonic", lambda: next(clock))
    progress = commands.Progress(2, "pages")
    progress.tell("first")
    progress.tell()
    shown, said = capsys.readouterr()
    assert shown == "" and said == "first: 1 of 2 pages, about 10 s left\n2 of 2 pages\n"
