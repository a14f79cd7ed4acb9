"""The plans of TEACHING.md: what they send a class to is there, and their times add up."""

import re
from pathlib import Path

import pytest

from course_utils import explorers
from course_utils.exercises import exercises
from course_utils.explorers.explorer import Explorer
from tools.find import names

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "TEACHING.md").read_text("utf-8")
TWINS = {name[:2]: (ROOT / "notebooks" / "src" / f"{name}.py").read_text("utf-8")
         for name in names(ROOT)}  # fmt: skip
PLANS = dict(re.findall(r"(?ms)^### (\d\d) (.*?)(?=^##)", TEXT))
TABLES = re.findall(r"(?m)^\| ([\d:–]+) \| (.*)", TEXT)  # the rows that begin with a time
ITALIC = r"(?<![\w*])\*([A-Z][^*→]*)\*(?![\w*])"  # a menu has an arrow, mere stress no capital


def sections(lesson):
    """The headings of a lesson, without what kind they are and how long they take."""
    plain = {"often said"}
    for heading in re.findall(r"(?m)^# #+ (.*)", TWINS[lesson]):
        heading = re.sub(r",? \(?\d+ minutes\)?$", "", heading)
        plain |= {heading.lower(), heading.partition(": ")[2].lower()}
    return plain


def goals_and_presets(lesson):
    """What the explorers of a lesson offer by name, and the goals that they set."""
    (imported,) = re.findall(r"from course_utils\.explorers import (.*)", TWINS[lesson])
    found = [getattr(explorers, name) for name in imported.split(", ")]
    found = [one for one in found if isinstance(one, type) and issubclass(one, Explorer)]
    return [word for one in found for word in (*one.presets, one.goal)]


def core(lesson):
    """The minutes of a lesson's core, from its own table."""
    return int(re.search(r"\*\*Minutes\*\* \| (\d+) for the core", TWINS[lesson])[1])


def lessons_in(words):
    """The lesson with whose number a row begins, if it does."""
    return re.findall(r"^(\d\d)\b", words)


def test_the_plans_are_those_of_the_lessons():
    assert sorted(PLANS) == sorted(TWINS) and len(TABLES) >= 15


@pytest.mark.parametrize("lesson", PLANS)
def test_a_section_that_a_plan_names_is_one_of_its_lesson(lesson):
    for name in re.findall(ITALIC, PLANS[lesson]):
        assert name.lower() in sections(lesson), f"lesson {lesson} has no section {name}"


def test_what_a_timetable_names_is_in_its_lesson():
    named = 0
    for _, words in TABLES:
        for lesson in lessons_in(words):
            for name in re.findall(ITALIC, words):
                assert name.lower() in sections(lesson), f"lesson {lesson} has no section {name}"
                named += 1
            for quoted in re.findall(r'"(.+?)"', words):
                offered = goals_and_presets(lesson)
                assert any(quoted in one for one in offered), f"lesson {lesson} has no {quoted}"
                named += 1
    assert named >= 8


def test_an_exercise_that_is_named_exists():
    keys = re.findall(r'(?:check|hint|solution)\("([^"…]+)"', TEXT)
    assert keys and set(keys) <= set(exercises())


@pytest.mark.parametrize("lesson", PLANS)
def test_the_minutes_of_a_plan_are_those_of_the_core(lesson):
    assert int(re.match(r".* · (\d+)", PLANS[lesson])[1]) == core(lesson)


def minutes(clock):
    hours, _, rest = clock.partition(":")
    return 60 * int(hours) + int(rest)


def test_each_lesson_of_the_workshop_fits_into_its_time():
    rows = [(minutes(clock), words) for clock, words in TABLES if ":" in clock]
    assert sum(len(lessons_in(words)) for _, words in rows) == 8
    for (begin, words), (end, _) in zip(rows, rows[1:], strict=False):
        assert sum(map(core, lessons_in(words))) <= end - begin, words
    (hours,) = re.findall(r"one-day workshop \| 00 to 07 \| ([\d.]+) with breaks", TEXT)
    assert rows[-1][0] - rows[0][0] == 60 * float(hours)
    work, begin = [], rows[0][0]
    for (at, words), (then, _) in zip(rows, [*rows[1:], rows[-1]], strict=True):
        if words.startswith(("a break", "lunch", "the end")):
            work, begin = [*work, at - begin], then
    assert max(work) <= 120  # minutes without a break


def test_each_of_the_nine_meetings_fits_into_ninety_minutes():
    (row,) = re.findall(r"nine meetings \| (.*?);", TEXT)
    met = [re.findall(r"\d\d", meeting) for meeting in row.split(", ")]
    assert sorted(sum(met, [])) == [f"{number:02}" for number in range(13)]
    assert max(sum(map(core, lessons)) for lessons in met) <= 90
