"""The machine: one thread, what to know of it later, and the times of contestants in turns."""

from __future__ import annotations

import math
import os
import platform
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from operator import truediv
from pathlib import Path
from timeit import Timer
from typing import Any

LIBRARIES = tuple("numpy scipy sympy matplotlib scikit-learn torch jax optax numba".split())
THREADS = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR")
XLA = "--xla_cpu_multi_thread_eigen=false"
FINE = time.get_clock_info("process_time").resolution <= 1e-6
# Time that the processor works for us, in all threads; what others take of it does not count.
PROCESSOR = time.process_time if FINE else time.perf_counter


def one_thread() -> None:
    """Ask every library for one thread; it holds for those that are not yet imported."""
    os.environ.update({f"{name}_NUM_THREADS": "1" for name in THREADS})
    os.environ["VECLIB_MAXIMUM_THREADS"] = "1"
    if XLA not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {XLA}".strip()


@contextmanager
def one_processor(wanted: bool = True) -> Iterator[None]:
    """Stay on one processor, where the system knows how: libraries then see only that one."""
    if not (wanted and hasattr(os, "sched_setaffinity")):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def made(command: str, quick: bool) -> dict[str, Any]:
    """When, with what and on which machine a part is measured."""
    from threadpoolctl import threadpool_info

    info, pools = Path("/proc/cpuinfo"), set()
    named = re.search("model name.*: (.+)", info.read_text("utf-8")) if info.exists() else None
    for pool in threadpool_info():
        name = " ".join(filter(None, (pool["internal_api"], pool["version"])))
        pools.add(f"{name}, {pool['num_threads']} thread" + "s" * (pool["num_threads"] != 1))
    there = {"date": now(), "command": command, "quick": quick}
    there |= {"system": platform.system(), "python": platform.python_version()}
    there |= {"versions": versions(LIBRARIES), "processors": os.cpu_count(), "blas": sorted(pools)}
    return there | {"processor": named[1] if named else platform.processor() or platform.machine()}


def now() -> str:
    """The time, to be kept beside numbers."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def versions(names: tuple[str, ...]) -> dict[str, str | None]:
    """The versions of packages, None for one that is not installed."""
    found = {d.metadata["Name"].lower(): d.version for d in metadata.distributions()}
    return {name: found.get(name) for name in names}


def in_turns(
    contestants: Mapping[str, Callable[[], Any]],
    repeats: int,
    seconds: float = 1e-3,
    warm: int = 2,
    clock: Callable[[], float] = PROCESSOR,
) -> dict[str, list[float]]:
    """Seconds per call of every contestant, one number for each round.

    Every round times each contestant once, in a new order, while no garbage is collected. A
    contestant that takes less than ``seconds`` is called as often as it takes to fill them, and the
    mean counts. ``warm`` calls come before and are not timed; ``clock`` tells the time.
    """
    timers = {name: Timer(call, timer=clock) for name, call in contestants.items()}
    counts, times, dice = {}, {name: [] for name in timers}, random.Random(0)
    for timer in timers.values():
        timer.timeit(warm)
    for name, timer in timers.items():
        once = timer.timeit(1)
        if once < seconds:  # so short that the first of three may be a stumble
            once = max(min(once, timer.timeit(3) / 3), 1e-8)
        counts[name] = max(1, math.ceil(seconds / once))
    for _ in range(repeats):
        for name in dice.sample(list(timers), len(timers)):
            times[name].append(timers[name].timeit(counts[name]) / counts[name])
    return times


def spread(values: Any) -> list[float]:
    """Lower quartile, median and upper quartile."""
    import numpy as np  # not before one_thread: its BLAS counts its threads when it is imported

    return np.quantile(np.asarray(values, dtype=float), (0.25, 0.5, 0.75)).tolist()


def summary(times: Mapping[str, list[float]]) -> dict[str, dict[str, Any]]:
    """For each contestant the quartiles of its seconds, and of how often ours goes into them.

    A ratio is taken round by round, between neighbours in time.
    """
    ratios = {k: [*map(truediv, own, times["ours"])] for k, own in times.items()}
    return {k: {"seconds": spread(times[k]), "times_ours": spread(ratios[k])} for k in times}
