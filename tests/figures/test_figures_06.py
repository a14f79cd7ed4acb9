"""What the figures of lesson 06 promise to show."""

import numpy as np
import pytest

from course_utils.descent import descend
from course_utils.figures import lesson_06
from course_utils.optimizers import GRADIENT_DESCENT, RMSPROP, smoothed
from course_utils.surfaces import ravine


def arrows(ax):
    """From where to where the arrows of a panel lead, (w1, w2) each."""
    found = [note for note in ax.texts if note.get_text() == ""]
    return [(np.array(note.xyann)[::-1], np.array(note.xy)[::-1]) for note in found]


def test_the_gradient_s_arrow_points_as_the_gradient_does_and_leads_to_the_edge():
    surface = ravine(25)
    figure = lesson_06.way_and_gradient(surface)
    (ax,) = figure.figure.axes
    (start, minimum), (again, tip) = arrows(ax)
    assert tuple(start) == tuple(again) == surface.start
    assert np.linalg.norm(minimum) < 0.4
    move, slope = tip - start, surface.gradient(surface.start)
    assert move[0] * slope[1] == pytest.approx(move[1] * slope[0]) and move @ slope < 0
    assert tip[0] == pytest.approx(ax.get_ylim()[0], abs=0.1)
    assert "2 away along w1 and 10 along w2" in figure.caption and "50 along w1" in figure.caption


@pytest.mark.parametrize("slope", [(50.0, -10.0), (-0.1, 3.0)])
def test_no_random_step_beats_the_best_ones(slope):
    figure = lesson_06.ball_and_box(slope)
    assert figure.caption.count("(0 of ") == 2
    (ball,), (box,) = (arrows(ax) for ax in figure.figure.axes)
    assert np.linalg.norm(ball[1]) == pytest.approx(1)
    np.testing.assert_array_equal(box[1], -np.sign(slope))


def test_the_averages_change_places_on_rmsprop_s_own_path_alone():
    zig_zag = descend(ravine(25), GRADIENT_DESCENT, lr=0.076, steps=30).gradients[:30]
    own = descend(ravine(25), RMSPROP, lr=0.1, steps=90)
    figure = lesson_06.two_averages(smoothed(zig_zag**2, beta=0.9), own, lr=0.1)
    ahead = [
        np.sign(np.subtract(*(line.get_ydata() for line in ax.lines)))
        for ax in figure.figure.axes
    ]  # fmt: skip
    assert np.all(ahead[0] == 1)
    # Once, so that "from step 36 to step 90" in the caption is true.
    assert ahead[1][0] == 1 and ahead[1][-1] == -1 and np.sum(np.diff(ahead[1]) != 0) == 1
    assert f"w2's from step {np.argmax(ahead[1] < 0) + 1} to step 90" in figure.caption


def test_the_last_steps_are_as_long_as_eta_and_the_loss_has_risen():
    run = descend(ravine(25), RMSPROP, lr=0.2, steps=300)
    left, right = lesson_06.last_steps(run, 0.2, floor=0.13).figure.axes
    for line in left.lines[:2]:
        assert line.get_ydata()[-1] == pytest.approx(0.2, rel=0.01)
        assert min(line.get_ydata()) < 1e-5
    losses = right.lines[0].get_ydata()
    assert losses[-1] > 100 * min(losses)


def test_the_cycle_stands_half_a_step_from_the_minimum():
    figure = lesson_06.hops(lr=0.4, curvature=3)
    (ax,) = figure.figure.axes
    places = sorted(x for line in ax.lines if line.get_marker() == "o" for x in line.get_xdata())
    assert places == pytest.approx([-0.2, 0.2]) and "the loss stays 0.06" in figure.caption
    assert {(tail[1], tip[1]) for tail, tip in arrows(ax)} == {(-0.2, 0.2), (0.2, -0.2)}
