"""The kernels of lessons 02, 03, 05, 06 and 07: proved, mutated, and held to exact results."""

import inspect
import math
import textwrap
import time
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from course_utils import optimizers, theory
from course_utils.descent import descend
from course_utils.optimizers import (
    ADAGRAD,
    ADAM,
    ADAMW,
    CENTRED_RMSPROP,
    DAMPED_NEWTON,
    EXACT_LINE_SEARCH,
    GUARDED_NEWTON,
    HESSIAN_RULES,
    MOMENTUM,
    NESTEROV,
    NESTEROV_LOOK_AHEAD,
    NEWTON,
    RMSPROP,
    RMSPROP_INSIDE,
    RULES,
    SADDLE_FREE_NEWTON,
    SIGN_DESCENT,
    UNCORRECTED_ADAM,
    NoStep,
    Rule,
)
from course_utils.optimizers.averages import ema, ema_corrected, smoothed
from course_utils.optimizers.newton import (
    damped_newton,
    exact_line_search,
    exact_step,
    guarded_newton,
    newton,
    saddle_free_newton,
    solve,
)
from course_utils.surfaces import W1, W2, Surface, ravine, rosenbrock
from course_utils.symbolic import (
    beta,
    curvature,
    difference,
    iteration_matrix,
    lr,
    prove,
    stability_limit,
    symbol,
    trace,
    unroll,
)


def surface(expression, start=(1.0, 1.0)):
    return Surface("a test", expression, start, (0, 0), ((-1, 1), (-1, 1)), "a test")


# Formulas, typed from the papers with their own letters

w, g, v, m, a, s, c, t = (symbol(n) for n in "w g v m a s c t".split())
rho, b1, b2, eps, lam = (symbol(n) for n in ("rho", "beta1", "beta2", "eps", "decay"))
mu = symbol("mu")
w1, w2, g1, g2, h11, h12, h22 = (symbol(n) for n in "w1 w2 g1 g2 h11 h12 h22".split())
H = sp.Matrix([[h11, h12], [h12, h22]])
G = sp.Matrix([g1, g2])


def pair(step):
    return {"w1": w1 - step[0], "w2": w2 - step[1]}


V = rho * s + (1 - rho) * g**2  # Tieleman and Hinton: MeanSquare
MT, VT = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g**2  # Kingma and Ba: m_t, v_t
MHAT, VHAT = MT / (1 - b1**t), VT / (1 - b2**t)
GL = g + lam * w
ML, VL = b1 * m + (1 - b1) * GL, b2 * s + (1 - b2) * GL**2
ALPHA_T = lr * sp.sqrt(1 - b2**t) / (1 - b1**t)
VARIANCE = rho * c + rho * (1 - rho) * (g - a) ** 2
AVERAGE = rho * a + (1 - rho) * g

