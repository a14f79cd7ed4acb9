"""What a learner did lasts: from kernel to kernel, whatever happens to the file."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ipywidgets as widgets
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_utils.exercises import check, predict, progress, tally
from course_utils.exercises.predictions import predictions
from course_utils.exercises.session import SESSION

ROOT = Path(__file__).resolve().parents[2]
KEY, RIGHT, WRONG = "09 wells", "none of them", "about half of them"


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A learner's file, and a kernel that has just started."""
    path = tmp_path / progress.FILE
    monkeypatch.setenv(progress.PLACE, str(path))
    SESSION.forget()
    yield path
    SESSION.forget()


def another_day():
    """The kernel is started anew."""
    SESSION.forget()


def lines(file):
    # Who looks while another writes sees no end of a line and begins a new one: the line between
    # them is blank then, and nobody reads it.
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]


def test_a_locked_prediction_is_there_on_another_day(file):
    predict(KEY).lock(WRONG)
    another_day()
    opened = widgets.HTML("the explorer")
    again = predict(KEY, opens=opened)
    assert again.value == WRONG and not again.hit and again.content.children == (opened,)
    assert again.button.disabled and again.button.description == "Locked in"
    reason = predictions()[KEY].because
    assert RIGHT in again.answer.value and reason and reason in again.answer.value
    again.lock(RIGHT)
    assert again.value == WRONG
    assert len(lines(file)) == 1


def test_an_exercise_is_written_down_when_it_is_tried_first_and_when_it_is_solved(file):
    for answer in ("1/lambda1", "1/lambda1", "2/(lambda1+lambda2)", "2/(lambda1+lambda2)", "1"):
        check("best rate", answer)
    assert [line["solved"] for line in lines(file)] == [False, True]
    another_day()
    check("best rate", "2/(lambda1+lambda2)")
    check("best rate", "1/lambda1")
    assert len(lines(file)) == 2


def test_each_idea_that_went_wrong_is_written_once(file):
    answers = ["1/lambda1", "1", "2/lambda1", "1/lambda1", "2/lambda1"]
    ideas = [check("best rate", answer).idea for answer in answers]
    another_day()
    for answer in (*answers, "2/(lambda1+lambda2)", "1/lambda2"):
        check("best rate", answer)
    said = [line.get("idea", "") for line in lines(file) if not line["solved"]]
    assert said == list(dict.fromkeys(ideas)) and len(said) >= 3
    assert lines(file)[-1] == {"exercise": "best rate", "solved": True}


def test_the_tally_counts_across_days(file):
    predict(KEY).lock(RIGHT)
    check("best rate", "1/lambda1")
    another_day()
    check("best rate", "2/(lambda1+lambda2)")
    predict("00 patience").lock(10)
    another_day()
    shown = repr(tally()).splitlines()
    assert shown[:2] == [
        "Predictions: 1 of 2 came true.",
        "Exercises: 1 of 1 tried are right.",
    ]
    assert progress.FILE in shown[2] and "delete that file" in shown[2]
    assert shown[3:] == [
        "  ✔ hit, 09 wells: you said none of them, it is none of them",
        "  ✘ miss, 00 patience: you said 10 steps, it is 44 steps",
    ]


def test_an_exercise_that_was_solved_stays_solved_and_is_written_once(file):
    for answer in ("1/lambda1", "1/lambda1", "2/(lambda1+lambda2)", "1/lambda1", ...):
        check("best rate", answer)
    assert lines(file) == [
        {"exercise": "best rate", "solved": False, "idea": "the flat direction counts too"},
        {"exercise": "best rate", "solved": True},
    ]
    another_day()
    assert SESSION.checks == {"best rate": True}


def test_a_truth_that_cannot_be_measured_yet_is_the_one_of_that_day(file):
    predict("13 nine rates", measured=lambda: 2).lock("six or more")
    another_day()

    def not_run_yet():
        raise NameError("name 'wide' is not defined")

    again = predict("13 nine rates", measured=not_run_yet)
    assert (again.value, again.truth) == ("six or more", "one or two")


def test_another_hypothesis_is_another_prediction(file):
    asked = {"measured": lambda: None, "about": ("Adam", "momentum")}
    SESSION.forget()
    entry = {"prediction": "13 my hypothesis", "said": "lower", "truth": "higher"}
    file.write_text(json.dumps({**entry, "about": ["Adam", "momentum"]}) + "\n", "utf-8")
    assert predict("13 my hypothesis", **asked).value == "lower"
    assert predict("13 my hypothesis", **{**asked, "about": ("Lion", "SGD")}).value is None


