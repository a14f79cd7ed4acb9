"""What lesson 12 says of every network, and what its stored record bears out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.curvature import filter_normalised, plane, random_directions
from course_utils.exercises import exercises
from course_utils.figures import lesson_12
from course_utils.networks import Network, difference, digits, one_thread, ratio, train
from course_utils.networks.depths import DEPTHS, KINDS, RATES, SEEDS, deep_networks, setting
from course_utils.networks.layers import batch_norm, batch_norm_backward
from course_utils.optimizers import GRADIENT_DESCENT, MOMENTUM
from course_utils.theory import best_of_grid

few = settings(derandomize=True, max_examples=100, deadline=None)
seeds = st.integers(0, 10_000)
factors = st.floats(0.1, 10)
RECORD = deep_networks()
BEST = {
    (kind, depth): best_of_grid(
        {rate: np.median(RECORD.losses[kind, depth, rate]) for rate in RATES}
    )
    for kind in KINDS
    for depth in DEPTHS
}


def problem(kind, seed, depth=4):
    """A network with first weights and biases of every sign, and twenty samples."""
    net = Network((6, *[5] * depth, 3), "relu", **KINDS[kind])
    draw = np.random.default_rng(seed)
    w = net.init(seed) + 0.1 * draw.normal(size=net.parameters)
    return net, w, (draw.normal(size=(6, 20)), draw.integers(3, size=20))


def rescaled(kind, net, w, c, layer=1):
    """The weights of one layer times c, and the function as it was."""
    w = w.copy()
    here, following = net.unpack(w)[layer : layer + 2]
    here[0][...] *= c
    if kind == "plain":
        here[1][...] *= c
        following[0][...] /= c
    return w


@few
@given(st.sampled_from(("plain", "batch norm")), seeds, factors)
def test_rescaling_keeps_the_loss_and_its_slice(kind, seed, c):
    net, w, some = problem(kind, seed)
    other = rescaled(kind, net, w, c)
    direction = np.random.default_rng(seed + 1).normal(size=w.size)
    # with batch norm the ε below the root is felt where the variance is small
    close = 1e-9 if kind == "plain" else 0.02
    for far in (0.0, 0.3, 1.0):
        here, there = (
            net.loss(at + far * filter_normalised(direction, at, net.unpack), *some)
            for at in (w, other)
        )
        assert there == pytest.approx(here, rel=close)


def test_rescaling_changes_the_gradient_that_eigenvalue_and_trust_are_made_of():
    for kind in ("plain", "batch norm"):
        net, w, some = problem(kind, 0)
        turned = []
        for c in (1.0, 10.0):
            at = rescaled(kind, net, w, c)
            g = net.gradient(at, *some)
            after = net.gradient(at - 0.003 * np.linalg.norm(at) * g / np.linalg.norm(g), *some)
            turned.append(g @ after / np.linalg.norm(g) / np.linalg.norm(after))
        assert abs(turned[0] - turned[1]) > 1e-3


@few
@given(seeds, st.integers(3, 9), factors)
def test_under_batch_norm_the_gradient_is_square_to_the_weights_and_falls_with_them(seed, n, c):
    draw = np.random.default_rng(seed)
    h, dy, w = draw.normal(size=(4, n + 3)), draw.normal(size=(2, n + 3)), draw.normal(size=(2, 4))
    gamma, shift = draw.uniform(0.5, 2, (2, 1)), draw.normal(size=(2, 1))

    def gradient(weights):
        _, z_hat, sd = batch_norm(weights @ h, gamma, shift, eps=0)
        return batch_norm_backward(dy, gamma, z_hat, sd)[0] @ h.T

    g = gradient(w)
    assert (w * g).sum(axis=1) == pytest.approx(np.zeros(2), abs=1e-9 * (1 + np.abs(g).max()))
    assert gradient(c * w) == pytest.approx(g / c, rel=1e-6, abs=1e-9)
    longer = np.linalg.norm(w - 0.1 * g, axis=1)
    assert (longer >= np.linalg.norm(w, axis=1) * (1 - 1e-12)).all()


@few
@given(st.floats(0.01, 5), st.integers(1, 1000))
def test_blocks_that_share_stay_bounded_whatever_the_depth(b, depth):
    assert (1 + b / depth) ** depth < np.exp(b)


@few
@given(st.integers(3, 30), st.floats(-3, 3))
def test_a_plain_chain_of_three_or_more_is_flat_at_zero_and_one_with_skips_is_not(depth, y):
    def slope(first):
        w = np.zeros(depth) + first
        return (np.prod(w) - y) * np.array([np.prod(np.delete(w, i)) for i in range(depth)])

    assert not slope(0.0).any()
    assert slope(1.0) == pytest.approx(np.full(depth, 1 - y))
    h = 1e-4
    bent = (slope(h) - slope(-h)) / (2 * h)
    assert abs(bent).max() < 1e-3 * max(1, abs(y))


# The record


def test_the_record_holds_what_the_command_makes():
    assert (RECORD.seeds, RECORD.rates) == (SEEDS, RATES)
    assert set(RECORD.losses) == {(k, d, r) for k in KINDS for d in DEPTHS for r in RATES}
    assert {len(values) for values in RECORD.losses.values()} == {len(SEEDS)}
    # settings in which rounding decides nothing, so that any processor finds them again
    for kind, depth, rate, seed in (("skips", 12, 0.01, 5), ("both", 3, 0.03, 23)):
        loss, accuracy = setting(kind, depth, rate, seed)
        assert RECORD.losses[kind, depth, rate][seed] == pytest.approx(loss, rel=1e-3)
        assert RECORD.accuracies[kind, depth, rate][seed] == pytest.approx(accuracy, abs=0.06)


def test_batch_norm_alone_does_not_carry_24_layers_at_any_rate():
    for rate in RATES:
        assert RECORD.accuracies["batch norm", 24, rate].max() < 75
    reads = {kind: RECORD.accuracies[kind, 24, BEST[kind, 24]] for kind in KINDS}
    assert difference(reads["skips"], reads["batch norm"]).low > 20
    assert [kind for kind in KINDS if np.median(reads[kind]) > 80] == ["skips", "both"]


def usable(kind, depth):
    """The rates at which three quarters of the seeds read 85 % of the test set."""
    return [r for r in RATES if (RECORD.accuracies[kind, depth, r] >= 85).mean() >= 0.75]


def test_batch_norm_widens_the_range_of_usable_rates_up_to_12_layers():
    for depth in (3, 6, 12):
        assert len(usable("batch norm", depth)) > len(usable("plain", depth))
        assert len(usable("both", depth)) >= len(usable("skips", depth)) + 1
    assert not usable("batch norm", 24)
    assert len(usable("both", 24)) > len(usable("skips", 24))


def sure(kind, depth, word="yes"):
    """The rates of which the seeds say for certain that they are usable, or not."""
    counts = lesson_12.counted(RECORD, kind, depth)
    pairs = zip(RATES, counts, strict=True)
    return [rate for rate, count in pairs if lesson_12.judged(int(count), len(SEEDS)) == word]


def test_at_12_layers_only_the_two_together_have_rates_that_are_usable_beyond_doubt():
    assert sure("plain", 12, "no") == list(RATES)
    for kind in ("skips", "batch norm"):
        assert not sure(kind, 12) and sure(kind, 12, "open")
    assert len(sure("both", 12)) >= 3


def test_at_3_layers_batch_norm_goes_on_to_the_largest_rate_and_a_plain_network_does_not():
    for kind in ("batch norm", "both"):
        assert max(RATES) in sure(kind, 3)
    for kind in ("plain", "skips"):
        assert max(RATES) in sure(kind, 3, "no")


def test_a_plain_network_of_24_layers_stays_below_half_at_each_rate():
    assert all(np.median(RECORD.accuracies["plain", 24, rate]) < 50 for rate in RATES)


def test_fresh_seeds_skips_widen_the_valley_at_12_layers_and_lower_it():
    data, at = digits(), np.linspace(-1, 1, 11)
    few, inside = (data.x_train[:, :300], data.y_train[:300]), np.hypot(*np.meshgrid(at, at)) <= 1

    def measures(kind, seed):
        net = Network((64, *[16] * 12, 10), "relu", **KINDS[kind])
        w = train(net, MOMENTUM, data, lr=0.03, epochs=10, batch=128, seed=seed).w
        two = random_directions(w, net.unpack, 2, seed)
        middle = net.loss(w, *few)
        losses = plane(lambda v: net.loss(v, *few), w, *two, at, at)
        return middle, (losses[inside] < middle + 0.5).mean()

    with one_thread():
        seen = {k: np.array([measures(k, n) for n in range(20, 32)]).T for k in ("plain", "both")}
        skips = np.array([measures("skips", n) for n in range(20, 32)]).T
    for kind in (skips, seen["both"]):
        assert ratio(kind[0], seen["plain"][0]).high < 1 < ratio(kind[1], seen["plain"][1]).low


def test_the_right_option_is_no_longer_than_the_longest_wrong_one_twice():
    options = exercises()["smoother losses"].options
    right = exercises()["smoother losses"].truth
    assert len(options[right]) < 2 * max(len(v) for k, v in options.items() if k != right)


def test_batch_norm_alone_reads_fewer_than_half_at_24_layers_and_more_than_nothing():
    reads = {kind: RECORD.accuracies[kind, 24, BEST[kind, 24]] for kind in KINDS}
    assert np.median(reads["batch norm"]) < 50
    assert difference(reads["batch norm"], reads["plain"]).low > 0


def test_fresh_seeds_recover_from_a_tenfold_rate_with_batch_norm_and_not_without():
    data = digits()

    def recovers(kind, wild):
        network = Network((64, 16, 16, 16, 10), "relu", batch_norm=kind == "batch norm")
        plan = dict(lr=lambda t: wild if t <= 11 else 0.3, epochs=20, batch=128)
        runs = [train(network, GRADIENT_DESCENT, data, seed=n, **plan) for n in range(50, 55)]
        return sum(run.stopped is None and run.accuracies[-1] > 0.8 for run in runs)

    assert [recovers(kind, 3.0) for kind in ("plain", "batch norm")] == [0, 5]
    assert [recovers(kind, 30.0) for kind in ("plain", "batch norm")] == [0, 0]