FORMULAS = {
    "newton": pair(H.LUsolve(G)),
    "damped_newton": pair((H + mu * sp.eye(2)).inv() * G),
    "exact_line_search": pair((G.T * G)[0] / (G.T * H * G)[0] * G),
    "ema": {"m": beta * m + (1 - beta) * g},
    "ema_corrected": {
        "m": m - (1 - beta) * (m - g),
        "a": (beta * m + (1 - beta) * g) / (1 - beta**t),
    },
    "nesterov": {"v": beta * v - lr * g, "w": w + beta**2 * v - (1 + beta) * lr * g},
    "sign_descent": {"w": w - lr * sp.sign(g)},
    "adagrad": {"s": s + g**2, "w": w - lr / (sp.sqrt(s + g**2) + eps) * g},
    "adagrad_inside": {"s": s + g**2, "w": w - lr / sp.sqrt(s + g**2 + eps) * g},
    "rmsprop": {"s": V, "w": w - lr / (sp.sqrt(V) + eps) * g},
    "rmsprop_inside": {"s": V, "w": w - lr / sp.sqrt(V + eps) * g},
    "centred_rmsprop": {
        "c": VARIANCE, "a": AVERAGE, "w": w - lr * g / (sp.sqrt(VARIANCE) + eps),
    },
    "centred_rmsprop_inside": {
        "c": VARIANCE, "a": AVERAGE, "w": w - lr * g / sp.sqrt(VARIANCE + eps),
    },
    "rmsprop_momentum": {
        "s": V,
        "v": beta * v - lr * g / (sp.sqrt(V) + eps),
        "w": w + beta * v - lr * g / (sp.sqrt(V) + eps),
    },
    "rmsprop_momentum_inside": {
        "s": V,
        "v": beta * v - lr * g / sp.sqrt(V + eps),
        "w": w + beta * v - lr * g / sp.sqrt(V + eps),
    },
    "adam": {"m": MT, "s": VT, "w": w - lr * MHAT / (sp.sqrt(VHAT) + eps)},
    "adam_inside": {"m": MT, "s": VT, "w": w - lr * MHAT / sp.sqrt(VHAT + eps)},
    "uncorrected_adam": {"m": MT, "s": VT, "w": w - lr * MT / (sp.sqrt(VT) + eps)},
    "uncorrected_adam_inside": {"m": MT, "s": VT, "w": w - lr * MT / sp.sqrt(VT + eps)},
    "adam_hat": {"m": MT, "s": VT, "w": w - ALPHA_T * MT / (sp.sqrt(VT) + eps)},
    "adam_l2": {
        "m": ML, "s": VL,
        "w": w - lr * (ML / (1 - b1**t)) / (sp.sqrt(VL / (1 - b2**t)) + eps),
    },
    "adamw": {
        "m": MT, "s": VT, "w": (1 - lr * lam) * w - lr * MHAT / (sp.sqrt(VHAT) + eps),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_a_kernel_computes_the_formulas_of_its_source(name):
    proof = prove(getattr(optimizers, name), **FORMULAS[name])
    assert proof.holds, proof


# Planted mistakes: a line of the shipped source is changed, and the proof must fail at once.

EMA_M, EMA_S = "ema(m, g, beta=beta1)", "ema(s, g**2, beta=beta2)"
ADAM_MISTAKES = [
    (EMA_M, "ema(m, g, beta=beta2)"),
    (EMA_S, "ema(s, g, beta=beta2)"),
    (EMA_S, "ema(s, m**2, beta=beta2)"),
    ("w -=", "w +="),
]
CORRECTION_MISTAKES = [
    ("1 - beta1**t", "1 - beta1 ** (t - 1)"),
    ("1 - beta1**t", "1 - beta1 ** (t + 1)"),
    ("1 - beta2**t", "1 - beta2"),
    ("1 - beta2**t", "1 - beta1**t"),
]
SCALED = [
    ("ema(s, g**2, beta=rho)", "ema(s, g, beta=rho)"),
    ("ema(s, g**2, beta=rho)", "ema(s, g**2, beta=1 - rho)"),
]
MISTAKES = {
    "newton": [("-=", "+="), ("solve(H, g)", "solve(H, w)"), ("solve(H, g)", "g")],
    "damped_newton": [("H + mu", "H - mu"), ("mu * ", ""), ("-=", "+=")],
    "exact_line_search": [("exact_step(g, H)", "exact_step(w, H)"), ("* g", ""), ("-=", "+=")],
    "ema": [("1 - beta", "1"), ("m *= beta", "m *= 1"), ("+=", "-=")],
    "ema_corrected": [("beta**t", "beta"), ("beta**t", "beta ** (t - 1)"), ("m / ", "g / ")],
    "nesterov": [
        ("beta * v - lr * g", "v"),
        ("beta * v - lr * g", "beta * v"),
        ("beta * v - lr * g", "beta * v + lr * g"),
        ("v -=", "v +="),
    ],
    "sign_descent": [("np.sign(g)", "g"), ("-=", "+="), ("lr * ", "")],
    "adagrad": [("g**2", "g"), ("+ eps)", ")"), ("np.sqrt(s) + eps", "np.sqrt(s + eps)")],
    "adagrad_inside": [("g**2", "g"), ("s + eps", "s"), ("np.sqrt(s + eps)", "(s + eps)")],
    "rmsprop": [
        *SCALED,
        ("np.sqrt(s) + eps", "np.sqrt(s + eps)"),
        ("np.sqrt(s) + eps", "s + eps"),
        ("-=", "+="),
    ],
    "rmsprop_inside": [
        *SCALED,
        ("np.sqrt(s + eps)", "(np.sqrt(s) + eps)"),
        ("np.sqrt(s + eps)", "(s + eps)"),
    ],
    "centred_rmsprop": [
        ("g, rho)", "a, rho)"),
        ("np.sqrt(c) + eps", "np.sqrt(c + eps)"),
        ("-=", "+="),
    ],
    "centred_rmsprop_inside": [("c + eps", "c"), ("np.sqrt", ""), ("-=", "+=")],
    "rmsprop_momentum": [
        *SCALED,
        ("v *= beta", "v *= rho"),
        ("w += v", "w -= v"),
        ("lr * g", "lr * (1 - beta) * g"),
    ],
    "rmsprop_momentum_inside": [
        *SCALED,
        ("v *= beta", ""),
        ("s + eps", "s"),
        ("w += v", "w -= lr * v"),
    ],
    "adam": [
        *ADAM_MISTAKES,
        *CORRECTION_MISTAKES,
        ("np.sqrt(s_hat) + eps", "np.sqrt(s_hat + eps)"),
    ],
    "adam_inside": [*ADAM_MISTAKES, *CORRECTION_MISTAKES, ("s_hat + eps", "s + eps")],
    "uncorrected_adam": [
        *ADAM_MISTAKES,
        ("lr * m", "lr * g"),
        ("np.sqrt(s) + eps", "np.sqrt(s + eps)"),
    ],
    "uncorrected_adam_inside": [*ADAM_MISTAKES, ("lr * m", "lr * g * m"), ("s + eps", "s")],
    "adam_hat": [*ADAM_MISTAKES, *CORRECTION_MISTAKES, ("eps)", "eps * np.sqrt(1 - beta2**t))")],
    "adam_l2": [("+ decay * w", ""), ("+ decay", "- decay"), ("decay * w", "lr * decay * w")],
    "adamw": [("lr * decay", "decay"), ("w -= lr * decay * w", ""), ("-=", "+=")],
}


def with_mistake(function, right, wrong):
    """The function with a piece of its source replaced."""
    source = textwrap.dedent(inspect.getsource(function))
    head, quotes, body = source.rpartition('"""')
    assert quotes and right in body, f"{right!r} is no longer in {function.__name__}"
    body = body.replace(right, wrong, 1)
    namespace = dict(vars(inspect.getmodule(function)))
    exec(f"{head}{quotes}{body}", namespace)
    return namespace[function.__name__]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [pytest.param(n, *pieces, id=f"{n}: {pieces[1]}") for n in MISTAKES for pieces in MISTAKES[n]],
)
def test_a_planted_mistake_is_refuted_at_once(name, right, wrong):
    kernel = with_mistake(getattr(optimizers, name), right, wrong)
    began = time.process_time()
    proof = prove(kernel, **FORMULAS[name])
    assert time.process_time() - began < 2
    assert not proof
    assert proof.computed.equals(proof.expected) is not True
    assert "refuted" in repr(proof)


def test_every_kernel_that_can_be_traced_has_formulas_and_three_mistakes():
    from tests.test_more_rules import FORMULAS as MORE

    kernels = {rule.kernel.__name__ for rule in (*RULES, *HESSIAN_RULES)} - set(MORE)
    elsewhere = {"gradient_descent", "momentum", "averaged_momentum", "momentum_rate_outside"}
    by_example = {"saddle_free_newton", "guarded_newton"}
    assert kernels - elsewhere - by_example | {"ema", "ema_corrected"} == set(FORMULAS)
    assert set(FORMULAS) == set(MISTAKES)
    assert all(len(pieces) >= 3 for pieces in MISTAKES.values())


# How rules are related


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


def test_descend_asks_for_the_gradient_ahead():
    settings = {"start": (-0.5, 0.3), "steps": 40, "lr": 1e-3, "beta": 0.8}
    paper = descend(rosenbrock(), NESTEROV_LOOK_AHEAD, **settings)
    framework = descend(rosenbrock(), NESTEROV, **settings)
    ahead = paper.positions + 0.8 * paper.memory["v"]
    assert np.allclose(framework.positions, ahead, rtol=0, atol=1e-13)
    assert not np.allclose(framework.positions, paper.positions, rtol=0, atol=1e-4)


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


# Stability limits from the shipped kernels, and runs on both sides

LIMITS = {
    "gradient descent": (optimizers.GRADIENT_DESCENT, 2 / curvature),
    "momentum": (MOMENTUM, 2 * (1 + beta) / curvature),
    "averaged momentum": (
        optimizers.AVERAGED_MOMENTUM, 2 * (1 + beta) / ((1 - beta) * curvature),
    ),
    "Nesterov": (NESTEROV, 2 * (1 + beta) / ((1 + 2 * beta) * curvature)),
    "Nesterov, looking ahead": (
        NESTEROV_LOOK_AHEAD, 2 * (1 + beta) / ((1 + 2 * beta) * curvature),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("decay", [0.5, 0.9, 0.99])
def test_the_limit_follows_from_the_kernel_and_is_where_runs_turn(name, decay):
    rule, expected = LIMITS[name]
    limit = stability_limit(rule)
    assert same(limit, expected)
    at = float(limit.subs({beta: sp.Rational(str(decay)), curvature: 25}))
    hyper = {"beta": decay} if "beta" in rule.hyper else {}
    below = descend(ravine(25), rule, (1.0, 0.0), 6000, lr=0.998 * at, **hyper)
    above = descend(ravine(25), rule, (1.0, 0.0), 6000, lr=1.002 * at, **hyper)
    assert below.stopped is None and abs(below.positions[-1, 0]) < 0.9
    assert above.stopped or abs(above.positions[-1, 0]) > 1.1


def test_a_frozen_adam_has_the_limit_38():
    limit = stability_limit(optimizers.uncorrected_adam, beta2=1, s=1, eps=0)
    assert same(limit, 2 * (1 + b1) / ((1 - b1) * curvature))
    assert limit.subs({b1: sp.Rational(9, 10), curvature: 1}) == 38
    assert theory.averaged_limit(0.9, 1.0) == pytest.approx(38)


def test_a_kernel_without_a_matrix_is_refused_in_a_sentence():
    for kernel in (optimizers.adam, optimizers.sign_descent):
        with pytest.raises(ValueError, match=r"^This kernel is not linear .*\.$"):
            stability_limit(kernel)


# Newton


def test_newton_reaches_the_flat_point_of_any_quadratic_in_one_step():
    x, y = sp.symbols("x y", real=True)
    at = H * sp.Matrix([w1 - x, w2 - y])
    step = trace(newton, g1=at[0], g2=at[1])
    assert same(step["w1"], x) and same(step["w2"], y)


def test_newton_on_fractions_squares_the_error():
    """f = w - ln w has its minimum at 1 and e' = -e^2 exactly."""
    w = np.array([Fraction(1, 2), Fraction(3, 2)])
    seen = []
    for _ in range(3):
        newton(w, 1 - 1 / w, np.array([[1 / w[0] ** 2, Fraction(0)], [Fraction(0), 1 / w[1] ** 2]]))
        seen.append(w[0])
    assert seen == [Fraction(3, 4), Fraction(15, 16), Fraction(255, 256)]
    assert w[1] == 1 - Fraction(1, 2) ** 8


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("batch", [(), (4,), (2, 3)], ids=str)
def test_solve_is_the_inverse_of_a_product(n, batch):
    random = np.random.default_rng(n)
    A, x = random.normal(size=(n, n, *batch)), random.normal(size=(n, *batch))
    assert np.allclose(solve(A, np.einsum("ij...,j...->i...", A, x)), x, rtol=1e-10, atol=1e-10)


SADDLE = np.array([[1.0, 0.0], [0.0, -1.0]])
TURN = np.array([[0.6, -0.8], [0.8, 0.6]])


def after(kernel, w, g, H, **hyper):
    w = np.array(w, dtype=float)
    kernel(w, np.array(g, dtype=float), np.array(H, dtype=float), **hyper)
    return w


def exact_saddle_free(kernel):
    """|H|^-1 g where eigenvalues and eigenvectors are known: on the axes, and turned by 3-4-5."""
    assert np.allclose(after(kernel, (1, 0.1), (1, -0.1), SADDLE), (0, 0.2), rtol=1e-15)
    for curvatures in ((2, -5), (-1, -4), (3, 0.5)):
        turned = TURN @ np.diag(curvatures) @ TURN.T
        g = TURN @ (2.0, 3.0)
        step = TURN @ (2 / abs(curvatures[0]), 3 / abs(curvatures[1]))
        assert np.allclose(after(kernel, (7, 8), g, turned), (7, 8) - step, rtol=1e-14)
    assert np.allclose(after(kernel, (1, 1), (2, 3), [[0, 1], [1, 0]]), (-1, -2), rtol=1e-14)


def exact_guarded(kernel):
    """Newton in a bowl, a bounded gradient step elsewhere."""

    def step(w, g, H):
        return after(kernel, w, g, H, lr=0.5, bound=1.0)

    assert np.allclose(step((1, 2), (4, 10), [[4, 0], [0, 5]]), (0, 0))
    assert np.allclose(step((1, 0.1), (1, -0.1), SADDLE), (0.5, 0.15), rtol=1e-15)
    assert np.allclose(step((0, 0), (30, 40), -np.eye(2)), (-0.6, -0.8), rtol=1e-15)
    assert np.allclose(step((3, 4), (0, 0), SADDLE), (3, 4))


def test_saddle_free_newton_on_exact_examples():
    exact_saddle_free(saddle_free_newton)


def test_guarded_newton_on_exact_examples():
    exact_guarded(guarded_newton)


@pytest.mark.parametrize(
    ("examples", "kernel", "right", "wrong"),
    [
        (exact_saddle_free, saddle_free_newton, "np.abs(curvatures)", "curvatures"),
        (exact_saddle_free, saddle_free_newton, "along / sizes", "along * sizes"),
        (exact_saddle_free, saddle_free_newton, "g[:, None], axis=0", "g[:, None], axis=1"),
        (exact_saddle_free, saddle_free_newton, "w -=", "w +="),
        (exact_guarded, guarded_newton, "> 0\n", "> -9\n"),
        (exact_guarded, guarded_newton, ".min(axis=0)", ".max(axis=0)"),
        (exact_guarded, guarded_newton, "np.minimum(1,", "np.maximum(1,"),
        (exact_guarded, guarded_newton, "length = lr * ", "length = "),
        (exact_guarded, guarded_newton, "w -=", "w +="),
    ],
)  # fmt: skip
def test_a_mistake_in_a_kernel_without_a_trace_fails_the_examples(examples, kernel, right, wrong):
    with pytest.raises(AssertionError):
        examples(with_mistake(kernel, right, wrong))


def test_newton_walks_to_the_saddle_and_saddle_free_newton_away():
    shape = surface((W1**2 - W2**2) / 2, (1.0, 0.1))
    assert np.allclose(descend(shape, NEWTON, steps=1).positions[-1], 0)
    escape = descend(shape, SADDLE_FREE_NEWTON, steps=3)
    assert np.allclose(escape.positions[:, 1], [0.1, 0.2, 0.4, 0.8])


def test_newton_climbs_to_the_maximum_of_the_double_well():
    well = surface(W1**4 / 4 - W1**2 / 2 + W2**2, (0.3, 0.0))
    assert abs(descend(well, NEWTON, steps=4).positions[-1, 0]) < 1e-12
    assert descend(well, SADDLE_FREE_NEWTON, steps=30).positions[-1, 0] == pytest.approx(1)
    assert descend(well, GUARDED_NEWTON, lr=0.5, steps=30).positions[-1, 0] == pytest.approx(1)
    assert descend(well, DAMPED_NEWTON, mu=2.0, steps=200).positions[-1, 0] == pytest.approx(1)


def test_newtons_step_is_not_along_the_gradient():
    """Curvatures 25 and 1, w = (1, 10): 62 degrees; the best step along the gradient is 0.046."""
    H, g = np.diag([25.0, 1.0]), np.array([25.0, 10.0])
    assert theory.newton_angle(g, H) == pytest.approx(62.49, abs=0.01)
    assert exact_step(g, H) == pytest.approx(725 / 15725)
    landed = after(exact_line_search, (1, 10), g, H)
    assert np.round(landed, 2).tolist() == [-0.15, 9.54]
    assert (H @ landed) @ g == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match=r"^The gradient is zero .*\.$"):
        theory.newton_angle((0, 0), H)


def test_the_worst_start_of_the_line_search_keeps_its_rate():
    run = descend(ravine(25), EXACT_LINE_SEARCH, (1.0, 25.0), 10)
    assert np.allclose(run.losses[1:] / run.losses[:-1], theory.line_search_rate(25, 1))
    at_home = descend(ravine(25), EXACT_LINE_SEARCH, (0.0, 0.0), 3)
    assert at_home.stopped is None and not at_home.positions.any()


SINGULAR = [np.zeros((2, 2)), [[1, 2], [2, 4]], [[0.1, 0.3], [0.3, 0.9]], [[1, 0], [0, 0]]]


@pytest.mark.parametrize("matrix", SINGULAR, ids=str)
def test_a_singular_hessian_is_named_in_a_sentence(matrix):
    for kernel, hyper in ((newton, {}), (saddle_free_newton, {}), (damped_newton, {"mu": 0.0})):
        with pytest.raises(NoStep, match=r"^The Hessian is singular: .*damped_newton.*\.$"):
            after(kernel, (1, 1), (1, 1), matrix, **hyper)
    assert np.isfinite(after(damped_newton, (1, 1), (1, 1), matrix, mu=0.5)).all()
    with pytest.raises(NoStep, match=r"^The Hessian is singular"):
        solve(np.zeros((3, 3)), np.ones(3))


def test_a_line_on_which_nothing_is_lowest_is_named_in_a_sentence():
    for matrix in (np.zeros((2, 2)), -np.eye(2), SADDLE):
        with pytest.raises(NoStep, match=r"^The surface does not curve up .*\.$"):
            after(exact_line_search, (1, 1), (1, 2), matrix)


@pytest.mark.parametrize("rule", [NEWTON, SADDLE_FREE_NEWTON], ids=lambda r: r.name)
def test_a_descent_that_meets_a_singular_hessian_ends_with_a_sentence(rule):
    flat = surface(W1**2 / 2 + W2, (1.0, 1.0))
    run = descend(flat, rule, steps=5)
    assert run.steps == 0
    assert run.stopped.startswith("The descent ended: at step 1 there is no step. The Hessian is ")
    many = descend(flat, rule, np.ones((2, 3)), 5)
    assert many.steps == 5 and np.isnan(many.positions[1:]).all() and many.stopped


@pytest.mark.parametrize("rule", [NEWTON, SADDLE_FREE_NEWTON], ids=lambda r: r.name)
def test_one_singular_point_does_not_stop_the_others(rule):
    cubic = surface(W1**3 + W2**2)
    start = np.array([[0.0, 1.0, 2.0], [1.0, 1.0, 1.0]])
    run = descend(cubic, rule, start, 40)
    assert np.isnan(run.positions[1:, :, 0]).all()
    assert np.abs(run.positions[-1, :, 1:]).max() < 1e-9
    assert run.stopped.startswith("1 of 3 descents ended: at step 1 there is no step, or ")


def test_a_line_search_that_would_climb_ends_there_and_no_other_does():
    shape = surface((W1**2 - W2**2) / 2)
    run = descend(shape, EXACT_LINE_SEARCH, np.array([[1.0, 0.1], [0.1, 1.0]]), 1)
    assert np.isfinite(run.positions[1, :, 0]).all()
    assert np.isnan(run.positions[1, :, 1]).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_hessian_that_is_no_number_spoils_only_its_own_trajectory(bad):
    matrices = np.stack([np.eye(3), np.full((3, 3), bad)], axis=-1)
    g = np.array([[1.0, bad], [2.0, bad], [3.0, bad]])
    for kernel, hyper in ((saddle_free_newton, {}), (guarded_newton, {"lr": 1.0, "bound": 1.0})):
        with np.errstate(invalid="ignore"):
            landed = after(kernel, np.zeros((3, 2)), g, matrices, **hyper)
        assert landed[:, 0].tolist() == [-1, -2, -3]
        assert not np.isfinite(landed[:, 1]).any()


@pytest.mark.parametrize("rule", HESSIAN_RULES, ids=lambda r: r.name)
def test_a_batch_of_second_order_descents_is_so_many_single_ones(rule):
    random = np.random.default_rng(4)
    start = random.normal(size=(2, 5))
    settings = {"lr": 0.01, "mu": 30.0, "bound": 0.3}
    hyper = {n: settings[n] * random.uniform(0.5, 1, 5) for n in rule.hyper}
    whole = descend(rosenbrock(), rule, start, 6, **hyper)
    for i in range(5):
        alone = descend(rosenbrock(), rule, start[:, i], 6, **{n: x[i] for n, x in hyper.items()})
        together = whole.positions[: alone.steps + 1, :, i]
        assert np.allclose(together, alone.positions, rtol=1e-9, atol=1e-12)


def test_counts_of_the_hessian():
    assert theory.hessian_entries(4) == len(
        {tuple(sorted((i, j))) for i in range(4) for j in range(4)}
    )
    assert theory.hessian_entries(10**9) == 500_000_000_500_000_000
    assert theory.contraction(0.1, -1.0) == pytest.approx(1.1)
    assert theory.momentum_rate(0.1, 0.9, -1.0) == pytest.approx(1.3162, abs=1e-4)


# Averages


def test_an_average_unrolled_has_the_weights_of_the_lesson():
    sums = unroll(ema, 3)["m"]
    for k, x in enumerate((symbol("g3"), symbol("g2"), symbol("g1"))):
        assert same(sums.coeff(x), (1 - beta) * beta**k)
    assert same(sum(sums.coeff(symbol(f"g{i}")) for i in (1, 2, 3)), 1 - beta**3)


def test_smoothing_is_the_weighted_sum_and_the_correction_makes_it_an_average():
    series = np.random.default_rng(1).normal(size=(30, 2))
    for decay in (0.0, 0.5, 0.97):
        weights = theory.ema_weights(decay, 30)
        plain, fair = smoothed(series, beta=decay), smoothed(series, beta=decay, corrected=True)
        for k in (1, 2, 30):
            expected = weights[:k] @ series[:k][::-1]
            assert np.allclose(plain[k - 1], expected, rtol=1e-13)
            assert np.allclose(fair[k - 1], expected / weights[:k].sum(), rtol=1e-13)
    constant = np.full(50, 3.0)
    assert np.allclose(smoothed(constant, beta=0.9, corrected=True), 3, rtol=1e-14)
    assert np.allclose(smoothed(constant, beta=0.9), 3 * theory.ema_mass(0.9, np.arange(1, 51)))


def test_a_corrected_average_of_fractions_is_exact():
    values = [Fraction(1), Fraction(-2), Fraction(5)]
    m, out, decay = np.array([Fraction(0)]), np.array([Fraction(0)]), Fraction(2, 3)
    for t, x in enumerate(values, 1):
        ema_corrected(out, np.array([x]), m, beta=decay, t=t)
    weights = [decay**2, decay, 1]
    assert out[0] == sum(p * x for p, x in zip(weights, values, strict=True)) / sum(weights)


def test_smoothing_refuses_what_it_cannot_smooth():
    for bad in (3.0, []):
        with pytest.raises(ValueError, match=r"^An average needs a series.*\.$"):
            smoothed(bad, beta=0.9)
    for decay in (1, -0.1, math.nan, [0.5, 1.0]):
        with pytest.raises(ValueError, match=r"^The setting beta must be in \[0, 1\).*\.$"):
            smoothed([1.0, 2.0], beta=decay)
    assert smoothed([1.0, 2.0], beta=np.array([0.5, 0.9])).shape == (2, 2)


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.99])
def test_what_an_average_remembers(decay):
    weights = theory.ema_weights(decay, 20_000)
    k = np.arange(weights.size)
    assert theory.mean_age(decay) == pytest.approx(weights @ k)
    assert theory.ema_variance(decay) == pytest.approx(weights @ weights)
    assert decay ** theory.half_life(decay) == pytest.approx(0.5)
    assert theory.window(decay) == pytest.approx(theory.mean_age(decay) + 1)
    for t in (1, 7):
        assert theory.correction(decay, t) == pytest.approx(1 / weights[:t].sum())


