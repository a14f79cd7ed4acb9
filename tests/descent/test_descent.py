"""The loop against closed forms: single runs, ten thousand at once, runs that run away."""

import time

import numpy as np
import pytest

from course_utils.descent import Trajectory, descend, padded
from course_utils.optimizers import (
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    Rule,
    anneal,
)
from course_utils.surfaces import W1, W2, Surface, article_ravine, ravine, rosenbrock
from course_utils.theory import best_momentum, momentum_matrix

CURVATURES = np.array([25.0, 1.0])
START = np.array([2.0, -10.0])
MOMENTA = (MOMENTUM, AVERAGED_MOMENTUM, MOMENTUM_RATE_OUTSIDE)


def loss(w):
    """The ravine once more, with kappa = 25."""
    return 12.5 * w[0] ** 2 + 0.5 * w[1] ** 2


# Against closed forms


@pytest.mark.parametrize("lr", [0.01, 0.04, 0.076, 0.08])
def test_gradient_descent_multiplies_each_weight_by_its_own_factor(lr):
    run = descend(ravine(), GRADIENT_DESCENT, lr=lr, steps=60)
    k = np.arange(61)[:, None]
    assert run.positions == pytest.approx((1 - lr * CURVATURES) ** k * START, rel=1e-12, abs=1e-12)
    assert run.losses == pytest.approx(loss(run.positions.T), rel=1e-13)
    assert run.gradients == pytest.approx(CURVATURES * run.positions, rel=1e-13)
    assert run.steps == 60 and run.stopped is None and dict(run.memory) == {}


@pytest.mark.parametrize(("lr", "beta"), [(0.076, 0.5), (0.01, 0.95), (0.111, 0.444), (0.03, 0.0)])
def test_momentum_is_the_power_of_its_matrix(lr, beta):
    run = descend(ravine(), MOMENTUM, lr=lr, beta=beta, steps=50)
    for i, curvature in enumerate(CURVATURES):
        step, state = momentum_matrix(lr, beta, curvature), np.array([0.0, START[i]])
        for k in (0, 1, 2, 7, 50):
            v, w = np.linalg.matrix_power(step, k) @ state
            assert run.positions[k, i] == pytest.approx(w, rel=1e-11, abs=1e-12)
            assert run.memory["v"][k, i] == pytest.approx(v, rel=1e-11, abs=1e-12)


def test_a_turned_ravine_makes_a_turned_path():
    theta = 0.7
    turn = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    for rule in MOMENTA:
        plain = descend(ravine(), rule, lr=0.05, beta=0.6)
        turned = descend(ravine(theta=theta), rule, lr=0.05, beta=0.6)
        assert turned.positions == pytest.approx(plain.positions @ turn.T, abs=1e-11)


def test_best_momentum_needs_the_steps_that_the_rate_promises():
    lr, beta, rate = best_momentum(100, 1)
    run = descend(ravine(100), MOMENTUM, lr=lr, beta=beta, steps=200)
    far = np.linalg.norm(run.positions, axis=1)
    assert (far[200] / far[100]) ** 0.01 == pytest.approx(rate, rel=0.01)
    assert descend(ravine(100), MOMENTUM, (1, 10), lr=0.03, beta=0.7).steps_to(1e-3) == 36
    assert descend(ravine(100), GRADIENT_DESCENT, (1, 10), 400, lr=0.0195).steps_to(1e-3) == 275


# Many at once


