"""What lesson 02 says in general about Newton's step, tried on quadratics drawn at random."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.curvature import hessian
from course_utils.descent import descend
from course_utils.exercises import check, exercises
from course_utils.networks import Network, digits, one_thread
from course_utils.optimizers import (
    DAMPED_NEWTON,
    EXACT_LINE_SEARCH,
    GRADIENT_DESCENT,
    damped_newton,
    newton,
    saddle_free_newton,
)
from course_utils.surfaces import himmelblau, ravine, saddle_well

many = settings(max_examples=100, derandomize=True, deadline=None)
kappas, angles = st.floats(1.5, 1000), st.floats(0, math.pi)
signed = st.floats(0.1, 10).flatmap(lambda x: st.sampled_from((x, -x)))


def bent(first, second, turn):
    """A Hessian with these curvatures, its axes turned."""
    axes = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return axes @ np.diag([first, second]) @ axes.T


@many
@given(signed, signed, angles, signed, signed, signed, signed)
def test_newton_lands_on_the_flat_point_of_every_invertible_quadratic(a, b, turn, m, n, x, y):
    H, w, flat = bent(a, b, turn), np.array([x, y]), np.array([m, n])
    newton(w, H @ (w - flat), H)
    assert w == pytest.approx(flat, abs=1e-8)


@many
@given(kappas, angles, signed, signed)
def test_a_plan_of_lengths_along_the_gradient_ends_at_the_minimum(kappa, turn, a, b):
    plan = descend(
        ravine(kappa, turn), GRADIENT_DESCENT, (a, b), 2, lr=lambda t: (1 / kappa, 1.0)[t - 1]
    )
    assert np.abs(plan.positions[-1]).max() < 1e-9 * kappa


@many
@given(kappas, st.floats(0.1, 10))
def test_the_greedy_best_length_zig_zags_for_ever_from_its_worst_start(kappa, scale):
    run = descend(ravine(kappa), EXACT_LINE_SEARCH, (scale / kappa, scale), 10)
    shares = run.losses[1:] / run.losses[:-1]
    assert shares == pytest.approx(((kappa - 1) / (kappa + 1)) ** 2, rel=1e-6)


@many
@given(kappas, signed, signed)
def test_the_greedy_best_length_never_leaves_more_than_that_share(kappa, a, b):
    run = descend(ravine(kappa), EXACT_LINE_SEARCH, (a, b), 1)
    assert run.losses[1] / run.losses[0] <= ((kappa - 1) / (kappa + 1)) ** 2 + 1e-12


@many
@given(kappas, angles, signed, signed)
def test_newton_and_downhill_share_a_line_only_on_an_eigenvector(kappa, turn, a, b):
    H, g = bent(kappa, 1, turn), np.array([a, b])
    step = np.linalg.solve(H, g)
    aside = abs(step[0] * g[1] - step[1] * g[0]) / (step @ step) ** 0.5 / (g @ g) ** 0.5
    Hg = H @ g
    off = abs(Hg[0] * g[1] - Hg[1] * g[0]) / (Hg @ Hg) ** 0.5 / (g @ g) ** 0.5
    assert (aside < 1e-9) == (off < 1e-9)


@many
@given(signed, signed, angles, signed, signed, st.floats(0.01, 5))
def test_damping_beyond_the_most_negative_curvature_and_sizes_lead_downhill(a, b, turn, x, y, more):
    H, g = bent(a, b, turn), np.array([x, y])
    for kernel, extra in (
        (damped_newton, {"mu": max(0.0, -min(a, b)) + more}),
        (saddle_free_newton, {}),
    ):
        w = np.zeros(2)
        kernel(w, g, H, **extra)
        assert w @ g < 0


@many
@given(st.floats(0.1, 10), st.floats(0.1, 10), angles, signed, signed)
def test_newton_is_downhill_where_all_curves_up_and_uphill_where_all_curves_down(a, b, turn, x, y):
    g = np.array([x, y])
    for sign in (1, -1):
        w = np.zeros(2)
        newton(w, g, sign * bent(a, b, turn))
        assert np.sign(w @ g) == -sign


@many
@given(st.floats(0.05, 3).filter(lambda mu: abs(mu - 0.5) > 0.01 and abs(mu - 1) > 0.01))
def test_damping_leaves_the_saddle_above_one_half_not_only_above_one(mu):
    run = descend(saddle_well(), DAMPED_NEWTON, (1.5, 1e-5), 1, mu=mu)
    assert (abs(run.positions[1, 1]) > 1e-5) == (mu > 0.5)
    hints = " ".join(exercises()["damp the saddle"].hints)
    assert "Below one half" in hints and check("damp the saddle", {"mu": 0.7})


def test_a_long_step_off_the_hilltop_loses_gradient_descent_and_a_short_one_does_not():
    hills = himmelblau()
    g = hills.gradient((0.0, 0.0))
    for far, arrives in ((0.1, True), (1, True), (3, True), (5, True), (10, False)):
        run = descend(hills, GRADIENT_DESCENT, -far * g / np.linalg.norm(g), 200, lr=0.01)
        assert (run.steps_to(1e-6) is not None) == arrives


def test_sizes_do_not_bound_a_step():
    w = np.array([1.5, math.sqrt(1 / 3) + 1e-6])
    before, surface = w.copy(), saddle_well()
    saddle_free_newton(w, surface.gradient(w), surface.hessian(w))
    assert np.linalg.norm(w - before) > 1e4
    assert "Only the bound limits its length" in exercises()["arbitrary step"].reasons["d"]


@pytest.mark.parametrize("power, factor", [(4, 2 / 3), (6, 4 / 5)])
def test_newton_is_not_quadratic_where_the_curvature_at_the_minimum_is_zero(power, factor):
    w = 1.0
    for _ in range(5):
        old, w = w, w - w / (power - 1)
        assert w / old == pytest.approx(factor)


def test_newton_at_the_first_weights_of_a_network_need_not_be_downhill():
    """On fresh networks (seeds 5 to 7) as on the lesson's five: some slopes up, some down."""
    data, network = digits(), Network((64, 4, 10))
    x, y = data.x_train[:, :200], data.y_train[:200]
    slopes = []
    with one_thread():
        for seed in (5, 6, 7):
            w = network.init(seed)
            g = network.gradient(w, x, y)
            curvatures, axes = np.linalg.eigh(hessian(lambda w: network.gradient(w, x, y), w))
            some = np.abs(curvatures) > 1e-9
            slopes.append(-np.sum((axes.T @ g)[some] ** 2 / curvatures[some]))
            assert curvatures.max() > -curvatures.min() > 0
    assert min(slopes) < 0 < max(slopes)


@many
@given(st.lists(st.sampled_from((0.5, 1.0, 2.0, 4.0, 8.0)), min_size=1, max_size=6), st.data())
def test_as_many_steps_along_the_gradient_as_there_are_different_curvatures_end_it(curves, data):
    start = np.array(data.draw(st.lists(signed, min_size=len(curves), max_size=len(curves))))
    curves, w = np.array(curves), start.copy()
    for curvature in np.unique(curves)[::-1]:
        assert np.abs(w).max() > 1e-9
        w = w - curves * w / curvature
    assert np.abs(w).max() < 1e-9
