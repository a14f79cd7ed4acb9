"""Every rule against the paths of PyTorch, optax, Keras and 60-digit arithmetic."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from course_utils.descent import descend
from course_utils.optimizers import (
    AVERAGED_MOMENTUM,
    GRADIENT_DESCENT,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    Rule,
)
from course_utils.surfaces import W1, W2, Surface

HERE = Path(__file__).parent / "reference"
MODES = {"stream", "surface", "batch"}


@dataclass(frozen=True)
class Row:
    """A reference file and the rule that must make its paths.

    ``settings`` takes the file's hyper-parameters to the rule's; ``memory`` takes them and the
    first gradient to the memory before the first step, where that is not zero.
    """

    file: str
    rule: Rule
    settings: Callable[..., dict]
    memory: Callable[..., dict] = lambda g, **hyper: {}


def torch_settings(lr, mu, dampening):
    return {"lr": lr * (1 - dampening), "beta": mu}


def torch_memory(g, lr, mu, dampening):
    """So that beta v + g is g / (1 - dampening) at step 1."""
    return {"v": dampening * g / (mu * (1 - dampening))}


ROWS = [
    Row("gd", GRADIENT_DESCENT, lambda lr: {"lr": lr}),
    Row("momentum", MOMENTUM, lambda lr, mu: {"lr": lr, "beta": mu}),
    Row("momentum", MOMENTUM_RATE_OUTSIDE, lambda lr, mu: {"lr": lr, "beta": mu}),
    Row("momentum", AVERAGED_MOMENTUM, lambda lr, mu: {"lr": lr / (1 - mu), "beta": mu}),
    Row("momentum_torch", MOMENTUM_RATE_OUTSIDE, torch_settings, torch_memory),
    Row("momentum_ema", AVERAGED_MOMENTUM, lambda lr, beta: {"lr": lr, "beta": beta}),
    Row("momentum_ema", MOMENTUM, lambda lr, beta: {"lr": lr * (1 - beta), "beta": beta}),
]


def quadratic(x, y, A, b):
    (p, q), (r, s) = A
    return (p * x + (q + r) / 2 * y - b[0]), ((q + r) / 2 * x + s * y - b[1])


def rosenbrock(x, y, a, b):
    return -2 * (a - x) - 4 * b * x * (y - x * x), 2 * b * (y - x * x)


def saddle(x, y, a, b, c):
    return a * x, -b * y + c * y**3


def beale(x, y):
    dx, dy = 0, 0
    for c, p in ((1.5, 1), (2.25, 2), (2.625, 3)):
        off = c - x + x * y**p
        dx, dy = dx + 2 * off * (y**p - 1), dy + 2 * off * x * p * y ** (p - 1)
    return dx, dy


def himmelblau(x, y):
    one, two = x * x + y - 11, x + y * y - 7
    return 4 * x * one + 2 * two, 2 * one + 4 * y * two


GRADIENTS = {f.__name__: f for f in (quadratic, rosenbrock, saddle, beale, himmelblau)}


def expression(name, **numbers):
    """The same surfaces as formulas, for the course's own derivatives."""
    x, y, n = W1, W2, numbers
    if name == "quadratic":
        w, (A, b) = sp.Matrix([x, y]), (sp.Matrix(n["A"]), sp.Matrix(n["b"]))
        return (w.T * A * w / 2 - b.T * w)[0]
    if name == "rosenbrock":
        return (n["a"] - x) ** 2 + n["b"] * (y - x**2) ** 2
    if name == "saddle":
        return n["a"] * x**2 / 2 - n["b"] * y**2 / 2 + n["c"] * y**4 / 4
    if name == "beale":
        return sum((c - x + x * y**p) ** 2 for c, p in ((1.5, 1), (2.25, 2), (2.625, 3)))
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def read(file):
    return json.loads((HERE / f"{file}.json").read_text("utf-8"))


