"""Slices through a landscape: their measure, their values, and what they do not see."""

import numpy as np
import pytest

from course_utils.curvature import filter_normalised, line, plane, random_directions
from course_utils.networks import Network, digits

DATA = digits()
X, Y = DATA.x_train[:, :100], DATA.y_train[:100]


def trained(**parts):
    network = Network((64, 6, 6, 10), "relu", **parts)
    w = network.init(0) + 0.1 * np.random.default_rng(1).normal(size=network.parameters)
    return network, w


def test_every_unit_moves_by_its_own_length_and_nothing_else_moves():
    network, w = trained(batch_norm=True, residual=True)
    for direction in random_directions(w, network.unpack, 2):
        for (W, *_), (D, *others) in zip(network.unpack(w), network.unpack(direction), strict=True):
            lengths = np.linalg.norm(D, axis=1)
            assert lengths == pytest.approx(np.linalg.norm(W, axis=1), rel=1e-12)
            assert all((part == 0).all() for part in others)


def test_the_direction_of_each_unit_stays():
    network, w = trained()
    raw = np.random.default_rng(4).normal(size=w.size)
    scaled = network.unpack(filter_normalised(raw, w, network.unpack))
    for (A, _), (B, _) in zip(network.unpack(raw), scaled, strict=True):
        cosines = (A * B).sum(axis=1) / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1)
        assert cosines == pytest.approx(np.ones(len(cosines)), rel=1e-12)
    assert (raw == np.random.default_rng(4).normal(size=w.size)).all(), "the argument stays"


def test_a_unit_without_weights_does_not_move():
    network, w = trained()
    network.unpack(w)[0][0][2] = 0
    direction = random_directions(w, network.unpack)[0]
    assert (network.unpack(direction)[0][0][2] == 0).all()
    still = filter_normalised(np.zeros_like(w), w, network.unpack)
    assert (still == 0).all()


def test_values_are_losses():
    network, w = trained()
    loss = lambda v: network.loss(v, X, Y)  # noqa: E731
    across, up = random_directions(w, network.unpack, 2, seed=3)
    a, b = np.linspace(-1, 1, 5), np.array([0.0, 0.4, 0.7])
    values = plane(loss, w, across, up, a, b)
    assert values.shape == (3, 5)
    assert values[2, 4] == loss(w + across + 0.7 * up)
    assert values[0, 2] == loss(w)
    assert (line(loss, w, across, a) == values[0]).all()
    assert line(loss, w, across, a.reshape(5, 1)).shape == (5, 1)


def test_on_a_quadratic_the_plane_is_the_quadratic_form():
    H = np.diag([1.0, 4.0, 9.0])
    values = plane(lambda v: v @ H @ v / 2, np.zeros(3), [1, 1, 0], [0, 0, 2], [0, 2], [1, 3])
    assert values.tolist() == [[18, 28], [162, 172]]


def test_a_rescaled_network_has_the_same_slice():
    """Layers times alpha and over alpha: one function, other sharpness, and the same slice."""
    network, w = trained()
    (W1, b1), (W2, b2), last = network.unpack(w)
    other = network.pack([(10 * W1, 10 * b1), (W2 / 10, b2), last])
    maps = []
    for weights in (w, other):
        across, up = random_directions(weights, network.unpack, 2, seed=5)
        loss = lambda v: network.loss(v, X, Y)  # noqa: E731
        maps.append(plane(loss, weights, across, up, np.linspace(-1, 1, 4), [-0.5, 0.5]))
    assert maps[0] == pytest.approx(maps[1], rel=1e-9)


def test_overflow_is_infinite_and_silent():
    assert line(lambda v: np.exp(v @ v) - np.exp(v @ v), np.zeros(1), [1.0], [0, 99]).tolist() == [
        0,
        np.inf,
    ]


def test_directions_repeat_with_their_seed():
    network, w = trained()
    draw = lambda seed: random_directions(w, network.unpack, 2, seed)  # noqa: E731
    assert (draw(1) == draw(1)).all() and (draw(1) != draw(2)).any()


def test_a_direction_of_another_length_is_refused():
    network, w = trained()
    with pytest.raises(ValueError, match="one number for each weight"):
        filter_normalised(w[:-1], w, network.unpack)
