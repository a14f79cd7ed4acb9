"""Kernels on symbols: the shipped ones are proved, planted mistakes are refuted."""

import math
import time

import numpy as np
import pytest
import sympy as sp

from course_utils.optimizers import (
    RULES,
    averaged_momentum,
    gradient_descent,
    momentum,
    momentum_rate_outside,
)
from course_utils.symbolic import (
    Formulas,
    Proof,
    beta,
    curvature,
    difference,
    g,
    iteration_matrix,
    lr,
    prove,
    symbol,
    trace,
    unroll,
    v,
    w,
)

# What each kernel is to compute, derived by hand.
FORMULAS = {
    gradient_descent: {"w": w - lr * g},
    momentum: {"v": beta * v - lr * g, "w": w + beta * v - lr * g},
    averaged_momentum: {
        "v": beta * v + (1 - beta) * g,
        "w": w - lr * (beta * v + (1 - beta) * g),
    },
    momentum_rate_outside: {"v": beta * v + g, "w": w - lr * (beta * v + g)},
}
kernels = pytest.mark.parametrize("kernel", FORMULAS, ids=lambda kernel: kernel.__name__)


# Tracing


@kernels
def test_a_trace_is_the_formula(kernel):
    computed = trace(kernel)
    assert set(computed) == set(FORMULAS[kernel])
    for name, formula in FORMULAS[kernel].items():
        assert sp.expand(computed[name] - formula) == 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_trace_is_what_the_same_kernel_computes_in_floats(rule):
    random = np.random.default_rng(3)
    arrays = {n: random.uniform(0.5, 2, 5) for n in ("w", "g", *rule.memory)}
    hyper = {n: {"lr": 0.05, **rule.defaults}.get(n, 0.5) for n in rule.hyper}
    if rule.counts_steps:
        hyper["t"] = 3
    values = {symbol(n): x for n, x in {**arrays, **hyper}.items()}
    formulas = trace(rule.kernel)
    expected = {
        n: sp.lambdify(list(values), formula, "numpy")(*values.values())
        for n, formula in formulas.items()
    }
    rule.kernel(*arrays.values(), **hyper)
    for n, numbers in expected.items():
        assert arrays[n] == pytest.approx(numbers, rel=1e-12)


def test_a_trace_leaves_the_gradient_out_and_reads_like_the_rule():
    computed = trace(momentum)
    assert isinstance(computed, Formulas) and "g" not in computed
    assert repr(trace(gradient_descent)) == "w <- -eta*g + w"
    latex = computed._repr_latex_()
    assert latex.startswith("$") and latex.endswith("$")
    assert r"w &\leftarrow" in latex and r"v &\leftarrow" in latex and r"\eta" in latex


def test_a_trace_takes_expressions_in_place_of_symbols():
    assert trace(gradient_descent, g=curvature * w)["w"].equals(w * (1 - lr * curvature))
    assert trace(momentum, beta=0, v=0)["w"].equals(w - lr * g)


def test_numbers_in_a_kernel_come_out_exact():
    def half(w, g, *, lr):
        w -= 0.1 * lr * g

    assert trace(half)["w"] == w - lr * g / 10


def test_the_functions_of_numpy_that_kernels_use_can_be_traced():
    def many(w, g, s, u, *, lr, t):
        np.maximum(s, g * g, out=s)
        u += (
            np.sign(g) * np.sqrt(s) + np.minimum(abs(g), 1) + np.tanh(g) - np.exp(-s) + np.square(g)
        )
        w -= lr * np.multiply(u, 0.5) / np.sqrt(1 - 0.5**t)

    computed = trace(many)
    at = {w: 1.5, g: -0.75, symbol("s"): 0.25, symbol("u"): 2.0, lr: 0.1, symbol("t"): 3}
    arrays = [np.array([at[x]]) for x in (w, g, symbol("s"), symbol("u"))]
    many(*arrays, lr=0.1, t=3)
    for name, array in (("w", arrays[0]), ("s", arrays[2]), ("u", arrays[3])):
        assert float(computed[name].subs(at)) == pytest.approx(array[0], rel=1e-12)
    assert prove(many, s=sp.Max(symbol("s"), g**2)).holds
    assert not prove(many, s=sp.Min(symbol("s"), g**2)).holds


