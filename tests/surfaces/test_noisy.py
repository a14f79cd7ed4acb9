"""A surface with noise in its gradients."""

import numpy as np
import pytest

from course_utils.descent import descend
from course_utils.optimizers import (
    GRADIENT_DESCENT,
)
from course_utils.surfaces import NoisySurface, noisy, ravine, rosenbrock


def test_a_noisy_surface_adds_noise_to_the_steps_and_to_nothing_else():
    surface = noisy(rosenbrock(), 0.5, seed=3)
    assert isinstance(surface, NoisySurface)
    w = np.array([[0.3, 1.0], [-0.2, 2.0]])
    assert surface.value(w) == pytest.approx(rosenbrock().value(w))
    assert surface.gradient(w) == pytest.approx(rosenbrock().gradient(w))
    slope = surface.slope
    first, second = slope(w), slope(w)
    draw = np.random.default_rng(3)
    clean = rosenbrock().gradient(w)
    assert first == pytest.approx(clean + 0.5 * draw.standard_normal(w.shape))
    assert second == pytest.approx(clean + 0.5 * draw.standard_normal(w.shape))
    assert surface.slope(w) == pytest.approx(first)


def test_a_noisy_descent_is_repeated_and_is_the_loop_written_out():
    surface = noisy(ravine(9), 2.0, seed=5)
    run = descend(surface, GRADIENT_DESCENT, lr=0.05, steps=50)
    again = descend(surface, GRADIENT_DESCENT, lr=0.05, steps=50)
    assert (run.positions == again.positions).all()
    draw, w = np.random.default_rng(5), np.array([2.0, -10.0])
    for _ in range(50):
        w = w - 0.05 * (np.array([9, 1]) * w + 2.0 * draw.standard_normal(2))
    assert run.positions[-1] == pytest.approx(w)
    assert run.losses[-1] == pytest.approx((9 * w[0] ** 2 + w[1] ** 2) / 2)
    assert noisy(ravine(), 0).slope(w) == pytest.approx(ravine().gradient(w))


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf")])
def test_noise_that_is_none_is_refused_in_a_sentence(bad):
    with pytest.raises(ValueError, match=r"^The noise is .*\.$"):
        noisy(ravine(), bad)
