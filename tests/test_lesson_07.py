"""Lesson 07 against references of its own: plain loops, exact fractions, numerical suprema."""

import re
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
import sympy as sp
from scipy import optimize

from course_utils.exercises import check, exercises
from course_utils.exercises.session import SESSION
from course_utils.explorers import TwoMemories
from course_utils.explorers.two_memories import LAST, TRIED, quickest
from course_utils.networks import Network, digits, train
from course_utils.optimizers import (
    ADAM,
    UNCORRECTED_ADAM,
    adam,
    adam_hat,
    adam_l2,
    adamw,
    uncorrected_adam,
)

EXERCISES = exercises()
OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "07"]


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    yield
    SESSION.forget()


def adam_loop(curvatures, lr, beta1, beta2, eps, corrected, steps=LAST):
    """Weights, and what the step divides and is divided by, from (2, -10), in plain floats."""
    w, m, s = [2.0, -10.0], [0.0, 0.0], [0.0, 0.0]
    path, first, root = [tuple(w)], [(0.0, 0.0)], [(0.0, 0.0)]
    for t in range(1, steps + 1):
        used = []
        for i in (0, 1):
            g = curvatures[i] * w[i]
            m[i] = beta1 * m[i] + (1 - beta1) * g
            s[i] = beta2 * s[i] + (1 - beta2) * g * g
            a, b = m[i], s[i]
            if corrected:
                a, b = a / (1 - beta1**t), b / (1 - beta2**t)
            w[i] -= lr * a / (sqrt(b) + eps)
            used.append((a, sqrt(b)))
        path.append(tuple(w))
        first.append((used[0][0], used[1][0]))
        root.append((used[0][1], used[1][1]))
    return np.array(path), np.array(first), np.array(root)


def home(losses, goal=1e-3):
    above = [k for k, x in enumerate(losses) if x > goal]
    return above[-1] + 1 if above else 0


def heavy_ball(curvatures, beta):
    w, v, losses = np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(LAST + 1):
        losses.append(min(0.5 * (curvatures * w * w).sum(), 1e12))
        w = np.clip(w, -1e50, 1e50)
        v = beta * v - 0.02 * curvatures * w
        w = w + v
    return losses


def root_mean_square(curvatures, lr, eps):
    w, s, losses = np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(LAST + 1):
        losses.append(0.5 * (curvatures * w * w).sum())
        g = curvatures * w
        s = 0.9 * s + 0.1 * g * g
        w = w - lr * g / (np.sqrt(s) + eps)
    return losses


CASES = [
    (0.3, 0.9, 0.999, 1e-8, 1.0, 25, True, 60),
    (0.3, 0.9, 0.999, 1e-8, 1.0, 25, False, 16),
    (0.3, 0.9, 0.99, 1e-10, 1.0, 25, False, 120),
    (0.5, 0.8, 0.95, 1e-8, 1e-3, 4, True, 33),
    (1.2, 0.5, 0.999, 1e-8, 1.0, 25, True, 12),
    (0.1, 0.0, 0.9, 1.0, 100.0, 100, False, 9),
]


@pytest.mark.parametrize(("lr", "beta1", "beta2", "eps", "c", "kappa", "corrected", "step"), CASES)
def test_the_explorer_says_what_a_plain_loop_finds(
    lr, beta1, beta2, eps, c, kappa, corrected, step
):
    explorer = TwoMemories(
        lr=lr, beta1=beta1, beta2=beta2, eps=eps, c=c, kappa=kappa, corrected=corrected, step=step
    )
    curvatures = c * np.array([25.0, 25 / kappa])
    path, _, _ = adam_loop(curvatures, lr, beta1, beta2, eps, corrected)
    said = explorer.caption().replace("−", "-")
    got = re.match(
        r"(Adam.*): η = (\S+), β1 = (\S+), β2 = (\S+), ε = (\S+), c = (\S+), κ = (\S+)\. "
        r"Step (\d+): w1 = (\S+), w2 = (\S+), loss / c (\S+); this step was (\S+) η along w1 and "
        r"(\S+) η along w2\. The longest is (\S+) η, at step (\d+)\. Below 1e-3 for good: (.*)\.$",
        said,
    )
    assert got, said
    assert got[1] == ("Adam" if corrected else "Adam, not corrected")
    settings = (lr, beta1, beta2, eps, c, kappa, step)
    assert [float(got[i]) for i in range(2, 9)] == pytest.approx(settings, rel=0.05)
    assert [float(got[i]) for i in (9, 10)] == pytest.approx(path[step], abs=6e-3)
    losses = 0.5 * (curvatures / c * path**2).sum(axis=1)
    assert float(got[11]) == pytest.approx(losses[step], rel=0.06)
    steps = np.abs(np.diff(path, axis=0)) / lr
    assert [float(got[i]) for i in (12, 13)] == pytest.approx(steps[step - 1], abs=6e-3)
    assert float(got[14]) == pytest.approx(steps.max(), abs=6e-3)
    assert steps[int(got[15]) - 1].max() == pytest.approx(steps.max(), rel=1e-9)
    arrives = {
        "momentum": home(np.array(heavy_ball(curvatures, beta1)) / c),
        "RMSProp": home(np.array(root_mean_square(curvatures, lr, eps)) / c),
        "Adam": home(losses),
    }
    for part in got[16].split(", "):
        name, rest = part.split(" ", 1)
        if rest.startswith("from step"):
            assert int(rest.split()[-1]) == arrives[name]
        else:
            assert arrives[name] > LAST


