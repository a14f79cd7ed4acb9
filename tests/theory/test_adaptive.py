"""What is predicted of RMSProp, AdaGrad and Adam, against kernels, searches and runs."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
import sympy as sp
from scipy import optimize

from course_utils import optimizers, theory
from course_utils.descent import descend
from course_utils.exercises import exercises
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    RMSPROP,
    RMSPROP_INSIDE,
    UNCORRECTED_ADAM,
    adam,
    rmsprop,
    uncorrected_adam,
)
from course_utils.surfaces import ravine
from course_utils.symbolic import (
    curvature,
    difference,
    lr,
    trace,
)
from tests.loops import hessian, plain_loop
from tests.optimizers.formulas import rho
from tests.optimizers.steps import steps_on


def same(one, other):
    return difference(one, other) is None


# RMSProp and AdaGrad


def test_the_two_cycle_of_rmsprop_is_exact():
    x = lr / 2
    after = trace(optimizers.rmsprop, w=x, g=curvature * x, s=(curvature * x) ** 2, eps=0)
    assert same(after["w"], -x) and same(after["s"], (curvature * x) ** 2)


@pytest.mark.parametrize(
    ("kernel", "rate", "bend", "small", "x"),
    [
        ("rmsprop", 1, 2, Fraction(1, 4), Fraction(3, 8)),
        ("rmsprop_inside", 1, 1, Fraction(9, 100), Fraction(2, 5)),
    ],
)
def test_the_two_cycle_with_eps_is_exact_too(kernel, rate, bend, small, x):
    x, small = sp.Rational(x), sp.Rational(small)
    after = trace(
        getattr(optimizers, kernel), w=x, g=bend * x, s=(bend * x) ** 2, lr=rate, eps=small
    )
    assert after["w"] == -x
    predicted = theory.rmsprop_cycle(rate, bend, float(small), inside="inside" in kernel)
    assert predicted == pytest.approx(float(x))


def test_the_cycle_attracts_whatever_rho():
    x, y = sp.symbols("x y", positive=True)
    one = trace(optimizers.rmsprop, w=x, g=curvature * x, s=y, eps=0)
    turned = sp.Matrix([-one["w"], one["s"]]).jacobian([x, y])
    at = turned.subs({x: lr / 2, y: (curvature * lr / 2) ** 2})
    assert same(at.trace(), 3 * rho - 1)
    assert same(at.det(), rho)


def test_a_run_of_rmsprop_ends_in_the_cycle_and_on_its_floor():
    rate = 0.05
    start = np.array([1.02, -0.97]) * rate / 2
    run = descend(ravine(25), RMSPROP, start, 1500, lr=rate, eps=0.0)
    assert np.allclose(np.abs(run.positions[-50:]), theory.rmsprop_cycle(rate), rtol=1e-9)
    assert run.losses[-1] == pytest.approx(theory.rmsprop_floor(rate, 25, 1))


@pytest.mark.parametrize(("rule", "inside"), [(RMSPROP, False), (RMSPROP_INSIDE, True)])
def test_eps_ends_the_cycle_exactly_from_the_quiet_value_on(rule, inside):
    quiet = theory.smallest_quiet_eps(0.1, 1.0, inside=inside)
    assert quiet == pytest.approx(0.05**2 if inside else 0.05)
    for share, rests in ((1.1, True), (0.9, False)):
        run = descend(ravine(1), rule, (0.03, 0.03), 5000, lr=0.1, eps=share * quiet)
        end = np.abs(run.positions[-1]).max()
        assert end < 1e-6 if rests else end > 1e-3
        cycle = theory.rmsprop_cycle(0.1, 1.0, share * quiet, inside=inside)
        assert end == pytest.approx(cycle, abs=1e-6)


@pytest.mark.parametrize("decay", [0.9, 0.99, 0.999])
def test_rmsprop_begins_with_a_burst_and_settles_at_the_rate(decay):
    taken = steps_on(RMSPROP, np.full(30, -7.0), rho=decay, eps=0.0)
    assert taken[0] == pytest.approx(-theory.rmsprop_first_step(decay))
    assert np.allclose(taken, -theory.rmsprop_step(decay, np.arange(1, 31)))
    assert np.allclose(theory.rmsprop_first_step([0.9, 0.99, 0.999]), [3.162, 10, 31.62], rtol=1e-3)


def test_adagrad_anneals_as_one_over_the_root_of_time():
    taken = steps_on(ADAGRAD, np.full(10_000, 3.0), eps=0.0)
    assert np.allclose(taken, theory.adagrad_step(np.arange(1, 10_001)))
    assert taken.sum() == pytest.approx(theory.adagrad_distance(10_000))
    assert taken.sum() == pytest.approx(198.5, abs=0.1)


# Adam


@pytest.mark.parametrize(
    ("beta2", "first", "t", "peak"),
    [(0.999, 3.162, 12, 6.57), (0.99, 1.0, 13, 2.13), (0.95, 0.447, 20, 1.10)],
)
def test_uncorrected_steps_peak_where_the_formula_says(beta2, first, t, peak):
    taken = steps_on(UNCORRECTED_ADAM, np.full(300, 0.01), beta2=beta2, eps=0.0)
    assert taken[0] == pytest.approx(first, abs=1e-3)
    assert taken.argmax() + 1 == t and taken.max() == pytest.approx(peak, abs=5e-3)
    assert theory.uncorrected_peak(0.9, beta2) == (t, pytest.approx(taken.max()))
    assert np.allclose(taken, theory.uncorrected_step(0.9, beta2, np.arange(1, 301)))
    assert np.allclose(steps_on(ADAM, np.full(300, 0.01), beta2=beta2, eps=0.0), 1)


@pytest.mark.parametrize(
    ("beta1", "beta2", "bound"),
    [
        (0.9, 0.999, 7.27),
        (0.9, 0.99, 2.345),
        (0.9, 0.95, 1.165),
        (0.5, 0.999, 18.26),
        (0.8, 0.8, 1.0),
    ],
)
def test_an_adversary_reaches_the_bound_and_nothing_passes_it(beta1, beta2, bound):
    assert theory.adam_bound(beta1, beta2) == pytest.approx(bound, abs=6e-3)
    settings = {"beta1": beta1, "beta2": beta2, "eps": 0.0}
    for rule, corrected in ((ADAM, True), (UNCORRECTED_ADAM, False)):
        for t in (1, 5, 60):
            longest = theory.longest_adam_step(beta1, beta2, t, corrected=corrected)
            taken = steps_on(rule, theory.adversary(beta1, beta2, t), **settings)
            assert taken[-1] == pytest.approx(longest, rel=1e-9)
            assert longest <= theory.adam_bound(beta1, beta2) * (1 + 1e-12)
    draw = np.random.default_rng(6)
    for _ in range(20):
        noise = draw.normal(size=40) * np.exp(draw.normal(size=40))
        longest = [theory.longest_adam_step(beta1, beta2, t) for t in range(1, 41)]
        assert (np.abs(steps_on(ADAM, noise, **settings)) <= np.array(longest) * (1 + 1e-9)).all()


def test_the_printed_bound_is_passed_at_the_settings_of_the_article():
    assert theory.printed_bound(0.9, 0.99) == pytest.approx(1)
    gradients = theory.adversary(0.9, 0.99, 1500)
    assert steps_on(ADAM, gradients, beta2=0.99, eps=0.0)[-1] == pytest.approx(2.3452, abs=1e-4)
    assert theory.adam_bound(0.0, 0.0) == 1
    assert theory.adam_bound(0.9, np.array([0.5, 0.81, 0.99]))[:2].tolist() == [np.inf, np.inf]


@pytest.mark.parametrize("curvature", [0.03, 1.0, 700.0])
@pytest.mark.parametrize("rho", [0.2, 0.9, 0.99])
def test_the_cycle_is_exact_and_attracts(curvature, rho):
    w, s = np.array([0.5]), np.array([(curvature / 2) ** 2])
    for k in range(6):
        rmsprop(w, curvature * w, s, lr=1.0, rho=rho, eps=0)
        assert w[0] == pytest.approx(0.5 * (-1) ** (k + 1), rel=1e-12)
    w, s = np.array([0.53]), np.array([1.1 * (curvature / 2) ** 2])
    distances = []
    for _ in range(400):
        rmsprop(w, curvature * w, s, lr=1.0, rho=rho, eps=0)
        distances.append(abs(abs(w[0]) - 0.5))
    assert max(distances[-20:]) < 0.3 * max(distances[:20])


@pytest.mark.parametrize("kappa", [4, 25, 100])
@pytest.mark.parametrize("degrees", [10, 30, 45])
def test_the_floor_of_a_turned_ravine_is_where_runs_end(kappa, degrees):
    draw = np.random.default_rng(5)
    H = hessian(kappa, degrees, kappa / 25)
    for start in draw.uniform(-8, 8, (4, 2)):
        _, _, losses = plain_loop("rmsprop", H, start, 4000, 0.3, eps=1e-12)
        assert losses[-1] == pytest.approx(
            theory.turned_floor(0.3, kappa, 1, np.radians(degrees)), rel=1e-3
        )
    assert theory.turned_floor(0.3, kappa, 1, 0) == pytest.approx(
        theory.rmsprop_floor(0.3, kappa, 1)
    )


@pytest.mark.parametrize("kappa", [2, 25, 100])
@pytest.mark.parametrize("degrees", [0, 3, 10, 45, 80])
def test_no_scale_of_the_weights_leaves_less_than_the_best_kappa(kappa, degrees):
    H, best = hessian(kappa, degrees, 1.0), np.inf
    for ratio in np.geomspace(0.01, 100, 4001):
        d = np.array([1, ratio])
        low, high = np.linalg.eigvalsh(H * np.outer(d, d))
        best = min(best, high / low)
    left = theory.best_scaled_kappa(kappa, np.radians(degrees))
    assert left * (1 - 1e-9) <= best <= 1.005 * left


def test_the_loss_falls_far_below_the_floor_and_comes_back():
    _, _, losses = plain_loop("rmsprop", hessian(25, 0, 1), (2, -10), 400, 0.2)
    assert losses.min() < 0.13 / 300 and losses[-1] == pytest.approx(0.13, rel=1e-3)


EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "07"]


@pytest.mark.parametrize(
    ("beta1", "beta2", "peak", "at", "most"),
    [(0.9, 0.999, 6.57, 12, 7.27), (0.9, 0.99, 2.13, 13, 2.345), (0.9, 0.95, 1.10, 20, 1.165)],
)
def test_peaks_and_suprema(beta1, beta2, peak, at, most):
    w, m, s, steps = np.zeros(1), np.zeros(1), np.zeros(1), []
    for _ in range(400):
        before = w.copy()
        uncorrected_adam(w, np.ones(1), m, s, lr=1.0, beta1=beta1, beta2=beta2, eps=0.0)
        steps.append(float((before - w)[0]))
    assert max(steps) == pytest.approx(peak, abs=6e-3) and steps.index(max(steps)) + 1 == at

    def minus_step(g):
        back = np.arange(g.size)
        return -(1 - beta1) * (beta1**back @ g) / sqrt((1 - beta2) * (beta2**back @ g**2))

    found = optimize.minimize(minus_step, np.ones(120), method="L-BFGS-B")
    assert -found.fun == pytest.approx(most, rel=2e-3)


def test_the_corrected_rule_passes_the_printed_bound():
    growth = 0.999 / 0.9
    for count in (209, 210):
        w, m, s = np.zeros((3, 1))
        for t in range(1, count + 1):
            before = w.copy()
            adam(w, np.array([growth ** (t - count)]), m, s, lr=1.0, beta1=0.9, beta2=0.999,
                 eps=0.0, t=t)  # fmt: skip
        assert bool((before - w)[0] > 0.1 / sqrt(0.001)) is (count == 210)


def test_supremum_by_sympy():
    e = EXERCISES["longest step"]
    half = {e.symbols["beta1"]: sp.Rational(1, 2), e.symbols["beta2"]: sp.Rational(1, 2)}
    assert sp.simplify(e.truth.subs(half)) == 1


# What is left of kappa


@pytest.mark.parametrize("kappa", [4, 25, 100])
@pytest.mark.parametrize("degrees", [0, 5, 22.5, 30, 45])
def test_what_is_left_is_what_a_search_finds(kappa, degrees):
    H = ravine(kappa, np.radians(degrees)).hessian((0, 0))

    def condition(log):
        D = np.diag([1, np.exp(log)])
        return np.linalg.cond(D @ H @ D)

    found = optimize.minimize_scalar(condition, bounds=(-4, 4), method="bounded")
    left = theory.best_scaled_kappa(kappa, np.radians(degrees))
    assert left == pytest.approx(found.fun, rel=1e-5)
    law = (np.sqrt(kappa) - 1 / np.sqrt(kappa)) * np.sin(2 * np.radians(degrees))
    assert np.sqrt(left) - 1 / np.sqrt(left) == pytest.approx(law, abs=1e-6)


def test_numbers_at_half_way():
    for kappa, left in ((9, 5.37), (25, 13.45), (100, 50.99)):
        assert theory.best_scaled_kappa(kappa, np.pi / 8) == pytest.approx(left, abs=6e-3)


@pytest.mark.parametrize("curvature", [0.2, 1.0, 25.0])
def test_with_eps_inside_the_root_the_cycle_is_exact_at_every_curvature(curvature):
    lr, eps = 0.3, 0.01 * curvature**2
    half = theory.rmsprop_cycle(lr, curvature, eps, inside=True)
    g = curvature * half
    assert 0 < half < lr / 2 and half - lr * g / np.sqrt(g * g + eps) == pytest.approx(-half)
