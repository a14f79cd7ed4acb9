"""Colours, as a reader with weak contrast vision meets them (WCAG 2.2, 1.4.1, 1.4.3 and 1.4.11).

What a style sheet or a palette promises is computed here for everything that is drawn with it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from course_utils.figures import LINES
from course_utils.figures.plots import BAND_ALPHA
from course_utils.figures.vector import counterparts, on_dark
from course_utils.optimizers import (
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    MUON,
    Rule,
)
from course_utils.svg.palette import GROUND, INK, MUTED, RAMP, class_of, stylesheet
from course_utils.svg.palette import LINES as PALETTE
from tests.explorers.every import EVERY, every

TEXT, GRAPHIC = 4.5, 3.0
# Explorers that train networks, in a state that is quick to draw
QUICK = {"Landscapes": {"depth": 4, "left": "batch norm", "right": "both"}, "Edge": {}}
WHITE = "#ffffff"
MOVERS = GRADIENT_DESCENT, MOMENTUM, AVERAGED_MOMENTUM, MOMENTUM_RATE_OUTSIDE


def themes():
    found = {}
    for selector, body in re.findall(r"([^{}]*)\{([^{}]*)\}", stylesheet()):
        variables = dict(re.findall(r"--drc-([\w-]+):\s*(#[0-9a-f]{6})", body))
        if variables:
            found["dark" if "false" in selector else "light"] = variables
    return found


THEMES = themes()
in_both_themes = pytest.mark.parametrize("theme", THEMES)


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def over(front, back, opacity):
    return opacity * front + (1 - opacity) * back


def luminance(colour):
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_knows_black_on_white():
    assert contrast(rgb("#000000"), rgb("#ffffff")) == pytest.approx(21)
    assert contrast(rgb("#767676"), rgb("#ffffff")) == pytest.approx(4.54, abs=0.01)


# The style sheet, read as a browser reads it: the later of the equally special rules wins


def rules():
    """(tag, classes, declarations) of every rule below ``.drc``, the least special first."""
    found = []
    for selectors, body in re.findall(r"([^{}]*)\{([^{}]*)\}", stylesheet()):
        body = dict(re.findall(r"([\w-]+):\s*([^;]+?)\s*(?:;|$)", body))
        for selector in selectors.split(","):
            own = re.fullmatch(r"\.drc ([a-z]*)((?:\.[\w-]+)*)", selector.strip())
            if own:
                found.append((own[1], {*own[2].split(".")} - {""}, body))
    return sorted(found, key=lambda rule: (len(rule[1]), bool(rule[0])))


RULES = rules()


def look(tag, kind):
    """What the style sheet says about an element."""
    said, classes = {}, set(kind.split())
    for wanted_tag, wanted, body in RULES:
        if wanted_tag in ("", tag) and wanted <= classes:
            said |= body
    return said


def paint(said, name, theme, ground):
    """The colour that ``fill`` or ``stroke`` leaves on a ground; None if there is none."""
    value = said.get(name, "none")
    if value == "currentColor":
        value = said["color"]
    named = re.fullmatch(r"var\(--drc-([\w-]+)\)", value)
    if not named:
        return None
    return over(rgb(THEMES[theme][named[1]]), ground, float(said.get(f"{name}-opacity", 1)))


def grounds(theme, bands):
    """The colours of the wall under 0, 1, ... bands that lie over each other."""
    colours = [rgb(THEMES[theme]["wall"])]
    for _ in range(bands):
        colours.append(paint(look("path", "band"), "fill", theme, colours[-1]))
    return colours


def depth(picture):
    """How many bands lie over each other where the picture is deepest."""
    most = 0
    for panel in ElementTree.fromstring(f"<g>{picture.back}{picture.front}</g>").iter("svg"):
        bands = [e.get("d", "") for e in panel if e.get("class") == "band"]
        if not bands:
            continue
        x, y, w, h = map(float, panel.get("viewBox").split())
        across, up = np.meshgrid(np.linspace(x, x + w, 41)[1:-1], np.linspace(y, y + h, 21)[1:-1])
        place, count = np.column_stack([across.ravel(), up.ravel()]), 0
        for d in bands:
            inside = np.zeros(len(place), bool)
            for ring in re.findall(r"M([^Mz]*)z", d):
                corners = np.array(re.findall(r"-?[\d.]+", ring), float).reshape(-1, 2)
                inside ^= Outline(corners).contains_points(place)
            count = count + inside
        most = max(most, int(np.max(count)))
    return most


def corner(element):
    """The first place of an element, as written, and as numbers."""
    written = element.get("points") or element.get("d") or element.get("transform") or " ".join(
        (element.get("cx", ""), element.get("cy", ""))
    )  # fmt: skip
    place = re.findall(r"-?[\d.]+", written)[:2]
    return place, [float(x) for x in place]


def on_the_ground(root):
    """The elements of a still, each with what it lies on where nothing keeps it apart from it.

    That is ``card``, ``ground`` or ``map``. What has a casing lies on the card's colour: the
    casing before it begins at the same place, or it is a mark with a fill of its own.
    """
    boxes = []
    for svg in root.iter("svg"):
        inner = {each.get("class") for each in svg}
        sort = "map" if "shade" in inner else "ground" if inner & {"wall", "band"} else None
        if sort:
            x, y, width, height = map(float, svg.get("viewBox").split())
            boxes.append((sort, x, y, x + width, y + height))
    for parent in root.iter():
        cased = []
        for each in parent:
            classes = each.get("class", "").split()
            written, place = corner(each)
            if "casing" in classes:
                cased = written
                continue
            lies = "card"
            if each.tag in ("path", "polyline", "ellipse") and written and written != cased:
                inside = [b for b in boxes if b[1] < place[0] < b[3] and b[2] < place[1] < b[4]]
                lies = inside[0][0] if inside else "card"
            yield each, lies


@cache
def drawn(kind):
    """For each state worth seeing what is drawn, as (tag, classes, what it lies on), and how deep
    the ground is.

    Several lines are often one element with a class of its own; each is named once.
    """
    found = []
    reveal = [{"reveal": True}] * (kind.__name__ == "FirstSteps")
    states = [{}, *kind.presets.values(), *reveal]
    for state in [QUICK[kind.__name__]] if kind.__name__ in QUICK else states:
        explorer = kind(**state)
        picture, elements = explorer.drawn(explorer.state()), set()
        for step in (1, explorer.last):
            root = ElementTree.fromstring(f"<g>{picture.still(step)}</g>")
            elements |= {(e.tag, e.get("class", ""), on) for e, on in on_the_ground(root)}
        shown = {e for e in elements if e[0] not in ("g", "svg")}
        found.append((shown, depth(picture)))
    return found


# The ground itself, and what only hints: a ghost is the line that the last step draws strong
QUIET = {"wall", "band", "shade", "card", "ghost"}
# What stands around a ground and not on it
AROUND = {"frame", "tick", "bars", "above", "overlay"}


def lies_on(theme, where, bands):
    """The colours below a line: the card, every depth of the ground, every colour of a map."""
    if where == "map":
        return [rgb(colour) for colour in RAMP]
    return grounds(theme, bands) if where == "ground" else [rgb(THEMES[theme]["card"])]


@every
def test_everything_drawn_stands_out_where_it_is_drawn(kind):
    """Text from its halo, which is the card; lines from the card, or from any depth of a ground."""
    elements = set().union(*(shown for shown, _ in drawn(kind)))
    deepest, weak = max(bands for _, bands in drawn(kind)), set()
    for theme in THEMES:
        for tag, classes, where in elements:
            said, card = look(tag, classes), rgb(THEMES[theme]["card"])
            if tag == "text":
                if contrast(paint(said, "fill", theme, card), card) < TEXT:
                    weak.add((theme, tag, classes, where))
                continue
            if QUIET & set(classes.split()):
                continue
            if tag == "circle":
                inner, seen = (paint(said, part, theme, card) for part in ("fill", "stroke"))
                if contrast(card if inner is None else inner, seen) < GRAPHIC:
                    weak.add((theme, tag, classes, where))
                continue
            where = "card" if AROUND & set(classes.split()) else where
            for ground in lies_on(theme, where, deepest):
                seen = paint(said, "stroke", theme, ground)
                if seen is not None and contrast(seen, ground) < GRAPHIC:
                    weak.add((theme, tag, classes, where))
    assert not weak


@in_both_themes
def test_deeper_is_darker_in_even_steps_that_are_seen(theme):
    """From the wall to the deepest ground there is; the floor is far from the wall."""
    everywhere = grounds(theme, max(bands for kind in EVERY for _, bands in drawn(kind)))
    light = np.array([116 * np.cbrt(luminance(colour)) - 16 for colour in everywhere])
    assert (np.diff(light) < -1).all() and (np.diff(light[:6]) < -2).all()
    assert light[0] - light[9] >= 25


@in_both_themes
def test_an_overlay_dims_and_does_not_hide(theme):
    card = rgb(THEMES[theme]["card"])
    for name in ("average", "momentum"):
        seen = paint(look("path", f"bars {name}"), "stroke", theme, card)
        dimmed = paint(look("rect", "overlay"), "fill", theme, seen)
        assert contrast(dimmed, card) >= GRAPHIC


@in_both_themes
def test_every_name_of_a_colour_is_given_and_readable(theme):
    assert set(THEMES) == {"light", "dark"} and set(THEMES["light"]) == set(THEMES["dark"])
    named = set(re.findall(r"var\(--drc-([\w-]+)\)", stylesheet()))
    # How much smaller a panel of a film is: no colour.
    assert named - {"shrunk"} <= set(THEMES[theme])
    card = rgb(THEMES[theme]["card"])
    for name, colour in THEMES[theme].items():
        if name not in ("card", "wall", "depth"):
            least = GRAPHIC if name == "rule" else TEXT
            assert contrast(rgb(colour), card) >= least, name


# Print: figures on white


def figure_grounds(theme):
    """The colours of a figure's wall under 0, 1, ... bands: 0 on paper, 1 on the dark theme."""
    colours = [rgb(GROUND["wall"][theme])]
    for _ in range(10):
        colours.append(over(rgb(GROUND["depth"][theme]), colours[-1], BAND_ALPHA))
    return colours


