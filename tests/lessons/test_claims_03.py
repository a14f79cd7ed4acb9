"""What lesson 03 says in general about averages: random β and waves, and fresh mini-batches."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import theory
from course_utils.exercises import exercises
from course_utils.networks import Network, digits, one_thread, train
from course_utils.optimizers import GRADIENT_DESCENT, ema

many = settings(max_examples=200, derandomize=True, deadline=None)
betas = st.floats(0.05, 0.995)


def weights(beta, count):
    """What each of count values weighs in the last average, the newest first, from the kernel."""
    out = np.zeros(count)
    for age in range(count):
        m = np.zeros(1)
        for step in range(count):
            ema(m, np.full(1, float(step == count - 1 - age)), beta=beta)
        out[age] = m[0]
    return out


@many
@given(betas, st.integers(1, 12))
def test_the_value_k_steps_back_weighs_one_minus_beta_times_beta_to_the_k(beta, count):
    found = weights(beta, count)
    assert found == pytest.approx((1 - beta) * beta ** np.arange(count), rel=1e-9, abs=1e-15)
    assert found.sum() == pytest.approx(1 - beta**count)


@many
@given(betas)
def test_late_by_the_mean_age_on_a_steady_rise_and_as_calm_as_a_mean_of_so_many(beta):
    k = np.arange(int(40 / (1 - beta)))
    w = (1 - beta) * beta**k
    assert w @ k == pytest.approx(beta / (1 - beta), rel=1e-6)
    assert w @ w == pytest.approx((1 - beta) / (1 + beta), rel=1e-6)


@many
@given(betas, st.floats(0.001, math.pi), st.floats(0.001, math.pi))
def test_the_higher_the_frequency_the_less_is_left(beta, one, other):
    slow, quick = sorted((one, other))
    gains = theory.ema_gain(beta, np.array([0.0, slow, quick, math.pi]))
    assert np.all(np.diff(gains) <= 1e-12)
    assert gains[[0, 3]] == pytest.approx([1, (1 - beta) / (1 + beta)])


@many
@given(betas, st.floats(0.01, math.pi))
def test_the_sum_amplifies_every_frequency_below_the_border_and_no_other(beta, omega):
    gain = 1 / abs(1 - beta * np.exp(-1j * omega))
    if abs(math.cos(omega) - beta / 2) > 1e-9:
        assert (gain > 1) == (math.cos(omega) > beta / 2)


@many
@given(st.floats(0.5, 0.995), st.integers(1, 500))
def test_a_start_at_the_first_value_weighs_it_up_to_the_window_times_its_share(beta, t):
    share = (1 - beta) * beta ** (t - 1) / (1 - beta**t)
    assert 1 - 1e-9 <= beta ** (t - 1) / share <= 1 / (1 - beta) * (1 + 1e-9)


@many
@given(st.floats(0.5, 0.995), st.integers(2, 30))
def test_the_correction_of_the_homework_is_right_from_one_and_too_strong_from_zero(beta, t):
    """u(t+1)/(1 - beta^t): counted from 1 with u1 = 0, or from 0 with u0 = 0."""
    held = weights(beta, t).sum()  # what the average of a constant 1 reads after t values
    assert held / (1 - beta**t) == pytest.approx(1)
    assert held / (1 - beta ** (t - 1)) > 1
    question = exercises()["shifted correction"].question
    assert "does not say where t begins" in question


@pytest.fixture(scope="module")
def late():
    """Errors over that of answering 0 late in training, for fresh seeds: rate, β, seed."""
    data, network = digits(), Network()
    x, y = data.x_train, data.y_train
    start = train(network, GRADIENT_DESCENT, data, lr=1, epochs=10, seed=0).w
    found = {}
    with one_thread():
        for lr in (0.1, 0.01):
            for seed in (20, 21, 22):
                w, m, gaps, zeros = start, np.zeros((len(GRID), start.size)), [], []
                rng = np.random.default_rng(seed)
                for step in range(1500):
                    chosen = rng.integers(0, y.size, 62)
                    g = network.gradient(w, x[:, chosen], y[chosen])
                    m = GRID * m + (1 - GRID) * g
                    if step >= 500 and step % 25 == 0:
                        full = network.gradient(w, x, y)
                        gaps.append(np.sum((m / (1 - GRID ** (step + 1)) - full) ** 2, axis=1))
                        zeros.append(full @ full)
                    w = w - lr * g
                ratios = np.sqrt(np.mean(gaps, axis=0) / np.mean(zeros))
                found.setdefault(lr, []).append(ratios)
    return {lr: np.array(rows) for lr, rows in found.items()}


GRID = np.array([0.9, 0.99, 0.995, 0.999])[:, None]


def test_late_in_training_short_averages_do_worse_than_answering_0(late):
    for rows in late.values():
        assert np.all(rows[:, 0] > 1.2)


def test_late_in_training_a_long_filled_memory_does_better_than_answering_0(late):
    for rows in late.values():
        assert np.all(rows[:, 2] < 1)


def test_late_the_plain_mean_is_as_good_as_any_at_rate_a_tenth_and_too_long_at_a_hundredth(late):
    quick, slow = np.median(late[0.1], axis=0), np.median(late[0.01], axis=0)
    assert quick.argmin() == 3
    assert slow.argmin() == 2


@many
@given(betas)
def test_the_window_holds_more_than_63_per_cent_and_tends_to_it_as_beta_goes_to_one(beta):
    held = 1 - beta ** (1 / (1 - beta))
    assert held > 1 - math.exp(-1)
    assert 1 - 0.999**1000 == pytest.approx(1 - math.exp(-1), abs=1e-3)
    assert 1 - 0.5**2 == 0.75, "so the summary must say: for beta near 1"
