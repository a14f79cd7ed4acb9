"""Errors in print as exercises: the print is wrong, what we say is right, the source is named."""

import ast
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from course_utils.exercises import exercises
from course_utils.exercises.session import SESSION
from course_utils.optimizers import (
    adam,
    ema,
    gradient_descent,
    momentum,
    newton,
    rmsprop,
)

EXERCISES = exercises()
TWINS = Path(__file__).parents[2] / "notebooks" / "src"
SCORN = {"blunder", "careless", "embarrassing", "ridiculous", "nonsense", "sloppy", "stupid"}


@dataclass(frozen=True)
class Print:
    """An error in print and the exercise that refutes it.

    Attributes:
        source: words by which the exercise or the text above it names the source.
        printed: the answer that agrees with the print; its feedback must name the idea.
    """

    key: str
    source: str
    printed: object


ERRORS = [
    Print("printed modulus", "Distill", "2*sqrt(beta)"),
    Print("printed power", "Goh", 1),
    Print("printed sum", "Goh", "lr*(1 + beta + beta^2)"),
    Print("printed half", "Goh", 1),
    Print("printed square", "Dive into Deep Learning", "c/q"),
    Print("printed bound", "fmin.xyz", 1),
    Print("half-life", "Dive into Deep Learning", 1 / 0.8),
    Print("printed convergence", "Dive into Deep Learning", 5),
    Print("printed term", "Dive into Deep Learning", 1),
    Print("printed brackets", "Dive into Deep Learning", "b"),
    Print("printed quotient", "labml.ai", 1),
    Print("printed hats", "Amsterdam", "a"),
    Print("start at the first value", "Machine Learning Refined", "beta**4"),
    Print("printed start", "Machine Learning Refined", 1),
    Print("shifted correction", "Deep Learning Systems", "b"),
]
each = pytest.mark.parametrize("error", ERRORS, ids=lambda e: e.key)


@pytest.fixture(autouse=True)
def fresh(here):
    SESSION.forget()


def number(error):
    lesson = EXERCISES[error.key].section.lesson
    return lesson[:2]


def test_there_are_more_than_ten_in_the_lessons_up_to_adam():
    assert len({error.key for error in ERRORS if number(error) <= "07"}) >= 15
    assert len({error.source for error in ERRORS}) >= 6
    assert {number(error) for error in ERRORS} == {"02", "03", "04", "05", "06", "07"}


@each
def test_the_print_is_not_accepted_and_the_idea_is_named(error):
    exercise = EXERCISES[error.key]
    feedback = exercise.judge(error.printed)
    assert feedback.verdict == "not yet" and feedback.idea
    right = getattr(exercise, "truth", None)
    assert exercise.judge(right)


@each
def test_the_source_is_named_without_scorn(error):
    exercise = EXERCISES[error.key]
    twin = (TWINS / f"{exercise.section.lesson}.py").read_text(encoding="utf-8")
    call = re.search(rf'check\(\s*"{re.escape(error.key)}"', twin)
    section = twin[: call.start()].rsplit("\n# ## ", 1)[1]
    assert error.source in exercise.question + section
    references = twin.split("# ## References")[1]
    assert error.source.split(".")[0] in references
    said = " ".join([exercise.question, exercise.because, *exercise.hints]).lower()
    assert not SCORN & set(re.findall(r"[a-z]+", said))


# What was printed, and what is so, without the exercises


def in_one_direction(lr, beta, curvature):
    """The matrix of one step of momentum in one direction, read off the kernel."""
    columns = []
    for v, w in np.eye(2):
        w, v = np.array([w]), np.array([v])
        momentum(w, curvature * w, v, lr=lr, beta=beta)
        columns.append([v[0], w[0]])
    return np.array(columns).T


def test_modulus():
    sizes = np.abs(np.linalg.eigvals(in_one_direction(0.1, 0.81, 1.0)))
    assert np.allclose(sizes, np.sqrt(0.81)) and np.all(sizes < 2 * np.sqrt(0.81) - 0.8)


def test_power():
    R = in_one_direction(0.1, 0.2, 0.5)
    one, other = np.linalg.eigvals(R)
    first, second = ((R - s * np.eye(2)) / (one - other) for s in (one, other))
    for k in range(6):
        exact = np.linalg.matrix_power(R, k)
        assert np.allclose(one**k * second - other**k * first, exact)
        assert not np.allclose(one**k * first - other**k * second, exact)
    assert np.allclose(first - second, EXERCISES["printed power"].truth * np.eye(2))


def test_sum():
    lr, beta = Fraction(1, 10), Fraction(9, 10)
    w, v = np.array([Fraction(0)]), np.array([Fraction(0)])
    for g in (1, 0, 0):
        momentum(w, np.array([Fraction(g)]), v, lr=lr, beta=beta)
    e = EXERCISES["printed sum"]
    ours = e.truth.subs(
        {e.symbols["lr"]: sp.Rational(1, 10), e.symbols["beta"]: sp.Rational(9, 10)}
    )
    assert ours == sp.Rational(w[0].numerator, w[0].denominator) < 0