def test_ten_thousand_descents_are_ten_thousand_single_ones_and_quick():
    random = np.random.default_rng(1)
    start = random.normal(size=(2, 10_000)) * 5
    lr = random.uniform(0.001, 0.079, 10_000)
    beta = random.uniform(0, 0.95, 10_000)
    descend(ravine(), MOMENTUM, start[:, :2], 1, lr=lr[:2], beta=beta[:2])
    begun = time.process_time()
    run = descend(ravine(), MOMENTUM, start, 50, lr=lr, beta=beta)
    assert time.process_time() - begun < 3
    assert run.positions.shape == run.memory["v"].shape == (51, 2, 10_000)
    assert run.losses.shape == (51, 10_000) and run.gradients.shape == (51, 2, 10_000)
    for i in (0, 17, 9_999):
        one = descend(ravine(), MOMENTUM, start[:, i], 50, lr=lr[i], beta=beta[i])
        assert run.positions[:, :, i] == pytest.approx(one.positions, rel=1e-12, abs=1e-12)
        assert run.memory["v"][:, :, i] == pytest.approx(one.memory["v"], rel=1e-12, abs=1e-12)
        assert run.losses[:, i] == pytest.approx(one.losses, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("start", "lr", "beta", "batch"),
    [
        ((2,), (), (), ()),
        ((2,), (7,), (), (7,)),
        ((2,), (), (4, 3), (4, 3)),
        ((2, 3), (), (), (3,)),
        ((2, 3), (3,), (3,), (3,)),
        ((2, 3), (4, 1), (), (4, 3)),
        ((2, 4, 3), (3,), (4, 1), (4, 3)),
    ],
    ids=str,
)
def test_starts_and_settings_broadcast(start, lr, beta, batch):
    random = np.random.default_rng(4)
    w, eta = random.uniform(1, 5, start), random.uniform(0.01, 0.07, lr)
    b = random.uniform(0, 0.9, beta)
    run = descend(ravine(), MOMENTUM, w, 5, lr=eta, beta=b)
    assert run.positions.shape == (6, 2, *batch)
    first = w.reshape(2, *[1] * (len(batch) + 1 - w.ndim), *w.shape[1:])
    first = np.broadcast_to(first, (2, *batch))
    eta, b = np.broadcast_to(eta, batch), np.broadcast_to(b, batch)
    for place in np.ndindex(batch):
        at = (slice(None), *place)
        one = descend(ravine(), MOMENTUM, first[at], 5, lr=eta[place], beta=b[place])
        assert run.positions[(..., *place)] == pytest.approx(one.positions, rel=1e-12, abs=1e-14)


def test_shapes_that_do_not_fit_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^[A-Z].*\(3,\).*\(4,\).*\.$"):
        descend(ravine(), MOMENTUM, np.ones((2, 3)), lr=np.full(4, 0.01))
    with pytest.raises(ValueError, match=r"^[A-Z].*\(2,\).*\(5,\).*\.$"):
        descend(ravine(), MOMENTUM, lr=np.full(2, 0.01), beta=np.full(5, 0.5))


# Settings that change with the step


def test_a_schedule_is_asked_for_t_from_one():
    asked = []

    def lr(t):
        asked.append(t)
        return 0.04 / t

    run = descend(ravine(), GRADIENT_DESCENT, lr=lr, steps=4)
    assert asked == [1, 2, 3, 4]
    expected = [START]
    for t in range(1, 5):
        expected.append((1 - 0.04 / t * CURVATURES) * expected[-1])
    assert run.positions == pytest.approx(np.array(expected), rel=1e-14)


def test_an_annealed_beta_is_the_loop_written_out():
    run = descend(ravine(), MOMENTUM, lr=0.02, beta=anneal(0.5, 0.9, 6), steps=10)
    w, v = START.copy(), np.zeros(2)
    for t in range(1, 11):
        beta = 0.5 + 0.4 * min((t - 1) / 5, 1)
        v = beta * v - 0.02 * CURVATURES * w
        w = w + v
        assert run.positions[t] == pytest.approx(w, rel=1e-12)
    assert "scheduled" in repr(run)


def test_a_schedule_may_hold_a_batch():
    rates = np.array([0.01, 0.05])
    run = descend(ravine(), GRADIENT_DESCENT, lr=lambda t: rates / t, steps=3)
    one = descend(ravine(), GRADIENT_DESCENT, lr=lambda t: 0.05 / t, steps=3)
    assert run.positions[..., 1] == pytest.approx(one.positions)


def test_a_rule_that_counts_gets_t_from_one():
    def counting(w, g, s, *, lr, t):
        s += t
        w -= lr * t * g

    rule = Rule("counting", counting)
    run = descend(ravine(), rule, lr=0.001, steps=4)
    assert run.memory["s"][:, 0].tolist() == [0, 1, 3, 6, 10]
    expected = START * np.prod([1 - 0.001 * t * CURVATURES for t in (1, 2, 3, 4)], axis=0)
    assert run.positions[-1] == pytest.approx(expected)


# Running away


def test_a_single_descent_that_runs_away_ends_at_its_last_good_step():
    run = descend(ravine(), GRADIENT_DESCENT, lr=0.1, steps=500)
    factors = 1 - 0.1 * CURVATURES
    losses = [loss(factors**k * START) for k in range(501)]
    step = next(k for k, x in enumerate(losses) if x > 1e12 * losses[0])
    assert run.steps == step - 1
    assert run.positions.shape == (step, 2) and run.losses.shape == (step,)
    assert np.isfinite(run.positions).all() and run.losses[-1] <= 1e12 * run.losses[0]
    assert run.stopped.startswith("The descent ran away: ") and run.stopped.endswith(".")
    assert f"at step {step} " in run.stopped and "smaller learning rate" in run.stopped
    assert run.stopped in repr(run)


