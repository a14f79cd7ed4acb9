"""The learner's copies: what they show, when they follow the course; no work is ever lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils import workbook
from course_utils.workbook import (
    ELSEWHERE,
    IN_THE_COURSE,
    behind,
    damaged,
    forgotten,
    fresh,
    give,
    left_over,
    unchanged,
    unreadable,
)
from tools.find import notebooks
from tools.server import as_in_git

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01_more.ipynb"
ALL = {"00_start.ipynb", LESSON}


def lesson(text):
    """A notebook that says so."""
    return json.dumps({"cells": [{"cell_type": "markdown", "source": text}]})


def put(path, text):
    """Write a file; text becomes a lesson where the name is one of the course's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    of_course = path.suffix == ".ipynb" and path.parent.name == "notebooks"
    path.write_text(lesson(text) if of_course else text, "utf-8")


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
        assert copy.read_text("utf-8") == lesson(f"notebooks/{name} as it was")
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


@pytest.mark.parametrize("record", [None, "", "[1, 2", "[]", '{"00_start.ipynb": 7}', '{"a": {}}'])
def test_work_is_never_overwritten_whatever_became_of_the_record(shelf, record):
    give(*shelf)
    mine = shelf[1] / "00_start.ipynb"
    mine.write_text("my own work", "utf-8")
    put(shelf[0] / "notebooks" / "00_start.ipynb", "mended")
    if record is not None:
        (shelf[1] / workbook.RECORD).write_text(record, "utf-8")
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
    assert (shelf[1] / "01_more.ipynb").read_text("utf-8") == lesson("mended")


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
    assert other.read_text("utf-8") == lesson("notebooks/01_more.ipynb as it was")
    assert mine not in unchanged(shelf[1])


def test_copies_of_the_first_hubs_still_follow_the_course(shelf):
    give(*shelf)
    old = {name: workbook._digest((shelf[1] / name).read_bytes()) for name in ALL}
    (shelf[1] / workbook.RECORD).write_text(json.dumps(old), "utf-8")
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
        assert copy.read_text("utf-8") == lesson(f"mended {number}") and behind(*shelf) == []


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
    assert (shelf[1] / LESSON).read_text("utf-8") == lesson(f"notebooks/{LESSON} as it was")
    assert given(shelf) == {"01_more.ipynb"}

    assert not list(shelf[1].glob(".*.draft"))


@pytest.mark.parametrize("first", [True, False], ids=["first start", "update"])
def test_who_is_killed_between_copy_and_record_still_follows_the_course(shelf, monkeypatch, first):
    if not first:
        give(*shelf)
        put(shelf[0] / "notebooks" / LESSON, "mended")

    def killed(folder, record):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(workbook, "_write_record", killed)
        give(*shelf)
    give(*shelf)
    assert behind(*shelf) == [] and len(unchanged(shelf[1])) == 2
    for name in ALL:
        put(shelf[0] / "notebooks" / name, "mended again")
    assert given(shelf) == ALL


def test_who_is_killed_before_the_last_copy_has_a_record_of_the_others(shelf, monkeypatch):
    replace = Path.replace

    def killed(self, target):
        if target.name == LESSON:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", killed)
        give(*shelf)
    put(shelf[0] / "notebooks" / "00_start.ipynb", "mended")
    assert given(shelf) == ALL


def test_a_lost_record_is_told_and_written_again(shelf):
    give(*shelf)
    assert not forgotten(shelf[1])
    (shelf[1] / "00_start.ipynb").write_text(lesson("mine"), "utf-8")
    (shelf[1] / workbook.RECORD).unlink()
    assert forgotten(shelf[1])
    assert given(shelf) == set() and not forgotten(shelf[1])
    for name in ALL:
        put(shelf[0] / "notebooks" / name, "mended")
    assert given(shelf) == {LESSON} and behind(*shelf) == ["00_start"]


@pytest.mark.parametrize("name", ["../x.ipynb", "/etc/x.ipynb", "./01_more.ipynb", "a//b.ipynb"])
def test_a_record_leads_nowhere_but_to_the_copies(shelf, name):
    give(*shelf)
    (shelf[1] / workbook.RECORD).write_text(json.dumps({name: "0"}), "utf-8")
    assert unchanged(shelf[1]) == [] and forgotten(shelf[1])


def test_work_that_is_saved_while_the_course_is_copied_stays(shelf, monkeypatch):
    give(*shelf)
    put(shelf[0] / "notebooks" / LESSON, "mended")
    write, mine = Path.write_bytes, shelf[1] / LESSON

    def saved_meanwhile(self, contents):
        if self.name.startswith(f".{LESSON}"):
            mine.write_text("saved this moment", "utf-8")
        return write(self, contents)

    monkeypatch.setattr(Path, "write_bytes", saved_meanwhile)
    assert given(shelf) == set() and mine.read_text("utf-8") == "saved this moment"


