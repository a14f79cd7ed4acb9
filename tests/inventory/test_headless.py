"""The twelve questions of a page make the file of a lesson, and `course.py gather` takes it."""

import json

import pytest

from course_utils.inventory import ITEMS, hand_in
from course_utils.inventory import record as records
from course_utils.inventory.gather import gather
from course_utils.inventory.headless import KEPT, handed_in

RIGHT = {str(n): item.right for n, item in ITEMS.items()}
LATER = {**RIGHT, "3": "?"}


def text(record):
    """A record as the page writes it into a file."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def test_the_file_is_that_of_a_lesson_byte_by_byte(tmp_path, monkeypatch):
    monkeypatch.setattr(records.os, "urandom", lambda count: bytes(range(count)))
    record = handed_in("before", LATER, "Ada Ö", [])["record"]
    assert hand_in("before", LATER, nickname="Ada Ö", folder=tmp_path)
    (file,) = tmp_path.iterdir()
    there = json.loads(file.read_text("utf-8"))
    assert text({**record, "handed_in": there["handed_in"]}).encode() == file.read_bytes()
    assert file.name == f"inventory_before_{record['learner']}.json"


def test_the_second_time_is_compared_with_the_first_and_gathered_with_it(tmp_path):
    before = handed_in("before", LATER, "", [])
    assert KEPT in before["html"] and "11 of 12" in before["html"]
    after = handed_in("after", RIGHT, "", [text(before["record"])])
    assert after["record"]["learner"] == before["record"]["learner"]
    assert "won (+1)" in after["html"] and KEPT in after["html"]
    for told in (before, after):
        record = told["record"]
        (tmp_path / f"inventory_{record['when']}_{record['learner']}.json").write_text(
            text(record), "utf-8"
        )
    found = gather([tmp_path])
    assert not found.remarks and [learner.whole for learner in found.learners] == [True]


def test_what_is_open_is_named_and_nothing_is_made():
    told = handed_in("before", {**RIGHT, "7": ""}, "", [])
    assert told["record"] is None and "Still open: 7" in told["html"]


@pytest.mark.parametrize("strange", ["", "{}", "[" * 5000, '{"inventory": 1}'])
def test_a_file_that_is_none_is_passed_over(strange):
    assert handed_in("after", RIGHT, "<b>", [strange])["record"]["nickname"] == "<b>"
