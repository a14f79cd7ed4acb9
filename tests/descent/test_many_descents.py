"""Ten thousand descents at once are each the descent that it is alone, its memory included."""

import numpy as np
import pytest

from course_utils.descent import CACHED, descend
from course_utils.optimizers import ADAM, FULL_ADAGRAD, GRADIENT_DESCENT, MOMENTUM, RMSPROP
from course_utils.surfaces import article_ravine, noisy, ravine

STEPS = 20
COUNT = CACHED // (2 * STEPS) + 50
SOME = (0, 7, COUNT - 1)


def starts():
    return np.random.default_rng(11).normal(size=(2, COUNT)) * 3


@pytest.mark.parametrize("rule", [MOMENTUM, RMSPROP, ADAM, FULL_ADAGRAD], ids=lambda r: r.name)
def test_the_memory_of_many_is_that_of_each(rule):
    start = starts()
    run = descend(article_ravine(), rule, start, STEPS, lr=0.01)
    assert run.positions.size > CACHED
    assert list(run.memory) == list(rule.memory) and len(run.memory) == len(rule.memory)
    for i in SOME:
        alone = descend(article_ravine(), rule, start[:, i], STEPS, lr=0.01)
        assert run.positions[..., i] == pytest.approx(alone.positions, rel=1e-9, abs=1e-9)
        for name in rule.memory:
            assert run.memory[name][..., i] == pytest.approx(alone.memory[name], rel=1e-9, abs=1e-9)


def test_memory_is_kept_once_and_cannot_be_changed():
    run = descend(ravine(), MOMENTUM, starts(), STEPS, lr=0.01)
    v = run.memory["v"]
    assert v is run.memory["v"] and not v.flags.writeable
    assert run.positions[1:] - run.positions[:-1] == pytest.approx(v[1:], abs=1e-12)


def test_with_noise_the_memory_is_that_of_the_same_numbers():
    run = descend(noisy(ravine(), 0.5), MOMENTUM, starts(), STEPS, lr=0.01)
    assert run.positions[1:] - run.positions[:-1] == pytest.approx(run.memory["v"][1:], abs=1e-12)


def test_settings_that_change_and_differ_are_those_of_the_walk():
    lr = np.linspace(0.001, 0.02, COUNT)
    run = descend(ravine(), MOMENTUM, None, STEPS, lr=lambda t: lr / t, beta=0.5)
    g, t = run.gradients[:-1], np.arange(1, STEPS + 1)[:, None, None]
    v = run.memory["v"]
    assert v[1:] == pytest.approx(0.5 * v[:-1] - lr / t * g, abs=1e-12)


def test_those_that_run_away_have_no_memory_from_there_on():
    lr = np.full(COUNT, 0.01)
    lr[5] = 50.0
    run = descend(ravine(), MOMENTUM, None, STEPS, lr=lr)
    assert run.stopped.startswith(f"1 of {COUNT} descents ran away")
    assert np.array_equal(np.isnan(run.memory["v"]), np.isnan(run.positions))
    assert np.isnan(run.positions[-1, :, 5]).all()
    assert not np.isnan(run.positions[..., np.arange(COUNT) != 5]).any()


def test_a_rule_without_memory_keeps_none():
    assert dict(descend(ravine(), GRADIENT_DESCENT, starts(), STEPS, lr=0.01).memory) == {}