STARTS = """
import sys
from pathlib import Path
from course_utils.workbook import give
give(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_starts_at_once_lose_nothing_and_all_end_well(shelf):
    for number in range(40):
        put(shelf[0] / "notebooks" / f"{number:02}_many.ipynb", "x" * 200_000)
    command = [sys.executable, "-c", STARTS, *map(str, shelf)]
    running = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len(unchanged(shelf[1])) == 42 and not list(shelf[1].glob(".*.draft"))


def test_drafts_of_two_starts_have_names_of_their_own(tmp_path):
    with workbook._draft(tmp_path / "a", b"1") as one, workbook._draft(tmp_path / "a", b"2") as two:
        assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")


@pytest.mark.parametrize("torn", ["", "{", "<<<<<<< HEAD", '{"cells": 3}', "[" * 100_000])
def test_a_lesson_that_is_damaged_in_the_course_does_not_reach_the_copies(shelf, torn):
    give(*shelf)
    (shelf[0] / "notebooks" / LESSON).write_text(torn, "utf-8")
    assert damaged(shelf[0]) == ["01_more"] and given(shelf) == set()
    assert (shelf[1] / LESSON).read_text("utf-8") == lesson("notebooks/01_more.ipynb as it was")


TORN = {
    "empty": lambda path: path.touch(),
    "half": lambda path: path.write_text(lesson("mine")[:20], "utf-8"),
    "encoding": lambda path: path.write_text(lesson("mine"), "utf-16"),
    "latin": lambda path: path.write_bytes(lesson("caf").encode() + b"\xe9"),
    "folder": lambda path: path.mkdir(),
    "nowhere": lambda path: path.symlink_to("nowhere"),
}


@pytest.mark.parametrize("kind", TORN)
def test_a_copy_that_cannot_be_opened_is_named_and_kept(shelf, kind):
    give(*shelf)
    assert unreadable(*shelf) == []
    mine = shelf[1] / LESSON
    mine.unlink()
    TORN[kind](mine)
    put(shelf[0] / "notebooks" / LESSON, "mended")
    assert given(shelf) == set() and unreadable(*shelf) == ["01_more"]
    kept = fresh(*shelf, "01_more", "today")
    assert kept.name == "01_more_kept_today.ipynb" and os.path.lexists(kept)
    assert mine.read_text("utf-8") == lesson("mended") and unreadable(*shelf) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_in_the_place_of_a_copy_does_not_hold_the_start(shelf):
    give(*shelf)
    (shelf[1] / LESSON).unlink()
    os.mkfifo(shelf[1] / LESSON)
    assert given(shelf) == set() and unreadable(*shelf) == ["01_more"]


def test_a_copy_that_may_not_be_read_stops_no_other(shelf, monkeypatch):
    give(*shelf)
    for name in ALL:
        put(shelf[0] / "notebooks" / name, "mended")
    read = Path.read_bytes

    def refused(self):
        if self == shelf[1] / "00_start.ipynb":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert given(shelf) == {LESSON} and unreadable(*shelf) == ["00_start"]


def test_a_lesson_that_the_course_has_no_more_stays_and_is_named(shelf):
    give(*shelf)
    (shelf[0] / "notebooks" / LESSON).rename(shelf[0] / "notebooks" / "01_other.ipynb")
    assert given(shelf) == {"01_other.ipynb"} and left_over(*shelf) == ["01_more"]
    (shelf[1] / LESSON).unlink()
    assert left_over(*shelf) == []


def test_without_room_for_a_new_copy_the_old_one_stays_where_it_is(shelf, monkeypatch):
    give(*shelf)
    mine = shelf[1] / LESSON
    mine.write_text("mine", "utf-8")

    def full(self, contents):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(Path, "write_bytes", full)
        fresh(*shelf, "01_more")
    assert mine.read_text("utf-8") == "mine" and len(list(shelf[1].glob("01_*"))) == 1


def test_a_copy_that_is_held_open_stays_where_it_is(shelf, monkeypatch):
    give(*shelf)
    mine = shelf[1] / LESSON
    mine.write_text("mine", "utf-8")

    def held(self, target):
        raise PermissionError(13, "The process cannot access the file")

    with monkeypatch.context() as patch, pytest.raises(PermissionError):
        patch.setattr(Path, "replace", held)
        fresh(*shelf, "01_more")
    assert mine.read_text("utf-8") == "mine" and os.listdir(shelf[1]).count(LESSON) == 1
    assert len(list(shelf[1].glob("*01_*"))) == 1


def test_two_who_begin_afresh_at_once_keep_both_copies(shelf, monkeypatch):
    give(*shelf)
    mine = shelf[1] / LESSON
    mine.write_text("mine", "utf-8")
    replace, others = Path.replace, []

    def another_is_faster(self, target):
        if self == mine and not others:
            others.append(self)
            others.append(fresh(*shelf, "01_more", "today"))
            mine.write_text("more of mine", "utf-8")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", another_is_faster)
    kept = fresh(*shelf, "01_more", "today")
    assert {path.read_text("utf-8") for path in (kept, others[1])} == {"mine", "more of mine"}


@pytest.mark.parametrize("path", notebooks(ROOT), ids=lambda path: path.stem)
def test_no_stored_output_answers_an_open_question(path, tmp_path):
    give(ROOT, tmp_path, {f"notebooks/{path.name}": "."})
    copy = nbformat.read(tmp_path / path.name, as_version=4)
    original = nbformat.read(path, as_version=4)
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
