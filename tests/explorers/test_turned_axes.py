"""The explorer of turned axes against plain loops."""

import re

import numpy as np
import pytest

from course_utils.descent import descend
from course_utils.exercises import exercises
from course_utils.explorers import TurnedAxes
from course_utils.explorers.turned_axes import MAIN, contours
from course_utils.explorers.turned_axes import model as of_explorer
from course_utils.optimizers import (
    FULL_ADAGRAD,
)
from course_utils.surfaces import ravine

EXERCISES = exercises()


OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "08"]


def plain_loop(kind, kappa, theta, c, lr, steps=of_explorer.LAST):
    """Losses over the first one of a rule written as it is defined, beta1 = 0.8."""
    t = np.radians(theta)
    Q = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    H = c * Q @ np.diag([25.0, 25.0 / kappa]) @ Q.T
    w, losses = Q @ (2.0, -10.0), []
    m, s, S = np.zeros(2), np.zeros(2), np.zeros((2, 2))
    for k in range(1, steps + 2):
        losses.append(0.5 * w @ H @ w)
        g = H @ w
        if kind == "gd":
            p = g
        elif kind == "adagrad":
            s = s + g * g
            p = g / (np.sqrt(s) + 1e-10)
        elif kind == "adam":
            m, s = 0.8 * m + 0.2 * g, 0.999 * s + 0.001 * g * g
            p = m / (1 - 0.8**k) / (np.sqrt(s / (1 - 0.999**k)) + 1e-8)
        else:
            S = S + np.outer(g, g)
            e, V = np.linalg.eigh(S)
            p = V @ ((V.T @ g) / (np.sqrt(np.maximum(e, 0)) + 1e-6))
        w = np.clip(w - lr * p, -1e30, 1e30)
    return np.array(losses) / losses[0]


def arrives(losses):
    above = np.flatnonzero(~(losses <= 1e-3))
    step = int(above[-1]) + 1 if above.size else 0
    return step if step < len(losses) else None


CASES = [
    ({}, 20),
    ({"theta": 22.5}, 40),
    ({"theta": 45.0, "again": True}, 10),
    ({"theta": 30.0, "kappa": 100.0}, 60),
    ({"kappa": 9.0, "theta": 10.5, "again": True, "c": 0.1}, 15),
    ({"c": 10.0}, 3),
]


SAID = (
    r"Turned by (\S+)°, c = (\S+), κ = (\S+)\. "
    r"Step (\d+), losses over the first one: gradient descent (\S+), AdaGrad (\S+), Adam (\S+), "
    r"full-matrix AdaGrad (\S+)\. Tuned (.*), they are below a thousandth for good (.*)\.$"
)


@pytest.mark.parametrize(("setting", "step"), CASES)
def test_the_explorer_says_what_plain_loops_find(setting, step):
    explorer = TurnedAxes(**setting, step=step)
    state, got = explorer.state(), re.match(SAID, explorer.caption())
    assert got, explorer.caption()
    kappa, theta, c = state["kappa"], state["theta"], state["c"]
    words = got[10].replace("never, since", "never since").split(", ")
    for i, (kind, said) in enumerate(zip(of_explorer.KINDS, words, strict=True)):
        candidate = of_explorer.candidate(kind, kappa, float(theta), c, state["again"])
        losses = plain_loop(kind, kappa, theta, c, candidate.rate)
        if losses[step] > 1e-12:
            assert float(got[5 + i]) == pytest.approx(losses[step], rel=0.06)
        found = arrives(losses)
        assert candidate.arrives == (of_explorer.NEVER if found is None else found)
        if found is None:
            assert said == ("never since it ran away" if losses.max() > 1e12 else "not yet")
        else:
            assert said == f"from step {found}"


@pytest.mark.parametrize("kind", ["adagrad", "adam", "full"])
def test_the_rates_are_the_best_of_the_grid(kind):
    for place in (0, 15, 30):
        rate, step = of_explorer.best_rates(kind, 25.0)[place]
        theta = of_explorer.ANGLES[place]
        tried = [arrives(plain_loop(kind, 25.0, theta, 1.0, lr)) for lr in of_explorer.RATES]
        assert step == min(x for x in tried if x is not None)
        assert arrives(plain_loop(kind, 25.0, theta, 1.0, rate)) == step


def test_the_goal_of_the_explorer():
    steps = dict(zip(of_explorer.ANGLES, (k for _, k in of_explorer.best_rates("adagrad", 25.0)),
                     strict=True))  # fmt: skip
    plain = of_explorer.best_rates("gd", 25.0)[0][1]
    assert plain == 44 and "than gradient descent, 44." in TurnedAxes.goal
    slower = [angle for angle, k in steps.items() if k > plain]
    assert slower == [a for a in of_explorer.ANGLES if a >= slower[0]] and 21 < slower[0] < 27


def test_full_matrix_adagrad_is_drawn_where_it_would_walk():
    e = of_explorer.candidate("full", 25.0, 30.0, 10.0, False)
    here = descend(ravine(25, np.radians(30), c=10), FULL_ADAGRAD, steps=of_explorer.LAST,
                   lr=e.rate)  # fmt: skip
    assert e.run.positions == pytest.approx(here.positions, abs=1e-4)


@pytest.mark.parametrize("theta", [0.0, 22.5, 45.0])
def test_the_ellipses_are_contours(theta):
    drawn = contours(25.0, theta)
    found = re.findall(
        r'rx="(\S+)" ry="(\S+)" transform="translate\((\S+) (\S+)\) rotate\((\S+)\)"', drawn
    )
    assert len(found) == 9
    surface = ravine(25, np.radians(theta))
    for rx, ry, x, y, angle in (map(float, one) for one in found[:6]):
        t, a = np.linspace(0, 6, 30), np.radians(angle)
        across, down = rx * np.cos(t), ry * np.sin(t)
        px = x + across * np.cos(a) - down * np.sin(a)
        py = y + across * np.sin(a) + down * np.cos(a)
        places = np.array([MAIN.data(p, q) for p, q in zip(px, py, strict=True)])
        heights = surface.value(places.T[::-1])
        assert heights == pytest.approx(heights.mean(), rel=0.03)


def test_no_angle_bends_two_of_the_curves():
    for kind in ("gd", "full"):
        assert len({k for _, k in of_explorer.best_rates(kind, 25.0)}) == 1
    for kind in ("adagrad", "adam"):
        assert len({k for _, k in of_explorer.best_rates(kind, 100.0)}) > 5
