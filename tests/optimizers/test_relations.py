"""How the rules are related: one inside another, one path written in two ways."""

import numpy as np
import pytest
import sympy as sp

from course_utils import optimizers
from course_utils.optimizers import (
    ADAM,
    AMSGRAD,
    AMSGRAD_OF_CORRECTED,
    LION,
    MOMENTUM,
    NESTEROV,
    NESTEROV_LOOK_AHEAD,
    UNCORRECTED_AMSGRAD,
)
from course_utils.optimizers.newton import (
    damped_newton,
    newton,
)
from course_utils.symbolic import (
    beta,
    curvature,
    difference,
    iteration_matrix,
    lr,
    trace,
)
from tests.optimizers.formulas import (
    AVERAGE,
    V,
    a,
    b1,
    b2,
    d,
    eps,
    g,
    g1,
    m,
    mu,
    psi,
    rho,
    s,
    t,
    v,
    w,
    w1,
)
from tests.optimizers.steps import steps_on


def same(one, other):
    return difference(one, other) is None


def test_the_two_forms_of_nesterov_are_one_path():
    """With the framework's w at the paper's w + beta v, both ask for the gradient there."""
    framework = trace(optimizers.nesterov, w=w + beta * v)
    paper = trace(NESTEROV_LOOK_AHEAD.kernel)
    assert same(framework["v"], paper["v"])
    assert same(framework["w"], NESTEROV_LOOK_AHEAD.look_ahead(paper["w"], paper["v"], beta=beta))


@pytest.mark.parametrize("where", ["w", "w - beta * v", "w + v"])
def test_another_point_to_look_from_is_not_nesterov(where):
    point = eval(where, {"w": w, "v": v, "beta": beta})
    framework, paper = trace(optimizers.nesterov, w=point), trace(optimizers.momentum)
    assert not same(framework["w"], point.subs({w: paper["w"], v: paper["v"]}, simultaneous=True))


def test_nesterov_is_momentum_with_beta_times_one_minus_lr_curvature():
    left = iteration_matrix(NESTEROV)
    right = iteration_matrix(MOMENTUM).subs(beta, beta * (1 - lr * curvature))
    z = sp.Symbol("z")
    assert sp.expand((z * sp.eye(2) - left).det() - (z * sp.eye(2) - right).det()) == 0
    ahead = iteration_matrix(NESTEROV_LOOK_AHEAD)
    assert sp.expand((z * sp.eye(2) - left).det() - (z * sp.eye(2) - ahead).det()) == 0


def test_the_variance_that_is_kept_is_the_mean_square_minus_the_squared_mean():
    kernel = optimizers.centred_rmsprop
    kept = trace(kernel, c=s - a**2)
    assert same(kept["c"], V - AVERAGE**2)


def test_rounding_cannot_make_the_variance_negative():
    w, g, c, a = np.zeros(3), np.array([0.1, 1e6, 1e-6]), np.zeros(3), np.zeros(3)
    for _ in range(2000):
        optimizers.centred_rmsprop(w, g, c, a, lr=0.1, rho=0.9, eps=1e-3)
    assert (c >= 0).all() and np.isfinite(w).all()


def test_epsilon_hat_is_epsilon_times_the_root_of_the_correction():
    q, r = sp.symbols("q r", positive=True)
    swap = {b2**t: 1 - q, b1**t: 1 - r}
    hat = trace(optimizers.adam_hat, eps=eps * sp.sqrt(1 - b2**t))["w"].subs(swap)
    assert same(hat, trace(optimizers.adam)["w"].subs(swap))


@pytest.mark.parametrize(
    ("one", "settings", "other"),
    [
        ("adamw", {"decay": 0}, "adam"),
        ("adam_l2", {"decay": 0}, "adam"),
        ("momentum_l2", {"decay": 0}, "momentum_rate_outside"),
        ("uncorrected_adam", {"beta1": 0, "beta2": rho}, "rmsprop"),
        ("uncorrected_adam_inside", {"beta1": 0, "beta2": rho}, "rmsprop_inside"),
        ("rmsprop_momentum", {"beta": 0}, "rmsprop"),
        ("rmsprop_momentum_inside", {"beta": 0}, "rmsprop_inside"),
        ("rmsprop", {"rho": 0, "eps": 0}, "sign_descent"),
        ("nesterov", {"beta": 0}, "gradient_descent"),
    ],
)
def test_a_rule_contains_another(one, settings, other):
    left, right = trace(getattr(optimizers, one), **settings), trace(getattr(optimizers, other))
    if other == "sign_descent":
        left = {"w": left["w"].rewrite(sp.Abs).subs(g / sp.Abs(g), sp.sign(g))}
    assert same(left["w"], right["w"])


def test_without_curvature_ahead_damping_goes_from_newton_to_gradient_descent():
    assert same(trace(damped_newton, mu=0)["w1"], trace(newton)["w1"])
    step = w1 - trace(damped_newton)["w1"]
    assert sp.limit(sp.simplify(mu * step), mu, sp.oo) == g1


def test_sign_descent_moves_every_weight_by_the_rate_and_rests_at_zero():
    w = np.array([1.0, 2.0, 3.0])
    optimizers.sign_descent(w, np.array([1e-9, -1e9, 0.0]), lr=0.25)
    assert w.tolist() == [0.75, 2.25, 3.0]


