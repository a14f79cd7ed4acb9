"""Where the time of a kernel goes: its operations, counted, and what each costs in a cache."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from course_utils.optimizers import Rule

from . import timing

DTYPES = ("float64", "float32")


class Counting(np.ndarray):
    """An array that counts the ufuncs that are applied to it and its like."""

    seen: Counter = Counter()

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **more):
        """Count one pass over an array, unless it is over a single number."""
        plain = [x.view(np.ndarray) if isinstance(x, Counting) else x for x in inputs]
        if out:
            more["out"] = tuple(x.view(np.ndarray) for x in out)
        made = getattr(ufunc, method)(*plain, **more)
        Counting.seen[ufunc.__name__] += 1
        return out[0] if out else np.asarray(made).view(Counting)


def operations(rule: Rule) -> dict[str, int]:
    """The ufuncs of one step of a kernel, by name."""
    w, g = (np.full(3, 0.5).view(Counting) for _ in range(2))
    memory = [values.view(Counting) for values in rule.init(np.zeros(3))]
    Counting.seen = Counter()
    settings = rule.settings({"lr": 0.1}) | ({"t": 2} if rule.counts_steps else {})
    rule.kernel(w, g, *memory, **settings)
    return dict(Counting.seen)


def costs(names: Iterable[str], n: int, dtype: str, repeats: int = 9) -> dict[str, float]:
    """Nanoseconds for each element of a ufunc on arrays of n elements, the result a new array."""
    x = np.random.default_rng(0).uniform(0.5, 1.5, n).astype(dtype)
    calls = {}
    for name in names:
        ufunc = getattr(np, name)
        calls[name] = (lambda f=ufunc: f(x, x)) if ufunc.nin == 2 else (lambda f=ufunc: f(x))
    times = timing.in_turns(calls, repeats, 1e-3 if repeats > 1 else 1e-5, clock=timing.PROCESSOR)
    return {name: float(np.median(own)) / n * 1e9 for name, own in times.items()}


def run(rules: Iterable[Rule], n: int, repeats: int = 9) -> list[dict[str, Any]]:
    """For every rule its operations, and nanoseconds for each weight by operation."""
    counted = {rule.name: operations(rule) for rule in rules}
    names = sorted({name for own in counted.values() for name in own})
    rows = []
    for dtype in DTYPES:
        cost = costs(names, n, dtype, repeats)
        for rule, own in counted.items():
            spent = {name: count * cost[name] for name, count in own.items()}
            rows.append({"rule": rule, "dtype": dtype, "operations": own, "nanoseconds": spent})
    return rows
