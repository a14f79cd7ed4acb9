"""Copies side by side do what each would do alone, for a step and for a whole training."""

import numpy as np
import pytest

from course_utils.networks import Data, Network, digits, train, train_side_by_side
from course_utils.networks.side_by_side import gradients, losses
from course_utils.optimizers import (
    ADAM,
    GRADIENT_DESCENT,
    MOMENTUM,
    NESTEROV_LOOK_AHEAD,
    NEWTON,
    cosine,
)


@pytest.fixture(scope="module")
def data():
    whole = digits()
    # 150 samples in batches of 16 are batches of two sizes.
    return Data(whole.x_train[:, :150], whole.y_train[:150], whole.x_test, whole.y_test)


@pytest.mark.parametrize(
    ("rule", "network", "hyper"),
    [
        (GRADIENT_DESCENT, Network(), {"lr": lambda rate: cosine(rate, 30)}),
        (GRADIENT_DESCENT, Network((64, 10)), {"lr": lambda rate: rate}),
        (MOMENTUM, Network((64, 9, 8, 10), "relu"), {"lr": lambda rate: rate, "beta": 0.8}),
        (NESTEROV_LOOK_AHEAD, Network(), {"lr": lambda rate: rate}),
        (MOMENTUM, Network((64, 9, 9, 10), batch_norm=True), {"lr": lambda rate: rate}),
        (MOMENTUM, Network((64, 9, 9, 10), "relu", residual=True), {"lr": lambda rate: rate}),
        (ADAM, Network(), {"lr": lambda rate: rate / 10}),
    ],
)
def test_each_run_is_the_one_that_train_makes(data, rule, network, hyper):
    rates, seeds = np.array([0.05, 0.2]), (3, 0, 7)
    made = {k: v(rates[:, None]) if callable(v) else v for k, v in hyper.items()}
    ends = train_side_by_side(network, rule, data, seeds, epochs=3, batch=16, **made)
    assert ends.losses.shape == ends.accuracies.shape == (2, 3)
    for i, rate in enumerate(rates):
        one = {k: v(rate) if callable(v) else v for k, v in hyper.items()}
        for j, seed in enumerate(seeds):
            run = train(network, rule, data, epochs=3, batch=16, seed=seed, **one)
            np.testing.assert_allclose(ends.w[i, j], run.w, rtol=1e-8, atol=1e-10)
            assert ends.losses[i, j] == pytest.approx(run.losses[-1], rel=1e-8)
            assert ends.accuracies[i, j] == pytest.approx(run.accuracies[-1])


def test_with_one_setting_the_result_has_one_number_a_seed(data):
    ends = train_side_by_side(Network(), MOMENTUM, data, range(2), epochs=1, lr=0.1)
    assert ends.losses.shape == (2,) and ends.w.shape == (2, 2410)


def test_a_run_that_is_lost_has_no_number_and_leaves_the_others_alone(data):
    rates = np.array([[0.1], [1e308]])
    ends = train_side_by_side(Network(), GRADIENT_DESCENT, data, range(2), epochs=3, lr=rates)
    assert np.isfinite(ends.losses[0]).all() and np.isnan(ends.accuracies[1]).all()
    alone = train_side_by_side(Network(), GRADIENT_DESCENT, data, range(2), epochs=3, lr=0.1)
    np.testing.assert_allclose(ends.losses[0], alone.losses)


def test_runs_may_begin_where_one_says(data):
    network = Network()
    begin = np.stack([network.init(20), network.init(21)])
    ends = train_side_by_side(network, MOMENTUM, data, (0, 1), epochs=1, w=begin, lr=0.1)
    for seed, w in enumerate(begin):
        run = train(network, MOMENTUM, data, epochs=1, seed=seed, w=w, lr=0.1)
        np.testing.assert_allclose(ends.w[seed], run.w, rtol=1e-8, atol=1e-10)
    assert np.array_equal(begin[0], network.init(20))


def test_a_rule_that_asks_for_the_hessian_is_refused(data):
    with pytest.raises(TypeError, match="asks for the Hessian"):
        train_side_by_side(Network(), NEWTON, data, range(2))


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
@pytest.mark.parametrize("more", [{}, {"batch_norm": True}, {"residual": True}])
def test_each_copy_has_the_loss_and_the_gradient_that_it_has_alone(activation, loss, more):
    network = Network((64, 5, 5, 10), activation=activation, loss=loss, **more)
    data, random = digits(), np.random.default_rng(3)
    w = np.stack([network.init(seed) for seed in range(3)])
    some = np.stack([random.permutation(100)[:9] for _ in w])
    x, y = data.x_train[:, some].swapaxes(0, 1), data.y_train[some]
    alone = [network.loss_and_gradient(*own) for own in zip(w, x, y, strict=True)]
    np.testing.assert_allclose(losses(network, w, x, y), [one for one, _ in alone], rtol=1e-12)
    np.testing.assert_allclose(gradients(network, w, x, y), [g for _, g in alone], atol=1e-14)


def test_all_copies_may_see_the_same_samples():
    network, data = Network((64, 4, 10)), digits()
    w = np.stack([network.init(seed) for seed in range(2)])
    x, y = data.x_train[:, :50], data.y_train[:50]
    assert losses(network, w, x, y) == pytest.approx([network.loss(one, x, y) for one in w])
