"""A schedule in training is what a missing correction is."""

from math import sqrt

import pytest

from course_utils.networks import Network, digits, train
from course_utils.optimizers import (
    ADAM,
    UNCORRECTED_ADAM,
)


def test_a_missing_correction_is_a_schedule():
    data, network = digits(), Network()
    plan = lambda t: 0.01 * (1 - 0.9**t) / sqrt(1 - 0.999**t)  # noqa: E731
    one = train(network, UNCORRECTED_ADAM, data, lr=0.01, epochs=1, seed=3)
    other = train(network, ADAM, data, lr=plan, epochs=1, seed=3)
    assert one.batch_losses == pytest.approx(other.batch_losses, rel=1e-3)
