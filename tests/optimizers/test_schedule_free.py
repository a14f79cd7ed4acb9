"""The schedule-free rule against exact fractions and a run."""

from fractions import Fraction

import numpy as np
import sympy as sp

from course_utils import optimizers
from course_utils.descent import descend
from course_utils.optimizers import (
    SCHEDULE_FREE,
)
from course_utils.surfaces import ravine


def test_schedule_free_is_the_mean_of_a_descent_in_exact_fractions():
    """The paper's three sequences z, x, y against the kernel, on f = 3 w^2 / 2 - w."""
    rate, share = Fraction(1, 7), Fraction(9, 10)
    z = x = Fraction(5)
    place, ahead, places = np.array([Fraction(5)]), np.array([Fraction(0)]), []
    for k in range(1, 9):
        y = (1 - share) * z + share * x
        point = SCHEDULE_FREE.look_ahead(place, ahead, beta=share)
        assert point[0] == y
        z -= rate * (3 * y - 1)
        x = (1 - Fraction(1, k)) * x + z / k
        places.append(z)
        optimizers.schedule_free(place, 3 * point - 1, ahead, lr=rate, beta=share, t=sp.Integer(k))
        assert place[0] == x == sum(places) / k
        assert place[0] + ahead[0] == z


def test_schedule_free_descends_without_a_schedule():
    run = descend(ravine(25), SCHEDULE_FREE, steps=400, lr=0.03)
    assert run.stopped is None and run.losses[-1] < 1e-2 * run.losses[0]