@pytest.mark.parametrize("theme", [0, 1])
def test_the_ground_of_figures_is_darker_the_lower_it_is_in_both_themes(theme):
    light = np.array([116 * np.cbrt(luminance(colour)) - 16 for colour in figure_grounds(theme)])
    assert (np.diff(light) < 0).all() and light[0] - light[-1] >= 8


def test_lines_stand_out_from_every_ground_of_the_dark_theme():
    known = counterparts()
    for ground in figure_grounds(1):
        for line in PALETTE.values():
            dark = known.get(line.light) or on_dark(line.light)
            assert contrast(rgb(dark), ground) >= GRAPHIC, line.name
        assert contrast(rgb(GROUND["contour"][1]), ground) >= GRAPHIC


def test_lines_of_print_stand_out_from_paper_and_from_the_ground():
    """Each colour is also that of words, at the end of its line."""
    ground = figure_grounds(0)[-1]
    for name, line in LINES.items():
        assert contrast(rgb(line["color"]), rgb(WHITE)) >= TEXT, name
        assert contrast(rgb(line["color"]), ground) >= GRAPHIC, name
    assert contrast(rgb(GROUND["contour"][0]), ground) >= GRAPHIC
    for colour in (INK, MUTED):
        assert contrast(rgb(colour), rgb(WHITE)) >= TEXT


