"""What is predicted of gradient descent, against eigenvalues, brute force and long runs."""

import numpy as np
import pytest

from course_utils import theory
from course_utils.descent import descend
from course_utils.optimizers import GRADIENT_DESCENT
from course_utils.surfaces import article_ravine, ravine

KAPPAS = [1.5, 10, 25, 100, 1000]


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


def test_steps_for_is_the_power_that_shrinks_so_far():
    assert 0.9 ** theory.steps_for(1e-3, 0.9) == pytest.approx(1e-3)
    assert theory.steps_for(0.25, 0.5) == pytest.approx(2)
    assert theory.steps_for(1e-3, np.array([0.1, 0.5])) == pytest.approx([3, 9.966], abs=1e-3)
