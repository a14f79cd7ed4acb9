"""The 32 numbered mistakes: in which bank each lives, in other spellings and in pairs."""

import itertools
import re

import numpy as np
import pytest

from course_utils.exercises import check, exercises
from course_utils.exercises.kernels import KernelExercise
from course_utils.exercises.mistakes import kernel, known
from tests.exercises.respelled import Expanded, TurnedRound, respelled

KERNELS = {e.rule.name: (k, e) for k, e in exercises().items() if isinstance(e, KernelExercise)}
BANKS = {name: known(name, e.rule.memory) for name, (_, e) in KERNELS.items()}
MISTAKES = {name: about.mistakes for name, about in BANKS.items()}
CONVENTIONS = {name: about.right for name, about in BANKS.items()}
NUMBERS = [f"M{n:02}" for n in range(1, 33)]

PLAIN = {"gradient descent", "sign descent"}
NEWTON = {"Newton", "damped Newton"}
SUMS = {"momentum", "Nesterov"}
FIRST = SUMS | {"averaged momentum"}
AVERAGES = {"exponential average", "corrected average"}
ROOTS = {"AdaGrad", "RMSProp", "RMSProp, eps inside"}
BOTH = {"Adam", "AdamW", "AMSGrad"}
RULES = PLAIN | NEWTON | FIRST | AVERAGES | ROOTS | BOTH

# Numbered mistakes that are another one in a rule: there they have its name.
SAME_AS = {
    "M02": {"RMSProp": "M19 a sum", "RMSProp, eps inside": "M19 a sum"},
    "M16": {
        "momentum": "memory unused",
        "Nesterov": "memory unused",
        "averaged momentum": "memory unused",
        "corrected average": "the value corrected",
    },
    "M18": {
        "momentum": "M21 moves first",
        "averaged momentum": "M21 moves first",
        "Nesterov": "heavy ball",
    },
    "M19": {
        "exponential average": "M01 a sum",
        "corrected average": "M01 a sum",
        "averaged momentum": "M01 a sum",
        "Adam": "M02 a sum of s",
        "AdamW": "M02 a sum of s",
        "AMSGrad": "M02 a sum of s",
    },
    "M20": {"gradient descent": "mean gradient"},
    "M21": {
        "corrected average": "M18 moves first",
        "AdaGrad": "M18 moves first",
        "RMSProp": "M18 moves first",
        "RMSProp, eps inside": "M18 moves first",
        "Adam": "M18 moves first",
        "AdamW": "M18 moves first",
        "AMSGrad": "M18 moves first",
    },
    "M22": {"exponential average": "M32 minus", "corrected average": "M32 minus"},
    "M27": {"corrected average": "M05 corrected in place"},
    "M32": {
        "momentum": "M22 sign in the velocity",
        "Nesterov": "M22 sign in the velocity",
    },
}

