"""Networks on a curve, many copies side by side, against plain loops and whole Hessians."""

import inspect

import numpy as np
import pytest

from course_utils.exercises import exercises
from course_utils.explorers.edge.model import (
    task,
)
from course_utils.networks import CurveFit, follow, ratio
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM

EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "11"]


def plain_network(w, x, sizes):
    """The output of one copy for one number, in plain loops."""
    h, place = [x], 0
    for k, (into, out) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
        W = [[w[place + i * into + j] for j in range(into)] for i in range(out)]
        b = [w[place + out * into + i] for i in range(out)]
        place += out * (into + 1)
        z = [sum(W[i][j] * h[j] for j in range(into)) + b[i] for i in range(out)]
        h = z if k == len(sizes) - 2 else [v / (1 + v * v) ** 0.5 for v in z]
    return h[0]


def plain_loss(w, x, y, sizes):
    return sum((plain_network(w, a, sizes) - b) ** 2 for a, b in zip(x, y, strict=True)) / (
        2 * len(x)
    )


@pytest.fixture(scope="module")
def small():
    random = np.random.default_rng(3)
    fit = CurveFit(random.normal(size=5), random.normal(size=5), hidden=(3, 2))
    return fit, fit.init([0, 1, 2]) + 0.1 * random.normal(size=(fit.parameters, 3))


# Copies side by side


def test_loss_and_outputs_are_those_of_plain_loops(small):
    fit, w = small
    losses, outputs = fit.loss_and_gradient(w)[0], fit.outputs(w)
    for copy in range(3):
        assert losses[copy] == pytest.approx(plain_loss(w[:, copy], fit.x, fit.y, fit.sizes))
        for i, x in enumerate(fit.x):
            expected = plain_network(w[:, copy], x, fit.sizes)
            assert outputs[i, copy] == pytest.approx(expected, rel=1e-13)


def test_the_gradient_is_the_complex_step_of_plain_loops(small):
    fit, w = small
    g = fit.loss_and_gradient(w)[1]
    for copy in range(3):
        for i in range(fit.parameters):
            moved = w[:, copy].astype(complex)
            moved[i] += 1e-30j
            slope = plain_loss(moved, fit.x, fit.y, fit.sizes).imag / 1e-30
            assert g[i, copy] == pytest.approx(slope, rel=1e-11, abs=1e-14)


def test_a_mini_batch_is_the_task_on_those_points(small):
    fit, w = small
    chosen = np.array([[0, 1, 4], [2, 3, 1]])
    losses, g = fit.loss_and_gradient(w, chosen)
    for copy in range(3):
        part = CurveFit(fit.x[chosen[:, copy]], fit.y[chosen[:, copy]], hidden=(3, 2))
        loss, slope = part.loss_and_gradient(w[:, [copy]])
        assert losses[copy] == pytest.approx(loss[0], rel=1e-13)
        assert g[:, copy] == pytest.approx(slope[:, 0], rel=1e-12, abs=1e-15)


def test_first_weights_come_from_the_seed_and_have_their_variance():
    fit = CurveFit([0.0, 1.0], [0.0, 1.0], hidden=(60, 60))
    w = fit.init([4, 5])
    assert np.array_equal(w[:, 0], fit.init([4])[:, 0]) and not np.array_equal(w[:, 0], w[:, 1])
    inner = w[120 : 120 + 3600]
    assert inner.var() == pytest.approx(2 / 120, rel=0.05)
    assert not w[60:120].any()


@pytest.mark.parametrize(("x", "y"), [([1.0, 2.0], [1.0]), ([[1.0]], [[1.0]]), ([], [])])
def test_points_that_do_not_fit_are_refused(x, y):
    with pytest.raises(ValueError, match=r"two flat arrays of one length\.$"):
        CurveFit(x, y)


@pytest.mark.parametrize(
    ("rule", "rate", "hyper"),
    [(GRADIENT_DESCENT, 0.2, {}), (MOMENTUM, 0.1, {"beta": 0.5}), (ADAM, 0.004, {})],
    ids=lambda x: getattr(x, "name", ""),
)
def test_followed_sharpness_is_the_top_of_the_whole_hessian(rule, rate, hyper):
    fit = CurveFit(np.linspace(-1, 1.7, 8), np.sin(3 * np.arange(8.0)), hidden=(5, 4))
    run = follow(fit, rule, [0, 1], steps=60, every=10, lr=np.array([rate, rate / 2]), **hyper)
    assert run.losses.shape == (61, 2) and run.sharpness.shape == (7, 2)
    for copy, share in ((0, 1), (1, 0.5)):
        w = fit.init([copy])[:, 0]
        v, s = np.zeros_like(w), np.zeros_like(w)
        for t in range(1, 61):
            loss, g = fit.loss_and_gradient(w[:, None])
            assert loss[0] == pytest.approx(run.losses[t - 1, copy], rel=1e-6)
            g, lr = g[:, 0], rate * share
            if rule is ADAM:
                v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g * g
                scale = np.sqrt(s / (1 - 0.999**t)) + 1e-8
                w = w - lr * v / (1 - 0.9**t) / scale
            else:
                scale = np.ones_like(w)
                v = hyper.get("beta", 0) * v - lr * g
                w = w + v
            if t in (30, 60):
                columns = [
                    fit.loss_and_gradient((w + 1e-30j * e)[:, None])[1][:, 0].imag / 1e-30
                    for e in np.eye(w.size)
                ]
                exact = np.linalg.eigvals(np.array(columns) / scale).real.max()
                assert run.sharpness[t // 10, copy] == pytest.approx(exact, rel=5e-3)


def test_a_run_does_not_depend_on_its_neighbours():
    rates = np.array([0.1, 0.2, 0.3])
    fit = task()
    together = follow(fit, GRADIENT_DESCENT, [0] * 3, steps=900, every=100, lr=rates)
    alone = follow(fit, GRADIENT_DESCENT, [0], steps=900, every=100, lr=0.2)
    assert np.array_equal(alone.losses[:, 0], together.losses[:, 1])
    assert np.array_equal(alone.w[:, 0], together.w[:, 1])


def test_runs_with_mini_batches_use_every_point_once_an_epoch():
    fit = CurveFit(np.arange(6.0), np.arange(6.0), hidden=(2, 2))
    seen = []
    original = fit.loss_and_gradient
    fit.loss_and_gradient = lambda w, chosen=None: (
        (seen.append(chosen) if chosen is not None else None) or original(w, chosen)
    )
    follow(fit, GRADIENT_DESCENT, [0, 1], steps=6, every=6, batch=2, lr=0.01)
    for copy in (0, 1):
        order = [chosen[:, copy] for chosen in seen]
        assert sorted(np.concatenate(order[:3])) == list(range(6))
    assert len(seen) == 6 and not np.array_equal(seen[0], seen[3])


def test_smaller_batches_end_flatter_with_other_seeds():
    ends = {
        size: follow(task(), GRADIENT_DESCENT, range(20, 26), lr=0.1, steps=2000, every=50,
                     batch=size).sharpness[-10:].mean(axis=0)
        for size in (2, 5, 10, None)
    }  # fmt: skip
    for small, large in ((2, 5), (5, 10), (10, None)):
        assert ratio(ends[small], ends[large]).says("lower", "same", "higher") == "lower"
    assert ends[None] == pytest.approx(20, rel=0.05)


def test_a_run_has_two_thousand_steps_and_is_looked_at_every_tenth():
    given = inspect.signature(follow).parameters
    assert (given["steps"].default, given["every"].default) == (2000, 10)
