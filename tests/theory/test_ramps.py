"""What a range test shows on a quadratic: where growth begins, and where it is seen."""

import mpmath
import numpy as np
import pytest
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.optimizers import GRADIENT_DESCENT, anneal, geometric
from course_utils.surfaces import ravine

X = sp.Symbol("x", positive=True)


def ramp(straight, first, last, steps):
    rise = (anneal if straight else geometric)(first, last, steps)
    return np.array([rise(t) for t in range(1, steps + 1)])


# Derived


def test_the_slope_of_the_exponent_is_the_logarithm_of_the_factor():
    """Of one step: ln|1 - x|, in n steps of a ramp that takes dx = x/n (geometric) or 1/n."""
    below, above = sp.Symbol("y", positive=True), X
    straight = (X - 1) * sp.log(X - 1) - X
    assert sp.simplify(sp.diff(straight, above) - sp.log(X - 1)) == 0
    geometric_one = -sp.polylog(2, below)
    slope = sp.diff(geometric_one, below)
    assert sp.simplify(sp.expand_func(slope) - sp.log(1 - below) / below) == 0
    # Beyond 1 by Euler's formula, whose slope is ln(x - 1) / x.
    euler = sp.log(X) ** 2 / 2 - sp.pi**2 / 3 + sp.polylog(2, 1 / X)
    assert sp.simplify(sp.expand_func(sp.diff(euler, X)) - sp.log(X - 1) / X).subs(
        X, sp.Rational(7, 2)
    ).evalf(30) == pytest.approx(0, abs=1e-25)
    assert sp.solve(sp.log(X - 1), X) == [2]


def test_a_straight_ramp_is_undone_where_lambert_says():
    y = sp.Symbol("y", positive=True)
    (found,) = sp.solve(y * sp.log(y) - y - 1, y)
    assert (found * sp.LambertW(sp.exp(-1))).evalf(40) == pytest.approx(1, abs=1e-35)
    assert theory.ramp_undone(straight=True) == pytest.approx(float(1 + found), rel=1e-12)


@pytest.mark.parametrize("x", [0.01, 0.5, 0.99, 1.0, 1.01, 2.0, 3.3, 12.0, 100.0])
def test_the_exponents_are_the_integrals(x):
    li2 = float(mpmath.re(mpmath.polylog(2, x)))
    assert theory.ramp_exponent(x) == pytest.approx(-li2, abs=1e-10)
    parts = [0, 1, x] if x > 1 else [0, x]
    area = mpmath.quad(lambda u: mpmath.log(abs(1 - u)), parts)
    assert theory.ramp_exponent(x, straight=True) == pytest.approx(float(area), abs=1e-8)


# Runs


@pytest.mark.parametrize("straight", [False, True])
@pytest.mark.parametrize("curvature", [0.5, 1.0, 30.0])
def test_along_one_direction_growth_begins_at_the_limit(straight, curvature):
    lrs = ramp(straight, 1e-3 / curvature, 6 / curvature, 300)
    sizes = theory.amplitude_on_a_ramp(lrs, curvature)
    grows = np.diff(sizes) > 0
    assert (lrs[1:][grows] > theory.descent_limit(curvature)).all()
    assert (lrs[1:][~grows] <= theory.descent_limit(curvature)).all()


@pytest.mark.parametrize("straight", [False, True])
@pytest.mark.parametrize("steps", [100, 300, 600])
def test_all_that_was_gained_is_undone_at_the_predicted_rate(straight, steps):
    """Within a tenth; that it does not hang on the speed of the ramp is the claim."""
    lrs = ramp(straight, 1e-3, 20.0, steps)
    with np.errstate(over="ignore"):
        sizes = theory.amplitude_on_a_ramp(lrs, 1.0)
    back = lrs[np.flatnonzero((sizes >= 1) & (lrs > 2))[0]]
    assert back == pytest.approx(theory.ramp_undone(straight), rel=0.1)


@pytest.mark.parametrize("straight", [False, True])
@pytest.mark.parametrize("kappa", [2.0, 5.0, 25.0, 400.0])
def test_the_loss_of_a_ravine_turns_where_predicted_and_after_the_limit(straight, kappa):
    """A ramp of 600 steps on the ravine itself, by the loop of the course."""
    steep = float(np.linalg.eigvalsh(ravine(kappa).hessian(np.zeros(2))).max())
    rise = (anneal if straight else geometric)(1e-3 / steep, 20 / steep, 600)
    run = descend(ravine(kappa), GRADIENT_DESCENT, steps=600, lr=rise)
    turn = rise(int(np.argmin(run.losses))) * steep
    assert turn == pytest.approx(theory.ramp_turn(kappa, straight), rel=0.07)
    assert turn > 1.99


def test_the_turn_rises_with_kappa_between_the_limit_and_the_end():
    for straight in (False, True):
        turns = [theory.ramp_turn(kappa, straight) for kappa in np.geomspace(1, 1e6, 40)]
        assert turns[0] == 2 and (np.diff(turns) >= -1e-9).all()
        assert turns[-1] == pytest.approx(theory.ramp_undone(straight), rel=1e-3)
    # The factor by which a turn overstates the limit, at kappa = 25: 5.2 and 2.1.
    assert theory.ramp_turn(25) / 2 == pytest.approx(5.16, abs=0.01)
    assert theory.ramp_turn(25, straight=True) / 2 == pytest.approx(2.14, abs=0.01)


def test_with_gradient_noise_the_mean_loss_can_turn_before_the_limit():
    """The counter-example to `after`: the floor rises with the learning rate. Exact moments."""
    rise = geometric(1e-3, 4.0, 400)
    turns = []
    for noise in (0.0, 0.1, 1.0):
        means, variances = theory.noisy_path(rise, 0.0, 1.0, noise, start=3.0, steps=400)
        loss = (means**2 + variances) / 2
        turns.append(rise(int(np.argmin(loss))))
    assert turns[0] == pytest.approx(2.0, rel=0.03)
    assert turns[2] < turns[1] < 1.0
