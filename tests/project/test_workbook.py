"""The learner's copies: what they show, when they follow the course; no work is ever lost."""

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from course_utils import workbook
from course_utils.workbook import ELSEWHERE, IN_THE_COURSE, behind, fresh, give, unchanged
from tools.find import notebooks
from tools.server import as_in_git

ROOT = Path(__file__).resolve().parents[2]
ALL = {"00_start.ipynb", "01_more.ipynb"}


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def shelf(tmp_path):
    """A course with two lessons, a picture and the teacher's own answers; a learner's folder."""
    course = tmp_path / "course"
    for name in ("notebooks/00_start.ipynb", "notebooks/01_more.ipynb", "images/zig.svg"):
        put(course / name, f"{name} as it was")
    put(course / "notebooks" / "my_answers" / "one.json", "the teacher's")
    put(course / "notebooks" / "src" / "00_start.py", "the twin")
    return course, tmp_path / "workbook"


def given(shelf, places=IN_THE_COURSE):
    return {path.relative_to(shelf[1]).as_posix() for path in give(*shelf, places)}


def test_a_learner_gets_a_copy_of_every_lesson_that_can_be_written_to(shelf):
    assert given(shelf) == ALL
    for name in ALL:
        copy = shelf[1] / name
        assert copy.read_text("utf-8") == f"notebooks/{name} as it was"
        assert copy.stat().st_mode & 0o200
    assert given(shelf) == set()


def test_outside_the_course_the_pictures_come_along(shelf):
    assert given(shelf, ELSEWHERE) == {f"notebooks/{name}" for name in ALL} | {"images/zig.svg"}


@pytest.mark.parametrize("places, place", [(IN_THE_COURSE, "."), (ELSEWHERE, "notebooks")])
def test_the_index_lies_beside_the_lessons_and_is_no_lesson(shelf, places, place):
    put(shelf[0] / "notebooks" / "INDEX.md", "where to find it")
    give(*shelf, places)
    index = shelf[1] / place / "INDEX.md"
    assert index.read_text("utf-8") == "where to find it"
    assert index not in unchanged(shelf[1])
    put(index, "my own notes")
    put(shelf[0] / "notebooks" / "INDEX.md", "where to find more")
    assert given(shelf, places) == set() and index.read_text("utf-8") == "my own notes"
    assert behind(*shelf, places) == []


@pytest.mark.parametrize("ledger", [None, "", "[1, 2", "[]", '{"00_start.ipynb": 7}', '{"a": {}}'])
def test_work_is_never_overwritten_whatever_became_of_the_ledger(shelf, ledger):
    give(*shelf)
    mine = shelf[1] / "00_start.ipynb"
    mine.write_text("my own work", "utf-8")
    put(shelf[0] / "notebooks" / "00_start.ipynb", "mended")
    if ledger is not None:
        (shelf[1] / workbook.LEDGER).write_text(ledger, "utf-8")
    assert given(shelf) == set() and mine.read_text("utf-8") == "my own work"


def test_a_file_of_the_learners_that_has_a_lessons_name_stays(shelf):
    put(shelf[1] / "00_start.ipynb", "I was here first")
    assert given(shelf) == ALL - {"00_start.ipynb"}
    assert (shelf[1] / "00_start.ipynb").read_text("utf-8") == "I was here first"


def test_new_and_mended_lessons_arrive(shelf):
    give(*shelf)
    put(shelf[0] / "notebooks" / "02_new.ipynb", "new")
    put(shelf[0] / "notebooks" / "01_more.ipynb", "mended")
    assert given(shelf) == {"02_new.ipynb", "01_more.ipynb"}
    assert (shelf[1] / "01_more.ipynb").read_text("utf-8") == "mended"


def test_a_lesson_begins_afresh_when_the_copy_is_put_away(shelf):
    give(*shelf)
    mine = shelf[1] / "01_more.ipynb"
    mine.write_text("tangled", "utf-8")
    mine.rename(mine.with_name("01_first_try.ipynb"))
    assert given(shelf) == {"01_more.ipynb"}
    assert (shelf[1] / "01_first_try.ipynb").read_text("utf-8") == "tangled"


