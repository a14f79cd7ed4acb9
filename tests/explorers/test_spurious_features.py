"""The explorer of misleading features against runs on the same data."""

import re

import numpy as np
import pytest

from course_utils import theory
from course_utils.explorers import SpuriousFeatures
from course_utils.explorers.spurious_features import RULES as TRAINED
from course_utils.explorers.spurious_features import training


@pytest.mark.parametrize(
    ("positives", "extra", "step"), [(30, 1, 150), (45, 90, 150), (26, 20, 7), (40, 3, 0)]
)
def test_the_explorer_trains_on_wilsons_data(positives, extra, step):
    explorer = SpuriousFeatures(positives=positives, extra=extra, step=step)
    labels = np.r_[np.ones(positives), -np.ones(50 - positives)]
    x = theory.wilson_data(labels, extra)
    said = explorer.caption().replace("−", "-")
    for kind, name in (("gd", "gradient descent"), ("adagrad", "AdaGrad"), ("adam", "Adam")):
        rule, rate = TRAINED[kind]
        rate = min(rate, 60 / (160 + extra)) if kind == "gd" else rate
        w = np.zeros(len(x))
        make_step = rule.start(w, lr=rate)
        for _ in range(step):
            make_step(x @ (w @ x - labels) / 50)
        errors, score = re.search(rf"{name} (\d+), ([+-][\d.]+)[;.]", said).groups()
        scores = w @ x
        wrong = np.sum(np.where(labels > 0, scores <= 1e-12, scores >= -1e-12))
        assert int(errors) == (50 if step == 0 else wrong)
        assert float(score) == pytest.approx(2 * w[1] - w[0], abs=6e-3)


def test_the_goal_of_the_second_explorer_is_the_marked_number():
    below, above = (SpuriousFeatures(positives=45, extra=n, step=150).caption() for n in (54, 55))
    assert "from 55 on" in below and "from 55 on" in above
    marks = SpuriousFeatures(positives=45).marks({"positives": 45, "extra": 1})
    assert marks["extra"][0][0] == pytest.approx(54)


@pytest.mark.parametrize(("positives", "extra"), [(30, 1), (45, 90)])
def test_the_weights_of_all_rules_are_drawn_on_one_scale(positives, extra):
    explorer = SpuriousFeatures(positives=positives, extra=extra)
    picture = explorer.drawn(explorer.state())
    ends = {t.shape: t.values[-1][1] for t in picture.tracks if t.kind == "upto"}
    paths = training(extra, positives)[-1]
    heights = [[ends[f"{kind}-{i}"] for i in range(4)] for kind in TRAINED]
    slope, base = np.polyfit(paths.T.ravel(), np.ravel(heights), 1)
    assert np.abs(slope * paths.T + base - heights).max() < 0.1
