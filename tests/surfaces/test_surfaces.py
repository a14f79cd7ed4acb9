"""Surfaces against exact derivatives, against the complex step, and against each other."""

import numpy as np
import pytest
import sympy as sp

from course_utils.surfaces import (
    W1,
    W2,
    Surface,
    article_ravine,
    bent_ravine,
    himmelblau,
    ravine,
    rosenbrock,
    saddle_well,
    three_curves,
    weights,
)

x, y = sp.symbols("x y", real=True)


def ravine_formula(kappa=25, theta=0, c=1):
    u = sp.cos(theta) * x + sp.sin(theta) * y
    v = sp.cos(theta) * y - sp.sin(theta) * x
    return sp.Rational(c) * (sp.Rational(kappa) * u**2 + v**2) / 2


def walled_formula(across):
    wall, width, along = 5, sp.Rational(1, 4), sp.Rational(2, 5)
    return wall * (sp.sqrt(1 + (across / width) ** 2) - 1) + along * y**2 / 2


# Each surface with its formula written down a second time.
SURFACES = {
    "ravine": (ravine(), ravine_formula()),
    "steep ravine": (ravine(100, c=0.25), ravine_formula(100, c="1/4")),
    "round": (ravine(1), ravine_formula(1)),
    "turned": (ravine(25, theta=0.5), ravine_formula(25, sp.Rational(1, 2))),
    "turned far": (ravine(9, theta=-2.25, c=3), ravine_formula(9, -sp.Rational(9, 4), 3)),
    "article": (article_ravine(), walled_formula(x)),
    "bent": (bent_ravine(), walled_formula(x - sp.sin(y) / 2)),
    "rosenbrock": (rosenbrock(), (1 - x) ** 2 + 100 * (y - x**2) ** 2),
    "himmelblau": (himmelblau(), (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2),
    "saddle": (saddle_well(), x**2 / 2 - y**2 / 2 + y**4 / 4 + sp.Rational(1, 4)),
}
RATIONALS = [
    (sp.Rational(a, 7), sp.Rational(b, 5)) for a, b in ((-15, 20), (3, -4), (9, 2), (0, 1))
]

surfaces = pytest.mark.parametrize("name", SURFACES)


def points(surface, n, seed=3):
    random = np.random.default_rng(seed)
    low, high = np.array(surface.domain).T
    return low[:, None] + (high - low)[:, None] * random.random((2, n))


@surfaces
@pytest.mark.parametrize("at", RATIONALS, ids=str)
def test_value_gradient_and_hessian_are_the_exact_ones(name, at):
    surface, formula = SURFACES[name]
    w = np.array(at, dtype=float)

    def exact(*variables):
        derivative = sp.diff(formula, *variables) if variables else formula
        return float(derivative.subs({x: at[0], y: at[1]}).evalf(30))

    gradient = [exact(a) for a in (x, y)]
    hessian = [[exact(a, b) for b in (x, y)] for a in (x, y)]
    assert surface.value(w) == pytest.approx(exact(), rel=1e-13, abs=1e-13)
    assert surface.gradient(w) == pytest.approx(np.array(gradient), rel=1e-13, abs=1e-13)
    assert surface.slope(w) == pytest.approx(np.array(gradient), rel=1e-13, abs=1e-13)
    assert surface.hessian(w) == pytest.approx(np.array(hessian), rel=1e-13, abs=1e-12)


@surfaces
def test_complex_step_gives_gradient_and_hessian(name):
    surface, h = SURFACES[name][0], 1e-30
    w = points(surface, 40)
    for i, e in enumerate(np.eye(2)):
        moved = w + 1j * h * e[:, None]
        slope = surface.value(moved).imag / h
        assert np.allclose(slope, surface.gradient(w)[i], rtol=1e-12, atol=1e-12)
        curvature = surface.gradient(moved).imag / h
        assert np.allclose(curvature, surface.hessian(w)[:, i], rtol=1e-12, atol=1e-11)


@surfaces
def test_point_batch_and_mesh_agree(name):
    surface = SURFACES[name][0]
    mesh = points(surface, 12).reshape(2, 3, 4)
    batch = mesh.reshape(2, 12)
    for call, lead in ((surface.value, ()), (surface.gradient, (2,)), (surface.hessian, (2, 2))):
        of_mesh, of_batch = call(mesh), call(batch)
        assert of_mesh.shape == (*lead, 3, 4)
        assert of_batch.shape == (*lead, 12)
        assert np.array_equal(of_mesh.reshape(*lead, 12), of_batch)
        for i in range(12):
            one = call(batch[:, i])
            assert np.shape(one) == lead
            assert np.allclose(one, of_batch[..., i], rtol=1e-15, atol=1e-15)


@surfaces
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.complex128])
def test_a_point_and_a_batch_have_the_type_of_the_weights(name, kind):
    surface = SURFACES[name][0]
    batch = points(surface, 5).astype(kind)
    for call in (surface.value, surface.gradient, surface.hessian):
        assert call(batch).dtype == kind
        assert call(batch[:, 0]).dtype == kind


