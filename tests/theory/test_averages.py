"""What an average remembers, and what it keeps of a wave."""

import numpy as np
import pytest

from course_utils import theory
from course_utils.optimizers.averages import smoothed


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.99])
def test_what_an_average_remembers(decay):
    weights = theory.ema_weights(decay, 20_000)
    k = np.arange(weights.size)
    assert theory.mean_age(decay) == pytest.approx(weights @ k)
    assert theory.ema_variance(decay) == pytest.approx(weights @ weights)
    assert decay ** theory.half_life(decay) == pytest.approx(0.5)
    assert theory.window(decay) == pytest.approx(theory.mean_age(decay) + 1)
    for t in (1, 7):
        assert theory.correction(decay, t) == pytest.approx(1 / weights[:t].sum())


@pytest.mark.parametrize("frequency", [0.0, 0.3, 2.0, np.pi])
def test_the_gain_is_that_of_a_smoothed_wave(frequency):
    wave = np.cos(frequency * np.arange(4000) + 0.4)
    late = smoothed(wave, beta=0.9)[2000:]
    basis = np.array([f(frequency * np.arange(2000, 4000)) for f in (np.cos, np.sin)])
    fit = np.linalg.lstsq(basis.T, late, rcond=1e-8)[0]
    scale = np.hypot(*fit) / (abs(np.cos(0.4)) if frequency in (0, np.pi) else 1)
    assert theory.ema_gain(0.9, frequency) == pytest.approx(scale, rel=1e-6)


def test_gains_and_bias_at_the_values_of_the_lesson():
    assert theory.ema_gain(0.9, np.pi) == pytest.approx(1 / 19)
    assert [theory.bias_steps(x) for x in (0.9, 0.99, 0.999)] == [44, 459, 4603]
    assert theory.bias_steps(np.array([0.9, 0.99])).tolist() == [44, 459]
