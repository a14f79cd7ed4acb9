"""AMSGrad, NAdam, Adamax, AdaDelta, Lion, schedule-free: proved, mutated, held to exact results."""

import time
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from tests.optimizers.test_formulas import with_mistake

from course_utils import optimizers
from course_utils.descent import descend
from course_utils.optimizers import (
    ADAM,
    AMSGRAD,
    AMSGRAD_OF_CORRECTED,
    LION,
    SCHEDULE_FREE,
    SCHEDULED_NADAM,
    UNCORRECTED_AMSGRAD,
)
from course_utils.surfaces import ravine
from course_utils.symbolic import beta, difference, lr, prove, symbol, trace

# Formulas, typed from the papers with their own letters

w, g, m, s, t, top, u, q, d, v = (symbol(n) for n in "w g m s t top u q d v".split())
rho, b1, b2, eps, lam, psi = (symbol(n) for n in "rho beta1 beta2 eps decay psi".split())
MT, VT = b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g**2  # Reddi et al.: m_t, v_t
TOP = sp.Max(top, VT)
MHAT, VHAT = MT / (1 - b1**t), VT / (1 - b2**t)
NESTEROV = b1 * MT / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)  # Dozat: m-bar
ALPHA_T = lr * sp.sqrt(1 - b2**t) / (1 - b1**t)


def warm(k):
    """Dozat's mu_k."""
    return b1 * (1 - sp.Rational(1, 2) * sp.Rational(96, 100) ** (k * psi))


ARRIVED = 1 - (1 - q) * warm(t)  # 1 minus the product of mu_1 ... mu_t
AHEAD = 1 - (1 - q) * warm(t) * warm(t + 1)
WARM = warm(t + 1) * MT / AHEAD + (1 - warm(t)) * g / ARRIVED
UT, UE = sp.Max(b2 * u, sp.Abs(g)), sp.Max(b2 * u, sp.Abs(g) + eps)
ET = rho * s + (1 - rho) * g**2  # Zeiler: E[g^2]
DX = -sp.sqrt(d + eps) / sp.sqrt(ET + eps) * g

