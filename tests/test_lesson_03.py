"""Lesson 03 against references of its own: plain loops, exact fractions, a simulated loop."""

import re
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy as sp

from course_utils.exercises import check, exercises
from course_utils.exercises.session import SESSION
from course_utils.explorers import Memory
from course_utils.explorers.memory import (
    DRIFT,
    GAIN,
    LAST,
    LEVEL,
    MAIN,
    NOISE,
    STEP,
    WAVE,
    WEIGHTS,
    signal,
)
from course_utils.symbolic import upright

SVG = "{http://www.w3.org/2000/svg}"
EXERCISES = exercises()


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    yield
    SESSION.forget()


def values(series, period, noise):
    """The series written down once more, one value at a time."""
    out = []
    for t in range(1, LAST + 1):
        clean = {
            LEVEL: 1.0,
            WAVE: np.cos(2 * np.pi * t / period),
            STEP: float(t > 40),
            DRIFT: -1.5 + 3 * t / 120,
        }[series]
        out.append(clean + noise * NOISE[t - 1])
    return np.array(out)


def weighted(seen, beta, total):
    """Sum and mean of what was seen with the weights beta^k, k steps back; no recursion."""
    weights = beta ** np.arange(len(seen))[::-1].astype(float)
    summed = float(weights @ seen)
    return (summed if total else (1 - beta) * summed), summed / weights.sum()


def rhythm(beta, period, total):
    """The size of the answer to a wave of size one, from a long sum over the weights."""
    k = np.arange(8000)
    answer = np.sum(beta**k * np.exp(-2j * np.pi * k / period))
    return abs(answer) * (1 if total else 1 - beta)


CASES = [
    (LEVEL, 0.9, 0.6, 12, False, 60),
    (LEVEL, 0.99, 1.0, 30, False, 120),
    (LEVEL, 0.9, 0.6, 12, True, 7),
    (WAVE, 0.9, 0.0, 2, False, 60),
    (WAVE, 0.5, 0.1, 7.5, True, 33),
    (STEP, 0.886, 0.2, 4, False, 61),
    (DRIFT, 0.95, 0.0, 60, False, 90),
    (DRIFT, 0.0, 0.3, 5, False, 1),
    (STEP, 0.7, 0.0, 3, True, 0),
]


@pytest.mark.parametrize(("series", "beta", "noise", "period", "total", "step"), CASES)
def test_memory_says_what_plain_sums_find(series, beta, noise, period, total, step):
    state = {"series": series, "beta": beta, "noise": noise, "period": period}
    said = Memory(**state, fading_sum=total, step=step).caption().replace("−", "-")
    got = re.fullmatch(
        r"Series: (.*), β = (\S+)\. Step (\d+): value (\S+|none yet), (average|fading sum) (\S+?)"
        r"(?:, without the zeros (\S+|none yet))?; (\S+) % of the weight lies on the zeros before "
        r"the start\. Half-life (\S+) steps, mean age (\S+)\. A rhythm of period (\S+) is "
        r"multiplied by (\S+), noise by (\S+); nine tenths of a jump take (\d+) steps?\.",
        said,
    )
    assert got, said
    name, b, at, now, kind, memory, fair, zeros, half, age, p, gain, quiet, jump = got.groups()
    seen = values(series, period, noise)[:step]
    assert (name, float(b), int(at), float(p)) == (series, pytest.approx(beta), step, period)
    assert kind == ("fading sum" if total else "average")
    raw, corrected = weighted(seen, beta, total) if step else (0.0, None)
    assert float(memory) == pytest.approx(raw, abs=6e-3)
    if step:
        assert float(now) == pytest.approx(seen[-1], abs=6e-3)
    if not total:
        assert fair == "none yet" or float(fair) == pytest.approx(corrected, abs=6e-3)
        assert (fair == "none yet") == (step == 0)
    arrived = (1 - beta) * sum(beta**k for k in range(step))
    assert float(zeros) == pytest.approx(100 * (1 - arrived), rel=6e-3, abs=1e-12)
    k = np.arange(20_000)
    weights = (1 - beta) * beta**k
    assert float(age) == pytest.approx(weights @ k, abs=6e-3)
    if beta:
        assert beta ** float(half) == pytest.approx(0.5, abs=4e-3)
    assert float(gain) == pytest.approx(rhythm(beta, period, total), rel=6e-3)
    size = np.sqrt(weights @ weights) / (1 - beta if total else 1)
    assert float(quiet) == pytest.approx(size, rel=6e-3)
    assert int(jump) == 1 + np.argmax(np.cumsum(weights) >= 0.9 - 1e-9)


