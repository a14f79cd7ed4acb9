"""Colours that stay apart for colour-blind readers; shades of one rule; the ramp of maps."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib import colormaps

from course_utils.optimizers import GRADIENT_DESCENT, MUON
from course_utils.svg.colour import lab as of_the_course
from course_utils.svg.colour import shade
from course_utils.svg.palette import LINES, RAMP, ramp, tint
from tests.svg.test_contrast import THEMES, contrast, in_both_themes, rgb
from tests.svg.vision import VISIONS, difference, lab, linear, seen_by

# The four rules that every lesson speaks of, and the two weights whose parts are drawn with them
PROTAGONISTS = "gd", "momentum", "rmsprop", "adam", "w1", "w2"
APART = 15


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        # Sharma, Wu and Dalal 2005, pairs 1, 7, 9, 17, 19, 25 and 34 of their test data
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (56, -27, -3), 31.9030),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_of_colours_is_ciede2000(one, other, far):
    assert difference(one, other) == pytest.approx(far, abs=1e-4)
    assert difference(other, one) == pytest.approx(far, abs=1e-4)


def test_visions_leave_grey_as_it_is():
    for vision in VISIONS:
        assert seen_by(vision, "#808080") == pytest.approx(linear("#808080"), abs=1e-5)


@in_both_themes
@pytest.mark.parametrize("vision", VISIONS)
def test_the_protagonists_are_apart_for_every_reader(theme, vision):
    seen = {kind: lab(seen_by(vision, THEMES[theme][kind])) for kind in PROTAGONISTS}
    near = {
        (one, other): round(difference(seen[one], seen[other]), 1)
        for one, other in combinations(PROTAGONISTS, 2)
    }
    assert {pair: far for pair, far in near.items() if far < APART} == {}


def test_lightness_is_that_of_the_reference():
    for line in LINES.values():
        assert of_the_course(line.light) == pytest.approx(lab(linear(line.light)), abs=0.1)
        assert shade(line.light, of_the_course(line.light)[0]) == line.light


@pytest.mark.parametrize("kind", LINES)
def test_tints_of_a_rule_are_seen_on_paper_and_apart(kind):
    for n in (2, 3, 5):
        tints = [tint(kind, k, n) for k in range(n)]
        assert all(contrast(rgb(x), rgb("#ffffff")) >= 3 for x in tints), tints
        light = [lab(linear(x))[0] for x in tints]
        assert np.diff(light) == pytest.approx(np.full(n - 1, 42 / (n - 1)), abs=0.6)
        for vision in VISIONS:
            for one, other in pairwise(tints):
                assert difference(lab(seen_by(vision, one)), lab(seen_by(vision, other))) >= 5


def test_a_rule_is_named_by_itself_its_name_or_its_class():
    assert tint(GRADIENT_DESCENT, 1, 3) == tint("gd", 1, 3) == tint("gradient descent", 1, 3)
    assert tint("gd", 0, 1) == tint("gd", 1, 3)
    assert tint(MUON, 0, 2) == tint("muon", 0, 2)
    with pytest.raises(KeyError, match="gravity"):
        tint("gravity", 0, 2)


def test_the_ramp_is_that_of_colorbrewer_and_rises_for_every_reader():
    for k, colour in enumerate(RAMP):
        assert rgb(colour) == pytest.approx(colormaps["YlGnBu_r"](k / 8)[:3], abs=0.006)
    assert (ramp(0), ramp(1)) == (RAMP[0], RAMP[-1])
    colours = [ramp(share) for share in np.linspace(0, 1, 11)]
    for vision in VISIONS:
        light = np.array([lab(seen_by(vision, x))[0] for x in colours])
        assert np.diff(light).min() >= 2.5, vision
        assert np.ptp(light) >= 75, vision
