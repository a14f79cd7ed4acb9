"""Every kernel computes the formulas of its source, and a planted mistake is refuted."""

import time

import pytest

from course_utils import optimizers
from course_utils.optimizers import (
    HESSIAN_RULES,
    RULES,
)
from course_utils.symbolic import (
    prove,
)
from tests.each import each
from tests.optimizers.formulas import FORMULAS, MISTAKES
from tests.optimizers.planted import with_mistake

# Formulas, typed from the papers with their own letters


@pytest.mark.parametrize("name", FORMULAS)
def test_a_kernel_computes_the_formulas_of_its_source(name):
    proof = prove(getattr(optimizers, name), **FORMULAS[name])
    assert proof.holds, proof


# Planted mistakes: a line of the shipped source is changed, and the proof must fail at once.


@pytest.mark.parametrize("name", MISTAKES)
def test_planted_mistakes_are_refuted_at_once(name):
    each({f"{right}: {wrong}": (name, right, wrong) for right, wrong in MISTAKES[name]}, is_refuted)


def is_refuted(name, right, wrong):
    kernel = with_mistake(getattr(optimizers, name), right, wrong)
    began = time.process_time()
    proof = prove(kernel, **FORMULAS[name])
    assert time.process_time() - began < 2
    assert not proof
    assert proof.computed.equals(proof.expected) is not True
    assert "refuted" in repr(proof)


def test_every_kernel_that_can_be_traced_has_formulas_and_three_mistakes():
    kernels = {rule.kernel.__name__ for rule in (*RULES, *HESSIAN_RULES)}
    in_other_tests = {
        "gradient_descent", "momentum", "averaged_momentum", "momentum_rate_outside",
    }  # fmt: skip
    by_example = {"saddle_free_newton", "guarded_newton"}
    wanted = kernels - in_other_tests - by_example | {"ema", "ema_corrected"}
    assert not (lacking := wanted - set(FORMULAS)), f"give {lacking} a formula in formulas.py"
    assert not (spare := set(FORMULAS) - wanted), f"formulas.py has {spare}, and no rule does"
    assert set(FORMULAS) == set(MISTAKES)
    assert all(len(pieces) >= 3 for pieces in MISTAKES.values())
