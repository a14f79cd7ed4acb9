"""Run a kernel in the sandbox and record everything that is to be known about it, in one trip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from . import sandbox
from .compare import same
from .probes import Probe, record, track

Runs = dict[str, list]


def run(answer: Callable[..., Any], probes: tuple[Probe, ...], first: str) -> sandbox.Outcome:
    """What came of a kernel on the probes; the value of the outcome is its `Runs`.

    Args:
        answer: the learner's function.
        probes: the runs.
        first: what the rule calls its first array, in a dictionary that the kernel may return.
    """
    return sandbox.run(lambda: _runs(_by_its_name(answer, first), probes))


def _runs(answer: Callable[..., Any], probes: tuple[Probe, ...]) -> Runs:
    first, again = record(answer, probes[0]), record(answer, probes[0])
    runs = {"returned": [first], "again": [again]}
    if not same([first], [again]):
        return runs
    runs["returned"] += track(answer, probes[1:])
    runs["unused"] = _unused(answer, probes, runs["returned"])
    if any("returns" in r["remarks"] for r in runs["returned"]) or runs["returned"][0]["fault"]:
        runs["in place"] = track(answer, probes, "in place")
        if probes[0].memory:
            runs["swapped"] = track(answer, probes, "swapped")
    return runs


def _unused(answer: Callable[..., Any], probes: tuple[Probe, ...], own: list) -> list[str]:
    """The settings whose value makes no difference, in a run whose memory is not zero."""
    place = int(bool(probes[0].memory))
    probe, mine, found = probes[place], own[place], []
    for name, value in ((p.changing, p.settings[1][p.changing]) for p in probes if p.changing):
        other = replace(probe, settings=tuple({**x, name: value} for x in probe.settings))
        if _finite(mine) and same([record(answer, other)], [mine]):
            found.append(name)
    return found


def _finite(record_of_run: Mapping[str, Any]) -> bool:
    """Whether a run was read to its end and nothing in it is infinite or no number."""
    values = (x for step in record_of_run["steps"] for x in step.values())
    return not record_of_run["fault"] and all(np.isfinite(x).all() for x in values)


def _by_its_name(answer: Callable[..., Any], first: str) -> Callable[..., Any]:
    """A kernel that returns its first array as w, whatever it is called in a dictionary."""

    def kernel_of_w(*arrays: Any, **settings: Any) -> Any:
        new = answer(*arrays, **settings)
        if isinstance(new, Mapping):
            return {"w" if n == first else n: x for n, x in new.items()}
        return new

    return answer if first == "w" else kernel_of_w
