"""Sharpness of rescaled networks, and the model of its brake."""

import numpy as np
import pytest

from course_utils.curvature import sharpness
from course_utils.networks import Network, digits


def test_rescaling_a_layer_leaves_the_scores_and_moves_the_sharpness():
    data, network = digits(), Network((64, 6, 10), "relu")
    x, y, w = data.x_train[:, :80], data.y_train[:80], network.init(2)
    (W1, b1), (W2, b2) = network.unpack(w)
    other = network.pack([(30 * W1, 30 * b1), (W2 / 30, b2)])
    assert network.scores(other, x) == pytest.approx(network.scores(w, x), abs=1e-12)
    gradient = lambda w: network.gradient(w, x, y)  # noqa: E731
    assert not 0.5 < sharpness(gradient, other) / sharpness(gradient, w) < 2
    relative = [sharpness(gradient, v, scale=1 / (v**2 + 1e-12)) for v in (w, other)]
    assert relative[0] == pytest.approx(relative[1], rel=1e-4)


def test_the_model_of_the_brake_hovers():
    x, y, seen = 1.0, 198.0, []
    for _ in range(3000):
        seen.append((x, y))
        x, y = x - 0.01 * x * y, y + 0.01 * (1 - x * x / 2)
    x, y = np.array(seen).T
    assert 197 < y.min() < y.max() < 203 and y.mean() == pytest.approx(200, rel=1e-3)
    assert np.mean(x[1000:] ** 2) == pytest.approx(2, rel=0.1)
