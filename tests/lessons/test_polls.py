"""The polls of the plans: each is a prediction of its lesson, and its right answer is the true one.

What the predictions themselves say is held by tests/exercises/test_predictions.py; here some of the
answers are computed again, in another way.
"""

import numpy as np
import pytest

from course_utils import theory
from course_utils.optimizers import uncorrected_adam
from tests.exercises.test_predictions import MEASURED
from tools import plans

POLLS = {poll.key: poll for plan in plans.plans().values() for poll in plan.polls}


def test_every_lesson_has_a_poll():
    assert all(plan.polls for plan in plans.plans().values()) and len(POLLS) >= 50


@pytest.mark.parametrize("key", POLLS)
def test_a_poll_has_one_right_answer_and_expects_another(key):
    poll = POLLS[key]
    assert poll.answer in poll.options and poll.expect in poll.options
    assert poll.answer != poll.expect and poll.why.endswith((".", ")"))
    assert len(set(poll.options)) == len(poll.options) >= 2


@pytest.mark.parametrize("key", POLLS)
def test_what_a_poll_calls_right_is_the_truth_of_its_prediction(key):
    poll = POLLS[key]
    assert bool(poll.right) == poll.question.measured
    if poll.right:
        assert poll.right == MEASURED[key]
    assert bool(poll.offer) == (not poll.question.options)
    if poll.offer:
        truth = poll.question.find_truth()
        assert any(poll.question.hit(each, truth) for each in poll.offer)
        assert list(poll.offer) == sorted(poll.offer)


def test_answers_are_what_a_computation_gives():
    right = {key: poll.answer for key, poll in POLLS.items()}

    patience = int(np.ceil(np.log(0.01) / np.log(0.9)))
    assert right["00 patience"] == f"{patience} steps"

    assert abs(1 - 25 * 0.076) < 1 < abs(1 - 25 * 0.085) and "runs away" in right["01 runs away"]

    assert abs((1 - 0.9**10) - 0.65) < 0.01 and right["03 last ten"] == "about 65 %"

    v = 0.0
    for _ in range(300):
        v = 0.9 * v + 1
    assert round(v, 6) == 10 and right["03 sum settles"] == "10" and "10" in right["04 steady push"]
    assert round(1.9 / 0.1) == 19 and right["04 gain ratio"] == "19 times"

    beta = theory.best_momentum(100, 1)[1]
    assert f"{beta:.2f}" in right["05 best beta"]

    lengths, w, m, s = [], np.zeros(1), np.zeros(1), np.zeros(1)
    for _ in range(3000):
        before = w.copy()
        uncorrected_adam(w, np.ones(1), m, s, lr=1.0, beta1=0.9, beta2=0.999, eps=0.0)
        lengths.append(abs(w - before)[0])
    assert 8 <= 1 + int(np.argmax(lengths)) <= 20 and right["07 peak"] == "after about ten steps"

    left = theory.best_scaled_kappa(100, np.radians(45))
    assert round(left) == 100 and right["08 left at 45"].startswith("100")

    a = np.linspace(0.2, 5, 500)
    least = (a**2 + a**-2).min()
    assert 2 <= least < 2.01 and right["11 rescaling"] == "every value from 2 up"

    assert np.isnan(np.linalg.norm([np.nan, 1.0])) and "NaN as before" in right["14 clip NaN"]
