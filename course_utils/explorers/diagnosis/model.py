"""Which runs a set holds, what is said of a diagnosis, and what a knob did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...networks.diagnosis import (
    FAULTS,
    HEALTHY,
    KNOBS,
    SEEDS,
    Curves,
    Run,
    diagnose,
    stored,
    weigh,
)

CAUSES = tuple(sorted(FAULTS, key=str.casefold))
NOT_YET, AS_IT_WAS = "not yet", "as it was"
# The place of every run in a set, and how many sets a learner can choose from
RUNS, SETS = len(FAULTS), 200


@dataclass(frozen=True)
class Case:
    """One run of a set: its hidden fault, and the seed it was trained with."""

    fault: str
    seed: int

    @property
    def run(self) -> Run:
        """The run as it was."""
        return FAULTS[self.fault]

    def curves(self, knob: str = AS_IT_WAS) -> Curves:
        """Its curves, with a knob turned."""
        return stored(KNOBS[knob](self.run) if knob != AS_IT_WAS else self.run, self.seed)

    def healthy(self) -> Curves:
        """A run without a fault, of the same seed."""
        return stored(HEALTHY["momentum" if self.run.rule == "momentum" else "Adam"], self.seed)


@lru_cache(maxsize=8)
def cases(series: int) -> tuple[Case, ...]:
    """The runs of a set, in the order of their numbers: each fault once."""
    random = np.random.default_rng(series)
    order = random.permutation(list(FAULTS))
    seeds = random.choice(SEEDS, RUNS)
    return tuple(Case(str(f), int(s)) for f, s in zip(order, seeds, strict=True))


def sides(case: Case, cause: str) -> Mapping[str, bool]:
    """By curve whether it speaks for a cause (True) or against it; against counts more."""
    pro, contra = weigh(case.curves(), cause)
    found = {words.partition(":")[0]: True for words in pro}
    return found | {words.partition(":")[0]: False for words in contra}


def verdict(case: Case, cause: str) -> str:
    """What is said of a diagnosis: right or not, and which curve says so."""
    if cause == NOT_YET:
        return "Name its cause."
    pro, contra = weigh(case.curves(), cause)
    for_it = [words for words in pro if "finite to the end" not in words]
    if cause == case.fault:
        return f"Right, {cause}. For it, {_listed(for_it)}."
    if contra:
        return f"Not {cause}. Against it, {_listed(contra)}."
    return f"The signs of {cause} are there, and yet the cause is another: turn a knob that tells."


def effect(case: Case, knob: str) -> str:
    """What a knob did to the run."""
    if knob == AS_IT_WAS:
        return ""
    before, after = case.curves(), case.curves(knob)
    if KNOBS[knob](case.run) == case.run:
        return f" The knob {knob} changes nothing here: this run has no such setting, or has it so."
    gone = case.fault not in diagnose(after)
    signs = "the signs of its fault are gone" if gone else "the signs of its fault are still there"
    return (
        f" With {knob} the training loss ends at {ends(after)}, before at {ends(before)}; {signs}."
    )


def ends(c: Curves) -> str:
    """The last training loss in words."""
    return f"{c.ends:.2g}" if np.isfinite(c.ends) else "no number"


def _listed(words: list[str]) -> str:
    return "; ".join(words)
