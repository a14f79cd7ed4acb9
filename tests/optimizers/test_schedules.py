"""Schedules against the formulas of their sources, at corners, and in runs."""

from math import cos, log2, pi

import numpy as np
import pytest

from course_utils.descent import descend
from course_utils.networks import Network, digits, train
from course_utils.optimizers import (
    GRADIENT_DESCENT,
    MOMENTUM,
    cosine,
    geometric,
    inverse_time,
    step_decay,
    sutskever,
    warm_up,
)
from course_utils.surfaces import ravine


def test_schedules_are_the_formulas_of_their_sources():
    for t in range(1, 1300):
        power = 1 - 2 ** (-1 - log2(t // 250 + 1))
        assert sutskever(0.99)(t) == pytest.approx(min(power, 0.99))
        assert inverse_time(0.3, 7)(t) == pytest.approx(0.3 / (1 + (t - 1) / 7))
        share = min((t - 1) / 999, 1)
        assert geometric(0.3, 0.003, 1000)(t) == pytest.approx(0.3 * 0.01**share)
        assert cosine(0.3, 1000, 0.1)(t) == pytest.approx(0.1 + 0.1 * (1 + cos(pi * share)))
        assert warm_up(0.3, 40)(t) == pytest.approx(0.3 * min(1, t / 40))
        drops = 0 if t <= 100 else (t - 1) // 100
        assert step_decay(0.3, 0.1, 100)(t) == pytest.approx(0.3 * 0.1**drops)


def test_schedules_at_their_corners():
    assert [step_decay(1, 0.5, 3)(t) for t in (1, 3, 4, 6, 7)] == [1, 1, 0.5, 0.5, 0.25]
    assert inverse_time(1.0, 8)(9) == 0.5
    assert [sutskever(0.999)(t) for t in (1, 249, 250, 500, 750)] == pytest.approx(
        [1 / 2, 1 / 2, 3 / 4, 5 / 6, 7 / 8]
    )
    values = [cosine(1.0, 11)(t) for t in range(1, 12)]
    assert (values[0], values[5], values[-1]) == pytest.approx((1, 0.5, 0), abs=1e-15)
    assert np.mean(values) == pytest.approx(0.5)
    assert cosine(1.0, 11)(50) == pytest.approx(0, abs=1e-15)
    assert cosine(1.0, 1)(1) == 1


def test_schedules_fit_into_one_another_and_take_arrays():
    both = warm_up(cosine(0.1, 120), 20)
    assert both(10) == pytest.approx(0.5 * cosine(0.1, 120)(10))
    assert both(77) == cosine(0.1, 120)(77)
    tops = np.array([0.1, 0.2])
    for make in (
        lambda top: cosine(top, 9),
        lambda top: geometric(top, 0.01, 9),
        lambda top: step_decay(top, 0.1, 4),
        lambda top: inverse_time(top, 3),
        lambda top: warm_up(top, 3),
    ):
        assert make(tops)(5) == pytest.approx([make(0.1)(5), make(0.2)(5)])


@pytest.mark.parametrize(
    "make",
    [
        lambda x: step_decay(0.1, 0.1, x),
        lambda x: inverse_time(0.1, x),
        lambda x: cosine(0.1, x),
        lambda x: geometric(0.1, 1.0, x),
        lambda x: warm_up(0.1, x),
        lambda x: sutskever(0.9, x),
    ],
)
@pytest.mark.parametrize("steps", [0, -3, float("nan")])
def test_schedules_refuse_no_steps_in_a_sentence(make, steps):
    if np.isnan(steps) and make(5).__qualname__.startswith(("cosine", "geometric")):
        return
    with pytest.raises(ValueError, match=r"^[A-Z].*\.?$"):
        make(steps)


def test_schedules_run_in_descend_and_train():
    run = descend(ravine(), MOMENTUM, lr=cosine(0.05, 30), beta=sutskever(0.9, 10), steps=30)
    w, v = np.array([2.0, -10.0]), np.zeros(2)
    for t in range(1, 31):
        beta = min(1 - 1 / (2 * (t // 10 + 1)), 0.9)
        v = beta * v - 0.025 * (1 + cos(pi * (t - 1) / 29)) * np.array([25, 1]) * w
        w = w + v
    assert run.positions[-1] == pytest.approx(w, rel=1e-9)
    data, network = digits(), Network()
    plan = warm_up(step_decay(0.5, 0.1, 10), 5)
    one = train(network, GRADIENT_DESCENT, data, lr=plan, epochs=1, seed=1)
    other = train(network, GRADIENT_DESCENT, data, lr=lambda t: plan(t), epochs=1, seed=1)
    assert one.losses[-1] == other.losses[-1] < one.losses[0]
