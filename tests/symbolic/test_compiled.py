"""A kernel as a proved loop and as machine code: the kernel's own step, or a sentence.

Whatever does not need the machine code itself runs with the loop as Python too, where Numba is not
installed.
"""

import inspect
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp

from course_utils.optimizers import (
    ADAM,
    ADAMW,
    MOMENTUM,
    RMSPROP,
    RULES,
    adam,
    adamax,
    amsgrad,
    gradient_descent,
    momentum,
    newton,
    with_decoupled_decay,
    with_l2,
    with_norm_clipping,
    with_value_clipping,
)
from course_utils.symbolic import beta, compiled, fused, g, lr, trace, v, w
from course_utils.symbolic.loop import _call, _without_settings

DERIVED = (with_l2(RMSPROP), with_decoupled_decay(MOMENTUM), with_value_clipping(ADAM))
EVERY = (*RULES, *DERIVED)
PYTHON = SimpleNamespace(njit=lambda function, error_model: function)
every = pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)


@pytest.fixture
def numba():
    return pytest.importorskip("numba", reason="the group fast is not installed")


@pytest.fixture
def python(monkeypatch):
    """The loop stays Python: all is as with Numba, but slow."""
    monkeypatch.setitem(sys.modules, "numba", PYTHON)


def drawn(rule, shape, dtype, seed=3):
    """Weights, gradient and memory."""
    draw = np.random.default_rng(seed)
    arrays = [draw.normal(size=shape).astype(dtype) for _ in range(2)]
    return arrays + [draw.uniform(0.1, 1, shape).astype(dtype) for _ in rule.memory]


def settings_of(rule, **given):
    given = {"limit": 0.8, "decay": 0.01} | given
    hyper = rule.settings({name: x for name, x in given.items() if name in rule.hyper})
    return hyper | ({"t": 3} if rule.counts_steps else {})


def units_apart(rule, step, arrays, hyper):
    """The largest distance of a step from the kernel's, in units in the last place.

    The unit is that of the larger one of the old value and the new: a step is their difference.
    """
    ours, theirs = ([x.copy() for x in arrays] for _ in range(2))
    rule.kernel(*ours, **hyper)
    step(*theirs, **hyper)
    assert all(x.dtype == y.dtype and x.shape == y.shape for x, y in zip(ours, theirs, strict=True))
    return max(
        float(np.max(np.abs(x - y) / np.spacing(np.maximum(np.abs(x), np.abs(old)))))
        for x, y, old in zip(ours, theirs, arrays, strict=True)
    )


def agrees(rule, shape):
    step = compiled(rule.kernel)
    per_trajectory = {"lr": np.linspace(0.01, 0.1, shape[-1]), "eps": np.linspace(0.1, 1, shape[0])}
    per_trajectory["eps"] = per_trajectory["eps"].reshape(-1, *[1] * (len(shape) - 1))
    for given in ({"lr": 0.05}, per_trajectory):
        for dtype in (np.float64, np.float32):
            hyper = settings_of(rule, **given)
            apart = units_apart(rule, step, drawn(rule, shape, dtype), hyper)
            assert apart <= 6, f"{np.dtype(dtype)}, {given}"


@every
def test_the_loop_is_the_kernel_to_a_few_units_in_the_last_place(rule, python):
    agrees(rule, (3, 2, 5))


@every
def test_the_machine_code_is_the_kernel_to_a_few_units_in_the_last_place(rule, numba):
    agrees(rule, (3, 2, 37))


@pytest.mark.parametrize("shape", [(), (1,), (23,), (2, 23), (2, 3, 4, 5), (0,), (3, 0)])
def test_arrays_have_any_shape(shape, python):
    step, arrays = compiled(adam), drawn(ADAM, shape, float)
    kept = [x.copy() for x in arrays]
    step(*arrays, **settings_of(ADAM, lr=0.1))
    adam(*kept, **settings_of(ADAM, lr=0.1))
    assert all(map(np.allclose, arrays, kept))


def test_a_division_by_zero_is_what_it_is_in_numpy(numba):
    w, g, s = np.zeros(3), np.array([0.0, 1.0, -1.0]), np.array([0.0, 0.0, -1.0])
    compiled(RMSPROP.kernel)(w, g, s, lr=1.0, rho=1.0, eps=0.0)
    assert np.isnan(w[0]) and list(np.isinf(w[1:2])) == [True] and np.isnan(w[2])


def test_every_other_kind_of_array_gets_the_kernel_itself(monkeypatch, python):
    """In place, with its own sentences; nothing is compiled for it."""
    monkeypatch.setattr(PYTHON, "njit", lambda *_, **__: pytest.fail("compiled"))
    w, step = np.arange(12.0).reshape(3, 4), compiled(gradient_descent)
    frozen = np.ones(3)
    frozen.flags.writeable = False
    for arrays in (
        (w[:, ::2].copy().T, np.ones((2, 3))),
        (w[::2], np.ones((2, 4))),
        (w.astype(np.float16), np.ones((3, 4), np.float16)),
        (w.astype(np.longdouble), w.astype(np.longdouble)),
        (w.astype(">f8"), np.ones((3, 4), ">f8")),
        (w.astype(np.float32), np.ones((3, 4))),
        (w + 1j, np.ones((3, 4), complex)),
        (np.ones(3), frozen),
        (np.ones((3, 2)), np.ones(2)),
    ):
        start = arrays[0].copy()
        step(*arrays, lr=0.5)
        assert np.array_equal(arrays[0], start - 0.5 * arrays[1])
    with pytest.raises(ValueError, match="read-only"):
        step(frozen, np.ones(3), lr=0.5)
    with pytest.raises(TypeError, match=r"gradient_descent\(\) missing .* 'lr'"):
        step(np.ones(3), np.ones(3))
    with pytest.raises(TypeError, match="gradient_descent.* 'rate'"):
        step(np.ones(3), np.ones(3), lr=0.5, rate=1)
    with pytest.raises(TypeError, match="positional argument"):
        step()


