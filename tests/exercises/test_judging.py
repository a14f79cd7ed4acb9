"""What a check does with an answer, piece by piece, on exercises made for it."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from course_utils.exercises import check, exercises, seed
from course_utils.exercises.answers import NumberExercise, QuizExercise, as_number
from course_utils.exercises.bank import bank
from course_utils.exercises.compare import first_difference, same
from course_utils.exercises.feedback import Feedback, number
from course_utils.exercises.kernels import KernelExercise
from course_utils.exercises.mistakes import kernel
from course_utils.exercises.predictions import Question
from course_utils.exercises.probes import make_probes, track
from course_utils.exercises.sandbox import run
from course_utils.exercises.seeds import drawn
from course_utils.exercises.session import SESSION, Locked, Tally
from course_utils.exercises.troubles import describe
from course_utils.exercises.tuning import TuningExercise

EXERCISES = exercises()
RIGHT = "v = beta*v - lr*g; w = w + v"

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(autouse=True)
def nobody():
    SESSION.forget()
    yield
    SESSION.forget()


def of_number(truth, **more):
    return NumberExercise(
        key="k", question="q", hints=("first hint", "b", "c"), solution="", truth=truth,
        subject="It", **more,
    )  # fmt: skip


# Numbers


def test_a_number_is_right_within_half_a_per_cent_and_else_too_much_or_too_little():
    e = of_number(100.0)
    assert e.judge(100.4) and e.judge(99.6)
    assert "101 is too much" in e.judge(101.0).text and "99 is too little" in e.judge(99.0).text


def test_a_rounded_number_has_two_digits_and_the_right_last_one():
    e = of_number(math.pi, tolerance=1e-6)
    assert e.judge(3.14) and e.judge(3.1) and e.judge(3.142)
    assert not any(e.judge(x) for x in (3.15, 3.2, 3.0, 3))


def test_a_complex_number_is_none():
    assert isinstance(as_number(1 + 0.5j), str) and as_number(1 + 0j) == 1.0


def test_a_quiz_is_right_when_all_of_it_is_and_says_what_to_read():
    parts = {n: of_number(x, section=None) for n, x in (("a", 1.0), ("b", 2.0))}
    quiz = QuizExercise(key="k", question="q", hints=("a", "b", "c"), solution="", parts=parts)
    assert quiz.judge({"a": 1, "b": 2}) and not quiz.judge({"a": 1, "b": 3})
    assert "1 of 2 are right" in quiz.judge({"a": 1, "b": 3}).text


# The check itself


def test_an_answer_on_which_the_check_stumbles_is_not_right(monkeypatch):
    class Stumbles(type(EXERCISES["half-life"])):
        def assess(self, answer):
            raise ZeroDivisionError

    own = vars(EXERCISES["half-life"])
    stumbles = Stumbles(**{n: own[n] for n in own if n in Stumbles.__dataclass_fields__})
    monkeypatch.setitem(EXERCISES, "half-life", replace(stumbles, again=None))
    feedback = check("half-life", 1.0)
    assert feedback.verdict == "not judged" and not feedback
    assert "says nothing about your answer" in feedback.text and "Read again" not in repr(feedback)


def test_what_is_wrong_on_the_page_too_is_not_called_right_there():
    seed("ada")
    assert check("half-life", 1e6).idea != "other numbers"
    assert check("half-life", EXERCISES["half-life"].truth).idea == "other numbers"


def test_each_exercise_draws_for_itself():
    draws = {drawn("ada", key, "n", range(10**6)) for key in ("a", "b", "c")}
    assert len(draws) == 3 and drawn("ada", "a", "m", range(10**6)) not in draws


def test_only_a_right_answer_is_true():
    verdicts = ("right", "not yet", "unanswered", "noted")
    assert [bool(Feedback(verdict, "")) for verdict in verdicts] == [True, False, False, False]
    assert Feedback("not yet", "").line().startswith("✘") and number(-1.5) == "−1.5"


# Kernels


def runs_of(form):
    e = EXERCISES["momentum"]
    return track(kernel(form, e.rule.memory), e.bank.probes)


def test_kernels_are_compared_to_nine_digits_and_single_precision_to_four():
    right = runs_of(RIGHT)
    for factor, equal in ((1 + 1e-12, True), (1 + 1e-6, False)):
        assert same(right, runs_of(f"v = beta*v - lr*g*{factor!r}; w = w + v")) == equal

    def single(factor):
        step = kernel(f"v = beta*v - lr*g*{factor!r}; w = w + v", ("v",))

        def coarse(w, g, v, **settings):
            return {n: np.float32(x) for n, x in step(w, g, v, **settings).items()}

        return track(coarse, EXERCISES["momentum"].bank.probes)

    assert same(single(1.0), right) and not same(single(1.003), right)
    half = check("momentum", _halved)
    assert half.idea == "half the digits" and "float32" in half.text


def _halved(w, g, v, *, lr, beta):
    v = beta * v - lr * g
    return np.float32(w + v), np.float32(v)


def test_no_number_on_both_sides_is_the_same():
    def track(w):
        return [{"steps": [{"w": [w], "g": [1.0]}], "remarks": [], "fault": ""}]

    for odd in (np.nan, np.inf):
        assert same(track(odd), track(odd))
        assert not same(track(odd), track(1.0)) and not same(track(1.0), track(odd))


def test_a_difference_names_its_step_and_what_stood_before_it():
    e = EXERCISES["momentum"]
    right, steps = kernel(RIGHT, ("v",)), itertools.count(1)

    def late(w, g, v, *, lr, beta):
        new = right(w, g, v, lr=lr, beta=beta)
        return {**new, "w": new["w"] + (next(steps) == 2)}

    probes = e.bank.probes[:1]
    own, asked = track(late, probes), track(right, probes)
    found = first_difference(own, asked, probes)
    assert found.step == 2 and found.before == asked[0]["steps"][0]["w"][0]
    assert found.got == pytest.approx(found.want + 1)
    said = str(found)
    assert f"goes from {number(found.before)} to {number(found.got)}" in said
    assert said.endswith(f"takes it to {number(found.want)}.")


def test_what_is_to_be_read_again_belongs_to_the_mistake():
    found = 0
    for e in EXERCISES.values():
        if isinstance(e, KernelExercise) and e.sections:
            known = {m.idea: m for m, _ in e.bank.wrong if m.idea in e.sections}
            for idea, mistake in list(known.items())[:1]:
                forms = mistake.value
                answer = kernel(forms[0], e.rule.memory, ("H",) * e.rule.needs_hessian)
                feedback = e.judge(answer)
                found += feedback.idea == idea and feedback.reread == e.sections[idea]
    assert found >= 3


def test_runs_have_a_memory_at_the_start_and_settings_that_change():
    probes = make_probes(("v",), {"lr": (0.1, 0.2, 0.3, 0.4), "beta": (0.5, 0.6, 0.7, 0.8)})
    assert any(p.memory["v"].any() for p in probes)
    for name in ("lr", "beta"):
        assert any(len({s[name] for s in p.settings}) > 1 for p in probes)


def test_a_right_kernel_is_no_mistake_of_the_bank():
    e = EXERCISES["momentum"]
    found = bank(e.rule, e.plan, e.variation, e.matrix)
    assert not [m for m, bad in found.wrong if any(same(bad, good) for _, good in found.right)]


# Time, memory, troubles


def endless():
    print("begun")
    while True:
        pass


def test_the_time_of_an_answer_ends_inside_its_child_and_what_it_printed_is_kept(monkeypatch):
    monkeypatch.delenv("COURSE_SANDBOX")
    outcome = run(endless, seconds=0.2, place="child")
    assert outcome.trouble == "endless" and outcome.printed == "begun\n"


def test_the_line_that_is_quoted_is_the_innermost():
    def inner():
        return 1 / 0

    def outer():
        return inner()

    with pytest.raises(ZeroDivisionError) as caught:
        outer()
    assert "`return 1 / 0`" in describe(caught.value)["sentence"]
    assert describe(MemoryError())["trouble"] == "memory"


# Formulas


def test_a_formula_that_is_a_little_off_is_wrong_and_quoted_with_its_value():
    e = EXERCISES["best rate"]
    assert not check("best rate", "2.01/(lambda1 + lambda2)")
    wrong = 3.7 / sum(e.symbols[n] for n in ("lambda1", "lambda2"))
    assert f"your formula gives {number(e.at_example(wrong))}." in check("best rate", wrong).text


def test_a_formula_that_is_right_at_one_place_is_shown_another():
    e = EXERCISES["best rate"]
    name = next(iter(e.example))
    lucky = e.truth + e.symbols[name] - e.example[name]
    told = check("best rate", lucky).text
    assert "your formula gives" in told and f"{name} = {e.example[name]}," not in told


def test_a_number_for_a_formula_is_right_within_half_a_per_cent():
    e = next(x for x in EXERCISES.values() if getattr(x, "takes_number", False))
    value = e.at_example(e.truth)
    assert e.judge(value * 1.003) and not e.judge(value * 1.02)


# Tuning


def tuned(**more):
    e = next(x for x in EXERCISES.values() if type(x) is TuningExercise and not x.fixed)
    return replace(e, **more)


def test_the_bar_itself_is_met():
    e = tuned()
    best, where = e.best()
    assert replace(e, bar=best).judge(where) and not replace(e, bar=best - 1).judge(where)


def test_settings_of_another_form_are_told_the_form():
    e = tuned()
    names = list(e.best()[1])
    schedule = {**e.best()[1], names[0]: lambda t: 0.01}
    assert "one constant number" in e.judge(schedule).text
    assert "Give the settings by name" in e.judge({**e.best()[1], "more": 1.0}).text
    if len(names) > 1:
        assert "Give the settings by name" in e.judge({names[0]: 0.01}).text


# Predictions


def test_a_prediction_within_its_tolerance_is_a_hit_and_one_outside_is_told_which_way():
    asked = Question(key="k", ask="How many?", low=0.0, high=100.0)
    assert asked.hit(10.9, 10.0) and not asked.hit(11.1, 10.0)
    said = {12.0: "20 % too high.", 8.0: "20 % too low.", 40.0: "Too large by a factor of 4.",
            1.0: "Too small by a factor of 10.", 10.0: "Within 10 %, which is a hit."}  # fmt: skip
    assert {x: asked.verdict(x, 10.0) for x in said} == said


def test_the_ends_of_a_range_can_be_predicted_and_the_range_is_said_as_far_as_it_is_known():
    asked = Question(key="k", ask="How many?", low=1.0, high=9.0)
    assert asked.read("1") == 1.0 and asked.read(9) == 9.0
    for beyond in (0.99, 9.01):
        with pytest.raises(ValueError, match="out of range: a number from 1 to 9"):
            asked.read(beyond)
    assert replace(asked, high=math.inf).form == "a number from 1"
    assert replace(asked, low=-math.inf).form == "a number up to 9"
    assert replace(asked, low=-math.inf, high=math.inf).form == "a number"


def test_the_tally_counts_each_exercise_once_and_keeps_what_was_right():
    for verdict in ("unanswered", "not yet", "right", "not yet"):
        SESSION.note_check("half-life", verdict)
    assert SESSION.checks == {"half-life": True}
    SESSION.note_check("best rate", "unanswered")
    SESSION.note_check("best rate", "not yet")
    assert "Exercises: 1 of 2 tried are right." in repr(Tally(SESSION))
    asked = Question(key="k", ask="How many?")
    for key, said in (("a", 10.0), ("b", 20.0), ("a", 10.0), ("c", 10.0)):
        SESSION.note_prediction(Locked(replace(asked, key=key), said, 10.0))
    assert "Predictions: 2 of 3 came true." in repr(Tally(SESSION))
