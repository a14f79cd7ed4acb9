"""Products with the Hessian and the whole matrix, from gradients alone."""

import numpy as np
import pytest

from course_utils.curvature import hessian, hessian_vector
from course_utils.networks import Network, digits
from course_utils.surfaces import rosenbrock
from tests.loops import banana_at


def test_products_are_exact_on_rosenbrock():
    surface, random = rosenbrock(), np.random.default_rng(5)
    for _ in range(20):
        w, v = random.normal(size=(2, 2))
        H = banana_at(w)[2]
        assert hessian_vector(surface.gradient, w, v) == pytest.approx(H @ v, rel=1e-12)
        assert hessian(surface.gradient, w) == pytest.approx(H, rel=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_products_on_a_network_are_differences_of_gradients(activation):
    data, network = digits(), Network((64, 3, 10), activation=activation)
    x, y = data.x_train[:, :40], data.y_train[:40]

    def gradient(w):
        return network.gradient(w, x, y)

    w = network.init(1)
    v = np.random.default_rng(2).normal(size=w.size)
    near = (gradient(w + 1e-5 * v) - gradient(w - 1e-5 * v)) / 2e-5
    assert hessian_vector(gradient, w, v) == pytest.approx(near, abs=1e-8)
    H = hessian(gradient, w)
    assert np.array_equal(H, H.T)
    assert H @ v == pytest.approx(hessian_vector(gradient, w, v), abs=1e-13)


def test_a_product_takes_one_gradient_and_the_matrix_one_for_each_weight():
    calls = []

    def gradient(w):
        calls.append(w.dtype.kind)
        return 3 * w

    hessian_vector(gradient, np.ones(7), np.ones(7))
    assert calls == ["c"]
    hessian(gradient, np.ones(7))
    assert len(calls) == 1 + 7


def test_a_direction_of_another_length_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^The direction has shape .*: .*\.$"):
        hessian_vector(lambda w: w, np.ones(3), np.ones(2))
