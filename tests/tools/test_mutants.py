"""Every planted mistake of the lists fits the tree, and the command tells what tests notice."""

import pytest

from tools import images
from tools.mutants import COPIED, DoesNotFit, Mutant, misfit, mutants, run

ALL = mutants()
SOURCE = """\
STEP = 2


class Walk:
    def on(self, x):
        return x + STEP

    def back(self, x):
        return x - STEP


def twice(x):
    return x + x
"""
TESTS = """\
from course_utils.walk import Walk, twice

def test_on():
    assert Walk().on(1) == 3

def test_twice():
    assert twice(2) == 4
"""


def test_every_mistake_of_the_lists_can_be_planted_and_names_tests_that_exist():
    assert not [why for mutant in ALL if (why := misfit(mutant))]


def test_there_are_enough_of_them_and_none_stands_twice():
    assert len(ALL) >= 140
    assert len({(m.file, m.within, m.old, m.new) for m in ALL}) == len(ALL)


def test_each_says_in_a_sentence_what_it_would_mean():
    assert not [m for m in ALL if not (m.means[:1].isupper() and m.means.endswith("."))]


def test_the_pictures_that_a_named_test_compares_with_are_copied():
    assert images.IMAGES.name in COPIED
    assert any("tests/tools/test_images.py" in test for m in ALL for test in m.tests)


def mutant(old, new, test="tests/test_walk.py::test_on", within=""):
    return Mutant("walk", "course_utils/walk.py", old, new, (test,), "It walks.", within)


@pytest.mark.parametrize(
    ("within", "old", "new", "line"),
    [
        ("", "return x + STEP", "return x", "        return x"),
        ("Walk.back", "x -", "x +", "        return x + STEP"),
        ("STEP", "2", "3", "STEP = 3"),
        ("twice", "x + x", "2 + x", "    return 2 + x"),
    ],
)
def test_a_mistake_changes_one_place(within, old, new, line):
    changed = mutant(old, new, within=within).planted(SOURCE)
    differ = [
        (a, b) for a, b in zip(SOURCE.splitlines(), changed.splitlines(), strict=True) if a != b
    ]
    assert [b for _, b in differ] == [line]


@pytest.mark.parametrize(
    ("within", "old", "words"),
    [
        ("", "STEP", "found 3 times"),
        ("Walk", "x *", "found 0 times"),
        ("Run", "STEP", "There are 0 of Run"),
    ],
)
def test_an_entry_that_does_not_fit_says_why(within, old, words):
    with pytest.raises(DoesNotFit, match=words):
        mutant(old, "", within=within).planted(SOURCE)


@pytest.fixture
def course(tmp_path):
    for name, text in (("course_utils/walk.py", SOURCE), ("tests/test_walk.py", TESTS)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    (tmp_path / "course_utils" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
    )
    return tmp_path


def test_what_is_noticed_and_what_is_not(course, capsys):
    seen, unseen = mutant("x + STEP", "x - STEP"), mutant("x - STEP", "x + STEP")
    assert run([seen, unseen], course) == 1
    said = capsys.readouterr().out
    assert f"walk: {seen}" in said and "killed " in said
    assert f"walk: {unseen}" in said and "survived" in said and "1 killed, 1 survived" in said
    assert (course / "course_utils" / "walk.py").read_text() == SOURCE


def test_a_test_that_is_red_by_itself_kills_nothing(course, capsys):
    broken = course / "tests" / "test_walk.py"
    broken.write_text(TESTS.replace("== 3", "== 4"))
    assert run([mutant("x + STEP", "x - STEP")], course) == 1
    assert "red without a mistake" in capsys.readouterr().out


def test_an_entry_that_names_no_test_is_refused(course, capsys):
    for test in ("tests/test_run.py", "tests/test_walk.py::test_run"):
        assert run([mutant("x + STEP", "x - STEP", test=test)], course) == 1
        assert "there is no" in capsys.readouterr().out
