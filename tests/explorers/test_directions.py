"""The error along each direction against descents on whole matrices, whose axes are turned."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.explorers import Directions
from course_utils.explorers.directions import ERROR, spread

SPECTRA = {
    "evenly spaced": lambda n: [1 + 24 * i / (n - 1) for i in range(n)],
    "mostly flat": lambda n: [25 ** (i / (n - 1)) for i in range(n)],
}


def turned_descent(curvatures, lr, steps):
    """Gradient descent on ½wᵀHw with random axes; the errors along them, first ones 1."""
    n = len(curvatures)
    axes, _ = np.linalg.qr(np.random.default_rng(n).standard_normal((n, n)))
    H, w = axes @ np.diag(curvatures) @ axes.T, axes @ np.ones(n)
    for _ in range(steps):
        w = w - lr * H @ w
    return axes.T @ w


STATES = [
    ("evenly spaced", 2, 0.0769, 5),
    ("evenly spaced", 30, 0.0769, 9),
    ("mostly flat", 30, 0.04, 10),
    ("mostly flat", 7, 0.0825, 40),
]


@pytest.mark.parametrize(("how", "n", "lr", "step"), STATES)
def test_it_says_what_a_descent_with_turned_axes_does(how, n, lr, step):
    curvatures = SPECTRA[how](n)
    left = turned_descent(curvatures, lr, step)
    words = Directions(lr=lr, n=n, spectrum=how, step=step).caption().replace("−", "-")
    said = re.search(r"along the flattest (\S+) of .* the steepest (\S+); .* is (\S+) times", words)
    found = [float(x) for x in said.groups()]
    size = np.linalg.norm(left) / np.sqrt(n)
    assert found == pytest.approx([left[0], left[-1], size], rel=0.06, abs=1e-9)
    assert f"of which {sum(lr * x > 1 for x in curvatures)} flip" in words


@pytest.mark.parametrize("step", [0, 4, 9])
def test_each_bar_ends_at_what_is_left(step):
    explorer = Directions(n=5, lr=0.06)
    left = turned_descent(SPECTRA["evenly spaced"](5), 0.06, step)
    picture = explorer.drawn(explorer.state())
    zero = ERROR.pixels(0, 0)[1]
    tops = {}
    for track in picture.tracks:
        if track.kind == "at" and track.shape[:2] in ("up", "do"):
            tops[track.shape] = (zero - track.values[step][1]) / (zero - ERROR.pixels(0, 1)[1])
    for i, value in enumerate(left):
        assert tops[f"up{i}"] == pytest.approx(max(value, 0), abs=1e-9)
        assert tops[f"down{i}"] == pytest.approx(min(value, 0), abs=1e-9)
    ElementTree.fromstring(picture.svg(step))


@pytest.mark.parametrize("how", ["evenly spaced", "mostly flat", "two groups"])
def test_every_spectrum_goes_from_1_to_25_and_has_that_many_directions(how):
    for n in range(2, 31):
        curvatures = spread(how, n)
        assert len(curvatures) == n and np.all(np.diff(curvatures) > 0), n
        assert curvatures[[0, -1]] == pytest.approx([1, 25]), n
