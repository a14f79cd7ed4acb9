"""What the exercises of lesson 12 ask, say and accept."""

import numpy as np
import pytest

from course_utils.exercises import exercises
from course_utils.exercises.lessons import LESSONS
from course_utils.exercises.lessons.lesson_12 import backward, cases
from course_utils.networks.layers import batch_norm_backward

EXERCISES = exercises()
BACKWARD, CHAIN = EXERCISES["batch norm backward"], EXERCISES["plain chain"]
PAIR, MIXED = EXERCISES["batch of two"], EXERCISES["mixed curvature"]


def test_every_solution_is_right():
    for exercise in LESSONS["12"]:
        names = {"np": np}
        if exercise.solution.startswith("def "):
            exec(exercise.solution, names)
            answer = names["my_backward"]
        else:
            answer = eval(exercise.solution, names)
        verdict = exercise.judge(answer).verdict
        assert verdict == ("noted" if exercise.key.startswith("a deep") else "right"), exercise.key


def test_every_slip_of_a_formula_is_named():
    for exercise in (PAIR, MIXED):
        for mistake in exercise.mistakes:
            feedback = exercise.judge(mistake.value)
            assert feedback.verdict == "not yet" and feedback.idea == mistake.idea


@pytest.mark.parametrize("wrong", BACKWARD.mistakes, ids=lambda wrong: wrong.idea)
def test_every_wrong_backward_pass_is_named(wrong):
    feedback = BACKWARD.judge(wrong.value)
    assert (feedback.verdict, feedback.idea) == ("not yet", wrong.idea)
    assert feedback.reread == BACKWARD.section


def test_the_librarys_own_pass_is_right():
    assert BACKWARD.judge(lambda dy, gamma, z_hat, sd: batch_norm_backward(dy, gamma, z_hat, sd)[0])
    for dy, gamma, z_hat, sd in cases():
        ours = batch_norm_backward(dy, gamma, z_hat, sd)[0]
        assert backward(dy, gamma, z_hat, sd) == pytest.approx(ours, rel=1e-12)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda dy, *a: print(dy.sum()), "returns nothing"),
        (lambda dy, *a: dy[0], "shape"),
        (lambda dy, *a: 0 * dy, "it should"),
        (lambda dy, *a: dy / 0, "it should"),
        (lambda dy: dy, "argument"),
        (3, "the function itself"),
    ],
)
def test_other_answers_are_told_what_is_wrong(answer, words):
    feedback = BACKWARD.judge(answer)
    assert feedback.verdict == "not yet" and words in feedback.text


def chain(rate):
    """Steps until 24 equal weights from 0.8 bring the loss below 1e-6, by a plain loop."""
    w = [0.8] * 24
    for step in range(2000):
        error = np.prod(w) - 1
        if error**2 / 2 < 1e-6:
            return step
        w = [x - rate * error * np.prod(w) / x for x in w]
    return None


@pytest.mark.parametrize("rate", [0.05, 0.06, 0.0625, 0.07, 0.075, 0.078])
def test_the_chain_is_judged_as_a_plain_loop_goes(rate):
    steps, feedback = chain(rate), CHAIN.judge({"lr": rate})
    assert bool(feedback) == (steps is not None and steps <= 110)
    if feedback:
        assert f"takes {steps} steps" in feedback.text


@pytest.mark.parametrize(
    ("answer", "idea"),
    [(0.01, "too small"), (0.05, "too small"), (0.09, "too large"), (0.2, "too large"),
     (1, "too large"), (1e6, "too large"), ({"eta": 1}, "too large"), (-1, "form"),
     ("fast", "form"), (float("nan"), "form")],
)  # fmt: skip
def test_wrong_rates_of_the_chain_are_named(answer, idea):
    assert CHAIN.judge(answer).idea == idea


@pytest.mark.parametrize("key", ["smoother losses", "why batch norm works"])
def test_every_choice_has_its_reason(key):
    exercise = EXERCISES[key]
    for option in exercise.options:
        feedback = exercise.judge(option)
        assert bool(feedback) == (option == exercise.truth)
        assert exercise.reasons[option] in feedback.text


def test_the_two_formulas_by_differences():
    h, x, y = 1e-4, 2.0, 3.0
    loss = lambda p, q: ((1 + p) * (1 + q) * x - y) ** 2 / 2  # noqa: E731
    mixed = (loss(h, h) - loss(h, -h) - loss(-h, h) + loss(-h, -h)) / (4 * h * h)
    at = {MIXED.symbols[n]: z for n, z in {"x": x, "y": y}.items()}
    assert float(MIXED.truth.subs(at)) == pytest.approx(mixed, rel=1e-6)
    first = lambda z: (z - (z - 2) / 2) / np.sqrt(((z + 2) / 2) ** 2 + 1)  # noqa: E731
    slope = (first(2 + h) - first(2 - h)) / (2 * h)
    at = {PAIR.symbols[n]: z for n, z in {"a": 2, "eps": 1}.items()}
    assert float(PAIR.truth.subs(at)) == pytest.approx(slope, rel=1e-6)
