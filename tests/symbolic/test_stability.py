"""Stability limits from the shipped kernels, and runs on both sides."""

import pytest
import sympy as sp

from course_utils import optimizers, theory
from course_utils.descent import descend
from course_utils.optimizers import (
    MOMENTUM,
    NESTEROV,
    NESTEROV_LOOK_AHEAD,
)
from course_utils.surfaces import ravine
from course_utils.symbolic import (
    beta,
    curvature,
    difference,
    stability_limit,
)
from tests.optimizers.formulas import b1


def same(one, other):
    return difference(one, other) is None


LIMITS = {
    "gradient descent": (optimizers.GRADIENT_DESCENT, 2 / curvature),
    "momentum": (MOMENTUM, 2 * (1 + beta) / curvature),
    "averaged momentum": (
        optimizers.AVERAGED_MOMENTUM, 2 * (1 + beta) / ((1 - beta) * curvature),
    ),
    "Nesterov": (NESTEROV, 2 * (1 + beta) / ((1 + 2 * beta) * curvature)),
    "Nesterov, looking ahead": (
        NESTEROV_LOOK_AHEAD, 2 * (1 + beta) / ((1 + 2 * beta) * curvature),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("decay", [0.5, 0.9, 0.99])
def test_the_limit_follows_from_the_kernel_and_is_where_runs_turn(name, decay):
    rule, expected = LIMITS[name]
    limit = stability_limit(rule)
    assert same(limit, expected)
    at = float(limit.subs({beta: sp.Rational(str(decay)), curvature: 25}))
    hyper = {"beta": decay} if "beta" in rule.hyper else {}
    below = descend(ravine(25), rule, (1.0, 0.0), 6000, lr=0.998 * at, **hyper)
    above = descend(ravine(25), rule, (1.0, 0.0), 6000, lr=1.002 * at, **hyper)
    assert below.stopped is None and abs(below.positions[-1, 0]) < 0.9
    assert above.stopped or abs(above.positions[-1, 0]) > 1.1


def test_a_frozen_adam_has_the_limit_38():
    limit = stability_limit(optimizers.uncorrected_adam, beta2=1, s=1, eps=0)
    assert same(limit, 2 * (1 + b1) / ((1 - b1) * curvature))
    assert limit.subs({b1: sp.Rational(9, 10), curvature: 1}) == 38
    assert theory.averaged_limit(0.9, 1.0) == pytest.approx(38)


def test_a_kernel_without_a_matrix_is_refused_in_a_sentence():
    for kernel in (optimizers.adam, optimizers.sign_descent):
        with pytest.raises(ValueError, match=r"^This kernel is not linear .*\.$"):
            stability_limit(kernel)