def test_what_a_figure_draws_has_the_colour_of_the_pictures():
    light = THEMES["light"]
    for kind, line in PALETTE.items():
        assert LINES[line.name]["color"] == line.light
        assert bool(line.dark) == (kind in light) and light.get(kind, line.light) == line.light
    assert (INK, MUTED) == (light["ink"], light["muted"])


def test_a_line_of_print_belongs_to_a_rule_and_not_to_its_name():
    assert LINES[MOMENTUM] is LINES["momentum"]
    renamed = replace(MOMENTUM, name="heavy ball")
    lines = type(LINES)({renamed: LINES[MOMENTUM], "predicted": LINES["predicted"]})
    assert lines[renamed] is lines["heavy ball"] is LINES[MOMENTUM]
    with pytest.raises(KeyError, match="momentum"):
        lines["momentum"]


def test_a_rule_has_a_line_of_its_own():
    """By the rule itself and not by its name, so that a rule can be named anew."""
    rules = [line.what for line in PALETTE.values() if isinstance(line.what, Rule)]
    assert len({id(rule) for rule in rules}) == len(rules) >= 15
    assert class_of(MOMENTUM) == "momentum" and class_of(GRADIENT_DESCENT) == "gd"
    assert class_of(MUON) == ""


# Never by colour alone


def test_no_two_lines_of_print_differ_by_colour_alone():
    looks = {(str(x["linestyle"]), x["marker"]) for x in LINES.values()}
    assert len(looks) == len(LINES) == len({x["color"] for x in LINES.values()})
    movers = [LINES[rule] for rule in MOVERS]
    assert len({str(x["linestyle"]) for x in movers}) == len(movers)


CAST = {"gd", "momentum", "average", "you", "nesterov", "newton", "rmsprop", "adagrad", "adam",
        "amsgrad", "full", "adamw", "adam4", "w1", "w2", "bare", "skip", "norm",
        "joint"}  # fmt: skip


def gaps(classes):
    """What is left of the gaps of a dashed line, in pixels: round ends reach into them."""
    said = look("path", classes)
    lengths = [float(x) for x in re.findall(r"[\d.]+", said.get("stroke-dasharray", "none"))]
    ends = float(said.get("stroke-width", 1)) if said.get("stroke-linecap") == "round" else 0
    return [gap - ends for gap in lengths[1::2]]


@every
def test_dashes_are_seen_as_dashes(kind):
    for elements, _ in drawn(kind):
        for tag, classes, _ in elements:
            if tag in ("path", "polyline") and {"path", "edge", "arrow"} & set(classes.split()):
                assert all(gap >= 1.3 for gap in gaps(classes)), classes


@every
def test_no_two_lines_of_a_picture_differ_by_colour_alone(kind):
    """Lines that meet in a picture have other dashes; dots without lines another size or shape."""
    for elements, _ in drawn(kind):
        kinds = {classes for tag, classes, _ in elements if tag in ("polyline", "path")}
        lines = [c for c in kinds if {"path", "edge"} & set(c.split()) and CAST & set(c.split())]
        dots = [c for c in kinds if c.startswith("dots ") and not lines]
        for sort, traits in (
            (lines, ("stroke-dasharray", "stroke-width")),
            (dots, ("stroke-linecap", "stroke-width")),
        ):
            for one, other in combinations(sort, 2):
                a, b = look("path", one), look("path", other)
                same = (CAST & set(one.split())) == (CAST & set(other.split()))
                assert same or any(a.get(t) != b.get(t) for t in traits), (one, other)
