"""The explorer of noise against plain loops."""

import re
from math import cos, pi, sqrt

import numpy as np
import pytest
from scipy.stats import chi2

from course_utils import theory
from course_utils.explorers import Cloud
from course_utils.explorers.cloud.model import (
    COSINE,
    DRAWN,
    INVERSE,
    LAST,
    ONE_SAMPLE,
    PLANS,
    RUNS,
    STEPS,
    TRIED,
    WARM,
    best,
)


def plain(plan, rate):
    return {
        PLANS[0]: lambda t: rate,
        STEPS: lambda t: rate * 0.1 ** ((t - 1) // 40),
        COSINE: lambda t: rate * (1 + cos(pi * (t - 1) / 119)) / 2,
        INVERSE: lambda t: rate / (1 + (t - 1) / 20),
        WARM: lambda t: min(t / 20, 1) * rate * (1 + cos(pi * (t - 1) / 119)) / 2,
    }[plan]


def runs_of(batch, lr, beta, plan):
    """Positions of all runs, from the same numbers, one step after the other."""
    draw, curvatures = np.random.default_rng(9), np.array([[25.0], [1.0]])
    w = np.array([[2.0], [-10.0]]) * np.ones((1, RUNS))
    v, path = np.zeros_like(w), [w]
    for t in range(1, LAST + 1):
        g = curvatures * w + 12 / sqrt(batch) * draw.standard_normal(w.shape)
        v = beta * v - plain(plan, lr)(t) * g
        w = w + v
        path.append(w)
    return np.array(path)


CASES = [
    (8, 0.04, 0.0, PLANS[0], 120),
    (1, 0.04, 0.0, PLANS[0], 33),
    (64, 0.02, 0.9, PLANS[0], 120),
    (8, 0.074, 0.0, COSINE, 90),
    (4, 0.05, 0.5, STEPS, 57),
    (256, 0.08, 0.3, WARM, 15),
    (16, 0.03, 0.8, INVERSE, 120),
]


@pytest.mark.parametrize(("batch", "lr", "beta", "plan", "step"), CASES)
def test_the_explorer_says_what_plain_loops_find(batch, lr, beta, plan, step):
    said = Cloud(batch=batch, lr=lr, beta=beta, schedule=plan, step=step).caption()
    got = re.fullmatch(
        r"B = (\S+), η = (\S+), β = (\S+), (.*)\. Step (\d+), learning rate (\S+): the runs "
        r"spread by ± (\S+) along w1, predicted (\S+), and by ± (\S+) along w2, predicted "
        r"(\S+)\. (\d+) of "
        r"(\d+) lie in the ellipse\. Mean loss (\S+), predicted (\S+)\. At a constant η the "
        r"temperature is (\S+) and the floor (\S+)\.",
        said,
    )
    assert got, said
    assert [float(got[i]) for i in (1, 2, 3)] == pytest.approx((batch, lr, beta))
    assert (got[4], int(got[5]), int(got[12])) == (plan, step, RUNS)
    assert float(got[6]) == pytest.approx(plain(plan, lr)(step), rel=6e-3, abs=1e-9)
    runs = runs_of(batch, lr, beta, plan)[step]
    pushes, means = np.zeros(2), np.zeros(2)
    for i, curvature in enumerate((25.0, 1.0)):
        for pushed in range(step + 1):
            w, v = ((2.0, -10.0)[i], 0.0) if pushed == 0 else (0.0, 0.0)
            for t in range(1, step + 1):
                v = beta * v - plain(plan, lr)(t) * (curvature * w + (t == pushed))
                w = w + v
            if pushed == 0:
                means[i] = w
            else:
                pushes[i] += w * w * 144 / batch
    spread = runs.std(axis=1)
    assert [float(got[i]) for i in (7, 9)] == pytest.approx(spread, abs=6e-3)
    assert [float(got[i]) for i in (8, 10)] == pytest.approx(np.sqrt(pushes), abs=6e-3)
    away = ((runs - means[:, None]) ** 2 / pushes[:, None]).sum(axis=0)
    assert int(got[11]) == np.sum(away <= 4)
    losses = (np.array([25.0, 1.0]) @ runs**2).mean() / 2
    assert float(got[13]) == pytest.approx(losses, rel=0.06)
    theory_loss = np.array([25.0, 1.0]) @ (means**2 + pushes) / 2
    assert float(got[14]) == pytest.approx(theory_loss, rel=0.06)
    heat = lr * 144 / batch / (2 * (1 - beta))
    assert float(got[15]) == pytest.approx(heat, rel=0.06)
    floor = sum(
        lr * 144 / batch * (1 + beta) / (2 * (1 - beta) * (2 * (1 + beta) - lr * x))
        for x in (25, 1)
    )
    assert float(got[16]) == pytest.approx(floor, rel=0.06)


def test_two_radii_hold_as_many_runs_as_they_say():
    assert chi2.cdf(4, df=2) == pytest.approx(0.86, abs=5e-3)
    inside = []
    for step in (10, 40, 80, 120):
        said = Cloud(step=step).caption()
        inside.append(int(re.search(r"(\d+) of 200 lie", said)[1]))
    assert np.mean(inside) == pytest.approx(0.865 * RUNS, abs=12)


def test_the_cloud_and_the_ellipse_are_drawn_where_they_are_said():
    explorer = Cloud(step=60)
    picture = explorer.drawn(explorer.state())
    tracks = {track.shape: track for track in picture.tracks}
    runs = runs_of(8, 0.04, 0.0, PLANS[0])
    drawn = np.reshape(tracks["cloud"].values[60], (-1, 2))
    assert len(drawn) == DRAWN - 1
    across, up = 900 / 15, 264 / 4.4
    x = 46 + across * (runs[60, 1, 1:DRAWN] + 11.5)
    y = 26 + up * (2.2 - runs[60, 0, 1:DRAWN])
    assert drawn == pytest.approx(np.column_stack([x, y]), abs=0.05)
    means, variances = theory.noisy_path(
        0.04, 0, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), 120
    )
    cx, cy, rx, ry = tracks["ellipse"].values[60]
    assert (rx / across / 2, ry / up / 2) == pytest.approx(np.sqrt(variances[60, ::-1]))
    assert (cx, cy) == pytest.approx(
        (46 + across * (means[60, 1] + 11.5), 26 + up * (2.2 - means[60, 0]))
    )


