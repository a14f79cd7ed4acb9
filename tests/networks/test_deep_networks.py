"""Batch norm and residual connections: gradients by the complex step and by SymPy, invariances."""

import numpy as np
import pytest
import sympy as sp
from mpmath import mpf

from course_utils.networks import Network, digits, one_thread, train
from course_utils.networks.layers import (
    batch_norm,
    batch_norm_backward,
    moments,
    residual,
    residual_backward,
)
from course_utils.optimizers import MOMENTUM
from course_utils.symbolic import on_symbols

PARTS = [(False, False), (False, True), (True, False), (True, True)]
KINDS = [(a, k) for a in ("tanh", "relu") for k in ("cross_entropy", "squared")]


@pytest.fixture(scope="module")
def data():
    return digits()


def sample(network, n=7, seed=1):
    """Weights with every bias and gamma at work, inputs and labels for a network."""
    random = np.random.default_rng(seed)
    w = network.init(seed) + 0.2 * random.normal(size=network.parameters)
    x = random.normal(size=(network.sizes[0], n))
    return w, x, random.integers(network.sizes[-1], size=n)


def complex_step(f, w, h=1e-30):
    """The gradient of f at w without a difference: Im f(w + i h e) / h for every coordinate e."""
    return np.array([f(w + 1j * h * e).imag / h for e in np.eye(w.size)])


# The gradient


@pytest.mark.parametrize("sizes", [(6, 4, 4, 3), (5, 3, 4, 4, 4, 2), (4, 4, 4, 3, 3, 2)])
@pytest.mark.parametrize(("normed", "skipped"), PARTS)
@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_gradient_is_the_complex_step(sizes, normed, skipped, activation, loss):
    network = Network(sizes, activation, loss, batch_norm=normed, residual=skipped)
    w, x, y = sample(network)
    value, g = network.loss_and_gradient(w, x, y)
    exact = complex_step(lambda w: network.loss(w, x, y), w)
    assert np.abs(g - exact).max() <= 1e-11 * np.abs(exact).max()
    assert value == network.loss(w, x, y)


@pytest.mark.parametrize(("normed", "skipped"), PARTS)
def test_slope_along_a_line_thirty_layers_deep(data, normed, skipped):
    network = Network((64, *[16] * 30, 10), "relu", batch_norm=normed, residual=skipped)
    w, x, y = network.init(2), data.x_train[:, :200], data.y_train[:200]
    v = np.random.default_rng(0).normal(size=w.size)
    slope = network.loss(w + 1e-30j * v, x, y).imag / 1e-30
    assert slope == pytest.approx(network.gradient(w, x, y) @ v, rel=1e-10)


@pytest.mark.parametrize(("normed", "skipped"), PARTS)
def test_hessian_is_symmetric(normed, skipped):
    """The gradient takes complex weights too; its derivative is symmetric only if it is right."""
    network = Network((4, 3, 3, 2), "tanh", batch_norm=normed, residual=skipped)
    w, x, y = sample(network)
    columns = [network.gradient(w + 1e-30j * e, x, y).imag / 1e-30 for e in np.eye(w.size)]
    hessian = np.array(columns)
    assert np.abs(hessian - hessian.T).max() <= 1e-13
    assert np.abs(hessian).max() > 0.1


