"""Pictures in layers: places, tracks, contours, documents, and colours that can be told apart."""

import re
import struct
from base64 import b64decode
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from bs4 import BeautifulSoup

from course_utils import svg
from course_utils.descent import descend
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM
from course_utils.surfaces import article_ravine, bent_ravine, ravine
from course_utils.svg import (
    Panel,
    Picture,
    Track,
    arrow,
    document,
    filmstrip,
    framed,
    nice_limit,
    number,
    points,
    power_of_ten,
    short_number,
    text,
)
from course_utils.svg.caption import alternative, below, forms
from course_utils.svg.palette import stylesheet
from course_utils.svg.track import GEOMETRY

SVG = "{http://www.w3.org/2000/svg}"
PANEL = Panel(46, 26, 900, 264, (-11.5, 3.5), (-2.2, 2.2))


def parse(markup):
    return ElementTree.fromstring(f"<g>{markup}</g>")


# Places


def test_pixels_and_data_are_each_others_inverse():
    random = np.random.default_rng(1)
    for _ in range(50):
        a, b = random.uniform(-11.5, 3.5), random.uniform(-2.2, 2.2)
        x, y = PANEL.pixels(a, b)
        assert PANEL.contains(x, y)
        assert PANEL.data(x, y) == pytest.approx((a, b))
    assert PANEL.pixels(-11.5, 2.2).tolist() == [46, 26]
    assert PANEL.pixels(3.5, -2.2).tolist() == [946, 290]


def test_up_is_up_and_a_panel_ends_at_its_edges():
    assert PANEL.pixels(0, 1)[1] < PANEL.pixels(0, 0)[1]
    assert PANEL.contains(46, 26) and PANEL.contains(946, 290)
    for x, y in ((45.9, 100), (946.1, 100), (500, 25.9), (500, 290.1)):
        assert not PANEL.contains(x, y)


def test_a_logarithmic_panel_has_equal_decades():
    panel = Panel(0, 0, 100, 90, (0, 10), (1e-3, 1e6), log=True)
    y = panel.pixels(0, [1e-3, 1, 1e3, 1e6])[:, 1]
    assert y == pytest.approx([90, 60, 30, 0])
    assert np.isfinite(panel.pixels(0, [0.0, -1.0, 1e-320])).all()
    log = Panel(50, 20, 300, 200, (-5, 5), (1e-2, 1e3), log=True)
    for a, b in ((-5, 1e-2), (0, 1), (3, 250.0)):
        assert log.data(*log.pixels(a, b)) == pytest.approx((a, b))


def test_places_stay_within_reach_of_the_picture():
    far = PANEL.pixels([1e9, -1e9], [1e9, -1e9])
    assert np.abs(far).max() <= 6000
    assert PANEL.pixels(np.arange(3), np.zeros(3)).shape == (3, 2)
    assert PANEL.pixels(np.arange(3), 0).shape == (3, 2)


def test_numbers_are_tenths_as_short_as_can_be():
    said = {1.0: "1", 1.04: "1", 1.06: "1.1", -0.04: "0", -0.0: "0", -2.5: "-2.5", 100: "100"}
    assert {x: number(x) for x in said} == said
    assert points([(1, 2.25), (3.14159, -0.01)]) == "1,2.2 3.1,0"
    for x in np.random.default_rng(0).normal(size=200) * 300:
        assert float(number(x)) == pytest.approx(x, abs=0.0501)


def test_powers_of_ten_and_limits_for_people():
    words = [power_of_ten(x) for x in (1e-6, 0.1, 1, 10, 100, 1000, 1e12)]
    assert words == ["10⁻⁶", "10⁻¹", "1", "10", "100", "10³", "10¹²"]
    limits = [nice_limit(x) for x in (0.03, 0.2, 1, 1.01, 4, 5.1, 9999, 0, np.inf, np.nan, -3)]
    assert limits == pytest.approx([0.05, 0.2, 1, 2, 5, 10, 10000, 1, 1, 1, 1])


