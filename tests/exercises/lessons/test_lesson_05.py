"""What the exercises of lesson 05 ask, say and accept."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from course_utils.exercises import check, exercises
from course_utils.optimizers import momentum
from tests.loops import eigenvalues

EXERCISES = exercises()


@pytest.mark.parametrize("key", ["critical beta", "momentum limit"])
def test_answers_mark_the_change_in_a_run(key):
    e = EXERCISES[key]
    for curvature in (1.0, 7.0, 25.0):
        if key == "critical beta":
            beta = float(
                e.truth.subs({e.symbols["lr"]: 0.3 / curvature, e.symbols["lambda1"]: curvature})
            )
            below, above = (
                eigenvalues("momentum", 0.3 / curvature, beta * s, curvature) for s in (0.99, 1.01)
            )
            assert not below.imag.any() and above.imag.any()
        else:
            lr = float(
                e.truth.subs(
                    {e.symbols["beta"]: sp.Rational(3, 5), e.symbols["lambda1"]: curvature}
                )
            )
            below, above = (
                abs(eigenvalues("momentum", lr * s, 0.6, curvature)).max() for s in (0.999, 1.001)
            )
            assert below < 1 < above


def test_best_beta_over_a_grid():
    e = EXERCISES["best beta"]
    z, beta = np.linspace(0.005, 3.995, 800)[:, None, None], np.linspace(0.001, 0.99, 500)[:, None]
    for kappa in (4, 30, 100):
        half = (1 + beta - z * np.array([1.0, 1 / kappa])) / 2
        under = half**2 - beta
        sizes = np.where(
            under < 0, np.sqrt(beta), np.abs(half) + np.sqrt(np.maximum(under, 0))
        ).max(axis=2)
        found = beta[sizes.argmin() % beta.size, 0]
        assert float(e.truth.subs(e.symbols["kappa"], kappa)) == pytest.approx(found, abs=0.01)


def test_kappa_for_a_beta_is_the_one_whose_best_beta_it_is():
    e = EXERCISES["kappa for beta"]
    best = EXERCISES["best beta"]
    for beta in (0.25, 0.5, 0.9):
        kappa = e.truth.subs(e.symbols["beta"], beta)
        assert float(best.truth.subs(best.symbols["kappa"], kappa)) == pytest.approx(beta)


def test_factor_per_step_meets_every_regime_and_its_eigenvalues():
    e = EXERCISES["factor per step"]
    found = set()
    for lr, beta, curvature in e.cases:
        pair = eigenvalues("momentum", lr, beta, curvature)
        assert e.truth(lr, beta, curvature) == pytest.approx(abs(pair).max())
        real = not pair.imag.any()
        found.add((real, bool(pair.real.sum() > 0), bool(abs(pair).max() < 1)))
    overdamped, rings, flips = (True, True, True), (False, True, True), (True, False, True)
    assert {overdamped, rings, flips, (True, False, False)} <= found


def test_memory_of_nesterov_in_the_run():
    e = EXERCISES["Nesterov's memory"]
    lr, beta, curvature = 0.02, 0.7, 10.0
    other = float(
        e.truth.subs(
            {e.symbols["lr"]: lr, e.symbols["beta"]: beta, e.symbols["lambda1"]: curvature}
        )
    )
    one, two = (
        eigenvalues("nesterov", lr, beta, curvature),
        eigenvalues("momentum", lr, other, curvature),
    )
    assert np.sort_complex(one) == pytest.approx(np.sort_complex(two))


def test_printed_formulas_are_what_the_exercises_say():
    size = np.abs(eigenvalues("momentum", 0.1, 0.81, 1.0))
    e = EXERCISES["printed modulus"]
    assert size == pytest.approx([float(e.truth.subs(e.symbols["beta"], sp.Rational(81, 100)))] * 2)
    R = np.array([[0.81, -0.1], [0.81, 0.9]])
    s1, s2 = np.linalg.eigvals(R)
    first, second = (R - s1 * np.eye(2)) / (s1 - s2), (R - s2 * np.eye(2)) / (s1 - s2)
    assert first - second == pytest.approx(EXERCISES["printed power"].truth * np.eye(2))
    for k in (0, 1, 7):
        assert s1**k * second - s2**k * first == pytest.approx(np.linalg.matrix_power(R, k))
    w, v = np.array([Fraction(0)]), np.array([Fraction(0)])
    for g in (1, 0, 0):
        momentum(w, np.array([Fraction(g)]), v, lr=Fraction(1, 10), beta=Fraction(9, 10))
    e = EXERCISES["printed sum"]
    exact = e.truth.subs(
        {e.symbols["lr"]: sp.Rational(1, 10), e.symbols["beta"]: sp.Rational(9, 10)}
    )
    assert sp.Rational(w[0].numerator, w[0].denominator) == exact
    loss, x = 0.5 * 3.0 * 1.7**2, 1.7
    assert 3.0 * x**2 / loss == pytest.approx(EXERCISES["printed half"].truth)


def test_wrong_answers_are_named():
    said = {
        ("critical beta", "(1 + sqrt(lr*lambda1))**2"): "which of the two roots",
        ("momentum limit", "2/lambda1"): "memory widens the range",
        ("best beta", "(sqrt(kappa) - 1)/(sqrt(kappa) + 1)"): "the rate is the root of beta",
        ("Nesterov's memory", "beta*(1 + lr*lambda1)"): "less memory, not more",
        ("printed modulus", "2*sqrt(beta)"): "half the trace, half the root",
        ("printed power", 1): "what it should give",
        ("printed sum", "lr*(1 + beta + beta**2)"): "downhill is minus",
        ("printed half", 0.5): "which over which",
        ("dampens oscillations", "a"): "option a",
    }
    for (key, answer), idea in said.items():
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", idea), key


def test_tuning_counts_a_loss_that_stays():
    e = EXERCISES["Nesterov below 1e-6"]
    steps, where = e.best()
    curvatures = np.array([100.0, 1.0])
    w, v, losses = np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(400):
        losses.append(0.5 * (curvatures * w**2).sum())
        g = curvatures * w
        v = where["beta"] * v - where["lr"] * g
        w = w + where["beta"] * v - where["lr"] * g
    assert max(losses[steps:]) <= 1e-6 < losses[steps - 1]
    lucky = check(e.key, {"lr": 0.0112, "beta": 0.945})
    assert lucky.verdict == "not yet" and "bar is 110" in lucky.text