def test_the_signals_are_the_ones_written_down():
    for series in (LEVEL, WAVE, STEP, DRIFT):
        assert signal(series, 7) == pytest.approx(values(series, 7, 0))


def test_marks_are_the_borders_of_the_goal():
    explorer = Memory()
    (quiet, *_), (quick, *_) = explorer.marks(explorer.state())["beta"]
    assert (1 - quiet) / (1 + quiet) == pytest.approx(1 / 16)
    assert 1 - quick**20 == pytest.approx(0.9)
    assert quiet < quick
    explorer.beta = 0.886
    said = explorer.caption()
    assert float(re.search(r"noise by (\S+);", said)[1]) <= 0.25
    assert int(re.search(r"jump take (\d+)", said)[1]) <= 20


def bars(picture, step):
    """Bottom, top and place of the bars as drawn at a step."""
    root = ElementTree.fromstring(f"<g>{picture.still(step)}</g>")
    group = next(g for g in root.iter("g") if any(p.get("class", "").startswith("bars") for p in g))
    shift = float(re.match(r"translate\((\S+) ", group.get("transform"))[1])
    path = next(p for p in group if p.get("class").startswith("bars")).get("d")
    found = re.findall(r"M(-?[\d.]+) ([\d.]+)V([\d.]+)", path)
    return [(shift + float(x), float(low) - float(high)) for x, low, high in found]


@pytest.mark.parametrize("step", [3, 60, 120])
def test_every_weight_stands_under_its_value(step):
    explorer = Memory(beta=0.9)
    picture = explorer.drawn(explorer.state())
    drawn = bars(picture, step)
    ticks = ElementTree.fromstring(f"<g>{picture.front}</g>").iter("text")
    (tick,) = (e for e in ticks if e.text == "0.1")
    tallest = WEIGHTS.y + WEIGHTS.height - (float(tick.get("y")) - 4)
    assert drawn[0][1] == pytest.approx(tallest, abs=0.11)
    for k, (x, height) in enumerate(drawn):
        assert x == pytest.approx(MAIN.pixels(step - k, 0)[0], abs=0.11)
        assert height == pytest.approx(tallest * 0.9**k, abs=0.11)
    assert (MAIN.x, MAIN.width, MAIN.across) == (WEIGHTS.x, WEIGHTS.width, WEIGHTS.across)


def test_a_click_on_the_gain_makes_a_wave_of_that_rhythm():
    explorer = Memory(step=30)
    for period in (2, 4, 12, 60):
        x, y = GAIN.pixels(2 * np.pi / period, 0.5)
        explorer.player.click = [float(x), float(y), float(period)]
        assert (explorer.series, explorer.period) == (WAVE, pytest.approx(period, abs=0.26))
    explorer.player.click = [GAIN.x, GAIN.y + 5, 99.0]
    assert explorer.period == 60


def test_no_series_but_the_four():
    explorer = Memory()
    with pytest.raises(ValueError, match=r"^The control series has no choice 'noise': .*drift'\.$"):
        explorer.series = "noise"
    assert explorer.series == LEVEL


def test_upright_keeps_the_value_and_drops_the_minus():
    beta, g = sp.symbols("beta g")
    for expression in (
        -beta / (beta - 1),
        -((beta - 1) ** 3) * beta**2 * g,
        (beta - 1) ** 2 / (beta + 1) ** 2,
        -3 * beta,
        sp.Integer(-2),
        1 - 2 * beta,
    ):
        assert sp.simplify(upright(expression) - expression) == 0
    assert str(upright(-beta / (beta - 1))) == "beta/(1 - beta)"
    assert str(upright(-(beta**2) * (beta - 1))) == "beta**2*(1 - beta)"


# Exercises


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
