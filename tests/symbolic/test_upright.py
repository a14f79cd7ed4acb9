"""A fraction without a minus in front of its numerator and denominator."""

import sympy as sp

from course_utils.symbolic import upright


def test_upright_keeps_the_value_and_drops_the_minus():
    beta, g = sp.symbols("beta g")
    for expression in (
        -beta / (beta - 1),
        -((beta - 1) ** 3) * beta**2 * g,
        (beta - 1) ** 2 / (beta + 1) ** 2,
        -3 * beta,
        sp.Integer(-2),
        1 - 2 * beta,
    ):
        assert sp.simplify(upright(expression) - expression) == 0
    assert str(upright(-beta / (beta - 1))) == "beta/(1 - beta)"
    assert str(upright(-(beta**2) * (beta - 1))) == "beta**2*(1 - beta)"
