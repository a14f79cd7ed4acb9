"""What the figures of single lessons promise to show."""

import numpy as np
import pytest

from course_utils.figures import lesson_03, lesson_04, lesson_07, lesson_11, lesson_13
from course_utils.networks import Comparison, Followed


def test_of_a_steady_series_all_is_left_and_of_a_flipping_one_little():
    (ax,) = lesson_03.steady_and_flipping(beta=0.9, steps=200).figure.axes
    _, steady, _, flipping = (line.get_ydata() for line in ax.lines)
    assert abs(steady[-1] - 1) < 1e-6
    assert abs(abs(flipping[-1]) - 1 / 19) < 1e-6


def test_each_beta_has_a_panel_with_its_weights_and_its_marks():
    figure = lesson_03.weights((0.5, 0.9), shown=200).figure
    for ax, age in zip(figure.axes, (1, 9), strict=True):
        assert abs(sum(bar.get_height() for bar in ax.patches) - 1) < 1e-6
        assert f"mean age {age}" in [words.get_text() for words in ax.texts]


def test_two_pushes_are_drawn_on_one_scale():
    (ax,) = lesson_04.two_pushes(beta=0.9).figure.axes
    low, high = ax.get_ylim()
    assert low < -0.5 and high > 10
    high_line, low_line = (line.get_ydata() for line in ax.lines)
    assert np.ptp(high_line) > 8 and np.ptp(low_line) < 1.6


def test_a_map_says_where_there_is_no_bound():
    figure = lesson_07.windows({"paper": (0.9, 0.999)}).figure
    said = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert "no bound" not in said[0] and "no bound" in said[1]
    assert all("paper" in words for words in said)


def test_gradients_that_flip_leave_a_nineteenth_and_those_that_agree_all():
    agree, noise, flip = (
        line.get_ydata() for line in lesson_07.three_streams().figure.axes[0].lines
    )
    assert np.allclose(agree, 1) and np.isclose(abs(flip[-1]), 1 / 19, rtol=1e-2)
    assert 0.2 < np.abs(noise).max() <= 1


def test_the_correction_is_judged_at_the_best_rate_of_each():
    high, low = np.full(3, 4.0), np.full(3, 1.0)
    losses = {
        (name, 0.9, rate): ends * np.exp([0.0, 0.1, -0.1])
        for name, rates in (
            ("corrected", {0.1: high, 1: low, 10: high}),
            ("not corrected", {0.1: 3 * high, 1: 2 * low, 10: 20 * high}),
        )
        for rate, ends in rates.items()
    }
    said = lesson_07.correction_by_rate(losses, epochs=6).below
    assert "at η = 1, 2 times" in said and "at 10, over ten times" in said
    assert "each at its best rate, 2 times" in said


def test_a_run_is_shown_until_its_sharpness_would_pass_the_limit():
    sharp = np.array([[4.0], [9.0], [11.0], [8.0]])
    losses = np.linspace(1, 0.4, 4)[:, None]
    runs = Followed(losses, np.arange(4), sharp, np.empty(0), np.empty(0))
    shown = lesson_11.before_the_limit(runs, lr=0.2)
    left, right = shown.figure.axes
    assert list(left.lines[0].get_ydata()) == [4, 9]
    assert list(right.lines[0].get_ydata()) == list(losses[:2, 0])
    assert "every step lowers the loss" in shown.below


def test_a_whole_plan_is_said_by_its_interval():
    tuned, reads = {"momentum": 0.1, "Adam": 0.01}, lesson_11.READS[1]
    plan = {"task": "I", "seeds": [100, 111], "tuned": tuned, "reads": reads}
    plans = [
        {**plan, "sharpness, Adam over momentum": row} for row in ([2, 1.5, 3], [0.9, 0.7, 1.2])
    ]
    plans.append({**plan, "task": "II", "sharpness, Adam over momentum": [0.5, 0.4, 0.6]})
    chosen = {(t, n): 0.1 for t in ("I", "II") for n in ("momentum", "Adam")}
    own = Comparison(1.3, 1.1, 1.5, 1, 12), Comparison(0.5, 0.1, 0.9, 0, 12)
    shown = lesson_11.whole_plans({"plans": plans}, chosen, {"I": own, "II": own})
    assert "task I: no detectable difference in 1, Adam ends sharper in 2" in shown.below
    assert "task II: Adam ends flatter in 1, Adam ends sharper in 1" in shown.below
    assert "no detectable difference in 2, momentum classifies more correctly in 1" in shown.caption


def test_each_rule_has_a_panel_and_marks_its_good_rates():
    rates = np.geomspace(1e-3, 1, 4)
    losses = np.array([[9.0, 9, 9], [1.0, 1, 1], [1.5, 1.5, 1.5], [4.0, 4, 4]])
    figure = lesson_13.losses_by_rate(
        {"momentum": (rates, losses), "Adam": (rates, losses)}, epochs=8
    ).figure
    assert [ax.get_title() for ax in figure.axes] == ["momentum", "Adam"]
    for ax in figure.axes:
        marked = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
        assert [list(line.get_xdata()) for line in marked] == [list(rates[1:3])]


def test_a_best_rate_at_the_end_of_its_range_is_refused():
    rates, losses = np.geomspace(1e-3, 1, 4), np.array([[4.0], [3.0], [2.0], [1.0]])
    with pytest.raises(ValueError, match="last of its grid"):
        lesson_13.within_twice(rates, losses)


def test_laboratories_are_counted_by_the_lowest_loss_and_rules_by_the_lowest_mean():
    field = {"Adam": [1.0, 3.0, 4.0], "momentum": [2.0, 2.0, 2.0]}
    assert lesson_13.counts(field) == {"momentum": 2, "Adam": 1}
    behind = lesson_13.over_lowest(field)
    assert behind["momentum"] == 1 and np.isclose(behind["Adam"], (12 ** (1 / 3)) / 2)
