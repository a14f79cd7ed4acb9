"""Checks of kernels: right ones pass in any form, known mistakes are named, others described."""

import itertools
import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.exercises import check, exercises
from course_utils.exercises.compare import same
from course_utils.exercises.interface import is_stub
from course_utils.exercises.kernels import KernelExercise
from course_utils.exercises.mistakes import kernel, known
from course_utils.exercises.probes import track
from tests.exercises.answers import badly_separated
from tests.exercises.respelled import Expanded, TurnedRound, respelled

KERNELS = {k: e for k, e in exercises().items() if isinstance(e, KernelExercise)}
pytestmark = pytest.mark.usefixtures("here")


def test_there_are_kernel_exercises():
    assert set(KERNELS) >= {"descent step", "momentum", "averaged momentum", "newton"}


def of(key):
    """What is known of the rule of an exercise."""
    return known(KERNELS[key].rule.name, KERNELS[key].rule.memory)


@pytest.mark.parametrize("key", KERNELS)
def test_probes_tell_kernels_apart(key):
    assert badly_separated(KERNELS[key].bank) == []


@pytest.mark.parametrize("key", KERNELS)
def test_nothing_special_is_right_or_said_twice(key):
    special = of(key).special
    names = [m.name for m in special]
    assert len(names) == len(set(names))
    bank = KERNELS[key].bank
    first = {id(m): track for m, track in reversed(bank.wrong)}
    assert set(map(id, special)) <= first.keys(), "a special mistake is right"
    assert len([m for m, _ in bank.wrong if m in special]) == sum(len(m.value) for m in special)


def made(key, form):
    """What a form makes of the probes of an exercise."""
    rule = KERNELS[key].rule
    with np.errstate(all="ignore"):
        step = kernel(form, rule.memory, ("H",) * rule.needs_hessian)
        return track(step, KERNELS[key].bank.probes)


STYLES = "in place", "tuple", "dictionary", "stack"
SPELLINGS = str, partial(respelled, way=TurnedRound), partial(respelled, way=Expanded)


def answer_in(style, key, form):
    """A learner's function that computes a form and gives it back in a style."""
    slots, given = KERNELS[key].rule.memory, ("H",) * KERNELS[key].rule.needs_hessian
    inner = kernel(form, slots, given)

    def answer(w, g, *rest, **hyper):
        new = inner(w.copy(), g.copy(), *(x.copy() for x in rest), **hyper)
        memory = rest[len(given) :]
        if style in ("in place", "w in place"):
            kept = zip((w, *memory)[: 1 if style[0] == "w" else None], ("w", *slots), strict=False)
            for old, name in kept:
                old[...] = new[name]
            if style == "in place":
                return None
        if style == "dictionary":
            return new
        values = [new[name] for name in ("w", *slots)]
        if style == "stack" and all(np.shape(x) == w.shape for x in values):
            values = np.stack([np.asarray(x, dtype=float) for x in values])
            return values if slots else values[0]
        return tuple(values)

    return answer


def named(key, form, style, spelt=None):
    """Whether a form, spelt so and given back in a style, gets the sentence of its mistake.

    That is the first of the bank that makes what the form makes.
    """
    own = made(key, form)
    mistake = next(m for m, bad in KERNELS[key].bank.wrong if same(own, bad))
    feedback = check(key, answer_in(style, key, spelt or form))
    assert feedback.verdict == "not yet"
    assert re.search(r"step \d \(\w+ = ", feedback.text), "a number from the learner's own run"
    assert feedback.reread is not None
    text = re.sub(r"\bw(?=\d?\b)", KERNELS[key].first, mistake.message)
    return feedback.idea == mistake.idea and text in feedback.text


@pytest.mark.parametrize("key", KERNELS)
def test_every_form_of_every_mistake_is_named_in_one_style_and_spelling(key):
    right = [track for _, track in KERNELS[key].bank.right]
    forms = [f for m in of(key).mistakes for f in m.value]
    wrong = [f for f in forms if not any(same(made(key, f), x) for x in right)]
    # Four styles and three spellings: each meets each.
    turns = zip(itertools.cycle(STYLES), itertools.cycle(SPELLINGS), strict=False)
    tried = [(f, style, spell(f)) for f, (style, spell) in zip(wrong, turns, strict=False)]
    assert len(wrong) >= 25 and [one for one in tried if not named(key, *one)] == []


@pytest.mark.parametrize("style", [*STYLES, "w in place"])
@pytest.mark.parametrize("key", KERNELS)
def test_some_mistakes_are_named_in_every_style(key, style):
    for mistake in of(key).special[:2] + of(key).special[-2:]:
        assert named(key, mistake.value[0], style), mistake.name


