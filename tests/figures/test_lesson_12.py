"""What the figures of lesson 12 say, from numbers found in another way."""

import re

import numpy as np
import pytest
from scipy.stats import binomtest

from course_utils.figures import lesson_12 as figures
from course_utils.networks import difference, ratio
from course_utils.networks.depths import KINDS, deep_networks

RECORD = deep_networks()


@pytest.mark.parametrize("count", [0, 1, 12, 18, 23, 24])
def test_the_interval_of_a_share_is_wilsons(count):
    known = binomtest(count, 24).proportion_ci(0.95, "wilson")
    assert figures.share_interval(count, 24) == pytest.approx((known.low, known.high), abs=1e-4)


def test_a_rate_is_open_where_seeds_cannot_tell():
    assert [figures.judged(n, 24) for n in (0, 13, 14, 22, 23, 24)] == [
        "no", "no", "open", "open", "yes", "yes",
    ]  # fmt: skip


def test_filled_circles_are_the_usable_rates_and_hollow_ones_the_open_ones():
    said = figures.usable_rates(RECORD, depths=(3, 12))
    ax, rows = said.figure.axes[1], list(reversed(KINDS))
    for kind in KINDS:
        marks = [line for line in ax.lines if line.get_ydata()[0] == rows.index(kind)]
        for line in marks:
            rate = line.get_xdata()[0]
            reached = (RECORD.accuracies[kind, 12, rate] >= 85).sum()
            low = binomtest(int(reached), 24).proportion_ci(0.95, "wilson").low
            assert (line.get_markerfacecolor() == "white") == (low < 0.75)
    assert "12 layers, plain: no rate" in said.caption
    assert f"{len(RECORD.seeds)} seeds" in said.below


def test_every_chain_has_slope_one_where_its_weights_are_one():
    said = figures.slope_of_a_chain((4, 24))
    for line, depth in zip(said.figure.axes[0].lines, (4, 24), strict=False):
        x, y = line.get_data()
        assert np.interp(1, x, y) == pytest.approx(1)
        assert y[-1] == pytest.approx(1.4 ** (depth - 1))
    assert "0.0059 and 66.2" in said.caption


def test_random_products_are_crushed_and_skips_keep_them():
    said = figures.stretches((3, 12), draws=6)
    plain, eased = said.caption.split("; ")[-2:]
    power = [float(x) for x in re.findall(r"10\^(\d+\.\d)", eased)]
    assert "over 10^8 with 12 layers" in plain and max(power) < 2


def test_a_forest_has_a_panel_a_measure_and_a_row_a_kind():
    draw = np.random.default_rng(0)
    rows = {k: ratio(np.exp(draw.normal(1, 0.1, 9)), np.ones(9)) for k in ("skips", "both")}
    more = {k: difference(draw.normal(size=9), np.zeros(9)) for k in ("skips", "both")}
    said = figures.forest({"a": rows, "b": rows, "c": rows, "d": more}, "plain")
    assert len(said.figure.axes) == 4
    assert [ax.get_title() for ax in said.figure.axes] == ["a", "b", "c", "d"]
    assert "difference" in said.figure.axes[3].get_xlabel()
    assert str(rows["both"]) in said.caption and str(rows["both"]) not in said.below


def test_no_number_is_told_that_rounding_decides():
    at = np.linspace(-1, 1, 5)
    bowl = 1 + np.add.outer(at**2, at**2)
    said = figures.slices({kind: bowl for kind in KINDS}, at, "Four bowls")
    assert "batch norm" not in said.caption and "both 1" in said.caption
