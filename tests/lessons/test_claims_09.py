"""What lesson 09 says of every quadratic, and of its runs: a search for counter-examples."""

from itertools import pairwise
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_discrete_lyapunov

from course_utils import theory
from course_utils.networks import (
    Data,
    Network,
    difference,
    digits,
    one_thread,
    ratio,
    train,
    train_side_by_side,
)
from course_utils.optimizers import (
    GRADIENT_DESCENT,
    cosine,
    inverse_time,
    metropolis,
    step_decay,
    sutskever,
)
from course_utils.surfaces import tilted_well
from tools.lessons import ROOT, find, read_twin

few = settings(derandomize=True, max_examples=200, deadline=None)
curvatures = st.floats(0.01, 100)
shares = st.floats(0.001, 0.999)
betas = st.floats(0.01, 0.99)


def floor(lr, beta, curvature, noise=1.0):
    """The mean loss by SciPy's solution of the Lyapunov equation; infinite where none exists."""
    step = np.array([[beta, -lr * curvature], [beta, 1 - lr * curvature]])
    if np.abs(np.linalg.eigvals(step)).max() >= 1:
        return inf
    push = -lr * noise * np.ones((2, 1))
    return curvature / 2 * solve_discrete_lyapunov(step, push @ push.T)[1, 1]


@few
@given(curvatures, shares, betas)
def test_momentum_at_the_same_rate_raises_the_floor_up_to_one_plus_beta(curvature, share, beta):
    z = 2 * share
    assume(abs(z - 1 - beta) > 1e-3)
    ratio = floor(z / curvature, beta, curvature) / floor(z / curvature, 0.0, curvature)
    assert (ratio > 1) == (z < 1 + beta)


@few
@given(curvatures, betas)
def test_at_equal_effective_rate_short_steps_have_one_floor(curvature, beta):
    lr = 1e-3 * (1 - beta) / curvature
    plain = floor(lr / (1 - beta), 0.0, curvature)
    assert floor(lr, beta, curvature) == pytest.approx(plain, rel=2e-3)


@few
@given(curvatures, st.floats(0.01, 1.99), st.floats(0.01, 1.99), betas)
def test_the_floor_falls_with_the_rate_and_with_the_batch(curvature, one, other, beta):
    assume(abs(one - other) > 1e-3)
    low, high = sorted((one, other))
    for memory in (0.0, beta):
        smaller = floor(low / curvature, memory, curvature)
        assert smaller < floor(high / curvature, memory, curvature)
        quarter = floor(low / curvature, memory, curvature, noise=0.5)
        assert quarter == pytest.approx(smaller / 4)


@few
@given(curvatures, st.floats(0.1, 10), st.floats(0.05, 0.7), st.floats(-5, 5))
def test_rates_that_fall_slowly_to_zero_cool_though_their_squares_do_not_add_up(
    curvature, noise, power, start
):
    ends = []
    for steps in (200, 2000):
        mean, variance = 0.0 + start, 0.0
        for t in range(1, steps + 1):
            rate = 1 / (curvature * t**power)
            mean *= 1 - rate * curvature
            variance = variance * (1 - rate * curvature) ** 2 + (rate * noise) ** 2
        ends.append(mean**2 + variance)
        # the floor of the rate that the run has arrived at, and what it lags behind
        assert variance == pytest.approx(theory.noise_variance(rate, curvature, noise), rel=0.5)
    assert ends[1] < 0.95 * ends[0]


@few
@given(curvatures, st.floats(0.05, 5), st.floats(0.05, 5), st.floats(0.1, 100))
def test_the_best_rate_has_the_critical_batch_in_it(curvature, slope, sigma, size):
    critical = sigma**2 / slope**2
    best = 1 / curvature / (1 + critical / size)

    def after(lr):
        return -lr * slope**2 + lr**2 * curvature * (slope**2 + sigma**2 / size) / 2

    assert after(best) < min(after(best * 0.99), after(best * 1.01))


@few
@given(st.floats(-1.4, 1.4), st.floats(0.001, 1), st.floats(0.3, 1), st.integers(2, 60))
def test_short_steps_that_get_shorter_never_climb(start, share, factor, steps):
    well = tilted_well()
    # the largest curvature of the well on the interval that holds the run, 12 w² - 4 at its end
    limit = 2 / (12 * 1.5**2 - 4)
    plan, x = step_decay(share * limit, factor, 5), np.array([start])
    losses = [well.value(x)[0]]
    for t in range(1, steps + 1):
        x = x - plan(t) * well.slope(x)
        losses.append(well.value(x)[0])
    assert all(b <= a + 1e-12 for a, b in pairwise(losses))


@few
@given(st.floats(0.01, 5), st.floats(0.05, 5))
def test_metropolis_accepts_a_climb_with_the_exponential(climb, temperature):
    draw, x = np.random.default_rng(0), np.zeros(4000)
    accepted = metropolis(x, lambda y: climb * (y != 0), draw, temperature=temperature, width=1.0)
    share = np.exp(-climb / temperature)
    assert accepted.mean() == pytest.approx(share, abs=5 * np.sqrt(0.25 / 4000))


@few
@given(st.floats(0.001, 10), st.integers(1, 500))
def test_the_cosine_keeps_its_mean_and_is_symmetric(top, steps):
    assume(steps > 1)
    rates = np.array([cosine(top, steps)(t) for t in range(1, steps + 1)])
    assert rates.mean() == pytest.approx(top / 2)
    assert rates + rates[::-1] == pytest.approx(top)


