"""Clipped gradients: nearest in a ball or a cube, proved, and rules that are given them."""

import numpy as np
import pytest
import sympy as sp

from course_utils.descent import descend
from course_utils.networks import Network, by_layer
from course_utils.optimizers import (
    ADAM,
    GRADIENT_DESCENT,
    MOMENTUM,
    NESTEROV,
    NESTEROV_LOOK_AHEAD,
    NEWTON,
    RULES,
    SIGN_DESCENT,
    clip_by_norm,
    clip_by_value,
    with_norm_clipping,
    with_value_clipping,
)
from course_utils.surfaces import ravine
from course_utils.symbolic import commutes, g, limit, lr, prove, w
from tests.optimizers.planted import with_mistake

OTHER = sp.Symbol("g'", real=True)
LENGTH = sp.sqrt(g**2 + OTHER**2)
DRAW = np.random.default_rng(7)
GRADIENTS = DRAW.normal(size=(40, 5)) * 10.0 ** DRAW.uniform(-2, 3, size=(40, 1))


def test_the_factor_follows_from_the_wish_to_keep_the_direction():
    """Of k g with length C, k > 0, there is one: the k that the kernel multiplies by."""
    k, one, other = sp.symbols("k g1 g2", positive=True)
    (factor,) = sp.solve(sp.Eq((k * one) ** 2 + (k * other) ** 2, limit**2), k)
    assert sp.simplify(factor - limit / LENGTH.subs({g: one, OTHER: other})) == 0
    clipped = with_norm_clipping(GRADIENT_DESCENT).kernel
    assert prove(clipped, w=w - lr * g * limit / sp.Max(limit, LENGTH))
    assert not prove(clipped, w=w - lr * g * limit / LENGTH)
    assert not prove(clipped, w=w - lr * g * sp.Min(1, limit / sp.sqrt(g**2 + 1)))


def test_by_value_is_proved():
    clipped = with_value_clipping(GRADIENT_DESCENT).kernel
    assert prove(clipped, w=w - lr * sp.Min(sp.Max(g, -limit), limit))
    assert not prove(clipped, w=w - lr * limit * sp.sign(g))


@pytest.mark.parametrize(
    ("kernel", "right", "wrong"),
    [
        (clip_by_norm, "maximum", "minimum"),
        (clip_by_norm, "g * g", "g"),
        (clip_by_norm, "np.sqrt(np.sum(g * g, axis=axis))", "np.sum(g * g, axis=axis)"),
        (clip_by_norm, "np.sqrt(np.sum(g * g, axis=axis))", "np.absolute(g)"),
        (clip_by_value, "-limit", "limit"),
        (clip_by_value, "np.minimum(np.maximum(g, -limit), limit)", "np.minimum(g, limit)"),
    ],
)
def test_a_kernel_with_a_mistake_is_refuted(kernel, right, wrong):
    clip = with_mistake(kernel, right, wrong)

    def gradient_descent(w, g, *, lr, limit):
        w -= lr * clip(g, limit=limit)

    by_norm = limit / sp.Max(limit, LENGTH) * g
    by_value = sp.Min(sp.Max(g, -limit), limit)
    assert not prove(gradient_descent, w=w - lr * (by_norm if kernel is clip_by_norm else by_value))


@pytest.mark.parametrize("size", [0.03, 1.0, 40.0])
def test_nothing_allowed_is_nearer(size):
    """In the ball and in the cube: the angle at the clipped gradient to any other is obtuse."""
    others = DRAW.normal(size=(200, 5))
    ball = others / np.linalg.norm(others, axis=1, keepdims=True) * size
    cube = np.clip(others, -1, 1) * size
    for x in GRADIENTS:
        for clipped, allowed in (
            (clip_by_norm(x, limit=size), ball),
            (clip_by_value(x, limit=size), cube),
        ):
            assert ((allowed - clipped) @ (x - clipped) <= 1e-9 * np.linalg.norm(x) * size).all()


def test_short_gradients_pass_and_long_ones_end_at_the_limit():
    for x in GRADIENTS:
        length, before = np.linalg.norm(x), x.copy()
        assert np.allclose(clip_by_norm(x, limit=2 * length), x, rtol=1e-15)
        assert np.linalg.norm(clip_by_norm(x, limit=length / 3)) == pytest.approx(length / 3)
        assert np.abs(clip_by_value(x, limit=0.1 * length)).max() <= 0.1 * length
        assert np.array_equal(x, before)
    assert clip_by_norm(np.zeros(3), limit=1.0).tolist() == [0, 0, 0]
    assert clip_by_value(np.zeros(3), limit=1.0).tolist() == [0, 0, 0]