def test_memory_ends_with_the_positions():
    run = descend(ravine(), MOMENTUM, lr=0.2, beta=0.5, steps=500)
    assert run.stopped and run.memory["v"].shape == run.positions.shape
    assert np.isfinite(run.memory["v"]).all()


def test_in_a_batch_only_those_that_run_away_become_nan():
    lr = np.array([0.05, 0.1, 0.079, 0.2])
    run = descend(ravine(), MOMENTUM, lr=lr, beta=0.0, steps=80)
    alone = [descend(ravine(), MOMENTUM, lr=x, beta=0.0, steps=80) for x in lr]
    first = min(one.steps + 1 for one in alone if one.stopped)
    assert run.stopped.startswith("2 of 4 descents ran away") and f"at step {first} " in run.stopped
    assert run.steps == 80
    for i, one in enumerate(alone):
        n = one.steps + 1
        assert run.positions[:n, :, i] == pytest.approx(one.positions, rel=1e-12, abs=1e-15)
        assert np.isnan(run.positions[n:, :, i]).all() and np.isnan(run.losses[n:, i]).all()
        assert np.isnan(run.memory["v"][n:, :, i]).all()
    assert run.steps_to(0.1)[[1, 3]].tolist() == [np.inf, np.inf]
    assert run.steps_to(0.1)[0] == alone[0].steps_to(0.1)
    assert run.settles_at(0.1)[1] == np.inf


def test_rosenbrock_overflows_and_says_at_which_step():
    run = descend(rosenbrock(), GRADIENT_DESCENT, lr=0.1, steps=200)
    assert run.stopped and f"at step {run.steps + 1} " in run.stopped
    assert np.isfinite(run.losses).all()


def test_who_ran_away_once_does_not_come_back():
    """A step of 1e8 and then one of 1/25 ends on the floor; what lies between is no descent."""

    def lr(t):
        return np.array([{1: 0.02, 2: 1e8}.get(t, 0.04), 0.02])

    one = descend(ravine(), GRADIENT_DESCENT, (1.0, 0.0), lr=lambda t: lr(t)[0], steps=5)
    assert one.steps == 1 and "at step 2 " in one.stopped
    many = descend(ravine(), GRADIENT_DESCENT, (1.0, 0.0), lr=lr, steps=5)
    assert np.isnan(many.positions[2:, :, 0]).all() and np.isfinite(many.positions[:2]).all()
    assert np.isfinite(many.positions[:, :, 1]).all() and "at step 2 " in many.stopped


def test_a_bounce_for_ever_is_not_running_away():
    run = descend(article_ravine(), GRADIENT_DESCENT, lr=0.05, steps=2000)
    assert run.stopped is None
    assert np.abs(run.positions[-2:, 0]) == pytest.approx(0.25 * np.sqrt(3), rel=1e-9)
    assert run.losses[-1] == pytest.approx(5, rel=1e-6)


def test_a_start_without_a_finite_loss_is_refused_in_a_sentence():
    for start in ((1e200, 0.0), np.array([[1.0, 1e200], [1.0, 0.0]])):
        with pytest.raises(ValueError, match=r"^[A-Z].*start.*\.$"):
            descend(rosenbrock(), GRADIENT_DESCENT, start, lr=0.1)


def test_a_start_close_to_the_minimum_may_grow_before_it_counts_as_running_away():
    run = descend(ravine(), GRADIENT_DESCENT, (1e-9, 1e-9), lr=0.1, steps=60)
    assert run.stopped is None
    assert 1 < run.losses[-1] < 1e12


# What a trajectory tells


def hand_made(x):
    """A trajectory through given values of w1, with w2 = 0 and loss w1^2."""
    surface = Surface("square", W1**2 + W2**2, (1, 0), (0, 0), ((-1, 1), (-1, 1)), "a test")
    x = np.asarray(x, dtype=float)
    positions = np.stack([x, 0 * x], axis=1)
    return Trajectory(surface, GRADIENT_DESCENT, {"lr": 0.1}, positions, {}, None)


def test_steps_to_and_settles_at():
    run = hand_made([3, 1, 2, 0.5, 0.1, 0.2])
    assert run.losses.tolist() == pytest.approx([9, 1, 4, 0.25, 0.01, 0.04])
    assert (run.steps_to(1), run.settles_at(1)) == (1, 3)
    assert (run.steps_to(0.03), run.settles_at(0.03)) == (4, None)
    assert (run.steps_to(9), run.settles_at(9)) == (0, 0)
    assert run.steps_to(1e-9) is None and run.settles_at(1e-9) is None
    assert isinstance(run.steps_to(1), int)


