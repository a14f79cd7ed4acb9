"""What lesson 05 says in general, searched for counter-examples by program."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_utils import theory
from course_utils.exercises import exercises
from course_utils.optimizers import momentum

quick = settings(derandomize=True, max_examples=300, deadline=None, database=None)
memories = st.floats(0.01, 0.99)
products = st.floats(1e-3, 3.9)
conditions = st.floats(2, 3000)


def eigenvalues(product, beta):
    """Those of the second-order recurrence of momentum, product = learning rate times curvature."""
    return np.linalg.eigvals([[1 + beta - product, -beta], [1.0, 0.0]])


def factor(product, beta):
    return np.abs(eigenvalues(product, beta)).max()


def rings(product, beta):
    return bool(np.any(eigenvalues(product, beta).imag))


def path(product, beta, steps, start=1.0):
    """The distances of one direction of curvature 1 from rest, by the kernel."""
    w, v, seen = np.array([start]), np.zeros(1), [start]
    for _ in range(steps):
        momentum(w, w.copy(), v, lr=product, beta=beta)
        seen.append(float(w[0]))
    return np.array(seen)


@quick
@given(product=products, beta=memories)
def test_a_ringing_pair_shrinks_by_root_beta_a_step(product, beta):
    inside = (1 - np.sqrt(beta)) ** 2 < product < (1 + np.sqrt(beta)) ** 2
    assume(min(abs(product - (1 + sign * np.sqrt(beta)) ** 2) for sign in (-1, 1)) > 1e-6)
    assert rings(product, beta) == inside
    if inside:
        np.testing.assert_allclose(np.abs(eigenvalues(product, beta)), np.sqrt(beta), rtol=1e-9)


def test_the_distance_itself_may_arrive_before_its_envelope():
    away = np.abs(path(3.03e-5, 0.99, 4000)) > 1e-3
    last = np.flatnonzero(away)[-1] + 1
    assert rings(3.03e-5, 0.99) and last < 1375 <= np.ceil(theory.steps_for(1e-3, np.sqrt(0.99)))


@pytest.mark.parametrize("edge", [-1, 1])
def test_near_the_ends_of_the_ringing_range_the_last_wave_ends_much_later(edge):
    product = (1 + edge * np.sqrt(0.99)) ** 2 * (1 - edge * 1e-4)
    away = np.abs(path(product, 0.99, 6000)) > 1e-3
    assert rings(product, 0.99)
    assert np.flatnonzero(away)[-1] > 1.3 * theory.steps_for(1e-3, np.sqrt(0.99))


@quick
@given(product=st.floats(0.02, 1.98), shorter=st.floats(0.01, 0.98))
def test_a_smaller_rate_ends_an_overshoot_and_a_smaller_beta_only_below_lr_lambda_one(
    product, shorter
):
    assume(abs(product - 1) > 0.02)
    beta = (1 - np.sqrt(shorter * min(product, 1))) ** 2  # the critical one of a shorter step
    assert path(shorter * min(product, 1), beta, 300).min() >= -1e-12
    smaller = (1 - np.sqrt(product)) ** 2 if product < 1 else 0.0
    assert (path(product, smaller, 300).min() < -1e-12) == (product > 1)


def shaken(product, beta):
    """The long-run variance of a weight of curvature 1 under noise of variance 1."""
    step = np.array([[beta, -product], [beta, 1 - product]])  # (v, w) to the next pair
    push = product**2 * np.ones((2, 2))
    return np.linalg.solve(np.eye(4) - np.kron(step, step), push.ravel())[3]


@quick
@given(product=st.floats(0.01, 0.99), beta=st.floats(0, 0.97), more=st.floats(0.005, 0.02))
def test_at_one_small_rate_a_longer_memory_shakes_a_run_more_and_near_the_limit_less(
    product, beta, more
):
    assert shaken(product, beta + more) > shaken(product, beta)
    assert shaken(1.9, 0.5) < shaken(1.9, 0) / 3


def test_from_the_course_s_start_the_best_settings_begin_with_a_hump_and_from_the_floor_not():
    def losses(kappa, start):
        lr, beta, _ = theory.best_momentum(kappa, 1)
        sides = [path(lr * c, beta, 20, float(x)) for c, x in zip((kappa, 1), start, strict=True)]
        return kappa * sides[0] ** 2 + sides[1] ** 2

    for kappa, start, hump in ((100, (2, -10), True), (100, (0, -10), False), (4, (2, -10), False)):
        seen = losses(kappa, start)
        assert (seen.max() > seen[0]) == hump


@quick
@given(product=st.floats(1e-3, 1.999), beta=memories)
def test_momentum_shrinks_a_direction_faster_where_one_minus_lr_lambda_is_above_root_beta(
    product, beta
):
    alone = abs(1 - product)
    assume(abs(alone - np.sqrt(beta)) > 1e-6)
    assert (factor(product, beta) < alone) == (alone > np.sqrt(beta))


@quick
@given(product=st.floats(1e-3, 1.999), beta=memories)
def test_momentum_prolongs_a_zig_zag_makes_one_or_only_speeds_up(product, beta):
    root = np.sqrt(beta)
    assume(min(abs(product - border) for border in ((1 - root) ** 2, 1, 1 + root)) > 1e-4)
    if product > 1 + root:
        assert factor(product, beta) < product - 1
    elif product > 1:  # the zig-zag was there
        assert factor(product, beta) > product - 1
    elif product > (1 - root) ** 2:  # gradient descent creeps, momentum turns round
        assert rings(product, beta)
    else:
        assert not rings(product, beta) and factor(product, beta) < 1 - product
        assert path(product, beta, 400).min() >= 0


@quick
@given(product=st.floats(1e-3, 0.98), beta=memories)
def test_from_rest_a_direction_overshoots_exactly_above_the_critical_beta(product, beta):
    critical = (1 - np.sqrt(product)) ** 2
    assume(abs(np.sqrt(beta) - np.sqrt(critical)) > 0.02)
    assert bool(path(product, beta, 400).min() < 0) == (beta > critical)


@quick
@given(product=st.floats(0.01, 3.9), beta=memories)
def test_no_beta_is_quicker_than_the_critical_one_at_a_given_learning_rate(product, beta):
    critical = (1 - np.sqrt(product)) ** 2
    assert factor(product, beta) >= abs(1 - np.sqrt(product)) - 1e-9
    assert factor(product, critical) == pytest.approx(abs(1 - np.sqrt(product)), abs=1e-6)


@quick
@given(product=st.floats(1e-3, 4.5), beta=memories)
def test_momentum_converges_up_to_two_times_one_plus_beta(product, beta):
    assume(abs(product - 2 * (1 + beta)) > 1e-6)
    assert (factor(product, beta) < 1) == (product < 2 * (1 + beta))


@quick
@given(kappa=conditions, product=st.floats(0.01, 3.99), beta=memories)
def test_no_setting_beats_root_kappa_minus_one_over_root_kappa_plus_one(kappa, product, beta):
    worst = max(factor(product, beta), factor(product / kappa, beta))
    assert worst >= (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1) - 1e-9


@quick
@given(kappa=conditions, share=st.floats(0.02, 0.98))
def test_at_the_best_settings_both_ends_have_stopped_ringing_and_all_between_ring(kappa, share):
    root = np.sqrt(kappa)
    lr, beta, rate = theory.best_momentum(kappa, 1)
    for curvature, value in ((1, rate), (kappa, -rate)):
        # A double eigenvalue is known to the root of the precision only.
        assert np.abs(eigenvalues(lr * curvature, beta) - value).max() < 1e-5
    between = (1 + share * (root - 1)) ** 2
    assert rings(lr * between, beta)
    assert factor(lr * between, beta) == pytest.approx(rate, rel=1e-9)


@quick
@given(product=st.floats(1e-3, 1.3), beta=memories)
def test_nesterov_shrinks_by_the_root_of_its_memory_and_rings_below_lr_lambda_one_only(
    product, beta
):
    lower = ((1 - beta) / (1 + beta)) ** 2
    assume(min(abs(product - 1), abs(product - lower)) > 1e-4)
    companion = [[(1 + beta) * (1 - product), -beta * (1 - product)], [1.0, 0.0]]
    values = np.linalg.eigvals(companion)
    assert bool(np.any(values.imag)) == (lower < product < 1)
    if lower < product < 1:
        np.testing.assert_allclose(np.abs(values), np.sqrt(beta * (1 - product)), rtol=1e-8)


@quick
@given(kappa=st.floats(2, 400), angle=st.floats(0, np.pi / 2), steps=st.integers(1, 120))
def test_from_rest_the_bound_needs_the_factor_of_the_steep_axis(kappa, angle, steps):
    lr, beta, rate = theory.best_momentum(kappa, 1)
    curvatures, start = np.array([kappa, 1.0]), np.array([np.cos(angle), np.sin(angle)])
    w, v = start.copy(), np.zeros(2)
    for _ in range(steps):
        momentum(w, curvatures * w, v, lr=lr, beta=beta)
    quotient = np.linalg.norm(w) / rate**steps
    low, high = 1 + steps * (1 - rate), 1 + steps * (1 + rate)
    assert low * (1 - 1e-6) <= quotient <= high * (1 + 1e-6)
    assert quotient == pytest.approx(np.hypot(high * start[0], low * start[1]), rel=1e-6)


@pytest.mark.parametrize(("kappa", "steps"), [(100, 50), (64, 20), (144, 40), (225, 80)])
def test_the_exercise_on_the_printed_bound_is_true_on_the_flat_axis(kappa, steps):
    lr, beta, rate = theory.best_momentum(kappa, 1)
    exercise = exercises()["printed bound"].make(kappa=kappa, k=steps)
    quotients = [abs(path(lr * c, beta, steps)[-1]) / rate**steps for c in (1, kappa)]
    assert exercise.truth == pytest.approx(quotients[0], rel=1e-6)
    assert exercise.assess(quotients[1]).idea == "flat, or steep"
    assert f"{quotients[1]:.3g}" in exercise.because


def test_the_words_on_a_zig_zag_are_those_of_the_lesson():
    reason = exercises()["dampens oscillations"].reasons["b"]
    assert "lasts longer" in reason and "above 1 + sqrt(beta)" in reason


def test_the_hint_speaks_of_what_rings_since_what_flips_shrinks_by_less():
    assert "what oscillates" in exercises()["close to one"].hints[1]
    assert not rings(3.0, 0.3) and factor(3.0, 0.3) > np.sqrt(0.3)
