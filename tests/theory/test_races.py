"""What a budget of trials buys, by counting all draws."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from course_utils import theory

VALUES = [9.0, 2.0, 5.0, 11.0, 3.0, 8.0, 20.0]


@pytest.mark.parametrize("k", range(1, 8))
def test_best_of_is_the_mean_over_all_draws(k):
    draws = [min(d) for d in combinations(map(int, VALUES), k)]
    assert theory.best_of(VALUES, k) == pytest.approx(float(Fraction(sum(draws), len(draws))))
    weights = theory.best_of_weights(7, k)
    for rank, value in enumerate(sorted(VALUES)):
        assert weights[rank] == pytest.approx(sum(d == value for d in draws) / len(draws))
    assert theory.best_of(VALUES, np.array([k, 1])) == pytest.approx(
        [theory.best_of(VALUES, k), np.mean(VALUES)]
    )


def test_best_of_takes_budgets_above_all_trials_and_refuses_none():
    assert theory.best_of(VALUES, 99) == 2
    for values, k in (([], 1), (VALUES, 0), (VALUES, [1, 0])):
        with pytest.raises(ValueError, match=r"^The best of k needs .*\.$"):
            theory.best_of(values, k)


def test_evenly_spread_results_fall_like_one_over_k_plus_one():
    even = np.arange(1, 201) / 201
    for k in (1, 2, 5, 20):
        assert theory.best_of(even, k) == pytest.approx(1 / (k + 1))


@pytest.mark.parametrize("budgets", [(2, 2, 2), (1, 3, 2), (4, 1, 1)])
def test_win_chances_are_counted_over_all_repetitions(budgets):
    fields = [3.0, 1.0, 7.0, 5.0], [2.0, 4.0, 6.0, 8.0, 2.5], [5.0, 0.5, 9.0, 9.0]
    draws = [[min(d) for d in combinations(f, k)] for f, k in zip(fields, budgets, strict=True)]
    wins, races = np.zeros(3), 0
    for bests in product(*draws):
        races += 1
        first = min(bests)
        if bests.count(first) == 1:
            wins[bests.index(first)] += 1
    found = theory.win_chances(fields, np.array(budgets)[:, None])[:, 0]
    assert found == pytest.approx(wins / races)
    if len(set(budgets)) == 1:
        assert theory.win_chances(fields, budgets[0]) == pytest.approx(wins / races)


def test_ties_between_rules_are_draws():
    assert theory.win_chances([[1.0, 1.0], [1.0, 1.0]], 1).tolist() == [0, 0]
