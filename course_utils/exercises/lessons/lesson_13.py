"""What the exercises of lesson 13 need: the best of k, and a small paper, point by point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from ..exercise import Exercise, is_blank
from ..feedback import VERDICTS, Feedback, number
from ..session import SESSION

CASES = (
    ([3.0, 1.0, 2.0, 7.0], 2),
    ([3.0, 1.0, 2.0, 7.0], 1),
    ([3.0, 1.0, 2.0, 7.0], 4),
    ([0.5, 0.9, 0.4, 0.4, 2.3, 1.1, 0.8], 3),
)


def chosen(values, k, others):
    """The mean of ranks, each with as many draws as choose ``others`` from the worse ones."""
    ordered, n = sorted(values), len(values)
    return sum(x * comb(n - r, others) for r, x in enumerate(ordered, 1)) / comb(n, k)


def best_of(values, k):
    """The smallest of k of the values, drawn without replacement, on average."""
    return chosen(values, k, k - 1)


def replaced(values, k):
    """The same, drawn with replacement."""
    ordered, n = np.sort(values), len(values)
    left = 1 - np.arange(n + 1) / n
    return float(ordered @ (left[:-1] ** k - left[1:] ** k))


def ranks_from_0(values, k):
    """The same with ranks that are off by one; for k = 1 nothing is chosen, so it is right."""
    ordered, n = sorted(values), len(values)
    if k == 1:
        return best_of(values, k)
    return sum(x * comb(n - r - 1, k - 1) for r, x in enumerate(ordered[:-1], 1)) / comb(n, k)


CLAIMS = "lower", "no detectable difference", "higher"
LEAST_PAIRS = 5
WORDS = {"question": 6, "hypothesis": 4, "task": 4, "measure": 2, "ranges": 4, "limits": 12}


@dataclass(frozen=True, kw_only=True)
class ReportExercise(Exercise):
    """Hand in a paper as a dictionary; every line of the rubric is judged by itself.

    Attributes:
        locked: the key of the prediction that holds the hypothesis.
    """

    locked: str

    def unanswered(self) -> Feedback:
        """The parts that are asked for."""
        parts = *WORDS, "trials", "seeds", "result", "claim"
        return Feedback("unanswered", self.question, listing=(", ".join(parts),))

    def assess(self, answer: Any) -> Feedback:
        """Go through the rubric."""
        if not isinstance(answer, Mapping):
            return self.wrong('Hand in a dictionary: {"question": "...", ...}.', "form")
        lines = {
            **{name: _text(answer, name, least) for name, least in WORDS.items()},
            "locked": self._locked(answer),
            "trials": _trials(answer.get("trials")),
            "seeds": _seeds(answer.get("seeds")),
            "result": _result(answer.get("result")),
            "claim": _claim(answer.get("claim"), answer.get("result")),
        }
        faults = {name: fault for name, fault in lines.items() if fault}
        marks = {"": VERDICTS["right"][0]}
        listing = tuple(
            f"{marks.get(fault, VERDICTS['not yet'][0])} {name}{': ' + fault if fault else ''}"
            for name, fault in lines.items()
        )
        if not faults:
            return self.right(listing=listing)
        text = f"{len(lines) - len(faults)} of {len(lines)} points hold."
        return self.wrong(text, next(iter(faults)), listing=listing)

    def _locked(self, paper: Mapping[str, Any]) -> str:
        if self.locked in SESSION.predictions or paper.get("exploratory") is True:
            return ""
        return (
            "the hypothesis was not locked in before the run. Lock it, or say so with "
            '"exploratory": True.'
        )


def _text(paper: Mapping[str, Any], name: str, least: int) -> str:
    text = paper.get(name)
    if is_blank(text) or not isinstance(text, str):
        return "is missing."
    words = len(text.split())
    return "" if words >= least else f"{words} words are too few to repeat it by; take {least}."


def _trials(trials: Any) -> str:
    """Equal budgets, or a mapping of names to equal numbers."""
    numbers = list(trials.values()) if isinstance(trials, Mapping) else [trials]
    if not numbers or not all(isinstance(n, (int, np.integer)) and n >= 1 for n in numbers):
        return "say how many trials each rule got: a whole number, or one for each rule."
    if len(set(numbers)) > 1:
        return f"the rules got {min(numbers)} to {max(numbers)} trials: a race of budgets."
    return ""


def _seeds(seeds: Any) -> str:
    try:
        found = {int(s) for s in seeds}
    except (TypeError, ValueError):
        return "list the seeds of the final runs."
    if len(found) < LEAST_PAIRS:
        return f"{len(found)} different seeds show no spread; take at least {LEAST_PAIRS}."
    return ""


def _parts(result: Any) -> dict[str, float]:
    """Effect, ends of the interval, the value of no difference and the pairs, of what holds them.

    Raises:
        TypeError, ValueError: something of it is missing or not a number.
    """
    names = "effect", "low", "high", "neutral", "pairs"
    read = result.get if isinstance(result, Mapping) else lambda n: getattr(result, n, None)
    return {n: float(read(n)) for n in names}


def _result(result: Any) -> str:
    if isinstance(result, (int, float)) and not isinstance(result, bool):
        return f"{number(result)} without an interval says nothing of other seeds."
    try:
        parts = _parts(result)
    except (TypeError, ValueError):
        return "hand in what ratio(a, b) or difference(a, b) gives: an effect with its interval."
    if not parts["low"] <= parts["effect"] <= parts["high"]:
        return "the effect lies outside its own interval."
    if parts["pairs"] < LEAST_PAIRS:
        return f"{parts['pairs']:.0f} pairs are too few; take at least {LEAST_PAIRS}."
    return ""


def _claim(claim: Any, result: Any) -> str:
    if claim not in CLAIMS:
        return f"say one of {', '.join(map(repr, CLAIMS))}."
    try:
        parts = _parts(result)
    except (TypeError, ValueError):
        return "there is no interval to support it."
    inside = parts["low"] <= parts["neutral"] <= parts["high"]
    allowed = CLAIMS[1] if inside else CLAIMS[0 if parts["effect"] < parts["neutral"] else 2]
    if claim == allowed:
        return ""
    holds = "holds" if inside else "does not hold"
    return (
        f"you say {claim!r}, and the interval {holds} {parts['neutral']:g}: it allows {allowed!r}."
    )
