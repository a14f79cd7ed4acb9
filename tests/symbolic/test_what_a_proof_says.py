"""What a proof looks at, and what it says when there is none."""

import numpy as np
import pytest
import sympy as sp

from course_utils.optimizers import SIGN_DESCENT, momentum
from course_utils.symbolic import beta, commutes, difference, g, lr, prove, t, v, w
from course_utils.symbolic.rotation import COS, SIN, turn
from course_utils.symbolic.tracing import tidy


def test_every_formula_of_a_proof_is_looked_at():
    velocity = beta * v - lr * g
    assert prove(momentum, v=velocity, w=w + velocity)
    for formulas in ({"v": velocity, "w": w - velocity}, {"w": w + velocity, "v": velocity + g}):
        proof = prove(momentum, **formulas)
        assert not proof and proof.quantity == list(formulas)[1]


def test_a_lost_power_of_the_step_count_shows():
    assert difference(1 - beta**t, 1 - beta) is not None
    assert difference(1 - beta**t, 1 - beta ** (t - 1)) is not None


def test_roots_that_are_nearly_equal_are_not():
    x = sp.Symbol("x", positive=True)
    assert difference(sp.sqrt(x), sp.sqrt(x) * (1 + sp.Rational(1, 10**6))) is not None


def test_numbers_keep_their_digits():
    assert tidy(sp.Float(0.123456789)) == sp.Rational(123456789, 10**9)


def test_a_refutation_says_which_value_is_whose():
    proof = prove(momentum, w=w)
    assert f"it gives {proof.computed}, the formula {proof.expected}." in repr(proof)
    assert proof.expected == proof.where[w]


def test_a_matrix_is_turned_from_both_sides():
    H, values = np.array([[3, 1], [1, 2]]), {COS: sp.Rational(3, 5), SIN: sp.Rational(4, 5)}
    turned = np.array([[x.subs(values) for x in row] for row in turn(H)], dtype=float)
    R = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert turned == pytest.approx(R @ H @ R.T)


def test_a_refuted_turn_says_which_way_round_is_which():
    seen = commutes(SIGN_DESCENT)
    first, second = (
        "(" + ", ".join(f"{x:.3f}" for x in at) + ")"
        for at in (seen.stepped_first, seen.turned_first)
    )
    assert not seen and first != second
    assert f"step and then turn gives w = {first}, turn and then step {second}." in repr(seen)
    point = {str(s): float(x) for s, x in seen.where.items()}
    w0, g0 = (np.array([point[n + "1"], point[n + "2"]]) for n in "wg")
    R = np.array([[0.6, -0.8], [0.8, 0.6]])
    stepped = R @ (w0 - point["eta"] * np.sign(g0))
    assert seen.stepped_first == pytest.approx(stepped)
