"""Lesson 09 against references of its own: SciPy's Lyapunov solver, plain loops, long runs."""

import re
from math import comb, cos, exp, log2, pi, sqrt

import numpy as np
import pytest
import sympy as sp
from scipy.linalg import solve_discrete_lyapunov
from scipy.stats import chi2

from course_utils import theory
from course_utils.descent import descend
from course_utils.exercises import check, exercises, seed, solution
from course_utils.exercises.lessons.lesson_09 import EXERCISES as OWN
from course_utils.exercises.session import SESSION
from course_utils.explorers import Cloud
from course_utils.explorers.cloud.model import (
    COSINE,
    DRAWN,
    INVERSE,
    LAST,
    ONE_SAMPLE,
    PLANS,
    RUNS,
    STEPS,
    TRIED,
    WARM,
    best,
)
from course_utils.networks import Network, digits, train
from course_utils.optimizers import (
    GRADIENT_DESCENT,
    MOMENTUM,
    anneal,
    cosine,
    inverse_time,
    metropolis,
    momentum,
    step_decay,
    sutskever,
    warm_up,
)
from course_utils.surfaces import NoisySurface, noisy, ravine, rosenbrock, tilted_well

BY_KEY = exercises()


@pytest.fixture(autouse=True)
def fresh():
    SESSION.forget()
    seed("")
    yield
    SESSION.forget()
    seed("")


# Schedules


