"""Kernels and rules: in place, any shape, exact; the three ways to write momentum."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from course_utils.optimizers import (
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    RULES,
    Rule,
    anneal,
    averaged_momentum,
    gradient_descent,
    momentum,
    momentum_rate_outside,
)
from course_utils.optimizers.settings import RANGES

MOMENTA = (MOMENTUM, AVERAGED_MOMENTUM, MOMENTUM_RATE_OUTSIDE)
rules = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def some_settings(rule):
    return {name: {"lr": 0.05, **rule.defaults}.get(name, 0.5) for name in rule.hyper}


def walk(rule, w, gradients, **hyper):
    """All positions of a kernel on given gradients."""
    w, path = w.copy(), [w.copy()]
    memory = [np.zeros_like(w) for _ in rule.memory]
    for t, g in enumerate(gradients, 1):
        now = {k: x[t - 1] if isinstance(x, list) else x for k, x in hyper.items()}
        rule.kernel(w, g, *memory, **now, **({"t": t} if rule.counts_steps else {}))
        path.append(w.copy())
    return np.array(path)


def gradients(shape, n=6, seed=5):
    return np.random.default_rng(seed).normal(size=(n, *shape))


# What every kernel keeps to


@rules
def test_a_kernel_changes_its_arrays_in_place_whatever_their_shape(rule):
    for shape in [(), (1,), (2,), (2, 5), (2, 3, 4), (0,)]:
        w, g = np.full(shape, 2.0), np.full(shape, 0.5)
        memory = [np.zeros(shape) for _ in rule.memory]
        count = {"t": 1} if rule.counts_steps else {}
        assert rule.kernel(w, g, *memory, **some_settings(rule), **count) is None
        assert (w < 2).all(), shape
        assert (g == 0.5).all(), shape
        assert w.shape == shape and all(m.shape == shape for m in memory)


@rules
def test_a_kernel_treats_every_coordinate_alone(rule):
    g = gradients((7,))
    whole = walk(rule, np.arange(7.0), g, **some_settings(rule))
    for i in range(7):
        assert np.array_equal(
            whole[:, i], walk(rule, np.array(float(i)), g[:, i], **some_settings(rule))
        )


@rules
def test_a_batch_with_a_setting_for_each_is_so_many_single_runs(rule):
    random, g = np.random.default_rng(2), gradients((2, 6))
    batch = {k: x * random.uniform(0.5, 1, 6) for k, x in some_settings(rule).items()}
    w = random.normal(size=(2, 6))
    whole = walk(rule, w, g, **batch)
    for i in range(6):
        one = {k: x[i] for k, x in batch.items()}
        alone = walk(rule, w[:, i], g[:, :, i], **one)
        assert np.allclose(whole[:, :, i], alone, rtol=1e-15, atol=1e-15)


@rules
def test_single_precision_stays_single(rule):
    w, g = np.array([2.0, -1.0]), gradients((2,))
    single = walk(rule, w.astype(np.float32), g.astype(np.float32), **some_settings(rule))
    double = walk(rule, w, g, **some_settings(rule))
    assert single.dtype == np.float32
    assert np.allclose(single, double, rtol=1e-4, atol=1e-5)


@rules
def test_every_setting_of_a_rule_has_a_range(rule):
    lacking = set(rule.hyper) - set(RANGES)
    assert not lacking, f"give {lacking} a range in course_utils/optimizers/settings.py"


@rules
def test_a_rule_says_what_it_is_and_where_it_comes_from(rule):
    assert rule.convention and rule.source
    assert "<-" in rule.kernel.__doc__
    assert set(rule.defaults) <= set(rule.hyper)
    words = repr(rule)
    assert "0x" not in words and words.startswith(rule.name)
    assert all(name in words for name in (*rule.memory, *rule.hyper))
    with pytest.raises(TypeError):
        rule.defaults["lr"] = 1.0


def test_rules_have_names_of_their_own():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(any(rule is known for known in RULES) for rule in (GRADIENT_DESCENT, *MOMENTA))


# Exactly


EXACT = {
    # v after step t in terms of all gradients, then w; no recurrence.
    "gradient descent": lambda g, lr, beta, t: lr * g[t],
    "momentum": lambda g, lr, beta, t: sum(lr * beta ** (t - i) * g[i] for i in range(t + 1)),
    "averaged momentum": lambda g, lr, beta, t: (
        lr * (1 - beta) * sum(beta ** (t - i) * g[i] for i in range(t + 1))
    ),
    "momentum, rate outside": lambda g, lr, beta, t: (
        lr * sum(beta ** (t - i) * g[i] for i in range(t + 1))
    ),
}


@pytest.mark.parametrize("number", [Fraction, sp.Rational])
@pytest.mark.parametrize("rule", [GRADIENT_DESCENT, *MOMENTA], ids=lambda rule: rule.name)
def test_fractions_give_the_sum_over_all_gradients_exactly(rule, number):
    g = np.array([[number(a, 3), number(b, 7)] for a, b in ((2, -1), (-5, 4), (1, 6), (8, -3))])
    lr, beta = number(1, 10), number(3, 4)
    w = np.array([number(2, 1), number(-10, 1)])
    hyper = {"lr": lr} | ({"beta": beta} if rule.memory else {})
    path = walk(rule, w, g, **hyper)
    expected = w
    for t in range(4):
        expected = expected - EXACT[rule.name](g, lr, beta, t)
        assert path[t + 1].tolist() == expected.tolist()


def test_the_known_numbers_for_the_gradients_2_minus1_half_4():
    g = np.array([2, -1, 0.5, 4.0])
    known = {
        gradient_descent: (0.8, 0.45),
        momentum: (0.8, 0.0882),
        averaged_momentum: (0.98, 0.90882),
        momentum_rate_outside: (0.8, 0.0882),
    }
    for rule in (GRADIENT_DESCENT, *MOMENTA):
        hyper = {"lr": 0.1} | ({"beta": 0.9} if rule.memory else {})
        path = walk(rule, np.array(1.0), g, **hyper)
        assert (path[1], path[4]) == pytest.approx(known[rule.kernel], rel=1e-12)


def test_velocity_is_left_in_memory_in_its_own_unit():
    g, kept = np.array([4.0]), {}
    for rule in MOMENTA:
        w, v = np.array([1.0]), np.array([2.0])
        rule.kernel(w, g, v, lr=0.5, beta=0.25)
        kept[rule.name] = float(v[0]), float(w[0])
    assert kept == {
        "momentum": (0.25 * 2 - 0.5 * 4, 1 + (0.25 * 2 - 0.5 * 4)),
        "averaged momentum": (0.25 * 2 + 0.75 * 4, 1 - 0.5 * (0.25 * 2 + 0.75 * 4)),
        "momentum, rate outside": (0.25 * 2 + 4, 1 - 0.5 * (0.25 * 2 + 4)),
    }


def test_beta_zero_is_gradient_descent():
    g, w = gradients((2,)), np.array([2.0, -10.0])
    plain = walk(GRADIENT_DESCENT, w, g, lr=0.1)
    for rule in MOMENTA:
        assert np.allclose(walk(rule, w, g, lr=0.1, beta=0.0), plain, rtol=1e-15)


# The three conventions


def exact_gradients(n=5):
    return [np.array([sp.Rational(7 * k**2 - 20 * k + 3, 4)]) for k in range(n)]


def test_the_conventions_make_one_path_at_one_rate():
    lr, beta, g = sp.Rational(1, 8), sp.Rational(2, 3), exact_gradients()
    w = np.array([sp.Integer(1)])
    inside = walk(MOMENTUM, w, g, lr=lr, beta=beta)
    outside = walk(MOMENTUM_RATE_OUTSIDE, w, g, lr=lr, beta=beta)
    average = walk(AVERAGED_MOMENTUM, w, g, lr=lr / (1 - beta), beta=beta)
    assert inside.tolist() == outside.tolist() == average.tolist()


def test_under_a_changing_rate_they_part_by_the_old_velocity_times_the_change():
    """Inside, a gradient keeps the rate of its own step; outside, the rate of now holds for all."""
    rates = [sp.Rational(1, k) for k in (2, 3, 5, 10, 4)]
    beta, g, w = sp.Rational(3, 5), exact_gradients(), np.array([sp.Integer(1)])
    inside = walk(MOMENTUM, w, g, lr=rates, beta=beta)
    outside = walk(MOMENTUM_RATE_OUTSIDE, w, g, lr=rates, beta=beta)
    average = walk(AVERAGED_MOMENTUM, w, g, lr=[r / (1 - beta) for r in rates], beta=beta)
    assert outside.tolist() == average.tolist()
    gap = sp.Integer(0)
    for t in range(5):
        gap += sum((rates[t] - rates[i]) * beta ** (t - i) * g[i][0] for i in range(t + 1))
        assert inside[t + 1][0] - outside[t + 1][0] == gap
        assert (gap == 0) == (t == 0)


def test_under_a_changing_beta_the_average_parts_from_the_sums():
    betas = [sp.Rational(k, 10) for k in (5, 6, 7, 8, 9)]
    lr, g, w = sp.Rational(1, 8), exact_gradients(), np.array([sp.Integer(1)])
    inside = walk(MOMENTUM, w, g, lr=lr, beta=betas)
    outside = walk(MOMENTUM_RATE_OUTSIDE, w, g, lr=lr, beta=betas)
    average = walk(AVERAGED_MOMENTUM, w, g, lr=[lr / (1 - b) for b in betas], beta=betas)
    assert inside.tolist() == outside.tolist()
    assert inside[1].tolist() == average[1].tolist()
    # Step 2: the average took g1 in with weight 1 - beta1 and is now scaled by 1/(1 - beta2).
    gap = lr * betas[1] * g[0][0] * ((1 - betas[0]) / (1 - betas[1]) - 1)
    assert inside[2][0] - average[2][0] == gap != 0


# Settings and schedules


def test_anneal_is_a_straight_line_and_then_stays():
    ramp = anneal(0.5, 0.9, 5)
    assert [ramp(t) for t in range(1, 8)] == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9, 0.9, 0.9])
    assert ramp(1) == 0.5
    assert anneal(0.9, 0.1, 2)(2) == pytest.approx(0.1)
    assert anneal(0.5, 0.9, 1)(1) == 0.5
    assert anneal(0.3, 0.3, 10)(4) == 0.3


@pytest.mark.parametrize("steps", [0, -3])
def test_anneal_in_no_steps_is_refused_in_a_sentence(steps):
    with pytest.raises(ValueError, match=rf"^[A-Z].*not {steps}: pass .*\.$"):
        anneal(0.5, 0.9, steps)


def test_settings_are_the_given_over_the_defaults_in_the_kernels_order():
    assert MOMENTUM.settings({"lr": 0.1}) == {"lr": 0.1, "beta": 0.9}
    assert list(MOMENTUM.settings({"beta": 0.5, "lr": 0.1})) == ["lr", "beta"]
    assert MOMENTUM.settings({"beta": 0.5, "lr": 0.1})["beta"] == 0.5
    assert GRADIENT_DESCENT.settings({"lr": 2}) == {"lr": 2}


def test_an_unknown_setting_is_named_with_the_known_ones():
    with pytest.raises(TypeError, match=r"^[A-Z].*momentum.*'betta'.*lr, beta.*\.$"):
        MOMENTUM.settings({"lr": 0.1, "betta": 0.9})


def test_a_missing_setting_is_named_with_an_example():
    with pytest.raises(TypeError, match=r"^[A-Z].*gradient descent.* lr, .*lr=0\.05\.$"):
        GRADIENT_DESCENT.settings({})


def test_names_are_read_from_the_signature():
    def kernel(w, g, m, s, *, lr, rho, t):
        """A kernel with two memory slots that counts its steps."""

    rule = Rule("two slots", kernel, {"rho": 0.9})
    assert rule.memory == ("m", "s")
    assert rule.hyper == ("lr", "rho")
    assert rule.counts_steps
    assert "m, s" in repr(rule)
    assert "nothing" in repr(GRADIENT_DESCENT)
    assert not GRADIENT_DESCENT.counts_steps


def test_a_rule_cannot_be_changed():
    with pytest.raises(AttributeError):
        MOMENTUM.name = "another"
    given = {"beta": 0.9}
    rule = Rule("mine", momentum, given)
    given["beta"] = 0.1
    assert rule.defaults["beta"] == 0.9
