"""What the figures of lesson 01 say, from numbers found in another way."""

import re

import numpy as np
import pytest

from course_utils.descent import descend
from course_utils.figures import lesson_01 as figures
from course_utils.optimizers import GRADIENT_DESCENT
from course_utils.surfaces import article_ravine, ravine


def numbers(words):
    return [float(x) for x in re.findall(r"\d+(?:\.\d+)?", words)]


def test_the_first_picture_counts_the_crossings():
    said = figures.descent(descend(ravine(25), GRADIENT_DESCENT, lr=0.02, steps=7))
    assert "In 7 steps it crosses the floor of the valley 0 times" in said.caption
    said = figures.descent(descend(ravine(25), GRADIENT_DESCENT, lr=0.07, steps=7))
    assert numbers(said.below) == [7, 7]


def test_the_lowest_point_of_the_larger_factor_is_where_it_is_marked():
    kappa, rates = 5, np.linspace(0, 0.5, 100_001)
    larger = np.maximum(np.abs(1 - rates * kappa), np.abs(1 - rates))
    at = larger.argmin()
    said = figures.two_factors({5: (rates[at], larger[at]), 25: (2 / 26, 24 / 26)})
    assert numbers(said.caption)[-4:] == [0.667, 5, 0.923, 25]
    dots = [line for line in said.figure.axes[0].lines if line.get_marker() == "o"]
    (dot,) = dots
    assert dot.get_xydata()[0] == pytest.approx([5 / 3, 2 / 3], abs=1e-4)


def test_steps_off_the_formula_are_counted():
    said = figures.cost_of_kappa([3, 10, 100], [9, 30, 300], [18, 61, 601], [9.5, 30.1, 298.0])
    assert "at most 2.0 steps off the formula" in said.caption
    assert "2.00 times as many at κ = 100" in said.caption


def test_the_drawn_angle_has_the_largest_value_that_is_said():
    kappas = {k: np.degrees(np.arccos(2 * np.sqrt(k) / (k + 1))) for k in (4, 100)}
    said = figures.worst_angle(kappas)
    for line, largest in zip(said.figure.axes[0].lines, kappas.values(), strict=True):
        assert line.get_ydata().max() == pytest.approx(largest, abs=0.05)


def test_the_stall_and_the_bounce_are_those_of_their_runs():
    run = descend(ravine(1000), GRADIENT_DESCENT, lr=0.0002, steps=400)
    flat = 50 * (1 - 0.0002) ** (2 * np.array([100, 200]))
    said = numbers(figures.stall(run, 200).caption)
    assert said[4:6] == pytest.approx([100 * (1 - flat[1] / flat[0]), flat[1]], abs=0.06)
    runs = [descend(article_ravine(), GRADIENT_DESCENT, lr=x, steps=200) for x in (0.05, 0.02)]
    assert (
        "±0.43301 along the steep axis (predicted ±0.43301)"
        in figures.walls(*runs, np.sqrt(3) / 4).caption
    )


def test_rates_that_vary_leave_what_is_said():
    said = figures.rates_that_vary([1 / 9, 1.0], 0.2, 9, 1).caption
    curvature = np.linspace(1, 9, 100_001)
    largest = np.abs((1 - curvature / 9) * (1 - curvature)).max()
    assert numbers(said)[-2:] == pytest.approx([0.64, largest], abs=0.0006)