def test_what_is_no_number_is_not_cured_and_what_is_infinite_only_by_value():
    with np.errstate(invalid="ignore"):
        assert np.isnan(clip_by_norm(np.array([np.nan, 1.0]), limit=1.0)).all()
        assert np.isnan(clip_by_norm(np.array([np.inf, 1.0]), limit=1.0)).any()
    assert np.isnan(clip_by_value(np.array([np.nan, 1.0]), limit=1.0)).tolist() == [True, False]
    assert clip_by_value(np.array([-np.inf, 0.5]), limit=1.0).tolist() == [-1.0, 0.5]


def test_by_norm_does_not_see_the_axes_and_by_value_does():
    assert commutes(with_norm_clipping(GRADIENT_DESCENT))
    assert not commutes(with_value_clipping(GRADIENT_DESCENT))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("clipped", [with_norm_clipping, with_value_clipping])
def test_with_a_limit_that_nothing_reaches_every_rule_is_itself(rule, clipped):
    settings = {name: {"lr": 0.05, **rule.defaults}.get(name, 0.5) for name in rule.hyper}
    one = descend(ravine(), rule, steps=20, **settings)
    same = descend(ravine(), clipped(rule), steps=20, limit=1e9, **settings)
    assert np.allclose(one.positions, same.positions, rtol=1e-9, atol=1e-12)
    assert clipped(rule) is clipped(rule) and clipped(rule).memory == rule.memory
    assert clipped(rule).hyper == (*rule.hyper, "limit")


def test_trajectories_of_a_batch_are_clipped_each_for_itself():
    limits = np.array([0.5, 5.0, 500.0])
    rule = with_norm_clipping(MOMENTUM)
    many = descend(ravine(), rule, steps=30, lr=0.02, limit=limits)
    for i, size in enumerate(limits):
        alone = descend(ravine(), rule, steps=30, lr=0.02, limit=size)
        assert np.allclose(many.positions[..., i], alone.positions, rtol=1e-12)


def test_a_clipped_step_is_at_most_the_rate_times_the_limit():
    run = descend(ravine(), with_norm_clipping(GRADIENT_DESCENT), steps=60, lr=0.05, limit=3.0)
    steps = np.linalg.norm(np.diff(run.positions, axis=0), axis=1)
    assert steps.max() == pytest.approx(0.05 * 3.0) and steps[-1] < steps[0]


def test_a_limit_below_every_entry_leaves_the_signs():
    for x in GRADIENTS:
        size = np.abs(x).min() / 2
        assert np.allclose(clip_by_value(x, limit=size), size * np.sign(x))
    one = descend(ravine(), with_value_clipping(GRADIENT_DESCENT), steps=1, lr=10.0, limit=0.01)
    assert np.allclose(one.positions, descend(ravine(), SIGN_DESCENT, steps=1, lr=0.1).positions)


def test_for_adam_a_limit_below_every_norm_is_no_knob():
    """All gradients get the length C then, and Adam divides C out again, but for eps."""
    runs = [
        descend(
            ravine(), with_norm_clipping(ADAM), steps=40, lr=0.01, eps=0.0, limit=size
        ).positions
        for size in (0.4, 0.004)
    ]
    plain = descend(ravine(), ADAM, steps=40, lr=0.01, eps=0.0)
    assert np.linalg.norm(plain.gradients, axis=1).min() > 0.4
    assert np.allclose(*runs, rtol=1e-9) and not np.allclose(runs[0], plain.positions, rtol=1e-3)


def test_nesterov_in_both_forms_is_one_path_when_clipped():
    settings = {"lr": 0.02, "beta": 0.8, "limit": 4.0}
    one = descend(ravine(), with_norm_clipping(NESTEROV), steps=30, **settings)
    ahead = with_norm_clipping(NESTEROV_LOOK_AHEAD)
    other = descend(ravine(), ahead, steps=30, **settings)
    seen = other.positions + 0.8 * other.memory["v"]
    assert np.allclose(one.positions, seen, rtol=1e-9)


def test_layer_by_layer_it_is_clipnorm_of_keras():
    network = Network((3, 4, 2))
    rule = by_layer(with_norm_clipping(GRADIENT_DESCENT, axis=None), network)
    start = DRAW.normal(size=network.parameters)
    x = DRAW.normal(size=network.parameters) * 10
    w = start.copy()
    rule.start(w, lr=1.0, limit=0.5)(x)
    for layer, moved in zip(network.unpack(x), network.unpack(w - start), strict=True):
        for part, step in zip(layer, moved, strict=True):
            length = np.linalg.norm(part)
            assert np.allclose(step, -part * min(1, 0.5 / length))


def test_what_cannot_be_clipped_says_why():
    with pytest.raises(TypeError, match="needs the Hessian"):
        with_norm_clipping(NEWTON)
    with pytest.raises(TypeError, match="clipped already"):
        with_value_clipping(with_norm_clipping(MOMENTUM))
    for size in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="limit must be above 0"):
            with_norm_clipping(MOMENTUM).start(np.ones(2), lr=0.1, limit=size)
