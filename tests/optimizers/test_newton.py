"""Newton's step, damped, saddle-free, guarded, and exact line search."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from course_utils.descent import descend
from course_utils.optimizers import (
    DAMPED_NEWTON,
    GUARDED_NEWTON,
    NEWTON,
    SADDLE_FREE_NEWTON,
    NoStep,
)
from course_utils.optimizers.newton import (
    damped_newton,
    exact_line_search,
    guarded_newton,
    newton,
    saddle_free_newton,
    solve,
)
from course_utils.surfaces import W1, W2, Surface
from course_utils.symbolic import (
    difference,
    trace,
)
from tests.loops import after
from tests.optimizers.formulas import H, w1, w2
from tests.optimizers.planted import with_mistake


def surface(expression, start=(1.0, 1.0)):
    return Surface("a test", expression, start, (0, 0), ((-1, 1), (-1, 1)), "a test")


def same(one, other):
    return difference(one, other) is None


def test_newton_reaches_the_flat_point_of_any_quadratic_in_one_step():
    x, y = sp.symbols("x y", real=True)
    at = H * sp.Matrix([w1 - x, w2 - y])
    step = trace(newton, g1=at[0], g2=at[1])
    assert same(step["w1"], x) and same(step["w2"], y)


def test_newton_on_fractions_squares_the_error():
    """f = w - ln w has its minimum at 1 and e' = -e^2 exactly."""
    w = np.array([Fraction(1, 2), Fraction(3, 2)])
    seen = []
    for _ in range(3):
        newton(w, 1 - 1 / w, np.array([[1 / w[0] ** 2, Fraction(0)], [Fraction(0), 1 / w[1] ** 2]]))
        seen.append(w[0])
    assert seen == [Fraction(3, 4), Fraction(15, 16), Fraction(255, 256)]
    assert w[1] == 1 - Fraction(1, 2) ** 8


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("batch", [(), (4,), (2, 3)], ids=str)
def test_solve_is_the_inverse_of_a_product(n, batch):
    random = np.random.default_rng(n)
    A, x = random.normal(size=(n, n, *batch)), random.normal(size=(n, *batch))
    assert np.allclose(solve(A, np.einsum("ij...,j...->i...", A, x)), x, rtol=1e-10, atol=1e-10)


SADDLE = np.array([[1.0, 0.0], [0.0, -1.0]])


TURN = np.array([[0.6, -0.8], [0.8, 0.6]])


def exact_saddle_free(kernel):
    """|H|^-1 g where eigenvalues and eigenvectors are known: on the axes, and turned by 3-4-5."""
    assert np.allclose(after(kernel, (1, 0.1), (1, -0.1), SADDLE), (0, 0.2), rtol=1e-15)
    for curvatures in ((2, -5), (-1, -4), (3, 0.5)):
        turned = TURN @ np.diag(curvatures) @ TURN.T
        g = TURN @ (2.0, 3.0)
        step = TURN @ (2 / abs(curvatures[0]), 3 / abs(curvatures[1]))
        assert np.allclose(after(kernel, (7, 8), g, turned), (7, 8) - step, rtol=1e-14)
    assert np.allclose(after(kernel, (1, 1), (2, 3), [[0, 1], [1, 0]]), (-1, -2), rtol=1e-14)


def exact_guarded(kernel):
    """Newton in a bowl, a bounded gradient step elsewhere."""

    def step(w, g, H):
        return after(kernel, w, g, H, lr=0.5, bound=1.0)

    assert np.allclose(step((1, 2), (4, 10), [[4, 0], [0, 5]]), (0, 0))
    assert np.allclose(step((1, 0.1), (1, -0.1), SADDLE), (0.5, 0.15), rtol=1e-15)
    assert np.allclose(step((0, 0), (30, 40), -np.eye(2)), (-0.6, -0.8), rtol=1e-15)
    assert np.allclose(step((3, 4), (0, 0), SADDLE), (3, 4))


def test_saddle_free_newton_on_exact_examples():
    exact_saddle_free(saddle_free_newton)


def test_guarded_newton_on_exact_examples():
    exact_guarded(guarded_newton)


