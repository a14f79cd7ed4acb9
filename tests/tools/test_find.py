"""Lessons are found in one place, by every form in which people name them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import find

ROOT = Path(find.__file__).resolve().parents[1]
PATTERNS = ("glob", "rglob", "iglob")
NAMES = ("00_start_here", "01_the_ravine", "10_the_zoo", "11_flat")


@pytest.fixture
def tree(tmp_path):
    """Four lessons, the last without a notebook, and what else may lie beside them."""
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    files = [f"{name}.ipynb" for name in NAMES[:3]] + [f"src/{NAMES[3]}.py", f"src/{NAMES[0]}.py"]
    for file in [*files, "Untitled.ipynb", "2 more.ipynb", "src/common.py", "01_data.json"]:
        (tmp_path / "notebooks" / file).touch()
    return tmp_path


@pytest.mark.parametrize(
    "word",
    ["1", "01", "001", "01_", "01_the", "01_the_ravine", "01_the_ravine.ipynb", "01_the_ravine.py",
     "notebooks/01_the_ravine.ipynb", "notebooks/src/01_the_ravine.py", "/elsewhere/01_the.ipynb"],
)  # fmt: skip
def test_every_form_of_a_name_means_its_lesson(tree, word):
    assert find.names(tree, [word]) == ["01_the_ravine"]
    assert find.notebooks(tree, [word]) == [tree / "notebooks" / "01_the_ravine.ipynb"]


def test_without_words_all_are_found_in_order_and_nothing_else(tree):
    assert find.names(tree) == list(NAMES)
    assert [path.stem for path in find.notebooks(tree)] == list(NAMES[:3])


def test_words_keep_their_order_and_a_lesson_comes_once(tree):
    wanted = ["10", "0", "10_the_zoo", "1"]
    assert find.names(tree, wanted) == ["10_the_zoo", "00_start_here", "01_the_ravine"]
    assert find.names(tree, ["0"]) == ["00_start_here"], "not all that begin with a 0"


@pytest.mark.parametrize("word", ["7", "77", "the_ravine", "", ".", "notebooks/", "1_", "-1", "1x"])
def test_what_means_no_lesson_is_told_with_those_that_there_are(tree, word):
    with pytest.raises(find.NoLesson) as told:
        find.names(tree, ["0", word])
    there = ", ".join(NAMES)
    assert str(told.value) == f"There is no lesson called {word!r}. The lessons are: {there}."


def test_a_lesson_without_a_notebook_and_a_tree_without_lessons_are_told(tree, tmp_path):
    assert find.names(tree, ["11"]) == ["11_flat"]
    with pytest.raises(find.NoLesson, match="no lesson called '11'.*10_the_zoo\\.$"):
        find.notebooks(tree, ["11"])
    with pytest.raises(find.NoLesson, match="none yet"):
        find.names(tmp_path / "nowhere", ["1"])


@pytest.mark.parametrize(
    "command",
    [["tools/lessons.py", "77"], ["tools/solutions.py", "77", "--to", "X"],
     ["-m", "tools.publish", "slides", "77"], ["-m", "tools.lite", "--check", "77"],
     ["-m", "tests.browser.shots", "X", "77"]],
    ids=lambda command: command[-1] + " " + command[1],
)  # fmt: skip
def test_every_command_says_the_same_of_an_unknown_lesson(command, tmp_path):
    command = [str(tmp_path / "x") if word == "X" else word for word in command]
    ran = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True,
                         timeout=60)  # fmt: skip
    there = ", ".join(find.names(ROOT) if "lessons.py" in command[0] else
                      [path.stem for path in find.notebooks(ROOT)])  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr.endswith(f"There is no lesson called '77'. The lessons are: {there}.\n")


def test_lessons_are_found_nowhere_else():
    """No other file has a pattern of the notebooks in the course, or of their twins."""
    found = []
    for folder in ("", "hub", "tools", "benchmarks", "tests"):
        for path in (ROOT / folder).glob("**/*.py" if folder else "*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in PATTERNS:
                    call = ast.unparse(node)
                    if re.search("(?i)notebooks", call) and re.search(r"\.ipynb|\.py|\d\]", call):
                        found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {call}")
    assert found == []


def test_course_py_can_ask_before_anything_is_installed():
    program = "import runpy, sys; runpy.run_path(sys.argv[1]); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program, find.__file__],
                         capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    loaded = {name.split(".")[0] for name in ran.stdout.split()}
    assert loaded - sys.stdlib_module_names - {"__main__"} == set()
