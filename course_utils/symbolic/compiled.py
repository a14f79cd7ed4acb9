"""From the proved formula to machine code: Numba compiles the loop that SymPy has written."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import sympy as sp

from ..optimizers.rule import keyword_names
from .loop import fused
from .proof import prove, sample_value
from .tracing import Traced, symbol

PRECISIONS = np.dtype(np.float64), np.dtype(np.float32)
# In units in the last place of the largest number there is: another order of operations is a few
# of them off, a wrong term a hundred thousand, even in float32.
WITHIN = 16


def compiled(kernel: Callable[..., Any], **formulas: Any) -> Callable[..., None]:
    """The kernel as machine code, called as the kernel is.

    It is quick for arrays of one shape, any shape, that are contiguous and all float64 or all
    float32; whatever else it is given, the kernel itself makes the step or says what is wrong. The
    first step in a precision, and the first with an array for a setting, takes a second: the loop
    is compiled, and compared with the kernel on random numbers. A rule that is made of it starts
    as any other: ``replace(ADAM, kernel=compiled(ADAM.kernel)).start(w, lr=0.1)``.

    Args:
        kernel: of a rule that treats every weight for itself, ``kernel(w, g, *memory, **hyper)``.
        **formulas: what the kernel has to be proved to compute, as for `prove`.

    Raises:
        ValueError: the formulas are refuted, no loop makes the kernel's step, or, at a first step,
            the machine code does not do what the kernel does.
        ImportError: Numba is not installed.

    >>> from course_utils.optimizers import gradient_descent
    >>> from course_utils.symbolic import g, lr, w
    >>> compiled(gradient_descent, w=w + lr * g)
    Traceback (most recent call last):
        ...
    ValueError: refuted: gradient_descent does not compute w. At ...
    """
    if formulas and not (proof := prove(kernel, **formulas)):
        raise ValueError(repr(proof))
    loop, names, made, numba = fused(kernel), keyword_names(kernel), {}, _numba()
    wanted = set(names)
    plain = {symbol(name): sp.Symbol(name) for name in names}
    before = sp.lambdify(list(plain.values()), [e.xreplace(plain) for e in loop.before], "numpy")

    @wraps(kernel)
    def step(*arrays, **hyper):
        if len(arrays) != len(loop.arrays) or hyper.keys() != wanted or not _alike(arrays):
            return kernel(*arrays, **hyper)
        varying = tuple(name for name in names if not _one(hyper[name]))
        kind = arrays[0].dtype, varying
        if kind not in made:
            ufuncs = {f.__name__: f for f in Traced.functions}
            # As in NumPy x / 0 is infinite: without a branch for it several weights go at a time.
            machine = numba.njit(loop.function(ufuncs, varying), error_model="numpy")
            along = _along_axes if varying else _in_one_row
            _compare(kernel, loop.arrays, lambda *a, **h: along(machine, a, before(**h)), *kind)
            made[kind] = along, machine
        along, machine = made[kind]
        along(machine, arrays, before(**hyper))

    return step


# A setting is as wide as the weights: a wider one would have the loop computed in its precision.
def _in_one_row(machine: Callable[..., None], arrays: tuple, values: list[Any]) -> None:
    """A step by the machine code with numbers for settings."""
    machine(*(x.reshape(1, -1) for x in arrays), *map(arrays[0].dtype.type, values))


def _along_axes(machine: Callable[..., None], arrays: tuple, values: list[Any]) -> None:
    """A step by the machine code with settings that run along the axes of the weights."""
    w, shape = arrays[0], (-1, arrays[0].shape[-1])
    settings = (
        w.dtype.type(x) if _one(x)
        else np.broadcast_to(np.asarray(x, w.dtype), w.shape).reshape(shape) for x in values
    )  # fmt: skip
    machine(*(x.reshape(shape) for x in arrays), *settings)


def _one(x: Any) -> bool:
    """Whether a setting is one number."""
    return isinstance(x, (float, int)) or np.ndim(x) == 0  # in this order: np.ndim is slow


def _compare(
    kernel: Callable, arrays: tuple, step: Callable, dtype: np.dtype, varying: tuple
) -> None:
    """Let the kernel and the machine code make a step from random numbers; raises ValueError."""
    draw = random.Random(1847)  # seeded, so that it is refused each time or never

    def some(name: str, *shape: int) -> np.ndarray:
        values = [sample_value(symbol(name), draw) for _ in range(np.prod(shape, dtype=int))]
        return np.array(values, dtype).reshape(shape)

    ours = [some(name, 2, 32) for name in arrays]
    theirs = [x.copy() for x in ours]
    largest = max(np.max(np.abs(x)) for x in ours)
    hyper = {n: some(n, 32) if n in varying else float(some(n)) for n in keyword_names(kernel)}
    with np.errstate(all="ignore"):  # a root of a negative number is NaN in both
        kernel(*ours, **hyper)
        step(*theirs, **hyper)
    for name, one, other in zip(arrays, ours, theirs, strict=True):
        unit = np.spacing(np.max(np.abs(one), where=np.isfinite(one), initial=largest))
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        off = np.max(np.abs(np.subtract(one, other, out=np.zeros_like(one), where=~same))) / unit
        if not off <= WITHIN:
            raise ValueError(
                f"The machine code of {kernel.__name__} is refused: on random numbers its {name} "
                f"is {off:.2g} units in the last place away from the kernel's."
            )


def _alike(arrays: tuple[Any, ...]) -> bool:
    """Whether the machine code takes these: contiguous, of one shape and one precision."""
    w = arrays[0]
    return all(
        type(x) is np.ndarray and x.dtype == w.dtype and x.shape == w.shape and x.flags.carray
        for x in arrays
    ) and bool(w.size and w.dtype in PRECISIONS)


def _numba() -> Any:
    try:
        import numba
    except ImportError:
        raise ImportError(
            "Machine code is made by Numba, which nothing else here needs and which is not "
            "installed: install it with `python -m pip install -e . --group fast`."
        ) from None
    return numba
