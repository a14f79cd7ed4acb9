"""Roots and polar factors of matrices, and the kernels that use them."""

import numpy as np
import pytest
import sympy as sp
from scipy import linalg

from course_utils.descent import descend
from course_utils.optimizers import (
    CUBIC,
    FULL_ADAGRAD,
    MATRIX_RULES,
    MUON,
    QUINTIC,
    SHAMPOO,
    SPECTRAL_DESCENT,
    Rule,
    adagrad,
    inverse_root,
    newton_schulz,
    polar_factor,
    root,
)
from course_utils.surfaces import ravine
from tests.loops import walk


def draws(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# Functions of matrices


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_roots_are_scipys(n):
    A = draws(n, n + 2, seed=n)
    S = A @ A.T
    assert root(S) == pytest.approx(linalg.sqrtm(S).real, abs=1e-10)
    assert root(S) @ root(S) == pytest.approx(S, abs=1e-10)
    for order in (2, 4):
        wanted = linalg.fractional_matrix_power(S + 0.3 * np.eye(n), -1 / order)
        assert inverse_root(S, order, 0.3) == pytest.approx(wanted, abs=1e-10)


def test_a_root_of_a_batch_is_a_batch_of_roots():
    A = draws(2, 2, 5)
    S = np.einsum("ikb,jkb->ijb", A, A)
    for b in range(5):
        assert root(S)[..., b] == pytest.approx(linalg.sqrtm(S[..., b]).real, abs=1e-10)


def test_a_root_needs_no_full_rank():
    g = np.array([3.0, 4.0])
    assert root(np.outer(g, g)) == pytest.approx(np.outer(g, g) / 5, abs=1e-6)
    assert (root(np.zeros((2, 2))) == 0).all()
    for g in draws(200, 3):  # the two eigenvalues 0 of g g^T come out a little below it, too
        assert root(np.outer(g, g)) == pytest.approx(np.outer(g, g) / np.linalg.norm(g), abs=1e-6)


def test_the_closed_form_for_symbols_is_the_root_by_eigenvectors():
    """The traced kernel goes by another way than floats; here both are given the same numbers."""
    entries = {"S11": 5.0, "S12": -1.5, "S22": 2.0}
    g, lr, eps = np.array([0.7, 1.1]), 0.3, 0.2
    from course_utils.symbolic.rotation import _entries, _Roots

    roots = _Roots()
    arrays = [roots.array(_entries(n, FULL_ADAGRAD, {})) for n in ("w", "g", "S")]
    settings = {n: roots.array(sp.Symbol(n, positive=True)) for n in ("lr", "eps")}
    FULL_ADAGRAD.kernel(*arrays, **settings)
    names = {"g1": g[0], "g2": g[1], "w1": 2.0, "w2": -10.0, "lr": lr, "eps": eps, **entries}
    expression = sp.Matrix(arrays[0].view(np.ndarray).tolist())
    for radicand, symbol in reversed(roots.symbols.items()):
        expression = expression.subs(symbol, sp.sqrt(radicand))
    free = sorted(expression.free_symbols, key=str)
    value = expression.subs({s: names[s.name] for s in free if s.name in names})
    value = np.array(value.evalf().tolist(), dtype=float).ravel()
    w, S = np.array([2.0, -10.0]), np.array([[5.0, -1.5], [-1.5, 2.0]])
    FULL_ADAGRAD.kernel(w, g, S, lr=lr, eps=eps)
    assert value == pytest.approx(w, rel=1e-12)


@pytest.mark.parametrize("shape", [(3, 3), (2, 5), (5, 2), (4, 1), (1, 3)])
def test_polar_factors_are_scipys(shape):
    g = draws(*shape, seed=7)
    assert polar_factor(g) == pytest.approx(linalg.polar(g)[0], abs=1e-12)
    assert np.linalg.norm(polar_factor(g), 2) == pytest.approx(1)


def test_a_polar_factor_leaves_out_what_is_not_there():
    g = np.outer([3.0, 4.0], [1.0, 0.0, 0.0])
    assert polar_factor(g) == pytest.approx(g / 5, abs=1e-15)
    assert (polar_factor(np.zeros((2, 3))) == 0).all()
    assert polar_factor(np.diag([5.0, 1e-3, 1e-12])) == pytest.approx(np.eye(3))


@pytest.mark.parametrize("coefficients", [CUBIC, QUINTIC])
@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4)])
def test_newton_schulz_is_its_polynomial_on_the_singular_values(shape, coefficients):
    g, (a, b, c) = draws(*shape, seed=2), coefficients
    U, s, Vt = np.linalg.svd(g, full_matrices=False)
    s = s / np.linalg.norm(s)
    for _ in range(5):
        s = a * s + b * s**3 + c * s**5
    assert newton_schulz(g, 5, coefficients) == pytest.approx(U * s @ Vt, abs=1e-6)


