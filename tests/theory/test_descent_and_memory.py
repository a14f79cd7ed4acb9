"""Predictions against eigenvalues, brute force and long runs."""

import numpy as np
import pytest

from course_utils import theory
from course_utils.descent import descend
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM
from course_utils.surfaces import article_ravine, ravine

KAPPAS = [1.5, 10, 25, 100, 1000]


def radius(lr, beta, curvature):
    """The spectral radius of a step, from the rule as a matrix written down once more."""
    z = lr * curvature
    return np.abs(np.linalg.eigvals([[beta, -z], [beta, 1 - z]])).max()


def test_contraction_is_what_a_step_does():
    for lr, curvature in ((0.05, 25), (0.3, 1), (0.04, 25), (0.1, -2)):
        surface_step = 3.0 - lr * curvature * 3.0
        assert theory.contraction(lr, curvature) == pytest.approx(surface_step / 3)
    assert theory.contraction(0.04, [25, 1]).tolist() == pytest.approx([0, 0.96])
    run = descend(ravine(), GRADIENT_DESCENT, lr=0.05, steps=1)
    factor = run.positions[1] / run.positions[0]
    assert factor == pytest.approx(theory.contraction(0.05, np.array([25, 1])))


@pytest.mark.parametrize("curvature", [0.4, 1.0, 25.0, 80.0])
def test_descent_limit_is_where_the_rate_crosses_one(curvature):
    limit = theory.descent_limit(curvature)
    assert theory.descent_rate(limit, curvature) == pytest.approx(1)
    assert (
        theory.descent_rate(0.999 * limit, curvature)
        < 1
        < theory.descent_rate(1.001 * limit, curvature)
    )
    assert theory.descent_limit([1, 25]).tolist() == [2, 0.08]


def test_descent_rate_is_the_slowest_direction():
    assert theory.descent_rate(0.076, 25, 1) == pytest.approx(0.924)
    assert theory.descent_rate(0.079, 25, 1) == pytest.approx(0.975)
    assert theory.descent_rate(0.04, 25, 1) == pytest.approx(0.96)
    grid = np.linspace(0.001, 0.09, 40)
    expected = np.maximum(np.abs(1 - grid * 25), np.abs(1 - grid))
    assert theory.descent_rate(grid, 25, 1) == pytest.approx(expected)
    run = descend(ravine(), GRADIENT_DESCENT, lr=0.079, steps=200)
    far = np.linalg.norm(run.positions, axis=1)
    assert far[-1] / far[-2] == pytest.approx(theory.descent_rate(0.079, 25, 1), rel=1e-4)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_best_descent_beats_every_rate_of_a_fine_search(kappa):
    for flat in (1.0, 0.04):
        lr, rate = theory.best_descent(kappa * flat, flat)
        grid = np.linspace(0.5 * lr, 1.5 * lr, 20_001)
        rates = theory.descent_rate(grid, kappa * flat, flat)
        assert grid[rates.argmin()] == pytest.approx(lr, rel=1e-4)
        assert rates.min() == pytest.approx(rate, abs=1e-3)
        assert rate <= rates.min() + 1e-12
        assert theory.descent_rate(lr, kappa * flat, flat) == pytest.approx(rate)


def test_the_numbers_for_kappa_100():
    lr, rate = theory.best_descent(100, 1)
    assert (lr, rate) == pytest.approx((0.0198019801980198, 0.9801980198019802), rel=1e-12)
    lr, beta, rate = theory.best_momentum(100, 1)
    assert lr == pytest.approx(0.0330578512396694, rel=1e-12)
    assert beta == pytest.approx(0.669421487603306, rel=1e-12)
    assert rate == pytest.approx(0.818181818181818, rel=1e-12)
    steps = [theory.steps_for(1e-3, x) for x in (0.9801980198019802, 0.8181818181818181)]
    assert steps == pytest.approx([345.4, 34.4], abs=0.05)
    assert [
        int(np.ceil(theory.steps_for(1e-3, theory.best_descent(k, 1)[1]))) for k in (10, 100, 1000)
    ] == [
        35,
        346,
        3454,
    ]
    assert int(np.ceil(theory.steps_for(1e-3, theory.descent_rate(1 / 100, 100, 1)))) == 688
    ratio = theory.best_momentum(100, 1)[0] / theory.best_descent(100, 1)[0]
    assert ratio == pytest.approx(2 * 101 / 121)


