"""A descent with every rule: bad settings, the first start, looking ahead, time."""

import math
import time

import numpy as np
import pytest

from course_utils.descent import descend
from course_utils.optimizers import (
    ADAM,
    HESSIAN_RULES,
    NESTEROV,
    NESTEROV_LOOK_AHEAD,
    RULES,
    Rule,
)
from course_utils.surfaces import ravine, rosenbrock


def test_descend_asks_for_the_gradient_ahead():
    settings = {"start": (-0.5, 0.3), "steps": 40, "lr": 1e-3, "beta": 0.8}
    paper = descend(rosenbrock(), NESTEROV_LOOK_AHEAD, **settings)
    framework = descend(rosenbrock(), NESTEROV, **settings)
    ahead = paper.positions + 0.8 * paper.memory["v"]
    assert np.allclose(framework.positions, ahead, rtol=0, atol=1e-13)
    assert not np.allclose(framework.positions, paper.positions, rtol=0, atol=1e-4)


EVERY = pytest.mark.parametrize("rule", (*RULES, *HESSIAN_RULES), ids=lambda r: r.name)


# Values that a setting refuses, beside those that are no numbers
OUTSIDE = {
    "rho": (-0.1, 1.0), "beta": (-0.1, 1.0), "beta1": (1.0,), "beta2": (1.0, 2.0),
    "eps": (-1e-9,), "mu": (-1.0,), "decay": (-0.1,), "psi": (-0.1,), "bound": (0.0,),
    "lr": (0.0, -1.0),
}  # fmt: skip


@EVERY
def test_bad_settings_are_refused_in_a_sentence(rule):
    fine = {n: {"lr": 0.01, **rule.defaults}[n] for n in rule.hyper}
    assert fine.keys() <= OUTSIDE.keys(), "say in OUTSIDE which values a new setting refuses"
    for name in rule.hyper:
        for value in (*OUTSIDE[name], math.nan, math.inf):
            with pytest.raises(
                ValueError, match=rf"^The setting {name} must be .*\.$|is (nan|inf)\."
            ) as e:
                descend(ravine(), rule, steps=3, **{**fine, name: value})
            assert str(e.value)[0].isupper()
        with pytest.raises(TypeError, match=r"^The setting .* must be a number.*\.$"):
            descend(ravine(), rule, steps=3, **{**fine, name: "fast"})


@EVERY
def test_a_rule_runs_from_the_start_of_the_course(rule):
    run = descend(ravine(), rule, steps=50, **({"lr": 0.02} if "lr" in rule.hyper else {}))
    assert run.stopped is None and run.losses[-1] < run.losses[0]
    assert repr(run).startswith(rule.name)


def test_a_gradient_of_zero_with_eps_zero_is_explained():
    run = descend(ravine(), ADAM, (2.0, 0.0), 5, lr=0.1, eps=0.0)
    assert "With eps = 0 a gradient of 0 is divided by 0" in run.stopped
    assert descend(ravine(), ADAM, (2.0, 0.0), 5, lr=0.1).stopped is None


def test_a_rule_of_ones_own_may_look_ahead_and_ask_for_the_hessian():
    def both(w, g, H, v, *, lr):
        v[...] = H[0, 0]
        w -= lr * g

    rule = Rule("both", both, look_ahead=lambda w, v, **_: 2 * w)
    assert rule.needs_hessian and rule.memory == ("v",) and rule.hyper == ("lr",)
    run = descend(ravine(25), rule, (1.0, 1.0), 1, lr=0.01)
    assert run.positions[1].tolist() == [0.5, 0.98]
    assert run.memory["v"][1].tolist() == [25.0, 25.0]


def test_two_hundred_steps_of_adam_take_milliseconds():
    def seconds():
        began = time.perf_counter()
        descend(ravine(), ADAM, lr=0.1, steps=200)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(10)) < 0.02
