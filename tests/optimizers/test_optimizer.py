"""A rule at work: one object with memory, settings and step count, and what it refuses."""

import doctest

import numpy as np
import pytest

from course_utils.optimizers import (
    ADAM,
    GRADIENT_DESCENT,
    HESSIAN_RULES,
    MATRIX_RULES,
    MOMENTUM,
    NESTEROV_LOOK_AHEAD,
    NEWTON,
    RULES,
    NoStep,
    optimizer,
)

H = np.array([[3.0, 1.0], [1.0, 2.0]])


def some_settings(rule):
    return {name: {"lr": 0.05, **rule.defaults}.get(name, 0.5) for name in rule.hyper}


def by_hand(rule, w, gradients, **hyper):
    """The same with memory, settings and count put together here."""
    w = w.copy()
    memory = [np.zeros(rule.shapes.get(n, tuple)(w.shape)) for n in rule.memory]
    for k, g in enumerate(gradients):
        now = {n: x(k + 1) if callable(x) else x for n, x in hyper.items()}
        now |= {"t": k + 1} if rule.counts_steps else {}
        rule.kernel(w, g, *([H] if rule.needs_hessian else []), *memory, **now)
    return w, memory


@pytest.mark.parametrize(
    "rule", (*RULES, *MATRIX_RULES, *HESSIAN_RULES), ids=lambda rule: rule.name
)
def test_steps_are_the_kernels(rule):
    shape = (3, 2) if rule in MATRIX_RULES[1:] else (2,)
    random, settings = np.random.default_rng(3), some_settings(rule)
    start, gradients = random.normal(size=shape), random.normal(size=(5, *shape))
    if "lr" in settings:
        settings["lr"] = lambda t: 0.1 / t
    w = start.copy()
    step = rule.start(w, **settings)
    for g in gradients:
        assert step(g, H) is None if rule.needs_hessian else step(g) is None
    wanted, memory = by_hand(rule, start, gradients, **settings)
    assert step.t == 5 and step.w is w and (w == wanted).all()
    assert list(step.memory) == list(rule.memory)
    assert all((a == b).all() for a, b in zip(step.memory.values(), memory, strict=True))


def test_a_rule_is_the_key_of_a_table_and_is_itself_alone():
    every = (*RULES, *MATRIX_RULES, *HESSIAN_RULES)
    for rule in every:
        assert {rule: 1}[rule] == 1
        assert sum(rule == other for other in every) == 1, rule.name


def test_two_that_were_started_share_nothing():
    one, other = np.ones(2), np.ones(2)
    first, second = ADAM.start(one, lr=0.1), ADAM.start(other, lr=0.1)
    first(np.ones(2))
    first(np.ones(2))
    second(np.ones(2))
    assert (first.t, second.t) == (2, 1) and not (first.memory["m"] == second.memory["m"]).any()


def test_the_point_of_the_gradient_is_the_weights_unless_a_rule_looks_ahead():
    w = np.array([1.0, 2.0])
    assert MOMENTUM.start(w, lr=0.1, beta=0.5).point is w
    step = NESTEROV_LOOK_AHEAD.start(w, lr=0.1, beta=0.5)
    step(np.array([1.0, -1.0]))
    assert step.point == pytest.approx(w + 0.5 * step.memory["v"])
    assert not (step.point == w).any()


def test_the_point_is_looked_at_with_the_settings_of_the_coming_step():
    step = NESTEROV_LOOK_AHEAD.start(np.ones(2), lr=0.1, beta=lambda t: t / 10)
    step(np.array([1.0, -1.0]))
    assert step.point == pytest.approx(step.w + 0.2 * step.memory["v"])


def test_settings_are_those_of_the_last_step():
    step = MOMENTUM.start(np.ones(2), lr=lambda t: 1 / t, beta=0.5)
    assert step.settings == {"lr": 1.0, "beta": 0.5}
    for _ in range(4):
        step(np.ones(2))
    assert step.settings["lr"] == 0.25
    assert repr(step) == "momentum (lr = 0.25, beta = 0.5) after 4 steps"