def test_loss_and_gradient_are_those_that_sympy_derives():
    """Two hidden layers of one unit with everything, three samples: written out and derived."""
    eps = sp.Rational(1, 4)
    network = Network((1, 1, 1, 2), "tanh", "squared", batch_norm=True, residual=True, eps=0.25)
    symbols = W1, b1, c1, W2, b2, c2, V1, V2, d1, d2 = sp.symbols("W1 b1 c1 W2 b2 c2 V1 V2 d1 d2")
    point = np.array([0.5, -0.25, 1.5, -0.75, 0.5, 2.0, 1.25, -1.0, 0.125, 0.375])
    x, targets = [sp.Rational(1, 2), sp.Integer(-1), sp.Rational(3, 2)], [(1, 0), (0, 1), (0, 1)]

    def normal(row):
        mean = sum(row) / 3
        variance = sum((q - mean) ** 2 for q in row) / 3
        return [(q - mean) / sp.sqrt(variance + eps) for q in row]

    z = [c1 * q + b1 for q in normal([W1 * q for q in x])]
    z = [q + c2 * r + b2 for q, r in zip(z, normal([W2 * sp.tanh(q) for q in z]), strict=True)]
    scores = [(V1 * sp.tanh(q) + d1, V2 * sp.tanh(q) + d2) for q in z]
    loss = sum((a - b) ** 2 for s, t in zip(scores, targets, strict=True)
               for a, b in zip(s, t, strict=True)) / 6  # fmt: skip
    derived = sp.lambdify(symbols, [loss, *(loss.diff(q) for q in symbols)], "mpmath", cse=True)
    value, *slopes = map(float, derived(*map(mpf, point)))
    found, g = network.loss_and_gradient(point, np.array([x], dtype=float), np.array([0, 1, 1]))
    assert found == pytest.approx(value, rel=1e-13)
    assert g == pytest.approx(slopes, rel=1e-12, abs=1e-15)
    assert np.abs(slopes).min() > 1e-4


def test_plain_networks_compute_what_the_textbook_computes_bit_for_bit(data):
    """Forward, then the chain rule from the last layer to the first, written in a loop."""
    network = Network((64, 32, 16, 10), "tanh")
    w, x, y = network.init(4), data.x_train[:, :64], data.y_train[:64]
    layers = network.unpack(w)
    h = [x]
    for W, b in layers[:-1]:
        h.append(np.tanh(W @ h[-1] + b))
    W, b = layers[-1]
    p = np.exp((z := W @ h[-1] + b) - z.max(axis=0))
    p /= p.sum(axis=0)
    p[y, np.arange(64)] -= 1
    d, slopes = p / 64, []
    for k in reversed(range(3)):
        slopes = [(d @ h[k].T, d.sum(axis=1)), *slopes]
        d = (layers[k][0].T @ d) * (1 - h[k] * h[k])
    assert (network.gradient(w, x, y) == network.pack(slopes)).all()


# Batch norm


def test_batch_norm_by_hand():
    """Units (1, 3) and (2, 2): means 2 and 2, deviations 1 and 0, so the second unit is silent."""
    gamma, b = np.array([[3.0], [5.0]]), np.array([[1.0], [-1.0]])
    y, z_hat, sd = batch_norm(np.array([[1.0, 3.0], [2.0, 2.0]]), gamma, b, eps=1e-300)
    assert z_hat.tolist() == [[-1, 1], [0, 0]]
    assert y.tolist() == [[-2, 4], [-1, -1]]
    assert sd[0, 0] == 1


def test_the_backward_pass_is_proved_on_symbols():
    """For three samples of one unit, all slopes, against SymPy's own derivatives."""
    z, d = sp.symbols("z1:4", real=True), sp.symbols("d1:4", real=True)
    gamma, b, eps = sp.symbols("gamma b epsilon", positive=True)
    y, z_hat, sd = batch_norm(on_symbols([z]), on_symbols([[gamma]]), on_symbols([[b]]), eps=eps)
    dz, db, dgamma = batch_norm_backward(on_symbols([d]), on_symbols([[gamma]]), z_hat, sd)
    pushed = sum(p * q for p, q in zip(d, y[0], strict=True))
    slopes = [*zip(z, dz[0], strict=True), (gamma, dgamma[0, 0]), (b, db[0, 0])]
    for symbol, found in slopes:
        assert sp.simplify(pushed.diff(symbol) - found) == 0
    assert sp.simplify(pushed.diff(z[0]) - gamma / sd[0, 0] * d[0]) != 0


def test_what_comes_out_has_mean_0_and_variance_1():
    z = np.random.default_rng(3).normal(5, 7, size=(4, 50))
    _, z_hat, _ = batch_norm(z, np.ones((4, 1)), np.zeros((4, 1)), eps=0)
    mean, variance = moments(z_hat)
    assert np.abs(mean).max() < 1e-14 and np.abs(variance - 1).max() < 1e-13


