"""The plans for teaching: what they send a class to is there, and their times add up."""

import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup

from course_utils import explorers
from course_utils.exercises import exercises
from course_utils.explorers.explorer import Explorer
from tools import budget, plans
from tools.find import names
from tools.publish.lesson import lessons
from tools.publish.players import Player, wanted
from tools.publish.slides import deck

TWINS = {name[:2]: (plans.ROOT / "notebooks" / "src" / f"{name}.py").read_text("utf-8")
         for name in names(plans.ROOT)}  # fmt: skip
PLANS = plans.plans()
SCHEDULES = {schedule.name.split(",")[0]: schedule for schedule in plans.schedules()}
MEETINGS = [one for schedule in SCHEDULES.values() for one in schedule.meetings]
ROWS = [(number, row) for number, plan in PLANS.items() for rows in plan.rows.values()
        for row in rows]  # fmt: skip
ROWS += [(row.lesson, row) for meeting in MEETINGS for row in meeting.rows if row.lesson]
ITALIC = r"(?<![\w*])\*([A-Z][^*→]*)\*(?![\w*])"  # a menu has an arrow, mere stress no capital
COUNTS = {"first": 1, "second": 2, "two": 2, "three": 3, "four": 4, "seven": 7}
BUTTONS = {"Show the landscape", "Play"}
# What a class does faster than somebody alone: it sees the first explorer, and takes it up later;
# of the exercises it does the one that its row names.
SHORTER = {plans.FIRST, "Exercises"}


def headings(lesson):
    """All headings of a lesson, those below its core too."""
    found = re.findall(r"(?m)^# #+ (.*)", TWINS[lesson])
    return {plans.MINUTES.sub("", heading) for heading in found}


def presets(lesson):
    """What the explorers of a lesson offer by name."""
    (imported,) = re.findall(r"from course_utils\.explorers import (.*)", TWINS[lesson])
    found = [getattr(explorers, name) for name in imported.split(", ")]
    return {word for one in found if isinstance(one, type) and issubclass(one, Explorer)
            for word in one.presets}  # fmt: skip


def calls(lesson, name):
    """The keys that a lesson's cells call a function with, each with the section above."""
    return {
        key: heading
        for heading, cell in plans.parts(lesson)
        if cell.cell_type == "code"
        for key in re.findall(rf'{name}\("([^"]+)"', cell.source)
    }


def test_each_lesson_has_a_plan():
    assert sorted(PLANS) == sorted(TWINS)
    for plan in PLANS.values():
        assert all((plan.goal, plan.board, plan.pairs, plan.hand_in, plan.late, plan.surprise))


@pytest.mark.parametrize("length", plans.LENGTHS)
@pytest.mark.parametrize("lesson", PLANS)
def test_the_minutes_of_a_plan_add_up(lesson, length):
    rows = PLANS[lesson].rows[length]
    assert sum(row.m for row in rows) == length and all(row.m > 0 for row in rows)


@pytest.mark.parametrize("length", plans.LENGTHS)
@pytest.mark.parametrize("lesson", PLANS)
def test_a_lesson_has_not_grown_over_its_slot(lesson, length):
    """A section gets its own minutes in the long plan, and at least half of them in the short."""
    home = PLANS[lesson].home(length)
    assert plans.minutes(lesson, home) <= length
    given = Counter()
    for row in PLANS[lesson].rows[length]:
        given[row.at] += row.m
    for section in set(given) - SHORTER - {""}:
        cells = [cell for heading, cell in plans.parts(lesson) if heading == section]
        needed = budget.asked(cells).minutes * (length / max(plans.LENGTHS))
        assert given[section] >= needed, f"{section} has grown: give it {needed} minutes"


def test_a_row_shows_what_is_in_its_lesson():
    for lesson, row in ROWS:
        at = f"lesson {lesson}, {row.at or row.do}"
        assert not row.at or row.at in plans.sections(lesson), f"{at}: no such section"
        assert set(row.preset) <= presets(lesson), f"{at}: no such preset"
        if row.poll:
            assert calls(lesson, "predict")[row.poll] == row.at, f"{at}: asked elsewhere"
            assert plans.poll_of(row, lesson).key == row.poll
        if row.check:
            assert row.check in exercises()
            assert calls(lesson, "check")[row.check] == row.at, f"{at}: checked elsewhere"


