"""What is predicted of sequences and data on which adaptive rules fail."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

from course_utils import theory
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    GRADIENT_DESCENT,
    SCHEDULED_NADAM,
    UNCORRECTED_AMSGRAD,
    uncorrected_adam,
)


def test_reddis_sequence_parts_adam_from_amsgrad():
    """Theorem 1: C = 3, gradients C, -1, -1; lr falls as 1/sqrt(t). Adam climbs, AMSGrad not."""
    for rule, end in ((ADAM, 1.0), (UNCORRECTED_AMSGRAD, -1.0)):
        place = np.zeros(1)
        step = rule.start(place, lr=lambda t: 0.3 / t**0.5, beta1=0.0, beta2=0.1, eps=0.0)
        for k in range(1, 6001):
            step(np.array([3.0 if k % 3 == 1 else -1.0]))
            np.clip(place, -1, 1, out=place)
        assert place[0] == pytest.approx(end, abs=0.02)
    assert SCHEDULED_NADAM.memory == ("m", "s", "q")


def slopes(loud, period, count):
    return [loud if k % period == 0 else -1.0 for k in range(count)]


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


@pytest.mark.parametrize(("beta1", "least"), [(0.3, 0.3), (0.7, 0.3)])
def test_the_promise_for_three_steps_is_what_the_theorem_prints(beta1, least):
    """Each power written out: with few steps the corrections are far from 1."""
    beta2, fades, lr, reach = 0.9, 0.5, 0.2, 2.0
    g1, g2, g3 = gradients = (3.0, -1.0, 2.0)
    s_hat = 0.1 * (0.81 * g1**2 + 0.9 * g2**2 + g3**2) / (1 - 0.729)
    gamma = beta1**2 / sqrt(0.9)
    terms = (
        reach**2 / (2 * lr * (1 - beta1)) * sqrt(3 * s_hat),
        lr * (1 + beta1) * 3 / ((1 - beta1) * sqrt(0.1) * (1 - gamma) ** 2) * sqrt(9 + 1 + 4),
        reach**2 * 3 * sqrt(0.1) / (2 * lr * (1 - fades) ** 2) / least,
    )
    found = theory.printed_regret(gradients, lr, beta1, beta2, fades, reach)
    assert found == pytest.approx(sum(terms), rel=1e-12)
