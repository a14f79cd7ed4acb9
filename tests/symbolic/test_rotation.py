"""Which rules a rotation of the axes changes: proved, refuted, and run."""

import numpy as np
import pytest
from scipy import linalg

from course_utils.descent import descend
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    AVERAGED_MOMENTUM,
    DAMPED_NEWTON,
    EXACT_LINE_SEARCH,
    FULL_ADAGRAD,
    GRADIENT_DESCENT,
    MOMENTUM,
    MUON,
    NESTEROV,
    NEWTON,
    RMSPROP,
    SHAMPOO,
    SIGN_DESCENT,
    SPECTRAL_DESCENT,
    Rule,
)
from course_utils.surfaces import ravine
from course_utils.symbolic import rotation
from course_utils.symbolic.rotation import COS, SIN, commutes
from tests.loops import walk


def draws(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def orthogonal(n, seed=0):
    return linalg.qr(draws(n, n, seed=seed))[0]


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


def test_agreement_at_some_points_is_no_proof(monkeypatch):
    monkeypatch.setattr(rotation._Roots, "counter_example", lambda self, pairs: None)
    with pytest.raises(ArithmeticError, match="sign descent: both ways agree .* without a proof"):
        commutes(SIGN_DESCENT)
