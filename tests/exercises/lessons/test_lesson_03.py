"""What the exercises of lesson 03 ask, say and accept."""

import re
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from course_utils.exercises import check, exercises

EXERCISES = exercises()


def exact(beta, first=0):
    """The weights of g1, ..., g4 in m4 in fractions, from four runs with one value each."""
    weights = []
    for chosen in range(4):
        m = Fraction(first and chosen == 0)
        for step in range(4):
            if not (first and step == 0):
                m = beta * m + (1 - beta) * (step == chosen)
        weights.append(m)
    return weights


@pytest.mark.parametrize("beta", [Fraction(9, 10), Fraction(1, 3)])
def test_weights_of_the_first_value(beta):
    from_zero, from_first = exact(beta), exact(beta, first=1)
    assert sum(from_zero) == 1 - beta**4 and sum(from_first) == 1
    asked = {"weight of the first": from_zero[0], "start at the first value": from_first[0]}
    for key, weight in asked.items():
        e = EXERCISES[key]
        assert e.truth.subs(e.symbols["beta"], sp.Rational(beta)) == sp.Rational(weight)


def test_gain_at_period_four_is_what_a_wave_keeps():
    m, out = 0.0, []
    for t in range(400):
        m = 0.9 * m + 0.1 * [0, 1, 0, -1][t % 4]
        out.append(m)
    size = np.hypot(out[-1], out[-2])
    e = EXERCISES["gain at period four"]
    assert float(e.truth.subs(e.symbols["beta"], 0.9)) == pytest.approx(size)
    assert check("gain at period four", size)


def test_half_life_halves():
    assert 0.8 ** EXERCISES["half-life"].truth == pytest.approx(0.5)
    assert check("half-life", 3.11) and not check("half-life", 1 / 0.8)


def test_calm_and_quick_takes_what_a_simulation_takes():
    for beta in np.round(np.arange(0.870, 0.9001, 0.001), 3):
        weights = (1 - beta) * beta ** np.arange(3000)
        works = weights @ weights <= 1 / 16 and weights[:20].sum() >= 0.9
        assert bool(check("calm and quick", beta)) == works, beta


def test_the_learner_reads_m_and_a_and_never_w():
    def half(m, g, *, beta):
        return beta * m + 2 * (1 - beta) * g

    text = check("ema", half).text
    assert "your m1 goes from 1 to" in text and "rule makes it `beta m + (1 - beta) g`" in text
    assert not re.search(r"\bw\d?\b", text)
    assert check("ema", lambda m, g, *, beta: {"m": beta * m + (1 - beta) * g})

    def swapped(a, g, m, *, beta, t):
        m = beta * m + (1 - beta) * g
        return m, m / (1 - beta**t)

    assert "return (a, m)" in check("corrected average", swapped).text
    assert "f(a, g, m, beta=..., t=...)" in check("corrected average", lambda a: a).text