def test_half():
    A, b = np.diag([3.0, 1.0]), np.array([1.0, -2.0])
    lowest = np.linalg.solve(A, b)

    def loss(w):
        return w @ A @ w / 2 - b @ w

    w, x = np.zeros(2), -lowest
    for k in range(5):
        printed = np.sum((1 - 0.2 * np.diag(A)) ** (2 * k) * np.diag(A) * x**2)
        assert np.isclose(printed, EXERCISES["printed half"].truth * (loss(w) - loss(lowest)))
        gradient_descent(w, A @ w - b, lr=0.2)


def test_square():
    q, c, d, x = sp.symbols("q c d x", positive=True)
    parabola = q * x**2 / 2 + c * x + d

    def completed(at):
        return q * (x - at) ** 2 / 2 + d - c**2 / (2 * q)

    assert sp.expand(completed(-c / q) - parabola) == 0
    assert sp.expand(completed(c / q) - parabola) == -2 * c * x
    assert str(EXERCISES["printed square"].truth) == "-c/q"


def test_bound():
    rate = 9 / 11
    w, v = np.array([1.0]), np.zeros(1)
    for _ in range(50):
        momentum(w, w.copy(), v, lr=(2 / 11) ** 2, beta=rate**2)
    quotient = float(w[0] / rate**50)
    assert np.isclose(quotient, EXERCISES["printed bound"].truth) and quotient > 10


def test_half_life():
    ours = EXERCISES["half-life"].truth
    assert np.isclose(0.8**ours, 0.5) and 0.8 ** (1 / 0.8) > 0.75


def test_convergence():
    e, exact = Fraction(1, 10), []
    for _ in range(4):
        w = np.array([1 - e])
        w -= np.array([1 - 1 / w[0]]) * w**2
        e = 1 - w[0]
        exact.append(e)
    assert exact == [Fraction(1, 10**m) for m in (2, 4, 8, 16)]
    assert EXERCISES["printed convergence"].truth == 16
    near = np.array([0.9])
    newton(near, 1 - 1 / near, np.array([1 / near**2]))
    assert np.isclose(1 - near[0], 0.01)


def test_term():
    def average(c):
        s = np.zeros(1)
        for g in (3.0, 0.0, 0.0):
            rmsprop(np.zeros(1), np.array([c * g]), s, lr=1.0, rho=0.9, eps=1.0)
        return s[0]

    def printed(c):
        return (1 - 0.9) * 0.9**2 * c * 3.0

    grows, as_printed = average(100) / average(1), printed(100) / printed(1)
    assert np.isclose(grows / as_printed, EXERCISES["printed term"].truth)


def test_brackets():
    p, lr, v, s, eps = 1.0, 0.1, 0.0, 0.0, 1e-6
    with np.errstate(invalid="ignore"):
        assert np.isnan(p - lr * v / np.sqrt(np.float64(s)) + eps)
    assert p - lr * v / (np.sqrt(s) + eps) == p
    (line,) = ast.parse("p - lr * v / sqrt(s) + eps").body
    assert ast.unparse(line.value.right) == "eps" and isinstance(line.value.op, ast.Add)


def first_step(divisor, c=1.0, beta2=0.999):
    m, s = np.zeros(1), np.zeros(1)
    ema(m, np.array([c]), beta=0.9)
    ema(s, np.array([c * c]), beta=beta2)
    return float(m[0] / 0.1 / divisor(s[0], s[0] / (1 - beta2)))


def test_quotient():
    printed = first_step(lambda s, hat: hat, 100) / first_step(lambda s, hat: hat)
    assert np.isclose(printed, EXERCISES["printed quotient"].truth)
    assert np.isclose(first_step(lambda s, hat: hat**0.5, 100), 1)


def test_hats():
    printed, ours = first_step(lambda s, hat: s**0.5), first_step(lambda s, hat: hat**0.5)
    exercise = EXERCISES["printed hats"]
    assert exercise.options[exercise.truth] == f"{printed:.3g} lr" and np.isclose(ours, 1)
    w, m, s = np.zeros((3, 1))
    adam(w, np.array([0.3]), m, s, lr=1.0, beta1=0.9, beta2=0.999, eps=0.0, t=1)
    assert np.isclose(abs(w[0]), ours)


def test_first_value():
    def weight_of_the_first(beta):
        values = []
        for first in (0, 1):
            m = np.array([Fraction(first)])
            for _ in range(3):
                ema(m, np.array([Fraction(0)]), beta=beta)
            values.append(m[0])
        return values[1] - values[0]

    beta = Fraction(9, 10)
    e = EXERCISES["start at the first value"]
    ours = e.truth.subs(e.symbols["beta"], sp.Rational(9, 10))
    assert ours == sp.Rational(729, 1000) and weight_of_the_first(beta) == beta**3 != beta**4
    assert sum((1 - beta) * beta**k for k in range(3)) + beta**3 == 1


def test_start():
    d, uphill = 1.0, 0
    for _ in range(100):
        uphill += d > 0
        d = 0.9 * d - 0.1 * 1.0
    assert uphill == EXERCISES["printed start"].truth
    assert all(0.9**k * -1 - (1 - 0.9**k) < 0 for k in range(100))


def test_shifted():
    m = np.zeros(1)
    for t in range(4):
        ema(m, np.ones(1), beta=0.9)
        if t == 0:
            assert 1 - 0.9**t == 0
        else:
            assert m[0] / (1 - 0.9**t) > 1.1
        assert np.isclose(m[0] / (1 - 0.9 ** (t + 1)), 1)
    assert EXERCISES["shifted correction"].truth == "a"
