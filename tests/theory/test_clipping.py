"""What clipping does to the floor, to one heavy batch and to the minimum: formulas and runs."""

from math import pi, sqrt

import numpy as np
import pytest
import sympy as sp
from scipy import integrate, stats

from course_utils import theory
from course_utils.networks import Data, Network, digits, ratio, train
from course_utils.optimizers import (
    GRADIENT_DESCENT,
    clip_by_norm,
    clip_by_value,
    gradient_descent,
    with_norm_clipping,
)

LIMITS = [0.05, 0.3, 1.0, 3.0]


@pytest.mark.parametrize("noise", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("limit", LIMITS)
def test_slope_and_power_are_the_integrals(limit, noise):
    density = stats.norm(scale=noise).pdf
    power = integrate.quad(
        lambda z: min(z * z, limit * limit) * density(z), -40 * noise, 40 * noise,
        points=[-limit, limit], limit=200,
    )[0]  # fmt: skip
    assert theory.clipped_power(limit, noise) == pytest.approx(power, rel=1e-6)

    def mean(shift):
        return stats.norm(shift, noise).expect(
            lambda x: np.clip(x, -limit, limit), lb=shift - 40 * noise, ub=shift + 40 * noise
        )

    slope = (mean(1e-3 * noise) - mean(-1e-3 * noise)) / (2e-3 * noise)
    assert theory.clipped_slope(limit, noise) == pytest.approx(slope, rel=1e-3)


def test_the_power_follows_by_parts():
    z, c = sp.symbols("z c", positive=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    inside = sp.erf(c / sp.sqrt(2))
    power = 2 * sp.integrate(z**2 * density, (z, 0, c)) + c**2 * (1 - inside)
    claimed = inside - 2 * c * density.subs(z, c) + c**2 * (1 - inside)
    assert sp.simplify(power - claimed) == 0


@pytest.mark.parametrize("lr", [0.02, 0.3])
@pytest.mark.parametrize("limit", [0.3, 1.0, 3.0])
def test_the_floor_is_what_runs_find(lr, limit):
    """2,000 runs, seed 1: within four standard errors and a twentieth."""
    draw, w = np.random.default_rng(1), np.zeros(2000)
    rest, losses = int(6 / (lr * theory.clipped_slope(limit))), []
    for t in range(2 * rest):
        gradient_descent(w, clip_by_value(w + draw.normal(size=w.size), limit=limit), lr=lr)
        if t >= rest:
            losses.append(np.mean(w * w) / 2)
    expected = theory.clipped_floor(lr, 1.0, limit)
    assert np.mean(losses) == pytest.approx(expected, rel=0.05)


def test_with_a_high_limit_the_floor_is_that_without():
    for lr in (0.01, 0.5, 1.5):
        one = theory.clipped_floor(lr, 1.0, 50.0)
        assert one == pytest.approx(theory.noise_floor(lr, 0.0, 1.0, 1.0), rel=1e-12)


def test_under_normal_noise_clipping_lowers_the_floor_and_costs_more_than_it_lowers():
    limits = np.geomspace(1e-3, 8, 60)
    floors = theory.clipped_floor(0.01, 1.0, limits)
    assert (np.diff(floors) > 0).all()
    price = theory.clipped_price(limits)
    assert (np.diff(price) <= 1e-12).all()
    assert price[0] == pytest.approx(pi / 2, rel=1e-3) and price[-1] == pytest.approx(1, rel=1e-6)
    # The floor at a rate raised to the old speed, over the old floor, is that price.
    raised = 1e-5 / theory.clipped_slope(limits)
    old = theory.noise_floor(1e-5, 0.0, 1.0, 1.0)
    assert theory.clipped_floor(raised, 1.0, limits) / old == pytest.approx(price, rel=1e-4)


def bursts(draw, size, share=0.01, times=50.0):
    """Noise of 1 that is fifty times as large in one batch of a hundred."""
    return draw.normal(size=size) * np.where(draw.random(size) < share, times, 1.0)


def test_under_rare_heavy_batches_clipping_lowers_the_floor_at_the_same_speed():
    """Twelve seeds of 200 runs each: the ratio of the floors with its interval."""
    lr, limit, floors = 0.02, 2.0, {"plain": [], "clipped": []}
    for seed in range(12):
        draw = np.random.default_rng(seed)
        w = np.zeros((2, 200))
        seen = []
        for t in range(800):
            noise = bursts(draw, 200)
            w[0] -= lr * (w[0] + noise)
            w[1] -= lr * clip_by_value(w[1] + noise, limit=limit)
            if t >= 400:
                seen.append(np.mean(w * w, axis=1) / 2)
        for name, floor in zip(floors, np.mean(seen, axis=0), strict=True):
            floors[name].append(floor)
    found = ratio(floors["clipped"], floors["plain"])
    assert found.high < 0.06 and found.low > 0.02, str(found)
    # And the speed at the minimum is nearly that without a limit.
    assert theory.clipped_slope(limit) > 0.95


def test_one_heavy_batch_moves_the_weights_by_the_rate_times_the_limit():
    for heavy in (10.0, 1e3, 1e6):
        w = np.zeros(1)
        gradient_descent(w, clip_by_norm(np.array([heavy]), limit=2.0), lr=0.1)
        assert w[0] == pytest.approx(-0.1 * min(heavy, 2.0))


def test_one_heavy_batch_throws_the_digits_off_without_clipping_and_not_with():
    """Eight passes, then one batch 1,000 times as bright and named wrong, then one pass more.

    Seeds 0 to 7 and the 95 % interval of the ratio of the training losses.
    """
    data, network = digits(), Network(activation="relu")
    x, y = data.x_train[:, :64] * 1000, (data.y_train[:64] + 1) % 10
    heavy = Data(x, y, data.x_test, data.y_test)
    clipped = with_norm_clipping(GRADIENT_DESCENT)
    hit, later = ({"plain": [], "clipped": []} for _ in range(2))
    before, without = [], []
    for seed in range(8):
        clean = train(network, GRADIENT_DESCENT, data, lr=0.5, epochs=8, seed=seed)
        before.append(clean.losses[-1])
        settings = {"lr": 0.5, "epochs": 1, "seed": seed + 100}
        again = train(network, GRADIENT_DESCENT, data, w=clean.w, **settings)
        without.append(again.losses[-1])
        for name, rule, more in (
            ("plain", GRADIENT_DESCENT, {}),
            ("clipped", clipped, {"limit": 3.0}),
        ):
            w = train(network, rule, heavy, w=clean.w, **settings, **more).w
            hit[name].append(network.loss(w, data.x_train, data.y_train))
            later[name].append(train(network, rule, data, w=w, **settings, **more).losses[-1])
        # The limit is above what clean batches have: those pass as they are.
        first = network.gradient(network.init(seed), data.x_train[:, :64], data.y_train[:64])
        assert np.linalg.norm(first) < 3.0
    assert ratio(hit["plain"], before).low > 100
    assert ratio(hit["clipped"], before).high < 10
    assert ratio(later["plain"], without).low > 3
    assert ratio(later["clipped"], without).high < 1.5


# Bias


def test_the_mean_of_clipped_gradients_is_not_the_clipped_mean():
    """Nine samples that pull one way and one that pulls nine times as hard the other way."""
    gradients = np.array([-1.0] * 9 + [9.0])
    assert gradients.mean() == 0
    assert np.mean([clip_by_value(g, limit=1.0) for g in gradients]) == pytest.approx(-0.8)
    both = np.array([[g, 0.0] for g in gradients])
    assert np.mean([clip_by_norm(g, limit=1.0) for g in both], axis=0)[0] == pytest.approx(-0.8)


def test_clipped_descent_settles_at_hubers_minimum_and_not_at_the_mean():
    """2,000 runs, one sample a step, seed 3: the mean of w with four standard errors."""
    targets, draw = np.array([0.0] * 9 + [10.0]), np.random.default_rng(3)
    where = theory.clipped_minimum(targets, 1.0)
    assert where == pytest.approx(1 / 9)
    w = np.full((2, 2000), where)
    for _ in range(1500):
        g = w - draw.choice(targets, size=2000)
        gradient_descent(w[0], g[0], lr=0.01)
        gradient_descent(w[1], clip_by_value(g[1], limit=1.0), lr=0.01)
    half = 4 * w.std(axis=1) / sqrt(2000)
    assert abs(w[0].mean() - 1.0) < half[0] and abs(w[1].mean() - where) < half[1] < 0.1


def test_hubers_loss_has_the_clipped_gradient():
    r, c = sp.symbols("r c", real=True), sp.Symbol("c", positive=True)
    r = r[0]
    huber = sp.Piecewise((r**2 / 2, sp.Abs(r) <= c), (c * sp.Abs(r) - c**2 / 2, True))
    for value in (-3, sp.Rational(-1, 2), sp.Rational(1, 3), 5):
        slope = sp.diff(huber, r).subs({c: 1, r: value})
        assert slope == sp.Min(sp.Max(value, -1), 1)


def test_where_noise_is_symmetric_the_minimum_stays():
    targets = np.concatenate([-(np.arange(9.0) ** 2), np.arange(9.0) ** 2])
    for limit in (0.5, 5.0, 500.0):
        assert theory.clipped_minimum(targets, limit) == pytest.approx(0, abs=1e-9)
    skewed = np.arange(9.0) ** 2
    assert theory.clipped_minimum(skewed, 1e4) == pytest.approx(skewed.mean())
    assert theory.clipped_minimum(skewed, 1e-3) == pytest.approx(np.median(skewed), abs=2e-3)


# Direction


def cosine_of(g, clipped):
    return g @ clipped / (np.linalg.norm(g) * np.linalg.norm(clipped))


@pytest.mark.parametrize("n", [1, 2, 5, 100])
def test_by_norm_keeps_the_direction_and_by_value_turns_it_within_the_bound(n):
    draw, bound = np.random.default_rng(n), theory.value_clipping_angle(n)
    worst = 0.0
    for _ in range(3000):
        g = draw.normal(size=n) * 10 ** draw.uniform(-4, 4, size=n)
        assert cosine_of(g, clip_by_norm(g, limit=1.0)) == pytest.approx(1)
        turned = np.degrees(np.arccos(np.clip(cosine_of(g, clip_by_value(g, limit=1.0)), -1, 1)))
        worst = max(worst, turned)
    assert worst <= bound + 1e-6
    # It is approached, so no smaller bound holds.
    g = np.ones(n)
    g[0] = 1e9
    near = np.degrees(np.arccos(min(1.0, cosine_of(g, clip_by_value(g, limit=1.0)))))
    assert near == pytest.approx(bound, abs=1e-3)
