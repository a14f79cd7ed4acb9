"""The smallest deep network as a surface."""

import sympy as sp

from course_utils.surfaces import two_layers


def test_the_smallest_deep_network():
    a = sp.Symbol("a", positive=True)
    H = sp.hessian(two_layers().formula, sorted(two_layers().formula.free_symbols, key=str))
    w1, w2 = sorted(two_layers().formula.free_symbols, key=str)
    values = H.subs({w1: a, w2: 1 / a}).eigenvals()
    assert {sp.simplify(v - x) for v, x in zip(sorted(values, key=str), (a**2 + a**-2, 0),
                                               strict=True)} == {0}  # fmt: skip
