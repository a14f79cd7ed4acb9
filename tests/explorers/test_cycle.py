"""The explorer of RMSProp's cycle against a plain loop."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.explorers import Cycle
from course_utils.explorers.common import RAVINE
from course_utils.explorers.cycle import LOSS, NEEDLE
from course_utils.svg.panel import ROOM
from tests.loops import hessian, plain_loop, turned

CASES = [
    ({}, 12),
    ({"lr": 0.05, "rho": 0.5, "kappa": 100}, 30),
    ({"eps": 10**0.5}, 60),
    ({"eps": 0.1, "inside": True, "kappa": 4}, 25),
    ({"adagrad": True, "lr": 1.5}, 40),
    ({"adagrad": True, "lr": 0.5, "inside": True, "eps": 1.0, "theta": 20}, 15),
    ({"theta": 45}, 30),
    ({"theta": 20, "c": 10.0}, 20),
    ({"c": 1e3}, 9),
    ({"rho": 0.0, "lr": 0.19}, 50),
    ({}, 240),
]


@pytest.mark.parametrize(("setting", "step"), CASES)
def test_spoken_numbers_are_those_of_a_plain_loop(setting, step):
    explorer = Cycle(**setting, step=step)
    state, said = explorer.state(), explorer.caption().replace("−", "-")
    scale = state["c"]
    H = hessian(state["kappa"], state["theta"], scale)
    start = turned(state["theta"]) @ (2, -10)
    rule = "adagrad" if state["adagrad"] else "rmsprop"
    hyper = {n: state[n] for n in ("lr", "rho", "eps", "inside")}
    path, divisors, losses = plain_loop(rule, H, start, 241, **hyper)
    _, _, plain = plain_loop("descent", H, start, step, 0.076)
    got = re.search(
        r"Step (\d+): the next step is (\S+) along w1 and (\S+) along w2, after a division by "
        r"(\S+) and (\S+)\. Loss / c is (\S+), that of gradient descent (\S+)\. ",
        said,
    )
    moved = np.abs(path[step + 1] - path[step])
    wanted = [step, *moved, *divisors[step], losses[step] / scale, plain[-1] / scale]
    if plain[-1] > 1e12 * plain[0]:
        wanted[-1] = None
    for word, value in zip(got.groups(), wanted, strict=True):
        if value is not None:
            assert float(word) == pytest.approx(value, rel=0.06, abs=1e-9), said
    end = said[got.end() :]
    later = losses[200:241] / scale
    if bound := re.fullmatch(r"From step 200 on it stays below (\S+)\.", end):
        assert later.max() < float(bound[1])
    elif floor := re.search(r"loss / c ([\d.e-]+?)(?:, for ever)?\.$", end):
        path, _, losses = plain_loop(rule, H, start, 3000, **hyper)
        assert np.mean(losses[-2:]) / scale == pytest.approx(float(floor[1]), rel=0.06)
        for name, i in (("w1", 0), ("w2", 1)):
            if jump := re.search(rf"{name} jumps from (\S+) to -", end):
                assert abs(path[-1, i]) == pytest.approx(float(jump[1]), rel=0.06)
            elif f"{name} rests" in end:
                assert abs(path[-1, i]) < 1e-6
    else:
        assert end == "In the end it comes to rest at the minimum."
        assert plain_loop(rule, H, start, 3000, **hyper)[2][-1] < 1e-12


def lines(explorer, step):
    """The ends of every arrow and the points of every trail, by their names, in pixels."""
    picture = explorer.drawn(explorer.state())
    return {track.shape: np.asarray(track.values) for track in picture.tracks if not track.like}


def test_the_valley_is_held_still_and_gradient_descent_does_not_notice_a_turn():
    straight = lines(Cycle(), 0)["gd-path"]
    for theta in (1, 20, 45):
        explorer = Cycle(theta=theta)
        assert lines(explorer, 0)["gd-path"] == pytest.approx(straight, abs=1e-6)
        assert explorer.player.back == Cycle().player.back
    assert (
        np.abs(lines(Cycle(theta=45), 0)["rmsprop-path"] - lines(Cycle(), 0)["rmsprop-path"]).max()
        > 30
    )


@pytest.mark.parametrize("theta", [0, 10, 30, 45])
def test_the_first_step_goes_along_both_needles_of_the_compass(theta):
    """It is equally long along w1 and w2, 1 / sqrt(1 - rho) in units of lr."""
    explorer = Cycle(theta=theta)
    root = ElementTree.fromstring(f"<g>{explorer.drawn(explorer.state()).front}</g>")
    needles = {}
    for e in root.iter("path"):
        if e.get("class") in ("arrow w1", "arrow w2") and not e.get("data-k"):
            (x1, y1), (x2, y2) = np.array(re.findall(r"[ML](\S+) ([\d.]+)", e.get("d"))[:2], float)
            needles[e.get("class")[-2:]] = np.array([x2 - x1, y2 - y1]) / NEEDLE
    assert {n: np.hypot(*x) for n, x in needles.items()} == pytest.approx(
        {"w1": 1, "w2": 1}, abs=0.01
    )
    g = hessian(25, theta, 1.0) @ turned(theta) @ (2, -10)
    unit = RAVINE.width / (RAVINE.across[1] - RAVINE.across[0])
    for i, name in ((0, "w1"), (1, "w2")):
        x1, y1, x2, y2 = lines(explorer, 0)[f"part{i + 1}"][0]
        wanted = -np.sign(g[i]) / np.sqrt(0.1) * unit * needles[name]
        assert (x2 - x1, y2 - y1) == pytest.approx(tuple(wanted), rel=0.01, abs=3)


def test_the_scale_of_the_loss_moves_nothing_but_the_divisors():
    one, other = lines(Cycle(), 0), lines(Cycle(c=1e3), 0)
    for name in ("rmsprop-path", "both", "length1", "length2", "loss"):
        assert other[name][:100] == pytest.approx(one[name][:100], abs=0.01), name
    assert np.abs(other["gd-path"] - one["gd-path"]).max() > 100


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("c", [0.1, 1.0])
def test_the_marks_on_eps_divide_rest_from_the_cycle(inside, c):
    explorer = Cycle(inside=inside, c=c, lr=0.1)
    marks = {word: value for value, word, _ in explorer.marks(explorer.state())["eps"]}
    for i, name in ((0, "w1"), (1, "w2")):
        for share, rests in ((0.9, False), (1.1, True)):
            eps = share * marks[f"stops {name}"]
            path, *_ = plain_loop(
                "rmsprop", hessian(25, 0, c), (2, -10), 6000, 0.1, 0.9, eps, inside
            )
            assert (abs(path[-1, i]) < 1e-6) == rests
    assert not explorer.marks({**explorer.state(), "theta": 10})


def test_the_floor_is_drawn_where_the_loss_ends():
    for theta in (0, 30):
        explorer = Cycle(theta=theta)
        root = ElementTree.fromstring(f"<g>{explorer.drawn(explorer.state()).front}</g>")
        boxes = [
            b for b in root.iter("svg") if b.get("viewBox").startswith(f"{LOSS.x - ROOM[0]:g} ")
        ]
        (guide,) = [p for b in boxes for p in b.iter("path") if p.get("class") == "guide"]
        height = float(re.match(r"M\S+ (\S+)h", guide.get("d"))[1])
        start = turned(theta) @ (2, -10)
        _, _, losses = plain_loop("rmsprop", hessian(25, theta, 1), start, 3000, 0.2)
        assert LOSS.pixels(0, losses[-1])[1] == pytest.approx(height, abs=0.3)


def test_the_goal_can_be_reached_in_the_ways_it_names():
    for setting in ({"lr": 0.3, "eps": 10**0.6}, {"adagrad": True, "lr": 2.0}):
        for theta in (0, 45):
            explorer = Cycle(**setting, theta=theta)
            where = np.asarray(lines(explorer, 0)["loss"])[150:, 1]
            assert where.min() > LOSS.pixels(0, 1e-3)[1]
    assert np.asarray(lines(Cycle(), 0)["loss"])[150:, 1].max() < LOSS.pixels(0, 1e-3)[1]