@pytest.mark.parametrize("corrected", [True, False])
def test_the_room_of_each_weight_is_what_the_step_uses(corrected):
    explorer = TwoMemories(corrected=corrected)
    picture = explorer.drawn(explorer.state())
    tracks = {track.shape: track for track in picture.tracks}
    _, first, root = adam_loop((25.0, 1.0), 0.3, 0.9, 0.999, 1e-8, corrected)
    for i in (0, 1):
        line, above, below = (
            np.array(tracks[key].values)[:, 1] for key in (f"m{i}", f"room{i}+", f"room{i}-")
        )
        zero = line[0]
        assert above - zero == pytest.approx(zero - below, abs=1e-6)
        share = (zero - line[1:]) / (zero - above[1:])
        assert share == pytest.approx(first[1:, i] / root[1:, i], abs=1e-6)


def test_the_scale_of_the_loss_moves_momentum_alone():
    one, other = TwoMemories(), TwoMemories(c=100)
    places = [
        {t.shape: np.array(t.values) for t in e.drawn(e.state()).tracks if "-path" in t.shape}
        for e in (one, other)
    ]
    for kind in ("adam", "rmsprop"):
        assert places[0][f"{kind}-path"] == pytest.approx(places[1][f"{kind}-path"], abs=0.05)
    assert np.abs(places[0]["momentum-path"] - places[1]["momentum-path"]).max() > 100


def test_the_marked_rate_is_the_quickest_of_those_tried():
    for beta1, beta2, corrected in ((0.9, 0.999, True), (0.5, 0.99, True), (0.9, 0.99, False)):
        arrive = []
        for lr in TRIED:
            path, _, _ = adam_loop((25.0, 1.0), lr, beta1, beta2, 1e-8, corrected)
            arrive.append(home(0.5 * (np.array([25.0, 1.0]) * path**2).sum(axis=1)))
        found = quickest(25, 1.0, beta1, beta2, 1e-8, corrected)
        assert found == pytest.approx(TRIED[int(np.argmin(arrive))])


def test_the_goal_can_be_reached_and_the_presets_cannot():
    for state, good in (({"lr": 1.2, "beta1": 0.5}, True), ({}, False)):
        said = TwoMemories(**state).caption()
        assert (int(re.search(r"Adam from step (\d+)", said)[1]) <= 20) is good


# What the lesson says


@pytest.mark.parametrize(
    ("beta1", "beta2", "peak", "at", "most"),
    [(0.9, 0.999, 6.57, 12, 7.27), (0.9, 0.99, 2.13, 13, 2.345), (0.9, 0.95, 1.10, 20, 1.165)],
)
def test_peaks_and_suprema(beta1, beta2, peak, at, most):
    w, m, s, steps = np.zeros(1), np.zeros(1), np.zeros(1), []
    for _ in range(400):
        before = w.copy()
        uncorrected_adam(w, np.ones(1), m, s, lr=1.0, beta1=beta1, beta2=beta2, eps=0.0)
        steps.append(float((before - w)[0]))
    assert max(steps) == pytest.approx(peak, abs=6e-3) and steps.index(max(steps)) + 1 == at

    def minus_step(g):
        back = np.arange(g.size)
        return -(1 - beta1) * (beta1**back @ g) / sqrt((1 - beta2) * (beta2**back @ g**2))

    found = optimize.minimize(minus_step, np.ones(120), method="L-BFGS-B")
    assert -found.fun == pytest.approx(most, rel=2e-3)