def test_what_a_row_does_can_be_done_in_its_section():
    """Figures, cells, counts of hands and numbered exercises that a row names are there."""
    for lesson, row in ROWS:
        if not row.at:
            continue
        at = f"lesson {lesson}, {row.at}: {row.do}"
        cells = [cell for heading, cell in plans.parts(lesson) if heading == row.at]
        shown = [out.get("data", {}) for cell in cells for out in cell.get("outputs", [])]
        figures = sum("text/html" in data and "As it opens" not in str(data) for data in shown)
        for word, number in COUNTS.items():
            if re.search(rf"\b{word} figures?\b", row.do):
                assert figures >= number, f"{at}: figures"
            if re.search(rf"\b{word} (counts|pairs) of hands\b", row.do, re.I):
                assert len(plans.poll_of(row, lesson).options) == number, f"{at}: hands"
            if re.search(rf"\b{word} questions, (answered )?aloud\b", row.do, re.I):
                asked = "".join(cell.source for cell in cells).count("<summary>")
                assert asked == number, f"{at}: questions"
        if re.search(r"\bfigures?\b|\bpictures?\b", row.do):
            assert figures, f"{at}: no figure"
        opens = f'predict("{row.poll}", opens='
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
        if re.search(r"explorer opens|opens the explorer", row.do):
            assert any(opens in source for source in sources), f"{at}: nothing opens"
        if re.search(r"run the (next )?cell|cell below", row.do, re.I) and row.poll:
            asked = next(k for k, one in enumerate(sources) if f'"{row.poll}"' in one)
            assert sources[asked + 1 :], f"{at}: no cell below"
    for lesson, plan in PLANS.items():
        told = plans.lesson_page(plan).partition("## Polls")[0]
        numbers = re.findall(r"[Ee]xercises? (\d)(?: and (\d))?", told)
        there = re.findall(r"\*\*(\d) \w", TWINS[lesson])
        assert {n for pair in numbers for n in pair if n} <= set(there), f"lesson {lesson}"


def test_the_slides_of_a_section_show_the_explorer_whose_presets_its_row_presses():
    for lesson in lessons():
        plan, offers = PLANS[lesson.number], tuple(presets(lesson.number))
        made = [Player(cell, "", "{}", True, offers) for cell in wanted(lesson)]
        shown = BeautifulSoup(deck(lesson, made=made), "html.parser")
        places = {
            part["data-title"] or plans.FIRST
            for part in shown.select(".part:has(.alone[data-holds])")
        }
        rows = [row for rows in plan.rows.values() for row in rows]
        assert {row.at for row in rows if row.preset} <= places, lesson.number
        sections = plans.sections(lesson.number)
        for rows in plan.rows.values():
            turned = [sections.index(row.at) for row in rows if row.at]
            assert turned == sorted(turned), f"lesson {lesson.number}: slides are turned back"


@pytest.mark.parametrize("lesson", PLANS)
def test_a_plan_uses_each_of_its_polls(lesson):
    plan = PLANS[lesson]
    asked = {row.poll for rows in plan.rows.values() for row in rows} - {""}
    assert asked == {poll.key for poll in plan.polls}


@pytest.mark.parametrize("lesson", PLANS)
def test_what_a_plan_says_names_sections_and_exercises_of_its_lesson(lesson):
    page = plans.lesson_page(PLANS[lesson])
    known = headings(lesson) | presets(lesson) | BUTTONS | {plans.FIRST}
    for name in re.findall(ITALIC, page):
        assert name in known, f"lesson {lesson} has no section {name}"
    keys = re.findall(r'(?:check|hint|solution)\("([^"…]+)"', page)
    assert set(keys) <= set(exercises())


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_meeting_of_a_schedule_takes_its_time(name):
    for meeting in SCHEDULES[name].meetings:
        assert meeting.minutes == SCHEDULES[name].minutes
        for row in meeting.rows:
            assert row.plan in (0, row.m), "a lesson gets the minutes of its plan"


def test_the_nine_meetings_are_nine_and_take_each_lesson_once():
    meetings = SCHEDULES["Nine meetings of 90 minutes"].meetings
    taught = [row.lesson for meeting in meetings for row in meeting.rows]
    assert len(meetings) == 9 and sorted(taught) == sorted(PLANS)


def test_the_seminar_takes_the_lessons_after_seven():
    meetings = SCHEDULES["The seminar"].meetings
    taught = [row.lesson for meeting in meetings for row in meeting.rows if row.lesson]
    assert taught == ["05", *sorted(number for number in PLANS if number > "07")]


def test_the_day_has_a_break_after_at_most_two_hours():
    (day,) = SCHEDULES["The day"].meetings
    work, since = [], 0
    for row in day.rows:
        since = 0 if row.do in ("a break", "lunch") else since + row.m
        work.append(since)
    assert max(work) <= 120 and day.minutes == 360


def test_the_pages_are_written():
    for path, text in plans.made().items():
        assert (plans.ROOT / path).read_text("utf-8") == text, f"{path}: python -m tools.plans"


def test_a_poll_that_a_plan_does_not_have_is_told():
    with pytest.raises(plans.Astray, match="none of its polls"):
        plans.poll_of(plans.Row(5, poll="04 no such poll"), "04")
