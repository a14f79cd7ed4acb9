"""The digits network: gradients against the complex step and by hand, training, refusals."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from scipy.stats import ttest_rel
from sklearn.metrics import log_loss

from course_utils.networks import (
    Data,
    Network,
    batches,
    batches_per_epoch,
    difference,
    digits,
    ratio,
    train,
)
from course_utils.optimizers import (
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MOMENTUM,
    RULES,
    Rule,
    anneal,
)

KINDS = [(a, k) for a in ("tanh", "relu") for k in ("cross_entropy", "squared")]


@pytest.fixture(scope="module")
def data():
    return digits()


def sample(network, n=7, seed=1):
    """Weights with every bias at work, inputs and labels for a network."""
    random = np.random.default_rng(seed)
    w = network.init(seed) + 0.1 * random.normal(size=network.parameters)
    x = random.normal(size=(network.sizes[0], n))
    return w, x, random.integers(network.sizes[-1], size=n)


def complex_step(f, w, h=1e-30):
    """The gradient of f at w without a difference: Im f(w + i h e) / h for every coordinate e."""
    return np.array([f(w + 1j * h * e).imag / h for e in np.eye(w.size)])


# The gradient


@pytest.mark.parametrize("hidden", [(), (4,), (4, 3), (5, 4, 3)])
@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_gradient_is_the_complex_step(activation, loss, hidden):
    network = Network((6, *hidden, 3), activation, loss)
    w, x, y = sample(network)
    exact = complex_step(lambda w: network.loss(w, x, y), w)
    assert np.abs(network.gradient(w, x, y) - exact).max() <= 1e-12 * np.abs(exact).max()


@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_slope_along_a_line_in_the_full_network(data, activation, loss):
    network = Network(activation=activation, loss=loss)
    w, x, y = network.init(3), data.x_train, data.y_train
    v = np.random.default_rng(0).normal(size=w.size)
    value, g = network.loss_and_gradient(w, x, y)
    slope = network.loss(w + 1e-30j * v, x, y).imag / 1e-30
    assert slope == pytest.approx(g @ v, rel=1e-12)
    assert value == network.loss(w, x, y)


@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_gradient_takes_a_complex_step_itself(activation, loss):
    """The gradient of complex weights gives second derivatives: a symmetric Hessian."""
    network = Network((4, 3, 2), activation, loss)
    w, x, y = sample(network)
    columns = [network.gradient(w + 1e-30j * e, x, y).imag / 1e-30 for e in np.eye(w.size)]
    hessian = np.array(columns)
    assert np.abs(hessian - hessian.T).max() <= 1e-14 * np.abs(hessian).max()
    assert np.abs(hessian).max() > 0.1


def test_gradient_by_hand():
    """Two samples through a relu network of whole numbers, every step done on paper.

    W1 = 3, b1 = -1, W2 = (1, -2), b2 = (0, 4); labels 0 and 1.
    x = 2:  z1 = 5, h1 = 5, z2 = (5, -6), error (4, -6), half the square 26
    x = -1: z1 = -4, h1 = 0, z2 = (0, 4), error (0, 3), half the square 4.5
    """
    network = Network((1, 1, 2), "relu", "squared")
    w = network.pack([(3.0, -1.0), ([1.0, -2.0], [0.0, 4.0])])
    loss, g = network.loss_and_gradient(w, np.array([[2.0, -1.0]]), np.array([0, 1]))
    assert loss == (26 + 4.5) / 2
    (dW1, db1), (dW2, db2) = network.unpack(g)
    assert dW2.ravel().tolist() == [4 * 5 / 2, -6 * 5 / 2]
    assert db2.ravel().tolist() == [4 / 2, (-6 + 3) / 2]
    assert dW1.item() == 16 * 2 / 2  # (1 * 4 + -2 * -6) = 16 flows back; the second unit is off
    assert db1.item() == 16 / 2


def test_cross_entropy_by_hand():
    """Scores (log 3, 0) give the odds 3 : 1, a loss of log 4/3 and the slope (-1/4, 1/4)."""
    network = Network((1, 2))
    w = network.pack([([np.log(3), 0.0], [0.0, 0.0])])
    loss, g = network.loss_and_gradient(w, np.array([[1.0]]), np.array([0]))
    assert loss == pytest.approx(np.log(4 / 3), rel=1e-15)
    assert g == pytest.approx([-0.25, 0.25, -0.25, 0.25], rel=1e-15)


def test_cross_entropy_is_that_of_scikit_learn(data):
    network = Network()
    w = network.init(5) * 3
    p = np.exp(network.scores(w, data.x_test))
    theirs = log_loss(data.y_test, (p / p.sum(axis=0)).T)
    assert network.loss(w, data.x_test, data.y_test) == pytest.approx(theirs, rel=1e-12)


def test_a_uniform_guess_costs_log_10(data):
    network = Network()
    nothing = np.zeros(network.parameters)
    loss = network.loss(nothing, data.x_train, data.y_train)
    assert loss == pytest.approx(np.log(10), rel=1e-14)


def test_large_scores_do_not_overflow():
    network = Network((1, 2))
    w = network.pack([([1e4, -1e4], [0.0, 0.0])])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x, y = np.array([[1.0, 1.0, 0.0]]), np.array([0, 1, 0])
        loss, g = network.loss_and_gradient(w, x, y)
    assert loss == pytest.approx((0 + 2e4 + np.log(2)) / 3, rel=1e-15)
    assert np.isfinite(g).all()


# The flat vector


def test_pack_and_unpack_are_inverse():
    network = Network((4, 3, 5, 2))
    w = np.arange(float(network.parameters))
    layers = network.unpack(w)
    assert [(W.shape, b.shape) for W, b in layers] == [
        ((3, 4), (3, 1)),
        ((5, 3), (5, 1)),
        ((2, 5), (2, 1)),
    ]
    assert (network.pack(layers) == w).all()
    assert network.parameters == 3 * 5 + 5 * 4 + 2 * 6
    layers[1][0][0, 0] = -1
    assert w[15] == -1, "unpack gives views: writing into a layer writes into w"


def test_first_weights_have_the_variance_of_their_sources():
    for activation, variance in (("tanh", 2 / (400 + 600)), ("relu", 2 / 400)):
        network = Network((400, 600), activation)
        ((W, b),) = network.unpack(network.init(0))
        assert W.var() == pytest.approx(variance, rel=0.01)  # 240,000 weights: sd 0.3 %
        assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)
        assert (b == 0).all()


# The data


def test_digits_are_split_scaled_and_frozen(data):
    assert data.x_train.shape == (64, 1347) and data.x_test.shape == (64, 450)
    x = np.hstack([data.x_train, data.x_test])
    assert x.dtype == float and x.min() == 0 and x.max() == 1
    y = np.concatenate([data.y_train, data.y_test])
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    with pytest.raises(ValueError, match="read-only"):
        data.x_train[0, 0] = 1


def test_digits_keep_label_and_image_together(data):
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    x = np.hstack([data.x_train, data.x_test]).T * 16
    y = np.concatenate([data.y_train, data.y_test])
    assert [known[np.ascontiguousarray(image).tobytes()] for image in x] == y.tolist()
    assert len({image.tobytes() for image in x}) == len(known), "no sample is lost"


def test_another_seed_is_another_split(data):
    assert (digits(0).x_train == data.x_train).all()
    assert (digits(1).x_train != data.x_train).any()


@pytest.mark.parametrize(("n", "size"), [(1347, 64), (10, 3), (10, 10), (10, 99), (7, 1)])
def test_batches_hold_every_sample_once_an_epoch(n, size):
    per_epoch = batches_per_epoch(n, size)
    parts = list(batches(n, size, epochs=3, seed=4))
    assert len(parts) == 3 * per_epoch
    epochs = [np.concatenate(parts[e * per_epoch : (e + 1) * per_epoch]) for e in range(3)]
    for epoch in epochs:
        assert sorted(epoch.tolist()) == list(range(n))
    lengths = {part.size for part in parts}
    assert max(lengths) <= size and max(lengths) - min(lengths) <= 1
    if n > 7:
        assert (epochs[0] != epochs[1]).any(), "each epoch is shuffled afresh"


def test_batches_repeat_with_their_seed():
    def order(seed):
        return np.concatenate(list(batches(50, 8, 2, seed))).tolist()

    assert order(0) == order(0) != order(1)


# Training


@pytest.mark.parametrize(
    ("rule", "hyper"),
    [(GRADIENT_DESCENT, {"lr": 1.0}), (MOMENTUM, {"lr": 0.1}), (AVERAGED_MOMENTUM, {"lr": 1.0})],
    ids=["gradient descent", "momentum", "averaged momentum"],
)
def test_training_reads_digits(data, rule, hyper):
    """Every seed reaches 97 % on digits it never saw."""
    for seed in range(3):
        run = train(Network(), rule, data, seed=seed, **hyper)
        assert run.stopped is None
        assert run.losses.shape == run.accuracies.shape == (31,)
        assert run.losses[0] > 2 and run.losses[-1] < 0.03
        assert run.accuracies[-1] >= 0.97


def test_sum_and_average_are_one_path(data):
    """The conventions agree with lr converted, through mini-batches and all."""
    a = train(Network(), MOMENTUM, data, epochs=3, lr=0.05, beta=0.9)
    b = train(Network(), AVERAGED_MOMENTUM, data, epochs=3, lr=0.5, beta=0.9)
    assert np.abs(a.w - b.w).max() < 1e-12


def test_one_step_on_everything_is_the_kernel(data):
    network = Network((64, 5, 10))
    w = network.init(2)
    run = train(network, GRADIENT_DESCENT, data, epochs=1, batch=1347, seed=2, lr=0.3)
    expected = w - 0.3 * network.gradient(w, data.x_train, data.y_train)
    assert np.abs(run.w - expected).max() < 1e-15
    assert run.batch_losses == pytest.approx(run.losses[:1], rel=1e-14)
    assert run.losses[1] == network.loss(run.w, data.x_train, data.y_train)
    assert run.accuracies[1] == network.accuracy(run.w, data.x_test, data.y_test)


def test_mini_batches_come_from_the_seed(data):
    network, first = Network(), next(batches(1347, 64, seed=6))
    w = network.init(2)
    run = train(network, GRADIENT_DESCENT, data, epochs=1, seed=6, w=w, lr=0.1)
    loss = network.loss(w, data.x_train[:, first], data.y_train[first])
    assert run.batch_losses[0] == pytest.approx(loss, rel=1e-14)


def test_runs_repeat_and_seeds_pair(data):
    def run(seed, lr=0.1):
        return train(Network(), MOMENTUM, data, epochs=2, seed=seed, lr=lr)

    one, again, other = run(0), run(0), run(1)
    assert (one.w == again.w).all() and (one.batch_losses == again.batch_losses).all()
    assert (one.w != other.w).any()
    assert run(0, lr=0.2).batch_losses[0] == one.batch_losses[0], "same start, same first batch"


def test_given_weights_are_where_it_starts_and_stay_as_they_are(data):
    network = Network()
    w = network.init(7)
    kept = w.copy()
    run = train(network, GRADIENT_DESCENT, data, epochs=1, seed=0, w=w, lr=0.1)
    assert run.losses[0] == network.loss(kept, data.x_train, data.y_train)
    assert (w == kept).all()


def test_settings_may_follow_the_step_count(data):
    used = []
    rule = Rule("takes notes", lambda w, g, *, lr, beta: used.append((lr, beta)))
    train(Network(), rule, data, epochs=2, batch=500, lr=lambda t: 1 / t, beta=0.9)
    assert used == [(1 / t, 0.9) for t in (1, 2, 3, 4, 5, 6)]


def test_a_rule_that_counts_steps_is_told_the_step(data):
    counted = []

    def kernel(w, g, *, lr, t):
        counted.append(t)
        w -= lr / t * g

    train(Network(), Rule("slower and slower", kernel), data, epochs=2, batch=500, lr=0.1)
    assert counted == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("rule", [r for r in RULES if not r.needs_hessian], ids=lambda r: r.name)
def test_every_rule_of_the_course_trains_the_network(data, rule):
    run = train(Network(), rule, data, epochs=2, **{"lr": 0.003} if "lr" in rule.hyper else {})
    assert run.stopped is None and run.losses[-1] < run.losses[0]


def test_a_rule_that_needs_the_hessian_is_refused(data):
    def kernel(w, g, H, *, lr):
        raise AssertionError("never called")

    with pytest.raises(TypeError, match="2410 times 2410"):
        train(Network(), Rule("bends", kernel), data, lr=0.1)


def test_a_rule_that_looks_ahead_gets_the_gradient_from_there(data):
    network, seen = Network(), []

    def kernel(w, g, *, lr):
        seen.append(g.copy())

    rule = Rule("looks ahead", kernel, look_ahead=lambda w, *, lr: w + lr)
    run = train(network, rule, data, epochs=1, batch=1347, lr=0.5)
    loss, g = network.loss_and_gradient(network.init(0) + 0.5, data.x_train, data.y_train)
    assert run.batch_losses[0] == pytest.approx(loss, rel=1e-14)
    assert np.abs(seen[0] - g).max() < 1e-14
    assert (run.w == network.init(0)).all()


def test_records_are_taken_after_every_epoch(data):
    run = train(
        Network(), MOMENTUM, data, epochs=2, lr=0.1, record={"length": np.linalg.norm, "n": len}
    )
    assert run.records["length"][0] == np.linalg.norm(Network().init(0))
    assert run.records["length"][-1] == np.linalg.norm(run.w)
    assert run.records["n"].tolist() == [2410] * 3


def test_a_diverging_run_is_reported(data):
    network = Network(activation="relu", loss="squared")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = train(network, MOMENTUM, data, epochs=5, lr=100.0)
    step = int(run.stopped.split()[3])
    assert f"Stopped at step {step} of 110: " in run.stopped and "smaller lr" in run.stopped
    assert repr(run) == run.stopped
    assert np.isfinite(run.batch_losses[: step - 1]).all()
    assert np.isnan(run.batch_losses[step - 1 :]).all()
    assert np.isfinite(run.losses[0]) and np.isnan(run.losses[-1])
    assert np.isfinite(run.w).all()


def test_a_stopped_run_keeps_the_last_finite_weights(data):
    def kernel(w, g, *, lr, t):
        w += lr if t < 3 else np.inf

    network = Network()
    run = train(network, Rule("off the edge", kernel), data, epochs=1, lr=0.25)
    assert run.stopped.startswith("Stopped at step 3 of 22: ")
    assert (run.w == network.init(0) + 0.25 + 0.25).all()
    assert np.isfinite(run.batch_losses).sum() == 2


def test_results_are_frozen(data):
    run = train(Network(), GRADIENT_DESCENT, data, epochs=1, lr=0.1, record={"n": len})
    for array in (run.losses, run.accuracies, run.batch_losses, run.w, run.records["n"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_rate_may_fall_to_nothing(data):
    run = train(Network(), GRADIENT_DESCENT, data, epochs=1, batch=700, lr=anneal(0.3, 0, 2))
    half = train(Network(), GRADIENT_DESCENT, data, epochs=1, batch=700, lr=lambda t: 0.3 * (t < 2))
    assert (run.w == half.w).all()


# Paired comparisons


def test_intervals_are_those_of_a_paired_t_test():
    random = np.random.default_rng(0)
    a, b = random.lognormal(size=(2, 9))
    for ours, theirs, back in (
        (difference(a, b), ttest_rel(a, b), float),
        (ratio(a, b), ttest_rel(np.log(a), np.log(b)), np.exp),
    ):
        interval = theirs.confidence_interval(0.95)
        assert ours.low == pytest.approx(back(interval.low), rel=1e-12)
        assert ours.high == pytest.approx(back(interval.high), rel=1e-12)
        assert ours.pairs == 9
    assert difference(a, b).effect == pytest.approx(np.mean(a - b), rel=1e-12)
    assert ratio(a, b).effect == pytest.approx(np.prod(a / b) ** (1 / 9), rel=1e-12)


def test_the_interval_chooses_the_word():
    words = ("lower", "the same", "higher")
    b = np.array([1.0, 2.0, 3.0])
    assert ratio(b * [0.5, 0.51, 0.49], b).says(*words) == "lower"
    assert ratio(b * [0.5, 2.0, 1.0], b).says(*words) == "the same"
    assert ratio(b * [2.0, 2.1, 1.9], b).says(*words) == "higher"
    assert difference(b + [1.0, 1.1, 0.9], b).says(*words) == "higher"
    assert difference(b, b).says(*words) == "the same"
    assert str(ratio(b * 2, b)) == "2 times [2, 2]"
    assert str(difference(b + 2, b)) == "+2 [+2, +2]"


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ([1.0], [2.0], "at least two"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "same seeds"),
        ([1.0, np.nan], [1.0, 2.0], "NaN"),
        ([1.0, 0.0], [1.0, 2.0], "positive"),
    ],
)
def test_pairs_that_cannot_be_compared_are_refused(a, b, words):
    with pytest.raises(ValueError, match=words):
        ratio(a, b)


# Refusals: one sentence or two that say what to do


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Network(sizes=(64,)), "at least two whole numbers"),
        (lambda: Network(sizes=(64, 0, 10)), "at least two whole numbers"),
        (lambda: Network(sizes=(64, 2.5, 10)), "at least two whole numbers"),
        (lambda: Network(sizes=10), "at least two whole numbers"),
        (lambda: Network(activation="sigmoid"), "choose 'tanh' or 'relu'"),
        (lambda: Network(activation=np.tanh), "choose 'tanh' or 'relu'"),
        (lambda: Network(loss="mse"), "choose 'cross_entropy' or 'squared'"),
        (lambda: Network().init(-1), "A seed is a whole number"),
        (lambda: digits(seed=0.5), "A seed is a whole number"),
        (lambda: batches(10, 0), "size is a whole number of at least 1"),
        (lambda: batches(0, 10), "n is a whole number of at least 1"),
        (lambda: batches(10, 2.5), "size is a whole number of at least 1"),
        (lambda: batches(10, 2, epochs=0), "epochs is a whole number of at least 1"),
        (lambda: batches(10, 2, seed=None), "A seed is a whole number"),
        (lambda: Network().pack([(np.zeros((2, 2)), np.zeros(2))]), "network.init"),
    ],
)
def test_impossible_requests_are_refused_at_once(make, words):
    with pytest.raises(ValueError, match=words):
        make()


SMALL = Network((3, 2))
X, Y = np.ones((3, 4)), np.array([0, 1, 0, 1])


@pytest.mark.parametrize(
    ("w", "x", "y", "error", "words"),
    [
        (np.zeros(7), X, Y, ValueError, "8 parameters in one flat vector"),
        (np.zeros((8, 1)), X, Y, ValueError, "8 parameters in one flat vector"),
        (["a"] * 8, X, Y, TypeError, "array of numbers"),
        (np.zeros(8), X.T, Y, ValueError, r"pass x\.T"),
        (np.zeros(8), X[:, 0], Y[:1], ValueError, r"pass x\[:, None\]"),
        (np.zeros(8), X[:, :0], Y[:0], ValueError, "at least one sample"),
        (np.zeros(8), np.ones((5, 4)), Y, ValueError, "first size is their features"),
        (np.zeros(8), np.where(X > 0, np.nan, X), Y, ValueError, "NaN or infinity"),
        (np.zeros(8), [["a"] * 4] * 3, Y, TypeError, "array of numbers"),
        (np.zeros(8), X, Y + 1, ValueError, "classes 0 to 1, and the labels run from 1 to 2"),
        (np.zeros(8), X, Y - 1, ValueError, "classes 0 to 1, and the labels run from -1 to 0"),
        (np.zeros(8), X, Y[:3], ValueError, "one label per sample"),
        (np.zeros(8), X, np.eye(2)[Y].T.astype(int), ValueError, "one label per sample"),
        (np.zeros(8), X, Y.astype(float), TypeError, "whole numbers"),
    ],
)
@pytest.mark.parametrize("method", ["loss", "gradient", "loss_and_gradient", "accuracy"])
def test_unreadable_weights_and_samples_are_refused(method, w, x, y, error, words):
    with pytest.raises(error, match=words):
        getattr(SMALL, method)(w, x, y)


def test_whole_numbers_and_single_precision_are_read_as_float64():
    for kind in (int, np.float32):
        loss, g = SMALL.loss_and_gradient(np.zeros(8, kind), X.astype(kind), Y)
        assert g.dtype == float and loss == pytest.approx(np.log(2), rel=1e-15)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"epochs": 0}, ValueError, "epochs is a whole number"),
        ({"batch": 0}, ValueError, "batch is a whole number"),
        ({"batch": 6.4}, ValueError, "batch is a whole number"),
        ({"seed": -3}, ValueError, "A seed is a whole number"),
        ({"w": np.zeros(3)}, ValueError, "2410 parameters"),
        ({"w": np.full(2410, np.nan)}, ValueError, "finite real weights"),
        ({"w": np.full(2410, 1j)}, ValueError, "finite real weights"),
        ({"mu": 0.9}, TypeError, "mu"),
        ({"lr": 0.0}, ValueError, "lr must be above 0"),
        ({"lr": -0.1}, ValueError, "lr must be above 0"),
        ({"lr": lambda t: 1 - t}, ValueError, "lr must be above 0"),
        ({"lr": np.nan}, ValueError, "lr must be above 0"),
        ({"lr": "fast"}, TypeError, "lr must be a number"),
        ({"lr": lambda t: None}, TypeError, "lr must be a number"),
        ({"lr": np.ones(3)}, TypeError, "lr must be a number or a function"),
        ({"beta": 1.0}, ValueError, r"in \[0, 1\)"),
        ({"beta": anneal(-0.5, 0.9, 9)}, ValueError, r"in \[0, 1\)"),
        ({"rule": MOMENTUM.kernel}, TypeError, "no Rule"),
        ({"network": Network}, TypeError, "no Network"),
        ({"data": (X, Y, X, Y)}, TypeError, "no Data"),
        ({"data": Data(X, Y, X, Y)}, ValueError, "shape"),
    ],
)
def test_unusable_training_is_refused(data, change, error, words):
    call = {"network": Network(), "rule": MOMENTUM, "data": data, "lr": 0.1, **change}
    with pytest.raises(error, match=words):
        train(call.pop("network"), call.pop("rule"), call.pop("data"), **call)


def test_bad_test_samples_are_refused_before_the_first_step(data):
    calls = []
    rule = Rule("counts its calls", lambda w, g, *, lr: calls.append(1))
    broken = Data(data.x_train, data.y_train, data.x_test, data.y_test + 1)
    with pytest.raises(ValueError, match="labels run from 1 to 10"):
        train(Network(), rule, broken, lr=0.1)
    assert not calls


# The room


def test_import_loads_nothing_heavy():
    code = (
        "import sys, course_utils.networks; "
        "print([m for m in ('sklearn', 'scipy', 'matplotlib', 'sympy', 'ipywidgets', "
        "'threadpoolctl') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("threads", ["1", "2"])
def test_printed_digits_do_not_depend_on_threads(data, threads):
    code = (
        "from course_utils.networks import *; from course_utils.optimizers import MOMENTUM; "
        "print(repr(float(train(Network(), MOMENTUM, digits(), epochs=3, lr=0.1).losses[-1])))"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    here = train(Network(), MOMENTUM, data, epochs=3, lr=0.1).losses[-1]
    assert float(out.stdout) == pytest.approx(here, rel=1e-9)