def test_schedules_are_the_formulas_of_their_sources():
    for t in range(1, 1300):
        power = 1 - 2 ** (-1 - log2(t // 250 + 1))
        assert sutskever(0.99)(t) == pytest.approx(min(power, 0.99))
        assert inverse_time(0.3, 7)(t) == pytest.approx(0.3 / (1 + (t - 1) / 7))
        share = min((t - 1) / 999, 1)
        assert cosine(0.3, 1000, 0.1)(t) == pytest.approx(0.1 + 0.1 * (1 + cos(pi * share)))
        assert warm_up(0.3, 40)(t) == pytest.approx(0.3 * min(1, t / 40))
        drops = 0 if t <= 100 else (t - 1) // 100
        assert step_decay(0.3, 0.1, 100)(t) == pytest.approx(0.3 * 0.1**drops)


def test_schedules_at_their_corners():
    assert [step_decay(1, 0.5, 3)(t) for t in (1, 3, 4, 6, 7)] == [1, 1, 0.5, 0.5, 0.25]
    assert inverse_time(1.0, 8)(9) == 0.5
    assert [sutskever(0.999)(t) for t in (1, 249, 250, 500, 750)] == pytest.approx(
        [1 / 2, 1 / 2, 3 / 4, 5 / 6, 7 / 8]
    )
    values = [cosine(1.0, 11)(t) for t in range(1, 12)]
    assert (values[0], values[5], values[-1]) == pytest.approx((1, 0.5, 0), abs=1e-15)
    assert np.mean(values) == pytest.approx(0.5)
    assert cosine(1.0, 11)(50) == pytest.approx(0, abs=1e-15)
    assert cosine(1.0, 1)(1) == 1


def test_schedules_fit_into_one_another_and_take_arrays():
    both = warm_up(cosine(0.1, 120), 20)
    assert both(10) == pytest.approx(0.5 * cosine(0.1, 120)(10))
    assert both(77) == cosine(0.1, 120)(77)
    tops = np.array([0.1, 0.2])
    for make in (
        lambda top: cosine(top, 9),
        lambda top: step_decay(top, 0.1, 4),
        lambda top: inverse_time(top, 3),
        lambda top: warm_up(top, 3),
    ):
        assert make(tops)(5) == pytest.approx([make(0.1)(5), make(0.2)(5)])


@pytest.mark.parametrize(
    "make",
    [
        lambda x: step_decay(0.1, 0.1, x),
        lambda x: inverse_time(0.1, x),
        lambda x: cosine(0.1, x),
        lambda x: warm_up(0.1, x),
        lambda x: sutskever(0.9, x),
    ],
)
@pytest.mark.parametrize("steps", [0, -3, float("nan")])
def test_schedules_refuse_no_steps_in_a_sentence(make, steps):
    if np.isnan(steps) and make(5).__qualname__.startswith("cosine"):
        return
    with pytest.raises(ValueError, match=r"^[A-Z].*\.?$"):
        make(steps)


def test_schedules_run_in_descend_and_train():
    run = descend(ravine(), MOMENTUM, lr=cosine(0.05, 30), beta=sutskever(0.9, 10), steps=30)
    w, v = np.array([2.0, -10.0]), np.zeros(2)
    for t in range(1, 31):
        beta = min(1 - 1 / (2 * (t // 10 + 1)), 0.9)
        v = beta * v - 0.025 * (1 + cos(pi * (t - 1) / 29)) * np.array([25, 1]) * w
        w = w + v
    assert run.positions[-1] == pytest.approx(w, rel=1e-9)
    data, network = digits(), Network()
    plan = warm_up(step_decay(0.5, 0.1, 10), 5)
    one = train(network, GRADIENT_DESCENT, data, lr=plan, epochs=1, seed=1)
    other = train(network, GRADIENT_DESCENT, data, lr=lambda t: plan(t), epochs=1, seed=1)
    assert one.losses[-1] == other.losses[-1] < one.losses[0]


# What theory says of noise


SETTINGS = [
    (0.03, 0.9, 25.0),
    (0.01, 0.0, 1.0),
    (0.1, 0.5, 10.0),
    (0.075, 0.0, 25.0),
    (1.5, 0.3, 1),
]


@pytest.mark.parametrize(("lr", "beta", "curvature"), SETTINGS)
def test_covariance_is_scipys_solution_of_the_lyapunov_equation(lr, beta, curvature):
    step = np.array([[beta, -lr * curvature], [beta, 1 - lr * curvature]])
    push = -lr * 3.0 * np.ones((2, 1))
    expected = solve_discrete_lyapunov(step, push @ push.T)
    assert theory.noise_covariance(lr, curvature, 3.0, beta) == pytest.approx(expected, rel=1e-9)
    variance = theory.noise_variance(lr, curvature, 3.0, beta)
    assert variance == pytest.approx(expected[1, 1], rel=1e-9)
    assert theory.noise_floor(lr, beta, 3.0, curvature, curvature) == pytest.approx(
        curvature * expected[1, 1], rel=1e-9
    )


@pytest.mark.parametrize(("lr", "beta", "curvature"), SETTINGS)
def test_variance_is_what_a_long_simulation_finds(lr, beta, curvature):
    draw, runs = np.random.default_rng(11), 6000
    w, v = np.zeros((2, runs))
    for _ in range(600):
        momentum(w, curvature * w + 2.0 * draw.normal(size=runs), v, lr=lr, beta=beta)
    predicted = theory.noise_covariance(lr, curvature, 2.0, beta)
    found = np.cov(v, w)
    assert np.diag(found) == pytest.approx(np.diag(predicted), rel=4.5 * sqrt(2 / runs))
    if lr * curvature > 0.1:
        assert found[0, 1] == pytest.approx(predicted[0, 1], rel=0.12)


def test_no_floor_beyond_the_limit():
    assert np.isinf(theory.noise_variance(0.081, 25, 1.0))
    assert np.isfinite(theory.noise_variance(0.079, 25, 1.0))
    assert np.isinf(theory.noise_variance(0.16, 25, 1.0, 0.9)) == (0.16 * 25 > 3.8)
    lrs = np.array([0.01, 0.09])
    assert np.isinf(theory.noise_variance(lrs, 25)).tolist() == [False, True]


def test_short_steps_make_one_temperature():
    for curvature in (25.0, 1.0):
        for lr, beta, noise in ((1e-5, 0, 3.0), (1e-6, 0.9, 3.0), (1.6e-4, 0, 0.75)):
            heat = theory.temperature(lr, noise, beta)
            assert heat == pytest.approx(4.5e-5)
            loss = theory.noise_floor(lr, beta, noise, curvature)
            assert loss == pytest.approx(heat / 2, rel=5e-3)


def test_noisy_path_is_the_sum_over_all_pushes():
    """The response to each push apart, added in squares: no recursion of covariances."""
    curvature, noise, start, steps = 4.0, 1.5, 2.0, 40
    lr, beta = cosine(0.3, steps), anneal(0.2, 0.8, 20)

    def weight(first, pushed):
        w, v, out = first, 0.0, [first]
        for t in range(1, steps + 1):
            v = beta(t) * v - lr(t) * (curvature * w + (t == pushed))
            w = w + v
            out.append(w)
        return np.array(out)

    means, variances = theory.noisy_path(lr, beta, curvature, noise, start, steps)
    assert means == pytest.approx(weight(start, 0), abs=1e-12)
    pushes = sum((noise * weight(0.0, k)) ** 2 for k in range(1, steps + 1))
    assert variances == pytest.approx(pushes, abs=1e-12)


def test_noisy_path_ends_at_the_floor_and_broadcasts():
    lr, curvature = np.array([[0.01], [0.03]]), np.array([25.0, 1.0])
    means, variances = theory.noisy_path(lr, 0.5, curvature, 2.0, np.array([2.0, -10.0]), 3000)
    assert means.shape == variances.shape == (3001, 2, 2)
    assert variances[-1] == pytest.approx(theory.noise_variance(lr, curvature, 2.0, 0.5))
    assert means[0] == pytest.approx(np.array([[2, -10], [2, -10]])) and not variances[0].any()


def test_noise_of_a_batch_without_repetition():
    """All subsets of six samples, one by one."""
    from itertools import combinations

    values = np.array([1.0, 4.0, -2.0, 0.5, 3.0, 7.0])
    for size in range(1, 7):
        means = [np.mean(c) for c in combinations(values, size)]
        assert len(means) == comb(6, size)
        expected = values.var() / size * (6 - size) / 5
        assert np.var(means) == pytest.approx(expected)


# The noisy surface


def test_a_noisy_surface_adds_noise_to_the_steps_and_to_nothing_else():
    surface = noisy(rosenbrock(), 0.5, seed=3)
    assert isinstance(surface, NoisySurface)
    w = np.array([[0.3, 1.0], [-0.2, 2.0]])
    assert surface.value(w) == pytest.approx(rosenbrock().value(w))
    assert surface.gradient(w) == pytest.approx(rosenbrock().gradient(w))
    slope = surface.slope
    first, second = slope(w), slope(w)
    draw = np.random.default_rng(3)
    clean = rosenbrock().gradient(w)
    assert first == pytest.approx(clean + 0.5 * draw.standard_normal(w.shape))
    assert second == pytest.approx(clean + 0.5 * draw.standard_normal(w.shape))
    assert surface.slope(w) == pytest.approx(first)


def test_a_noisy_descent_is_repeated_and_is_the_loop_written_out():
    surface = noisy(ravine(9), 2.0, seed=5)
    run = descend(surface, GRADIENT_DESCENT, lr=0.05, steps=50)
    again = descend(surface, GRADIENT_DESCENT, lr=0.05, steps=50)
    assert (run.positions == again.positions).all()
    draw, w = np.random.default_rng(5), np.array([2.0, -10.0])
    for _ in range(50):
        w = w - 0.05 * (np.array([9, 1]) * w + 2.0 * draw.standard_normal(2))
    assert run.positions[-1] == pytest.approx(w)
    assert run.losses[-1] == pytest.approx((9 * w[0] ** 2 + w[1] ** 2) / 2)
    assert noisy(ravine(), 0).slope(w) == pytest.approx(ravine().gradient(w))


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf")])
def test_noise_that_is_none_is_refused_in_a_sentence(bad):
    with pytest.raises(ValueError, match=r"^The noise is .*\.$"):
        noisy(ravine(), bad)


# Annealing that climbs


def test_metropolis_accepts_as_often_as_it_should():
    draw, x = np.random.default_rng(0), np.zeros(40_000)
    accepted = metropolis(x, lambda y: 3.0 * (y != 0), draw, temperature=2.0, width=1.0)
    share = exp(-1.5)
    assert accepted.mean() == pytest.approx(share, abs=5 * sqrt(share * (1 - share) / 40_000))
    assert ((x != 0) == accepted).all()
    downhill = metropolis(x, lambda y: -np.abs(y) * 0, draw, temperature=1e-9, width=1.0)
    assert downhill.all()


def test_metropolis_visits_places_as_boltzmann_says():
    draw, x = np.random.default_rng(1), np.zeros(20_000)
    for _ in range(400):
        metropolis(x, lambda y: y**2 / 2, draw, temperature=0.3, width=1.0)
    assert x.var() == pytest.approx(0.3, rel=5 * sqrt(2 / 20_000))


def test_only_chance_leaves_the_wrong_well():
    well = tilted_well()
    grid = np.linspace(-1.5, 1.5, 30_001)
    low = grid[grid > 0.5][well.value(grid[grid > 0.5]).argmin()]
    deep = grid[grid < -0.5][well.value(grid[grid < -0.5]).argmin()]
    top = well.value(grid[np.abs(grid) < 0.5]).max()
    assert (deep, low) == pytest.approx((-1.036, 0.960), abs=1e-3)
    assert well.value(low) - well.value(deep) == pytest.approx(0.60, abs=5e-3)
    assert top - well.value(low) == pytest.approx(0.71, abs=0.01)
    x, plan = np.full(50, low), anneal(0.1, 0, 1000)
    for t in range(1, 1001):
        x -= plan(t) * (4 * x * (x**2 - 1) + 0.3)
    assert (x > 0).all()
    x, draw = np.full(100, low), np.random.default_rng(8)
    for t in range(1000):
        metropolis(x, well.value, draw, temperature=0.5 * 0.04 ** (t / 999), width=0.5)
    assert np.sum(x < 0) >= 90


# The explorer


def plain(plan, rate):
    return {
        PLANS[0]: lambda t: rate,
        STEPS: lambda t: rate * 0.1 ** ((t - 1) // 40),
        COSINE: lambda t: rate * (1 + cos(pi * (t - 1) / 119)) / 2,
        INVERSE: lambda t: rate / (1 + (t - 1) / 20),
        WARM: lambda t: min(t / 20, 1) * rate * (1 + cos(pi * (t - 1) / 119)) / 2,
    }[plan]


def runs_of(batch, lr, beta, plan):
    """Positions of all runs, from the same numbers, one step after the other."""
    draw, curvatures = np.random.default_rng(9), np.array([[25.0], [1.0]])
    w = np.array([[2.0], [-10.0]]) * np.ones((1, RUNS))
    v, path = np.zeros_like(w), [w]
    for t in range(1, LAST + 1):
        g = curvatures * w + 12 / sqrt(batch) * draw.standard_normal(w.shape)
        v = beta * v - plain(plan, lr)(t) * g
        w = w + v
        path.append(w)
    return np.array(path)


CASES = [
    (8, 0.04, 0.0, PLANS[0], 120),
    (1, 0.04, 0.0, PLANS[0], 33),
    (64, 0.02, 0.9, PLANS[0], 120),
    (8, 0.074, 0.0, COSINE, 90),
    (4, 0.05, 0.5, STEPS, 57),
    (256, 0.08, 0.3, WARM, 15),
    (16, 0.03, 0.8, INVERSE, 120),
]


@pytest.mark.parametrize(("batch", "lr", "beta", "plan", "step"), CASES)
def test_the_explorer_says_what_plain_loops_find(batch, lr, beta, plan, step):
    said = Cloud(batch=batch, lr=lr, beta=beta, schedule=plan, step=step).caption()
    got = re.fullmatch(
        r"B = (\S+), η = (\S+), β = (\S+), (.*)\. Step (\d+), rate (\S+): the runs spread by ± "
        r"(\S+) along w1, predicted (\S+), and by ± (\S+) along w2, predicted (\S+)\. (\d+) of "
        r"(\d+) lie in the ellipse\. Mean loss (\S+), predicted (\S+)\. At a constant η the "
        r"temperature is (\S+) and the floor (\S+)\.",
        said,
    )
    assert got, said
    assert [float(got[i]) for i in (1, 2, 3)] == pytest.approx((batch, lr, beta))
    assert (got[4], int(got[5]), int(got[12])) == (plan, step, RUNS)
    assert float(got[6]) == pytest.approx(plain(plan, lr)(step), rel=6e-3, abs=1e-9)
    runs = runs_of(batch, lr, beta, plan)[step]
    pushes, means = np.zeros(2), np.zeros(2)
    for i, curvature in enumerate((25.0, 1.0)):
        for pushed in range(step + 1):
            w, v = ((2.0, -10.0)[i], 0.0) if pushed == 0 else (0.0, 0.0)
            for t in range(1, step + 1):
                v = beta * v - plain(plan, lr)(t) * (curvature * w + (t == pushed))
                w = w + v
            if pushed == 0:
                means[i] = w
            else:
                pushes[i] += w * w * 144 / batch
    spread = runs.std(axis=1)
    assert [float(got[i]) for i in (7, 9)] == pytest.approx(spread, abs=6e-3)
    assert [float(got[i]) for i in (8, 10)] == pytest.approx(np.sqrt(pushes), abs=6e-3)
    away = ((runs - means[:, None]) ** 2 / pushes[:, None]).sum(axis=0)
    assert int(got[11]) == np.sum(away <= 4)
    losses = (np.array([25.0, 1.0]) @ runs**2).mean() / 2
    assert float(got[13]) == pytest.approx(losses, rel=0.06)
    theory_loss = np.array([25.0, 1.0]) @ (means**2 + pushes) / 2
    assert float(got[14]) == pytest.approx(theory_loss, rel=0.06)
    heat = lr * 144 / batch / (2 * (1 - beta))
    assert float(got[15]) == pytest.approx(heat, rel=0.06)
    floor = sum(
        lr * 144 / batch * (1 + beta) / (2 * (1 - beta) * (2 * (1 + beta) - lr * x))
        for x in (25, 1)
    )
    assert float(got[16]) == pytest.approx(floor, rel=0.06)


def test_two_radii_hold_as_many_runs_as_they_say():
    assert chi2.cdf(4, df=2) == pytest.approx(0.86, abs=5e-3)
    inside = []
    for step in (10, 40, 80, 120):
        said = Cloud(step=step).caption()
        inside.append(int(re.search(r"(\d+) of 200 lie", said)[1]))
    assert np.mean(inside) == pytest.approx(0.865 * RUNS, abs=12)


def test_the_cloud_and_the_ellipse_are_drawn_where_they_are_said():
    explorer = Cloud(step=60)
    picture = explorer.drawn(explorer.state())
    tracks = {track.shape: track for track in picture.tracks}
    runs = runs_of(8, 0.04, 0.0, PLANS[0])
    drawn = np.reshape(tracks["cloud"].values[60], (-1, 2))
    assert len(drawn) == DRAWN - 1
    across, up = 900 / 15, 264 / 4.4
    x = 46 + across * (runs[60, 1, 1:DRAWN] + 11.5)
    y = 26 + up * (2.2 - runs[60, 0, 1:DRAWN])
    assert drawn == pytest.approx(np.column_stack([x, y]), abs=0.05)
    means, variances = theory.noisy_path(
        0.04, 0, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), 120
    )
    cx, cy, rx, ry = tracks["ellipse"].values[60]
    assert (rx / across / 2, ry / up / 2) == pytest.approx(np.sqrt(variances[60, ::-1]))
    assert (cx, cy) == pytest.approx(
        (46 + across * (means[60, 1] + 11.5), 26 + up * (2.2 - means[60, 0]))
    )


@pytest.mark.parametrize("plan", PLANS)
def test_the_marked_rate_is_the_best_of_those_tried(plan):
    ends = []
    for lr in TRIED:
        means, variances = theory.noisy_path(
            plain(plan, lr), 0.5, np.array([25, 1]), ONE_SAMPLE / 4, np.array([2, -10]), LAST
        )
        ends.append((np.array([25, 1]) @ (means[-1] ** 2 + variances[-1])) / 2)
    lr, loss = best(16, 0.5, plan)
    assert lr == pytest.approx(TRIED[int(np.nanargmin(ends))])
    assert loss == pytest.approx(np.nanmin(ends))


def test_the_goal_is_reached_by_a_preset_and_by_no_constant_rate():
    assert (
        float(re.search(r"Mean loss (\S+),", Cloud(**Cloud.presets["Cosine"]).caption())[1]) < 0.16
    )
    explorer = Cloud()
    lrs = np.arange(explorer.board.widgets["lr"].min, 0.1601, 0.001)[:, None, None]
    betas = np.arange(0, 0.991, 0.01)[None, :, None]
    with np.errstate(all="ignore"):
        means, variances = theory.noisy_path(
            lrs, betas, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), LAST
        )
        losses = (means[-1] ** 2 + variances[-1]) @ np.array([25, 1]) / 2
    assert np.nanmin(losses) > 0.16


def test_beyond_the_limit_it_says_so():
    said = Cloud(lr=0.16, step=LAST).caption()
    assert "there is no floor: it is beyond the limit." in said and "far" in said


# Exercises


def test_variance_of_w_solves_its_equation():
    e = BY_KEY["variance of w"]
    lr, curvature, noise = (e.symbols[n] for n in ("lr", "lambda1", "noise"))
    left = e.truth - ((1 - lr * curvature) ** 2 * e.truth + lr**2 * noise**2)
    assert sp.simplify(left) == 0


@pytest.mark.parametrize("name", ["", "ada", "ben", "cleo", "dan"])
def test_numbers_are_right_for_every_learner(name):
    seed(name)
    for key in ("compute the floor", "same temperature"):
        e = BY_KEY[key].for_learner(SESSION.name)
        assert e.judge(eval(e.solution, {"sum": sum}))
        values = [float(slip.value) for slip in e.mistakes]
        apart = [abs(x - e.truth) > 2 * e.tolerance * e.truth for x in values]
        assert all(apart)
        for slip in e.mistakes:
            assert e.judge(slip.value).idea == slip.idea, (key, slip.idea)
    floor = BY_KEY["compute the floor"].for_learner(SESSION.name)
    lr, batch = map(float, re.search(r"lr = (\S+) and batches of (\d+)", floor.question).groups())
    assert floor.truth == pytest.approx(float(theory.noise_floor(lr, 0, 12 / sqrt(batch), 25, 1)))
    hot = BY_KEY["same temperature"].for_learner(SESSION.name)
    found = re.search(r"lr = (\S+), .* of (\d+)\. .* of (\d+),", hot.question).groups()
    lr, batch, other = map(float, found)
    assert theory.temperature(lr, 1 / sqrt(batch), 0.9) == pytest.approx(
        theory.temperature(hot.truth, 1 / sqrt(other))
    )


@pytest.mark.parametrize("e", OWN, ids=lambda e: e.key)
def test_every_slip_is_named_and_none_is_right(e):
    for slip in getattr(e, "mistakes", ()):
        feedback = check(e.key, slip.value)
        assert (feedback.verdict, feedback.idea) == ("not yet", slip.idea)
    for letter in set(getattr(e, "options", ())) - {getattr(e, "truth", "")}:
        assert check(e.key, letter).idea == f"option {letter}"


def test_a_schedule_is_compared_by_its_values():
    def other_way(t):
        share = max(t - 20, 0) / 100
        return min(t / 20, 1) * (0.1 - 0.1 * np.sin(np.pi / 2 * share) ** 2)

    key = "warm-up, then cosine"
    assert check(key, other_way)
    shifted = check(key, lambda t: other_way(t + 1))
    assert "At t = 1 yours gives 0.01, and 0.005 is asked for." in shifted.text
    assert check(key, lambda t: None).verdict == "unanswered"
    assert check(key, 0.1).idea == "form"
    assert check(key, lambda t: "fast").verdict == "not yet"
    assert "ZeroDivisionError" in check(key, lambda t: 1 / (t - 3)).text
    composed = warm_up(lambda t: cosine(0.1, 101)(max(t - 19, 1)), 20)
    assert check(key, composed)


@pytest.mark.parametrize(
    ("lr", "beta", "idea"),
    [
        (0.02, 0.0, "too cold on the way"),
        (0.04, 0.0, "too hot at the end"),
        (0.02, 0.9, "too hot at the end"),
        (0.2, 0.0, "diverges"),
        (-1.0, 0.0, "settings"),
        (0.02, 1.5, "settings"),
        (lambda t: 0.001, 0.0, "too cold on the way"),
    ],
)
def test_the_budget_says_what_is_left(lr, beta, idea):
    feedback = check("mean loss below 0.16", {"lr": lr, "beta": beta})
    assert (feedback.verdict, feedback.idea) == ("not yet", idea)


@pytest.mark.parametrize("plan", [cosine(0.073, 120), warm_up(cosine(0.087, 120), 20), 0.04])
def test_the_budget_measures_what_theory_expects(plan):
    e = BY_KEY["mean loss below 0.16"]
    loss, distance, spread = e.run(plan, 0.0)
    means, variances = theory.noisy_path(
        plan, 0, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), 120
    )
    assert distance == pytest.approx(np.array([25, 1]) @ means[-1] ** 2 / 2, abs=0.02)
    assert spread == pytest.approx(np.array([25, 1]) @ variances[-1] / 2, rel=0.15)
    assert loss == pytest.approx(distance + spread)


def test_what_one_writes_for_the_budget():
    key = "mean loss below 0.16"
    assert check(key, {"lr": cosine(0.07, 120), "beta": 0})
    assert check(key, {"lr": cosine(0.035, 120), "beta": lambda t: 0.5})
    assert check(key, 0.04).idea == "form"
    assert "np.cos" in repr(solution(key))


def test_no_pair_of_constants_gets_below_the_bar():
    """A search in the region where timing helps most."""
    lrs = np.geomspace(1e-4, 0.15, 150)[:, None, None]
    betas = np.linspace(0, 0.99, 199)[None, :, None]
    with np.errstate(all="ignore"):
        means, variances = theory.noisy_path(
            lrs, betas, np.array([25, 1]), 12 / sqrt(8), np.array([2, -10]), 120
        )
        losses = (means[-1] ** 2 + variances[-1]) @ np.array([25, 1]) / 2
    assert np.nanmin(losses) > 0.16
