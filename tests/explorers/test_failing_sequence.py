"""The explorer of the failing sequence against the kernels."""

import re
from math import sqrt
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils import theory
from course_utils.explorers import FailingSequence
from course_utils.explorers.failing_sequence import LAST, RATE
from course_utils.optimizers import (
    ADAM,
    AMSGRAD,
    GRADIENT_DESCENT,
)


def slopes(loud, period, count):
    return [loud if k % period == 0 else -1.0 for k in range(count)]


def three_ways(loud, period, beta1, beta2):
    """Gradient descent, Adam and AMSGrad by their kernels."""
    places = []
    s0 = 1 + (loud**2 - 1) * (1 - beta2) / (1 - beta2**period)
    for rule, rate in ((GRADIENT_DESCENT, RATE / sqrt(s0)), (ADAM, RATE), (AMSGRAD, RATE)):
        w, path = np.zeros(1), [0.0]
        hyper = {"beta1": beta1, "beta2": beta2, "eps": 0.0} if rule.memory else {}
        make_step = rule.start(w, lr=rate, **hyper)
        for g in slopes(loud, period, LAST):
            make_step(np.array([g]))
            np.clip(w, -1, 1, out=w)
            path.append(w[0])
        places.append(path)
    return np.array(places)


@pytest.mark.parametrize(
    ("loud", "period", "beta1", "beta2", "step"),
    [(3, 3, 0.0, 0.1, 300), (10.5, 11, 0.0, 0.9, 40), (26, 25, 0.9, 0.9, 222), (2, 5, 0.3, 0.0, 9)],
)
def test_the_explorer_says_where_the_kernels_are(loud, period, beta1, beta2, step):
    explorer = FailingSequence(C=loud, period=period, beta1=beta1, beta2=beta2, step=step)
    said = explorer.caption().replace("−", "-")
    got = re.search(
        r"Step (\d+): gradient descent at (\S+), Adam at (\S+), AMSGrad at (\S+)\. "
        r"In the long run Adam moves (\S+) η a step, to the (best|worst) end",
        said,
    )
    assert got and int(got[1]) == step, said
    places = three_ways(loud, period, beta1, beta2)[:, step]
    assert [float(got[i]) for i in (2, 3, 4)] == pytest.approx(places, abs=6e-3)
    drift = float(theory.adam_drift(loud, period, beta1, beta2))
    assert float(got[5]) == pytest.approx(drift, abs=6e-3)
    assert (got[6] == "worst") is (drift * (1 + loud - period) > 0)


def test_the_presets_of_the_sequence_fail_and_the_long_window_does_not():
    for name, state in FailingSequence.presets.items():
        said = FailingSequence(**state).caption()
        assert ("to the worst end" in said) is (name != "Long window"), name
    assert "worst end" in FailingSequence(C=9.5, period=10, beta2=0.95).caption()
    assert "best end" in FailingSequence(C=30, period=10, beta2=0.95).caption()


def test_a_click_on_the_map_takes_its_settings():
    from course_utils.explorers.failing_sequence import MAIN

    explorer = FailingSequence(period=11)
    x, y = MAIN.pixels(1.5, 10.0)
    explorer.player.click = [float(x), float(y), 1.0]
    assert explorer.C == 15 and explorer.beta2 == pytest.approx(0.9)


def test_the_shaded_settings_are_those_with_which_adam_goes_to_the_wrong_end():
    """And they are seen: nothing opaque lies on them."""
    explorer = FailingSequence()
    picture = explorer.drawn(explorer.state())
    root = ElementTree.fromstring(f"<g>{picture.back}{picture.front}</g>")
    shaded = [e for e in root.iter("path") if e.get("class") == "shaded"]
    assert shaded and not [e for e in root.iter() if e.get("class") in ("wall", "band")]