@pytest.mark.parametrize("style", ["tuple", "dictionary", "w in place", "stack"])
def test_what_comes_back_counts_before_what_was_done_in_place(style):
    """W in place and the memory made new: the old memory is not what is meant."""
    form = (
        "m = (beta1*m + (1 - beta1)*g)/(1 - beta1**t); s = (beta2*s + (1 - beta2)*g**2)"
        "/(1 - beta2**t); w = w - lr*m/(np.sqrt(s) + eps)"
    )
    feedback = check("Adam", answer_in(style, "Adam", form))
    assert feedback.idea == "the memories stay raw" and "or return" not in feedback.text


def test_first_differing_step_is_named_with_the_learners_numbers():
    def climbing(w, g, *, lr):
        w += lr * g

    text = check("descent step", climbing).text
    assert (
        "step 1 (lr = 0.1, g1 = 2): your w1 goes from 1 to 1.2, and the rule takes it to 0.8"
        in text
    )


def in_place(w, g, v, *, lr, beta):
    v *= beta
    v -= lr * g
    w += v


def returned(w, g, v, *, lr, beta):
    v = beta * v - lr * g
    return w + v, v


def positional(w, g, v, lr, beta):
    new = -(lr * g) + v * beta
    return [w + new, new]


def as_dictionary(w, g, v, *, lr, beta):
    v = v - ((1 - beta) * v + lr * g)
    return {"v": v, "w": w + v}


def half_and_half(w, g, v, *, lr, beta):
    v[:] = beta * v - lr * g
    return w + v


def with_return_of_the_step(w, g, v, *, lr, beta):
    v *= beta
    v += -lr * g
    w += v
    return v


def elementwise(w, g, v, *, lr, beta):
    for i in np.ndindex(w.shape):
        v[i] = beta * v[i] - lr * g[i]
        w[i] = w[i] + v[i]
    return w, v


def by_coordinates(w, g, v, *, lr, beta):
    v[0], v[1] = beta * v[0] - lr * g[0], beta * v[1] - lr * g[1]
    w[0], w[1] = w[0] + v[0], w[1] + v[1]


def with_ufuncs(w, g, v, *, lr, beta):
    np.multiply(v, beta, out=v)
    np.subtract(v, np.multiply(g, lr), out=v)
    np.add(w, v, out=w)


def expanded(w, g, v, **hyper):
    lr, beta = hyper["lr"], hyper["beta"]
    return w + beta * v - lr * g, beta * v - lr * g


def weights_first(w, g, v, *, lr, beta):
    w += beta * v - lr * g
    v *= beta
    v -= lr * g


def as_lists(w, g, v, *, lr, beta):
    v = (beta * v - lr * g).tolist()
    return (w + np.array(v)).tolist(), v


def downhill_positive(w, g, v, *, lr, beta):
    v *= beta
    v += lr * g
    w -= v


RIGHT = [
    in_place, returned, positional, as_dictionary, half_and_half, with_return_of_the_step,
    elementwise, by_coordinates, with_ufuncs, expanded, weights_first, as_lists,
    downhill_positive, lambda w, g, v, *, lr, beta: (w + (beta * v - lr * g), beta * v - lr * g),
]  # fmt: skip


@pytest.mark.parametrize("answer", RIGHT, ids=lambda f: f.__name__)
def test_right_momentum_is_never_flagged(answer):
    feedback = check("momentum", answer)
    assert feedback, feedback
    assert ("other way round" in feedback.text) == (answer is downhill_positive)


def test_right_descent_and_average_are_never_flagged():
    for answer in (
        lambda w, g, *, lr: w - lr * g,
        lambda w, g, *, lr: (w - lr * g,),
        lambda w, g, lr: w + -g * lr,
        lambda w, g, *, lr: np.subtract(w, lr * g, out=w),
        lambda w, g, *, lr: {"w": w - g / (1 / lr)},
        lambda w, g, *, lr: [w[0] - lr * g[0], w[1] - lr * g[1]],
    ):
        assert check("descent step", answer)

    def average(w, g, v, *, lr, beta):
        v += (1 - beta) * (g - v)
        w -= v * lr

    assert check("averaged momentum", average)


@given(
    learn_first=st.booleans(),
    grouping=st.sampled_from(["sum", "difference", "negated", "factored"]),
    style=st.sampled_from(["in place", "tuple", "list", "dictionary", "w only"]),
)
@settings(max_examples=40, deadline=None)
def test_any_right_form_passes(learn_first, grouping, style):
    def velocity(v, g, lr, beta):
        old, new = beta * v, lr * g
        if grouping == "sum":
            return -new + old if learn_first else old + -new
        if grouping == "difference":
            return old - new
        if grouping == "negated":
            return -(new - old)
        return lr * (old / lr - g)

    def answer(w, g, v, *, lr, beta):
        new = velocity(v, g, lr, beta)
        moved = w + new if learn_first else new + w
        if style == "tuple":
            return moved, new
        if style == "list":
            return [moved, new]
        if style == "dictionary":
            return {"w": moved, "v": new}
        v[...] = new
        if style == "w only":
            return moved
        w[...] = moved
        return None

    assert check("momentum", answer)