def test_scratch_arrays_made_on_the_way_stay_symbols():
    def with_scratch(w, g, *, lr):
        scratch = np.empty_like(w)
        np.multiply(g, g, out=scratch)
        w -= lr * g / np.sqrt(scratch)

    assert prove(with_scratch, w=w - lr * g / sp.Abs(g)).holds


def branches(w, g, *, lr):
    if g[0] > 0:
        w -= lr * g


def turns_into_a_float(w, g, *, lr):
    w -= float(lr) * g


def uses_math(w, g, *, lr):
    w -= lr * g / math.sqrt(g[0] ** 2)


def uses_a_function_without_a_symbol(w, g, *, lr):
    w -= lr * np.arctan2(g, w)


def compares(w, g, *, lr):
    w -= np.where(g > 0, lr, -lr)


@pytest.mark.parametrize(
    "kernel",
    [branches, turns_into_a_float, uses_math, uses_a_function_without_a_symbol, compares],
    ids=lambda kernel: kernel.__name__,
)
def test_a_kernel_that_cannot_run_on_symbols_is_told_why(kernel):
    for attempt in (trace, lambda k: prove(k, w=w), lambda k: unroll(k, 2), iteration_matrix):
        with pytest.raises(TypeError, match=rf"^{kernel.__name__} .*NumPy's arithmetic.*\.$"):
            attempt(kernel)


# Proving


@kernels
def test_the_kernels_are_proved(kernel):
    proof = prove(kernel, **FORMULAS[kernel])
    assert proof.holds and proof and proof.where is None
    assert repr(proof).startswith(f"proved: {kernel.__name__} computes ")
    assert proof._repr_markdown_().startswith("**Proved.** ")


def test_any_way_to_write_the_formula_counts():
    assert prove(momentum, w=w + v - (1 - beta) * v - g / (1 / lr))
    assert prove(averaged_momentum, v=g + beta * (v - g))
    assert prove(gradient_descent, w=(w**2 - (lr * g) ** 2) / (w + lr * g))
    assert not prove(gradient_descent, w=(w**2 + (lr * g) ** 2) / (w + lr * g))


def test_symbols_count_by_name_whatever_was_assumed_of_them():
    plain = sp.symbols("w g v lr beta")
    positive = sp.symbols("w g v eta beta", positive=True)
    for w_, g_, v_, lr_, beta_ in (plain, positive):
        assert prove(momentum, v=beta_ * v_ - lr_ * g_, w=w_ + beta_ * v_ - lr_ * g_)
        assert prove(gradient_descent, w=w_ - lr_ * g_)
        assert not prove(gradient_descent, w=w_ + lr_ * g_)
        assert not prove(momentum, v=beta_ * v_ + lr_ * g_)


def test_a_number_may_be_a_float():
    def halved(w, g, *, lr):
        w -= lr * g / 2

    assert prove(halved, w=w - 0.5 * lr * g)
    assert not prove(halved, w=w - 0.51 * lr * g)


# Planted mistakes. Each must be refuted, at a point at which both values are right.


def gd_climbs(w, g, *, lr):
    w += lr * g


def gd_forgets_the_rate(w, g, *, lr):
    w -= g


def gd_squares_the_rate(w, g, *, lr):
    w -= lr * lr * g


def gd_follows_the_sign(w, g, *, lr):
    w -= lr * np.sign(g)


def gd_shrinks_too(w, g, *, lr):
    w *= 1 - lr
    w -= lr * g


def gd_does_nothing(w, g, *, lr):
    w = w - lr * g


def gd_goes_to_minus_g(w, g, *, lr):
    w[...] = -lr * g


