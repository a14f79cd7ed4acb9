"""Lesson 11 against references of its own: plain loops, whole Hessians, closed forms."""

import math
import re

import numpy as np
import pytest
import sympy as sp

from course_utils.curvature import sharpness
from course_utils.exercises import check, exercises
from course_utils.exercises.session import SESSION
from course_utils.explorers import Edge, Rescaling, Wells
from course_utils.explorers.edge.model import (
    ADAPTIVE,
    HEAVIER,
    HEAVY,
    RATES,
    SETTINGS,
    runs,
    task,
)
from course_utils.explorers.wells import model as of_wells
from course_utils.explorers.wells.model import HEAVY as HEAVY_BALL
from course_utils.explorers.wells.model import PLAIN, SCALED
from course_utils.networks import CurveFit, Network, digits, follow, ratio
from course_utils.optimizers import ADAM, GRADIENT_DESCENT, MOMENTUM
from course_utils.surfaces import sharp_and_flat, two_layers

EXERCISES = exercises()
OWN = [e.key for e in EXERCISES.values() if getattr(e.section, "lesson", "")[:2] == "11"]


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    yield
    SESSION.forget()


def plain_network(w, x, sizes):
    """The output of one copy for one number, in plain loops."""
    h, place = [x], 0
    for k, (into, out) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
        W = [[w[place + i * into + j] for j in range(into)] for i in range(out)]
        b = [w[place + out * into + i] for i in range(out)]
        place += out * (into + 1)
        z = [sum(W[i][j] * h[j] for j in range(into)) + b[i] for i in range(out)]
        h = z if k == len(sizes) - 2 else [v / (1 + v * v) ** 0.5 for v in z]
    return h[0]


def plain_loss(w, x, y, sizes):
    return sum((plain_network(w, a, sizes) - b) ** 2 for a, b in zip(x, y, strict=True)) / (
        2 * len(x)
    )


@pytest.fixture(scope="module")
def small():
    random = np.random.default_rng(3)
    fit = CurveFit(random.normal(size=5), random.normal(size=5), hidden=(3, 2))
    return fit, fit.init([0, 1, 2]) + 0.1 * random.normal(size=(fit.parameters, 3))


# Copies side by side


def test_loss_and_outputs_are_those_of_plain_loops(small):
    fit, w = small
    losses, outputs = fit.loss_and_gradient(w)[0], fit.outputs(w)
    for copy in range(3):
        assert losses[copy] == pytest.approx(plain_loss(w[:, copy], fit.x, fit.y, fit.sizes))
        for i, x in enumerate(fit.x):
            expected = plain_network(w[:, copy], x, fit.sizes)
            assert outputs[i, copy] == pytest.approx(expected, rel=1e-13)


def test_the_gradient_is_the_complex_step_of_plain_loops(small):
    fit, w = small
    g = fit.loss_and_gradient(w)[1]
    for copy in range(3):
        for i in range(fit.parameters):
            moved = w[:, copy].astype(complex)
            moved[i] += 1e-30j
            slope = plain_loss(moved, fit.x, fit.y, fit.sizes).imag / 1e-30
            assert g[i, copy] == pytest.approx(slope, rel=1e-11, abs=1e-14)


def test_a_mini_batch_is_the_task_on_those_points(small):
    fit, w = small
    chosen = np.array([[0, 1, 4], [2, 3, 1]])
    losses, g = fit.loss_and_gradient(w, chosen)
    for copy in range(3):
        part = CurveFit(fit.x[chosen[:, copy]], fit.y[chosen[:, copy]], hidden=(3, 2))
        loss, slope = part.loss_and_gradient(w[:, [copy]])
        assert losses[copy] == pytest.approx(loss[0], rel=1e-13)
        assert g[:, copy] == pytest.approx(slope[:, 0], rel=1e-12, abs=1e-15)


