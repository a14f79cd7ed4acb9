"""What the exercises of lesson 10 ask, say and accept."""

import time
from math import log, sqrt

import numpy as np
import pytest

from course_utils import theory
from course_utils.exercises import check, exercises, sandbox
from course_utils.exercises.lessons import LESSONS
from course_utils.exercises.lessons.lesson_10 import STEPS
from course_utils.optimizers import (
    ADAM,
    ADAMAX,
    AMSGRAD,
)

EXERCISES = exercises()
OWN = LESSONS["10"]


def slopes(loud, period, count):
    return [loud if k % period == 0 else -1.0 for k in range(count)]


# The judge


@pytest.mark.parametrize(
    "answer",
    [
        [210] + 200 * [-1],
        [-300] + 280 * [1],
        [1010] + 100 * [-10],
        np.array([110.0] + 100 * [-1]),
        lambda t: 320 if t % 300 == 1 else -1,
        tuple([50] + [50] + [50] + [50] + 180 * [-1]),
    ],
    ids=["list", "mirrored", "Reddi's", "array", "function", "burst"],
)
def test_failures_are_accepted(answer):
    feedback = check("invent a failure", answer)
    assert feedback, feedback
    assert "Adam at" in feedback.text and "AMSGrad at" in feedback.text


NAMED = {
    "both signs": [[1], [2, 1, 3]],
    "votes against the sum": [[4, -1], [1, 1, 1, -1]],
    "some must be large": [[3, -1, -1], [2, 2, -1, -1, -1]],
    "long enough to forget": [[5, -1, -1], [60] + 50 * [-1]],
    "barely outweighed": [[1000] + 200 * [-1]],
    "somebody must win": [[1, -1], [2, -1, -1], [100] + 100 * [-1]],
    "one best end": [lambda t: 1 if t < 3000 else -3],
    "too close to call": [[1010] + 1000 * [-1]],
    "no slopes": [[0, 0], ["a"], [1e9], [float("nan")], 3, "[3, -1]", lambda t: None, range(5000)],
}


@pytest.mark.parametrize("idea", NAMED)
def test_other_sequences_are_told_why_not(idea):
    for answer in NAMED[idea]:
        feedback = check("invent a failure", answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", idea), (answer, feedback)
        assert 40 < len(feedback.text) < 420


def endless(t):
    while True:
        pass


def forever():
    while True:
        yield -1


@pytest.mark.parametrize(
    "answer",
    [endless, forever(), lambda t: 1 / 0, lambda t: [1] * 10**9, lambda t, u: 1, lambda t: input()],
    ids=["loop", "generator", "error", "memory", "arguments", "input"],
)
def test_the_judge_lives_whatever_it_is_given(answer):
    began = time.monotonic()
    feedback = check("invent a failure", answer)
    assert feedback.verdict == "not yet" and time.monotonic() - began < sandbox.LONGEST


def test_the_judges_race_is_that_of_the_kernels():
    judge = EXERCISES["invent a failure"]
    sequence = np.resize([210.0] + 200 * [-1.0], STEPS)
    w, m, s, places = np.zeros(1), np.zeros(1), np.zeros(1), []
    for t, g in enumerate(sequence, 1):
        ADAM.kernel(w, np.array([g]), m, s, lr=2 / sqrt(t), beta1=0.9, beta2=0.99, eps=1e-8, t=t)
        np.clip(w, -1, 1, out=w)
        places.append(w[0])
    assert judge.race(sequence)["Adam"] == pytest.approx(np.mean(places[-STEPS // 10 :]), abs=1e-9)


# The other exercises


def test_formulas_are_what_kernels_do():
    loud = EXERCISES["memory after the large slope"]
    for c, n, b in ((3, 3, 0.1), (20, 11, 0.9)):
        value = float(loud.truth.subs({loud.symbols[k]: x for k, x in
                                       (("C", c), ("n", n), ("beta2", b))}))  # fmt: skip
        s = 0.0
        for g in slopes(c, n, 40 * n + 1):
            s = b * s + (1 - b) * g * g
        assert s == pytest.approx(value, rel=1e-9)
    size = EXERCISES["the sign solution"]
    assert float(size.truth.subs(size.symbols["n"], 6)) == pytest.approx(theory.sign_weight(6))
    bound = EXERCISES["the bound of Adamax"]
    w, m, u = np.zeros((3, 1))
    for t in range(1, 2500):
        before = w.copy()
        g = np.array([0.97**t])
        ADAMAX.kernel(w, g, m, u, lr=1.0, beta1=0.8, beta2=0.97, eps=0.0, t=t)
    limit = bound.truth.subs({bound.symbols["beta1"]: 0.8, bound.symbols["beta2"]: 0.97})
    assert (before - w)[0] == pytest.approx(float(limit), rel=1e-6)
    assert EXERCISES["the step of the burst"].truth == pytest.approx(
        log((0.02 / 38) ** 2 / 0.16) / log(0.999), rel=1e-5
    )


def test_twins_choice_is_what_kernels_do():
    """After one gradient of 1 and ten thousand of 0.001 PyTorch's steps are 31.6 times optax's."""
    from course_utils.optimizers import AMSGRAD_OF_CORRECTED

    lengths = []
    for rule in (AMSGRAD, AMSGRAD_OF_CORRECTED):
        w = np.zeros(1)
        make_step = rule.start(w, lr=1.0)
        for t in range(1, 10_001):
            before = w.copy()
            make_step(np.array([1.0 if t == 1 else 1e-3]))
        lengths.append(float((before - w)[0]))
    assert lengths[0] / lengths[1] == pytest.approx(sqrt(1000), rel=1e-3)


def test_wrong_answers_are_named():
    said = {
        ("memory after the large slope", "(C^2 + n - 1)/n"): "a plain mean",
        ("the sign solution", "1/n"): "the common features count",
        ("the step of the burst", 6630): "the root fades half as quickly",
        ("the bound of Adamax", 1): "what is printed",
        ("where Adam converges", "c"): "option c",
        ("two rules of one name", "b"): "option b",
        ("generalise worse", "a"): "option a",
    }
    for (key, answer), idea in said.items():
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", idea), (key, feedback)


@pytest.mark.parametrize("e", OWN, ids=lambda e: e.key)
def test_every_mistake_is_named_and_none_is_right(e):
    for mistake in getattr(e, "mistakes", ()):
        feedback = check(e.key, mistake.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", mistake.idea)


def test_amsgrad_written_in_another_way_passes_and_optaxs_is_named():
    def mine(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
        m += (1 - beta1) * (g - m)
        s += (1 - beta2) * (g * g - s)
        top[s > top] = s[s > top]
        c = (1 - beta2**t) ** 0.5
        w -= lr * c / (1 - beta1**t) * m / (top**0.5 + c * eps)

    def other(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
        m[:] = beta1 * m + (1 - beta1) * g
        s[:] = beta2 * s + (1 - beta2) * g**2
        top[:] = np.maximum(top, s / (1 - beta2**t))
        w -= lr * m / (1 - beta1**t) / (top**0.5 + eps)

    assert check("AMSGrad", mine)
    feedback = check("AMSGrad", other)
    assert feedback.idea == "raw or corrected in the maximum" and "optax" in feedback.text