def test_the_corrected_rule_passes_the_printed_bound():
    growth = 0.999 / 0.9
    for count in (209, 210):
        w, m, s = np.zeros((3, 1))
        for t in range(1, count + 1):
            before = w.copy()
            adam(w, np.array([growth ** (t - count)]), m, s, lr=1.0, beta1=0.9, beta2=0.999,
                 eps=0.0, t=t)  # fmt: skip
        assert bool((before - w)[0] > 0.1 / sqrt(0.001)) is (count == 210)


def test_hand_traces_in_fractions():
    for gradients, third in (((1, 1, -1), Fraction(71, 271)), ((1, -1, 1), Fraction(91, 271))):
        m, s = Fraction(0), Fraction(0)
        for g in gradients:
            m = Fraction(9, 10) * m + Fraction(1, 10) * g
            s = Fraction(999, 1000) * s + Fraction(1, 1000) * g * g
        assert s / (1 - Fraction(999, 1000) ** 3) == 1
        assert m / (1 - Fraction(9, 10) ** 3) == third
    assert EXERCISES["hand trace"].truth == pytest.approx(91 / 271)


def test_decay_is_divided_in_one_and_not_in_the_other():
    size, phase = np.array([[1.0], [10.0], [100.0]]), np.array([[1.0, -1.0]])
    hyper = dict(lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, decay=0.1)
    for kernel, rates in ((adam_l2, 0.001 / size[:, 0]), (adamw, np.full(3, 0.001))):
        w, m, s = np.ones((3, 2)), np.zeros((3, 2)), np.zeros((3, 2))
        for t in range(1, 2001):
            kernel(w, size * phase * (-1) ** t, m, s, t=t, **hyper)
        assert np.log(w.mean(axis=1)) == pytest.approx(-2000 * rates, rel=0.012)


def test_a_missing_correction_is_a_schedule():
    data, network = digits(), Network()
    plan = lambda t: 0.01 * (1 - 0.9**t) / sqrt(1 - 0.999**t)  # noqa: E731
    one = train(network, UNCORRECTED_ADAM, data, lr=0.01, epochs=1, seed=3)
    other = train(network, ADAM, data, lr=plan, epochs=1, seed=3)
    assert one.batch_losses == pytest.approx(other.batch_losses, rel=1e-3)


# The exercises


def value(key, **numbers):
    e = EXERCISES[key]
    return float(e.truth.subs({e.symbols[n]: x for n, x in numbers.items()}))


def test_formulas_are_what_kernels_do():
    w, m, s = np.zeros((3, 1))
    for t in range(1, 30):
        before = w.copy()
        uncorrected_adam(w, np.full(1, 7.0), m, s, lr=1.0, beta1=0.8, beta2=0.97, eps=0.0)
        assert (before - w)[0] == pytest.approx(
            value("uncorrected step", beta1=0.8, beta2=0.97, t=t)
        )
    back = np.arange(400)
    g = (0.8 / 0.97) ** back
    reached = 0.2 * (0.8**back @ g) / sqrt(0.03 * (0.97**back @ g**2))
    assert reached == pytest.approx(value("longest step", beta1=0.8, beta2=0.97), rel=1e-6)
    (w, m, s), (x, p, q) = np.zeros((3, 1)), np.zeros((3, 1))
    for t in range(1, 9):
        g = np.array([(-0.7) ** t])
        adam(w, g, m, s, lr=0.1, beta1=0.8, beta2=0.97, eps=0.3, t=t)
        hat = value("epsilon hat", eps=0.3, beta2=0.97, t=t)
        adam_hat(x, g, p, q, lr=0.1, beta1=0.8, beta2=0.97, eps=hat, t=t)
        assert x == pytest.approx(w, rel=1e-12)


def test_printed_slips_do_what_the_exercises_say():
    step = lambda c: 0.1 * (3 * c) / (9 * c * c)  # noqa: E731
    assert step(100) / step(1) == pytest.approx(EXERCISES["printed quotient"].truth)
    p, v, s, eps = 1.0, 0.0, 1.0, 1e-3
    assert p - 0.1 * v / sqrt(s) + eps == 1.001
    assert "31.6" in EXERCISES["printed hats"].options[EXERCISES["printed hats"].truth]
    assert 1 / sqrt(0.001) == pytest.approx(31.6, abs=0.05)
    assert (1 - 0.9) / sqrt(1 - 0.99) == pytest.approx(1)