def test_the_cubic_converges_to_the_polar_factor_and_muons_does_not():
    g = draws(4, 3, seed=3)
    assert newton_schulz(g, 40, CUBIC) == pytest.approx(linalg.polar(g)[0], abs=1e-9)
    for steps in (5, 6, 40):
        s = np.linalg.svd(newton_schulz(g, steps), compute_uv=False)
        assert 0.6 < s.min() and s.max() < 1.25 and np.abs(s - 1).max() > 0.05
    assert (newton_schulz(np.zeros((2, 3))) == 0).all()


def test_the_band_of_muon():
    s = np.linspace(0.01, 1, 20001)
    a, b, c = QUINTIC
    for _ in range(5):
        s = a * s + b * s**3 + c * s**5
    assert (s.min(), s.max()) == pytest.approx((0.68, 1.13), abs=6e-3)
    assert sum(QUINTIC) == pytest.approx(0.701, abs=1e-9)


# Kernels, written again as their papers write them


@pytest.mark.parametrize("n", [2, 3])
def test_full_matrix_adagrad_is_a_plain_loop(n):
    gradients, w, G = draws(6, n, seed=n), draws(n, seed=9), np.zeros((n, n))
    expected = w.copy()
    for g in gradients:
        G = G + np.outer(g, g)
        U, squares, Vt = linalg.svd(G)
        expected = expected - 0.3 * linalg.inv(U * np.sqrt(squares) @ Vt + 0.05 * np.eye(n)) @ g
    got, (S,) = walk(FULL_ADAGRAD, w, gradients, lr=0.3, eps=0.05)
    assert got == pytest.approx(expected, abs=1e-7)
    assert S == pytest.approx(G, abs=1e-12)


def test_full_matrix_adagrad_of_perpendicular_gradients_is_adagrad():
    gradients = np.array([[2.0, 0.0], [0.0, -3.0], [1.0, 0.0], [0.0, 0.5]])
    w, s = np.array([1.0, -1.0]), np.zeros(2)
    got, (S,) = walk(FULL_ADAGRAD, w, gradients, lr=0.2, eps=1e-3)
    for g in gradients:
        adagrad(w, g, s, lr=0.2, eps=1e-3)
    assert got == pytest.approx(w, abs=1e-9)
    assert np.diag(S) == pytest.approx(s) and S[0, 1] == 0


def test_the_memory_of_a_batch_has_a_shape_of_its_own():
    rates = np.array([0.5, 1.0, 2.0])
    batch = descend(ravine(25, 0.3), FULL_ADAGRAD, lr=rates, steps=8)
    assert batch.memory["S"].shape == (9, 2, 2, 3)
    for i, lr in enumerate(rates):
        one = descend(ravine(25, 0.3), FULL_ADAGRAD, lr=lr, steps=8)
        assert batch.positions[..., i] == pytest.approx(one.positions, rel=1e-9)
        assert batch.memory["S"][..., i] == pytest.approx(one.memory["S"], rel=1e-9)