@pytest.mark.parametrize("frequency", [0.0, 0.3, 2.0, np.pi])
def test_the_gain_is_that_of_a_smoothed_wave(frequency):
    wave = np.cos(frequency * np.arange(4000) + 0.4)
    late = smoothed(wave, beta=0.9)[2000:]
    basis = np.array([f(frequency * np.arange(2000, 4000)) for f in (np.cos, np.sin)])
    fit = np.linalg.lstsq(basis.T, late, rcond=1e-8)[0]
    scale = np.hypot(*fit) / (abs(np.cos(0.4)) if frequency in (0, np.pi) else 1)
    assert theory.ema_gain(0.9, frequency) == pytest.approx(scale, rel=1e-6)


def test_gains_and_bias_at_the_values_of_the_lesson():
    assert theory.ema_gain(0.9, np.pi) == pytest.approx(1 / 19)
    assert [theory.bias_steps(x) for x in (0.9, 0.99, 0.999)] == [44, 459, 4603]
    assert theory.bias_steps(np.array([0.9, 0.99])).tolist() == [44, 459]


# How much momentum


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("rate", [0.001, 0.02, 0.05])
def test_theory_agrees_with_the_matrix_of_the_shipped_kernel(decay, rate):
    for shipped, matrix, modulus in (
        (MOMENTUM, theory.momentum_matrix, theory.momentum_rate),
        (NESTEROV, theory.nesterov_matrix, theory.nesterov_rate),
    ):
        values = {beta: decay, lr: rate, curvature: 25}
        traced = np.array(iteration_matrix(shipped).subs(values).tolist(), dtype=float)
        assert np.allclose(matrix(rate, decay, 25), traced, rtol=1e-12)
        assert modulus(rate, decay, 25) == pytest.approx(
            max(abs(np.linalg.eigvals(traced))), abs=1e-7
        )
    assert theory.nesterov_limit(decay, 25) == pytest.approx(
        float(stability_limit(NESTEROV).subs({beta: decay, curvature: 25}))
    )


