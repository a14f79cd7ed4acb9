"""Descents that ask for the Hessian, alone and many at once."""

import numpy as np
import pytest

from course_utils.descent import descend
from course_utils.optimizers import (
    EXACT_LINE_SEARCH,
    HESSIAN_RULES,
    NEWTON,
    SADDLE_FREE_NEWTON,
)
from course_utils.surfaces import W1, W2, Surface, rosenbrock


def surface(expression, start=(1.0, 1.0)):
    return Surface("a test", expression, start, (0, 0), ((-1, 1), (-1, 1)), "a test")


@pytest.mark.parametrize("rule", [NEWTON, SADDLE_FREE_NEWTON], ids=lambda r: r.name)
def test_a_descent_that_meets_a_singular_hessian_ends_with_a_sentence(rule):
    flat = surface(W1**2 / 2 + W2, (1.0, 1.0))
    run = descend(flat, rule, steps=5)
    assert run.steps == 0
    assert run.stopped.startswith("The descent ended: at step 1 there is no step. The Hessian is ")
    many = descend(flat, rule, np.ones((2, 3)), 5)
    assert many.steps == 5 and np.isnan(many.positions[1:]).all() and many.stopped


@pytest.mark.parametrize("rule", [NEWTON, SADDLE_FREE_NEWTON], ids=lambda r: r.name)
def test_one_singular_point_does_not_stop_the_others(rule):
    cubic = surface(W1**3 + W2**2)
    start = np.array([[0.0, 1.0, 2.0], [1.0, 1.0, 1.0]])
    run = descend(cubic, rule, start, 40)
    assert np.isnan(run.positions[1:, :, 0]).all()
    assert np.abs(run.positions[-1, :, 1:]).max() < 1e-9
    assert run.stopped.startswith("1 of 3 descents ended: at step 1 there is no step, or ")


def test_a_line_search_that_would_climb_ends_there_and_no_other_does():
    shape = surface((W1**2 - W2**2) / 2)
    run = descend(shape, EXACT_LINE_SEARCH, np.array([[1.0, 0.1], [0.1, 1.0]]), 1)
    assert np.isfinite(run.positions[1, :, 0]).all()
    assert np.isnan(run.positions[1, :, 1]).all()


@pytest.mark.parametrize("rule", HESSIAN_RULES, ids=lambda r: r.name)
def test_a_batch_of_second_order_descents_is_so_many_single_ones(rule):
    random = np.random.default_rng(4)
    start = random.normal(size=(2, 5))
    settings = {"lr": 0.01, "mu": 30.0, "bound": 0.3}
    hyper = {n: settings[n] * random.uniform(0.5, 1, 5) for n in rule.hyper}
    whole = descend(rosenbrock(), rule, start, 6, **hyper)
    for i in range(5):
        alone = descend(rosenbrock(), rule, start[:, i], 6, **{n: x[i] for n, x in hyper.items()})
        together = whole.positions[: alone.steps + 1, :, i]
        assert np.allclose(together, alone.positions, rtol=1e-9, atol=1e-12)