def test_a_link_is_left_alone(shelf, tmp_path):
    give(*shelf)
    mine, other = shelf[1] / "01_more.ipynb", tmp_path / "other"
    other.write_bytes(mine.read_bytes())
    mine.unlink()
    mine.symlink_to(other)
    put(shelf[0] / "notebooks" / "01_more.ipynb", "mended")
    assert given(shelf) == set()
    assert other.read_text("utf-8") == "notebooks/01_more.ipynb as it was"
    assert mine not in unchanged(shelf[1])


def test_copies_of_the_first_hubs_still_follow_the_course(shelf):
    give(*shelf)
    old = {name: workbook._digest((shelf[1] / name).read_bytes()) for name in ALL}
    (shelf[1] / workbook.LEDGER).write_text(json.dumps(old), "utf-8")
    assert given(shelf) == set()
    put(shelf[0] / "notebooks" / "01_more.ipynb", "mended")
    assert given(shelf) == {"01_more.ipynb"}


def test_who_stays_behind_is_named_and_can_begin_afresh_without_losing_a_try(shelf):
    give(*shelf)
    copy = shelf[1] / "01_more.ipynb"
    assert behind(*shelf) == [] and fresh(*shelf, "01_more") is None
    for number, name in enumerate(["01_more_kept_today", "01_more_kept_today_2"]):
        copy.write_text(f"try {number}", "utf-8")
        assert behind(*shelf) == []
        put(shelf[0] / "notebooks" / "01_more.ipynb", f"mended {number}")
        assert behind(*shelf) == ["01_more"]
        kept = fresh(*shelf, "01_more", "today")
        assert kept == shelf[1] / f"{name}.ipynb" and kept.read_text("utf-8") == f"try {number}"
        assert copy.read_text("utf-8") == f"mended {number}" and behind(*shelf) == []


def test_a_full_disk_leaves_every_copy_whole(shelf, monkeypatch):
    give(*shelf)
    put(shelf[0] / "notebooks" / "01_more.ipynb", "mended")

    def full(self, contents):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError):
        give(*shelf)
    monkeypatch.undo()
    assert (shelf[1] / "01_more.ipynb").read_text("utf-8") == "notebooks/01_more.ipynb as it was"
    assert given(shelf) == {"01_more.ipynb"}


@pytest.mark.parametrize("lesson", notebooks(ROOT), ids=lambda path: path.stem)
def test_no_stored_output_answers_an_open_question(lesson, tmp_path):
    give(ROOT, tmp_path, {f"notebooks/{lesson.name}": "."})
    copy = nbformat.read(tmp_path / lesson.name, as_version=4)
    original = nbformat.read(lesson, as_version=4)
    assert [cell.source for cell in copy.cells] == [cell.source for cell in original.cells]
    asked = False
    for cell, before in zip(copy.cells, original.cells, strict=True):
        if cell.cell_type == "code":
            asked = asked or "predict(" in cell.source or "check(" in cell.source
            assert cell.outputs == ([] if asked else before.outputs)
    assert asked


def test_a_copy_that_was_looked_at_and_saved_still_follows_the_course(tmp_path):
    give(ROOT, tmp_path)
    copies = unchanged(tmp_path)
    assert len(copies) == len(notebooks(ROOT))
    for path in copies:
        content = nbformat.read(path, as_version=4)
        content.metadata.language_info["version"] = "3.13.0"
        as_in_git({"type": "notebook", "content": content})
        nbformat.write(content, path)
    assert unchanged(tmp_path) == copies


def test_git_leaves_the_workbook_alone(tmp_path):
    shutil.copy(ROOT / ".gitignore", tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    give(ROOT, tmp_path / "workbook")
    told = subprocess.run(["git", "status", "--porcelain"], cwd=tmp_path, capture_output=True,
                          encoding="utf-8", check=True).stdout  # fmt: skip
    assert told.split() == ["??", ".gitignore"]
