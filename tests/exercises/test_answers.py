"""Formulas, numbers, choices, tuning targets: the right ones pass, the mistakes are named."""

import ast
import itertools
import re
import time

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.exercises import check, exercises, sandbox
from course_utils.exercises.answers import ChoiceExercise, NumberExercise
from course_utils.exercises.calls import CallExercise
from course_utils.exercises.expressions import Unreadable, read
from course_utils.exercises.formulas import FormulaExercise
from tests.each import each

FORMULAS = {k: e for k, e in exercises().items() if isinstance(e, FormulaExercise)}
FORMULAS["derivative"] = exercises()["prerequisites"].parts["derivative"]
NUMBERS = {k: e for k, e in exercises().items() if isinstance(e, NumberExercise)}
CHOICES = {k: e for k, e in exercises().items() if isinstance(e, ChoiceExercise)}


pytestmark = pytest.mark.usefixtures("here")


SPELLINGS = str, sp.expand, sp.together, lambda x: [x]
IN_TURN = itertools.cycle(SPELLINGS)


def is_named(exercise, mistake, answer):
    feedback = exercise.judge(answer)
    assert feedback.verdict == "not yet"
    assert feedback.idea == mistake.idea
    assert "{" not in feedback.text


@pytest.mark.parametrize(
    "exercise", [e for e in FORMULAS.values() if e.mistakes], ids=lambda e: e.key
)
def test_every_wrong_formula_is_named(exercise):
    """As it stands, and in one other spelling: each spelling meets every fourth."""
    answers = {}
    for mistake in exercise.mistakes:
        value = sp.sympify(mistake.value)
        answers[f"{value}"] = exercise, mistake, value
        answers[f"{value} in another spelling"] = exercise, mistake, next(IN_TURN)(value)
    each(answers, is_named)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_wrong_formula_is_named_in_every_spelling(spelling):
    for exercise in list(FORMULAS.values())[::5]:
        for mistake in exercise.mistakes[:1]:
            assert exercise.judge(spelling(sp.sympify(mistake.value))).idea == mistake.idea


OTHERS = [
    e for e in exercises().values()
    if getattr(e, "mistakes", ()) and not isinstance(e, FormulaExercise | NumberExercise)
]  # fmt: skip


def whole_call(exercise, mistake):
    """The right call with that in it which makes it wrong; of another rule with its rate alone."""
    call, wrong = (ast.parse(x, mode="eval").body for x in (exercise.truth, mistake.value))
    new = {x.arg: x for x in wrong.keywords}
    same = ast.unparse(call.func).endswith(wrong.func.id)
    kept = [x for x in call.keywords if x.arg not in new and (same or x.arg == "lr")]
    call.keywords = [*kept, *new.values()]
    call.func = call.func if same else wrong.func
    return ast.unparse(call)


