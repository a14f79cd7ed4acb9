"""Rules on whole matrices, layer by layer."""

import numpy as np
import pytest
from scipy import linalg

from course_utils.networks import Data, Network, by_layer, digits, train
from course_utils.optimizers import (
    ADAM,
    GRADIENT_DESCENT,
    MOMENTUM,
    MUON,
    NESTEROV,
    NEWTON,
    SHAMPOO,
)
from tests.loops import walk


def draws(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def orthogonal(n, seed=0):
    return linalg.qr(draws(n, n, seed=seed))[0]


def test_layer_by_layer_is_a_loop_over_layers():
    network, data = Network((64, 7, 10)), digits()
    w = network.init(1)
    g = network.gradient(w, data.x_train[:, :50], data.y_train[:50])
    for rule, hyper in ((SHAMPOO, {"lr": 0.5}), (MUON, {"lr": 0.1}), (ADAM, {"lr": 0.01})):
        whole = by_layer(rule, network)
        got, _ = walk(whole, w, [g, -0.3 * g, g**3], **hyper)
        for (layer, slopes), end in zip(
            zip(network.unpack(w), network.unpack(g), strict=True), network.unpack(got), strict=True
        ):
            for W, G, mine in zip(layer, slopes, end, strict=True):
                alone, _ = walk(rule, W.copy(), [G, -0.3 * G, G**3], **hyper)
                assert mine == pytest.approx(alone, abs=1e-12)
        assert rule.name in whole.name and whole.hyper == rule.hyper


def test_rules_for_single_weights_do_not_notice_layers():
    network, data = Network((64, 5, 10)), digits()
    for rule, lr in ((GRADIENT_DESCENT, 0.5), (ADAM, 0.01)):
        plain = train(network, rule, data, epochs=1, lr=lr)
        layered = train(network, by_layer(rule, network), data, epochs=1, lr=lr)
        assert layered.batch_losses == pytest.approx(plain.batch_losses, rel=1e-12)


def test_shampoo_keeps_two_small_matrices_a_layer():
    network = Network((64, 32, 10))
    sizes = [m.size for m in by_layer(SHAMPOO, network).init(network.init(0))]
    assert sum(sizes) == 32**2 + 64**2 + 32**2 + 1 + 10**2 + 32**2 + 10**2 + 1


def test_rules_that_cannot_go_layer_by_layer_are_refused():
    for rule in (NEWTON, NESTEROV):
        if rule.needs_hessian or rule.look_ahead:
            with pytest.raises(TypeError, match=r"^[A-Z].*cannot go layer by layer: .*\.$"):
                by_layer(rule, Network())


@pytest.mark.parametrize(("rule", "lr"), [(MOMENTUM, 0.1), (MUON, 0.1), (SHAMPOO, 1.0)])
def test_turned_pixels_are_not_noticed(rule, lr):
    network, data, spin = Network((64, 6, 10)), digits(), orthogonal(64)
    rule = rule if rule is MOMENTUM else by_layer(rule, network)
    place = network.init(0)
    first = network.unpack(place)[0][0]
    first[...] = first @ spin.T
    images = Data(spin @ data.x_train, data.y_train, spin @ data.x_test, data.y_test)
    plain = train(network, rule, data, epochs=1, lr=lr)
    mixed = train(network, rule, images, epochs=1, lr=lr, w=place)
    assert mixed.losses == pytest.approx(plain.losses, rel=1e-6)
