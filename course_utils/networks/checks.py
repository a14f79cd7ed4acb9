"""What a network refuses, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..optimizers import settings


def count(name: str, number: Any) -> int:
    """A whole number of at least 1."""
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
        raise ValueError(
            f"{name} is a whole number of at least 1, not {number!r}: pass for instance {name}=10."
        )
    return int(number)


def generator(seed: Any, stream: int) -> np.random.Generator:
    """A seeded generator; each stream of a seed is independent of the others."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(
            f"A seed is a whole number of at least 0, not {seed!r}: pass for instance seed=0."
        )
    return np.random.default_rng([int(seed), stream])


def known(what: str, name: Any, table: Mapping[str, Any]) -> str:
    """A name that is in the table."""
    if not isinstance(name, str) or name not in table:
        raise ValueError(f"Unknown {what} {name!r}: choose {' or '.join(map(repr, table))}.")
    return name


def layer_sizes(sizes: Any) -> tuple[int, ...]:
    """At least two whole numbers."""
    array = np.asarray(sizes)
    if array.dtype.kind not in "iu" or array.ndim != 1 or array.size < 2 or array.min() < 1:
        raise ValueError(
            "A network is given by the units of its layers, inputs first and classes last, and "
            f"these are {sizes!r}: pass at least two whole numbers such as (64, 32, 10)."
        )
    return tuple(array.tolist())


def plan(name: str, value: Any, steps: int) -> list[float]:
    """The values of a hyper-parameter: one number for all steps, or one for each of a schedule."""
    values = settings.plan(name, value, steps)
    if any(np.ndim(x) for x in values):
        raise TypeError(
            f"The setting {name} must be a number or a function of the step count that returns "
            f"one, and {value!r} is neither."
        )
    return [float(x) for x in values]


def hidden_layers(name: str, wanted: Any, there: Sequence) -> bool:
    """True or False; True needs a hidden layer that can have what is wanted."""
    if not isinstance(wanted, (bool, np.bool_)):
        raise ValueError(f"{name} is True or False, not {wanted!r}: pass for instance {name}=True.")
    if wanted and not any(there):
        need = {
            "batch_norm": "Batch norm works on hidden layers",
            "residual": "A residual connection joins hidden layers of one width",
        }[name]
        raise ValueError(
            f"{need}, and this network has none: pass sizes such as (64, 16, 16, 10), or leave "
            f"{name} out."
        )
    return bool(wanted)


def not_negative(name: str, number: Any) -> float:
    """A finite number of at least 0."""
    if isinstance(number, bool) or not isinstance(number, (int, float, np.number)):
        raise TypeError(f"{name} is a number, not {number!r}: pass for instance {name}=1e-5.")
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} is at least 0 and finite, not {number!r}: pass {name}=1e-5.")
    return float(number)


def numbers(name: str, values: Any) -> np.ndarray:
    """``values`` as float64 or, if they are complex, as complex128."""
    array = np.asarray(values)
    if array.dtype.kind not in "fciub":
        raise TypeError(
            f"{name} must be an array of numbers, and its type is {array.dtype}: convert it first, "
            f"for instance np.array({name}, dtype=float)."
        )
    return array.astype(complex if array.dtype.kind == "c" else float, copy=False)


def weights(w: Any, parameters: int) -> np.ndarray:
    """One flat vector with an entry per parameter."""
    w = numbers("w", w)
    if w.shape != (parameters,):
        raise ValueError(
            f"This network keeps its {parameters} parameters in one flat vector, and w has shape "
            f"{w.shape}: start from network.init(seed)."
        )
    return w


def inputs(x: Any, features: int) -> np.ndarray:
    """Finite numbers, one column of features per sample."""
    x = numbers("x", x)
    if x.ndim != 2 or x.shape[0] != features or x.shape[1] == 0:
        if x.ndim == 2 and x.shape[0] != features == x.shape[1]:
            cure = "samples are columns here, so pass x.T"
        elif x.shape == (features,):
            cure = "one sample is one column, so pass x[:, None]"
        elif x.ndim == 2 and x.shape[0] == features:
            cure = "pass at least one sample"
        else:
            cure = "pass other inputs, or build a network whose first size is their features"
        raise ValueError(
            f"This network reads inputs of shape ({features}, n), one column per sample, and x has "
            f"shape {x.shape}: {cure}."
        )
    if not np.isfinite(x).all():
        raise ValueError(
            "x contains NaN or infinity, which would spread to every weight: clean the data first."
        )
    return x


def labels(y: Any, n: int, classes: int) -> np.ndarray:
    """One class number per sample."""
    y = np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"Labels are whole numbers, and these are of type {y.dtype}: pass for instance "
            "y.astype(int)."
        )
    if y.shape != (n,):
        raise ValueError(
            f"There is one label per sample, so y has shape ({n},), and this one has {y.shape}: "
            "pass the number of each sample's class."
        )
    if y.min() < 0 or y.max() >= classes:
        raise ValueError(
            f"This network knows the classes 0 to {classes - 1}, and the labels run from {y.min()} "
            f"to {y.max()}: mend the labels or build a network with more outputs."
        )
    return y
