"""What the exercises of lesson 07 ask, say and accept."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

from course_utils.exercises import check, exercises
from course_utils.optimizers import (
    adam,
    adam_hat,
    uncorrected_adam,
)
from tests.loops import adam_loop, home

EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "07"]


def test_hand_traces_in_fractions():
    for gradients, third in (((1, 1, -1), Fraction(71, 271)), ((1, -1, 1), Fraction(91, 271))):
        m, s = Fraction(0), Fraction(0)
        for g in gradients:
            m = Fraction(9, 10) * m + Fraction(1, 10) * g
            s = Fraction(999, 1000) * s + Fraction(1, 1000) * g * g
        assert s / (1 - Fraction(999, 1000) ** 3) == 1
        assert m / (1 - Fraction(9, 10) ** 3) == third
    assert EXERCISES["hand trace"].truth == pytest.approx(91 / 271)


def value(key, **numbers):
    e = EXERCISES[key]
    return float(e.truth.subs({e.symbols[n]: x for n, x in numbers.items()}))


def test_formulas_are_what_kernels_do():
    w, m, s = np.zeros((3, 1))
    for t in range(1, 30):
        before = w.copy()
        uncorrected_adam(w, np.full(1, 7.0), m, s, lr=1.0, beta1=0.8, beta2=0.97, eps=0.0)
        assert (before - w)[0] == pytest.approx(
            value("uncorrected step", beta1=0.8, beta2=0.97, t=t)
        )
    back = np.arange(400)
    g = (0.8 / 0.97) ** back
    reached = 0.2 * (0.8**back @ g) / sqrt(0.03 * (0.97**back @ g**2))
    assert reached == pytest.approx(value("longest step", beta1=0.8, beta2=0.97), rel=1e-6)
    (w, m, s), (x, p, q) = np.zeros((3, 1)), np.zeros((3, 1))
    for t in range(1, 9):
        g = np.array([(-0.7) ** t])
        adam(w, g, m, s, lr=0.1, beta1=0.8, beta2=0.97, eps=0.3, t=t)
        hat = value("epsilon hat", eps=0.3, beta2=0.97, t=t)
        adam_hat(x, g, p, q, lr=0.1, beta1=0.8, beta2=0.97, eps=hat, t=t)
        assert x == pytest.approx(w, rel=1e-12)


def test_printed_slips_do_what_the_exercises_say():
    step = lambda c: 0.1 * (3 * c) / (9 * c * c)  # noqa: E731
    assert step(100) / step(1) == pytest.approx(EXERCISES["printed quotient"].truth)
    p, v, s, eps = 1.0, 0.0, 1.0, 1e-3
    assert p - 0.1 * v / sqrt(s) + eps == 1.001
    assert "31.6" in EXERCISES["printed hats"].options[EXERCISES["printed hats"].truth]
    assert 1 / sqrt(0.001) == pytest.approx(31.6, abs=0.05)
    assert (1 - 0.9) / sqrt(1 - 0.99) == pytest.approx(1)


def test_wrong_answers_are_named():
    said = {
        ("hand trace", 0.091): "the correction is missing",
        ("uncorrected step", "(1 - beta1)/sqrt(1 - beta2)"): "one step only",
        ("longest step", 1): "lr is no bound",
        ("longest step", "(1 - beta1)/sqrt(1 - beta2)"): "one gradient, or many",
        ("epsilon hat", "eps/sqrt(1 - beta2**t)"): "which one is larger",
        ("printed quotient", 1): "what it should give",
        ("printed brackets", "b"): "option b",
        ("printed hats", "b"): "option b",
        ("Adam's defaults", "d"): "option d",
    }
    for (key, answer), idea in said.items():
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", idea), (key, feedback)


def as_adam(m_of, s_of, step):
    """A kernel from three functions, to try mistakes that are written another way."""

    def kernel(w, g, m, s, *, lr, beta1, beta2, eps, t):
        m[...] = m_of(m, g, beta1)
        s[...] = s_of(s, g, beta2)
        w -= lr * step(m, s, g, beta1, beta2, eps, t)

    return kernel


MEAN = lambda m, g, b: b * m + (1 - b) * g  # noqa: E731


SQUARE = lambda s, g, b: b * s + (1 - b) * g * g  # noqa: E731


WAYS = {
    "the correction is missing": (
        MEAN, SQUARE, lambda m, s, g, b1, b2, e, t: m / (s**0.5 + e),
    ),
    "each memory has its own correction": (
        MEAN, SQUARE,
        lambda m, s, g, b1, b2, e, t: m / (1 - b1**t) / ((s / (1 - b1**t)) ** 0.5 + e),
    ),
    "where eps sits": (
        MEAN, SQUARE, lambda m, s, g, b1, b2, e, t: m / (1 - b1**t) / (s / (1 - b2**t) + e) ** 0.5,
    ),
    "the memory moves the weights": (
        MEAN, SQUARE, lambda m, s, g, b1, b2, e, t: g / ((s / (1 - b2**t)) ** 0.5 + e),
    ),
    "shares that add up to one": (
        lambda m, g, b: b * m + g, SQUARE,
        lambda m, s, g, b1, b2, e, t: m / (1 - b1**t) / ((s / (1 - b2**t)) ** 0.5 + e),
    ),
}  # fmt: skip


@pytest.mark.parametrize("idea", WAYS)
def test_mistakes_written_another_way_are_named(idea):
    feedback = check("Adam", as_adam(*WAYS[idea]))
    assert (feedback.verdict, feedback.idea) == ("not yet", idea)


def test_right_ways_to_write_adam_pass():
    right = as_adam(
        lambda m, g, b: m + (1 - b) * (g - m), SQUARE,
        lambda m, s, g, b1, b2, e, t: (
            m * (1 - b2**t) ** 0.5 / (1 - b1**t) / (s**0.5 + e * (1 - b2**t) ** 0.5)
        ),
    )  # fmt: skip
    assert check("Adam", right).verdict == "right"


def test_tuning_counts_a_loss_that_stays():
    e = EXERCISES["Adam below 1e-3"]
    steps, where = e.best()
    path, _, _ = adam_loop(
        (25.0, 1.0), where["lr"], where["beta1"], where["beta2"], where["eps"], True, steps=300
    )
    assert steps <= home(0.5 * (np.array([25.0, 1.0]) * path**2).sum(axis=1)) <= 25
    bursts = {"lr": 1.2, "beta1": 0.5, "beta2": 0.999, "eps": 1e-8}
    assert check(e.key, bursts).verdict == "not yet"


def test_best_momentum_needs_the_steps_that_the_lesson_says():
    curvatures, w, v, losses = np.array([25.0, 1.0]), np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(200):
        losses.append(0.5 * (curvatures * w * w).sum())
        v = 4 / 9 * v - 1 / 9 * curvatures * w
        w = w + v
    assert home(losses) == 23