def test_where_no_average_falls_amsgrad_is_adam():
    grown = 1.3 ** np.arange(30) * np.resize([1, -1, 1], 30)
    for one, other in (
        (AMSGRAD, ADAM),
        (AMSGRAD_OF_CORRECTED, ADAM),
        (UNCORRECTED_AMSGRAD, optimizers.UNCORRECTED_ADAM),
        (optimizers.AMSGRAD_HAT, optimizers.ADAM_HAT),
    ):
        assert np.array_equal(steps_on(one, grown), steps_on(other, grown))
    fallen = np.r_[grown, 1e-3 * grown]
    one, other = (steps_on(rule, fallen, beta2=0.9) for rule in (AMSGRAD, ADAM))
    assert not np.allclose(one, other, rtol=0.1)


def test_the_two_definitions_of_amsgrad_agree_on_growing_gradients_and_part_on_falling_ones():
    """After 1, 0.001: the corrected s falls from 1 to 1/2, the corrected top of PyTorch as well."""
    grown = [1.0, 2.0, 4.0, 8.0]
    assert np.allclose(steps_on(AMSGRAD, grown), steps_on(AMSGRAD_OF_CORRECTED, grown), rtol=1e-12)
    one, other = (
        steps_on(rule, [1.0, 0.0], eps=0.0, beta1=0.0, beta2=0.5)
        for rule in (AMSGRAD, AMSGRAD_OF_CORRECTED)
    )
    assert np.array_equal(one, other)
    one, other = (
        steps_on(rule, [1.0, 0.1], eps=0.0, beta1=0.0, beta2=0.5)[1]
        for rule in (AMSGRAD, AMSGRAD_OF_CORRECTED)
    )
    assert one == pytest.approx(0.1 / np.sqrt(0.5 / 0.75))
    assert other == pytest.approx(0.1)


def test_amsgrad_hat_is_amsgrad_with_another_eps():
    c = sp.Symbol("c", positive=True)
    hat = trace(optimizers.amsgrad_hat, eps=eps * sp.sqrt(c))["w"].subs(b2**t, 1 - c)
    assert same(hat, trace(optimizers.amsgrad)["w"].subs(b2**t, 1 - c))


def test_without_its_look_ahead_nadam_is_adam_and_without_its_schedule_it_is_nadam():
    assert same(trace(optimizers.nadam, beta1=0)["w"], trace(optimizers.adam, beta1=0)["w"])
    began = trace(optimizers.scheduled_nadam, q=1 - b1 ** (t - 1))["w"]
    fades = [power for power in began.atoms(sp.Pow) if power.exp.has(psi)]
    assert all(sp.limit(power.subs({psi: 1}), t, sp.oo) == 0 for power in fades) and fades
    assert same(began.xreplace(dict.fromkeys(fades, sp.S.Zero)), trace(optimizers.nadam)["w"])


def test_nadam_moves_by_the_m_that_adam_would_have_if_the_gradient_came_again():
    """Long after the start: beta1 m + (1 - beta1) g is the next m for the same g, Nesterov's."""
    late = {b1**t: 0, b1 ** (t + 1): 0}
    here = trace(optimizers.nadam, s=1, beta2=0, g=g)["w"]
    numerator = sp.expand((w - here) * (sp.Abs(g) + eps) / lr)
    after = trace(optimizers.averaged_momentum, v=trace(optimizers.nadam)["m"])["v"]
    assert same(numerator.subs(late).subs(beta, b1), after.subs(beta, b1))


def test_frozen_nadam_is_nesterov_with_the_averages_rate():
    """With a steady divisor and no correction it is the framework's Nesterov at lr (1 - beta)."""
    look = w - lr * (beta * (beta * m + (1 - beta) * g) + (1 - beta) * g)
    nesterov = trace(optimizers.nesterov, v=-lr * m, lr=lr * (1 - beta))
    assert same(nesterov["w"], look)


@pytest.mark.parametrize("scale", [1e-3, 7.0])
def test_lion_is_the_sign_of_an_average_and_does_not_know_sizes(scale):
    draw = np.random.default_rng(3).normal(size=40)
    taken = steps_on(LION, scale * draw)
    assert np.array_equal(taken, steps_on(LION, draw))
    assert np.allclose(np.abs(taken), 1)
    plain = trace(optimizers.lion, beta1=0, decay=0)["w"]
    assert same(plain, trace(optimizers.sign_descent)["w"])


def test_adadelta_begins_at_the_root_of_eps_and_does_not_know_the_scale_of_the_loss():
    first = steps_on(optimizers.ADADELTA, [5.0], rho=0.9, eps=1e-6)[0]
    assert first == pytest.approx(np.sqrt(1e-6) / np.sqrt(2.5 + 1e-6) * 5)
    c = sp.Symbol("c", positive=True)
    scaled = trace(optimizers.adadelta, g=c * g, s=c**2 * s)["w"]
    plain = trace(optimizers.adadelta)["w"]
    at = {w: 1, g: 2, s: 3, d: 1, rho: sp.Rational(1, 2), lr: 1, c: 100, eps: sp.Rational(1, 10**9)}
    assert abs(float((scaled - plain).subs(at))) < 1e-8


def test_adamax_is_bounded_by_a_little_more_than_the_rate():
    """The paper says |step| <= lr; gradients that fall by beta2 a step reach 1.009 lr."""
    falling = 0.999 ** np.arange(2000.0)
    taken = steps_on(optimizers.ADAMAX, falling, eps=0.0)
    bound = 0.1 / (1 - 0.9 / 0.999)
    assert bound == pytest.approx(1.0091, abs=1e-4)
    assert 1.0 < taken[-1] < bound and taken[-1] == pytest.approx(bound, rel=1e-6)
    draw = np.random.default_rng(5)
    for _ in range(20):
        wild = draw.normal(size=60) * np.exp(2 * draw.normal(size=60))
        assert np.abs(steps_on(optimizers.ADAMAX, wild, eps=0.0)).max() <= bound
