"""What the exercises of lesson 14 ask, say and accept."""

import numpy as np
import pytest

from course_utils.exercises import check, exercises
from course_utils.networks import Network, digits
from course_utils.networks.diagnosis import watch
from course_utils.optimizers import ADAM

EXERCISES = exercises()


def test_the_first_ratio_is_that_of_a_network():
    network, data = Network((64, 10)), digits()
    w = np.random.default_rng(0).normal(0, 0.3, network.parameters)
    g = network.gradient(w, data.x_train, data.y_train)
    log = watch(network, ADAM, data, epochs=1, batch=1347, w=w, lr=0.02, eps=1e-30)
    e = EXERCISES["first ratio"]
    values = {"lr": 0.02, "size": float(np.sqrt(np.mean(w**2)))}
    right = float(e.truth.subs({e.symbols[name]: x for name, x in values.items()}))
    assert log.ratios[0] == pytest.approx(right * np.sqrt(np.mean(g != 0)), rel=1e-6)


def test_wrong_answers_are_named():
    said = {
        ("first ratio", "lr"): "a ratio, not a length",
        ("first ratio", "size/lr"): "which over which",
        ("ratio of a step", lambda a, b: np.linalg.norm(b - a)): "a share, not a length",
        (
            "ratio of a step",
            lambda a, b: np.linalg.norm(b - a) / np.linalg.norm(b),
        ): "over the weights before the step",
    }
    for (key, answer), idea in said.items():
        feedback = check(key, answer)
        assert not feedback and feedback.idea == idea


def test_a_right_ratio_is_right_in_another_spelling():
    assert check("ratio of a step", lambda a, b: np.sqrt(((b - a) ** 2).sum() / (a**2).sum()))
    assert check("first ratio", "lr/size")
