"""What the exercises of lesson 06 ask, say and accept."""

import numpy as np
import pytest

from course_utils import theory
from course_utils.exercises import check, exercises
from tests.loops import plain_loop

EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "06"]


def test_answers_are_what_runs_do():
    def value(key, **numbers):
        e = EXERCISES[key]
        return float(e.truth.subs({e.symbols[n]: x for n, x in numbers.items()}))

    for lr, rho, curvature in ((0.3, 0.8, 4.0), (0.05, 0.95, 60.0)):
        H = np.diag([curvature, 1.0])
        path, *_ = plain_loop("rmsprop", H, (3, 3), 1, lr, rho, 0)
        assert 3 - path[1] == pytest.approx([value("RMSProp's first step", lr=lr, rho=rho)] * 2)
        quiet = value("the eps that stops it", lr=lr, lambda1=curvature)
        for share, rests in ((0.95, False), (1.05, True)):
            path, *_ = plain_loop("rmsprop", H, (3, 0.0), 20000, lr, rho, share * quiet)
            assert (abs(path[-1, 0]) < 1e-6) == rests
        path, *_ = plain_loop("rmsprop", H, (3, 1.0), 4000, lr, rho, 0)
        floor = value("the floor", lr=lr, lambda1=curvature)
        assert curvature * path[-1, 0] ** 2 / 2 == pytest.approx(floor, rel=1e-4)
    assert value("AdaGrad's step", lr=0.7, t=9) == pytest.approx(0.7 * theory.adagrad_step(9))


def test_wrong_answers_are_named():
    said = {
        ("RMSProp's first step", "lr"): "the average starts at zero",
        ("RMSProp's first step", "lr/(1 - rho)"): "the root of the average",
        ("AdaGrad's step", "lr/t"): "the root of the sum",
        ("the floor", "lambda1*lr**2/2"): "half a step on either side",
        ("the eps that stops it", "2*lr*lambda1"): "which over which",
        ("which average is large", "b"): "option b",
        ("implicit annealing", "a"): "option a",
        ("no learning rate", "a"): "option a",
        ("divided by the average", "b"): "option b",
    }
    for (key, answer), idea in said.items():
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", idea), key


def test_where_eps_sits_is_asked_in_both_exercises():
    def outside(w, g, s, *, lr, rho, eps):
        s *= rho
        s += (1 - rho) * g**2
        w -= lr * g / (np.sqrt(s) + eps)

    def inside(w, g, s, *, lr, rho, eps):
        s[...] = rho * s + (1 - rho) * g**2
        return w - lr * g * (s + eps) ** -0.5

    assert check("RMSProp", outside) and check("RMSProp, eps inside", inside)
    for key, other in (("RMSProp", inside), ("RMSProp, eps inside", outside)):
        feedback = check(key, other)
        assert feedback.idea == "where eps sits"
        assert feedback.reread.heading == "What ε does, 8 minutes"


def test_tuning_counts_a_loss_that_stays_below():
    e = EXERCISES["RMSProp below 1e-3"]
    steps, where = e.best()
    _, _, losses = plain_loop("rmsprop", np.diag([25.0, 1.0]), (2, -10), 2000, rho=0.9, **where)
    assert max(losses[steps:]) <= 1e-3 < losses[steps - 1] and steps < e.bar
    for lr in (0.01, 0.05, 0.2):
        feedback = check(e.key, {"lr": lr, "eps": 1e-8})
        assert feedback.verdict == "not yet"
    dips = check(e.key, {"lr": 0.2, "eps": 1e-8})
    assert plain_loop("rmsprop", np.diag([25.0, 1.0]), (2, -10), 80, 0.2)[2].min() < 1e-3
    assert "still 0.13" in dips.text


def test_numbers_in_the_texts_of_the_exercises():
    hint = EXERCISES["RMSProp below 1e-3"].hints[1]
    assert "lr above 0.06" in hint and 10 / 150 > 0.06 and 26 * 0.06**2 / 8 > 1e-3
    assert 12.5 == theory.smallest_quiet_eps(1, 25)