def test_a_batch_in_which_one_runs_away_keeps_the_memory_of_the_others():
    def runaway(w, g, S, *, lr):
        S += g[:, None] * g[None, :]
        w -= lr * g

    rule = Rule("plain, with a matrix", runaway, shapes=FULL_ADAGRAD.shapes)
    batch = descend(ravine(25), rule, lr=np.array([0.01, 5.0]), steps=60)
    assert np.isfinite(batch.memory["S"][..., 0]).all()
    assert np.isnan(batch.memory["S"][-1, ..., 1]).all() and "1 of 2 descents" in batch.stopped
    alone = descend(ravine(25), rule, lr=5.0, steps=60)
    assert len(alone.memory["S"]) == len(alone.positions) < 61


@pytest.mark.parametrize("shape", [(3, 4), (5, 2)])
def test_shampoo_is_a_plain_loop(shape):
    gradients, w = draws(4, *shape, seed=1), draws(*shape, seed=2)
    L, R, expected = np.zeros((shape[0],) * 2), np.zeros((shape[1],) * 2), w.copy()
    for G in gradients:
        L, R = L + G @ G.T, R + G.T @ G
        powers = [linalg.fractional_matrix_power(X + 0.1 * np.eye(len(X)), -0.25) for X in (L, R)]
        expected = expected - 0.7 * powers[0] @ G @ powers[1]
    got, memory = walk(SHAMPOO, w, gradients, lr=0.7, eps=0.1)
    assert got == pytest.approx(expected, abs=1e-9)
    assert [m.shape for m in memory] == [L.shape, R.shape]


@pytest.mark.parametrize("shape", [(3, 4), (6, 2)])
def test_muon_is_a_loop_over_singular_values(shape):
    gradients, w, momentum = draws(4, *shape, seed=5), draws(*shape, seed=6), np.zeros(shape)
    expected, beta, (a, b, c) = w.copy(), 0.8, QUINTIC
    for G in gradients:
        momentum = momentum + (1 - beta) * (G - momentum)
        U, s, Vt = np.linalg.svd(G + beta * (momentum - G), full_matrices=False)
        s = s / np.linalg.norm(s)
        for _ in range(5):
            s = a * s + b * s**3 + c * s**5
        expected = expected - 0.05 * max(1, shape[0] / shape[1]) ** 0.5 * U * s @ Vt
    got, _ = walk(MUON, w, gradients, lr=0.05, beta=beta)
    assert got == pytest.approx(expected, abs=1e-6)


def test_without_memory_shampoo_and_muon_are_spectral_descent():
    g, w = draws(4, 3, seed=8), np.zeros((4, 3))
    exact = -linalg.polar(g)[0]
    assert walk(SPECTRAL_DESCENT, w, [g], lr=1.0)[0] == pytest.approx(exact, abs=1e-12)
    assert walk(SHAMPOO, w, [g], lr=1.0, eps=1e-13)[0] == pytest.approx(exact, abs=1e-5)
    step = walk(MUON, w, [g], lr=1.0, beta=0.0)[0] / np.sqrt(4 / 3)
    assert np.sum(step * exact) / np.linalg.norm(step) / np.linalg.norm(exact) > 0.97


def test_no_short_step_falls_deeper_than_the_polar_factor():
    g = draws(3, 3, seed=4)
    steps = draws(4000, 3, 3, seed=5)
    steps /= np.linalg.norm(steps, 2, axis=(1, 2))[:, None, None]
    best = np.sum(g * polar_factor(g))
    assert best == pytest.approx(np.linalg.svd(g, compute_uv=False).sum())
    assert (np.sum(g * steps, axis=(1, 2)) < best).all()


@pytest.mark.parametrize("rule", MATRIX_RULES, ids=lambda r: r.name)
def test_matrix_rules_say_what_they_are_and_change_arrays_in_place(rule):
    assert rule.convention and rule.source and "<-" in rule.kernel.__doc__
    shape = (3,) if rule is FULL_ADAGRAD else (3, 2)
    w, g = np.ones(shape), draws(*shape)
    kept = g.copy()
    memory = rule.init(w)
    assert rule.kernel(w, g, *memory, lr=0.1, **rule.defaults) is None
    assert (g == kept).all() and not (w == 1).any()
    assert all(m.any() for m in memory)
