"""Every explorer at every preset and at both ends of every control: nothing is cut or covered.

Text has the size that a table of the font gives it.
"""

import re
from functools import cache
from itertools import combinations
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.ft2font import FT2Font

from course_utils.explorers.controls import Choice, Slider, Switch, WholeSlider
from tests.explorers.every import every

FONTS = f"{matplotlib.get_data_path()}/fonts/ttf"
# Above and below the line of writing, in sizes of the font
ASCENT, DESCENT = 0.74, 0.2
# Boxes of letters may touch by this much, in pixels: they have room of their own inside.
TOUCH = 2.0
# Networks are trained for each state of this one: a few that differ in what is written
SHORT = {
    "Landscapes": [{"depth": 4, "left": left, "right": right}
                   for left, right in (("plain", "skips"), ("batch norm", "both"))],
}  # fmt: skip


@cache
def width_of(character, bold):
    font = _font(bold)
    font.set_text(character, 0.0)
    return font.load_char(ord(character)).linearHoriAdvance / 65536 / 100


@cache
def _font(bold):
    font = FT2Font(f"{FONTS}/DejaVuSans{'-Bold' if bold else ''}.ttf")
    font.set_size(100, 72)
    return font


def moved(element):
    """How far an element is moved from where it is written."""
    place = re.match(r"translate\((\S+) ([^)\s]+)\)", element.get("transform", ""))
    return (float(place[1]), float(place[2])) if place else (0.0, 0.0)


def box(element, at):
    """The rectangle of a text in a group that is moved: left, top, right, bottom."""
    classes = element.get("class", "").split()
    size = 12.5 if "small" in classes else 14
    width = size * sum(width_of(c, "strong" in classes) for c in element.text)
    x, y = (float(element.get(k, 0)) + by for k, by in zip("xy", at, strict=True))
    x -= {"middle": width / 2, "end": width}.get(element.get("text-anchor"), 0)
    return x, y - ASCENT * size, x + width, y + DESCENT * size


def sticks_out(inner, outer, by=1.0):
    return (
        inner[0] < outer[0] - by
        or inner[1] < outer[1] - by
        or inner[2] > outer[2] + by
        or inner[3] > outer[3] + by
    )


def on_each_other(one, other):
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > TOUCH
        and min(one[3], other[3]) - max(one[1], other[1]) > TOUCH
    )


def faults(markup, width, height):
    """What is cut or covered in a still."""
    root, found, words = ElementTree.fromstring(f"<g>{markup}</g>"), set(), []

    def walk(element, clips, at):
        at = [a + b for a, b in zip(at, moved(element), strict=True)]
        if element.tag == "svg":
            x, y, w, h = map(float, element.get("viewBox").split())
            clips = [*clips, (x, y, x + w, y + h)]
        if element.tag == "text" and (element.text or "").strip():
            here = box(element, at)
            words.append((element.text, here))
            if any(sticks_out(here, clip, 1.5 if clip is not clips[0] else 0.5) for clip in clips):
                found.add(f"cut: {element.text}")
        if element.tag == "circle" and "mark" in element.get("class", ""):
            x, y = (float(element.get(k, 0)) + by for k, by in zip(("cx", "cy"), at, strict=True))
            r = float(element.get("r"))
            for left, top, right, bottom in clips[1:]:
                # Beyond its panel, which ends where the room for marks begins, it is not there.
                if left + 8 <= x <= right - 8 and top + 1 <= y <= bottom - 1:
                    if x - r < left - 1 or x + r > right + 1:
                        found.add(f"mark cut: {element.get('class')}")
        for child in element:
            walk(child, clips, at)

    walk(root, [(0, 0, width, height)], (0, 0))
    for (one, a), (other, b) in combinations(words, 2):
        if on_each_other(a, b) and one != other:
            found.add(f"on each other: {one} | {other}")
    return found


def states(kind):
    """The state in which it opens, every preset, and both ends or all options of each control."""
    explorer = kind()
    found = [{}, *kind.presets.values()]
    for name, control in explorer._controls.items():
        if name == "step":
            continue
        if isinstance(control, Slider):
            ends = (control.low, control.high)
            found += [{name: float(control.base**x) if hasattr(control, "base") else x}
                      for x in ends]  # fmt: skip
        elif isinstance(control, Switch):
            found += [{name: not control.value}]
        elif isinstance(control, Choice):
            found += [{name: option} for option in control.options]
    return SHORT.get(kind.__name__, found)


@every
def test_nothing_is_cut_or_covered_in_any_extreme_state(kind):
    bad = {}
    for state in states(kind):
        for step in (0, kind.last):
            explorer = kind()
            explorer.set(**{**state, "step": step})
            picture = explorer.drawn(explorer.state())
            for fault in faults(picture.still(step), picture.width, picture.height):
                bad.setdefault(fault, f"{state} at {step}")
    assert not bad, "\n".join(f"{fault}  ({where})" for fault, where in sorted(bad.items()))


def wandered(kind, rng):
    """An explorer with every control somewhere, often at an end: one moved after the other."""
    explorer = kind()
    if kind.__name__ in SHORT:
        explorer.set(**SHORT[kind.__name__][rng.integers(len(SHORT[kind.__name__]))])
        return explorer
    for name in [n for n in explorer._controls if n != "step"]:
        # Another may have changed its ends.
        control = explorer._controls[name]
        if isinstance(control, Slider):
            place = min(max(1.5 * rng.random() - 0.25, 0), 1) * (control.high - control.low)
            at = control.low + round(place / control.step) * control.step
            at = min(at, control.high)
            value = float(control.base**at) if hasattr(control, "base") else at
            explorer.set(**{name: int(value) if isinstance(control, WholeSlider) else value})
        elif isinstance(control, Switch):
            explorer.set(**{name: bool(rng.random() < 0.5)})
        elif isinstance(control, Choice):
            options = list(control.options)
            explorer.set(**{name: control.options[rng.integers(len(options))]})
    return explorer


@every
def test_nothing_is_cut_covered_or_no_number_where_all_controls_are_anywhere(kind):
    rng, bad = np.random.default_rng([len(kind.__name__), *map(ord, kind.__name__)]), {}
    for _ in range(8):
        explorer = wandered(kind, rng)
        step = int(rng.choice([0, 1, kind.last, rng.integers(kind.last + 1)]))
        picture = explorer.drawn(explorer.state())
        still = picture.still(step)
        for fault in faults(still, picture.width, picture.height):
            bad.setdefault(fault, f"{explorer.state()} at {step}")
        # Words may say that a run ends in NaN; a place may not.
        for attribute in re.findall(r'"[^"]*\b(?:nan|inf)\b[^"]*"', still):
            bad.setdefault(f"no number: {attribute[:80]}", f"{explorer.state()} at {step}")
    assert not bad, "\n".join(f"{fault}  ({where})" for fault, where in sorted(bad.items()))


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<text x="2" y="30" text-anchor="end">−10</text>', "cut: −10"),
        ('<text x="2" y="30">a word</text><text x="9" y="33">another</text>', "on each other"),
        ('<svg viewBox="0 0 90 40"><text x="50" y="30">peak 16.77</text></svg>', "cut: peak"),
        ('<svg viewBox="0 0 90 40"><text x="10" y="8">peak</text></svg>', "cut: peak"),
        ('<svg viewBox="0 0 90 40"><circle class="mark gd" r="12" cx="9" cy="9"/></svg>', "mark"),
    ],
)
def test_what_is_cut_or_covered_is_found(markup, fault):
    (found,) = faults(markup, 400, 100)
    assert found.startswith(fault)
