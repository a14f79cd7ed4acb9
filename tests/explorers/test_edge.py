"""The explorer of the edge of stability against plain loops."""

import re

import numpy as np
import pytest

from course_utils.curvature import sharpness
from course_utils.exercises import exercises
from course_utils.explorers import Edge
from course_utils.explorers.edge.model import (
    ADAPTIVE,
    HEAVIER,
    HEAVY,
    RATES,
    SETTINGS,
    runs,
    task,
)

EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "11"]


@pytest.mark.parametrize("name", SETTINGS)
def test_the_limit_is_where_the_rule_runs_away_on_a_quadratic(name):
    """Momentum, or Adam with its divisor frozen at 1, on a curvature around the limit."""
    choice, lr = SETTINGS[name], 0.01
    beta = choice.hyper.get("beta", 0.9 if name == ADAPTIVE else 0.0)
    for share, runs_away in ((0.99, False), (1.01, True)):
        curvature = share * float(choice.limit(lr))
        w, v = 1.0, 0.0
        for _ in range(3000):
            if name == ADAPTIVE:
                v = beta * v + (1 - beta) * curvature * w
                w -= lr * v
            else:
                v = beta * v - lr * curvature * w
                w += v
        assert (abs(w) > 1e3) is runs_away


@pytest.mark.parametrize("name", [n for n in SETTINGS if n != HEAVIER])
def test_most_rates_end_at_their_limit(name):
    choice, run = SETTINGS[name], runs(name)
    shares = run.sharpness[-50:].mean(axis=0) / choice.limit(choice.part * RATES)
    assert ((shares > 0.85) & (shares < 1.1)).sum() >= 8


def test_the_edge_says_what_a_plain_loop_finds():
    explorer = Edge(lr=10**-0.8, step=80)
    said = explorer.caption()
    got = re.match(
        r"Gradient descent, η = (\S+), limit 2/η = (\S+)\. Step (\d+): the sharpness is (\S+), the "
        r"loss (\S+), and of the last (\d+) steps (\d+) went up\. It meets the limit at step "
        r"(\d+); over the last 500 steps it is (\S+) times the limit on average\.$",
        said,
    )
    assert got, said
    fit, w, losses, tops = task(), task().init([0, 0]), [], {}
    gradient = lambda u: fit.loss_and_gradient(u[:, None])[1][:, 0]  # noqa: E731
    for t in range(2001):
        if t % 10 == 0 and t <= 800:
            tops[t] = sharpness(gradient, w[:, 0])
        loss, g = fit.loss_and_gradient(w)
        losses.append(loss[0])
        w = w - 0.16 * g
    assert [float(got[i]) for i in (1, 2)] == pytest.approx([0.16, 12.5])
    assert int(got[3]) == 800
    assert float(got[4]) == pytest.approx(tops[800], rel=0.03)
    assert float(got[5]) == pytest.approx(losses[800], rel=0.05)
    rises = np.diff(losses[700:801]) > 0
    assert (int(got[6]), int(got[7])) == (100, rises.sum())
    met = next(t for t in sorted(tops) if tops[t] >= 12.5)
    assert abs(int(got[8]) - met) <= 10
    assert 0.9 < float(got[9]) < 1.1


def test_a_rate_between_two_stops_shows_the_nearest():
    assert "η = 0.2," in Edge(lr=0.21).caption()
    assert "η = 0.05," in Edge(lr=0.05012).caption()


def test_the_goal_of_the_edge_can_be_reached():
    ends = runs("gradient descent").sharpness[-1]
    assert ends.min() < 6 and ends.max() > 25


def test_the_mark_is_the_smallest_rate_that_meets_its_limit():
    for name in (HEAVY, ADAPTIVE):
        explorer = Edge(rule=name)
        ((value, _, _),) = explorer.marks(explorer.state())["lr"]
        shares = runs(name).sharpness / SETTINGS[name].limit(SETTINGS[name].part * RATES)
        meets = np.flatnonzero((shares >= 1).any(axis=0))
        assert value == pytest.approx(RATES[meets[0]], rel=0.02)


def value(key, **numbers):
    e = EXERCISES[key]
    return float(e.truth.subs({e.symbols[n]: x for n, x in numbers.items()}))