def test_it_is_called_as_the_kernel_and_makes_a_rule(python):
    step = compiled(adam)
    assert inspect.signature(step) == inspect.signature(adam) and step.__doc__ == adam.__doc__
    assert trace(step) == trace(adam)
    one, other = np.array([2.0, -10.0]), np.array([2.0, -10.0])
    slow, quick = ADAM.start(one, lr=0.1), replace(ADAM, kernel=step).start(other, lr=0.1)
    for _ in range(5):
        slow(one.copy())
        quick(other.copy())
    assert quick.t == 5 and np.allclose(one, other, rtol=1e-14)


def test_it_is_compiled_once_for_a_precision_and_for_settings_with_an_axis(monkeypatch, python):
    count = []
    monkeypatch.setattr(PYTHON, "njit", lambda f, error_model: count.append(f) or f)
    step = compiled(gradient_descent)
    for rate, dtype in [(0.1, "f8"), (0.2, "f8"), (0.1, "f4"), (np.ones(3), "f8"), (0.1, "f4")]:
        step(np.ones(3, dtype), np.ones(3, dtype), lr=rate)
    assert len(count) == 3


def test_what_depends_on_settings_alone_is_before_the_loop():
    loop = fused(ADAMW.kernel)
    own = set(trace(ADAMW.kernel)) | {"g"}
    assert not {x.name for e in loop.before for x in e.free_symbols} & own
    within = {x.name for e in loop.new.values() for x in e.free_symbols}
    within |= {x.name for _, e in loop.lines for x in e.free_symbols}
    assert not within & {"eta", "beta1", "beta2", "epsilon", "decay", "t"}
    assert {1 - sp.Symbol("beta1", positive=True)} <= set(loop.before)


# What is refused


def test_a_kernel_with_a_mistake_is_refused_by_the_formulas(python):
    def hasty(w, g, v, *, lr, beta):
        v *= beta
        v -= lr * g
        w -= v

    right = {"v": beta * v - lr * g, "w": w + beta * v - lr * g}
    assert callable(compiled(momentum, **right))
    with pytest.raises(ValueError, match="refuted: hasty does not compute w"):
        compiled(hasty, **right)


def forgetful(e, own, before):
    return _without_settings(e.subs(sp.Symbol("m", real=True), 0), own, before)


@pytest.mark.parametrize("kernel", [amsgrad, adamax], ids=lambda kernel: kernel.__name__)
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("_Printer._print_Max", _call("minimum")),
        ("_Printer._print_Mul", lambda printer, e: printer._print_Add(sp.Add(*e.args))),
        ("_without_settings", forgetful),
    ],
    ids=["minimum for maximum", "sum for product", "moment forgotten"],
)
def test_a_loop_with_a_mistake_is_refused_by_its_proof(kernel, name, wrong, monkeypatch):
    monkeypatch.setattr(f"course_utils.symbolic.loop.{name}", wrong)
    with pytest.raises(ValueError, match=f"The loop of {kernel.__name__} is refused: at "):
        fused(kernel)


def one_unit_in_a_million(function, error_model):
    def machine(w, *rest):
        function(w, *rest)
        w *= 1 + 1e-6

    return machine


@pytest.mark.parametrize(
    "wrong",
    [one_unit_in_a_million, lambda function, error_model: lambda *_: None],
    ids=["rounded", "idle"],
)
def test_machine_code_with_a_mistake_is_refused_at_the_first_step(wrong, monkeypatch, python):
    monkeypatch.setattr(PYTHON, "njit", wrong)
    step, place = compiled(gradient_descent), np.ones(3)
    with pytest.raises(ValueError, match="machine code of gradient_descent is refused: .* its w"):
        step(place, np.ones(3), lr=0.1)
    assert list(place) == [1, 1, 1]


def test_a_kernel_that_does_with_floats_what_it_does_not_with_symbols_is_refused(python):
    def two_faced(w, g, *, lr):
        w -= lr * g if w.dtype == object else 2 * lr * g

    with pytest.raises(ValueError, match="machine code of two_faced is refused"):
        compiled(two_faced)(np.ones(3), np.ones(3), lr=0.1)


def test_a_kernel_with_a_root_of_a_negative_number_is_no_mistake(python):
    def rooted(w, g, *, lr):
        w -= lr * np.sqrt(g)

    step, place = compiled(rooted), np.ones(2)
    step(place, np.array([4.0, 9.0]), lr=0.5)
    assert list(place) == [0, -0.5]


def centred(w, g, *, lr):
    w -= lr * (g - g.mean(axis=0))


def first_alone(w, g, *, lr):
    w[0] -= lr * g[0]


@pytest.mark.parametrize(
    ("kernel", "said"),
    [
        (newton, "newton needs the Hessian"),
        (centred, "centred mixes weights"),
        (first_alone, "first_alone mixes weights"),
        (with_norm_clipping(MOMENTUM).kernel, "momentum_clipped mixes weights"),
    ],
    ids=["Hessian", "mean", "one weight", "norm"],
)
def test_what_is_no_loop_over_the_weights_is_refused(kernel, said, python):
    with pytest.raises(ValueError, match=said):
        compiled(kernel)


def test_where_numba_is_missing_the_group_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match=r"pip install -e \. --group fast"):
        compiled(momentum)
