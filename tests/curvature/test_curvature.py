"""Curvature against the whole Hessian, closed forms, NumPy's eigenvalues and differences."""

import subprocess
import sys

import numpy as np
import pytest

from course_utils.curvature import (
    adam_scale,
    hessian,
    hessian_vector,
    largest_eigenvalues,
    sharpness,
)
from course_utils.networks import Network, digits
from course_utils.optimizers import adam, averaged_momentum

KINDS = [(a, k) for a in ("tanh", "relu") for k in ("cross_entropy", "squared")]


def small(activation="tanh", loss="squared", sizes=(6, 5, 4, 3), seed=1, n=9):
    """A network, weights with every bias at work, and its gradient on a few samples."""
    network, random = Network(sizes, activation, loss), np.random.default_rng(seed)
    w = network.init(seed) + 0.2 * random.normal(size=network.parameters)
    x, y = random.normal(size=(sizes[0], n)), random.integers(sizes[-1], size=n)
    return network, w, x, y, lambda w: network.gradient(w, x, y)


def second_differences(network, w, x, y, h=1e-4):
    """The Hessian from values of the loss alone."""
    f = lambda w: network.loss(w, x, y)  # noqa: E731
    steps = h * np.eye(w.size)
    return np.array(
        [[(f(w + a + b) - f(w + a - b) - f(w - a + b) + f(w - a - b)) / (4 * h * h) for b in steps]
         for a in steps]
    )  # fmt: skip