@surfaces
def test_whole_numbers_and_lists_count_as_weights(name):
    surface = SURFACES[name][0]
    assert surface.value([2, -10]) == surface.value(np.array([2.0, -10.0]))
    assert np.array_equal(surface.gradient((1, 2)), surface.gradient(np.array([1.0, 2.0])))
    assert surface.gradient((1, 2)).dtype == float


@surfaces
def test_the_argument_stays_as_it_was_and_the_answer_is_no_view_of_it(name):
    surface = SURFACES[name][0]
    w = points(surface, 4)
    before = w.copy()
    for call in (surface.value, surface.gradient, surface.hessian, surface.slope):
        answer = call(w)
        assert not np.shares_memory(answer, w)
        answer[...] = 7
        assert np.array_equal(w, before)


def test_a_surface_that_is_a_coordinate_gives_no_view_of_it():
    bowl = Surface("bowl", (W1**2 + W2**2) / 2, (1, 1), (0, 0), ((-1, 1), (-1, 1)), "a test")
    w = np.ones((2, 3))
    assert not np.shares_memory(bowl.slope(w), w)


@surfaces
def test_the_minimum_is_a_minimum(name):
    surface = SURFACES[name][0]
    assert np.abs(surface.gradient(surface.minimum)).max() <= 1e-12
    assert np.linalg.eigvalsh(surface.hessian(surface.minimum)).min() > 0
    assert surface.value(surface.minimum) == pytest.approx(0, abs=1e-15)
    assert (surface.value(points(surface, 400)) > surface.value(surface.minimum)).all()


@surfaces
def test_start_and_minimum_lie_in_the_domain_and_the_start_is_higher(name):
    surface = SURFACES[name][0]
    for place in (surface.start, surface.minimum):
        assert np.shape(place) == (2,)
    for (low, high), w in zip(surface.domain, surface.minimum, strict=True):
        assert low < w < high
    assert surface.value(surface.start) > 1
    if "turned" not in name:
        for (low, high), w in zip(surface.domain, surface.start, strict=True):
            assert low < w < high


@surfaces
def test_a_surface_says_what_it_is(name):
    surface, formula = SURFACES[name]
    assert repr(surface).startswith(f"{surface.name}: f(w1, w2) = ")
    assert "0x" not in repr(surface)
    assert surface.source.strip() and surface.name.strip()
    at = {W1: sp.Rational(1, 3), W2: sp.Rational(-2, 7)}
    mine = surface.formula.subs(at).evalf(20)
    assert not surface.formula.free_symbols - {W1, W2}
    assert abs(mine - formula.subs({x: at[W1], y: at[W2]}).evalf(20)) < 1e-12


def test_the_one_start_of_the_course():
    assert ravine().start == (2.0, -10.0)
    assert ravine().value((2.0, -10.0)) == 25 * 2**2 / 2 + 10**2 / 2
    assert article_ravine().start == bent_ravine().start == (-2.2, 4.0)
    assert article_ravine().value(article_ravine().start) == pytest.approx(42.48, abs=0.005)
    assert rosenbrock().value(rosenbrock().start) == pytest.approx(24.2)


def test_w1_is_steep_and_w2_flat_and_kappa_is_their_ratio():
    for kappa in (1, 25, 100):
        steep, flat = np.linalg.eigvalsh(ravine(kappa, c=2).hessian((0, 0)))[::-1]
        assert steep == pytest.approx(kappa * flat)
        assert ravine(kappa).hessian((3, 4)).tolist() == [[kappa, 0], [0, 1]]


@pytest.mark.parametrize("theta", [0.2, np.pi / 4, -1.0, np.pi])
def test_a_turned_ravine_is_the_plain_one_seen_from_another_side(theta):
    plain, turned = ravine(25), ravine(25, theta)
    turn = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    w = points(plain, 30)
    assert np.allclose(turned.value(turn @ w), plain.value(w), rtol=1e-12)
    assert np.allclose(turned.gradient(turn @ w), turn @ plain.gradient(w), rtol=1e-12, atol=1e-12)
    assert np.allclose(turned.hessian((1, 1)), turn @ plain.hessian((1, 1)) @ turn.T)
    assert np.allclose(turned.start, turn @ plain.start)
    assert turned.name != plain.name


def test_c_scales_value_gradient_and_hessian():
    w = points(ravine(), 10)
    for c in (1e-3, 4.0):
        for name in ("value", "gradient", "hessian"):
            scaled, plain = getattr(ravine(25, c=c), name)(w), getattr(ravine(25), name)(w)
            assert np.allclose(scaled, c * plain, rtol=1e-14)


