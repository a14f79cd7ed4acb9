"""The explorer of landscapes against losses and plain counts."""

import re

import numpy as np
import pytest

from course_utils.curvature import random_directions
from course_utils.explorers import Landscapes
from course_utils.explorers.landscapes import LEFT as PANEL
from course_utils.explorers.landscapes import map_of
from course_utils.explorers.landscapes.model import (
    ANGLES,
    BATCH,
    EPOCHS,
    KINDS,
    LINE,
    RATE,
    SAMPLES,
    WIDTH,
    landscape,
)
from course_utils.figures import LINES
from course_utils.networks import Network, digits, train
from course_utils.optimizers import MOMENTUM
from course_utils.svg.palette import stylesheet


@pytest.mark.parametrize(("kind", "depth", "seed"), [("skips", 4, 1), ("both", 8, 0)])
def test_losses_on_the_disc_are_losses(kind, depth, seed):
    data, here = digits(), landscape(kind, depth, seed)
    network = Network((64, *[WIDTH] * depth, 10), "relu", **KINDS[kind])
    run = train(network, MOMENTUM, data, lr=RATE, epochs=EPOCHS, batch=BATCH, seed=seed)
    across, up = random_directions(run.w, network.unpack, 2, seed)
    x, y = data.x_train[:, :SAMPLES], data.y_train[:SAMPLES]
    for k, i in ((0, 20), (6, 3), (17, 12), (23, 0)):
        angle, r = np.pi * k / ANGLES, LINE[i]
        w = run.w + r * np.cos(angle) * across + r * np.sin(angle) * up
        assert here.losses[k, i] == pytest.approx(network.loss(w, x, y), rel=1e-6)
    assert here.middle == pytest.approx(here.losses[5, 10], rel=1e-6)
    assert here.accuracy == run.accuracies[-1]


def test_area_is_that_of_points_thrown_at_the_disc():
    here, random = landscape("skips", 4, 1), np.random.default_rng(0)
    a, b = random.uniform(-1, 1, size=(2, 200_000))
    a, b = np.stack([a, b])[:, np.hypot(a, b) <= 1]
    turn = np.arctan2(b, a) % np.pi
    side = np.where(b >= 0, 1, -1)
    k = np.rint(turn / np.pi * ANGLES).astype(int)
    side = np.where(k == ANGLES, -side, side)
    logs = [
        np.interp(s * r, LINE, np.log(here.losses[i % ANGLES]))
        for s, r, i in zip(side[:20000], np.hypot(a, b), k, strict=False)
    ]
    share = np.mean(np.array(logs) < 0)
    assert here.area == pytest.approx(share, abs=0.008)  # 3 standard deviations
    assert Landscapes(depth=4, right="skips", seed=1).shares()[1] == round(100 * here.area, 1)


def test_the_sentence_says_what_a_plain_count_finds():
    explorer = Landscapes(depth=4, seed=1, step=5)
    said = [float(x) for x in re.findall(r"\d+\.?\d*(?:e-\d+)?", explorer.caption())]
    depth, seed, *rest = said
    assert (depth, seed) == (4, 1)
    one, other = landscape("plain", 4, 1), landscape("skips", 4, 1)
    for place, here in ((0, one), (5, other)):
        accuracy, middle, level, area = (rest + [0])[place - (place > 0) : place + 4][:4]
        assert accuracy == round(100 * here.accuracy)
        assert middle == pytest.approx(here.middle, rel=0.05)
        assert (level, area) == (1, round(100 * here.area))
    angle, level, left, right, whole = rest[-5:]
    assert (angle, level, whole) == (180 * 5 / ANGLES, 1, 2)
    fine = np.linspace(-1, 1, 2001)
    for length, here in ((left, one), (right, other)):
        below = np.exp(np.interp(fine, LINE, np.log(here.losses[5]))) < 1
        assert length == pytest.approx(2 * below.mean(), abs=0.012)


def test_the_goal_can_be_reached():
    shares = Landscapes(depth=20).shares()
    assert shares[0] < 1 and shares[1] > 20
    assert Landscapes(depth=24, left="batch norm").shares()[0] < 1


def test_the_bold_line_is_drawn_where_the_loss_is_1():
    here, drawn = landscape("skips", 4, 1), map_of("skips", 4, 1, PANEL)
    (edge,) = re.findall(r'<path class="edge ink" d="([^"]*)"', drawn)
    place = np.array([[float(v) for v in p.split(",")] for p in re.findall(r"[\d.]+,[\d.]+", edge)])
    a, b = (place - [PANEL.x + PANEL.width / 2, PANEL.y + PANEL.height / 2]).T / PANEL.width * 2.08
    b, out, turn = -b, np.hypot(a, -b), np.arctan2(-b, a) % np.pi
    side = np.where(np.arctan2(b, a) % (2 * np.pi) < np.pi, 1, -1)
    k = np.rint(turn / np.pi * ANGLES).astype(int)
    side = np.where(k == ANGLES, -side, side)
    found = [np.interp(s * r, LINE, np.log(here.losses[i % ANGLES]))
             for s, r, i in zip(side, out, k, strict=True)]  # fmt: skip
    assert np.median(np.abs(found)) < 0.12


def test_kinds_have_one_colour_in_figures_and_explorers():
    pairs = zip(("bare", "skip", "norm", "joint"), KINDS, strict=True)
    for name, kind in pairs:
        assert f"--drc-{name}: {LINES[kind]['color']}" in stylesheet()