def test_text_is_escaped_and_placed():
    words = text(1.23, 4, 'a < b & "c"', "halo small", "middle", font_weight="bold")
    element = ElementTree.fromstring(words)
    assert element.text == 'a < b & "c"' and element.get("font-weight") == "bold"
    assert (element.get("x"), element.get("y")) == ("1.2", "4")
    assert (element.get("class"), element.get("text-anchor")) == ("halo small", "middle")


def test_an_arrow_ends_at_its_tip_with_a_head_on_both_sides():
    path = arrow(10, 10, 110, 10)
    numbers = [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", path)]
    assert numbers == [10, 10, 110, 10, 100, 15, 110, 10, 100, 5]
    short = [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", arrow(0, 0, 0, 4))]
    assert short[2:4] == [0, 4] and abs(short[5] - 2.2) < 0.05
    assert arrow(5, 5, 5.2, 5) == "M5 5"


def test_axes_name_themselves_and_tick_where_they_should():
    root = parse(PANEL.axes((-10, 0), (-2, 2), "w2, flat", "w1, steep"))
    words = {e.text: (float(e.get("x")), float(e.get("y"))) for e in root.iter("text")}
    assert set(words) == {"−10", "0", "−2", "2", "w2, flat", "w1, steep"}
    assert words["−10"][0] == pytest.approx(PANEL.pixels(-10, 0)[0], abs=0.1)
    assert words["2"][1] == pytest.approx(PANEL.pixels(0, 2)[1] + 4, abs=0.1)
    ticks = [e.get("d") for e in root.iter("path")]
    assert len(ticks) == 4
    x, y = PANEL.pixels(-10, -2.2)
    assert f"M{number(x)} {number(y)}v4" in ticks
    log = Panel(0, 0, 100, 90, (0, 10), (1e-3, 1e6), log=True)
    assert {e.text for e in parse(log.axes((), (1e-3, 1, 1e6))).iter("text")} == {
        "10⁻³",
        "1",
        "10⁶",
    }


def test_large_and_small_numbers_of_an_axis_are_powers_of_ten():
    said = {0: "0", -2: "-2", 0.05: "0.05", 2000: "2000", 0.00125: "0.00125", 1e7: "10⁷",
            -1e7: "-10⁷", -5e4: "-5·10⁴", 2e-5: "2·10⁻⁵", 15200: "1.52·10⁴"}  # fmt: skip
    assert {x: short_number(x) for x in said} == said


def test_who_is_at_the_goal_is_said_from_that_step_on():
    shapes, tracks = svg.arrivals(
        PANEL, 5, ("slow", "gd", 4), ("lost", "adam", None), ("quick", "momentum", 2)
    )
    assert [t.values for t in tracks] == [
        ["", "", *["quick at the goal: step 2"] * 4],
        [*[""] * 4, *["slow at the goal: step 4"] * 2],
    ]
    first, second = (float(e.get("y")) for e in parse(shapes).iter("text"))
    assert second - first >= 18


# Contours


def outlines(markup):
    for e in parse(markup).iter("path"):
        if e.get("class") == "band":
            numbers = re.findall(r"(-?[\d.]+),(-?[\d.]+)", e.get("d"))
            yield np.array(numbers, dtype=float)


@pytest.mark.parametrize(
    ("surface", "panel"),
    [
        (ravine(), PANEL),
        (ravine(100, c=0.25), PANEL),
        (ravine(theta=0.2), Panel(46, 26, 900, 300, (-8, 7), (-2.5, 2.5))),
        (article_ravine(), Panel(0, 0, 650, 600, (-1, 5.5), (-3, 3))),
        (bent_ravine(), Panel(0, 0, 650, 600, (-1, 5.5), (-3, 3))),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_contours_pass_through_their_level(surface, panel):
    w2, w1 = np.linspace(*panel.across, 161), np.linspace(*panel.up, 81)
    losses = surface.value(np.stack(np.meshgrid(w1, w2, indexing="ij")))
    low, high = losses.min(), losses.max()
    bands = list(outlines(panel.contours(surface)))
    assert len(bands) == 9
    for band, k in zip(bands, range(9, 0, -1), strict=True):
        level = low + (high - low) * (k / 10) ** 2
        x, y = band.T
        edge = (np.abs(x - panel.x) < 0.2) | (np.abs(x - panel.x - panel.width) < 0.2)
        edge |= (np.abs(y - panel.y) < 0.2) | (np.abs(y - panel.y - panel.height) < 0.2)
        inside = band[~edge]
        assert len(inside) > 20
        at = np.array([panel.data(*p)[::-1] for p in inside]).T
        # How far the loss is off, in pixels along the slope.
        slope = surface.gradient(at) / (
            np.array([[panel.height / np.ptp(panel.up)], [panel.width / np.ptp(panel.across)]])
        )
        off = np.abs(surface.value(at) - level) / np.maximum(np.hypot(*slope), 1e-9)
        assert np.median(off) < 0.7
        assert off.max() < 3


def test_bands_lie_inside_each_other_with_the_minimum_in_the_deepest():
    bands = list(outlines(PANEL.contours(ravine())))
    areas = [
        abs(np.sum(b[:, 0] * np.roll(b[:, 1], 1) - b[:, 1] * np.roll(b[:, 0], 1))) / 2
        for b in bands
    ]
    assert (np.diff(areas) < 0).all()
    x, y = PANEL.pixels(0, 0)
    deepest = bands[-1]
    assert deepest[:, 0].min() < x < deepest[:, 0].max()
    assert deepest[:, 1].min() < y < deepest[:, 1].max()


def test_a_band_with_a_hole_is_an_outline_and_a_hole():
    """And no line leads from one to the other."""
    a, b = np.linspace(-2, 2, 41), np.linspace(-2, 2, 41)
    ring = np.abs(np.hypot(*np.meshgrid(a, b)) - 1.2)
    panel = Panel(0, 0, 400, 400, (-2, 2), (-2, 2))
    (path,) = (e.get("d") for e in parse(panel.bands(a, b, ring, [0.4])).iter("path"))
    pieces = [piece for piece in path.split("M") if piece]
    assert len(pieces) == 2 and all(piece.endswith("z") for piece in pieces)
    for piece in pieces:
        x, y = np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", piece), dtype=float).T
        assert np.ptp(np.hypot(x - 200, y - 200)) < 3


def test_the_number_of_bands_can_be_chosen_and_the_panel_cuts_them_off():
    markup = PANEL.contours(ravine(), levels=4)
    assert len(list(outlines(markup))) == 4
    root = ElementTree.fromstring(markup)
    assert root.tag == "svg" and root.get("viewBox") == "46 26 900 264"
    assert [root.get(k) for k in ("x", "y", "width", "height")] == ["46", "26", "900", "264"]


# Pictures


TRACKS = {
    "at": (
        "circle",
        [(10, 20), (30.26, 40)],
        "transform",
        ["translate(10 20)", "translate(30.3 40)"],
    ),
    "arrow": ("path", [(0, 0, 50, 0), (0, 0, 0, 0)], "d", [arrow(0, 0, 50, 0), "M0 0"]),
    "upto": ("polyline", [(1, 2), (3, 4)], "points", ["1,2", "1,2 3,4"]),
    "dots": ("path", [(1, 2), (3, 4)], "d", ["M1,2h0", "M1,2h0M3,4h0"]),
    "chunks": ("path", ["M1 2V3", "M4 5V6"], "d", ["M1 2V3", "M1 2V3M4 5V6"]),
    "cloud": ("path", [(1, 2, 3, 4), (5, 6, 7, 8)], "d", ["M1,2h0M3,4h0", "M5,6h0M7,8h0"]),
    "ellipse": (
        "path",
        [(10, 20, 3, 4), (10, 20, 0, 1)],
        "d",
        ["M7 20a3 4 0 1 0 6 0a3 4 0 1 0 -6 0z", "M10 20a0 1 0 1 0 0 0a0 1 0 1 0 0 0z"],
    ),
    "text": ("text", ["step 0", "a < b"], None, ["step 0", "a < b"]),
    "label": (
        "text",
        [(0, 0, 100, 0), (0, 0, 3, 0)],
        "transform",
        ["translate(108 5)", "translate(11 5)"],
    ),
}


def one_track(kind):
    tag, values, _, _ = TRACKS[kind]
    track = Track("x", kind, values, extra=(8, 5, "-g") if kind == "label" else (0, 0, ""))
    return Picture(100, 50, "a title", "<path/>", f'<{tag} data-k="x" class="c"/>', (track,))


@pytest.mark.parametrize("kind", TRACKS)
def test_a_still_shows_the_step(kind):
    tag, _, attribute, expected = TRACKS[kind]
    picture = one_track(kind)
    for step, value in enumerate(expected):
        element = list(parse(picture.still(step)).iter(tag))[-1]
        assert (element.text if attribute is None else element.get(attribute)) == value
        assert element.get("class") == "c" and element.get("data-k") is None
    assert picture.still(98) == picture.still(99) == picture.still(1)


def test_a_label_is_silent_where_its_arrow_is_short():
    picture = one_track("label")
    assert [next(parse(picture.still(k)).iter("text")).text or "" for k in (0, 1)] == ["-g", ""]
    at_the_limit = [(0, 0, GEOMETRY["labelled"], 0), (0, 0, GEOMETRY["labelled"] + 0.1, 0)]
    track = Track("x", "label", at_the_limit, extra=(0, 0, "word"))
    picture = Picture(9, 9, "", "", '<text data-k="x"/>', (track,))
    assert [next(parse(picture.still(k)).iter("text")).text or "" for k in (0, 1)] == ["", "word"]


def test_a_track_travels_in_whole_tenths_of_a_pixel():
    shape, kind, values, extra = Track("p", "at", [(1.26, 2), (3, -4.04)], extra=(1, 2, "w")).wire()
    assert (shape, kind, values["wide"]) == ("p", "at", 2)
    assert list(extra) == [1, 2, "w"]
    assert struct.unpack("<4i", b64decode(values["tenths"])) == (13, 20, 30, -40)
    assert Track("p", "at", [(1, 2)], like="q").wire()[2] == "q"
    assert Track("p", "text", ["one"]).wire()[2] == ["one"]
    assert Track("p", "chunks", ["M1 2"]).wire()[2] == ["M1 2"]


def test_a_shape_that_is_not_there_is_not_moved():
    picture = Picture(9, 9, "", "", "<path/>", (Track("nobody", "at", [(1, 2)]),))
    assert "translate" not in picture.still(0)


def test_a_picture_speaks_about_each_step():
    picture = Picture(9, 9, "", spoken=("Step {0}: loss {1}.", (["0", "1", "2"], ["9"])))
    assert [picture.says(k) for k in (0, 2, 7)] == [
        "Step 0: loss 9.",
        "Step 2: loss 9.",
        "Step 2: loss 9.",
    ]
    assert Picture(9, 9, "", spoken=("Nothing moves.", ())).says(3) == "Nothing moves."
    assert Picture(9, 9, "", spoken=("Nothing moves.", ())).seen(3) == "Nothing moves."


@pytest.mark.parametrize(
    ("sentence", "seen"),
    [
        ("η = 1. [Step {0}: here.] There.", "Step 7: here."),
        ("[Step {0}], rate 1[: here], said there, [and there], said here[.] Far. [Far.]",
         "Step 7: here and there. Far."),
        ("[Step {0}: all.]", "Step 7: all."),
    ],
)  # fmt: skip
def test_what_is_seen_of_a_sentence_stands_in_brackets(sentence, seen):
    picture = Picture(9, 9, "", spoken=(sentence, (["7"],)))
    picture.check(0)
    assert picture.seen(0) == seen
    assert picture.says(0) == sentence.translate({ord("["): None, ord("]"): None}).format(7)


@pytest.mark.parametrize("sentence", ["[Step {0}.", "Step {0}.]", "[Step [{0}].]", "Step {0}.[]"])
def test_a_bracket_without_its_other_is_refused(sentence):
    with pytest.raises(ValueError, match=r"(?s)^Each \[ of the picture's sentence .*Step"):
        Picture(9, 9, "", spoken=(sentence, (["7"],))).check(0)


def test_a_document_is_named_and_drawn_on_a_card():
    root = ElementTree.fromstring(document(960, 466.5, "κ < 25 & more", "<path/>"))
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    assert root.get("viewBox") == "0 0 960 466.5" and root.get("width") == "880"
    assert root[0].tag == f"{SVG}title" and root[0].text == "κ < 25 & more"
    card = root.find(f"{SVG}rect")
    assert card.get("class") == "card" and (card.get("width"), card.get("height")) == (
        "100%",
        "100%",
    )
    css = root.find(f"{SVG}style").text
    assert "--drc-card:#ffffff" in css and "data-jp-theme-light" not in css and "\n" not in css


def whole_picture():
    surface = ravine()
    runs = [
        descend(surface, GRADIENT_DESCENT, lr=0.076, steps=20),
        descend(surface, MOMENTUM, lr=0.076, beta=0.5, steps=20),
    ]
    trails = [
        svg.trail(PANEL, run, 20, kind) for run, kind in zip(runs, ("gd", "momentum"), strict=True)
    ]
    now = runs[0].positions
    pieces = svg.together(
        svg.with_minimum(surface, PANEL, *trails),
        svg.split_step(PANEL, now, -0.076 * runs[0].gradients),
        svg.counter(PANEL, [f"step {k}" for k in range(21)]),
        svg.curve(PANEL, runs[0].losses / 50, "loss", "gd"),
        svg.bars(PANEL, now[:, 0], "bars", "w1"),
    )
    back = svg.contour_map(surface, PANEL) + svg.level(PANEL, 1, "goal")
    front = PANEL.inside(pieces[0]) + svg.legend(18, (10, "momentum", "momentum", "path momentum"))
    return Picture(960, 320, "both", back, front, tuple(pieces[1])), runs


def test_pieces_make_a_valid_picture_that_follows_the_runs():
    picture, runs = whole_picture()
    for step in (0, 7, 20):
        root = ElementTree.fromstring(picture.svg(step))
        assert root.get("role") == "img"
        circles = [e for e in root.iter(f"{SVG}circle") if e.get("r") in ("6", "7")]
        for circle, run in zip(circles, runs, strict=True):
            x, y = PANEL.pixels(*run.positions[step][::-1])
            assert circle.get("transform") == f"translate({number(x)} {number(y)})"
        lines = {}
        for e in root.iter(f"{SVG}polyline"):
            lines.setdefault(e.get("class").split()[0], []).append(e.get("points").split())
        assert [len(x) for x in lines["path"]] == [step + 1] * 3
        assert lines["casing"] == lines["path"][:2], "each trail has a casing"
        (future,) = lines["ghost"]
        ends = PANEL.pixels([0, 20], runs[0].losses[[0, -1]] / 50)
        assert [future[0], future[-1]] == [points([end]) for end in ends], "the future is faint"
        words = [e.text for e in root.iter(f"{SVG}text")]
        assert f"step {step}" in words and "minimum" in words and "goal" in words
    shapes = {e.get("data-k") for e in parse(picture.front).iter() if e.get("data-k")}
    assert shapes == {track.shape for track in picture.tracks}


@pytest.mark.parametrize("minimum", [(0.0, 0.0), (0.5, 1.0)])
def test_the_minimum_is_marked_where_it_is(minimum):
    panel = Panel(0, 0, 400, 400, (-1, 3), (-2, 2))
    root = parse(svg.contour_map(replace(ravine(), minimum=minimum), panel))
    (cross,) = (e.get("d") for e in root.iter("path") if e.get("class") == "minimum")
    x, y = panel.pixels(minimum[1], minimum[0])
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", cross)]
    assert numbers == pytest.approx([x - 7, y, 14, x, y - 7, 14], abs=0.06)


def test_the_parts_of_a_step_are_its_parts():
    shapes, tracks = svg.split_step(PANEL, np.array([[1.0, -5.0]]), np.array([[-0.5, 2.0]]))
    tails = {t.shape: np.asarray(t.values[0]) for t in tracks if t.kind == "arrow"}
    assert tails["fresh"] == pytest.approx(np.r_[PANEL.pixels(-5, 1), PANEL.pixels(-3, 0.5)])
    assert tails["part1"] == pytest.approx(np.r_[PANEL.pixels(-5, 1), PANEL.pixels(-5, 0.5)])
    assert tails["part2"] == pytest.approx(np.r_[PANEL.pixels(-5, 1), PANEL.pixels(-3, 1)])
    root = parse(shapes)
    assert {e.get("class").split()[-1] for e in root.iter("path")} == {"casing", "w1", "w2", "ink"}


def test_bars_stand_on_zero():
    _, (track,) = svg.bars(PANEL, np.array([1.0, -2.0]), "b", "w1")
    zero = number(PANEL.pixels(0, 0)[1])
    for k, value in enumerate((1.0, -2.0)):
        x, y = PANEL.pixels(k, value)
        assert track.values[k] == f"M{number(x)} {zero}V{number(y)}"


def test_two_builds_are_the_same_bytes():
    (one, _), (other, _) = whole_picture(), whole_picture()
    assert one.svg(9) == other.svg(9)
    assert [t.wire() for t in one.tracks] == [t.wire() for t in other.tracks]
    assert filmstrip([(one, 3)]).picture == filmstrip([(other, 3)]).picture


def test_every_coordinate_is_a_tenth_of_a_pixel():
    picture, _ = whole_picture()
    for step in (3, 20):
        root = parse(picture.still(step))
        for e in root.iter():
            for key in ("x", "y", "d", "points", "transform", "width", "height", "cx", "cy"):
                for decimals in re.findall(r"\d\.(\d+)", e.get(key, "")):
                    assert len(decimals) == 1, (e.tag, key, e.get(key))


def boxes_of_names(panel, places):
    """At each step the boxes of the names that are shown, by path: left, top, right, bottom."""
    entries = [(f"path {i}", "gd", place) for i, place in enumerate(places)]
    _, tracks = svg.named(panel, panel.pixels(0, 0), *entries)
    at, words = tracks[::2], tracks[1::2]
    for step in range(len(places[0])):
        shown = {}
        for i, (here, said) in enumerate(zip(at, words, strict=True)):
            assert said.values[step] in ("", f"path {i}")
            if said.values[step]:
                x, y = here.values[step]
                shown[i] = np.array([x, y - 9.5, x + 6 * 8, y + 2.5])
        yield step, shown


@pytest.mark.parametrize("seed", range(5))
def test_a_name_lies_on_no_path_no_other_name_and_not_on_the_minimum_s(seed):
    random, seen = np.random.default_rng(seed), 0
    places = [np.array([300.0, 150]) + np.cumsum(random.normal(0, 14, (30, 2)), 0) for _ in "abc"]
    for step, shown in boxes_of_names(PANEL, places):
        seen += len(shown)
        for i, (left, top, right, bottom) in shown.items():
            assert PANEL.contains(left, top) and PANEL.contains(right, bottom)
            for place in places:
                x, y = place[: step + 1].T
                assert not ((left < x) & (x < right) & (top < y) & (y < bottom)).any()
            x, y = PANEL.pixels(0, 0)
            for a, b in ((x, y), (x, y + 22)):
                assert not (left < a < right and top < b < bottom)
            for k in set(shown) - {i}:
                low, high = np.maximum(shown[i], shown[k])[:2], np.minimum(shown[i], shown[k])[2:]
                assert not (low < high).all()
                assert np.hypot(*(places[i][step] - places[k][step])) > 15
            gap = np.maximum([left, top] - places[i][step], places[i][step] - [right, bottom])
            assert np.hypot(*np.maximum(gap, 0)) < 20, "a name is beside its point"
    assert seen > 20


def test_points_that_are_one_have_no_names():
    place = np.array([[300.0, 150.0], [340.0, 120.0]])
    apart = place + [[0, 0], [60, 90]]
    assert [len(shown) for _, shown in boxes_of_names(PANEL, [place, apart])] == [0, 2]


# Captions


def test_small_multiples_are_the_grounds_alone_under_one_legend():
    picture, runs = whole_picture()
    loss = Panel(46, 330, 900, 90, (0, 20), (0, 1))
    extra = loss.frame() + loss.inside(svg.line(loss, [0, 1], [0, 1], "path w1"))
    picture = replace(
        picture, front=picture.front + extra, spoken=("Of two, [step {0}.]", (list("ab"),))
    )
    strip = svg.small_multiples([(picture, 4), (picture, 9)], [PANEL])
    assert strip.caption == "(a) Of two, step b. (b) Of two, step b."
    assert strip.below == "(a) step b.\n(b) step b."
    root = ElementTree.fromstring(strip.picture)
    grounds = [e for e in root.iter(f"{SVG}svg") if e.get("class") == "multiple"]
    assert len(grounds) == 2
    for ground, step in zip(grounds, (4, 9), strict=True):
        trails = [e for e in ground.iter(f"{SVG}polyline") if e.get("class") == "path momentum"]
        assert [len(e.get("points").split()) for e in trails] == [step + 1]
        words = [e.text for e in ground.iter(f"{SVG}text")]
        assert f"step {step}" in words and "minimum" in words and "momentum" not in words
    assert [e.text for e in root.iter(f"{SVG}text")].count("momentum") == 1
    assert "path w1" not in strip.picture
    with_loss = svg.small_multiples([(picture, 4), (picture, 9)], [PANEL, loss]).picture
    grounds = [e for e in ElementTree.fromstring(with_loss).iter(f"{SVG}svg")
               if e.get("class") == "multiple"]  # fmt: skip
    assert ["path w1" in ElementTree.tostring(e, "unicode") for e in grounds] == [False, True] * 2
    # A panel of the picture's own width is made half as large, and its words as large as they were.
    assert grounds[0].get("style") == "--drc-shrunk:1.96"


def test_a_line_that_only_another_still_has_is_named_beside_its_title():
    picture, _ = whole_picture()
    other = replace(
        picture,
        front=picture.front.replace("path momentum", "path adam").replace(">momentum<", ">Adam<"),
    )
    strip = svg.small_multiples([(picture, 4), (other, 4), (picture, 9)], [PANEL])
    root = ElementTree.fromstring(strip.picture)
    words = [e.text for e in root.iter(f"{SVG}text")]
    assert words.count("momentum") == 1 and words.count("Adam") == 1
    samples = [e for e in root.iter(f"{SVG}path") if e.get("class") == "path adam"]
    assert [e.get("d")[-3:] for e in samples] == ["h32"]
    # It ends where its panel does.
    (name,) = (e for e in root.iter(f"{SVG}text") if e.text == "Adam")
    assert 400 < float(name.get("x")) < (960 - 24) / 2


def test_no_name_of_an_arrow_lies_on_the_minimums_and_what_is_kept_has_one():
    panel = Panel(0, 0, 960, 400, (-11, 3), (-2.4, 2.4))
    now = np.array([[0.3, -0.1], [1.0, -6.0]])
    step = np.array([[-0.5, 0.02], [-0.9, 0.5]])
    kept = np.array([[0.1, 1.0], [0.1, 1.5]])
    _, tracks = svg.split_step(panel, now, step, minimum=np.zeros(2), kept=kept)
    shown = {
        t.shape: [bool(t.labels(k)) for k in (0, 1)] for t in tracks if t.shape.endswith("-word")
    }
    # The first step ends below the minimum, where its name stands.
    assert shown["fresh-word"] == [False, True] and shown["part1-word"] == [False, True]
    assert shown["kept-word"] == [True, True]
    _, free = svg.split_step(panel, now, step, kept=kept)
    assert all(t.labels(0) for t in free if t.shape in ("fresh-word", "kept-word"))


def captions(title="κ = 25"):
    return Picture(100, 50, title, spoken=("At step {0}.", (["0", "1"],)))


def test_a_filmstrip_has_a_letter_and_a_sentence_for_every_still():
    strip = filmstrip([(captions(), 0), (captions(), 1), (captions(), 1)], columns=2)
    assert strip.caption == "(a) At step 0. (b) At step 1. (c) At step 1."
    assert repr(strip) == strip.caption
    root = ElementTree.fromstring(strip.picture)
    words = [e.text for e in root.iter(f"{SVG}text")]
    assert words == ["(a) κ = 25", "(b) κ = 25", "(c) κ = 25"]
    assert root.find(f"{SVG}title").text == strip.caption
    assert root.get("viewBox") == "0 0 214 174"


def test_a_filmstrip_takes_any_title():
    root = ElementTree.fromstring(filmstrip([(captions("a < b & c"), 0)]).picture)
    assert next(root.iter(f"{SVG}text")).text == "(a) a < b & c"


def shown(monkeypatch, figure):
    seen = []
    monkeypatch.setattr("IPython.display.display", lambda x, **how: seen.append(x))
    figure._ipython_display_()
    return seen


def test_a_figure_shows_picture_and_caption(monkeypatch):
    strip = filmstrip([(captions(), 0)])
    (picture,) = shown(monkeypatch, strip)
    assert set(picture) == {"text/html", "text/plain"}
    assert picture["text/plain"] == "(a) At step 0."
    html = picture["text/html"]
    assert forms(html) == (strip.picture,) and alternative(html) == strip.caption
    assert ">(a) At step 0.</figcaption>" in html


def test_a_caption_may_hold_any_letter():
    words = 'Loss < 1 & "rising" > 0, η = 3.'
    html = framed(words, "<svg/>", "<svg></svg>")
    assert alternative(html) == words and forms(html) == ("<svg/>", "<svg></svg>")
    assert BeautifulSoup(html, "html.parser").img["alt"] == words


def test_one_sentence_may_stand_below_for_a_caption_with_all_the_numbers():
    html = framed("Loss 1, 2, 3.", "<svg/>", below="It grows.")
    assert alternative(html) == "Loss 1, 2, 3." and below(html) == "It grows."
    assert below(framed("Loss 1, 2, 3.", "<svg/>")) == "Loss 1, 2, 3."


def test_other_html_holds_no_picture():
    assert forms("<p>3</p>") == () and alternative('<img alt="no">') == below("<p>3</p>") == ""


def test_a_document_follows_the_theme_that_its_reader_prefers():
    document = filmstrip([(captions(), 0)]).picture
    assert "data-jp-theme" not in document
    dark = re.search(r"@media \(prefers-color-scheme: ?dark\)\{\.drc ?\{([^}]*)\}\}", document)
    assert "--drc-card:#14181d" in dark[1]


def test_text_on_the_ground_has_a_halo():
    """So that its contrast is the one against the card, whatever lies below."""
    picture, _ = whole_picture()
    for e in parse(picture.back + picture.front).iter("text"):
        x, y = float(e.get("x", PANEL.x + 1)), float(e.get("y", PANEL.y + 1))
        if PANEL.x < x < PANEL.x + PANEL.width and PANEL.y < y < PANEL.y + PANEL.height:
            assert "halo" in e.get("class").split(), e.text
    halo = re.search(r"\.halo \{([^}]*)\}", stylesheet()).group(1)
    assert "paint-order: stroke" in halo and "stroke: var(--drc-card)" in halo


def test_the_counter_says_the_step_that_is_seen():
    _, (track,) = svg.step_counter(PANEL, 3, every=5)
    assert track.values == ["step 0", "step 5", "step 10", "step 15"]
