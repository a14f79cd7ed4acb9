"""What is predicted of momentum and Nesterov, against eigenvalues, searches and runs."""

from fractions import Fraction

import numpy as np
import pytest

from course_utils import optimizers, symbolic, theory
from course_utils.descent import descend
from course_utils.optimizers import (
    MOMENTUM,
    NESTEROV,
    gradient_descent,
    momentum,
    nesterov,
)
from course_utils.surfaces import ravine
from tests.loops import eigenvalues


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("rate", [0.001, 0.02, 0.05])
def test_theory_agrees_with_the_matrix_of_the_shipped_kernel(decay, rate):
    for shipped, matrix, modulus in (
        (MOMENTUM, theory.momentum_matrix, theory.momentum_rate),
        (NESTEROV, theory.nesterov_matrix, theory.nesterov_rate),
    ):
        values = {symbolic.beta: decay, symbolic.lr: rate, symbolic.curvature: 25}
        traced = np.array(symbolic.iteration_matrix(shipped).subs(values).tolist(), dtype=float)
        assert np.allclose(matrix(rate, decay, 25), traced, rtol=1e-12)
        assert modulus(rate, decay, 25) == pytest.approx(
            max(abs(np.linalg.eigvals(traced))), abs=1e-7
        )
    limit = symbolic.stability_limit(NESTEROV)
    at = {symbolic.beta: decay, symbolic.curvature: 25}
    assert theory.nesterov_limit(decay, 25) == pytest.approx(float(limit.subs(at)))


def test_best_and_standard_rates_at_kappa_100():
    rate, decay, reached = theory.best_nesterov(100.0, 1.0)
    assert reached == pytest.approx(0.884722, abs=1e-6)
    assert theory.nesterov_rate(rate, decay, 100.0, 1.0) == pytest.approx(reached, abs=1e-6)
    assert theory.nesterov_rate(0.01, 9 / 11, 100.0, 1.0) == pytest.approx(0.9, abs=1e-6)
    grid = [
        theory.nesterov_rate(rate * x, decay + d, 100.0, 1.0)
        for x in (0.99, 1, 1.01) for d in (-0.01, 0, 0.01)
    ]  # fmt: skip
    assert min(grid) > reached - 1e-6


def test_critical_betas_are_where_the_roots_become_complex():
    z = np.linspace(0.02, 0.98, 25)
    for matrix, critical in (
        (theory.momentum_matrix, theory.critical_beta),
        (theory.nesterov_matrix, theory.nesterov_critical_beta),
    ):
        for x in z:
            at = critical(x, 1.0)
            assert abs(np.linalg.eigvals(matrix(x, at + 1e-3, 1.0)).imag).max() > 0
            assert abs(np.linalg.eigvals(matrix(x, at - 1e-3, 1.0)).imag).max() == 0


def test_a_critical_direction_comes_home_as_the_closed_form_says():
    rate, k = 0.1, 30
    decay = theory.critical_beta(rate, 1.0)
    run = descend(ravine(25), MOMENTUM, (0.0, 1.0), k, lr=rate, beta=decay)
    assert np.allclose(run.positions[:, 1], theory.critical_path(rate, 1.0, k), rtol=1e-10)
    assert run.sign_flips(1) == 0


def test_the_oscillation_period_is_that_of_a_run():
    period = theory.oscillation_period(0.1, 0.9, 1.0)
    assert period == pytest.approx(19.53, abs=0.005)
    run = descend(ravine(25), MOMENTUM, (0.0, 1.0), 200, lr=0.1, beta=0.9)
    assert run.sign_flips(1) == pytest.approx(2 * 200 / period, abs=1)
    assert theory.oscillation_period(0.1, 0.2, 1.0) == np.inf
    assert theory.oscillation_period(0.1, np.array([0.2, 0.9]), 1.0)[1] == period


@pytest.mark.parametrize("decay", [0.2, 0.5, 0.9])
def test_momentum_damps_the_zig_zag_only_above_the_threshold(decay):
    threshold = theory.damping_threshold(decay)
    for z in np.linspace(1.05, min(1.99, (1 + np.sqrt(decay)) ** 2 - 0.01), 40):
        helps = theory.momentum_rate(z, decay, 1.0) < abs(theory.contraction(z, 1.0))
        assert helps == (z > threshold)


