"""The machine: one thread, what to know of it later, and the times of contestants in turns."""

from __future__ import annotations

import gc
import os
import platform
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

Call = Callable[[], Any]
LIBRARIES = ("numpy", "scipy", "sympy", "matplotlib", "scikit-learn", "torch", "jax", "optax")
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
    return {
        "date": now(),
        "command": command,
        "quick": quick,
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions(LIBRARIES),
        "processor": processor(),
        "processors": os.cpu_count(),
        "blas": blas(),
    }


def now() -> str:
    """The time, to be kept beside numbers."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def versions(names: tuple[str, ...]) -> dict[str, str | None]:
    """The versions of packages, None for one that is not installed."""
    found = {d.metadata["Name"].lower(): d.version for d in metadata.distributions()}
    return {name: found.get(name) for name in names}


def processor() -> str:
    """What the processor calls itself."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def blas() -> list[str]:
    """The libraries of linear algebra that NumPy and SciPy use, with their threads."""
    from threadpoolctl import threadpool_info

    pools = set()
    for pool in threadpool_info():
        name = " ".join(filter(None, (pool["internal_api"], pool["version"])))
        threads = pool["num_threads"]
        pools.add(f"{name}, {threads} thread" + "s" * (threads != 1))
    return sorted(pools)


def in_turns(
    contestants: Mapping[str, Call],
    repeats: int,
    seconds: float = 1e-3,
    warm: int = 2,
    clock: Callable[[], float] = PROCESSOR,
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
    order, dice, was_on = list(contestants), random.Random(0), gc.isenabled()
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


def summary(times: Mapping[str, list[float]], ours: str = "ours") -> dict[str, dict[str, Any]]:
    """For each contestant the quartiles of its seconds, and of how often ours goes into them.

    A ratio is taken round by round, between neighbours in time.
    """
    base = np.asarray(times[ours])
    return {
        name: {"seconds": spread(own), "times_ours": spread(np.asarray(own) / base)}
        for name, own in times.items()
    }
