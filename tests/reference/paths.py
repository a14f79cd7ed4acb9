"""The stored paths: their files, the rule that makes each, the surfaces that they name."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sympy as sp

from course_utils import optimizers
from course_utils.optimizers import Rule
from course_utils.surfaces import W1, W2

HERE = Path(__file__).parent


def same_settings(**hyper):
    return hyper


def from_zero(g, **hyper):
    return {}


@dataclass(frozen=True)
class Row:
    """A reference file and the rule that must make its paths.

    ``settings`` takes the file's hyper-parameters to the rule's; ``memory`` takes them and the
    first gradient to the memory before the first step, where that is not zero.
    """

    file: str
    rule: Rule
    settings: Callable[..., dict] = same_settings
    memory: Callable[..., dict] = from_zero


def torch_settings(lr, beta, dampening):
    return {"lr": lr * (1 - dampening), "beta": beta}


def torch_memory(g, lr, beta, dampening):
    """So that beta v + g is g / (1 - dampening) at step 1."""
    return {"v": dampening * g / (beta * (1 - dampening))}


def without_start(start, **hyper):
    return hyper


def sum_at_start(g, start, **hyper):
    return {"s": start}


ROWS = [
    Row("gd", optimizers.GRADIENT_DESCENT),
    Row("momentum", optimizers.MOMENTUM),
    Row("momentum", optimizers.MOMENTUM_RATE_OUTSIDE),
    Row("momentum", optimizers.AVERAGED_MOMENTUM,
        lambda lr, beta: {"lr": lr / (1 - beta), "beta": beta}),
    Row("momentum_torch", optimizers.MOMENTUM_RATE_OUTSIDE, torch_settings, torch_memory),
    Row("momentum_ema", optimizers.AVERAGED_MOMENTUM),
    Row("momentum_ema", optimizers.MOMENTUM,
        lambda lr, beta: {"lr": lr * (1 - beta), "beta": beta}),
    Row("nesterov", optimizers.NESTEROV),
    Row("adagrad", optimizers.ADAGRAD, without_start, sum_at_start),
    Row("adagrad__inside", optimizers.ADAGRAD_INSIDE, without_start, sum_at_start),
    Row("rmsprop", optimizers.RMSPROP),
    Row("rmsprop__inside", optimizers.RMSPROP_INSIDE),
    Row("rmsprop_centered", optimizers.CENTRED_RMSPROP),
    Row("rmsprop_centered__inside", optimizers.CENTRED_RMSPROP_INSIDE),
    Row("rmsprop_momentum", optimizers.RMSPROP_MOMENTUM),
    Row("rmsprop_momentum__inside", optimizers.RMSPROP_MOMENTUM_INSIDE),
    Row("adam", optimizers.ADAM),
    Row("adam__inside", optimizers.ADAM_INSIDE),
    Row("adam_hat", optimizers.ADAM_HAT),
    Row("adam_plain", optimizers.UNCORRECTED_ADAM),
    Row("adam_plain__inside", optimizers.UNCORRECTED_ADAM_INSIDE),
    Row("adam_l2", optimizers.ADAM_L2),
    Row("adamw", optimizers.ADAMW),
    Row("amsgrad", optimizers.AMSGRAD),
    Row("amsgrad_optax", optimizers.AMSGRAD_OF_CORRECTED),
    Row("amsgrad_hat", optimizers.AMSGRAD_HAT),
    Row("nadam", optimizers.NADAM),
    Row("nadam_schedule", optimizers.SCHEDULED_NADAM),
    Row("adamax", optimizers.ADAMAX),
    Row("adamax_keras", optimizers.ADAMAX_OUTSIDE),
    Row("adadelta", optimizers.ADADELTA),
    Row("lion", optimizers.LION),
]  # fmt: skip


def read(file):
    return json.loads((HERE / f"{file}.json").read_text("utf-8"))


def hyper(case):
    """The settings of a case: numbers, or one array for the trajectories of a batch."""
    return {name: np.asarray(x, dtype=float)[()] for name, x in case["hyper"].items()}


def gradient(case, k, w):
    """What a case gives its rule as gradient of step ``k + 1``, taken at ``w``."""
    if case["mode"] == "stream":
        return np.array(case["gradients"][k], dtype=float)
    numbers = {key: x for key, x in case["surface"].items() if key != "name"}
    return np.array(GRADIENTS[case["surface"]["name"]](*w, **numbers))


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