factors = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0])


@given(a=factors, b=factors, c=factors, d=factors)
@settings(max_examples=50, deadline=None)
def test_any_linear_kernel_is_judged_by_what_it_does(a, b, c, d):
    def answer(w, g, v, *, lr, beta):
        v[...] = a * beta * v + b * lr * g
        w[...] = w + c * v + d * lr * g

    feedback = check("momentum", answer)
    right = (a, b, c, d) in {(1, -1, 1, 0), (1, 1, -1, 0)}
    assert bool(feedback) == right
    if not right:
        assert re.search(r"step \d", feedback.text)
        assert "and the rule takes it to" in feedback.text


def test_two_mistakes_at_once_are_read_as_a_formula():
    def sign_and_missing_rate(w, g, v, *, lr, beta):
        v[:] = beta * v + g
        w += v

    text = check("momentum", sign_and_missing_rate).text
    assert "Your step makes the new v `beta v + g`; the rule makes it `beta v − lr g`." in text

    def rebound_and_swapped(w, g, v, *, lr, beta):
        v = (1 - beta) * v - lr * g
        w += v

    text = check("momentum", rebound_and_swapped).text
    assert "Your v never changes" in text
    assert "`w + (1 - beta) v − lr g`" in text


def test_half_an_answer_hears_what_is_right():
    def half(w, g, v, *, lr, beta):
        v *= beta
        v -= lr * g
        w += np.sin(v)

    assert "Your v is right in every run, and w is not." in check("momentum", half).text


def test_order_of_what_is_returned():
    feedback = check(
        "momentum", lambda w, g, v, *, lr, beta: returned(w, g, v, lr=lr, beta=beta)[::-1]
    )
    assert feedback.idea == "order of what is returned"
    assert "return (w, v)" in feedback.text


def test_memory_kept_outside_is_found():
    kept = []

    def answer(w, g, v, *, lr, beta):
        kept.append(g)
        w -= lr * (g + beta * (kept[-2] if len(kept) > 1 else 0))

    feedback = check("momentum", answer)
    assert feedback.idea == "answers change"
    assert "the first time and" in feedback.text


def test_changed_gradient_and_shared_arrays_are_found():
    def spends_g(w, g, *, lr):
        g *= lr
        w -= g

    feedback = check("descent step", spends_g)
    assert feedback.idea == "g is only lent"
    assert "g1 = 2 is 0.2 afterwards" in feedback.text

    def one_array(w, g, v, *, lr, beta):
        v = w
        v += -lr * g
        return v, v

    assert check("momentum", one_array).verdict == "not yet"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda w, g, *, lr: (w - lr * g).astype(np.float32), "float32"),
        (lambda w, g, *, lr: (w - lr * g)[:1], "has shape (1,)"),
        (lambda w, g, *, lr: "done", "a str"),
        (lambda w, g, *, lr: (w - lr * g) * 1j, "complex"),
        (lambda w, g, *, lr: {"W": w}, "'W'"),
        (lambda w, g, *, lr: (yield w), "generator"),
        (lambda w, g, *, lr: w * np.nan, "to nan"),
        (lambda w, g, *, lr: np.array(["a", "b"]), "numbers"),
        (lambda w: w, "signature"),
        (lambda w, g, *, rate: w, "signature"),
        (lambda w, g, *, lr: w @ g, "has shape"),
        (np.array([0.8, 2.1]), "function itself"),
        ("w - lr*g", "of type str"),
    ],
)
def test_unreadable_answers_get_a_sentence(answer, words):
    feedback = check("descent step", answer)
    assert feedback.verdict == "not yet"
    assert words in feedback.text


def test_stubs_are_unanswered():
    def docstring(w, g, v, *, lr, beta):
        """v <- beta v - lr g, then w <- w + v."""
        ...

    def passing(w, g, v, *, lr, beta):
        pass

    def unwritten(w, g, v, *, lr, beta):
        raise NotImplementedError

    for answer in (docstring, passing, unwritten, None, ...):
        assert check("momentum", answer).verdict == "unanswered"
    assert not is_stub(lambda w, g, *, lr: w - lr * g)
    assert check("momentum", lambda w, g, v, *, lr, beta: (w, v)).idea == "in place or returned"


def test_prints_are_kept_for_a_wrong_answer():
    def talking(w, g, *, lr):
        print("w is", w[0])
        w += lr * g

    feedback = check("descent step", talking)
    assert feedback.printed.startswith("w is")
    assert "Your code printed:" in repr(feedback)


def test_conventions_are_the_courses_own_kernels():
    for e in KERNELS.values():
        bank = e.bank
        with np.errstate(all="ignore"):
            assert same(track(e.rule.kernel, bank.probes), bank.right[0][1])
        assert bank.right[0][0].remark == ""
