"""Lesson 08 against references of its own: SciPy's matrix functions, plain loops, searches."""

import re

import numpy as np
import pytest
import sympy as sp
from scipy import linalg, optimize

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, exercises
from course_utils.exercises.session import SESSION
from course_utils.explorers import TurnedAxes
from course_utils.explorers.turned_axes import MAIN, contours
from course_utils.explorers.turned_axes import model as of_explorer
from course_utils.networks import Data, Network, by_layer, digits, train
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    AVERAGED_MOMENTUM,
    CUBIC,
    DAMPED_NEWTON,
    EXACT_LINE_SEARCH,
    FULL_ADAGRAD,
    GRADIENT_DESCENT,
    MATRIX_RULES,
    MOMENTUM,
    MUON,
    NESTEROV,
    NEWTON,
    QUINTIC,
    RMSPROP,
    SHAMPOO,
    SIGN_DESCENT,
    SPECTRAL_DESCENT,
    Rule,
    adagrad,
    inverse_root,
    newton_schulz,
    odd_polynomial,
    polar_factor,
    root,
)
from course_utils.surfaces import ravine
from course_utils.symbolic.rotation import COS, SIN, commutes

EXERCISES = exercises()
OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "08"]


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    yield
    SESSION.forget()


def draws(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def orthogonal(n, seed=0):
    return linalg.qr(draws(n, n, seed=seed))[0]


def walk(rule, w, gradients, **hyper):
    """The weights and the memory after a step for each gradient."""
    w = w.copy()
    step = rule.start(w, **hyper)
    for g in gradients:
        step(g)
    return w, list(step.memory.values())


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


# Turns


def test_which_rules_see_the_axes():
    for rule in (GRADIENT_DESCENT, MOMENTUM, AVERAGED_MOMENTUM, NESTEROV, NEWTON, DAMPED_NEWTON,
                 EXACT_LINE_SEARCH, FULL_ADAGRAD):  # fmt: skip
        assert commutes(rule), rule.name
    for rule, empty in ((SIGN_DESCENT, {}), (ADAGRAD, {"s": 0}), (RMSPROP, {"s": 0}),
                        (ADAM, {"m": 0, "s": 0, "t": 1})):  # fmt: skip
        assert not commutes(rule, **empty), rule.name


@pytest.mark.parametrize(
    ("rule", "empty"),
    [(SIGN_DESCENT, {}), (ADAGRAD, {"s": 0}), (ADAM, {"m": 0, "s": 0, "t": 1})],
    ids=lambda x: getattr(x, "name", ""),
)
def test_the_point_that_refutes_does_so_in_floats(rule, empty):
    found = commutes(rule, **empty)
    at = {s.name: float(x) for s, x in found.where.items()}
    names = {"eta": "lr", "epsilon": "eps"}
    hyper = {names.get(n, n): x for n, x in at.items() if n not in ("w1", "w2", "g1", "g2")}
    hyper |= {"t": 1} if rule.counts_steps else {}
    Q = np.array([[0.6, -0.8], [0.8, 0.6]])
    ends = []
    for spin in (np.eye(2), Q):
        w = spin @ (at.get("w1", 0.0), at.get("w2", 0.0))
        g = spin @ (at["g1"], at["g2"])
        rule.kernel(w, g, *rule.init(w), **hyper)
        ends.append(w)
    assert Q @ ends[0] == pytest.approx(found.stepped_first, abs=1e-9)
    assert ends[1] == pytest.approx(found.turned_first, abs=1e-9)
    assert np.abs(Q @ ends[0] - ends[1]).max() > 0.1


def planted(change):
    """Full-matrix AdaGrad with a mistake."""

    def kernel(w, g, S, *, lr, eps):
        S += g[:, None] * g[None, :]
        change(w, g, S, lr, eps)

    return Rule("planted", kernel, shapes=FULL_ADAGRAD.shapes)


def only_diagonal(w, g, S, lr, eps):
    w -= lr * g / (np.sqrt(np.diagonal(S)) + eps)


def first_axis(w, g, S, lr, eps):
    w -= lr * g / (np.sqrt(S[0, 0, ...]) + eps)


def not_turned_back(w, g, S, lr, eps):
    w -= lr * (S @ g) * g


def by_the_trace(w, g, S, lr, eps):
    w -= lr * g / (np.sqrt(S[0, 0, ...] + S[1, 1, ...]) + eps)


def root_of_entries(w, g, S, lr, eps):
    w -= lr * np.sum(np.sqrt(np.abs(S)) * g[None, :], axis=1)


@pytest.mark.parametrize("change", [only_diagonal, first_axis, not_turned_back, root_of_entries])
def test_planted_mistakes_are_refuted(change):
    assert not commutes(planted(change), S=0)


def test_a_divisor_without_direction_is_proved():
    assert commutes(planted(by_the_trace))


def test_the_symbols_of_the_turn_lie_on_the_circle():
    from course_utils.symbolic.rotation import _on_circle

    assert _on_circle((COS**2 + SIN**2) ** 3 - 1) == 0
    assert _on_circle(COS**2 - SIN**2) != 0


@pytest.mark.parametrize("rule", [SPECTRAL_DESCENT, SHAMPOO, MUON], ids=lambda r: r.name)
def test_matrix_rules_turn_from_both_sides_and_not_as_a_vector(rule):
    gradients, w = draws(3, 4, 3, seed=1), draws(4, 3, seed=2)
    U, V = orthogonal(4), orthogonal(3, seed=1)
    here, _ = walk(rule, w, gradients, lr=0.1)
    there, _ = walk(rule, U @ w @ V.T, U @ gradients @ V.T, lr=0.1)
    assert there == pytest.approx(U @ here @ V.T, abs=1e-6)
    whole = orthogonal(12, seed=3)
    mixed, _ = walk(
        rule, (whole @ w.ravel()).reshape(4, 3),
        [(whole @ g.ravel()).reshape(4, 3) for g in gradients], lr=0.1,
    )  # fmt: skip
    assert np.abs(mixed.ravel() - whole @ here.ravel()).max() > 0.01


def test_a_turned_path_is_the_path_turned_and_units_do_not_count():
    c, s = np.cos(0.7), np.sin(0.7)
    straight = descend(ravine(25), FULL_ADAGRAD, lr=4, steps=30).positions
    turned = descend(ravine(25, 0.7), FULL_ADAGRAD, lr=4, steps=30).positions
    assert turned == pytest.approx(straight @ np.array([[c, s], [-s, c]]), abs=1e-5)
    larger = descend(ravine(25, c=1000), FULL_ADAGRAD, lr=4, steps=30).positions
    assert larger == pytest.approx(straight, abs=1e-5)


# What is left of kappa


@pytest.mark.parametrize("kappa", [4, 25, 100])
@pytest.mark.parametrize("degrees", [0, 5, 22.5, 30, 45])
def test_what_is_left_is_what_a_search_finds(kappa, degrees):
    H = ravine(kappa, np.radians(degrees)).hessian((0, 0))

    def condition(log):
        D = np.diag([1, np.exp(log)])
        return np.linalg.cond(D @ H @ D)

    found = optimize.minimize_scalar(condition, bounds=(-4, 4), method="bounded")
    left = theory.best_scaled_kappa(kappa, np.radians(degrees))
    assert left == pytest.approx(found.fun, rel=1e-5)
    law = (np.sqrt(kappa) - 1 / np.sqrt(kappa)) * np.sin(2 * np.radians(degrees))
    assert np.sqrt(left) - 1 / np.sqrt(left) == pytest.approx(law, abs=1e-6)


def test_numbers_at_half_way():
    for kappa, left in ((9, 5.37), (25, 13.45), (100, 50.99)):
        assert theory.best_scaled_kappa(kappa, np.pi / 8) == pytest.approx(left, abs=6e-3)


# A network


def test_layer_by_layer_is_a_loop_over_layers():
    network, data = Network((64, 7, 10)), digits()
    w = network.init(1)
    g = network.gradient(w, data.x_train[:, :50], data.y_train[:50])
    for rule, hyper in ((SHAMPOO, {"lr": 0.5}), (MUON, {"lr": 0.1}), (ADAM, {"lr": 0.01})):
        whole = by_layer(rule, network)
        got, _ = walk(whole, w, [g, -0.3 * g, g**3], **hyper)
        for (layer, slopes), end in zip(
            zip(network.unpack(w), network.unpack(g), strict=True), network.unpack(got), strict=True
        ):
            for W, G, mine in zip(layer, slopes, end, strict=True):
                alone, _ = walk(rule, W.copy(), [G, -0.3 * G, G**3], **hyper)
                assert mine == pytest.approx(alone, abs=1e-12)
        assert rule.name in whole.name and whole.hyper == rule.hyper


def test_rules_for_single_weights_do_not_notice_layers():
    network, data = Network((64, 5, 10)), digits()
    for rule, lr in ((GRADIENT_DESCENT, 0.5), (ADAM, 0.01)):
        plain = train(network, rule, data, epochs=1, lr=lr)
        layered = train(network, by_layer(rule, network), data, epochs=1, lr=lr)
        assert layered.batch_losses == pytest.approx(plain.batch_losses, rel=1e-12)


def test_shampoo_keeps_two_small_matrices_a_layer():
    network = Network((64, 32, 10))
    sizes = [m.size for m in by_layer(SHAMPOO, network).init(network.init(0))]
    assert sum(sizes) == 32**2 + 64**2 + 32**2 + 1 + 10**2 + 32**2 + 10**2 + 1


def test_rules_that_cannot_go_layer_by_layer_are_refused():
    for rule in (NEWTON, NESTEROV):
        if rule.needs_hessian or rule.look_ahead:
            with pytest.raises(TypeError, match=r"^[A-Z].*cannot go layer by layer: .*\.$"):
                by_layer(rule, Network())


@pytest.mark.parametrize(("rule", "lr"), [(MOMENTUM, 0.1), (MUON, 0.1), (SHAMPOO, 1.0)])
def test_turned_pixels_are_not_noticed(rule, lr):
    network, data, spin = Network((64, 6, 10)), digits(), orthogonal(64)
    rule = rule if rule is MOMENTUM else by_layer(rule, network)
    place = network.init(0)
    first = network.unpack(place)[0][0]
    first[...] = first @ spin.T
    images = Data(spin @ data.x_train, data.y_train, spin @ data.x_test, data.y_test)
    plain = train(network, rule, data, epochs=1, lr=lr)
    mixed = train(network, rule, images, epochs=1, lr=lr, w=place)
    assert mixed.losses == pytest.approx(plain.losses, rel=1e-6)


# The explorer


def plain_loop(kind, kappa, theta, c, lr, steps=of_explorer.LAST):
    """Losses over the first one of a rule written as it is defined, beta1 = 0.8."""
    t = np.radians(theta)
    Q = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    H = c * Q @ np.diag([25.0, 25.0 / kappa]) @ Q.T
    w, losses = Q @ (2.0, -10.0), []
    m, s, S = np.zeros(2), np.zeros(2), np.zeros((2, 2))
    for k in range(1, steps + 2):
        losses.append(0.5 * w @ H @ w)
        g = H @ w
        if kind == "gd":
            p = g
        elif kind == "adagrad":
            s = s + g * g
            p = g / (np.sqrt(s) + 1e-10)
        elif kind == "adam":
            m, s = 0.8 * m + 0.2 * g, 0.999 * s + 0.001 * g * g
            p = m / (1 - 0.8**k) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
        else:
            S = S + np.outer(g, g)
            e, V = np.linalg.eigh(S)
            p = V @ ((V.T @ g) / (np.sqrt(np.maximum(e, 0)) + 1e-6))
        w = np.clip(w - lr * p, -1e30, 1e30)
    return np.array(losses) / losses[0]


def arrives(losses):
    above = np.flatnonzero(~(losses <= 1e-3))
    step = int(above[-1]) + 1 if above.size else 0
    return step if step < len(losses) else None


CASES = [
    ({}, 20),
    ({"theta": 22.5}, 40),
    ({"theta": 45.0, "again": True}, 10),
    ({"theta": 30.0, "kappa": 100.0}, 60),
    ({"kappa": 9.0, "theta": 10.5, "again": True, "c": 0.1}, 15),
    ({"c": 10.0}, 3),
]
SAID = (
    r"Turned by (\S+)°, c = (\S+), κ = (\S+): the best scaling of the weights leaves κ = (\S+)\. "
    r"Step (\d+), losses over the first one: gradient descent (\S+), AdaGrad (\S+), Adam (\S+), "
    r"full-matrix AdaGrad (\S+)\. Tuned (.*), they are below a thousandth for good (.*)\.$"
)


@pytest.mark.parametrize(("setting", "step"), CASES)
def test_the_explorer_says_what_plain_loops_find(setting, step):
    explorer = TurnedAxes(**setting, step=step)
    state, got = explorer.state(), re.match(SAID, explorer.caption())
    assert got, explorer.caption()
    kappa, theta, c = state["kappa"], state["theta"], state["c"]
    left = theory.best_scaled_kappa(kappa, np.radians(theta))
    assert float(got[4]) == pytest.approx(left, rel=6e-3)
    words = got[11].replace("never, since", "never since").split(", ")
    for i, (kind, said) in enumerate(zip(of_explorer.KINDS, words, strict=True)):
        entrant = of_explorer.entrant(kind, kappa, float(theta), c, state["again"])
        losses = plain_loop(kind, kappa, theta, c, entrant.rate)
        if losses[step] > 1e-12:
            assert float(got[6 + i]) == pytest.approx(losses[step], rel=0.06)
        found = arrives(losses)
        assert entrant.arrives == (of_explorer.NEVER if found is None else found)
        if found is None:
            assert said == ("never since it ran away" if losses.max() > 1e12 else "not yet")
        else:
            assert said == f"from step {found}"


@pytest.mark.parametrize("kind", ["adagrad", "adam", "full"])
def test_the_rates_are_the_best_of_the_grid(kind):
    for place in (0, 15, 30):
        rate, step = of_explorer.best_rates(kind, 25.0)[place]
        theta = of_explorer.ANGLES[place]
        tried = [arrives(plain_loop(kind, 25.0, theta, 1.0, lr)) for lr in of_explorer.RATES]
        assert step == min(x for x in tried if x is not None)
        assert arrives(plain_loop(kind, 25.0, theta, 1.0, rate)) == step


def test_the_goal_of_the_explorer():
    steps = dict(zip(of_explorer.ANGLES, (k for _, k in of_explorer.best_rates("adagrad", 25.0)),
                     strict=True))  # fmt: skip
    plain = of_explorer.best_rates("gd", 25.0)[0][1]
    assert plain == 44 and "than gradient descent, 44." in TurnedAxes.goal
    slower = [angle for angle, k in steps.items() if k > plain]
    assert slower == [a for a in of_explorer.ANGLES if a >= slower[0]] and 21 < slower[0] < 27


def test_full_matrix_adagrad_is_drawn_where_it_would_walk():
    e = of_explorer.entrant("full", 25.0, 30.0, 10.0, False)
    here = descend(ravine(25, np.radians(30), c=10), FULL_ADAGRAD, steps=of_explorer.LAST,
                   lr=e.rate)  # fmt: skip
    assert e.run.positions == pytest.approx(here.positions, abs=1e-4)


@pytest.mark.parametrize("theta", [0.0, 22.5, 45.0])
def test_the_ellipses_are_contours(theta):
    drawn = contours(25.0, theta)
    found = re.findall(
        r'rx="(\S+)" ry="(\S+)" transform="translate\((\S+) (\S+)\) rotate\((\S+)\)"', drawn
    )
    assert len(found) == 9
    surface = ravine(25, np.radians(theta))
    for rx, ry, x, y, angle in (map(float, one) for one in found[:6]):
        t, a = np.linspace(0, 6, 30), np.radians(angle)
        across, down = rx * np.cos(t), ry * np.sin(t)
        px = x + across * np.cos(a) - down * np.sin(a)
        py = y + across * np.sin(a) + down * np.cos(a)
        places = np.array([MAIN.data(p, q) for p, q in zip(px, py, strict=True)])
        heights = surface.value(places.T[::-1])
        assert heights == pytest.approx(heights.mean(), rel=0.03)


def test_no_angle_bends_two_of_the_curves():
    for kind in ("gd", "full"):
        assert len({k for _, k in of_explorer.best_rates(kind, 25.0)}) == 1
    for kind in ("adagrad", "adam"):
        assert len({k for _, k in of_explorer.best_rates(kind, 100.0)}) > 5


# The exercises


def test_truths_by_another_way():
    left = theory.best_scaled_kappa(49, np.pi / 8)
    assert EXERCISES["at 22.5 degrees"].truth == pytest.approx(left)
    e = EXERCISES["what is left of kappa"]
    for kappa, theta in ((9, 0.2), (100, 0.7)):
        left = theory.best_scaled_kappa(kappa, theta)
        value = float(e.truth.subs({e.symbols["kappa"]: kappa, e.symbols["theta"]: theta}))
        assert value == pytest.approx(left + 1 / left)
    H = ravine(25, np.pi / 4).hessian((0, 0))
    assert EXERCISES["the inverse at 45 degrees"].truth == pytest.approx(np.linalg.inv(H)[0, 0])
    G = np.array([[3.0, 4.0], [-4.0, 3.0]])
    nuclear = np.linalg.svd(G, compute_uv=False).sum()
    assert EXERCISES["in the spectral ball"].truth == pytest.approx(-nuclear)


def test_wrong_answers_are_named():
    said = {
        ("what is left of kappa", "kappa + 1/kappa"): "the angle counts",
        ("what is left of kappa", "2 + (kappa - 1)^2*sin(theta)^2/kappa"): "twice the angle",
        ("at 22.5 degrees", 25): "no straight line",
        ("at 22.5 degrees", 49): "45 degrees, or half of it",
        ("the inverse at 45 degrees", 1 / 13): "a matrix is not inverted entry by entry",
        ("in the spectral ball", -14): "in a box",
        ("in the spectral ball", 10): "downhill is minus",
        ("who notices 22.5 degrees", "c"): "option c",
        ("along oscillations", "d"): "option d",
    }
    for (key, answer), idea in said.items():
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", idea), (key, feedback)


@pytest.mark.parametrize("key", OWN)
def test_every_slip_is_named_and_none_is_right(key):
    for slip in getattr(EXERCISES[key], "mistakes", ()):
        feedback = check(key, slip.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", slip.idea)


def test_every_wrong_option_has_a_reason():
    for key in OWN:
        e = EXERCISES[key]
        for letter in getattr(e, "options", {}):
            assert check(key, letter).verdict == ("right" if letter == e.truth else "not yet")


def by_solve(w, g, S, *, lr, eps):
    S += np.outer(g, g)
    w -= lr * np.linalg.solve(root(S) + eps * np.eye(len(w)), g)


def by_inverse(w, g, S, *, lr, eps):
    S = S + g[:, None] * g
    return w - lr * np.linalg.inv(linalg.sqrtm(S).real + eps * np.eye(len(w))) @ g, S


@pytest.mark.parametrize("kernel", [by_solve, by_inverse])
def test_right_ways_to_divide_by_a_root_pass(kernel):
    assert check("full-matrix AdaGrad", kernel).verdict == "right"


def test_ways_to_write_the_spectral_step():
    def svd(w, g, *, lr):
        U, _, Vt = np.linalg.svd(g, full_matrices=False)
        return w - lr * U @ Vt

    def polar(w, g, *, lr):
        w -= lr * linalg.polar(g)[0]

    def quick(w, g, *, lr):
        w -= lr * newton_schulz(g)

    assert check("spectral step", svd).verdict == check("spectral step", polar).verdict == "right"
    assert check("spectral step", quick).verdict == "not yet"


def test_a_wrong_shape_is_met_with_advice_that_fits():
    def transposed(w, g, *, lr):
        U, _, Vt = np.linalg.svd(g, full_matrices=False)
        w -= lr * U @ Vt.T

    feedback = check("spectral step", transposed)
    assert feedback.verdict == "not yet" and "no dot product" not in feedback.text


def test_mistakes_written_another_way_are_named():
    def entries(w, g, S, *, lr, eps):
        S[...] = S + np.array([[x * y for y in g] for x in g])
        with np.errstate(all="ignore"):
            w -= lr * np.linalg.solve(np.abs(S) ** 0.5 + eps * np.identity(len(g)), g)

    feedback = check("full-matrix AdaGrad", entries)
    assert feedback.idea == "the root of a matrix, not of its entries"


def test_the_bar_of_the_tuning_can_be_met_and_the_best_rate_along_the_axes_misses_it():
    assert check("AdaGrad at 22.5 degrees", {"lr": 3.0, "eps": 1e-10}).verdict == "right"
    assert check("AdaGrad at 22.5 degrees", {"lr": 12.0, "eps": 1e-10}).verdict == "not yet"
    plain = descend(ravine(25, np.pi / 8), GRADIENT_DESCENT, lr=2 / 26, steps=200)
    assert plain.settles_at(1e-3) == 72


def test_the_polynomial_acts_on_singular_values():
    s, a, b, c = sp.symbols("s a b c")
    value = odd_polynomial(np.array([[s]]), a, b, c)[0, 0]
    assert sp.expand(value - (a * s + b * s**3 + c * s**5)) == 0
