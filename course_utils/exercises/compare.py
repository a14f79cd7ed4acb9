"""Compare what kernels did on the probes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .feedback import number
from .probes import Probe

RELATIVE = 1e-9
COARSE = 1e-4


def same(one: list, other: list, only: tuple[str, ...] | None = None) -> bool:
    """Whether two tracks agree, in all quantities or in those of ``only``."""
    pairs = list(zip(one, other, strict=True))

    def close(tolerance: float) -> bool:
        return all(_close(a, b, only, tolerance) for a, b in pairs)

    # Most tracks differ even coarsely, in their first run: nothing else is looked at then.
    if not close(COARSE):
        return False
    if any(a["fault"] or b["fault"] for a, b in pairs):
        return [a["fault"] for a in one] == [b["fault"] for b in other] and close(RELATIVE)
    coarse = any(r.startswith("coarse") for a in (*one, *other) for r in a["remarks"])
    return coarse or close(RELATIVE)


def _close(one: dict, other: dict, only: tuple[str, ...] | None, tolerance: float) -> bool:
    if len(one["steps"]) != len(other["steps"]):
        return False
    for a, b in zip(one["steps"], other["steps"], strict=True):
        if not all(_near(a[n], b[n], tolerance) for n in only or (n for n in a if n != "g")):
            return False
    return True


def _near(x: Any, y: Any, tolerance: float) -> bool:
    """As `numpy.allclose` with one tolerance; for lists as short as these 20 times as fast."""
    if isinstance(x, list) or isinstance(y, list):
        alike = isinstance(x, list) and isinstance(y, list) and len(x) == len(y)
        return alike and all(_near(one, other, tolerance) for one, other in zip(x, y, strict=True))
    if x == y or x != x and y != y:
        return True
    return math.isfinite(y) and abs(x - y) <= tolerance + tolerance * abs(y)


@dataclass(frozen=True)
class Difference:
    """Where a track first leaves another one, and by how much."""

    probe: Probe
    step: int
    entry: str
    slope: str
    before: float
    got: float
    want: float

    def __str__(self) -> str:
        """The difference as a sentence with the learner's numbers."""
        settings = [f"{n} = {number(x)}" for n, x in self.probe.settings[self.step - 1].items()]
        circumstances = ", ".join([*settings, self.slope])
        # Plus zero, so that −0 is told as 0
        before, got, want = _told_apart(self.before, self.got + 0.0, self.want + 0.0)
        change = f"stays {got}" if self.got == self.before else f"goes from {before} to {got}"
        return (
            f"{self.probe.name[0].upper()}{self.probe.name[1:]}, step {self.step} "
            f"({circumstances}): your {self.entry} {change}, and the rule takes it to "
            f"{want}."
        )

    def second_time(self) -> str:
        """The difference between two runs of one kernel."""
        return (
            f"In step {self.step} of the same run {self.entry} becomes {number(self.want)} the "
            f"first time and {number(self.got)} the second."
        )


def _told_apart(before: float, got: float, want: float) -> tuple[str, str, str]:
    """Three numbers with as many digits as it takes to see that the last two are not the same."""
    enough = (d for d in range(4, 17) if number(got, d) != number(want, d))
    digits = next(enough, 4)
    return number(before, digits), number(got, digits), number(want, digits)


def first_difference(own: list, asked: list, probes: tuple[Probe, ...]) -> Difference | str:
    """The first probe, step and entry in which two tracks differ; the memory comes before w."""
    for mine, theirs, probe in zip(own, asked, probes, strict=True):
        before: dict[str, Any] = {"w": probe.w, **probe.memory}
        for k, (a, b) in enumerate(zip(mine["steps"], theirs["steps"], strict=False)):
            for name in (*probe.memory, "w"):
                x, y = np.asarray(a[name], float), np.asarray(b[name], float)
                bad = ~np.isclose(x, y, RELATIVE, RELATIVE, equal_nan=True)
                if bad.any():
                    at = tuple(int(i) for i in np.argwhere(bad)[0])
                    own = at[: probe.gradients[k].ndim]
                    slope = f"{_entry('g', own)} = {number(probe.gradients[k][own])}"
                    was = float(np.asarray(before[name])[at])
                    return Difference(
                        probe, k + 1, _entry(name, at), slope, was, float(x[at]), float(y[at])
                    )
            before = a
    return ""


def unchanged(own: list, probes: tuple[Probe, ...], name: str) -> bool:
    """Whether a quantity keeps its first value in every run."""
    first = ((probe.w if name == "w" else probe.memory[name]).tolist() for probe in probes)
    return all(
        step[name] == value
        for mine, value in zip(own, first, strict=True)
        for step in mine["steps"]
    )


def changed_gradient(own: list, probes: tuple[Probe, ...]) -> str:
    """What became of a gradient that should have been left alone, or nothing."""
    for mine, probe in zip(own, probes, strict=True):
        for step, g in zip(mine["steps"], probe.gradients, strict=False):
            after = np.asarray(step["g"], float)
            if after.shape != g.shape:
                return "its shape is another"
            if not np.array_equal(after, g, equal_nan=True):
                at = tuple(int(i) for i in np.argwhere(after != g)[0])
                return f"{_entry('g', at)} = {number(g[at])} is {number(after[at])} afterwards"
    return ""


def _entry(name: str, at: tuple[int, ...]) -> str:
    if len(at) == 1:
        return f"{name}{at[0] + 1}"
    return f"{name}[{', '.join(map(str, at))}]"