def test_nothing_is_kept_before_something_is_done(file):
    predict(KEY)
    repr(tally())
    check("best rate", ...)
    assert not file.exists()


def test_a_lesson_that_is_tested_keeps_nothing_and_sees_nothing(file, monkeypatch, tmp_path):
    predict(KEY).lock(RIGHT)
    another_day()
    monkeypatch.setenv(progress.PLACE, "off")
    monkeypatch.chdir(tmp_path)
    p = predict(KEY)
    assert p.value is None
    before = file.read_bytes()
    p.lock(WRONG)
    check("best rate", "1/lambda1")
    assert file.read_bytes() == before and os.listdir(tmp_path) == [file.name]
    assert "Kept" not in repr(tally()) and "session only" not in p.answer.value


def test_tests_and_builds_of_lessons_say_off(monkeypatch):
    from tools.lessons import kernel_environment

    assert os.environ[progress.PLACE] == "off"
    monkeypatch.delenv(progress.PLACE)
    assert kernel_environment(ROOT, "scratch")[progress.PLACE] == "off"
    assert progress.FILE in (ROOT / ".gitignore").read_text("utf-8").split()


def test_without_a_word_the_file_lies_where_the_lesson_runs(monkeypatch, tmp_path):
    monkeypatch.delenv(progress.PLACE)
    monkeypatch.chdir(tmp_path)
    assert progress.place() == tmp_path / progress.FILE


# What may happen to the file


DAMAGE = [
    b"",
    b"\n\n\n",
    b"\x00\xff\xfe not text",
    b"{",
    b"[1, 2]",
    b"null",
    b'{"prediction": 3}',
    b'{"prediction": "09 wells"}',
    b'{"prediction": "09 wells", "said": "<script>", "truth": "none of them"}',
    b'{"prediction": "09 wells", "said": ["none of them"], "truth": {}}',
    b'{"prediction": "09 wells", "said": "none of them", "truth": "none of them", "about": 7}',
    b'{"prediction": "no such thing", "said": "x", "truth": "y"}',
    b'{"prediction": "00 patience", "said": NaN, "truth": 44}',
    b'{"prediction": "00 patience", "said": 1e999, "truth": 44}',
    b'{"prediction": "00 patience", "said": 1' + b"0" * 400 + b', "truth": 44}',
    b'{"prediction": "00 patience", "said": -5, "truth": 44}',
    b'{"exercise": "best rate", "solved": "yes"}',
    b'{"exercise": "no such exercise", "solved": true}',
    b'{"exercise": ["best rate"], "solved": true}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
]


@pytest.mark.parametrize("damage", DAMAGE, ids=range(len(DAMAGE)))
def test_a_damaged_line_costs_that_line(file, damage):
    good = json.dumps({"prediction": KEY, "said": WRONG, "truth": RIGHT}).encode()
    for text in (damage, damage + b"\n" + good + b"\n", good + b"\n" + damage):
        SESSION.forget()
        file.write_bytes(text)
        assert len(SESSION.predictions) == (good in text)
        assert SESSION.checks == {}
        predict("00 patience").lock(44)
        another_day()
        assert predict("00 patience").value == 44, "an answer was lost"
        assert (KEY in SESSION.predictions) == (good in text)


@given(noise=st.binary(max_size=200))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_content_makes_it_raise(file, noise):
    SESSION.forget()
    file.write_bytes(noise)
    predict(KEY).lock(WRONG)
    SESSION.forget()
    assert predict(KEY).value == WRONG and "1" in repr(tally())


def told(p):
    """What is said of an answer that could not be kept."""
    return p.answer.value.partition("Kept for this session only: ")[2]