def test_steps_to_in_a_batch():
    run = hand_made(np.array([[3, 3], [1, 2], [2, 2], [0.5, 2]]))
    assert run.steps_to(1).tolist() == [1, np.inf]
    assert run.settles_at(1).tolist() == [3, np.inf]


def test_sign_flips():
    assert hand_made([1, -1, -2, 3, 3, -1]).sign_flips(0) == 3
    assert hand_made([1, -1]).sign_flips(1) == 0
    batch = hand_made(np.array([[1, 1], [-1, 2], [1, -1]])).sign_flips(0)
    assert batch.tolist() == [2, 1]
    assert isinstance(hand_made([1, -1]).sign_flips(0), int)


def test_sign_flips_of_weights_too_small_to_be_multiplied():
    run = descend(ravine(), GRADIENT_DESCENT, lr=0.05, steps=300)
    assert run.sign_flips(0) == 300
    assert run.sign_flips(1) == 0


def test_the_arrays_of_a_trajectory_cannot_be_changed():
    for run in (
        descend(ravine(), MOMENTUM, lr=0.05, steps=3),
        descend(ravine(), MOMENTUM, lr=0.3, beta=0.1, steps=300),
        descend(ravine(), MOMENTUM, lr=np.array([0.05, 0.3]), steps=300),
    ):
        for array in (run.positions, run.losses, run.gradients, run.memory["v"]):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
        with pytest.raises(AttributeError):
            run.stopped = "never"


def test_the_start_that_was_given_stays_as_it_was():
    start = np.array([2.0, -10.0])
    descend(ravine(), MOMENTUM, start, lr=0.05)
    assert start.tolist() == [2, -10]


def test_no_steps_is_the_start():
    run = descend(ravine(), MOMENTUM, lr=0.05, steps=0)
    assert run.positions.tolist() == [[2, -10]] and run.memory["v"].tolist() == [[0, 0]]
    assert run.steps == 0 and run.losses.tolist() == [100] and run.sign_flips(0) == 0
    assert descend(ravine(), MOMENTUM, lr=anneal(0.1, 0.2, 3), steps=0).steps == 0


def test_at_the_minimum_nothing_moves():
    for rule in (GRADIENT_DESCENT, *MOMENTA):
        run = descend(ravine(), rule, (0, 0), lr=0.05)
        assert not run.positions.any() and not run.losses.any() and run.stopped is None


def test_without_a_start_a_descent_begins_at_the_surfaces_own():
    for surface in (ravine(), article_ravine(), rosenbrock()):
        run = descend(surface, GRADIENT_DESCENT, lr=1e-4, steps=2)
        assert run.positions[0].tolist() == list(surface.start)
    assert descend(ravine(), GRADIENT_DESCENT, lr=0.01).steps == 100


def test_a_trajectory_in_words():
    one = descend(ravine(), MOMENTUM, lr=0.04, steps=3)
    words = (
        f"momentum (lr = 0.04, beta = 0.9) on the ravine: 3 steps, loss 100 to {one.losses[3]:.4g}"
    )
    assert repr(one) == words
    many = descend(ravine(), MOMENTUM, lr=np.array([0.01, 0.02]), steps=3)
    assert repr(many) == (
        "momentum (lr = 2 values, beta = 0.9) on the ravine: 2 trajectories of 3 steps"
    )
    assert dict(one.settings) == {"lr": 0.04, "beta": 0.9}


def test_a_surface_of_ones_own_needs_value_gradient_start_and_name():
    class Bowl:
        name, start = "bowl", (3.0, 4.0)

        def value(self, w):
            return (w**2).sum(axis=0) / 2

        def gradient(self, w):
            return w.copy()

    run = descend(Bowl(), GRADIENT_DESCENT, lr=0.5, steps=2)
    assert run.losses.tolist() == [12.5, 3.125, 0.78125]
    assert "bowl" in repr(run)


def test_a_run_that_ended_early_stays_where_it_was_last_seen():
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert padded(values, 3).tolist() == [[1, 2], [3, 4], [3, 4], [3, 4]]
    assert padded(values, 1).tolist() == values.tolist()
    run = descend(ravine(), MOMENTUM, lr=0.2, beta=0.5, steps=200)
    whole = run.padded(200)
    assert run.stopped and run.steps < 200 == whole.steps and whole.stopped == run.stopped
    for before, after in (
        (run.positions, whole.positions),
        (run.memory["v"], whole.memory["v"]),
        (run.losses, whole.losses),
        (run.gradients, whole.gradients),
    ):
        assert np.array_equal(after[: run.steps + 1], before)
        assert (after[run.steps :] == before[-1]).all() and not after.flags.writeable
    assert whole.padded(10) is whole
