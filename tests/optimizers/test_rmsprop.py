"""RMSProp and AdaGrad on gradients that are written down."""

import numpy as np
import pytest

from course_utils.optimizers import adagrad, rmsprop, sign_descent
from tests.loops import hessian, plain_loop


def test_the_averages_change_places_on_the_way():
    _, divisors, _ = plain_loop("rmsprop", hessian(25, 0, 1), (2, -10), 301, 0.1, eps=0)
    larger = divisors[:, 0] > divisors[:, 1]
    assert larger[0] and not larger[60] and larger[299]
    path, _, _ = plain_loop("descent", hessian(25, 0, 1), (2, -10), 40, 0.076)
    squares, weights = (path * [25, 1]) ** 2, 0.1 * 0.9 ** np.arange(40)
    for k in range(1, 40):
        assert (weights[:k] @ squares[:k][::-1])[0] > (weights[:k] @ squares[:k][::-1])[1]


def test_nine_batches_against_one():
    ten, carried = [0.1] * 9 + [-0.9], {}
    for rho in (0.9, 0.99):
        w, s = np.zeros(1), np.zeros(1)
        for k in range(6000):
            rmsprop(w, np.array([ten[k % 10]]), s, lr=1.0, rho=rho, eps=0)
            carried[rho] = w[0] if k < 5990 else carried[rho]
        carried[rho] = w[0] - carried[rho]
    assert -1 < carried[0.9] < -0.3 and -0.1 < carried[0.99] < 0
    w = np.zeros(1)
    for g in ten:
        sign_descent(w, np.array([g]), lr=1.0)
    assert w[0] == -8


def test_adagrad_on_a_steady_slope_and_beyond_a_cliff():
    w, s, before = np.zeros(1), np.zeros(1), 0.0
    for t in range(1, 51):
        adagrad(w, np.array([7.0]), s, lr=1.0, eps=0)
        assert before - w[0] == pytest.approx(1 / np.sqrt(t))
        before = w[0]
