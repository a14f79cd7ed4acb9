"""The guide to a new exercise is right: its exercise works, what it names exists."""

import re
import tomllib
from pathlib import Path

from course_utils.exercises import exercises
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.mistakes import Convention, Mistake, kernel

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "ADD_AN_EXERCISE.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_exercise_of_the_guide_works(here):
    space = {}
    for block in blocks("python"):
        exec(block, space)
    e = space["EXERCISE"]
    assert isinstance(e, Exercise) and e.key not in exercises() and len(e.hints) == 3
    assert e.judge(eval(e.solution))
    for mistake in e.mistakes:
        feedback = e.judge(str(mistake.value))
        assert feedback.idea == mistake.idea and "{" not in feedback.text


def test_its_section_exists():
    lesson, heading = re.search(r'Section\("(\w+)", "([^"]+)"\)', GUIDE).groups()
    assert f"## {heading}\n" in (ROOT / "notebooks" / "src" / f"{lesson}.py").read_text("utf-8")


def test_its_classes_are_where_it_says():
    rows = re.findall(r"`(\w+Exercise)` \| `(\w+\.py)`", GUIDE)
    assert len(rows) == 7
    for name, file in rows:
        text = (ROOT / "course_utils" / "exercises" / file).read_text("utf-8")
        assert f"class {name}(" in text, name


def test_its_bank_is_read():
    data = tomllib.loads("\n".join(blocks("toml")))
    rule, special = data.pop("rule"), data
    assert Convention(rule["right"]).form
    for name, about in special.items():
        assert Mistake((about["form"],), about["idea"], about["message"], name)
        assert kernel(about["form"], ("v",))(1.0, 2.0, 3.0, lr=0.1, beta=0.5).keys() == {"w", "v"}
