"""The general claims of lesson 14: a search for counter-examples to each."""

from dataclasses import replace

import numpy as np
import pytest

from course_utils import theory
from course_utils.networks import Network, digits, range_test
from course_utils.networks.diagnosis import (
    FAULTS,
    HEALTHY,
    KNOBS,
    SEEDS,
    curves,
    diagnose,
    measured,
    stored,
    watch,
)
from course_utils.optimizers import ADAM, MOMENTUM, clip_by_norm


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("sizes", [(64, 32, 10), (64, 16, 16, 10)])
def test_the_first_ratio_of_adam_is_the_learning_rate_over_a_typical_weight(sizes, seed):
    network, data = Network(sizes), digits()
    w = network.init(seed)
    size = np.sqrt(np.mean(w**2))
    g = network.gradient(w, data.x_train, data.y_train)
    log = watch(network, ADAM, data, epochs=1, batch=1347, seed=seed, lr=0.01, eps=1e-30)
    assert log.ratios[0] <= 0.01 / size * (1 + 1e-9)
    assert np.isclose(log.ratios[0], 0.01 / size * np.sqrt(np.mean(g != 0)), rtol=1e-6)


def test_without_the_correction_the_first_ratio_is_longer_by_what_the_lesson_says():
    both = (stored(run, 0) for run in (HEALTHY["Adam"], FAULTS["no bias correction"]))
    with_it, without = (c.ratios[0] for c in both)
    assert np.isclose(without / with_it, 5 * (1 - 0.9) / np.sqrt(1 - 0.999), rtol=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ratio_falls_faster_than_the_gradient_norm_only_under_a_large_eps(seed):
    follows = {
        name: measured(stored(FAULTS[name], seed))["follows"]
        for name in ("η too small", "ε too large")
    }
    assert follows["η too small"] < 1.25 < follows["ε too large"]
    last = {}
    for name in follows:
        c = stored(FAULTS[name], seed)
        ratio, size = (x.reshape(16, 22).mean(axis=1) for x in (c.ratios, c.gradients))
        last[name] = (ratio / size)[-1] / (ratio / size)[1]
    assert last["ε too large"] < 0.9 < last["η too small"] < 1.1


def test_the_loss_times_ten_changes_nothing_where_steps_are_normalised():
    """Ten times the loss is ten times the gradient, and for Adam that is a tenth of ε."""
    ends = {}
    for eps in (1e-8, 1.0):
        runs = (HEALTHY["Adam"].turned(eps=e, lr=0.003) for e in (eps, eps / 10))
        ends[eps] = [replace(run, passes=4).made(5).by_pass[-1] for run in runs]
    assert np.isclose(*ends[1e-8], rtol=1e-3)
    assert ends[1.0][1] < 0.95 * ends[1.0][0]


@pytest.mark.parametrize("seed", [0, 7])
def test_a_whole_batch_cures_noise_and_not_steps_that_are_too_long(seed):
    whole = replace(FAULTS["η too large"], batch=1347, passes=352)
    assert whole.made(seed).by_pass[-1] < 0.05 < FAULTS["η too large"].made(seed).by_pass[-1]
    assert whole.turned(lr=3.0).made(seed).by_pass[-1] > np.log(10)


def test_what_returns_with_each_pass_is_in_the_order():
    for fault, run in FAULTS.items():
        for seed in SEEDS:
            if not np.isfinite(stored(run, seed).ends):
                continue
            explained = measured(stored(run, seed))["sawtooth"]
            assert (explained > 0.6) == (fault == "data not shuffled")


def test_clipping_does_not_repair_a_gradient_that_is_no_number():
    for limit in (0.1, 1.0, 100.0):
        assert np.isnan(clip_by_norm(np.array([1.0, np.nan, 2.0]), limit=limit)).all()
    for seed in SEEDS:
        run = FAULTS["one broken batch"]
        assert np.isnan(stored(KNOBS["clip at norm 1"](run), seed).ends)
        assert np.isfinite(stored(KNOBS["leave out NaN batches"](run), seed).ends)


def test_a_hundred_times_the_healthy_rate_ends_high_and_finite():
    for seed in SEEDS:
        end = stored(KNOBS["η × 10"](FAULTS["η too large"]), seed).ends
        assert np.log(10) < end < np.inf


def test_a_tenth_of_the_rate_mends_several_faults_and_not_all():
    mended = {
        fault
        for fault, run in FAULTS.items()
        if not any(fault in diagnose(stored(KNOBS["η ÷ 10"](run), seed)) for seed in SEEDS)
    }
    assert {"η too large", "β too large for its η", "no bias correction"} <= mended
    assert not mended & {"η too small", "one broken batch", "saturated start"}


@pytest.mark.parametrize("kappa", [1, 2, 25, 400])
def test_a_slow_ramp_turns_between_the_limit_and_where_it_is_undone(kappa):
    for factor in (1.05, 1.15):
        x = np.geomspace(0.01, 30, round(np.log(3000) / np.log(factor)))
        parts = (theory.amplitude_on_a_ramp(x / by, 1.0) ** 2 for by in (1, kappa))
        turn = x[np.argmin(sum(parts))]
        # One step of the ramp on either side
        assert 2 / 1.35 < turn < theory.ramp_undone() * 1.2
        if kappa > 1:
            assert turn > 2


def test_the_healthy_learning_rates_lie_well_below_the_turns():
    for rule, last, more in ((MOMENTUM, 10, {"beta": 0.9}), (ADAM, 3, {})):
        for seed in (0, 1, 2):
            test = range_test(Network(), rule, digits(), first=1e-4, last=last, seed=seed, **more)
            healthy = dict(HEALTHY[rule.name].settings)["lr"]
            assert test.turn > 5 * healthy, (rule.name, seed)


def test_the_healthy_ratio_begins_far_above_a_thousandth_and_ends_a_few_times_above():
    for run in HEALTHY.values():
        for seed in SEEDS:
            found = measured(stored(run, seed))
            assert found["ratio"] > 10e-3 and 1e-3 < found["late ratio"] < 5e-3


def test_a_run_says_what_is_wrong_with_its_log():
    own = curves(watch(Network((64, 24, 10), "relu"), ADAM, digits(), epochs=8, seed=3, lr=1e-4))
    assert diagnose(own) == ["η too small"]