def gd_is_off_by_a_little(w, g, *, lr):
    w -= lr * g * (1 + 1e-9)


def momentum_sign_of_gradient(w, g, v, *, lr, beta):
    v *= beta
    v += lr * g
    w += v


def momentum_sign_of_step(w, g, v, *, lr, beta):
    v *= beta
    v -= lr * g
    w -= v


def momentum_beta_on_the_gradient(w, g, v, *, lr, beta):
    v -= lr * g
    v *= beta
    w += v


def momentum_rate_twice(w, g, v, *, lr, beta):
    v *= beta
    v -= lr * g
    w += lr * v


def momentum_moves_first(w, g, v, *, lr, beta):
    w += v
    v *= beta
    v -= lr * g


def momentum_forgets_all(w, g, v, *, lr, beta):
    v[...] = -lr * g
    w += v


def momentum_keeps_all(w, g, v, *, lr, beta):
    v -= lr * g
    w += v


def momentum_swaps_the_shares(w, g, v, *, lr, beta):
    v *= 1 - beta
    v -= lr * g
    w += v


def momentum_loses_the_velocity(w, g, v, *, lr, beta):
    v = beta * v - lr * g
    w += v


def momentum_adds_the_gradient_again(w, g, v, *, lr, beta):
    v *= beta
    v -= lr * g
    w += v - lr * g


def momentum_looks_ahead(w, g, v, *, lr, beta):
    v *= beta
    v -= lr * g
    w += beta * v - lr * g


def average_without_its_weight(w, g, v, *, lr, beta):
    v *= beta
    v += g
    w -= lr * v


def average_with_swapped_weights(w, g, v, *, lr, beta):
    v *= 1 - beta
    v += beta * g
    w -= lr * v


def average_climbs(w, g, v, *, lr, beta):
    v *= beta
    v += (1 - beta) * g
    w += lr * v


def average_forgets_the_rate(w, g, v, *, lr, beta):
    v *= beta
    v += (1 - beta) * g
    w -= v


def average_with_the_printed_minus(w, g, v, *, lr, beta):
    v *= beta
    v -= (1 - beta) * g
    w -= lr * v


def average_moves_first(w, g, v, *, lr, beta):
    w -= lr * v
    v *= beta
    v += (1 - beta) * g


def average_with_one_plus(w, g, v, *, lr, beta):
    v *= beta
    v += (1 + beta) * g
    w -= lr * v


OF = {"gd": gradient_descent, "momentum": momentum, "average": averaged_momentum}
MISTAKES = [
    (mistake, OF[name.split("_")[0]])
    for name, mistake in list(globals().items())
    if name.split("_")[0] in OF and callable(mistake) and mistake not in FORMULAS
]


def test_there_are_enough_mistakes():
    assert len(MISTAKES) == 26


@pytest.mark.parametrize(("mistake", "kernel"), MISTAKES, ids=lambda f: f.__name__)
def test_a_planted_mistake_is_refuted_at_a_true_counter_example_and_at_once(mistake, kernel):
    begun = time.process_time()
    proof = prove(mistake, **FORMULAS[kernel])
    assert time.process_time() - begun < 0.7
    assert not proof.holds and not proof
    assert proof.quantity in FORMULAS[kernel]
    assert proof.computed != proof.expected
    # The same point once more, by running the mistake and the kernel on these numbers.
    at = {s.name: x for s, x in proof.where.items()}
    assert not any("'" in name for name in at), "one coordinate shows it"
    values = {
        n: at.get({"lr": "eta"}.get(n, n), sp.Integer(1)) for n in ("w", "g", "v", "lr", "beta")
    }
    slots = ("w", "g") if kernel is gradient_descent else ("w", "g", "v")
    hyper = ("lr",) if kernel is gradient_descent else ("lr", "beta")
    for function, said in ((kernel, proof.expected), (mistake, proof.computed)):
        arrays = {n: np.array([float(values[n])]) for n in slots}
        function(*arrays.values(), **{n: float(values[n]) for n in hyper})
        assert arrays[proof.quantity][0] == pytest.approx(float(said), rel=1e-14, abs=1e-14)
    words = repr(proof)
    assert words.startswith(f"refuted: {mistake.__name__} does not compute {proof.quantity}. At ")
    assert str(proof.computed) in words and str(proof.expected) in words
    assert proof._repr_markdown_().startswith("**Refuted.** ")