def test_a_folder_that_may_not_be_written_to_loses_nothing_today(file, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(progress.Path, "open", refused)
    p = predict(KEY)
    p.lock(WRONG)
    assert p.value == WRONG and told(p).startswith("the file or its folder may not be")
    assert predict(KEY).value == WRONG
    assert "Not kept for another day: the file or its folder may not be" in repr(tally())


def test_what_could_not_be_kept_is_kept_as_soon_as_it_can(file, monkeypatch):
    file.mkdir()
    predict(KEY).lock(WRONG)
    check("best rate", "2/(lambda1+lambda2)")
    file.rmdir()
    p = predict("00 patience")
    p.lock(44)
    assert not told(p) and "Not kept" not in repr(tally())
    another_day()
    assert set(SESSION.predictions) == {KEY, "00 patience"}
    assert SESSION.checks == {"best rate": True}


def test_a_folder_that_is_gone_is_told(file, monkeypatch):
    monkeypatch.setenv(progress.PLACE, str(file.parent / "gone" / "file"))
    p = predict(KEY)
    p.lock(WRONG)
    assert p.value == WRONG and told(p).startswith("the folder is gone")


def test_something_else_of_that_name_is_left_alone(file):
    file.mkdir()
    p = predict(KEY)
    p.lock(WRONG)
    assert p.value == WRONG and "something else has the name" in told(p)
    assert file.is_dir() and not os.listdir(file)


def test_a_pipe_of_that_name_does_not_hold_the_lesson(file):
    # Windows keeps no pipes in folders; what is no file either stands in for one there.
    getattr(os, "mkfifo", os.mkdir)(file)
    p = predict(KEY)
    p.lock(WRONG)
    assert p.value == WRONG and "something else has the name" in told(p)


def test_a_file_that_is_too_large_is_not_made_larger(file):
    file.write_bytes(b"x" * progress.LARGEST)
    p = predict(KEY)
    p.lock(WRONG)
    assert p.value == WRONG and "too large" in told(p)
    assert file.stat().st_size == progress.LARGEST


def test_a_full_disk_is_told_and_the_next_line_begins_anew(file, monkeypatch):
    file.write_bytes(b'{"prediction": "09 we')  # where the disk was full
    predict(KEY).lock(WRONG)
    another_day()
    assert predict(KEY).value == WRONG


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ""),
        (b'{"a later edition": "knows what this is"}\n', ""),
        (b'{"exercise": "best rate", "solved": true}\r\n\r\n', ""),
        (b'\xef\xbb\xbf{"exercise": "best rate", "solved": true}\n', ""),
        (b'{"prediction": "09 we', "1 line of my_progress.jsonl cannot be read: it is"),
        (b"Dear diary,\n[1]\n{}\n", "2 lines of my_progress.jsonl cannot be read: they are"),
        ('{"exercise": "best rate"}\n'.encode("utf-16"), "1 line of"),
        (b" " * (progress.LARGEST + 1), "too large to be from this course"),
    ],
)
def test_what_cannot_be_read_is_told_and_stays(file, content, words):
    file.write_bytes(content)
    shown = repr(tally())
    assert words in shown and ("read" in shown) == bool(words)
    predict(KEY).lock(WRONG)
    assert file.read_bytes().startswith(content)


def test_a_file_that_may_not_be_read_is_told(file, monkeypatch):
    file.write_text('{"exercise": "best rate", "solved": true}')

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(progress.Path, "open", refused)
    assert "my_progress.jsonl cannot be read: what it holds is not counted." in repr(tally())


def test_a_folder_of_that_name_is_told(file):
    file.mkdir()
    assert "my_progress.jsonl is not a file." in repr(tally())


def test_a_file_that_is_deleted_while_the_kernel_runs_is_begun_again(file):
    predict(KEY).lock(WRONG)
    file.unlink()
    assert predict(KEY).value == WRONG
    predict("00 patience").lock(44)
    another_day()
    assert list(SESSION.predictions) == ["00 patience"]


def test_of_two_answers_to_one_question_the_first_stays(file):
    for said in (WRONG, RIGHT):
        progress.add(file, {"prediction": KEY, "said": said, "truth": RIGHT})
    assert predict(KEY).value == WRONG


# Two lessons at once


LEARNER = """
import sys
from course_utils.exercises.session import SESSION, Locked
from course_utils.exercises.predictions import predictions
for key in sys.argv[1:]:
    question = predictions()[key]
    said = question.options[0] if question.options else question.low
    SESSION.note_prediction(Locked(question, said, said))
"""


def test_two_kernels_at_once_lose_nothing(file):
    keys = list(predictions())
    halves = keys[::2], keys[1::2]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen([sys.executable, "-c", LEARNER, *half], env=environment) for half in halves
    ]
    assert [one.wait(120) for one in running] == [0, 0]
    assert sorted(SESSION.predictions) == sorted(keys) and len(lines(file)) == len(keys)


def test_lines_that_are_added_at_once_stay_whole(file):
    entries = [{"prediction": f"{i}", "said": "x" * 200} for i in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda entry: progress.add(file, entry), entries))
    assert sorted(lines(file), key=str) == sorted(entries, key=str)


def test_what_another_kernel_adds_is_seen(file):
    assert predict(KEY).value is None
    progress.add(file, {"prediction": KEY, "said": WRONG, "truth": RIGHT})
    assert predict(KEY).value == WRONG
