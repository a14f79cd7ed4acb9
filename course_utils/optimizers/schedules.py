"""Schedules: settings that change on the way, as functions of the step count t = 1, 2, ...

Each function here returns such a function, to be passed where a number could stand: ``lr=`` or
``beta=`` in `descend` and `train`. The straight line is `anneal`, in momentum.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .momentum import anneal

Schedule = Callable[[int], float]


def step_decay(first: float, factor: float, every: int) -> Schedule:
    """The rate ``first``, multiplied by ``factor`` after every ``every`` steps.

    Source: He et al., CVPR 2016, section 3.4, with a factor of 1/10.

    >>> print([step_decay(1.0, 0.5, every=2)(t) for t in (1, 2, 3, 5)])
    [1.0, 1.0, 0.5, 0.25]
    """
    _at_least_one("every", every)
    return lambda t: first * factor ** ((t - 1) // every)


def inverse_time(first: float, half: float) -> Schedule:
    """The 1/t decay: first / (1 + (t - 1) / half), half of ``first`` after ``half`` steps.

    Source: Robbins and Monro, Ann. Math. Statist. 22 (1951), 400-407, with the rate 1/t; in this
    form Bottou, Neural Networks: Tricks of the Trade (2012), section 5.2.

    >>> print([inverse_time(1.0, half=10)(t) for t in (1, 11)])
    [1.0, 0.5]
    """
    _at_least_one("half", half)
    return lambda t: first / (1 + (t - 1) / half)


def cosine(first: float, steps: int, last: float = 0.0) -> Schedule:
    """Half a wave of the cosine from ``first`` at t = 1 to ``last`` at t = ``steps``.

    Source: Loshchilov and Hutter, ICLR 2017, arXiv:1608.03983, equation (5), without restarts.

    >>> print([round(float(cosine(1.0, steps=5)(t)), 3) for t in (1, 3, 5)])
    [1.0, 0.5, 0.0]
    """
    share = anneal(0.0, 1.0, steps)
    return lambda t: last + (first - last) * (1 + np.cos(np.pi * share(t))) / 2


def geometric(first: float, last: float, steps: int) -> Schedule:
    """From ``first`` to ``last`` in ``steps`` steps, each the same number of times the one before.

    Rising, it is the ramp of a learning-rate range test. Smith's own rises in a straight line, as
    `anneal` does.

    >>> print([round(geometric(0.01, 1.0, steps=5)(t), 3) for t in (1, 3, 5, 9)])
    [0.01, 0.1, 1.0, 1.0]
    """
    share = anneal(0.0, 1.0, steps)
    return lambda t: first * (last / first) ** share(t)


def warm_up(rate: float | Schedule, steps: int) -> Schedule:
    """A rate, or a schedule, times t / ``steps`` until t = ``steps``.

    Source: Goyal et al. 2017, arXiv:1706.02677, section 2.2. For Adam, Ma and Yarats, AAAI 2021,
    arXiv:1910.04209, take 2 / (1 - beta2) steps.

    >>> print([warm_up(1.0, steps=4)(t) for t in (1, 2, 4, 9)])
    [0.25, 0.5, 1.0, 1.0]
    """
    _at_least_one("steps", steps)
    planned = rate if callable(rate) else lambda t: rate
    return lambda t: planned(t) * min(t / steps, 1.0)


def sutskever(most: float, every: int = 250) -> Schedule:
    """A beta that rises as 1/2, 3/4, 5/6, 7/8, ..., a new one every 250 steps, up to ``most``.

    min(1 - 2^(-1 - log2(floor(t / 250) + 1)), most); the power is 1 / (2 (floor(t / 250) + 1)).
    Source: Sutskever et al., ICML 2013, equation (5).

    >>> print([sutskever(0.99)(t) for t in (1, 250, 750)])
    [0.5, 0.75, 0.875]
    """
    _at_least_one("every", every)
    return lambda t: min(1 - 1 / (2 * (t // every + 1)), most)


def _at_least_one(name: str, value: float) -> None:
    if not value >= 1:
        raise ValueError(f"A schedule's {name} counts steps, at least one, not {value}.")