def test_what_flows_back_has_no_mean_and_no_part_along_the_units():
    """Moving all samples of a unit alike, or stretching them, changes nothing: no slope there."""
    random = np.random.default_rng(0)
    z, dy = random.normal(size=(2, 5, 30))
    _, z_hat, sd = batch_norm(z, np.ones((5, 1)), np.zeros((5, 1)), eps=0)
    dz, db, dgamma = batch_norm_backward(dy, np.ones((5, 1)), z_hat, sd)
    assert np.abs(dz.sum(axis=1)).max() < 1e-13
    assert np.abs((dz * z_hat).sum(axis=1)).max() < 1e-13
    left = (dy**2).sum(axis=1) - (db[:, 0] ** 2 + dgamma[:, 0] ** 2) / 30
    assert (dz**2).sum(axis=1) == pytest.approx(left / sd[:, 0] ** 2, rel=1e-12)


@pytest.mark.parametrize("skipped", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_length_of_a_units_weights_does_not_matter(activation, skipped):
    """With eps = 0: f(c W) = f(W), W . grad = 0 row by row, and grad(c W) = grad(W) / c."""
    network = Network((6, 4, 4, 3), activation, batch_norm=True, residual=skipped, eps=0.0)
    w, x, y = sample(network)
    stretched, c = w.copy(), np.array([[0.1], [2.0], [7.0], [30.0]])
    for W, *_ in network.unpack(stretched)[:-1]:
        W *= c
    value, g = network.loss_and_gradient(w, x, y)
    same, h = network.loss_and_gradient(stretched, x, y)
    assert same == pytest.approx(value, rel=1e-13)
    old, new = network.unpack(g), network.unpack(h)
    for k, (W, *_) in enumerate(network.unpack(w)[:-1]):
        assert np.abs((W * old[k][0]).sum(axis=1)).max() < 1e-14
        assert new[k][0] == pytest.approx(old[k][0] / c, rel=1e-10, abs=1e-15)
        assert np.abs(old[k][0]).max() > 1e-3


def test_at_test_time_no_answer_depends_on_the_company(data):
    network = Network((64, 16, 16, 10), "relu", batch_norm=True)
    w = network.init(0)
    known = network.statistics(w, data.x_train)
    together = network.scores(w, data.x_test, known)
    alone = network.scores(w, data.x_test[:, 7:8], known)
    assert alone[:, 0] == pytest.approx(together[:, 7], rel=1e-12)
    crowd = network.scores(w, data.x_test[:, :20])
    assert np.abs(crowd[:, 7] - together[:, 7]).max() > 1e-3


def test_statistics_are_those_that_training_uses(data):
    network = Network((64, 16, 16, 16, 10), "tanh", batch_norm=True, residual=True)
    w, x = sample(network)[0], data.x_train
    known = network.statistics(w, x)
    assert len(known) == 3 and known[0][0].shape == (16, 1)
    assert known[0][0][:, 0] == pytest.approx((network.unpack(w)[0][0] @ x).mean(axis=1))
    assert known[0][1][:, 0] == pytest.approx((network.unpack(w)[0][0] @ x).var(axis=1))
    assert network.scores(w, x, known) == pytest.approx(network.scores(w, x), rel=1e-12)
    assert Network().statistics(Network().init(0), x) == []


# Residual connections


def test_a_slope_passes_a_sum_undiminished():
    h, f = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert (residual(h, f) == h + f).all()
    past, through = residual_backward(h)
    assert (past == h).all() and (through == h).all()


def test_blocks_without_weights_are_not_there(data):
    """With zero weights a block adds nothing, so the deep network is the shallow one."""
    deep, shallow = Network((64, 16, 16, 16, 10), residual=True), Network((64, 16, 10))
    w = shallow.init(0)
    first, last = shallow.unpack(w)
    silent = np.zeros((16, 16)), np.zeros(16)
    full = deep.pack([first, silent, silent, last])
    assert (deep.scores(full, data.x_test) == shallow.scores(w, data.x_test)).all()
    g, h = (
        n.unpack(n.gradient(v, data.x_test, data.y_test)) for n, v in ((shallow, w), (deep, full))
    )
    assert h[0][0] == pytest.approx(g[0][0], rel=1e-12, abs=1e-16)


def test_only_layers_that_fit_are_skipped():
    w = np.ones(Network((2, 3, 3, 2), "relu").parameters)
    x = np.ones((2, 1))
    plain = Network((2, 3, 3, 2), "relu").scores(w, x)
    skipped = Network((2, 3, 3, 2), "relu", residual=True).scores(w, x)
    assert plain.ravel().tolist() == [31, 31]  # 2 + 1 = 3, then 3 * 3 + 1 = 10, then 3 * 10 + 1
    assert skipped.ravel().tolist() == [40, 40]  # the second layer gives 10, and 3 on top


# First weights, shapes, training


def test_first_weights():
    network = Network((64, 300, 300, 300, 300, 10), "relu", batch_norm=True, residual=True)
    layers = network.unpack(network.init(0))
    assert layers[0][0].var() == pytest.approx(2 / 64, rel=0.05)
    for W, b, gamma in layers[1:4]:
        assert W.var() == pytest.approx(2 / 300 / 3, rel=0.05)  # three layers add up
        assert (b == 0).all() and (gamma == 1).all()
    assert layers[4][0].var() == pytest.approx(2 / 300, rel=0.1)
    assert len(layers[4]) == 2, "the last layer has neither"


@pytest.mark.parametrize(("normed", "skipped"), PARTS)
def test_pack_and_unpack_are_inverse(normed, skipped):
    network = Network((4, 3, 3, 2), batch_norm=normed, residual=skipped)
    w = np.arange(float(network.parameters))
    assert (network.pack(network.unpack(w)) == w).all()
    assert network.parameters == 3 * 5 + 3 * 4 + 2 * 4 + 6 * normed
    network.unpack(w)[0][-1][0, 0] = -1
    assert (w == -1).sum() == 1, "unpack gives views"


def test_a_network_says_what_it_has():
    assert "batch norm" not in repr(Network()) and "skips" not in repr(Network())
    both = repr(Network((64, 16, 16, 10), "relu", batch_norm=True, residual=True))
    assert both == "64-16-16-10 relu network, batch norm, skips, cross_entropy, 1514 parameters"


@pytest.mark.parametrize(("normed", "skipped"), PARTS)
def test_training_reads_digits_with_every_part(data, normed, skipped):
    network = Network((64, 16, 16, 16, 10), "relu", batch_norm=normed, residual=skipped)
    run = train(network, MOMENTUM, data, lr=0.02, epochs=8)
    assert run.accuracies[-1] > 0.8
    known = network.statistics(run.w, data.x_train)
    assert run.accuracies[-1] == network.accuracy(run.w, data.x_test, data.y_test, known)
    loss = network.loss(run.w, data.x_train, data.y_train)
    assert run.losses[-1] == pytest.approx(loss, rel=1e-12)


def test_thirty_layers_train_with_skips_and_not_without(data):
    with one_thread():
        plain, skipped = (
            train(Network((64, *[16] * 30, 10), "relu", residual=r), MOMENTUM, data, lr=0.003,
                  epochs=15)
            for r in (False, True)
        )  # fmt: skip
    assert skipped.accuracies[-1] > 0.85 > 0.6 > plain.accuracies[-1]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Network((64, 10), batch_norm=True), "works on hidden layers"),
        (lambda: Network((64, 10), residual=True), "hidden layers of one width"),
        (lambda: Network((64, 32, 16, 10), residual=True), "hidden layers of one width"),
        (lambda: Network((64, 64, 10, 10), residual=True), "hidden layers of one width"),
        (lambda: Network(batch_norm="yes"), "True or False"),
        (lambda: Network((4, 4, 2), residual=None), "True or False"),
        (lambda: Network((4, 4, 2), batch_norm=True, eps=-1.0), "eps"),
    ],
)
def test_parts_that_cannot_be_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
