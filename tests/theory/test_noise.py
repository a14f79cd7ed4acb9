"""What is predicted of noise, against equations and simulations."""

from math import comb, sqrt

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from course_utils import theory
from course_utils.optimizers import (
    anneal,
    cosine,
    momentum,
)

SETTINGS = [
    (0.03, 0.9, 25.0),
    (0.01, 0.0, 1.0),
    (0.1, 0.5, 10.0),
    (0.075, 0.0, 25.0),
    (1.5, 0.3, 1),
]


@pytest.mark.parametrize(("lr", "beta", "curvature"), SETTINGS)
def test_covariance_is_scipys_solution_of_the_lyapunov_equation(lr, beta, curvature):
    step = np.array([[beta, -lr * curvature], [beta, 1 - lr * curvature]])
    push = -lr * 3.0 * np.ones((2, 1))
    expected = solve_discrete_lyapunov(step, push @ push.T)
    assert theory.noise_covariance(lr, curvature, 3.0, beta) == pytest.approx(expected, rel=1e-9)
    variance = theory.noise_variance(lr, curvature, 3.0, beta)
    assert variance == pytest.approx(expected[1, 1], rel=1e-9)
    assert theory.noise_floor(lr, beta, 3.0, curvature, curvature) == pytest.approx(
        curvature * expected[1, 1], rel=1e-9
    )


@pytest.mark.parametrize(("lr", "beta", "curvature"), SETTINGS)
def test_variance_is_what_a_long_simulation_finds(lr, beta, curvature):
    draw, runs = np.random.default_rng(11), 6000
    w, v = np.zeros((2, runs))
    for _ in range(600):
        momentum(w, curvature * w + 2.0 * draw.normal(size=runs), v, lr=lr, beta=beta)
    predicted = theory.noise_covariance(lr, curvature, 2.0, beta)
    found = np.cov(v, w)
    assert np.diag(found) == pytest.approx(np.diag(predicted), rel=4.5 * sqrt(2 / runs))
    if lr * curvature > 0.1:
        assert found[0, 1] == pytest.approx(predicted[0, 1], rel=0.12)


def test_no_floor_beyond_the_limit():
    assert np.isinf(theory.noise_variance(0.081, 25, 1.0))
    assert np.isfinite(theory.noise_variance(0.079, 25, 1.0))
    assert np.isinf(theory.noise_variance(0.16, 25, 1.0, 0.9)) == (0.16 * 25 > 3.8)
    lrs = np.array([0.01, 0.09])
    assert np.isinf(theory.noise_variance(lrs, 25)).tolist() == [False, True]


def test_short_steps_make_one_temperature():
    for curvature in (25.0, 1.0):
        for lr, beta, noise in ((1e-5, 0, 3.0), (1e-6, 0.9, 3.0), (1.6e-4, 0, 0.75)):
            heat = theory.temperature(lr, noise, beta)
            assert heat == pytest.approx(4.5e-5)
            loss = theory.noise_floor(lr, beta, noise, curvature)
            assert loss == pytest.approx(heat / 2, rel=5e-3)


def test_noisy_path_is_the_sum_over_all_pushes():
    """The response to each push apart, added in squares: no recursion of covariances."""
    curvature, noise, start, steps = 4.0, 1.5, 2.0, 40
    lr, beta = cosine(0.3, steps), anneal(0.2, 0.8, 20)

    def weight(first, pushed):
        w, v, out = first, 0.0, [first]
        for t in range(1, steps + 1):
            v = beta(t) * v - lr(t) * (curvature * w + (t == pushed))
            w = w + v
            out.append(w)
        return np.array(out)

    means, variances = theory.noisy_path(lr, beta, curvature, noise, start, steps)
    assert means == pytest.approx(weight(start, 0), abs=1e-12)
    pushes = sum((noise * weight(0.0, k)) ** 2 for k in range(1, steps + 1))
    assert variances == pytest.approx(pushes, abs=1e-12)


def test_noisy_path_ends_at_the_floor_and_broadcasts():
    lr, curvature = np.array([[0.01], [0.03]]), np.array([25.0, 1.0])
    means, variances = theory.noisy_path(lr, 0.5, curvature, 2.0, np.array([2.0, -10.0]), 3000)
    assert means.shape == variances.shape == (3001, 2, 2)
    assert variances[-1] == pytest.approx(theory.noise_variance(lr, curvature, 2.0, 0.5))
    assert means[0] == pytest.approx(np.array([[2, -10], [2, -10]])) and not variances[0].any()


def test_noise_of_a_batch_without_repetition():
    """All subsets of six samples, one by one."""
    from itertools import combinations

    values = np.array([1.0, 4.0, -2.0, 0.5, 3.0, 7.0])
    for size in range(1, 7):
        means = [np.mean(c) for c in combinations(values, size)]
        assert len(means) == comb(6, size)
        expected = values.var() / size * (6 - size) / 5
        assert np.var(means) == pytest.approx(expected)
