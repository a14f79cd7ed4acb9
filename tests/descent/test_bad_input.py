"""Whatever is put in: a descent works, or a sentence says what was wrong; never NaN in silence."""

import re
import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_utils.descent import Trajectory, descend
from course_utils.optimizers import (
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MATRIX_RULES,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    RULES,
    anneal,
)
from course_utils.surfaces import (
    W1,
    W2,
    Surface,
    article_ravine,
    bent_ravine,
    ravine,
    rosenbrock,
)

SURFACES = (ravine(), ravine(theta=0.5), article_ravine(), bent_ravine(), rosenbrock())
MOMENTA = (MOMENTUM, AVERAGED_MOMENTUM, MOMENTUM_RATE_OUTSIDE)
modest = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def is_sentence(words):
    """A capital or a count first, a full stop last, no raw traceback of a library."""
    return bool(re.fullmatch(r"(?s)[A-Z\d].{15,400}\.", words)) and "Traceback" not in words


def attempt(surface, rule, *args, **hyper):
    """Descend; the trajectory, or the sentence of a refusal. Anything else is a failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            run = descend(surface, rule, *args, **hyper)
            assert isinstance(run, Trajectory)
            words = repr(run)
        except (TypeError, ValueError) as error:
            assert is_sentence(str(error)), str(error)
            return str(error)
        spoken(run)
        assert "0x" not in words
    return run


def spoken(run):
    """No number is missing without a word about it, and the arrays fit together."""
    complete = [run.positions, run.losses, *run.memory.values()]
    if not all(np.isfinite(x).all() for x in complete):
        assert run.positions.ndim > 2, "a single run ends before it is no number"
        assert run.stopped
    if run.stopped:
        assert is_sentence(run.stopped), run.stopped
        assert re.search(r"at step \d+", run.stopped)
    assert np.isfinite(run.positions[0]).all()
    assert len(run.positions) == len(run.losses) == run.steps + 1 >= 1
    assert run.gradients.shape == run.positions.shape


# Anything at all

scalars = st.one_of(
    st.floats(),
    st.floats(0.001, 0.9),
    st.integers(-3, 3),
    st.sampled_from(
        [
            None,
            "0.1",
            "fast",
            1j,
            True,
            b"1",
            {},
            (),
            np.array([]),
            Fraction(1, 20),
            sp.Rational(1, 20),
            sp.Symbol("eta"),
            np.float32(0.05),
            np.datetime64("2020-01-01"),
        ]
    ),
    st.lists(st.floats(0.001, 0.07), min_size=1, max_size=3),
    st.just([[0.1], [0.1, 0.2]]),
)
starts = st.one_of(
    st.none(),
    st.tuples(st.floats(), st.floats()),
    st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
    st.lists(st.floats(-5, 5), max_size=4),
    st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=2),
    st.sampled_from(
        [
            "here",
            3,
            np.zeros((2, 3)),
            np.ones((3, 2)),
            np.ones((2, 0)),
            np.ones((2, 2), dtype=int),
            np.array([1, 2], dtype=object),
            [None, 1],
            [1 + 1j, 2],
            [[1], [1, 2]],
            {"w1": 1},
            [True, False],
            np.array(["a", "b"]),
            (1e200, 1e200),
            (1e-320, 0),
            np.float32([1, 2]),
            np.array([1e155, 0]),
        ]
    ),
)
counts = st.one_of(
    st.integers(-2, 12), st.sampled_from([2.0, 2.5, "10", None, True, np.int64(3), np.nan, [3], 1j])
)


@modest
@given(
    surface=st.sampled_from(SURFACES),
    rule=st.sampled_from(MOMENTA),
    start=starts,
    steps=counts,
    lr=scalars,
    beta=scalars,
)
def test_anything_works_or_is_refused_in_a_sentence(surface, rule, start, steps, lr, beta):
    attempt(surface, rule, start, steps, lr=lr, beta=beta)


@modest
@given(surface=st.sampled_from(SURFACES), lr=scalars)
def test_any_learning_rate_works_or_is_refused_in_a_sentence(surface, lr):
    attempt(surface, GRADIENT_DESCENT, None, 20, lr=lr)


@modest
@given(surface=st.sampled_from(SURFACES), start=starts)
def test_any_start_works_or_is_refused_in_a_sentence(surface, start):
    attempt(surface, MOMENTUM, start, 20, lr=0.01)


@modest
@given(
    surface=st.sampled_from(SURFACES),
    rule=st.sampled_from(MOMENTA),
    lr=st.floats(1e-300, 1e300),
    beta=st.floats(0, 1, exclude_max=True),
    start=st.tuples(st.floats(-1e200, 1e200), st.floats(-1e200, 1e200)),
)
def test_however_large_the_numbers_a_run_ends_in_words(surface, rule, lr, beta, start):
    attempt(surface, rule, start, 40, lr=lr, beta=beta)


@modest
@given(
    lr=st.lists(st.floats(1e-4, 10), min_size=3, max_size=3),
    beta=st.lists(st.floats(0, 0.99), min_size=3, max_size=3),
)
def test_a_batch_is_as_good_as_its_single_runs(lr, beta):
    many = attempt(ravine(), MOMENTUM, None, 60, lr=np.array(lr), beta=np.array(beta))
    for i in range(3):
        one = attempt(ravine(), MOMENTUM, None, 60, lr=lr[i], beta=beta[i])
        here = many.positions[: one.steps + 1, :, i]
        assert np.allclose(here, one.positions, rtol=1e-9, atol=1e-9 * np.abs(one.positions).max())
        assert np.isnan(many.positions[one.steps + 1 :, :, i]).all()


@modest
@given(
    start=st.lists(st.integers(1, 4), max_size=2),
    lr=st.lists(st.integers(1, 4), max_size=2),
    beta=st.lists(st.integers(1, 4), max_size=2),
)
def test_shapes_broadcast_or_are_named(start, lr, beta):
    got = attempt(
        ravine(), MOMENTUM, np.ones((2, *start)), 3, lr=np.full(lr, 0.01), beta=np.full(beta, 0.5)
    )
    try:
        batch = np.broadcast_shapes(tuple(start), tuple(lr), tuple(beta))
    except ValueError:
        assert isinstance(got, str) and all(str(tuple(s)) in got for s in (start, lr, beta))
    else:
        assert got.positions.shape == (4, 2, *batch)


# One by one, with the words that must be there


@pytest.mark.parametrize(
    "lr", [0, -0.1, np.nan, np.inf, -np.inf, [0.1, -0.1], np.array([0.1, np.nan])], ids=str
)
def test_a_learning_rate_is_above_zero_and_finite(lr):
    words = attempt(ravine(), GRADIENT_DESCENT, lr=lr)
    assert "lr must be above 0" in words


@pytest.mark.parametrize("beta", [-0.1, 1, 1.5, np.nan, np.inf, [0.5, 1.0]], ids=str)
@pytest.mark.parametrize("rule", MOMENTA, ids=lambda rule: rule.name)
def test_beta_is_at_least_zero_and_below_one(rule, beta):
    words = attempt(ravine(), rule, lr=0.01, beta=beta)
    assert "beta must be in [0, 1)" in words


@pytest.mark.parametrize(
    "lr",
    [None, "0.1", "fast", b"1", {}, object(), 1j, np.array([1j]), sp.Symbol("x"), [[1], [1, 2]]],
    ids=lambda lr: type(lr).__name__,
)
def test_a_setting_is_a_number(lr):
    words = attempt(ravine(), GRADIENT_DESCENT, lr=lr)
    assert "lr must be a number" in words


@pytest.mark.parametrize(
    "lr", [Fraction(1, 20), sp.Rational(1, 20), np.float32(0.05), np.array(0.05), 1], ids=repr
)
def test_numbers_of_any_make_will_do(lr):
    run = attempt(ravine(), GRADIENT_DESCENT, lr=lr, steps=5)
    assert run.positions == pytest.approx(
        descend(ravine(), GRADIENT_DESCENT, lr=float(lr), steps=5).positions
    )


@pytest.mark.parametrize(
    "schedule",
    [
        lambda t: 0.1 - 0.02 * t,
        lambda t: None,
        lambda t: "slow",
        lambda t: np.nan,
        lambda t: 0.0,
    ],
    ids=["falls below 0", "None", "words", "nan", "always 0"],
)
def test_a_schedule_keeps_to_the_same_rules(schedule):
    words = attempt(ravine(), GRADIENT_DESCENT, lr=schedule, steps=20)
    assert isinstance(words, str) and "lr must be" in words


def test_a_rate_may_fall_to_rest():
    run = descend(ravine(), GRADIENT_DESCENT, lr=anneal(0.05, 0, 5), steps=8)
    assert run.stopped is None and np.all(run.positions[5:] == run.positions[5])


@pytest.mark.parametrize("steps", [-1, 2.0, 2.5, "10", None, np.nan, [3], 1j], ids=repr)
def test_steps_are_a_whole_number(steps):
    words = attempt(ravine(), GRADIENT_DESCENT, None, steps, lr=0.01)
    assert "whole number of steps" in words and repr(steps) in words


@pytest.mark.parametrize("start", [(np.nan, 1), (1, np.inf), [[1, 2], [np.nan, 1]]], ids=str)
def test_a_start_is_finite(start):
    assert "must be finite" in attempt(ravine(), GRADIENT_DESCENT, start, lr=0.01)


@pytest.mark.parametrize(
    "start", ["here", [None, 1], {"w1": 1}, np.array([1, 2], dtype=object), [1 + 1j, 2]], ids=str
)
def test_a_start_is_numbers(start):
    assert isinstance(attempt(ravine(), GRADIENT_DESCENT, start, lr=0.01), str)


@pytest.mark.parametrize(
    "start", [3.0, [1.0], [1, 2, 3], np.ones((3, 2)), [[1.0], [1.0, 2.0]]], ids=str
)
def test_a_start_has_two_weights_on_the_first_axis(start):
    assert isinstance(attempt(ravine(), GRADIENT_DESCENT, start, lr=0.01), str)


@pytest.mark.parametrize(
    "start",
    [[2, -10], np.array([2, -10]), np.int8([2, -10]), np.array([[2, 1], [-10, 1]])],
    ids=repr,
)
def test_whole_numbers_are_no_trap(start):
    run = attempt(ravine(), GRADIENT_DESCENT, start, 3, lr=0.01)
    first = run.positions[..., 0] if run.positions.ndim == 3 else run.positions
    assert first[1] == pytest.approx([1.5, -9.9])
    assert run.positions.dtype == float


def test_settings_of_other_rules_and_missing_ones_are_named():
    assert "'rho'" in attempt(ravine(), MOMENTUM, lr=0.1, rho=0.9)
    assert "'beta'" in attempt(ravine(), GRADIENT_DESCENT, lr=0.1, beta=0.9)
    assert "lr=0.05" in attempt(ravine(), MOMENTUM)


@pytest.mark.parametrize(
    "shape",
    [lambda w: 1.0, lambda w: np.ones(3), lambda w: np.ones((*w.shape, 1)), lambda w: w[0]],
    ids=["a number", "three", "one axis more", "one weight only"],
)
def test_a_gradient_of_the_wrong_shape_is_told_both_shapes(shape):
    class Mistaken:
        name, start = "mistaken bowl", (1.0, 2.0)

        def value(self, w):
            return (np.asarray(w) ** 2).sum(axis=0)

        gradient = staticmethod(shape)

    words = attempt(Mistaken(), GRADIENT_DESCENT, lr=0.1)
    assert "mistaken bowl" in words and "(2,)" in words

    class Turned(Mistaken):
        """A batch with its axes exchanged."""

        def gradient(self, w):
            return w.T

    words = attempt(Turned(), GRADIENT_DESCENT, np.ones((2, 5)), lr=0.1)
    assert "(5, 2)" in words and "(2, 5)" in words


FALLS_FOR_EVER = Surface("slide", -sp.exp(W1) + W2**2, (1, 1), (0, 0), ((0, 1), (0, 1)), "a test")
WALL = Surface("wall", sp.exp(sp.exp(W1)) + W2**2, (1, 1), (-9, 0), ((-9, 1), (0, 1)), "a test")
POLE = Surface("pole", 1 / W1**2 + W2**2, (1, 1), (9, 0), ((0, 9), (-1, 1)), "a test")
LOG = Surface("log", -sp.log(W1) + W1 + W2**2, (0.1, 1), (1, 0), ((0, 9), (-1, 1)), "a test")
ROOT = Surface("root", sp.sqrt(W1) + W2**2, (1, 1), (0, 0), ((0, 9), (-1, 1)), "a test")


@pytest.mark.parametrize("surface", [FALLS_FOR_EVER, WALL, POLE, LOG, ROOT], ids=lambda s: s.name)
@pytest.mark.parametrize("lr", [1e-3, 0.5, 3.0, 1e5])
def test_surfaces_that_overflow_or_end_are_left_in_words(surface, lr):
    run = attempt(surface, MOMENTUM, None, 200, lr=lr)
    assert isinstance(run, Trajectory)
    many = attempt(surface, MOMENTUM, None, 200, lr=np.array([lr, lr / 2]))
    assert many.positions.shape == (201, 2, 2)


@pytest.mark.parametrize("start", [(0.0, 1.0), (-1.0, 1.0), (800.0, 0.0), (1e200, 1e200)], ids=str)
def test_a_start_at_which_there_is_no_loss_is_refused(start):
    surface = {0.0: POLE, -1.0: LOG, 800.0: WALL}.get(start[0], rosenbrock())
    assert "start" in attempt(surface, GRADIENT_DESCENT, start, lr=0.1)
    both = np.array([[1.0, start[0]], [1.0, start[1]]])
    assert "start" in attempt(surface, GRADIENT_DESCENT, both, lr=0.1)


def test_a_step_out_of_the_region_of_a_surface_is_not_called_a_large_loss():
    for surface, lr in ((ROOT, 3.0), (ROOT, np.array([3.0, 1e-3]))):
        run = attempt(surface, GRADIENT_DESCENT, lr=lr, start=(0.5, 0.1))
        assert "at step 1 " in run.stopped
        assert "no number" in run.stopped and "1e12" not in run.stopped


def test_a_surface_whose_gradient_is_nan_stops_the_run_at_its_first_step():
    kink = replace(POLE, expression=W2**2 + sp.sqrt(W1), start=(0.0, 1.0))
    run = attempt(kink, GRADIENT_DESCENT, lr=0.1)
    assert run.steps == 0 and "at step 1" in run.stopped


@modest
@given(
    kappa=st.one_of(st.floats(), st.floats(1, 1e6)),
    theta=st.floats(),
    c=st.one_of(st.floats(), st.floats(1e-3, 1e3)),
)
def test_any_ravine_works_or_is_refused_in_a_sentence(kappa, theta, c):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            surface = ravine(kappa, theta, c)
        except ValueError as error:
            assert is_sentence(str(error)), str(error)
            return
    assert surface.value(surface.minimum) == 0
    if kappa < 1e6 and c < 1e6:
        assert np.isfinite(surface.gradient(surface.start)).all()


@modest
@given(w=starts)
def test_a_surface_takes_weights_or_refuses_them_in_a_sentence(w):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for surface in SURFACES:
            try:
                loss = surface.value(surface.start if w is None else w)
                slope = surface.gradient(surface.start if w is None else w)
            except (TypeError, ValueError) as error:
                assert is_sentence(str(error)), str(error)
            else:
                assert np.shape(slope)[1:] == np.shape(loss) and len(slope) == 2


@pytest.mark.parametrize("ask", ["steps_to", "settles_at"])
def test_targets_that_are_never_met(ask):
    run = descend(ravine(), MOMENTUM, lr=0.05)
    assert getattr(run, ask)(-1) is None
    assert getattr(run, ask)(np.nan) is None
    assert getattr(run, ask)(np.inf) == 0


@pytest.mark.parametrize(
    "rule", [each for each in MATRIX_RULES if each.matrices], ids=lambda r: r.name
)
def test_a_rule_for_matrices_says_that_it_needs_one(rule):
    told = attempt(ravine(), rule, lr=0.1)
    assert isinstance(told, str) and "matrix" in told and "by_layer" in told
    with pytest.raises(ValueError, match="matrix") as refused:
        rule.start(np.zeros(3), lr=0.1)
    assert is_sentence(str(refused.value))
    rule.start(np.zeros((3, 2)), lr=0.1)(np.ones((3, 2)))


@pytest.mark.parametrize("rule", [*RULES, *MATRIX_RULES], ids=lambda r: r.name)
def test_a_rule_is_for_matrices_if_its_kernel_says_so(rule):
    assert rule.matrices == ("w: weights, a matrix" in (rule.kernel.__doc__ or ""))


@pytest.mark.parametrize("surface", [None, "ravine", ravine, 3.0, [1, 2]])
def test_what_is_no_surface_is_told(surface):
    assert "needs a surface" in attempt(surface, GRADIENT_DESCENT, lr=0.1)


def test_numbers_that_do_not_fit_are_told():
    assert "1e308" in attempt(ravine(), GRADIENT_DESCENT, lr=10**400)
    assert "memory" in attempt(ravine(), GRADIENT_DESCENT, lr=0.1, steps=10**10)


@pytest.mark.parametrize("value", ["9", "a", None, [], {}, object()])
@pytest.mark.parametrize("name", ["kappa", "theta", "c"])
def test_a_surface_of_something_else_than_numbers_is_told(name, value):
    with pytest.raises(ValueError) as refused:
        ravine(**{name: value})
    assert is_sentence(str(refused.value).replace(repr(value), "x")), str(refused.value)