NO_MEMORY, ONE_ARRAY = "it keeps nothing from step to step", "its memory is all it has"
NO_CORRECTION, NO_ROOT = "it corrects nothing", "it averages no squares"
NO_EPS, NO_RATE = "it has no eps", "it has no learning rate"
# Why a numbered mistake cannot happen in a rule.
CANNOT = {
    "M01": {
        NO_MEMORY: PLAIN | NEWTON,
        "its memory is a sum": SUMS | {"AdaGrad"},
        "its one average is that of squares, M19": ROOTS - {"AdaGrad"},
    },
    "M02": {NO_ROOT: PLAIN | NEWTON | FIRST | AVERAGES, "its memory is a sum": {"AdaGrad"}},
    "M03": {"it has not two averages": RULES - BOTH},
    "M04": {NO_MEMORY: PLAIN | NEWTON, "it has no shares": {"AdaGrad"}},
    **{
        number: {NO_CORRECTION: RULES - BOTH - {"corrected average"}}
        for number in ("M05", "M06", "M07", "M08", "M10")
    },
    "M09": {
        NO_CORRECTION: RULES - BOTH - {"corrected average"},
        "it has one share": {"corrected average"},
    },
    **{number: {NO_ROOT: RULES - BOTH - ROOTS} for number in ("M11", "M12", "M13")},
    "M16": {
        "the gradient itself moves the weights": PLAIN | NEWTON | ROOTS,
        "it moves nothing": {"exponential average"},
    },
    "M17": {"it has not two memories": RULES - BOTH},
    "M18": {NO_MEMORY: PLAIN | NEWTON, ONE_ARRAY: {"exponential average"}},
    "M19": {NO_MEMORY: PLAIN | NEWTON, "it is a sum": SUMS | {"AdaGrad"}},
    "M20": {"it divides by nothing": FIRST | AVERAGES},
    "M21": {NO_MEMORY: PLAIN | NEWTON, ONE_ARRAY: {"exponential average"}},
    "M23": {NO_MEMORY: PLAIN | NEWTON},
    "M24": {NO_MEMORY: PLAIN | NEWTON, ONE_ARRAY: {"exponential average"}},
    "M25": {NO_RATE: NEWTON | AVERAGES},
    "M26": {"it looks nowhere ahead": RULES - {"Nesterov"}},
    "M27": {NO_MEMORY: PLAIN | NEWTON, ONE_ARRAY: {"exponential average"}},
    **{number: {NO_EPS: PLAIN | NEWTON | FIRST | AVERAGES} for number in ("M28", "M29")},
    "M30": {"it has no decay": RULES - {"AdamW"}},
    "M32": {NO_MEMORY: PLAIN | NEWTON},
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("here")


def named(rule, number):
    """The mistakes of a rule's bank that have a number."""
    return [m for m in MISTAKES[rule] if m.name.split()[0] == number]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_number_is_in_every_bank_or_cannot_happen(rule):
    for number in NUMBERS:
        reasons = [why for why, rules in CANNOT.get(number, {}).items() if rule in rules]
        other = SAME_AS.get(number, {}).get(rule)
        found = named(rule, number)
        assert len(reasons) + (other is not None) + bool(found) == 1, (
            number,
            reasons,
            other,
            found,
        )
        if other:
            assert other in {m.name for m in MISTAKES[rule]}, number


def test_the_table_speaks_of_the_rules_that_learners_write():
    assert RULES <= set(KERNELS) and RULES <= set(MISTAKES)
    count = sum(bool(named(rule, n)) for rule in RULES for n in NUMBERS)
    assert count + sum(map(len, SAME_AS.values())) > 200
    assert all(any(named(rule, n) for rule in RULES) for n in NUMBERS)


@pytest.mark.parametrize("rule", MISTAKES)
def test_numbers_of_mistakes_are_known(rule):
    for mistake in MISTAKES[rule]:
        if re.match(r"M\d", mistake.name):
            assert mistake.name.split()[0] in NUMBERS


# Other spellings, made from the forms of the banks


def answer(rule, form, style):
    """A learner's function that computes a form."""
    slots, given = KERNELS[rule][1].rule.memory, ("H",) * KERNELS[rule][1].rule.needs_hessian
    inner = kernel(form, slots, given)

    def function(w, g, *rest, **hyper):
        new = inner(w.copy(), g.copy(), *(x.copy() for x in rest), **hyper)
        if style == "tuple":
            return tuple(new.values()) if slots else new["w"]
        for old, name in zip((w, *rest[len(given) :]), ("w", *slots), strict=True):
            old[...] = new[name]
        return None

    return function


@pytest.mark.parametrize("style", ["in place", "tuple"])
@pytest.mark.parametrize("way", [TurnedRound, Expanded])
@pytest.mark.parametrize("rule", KERNELS)
def test_right_forms_pass_in_other_spellings(rule, way, style):
    for convention in CONVENTIONS[rule]:
        assert check(KERNELS[rule][0], answer(rule, respelled(convention.form, way), style))


def test_respelling_changes_the_text_and_not_the_values():
    form = "v = beta*v - lr*(g + 2)**2/np.sqrt(3)"
    values = []
    for spelling in (form, respelled(form, TurnedRound), respelled(form, Expanded)):
        space = {"np": np, "beta": 0.7, "lr": 0.2, "v": 3.0, "g": 1.5}
        exec(spelling, space)
        values.append((spelling, space["v"]))
    assert len({spelling for spelling, _ in values}) == 3
    assert np.allclose([v for _, v in values], values[0][1], rtol=1e-14)


# Two mistakes at once


def pairs(rule, most=25):
    """Forms in which one mistake of a bank spoils a memory and another one the step."""
    right = CONVENTIONS[rule][0].form.split("; ")
    spoiled = {}
    for mistake in MISTAKES[rule]:
        for form in mistake.value:
            lines = form.split("; ")
            if len(lines) == len(right):
                places = [i for i, (a, b) in enumerate(zip(lines, right, strict=True)) if a != b]
                same = [x.split(" = ")[0] for x in lines] == [x.split(" = ")[0] for x in right]
                if len(places) == 1 and same:
                    spoiled.setdefault(places[0], []).append((mistake, lines[places[0]]))
    if len(spoiled) < 2:
        return []
    first, last = min(spoiled), max(spoiled)
    found = []
    for one, a in spoiled[first]:
        for other, b in spoiled[last]:
            lines = [*right]
            lines[first], lines[last] = a, b
            if "; ".join(lines) not in {c.form for c in CONVENTIONS[rule]}:
                found.append((one, other, "; ".join(lines)))
    return found[:: max(1, len(found) // most)]


STYLES = "in place", "tuple"  # in turn


@pytest.mark.parametrize("rule", [rule for rule in KERNELS if pairs(rule)])
def test_two_mistakes_at_once_get_a_true_sentence(rule):
    tried = pairs(rule)
    assert len(tried) >= 8
    for (one, other, form), style in zip(tried, itertools.cycle(STYLES), strict=False):
        feedback = check(KERNELS[rule][0], answer(rule, form, style))
        assert feedback.verdict == "not yet", form
        if feedback.idea == "error":
            assert "Your code stopped with" in feedback.text
            continue
        assert "and the rule takes it to" in feedback.text
        known = {m.idea for m in MISTAKES[rule]}
        known |= {"", "what is returned", "settings may be any"}
        assert feedback.idea in known, (one.name, other.name, feedback)
        step = re.search(r"step (\d)", feedback.text)
        assert step and 1 <= int(step[1]) <= 4


def test_pairs_are_tried_for_rules_with_one_and_with_two_memories():
    assert {"momentum", "averaged momentum", "RMSProp", "Adam"} <= {r for r in KERNELS if pairs(r)}
