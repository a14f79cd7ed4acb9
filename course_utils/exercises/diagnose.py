"""Find out what a kernel did: which known way it is, or where it first leaves the rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from .bank import Bank
from .compare import changed_gradient, same, unchanged
from .mistake import Mistake
from .runs import Runs

WHOLE = "returns everything"


@dataclass(frozen=True)
class Finding:
    """What a kernel turned out to be.

    Attributes:
        kind: "right", "mistake", "unknown", or the word for a side effect.
        runs: the reading of its results that is meant.
        about: what the sentence needs: a `Convention`, a `Mistake`, or names.
    """

    kind: str
    runs: list
    about: Any = None


def diagnose(runs: Runs, bank: Bank) -> Finding:
    """The first of the possible findings that holds."""
    own = runs["returned"]
    if not same(own[:1], runs["again"]):
        return Finding("answers change", own, runs["again"])
    # Whoever returns everything means that, whatever became of the arrays that were given.
    whole = any(WHOLE in r["remarks"] for r in own)
    for reading in ("returned",) if whole else ("returned", "in place"):
        for way, good in bank.right:
            if reading in runs and same(runs[reading], good):
                return _side_effects(runs[reading], way, bank)
    if "swapped" in runs and same(runs["swapped"], bank.asked):
        return Finding("order of what is returned", own)
    usual, readings = bank.ordinary, tuple(_readings(runs, bank))
    for length in (len(bank.probes), usual):  # first those that are wrong beyond the ordinary alone
        good = [track[:length] for _, track in bank.right]
        for reading in readings:
            for mistake, bad in bank.wrong:
                if same(reading[:length], bad[:length]) and not any(
                    same(bad[:length], track) for track in good
                ):
                    return Finding("mistake", reading, mistake)
    for reading in (*readings, own):
        if any(same(reading[:usual], track[:usual]) for _, track in bank.right):
            return Finding("right in ordinary runs", reading)
    slots = tuple(bank.probes[0].memory)
    for only in (("w",), *((slot,) for slot in slots)):
        for reading in readings:
            kept = slots and same(reading[:usual], bank.asked[:usual], slots)
            if only != ("w",) and unchanged(reading, bank.probes, only[0]):
                continue  # said best in plain words
            alike = [
                mistake
                for mistake, bad in bank.wrong
                if same(reading[:usual], bad[:usual], only)
                and not same(bad[:usual], bank.asked[:usual], only)
                # Where more is wrong, nothing else may be called right or taken for the step; and
                # whose memory is right does not make a mistake that spoils it.
                and (only == ("w",) or not re.search(" is right|new w is", mistake.message))
                and not (
                    kept and only == ("w",) and not same(bad[:usual], bank.asked[:usual], slots)
                )
            ]
            if alike and only == ("w",):
                return Finding("mistake", reading, alike[0])
            if alike:  # the one that spoils this memory and little else
                least = min(alike, key=partial(_spoiled, bank.right[0][0].form))
                return Finding("mistake among others", reading, least)
    if runs.get("unused"):
        return Finding("settings unused", readings[0], runs["unused"])
    for reading in readings:
        if not slots or same(reading[:usual], bank.asked[:usual], slots):
            if first := bank.first_of_two(reading):
                return Finding("two mistakes", reading, first)
    if any(r["fault"] for r in own):
        return Finding("what is returned", own, next(r["fault"] for r in own if r["fault"]))
    return Finding("unknown", own)


def _spoiled(right: str, mistake: Mistake) -> int:
    """How many lines of a rule a mistake changes at most."""
    return max(len(set(right.split("; ")) ^ set(form.split("; "))) for form in mistake.value)


def _readings(runs: Runs, bank: Bank) -> Iterator[list]:
    """What may be meant by the results, the likelier first.

    Whoever returns all arrays means those. Whoever returns one, and has changed w itself, has
    mostly returned the step.
    """
    start = bank.probes[0].w.tolist()
    moved = any(step["w"] != start for r in runs.get("in place", ())[:1] for step in r["steps"][:1])
    whole = any(WHOLE in r["remarks"] for r in runs["returned"])
    order = ["returned", "in place"] if whole else ["in place", "returned"]
    return (runs[reading] for reading in order if reading == "returned" or moved)


def _side_effects(runs: list, way: Any, bank: Bank) -> Finding:
    """Whether the rest is right too, once the numbers are."""
    remarks = sorted({remark for r in runs for remark in r["remarks"]})
    if touched := changed_gradient(runs, bank.probes):
        return Finding("g is only lent", runs, touched)
    if "changes H" in remarks:
        return Finding("H is only lent", runs)
    for remark in remarks:
        if remark.startswith("alias"):
            return Finding("two arrays, two names", runs, remark.split()[1:])
    for remark in remarks:
        if remark.startswith("coarse"):
            return Finding("half the digits", runs, remark.split()[1])
    return Finding("right", runs, way)
