"""The pictures of the README are those of the code."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.svg.colour import lab
from course_utils.svg.palette import LINES
from tests.svg.test_contrast import contrast, rgb
from tools import images

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", images.files())
def test_the_pictures_of_the_readme_are_those_of_the_code(name):
    stored = (images.IMAGES / name).read_text(encoding="utf-8")
    assert stored == images.files()[name], "run `python3 course.py images`"


@pytest.mark.parametrize("name", images.files())
def test_each_is_small_the_same_on_any_page_and_has_a_state_of_rest(name):
    text = images.files()[name]
    assert len(text.encode()) < 1_000_000
    # Its colours do not ask for the page's theme: it brings its own dark water along.
    assert "prefers-color-scheme" not in text and "var(" not in text
    for kind in ("gd", "momentum"):
        assert LINES[kind].dark in text
    assert "prefers-reduced-motion:reduce" in text
    root = ElementTree.fromstring(text)
    assert {e.tag for e in root.iter()} >= {f"{SVG}ellipse", f"{SVG}title"}
    assert not {f"{SVG}script", f"{SVG}foreignObject"} & {e.tag for e in root.iter()}


def test_lines_are_seen_on_their_casing_and_words_on_every_ground():
    for colour in (*(LINES[kind].dark for kind in images.NAMES), images.INK):
        assert contrast(rgb(colour), rgb(images.CASING)) > 4.5
    # Only the words for the steps, in the lightest colour, stand on the lightest water.
    assert contrast(rgb(images.INK), rgb(images.DEPTH[-1])) > 3


def test_the_water_is_darker_the_lower_it_is_and_contours_are_even_steps_of_loss():
    lightness = [lab(colour)[0] for colour in images.DEPTH]
    assert lightness == sorted(lightness)
    rings = [e for e in ElementTree.fromstring(images.hero()).iter(f"{SVG}ellipse")]
    radii = np.array([[float(e.get("rx")), float(e.get("ry"))] for e in rings])
    # The loss is half of 25 w1^2 + w2^2: with w1 = 0, half the square of the radius in units of w2.
    unit = images.MAIN.width / (images.MAIN.across[1] - images.MAIN.across[0])
    losses = (radii[:, 0] / unit) ** 2 / 2
    np.testing.assert_allclose(np.diff(losses), losses[0], rtol=3e-3)
    unit = images.MAIN.height / (images.MAIN.up[1] - images.MAIN.up[0])
    np.testing.assert_allclose(25 * (radii[:, 1] / unit) ** 2 / 2, losses, rtol=3e-3)


def test_what_was_walked_last_is_broadest_and_glows():
    root = ElementTree.fromstring(images.hero(moving=False))
    for kind, run in images.descents().items():
        groups = {e.get("id"): e for e in root.iter(f"{SVG}g") if e.get("id")}
        fresh, lines = (groups[f"{kind}-{what}"] for what in ("fresh", "lines"))
        assert len(lines) == images.arrival(run) and len(fresh) == images.FRESH - 1
        shown = [float(e.get("opacity")) for e in fresh]
        assert shown == sorted(shown) and shown[0] < 0.1 and shown[-1] > 0.9


def test_the_steps_of_arrival_are_those_of_a_plain_loop():
    w = {"gd": np.array([2.0, -10.0]), "momentum": np.array([2.0, -10.0])}
    v, curvature, above = np.zeros(2), np.array([25.0, 1.0]), {}
    for t in range(images.STEPS + 1):
        for kind in w:
            if (curvature * w[kind] ** 2).sum() / 2 > images.GOAL:
                above[kind] = t
        w["gd"] = w["gd"] - images.LR * curvature * w["gd"]
        v = images.BETA * v - images.LR * curvature * w["momentum"]
        w["momentum"] = w["momentum"] + v
    text = images.files()["zig_zag.svg"]
    for kind, name in images.NAMES.items():
        assert f">{name}: step {above[kind] + 1}<" in text


def test_animations_are_in_order_and_as_long_as_their_values():
    for e in ElementTree.fromstring(images.hero()).iter():
        if e.tag in (f"{SVG}animate", f"{SVG}animateTransform"):
            times = [float(x) for x in e.get("keyTimes").split(";")]
            assert len(times) == len(e.get("values").split(";"))
            assert times[0] == 0 and times[-1] == 1 and times == sorted(times)
    assert not re.search(r"NaN|inf", images.hero())