@pytest.mark.parametrize("plan", PLANS)
def test_the_marked_rate_is_the_best_of_those_tried(plan):
    ends = []
    for lr in TRIED:
        means, variances = theory.noisy_path(
            plain(plan, lr), 0.5, np.array([25, 1]), ONE_SAMPLE / 4, np.array([2, -10]), LAST
        )
        ends.append((np.array([25, 1]) @ (means[-1] ** 2 + variances[-1])) / 2)
    lr, loss = best(16, 0.5, plan)
    assert lr == pytest.approx(TRIED[int(np.nanargmin(ends))])
    assert loss == pytest.approx(np.nanmin(ends))


def test_the_goal_is_reached_by_a_preset_and_by_no_constant_rate():
    assert (
        float(re.search(r"Mean loss (\S+),", Cloud(**Cloud.presets["Cosine"]).caption())[1]) < 0.16
    )
    explorer = Cloud()
    lrs = np.arange(explorer.board.widgets["lr"].min, 0.1601, 0.001)[:, None, None]
    betas = np.arange(0, 0.991, 0.01)[None, :, None]
    with np.errstate(all="ignore"):
        means, variances = theory.noisy_path(
            lrs, betas, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), LAST
        )
        losses = (means[-1] ** 2 + variances[-1]) @ np.array([25, 1]) / 2
    assert np.nanmin(losses) > 0.16


def test_beyond_the_limit_it_says_so():
    said = Cloud(lr=0.16, step=LAST).caption()
    assert "there is no floor: it is beyond the limit." in said and "far" in said
