"""What lessons 00 and 01 say in general, tried on ravines, rates and starts drawn at random."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import exercises
from course_utils.exercises.predictions import predictions
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


@many
@given(st.lists(st.floats(0.5, 500), min_size=3, max_size=30, unique=True), shares)
def test_of_many_directions_the_two_ends_decide(curvatures, share):
    flat, *between, steep = sorted(curvatures)
    best, factor = theory.best_descent(steep, flat)
    assert [abs(1 - best * x) for x in (flat, steep)] == pytest.approx([factor] * 2, abs=1e-12)
    inside = [x for x in between if flat + 1e-6 < x < steep - 1e-6]
    assert all(abs(1 - best * x) < factor for x in inside)
    for lr in (best * share, best * (2 - share)):
        assert max(abs(1 - lr * x) for x in curvatures) > factor
    # The mean of all curvatures, a natural guess, is no better, and worse where it is another one.
    mean = 2 * len(curvatures) / (2 * sum(curvatures))
    assert max(abs(1 - mean * x) for x in curvatures) >= factor - 1e-12


@many
@given(st.integers(2, 6), st.integers(0, 10**6))
def test_an_eigenvector_lives_alone_whichever_way_it_points(n, seed):
    draw = np.random.default_rng(seed)
    A = draw.standard_normal((n, n))
    H, w, lr = A @ A.T, draw.standard_normal(n), draw.uniform(0, 0.1)
    curvatures, Q = np.linalg.eigh(H)
    assert Q.T @ (w - lr * H @ w) == pytest.approx((1 - lr * curvatures) * (Q.T @ w), abs=1e-9)


def test_one_step_for_each_curvature_ends_at_the_minimum_in_any_order_and_with_any_axes():
    """In exact fractions; in floating point thirty such steps lose five digits."""
    curvatures = [Fraction(x) for x in ("25", "7/2", "1", "1/3")]
    turn = [[Fraction(x, 5) for x in row] for row in ((3, 4), (-4, 3))]

    def times(H, w):
        return [sum(h * x for h, x in zip(row, w, strict=True)) for row in H]

    # Two planes turned by the angle whose cosine is 3/5: all entries stay fractions.
    H = [[Fraction(0)] * 4 for _ in range(4)]
    for i, j in itertools.product(range(4), range(4)):
        if i // 2 == j // 2:
            H[i][j] = sum(
                turn[k][i % 2] * curvatures[2 * (i // 2) + k] * turn[k][j % 2] for k in range(2)
            )
    for order in itertools.permutations(curvatures):
        w = [Fraction(2), Fraction(-10), Fraction(1, 7), Fraction(5)]
        for x in order:
            w = [a - b / x for a, b in zip(w, times(H, w), strict=True)]
        assert w == [0, 0, 0, 0]

    many_of_them = np.linspace(1, 25, 30)
    axes, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((30, 30)))
    matrix, w = axes @ np.diag(many_of_them) @ axes.T, axes @ np.ones(30)
    for x in many_of_them:
        w = w - matrix @ w / x
    assert np.abs(w).max() > 1e5 * np.finfo(float).eps


def chebyshev_rates(k, steep, flat):
    """One over the roots of the Chebyshev polynomial on the spectrum, found by NumPy."""
    x = np.polynomial.chebyshev.Chebyshev.basis(k).roots()
    return 1 / ((steep + flat) / 2 + (steep - flat) / 2 * x)


@many
@given(kappas, st.integers(1, 12))
def test_chebyshevs_rates_leave_the_bound_and_its_square_root(kappa, k):
    curvature = np.linspace(1, kappa, 2001)
    left = np.prod([1 - lr * curvature for lr in chebyshev_rates(k, kappa, 1)], axis=0)
    rho = (math.sqrt(kappa) + 1) / (math.sqrt(kappa) - 1)
    bound = 2 / (rho**k + rho**-k)
    assert np.abs(left).max() == pytest.approx(bound, rel=1e-6)
    assert bound <= 2 * ((math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)) ** k * (1 + 1e-12)
    assert bound <= ((kappa - 1) / (kappa + 1)) ** k * (1 + 1e-12)


@many
@given(st.floats(1.5, 200), st.integers(1, 6), st.integers(0, 10**6))
def test_no_other_rates_leave_less_on_the_whole_spectrum(kappa, k, seed):
    curvature = np.linspace(1, kappa, 1001)
    draw = np.random.default_rng(seed)
    best = chebyshev_rates(k, kappa, 1)
    worst = np.abs(np.prod([1 - lr * curvature for lr in best], axis=0)).max()
    for spread in (0.01, 0.1, 1.0):
        others = best * np.exp(spread * draw.standard_normal(k))
        left = np.abs(np.prod([1 - lr * curvature for lr in others], axis=0)).max()
        assert left > worst * (1 - 1e-9)


def test_exact_fractions_at_kappa_9():
    """T_k by its recurrence in fractions: at 5/4 it is (2^k + 2^-k)/2."""
    x = Fraction(5, 4)
    before, now = Fraction(1), x
    for k in range(1, 40):
        assert now == (Fraction(2) ** k + Fraction(1, 2**k)) / 2
        before, now = now, 2 * x * now - before


def test_what_the_predictions_call_true_is_what_runs_find():
    asked = predictions()
    left = np.abs(1 - 2 / 26 * np.linspace(1, 25, 30)) ** 20
    assert left[[0, -1]] == pytest.approx([(24 / 26) ** 20] * 2)
    assert left[8:22].max() < left[0] / 100
    assert asked["01 thirty directions"].find_truth().startswith("That of both ends")
    w = np.array([2.0, -10.0])
    for lr in (1 / 25, 1.0):
        w = w - lr * np.array([25.0, 1.0]) * w
    assert np.abs(w).max() == 0
    assert asked["01 two lengths"].find_truth() == "At the minimum, from every start"


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