def test_lessards_cycle_of_three_is_exact():
    """Lessard, Recht and Packard 2016: lr = 1/9 and beta = 4/9 circle for ever."""

    def slope(x):
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    cycle = [Fraction(n, 1225) for n in (792, -2208, 2592)]
    w, v = np.array([cycle[0]]), np.array([cycle[0] - cycle[2]])
    for expected in (*cycle[1:], *cycle):
        optimizers.momentum(w, np.array([slope(w[0])]), v, lr=Fraction(1, 9), beta=Fraction(4, 9))
        assert w[0] == expected


def radius(lr, beta, curvature):
    """The spectral radius of a step, from the rule as a matrix written down once more."""
    z = lr * curvature
    return np.abs(np.linalg.eigvals([[beta, -z], [beta, 1 - z]])).max()


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


def test_momentum_damps_the_zig_zag_only_near_the_limit():
    """Against gradient descent in one direction: faster iff lr curvature > 1 + sqrt beta."""
    for beta in (0.25, 0.5, 0.9):
        z = 1 + np.sqrt(beta)
        for share, better in ((0.98, False), (1.02, True)):
            lr = min(z * share, 1.9999)
            assert (theory.momentum_rate(lr, beta, 1) < theory.descent_rate(lr, 1)) == better


def test_the_cycle_is_exact_and_only_momentum_has_it():
    def slope(x):
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    x, before = Fraction(792, 1225), Fraction(2592, 1225)
    seen = []
    for _ in range(3):
        x, before = x - Fraction(1, 9) * slope(x) + Fraction(4, 9) * (x - before), x
        seen.append(x)
    assert seen == [Fraction(-2208, 1225), Fraction(2592, 1225), Fraction(792, 1225)]
    for start in (3.1, 3.3, 3.45):
        ends = {}
        for kernel, lr, beta in (
            (momentum, 1 / 9, 4 / 9),
            (nesterov, 4 / 76, (76**0.5 - 2) / (76**0.5 + 2)),
        ):
            w, v = np.array([start]), np.zeros(1)
            for _ in range(900):
                kernel(w, np.array([slope(w[0])]), v, lr=lr, beta=beta)
            ends[kernel] = w[0]
        assert min(abs(ends[momentum] - float(c)) for c in seen) < 1e-9
        assert abs(ends[nesterov]) < 1e-9
        w = np.array([start])
        for _ in range(900):
            gradient_descent(w, np.array([slope(w[0])]), lr=2 / 26)
        assert abs(w[0]) < 1e-9


@pytest.mark.parametrize("beta", [0.04, 0.3, 0.9, 0.99])
def test_momentum_damps_a_zig_zag_exactly_above_its_threshold(beta):
    for z in np.linspace(1.001, 1.999, 500):
        damped = abs(eigenvalues("momentum", z, beta, 1.0)).max() < abs(1 - z)
        assert damped == (z > 1 + np.sqrt(beta)) or abs(z - 1 - np.sqrt(beta)) < 1e-6


def test_a_factor_that_grows_stands_before_the_rate():
    rho, curvatures = 9 / 11, np.array([100.0, 1.0])
    lr, beta = (2 / 11) ** 2, rho**2
    w, v, start = np.array([2.0, -10.0]), np.zeros(2), np.hypot(2, 10)
    quotients = []
    for k in range(1, 201):
        v = beta * v - lr * curvatures * w
        w = w + v
        quotients.append(np.hypot(*w) / (rho**k * start))
    assert quotients[0] > 1.2 and quotients[49] > 20
    growth = np.diff(quotients[100:])
    assert growth.min() > 0 and np.ptp(growth) < 0.01 * growth.mean()


def test_the_limit_of_the_average_is_that_of_the_sum_in_its_units():
    found = theory.averaged_limit([0.5, 0.9], 4.0)
    assert found.tolist() == pytest.approx([1.5, 9.5])
    for beta in (0.5, 0.9):
        assert theory.averaged_limit(beta, 4.0) * (1 - beta) == theory.momentum_limit(beta, 4.0)
