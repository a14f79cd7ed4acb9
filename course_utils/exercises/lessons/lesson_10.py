"""Lesson 10's own kind: the learner invents losses on which a rule fails, and a judge decides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ...optimizers import Rule
from .. import sandbox
from ..exercise import Exercise
from ..feedback import Feedback, number

STEPS, RATE, LARGEST = 6000, 2.0, 1e6
MOST, LEAST = STEPS // 4, 0.002


@dataclass(frozen=True, kw_only=True)
class CounterexampleExercise(Exercise):
    """Invent slopes g, g, ... of losses g x on -1 <= x <= 1 that lead a rule to the wrong end.

    An answer is a list that is repeated, or a function of t = 1, 2, ... All rules start at 0, with
    the rate 2 / sqrt(t), gradient descent's over the root of the mean square of the slopes.

    Attributes:
        rule: that is to fail.
        settings: of the rule.
        cure: a rule that is run beside it, with the same settings, for comparison.
    """

    rule: Rule
    settings: dict[str, float]
    cure: Rule

    def assess(self, answer: Any) -> Feedback:
        """Read the slopes in the sandbox, run the race here."""
        outcome = sandbox.run(lambda: _slopes(answer))
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble, printed=outcome.printed)
        if isinstance(outcome.value, str):
            return self.wrong(outcome.value, "no slopes", reread=None, printed=outcome.printed)
        slopes = np.array(outcome.value)
        best = -float(np.sign(slopes.mean()))
        share = abs(slopes.mean()) / np.abs(slopes).mean()
        if share < LEAST:
            return self.wrong(
                "No end is the best: the slopes add up to nothing, or nearly. Let one side win by "
                f"{LEAST:.1%} of the sum of all sizes at least; here it is {share:.2%}.",
                "somebody must win",
            )
        quarters = [q.mean() for q in np.array_split(slopes, 4)]
        if not _period(slopes) and not (np.sign(quarters) == -best).all():
            return self.wrong(
                "The best end changes on the way, so a rule that lags behind proves nothing. Let "
                "every quarter of the sequence have a sum of the same sign.",
                "one best end",
            )
        ends = self.race(slopes)
        places = self._ends(ends, slopes.mean(), best)
        if best * ends["gradient descent"] < 0.25:
            return self.wrong(
                f"Gradient descent does not arrive either. {places} "
                "Let the sum be won more clearly.",
                "too close to call",
            )
        if best * ends[self.rule.name] < -0.5:
            return self.right(f"It fails. {places} {self.because}".strip())
        idea, why = self._diagnose(slopes)
        fate = "survives" if best * ends[self.rule.name] > 0.5 else "hesitates"
        return self.wrong(f"{self.rule.name} {fate}. {places} {why}", idea)

    def race(self, slopes: np.ndarray) -> dict[str, float]:
        """Where the rules are on average over the last tenth of the steps."""
        size = float(np.sqrt(np.mean(slopes**2)))
        ends = {"gradient descent": _walk(-slopes / size)}
        for rule in (self.rule, self.cure):
            ends[rule.name] = _walk(steps_of(rule, slopes, self.settings))
        return ends

    def _ends(self, ends: dict[str, float], mean: float, best: float) -> str:
        found = ", ".join(f"{name} at {_signed(x)}" for name, x in ends.items())
        return (
            f"The mean slope is {_signed(mean)}, so the best x is {_signed(best)[:2]}; in the end "
            f"{found}."
        )

    def _diagnose(self, slopes: np.ndarray) -> tuple[str, str]:
        """Which part of a failing sequence is missing, by the conditions in their order."""
        with_sum = np.sign(slopes) == np.sign(slopes.mean())
        votes, size = int(with_sum.sum()), np.abs(slopes)
        if (np.sign(slopes) * np.sign(slopes.mean()) >= 0).all():
            return (
                "both signs",
                "All slopes lead to one end, so nobody can go wrong. Mix the signs.",
            )
        if votes >= np.sum(np.sign(slopes) == -np.sign(slopes.mean())):
            return "votes against the sum", (
                "Most slopes agree with their sum. A rule that counts votes goes wrong only where "
                "the many are outweighed by the few: give the majority the other sign."
            )
        large = size > 3 * np.median(size)
        if not large.any():
            return "some must be large", (
                "All slopes are about equally large, so weighing and voting agree. Let a few "
                "slopes be much larger than the rest."
            )
        gap = len(slopes) / max(int(np.sum(np.diff(np.r_[0, large.astype(int)]) > 0)), 1)
        window = 1 / (1 - self.settings["beta2"])
        if gap < window:
            return "long enough to forget", (
                f"Large slopes come every {number(gap, 3)} steps, and the memory of squares lasts "
                f"about {window:.0f}: it has not forgotten the last one, so the small slopes make "
                "short steps. Let it forget."
            )
        return "barely outweighed", (
            "The large slopes win the sum by too much for the small ones to undo. Let them win it "
            "more narrowly, or come more rarely."
        )


def steps_of(rule: Rule, slopes: np.ndarray, settings: dict[str, float]) -> np.ndarray:
    """The steps of a rule on these slopes, in learning rates; they do not depend on the place."""
    w, taken = np.zeros(1), np.empty(len(slopes))
    step = rule.start(w, **{**settings, "lr": 1.0})
    for k, g in enumerate(slopes[:, None]):
        w[0] = 0.0
        step(g)
        taken[k] = w[0]
    return taken


def _walk(steps: np.ndarray) -> float:
    x, places = 0.0, []
    for step in (RATE * steps / np.sqrt(np.arange(1, len(steps) + 1))).tolist():
        x = min(max(x + step, -1.0), 1.0)
        places.append(x)
    return float(np.mean(places[-len(places) // 10 :]))


def _slopes(answer: Any) -> list[float] | str:
    """The slopes of all steps, in whole repetitions, or a sentence that says why there are none."""
    if isinstance(answer, str):
        return 'Leave out the quotation marks: [3, -1, -1] is a list, "[3, -1, -1]" is text.'
    if callable(answer):
        values = [answer(t) for t in range(1, STEPS + 1)]
        if any(x is None or x is ... for x in values):
            return "Your function of t returns nothing for some t: return one number for each."
    else:
        try:
            values = list(islice(iter(answer), MOST + 1))
        except TypeError:
            return (
                "Give a list of slopes, such as [3, -1, -1], or a function of t that returns one."
            )
        if len(values) > MOST:
            return f"A list may have {MOST} slopes, so that it is repeated four times at least."
    try:
        slopes = np.array([float(x) for x in values])
    except (TypeError, ValueError):
        return "Every slope must be one number, such as 3 or -1."
    if not len(slopes) or not np.isfinite(slopes).all() or np.abs(slopes).max() > LARGEST:
        return "Every slope must be a finite number, a million at most, and there must be one."
    if np.abs(slopes).max() < 1 / LARGEST:
        return "All slopes are zero, or as good as zero: let one of them be 1."
    once = slopes[: _period(slopes) or len(slopes)]
    return np.tile(once, STEPS // len(once)).tolist()


def _period(slopes: np.ndarray) -> int:
    """After how many steps the slopes repeat, four times at least; 0 if they do not."""
    most = min(MOST, len(slopes) // 4)
    periods = (p for p in range(1, most + 1) if np.array_equal(slopes[p:], slopes[:-p]))
    return next(periods, 0)


def _signed(x: float) -> str:
    return f"{x:+.2f}".replace("-", "−")