def test_one_wrong_formula_among_right_ones_is_found():
    proof = prove(momentum_loses_the_velocity, **FORMULAS[momentum])
    assert proof.quantity == "v"
    assert prove(momentum_loses_the_velocity, w=FORMULAS[momentum]["w"])


def test_a_kernel_that_mixes_the_coordinates_is_not_proved():
    """With one coordinate these four are right; a learner's weights have more."""

    def sums(w, g, *, lr):
        w -= lr * g.sum()

    def first_only(w, g, *, lr):
        w[0] -= lr * g[0]

    def turns_round(w, g, *, lr):
        w -= lr * g[::-1]

    def mean_velocity(w, g, v, *, lr, beta):
        v *= beta
        v -= lr * np.mean(g)
        w += v

    for kernel in (sums, first_only, turns_round):
        assert not prove(kernel, w=w - lr * g)
    assert not prove(mean_velocity, **FORMULAS[momentum])


def test_a_formula_for_something_else_is_refused_in_a_sentence():
    for formulas in ({}, {"m": w}, {"g": g}, {"w": w, "x": w}):
        with pytest.raises(
            ValueError, match=r"^[A-Z].*momentum changes: w, v;.*w=w - lr \* g\)\.$"
        ):
            prove(momentum, **formulas)


def test_a_formula_with_a_symbol_too_many_is_refuted_with_its_value():
    mu = sp.Symbol("mu", real=True)
    proof = prove(momentum, v=mu * v - lr * g)
    assert not proof and "mu = " in repr(proof)


def test_difference_is_a_point_or_none():
    x, y = sp.symbols("x y", real=True)
    assert difference((x + y) ** 2, x**2 + 2 * x * y + y**2) is None
    assert difference(sp.sqrt(x**2), sp.Abs(x)) is None
    where = difference(sp.sqrt(x**2), x)
    assert where is not None and where[x] < 0
    where = difference(x * y, x * y + y - y**2)
    assert (x * y).subs(where) != (x * y + y - y**2).subs(where)
    assert difference(x, x + sp.Rational(1, 10**12)) is not None
    assert difference(sp.sin(x) ** 2 + sp.cos(x) ** 2, sp.Integer(1)) is None


def test_a_difference_that_shows_only_seldom_is_found_all_the_same():
    """Equal at the first three points and not everywhere: neither proved nor called unproved."""
    x = sp.Symbol("x", positive=True)
    seldom = sp.Max(x - 9, 0)
    where = difference(seldom, sp.Integer(0))
    assert where is not None and seldom.subs(where) > 0


def test_equality_without_a_proof_is_said_to_be_that(monkeypatch):
    x = sp.Symbol("x", real=True)
    monkeypatch.setattr(sp, "simplify", lambda expression: expression)
    with pytest.raises(ArithmeticError, match=r"no proof was found\.$"):
        difference(sp.sin(x) ** 2 + sp.cos(x) ** 2, sp.Integer(1))


def test_proof_is_a_value():
    proof = prove(gradient_descent, w=w - lr * g)
    assert isinstance(proof, Proof)
    with pytest.raises(AttributeError):
        proof.holds = False


# Several steps


