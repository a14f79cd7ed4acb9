"""Lesson 10: sequences, features and bursts against plain loops; its explorers and exercises."""

import re
import time
from fractions import Fraction
from math import log, sqrt

import numpy as np
import pytest

from course_utils import theory
from course_utils.exercises import check, exercises, sandbox
from course_utils.exercises.counterexample import STEPS
from course_utils.exercises.lessons.lesson_10 import EXERCISES as OWN
from course_utils.explorers import FailingSequence, SpuriousFeatures
from course_utils.explorers.failing_sequence import LAST, RATE
from course_utils.explorers.spurious_features import RULES as TRAINED
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    ADAMAX,
    AMSGRAD,
    GRADIENT_DESCENT,
    uncorrected_adam,
)

EXERCISES = exercises()


def slopes(loud, period, count):
    return [loud if k % period == 0 else -1.0 for k in range(count)]


# Theory


@pytest.mark.parametrize(
    ("loud", "period", "beta1", "beta2"),
    [(3, 3, 0, Fraction(1, 10)), (20, 11, Fraction(1, 2), Fraction(9, 10)), (5, 2, 0, 0)],
)
def test_memories_of_a_period_are_those_of_the_recurrence_in_fractions(loud, period, beta1, beta2):
    m = s = Fraction(0)
    first, second = (
        theory.memory_from_zero(loud, period, float(b), 40, power)
        for b, power in ((beta1, 1), (beta2, 2))
    )
    for k, g in enumerate(slopes(loud, period, 40)):
        m = beta1 * m + (1 - beta1) * Fraction(g)
        s = beta2 * s + (1 - beta2) * Fraction(g) ** 2
        assert first[k] == pytest.approx(float(m), rel=1e-12)
        assert second[k] == pytest.approx(float(s), rel=1e-12)


@pytest.mark.parametrize(
    ("loud", "period", "beta1", "beta2"),
    [(3, 3, 0, 0.1), (3, 3, 0, 0.6), (10.5, 11, 0, 0.9), (26, 25, 0.9, 0.9), (5, 10, 0.5, 0.8)],
)
def test_the_drift_is_what_the_kernel_does_in_the_long_run(loud, period, beta1, beta2):
    w, m, s = np.zeros((3, 1))
    count = 300 * period
    for k, g in enumerate(slopes(loud, period, count)):
        if k == count - 10 * period:
            before = w.copy()
        uncorrected_adam(w, np.array([g]), m, s, lr=1.0, beta1=beta1, beta2=beta2, eps=0.0)
    drift = (w - before)[0] / (10 * period)
    assert theory.adam_drift(loud, period, beta1, beta2) == pytest.approx(drift, rel=1e-9)


def test_the_least_beta2_is_where_the_drift_turns():
    for loud, period in ((3, 3), (10.5, 11), (20, 11), (110, 101)):
        least = theory.least_beta2(loud, period)
        assert theory.adam_drift(loud, period, 0, 0.999 * least) > 0
        assert theory.adam_drift(loud, period, 0, least + 1e-6) < 0
    assert theory.least_beta2(3, 3) == pytest.approx(0.4723, abs=5e-5)
    with pytest.raises(ValueError, match=r"^A slope of 2 does not outweigh 2 slopes of -1.*\.$"):
        theory.least_beta2(2, 3)


def test_reddis_steps_without_a_memory_are_votes_and_with_a_long_one_weights():
    assert theory.adam_drift(3, 3, 0, 0) == pytest.approx(1 / 3)
    assert theory.adam_drift(50, 7, 0, 0) == pytest.approx(5 / 7)
    long = theory.adam_drift(3, 3, 0, 0.99999)
    assert long == pytest.approx(-1 / (3 * sqrt(11 / 3)), rel=1e-4)


def test_the_step_of_the_burst():
    w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    passed = None
    for t in range(1, 14_000):
        ADAM.kernel(w, w.copy(), m, s, lr=0.01, beta1=0.9, beta2=0.999, eps=0.0, t=t)
        if t == 2000:
            foreseen = theory.fading_step(float(s[0]), 2000, 0.999, (0.01 / 38) ** 2)
        if passed is None and 0.01 / sqrt(s[0] / (1 - 0.999**t)) > 38:
            passed = t
    assert passed == foreseen == 13255


def gradient_run(rule, positives, extra, rate, count=4000):
    """A rule on all features of Wilson's data, one weight each."""
    labels = np.r_[np.ones(positives), -np.ones(50 - positives)]
    x = theory.wilson_data(labels, extra)
    w = np.zeros(len(x))
    make_step = rule.start(w, lr=rate)
    for _ in range(count):
        make_step(x @ (w @ x - labels) / 50)
    assert (np.sign(w @ x) == labels).all()
    return w


@pytest.mark.parametrize(("positives", "extra"), [(30, 1), (45, 10), (26, 3)])
def test_wilsons_solutions(positives, extra):
    shortest = gradient_run(GRADIENT_DESCENT, positives, extra, 0.2)
    first, constant = theory.shortest_weights(positives, 50 - positives, extra)
    assert shortest[:3] == pytest.approx([first, constant, constant], rel=1e-9)
    labels = np.r_[np.ones(positives), -np.ones(50 - positives)]
    x = theory.wilson_data(labels, extra)
    pseudo = np.linalg.lstsq(x.T, labels, rcond=None)[0]
    assert shortest == pytest.approx(pseudo, abs=1e-9)
    for rule, rate in ((ADAGRAD, 0.1), (ADAM, 0.02)):
        w = gradient_run(rule, positives, extra, rate)
        assert w == pytest.approx(np.sign(x @ labels) * theory.sign_weight(extra), abs=5e-4)


