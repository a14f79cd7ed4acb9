"""What lessons 00 and 01 say in general, tried on ravines, rates and starts drawn at random."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import exercises
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM
from course_utils.surfaces import ravine

many = settings(max_examples=200, derandomize=True, deadline=None)
kappas = st.floats(1.5, 2000)
angles = st.floats(0, math.pi)
sides = st.floats(0.1, 10).flatmap(lambda x: st.sampled_from((x, -x)))
shares = st.floats(0.01, 0.99)


def factors(lr, kappa):
    """What a step multiplies the steep and the flat weight by, without the course's theory."""
    return np.array([1 - lr * kappa, 1 - lr])


@many
@given(kappas, shares, st.floats(1.02, 3))
def test_no_constant_learning_rate_beats_kappa_minus_one_over_kappa_plus_one(kappa, below, above):
    least = (kappa - 1) / (kappa + 1)
    best = 2 / (kappa + 1)
    assert np.abs(factors(best, kappa)).max() == pytest.approx(least)
    for lr in (best * below, best * above):
        assert np.abs(factors(lr, kappa)).max() > least
    assert theory.best_descent(kappa, 1) == pytest.approx((best, least))


@many
@given(kappas, sides, sides, angles)
def test_at_the_best_rate_each_step_shrinks_the_distance_alike_from_every_start(kappa, a, b, turn):
    run = descend(ravine(kappa, turn), GRADIENT_DESCENT, (a, b), 5, lr=2 / (kappa + 1))
    distance = np.linalg.norm(run.positions, axis=1)
    assert distance[1:] / distance[:-1] == pytest.approx((kappa - 1) / (kappa + 1), rel=1e-6)


@many
@given(kappas, shares, sides)
def test_a_direction_converges_below_two_over_its_curvature_and_flips_above_one(kappa, share, a):
    for lr, shrinks, flips in (
        (share / kappa, True, False),
        ((1 + share) / kappa, True, True),
        ((2 + share) / kappa, False, True),
    ):
        run = descend(ravine(kappa), GRADIENT_DESCENT, (a, 1.0), 6, lr=lr)
        w1 = run.positions[:, 0]
        assert (abs(w1[-1]) < abs(w1[0])) == shrinks
        assert run.sign_flips(0) == (6 if flips else 0)


@many
@given(kappas, st.floats(2.01, 4), sides)
def test_above_the_limit_it_runs_away_from_every_point_off_the_floor_and_from_there_not(
    kappa, z, a
):
    away = descend(ravine(kappa), GRADIENT_DESCENT, (a, 1.0), 400, lr=z / kappa)
    assert away.stopped or away.losses[-1] > away.losses[0]
    on_the_floor = descend(ravine(kappa), GRADIENT_DESCENT, (0.0, a), 50, lr=z / kappa)
    assert on_the_floor.losses[-1] < on_the_floor.losses[0] or z / kappa >= 2


@many
@given(kappas, sides, sides)
def test_downhill_is_never_farther_off_than_the_worst_angle(kappa, a, b):
    g, home = np.array([kappa * a, b]), np.array([a, b])
    cosine = g @ home / np.linalg.norm(g) / np.linalg.norm(home)
    worst = math.degrees(math.acos(2 * math.sqrt(kappa) / (kappa + 1)))
    assert math.degrees(math.acos(min(1, cosine))) <= worst + 1e-6
    there, way = np.array([kappa, math.sqrt(kappa)]), np.array([1, math.sqrt(kappa)])
    reached = there @ way / np.linalg.norm(there) / np.linalg.norm(way)
    assert math.degrees(math.acos(reached)) == pytest.approx(worst, abs=1e-5)


@many
@given(st.floats(10, 2000))
def test_in_a_long_ravine_no_zig_zag_takes_about_twice_the_steps(kappa):
    best, timid = math.log((kappa - 1) / (kappa + 1)), math.log(1 - 1 / kappa)
    assert 1.89 < best / timid < 2.01
    assert math.log(1 / 3) / math.log(1 / 2) < 1.6, "at kappa = 2 it is far from twice"


@many
@given(st.floats(10, 200))
def test_ten_times_the_kappa_takes_about_ten_times_the_steps(kappa):
    one, ten = (math.log((k - 1) / (k + 1)) for k in (kappa, 10 * kappa))
    assert one / ten == pytest.approx(10, rel=0.01)


@many
@given(kappas, sides, sides, angles)
def test_one_over_each_curvature_in_turn_ends_at_the_minimum(kappa, a, b, turn):
    surface, w = ravine(kappa, turn), np.array([a, b])
    for lr in (1 / kappa, 1.0):
        w = w - lr * surface.gradient(w)
    assert np.abs(w).max() < 1e-9 * kappa


def test_a_stall_falls_faster_at_a_larger_rate_and_running_away_decides_nothing():
    def fall(w, lr):
        run = descend(ravine(1000), GRADIENT_DESCENT, w, 100, lr=lr)
        return 1 - run.losses[-1] / run.losses[0]

    stalled = descend(ravine(1000), GRADIENT_DESCENT, lr=0.0002, steps=1000).positions[-1]
    assert fall(stalled, 0.0006) == pytest.approx(3 * fall(stalled, 0.0002), rel=0.1)
    for w in (stalled, (1e-9, 1e-9)):
        off_the_floor = np.array([1e-9, w[1]])
        run = descend(ravine(1000), GRADIENT_DESCENT, off_the_floor, 1000, lr=11 * 0.0002)
        assert run.stopped or run.losses[-1] > run.losses[0]
    asked = exercises()["stall"]
    assert "too, and decides nothing" in asked.solution and "ten times" not in asked.solution


@pytest.mark.parametrize("kappa", [16, 20, 25, 30, 36])
def test_for_a_goal_in_finite_time_a_slightly_smaller_rate_wins(kappa):
    rates = np.linspace(1 / kappa, 1.9975 / kappa, 3991)
    start = np.multiply.outer(ravine(kappa).start, np.ones(len(rates)))
    steps = descend(ravine(kappa), GRADIENT_DESCENT, start, 300, lr=rates).steps_to(1e-6)
    best = theory.best_of_grid(dict(zip(rates.tolist(), steps, strict=True)))
    assert 0.9 * 2 / (kappa + 1) < best < 2 / (kappa + 1)


def test_a_loss_of_100_that_shrinks_by_a_tenth_is_below_1_after_44_steps():
    loss, steps = 100.0, 0
    while loss >= 1:
        loss, steps = 0.9 * loss, steps + 1
    assert steps == math.ceil(theory.steps_for(0.01, 0.9)) == 44


def test_the_rivals_have_the_settings_for_the_long_run_and_other_settings_win_twenty_steps():
    """Lesson 00 must not call them the best for this walk of 20 steps."""
    surface, start = ravine(25), (-1.0, 9.0)
    lr, beta, _ = theory.best_momentum(25, 1)
    usual = descend(surface, MOMENTUM, start, 20, lr=lr, beta=beta).losses[-1]
    lrs, betas = np.meshgrid(np.linspace(0.06, 0.13, 71), np.linspace(0.3, 0.7, 81))
    many_starts = np.multiply.outer(start, np.ones(lrs.size))
    runs = descend(surface, MOMENTUM, many_starts, 20, lr=lrs.ravel(), beta=betas.ravel())
    assert np.nanmin(runs.losses[-1]) < usual / 100
