"""The guide to a new exercise is right: its exercise works, what it names exists."""

import re
import tomllib
from pathlib import Path

import numpy as np

from course_utils.exercises import exercises
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.lessons.data import KINDS
from course_utils.exercises.mistakes import Convention, Mistake, kernel

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "ADD_AN_EXERCISE.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def exercises_of_the_guide():
    space = {}
    exec(*blocks("python"), space)
    return [space["tried"](text, "01_the_ravine") for text in blocks("toml") if "kind = " in text]


def test_the_exercises_of_the_guide_work(here):
    formula, number = exercises_of_the_guide()
    for e in (formula, number):
        assert isinstance(e, Exercise) and e.key not in exercises() and len(e.hints) == 3
        for own in (e, e.for_learner("ada")):
            assert own.judge(eval(own.solution, {"np": np}))
            for mistake in own.mistakes:
                feedback = own.judge(str(mistake.value))
                assert feedback.idea == mistake.idea and "{" not in feedback.text
        assert e.for_learner("ada") != e
    assert "0.25" in formula.judge("3/lambda1").text


def test_its_sections_exist():
    lessons = "01_the_ravine", "03_averages_with_memory"
    headings = re.findall(r'^section = "(.+)"$', GUIDE, re.MULTILINE)
    for lesson, heading in zip(lessons, headings, strict=True):
        text = (ROOT / "notebooks" / "src" / f"{lesson}.py").read_text("utf-8")
        assert f"## {heading}\n" in text


def test_its_classes_are_where_it_says():
    rows = re.findall(r"`(\w+)` \| `(\w+Exercise)` \| `(\w+\.py)`", GUIDE)
    assert len(rows) == 9
    for kind, name, file in rows:
        assert KINDS[kind].__name__ == name
        text = (ROOT / "course_utils" / "exercises" / file).read_text("utf-8")
        assert f"class {name}(" in text, name


def test_its_bank_is_read():
    data = tomllib.loads("\n".join(text for text in blocks("toml") if "kind = " not in text))
    rule, special = data.pop("rule"), data
    assert Convention(rule["right"]).form
    for name, about in special.items():
        assert Mistake((about["form"],), about["idea"], about["message"], name)
        assert kernel(about["form"], ("v",))(1.0, 2.0, 3.0, lr=0.1, beta=0.5).keys() == {"w", "v"}