def test_best_and_standard_rates_at_kappa_100():
    rate, decay, reached = theory.best_nesterov(100.0, 1.0)
    assert reached == pytest.approx(0.884722, abs=1e-6)
    assert theory.nesterov_rate(rate, decay, 100.0, 1.0) == pytest.approx(reached, abs=1e-6)
    assert theory.nesterov_rate(0.01, 9 / 11, 100.0, 1.0) == pytest.approx(0.9, abs=1e-6)
    grid = [
        theory.nesterov_rate(rate * x, decay + d, 100.0, 1.0)
        for x in (0.99, 1, 1.01) for d in (-0.01, 0, 0.01)
    ]  # fmt: skip
    assert min(grid) > reached - 1e-6


def test_critical_betas_are_where_the_roots_become_complex():
    z = np.linspace(0.02, 0.98, 25)
    for matrix, critical in (
        (theory.momentum_matrix, theory.critical_beta),
        (theory.nesterov_matrix, theory.nesterov_critical_beta),
    ):
        for x in z:
            at = critical(x, 1.0)
            assert abs(np.linalg.eigvals(matrix(x, at + 1e-3, 1.0)).imag).max() > 0
            assert abs(np.linalg.eigvals(matrix(x, at - 1e-3, 1.0)).imag).max() == 0


