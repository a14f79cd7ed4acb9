"""The bank of a kernel exercise: its probes, and what all known kernels make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..optimizers import Rule
from .compare import RELATIVE, same
from .mistake import Mistake
from .mistakes import Convention, kernel, known, step_pairs
from .probes import Probe, Shapes, make_probes, track


@dataclass(frozen=True)
class Bank:
    """The probes of an exercise, and the tracks of all known kernels on them."""

    rule: str
    probes: tuple[Probe, ...]
    right: tuple[tuple[Convention, list], ...]
    wrong: tuple[tuple[Mistake, list], ...]

    @property
    def ordinary(self) -> int:
        """How many of the probes are ordinary ones; they come first."""
        return sum(not p.beyond for p in self.probes)

    @property
    def asked(self) -> list:
        """The track of the rule that is asked for, as it is written first."""
        return self.right[0][1]

    def first_of_two(self, own: list) -> Mistake | None:
        """The first of two mistakes in the step that together make a track, if two known ones do.

        There are thousands of pairs: one step of the second probe, in which the memory is not zero,
        leaves hardly any for the other runs.
        """
        slots, extra = tuple(self.probes[0].memory), ("H",) * bool(self.probes[0].hessians)
        probe, usual = self.probes[1], self.ordinary
        if not own[1]["steps"]:
            return None
        moved = np.asarray(own[1]["steps"][0]["w"])
        start = probe.w, probe.gradients[0], *probe.hessians[:1], *probe.memory.values()
        with np.errstate(all="ignore"):
            for mistake, form in step_pairs(self.rule, slots):
                both = kernel(form, slots, extra)
                near = both(*start, **probe.settings[0])["w"] - moved
                if (abs(near) <= RELATIVE * (1 + abs(moved))).all() and same(
                    track(both, self.probes[:usual]), own[:usual]
                ):
                    return mistake
        return None


def bank(
    rule: Rule, plan: Mapping[str, tuple[float, ...]], variation: int = 0, matrix: bool = False
) -> Bank:
    """The bank of a rule.

    Args:
        rule: the rule that is asked for.
        plan: values that each hyper-parameter takes in turn.
        variation: which of the sets of runs is used.
        matrix: whether w is always a matrix.
    """
    values = tuple((n, plan[n]) for n in settings(rule))
    shapes = tuple(rule.shapes.items())
    return _bank(rule.name, rule.memory, given(rule), shapes, values, variation, matrix)


def settings(rule: Rule) -> tuple[str, ...]:
    """What a kernel gets by name."""
    return (*rule.hyper, *(("t",) if rule.counts_steps else ()))


def given(rule: Rule) -> tuple[str, ...]:
    """What a kernel gets between the gradient and its memory."""
    return ("H",) if rule.needs_hessian else ()


@lru_cache(maxsize=64)  # about as many as there are kernel exercises and sets of runs
def _bank(
    name: str,
    slots: tuple[str, ...],
    extra: tuple[str, ...],
    shapes: Shapes,
    plan: tuple[tuple[str, tuple[float, ...]], ...],
    variation: int,
    matrix: bool,
) -> Bank:
    probes = make_probes(slots, dict(plan), bool(extra), variation, shapes, matrix)
    about = known(name, slots)
    with np.errstate(all="ignore"):
        right = tuple((way, track(kernel(way.form, slots, extra), probes)) for way in about.right)
        wrong = tuple(
            (mistake, track(kernel(form, slots, extra), probes))
            for mistake in about.mistakes
            for form in mistake.value
        )
    # A mutant may be right after all: the sign of a gradient is that of its square root, too.
    fair = [pair for pair in wrong if not any(same(pair[1], good) for _, good in right)]
    return Bank(name, probes, right, tuple(fair))
