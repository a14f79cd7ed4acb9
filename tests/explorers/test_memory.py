"""The explorer of averages against plain sums."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

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


def gain_at(beta, period, total):
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
        r"the start\. Half-life (\S+) steps, mean age (\S+)\. A wave of period (\S+) is "
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
    assert float(gain) == pytest.approx(gain_at(beta, period, total), rel=6e-3)
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


def test_a_click_on_the_gain_makes_a_wave_of_that_frequency():
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