def test_a_critical_direction_comes_home_as_the_closed_form_says():
    rate, k = 0.1, 30
    decay = theory.critical_beta(rate, 1.0)
    run = descend(ravine(25), MOMENTUM, (0.0, 1.0), k, lr=rate, beta=decay)
    assert np.allclose(run.positions[:, 1], theory.critical_path(rate, 1.0, k), rtol=1e-10)
    assert run.sign_flips(1) == 0


def test_the_ringing_period_is_that_of_a_run():
    period = theory.ringing_period(0.1, 0.9, 1.0)
    assert period == pytest.approx(19.53, abs=0.005)
    run = descend(ravine(25), MOMENTUM, (0.0, 1.0), 200, lr=0.1, beta=0.9)
    assert run.sign_flips(1) == pytest.approx(2 * 200 / period, abs=1)
    assert theory.ringing_period(0.1, 0.2, 1.0) == np.inf
    assert theory.ringing_period(0.1, np.array([0.2, 0.9]), 1.0)[1] == period


@pytest.mark.parametrize("decay", [0.2, 0.5, 0.9])
def test_momentum_damps_the_zig_zag_only_above_the_threshold(decay):
    threshold = theory.damping_threshold(decay)
    for z in np.linspace(1.05, min(1.99, (1 + np.sqrt(decay)) ** 2 - 0.01), 40):
        helps = theory.momentum_rate(z, decay, 1.0) < abs(theory.contraction(z, 1.0))
        assert helps == (z > threshold)


