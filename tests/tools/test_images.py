"""The pictures of the README are those of the code."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.svg.palette import LINES
from tools import images

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", images.files())
def test_the_pictures_of_the_readme_are_those_of_the_code(name):
    stored = (images.IMAGES / name).read_text(encoding="utf-8")
    assert stored == images.files()[name], "run `python3 course.py images`"


@pytest.mark.parametrize("name", images.files())
def test_each_is_small_and_right_in_both_themes_and_at_rest(name):
    text = images.files()[name]
    assert len(text.encode()) < 1_000_000
    light, dark = text.split("@media (prefers-color-scheme:dark)")
    for kind in ("gd", "momentum"):
        assert f"--{kind}:{LINES[kind].light}" in light and f"--{kind}:{LINES[kind].dark}" in dark
    assert "prefers-reduced-motion:reduce" in text
    root = ElementTree.fromstring(text)
    assert {e.tag for e in root.iter()} >= {f"{SVG}ellipse", f"{SVG}title"}
    assert not {f"{SVG}script", f"{SVG}foreignObject"} & {e.tag for e in root.iter()}


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
