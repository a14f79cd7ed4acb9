"""How the data of exercises are read: words are filled, the rest is computed, faults are told."""

import tomllib
from pathlib import Path

import pytest
import sympy as sp

from course_utils.exercises import exercises
from course_utils.exercises import lessons as room
from course_utils.exercises.lessons.data import computed, exercise, filled

FOLDER = Path(room.__file__).parent
NUMBER = """
kind = "number"
numbers.beta = [0.8, 0.5]
numbers.case = [{ steps = 3, word = "three" }, { steps = 4, word = "four" }]
where.left = "beta**steps"
question = 'what is left of 1 after {word} steps at {beta}, as in {"beta": {beta}}?'
hints = ["How?", "{beta}^{steps}", "{left:.2f}"]
solution = "{beta}**{steps}"
truth = "left"
subject = "What is left"
mistakes = [{ answer = "steps * beta", idea = "a power", message = "Not {steps} times {beta}." }]
"""


def made(text, **own):
    return exercise("new", tomllib.loads(text), "01_the_ravine", own)


def test_words_are_filled_and_all_else_is_computed(here):
    e = made(NUMBER)
    assert e.question == 'what is left of 1 after three steps at 0.8, as in {"beta": 0.8}?'
    assert e.hints[1:] == ("0.8^3", "0.51") and e.truth == 0.8**3
    assert e.judge(2.4).idea == "a power" and e.judge(2.4).text == "Not 3 times 0.8."
    other = e.make(beta=0.5, case={"steps": 4, "word": "four"})
    assert other.truth == 0.5**4 and "four steps at 0.5" in other.question
    assert e.for_learner("ada").truth == 0.5**4


def test_a_dictionary_in_code_is_no_field():
    assert filled('{"lr": {lr:.1f}, "beta": {2 * b}}', {"lr": 0.25, "b": 3}) == (
        '{"lr": 0.2, "beta": 6}'
    )
    assert computed([1, "a + 1", {"b": "a"}], {"a": 2}) == (1, 3, {"b": 2})


def test_a_formula_has_letters_and_fills_them_when_it_is_judged(here):
    e = made("""
kind = "formula"
numbers.c = [2, 3]
question = "{c}x?"
hints = ["What?", "b", "c"]
answer = "{c}*x"
symbols = { x = "real" }
example = { x = [5, 6] }
subject = "It"
mistakes = [{ answer = "x", idea = "the factor", message = "{yours} at {x}, not {right}." }]
""")
    assert e.truth == 2 * sp.Symbol("x", real=True) and e.others == {"x": (6,)}
    assert e.solution == '"2*x"' and e.judge("x").text == "5 at 5, not 10."
    assert made("kind = 'formula'\nquestion = ''\nhints = []\nanswer = 'y'\nsubject = ''\n"
                "example = { y = 1 }").truth == sp.Symbol("y", positive=True)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"left"', '"lost"', "lost"),
        ("{word}", "{words}", "words"),
        ('kind = "number"', 'kind = "riddle"', "riddle"),
        ('answer = "steps * beta", ', "", "answer"),
        ("truth", "thruth", "thruth"),
    ],
)
def test_a_fault_is_told_with_the_name_of_its_exercise(old, new, told):
    with pytest.raises(ValueError, match=rf'(?s)exercise "new".*{told}'):
        made(NUMBER.replace(old, new))


def test_one_option_is_right():
    options = '[[options]]\ntext = "{}"\nreason = "r"\n'
    text = 'kind = "choice"\nquestion = "q"\nhints = []\n' + options.format("1") + "right = true\n"
    assert made(text + options.format("2")).truth == "a"
    for wrong in (text + options.format("2") + "right = true\n", text.replace("true", "false")):
        with pytest.raises(ValueError, match='exercise "new"'):
            made(wrong)


def test_every_lesson_has_its_data_and_every_python_file_beside_it_is_used():
    data = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("lesson_*.toml")}
    assert sorted(data) == [f"lesson_{number}" for number in room.NUMBERS]
    assert sum(len(tomllib.loads(text)) - 1 for text in data.values()) == len(exercises())
    for path in FOLDER.glob("lesson_*.py"):
        names = [n for n in vars(__import__(f"{room.__name__}.{path.stem}", fromlist="x"))
                 if not n.startswith("_")]  # fmt: skip
        assert any(name in data[path.stem] for name in names), path.name