def test_lessards_cycle_of_three_is_exact():
    """Lessard, Recht and Packard 2016: lr = 1/9 and beta = 4/9 circle for ever."""

    def slope(x):
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    cycle = [Fraction(n, 1225) for n in (792, -2208, 2592)]
    w, v = np.array([cycle[0]]), np.array([cycle[0] - cycle[2]])
    for expected in (*cycle[1:], *cycle):
        optimizers.momentum(w, np.array([slope(w[0])]), v, lr=Fraction(1, 9), beta=Fraction(4, 9))
        assert w[0] == expected


# RMSProp and AdaGrad


def test_the_two_cycle_of_rmsprop_is_exact():
    x = lr / 2
    after = trace(optimizers.rmsprop, w=x, g=curvature * x, s=(curvature * x) ** 2, eps=0)
    assert same(after["w"], -x) and same(after["s"], (curvature * x) ** 2)


@pytest.mark.parametrize(
    ("kernel", "rate", "bend", "small", "x"),
    [
        ("rmsprop", 1, 2, Fraction(1, 4), Fraction(3, 8)),
        ("rmsprop_inside", 1, 1, Fraction(9, 100), Fraction(2, 5)),
    ],
)
def test_the_two_cycle_with_eps_is_exact_too(kernel, rate, bend, small, x):
    x, small = sp.Rational(x), sp.Rational(small)
    after = trace(
        getattr(optimizers, kernel), w=x, g=bend * x, s=(bend * x) ** 2, lr=rate, eps=small
    )
    assert after["w"] == -x
    predicted = theory.rmsprop_cycle(rate, bend, float(small), inside="inside" in kernel)
    assert predicted == pytest.approx(float(x))


def test_the_cycle_attracts_whatever_rho():
    x, y = sp.symbols("x y", positive=True)
    one = trace(optimizers.rmsprop, w=x, g=curvature * x, s=y, eps=0)
    turned = sp.Matrix([-one["w"], one["s"]]).jacobian([x, y])
    at = turned.subs({x: lr / 2, y: (curvature * lr / 2) ** 2})
    assert same(at.trace(), 3 * rho - 1)
    assert same(at.det(), rho)