@pytest.mark.parametrize("kappa", [1, 2, 10, 25, 100, 1000])
def test_worst_angle_is_the_largest_one_found(kappa):
    slope = np.logspace(-4, 4, 200_001)
    w = np.stack([np.ones_like(slope), slope])
    g = np.stack([kappa * w[0], w[1]])
    cos = (w * g).sum(axis=0) / np.linalg.norm(w, axis=0) / np.linalg.norm(g, axis=0)
    found = np.degrees(np.arccos(np.minimum(cos, 1)))
    assert theory.worst_angle(kappa) == pytest.approx(found.max(), abs=1e-5)
    if kappa > 1:
        assert slope[found.argmax()] == pytest.approx(np.sqrt(kappa), rel=1e-3)


def test_worst_angle_in_numbers():
    assert theory.worst_angle(np.array([10, 100, 1000])) == pytest.approx(
        [54.9, 78.58, 86.4], abs=0.05
    )


@pytest.mark.parametrize("lr", [0.026, 0.03, 0.05, 0.075])
def test_bounce_is_where_a_long_run_ends(lr):
    run = descend(article_ravine(), GRADIENT_DESCENT, lr=lr, steps=4000)
    ends = np.sort(run.positions[-2:, 0])
    at = theory.bounce(lr, 80, 0.25)
    assert ends == pytest.approx([-at, at], rel=1e-5)
    assert run.losses[-1] == pytest.approx(5 * (lr * 80 / 2 - 1), rel=1e-4)


def test_bounce_begins_at_the_limit():
    assert theory.bounce(theory.descent_limit(80), 80, 0.25) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize(
    ("lr", "beta", "curvature"), [(0.076, 0.5, 25), (0.3, 0.9, 1), (0.1, 0.0, 4)]
)
def test_momentum_matrix_takes_one_step_of_the_rule(lr, beta, curvature):
    matrix = theory.momentum_matrix(lr, beta, curvature)
    v, w = np.array([0.7]), np.array([-1.3])
    expected = matrix @ [0.7, -1.3]
    MOMENTUM.kernel(w, curvature * w, v, lr=lr, beta=beta)
    assert [v[0], w[0]] == pytest.approx(expected, rel=1e-14)
    assert np.linalg.det(matrix) == pytest.approx(beta)
    assert np.trace(matrix) == pytest.approx(1 + beta - lr * curvature)


def test_momentum_matrix_of_arrays_holds_one_matrix_for_each():
    lr = np.array([0.01, 0.02, 0.05])
    many = theory.momentum_matrix(lr, 0.9, 25)
    assert many.shape == (2, 2, 3)
    for i, x in enumerate(lr):
        assert many[:, :, i] == pytest.approx(theory.momentum_matrix(x, 0.9, 25))


