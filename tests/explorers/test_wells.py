"""The explorer of the two wells against plain loops."""

import math
import re

import numpy as np
import pytest

from course_utils.explorers import Wells
from course_utils.explorers.wells import model as of_wells
from course_utils.explorers.wells.model import HEAVY as HEAVY_BALL
from course_utils.explorers.wells.model import PLAIN, SCALED
from course_utils.optimizers import ADAM, GRADIENT_DESCENT
from course_utils.surfaces import sharp_and_flat


def plain_well(w):
    """The loss of the two wells by its own formula, in plain Python."""
    tau, parabolas = 0.05, (50 * (w + 1) ** 2, (w - 1) ** 2)
    low = min(parabolas)
    return low - tau * math.log(sum(math.exp((low - p) / tau) for p in parabolas))


def test_the_wells_are_the_smooth_minimum_of_two_parabolas():
    wells, w = sharp_and_flat(), np.linspace(-3, 4, 281)
    assert wells.value(w) == pytest.approx([plain_well(x) for x in w], abs=1e-12)
    slopes = [(plain_well(x + 1e-6) - plain_well(x - 1e-6)) / 2e-6 for x in w]
    assert wells.slope(w) == pytest.approx(slopes, rel=1e-5, abs=1e-5)
    assert [wells.curvature(x) for x in (-1, 1)] == pytest.approx([100, 2])
    assert [wells.value(x) for x in (-1, 1)] == pytest.approx([0, 0], abs=1e-12)
    top = max((plain_well(x), x) for x in np.linspace(-1, 1, 20_001))
    assert top == pytest.approx((3.052, -0.749), abs=1e-3) and top[1] == pytest.approx(
        of_wells.BARRIER, abs=1e-3
    )
    assert np.isfinite(wells.slope([-1e6, 1e6])).all()


def plain_wells(name, lr, noise, steps):
    """Where the hundred runs are, with the rules written out."""
    kicks = np.random.default_rng(11).standard_normal((1000, 100))[:steps]
    w, v, s = np.full(100, -1.25), np.zeros(100), np.zeros(100)
    for t, kick in enumerate(kicks, 1):
        share = 1 / (1 + np.exp(20 * ((w - 1) ** 2 - 50 * (w + 1) ** 2)))
        g = share * 2 * (w - 1) + (1 - share) * 100 * (w + 1) + noise * kick
        if name == SCALED:
            s = 0.99 * s + 0.01 * g * g
            w = w - lr * g / (np.sqrt(s) + 1e-8)
        elif name == ADAM.name:
            v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g * g
            w = w - lr * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        else:
            v = (0.9 if name == HEAVY_BALL else 0.0) * v - lr * g
            w = w + v
        w = np.round(w, 7)
    return w


@pytest.mark.parametrize(
    ("name", "lr", "noise", "step"),
    [(PLAIN, 0.01, 10, 40), (PLAIN, 0.025, 0, 100), (HEAVY_BALL, 0.0025, 10, 15),
     (SCALED, 0.1, 20, 60), (ADAM.name, 0.1, 20, 100), (ADAM.name, 0.016, 20, 100)],
)  # fmt: skip
def test_the_wells_say_what_a_plain_loop_finds(name, lr, noise, step):
    said = Wells(rule=name, lr=lr, noise=noise, step=step).caption()
    got = re.match(
        r".*, η = (\S+), σ = (\d+)\. Step (\d+): (\d+) of 100 runs are in the flat well, right of "
        r"w = −0\.75; (none is left of it|the others are ± (\S+) off the sharp one's bottom)\. ",
        said,
    )
    assert got, said
    w = plain_wells(name, lr, noise, 10 * step)
    left = w[w <= -0.749]
    assert (float(got[1]), int(got[2]), int(got[3])) == (lr, noise, 10 * step)
    assert int(got[4]) == 100 - left.size
    if left.size:
        assert float(got[6]) == pytest.approx(np.sqrt(np.mean((left + 1) ** 2)), abs=6e-3)
    else:
        assert got[5] == "none is left of it"


def test_the_last_sentences_of_the_wells_count_steps_and_rates():
    for name, noise in ((PLAIN, 10.0), (ADAM.name, 20.0), (ADAM.name, 0.0)):
        right = (of_wells.runs(name, noise) > of_wells.BARRIER).sum(axis=2)
        said = Wells(rule=name, lr=0.1, noise=noise).caption()
        looks = [k for k in range(101) if right[k, 10] > 50]
        first = f"there first at step {10 * looks[0]}." if looks else "At no step were more"
        most = [r for r, n in zip(of_wells.RATES, right[-1], strict=True) if n > 50]
        end = "at none of the thirteen learning rates."
        if most:
            end = f"at {len(most)} of the thirteen learning rates, the smallest η = {min(most):g}."
        assert first in said and said.endswith(end), said


def test_without_noise_gradient_descent_leaves_above_its_limit_and_only_there():
    right = of_wells.escaped(PLAIN, 0.0)[-1]
    assert right.tolist() == [100 * int(rate > 0.02) for rate in of_wells.RATES]
    explorer = Wells()
    assert explorer.marks(explorer.state())["lr"][0][0] == pytest.approx(0.02)
    explorer = Wells(rule=HEAVY_BALL)
    assert explorer.marks(explorer.state())["lr"][0][0] == pytest.approx(0.038)
    assert not Wells(rule=SCALED).marks(Wells(rule=SCALED).state())


def test_the_goal_of_the_wells_can_be_reached():
    assert of_wells.escaped(ADAM.name, 20.0)[-1].max() > 70
    assert of_wells.escaped(PLAIN, 20.0)[-1].min() < 5


def test_the_last_bit_of_a_slope_changes_no_run(monkeypatch):
    """Noise drives two runs of momentum apart; other processors must still find the same ones."""
    name, noise = HEAVY_BALL, 10.0
    kept, random = of_wells.runs(name, noise), np.random.default_rng(4)

    class Shaken:
        def slope(self, w):
            exact = sharp_and_flat().slope(w)
            return exact * (1 + 4e-16 * random.uniform(-1, 1, np.shape(w)))

    monkeypatch.setattr(of_wells, "WELLS", Shaken())
    assert np.array_equal(of_wells.runs.__wrapped__(name, noise), kept)


@pytest.mark.parametrize(
    ("rule", "hyper", "noise", "low", "high"),
    [(GRADIENT_DESCENT, {"lr": 0.01}, 5, 0, 1), (GRADIENT_DESCENT, {"lr": 0.01}, 10, 96, 100),
     (ADAM, {"lr": 0.02}, 20, 0, 1), (ADAM, {"lr": 0.1}, 20, 70, 81)],
)  # fmt: skip
def test_other_seeds_leave_the_sharp_well_as_often(rule, hyper, noise, low, high):
    random, wells, w = np.random.default_rng(77), sharp_and_flat(), np.full(1000, -1.25)
    step = rule.start(w, **hyper)
    for _ in range(2000):
        step(wells.slope(w) + noise * random.standard_normal(w.size))
    assert low <= 100 * np.mean(w > of_wells.BARRIER) <= high
