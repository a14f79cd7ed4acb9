"""What the exercises of lesson 09 ask, say and accept."""

import re
from math import sqrt

import numpy as np
import pytest
import sympy as sp

from course_utils import theory
from course_utils.exercises import check, exercises, seed, solution
from course_utils.exercises.session import SESSION
from course_utils.optimizers import (
    cosine,
    warm_up,
)

BY_KEY = exercises()


def test_variance_of_w_solves_its_equation():
    e = BY_KEY["variance of w"]
    lr, curvature, noise = (e.symbols[n] for n in ("lr", "lambda1", "noise"))
    left = e.truth - ((1 - lr * curvature) ** 2 * e.truth + lr**2 * noise**2)
    assert sp.simplify(left) == 0


def test_noise_that_dies_lets_the_mean_square_shrink_up_to_the_limit_and_no_further():
    e = BY_KEY["noise that dies"]
    for curvature, noise in ((2.0, 3.0), (0.5, 0.1), (25.0, 12.0)):
        values = {e.symbols["lambda1"]: curvature, e.symbols["noise"]: noise}
        limit = float(e.truth.subs(values))
        # Two signs of equal chance have mean 0 and variance 1.
        for share, shrinks in ((0.99, True), (1.01, False)):
            lr = share * limit
            factor = np.mean([(1 - lr * (curvature + noise * z)) ** 2 for z in (-1, 1)])
            assert (factor < 1) == shrinks


@pytest.mark.parametrize("name", ["", "ada", "ben", "cleo", "dan"])
def test_numbers_are_right_for_every_learner(name):
    seed(name)
    for key in ("compute the floor", "same temperature"):
        e = BY_KEY[key].for_learner(SESSION.name)
        assert e.judge(eval(e.solution, {"sum": sum}))
        values = [float(mistake.value) for mistake in e.mistakes]
        apart = [abs(x - e.truth) > 2 * e.tolerance * e.truth for x in values]
        assert all(apart)
        for mistake in e.mistakes:
            assert e.judge(mistake.value).idea == mistake.idea, (key, mistake.idea)
    floor = BY_KEY["compute the floor"].for_learner(SESSION.name)
    lr, batch = map(float, re.search(r"lr = (\S+) and batches of (\d+)", floor.question).groups())
    assert floor.truth == pytest.approx(float(theory.noise_floor(lr, 0, 12 / sqrt(batch), 25, 1)))
    hot = BY_KEY["same temperature"].for_learner(SESSION.name)
    found = re.search(r"lr = (\S+), .* of (\d+)\. .* of (\d+),", hot.question).groups()
    lr, batch, other = map(float, found)
    assert theory.temperature(lr, 1 / sqrt(batch), 0.9) == pytest.approx(
        theory.temperature(hot.truth, 1 / sqrt(other))
    )


def test_a_schedule_is_compared_by_its_values():
    def other_way(t):
        share = min(max(t - 20, 0) / 100, 1)
        return min(t / 20, 1) * (0.1 - 0.1 * np.sin(np.pi / 2 * share) ** 2)

    key = "warm-up, then cosine"
    assert check(key, other_way)
    shifted = check(key, lambda t: other_way(t + 1))
    assert "At t = 1 your function gives 0.01. The learning rate is 0.005 there." in shifted.text
    assert check(key, lambda t: None).verdict == "unanswered"
    assert check(key, 0.1).idea == "form"
    assert check(key, lambda t: "fast").verdict == "not yet"
    assert "ZeroDivisionError" in check(key, lambda t: 1 / (t - 3)).text
    composed = warm_up(lambda t: cosine(0.1, 101)(max(t - 19, 1)), 20)
    assert check(key, composed)


@pytest.mark.parametrize(
    ("lr", "beta", "idea"),
    [
        (0.02, 0.0, "steps too short on the way"),
        (0.04, 0.0, "too much noise at the end"),
        (0.02, 0.9, "too much noise at the end"),
        (0.2, 0.0, "diverges"),
        (-1.0, 0.0, "settings"),
        (0.02, 1.5, "settings"),
        (lambda t: 0.001, 0.0, "steps too short on the way"),
    ],
)
def test_the_budget_says_what_is_left(lr, beta, idea):
    feedback = check("mean loss below 0.16", {"lr": lr, "beta": beta})
    assert (feedback.verdict, feedback.idea) == ("not yet", idea)


@pytest.mark.parametrize("plan", [cosine(0.073, 120), warm_up(cosine(0.087, 120), 20), 0.04])
def test_the_budget_measures_what_theory_expects(plan):
    e = BY_KEY["mean loss below 0.16"]
    loss, distance, spread = e.run(plan, 0.0)
    means, variances = theory.noisy_path(
        plan, 0, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), 120
    )
    assert distance == pytest.approx(np.array([25, 1]) @ means[-1] ** 2 / 2, abs=0.02)
    assert spread == pytest.approx(np.array([25, 1]) @ variances[-1] / 2, rel=0.15)
    assert loss == pytest.approx(distance + spread)


def test_what_one_writes_for_the_budget():
    key = "mean loss below 0.16"
    assert check(key, {"lr": cosine(0.07, 120), "beta": 0})
    assert check(key, {"lr": cosine(0.035, 120), "beta": lambda t: 0.5})
    assert check(key, 0.04).idea == "form"
    assert "np.cos" in repr(solution(key))


def test_no_pair_of_constants_gets_below_the_bar():
    """A search in the region where timing helps most."""
    lrs = np.geomspace(1e-4, 0.15, 150)[:, None, None]
    betas = np.linspace(0, 0.99, 199)[None, :, None]
    with np.errstate(all="ignore"):
        means, variances = theory.noisy_path(
            lrs, betas, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), 120
        )
        losses = (means[-1] ** 2 + variances[-1]) @ np.array([25, 1]) / 2
    assert np.nanmin(losses) > 0.16
