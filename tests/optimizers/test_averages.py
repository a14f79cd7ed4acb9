"""Exponential averages, smoothed and corrected."""

import math
from fractions import Fraction

import numpy as np
import pytest

from course_utils import theory
from course_utils.optimizers.averages import ema, ema_corrected, smoothed
from course_utils.symbolic import (
    beta,
    difference,
    symbol,
    unroll,
)


def same(one, other):
    return difference(one, other) is None


def test_an_average_unrolled_has_the_weights_of_the_lesson():
    sums = unroll(ema, 3)["m"]
    for k, x in enumerate((symbol("g3"), symbol("g2"), symbol("g1"))):
        assert same(sums.coeff(x), (1 - beta) * beta**k)
    assert same(sum(sums.coeff(symbol(f"g{i}")) for i in (1, 2, 3)), 1 - beta**3)


def test_smoothing_is_the_weighted_sum_and_the_correction_makes_it_an_average():
    series = np.random.default_rng(1).normal(size=(30, 2))
    for decay in (0.0, 0.5, 0.97):
        weights = theory.ema_weights(decay, 30)
        plain, fair = smoothed(series, beta=decay), smoothed(series, beta=decay, corrected=True)
        for k in (1, 2, 30):
            expected = weights[:k] @ series[:k][::-1]
            assert np.allclose(plain[k - 1], expected, rtol=1e-13)
            assert np.allclose(fair[k - 1], expected / weights[:k].sum(), rtol=1e-13)
    constant = np.full(50, 3.0)
    assert np.allclose(smoothed(constant, beta=0.9, corrected=True), 3, rtol=1e-14)
    assert np.allclose(smoothed(constant, beta=0.9), 3 * theory.ema_mass(0.9, np.arange(1, 51)))


def test_a_corrected_average_of_fractions_is_exact():
    values = [Fraction(1), Fraction(-2), Fraction(5)]
    m, out, decay = np.array([Fraction(0)]), np.array([Fraction(0)]), Fraction(2, 3)
    for t, x in enumerate(values, 1):
        ema_corrected(out, np.array([x]), m, beta=decay, t=t)
    weights = [decay**2, decay, 1]
    assert out[0] == sum(p * x for p, x in zip(weights, values, strict=True)) / sum(weights)


def test_smoothing_refuses_what_it_cannot_smooth():
    for bad in (3.0, []):
        with pytest.raises(ValueError, match=r"^An average needs a series.*\.$"):
            smoothed(bad, beta=0.9)
    for decay in (1, -0.1, math.nan, [0.5, 1.0]):
        with pytest.raises(ValueError, match=r"^The setting beta must be in \[0, 1\).*\.$"):
            smoothed([1.0, 2.0], beta=decay)
    assert smoothed([1.0, 2.0], beta=np.array([0.5, 0.9])).shape == (2, 2)
