"""Names at the ends of curves: apart, near their ends, in order, in every form of a figure."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation, Text

from course_utils.figures import canvas
from course_utils.figures.forms import make_narrow
from course_utils.figures.labels import apart, label_ends
from course_utils.figures.style import tints
from course_utils.svg.colour import lab


def fitted(places, gap):
    """The same by another way: projections onto one gap after the other (Dykstra 1983)."""
    order = np.argsort(places, kind="stable")
    x, wrongs = np.asarray(places, float)[order], np.zeros(len(places))
    for _ in range(20_000):
        for i in range(len(x) - 1):
            x[i] -= wrongs[i]
            x[i + 1] += wrongs[i]
            wrongs[i] = -max(gap - (x[i + 1] - x[i]), 0) / 2
            x[i] += wrongs[i]
            x[i + 1] -= wrongs[i]
    back = np.empty_like(x)
    back[order] = x
    return back


@pytest.mark.parametrize("seed", range(5))
def test_places_are_the_nearest_that_are_apart(seed):
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 40, 6)
    found = apart(places, 10, -1e3, 1e3)
    assert np.diff(np.sort(found)).min() >= 10 - 1e-9
    assert list(np.argsort(found)) == list(np.argsort(places)), "a name changed its place"
    assert found == pytest.approx(fitted(places, 10), abs=1e-3)


def test_places_that_are_apart_stay():
    assert apart([3, 40, 21], 10, 0, 50) == pytest.approx([3, 40, 21])


def test_places_stay_between_the_ends():
    assert apart([0, 1, 2], 10, 0, 100) == pytest.approx([0, 10, 20])
    assert apart([99, 98, 120], 10, 0, 100) == pytest.approx([90, 80, 100])
    assert apart([-50], 10, 0, 100) == pytest.approx([0])


def named(column):
    figure, axes = canvas(2, 9, 3.2)
    for ax in axes:
        ends = [(f"curve {k}", 100, 1e-3 * (1 + 0.01 * k), "#1f2328") for k in range(5)]
        for _, x, y, color in ends:
            ax.semilogy([0, x], [1e2, y], color=color)
        label_ends(ax, ends, column)
    return figure, axes


@pytest.mark.parametrize("form", ["wide", "narrow"])
@pytest.mark.parametrize("column", [False, True])
def test_names_never_lie_on_each_other_and_all_are_in_the_figure(form, column):
    figure, axes = named(column)
    figure.draw_without_rendering()
    if form == "narrow":
        make_narrow(figure)
    figure.draw_without_rendering()
    renderer, whole, boxes = FigureCanvasAgg(figure).get_renderer(), figure.bbox, []
    for name in figure.findobj(Annotation):
        name.update_positions(renderer)
        # The words alone, without the line that leads to them
        boxes.append(Text.get_window_extent(name, renderer))
    assert len(boxes) == 10
    for one, other in combinations(boxes, 2):
        height = min(one.height, other.height)
        assert one.x1 <= other.x0 or other.x1 <= one.x0 or abs(one.y0 - other.y0) > 0.8 * height
    assert all(box.x1 <= whole.x1 + 1 and box.y0 >= whole.y0 - 1 for box in boxes)


def test_variants_of_a_rule_differ_in_tint_and_dash():
    looks = tints("gradient descent", 5)
    assert len({str(look["linestyle"]) for look in looks}) == 5
    light = [lab(look["color"])[0] for look in looks]
    assert min(np.diff(light)) > 8
    with pytest.raises(ValueError, match="too few for 6"):
        tints("gradient descent", 6)
