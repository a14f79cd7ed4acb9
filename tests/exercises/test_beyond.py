"""What a check asks beyond ordinary runs, whose fault is whose, which of two mistakes is named."""

import numpy as np
import pytest

from course_utils.exercises import check, exercises
from course_utils.exercises.mistakes import kernel
from course_utils.exercises.troubles import OWN_FAULT

EXERCISES = exercises()
ZERO, LARGE, SMALL = "a gradient may be zero", "values may be large", "values may be small"
LATE, SETTINGS, SHAPES = "a run may be long", "settings may be any", "w may have any shape"

pytestmark = pytest.mark.usefixtures("here")

ADAM = "m = beta1*m + (1 - beta1)*g; s = beta2*s + (1 - beta2)*g**2; "
HATS = "m_hat = m/(1 - beta1**{t}); s_hat = s/(1 - beta2**{t}); "
MOVE = "w = w - lr*m_hat/(np.sqrt(s_hat) + {eps})"
AVERAGE = "v = beta*v - lr*g; w = w + v"
# Right wherever one looks, and wrong where nobody looks: exercise, form, what was not thought of.
ORDINARY = (
    ("descent step", "w = w - lr*np.clip(g, -5, 5)", LARGE),
    ("descent step", "w = np.clip(w - lr*g, -100, 100)", LARGE),
    ("descent step", "w = w - min(lr, 1)*g", SETTINGS),
    ("descent step", "w = w - lr*np.where(abs(g) < 1e-3, 0, g)", SMALL),
    ("descent step", "w = w - lr*g if w.ndim < 3 else w", SHAPES),
    ("sign descent", "w = w - lr*g/np.abs(g)", ZERO),
    ("sign descent", "w = w - lr*np.where(g >= 0, 1, -1)", ZERO),
    ("sign descent", "w = w - lr*np.tanh(1e6*g)", SMALL),
    ("momentum", "v = np.clip(beta*v - lr*g, -50, 50); w = w + v", LARGE),
    ("momentum", "v = min(beta, 0.99)*v - lr*g; w = w + v", SETTINGS),
    ("newton", "w = w - np.linalg.solve(H + 1e-10*np.eye(len(w)), g)", SMALL),
    ("newton", "p = np.linalg.solve(H, g); w = w - np.clip(p, -100, 100)", LARGE),
    ("damped newton", "w = w - np.linalg.solve(H + min(mu, 50)*np.eye(len(w)), g)", SETTINGS),
    ("AdaGrad", "s = s + g**2; w = w - lr*g/(np.sqrt(s) + max(eps, 1e-4))", SMALL),
    ("AdaGrad", "s = np.minimum(s + g**2, 1e6); w = w - lr*g/(np.sqrt(s) + eps)", LARGE),
    ("RMSProp", "s = rho*s + (1 - rho)*np.maximum(g**2, 1e-6); w = w - lr*g/(np.sqrt(s) + eps)",
     (ZERO, SMALL)),
    ("Adam", ADAM + HATS.format(t="min(t, 4)") + MOVE.format(eps="eps"), LATE),
    ("Adam", ADAM + HATS.format(t="(t if t < 10 else 10**9)") + MOVE.format(eps="eps"), LATE),
    ("Adam", ADAM + HATS.format(t="t") + MOVE.format(eps="max(eps, 1e-3)"), SMALL),
    ("Adam", ADAM + HATS.format(t="t") + MOVE.format(eps="min(eps, 10)"), SETTINGS),
    ("AdamW", "w = w - lr*min(decay, 1)*w; " + ADAM + HATS.format(t="t") + MOVE.format(eps="eps"),
     SETTINGS),
)  # fmt: skip


def made(key, form):
    rule = EXERCISES[key].rule
    return kernel(form, rule.memory, ("H",) * rule.needs_hessian)


def test_kernels_that_are_right_in_ordinary_runs_alone_are_not_right():
    failures = []
    for key, form, idea in ORDINARY:
        feedback = check(key, made(key, form))
        ideas = idea if isinstance(idea, tuple) else (idea,)
        if feedback or feedback.idea not in ideas:
            failures.append(
                f"{key}: {form} -> {feedback.verdict}, {feedback.idea}: {feedback.text}"
            )
    assert not failures, "\n".join(failures)