@pytest.mark.parametrize(
    ("examples", "kernel", "right", "wrong"),
    [
        (exact_saddle_free, saddle_free_newton, "np.abs(curvatures)", "curvatures"),
        (exact_saddle_free, saddle_free_newton, "along / sizes", "along * sizes"),
        (exact_saddle_free, saddle_free_newton, "g[:, None], axis=0", "g[:, None], axis=1"),
        (exact_saddle_free, saddle_free_newton, "w -=", "w +="),
        (exact_guarded, guarded_newton, "> 0\n", "> -9\n"),
        (exact_guarded, guarded_newton, ".min(axis=0)", ".max(axis=0)"),
        (exact_guarded, guarded_newton, "np.minimum(1,", "np.maximum(1,"),
        (exact_guarded, guarded_newton, "length = lr * ", "length = "),
        (exact_guarded, guarded_newton, "w -=", "w +="),
    ],
)  # fmt: skip
def test_a_mistake_in_a_kernel_without_a_trace_fails_the_examples(examples, kernel, right, wrong):
    with pytest.raises(AssertionError):
        examples(with_mistake(kernel, right, wrong))


def test_newton_walks_to_the_saddle_and_saddle_free_newton_away():
    shape = surface((W1**2 - W2**2) / 2, (1.0, 0.1))
    assert np.allclose(descend(shape, NEWTON, steps=1).positions[-1], 0)
    escape = descend(shape, SADDLE_FREE_NEWTON, steps=3)
    assert np.allclose(escape.positions[:, 1], [0.1, 0.2, 0.4, 0.8])


def test_newton_climbs_to_the_maximum_of_the_double_well():
    well = surface(W1**4 / 4 - W1**2 / 2 + W2**2, (0.3, 0.0))
    assert abs(descend(well, NEWTON, steps=4).positions[-1, 0]) < 1e-12
    assert descend(well, SADDLE_FREE_NEWTON, steps=30).positions[-1, 0] == pytest.approx(1)
    assert descend(well, GUARDED_NEWTON, lr=0.5, steps=30).positions[-1, 0] == pytest.approx(1)
    assert descend(well, DAMPED_NEWTON, mu=2.0, steps=200).positions[-1, 0] == pytest.approx(1)


SINGULAR = [np.zeros((2, 2)), [[1, 2], [2, 4]], [[0.1, 0.3], [0.3, 0.9]], [[1, 0], [0, 0]]]


@pytest.mark.parametrize("matrix", SINGULAR, ids=str)
def test_a_singular_hessian_is_named_in_a_sentence(matrix):
    for kernel, hyper in ((newton, {}), (saddle_free_newton, {}), (damped_newton, {"mu": 0.0})):
        with pytest.raises(NoStep, match=r"^The Hessian is singular: .*damped_newton.*\.$"):
            after(kernel, (1, 1), (1, 1), matrix, **hyper)
    assert np.isfinite(after(damped_newton, (1, 1), (1, 1), matrix, mu=0.5)).all()
    with pytest.raises(NoStep, match=r"^The Hessian is singular"):
        solve(np.zeros((3, 3)), np.ones(3))


def test_a_hessian_with_a_small_curvature_is_not_singular():
    g = np.array([1.0, 2.0])
    for small in (1e-5, 1e-8, 1e-11):
        almost = np.array([[1.0, 1.0], [1.0, 1.0 + small]])
        assert solve(almost, g) == pytest.approx([1 - 1 / small, 1 / small], rel=1e-4)


def test_damping_keeps_fractions_exact():
    w, g = np.array([Fraction(2), Fraction(-10)]), np.array([Fraction(50), Fraction(-10)])
    matrix = np.array([[Fraction(25), Fraction(0)], [Fraction(0), Fraction(1)]])
    damped_newton(w, g, matrix, mu=Fraction(1, 2))
    assert w.tolist() == [Fraction(2, 51), Fraction(-10, 3)]
    assert all(isinstance(x, Fraction) for x in w)


def test_a_line_on_which_nothing_is_lowest_is_named_in_a_sentence():
    for matrix in (np.zeros((2, 2)), -np.eye(2), SADDLE):
        with pytest.raises(NoStep, match=r"^The surface does not curve up .*\.$"):
            after(exact_line_search, (1, 1), (1, 2), matrix)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_hessian_that_is_no_number_spoils_only_its_own_trajectory(bad):
    matrices = np.stack([np.eye(3), np.full((3, 3), bad)], axis=-1)
    g = np.array([[1.0, bad], [2.0, bad], [3.0, bad]])
    for kernel, hyper in ((saddle_free_newton, {}), (guarded_newton, {"lr": 1.0, "bound": 1.0})):
        with np.errstate(invalid="ignore"):
            landed = after(kernel, np.zeros((3, 2)), g, matrices, **hyper)
        assert landed[:, 0].tolist() == [-1, -2, -3]
        assert not np.isfinite(landed[:, 1]).any()