@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_products_are_those_of_the_whole_hessian_from_losses_alone(activation, loss):
    network, w, x, y, gradient = small(activation, loss, (4, 3, 2))
    H = hessian(gradient, w)
    assert H == pytest.approx(second_differences(network, w, x, y), abs=2e-6)
    v = np.random.default_rng(0).normal(size=w.size)
    assert hessian_vector(gradient, w, v) == pytest.approx(H @ v, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(("activation", "loss"), KINDS)
@pytest.mark.parametrize("count", [1, 3])
def test_lanczos_finds_the_eigenvalues_of_the_whole_hessian(activation, loss, count):
    _, w, _, _, gradient = small(activation, loss)
    assert w.size > 40
    columns = [gradient(w + 1e-30j * e).imag / 1e-30 for e in np.eye(w.size)]
    exact = np.sort(np.linalg.eigvals(np.array(columns)).real)[::-1][:count]
    assert largest_eigenvalues(gradient, w, count) == pytest.approx(exact, rel=1e-6)
    assert sharpness(gradient, w) == pytest.approx(exact[0], rel=1e-6)


def test_sharpness_is_the_largest_and_not_the_largest_in_size():
    """A Hessian with the eigenvalues -9 and 2: the sharpness is 2."""
    for n in (5, 60):
        d = np.r_[-9.0, 2.0, np.linspace(-1, 1, n - 2)]
        assert sharpness(lambda w, d=d: d * w, np.zeros(n)) == pytest.approx(2, rel=1e-9)
    assert sharpness(lambda w: -w, np.zeros(50)) == pytest.approx(-1)


def test_small_hessians_are_written_out_and_large_ones_are_not():
    """Both ways on the two sides of the border; the products are counted."""
    for n, least, most in ((40, 40, 40), (41, 3, 41)):
        d, calls = np.linspace(1, 2, n) ** 8, []
        value = sharpness(lambda w, d=d, calls=calls: calls.append(1) or d * w, np.zeros(n))
        assert value == pytest.approx(256, rel=1e-7)
        assert least <= len(calls) <= most


@pytest.mark.parametrize("n", [12, 70])
def test_a_scale_gives_the_eigenvalues_of_the_matrix_that_is_not_symmetric(n):
    random = np.random.default_rng(n)
    A = random.normal(size=(n, n))
    H, P = A + A.T, random.uniform(0.1, 9, size=n)
    exact = np.sort(np.linalg.eigvals(np.diag(1 / P) @ H).real)[::-1]
    found = largest_eigenvalues(lambda w: H @ w, np.zeros(n), 2, scale=P)
    assert found == pytest.approx(exact[:2], rel=1e-6)


def test_scaled_sharpness_of_a_network_by_numpy_and_by_a_change_of_weights():
    """P^-1/2 H P^-1/2 is the Hessian in the weights u = sqrt(P) w."""
    _, w, _, _, gradient = small()
    scale = np.random.default_rng(2).uniform(0.01, 2, size=w.size)
    found = sharpness(gradient, w, scale)
    exact = np.linalg.eigvals(hessian(gradient, w) / scale[:, None]).real.max()
    assert found == pytest.approx(exact, rel=1e-6)
    root = np.sqrt(scale)
    changed = sharpness(lambda u: gradient(u / root) / root, root * w)
    assert found == pytest.approx(changed, rel=1e-6)


def test_results_repeat_to_the_last_bit():
    data, network = digits(), Network((64, 8, 10), loss="squared")
    w = network.init(3)
    gradient = lambda w: network.gradient(w, data.x_train[:, :50], data.y_train[:50])  # noqa: E731
    first = largest_eigenvalues(gradient, w, 2)
    np.random.default_rng(5).normal(size=9)
    assert np.array_equal(first, largest_eigenvalues(gradient, w, 2))


def test_two_weights_with_a_known_hessian():
    """(a b - 1)^2 / 2 at (a, 1/a): eigenvalues 0 and a^2 + 1/a^2."""
    gradient = lambda w: (w[0] * w[1] - 1) * w[::-1]  # noqa: E731
    for a in (0.5, 1.0, 3.0):
        both = largest_eigenvalues(gradient, [a, 1 / a], 2)
        assert both == pytest.approx([a**2 + a**-2, 0], abs=1e-12)


# Adam's scale


def test_the_scale_is_what_the_kernel_divides_by():
    """From a memory m of 1 the kernel moves by lr m_hat / scale, with no gradient to disturb it."""
    random = np.random.default_rng(0)
    s, t = random.uniform(0.1, 4, size=6), 7
    w, m, kept = np.zeros(6), np.full(6, 1 / 0.9), s / 0.99
    adam(w, np.zeros(6), m, kept, lr=0.1, beta1=0.9, beta2=0.99, eps=0.3, t=t)
    scale = adam_scale(s, t, beta2=0.99, eps=0.3)
    assert -w == pytest.approx(0.1 / (1 - 0.9**t) / scale, rel=1e-12)


def test_adam_with_a_frozen_scale_runs_away_at_38_over_lr():
    """Iterate averaged momentum on P^-1 H a little below and above the limit."""
    random = np.random.default_rng(4)
    A = random.normal(size=(8, 8))
    H, s = A @ A.T, random.uniform(0.01, 1, size=8)
    scale = adam_scale(s, 10**6)
    top = sharpness(lambda w: H @ w, np.zeros(8), scale)
    for share, runs_away in ((0.99, False), (1.01, True)):
        w, v = random.normal(size=8), np.zeros(8)
        for _ in range(1500):
            averaged_momentum(w, H @ w / scale, v, lr=share * 38 / top, beta=0.9)
        assert bool(np.abs(w).max() > 1e3) is runs_away


# What cannot be done


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"w": np.full(50, np.nan)}, "finite weights"),
        ({"w": np.zeros((5, 10))}, "one flat vector"),
        ({"count": 0}, "from 1 to 50"),
        ({"count": 51}, "from 1 to 50"),
        ({"count": 1.5}, "whole number"),
        ({"count": True}, "whole number"),
        ({"scale": np.zeros(50)}, "positive number"),
        ({"scale": np.ones(49)}, "positive number"),
        ({"scale": np.full(50, np.inf)}, "positive number"),
    ],
)
def test_impossible_requests_are_refused_in_a_sentence(change, words):
    with pytest.raises(ValueError, match=words) as error:
        largest_eigenvalues(**{"gradient": lambda w: w, "w": np.zeros(50), **change})
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("n", [5, 50])
def test_a_hessian_that_is_not_finite_is_refused(n):
    with pytest.raises(ArithmeticError, match="went astray"):
        sharpness(lambda w: w * np.nan, np.zeros(n))


def test_no_end_is_said_in_a_sentence(monkeypatch):
    from scipy.sparse import linalg

    def never(*_, **__):
        raise linalg.ArpackNoConvergence("no", np.zeros(0), np.zeros((0, 0)))

    monkeypatch.setattr(linalg, "eigsh", never)
    with pytest.raises(ArithmeticError, match="ask for fewer"):
        sharpness(lambda w: w, np.zeros(50))


def test_before_the_first_step_there_is_no_scale():
    with pytest.raises(ValueError, match="t >= 1"):
        adam_scale(np.ones(3), 0)


def test_it_imports_with_numpy_alone_and_says_what_is_missing():
    program = (
        "import sys; sys.modules['scipy'] = None; sys.modules['scipy.sparse'] = None\n"
        "import numpy as np\n"
        "from course_utils.curvature import sharpness\n"
        "print(sharpness(lambda w: 3 * w, np.zeros(4)))\n"
        "try:\n    sharpness(lambda w: w, np.zeros(99))\n"
        "except ImportError as error:\n    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stderr
    value, sentence = ran.stdout.splitlines()
    assert float(value) == 3 and "install scikit-learn" in sentence
