"""The machine on which something is measured: one thread, and what to know of it later."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

LIBRARIES = ("numpy", "scipy", "sympy", "matplotlib", "scikit-learn", "torch", "jax", "optax")
THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS",
)  # fmt: skip
XLA = "--xla_cpu_multi_thread_eigen=false"


def one_thread() -> None:
    """Ask every library for one thread; it holds for those that are not yet imported."""
    for name in THREADS:
        os.environ[name] = "1"
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
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": command,
        "quick": quick,
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
        "processor": processor(),
        "processors": os.cpu_count(),
        "blas": blas(),
    }


def version(name: str) -> str | None:
    """The version of a package that is installed, else None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def processor() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def blas() -> list[str]:
    """The libraries of linear algebra that NumPy and SciPy use, with their threads."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    import numpy  # noqa: F401  its library of linear algebra must be there to be seen

    pools = set()
    for pool in threadpool_info():
        name = " ".join(filter(None, (pool["internal_api"], pool["version"])))
        threads = pool["num_threads"]
        pools.add(f"{name}, {threads} thread" + "s" * (threads != 1))
    return sorted(pools)
