"""Adam by hand, its first step, the scale of the loss, and its two kinds of decay."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from course_utils import optimizers
from course_utils.descent import descend
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    ADAMW,
    CENTRED_RMSPROP,
    RMSPROP,
    SIGN_DESCENT,
    UNCORRECTED_ADAM,
    adam_l2,
    adamw,
)
from course_utils.surfaces import ravine
from course_utils.symbolic import (
    difference,
    lr,
    symbol,
    unroll,
)
from tests.optimizers.formulas import w
from tests.optimizers.steps import steps_on


def same(one, other):
    return difference(one, other) is None


def test_adam_by_hand_on_1_1_minus_1_in_exact_rationals():
    """m = 1/10, 19/100, 71/1000 and s_hat = 1, so the third step is 71/271 of the rate."""
    settings = {"beta1": sp.Rational(9, 10), "beta2": sp.Rational(999, 1000), "eps": 0}
    expected = [
        (1, Fraction(1, 10)),
        (2, Fraction(19, 100)),
        (2 + Fraction(71, 271), Fraction(71, 1000)),
    ]
    for k, (way, moment) in enumerate(expected, 1):
        here = unroll(optimizers.adam, k, g=[1, 1, -1], **settings)
        assert here["w"] == sp.expand(w - sp.Rational(way) * lr)
        assert here["m"] == sp.Rational(moment)
        assert here["s"] == 1 - sp.Rational(999, 1000) ** k
    assert np.allclose(steps_on(ADAM, [1, 1, -1], eps=0.0), [1, 1, 71 / 271])


def test_the_first_corrected_step_is_the_rate_whatever_the_gradient():
    first = unroll(optimizers.adam, 1, g=[symbol("g1")], eps=0)
    k = sp.Symbol("k", positive=True)
    for sign in (1, -1):
        assert same(first["w"].subs(symbol("g1"), sign * k), w - sign * lr)
    for x in (1e-150, -3.0, 1e150):
        assert steps_on(ADAM, [x], eps=0.0)[0] == pytest.approx(np.sign(x), rel=1e-12)


@pytest.mark.parametrize(
    "rule", [RMSPROP, ADAM, ADAGRAD, SIGN_DESCENT, UNCORRECTED_ADAM, CENTRED_RMSPROP]
)
def test_without_eps_the_scale_of_the_loss_does_not_matter(rule):
    """A power of two scales every number without rounding, so the paths are equal to the bit."""
    quiet = {"eps": 0.0} if "eps" in rule.hyper else {}
    if rule is CENTRED_RMSPROP:
        quiet["rho"] = 0.75
    one = descend(ravine(25), rule, lr=0.1, steps=60, **quiet)
    other = descend(ravine(25, c=1024.0), rule, lr=0.1, steps=60, **quiet)
    assert np.array_equal(one.positions, other.positions)


def test_decoupled_decay_takes_the_same_share_off_every_weight_and_l2_does_not():
    scale = np.array([1.0, 100.0])
    free, decayed = [], []
    for rule in (ADAMW, optimizers.ADAM_L2):
        for kept, strength in ((free, 0.0), (decayed, 0.01)):
            w, m, s = np.ones(2), np.zeros(2), np.zeros(2)
            draw = np.random.default_rng(0)
            for t in range(1, 2001):
                g = draw.normal() * scale
                settings = {**rule.defaults, "decay": strength}
                rule.kernel(w, g, m, s, lr=1e-3, **settings, t=t)
            kept.append(w)
    drop = np.array(free) - np.array(decayed)
    assert drop[0, 0] == pytest.approx(drop[0, 1], rel=1e-6)
    assert drop[1, 0] > 20 * abs(drop[1, 1])


def test_decay_is_divided_in_one_and_not_in_the_other():
    size, phase = np.array([[1.0], [10.0], [100.0]]), np.array([[1.0, -1.0]])
    hyper = dict(lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, decay=0.1)
    for kernel, rates in ((adam_l2, 0.001 / size[:, 0]), (adamw, np.full(3, 0.001))):
        w, m, s = np.ones((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
        for t in range(1, 2001):
            kernel(w, size * phase * (-1) ** t, m, s, t=t, **hyper)
        assert np.log(w.mean(axis=1)) == pytest.approx(-2000 * rates, rel=0.012)