def test_sutskevers_beta_rises_by_the_closed_form():
    said = [1 - 1 / (2 * (t // 250 + 1)) for t in range(0, 3000, 250)]
    assert [sutskever(1)(t) for t in range(0, 3000, 250)] == pytest.approx(said)


def test_where_the_noise_dies_decay_costs_training_loss_and_does_not_lose_the_test():
    """Seeds that the lesson does not use, at the rates that it chooses on validation data."""
    whole, network = digits(), Network()
    data = Data(whole.x_train[:, :1000], whole.y_train[:1000], whole.x_test, whole.y_test)
    ends = {}
    for name, plan in (("constant", 0.8), ("cosine", cosine(0.8, 630))):
        runs = [
            train(network, GRADIENT_DESCENT, data, lr=plan, batch=16, epochs=10, seed=seed)
            for seed in range(200, 216)
        ]
        ends[name] = np.array([(run.losses[-1], 100 * run.accuracies[-1]) for run in runs]).T
    assert ratio(ends["cosine"][0], ends["constant"][0]).low > 1
    assert difference(ends["cosine"][1], ends["constant"][1]).high > 0


@few
@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(1e-6, 5e-3))
def test_for_short_steps_steep_and_flat_directions_hover_at_one_loss(steep, flat, z):
    lr = z / max(steep, flat)
    assert floor(lr, 0.0, steep) == pytest.approx(floor(lr, 0.0, flat), rel=3e-3)
    assert floor(lr / 2, 0.0, steep) == pytest.approx(floor(lr, 0.0, steep) / 2, rel=3e-3)


@pytest.mark.parametrize("most", [0.08, 0.16])
def test_on_the_ravine_each_schedule_ends_below_the_best_constant_rate(most):
    tops, curvatures = np.linspace(0.01, most, 151)[:, None], np.array([25, 1])

    def lowest(plan):
        at = curvatures, 12 / np.sqrt(8), np.array([2, -10])
        mean, spread = theory.noisy_path(plan, 0, *at, 120)
        return np.nanmin((mean[-1] ** 2 + spread[-1]) @ curvatures / 2)

    constant = lowest(lambda t: tops)
    falling = step_decay(tops, 0.1, 40), inverse_time(tops, 20), cosine(tops, 120)
    assert all(lowest(plan) < 0.7 * constant for plan in falling)
    # From above the limit of a constant rate two of them end lower still.
    for shape in (lambda top: step_decay(top, 0.1, 40), lambda top: inverse_time(top, 20)):
        assert lowest(shape(np.linspace(0.08, 0.12, 41)[1:, None])) < lowest(shape(0.08))


def test_where_labels_are_wrong_decay_lowers_the_training_loss_and_raises_the_test_accuracy():
    """Seeds that the lesson does not use, at tops on both sides of those that it chooses."""
    whole, network = digits(), Network()
    draw, labels = np.random.default_rng(0), whole.y_train.copy()
    swapped = draw.random(labels.size) < 0.2
    labels[swapped] = draw.integers(10, size=swapped.sum())
    data = Data(whole.x_train[:, :1000], labels[:1000], whole.x_test, whole.y_test)

    def ends(plan):
        made = dict(lr=plan, batch=16, epochs=10)
        return train_side_by_side(network, GRADIENT_DESCENT, data, range(300, 312), **made)

    falling = ends(cosine(0.8, 630))
    for top in (0.05, 0.1):
        constant = ends(top)
        assert ratio(falling.losses, constant.losses).high < 1
        assert difference(100 * falling.accuracies, 100 * constant.accuracies).low > 0


# On data


@pytest.fixture(scope="module")
def hovering():
    """What the cells of lesson 09 define that foretell and measure where a linear model hovers."""
    names = {"data": digits(), "n": digits().y_train.size}
    for cell in read_twin(find(ROOT, ["09"])[0]).cells:
        if cell.source.startswith(("import numpy", "from course_utils", "linear, x", "def hovers")):
            exec(cell.source, names)
    return names


def test_the_prediction_holds_at_small_rates_and_a_larger_rate_hovers_higher(hovering):
    def over(setting, shuffled):
        seen = [hovering["hovers"](*setting, seed, shuffled) for seed in range(20, 24)]
        return np.mean(seen) / hovering["foretold"](*setting)

    with one_thread():
        for small in ((0.01, 0, 8), (0.02, 0.0, 16), (0.002, 0.9, 8)):
            assert over(small, False) == pytest.approx(1, abs=0.08)
            assert over(small, True) < 1
        large = 0.12, 0, 4
        assert over(large, False) > 1.05 and over(large, True) > 1.03


def test_where_every_sample_fits_a_constant_rate_does_not_follow_the_noise_for_ever():
    """The noise of a sample whose error is 0 is 0 as well, so the loss goes to 0."""
    random = np.random.default_rng(0)
    inputs, truth = random.normal(size=(40, 5)), random.normal(size=5)
    w = np.zeros(5)
    for _ in range(4000):
        x = inputs[random.integers(40)]
        w -= 0.05 * x * (x @ (w - truth))
    assert np.mean((inputs @ (w - truth)) ** 2) < 1e-12


def test_on_digits_the_loss_follows_the_quotient_of_rate_and_batch_within_15_per_cent():
    """Fresh seeds, below the limit of stability, at the quotient of the lesson's second row."""
    data, network = digits(), Network()

    def ends(quotient, batch):
        plan = dict(lr=quotient * batch, batch=batch, epochs=10)
        return np.array(
            [
                train(network, GRADIENT_DESCENT, data, seed=n, **plan).losses[-1]
                for n in range(300, 306)
            ]
        )

    middle = ends(0.01, 32)
    for batch in (8, 128):
        assert abs(np.log(ratio(ends(0.01, batch), middle).effect)) < 0.15
    assert ratio(ends(0.003, 32), middle).low > 2
