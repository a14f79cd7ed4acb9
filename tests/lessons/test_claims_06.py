"""What lesson 06 says in general, searched for counter-examples by program."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import exercises
from course_utils.optimizers import (
    ADAGRAD,
    GRADIENT_DESCENT,
    RMSPROP,
    adagrad,
    centred_rmsprop,
    rmsprop,
)
from course_utils.surfaces import ravine

quick = settings(derandomize=True, max_examples=100, deadline=None, database=None)
CASES = ((25, 150, 4.0), (16, 120, 2.5), (20, 130, 3.2), (36, 190, 5.7))


def stops(kappa, bar, eps):
    """The exercise whose run comes to rest, with these numbers."""
    case = {"kappa": kappa, "bar": bar, "eps": eps}
    return exercises()["RMSProp below 1e-3"].make(case=case)


@quick
@given(
    lr=st.floats(0.01, 1), rho=st.floats(0.05, 0.999), curvature=st.floats(0.05, 100),
    sign=st.sampled_from((-1, 1)),
)  # fmt: skip
def test_half_a_step_from_the_minimum_is_an_exact_cycle(lr, rho, curvature, sign):
    w, s = np.array([sign * lr / 2]), np.array([(curvature * lr / 2) ** 2])
    memory = s.copy()
    rmsprop(w, curvature * w, s, lr=lr, rho=rho, eps=0)
    assert w[0] == pytest.approx(-sign * lr / 2) and s == pytest.approx(memory)


@pytest.mark.parametrize("kappa", [2, 25, 100])
def test_rmsprop_climbs_back_to_its_floor(kappa):
    random = np.random.default_rng(kappa)
    start, lr = random.uniform(0.1, 10, (2, 200)), random.uniform(0.05, 0.5, 200)
    rho = random.choice((0.5, 0.8, 0.9, 0.95), 200)
    run = descend(ravine(kappa), RMSPROP, start=start, lr=lr, rho=rho, eps=0, steps=1500)
    np.testing.assert_allclose(run.losses[-1], theory.rmsprop_floor(lr, kappa, 1), rtol=0.05)


@pytest.mark.parametrize("kappa", [2, 9, 25, 50])
def test_above_its_border_eps_brings_both_weights_to_rest(kappa):
    random = np.random.default_rng(kappa)
    ratio, lr = random.uniform(1.02, 2.7, 200), random.uniform(0.05, 5, 200)
    eps = ratio * theory.smallest_quiet_eps(lr, kappa)
    run = descend(ravine(kappa), RMSPROP, lr=lr, rho=0.9, eps=eps, steps=2500)
    assert run.losses[-1].max() < 1e-9


@quick
@given(rho=st.floats(0.5, 0.99), steps=st.integers(2, 150), slope=st.floats(0.01, 100))
def test_on_a_steady_slope_the_squared_spread_fades_like_rho_to_the_t(rho, steps, slope):
    w, memory = np.zeros(1), [np.zeros(1), np.zeros(1)]
    for _ in range(steps):
        centred_rmsprop(w, np.array([slope]), *memory, lr=0.0, rho=rho, eps=1.0)
    share = rho**steps
    assert memory[0][0] / slope**2 == pytest.approx(share * (1 - share), abs=1e-9)


def fewest(degrees, rule, rates, **hyper):
    turned = ravine(100, theta=np.radians(degrees))
    run = descend(turned, rule, lr=rates, steps=600, **hyper)
    return np.nanmin(run.settles_at(1e-3 * turned.value(turned.start)))


def test_dividing_by_s_helps_the_less_the_more_the_ravine_is_turned_and_not_at_45_degrees():
    rates, angles = np.geomspace(0.05, 20, 80), (0, 2, 5, 10, 20, 45)
    adagrad = [fewest(a, ADAGRAD, rates) for a in angles]
    descent = [fewest(a, GRADIENT_DESCENT, np.linspace(0.015, 0.0205, 111)) for a in angles]
    assert np.all(np.diff(adagrad) >= 0) and adagrad[0] < 10
    assert np.ptp(descent) == 0 and adagrad[-1] > descent[-1]
    left = [theory.best_scaled_kappa(100, np.radians(a)) for a in angles]
    assert np.all(np.diff(left) > 0) and left[-1] == pytest.approx(100)
    for rho in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999):
        assert fewest(45, RMSPROP, np.geomspace(0.001, 3, 80), rho=rho) > descent[-1]


@pytest.mark.parametrize(("kappa", "bar", "eps"), CASES)
def test_every_right_answer_to_below_1e_3_is_right_for_good(kappa, bar, eps):
    exercise, random = stops(kappa, bar, eps), np.random.default_rng(kappa)
    lr = np.exp(random.uniform(np.log(0.01), np.log(20), 400))
    guard = np.exp(random.uniform(np.log(1e-8), np.log(6 * kappa), 400))
    guard[:300] = random.uniform(0.8, 3, 300) * lr[:300] * kappa / 2
    steps = descend(ravine(kappa), RMSPROP, lr=lr, rho=0.9, eps=guard, steps=2000).settles_at(1e-3)
    right = steps <= bar
    assert right.sum() > 50 and np.nanmin(steps) >= exercise.best()[0]
    # Hint 2: with an eps near 0 none is right.
    assert not right[guard < 0.01].any()
    longer = descend(ravine(kappa), RMSPROP, lr=lr[right], rho=0.9, eps=guard[right], steps=6000)
    np.testing.assert_array_equal(longer.settles_at(1e-3), steps[right])


@pytest.mark.parametrize(("kappa", "bar", "eps"), CASES)
def test_every_setting_that_hint_three_names_is_right(kappa, bar, eps):
    lr, share = np.meshgrid(np.linspace(0.2, 3, 40), np.linspace(1.0005, 1.12, 12))
    guard = share.ravel() * lr.ravel() * kappa / 2
    run = descend(ravine(kappa), RMSPROP, lr=lr.ravel(), rho=0.9, eps=guard, steps=2000)
    assert run.settles_at(1e-3).max() <= bar
    exercise = stops(kappa, bar, eps)
    assert exercise.assess({"lr": 0.3, "eps": eps}).verdict == "right"
    best, where = exercise.best()
    again = descend(ravine(kappa), RMSPROP, rho=0.9, steps=400, **where)
    assert again.settles_at(1e-3) == best
    for name, (low, high, _) in exercise.grid.items():
        assert low < where[name] < high


def test_the_memory_that_the_task_sets_is_not_asked_for():
    feedback = stops(*CASES[0]).assess({"lr": 0.01, "rho": 0.99999, "eps": 1e-8})
    assert feedback.verdict == "not yet" and "rho = 0.9" in feedback.text


def test_a_zig_zag_can_be_so_narrow_that_w2_has_the_larger_average():
    for lr, larger in ((0.076, 0), (0.05, 1)):
        run = descend(ravine(25), GRADIENT_DESCENT, lr=lr, steps=400)
        memory = np.zeros(2)
        for gradient in run.gradients:
            memory = 0.9 * memory + 0.1 * gradient**2
        assert run.sign_flips(0) == 400 and memory.argmax() == larger
    assert "zig-zags widely" in exercises()["which average is large"].question


def test_adagrad_s_steps_only_shrink_on_a_steady_slope_and_may_grow_on_another():
    def lengths(slopes):
        w, s, seen = np.zeros(1), np.zeros(1), [0.0]
        for slope in slopes:
            adagrad(w, np.array([slope]), s, lr=1.0, eps=0)
            seen.append(w[0])
        return np.abs(np.diff(seen))

    assert np.all(np.diff(lengths([0.3] * 50)) < 0)
    assert lengths([1, 0.1, 1])[2] > 5 * lengths([1, 0.1, 1])[1]
    assert "on a steady slope the steps" in exercises()["AdaGrad"].because


@quick
@given(scale=st.floats(1e-6, 1e6), rho=st.floats(0.5, 0.99))
def test_the_scale_of_the_loss_changes_nothing_with_eps_near_0_and_much_without(scale, rho):
    one, other = (
        descend(ravine(25, c=c), RMSPROP, lr=0.2, rho=rho, eps=0, steps=20) for c in (1, scale)
    )
    np.testing.assert_allclose(other.positions, one.positions, rtol=1e-6, atol=1e-6)
    tiny = descend(ravine(25, c=1e-12), RMSPROP, lr=0.2, rho=rho, eps=1e-8, steps=20)
    assert np.abs(tiny.positions - one.positions).max() > 0.1