@pytest.mark.parametrize("exercise", OTHERS, ids=lambda e: e.key)
def test_every_other_mistake_is_named(exercise):
    for mistake in exercise.mistakes:
        is_call = isinstance(exercise, CallExercise)
        feedback = exercise.judge(whole_call(exercise, mistake) if is_call else mistake.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", mistake.idea)


@pytest.mark.parametrize("exercise", FORMULAS.values(), ids=FORMULAS)
def test_formulas_are_distinguished_pair_by_pair(exercise):
    values = [exercise.truth, *(m.value for m in exercise.mistakes)]
    for one, other in itertools.combinations(values, 2):
        assert not exercise.same(one, other)


def test_every_wrong_number_is_named():
    each(
        {
            f"{key}: {mistake.value}": (e, mistake, float(mistake.value))
            for key, e in NUMBERS.items()
            for mistake in e.mistakes
        },
        is_named,
    )


L1, L2 = sp.symbols("lambda1 lambda2", positive=True)
PLAIN1, PLAIN2 = sp.symbols("lambda_1 lambda_2")


@pytest.mark.parametrize(
    "answer",
    [
        2 / (L1 + L2),
        2 / (PLAIN1 + PLAIN2),
        1 / ((L1 + L2) / 2),
        2 * (L1 - L2) / (L1**2 - L2**2),
        sp.Eq(sp.Symbol("eta"), 2 / (L1 + L2)),
        [2 / (L1 + L2)],
        {sp.Symbol("eta"): 2 / (L1 + L2)},
        sp.sqrt(4) / sp.sqrt((L1 + L2) ** 2),
        "2/(lambda1 + lambda2)",
        "2/(λ₁+λ₂)",
        "η = 2 / (l1 + l2)",
        "2(lambda_1 + lambda_2)^-1",
        "2.0/(lambda2+lambda1)",
        "2 lambda1/(lambda1**2 + lambda1 lambda2)",
    ],
    ids=str,
)
def test_right_formulas_pass_in_any_form(answer):
    assert check("best rate", answer)


@pytest.mark.parametrize(
    "answer", [19, 19.0, "19", np.float64(19.02), sp.Integer(19), "(1+β)/(1-β)"]
)
def test_a_ratio_may_be_a_number_or_a_formula(answer):
    assert check("gain ratio", answer)


def test_a_symbol_of_the_exercise_comes_before_what_others_call_it():
    k, kappa, mu = sp.symbols("k kappa mu", positive=True)
    assert read("1/(k + 1)", {"k": k}) == 1 / (k + 1)
    assert read(2 * sp.Symbol("mu"), {"mu": mu, "kappa": kappa}) == 2 * mu
    assert read("k", {"kappa": kappa}) == kappa


@pytest.mark.parametrize(
    "answer", ["-lr*beta**2", "-eta*beta^2", "−ηβ²".replace("ηβ", "η*β"), "-0.0 - lr*beta*beta"]
)
def test_signs_and_greek_are_read(answer):
    assert check("unrolled", answer)


@pytest.mark.parametrize(
    "answer",
    [
        "__import__('os').system('true')", "lambda1.__class__.__mro__", "lambda: 1", "[1]*9", "'a'",
        "open('x')", "lambda1.subs(1, 2)", "9**9**9**9", "2**(2**(2**30))", "lambda1**(10**9)",
        "1/0", "((((", "2/", "", "import os", "a" * 5000, "é", "\x00", "1e999", "f(x)", "x_0",
        "Integer", "Symbol", "exec", "pi()", "sqrt", "Max", "1 if lambda1 else 2", "lambda1 = =",
    ],
)  # fmt: skip
def test_dangerous_or_meaningless_texts_get_a_sentence(answer):
    began = time.monotonic()
    feedback = check("best rate", answer)
    assert time.monotonic() - began < sandbox.LONGEST
    assert feedback.verdict in ("not yet", "unanswered")
    assert feedback.text


@pytest.mark.parametrize("answer", ["9**9**9**9", 2 ** sp.Symbol("lambda1") ** 70])
def test_towers_of_powers_are_refused_without_computing_them(answer):
    with pytest.raises(Unreadable, match="power"):
        read(answer, {"lambda1": L1})


@given(text=st.text(alphabet="lambdar12+-*/^()., βλ_ηsqrt[]'\"=", max_size=25))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_the_check_raise(text):
    check("best rate", text)


@given(
    answer=st.one_of(
        st.none(), st.floats(), st.integers(), st.complex_numbers(), st.binary(), st.booleans(),
        st.lists(st.integers(), max_size=3), st.just(sp.Matrix([1])),
        st.dictionaries(st.text(max_size=3), st.floats(), max_size=3),
        st.just(object()), st.just(int), st.just(np.eye(2)), st.just({1, 2}),
        st.just(sp.true), st.just(sp.nan), st.just(sp.oo), st.just(range(3)),
    ),
    key=st.sampled_from(sorted(exercises())),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_no_answer_makes_any_check_raise(key, answer):
    feedback = check(key, answer)
    assert feedback.text
    assert repr(feedback)
    assert feedback._repr_markdown_()


def test_texts_are_not_run(tmp_path):
    target = tmp_path / "made"
    for text in (f"open('{target}', 'w')", f"__import__('pathlib').Path('{target}').touch()"):
        with pytest.raises(Unreadable):
            read(text, {})
    assert not target.exists()


def test_strangers_and_bare_numbers_are_answered():
    assert "contains mu" not in check("gain ratio", "(1 + mu)/(1 - mu)").text
    assert "contains q" in check("best rate", "2/q").text
    assert "a formula is asked for" in check("best rate", 0.0769).text
    assert "gives 0.5" in check("best rate", "(lambda1 - 24*lambda2)/2").text


@pytest.mark.parametrize("key", CHOICES)
def test_choices(key):
    e = CHOICES[key]
    assert set(e.reasons) == set(e.options)
    for letter in e.options:
        feedback = check(key, letter)
        assert bool(feedback) == (letter == e.truth)
        assert feedback.text == e.reasons[letter]
        assert check(key, f" ({letter.upper()}) ").verdict == feedback.verdict
        assert check(key, e.options[letter]).verdict == feedback.verdict
    assert check(key, "z").listing == e.listing
    assert check(key).listing == e.listing


ALL_CHOICES = [*CHOICES.values(), exercises()["prerequisites"].parts["loss"]]
CONDITIONS = r"\b(only|unless|except|if|where|while|as long as|in general|mostly|depends|always)\b"


def test_neither_place_nor_length_nor_a_condition_gives_the_answer_away():
    """Over the course no rule of thumb does better than one that draws lots."""
    chance = sum(1 / len(e.options) for e in ALL_CHOICES)
    lengths = [{x: len(text) for x, text in e.options.items()} for e in ALL_CHOICES]
    rights = [e.truth for e in ALL_CHOICES]
    for extreme in (max, min):
        ends = [extreme(n.values()) == n[x] for n, x in zip(lengths, rights, strict=True)]
        keys = [e.key for e, end in zip(ALL_CHOICES, ends, strict=True) if end]
        assert len(keys) <= chance, (extreme, keys)
    places = [rights.count(letter) for letter in "abcd"]
    assert max(places) - min(places) <= 2
    marked = {True: [], False: []}
    for e in ALL_CHOICES:
        for letter, text in e.options.items():
            marked[letter == e.truth].append(bool(re.search(CONDITIONS, text)))
    assert np.mean(marked[True]) <= np.mean(marked[False])


def test_quiz_judges_each_part():
    feedback = check("prerequisites", derivative="3*w/2", eigenvalues=[1, 25], shape=(3, 2))
    lines = dict(line.split(": ", 1) for line in feedback.listing)
    assert (
        "Not yet." in lines["derivative"]
        and "the square has lost its 2" in lines["derivative"].lower()
    )
    assert "Right." in lines["eigenvalues"]
    assert "Not yet." in lines["shape"] and "Broadcasting" in lines["shape"]
    assert "Not answered yet" in lines["loss"]
    assert check("prerequisites", ["3*w", (25, 2), (25, 1), (2, 3), "d"])
    assert "by name" in check("prerequisites", colour="blue").text


def test_numbers_with_units():
    assert check("worst angle", 78.6)
    assert check("worst angle", "acos(20/101)*180/pi")
    assert check("worst angle", np.array([78.58]))
    assert "radians" in check("worst angle", 1.3715).text
    assert "degrees is too little" in check("worst angle", 45).text
    assert "degrees is too much" in check("worst angle", 1e6).text
    assert "number" in check("worst angle", "steep").text
    assert "finite" in check("worst angle", float("inf")).text


def test_tuning_counts_the_steps():
    far = check("below 1e-6 within 100 steps", {"lr": 0.01, "beta": 0.9}).text
    assert re.search(
        r"takes 167 steps, and the bar is 100; the best that we know takes \d\d\.", far
    )
    assert "ran away" in check("below 1e-6 within 100 steps", {"lr": 0.5, "beta": 0.9}).text
    assert (
        "must be in [0, 1)" in check("below 1e-6 within 100 steps", {"lr": 0.5, "beta": 1.9}).text
    )
    assert "still" in check("reach 1e-6", 0.0001).text
    assert "the flat weight, w2, holds 100 %" in check("reach 1e-6", 0.04).text
    assert "the steep weight, w1, holds 100 %" in check("reach 1e-6", 0.0795).text
    assert check("reach 1e-6", {"lr": 0.0765})
    assert check("reach 1e-6", {"lr": ...}).verdict == "unanswered"
    assert "by name" in check("below 1e-6 within 100 steps", 0.03).text
    assert check("reach 1e-6", {"lr": "fast"}).verdict == "not yet"
    assert check("reach 1e-6", {"lr": float("nan")}).verdict == "not yet"