def test_first_weights_come_from_the_seed_and_have_their_variance():
    fit = CurveFit([0.0, 1.0], [0.0, 1.0], hidden=(60, 60))
    w = fit.init([4, 5])
    assert np.array_equal(w[:, 0], fit.init([4])[:, 0]) and not np.array_equal(w[:, 0], w[:, 1])
    inner = w[120 : 120 + 3600]
    assert inner.var() == pytest.approx(2 / 120, rel=0.05)
    assert not w[60:120].any()


@pytest.mark.parametrize(("x", "y"), [([1.0, 2.0], [1.0]), ([[1.0]], [[1.0]]), ([], [])])
def test_points_that_do_not_fit_are_refused(x, y):
    with pytest.raises(ValueError, match=r"two flat arrays of one length\.$"):
        CurveFit(x, y)


@pytest.mark.parametrize(
    ("rule", "rate", "hyper"),
    [(GRADIENT_DESCENT, 0.2, {}), (MOMENTUM, 0.1, {"beta": 0.5}), (ADAM, 0.004, {})],
    ids=lambda x: getattr(x, "name", ""),
)
def test_followed_sharpness_is_the_top_of_the_whole_hessian(rule, rate, hyper):
    fit = CurveFit(np.linspace(-1, 1.7, 8), np.sin(3 * np.arange(8.0)), hidden=(5, 4))
    run = follow(fit, rule, [0, 1], steps=60, every=10, lr=np.array([rate, rate / 2]), **hyper)
    assert run.losses.shape == (61, 2) and run.sharpness.shape == (7, 2)
    for copy, share in ((0, 1), (1, 0.5)):
        w = fit.init([copy])[:, 0]
        v, s = np.zeros_like(w), np.zeros_like(w)
        for t in range(1, 61):
            loss, g = fit.loss_and_gradient(w[:, None])
            assert loss[0] == pytest.approx(run.losses[t - 1, copy], rel=1e-6)
            g, lr = g[:, 0], rate * share
            if rule is ADAM:
                v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g * g
                scale = np.sqrt(s / (1 - 0.999**t)) + 1e-8
                w = w - lr * v / (1 - 0.9**t) / scale
            else:
                scale = np.ones_like(w)
                v = hyper.get("beta", 0) * v - lr * g
                w = w + v
            if t in (30, 60):
                columns = [
                    fit.loss_and_gradient((w + 1e-30j * e)[:, None])[1][:, 0].imag / 1e-30
                    for e in np.eye(w.size)
                ]
                exact = np.linalg.eigvals(np.array(columns) / scale).real.max()
                assert run.sharpness[t // 10, copy] == pytest.approx(exact, rel=5e-3)


def test_a_run_does_not_depend_on_its_neighbours():
    rates = np.array([0.1, 0.2, 0.3])
    fit = task()
    together = follow(fit, GRADIENT_DESCENT, [0] * 3, steps=900, every=100, lr=rates)
    alone = follow(fit, GRADIENT_DESCENT, [0], steps=900, every=100, lr=0.2)
    assert np.array_equal(alone.losses[:, 0], together.losses[:, 1])
    assert np.array_equal(alone.w[:, 0], together.w[:, 1])


def test_runs_with_mini_batches_use_every_point_once_an_epoch():
    fit = CurveFit(np.arange(6.0), np.arange(6.0), hidden=(2, 2))
    seen = []
    original = fit.loss_and_gradient
    fit.loss_and_gradient = lambda w, chosen=None: (
        seen.append(chosen) if chosen is not None else None
    ) or original(w, chosen)
    follow(fit, GRADIENT_DESCENT, [0, 1], steps=6, every=6, batch=2, lr=0.01)
    for copy in (0, 1):
        order = [chosen[:, copy] for chosen in seen]
        assert sorted(np.concatenate(order[:3])) == list(range(6))
    assert len(seen) == 6 and not np.array_equal(seen[0], seen[3])


# The explorers


@pytest.mark.parametrize("name", SETTINGS)
def test_the_limit_is_where_the_rule_runs_away_on_a_quadratic(name):
    """Momentum, or Adam with its divisor frozen at 1, on a curvature around the limit."""
    choice, lr = SETTINGS[name], 0.01
    beta = choice.hyper.get("beta", 0.9 if name == ADAPTIVE else 0.0)
    for share, runs_away in ((0.99, False), (1.01, True)):
        curvature = share * float(choice.limit(lr))
        w, v = 1.0, 0.0
        for _ in range(3000):
            if name == ADAPTIVE:
                v = beta * v + (1 - beta) * curvature * w
                w -= lr * v
            else:
                v = beta * v - lr * curvature * w
                w += v
        assert (abs(w) > 1e3) is runs_away


@pytest.mark.parametrize("name", [n for n in SETTINGS if n != HEAVIER])
def test_most_rates_end_at_their_limit(name):
    choice, run = SETTINGS[name], runs(name)
    shares = run.sharpness[-50:].mean(axis=0) / choice.limit(choice.part * RATES)
    assert ((shares > 0.85) & (shares < 1.1)).sum() >= 8


def test_the_edge_says_what_a_plain_loop_finds():
    explorer = Edge(lr=10**-0.8, step=80)
    said = explorer.caption()
    got = re.match(
        r"Gradient descent, η = (\S+), limit 2/η = (\S+)\. Step (\d+): the sharpness is (\S+), the "
        r"loss (\S+), and of the last (\d+) steps (\d+) went up\. It meets the limit at step "
        r"(\d+); over the last 500 steps it is (\S+) times the limit on average\.$",
        said,
    )
    assert got, said
    fit, w, losses, tops = task(), task().init([0, 0]), [], {}
    gradient = lambda u: fit.loss_and_gradient(u[:, None])[1][:, 0]  # noqa: E731
    for t in range(2001):
        if t % 10 == 0 and t <= 800:
            tops[t] = sharpness(gradient, w[:, 0])
        loss, g = fit.loss_and_gradient(w)
        losses.append(loss[0])
        w = w - 0.16 * g
    assert [float(got[i]) for i in (1, 2)] == pytest.approx([0.16, 12.5])
    assert int(got[3]) == 800
    assert float(got[4]) == pytest.approx(tops[800], rel=0.03)
    assert float(got[5]) == pytest.approx(losses[800], rel=0.05)
    rises = np.diff(losses[700:801]) > 0
    assert (int(got[6]), int(got[7])) == (100, rises.sum())
    met = next(t for t in sorted(tops) if tops[t] >= 12.5)
    assert abs(int(got[8]) - met) <= 10
    assert 0.9 < float(got[9]) < 1.1


def test_a_rate_between_two_stops_shows_the_nearest():
    assert "η = 0.2," in Edge(lr=0.21).caption()
    assert "η = 0.05," in Edge(lr=0.05012).caption()


def test_the_goal_of_the_edge_can_be_reached():
    ends = runs("gradient descent").sharpness[-1]
    assert ends.min() < 6 and ends.max() > 25


def test_the_mark_is_the_smallest_rate_that_meets_its_limit():
    for name in (HEAVY, ADAPTIVE):
        explorer = Edge(rule=name)
        (value, _, _), = explorer.marks(explorer.state())["lr"]
        shares = runs(name).sharpness / SETTINGS[name].limit(SETTINGS[name].part * RATES)
        meets = np.flatnonzero((shares >= 1).any(axis=0))
        assert value == pytest.approx(RATES[meets[0]], rel=0.02)


@pytest.mark.parametrize(
    ("a", "lr", "step"), [(10**0.6, 0.18, 60), (10**0.6, 0.26, 9), (2.0, 0.2, 12), (0.5, 0.52, 60)]
)
def test_the_rescaling_says_what_a_plain_loop_finds(a, lr, step):
    said = Rescaling(a=a, lr=lr, step=step).caption().replace("−", "-")
    got = re.match(
        r"With a = (\S+) the minimum \((\S+), (\S+)\) has the sharpness (\S+) and the same "
        r"function as every other\. With η = (\S+) the limit is (\S+), so gradient descent "
        r"(can|cannot) stay there\. Step (\d+): w1 = (\S+), w2 = (\S+), loss (\S+), "
        r"sharpness (\S+)\. (.*)$",
        said,
    )
    assert got, said
    a = float(Rescaling(a=a).a)
    assert float(got[4]) == pytest.approx(a**2 + a**-2, rel=6e-3)
    assert float(got[6]) == pytest.approx(2 / lr, rel=6e-3)
    assert got[7] == ("can" if a**2 + a**-2 < 2 / lr else "cannot")
    steep = np.array([1 / a, a]) / np.hypot(a, 1 / a)
    w = np.array([a, 1 / a]) + 0.1 * steep
    path = [w]
    for _ in range(60):
        w = w - lr * (w[0] * w[1] - 1) * w[::-1]
        path.append(w)
        if (w[0] * w[1] - 1) ** 2 > 1e6:
            break
    if step < len(path) and "runs away" not in got[13]:
        w = path[step]
        assert [float(got[9]), float(got[10])] == pytest.approx(w, abs=6e-3)
        r = w[0] * w[1] - 1
        H = np.array([[w[1] ** 2, r + w[0] * w[1]], [r + w[0] * w[1], w[0] ** 2]])
        assert float(got[12]) == pytest.approx(np.linalg.eigvalsh(H)[-1], rel=6e-3)
    if len(path) < 61:
        assert got[13].startswith("The descent runs away at step")
    else:
        assert got[13].startswith("It comes to rest at")
        last = float(got[13].split()[-1].rstrip("."))
        assert last == pytest.approx(path[-1] @ path[-1], abs=6e-3)


def test_the_goal_of_the_rescaling_can_be_reached():
    said = Rescaling(a=10**0.6, lr=0.18, step=60).caption()
    assert 10**1.2 > 15 and float(said.split()[-1].rstrip(".")) < 4


def test_bold_is_where_the_minimum_can_be_held():
    from course_utils.explorers.rescaling import SPREAD, minimum_sharpness

    picture = Rescaling(lr=0.3).drawn(Rescaling(lr=0.3).state())
    bold = re.findall(r'class="path held" points="([^"]*)"', picture.front)
    assert len(bold[-1].split()) == (minimum_sharpness(10**SPREAD) <= 2 / 0.3).sum()
    assert "held" not in Rescaling(lr=1.1).drawn(Rescaling(lr=1.1).state()).front


# The two wells


def plain_well(w):
    """The loss of the two wells by its own formula, in plain Python."""
    tau, parabolas = 0.05, (50 * (w + 1) ** 2, (w - 1) ** 2)
    low = min(parabolas)
    return low - tau * math.log(sum(math.exp((low - p) / tau) for p in parabolas))


def test_the_wells_are_the_smooth_minimum_of_two_parabolas():
    wells, w = sharp_and_flat(), np.linspace(-3, 4, 281)
    assert wells.value(w) == pytest.approx([plain_well(x) for x in w], abs=1e-12)
    slopes = [(plain_well(x + 1e-6) - plain_well(x - 1e-6)) / 2e-6 for x in w]
    assert wells.slope(w) == pytest.approx(slopes, rel=1e-5, abs=1e-5)
    assert [wells.bend(x) for x in (-1, 1)] == pytest.approx([100, 2])
    assert [wells.value(x) for x in (-1, 1)] == pytest.approx([0, 0], abs=1e-12)
    top = max((plain_well(x), x) for x in np.linspace(-1, 1, 20_001))
    assert top == pytest.approx((3.052, -0.749), abs=1e-3) and top[1] == pytest.approx(
        of_wells.BARRIER, abs=1e-3
    )
    assert np.isfinite(wells.slope([-1e6, 1e6])).all()


def plain_wells(name, lr, noise, steps):
    """Where the hundred runs are, with the rules written out."""
    kicks = np.random.default_rng(11).standard_normal((1000, 100))[:steps]
    w, v, s = np.full(100, -1.25), np.zeros(100), np.zeros(100)
    for t, kick in enumerate(kicks, 1):
        share = 1 / (1 + np.exp(20 * ((w - 1) ** 2 - 50 * (w + 1) ** 2)))
        g = share * 2 * (w - 1) + (1 - share) * 100 * (w + 1) + noise * kick
        if name == SCALED:
            s = 0.99 * s + 0.01 * g * g
            w = w - lr * g / (np.sqrt(s) + 1e-8)
        elif name == ADAM.name:
            v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g * g
            w = w - lr * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        else:
            v = (0.9 if name == HEAVY_BALL else 0.0) * v - lr * g
            w = w + v
        w = np.round(w, 7)
    return w


@pytest.mark.parametrize(
    ("name", "lr", "noise", "step"),
    [(PLAIN, 0.01, 10, 40), (PLAIN, 0.025, 0, 100), (HEAVY_BALL, 0.0025, 10, 15),
     (SCALED, 0.1, 20, 60), (ADAM.name, 0.1, 20, 100), (ADAM.name, 0.016, 20, 100)],
)  # fmt: skip
def test_the_wells_say_what_a_plain_loop_finds(name, lr, noise, step):
    said = Wells(rule=name, lr=lr, noise=noise, step=step).caption()
    got = re.match(
        r".*, η = (\S+), σ = (\d+)\. Step (\d+): (\d+) of 100 runs are in the flat well, right of "
        r"w = −0\.75; (none is left of it|the others are ± (\S+) off the sharp one's bottom)\. ",
        said,
    )
    assert got, said
    w = plain_wells(name, lr, noise, 10 * step)
    left = w[w <= -0.749]
    assert (float(got[1]), int(got[2]), int(got[3])) == (lr, noise, 10 * step)
    assert int(got[4]) == 100 - left.size
    if left.size:
        assert float(got[6]) == pytest.approx(np.sqrt(np.mean((left + 1) ** 2)), abs=6e-3)
    else:
        assert got[5] == "none is left of it"


def test_the_last_sentences_of_the_wells_count_steps_and_rates():
    for name, noise in ((PLAIN, 10.0), (ADAM.name, 20.0), (ADAM.name, 0.0)):
        right = (of_wells.runs(name, noise) > of_wells.BARRIER).sum(axis=2)
        said = Wells(rule=name, lr=0.1, noise=noise).caption()
        looks = [k for k in range(101) if right[k, 10] > 50]
        first = f"there first at step {10 * looks[0]}." if looks else "At no step were more"
        most = [r for r, n in zip(of_wells.RATES, right[-1], strict=True) if n > 50]
        end = "at none of the thirteen rates."
        if most:
            end = f"at {len(most)} of the thirteen rates, the smallest η = {min(most):g}."
        assert first in said and said.endswith(end), said


def test_without_noise_gradient_descent_leaves_above_its_limit_and_only_there():
    right = of_wells.escaped(PLAIN, 0.0)[-1]
    assert right.tolist() == [100 * int(rate > 0.02) for rate in of_wells.RATES]
    explorer = Wells()
    assert explorer.marks(explorer.state())["lr"][0][0] == pytest.approx(0.02)
    explorer = Wells(rule=HEAVY_BALL)
    assert explorer.marks(explorer.state())["lr"][0][0] == pytest.approx(0.038)
    assert not Wells(rule=SCALED).marks(Wells(rule=SCALED).state())


def test_the_goal_of_the_wells_can_be_reached():
    assert of_wells.escaped(ADAM.name, 20.0)[-1].max() > 70
    assert of_wells.escaped(PLAIN, 20.0)[-1].min() < 5


def test_the_last_bit_of_a_slope_changes_no_run(monkeypatch):
    """Noise drives two runs of momentum apart; other processors must still find the same ones."""
    name, noise = HEAVY_BALL, 10.0
    kept, random = of_wells.runs(name, noise), np.random.default_rng(4)

    class Shaken:
        def slope(self, w):
            exact = sharp_and_flat().slope(w)
            return exact * (1 + 4e-16 * random.uniform(-1, 1, np.shape(w)))

    monkeypatch.setattr(of_wells, "WELLS", Shaken())
    assert np.array_equal(of_wells.runs.__wrapped__(name, noise), kept)


@pytest.mark.parametrize(
    ("rule", "hyper", "noise", "low", "high"),
    [(GRADIENT_DESCENT, {"lr": 0.01}, 5, 0, 1), (GRADIENT_DESCENT, {"lr": 0.01}, 10, 96, 100),
     (ADAM, {"lr": 0.02}, 20, 0, 1), (ADAM, {"lr": 0.1}, 20, 70, 81)],
)  # fmt: skip
def test_other_seeds_leave_the_sharp_well_as_often(rule, hyper, noise, low, high):
    random, wells, w = np.random.default_rng(77), sharp_and_flat(), np.full(1000, -1.25)
    step = rule.start(w, **hyper)
    for _ in range(2000):
        step(wells.slope(w) + noise * random.standard_normal(w.size))
    assert low <= 100 * np.mean(w > of_wells.BARRIER) <= high


# What the lesson says


def test_the_smallest_deep_network():
    a = sp.Symbol("a", positive=True)
    H = sp.hessian(two_layers().formula, sorted(two_layers().formula.free_symbols, key=str))
    w1, w2 = sorted(two_layers().formula.free_symbols, key=str)
    values = H.subs({w1: a, w2: 1 / a}).eigenvals()
    assert {sp.simplify(v - x) for v, x in zip(sorted(values, key=str), (a**2 + a**-2, 0),
                                               strict=True)} == {0}  # fmt: skip


def test_rescaling_a_layer_leaves_the_scores_and_moves_the_sharpness():
    data, network = digits(), Network((64, 6, 10), "relu")
    x, y, w = data.x_train[:, :80], data.y_train[:80], network.init(2)
    (W1, b1), (W2, b2) = network.unpack(w)
    other = network.pack([(30 * W1, 30 * b1), (W2 / 30, b2)])
    assert network.scores(other, x) == pytest.approx(network.scores(w, x), abs=1e-12)
    gradient = lambda w: network.gradient(w, x, y)  # noqa: E731
    assert not 0.5 < sharpness(gradient, other) / sharpness(gradient, w) < 2
    relative = [sharpness(gradient, v, scale=1 / (v**2 + 1e-12)) for v in (w, other)]
    assert relative[0] == pytest.approx(relative[1], rel=1e-4)


def test_the_model_of_the_brake_hovers():
    x, y, seen = 1.0, 198.0, []
    for _ in range(3000):
        seen.append((x, y))
        x, y = x - 0.01 * x * y, y + 0.01 * (1 - x * x / 2)
    x, y = np.array(seen).T
    assert 197 < y.min() < y.max() < 203 and y.mean() == pytest.approx(200, rel=1e-3)
    assert np.mean(x[1000:] ** 2) == pytest.approx(2, rel=0.1)


def test_smaller_batches_end_flatter_with_other_seeds():
    ends = {
        size: follow(task(), GRADIENT_DESCENT, range(20, 26), lr=0.1, steps=2000, every=50,
                     batch=size).sharpness[-10:].mean(axis=0)
        for size in (2, 5, 10, None)
    }  # fmt: skip
    for small, large in ((2, 5), (5, 10), (10, None)):
        assert ratio(ends[small], ends[large]).says("lower", "same", "higher") == "lower"
    assert ends[None] == pytest.approx(20, rel=0.05)


# The exercises


def value(key, **numbers):
    e = EXERCISES[key]
    return float(e.truth.subs({e.symbols[n]: x for n, x in numbers.items()}))


def test_formulas_are_what_hessians_and_kernels_say():
    a, c = 1.7, 2.3
    H = np.array([[(c / a) ** 2, c], [c, a**2]])  # w1 w2 = c
    assert value("rescaled sharpness", a=a, c=c) == pytest.approx(np.linalg.eigvalsh(H)[-1])
    for share, stays in ((0.98, True), (1.02, False)):
        lr = share * value("too sharp to stay", a=3)
        w = np.array([3, 1 / 3]) + 1e-9
        for _ in range(2000):
            w = w - lr * (w[0] * w[1] - 1) * w[::-1]
        assert bool(np.abs(w - [3, 1 / 3]).max() < 1e-6) is stays
    top, lr = value("what Adam bears", beta1=0.8, lr=0.1), 0.1
    for share, away in ((0.99, False), (1.01, True)):
        w, m = 1.0, 0.0
        for _ in range(2000):
            m = 0.8 * m + 0.2 * share * top * w
            w -= lr * m
        assert (abs(w) > 100) is away


@pytest.mark.parametrize("key", OWN)
def test_every_slip_is_named_and_none_is_right(key):
    for slip in getattr(EXERCISES[key], "mistakes", ()):
        feedback = check(key, slip.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", slip.idea)


def power(shorten=True, stretch=True, back="number", again=True):
    """The power method with some of its parts missing."""

    def method(product, v, steps):
        first = v
        for _ in range(steps):
            v = product(v if again else first)
            v = v / np.linalg.norm(v) if shorten else v
        if back == "vector":
            return v
        if back == "length":
            return np.linalg.norm(v)
        return v @ product(v) if stretch else np.linalg.norm(product(product(v)))

    return method


@pytest.mark.parametrize(
    ("answer", "idea"),
    [
        (power(shorten=False), "shorten to length 1"),
        (power(back="vector"), "a number, not a direction"),
        (power(back="length"), "a length, or a stretch"),
        (power(stretch=False), "one product too many"),
        (power(again=False), "go on from the last vector"),
        (lambda product, v, steps: print(v), "return"),
    ],
)
def test_mistakes_in_the_power_method_are_named(answer, idea):
    feedback = check("power method", answer)
    assert (feedback.verdict, feedback.idea) == ("not yet", idea), feedback


def test_right_ways_to_write_the_power_method_pass():
    assert check("power method", power())

    def stretched(product, v, steps):
        for _ in range(steps):
            u = product(v)
            size = np.linalg.norm(u)
            v = u / size
        return size

    assert check("power method", stretched)
    assert check("power method", "text").verdict == "not yet"


@pytest.mark.parametrize(
    ("answer", "idea"),
    [
        (0.1, "too small"),
        (0.15, "too small"),
        (0.3, "too large"),
        (0.001, "not at rest"),
        ("fast", "form"),
        (-0.1, "form"),
        ({"rate": 0.2}, "form"),
    ],
)
def test_landings_that_miss_are_named(answer, idea):
    feedback = check("land in the flat", answer)
    assert (feedback.verdict, feedback.idea) == ("not yet", idea), feedback


def test_landings_that_reach_the_flat_do_so_in_a_plain_loop():
    for lr in (0.18, 0.2, 0.24):
        w = np.array([4, 0.25]) + 0.1 * np.array([0.25, 4]) / np.hypot(4, 0.25)
        for _ in range(60):
            w = w - lr * (w[0] * w[1] - 1) * w[::-1]
        assert w @ w < 4 and abs(w[0] * w[1] - 1) < 1e-3
        assert check("land in the flat", lr) and check("land in the flat", {"lr": lr})


def test_choices_that_are_wrong_are_answered():
    for key in ("who finds flat minima", "flat generalises", "what Keskar compared"):
        e = EXERCISES[key]
        for letter in e.options:
            verdict = "right" if letter == e.truth else "not yet"
            assert check(key, letter).verdict == verdict and e.reasons[letter]