@pytest.mark.parametrize("beta", [0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("curvature", [1.0, 25.0])
def test_momentum_limit_is_where_the_spectral_radius_crosses_one(beta, curvature):
    limit = theory.momentum_limit(beta, curvature)
    assert radius(0.9999 * limit, beta, curvature) < 1 < radius(1.0001 * limit, beta, curvature)


def test_momentum_limit_takes_arrays():
    assert theory.momentum_limit([0, 0.9], 25).tolist() == pytest.approx([0.08, 0.152])
    assert theory.momentum_limit(0, 25) == theory.descent_limit(25)


def test_momentum_rate_is_the_largest_eigenvalue():
    random = np.random.default_rng(8)
    for _ in range(300):
        beta, lr = random.uniform(0, 0.99), random.uniform(0.001, 0.2)
        steep, flat = random.uniform(1, 30), random.uniform(0.1, 1)
        expected = max(radius(lr, beta, steep), radius(lr, beta, flat))
        assert theory.momentum_rate(lr, beta, steep, flat) == pytest.approx(expected, abs=1e-6)


def test_momentum_rate_of_arrays():
    lr, beta = np.linspace(0.01, 0.16, 7)[:, None], np.linspace(0, 0.95, 5)
    rates = theory.momentum_rate(lr, beta, 25, 1)
    assert rates.shape == (7, 5)
    for i, j in np.ndindex(7, 5):
        expected = max(radius(lr[i, 0], beta[j], 25), radius(lr[i, 0], beta[j], 1))
        assert rates[i, j] == pytest.approx(expected, abs=1e-6)
    assert theory.momentum_rate(0.07, 0, 25, 1) == pytest.approx(theory.descent_rate(0.07, 25, 1))


def test_momentum_rate_is_the_long_run_of_a_descent():
    run = descend(ravine(), MOMENTUM, lr=0.13, beta=0.3, steps=300)
    far = np.abs(run.positions[:, 0])
    k = len(far) - 1
    assert (far[k] / far[k - 20]) ** (1 / 20) == pytest.approx(
        theory.momentum_rate(0.13, 0.3, 25), rel=1e-3
    )


@pytest.mark.parametrize("z", [0.01, 0.1, 0.5, 0.9])
def test_critical_beta_is_where_the_eigenvalues_turn_complex(z):
    beta = theory.critical_beta(z / 25, 25)

    def rings(b):
        return bool(np.abs(np.imag(np.linalg.eigvals([[b, -z], [b, 1 - z]]))).max() > 1e-6)

    assert rings(beta + 1e-4) and not rings(beta - 1e-4)
    grid = np.linspace(0, 0.999, 4001)
    best = grid[np.argmin(theory.momentum_rate(z / 25, grid, 25))]
    assert best == pytest.approx(beta, abs=3e-4)


@pytest.mark.parametrize("kappa", [2, 10, 100])
def test_best_momentum_beats_every_setting_of_a_fine_search(kappa):
    lr, beta, rate = theory.best_momentum(kappa, 1)
    eta, b = (
        np.linspace(0.6 * lr, 1.4 * lr, 401)[:, None],
        np.linspace(0, min(0.99, 2 * beta + 0.1), 401),
    )
    rates = theory.momentum_rate(eta, b, kappa, 1)
    i, j = np.unravel_index(rates.argmin(), rates.shape)
    assert rates.min() >= rate - 1e-9
    assert rates.min() == pytest.approx(rate, abs=0.01)
    assert (eta[i, 0], b[j]) == (pytest.approx(lr, rel=0.02), pytest.approx(beta, abs=0.02))
    assert theory.momentum_rate(lr, beta, kappa, 1) == pytest.approx(rate, abs=1e-6)
    assert rate == pytest.approx((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1))


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_gain_is_where_the_velocity_ends(beta):
    for alternating in (False, True):
        w, v = np.zeros(1), np.zeros(1)
        for k in range(400):
            g = np.array([(-1.0) ** k if alternating else 1.0])
            MOMENTUM.kernel(w, g, v, lr=1.0, beta=beta)
        assert abs(v[0]) == pytest.approx(theory.gain(beta, alternating), rel=1e-12)
    assert theory.gain([0, 0.5]).tolist() == [1, 2]


def test_steps_for_is_the_power_that_shrinks_so_far():
    assert 0.9 ** theory.steps_for(1e-3, 0.9) == pytest.approx(1e-3)
    assert theory.steps_for(0.25, 0.5) == pytest.approx(2)
    assert theory.steps_for(1e-3, np.array([0.1, 0.5])) == pytest.approx([3, 9.966], abs=1e-3)


def test_momentum_damps_the_zig_zag_only_near_the_limit():
    """Against gradient descent in one direction: faster iff lr curvature > 1 + sqrt beta."""
    for beta in (0.25, 0.5, 0.9):
        z = 1 + np.sqrt(beta)
        for share, better in ((0.98, False), (1.02, True)):
            lr = min(z * share, 1.9999)
            assert (theory.momentum_rate(lr, beta, 1) < theory.descent_rate(lr, 1)) == better


# Grids


def test_the_best_of_a_grid_has_worse_neighbours_on_both_sides():
    assert theory.best_of_grid({3: 1.0, 1: 2.0, 2: 0.5}) == 2
    assert theory.best_of_grid({1: 2.0, 2: 0.5, 3: float("nan")}) == 2


def test_a_tie_with_an_inner_setting_counts_as_inside():
    assert theory.best_of_grid({1: 2.0, 2: 0.5, 3: 0.5}) == 2


@pytest.mark.parametrize(
    ("scores", "said"),
    [({1: 0.1, 2: 0.5, 3: 0.9}, "first.*smaller"), ({1: 0.9, 2: 0.5, 3: 0.1}, "last.*larger")],
)
def test_a_best_value_at_an_end_is_refused_with_what_to_try(scores, said):
    with pytest.raises(ValueError, match=said):
        theory.best_of_grid(scores)
    assert theory.best_of_grid(scores, end="a border") in (1, 3)


def test_a_grid_of_two_is_none():
    with pytest.raises(ValueError, match="three"):
        theory.best_of_grid({1: 0.1, 2: 0.5})