def cases(rows=ROWS):
    """A parameter set for every case of every row."""
    found = []
    for row in rows:
        for i, case in enumerate(read(row.file)["cases"]):
            kind = case.get("kind") or case["surface"]["name"]
            name = f"{row.file}-{row.rule.name}-{i}-{case['mode']}-{kind}"
            found.append(pytest.param(row, case, id=name))
    return found


def hyper(case):
    return {name: np.asarray(x, dtype=float)[()] for name, x in case["hyper"].items()}


def agrees(path, case):
    mine = path[case["at"]]
    assert case["peers"], "a case without a peer shows nothing"
    for peer, said in case["peers"].items():
        theirs = np.array(said["path"], dtype=float)
        assert mine.shape == theirs.shape
        off = np.abs(mine - theirs) / (1 + np.abs(theirs))
        assert off.max() <= 1e-10, f"{peer} ({said['call']}) differs by {off.max():.1e}"


@pytest.mark.parametrize(("row", "case"), cases())
def test_kernel_makes_the_path(row, case):
    given = hyper(case)

    def gradient(k, w):
        if case["mode"] == "stream":
            return np.array(case["gradients"][k], dtype=float)
        numbers = {key: x for key, x in case["surface"].items() if key != "name"}
        return np.array(GRADIENTS[case["surface"]["name"]](*w, **numbers))

    w = np.array(case["start"], dtype=float)
    at_first = row.memory(gradient(0, w), **given)
    memory = [np.array(at_first.get(slot, np.zeros_like(w))) for slot in row.rule.memory]
    path = [w.copy()]
    for k in range(max(case["at"])):
        count = {"t": k + 1} if row.rule.counts_steps else {}
        row.rule.kernel(w, gradient(k, w), *memory, **row.settings(**given), **count)
        path.append(w.copy())
    agrees(np.array(path), case)


FROM_ZERO = cases([row for row in ROWS if row.memory is Row.memory])


@pytest.mark.parametrize(("row", "case"), [c for c in FROM_ZERO if c.values[1]["mode"] != "stream"])
def test_descend_makes_the_path(row, case):
    formula = expression(**case["surface"])
    surface = Surface("a reference", formula, (0, 0), (0, 0), ((-1, 1), (-1, 1)), "a test")
    settings = row.settings(**hyper(case))
    run = descend(surface, row.rule, case["start"], max(case["at"]), **settings)
    assert run.stopped is None
    agrees(run.positions, case)


@pytest.mark.parametrize("name", GRADIENTS)
def test_both_ways_to_write_a_surface_agree(name):
    numbers = {
        "quadratic": {"A": [[20.0, 1.0], [1.0, 1.0]], "b": [1.0, -2.0]},
        "rosenbrock": {"a": 1.0, "b": 5.0},
        "saddle": {"a": 8.0, "b": 1.0, "c": 0.5},
    }.get(name, {})
    at = {W1: sp.Rational(-3, 4), W2: sp.Rational(7, 5)}
    exact = [float(expression(name, **numbers).diff(s).subs(at)) for s in (W1, W2)]
    assert np.allclose(GRADIENTS[name](-0.75, 1.4, **numbers), exact, rtol=1e-14)


def test_every_file_is_used_and_every_mode_and_library_occurs():
    assert {p.stem for p in HERE.glob("*.json")} == {row.file for row in ROWS}
    modes = {c.values[1]["mode"] for c in cases()}
    peers = {peer for c in cases() for peer in c.values[1]["peers"]}
    assert modes == MODES
    assert peers == {"exact", "torch", "optax", "keras"}


def test_files_say_what_they_were_made_with():
    words = (HERE / "README.md").read_text("utf-8")
    for file in {row.file for row in ROWS}:
        made_with = read(file)["made_with"]
        assert made_with.keys() == {"torch", "optax", "jax", "keras", "numpy"}
        assert all(version.split()[0] in words for version in made_with.values())