def test_unrolled_three_steps_are_the_sum_over_all_gradients():
    g1, g2, g3 = (symbol(f"g{k}") for k in (1, 2, 3))
    assert unroll(gradient_descent, 3)["w"] == sp.expand(w - lr * (g1 + g2 + g3))
    last = unroll(momentum, 3)
    assert last["v"] == sp.expand(-lr * (beta**2 * g1 + beta * g2 + g3))
    moved = (1 + beta + beta**2) * g1 + (1 + beta) * g2 + g3
    assert last["w"] == sp.expand(w - lr * moved)
    average = unroll(averaged_momentum, 3)
    assert average["v"] == sp.expand((1 - beta) * (beta**2 * g1 + beta * g2 + g3))
    assert average["w"] == sp.expand(w - lr * (1 - beta) * moved)
    assert unroll(momentum_rate_outside, 3)["w"] == last["w"]
    assert unroll(momentum, 0)["w"] == w


def test_settings_given_as_a_list_take_turns():
    g1, g2 = symbol("g1"), symbol("g2")
    first, second = sp.symbols("eta1 eta2", positive=True)
    inside = unroll(momentum, 2, lr=[first, second])
    outside = unroll(momentum_rate_outside, 2, lr=(first, second))
    apart = sp.expand(inside["w"] - outside["w"])
    assert apart == sp.expand(beta * g1 * (second - first))
    assert inside["v"] == sp.expand(-beta * first * g1 - second * g2)
    assert unroll(momentum, 2, beta=sp.Rational(1, 2))["v"] == -lr * g1 / 2 - lr * g2


def test_unrolling_counts_the_steps():
    def counting(w, g, *, lr, t):
        w -= lr * g / t

    g1, g2 = symbol("g1"), symbol("g2")
    assert unroll(counting, 2)["w"] == w - lr * g1 - lr * g2 / 2


# The matrix of a step, and where it is stable


def limit(kernel):
    """The rate at which an eigenvalue of the step reaches -1."""
    matrix = iteration_matrix(kernel)
    at_minus_one = (-sp.eye(matrix.rows) - matrix).det()
    (rate,) = sp.solve(at_minus_one, lr)
    return sp.simplify(rate)


def test_iteration_matrix_of_momentum():
    matrix = iteration_matrix(momentum)
    z = lr * curvature
    assert sp.simplify(matrix - sp.Matrix([[beta, -z], [beta, 1 - z]])) == sp.zeros(2)
    assert sp.simplify(matrix.det() - beta) == 0
    assert sp.simplify(matrix.trace() - (1 + beta - z)) == 0
    assert iteration_matrix(gradient_descent) == sp.Matrix([[1 - z]])
    for kernel in (averaged_momentum, momentum_rate_outside):
        assert sp.simplify(iteration_matrix(kernel).det() - beta) == 0


def test_stability_limits_come_out_of_the_kernels():
    assert sp.simplify(limit(gradient_descent) - 2 / curvature) == 0
    for kernel in (momentum, momentum_rate_outside):
        assert sp.simplify(limit(kernel) - 2 * (1 + beta) / curvature) == 0
    average = 2 * (1 + beta) / ((1 - beta) * curvature)
    assert sp.simplify(limit(averaged_momentum) - average) == 0


def test_the_three_conventions_have_the_same_eigenvalues():
    s = sp.Symbol("s")

    def polynomial(kernel, rate):
        matrix = iteration_matrix(kernel).subs(lr, rate)
        return sp.expand((s * sp.eye(2) - matrix).det())

    z = lr * curvature
    expected = sp.expand(s**2 - (1 + beta - z) * s + beta)
    assert sp.simplify(polynomial(momentum, lr) - expected) == 0
    assert sp.simplify(polynomial(momentum_rate_outside, lr) - expected) == 0
    assert sp.simplify(polynomial(averaged_momentum, lr / (1 - beta)) - expected) == 0


def test_symbols_have_the_names_of_the_course():
    assert symbol("lr") is lr and str(lr) == "eta"
    assert symbol("beta") is beta and symbol("w") is w
    assert symbol("s").is_real and symbol("t").is_integer
    assert lr.is_positive and curvature.is_positive and str(curvature) == "lambda"