def test_weights_of_float32_stay_and_a_setting_may_have_a_value_a_run():
    w, g = np.ones(1000, "float32"), np.random.default_rng(0).random(1000, "float32")
    GRADIENT_DESCENT.start(w, lr=0.1)(g)
    assert w.dtype == "float32" and (w == np.float32(1) - np.float32(0.1) * g).all()
    assert type(GRADIENT_DESCENT.start(w, lr=np.float64(0.1)).settings["lr"]) is float
    assert {m.dtype.name for m in ADAM.start(w, lr=0.1).memory.values()} == {"float32"}
    w = np.ones((2, 3))
    GRADIENT_DESCENT.start(w, lr=np.array([1.0, 2.0, 3.0]))(np.ones((2, 3)))
    assert w.tolist() == [[0, -1, -2], [0, -1, -2]]


def test_gradients_that_are_lists_of_the_right_shape_are_taken():
    w = np.array([1.0, 2.0])
    GRADIENT_DESCENT.start(w, lr=0.5)([2, 2])
    assert w.tolist() == [0.0, 1.0]


def test_a_rule_without_a_step_says_so_and_counts_none():
    step = NEWTON.start(np.ones(2))
    with pytest.raises(NoStep):
        step(np.ones(2), np.zeros((2, 2)))
    assert step.t == 0


LOCKED = np.ones(2)
LOCKED.flags.writeable = False


@pytest.mark.parametrize(
    ("rule", "w", "settings", "error", "words"),
    [
        (MOMENTUM, np.ones(2), {"lr": 0.1, "momentum": 0.9}, TypeError, "knows lr, beta"),
        (MOMENTUM, np.ones(2), {}, TypeError, "needs a value for lr"),
        (MOMENTUM, np.ones(2), {"lr": "0.1"}, TypeError, "must be a number"),
        (MOMENTUM, np.ones(2), {"lr": -0.1}, ValueError, "a negative one climbs"),
        (MOMENTUM, np.ones(2), {"lr": 0.1, "beta": 1}, ValueError, "nothing would ever"),
        (MOMENTUM, np.ones(2), {"lr": [0.1, 0.2, 0.3]}, ValueError, "one number, or an array"),
        (MOMENTUM, np.ones(2), {"lr": [[0.1], [0.2]]}, ValueError, "one number, or an array"),
        (MOMENTUM, [1.0, 2.0], {"lr": 0.1}, TypeError, "this is a list"),
        (MOMENTUM, np.array([1, 2]), {"lr": 0.1}, TypeError, "dtype=float"),
        (MOMENTUM, 1.0, {"lr": 0.1}, TypeError, "this is a float"),
        (MOMENTUM, LOCKED, {"lr": 0.1}, ValueError, "w.copy()"),
    ],
)
def test_a_bad_start_is_refused_in_a_sentence(rule, w, settings, error, words):
    with pytest.raises(error) as caught:
        rule.start(w, **settings)
    assert words in str(caught.value) and str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("rule", "settings", "given", "error", "words"),
    [
        (MOMENTUM, {"lr": 0.1}, (3.0,), ValueError, "one number for each weight"),
        (MOMENTUM, {"lr": 0.1}, (np.ones((2, 1)),), ValueError, "shape (2, 1)"),
        (MOMENTUM, {"lr": 0.1}, (np.ones(2), H), TypeError, "the gradient alone"),
        (NEWTON, {}, (np.ones(2),), TypeError, "step(g, H)"),
        (NEWTON, {}, (np.ones(2), np.ones(2)), ValueError, "it is (2, 2)"),
        (MOMENTUM, {"lr": lambda t: 1 - t}, (np.ones(2),), None, ""),
        (MOMENTUM, {"lr": lambda t: -t}, (np.ones(2),), ValueError, "a negative one climbs"),
        (MOMENTUM, {"lr": lambda t: None}, (np.ones(2),), TypeError, "must be a number"),
        (MOMENTUM, {"lr": lambda t: [0.1] * 3}, (np.ones(2),), ValueError, "one number, or"),
    ],
)
def test_a_bad_step_is_refused_in_a_sentence_and_changes_nothing(
    rule, settings, given, error, words
):
    w = np.ones(2)
    step = rule.start(w, **settings)
    if error is None:  # a schedule may rest
        step(*given)
        return
    with pytest.raises(error) as caught:
        step(*given)
    assert words in str(caught.value) and str(caught.value).endswith(".")
    assert step.t == 0 and w.tolist() == [1, 1]


def test_the_example_runs():
    assert doctest.testmod(optimizer).failed == 0