def test_gradient_descent_is_misled_from_the_stated_number_on():
    assert theory.misleading_extra(45, 5) == pytest.approx(54)
    assert theory.misleading_extra(30, 20) == np.inf
    for positives in (45, 40, 47):
        at = theory.misleading_extra(positives, 50 - positives)
        for extra, wrong in ((int(np.floor(at)) + 1, True), (int(np.ceil(at)) - 1, False)):
            if extra >= 0:
                first, constant = theory.shortest_weights(positives, 50 - positives, extra)
                assert (2 * constant - first > 0) is wrong


# The explorers


def three_ways(loud, period, beta1, beta2):
    """Gradient descent, Adam and AMSGrad by their kernels."""
    places = []
    s0 = 1 + (loud**2 - 1) * (1 - beta2) / (1 - beta2**period)
    for rule, rate in ((GRADIENT_DESCENT, RATE / sqrt(s0)), (ADAM, RATE), (AMSGRAD, RATE)):
        w, path = np.zeros(1), [0.0]
        hyper = {"beta1": beta1, "beta2": beta2, "eps": 0.0} if rule.memory else {}
        make_step = rule.start(w, lr=rate, **hyper)
        for g in slopes(loud, period, LAST):
            make_step(np.array([g]))
            np.clip(w, -1, 1, out=w)
            path.append(w[0])
        places.append(path)
    return np.array(places)


@pytest.mark.parametrize(
    ("loud", "period", "beta1", "beta2", "step"),
    [(3, 3, 0.0, 0.1, 300), (10.5, 11, 0.0, 0.9, 40), (26, 25, 0.9, 0.9, 222), (2, 5, 0.3, 0.0, 9)],
)
def test_the_explorer_says_where_the_kernels_are(loud, period, beta1, beta2, step):
    explorer = FailingSequence(C=loud, period=period, beta1=beta1, beta2=beta2, step=step)
    said = explorer.caption().replace("−", "-")
    got = re.search(
        r"Step (\d+): gradient descent at (\S+), Adam at (\S+), AMSGrad at (\S+)\. "
        r"In the long run Adam moves (\S+) η a step, to the (best|worst) end",
        said,
    )
    assert got and int(got[1]) == step, said
    places = three_ways(loud, period, beta1, beta2)[:, step]
    assert [float(got[i]) for i in (2, 3, 4)] == pytest.approx(places, abs=6e-3)
    drift = float(theory.adam_drift(loud, period, beta1, beta2))
    assert float(got[5]) == pytest.approx(drift, abs=6e-3)
    assert (got[6] == "worst") is (drift * (1 + loud - period) > 0)


def test_the_presets_of_the_sequence_fail_and_the_long_window_does_not():
    for name, state in FailingSequence.presets.items():
        said = FailingSequence(**state).caption()
        assert ("to the worst end" in said) is (name != "Long window"), name
    assert "worst end" in FailingSequence(C=9.5, period=10, beta2=0.95).caption()
    assert "best end" in FailingSequence(C=30, period=10, beta2=0.95).caption()


def test_a_click_on_the_map_takes_its_settings():
    from course_utils.explorers.failing_sequence import MAIN

    explorer = FailingSequence(period=11)
    x, y = MAIN.pixels(1.5, 10.0)
    explorer.player.click = [float(x), float(y), 1.0]
    assert explorer.C == 15 and explorer.beta2 == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("positives", "extra", "step"), [(30, 1, 150), (45, 90, 150), (26, 20, 7), (40, 3, 0)]
)
def test_the_explorer_trains_on_wilsons_data(positives, extra, step):
    explorer = SpuriousFeatures(positives=positives, extra=extra, step=step)
    labels = np.r_[np.ones(positives), -np.ones(50 - positives)]
    x = theory.wilson_data(labels, extra)
    said = explorer.caption().replace("−", "-")
    for kind, name in (("gd", "gradient descent"), ("adagrad", "AdaGrad"), ("adam", "Adam")):
        rule, rate = TRAINED[kind]
        rate = min(rate, 60 / (160 + extra)) if kind == "gd" else rate
        w = np.zeros(len(x))
        make_step = rule.start(w, lr=rate)
        for _ in range(step):
            make_step(x @ (w @ x - labels) / 50)
        errors, score = re.search(rf"{name} (\d+), ([+-][\d.]+)[;.]", said).groups()
        scores = w @ x
        wrong = np.sum(np.where(labels > 0, scores <= 1e-12, scores >= -1e-12))
        assert int(errors) == (50 if step == 0 else wrong)
        assert float(score) == pytest.approx(2 * w[1] - w[0], abs=6e-3)


def test_the_goal_of_the_second_explorer_is_the_marked_number():
    below, above = (SpuriousFeatures(positives=45, extra=n, step=150).caption() for n in (54, 55))
    assert "from 55 on" in below and "from 55 on" in above
    marks = SpuriousFeatures(positives=45).marks({"positives": 45, "extra": 1})
    assert marks["extra"][0][0] == pytest.approx(54)


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
    "some must be loud": [[3, -1, -1], [2, 2, -1, -1, -1]],
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
    loud = EXERCISES["memory after the loud slope"]
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
        ("memory after the loud slope", "(C^2 + n - 1)/n"): "a plain mean",
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
def test_every_slip_is_named_and_none_is_right(e):
    for slip in getattr(e, "mistakes", ()):
        feedback = check(e.key, slip.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", slip.idea)


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