def test_a_run_of_rmsprop_ends_in_the_cycle_and_on_its_floor():
    rate = 0.05
    start = np.array([1.02, -0.97]) * rate / 2
    run = descend(ravine(25), RMSPROP, start, 1500, lr=rate, eps=0.0)
    assert np.allclose(np.abs(run.positions[-50:]), theory.rmsprop_cycle(rate), rtol=1e-9)
    assert run.losses[-1] == pytest.approx(theory.rmsprop_floor(rate, 25, 1))


@pytest.mark.parametrize(("rule", "inside"), [(RMSPROP, False), (RMSPROP_INSIDE, True)])
def test_eps_ends_the_cycle_exactly_from_the_quiet_value_on(rule, inside):
    quiet = theory.smallest_quiet_eps(0.1, 1.0, inside=inside)
    assert quiet == pytest.approx(0.05**2 if inside else 0.05)
    for share, rests in ((1.1, True), (0.9, False)):
        run = descend(ravine(1), rule, (0.03, 0.03), 5000, lr=0.1, eps=share * quiet)
        end = np.abs(run.positions[-1]).max()
        assert end < 1e-6 if rests else end > 1e-3
        cycle = theory.rmsprop_cycle(0.1, 1.0, share * quiet, inside=inside)
        assert end == pytest.approx(cycle, abs=1e-6)


def steps_on(rule, gradients, **hyper):
    """The steps of a kernel on given gradients, in units of the learning rate."""
    w, taken = np.zeros(1), []
    step = rule.start(w, lr=1.0, **hyper)
    for x in gradients:
        before = w.copy()
        step(np.array([x], dtype=float))
        taken.append(before[0] - w[0])
    return np.array(taken)


@pytest.mark.parametrize("decay", [0.9, 0.99, 0.999])
def test_rmsprop_begins_with_a_burst_and_settles_at_the_rate(decay):
    taken = steps_on(RMSPROP, np.full(30, -7.0), rho=decay, eps=0.0)
    assert taken[0] == pytest.approx(-theory.rmsprop_first_step(decay))
    assert np.allclose(taken, -theory.rmsprop_step(decay, np.arange(1, 31)))
    assert np.allclose(theory.rmsprop_first_step([0.9, 0.99, 0.999]), [3.162, 10, 31.62], rtol=1e-3)


def test_adagrad_anneals_as_one_over_the_root_of_time():
    taken = steps_on(ADAGRAD, np.full(10_000, 3.0), eps=0.0)
    assert np.allclose(taken, theory.adagrad_step(np.arange(1, 10_001)))
    assert taken.sum() == pytest.approx(theory.adagrad_distance(10_000))
    assert taken.sum() == pytest.approx(198.5, abs=0.1)


def test_sign_descent_moves_every_weight_by_the_rate_and_rests_at_zero():
    w = np.array([1.0, 2.0, 3.0])
    optimizers.sign_descent(w, np.array([1e-9, -1e9, 0.0]), lr=0.25)
    assert w.tolist() == [0.75, 2.25, 3.0]


# Adam


def test_adam_by_hand_on_1_1_minus_1_in_exact_rationals():
    """m = 1/10, 19/100, 71/1000 and s_hat = 1, so the third step is 71/271 of the rate."""
    settings = {"beta1": sp.Rational(9, 10), "beta2": sp.Rational(999, 1000), "eps": 0}
    expected = [
        (1, Fraction(1, 10)),
        (2, Fraction(19, 100)),
        (2 + Fraction(71, 271), Fraction(71, 1000)),
    ]
    for k, (way, moment) in enumerate(expected, 1):
        here = unroll(optimizers.adam, k, g=[1, 1, -1], **settings)
        assert here["w"] == sp.expand(w - sp.Rational(way) * lr)
        assert here["m"] == sp.Rational(moment)
        assert here["s"] == 1 - sp.Rational(999, 1000) ** k
    assert np.allclose(steps_on(ADAM, [1, 1, -1], eps=0.0), [1, 1, 71 / 271])


def test_the_first_corrected_step_is_the_rate_whatever_the_gradient():
    first = unroll(optimizers.adam, 1, g=[symbol("g1")], eps=0)
    k = sp.Symbol("k", positive=True)
    for sign in (1, -1):
        assert same(first["w"].subs(symbol("g1"), sign * k), w - sign * lr)
    for x in (1e-150, -3.0, 1e150):
        assert steps_on(ADAM, [x], eps=0.0)[0] == pytest.approx(np.sign(x), rel=1e-12)


@pytest.mark.parametrize(
    ("beta2", "first", "t", "peak"),
    [(0.999, 3.162, 12, 6.57), (0.99, 1.0, 13, 2.13), (0.95, 0.447, 20, 1.10)],
)
def test_uncorrected_steps_peak_where_the_formula_says(beta2, first, t, peak):
    taken = steps_on(UNCORRECTED_ADAM, np.full(300, 0.01), beta2=beta2, eps=0.0)
    assert taken[0] == pytest.approx(first, abs=1e-3)
    assert taken.argmax() + 1 == t and taken.max() == pytest.approx(peak, abs=5e-3)
    assert theory.uncorrected_peak(0.9, beta2) == (t, pytest.approx(taken.max()))
    assert np.allclose(taken, theory.uncorrected_step(0.9, beta2, np.arange(1, 301)))
    assert np.allclose(steps_on(ADAM, np.full(300, 0.01), beta2=beta2, eps=0.0), 1)


