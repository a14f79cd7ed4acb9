"""The best value of a grid, and a best value at its end."""

import pytest

from course_utils import theory


def test_the_best_of_a_grid_has_worse_neighbours_on_both_sides():
    assert theory.best_of_grid({3: 1.0, 1: 2.0, 2: 0.5}) == 2
    assert theory.best_of_grid({1: 2.0, 2: 0.5, 3: float("nan")}) == 2


def test_a_tie_with_an_inner_setting_counts_as_inside():
    assert theory.best_of_grid({1: 2.0, 2: 0.5, 3: 0.5}) == 2


@pytest.mark.parametrize(
    ("scores", "said"),
    [({1: 0.1, 2: 0.5, 3: 0.9}, "first.*smaller"), ({1: 0.9, 2: 0.5, 3: 0.1}, "last.*larger")],
)
def test_a_best_value_at_an_end_is_refused_with_what_to_try(scores, said):
    with pytest.raises(ValueError, match=said):
        theory.best_of_grid(scores)
    assert theory.best_of_grid(scores, end="a border") in (1, 3)


def test_a_grid_of_two_is_none():
    with pytest.raises(ValueError, match="three"):
        theory.best_of_grid({1: 0.1, 2: 0.5})
