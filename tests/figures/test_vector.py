"""Figures as SVG: small, the same each time, of two themes, and for wide and narrow pages."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.text import Text

from course_utils.figures import (
    LINES,
    Captioned,
    beside,
    canvas,
    draw_contours,
    label_end,
    name_axes,
)
from course_utils.figures.drawn import SCALE
from course_utils.figures.forms import on_two_lines
from course_utils.figures.labels import label_ends
from course_utils.figures.vector import dark_side, on_dark, path, simplified, turned, vector
from course_utils.surfaces import ravine
from course_utils.svg import palette
from course_utils.svg.colour import lab

SVG = "{http://www.w3.org/2000/svg}"


def figure(columns=2):
    drawn, axes = canvas(columns, 9, 3)
    for ax, look in zip(np.ravel(axes), ("momentum", "Adam"), strict=False):
        t = np.linspace(0, 30, 400)
        ax.plot(t, np.sin(t), **{**LINES[look], "marker": ""})
        label_end(ax, 30, 0, look, LINES[look]["color"])
        name_axes(ax, "step, counted from the first one that momentum has made", "loss", look)
    return drawn


def both():
    return [ElementTree.fromstring(form) for form in Captioned(figure(), "").forms()]


def test_a_figure_is_the_same_bytes_each_time():
    one, other = (Captioned(figure(), "").forms() for _ in range(2))
    assert one == other
    shown = Captioned(figure(), "")
    assert shown.forms() == shown.forms() == one
    assert not re.search(r"20\d\d-|[Mm]atplotlib", "".join(one)), "a date or a version"


def test_words_stay_words():
    for root in both():
        words = [e.text for e in root.iter(f"{SVG}text")]
        assert {"momentum", "Adam", "loss"} <= set(words)


def test_the_narrow_form_puts_the_axes_below_each_other():
    wide, narrow = both()
    sizes = [[float(root.get(k)) for k in ("width", "height")] for root in (wide, narrow)]
    assert sizes[0][0] == pytest.approx(9 * 110, abs=1) and sizes[1][0] < 500
    assert sizes[1][1] > sizes[0][1]
    for root, across in ((wide, True), (narrow, False)):
        places = [
            (float(e.get("x")), float(e.get("y")))
            for e in root.iter(f"{SVG}text")
            if e.text in ("momentum", "Adam") and e.get("font-weight") != "bold"
            and "700" not in e.get("font-weight", "")
        ]  # fmt: skip
        (x1, y1), (x2, y2) = places
        assert (abs(x1 - x2) > 100 and y1 == y2) == across and (y2 - y1 > 100) != across


def test_rows_shared_by_panels_are_named_once_and_in_the_narrow_form_at_each():
    drawn, panels = canvas(2, 9, 3)
    for ax in panels:
        ax.set_yticks([0, 1], ["Adam", "momentum"])
    beside(panels, "rule")
    for form, times in zip(Captioned(drawn, "").forms(), (1, 2), strict=True):
        assert [form.count(f">{word}<") for word in ("Adam", "momentum", "rule")] == [times] * 3


def test_numbers_that_would_touch_are_left_out_and_names_and_the_neutral_one_are_kept():
    numbers, names = [f"{x:g}" for x in (0.4, 0.6, 0.8, 0.9, 1, 1.1, 1.2)], list("abcdefg")
    drawn, panels = canvas(2, 2.6, 2)
    for ax, words in zip(panels, (numbers, names), strict=True):
        ax.set_xlim(0.3, 1.3)
        ax.set_xticks([float(x) for x in numbers], words)
    wide = Captioned(drawn, "").forms()[0]
    assert 0 < sum(f">{x}<" in wide for x in numbers) < len(numbers) and ">1<" in wide
    assert all(f">{word}<" in wide for word in names)


def test_the_name_of_an_axis_beside_long_names_of_rows_is_not_cut_in_the_narrow_form():
    drawn, ax = canvas(1, 9, 3)
    ax.set_yticks([0], ["seeds 100 to 111: 0.055 and 0.004"])
    name_axes(ax, "points more than with a constant η", "")
    narrow = Captioned(drawn, "").forms()[1]
    assert "points more than with a constant η" not in narrow and "points more" in narrow


def narrow_axes(words, at, **place):
    """The axes of a narrow form with two lines and a word, and the boxes of its words."""
    drawn, ax = canvas(1, 9, 4)
    ax.plot([0, 1, 2], [2, 1, 0], color="#0a604e")
    ax.plot([0, 2], [0.2, 2.2], color="#741500")
    label_end(ax, *at, words, "#0a604e", **place)
    name_axes(ax, "step", "loss")
    Captioned(drawn, "").forms()
    drawn.draw_without_rendering()
    return ax, [Text.get_window_extent(t) for t in ax.texts]


def test_words_within_the_axes_make_no_room_for_themselves_in_the_narrow_form():
    ax, (box,) = narrow_axes("best: a long word on a line, 0.667", (1.2, 0.9), xytext=(14, 0))
    assert ax.bbox.width > 0.75 * ax.figure.bbox.width
    assert ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 + 2
    assert ax.texts[0].get_text() == "best: a long word\non a line, 0.667"


def test_words_keep_clear_of_lines_in_the_narrow_form():
    ax, (box,) = narrow_axes("momentum", (0.6, 1.4), xytext=(4, 12))
    for line in ax.lines:
        x = np.linspace(box.x0, box.x1, 50)
        y = np.interp(x, *ax.transData.transform(line.get_xydata()).T)
        assert not ((y > box.y0) & (y < box.y1)).any(), "a line strikes the word through"


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("best: η = 0.111, √β = 0.667", "best: η = 0.111,\n√β = 0.667"),
        ("overdamped, β = 0.4", "overdamped,\nβ = 0.4"),
        ("momentum", "momentum"),
    ],
)
def test_words_are_broken_after_a_comma_or_in_the_middle(said, lines):
    assert on_two_lines(said) == lines


def test_long_names_at_the_ends_of_curves_leave_the_curves_their_room():
    drawn, ax = canvas(1, 9, 4)
    ends = []
    for name, y in (("random signs, 0.23", 0.0), ("all of them agree", 0.1)):
        ax.plot([0, 80], [0, y])
        ends.append((name, 80.0, y, "#1f2328"))
    label_ends(ax, ends)
    Captioned(drawn, "").forms()
    drawn.draw_without_rendering()
    assert [t.get_text() for t in ax.texts] == ["random signs,\n0.23", "all of them\nagree"]
    assert ax.bbox.width > 0.5 * drawn.bbox.width
    one, other = (Text.get_window_extent(t) for t in ax.texts)
    assert not one.overlaps(other)


def test_a_number_gives_way_to_the_name_of_a_border():
    drawn, ax = canvas(1, 9, 4)
    ax.set_xticks([0.0, 0.01, 2.0], ["0", "(1 − √β)²", "2"])
    ax.set_xlim(0, 2)
    _, narrow = Captioned(drawn, "").forms()
    words = [e.text for e in ElementTree.fromstring(narrow).iter(f"{SVG}text")]
    assert "(1 − √β)²" in words and "2" in words and "0" not in words


def test_words_of_both_forms_are_large_enough():
    """The wide form down to 570 pixels, the narrow form down to 280: at least 11 pixels."""
    for root, least in zip(both(), (570, 280), strict=True):
        units = float(root.get("viewBox").split()[2])
        words = [e for e in root.iter(f"{SVG}text") if e.text]
        sizes = [float(e.get("font-size").removesuffix("px")) for e in words]
        assert min(sizes) * least / units >= 10.9


def test_every_colour_has_its_counterpart_on_the_dark_theme():
    """What is drawn in light colours is seen on white, and after the change on the dark card."""
    for form in Captioned(figure(), "").forms():
        style, body = form.split("</style>")
        drawn = set(re.findall(r'(?:fill|stroke)="(#\w+)"', body))
        turned = dict(re.findall(r'\[\w+="(#\w+)"\]\{\w+:(#\w+)\}', style))
        assert drawn == set(turned) >= {palette.LINES["momentum"].light, palette.INK}
        assert turned["#ffffff"] == palette.SURFACES["card"][1]
        assert turned[palette.LINES["adam"].light] == palette.LINES["adam"].dark


def test_tints_and_maps_are_turned():
    """Lines as far from the dark card as they are from paper, and a map with what stands on it."""
    tint, ramp = palette.tint("momentum", 1, 3), palette.ramp(0.3)
    style = dark_side(f'<path stroke="{tint}" /><path fill="{tint}" /><path fill="{ramp}" />')
    assert f'[stroke="{tint}"]{{stroke:{on_dark(tint)}}}' in style
    assert f'[fill="{tint}"]{{fill:{on_dark(tint)}}}' in style
    assert f'[fill="{ramp}"]{{fill:{turned(ramp)}}}' in style
    order = [lab(on_dark(palette.tint("Adam", k, 4)))[0] for k in range(4)]
    assert order == sorted(order, reverse=True) and order[-1] > 50
    card, ink = (lab(palette.SURFACES[name][1])[0] for name in ("card", "ink"))
    assert lab(turned("#ffffff"))[0] == pytest.approx(card, abs=2)
    assert lab(turned("#000000"))[0] == pytest.approx(ink, abs=5)


def test_contours_are_small():
    drawn, ax = canvas(height=4)
    draw_contours(ax, ravine())
    assert len(vector(drawn, SCALE)) < 25_000


def places(d):
    """The corners of a path of short moves."""
    here, found = np.zeros(2), []
    for letter, numbers in re.findall(r"([mlz])([^mlz]*)", d):
        moves = np.array(re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers), float).reshape(-1, 2)
        for move in moves:
            here = here + move
            found.append(here)
        assert letter != "z" or not numbers
    return np.array(found)


def test_a_path_keeps_its_places():
    rng = np.random.default_rng(3)
    corners = rng.uniform(0, 600, (200, 2)).round(3)
    d = "M " + " \nL ".join(f"{x} {y}" for x, y in corners) + " \nz"
    assert np.abs(places(path(d)) - corners).max() < 0.0501, "errors must not add up"


def test_a_path_starts_anew():
    assert path("M 1 2 \nL 3 2 \nz \nM 5 5 \nL 5 6") == "m1 2l2 0zm4 3l0 1"


def test_a_path_of_another_letter_is_refused():
    with pytest.raises(ValueError, match="'A'"):
        path("M 0 0 \nA 1 1 0 0 1 2 2")


def test_a_line_is_simplified_within_its_tolerance():
    t = np.linspace(0, 1, 3000)
    line = np.column_stack([600 * t, 200 * np.sin(9 * t)])
    left = np.array([line[0], *simplified([tuple(p) for p in line], 0.07)])
    assert len(left) < 300
    assert np.abs(np.interp(line[:, 0], left[:, 0], left[:, 1]) - line[:, 1]).max() < 0.2
    assert simplified([(0, 0), (1, 0), (2, 0), (3, 0)]) == [(3, 0)]
    there_and_back = [(0, 0), (5, 0), (9, 0), (4, 0), (1, 0)]
    assert (9, 0) in simplified(there_and_back)
