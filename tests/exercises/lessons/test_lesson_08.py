"""What the exercises of lesson 08 ask, say and accept."""

import numpy as np
import pytest
import sympy as sp
from scipy import linalg

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, exercises
from course_utils.optimizers import (
    GRADIENT_DESCENT,
    newton_schulz,
    odd_polynomial,
    root,
)
from course_utils.surfaces import ravine

EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "08"]


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
    e = EXERCISES["what the best scales leave"]
    for (H,) in e.cases:
        scales = np.geomspace(0.02, 50, 4001)
        tried = [np.linalg.cond(np.diag([1, x]) @ H @ np.diag([1, x])) for x in scales]
        assert float(e.truth(H)) == pytest.approx(min(tried), rel=1e-4)
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
def test_every_mistake_is_named_and_none_is_right(key):
    for mistake in getattr(EXERCISES[key], "mistakes", ()):
        feedback = check(key, mistake.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", mistake.idea)


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
