"""A prediction: locked before anything opens, compared afterwards, counted in the tally."""

import subprocess
import sys
from dataclasses import replace

import ipywidgets as widgets
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.exercises import predict, tally
from course_utils.exercises.prediction import Prediction
from course_utils.exercises.predictions import Question
from course_utils.exercises.session import SESSION

RATE = Question(
    "limit", "From which learning rate on does it run away?", answer=0.08, low=0.0, high=0.2
)
WHICH = Question("which", "Which?", ("w1", "w2"), answer="w2", because="It is flat.")


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    yield
    SESSION.forget()


def a_rate(opens=None, measured=None, **changes):
    return Prediction(replace(RATE, **changes), opens=opens, measured=measured)


def test_the_content_stays_closed_until_the_prediction_is_locked_in():
    made, opened = [], widgets.HTML("the explorer")

    def explorer():
        made.append(1)
        return opened

    p = a_rate(opens=explorer)
    assert made == [] and p.content.children == ()
    assert repr(p) == (
        "Predict: From which learning rate on does it run away?\n"
        "  not locked in yet (a number from 0 to 0.2)"
    )
    p.control.value = "0,05"
    p.button.click()
    assert made == [1] and p.content.children == (opened,)
    assert p.value == 0.05 and p.truth == 0.08 and not p.hit
    assert (
        "0.05" in p.answer.value and "0.08" in p.answer.value and "38 % too low" in p.answer.value
    )
    assert p.control.disabled and p.button.disabled and p.button.description == "Locked in"


def test_a_locked_prediction_cannot_be_changed():
    p = a_rate()
    p.lock(0.05)
    p.lock(0.08)
    assert p.value == 0.05


@pytest.mark.parametrize(
    "value", ["", "fast", None, "0.3", -1, float("nan"), "1e400", [1], "0.1.2", 10**400]
)
def test_what_is_no_answer_is_told_and_not_locked(value):
    p = a_rate()
    p.lock(value)
    assert p.value is None and not p.control.disabled
    assert "a number from 0 to 0.2" in p.answer.value


@given(value=st.one_of(st.text(max_size=8), st.floats(), st.integers(), st.none(), st.binary()))
@settings(max_examples=100, deadline=None)
def test_no_value_makes_it_raise(value):
    SESSION.forget()
    p = a_rate()
    p.lock(value)
    assert p.value is None or 0 <= p.value <= 0.2


def test_the_same_cell_run_again_shows_what_was_locked():
    a_rate().lock(0.078)
    again = a_rate(opens=widgets.HTML("open"))
    assert again.value == 0.078 and again.hit and again.content.children
    assert len(SESSION.predictions) == 1


def test_truth_may_be_computed_when_it_is_needed():
    calls = []
    p = a_rate(answer=None, truth=lambda: calls.append(1) or 0.08)
    assert calls == []
    p.lock(0.08)
    assert calls == [1] and p.hit

    def fails():
        raise RuntimeError("no luck")

    broken = a_rate(answer=None, truth=fails, key="other")
    broken.lock(0.1)
    assert "no luck" in broken.answer.value and broken.value is None


def test_what_the_lesson_measures_is_asked_for_when_it_is_needed():
    calls = []
    p = Prediction(
        replace(RATE, answer=None, measured=True), measured=lambda: calls.append(1) or 0.1
    )
    assert calls == []
    p.lock(0.1)
    assert calls == [1] and p.hit
    SESSION.forget()
    twice = replace(RATE, answer=None, measured=True, truth=lambda seen: 2 * seen)
    p = Prediction(twice, measured=lambda: 0.05)
    p.lock(0.1)
    assert p.truth == 0.1 and p.hit


def test_a_measurement_that_is_missing_is_told():
    p = Prediction(replace(RATE, answer=None, measured=True))
    p.lock(0.1)
    assert p.value is None and "hands no measurement on" in p.answer.value
    missing = Prediction(
        replace(RATE, answer=None, measured=True),
        measured=lambda: not_there,  # noqa: F821
    )
    missing.lock(0.1)
    assert missing.value is None and "Run the cells above" in missing.answer.value
    assert "not_there" in missing.answer.value


