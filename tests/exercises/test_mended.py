"""Answers that are easily refused, or refused with a false sentence; what a refusal quotes."""

import itertools
from math import log

import numpy as np
import pytest
import sympy as sp

from course_utils.descent import descend
from course_utils.exercises import check, exercises
from course_utils.exercises.compare import first_difference
from course_utils.exercises.expressions import read
from course_utils.exercises.mistakes import kernel
from course_utils.exercises.probes import track
from course_utils.exercises.values import FunctionExercise
from course_utils.optimizers import GRADIENT_DESCENT
from course_utils.surfaces import ravine

EXERCISES = exercises()

pytestmark = pytest.mark.usefixtures("here")


@pytest.mark.parametrize("function", ["ln", "log", "log10", "log2"])
def test_any_logarithm_is_known(function):
    key = "half-life"
    e = EXERCISES[key]
    share = next(b for b in (0.5, 0.8, 0.9, 0.95, 0.99) if e.same(log(0.5) / log(b), e.truth))
    assert check(key, f"{function}(0.5)/{function}({share})")
    assert not check(key, f"{function}(0.4)/{function}({share})")


def test_an_unknown_function_is_no_factor():
    feedback = check("half-life", "lg(0.5)/lg(0.8)")
    assert feedback.idea == "unreadable" and "`lg(...)` is not a function" in feedback.text
    assert check("longest step", "foo(beta1)").idea == "unreadable"


def test_a_known_symbol_before_a_bracket_is_a_factor():
    x = {"beta": sp.Symbol("beta")}
    assert sp.expand(read("beta(1 - beta)", x) - x["beta"] + x["beta"] ** 2) == 0


def test_a_formula_is_compared_within_its_domain():
    e = EXERCISES["longest step"]
    one, two = (e.symbols[n] for n in ("beta1", "beta2"))
    written = sp.sqrt((1 - one) ** 2 / ((1 - two) * (1 - one**2 / two)))
    assert check("longest step", written)
    assert not check("longest step", 2 * written)


def test_one_entry_of_a_matrix_is_a_number():
    for matrix in (sp.Matrix, sp.ImmutableMatrix):
        assert check("half-life", matrix([[EXERCISES["half-life"].truth]]))
        feedback = check("longest step", matrix([[1, 2]]))
        assert "Your code stopped" not in feedback.text and not feedback


def test_a_rounded_number_is_right_and_a_coarse_one_is_not():
    e = EXERCISES["half-life"]
    assert check("half-life", round(e.truth, 1))
    assert not check("half-life", float(f"{e.truth:.1g}") + (e.truth == round(e.truth)))


def test_fractions_as_text_are_settings():
    keys = [k for k, e in EXERCISES.items() if "Tuning" in type(e).__name__ and not e.fixed]
    for key in keys:
        names = EXERCISES[key].rule.hyper
        feedback = check(key, dict.fromkeys(names, "1/1000"))
        assert "could not convert" not in feedback.text and feedback.idea != "settings", feedback
        assert "float" not in check(key, dict.fromkeys(names, "much")).text


def test_a_failure_may_be_a_function_of_the_step():
    assert check("invent a failure", lambda t: 210.0 if t % 201 == 1 else -1.0)
    changes = check("invent a failure", lambda t: 10.0 if t < 3000 else -1.0)
    assert changes.idea == "one best end"


def test_an_unfitting_shape_gets_advice_that_is_true():
    def forgets_keepdims(dy, gamma, z_hat, sd):
        return gamma / sd * (dy - dy.mean(axis=1))

    text = check("batch norm backward", forgets_keepdims).text
    assert "no sum is needed" not in text and "Print the shapes" in text
    text = check("momentum", lambda w, g, v, *, lr, beta: (w - np.ones(3), v)).text
    assert "no sum is needed" in text


class Endless:
    """Iterates for ever."""

    def __iter__(self):
        return itertools.count()


class Evil:
    """Raises when it is looked at."""

    def __getattribute__(self, name):
        raise RuntimeError("no")


@pytest.mark.parametrize("make", [Endless, Evil, itertools.count, lambda: (x for x in [1])])
@pytest.mark.parametrize("kind", sorted({type(e).__name__ for e in EXERCISES.values()}))
def test_strange_objects_get_a_sentence(kind, make):
    answer = make()
    key = next(k for k, e in EXERCISES.items() if type(e).__name__ == kind)
    for given in (answer, [answer], {"lr": answer}):
        feedback = check(key, given)
        assert feedback.verdict in ("not yet", "noted", "unanswered") and feedback.text


def test_numbers_without_brackets_are_not_a_type_error():
    feedback = check("half-life", 3, 1)
    assert "holds 2" in feedback.text and "0.5" in feedback.text


# What a check quotes


def test_the_first_case_that_differs_is_quoted():
    e = FunctionExercise(
        key="k", question="q", hints=("a", "b", "c"), solution="", truth=abs, subject="The size",
        cases=((2.0,), (-3.0,), (-4.0,)),
    )  # fmt: skip
    assert "For -3. your function gives −3. The size is 3 there." in e.assess(lambda x: x).text


def test_a_proof_is_told_from_agreement():
    assert "SymPy proves it." in check("best rate", "2/(lambda1+lambda2)").text


def test_a_number_may_be_a_known_mistake_of_a_formula():
    found = 0
    for e in EXERCISES.values():
        if getattr(e, "takes_number", False):
            for mistake in e.mistakes:
                value = e.at_example(mistake.value)
                near = [
                    m for m in e.mistakes if abs(e.at_example(m.value) - value) <= 5e-3 * abs(value)
                ]
                if value == value and len(near) == 1:
                    found += e.judge(value).idea == mistake.idea
    assert found > 0


def test_settings_of_the_step_that_differs_are_quoted():
    e = EXERCISES["momentum"]
    late = kernel("v = beta*v - lr*g; w = w + v", e.rule.memory)

    def changes_its_rate(w, g, v, *, lr, beta):
        return late(w, g, v, lr=min(lr, 0.1), beta=beta)

    difference = first_difference(
        track(changes_its_rate, e.bank.probes), e.bank.asked, e.bank.probes
    )
    own = difference.probe.settings[difference.step - 1]
    assert own["lr"] > 0.1 and f"lr = {own['lr']:.4g}" in str(difference)
    others = {s["lr"] for s in difference.probe.settings} - {own["lr"]}
    assert others, "the settings of another step would be others"


@pytest.mark.parametrize(
    ("rates", "words"), [(0.001, "never changed sign"), (0.0199, "changed sign ")]
)
def test_a_late_descent_is_described_by_what_it_did(rates, words):
    e = next(x for x in EXERCISES.values() if type(x).__name__ == "TuningExercise")
    run = descend(ravine(100.0), GRADIENT_DESCENT, lr=rates, steps=30)
    text = e._why(run)
    late = int(np.argmax(run.surface.value(np.diag(run.positions[-1]))))
    flips = int(np.sum(np.sign(run.positions[1:, late]) != np.sign(run.positions[:-1, late])))
    assert words in text and (f"{flips} times" in text) == (flips > 0)