def test_wrong_answers_are_named():
    said = {
        ("hand trace", 0.091): "the correction is missing",
        ("uncorrected step", "(1 - beta1)/sqrt(1 - beta2)"): "one step only",
        ("longest step", 1): "lr is no bound",
        ("longest step", "(1 - beta1)/sqrt(1 - beta2)"): "one gradient, or many",
        ("epsilon hat", "eps/sqrt(1 - beta2**t)"): "which one is larger",
        ("printed quotient", 1): "what it should give",
        ("printed brackets", "a"): "option a",
        ("printed hats", "b"): "option b",
        ("Adam's defaults", "d"): "option d",
    }
    for (key, answer), idea in said.items():
        feedback = check(key, answer)
        assert (feedback.verdict, feedback.idea) == ("not yet", idea), (key, feedback)


@pytest.mark.parametrize("key", OWN)
def test_every_slip_is_named_and_none_is_right(key):
    for slip in getattr(EXERCISES[key], "mistakes", ()):
        feedback = check(key, slip.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", slip.idea)


def as_adam(m_of, s_of, step):
    """A kernel from three functions, to try mistakes that are written another way."""

    def kernel(w, g, m, s, *, lr, beta1, beta2, eps, t):
        m[...] = m_of(m, g, beta1)
        s[...] = s_of(s, g, beta2)
        w -= lr * step(m, s, g, beta1, beta2, eps, t)

    return kernel


MEAN = lambda m, g, b: b * m + (1 - b) * g  # noqa: E731
SQUARE = lambda s, g, b: b * s + (1 - b) * g * g  # noqa: E731
WAYS = {
    "the correction is missing": (
        MEAN, SQUARE, lambda m, s, g, b1, b2, e, t: m / (s**0.5 + e),
    ),
    "each memory has its own correction": (
        MEAN, SQUARE,
        lambda m, s, g, b1, b2, e, t: m / (1 - b1**t) / ((s / (1 - b1**t)) ** 0.5 + e),
    ),
    "where eps sits": (
        MEAN, SQUARE, lambda m, s, g, b1, b2, e, t: m / (1 - b1**t) / (s / (1 - b2**t) + e) ** 0.5,
    ),
    "the memory moves the weights": (
        MEAN, SQUARE, lambda m, s, g, b1, b2, e, t: g / ((s / (1 - b2**t)) ** 0.5 + e),
    ),
    "shares that add up to one": (
        lambda m, g, b: b * m + g, SQUARE,
        lambda m, s, g, b1, b2, e, t: m / (1 - b1**t) / ((s / (1 - b2**t)) ** 0.5 + e),
    ),
}  # fmt: skip


@pytest.mark.parametrize("idea", WAYS)
def test_mistakes_written_another_way_are_named(idea):
    feedback = check("Adam", as_adam(*WAYS[idea]))
    assert (feedback.verdict, feedback.idea) == ("not yet", idea)


def test_right_ways_to_write_adam_pass():
    right = as_adam(
        lambda m, g, b: m + (1 - b) * (g - m), SQUARE,
        lambda m, s, g, b1, b2, e, t: (
            m * (1 - b2**t) ** 0.5 / (1 - b1**t) / (s**0.5 + e * (1 - b2**t) ** 0.5)
        ),
    )  # fmt: skip
    assert check("Adam", right).verdict == "right"


def test_tuning_counts_a_loss_that_stays():
    e = EXERCISES["Adam below 1e-3"]
    steps, where = e.best()
    path, _, _ = adam_loop(
        (25.0, 1.0), where["lr"], where["beta1"], where["beta2"], where["eps"], True, steps=300
    )
    assert steps <= home(0.5 * (np.array([25.0, 1.0]) * path**2).sum(axis=1)) <= 25
    bursts = {"lr": 1.2, "beta1": 0.5, "beta2": 0.999, "eps": 1e-8}
    assert check(e.key, bursts).verdict == "not yet"


def test_best_momentum_needs_the_steps_that_the_lesson_says():
    curvatures, w, v, losses = np.array([25.0, 1.0]), np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(200):
        losses.append(0.5 * (curvatures * w * w).sum())
        v = 4 / 9 * v - 1 / 9 * curvatures * w
        w = w + v
    assert home(losses) == 23


def test_supremum_by_sympy():
    e = EXERCISES["longest step"]
    half = {e.symbols["beta1"]: sp.Rational(1, 2), e.symbols["beta2"]: sp.Rational(1, 2)}
    assert sp.simplify(e.truth.subs(half)) == 1
