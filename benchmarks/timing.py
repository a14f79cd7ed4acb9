"""Times of several contestants in turns, so that a ratio compares neighbours in time."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Call = Callable[[], Any]
FINE = time.get_clock_info("process_time").resolution <= 1e-6
PROCESSOR = time.process_time if FINE else time.perf_counter
"""Time that the processor works for us, in all threads; what others take of it does not count."""


def in_turns(
    contestants: Mapping[str, Call],
    repeats: int,
    seconds: float = 1e-3,
    warm: int = 2,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Seconds per call of every contestant, one number for each round.

    Every round times each contestant once, in a new order. A contestant that takes less than
    ``seconds`` is called as often as it takes to fill them, and the mean counts.

    Args:
        contestants: what is called, by name.
        repeats: how many rounds.
        seconds: the shortest time that is measured.
        warm: how many calls come before and are not timed.
        clock: what tells the time, in seconds.
    """
    for call in contestants.values():
        for _ in range(warm):
            call()
    calls = {name: _calls(call, seconds, clock) for name, call in contestants.items()}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    order, dice = list(contestants), random.Random(0)
    was_on = gc.isenabled()
    gc.disable()
    try:
        for _ in range(repeats):
            dice.shuffle(order)
            for name in order:
                times[name].append(_time(contestants[name], calls[name], clock))
    finally:
        if was_on:
            gc.enable()
    return times


def _time(call: Call, count: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(count):
        call()
    return (clock() - start) / count


def _calls(call: Call, seconds: float, clock: Callable[[], float]) -> int:
    once = _time(call, 1, clock)
    if once < seconds:
        once = max(min(once, _time(call, 3, clock)), 1e-8)
    return max(1, int(np.ceil(seconds / once)))


def spread(values: Any) -> list[float]:
    """Lower quartile, median and upper quartile."""
    return [float(x) for x in np.quantile(np.asarray(values, dtype=float), (0.25, 0.5, 0.75))]


def ratio(one: Any, other: Any) -> list[float]:
    """Quartiles of one over other, round by round."""
    return spread(np.asarray(one) / np.asarray(other))


def summary(times: Mapping[str, list[float]], ours: str = "ours") -> dict[str, dict[str, Any]]:
    """For each contestant the quartiles of its seconds, and of how often ours goes into them."""
    return {
        name: {"seconds": spread(own), "times_ours": ratio(own, times[ours])}
        for name, own in times.items()
    }
