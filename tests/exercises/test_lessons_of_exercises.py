"""Every exercise is complete: hints, a solution that passes, a section that exists, its voice."""

import pathlib
import re

import pytest

from course_utils.exercises import check, exercises, hint, solution, tally
from course_utils.exercises.feedback import Feedback, Help, Section
from course_utils.exercises.kernels import KernelExercise
from course_utils.exercises.lessons import LESSONS
from course_utils.exercises.mistakes import known
from course_utils.exercises.session import SESSION
from tests.each import each
from tests.exercises.answers import answer_of
from tools.lessons import find

EXERCISES = exercises()
ROOT = pathlib.Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks" / "src"
PARTS = list(EXERCISES["prerequisites"].parts.values())
ALL = [*EXERCISES.values(), *PARTS]


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    yield
    SESSION.forget()


def test_keys_are_unique():
    assert len(EXERCISES) == sum(map(len, LESSONS.values()))


@pytest.mark.parametrize("number", LESSONS)
def test_solutions_pass_their_own_checks(number):
    def passes(e):
        noted = type(e).__name__ == "DiscussionExercise"
        assert e.judge(answer_of(e.solution)).verdict == ("noted" if noted else "right")

    parts = PARTS if EXERCISES["prerequisites"] in LESSONS[number] else []
    each({e.key: (e,) for e in (*LESSONS[number], *parts)}, passes)


def test_unanswered_is_an_output():
    def says_so(e, blank):
        assert repr(e.judge(blank)).startswith("… Not answered yet: ")

    blanks = (..., None, "", {"lr": ...})
    each({f"{e.key} {blank}": (e, blank) for e in ALL for blank in blanks}, says_so)


def test_hints_are_three_or_more_and_begin_with_a_question():
    def good(hints):
        assert len(set(hints)) == len(hints) >= 3
        assert hints[0].endswith("?"), "the first hint is a question"

    each({e.key: (e.hints,) for e in ALL}, good)


def test_hints_are_given_one_at_a_time_and_end():
    def given(key):
        hints = EXERCISES[key].hints
        shown = [hint(key) for _ in range(len(hints) + 2)]
        assert [h.text for h in shown[: len(hints)]] == list(hints)
        assert "solution(" in shown[-1].text
        assert EXERCISES[key].solution in repr(solution(key)).replace("\n    ", "\n")

    each({key: (key,) for key in EXERCISES}, given)


def test_sections_to_read_again_exist():
    def exists(section):
        text = (NOTEBOOKS / f"{section.lesson}.py").read_text(encoding="utf-8")
        assert re.search(rf"^# #+ {re.escape(section.heading)}$", text, re.MULTILINE)

    named = [s for e in ALL for s in (e.section, *getattr(e, "sections", {}).values()) if s]
    each({str(section): (section,) for section in named}, exists)


def test_sections_of_ideas_belong_to_ideas():
    def belong(e):
        assert set(e.sections) <= {m.idea for m in known(e.rule.name, e.rule.memory).mistakes}

    each({e.key: (e,) for e in KERNELS}, belong)


@pytest.mark.parametrize("number", LESSONS)
def test_lessons_call_every_exercise(number):
    (lesson,) = find(ROOT, [number])
    text = lesson.twin.read_text(encoding="utf-8")
    missing = [
        e.key for e in LESSONS[number]
        if not re.search(rf'(check|solution)\(\s*"{re.escape(e.key)}"', text)
    ]  # fmt: skip
    assert missing == []


def texts():
    for e in ALL:
        yield from (e.question, *e.hints, e.because)
        yield from (mistake.message for mistake in getattr(e, "mistakes", ()))
        yield from getattr(e, "reasons", {}).values()
        yield from getattr(e, "options", {}).values()
    for about in BANKS:
        yield from (m.message for m in about.mistakes)
        yield from (way.remark for way in about.right)


KERNELS = [e for e in ALL if isinstance(e, KernelExercise)]
BANKS = [known(e.rule.name, e.rule.memory) for e in KERNELS]
UNKIND = {"simply", "obviously", "just", "clearly", "trivial", "easy", "wrongly"}


def sentences(text):
    return len(re.findall(r"[.?](?:\s|$)", text.replace("...", "…")))


def out_of_voice(text):
    """Whether a text shouts, belittles or goes on for long."""
    return "!" in text or UNKIND & set(re.findall(r"[a-z]+", text.lower())) or sentences(text) > 4


def test_voice():
    assert [text for text in sorted(set(texts())) if out_of_voice(text)] == []
    assert all(map(out_of_voice, ("Stop!", "That is simply so.", "a. b. c. d. e.")))


def test_banks_say_it_in_three_sentences():
    long = [m.message for about in BANKS for m in about.mistakes if sentences(m.message) > 3]
    assert long == []


def test_unknown_names():
    assert 'Did you mean "momentum"?' in check("momentom", None).text
    assert "There are: " in check("?", None).text
    assert "Name the exercise first" in check(lambda: 1).text
    assert "Did you mean" in hint("stabillity limit").text
    assert "Did you mean" in solution("stabillity limit").text


def test_feedback_says_its_verdict_in_words_and_marks():
    section = Section("04_momentum", "Derive: a sum is not an average")
    f = Feedback("not yet", "One `v`.", "idea", section, ("a: x",), "1\n2\n3\n4\n5")
    assert repr(f).splitlines() == [
        '✘ Not yet. One `v`. Read again: "Derive: a sum is not an average" in lesson 04.',
        "  a: x",
        "Your code printed:", "  1", "  2", "  3", "  ...",
    ]  # fmt: skip
    markdown = f._repr_markdown_()
    assert markdown.startswith("✘ **Not yet.** One")
    assert "](04_momentum.ipynb#Derive:-a-sum-is-not-an-average)" in markdown
    assert not f and Feedback("right", "")
    assert "```python\nx = 1\n```" in Help("One way.", "", "x = 1")._repr_markdown_()


def test_tally_counts_exercises_and_begins_empty():
    assert repr(tally()) == "No prediction is locked in yet."
    check("best rate", "1/lambda1")
    check("flip threshold", "1/lambda1")
    check("worst angle", ...)
    assert "Exercises: 1 of 2 tried are right." in repr(tally())
    check("best rate", "2/(lambda1+lambda2)")
    check("best rate", "1/lambda1")
    assert "Exercises: 2 of 2 tried are right." in repr(tally())
