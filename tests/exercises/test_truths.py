"""What the exercises call true, against references that do not come from the exercises."""

import random
from fractions import Fraction

import numpy as np
import sympy as sp

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import exercises
from course_utils.optimizers import AVERAGED_MOMENTUM, GRADIENT_DESCENT, MOMENTUM, momentum
from course_utils.surfaces import ravine

EXERCISES = exercises()


def value(key, **numbers):
    e = EXERCISES[key]
    return float(e.truth.subs({e.symbols[n]: x for n, x in numbers.items()}))


def test_rates_of_gradient_descent():
    draw = random.Random(3)
    for _ in range(20):
        flat = draw.uniform(0.1, 5)
        steep = flat * draw.uniform(1.5, 100)
        numbers = {"lambda1": steep, "lambda2": flat}
        rates = np.linspace(0, 2.2 / steep, 20001)[1:]
        factors = np.maximum(abs(1 - rates * steep), abs(1 - rates * flat))
        best = rates[np.argmin(factors)]
        assert abs(value("best rate", **numbers) - best) < 2e-4 / steep
        limit = rates[np.argmax(factors >= 1)]
        assert abs(value("stability limit", **numbers) - limit) < 2e-4 / steep
        flips = rates[np.argmax(1 - rates * steep < 0)]
        assert abs(value("flip threshold", **numbers) - flips) < 2e-4 / steep


def test_worst_angle_is_met_on_the_ravine_and_never_passed():
    surface, turn = ravine(100), np.linspace(0, np.pi / 2, 100001)
    w = np.array([np.cos(turn), np.sin(turn)])
    down, home = -surface.gradient(w), -w
    cosines = np.sum(down * home, 0) / np.linalg.norm(down, axis=0) / np.linalg.norm(home, axis=0)
    assert abs(np.degrees(np.arccos(cosines.min())) - EXERCISES["worst angle"].truth) < 2e-6
    assert abs(theory.worst_angle(100) - EXERCISES["worst angle"].truth) < 1e-12
    at_start = np.degrees(np.arccos((-50 * -2 + 10 * 10) / np.hypot(50, 10) / np.hypot(2, 10)))
    assert f"{at_start:.1f} degrees" in EXERCISES["worst angle"].because


def far_velocity(signs):
    w, v = np.zeros(1), np.zeros(1)
    for k in range(600):
        momentum(w, np.array([signs[k % len(signs)]]), v, lr=1.0, beta=0.9)
    return abs(v[0])


def test_gain_ratio_is_what_the_velocity_does():
    ratio = far_velocity([1.0]) / far_velocity([1.0, -1.0])
    assert abs(ratio - 19) < 1e-9
    assert abs(value("gain ratio", beta=0.9) - 19) < 1e-12


def test_unrolled_factor_in_exact_rationals():
    lr, beta = Fraction(1, 10), Fraction(9, 10)
    w, v = np.array([Fraction(0)]), np.array([Fraction(0)])
    for g in (1, 0, 0):
        momentum(w, np.array([Fraction(g)]), v, lr=lr, beta=beta)
    e = EXERCISES["unrolled"]
    truth = e.truth.subs(
        {e.symbols["lr"]: sp.Rational(1, 10), e.symbols["beta"]: sp.Rational(9, 10)}
    )
    assert truth == sp.Rational(v[0].numerator, v[0].denominator)


def test_converted_rate_makes_the_same_path():
    average = descend(ravine(25), AVERAGED_MOMENTUM, lr=0.3, beta=0.8, steps=60)
    total = descend(
        ravine(25), MOMENTUM, lr=value("convert the rate", lr=0.3, beta=0.8), beta=0.8, steps=60
    )
    assert np.allclose(average.positions, total.positions, atol=1e-12)


def test_best_rates_over_finer_grids():
    e = EXERCISES["reach 1e-6"]
    run = descend(ravine(25), GRADIENT_DESCENT, lr=np.linspace(0.07, 0.0799, 20001), steps=300)
    assert e.best()[0] == np.nanmin(run.steps_to(1e-6))
    assert e.limit() == int(1.05 * e.best()[0])
    target = EXERCISES["below 1e-6 within 100 steps"]
    steps, where = target.best()
    assert descend(ravine(100), MOMENTUM, steps=200, **where).steps_to(1e-6) == steps
    rates = np.linspace(0.001, 0.02, 4001)
    descents = descend(ravine(100), GRADIENT_DESCENT, lr=rates, steps=400)
    assert np.isinf(descents.steps_to(1e-6)).all() and "more than 400 steps" in target.because


def test_rejected_options_of_the_corrections_are_false_numerically():
    assert abs(far_velocity([1.0, -1.0]) - 10 / 19) < 1e-12
    weights = 0.9 ** np.arange(2000)
    assert abs(weights.sum() - 10) < 1e-9


def test_numbers_in_the_feedback_on_best_rate():
    assert abs(1 - 0.04 * 1) == 0.96
    assert abs(1 - 2 / 26 - 0.92) < 0.005
    assert 1 / np.sqrt(25) > 0.08 and (1 / 25 + 1) / 2 > 0.08 and 4 / 36 > 0.08