FORMULAS = {
    "momentum_l2": {  # PyTorch's documentation: g_t + lambda theta, b_t, theta
        "v": beta * v + g + lam * w, "w": w - lr * (beta * v + g + lam * w),
    },
    "uncorrected_amsgrad": {
        "m": MT, "s": VT, "top": TOP, "w": w - lr * MT / (sp.sqrt(TOP) + eps),
    },
    "amsgrad": {
        "m": MT, "s": VT, "top": TOP,
        "w": w - lr * MHAT / (sp.sqrt(TOP / (1 - b2**t)) + eps),
    },
    "amsgrad_of_corrected": {
        "m": MT, "s": VT, "top": sp.Max(top, VHAT),
        "w": w - lr * MHAT / (sp.sqrt(sp.Max(top, VHAT)) + eps),
    },
    "amsgrad_hat": {
        "m": MT, "s": VT, "top": TOP, "w": w - ALPHA_T * MT / (sp.sqrt(TOP) + eps),
    },
    "nadam": {"m": MT, "s": VT, "w": w - lr * NESTEROV / (sp.sqrt(VHAT) + eps)},
    "scheduled_nadam": {
        "m": MT, "s": VT, "q": ARRIVED, "w": w - lr * WARM / (sp.sqrt(VHAT) + eps),
    },
    "adamax": {"m": MT, "u": UE, "w": w - lr / (1 - b1**t) * MT / UE},
    "adamax_outside": {"m": MT, "u": UT, "w": w - lr / (1 - b1**t) * MT / (UT + eps)},
    "adadelta": {"s": ET, "d": rho * d + (1 - rho) * DX**2, "w": w + lr * DX},
    "lion": {
        "m": b2 * m + (1 - b2) * g,
        "w": w - lr * (sp.sign(b1 * m + (1 - b1) * g) + lam * w),
    },
    "schedule_free": {
        "w": (1 - 1 / t) * w + (w + v - lr * g) / t,
        "v": (w + v - lr * g) - ((1 - 1 / t) * w + (w + v - lr * g) / t),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_a_kernel_computes_the_formulas_of_its_source(name):
    proof = prove(getattr(optimizers, name), **FORMULAS[name])
    assert proof.holds, proof


EMA_M, EMA_S = "ema(m, g, beta=beta1)", "ema(s, g**2, beta=beta2)"
MEMORIES = [
    (EMA_M, "ema(m, g, beta=beta2)"),
    (EMA_S, "ema(s, g, beta=beta2)"),
    ("w -=", "w +="),
]
CORRECTIONS = [("1 - beta1**t", "1 - beta1 ** (t - 1)"), ("1 - beta2**t", "1 - beta2")]
LARGEST = [("np.maximum", "np.minimum"), ("np.sqrt(top", "np.sqrt(s")]
MISTAKES = {
    "momentum_l2": [
        ("+ decay * w", ""),
        ("+ decay", "- decay"),
        ("decay * w", "lr * decay * w"),
        ("v *= beta", "v *= 1 - beta"),
        ("w -= lr * v", "w -= lr * (v + decay * w)"),
    ],
    "uncorrected_amsgrad": [*MEMORIES, *LARGEST],
    "amsgrad": [
        *MEMORIES, *CORRECTIONS,
        ("np.maximum", "np.minimum"),
        ("np.maximum(top, s, out=top)", "np.maximum(top, s / (1 - beta2**t), out=top)"),
        ("np.maximum(top, s, out=top)", "np.maximum(beta2 * top, s, out=top)"),
    ],
    "amsgrad_of_corrected": [
        *MEMORIES, *CORRECTIONS, *LARGEST, ("np.maximum(top, s_hat", "np.maximum(top, s"),
    ],
    "amsgrad_hat": [*MEMORIES, *CORRECTIONS, *LARGEST],
    "nadam": [
        *MEMORIES, *CORRECTIONS, ("(t + 1)", "t"), ("n = beta1 * m", "n = m"),
        ("(1 - beta1) * g", "g"),
    ],
    "scheduled_nadam": [
        *MEMORIES, ("1 - beta2**t", "1 - beta2"),
        ("(t, t + 1)", "(t - 1, t)"), ("/ 2", ""), ("0.96", "0.95"), ("* g / q", "* g / q_next"),
        ("ema(q, 1, beta=mu)", "ema(q, 1, beta=beta1)"),
    ],
    "adamax": [
        (EMA_M, "ema(m, g, beta=beta2)"), ("np.maximum", "np.minimum"), ("np.abs(g)", "g"),
        ("np.abs(g) + eps", "np.abs(g)"), ("1 - beta1**t", "1 - beta2**t"), ("w -=", "w +="),
    ],
    "adamax_outside": [
        ("beta2 * u", "u"), ("(u + eps)", "u"), ("np.abs(g)", "g**2"), ("/ (u", "* (u"),
    ],
    "adadelta": [
        ("ema(s, g**2, beta=rho)", "ema(s, g, beta=rho)"), ("d + eps", "d"), ("s + eps", "s"),
        ("ema(d, step**2, beta=rho)", "ema(d, g**2, beta=rho)"), ("w -=", "w +="),
        ("w -= lr * step", "w -= lr * g"),
    ],
    "lion": [
        ("np.sign(beta1 * m", "np.sign(beta2 * m"), ("beta=beta2", "beta=beta1"),
        ("decay * w", "decay"), ("w -=", "w +="),
    ],
    "schedule_free": [
        ("v / t", "v / (t + 1)"), ("1 - 1 / t", "1 / t"), ("lr * g", "g"), ("w += v", "w -= v"),
    ],
}  # fmt: skip


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


def test_every_kernel_has_mistakes():
    assert FORMULAS.keys() == MISTAKES.keys()
    assert all(len(pieces) >= 4 for pieces in MISTAKES.values())


# How rules are related


def same(one, other):
    return difference(one, other) is None


def steps_on(rule, gradients, **hyper):
    """The steps of a kernel on given gradients, in units of the learning rate."""
    place, settings, taken = np.zeros(1), {"lr": 1.0, **hyper}, []
    step = rule.start(place, **settings)
    for x in gradients:
        before = place[0]
        step(np.array([x], dtype=float))
        taken.append((before - place[0]) / settings["lr"])
    return np.array(taken)


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


def test_schedule_free_is_the_mean_of_a_descent_in_exact_fractions():
    """The paper's three sequences z, x, y against the kernel, on f = 3 w^2 / 2 - w."""
    rate, share = Fraction(1, 7), Fraction(9, 10)
    z = x = Fraction(5)
    place, ahead, places = np.array([Fraction(5)]), np.array([Fraction(0)]), []
    for k in range(1, 9):
        y = (1 - share) * z + share * x
        point = SCHEDULE_FREE.look_ahead(place, ahead, beta=share)
        assert point[0] == y
        z -= rate * (3 * y - 1)
        x = (1 - Fraction(1, k)) * x + z / k
        places.append(z)
        optimizers.schedule_free(place, 3 * point - 1, ahead, lr=rate, beta=share, t=sp.Integer(k))
        assert place[0] == x == sum(places) / k
        assert place[0] + ahead[0] == z


def test_schedule_free_descends_without_a_schedule():
    run = descend(ravine(25), SCHEDULE_FREE, steps=400, lr=0.03)
    assert run.stopped is None and run.losses[-1] < 1e-2 * run.losses[0]


def test_reddis_sequence_parts_adam_from_amsgrad():
    """Theorem 1: C = 3, gradients C, -1, -1; lr falls as 1/sqrt(t). Adam climbs, AMSGrad not."""
    for rule, end in ((ADAM, 1.0), (UNCORRECTED_AMSGRAD, -1.0)):
        place = np.zeros(1)
        step = rule.start(place, lr=lambda t: 0.3 / t**0.5, beta1=0.0, beta2=0.1, eps=0.0)
        for k in range(1, 6001):
            step(np.array([3.0 if k % 3 == 1 else -1.0]))
            np.clip(place, -1, 1, out=place)
        assert place[0] == pytest.approx(end, abs=0.02)
    assert SCHEDULED_NADAM.memory == ("m", "s", "q")
