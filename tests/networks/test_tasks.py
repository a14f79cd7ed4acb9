"""The tasks of the race and their sealed tests."""

from math import log

import numpy as np
import pytest

from course_utils.networks import (
    digits,
    digits_task,
    make_task,
    wine_task,
    words_task,
)


def test_no_sample_is_in_two_parts_and_the_scale_comes_from_the_training_half():
    x, y = np.arange(40.0)[None] ** 2, np.arange(40) % 2
    task = make_task("squares", x, y, seed=3)
    known, sealed = task.known, task.test
    parts = [np.ravel(part) for part in (known.x_train, known.x_test, sealed._x)]
    assert [p.size for p in parts] == [20, 10, 10]
    assert known.x_train.mean() == pytest.approx(0) and known.x_train.std() == pytest.approx(1)
    everything = np.sort(np.concatenate(parts))
    scaled = (x[0] - x[0].mean()) / x[0].std()
    assert np.corrcoef(everything, scaled)[0, 1] == pytest.approx(1)
    assert len(np.unique(everything.round(9))) == 40


def test_the_digits_keep_their_own_test_part():
    task, data = digits_task(), digits()
    assert np.array_equal(task.test._x, data.x_test)
    both = np.hstack([task.known.x_train, task.known.x_test])
    assert np.array_equal(both, data.x_train)


@pytest.mark.parametrize("make", [wine_task, words_task])
def test_tasks_are_the_same_each_time(make):
    one, other = make(), make()
    assert np.array_equal(one.known.x_train, other.known.x_train)
    assert repr(one) == repr(other) and "sealed" in repr(one)


def test_most_words_are_rare():
    x = words_task().known.x_train
    assert set(np.unique(x)) == {0.0, 1.0}
    often = x.mean(axis=1)
    assert often[0] == pytest.approx(0.5, abs=0.07) and np.median(often) < 0.03


def test_a_test_is_opened_once():
    random = np.random.default_rng(1)
    task = make_task("noise", random.normal(size=(2, 40)), np.arange(40) % 2)
    w = {"one": [task.network.init(s) for s in range(3)]}
    opened = task.test.open(w)["one"]
    losses = [task.network.loss(v, task.test._x, task.test._y) for v in w["one"]]
    assert opened.loss == pytest.approx(np.minimum(losses, log(2)))
    assert opened.accuracy.shape == (3,)
    assert task.test.open(w)["one"] is opened
    assert "opened for one" in repr(task)
    for other in ({"one": [v + 1 for v in w["one"]]}, {"two": w["one"]}, {"one": w["one"][:2]}):
        with pytest.raises(ValueError, match=r"^This test has been opened, .*\.$"):
            task.test.open(other)


@pytest.mark.parametrize(
    ("x", "y", "error"),
    [
        (np.zeros((2, 6)), np.arange(6) % 2, ValueError),
        (np.zeros((2, 20)), np.arange(19) % 2, ValueError),
        (np.full((2, 20), np.nan), np.arange(20) % 2, ValueError),
        (np.zeros(20), np.arange(20) % 2, ValueError),
        (np.zeros((2, 20)), np.arange(20) % 2 * 1.0, TypeError),
        ([["a"] * 20], np.arange(20) % 2, TypeError),
    ],
)
def test_samples_that_make_no_task_are_refused_in_a_sentence(x, y, error):
    with pytest.raises(error, match=r"(?s)^[A-Zx].*\.$"):
        make_task("none", x, y)