def test_two_numbers_that_differ_are_quoted_with_the_digits_that_show_it():
    text = check("newton", made("newton", ORDINARY[10][1])).text
    got, want = text.split(" to ")[1].split(",")[0], text.split("takes it to ")[1].split(". ")[0]
    assert got != want


def test_a_mistake_keeps_its_name_whatever_it_does_beyond_ordinary_runs():
    form = "s = s + g**2; w = w - lr*g*np.where(g == 0, 7, 1)/np.sqrt(np.where(s > 0, s, 1))"
    feedback = check("AdaGrad", made("AdaGrad", form))
    assert feedback.idea == "a guard against 0/0", feedback


PAIRS = (
    ("Adam", "m = beta1*m + g; s = beta2*s + (1 - beta2)*g**2; w = w - lr*m/(np.sqrt(s) + 2*eps)",
     "shares that add up to one"),
    ("Adam", "m = beta1*m + (1 - beta1)*g; s = beta2*s + (1 - beta2)*m**2; w = w - 3*lr*m/s",
     "squares of gradients"),
    ("momentum", "v = (1 - beta)*v - beta*lr*g; w = w + 2*v", "beta is the share you keep"),
    ("RMSProp", "s = rho*s + g**2; w = w + 2*lr*g/(s + eps)", "shares that add up to one"),
    ("AMSGrad", "m = beta1*m + g; s = beta2*s + (1 - beta2)*g**2; top = np.maximum(top, s); "
     "w = w - 5*lr*m/(np.sqrt(top) + eps)", "shares that add up to one"),
)  # fmt: skip


def test_of_two_mistakes_the_first_is_named():
    failures = []
    for key, form, idea in PAIRS:
        feedback = check(key, made(key, form))
        if feedback.idea != idea or "Fix this first" not in feedback.text:
            failures.append(f"{key}: {form} -> {feedback.idea}: {feedback.text}")
    assert not failures, "\n".join(failures)


def test_a_schedule_is_asked_beyond_its_end():
    def wave_of(t):
        return 0.05 * (1 + np.cos(np.pi * (t - 20) / 100))

    def wave(t, end):
        if t <= 20:
            return 0.1 * t / 20
        return wave_of(t) if t <= 120 else end

    assert check("warm-up, then cosine", lambda t: wave(t, 0.0))
    for end in (0.1, float("nan"), -1.0):
        assert not check("warm-up, then cosine", lambda t, end=end: wave(t, end)), end
    back = check("warm-up, then cosine", lambda t: wave(t, wave_of(t)))
    assert back.idea == "after the end"
    line = check("warm-up, then cosine", lambda t: 0.1 * min(t / 20, max((120 - t) / 100, 0)))
    assert line.idea == "a cosine, not a line"


def test_a_function_must_leave_its_arguments_alone():
    def in_place(values, k):
        values.sort()
        return solution(values, k)

    space = {"np": np}
    exec(EXERCISES["best of k"].solution, space)
    solution = space["my_best_of"]
    assert check("best of k", solution)
    assert check("best of k", in_place).idea == "arguments are only lent"


def test_the_fault_of_a_check_is_its_own_and_that_of_an_answer_is_the_answers(monkeypatch):
    for wrong in (lambda *_, **__: 1 / 0, np.add, lambda t: t, int, np.linalg.solve):
        for key in ("momentum", "factor per step"):
            assert check(key, wrong).idea != OWN_FAULT, (key, wrong)
    monkeypatch.setattr("course_utils.exercises.probes._check", _stumbles())
    monkeypatch.setattr("course_utils.exercises.values._value", _stumbles())
    for key in ("momentum", "factor per step"):
        feedback = check(key, _right(key))
        assert (feedback.verdict, feedback.idea) == ("not judged", OWN_FAULT), feedback
        assert "says nothing about your answer" in feedback.text
        assert "Your code" not in repr(feedback)


def _right(key):
    space = {"np": np}
    exec(EXERCISES[key].solution, space)
    return next(x for n, x in space.items() if n.startswith("my_"))


def _stumbles():
    """A function that fails as if its code stood in the course."""
    space = {}
    file = EXERCISES["momentum"].assess.__code__.co_filename
    exec(compile("def stumbles(*_):\n    return {}['x']", file, "exec"), space)
    return space["stumbles"]