@pytest.mark.parametrize(
    ("beta1", "beta2", "bound"),
    [
        (0.9, 0.999, 7.27),
        (0.9, 0.99, 2.345),
        (0.9, 0.95, 1.165),
        (0.5, 0.999, 18.26),
        (0.8, 0.8, 1.0),
    ],
)
def test_an_adversary_reaches_the_bound_and_nothing_passes_it(beta1, beta2, bound):
    assert theory.adam_bound(beta1, beta2) == pytest.approx(bound, abs=6e-3)
    settings = {"beta1": beta1, "beta2": beta2, "eps": 0.0}
    for rule, corrected in ((ADAM, True), (UNCORRECTED_ADAM, False)):
        for t in (1, 5, 60):
            longest = theory.longest_adam_step(beta1, beta2, t, corrected=corrected)
            taken = steps_on(rule, theory.adversary(beta1, beta2, t), **settings)
            assert taken[-1] == pytest.approx(longest, rel=1e-9)
            assert longest <= theory.adam_bound(beta1, beta2) * (1 + 1e-12)
    draw = np.random.default_rng(6)
    for _ in range(20):
        noise = draw.normal(size=40) * np.exp(draw.normal(size=40))
        longest = [theory.longest_adam_step(beta1, beta2, t) for t in range(1, 41)]
        assert (np.abs(steps_on(ADAM, noise, **settings)) <= np.array(longest) * (1 + 1e-9)).all()


def test_the_printed_bound_is_passed_at_the_settings_of_the_article():
    assert theory.printed_bound(0.9, 0.99) == pytest.approx(1)
    gradients = theory.adversary(0.9, 0.99, 1500)
    assert steps_on(ADAM, gradients, beta2=0.99, eps=0.0)[-1] == pytest.approx(2.3452, abs=1e-4)
    assert theory.adam_bound(0.0, 0.0) == 1
    assert theory.adam_bound(0.9, np.array([0.5, 0.81, 0.99]))[:2].tolist() == [np.inf, np.inf]


@pytest.mark.parametrize(
    "rule", [RMSPROP, ADAM, ADAGRAD, SIGN_DESCENT, UNCORRECTED_ADAM, CENTRED_RMSPROP]
)
def test_without_eps_the_scale_of_the_loss_does_not_matter(rule):
    """A power of two scales every number without rounding, so the paths are equal to the bit."""
    quiet = {"eps": 0.0} if "eps" in rule.hyper else {}
    if rule is CENTRED_RMSPROP:
        quiet["rho"] = 0.75
    one = descend(ravine(25), rule, lr=0.1, steps=60, **quiet)
    other = descend(ravine(25, c=1024.0), rule, lr=0.1, steps=60, **quiet)
    assert np.array_equal(one.positions, other.positions)


def test_decoupled_decay_takes_the_same_share_off_every_weight_and_l2_does_not():
    scale = np.array([1.0, 100.0])
    free, decayed = [], []
    for rule in (ADAMW, optimizers.ADAM_L2):
        for kept, strength in ((free, 0.0), (decayed, 0.01)):
            w, m, s = np.ones(2), np.zeros(2), np.zeros(2)
            draw = np.random.default_rng(0)
            for t in range(1, 2001):
                g = draw.normal() * scale
                settings = {**rule.defaults, "decay": strength}
                rule.kernel(w, g, m, s, lr=1e-3, **settings, t=t)
            kept.append(w)
    drop = np.array(free) - np.array(decayed)
    assert drop[0, 0] == pytest.approx(drop[0, 1], rel=1e-6)
    assert drop[1, 0] > 20 * abs(drop[1, 1])


# Every rule


EVERY = pytest.mark.parametrize("rule", (*RULES, *HESSIAN_RULES), ids=lambda r: r.name)


@EVERY
def test_bad_settings_are_refused_in_a_sentence(rule):
    fine = {n: {"lr": 0.01, **rule.defaults}[n] for n in rule.hyper}
    outside = {"rho": (-0.1, 1.0), "beta": (-0.1, 1.0), "beta1": (1.0,), "beta2": (1.0, 2.0)}
    outside |= {
        "eps": (-1e-9,),
        "mu": (-1.0,),
        "decay": (-0.1,),
        "psi": (-0.1,),
        "bound": (0.0,),
        "lr": (0.0, -1.0),
    }
    for name in rule.hyper:
        for value in (*outside[name], math.nan, math.inf):
            with pytest.raises(
                ValueError, match=rf"^The setting {name} must be .*\.$|is (nan|inf)\."
            ) as e:
                descend(ravine(), rule, steps=3, **{**fine, name: value})
            assert str(e.value)[0].isupper()
        with pytest.raises(TypeError, match=r"^The setting .* must be a number.*\.$"):
            descend(ravine(), rule, steps=3, **{**fine, name: "fast"})


@EVERY
def test_a_rule_runs_from_the_start_of_the_course(rule):
    run = descend(ravine(), rule, steps=50, **({"lr": 0.02} if "lr" in rule.hyper else {}))
    assert run.stopped is None and run.losses[-1] < run.losses[0]
    assert repr(run).startswith(rule.name)


def test_a_gradient_of_zero_with_eps_zero_is_explained():
    run = descend(ravine(), ADAM, (2.0, 0.0), 5, lr=0.1, eps=0.0)
    assert "With eps = 0 a gradient of 0 is divided by 0" in run.stopped
    assert descend(ravine(), ADAM, (2.0, 0.0), 5, lr=0.1).stopped is None


def test_a_rule_of_ones_own_may_look_ahead_and_ask_for_the_hessian():
    def both(w, g, H, v, *, lr):
        v[...] = H[0, 0]
        w -= lr * g

    rule = Rule("both", both, look_ahead=lambda w, v, **_: 2 * w)
    assert rule.needs_hessian and rule.memory == ("v",) and rule.hyper == ("lr",)
    run = descend(ravine(25), rule, (1.0, 1.0), 1, lr=0.01)
    assert run.positions[1].tolist() == [0.5, 0.98]
    assert run.memory["v"][1].tolist() == [25.0, 25.0]


def test_two_hundred_steps_of_adam_take_milliseconds():
    def seconds():
        began = time.perf_counter()
        descend(ravine(), ADAM, lr=0.1, steps=200)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(10)) < 0.02
