"""Metropolis' rule against Boltzmann's shares."""

from math import exp, sqrt

import numpy as np
import pytest

from course_utils.optimizers import (
    anneal,
    metropolis,
)
from course_utils.surfaces import tilted_well


def test_metropolis_accepts_as_often_as_it_should():
    draw, x = np.random.default_rng(0), np.zeros(40_000)
    accepted = metropolis(x, lambda y: 3.0 * (y != 0), draw, temperature=2.0, width=1.0)
    share = exp(-1.5)
    assert accepted.mean() == pytest.approx(share, abs=5 * sqrt(share * (1 - share) / 40_000))
    assert ((x != 0) == accepted).all()
    downhill = metropolis(x, lambda y: -np.abs(y) * 0, draw, temperature=1e-9, width=1.0)
    assert downhill.all()


def test_metropolis_visits_places_as_boltzmann_says():
    draw, x = np.random.default_rng(1), np.zeros(20_000)
    for _ in range(400):
        metropolis(x, lambda y: y**2 / 2, draw, temperature=0.3, width=1.0)
    assert x.var() == pytest.approx(0.3, rel=5 * sqrt(2 / 20_000))


def test_only_chance_leaves_the_wrong_well():
    well = tilted_well()
    grid = np.linspace(-1.5, 1.5, 30_001)
    low = grid[grid > 0.5][well.value(grid[grid > 0.5]).argmin()]
    deep = grid[grid < -0.5][well.value(grid[grid < -0.5]).argmin()]
    top = well.value(grid[np.abs(grid) < 0.5]).max()
    assert (deep, low) == pytest.approx((-1.036, 0.960), abs=1e-3)
    assert well.value(low) - well.value(deep) == pytest.approx(0.60, abs=5e-3)
    assert top - well.value(low) == pytest.approx(0.71, abs=0.01)
    x, plan = np.full(50, low), anneal(0.1, 0, 1000)
    for t in range(1, 1001):
        x -= plan(t) * (4 * x * (x**2 - 1) + 0.3)
    assert (x > 0).all()
    x, draw = np.full(100, low), np.random.default_rng(8)
    for t in range(1000):
        metropolis(x, well.value, draw, temperature=0.5 * 0.04 ** (t / 999), width=0.5)
    assert np.sum(x < 0) >= 90
