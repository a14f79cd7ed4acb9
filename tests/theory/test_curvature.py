"""What curvature says of a step, in numbers and in runs."""

import numpy as np
import pytest

from course_utils import theory
from course_utils.descent import descend
from course_utils.optimizers import (
    EXACT_LINE_SEARCH,
)
from course_utils.optimizers.newton import (
    exact_line_search,
    exact_step,
)
from course_utils.surfaces import ravine
from tests.loops import after


def test_newtons_step_is_not_along_the_gradient():
    """Curvatures 25 and 1, w = (1, 10): 62 degrees; the best step along the gradient is 0.046."""
    H, g = np.diag([25.0, 1.0]), np.array([25.0, 10.0])
    assert theory.newton_angle(g, H) == pytest.approx(62.49, abs=0.01)
    assert exact_step(g, H) == pytest.approx(725 / 15725)
    landed = after(exact_line_search, (1, 10), g, H)
    assert np.round(landed, 2).tolist() == [-0.15, 9.54]
    assert (H @ landed) @ g == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match=r"^The gradient is zero .*\.$"):
        theory.newton_angle((0, 0), H)


def test_steps_along_a_line_have_an_angle_whatever_the_rounding():
    """A cosine computed as 1 + 2e-16 has no angle; of 200 gradients some give it."""
    for g in np.random.default_rng(0).normal(size=(200, 3)):
        assert theory.newton_angle(g, 3 * np.eye(3)) == pytest.approx(0, abs=1e-5)
        assert theory.newton_angle(g, -3 * np.eye(3)) == pytest.approx(180, abs=1e-5)


def test_the_worst_start_of_the_line_search_keeps_its_rate():
    run = descend(ravine(25), EXACT_LINE_SEARCH, (1.0, 25.0), 10)
    assert np.allclose(run.losses[1:] / run.losses[:-1], theory.line_search_rate(25, 1))
    at_home = descend(ravine(25), EXACT_LINE_SEARCH, (0.0, 0.0), 3)
    assert at_home.stopped is None and not at_home.positions.any()


def test_counts_of_the_hessian():
    assert theory.hessian_entries(4) == len(
        {tuple(sorted((i, j))) for i in range(4) for j in range(4)}
    )
    assert theory.hessian_entries(10**9) == 500_000_000_500_000_000
    assert theory.contraction(0.1, -1.0) == pytest.approx(1.1)
    assert theory.momentum_rate(0.1, 0.9, -1.0) == pytest.approx(1.3162, abs=1e-4)
