"""What the exercises of lesson 02 ask, say and accept."""

import numpy as np
import pytest

from course_utils.exercises import check, exercises
from course_utils.exercises.lessons import LESSONS

WRONG = {
    "line search": ("2/(lambda1 + lambda2)", "the gradient chooses the mean"),
    "hessian entries": ("n**2", "the Hessian is symmetric"),
    "Hessian memory": (4.0, "the Hessian is symmetric"),
    "newton angle": (45, "the angle between two steps"),
    "along the gradient": ("a", "option a"),
    "arbitrary step": ("c", "option c"),
    "higher order": ("a", "option a"),
    "damp the saddle": ({"mu": 0.0}, "too slow"),
}


@pytest.mark.parametrize("key", WRONG)
def test_wrong_answers_are_named(key):
    answer, idea = WRONG[key]
    feedback = check(key, answer)
    assert (feedback.verdict, feedback.idea) == ("not yet", idea)


@pytest.mark.parametrize("e", LESSONS["02"], ids=lambda e: e.key)
def test_every_mistake_is_named(e):
    for mistake in getattr(e, "mistakes", ()):
        as_number = e.key in ("Hessian memory", "newton angle")
        value = float(mistake.value) if as_number else mistake.value
        assert e.judge(value).idea == mistake.idea, mistake.value


@pytest.mark.parametrize("mu", [0.85, 1.1, 1.25])
def test_the_saddle_can_be_damped(mu):
    assert check("damp the saddle", {"mu": mu})


@pytest.mark.parametrize("mu, words", [(0.2, "on the saddle"), (1.0, "threw it"), (4.0, "creeps")])
def test_the_saddle_says_what_went_wrong(mu, words):
    assert words in check("damp the saddle", {"mu": mu}).text


def remedies():
    def by_sizes(w, g, H):
        e, Q = np.linalg.eigh(H)
        w -= Q @ ((Q.T @ g) / np.abs(e))

    def by_damping(w, g, H):
        lowest = np.linalg.eigvalsh(H)[0]
        return w - np.linalg.solve(H + max(0, 0.1 - 2 * lowest) * np.eye(2), g)

    def by_gradient(w, g, H):
        if np.linalg.eigvalsh(H)[0] > 0:
            return w - np.linalg.solve(H, g)
        return w - g / max(1, np.linalg.norm(g))

    return by_sizes, by_damping, by_gradient


@pytest.mark.parametrize("step", remedies(), ids=lambda f: f.__name__)
def test_all_three_remedies_mend(step):
    assert check("mend negative curvature", step)


def failures():
    def plain_newton(w, g, H):
        w -= np.linalg.solve(H, g)

    def uphill(w, g, H):
        w += g

    def gradient(w, g, H):
        w -= 1e-3 * g

    def always_damped(w, g, H):
        w -= np.linalg.solve(H + 60 * np.eye(2), g)

    def nothing(w, g, H):
        return w

    return (
        (plain_newton, "negative curvature attracts Newton"),
        (uphill, "a step needs a bound"),
        (gradient, "keep what curvature buys"),
        (always_damped, "keep what curvature buys"),
        (nothing, "keep what curvature buys"),
    )


@pytest.mark.parametrize("step, idea", failures(), ids=lambda x: getattr(x, "__name__", ""))
def test_what_does_not_mend_is_told_why(step, idea):
    feedback = check("mend negative curvature", step)
    assert (feedback.verdict, feedback.idea) == ("not yet", idea)


@pytest.mark.parametrize("bad", [3, "f", [1, 2], lambda w, g: w, lambda w, g, H: 1 / 0,
                                 lambda w, g, H: "here", lambda w, g, H: w[:1]])  # fmt: skip
def test_odd_answers_get_a_sentence(bad):
    for key in ("mend negative curvature", "newton", "damped newton"):
        feedback = check(key, bad)
        assert feedback.verdict == "not yet" and feedback.text
        assert "Traceback" not in feedback.text


def test_a_hessian_that_is_changed_is_noticed():
    def greedy(w, g, H, *, mu):
        H += mu * np.eye(len(w))
        w -= np.linalg.solve(H, g)

    assert check("damped newton", greedy).idea == "H is only lent"


def test_keys_belong_to_the_course():
    assert {e.key for e in LESSONS["02"]} <= set(exercises())


def test_truths_are_counted_and_measured():
    truth = {e.key: e.truth for e in LESSONS["02"] if hasattr(e, "truth")}
    (n,) = truth["hessian entries"].free_symbols
    for k in (1, 2, 5, 10):
        pairs = {tuple(sorted((i, j))) for i in range(k) for j in range(k)}
        assert truth["hessian entries"].subs(n, k) == len(pairs)
    assert truth["Hessian memory"] == pytest.approx((1e18 + 1e9) / 2 * 4 / 1e18)
    newton, downhill = np.array([-1.0, -1.0]), np.array([-100.0, -10.0])
    turn = np.arctan2(*newton[::-1]) - np.arctan2(*downhill[::-1])
    assert truth["newton angle"] == pytest.approx(abs(np.degrees(turn)))
    names = {s.name: s for s in truth["line search"].free_symbols}
    values = {"lambda1": 7.0, "lambda2": 2.0, "g1": 1.5, "g2": -3.0}
    g, H = np.array([1.5, -3.0]), np.diag([7.0, 2.0])
    t = np.linspace(0, 1, 100_001)
    q = -t * (g @ g) + t**2 * (g @ H @ g) / 2
    found = float(truth["line search"].subs({names[k]: x for k, x in values.items()}))
    assert found == pytest.approx(t[q.argmin()], abs=2e-5)
