"""What a step moves: NumPy makes a kernel's operations one by one, each over whole arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .rule import Rule


class Pass(NamedTuple):
    """One operation of NumPy over whole arrays.

    Attributes:
        operation: its name in NumPy.
        read, written: how many arrays as large as the weights it reads and writes.

    >>> Pass("add", read=2, written=1)
    Pass(operation='add', read=2, written=1)
    """

    operation: str
    read: int
    written: int


def passes(rule: Rule) -> list[Pass]:
    """The operations of NumPy in one step of a rule, in their order.

    >>> from course_utils.optimizers import GRADIENT_DESCENT
    >>> for each in passes(GRADIENT_DESCENT):
    ...     print(*each)
    multiply 1 1
    subtract 2 1
    """
    w, g, *memory = (np.full(3, 0.5).view(_Watched) for _ in range(2 + len(rule.memory)))
    settings = rule.settings({"lr": 0.1}) | ({"t": 2} if rule.counts_steps else {})
    _Watched.seen = []
    rule.kernel(w, g, *memory, **settings)
    return _Watched.seen


def least_moved(rule: Rule) -> int:
    """The fewest numbers that a step can read and write for each weight: 3 + 2k with k memories.

    The weight and each memory are read and written, the gradient is read.

    >>> from course_utils.optimizers import ADAM
    >>> least_moved(ADAM)
    7
    """
    return 3 + 2 * len(rule.memory)


class _Watched(np.ndarray):
    """An array that notes every operation on it and its like."""

    seen: list[Pass] = []

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **more):
        """Note the operation, and let NumPy make it."""
        read = {id(x) for x in inputs if isinstance(x, _Watched)}
        _Watched.seen.append(Pass(ufunc.__name__, len(read), ufunc.nout))
        more["out"] = tuple(map(np.asarray, out)) or None
        made = getattr(ufunc, method)(*map(np.asarray, inputs), **more)
        return out[0] if out else np.asarray(made).view(_Watched)
