"""The runs of the diagnosis: stored as they are trained, and told apart by their curves."""

import numpy as np
import pytest

from course_utils.networks import Network, digits, train
from course_utils.networks.diagnosis import (
    FAULTS,
    HEALTHY,
    KNOBS,
    OTHERS,
    SEEDS,
    SIGNS,
    curves,
    diagnose,
    measured,
    readings,
    stored,
    watch,
    weigh,
)
from course_utils.networks.diagnosis.store import GRAIN, PLACE
from course_utils.optimizers import ADAM, MOMENTUM

CURVES = "losses", "gradients", "ratios", "by_pass", "train", "valid", "weights"
# Half a grain of rounding, and room for another processor's last digits
ROUNDED = 10 ** (0.6 / GRAIN) - 1


@pytest.mark.parametrize("fault", ["ε too large", "one broken batch"])
def test_a_run_made_again_is_the_stored_one(fault):
    run = FAULTS[fault]
    again, kept = curves(run.made(seed=1)), stored(run, 1)
    assert kept.steps == again.steps
    for name in CURVES:
        ours, theirs = getattr(kept, name), getattr(again, name)
        atol = 1.5 / 450 if name in ("train", "valid") else 0
        assert np.allclose(ours, theirs, rtol=ROUNDED, atol=atol, equal_nan=True), name


def test_the_log_is_that_of_the_ordinary_loop():
    kw = dict(epochs=3, batch=64, seed=4, lr=0.1, beta=0.9)
    plain, log = (
        train(Network(), MOMENTUM, digits(), **kw),
        watch(Network(), MOMENTUM, digits(), **kw),
    )
    assert np.array_equal(plain.batch_losses, log.losses)
    assert np.array_equal(plain.losses, log.by_pass)
    assert np.array_equal(plain.accuracies, log.valid)


def test_gradient_norm_and_ratio_are_what_they_are_called():
    network, data = Network((64, 10)), digits()
    log = watch(network, ADAM, data, epochs=1, batch=1347, seed=2, lr=0.01, eps=1e-30)
    w = network.init(2)
    g = network.gradient(w, data.x_train, data.y_train)
    assert np.isclose(log.gradients[0], np.linalg.norm(g))
    # Adam's first step is the learning rate along every weight that has a gradient.
    moved = np.sqrt(np.sum(g != 0))
    assert np.isclose(log.ratios[0], 0.01 * moved / np.linalg.norm(w), rtol=1e-6)
    assert np.isclose(log.weights[0], np.linalg.norm(w))


def test_sorted_data_come_in_one_order_and_only_sorted_data_show_it():
    shuffled, in_order = (
        measured(stored(run, 0))["sawtooth"]
        for run in (HEALTHY["Adam"], FAULTS["data not shuffled"])
    )
    assert shuffled < 0.3 < 0.7 < in_order


def test_a_batch_with_nan_ends_the_run_and_leaving_it_out_does_not():
    run = FAULTS["one broken batch"]
    broken, mended = stored(run, 0), stored(KNOBS["leave out NaN batches"](run), 0)
    assert np.isnan(broken.ends) and mended.ends < 0.1
    clipped = stored(KNOBS["clip at norm 1"](run), 0)
    assert np.isnan(clipped.ends), "a norm that is not a number shortens nothing"


def test_the_signs_name_the_fault_on_the_seeds_that_set_them():
    wrong = [
        (fault, seed, found)
        for fault, run in FAULTS.items()
        for seed in SEEDS
        if (found := diagnose(stored(run, seed))) != [fault]
    ]
    assert wrong == []
    assert all(diagnose(stored(run, seed)) == [] for run in HEALTHY.values() for seed in SEEDS)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_signs_name_the_fault_on_a_new_seed(fault):
    assert diagnose(curves(FAULTS[fault].made(seed=201))) == [fault]


def test_readings_of_new_seeds_and_other_strengths_are_recorded():
    found = readings()
    assert found["new"].keys() == FAULTS.keys() == OTHERS.keys() == SIGNS.keys()
    right = sum(found["new"][fault].get(fault, 0) for fault in FAULTS)
    assert right >= 0.97 * len(FAULTS) * len(found["seeds"])
    assert all(set(read) == {"nothing"} for read in found["healthy"].values())
    assert not set(found["seeds"]) & set(SEEDS)
    assert [len(runs) for runs in OTHERS.values()] == [len(x) for x in found["other"].values()]


def test_for_and_against_go_by_the_signs():
    right = stored(FAULTS["saturated start"], 3)
    pro, contra = weigh(right, "saturated start")
    assert contra == [] and any("before the first step" in words for words in pro)
    pro, contra = weigh(right, "one broken batch")
    assert any(words.startswith("loss: finite") for words in contra)


def test_every_fault_has_a_knob_that_mends_it_with_five_seeds_of_six():
    for fault, run in FAULTS.items():
        before = np.nan_to_num([stored(run, seed).ends for seed in SEEDS], nan=10.0)
        mending = []
        for name, turn in KNOBS.items():
            after = [stored(turn(run), seed) for seed in SEEDS]
            gone = sum(fault in diagnose(c) for c in after) <= 1
            if gone and np.median([c.ends for c in after]) < 0.9 * np.median(before):
                mending.append(name)
        assert mending, fault


def test_the_stored_runs_are_small_and_ask_for_what_is_there():
    assert PLACE.stat().st_size < 600_000
    with pytest.raises(ValueError, match="Train it yourself"):
        stored(FAULTS["η too large"], 99)