def test_the_article_ravine_has_the_curvatures_and_the_bounded_slope_that_it_claims():
    surface = article_ravine()
    assert surface.hessian((0, 0)) == pytest.approx(np.diag([80, 0.4]))
    far = surface.gradient((1e6, 0.0))[0]
    assert far == pytest.approx(20) and far <= 20


@pytest.mark.parametrize(
    "settings",
    [
        {"kappa": 0.5},
        {"kappa": -1},
        {"kappa": np.nan},
        {"kappa": np.inf},
        {"c": 0},
        {"c": -2.0},
        {"c": np.nan},
        {"c": np.inf},
        {"theta": np.nan},
        {"theta": np.inf},
    ],
    ids=str,
)
def test_a_ravine_that_cannot_be_is_refused_in_a_sentence(settings):
    with pytest.raises(ValueError, match=r"^[A-Z].* not .*\.$"):
        ravine(**settings)


@pytest.mark.parametrize(
    ("w", "error"),
    [
        ("here", TypeError),
        (None, TypeError),
        ([None, 1.0], TypeError),
        (["1", "2"], TypeError),
        (np.array([1, 2], dtype=object), TypeError),
        ({"w1": 1}, TypeError),
        (3.0, ValueError),
        ([1.0, 2.0, 3.0], ValueError),
        (np.zeros((3, 2)), ValueError),
        ([], ValueError),
        ([[1.0], [1.0, 2.0]], (TypeError, ValueError)),
    ],
    ids=repr,
)
def test_weights_that_are_none_are_refused_in_a_sentence(w, error):
    for call in (weights, ravine().value, ravine().gradient, ravine().hessian):
        with pytest.raises(error, match=r"(?s)^[A-Z].*: pass .*\.$"):
            call(w)


def test_weights_keep_the_floats_that_they_get():
    w = np.zeros(2, dtype=np.float32)
    assert weights(w) is w
    assert weights([True, 2]).dtype == float


def test_a_surface_that_overflows_says_infinity_without_a_warning():
    assert rosenbrock().value((1e200, 0.0)) == np.inf
    assert not np.isfinite(rosenbrock().gradient((1e200, 0.0))).all()
    assert not np.isfinite(ravine().value(np.full((2, 3), np.inf))).any()


def test_a_pole_gives_infinity_without_a_warning():
    pole = Surface("pole", 1 / W1**2 + W2**2, (1, 1), (9, 0), ((0, 9), (-1, 1)), "a test")
    assert pole.value(np.zeros((2, 3))).tolist() == [np.inf] * 3
    assert pole.value((0.0, 0.0)) == np.inf


def test_himmelblau_has_four_minima_and_a_maximum():
    surface, found = himmelblau(), set()
    for at in ((3, 2), (-2.8, 3.1), (-3.8, -3.3), (3.6, -1.8)):
        w = np.array(at, dtype=float)
        for _ in range(20):
            w = w - np.linalg.solve(surface.hessian(w), surface.gradient(w))
        assert surface.value(w) == pytest.approx(0, abs=1e-20)
        assert np.linalg.eigvalsh(surface.hessian(w)).min() > 0
        found.add(tuple(np.round(w, 4)))
    assert found == {(3, 2), (-2.8051, 3.1313), (-3.7793, -3.2832), (3.5844, -1.8481)}
    top = (-0.2708446, -0.9230386)
    assert np.abs(surface.gradient(top)).max() < 1e-4
    assert np.linalg.eigvalsh(surface.hessian(top)).max() < 0
    assert surface.value(top) == pytest.approx(181.617, abs=5e-4)


def test_the_saddle_lies_between_two_wells():
    surface = saddle_well()
    assert surface.hessian((0, 0)).tolist() == [[1, 0], [0, -1]]
    assert surface.gradient((0, 0)).tolist() == [0, 0] and surface.value((0, 0)) == 0.25
    for well in ((0, 1), (0, -1)):
        assert surface.value(well) == 0 and surface.gradient(well).tolist() == [0, 0]
        assert surface.hessian(well).tolist() == [[1, 0], [0, 2]]


def test_three_curves_share_value_and_slope_and_not_curvature():
    curves = three_curves()
    assert [(c.value(0), c.slope(0)) for c in curves] == [(1, -1)] * 3
    assert [c.curvature(0) for c in curves] == [2, 0, -2]
    assert len({c.name for c in curves}) == 3
    t = np.linspace(-1, 2, 7).reshape(7, 1)
    for c, curvature in zip(curves, (2, 0, -2), strict=True):
        assert c.value(t).shape == c.slope(t).shape == c.curvature(t).shape == (7, 1)
        assert np.allclose(c.value(t), 1 - t + curvature * t**2 / 2)
        assert np.allclose(c.slope(t), -1 + curvature * t)
        assert repr(c).startswith(f"{c.name}: f(w1) = ")