def test_a_number_chooses_the_option_whose_interval_holds_it():
    asked = replace(WHICH, answer=None, measured=True, holds=((0, 2), (2, 10)))
    for found, option in ((0, "w1"), (1.99, "w1"), (2, "w2"), (9.9, "w2")):
        assert asked.find_truth(lambda found=found: found) == option
    p = Prediction(asked, measured=lambda: 10)
    p.lock("w1")
    assert p.value is None and "no answer foresees" in p.answer.value


@pytest.mark.parametrize(
    ("value", "truth", "words"),
    [
        (0.079, 0.08, "Within 10 %"),
        (0.1, 0.08, "25 % too high."),
        (0.01, 0.08, "Too small by a factor of 8."),
        (0.2, 0.001, "Too large by a factor of 200."),
        (0.0, 0.08, "Not close this time."),
        (0.1, 0.0, "Not close this time."),
        (0.0, 0.0, "Within 10 %"),
    ],
)
def test_verdicts(value, truth, words):
    p = a_rate(answer=truth)
    p.lock(value)
    assert words in p.verdict()


def test_choices_and_tally():
    p = Prediction(WHICH)
    assert "(w1 / w2)" in repr(p)
    p.lock("w3")
    assert p.value is None and "Choose one" in p.answer.value
    p.control.value = "w2"
    p.button.click()
    assert p.hit and "You saw it coming. It is flat." in p.answer.value
    a_rate().lock(0.2)
    assert repr(tally()).splitlines() == [
        "Predictions: 1 of 2 came true.",
        "  ✔ hit, which: you said w2, it is w2",
        "  ✘ miss, limit: you said 0.2, it is 0.08",
    ]
    assert "- ✘ miss, limit" in tally()._repr_markdown_()


def test_what_a_notebook_stores_is_the_question_without_its_answer():
    p = a_rate(because="Above two over the curvature.")
    bundle = p._repr_mimebundle_()
    assert bundle["text/plain"] == repr(p) and "0x" not in repr(p)
    assert "0.08" not in repr(p) and "curvature" not in repr(p)
    view = bundle["application/vnd.jupyter.widget-view+json"]
    assert view == {"version_major": 2, "version_minor": 0, "model_id": p.box.model_id}


def test_opens_takes_an_explorer_with_a_box():
    class Explorer:
        box = widgets.HTML("x")

    p = a_rate(opens=Explorer())
    p.lock(0.08)
    assert p.content.children == (Explorer.box,)


def test_text_from_outside_is_escaped():
    asked = Question("tags", "Is a < b?", ("<b>", "no"), answer="<b>", because="<script>")
    p = Prediction(asked)
    p.lock("<b>")
    assert "<b></td>" not in p.answer.value and "<script>" not in p.answer.value


def test_a_question_says_what_it_is_about():
    p = predict("13 my hypothesis", about=["Adam", "Lion"])
    assert "of Adam, compared with that of Lion" in " ".join(repr(p).split())
    for words in ((), ("Adam",), ("Adam", "Lion", "SGD"), ("{}", "{0}")):
        assert "My hypothesis" in repr(predict("13 my hypothesis", about=words))


@pytest.mark.parametrize("key", ["04 gian ratio", "", "?", None, 4, ["04 gain ratio"]])
def test_an_unknown_name_gets_a_sentence(key):
    said = predict(key)
    assert not said and "There is no prediction called" in said.text


def test_a_slip_in_a_name_is_mended():
    assert 'Did you mean "04 gain ratio"?' in predict("04 gian ratio").text


def test_nothing_loads_ipywidgets_nor_sympy_before_use():
    code = (
        "import sys; from course_utils.exercises import check, hint, predict, solution, tally; "
        "heavy = {'ipywidgets', 'anywidget', 'sympy', 'matplotlib'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 0.2, "a number from 0 to 0.2"),
        (1.0, float("inf"), "a number from 1"),
        (float("-inf"), 3.0, "a number up to 3"),
        (float("-inf"), float("inf"), "a number"),
    ],
)
def test_the_range_is_said_as_far_as_it_is_known(low, high, words):
    assert f"({words})" in repr(a_rate(low=low, high=high))
