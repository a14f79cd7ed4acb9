"""What the exercises of lesson 09 need: schedules, a floor, and one kind with a budget of steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...descent import descend
from ...optimizers import MOMENTUM
from ...surfaces import noisy, ravine
from .. import sandbox
from ..answers import as_number
from ..exercise import Exercise
from ..feedback import Feedback, number
from ..interface import is_stub
from ..tuning import settings_by_name

RUNS = 2000  # so many that the mean loss is known to two digits


def floor_at(lr: float, power: float) -> float:
    """The mean loss that noise of this variance leaves on the ravine of condition number 25."""
    return sum(lr * power / (2 * (2 - lr * x)) for x in (25.0, 1.0))


def rise(t: float) -> float:
    """The warm-up."""
    return 0.1 * t / 20


def wave(t: float) -> float:
    """Half a wave of the cosine, from step 20 to step 120, where it stays."""
    return 0.05 * (1 + np.cos(np.pi * (min(t, 120) - 20) / 100))


def shaped(rise: Callable[[float], float], fall: Callable[[float], float]) -> Callable[..., float]:
    """A schedule that rises up to step 20 and then falls."""
    return lambda t: rise(t) if t <= 20 else fall(t)


rise_and_fall = shaped(rise, wave)


def values_of(schedule: Any, steps: int) -> list[float]:
    """The values of a learner's schedule as floats; a number counts as a constant schedule."""
    plan = schedule if callable(schedule) else lambda t: schedule
    return [float(plan(t)) for t in range(1, steps + 1)]


@dataclass(frozen=True, kw_only=True)
class BudgetExercise(Exercise):
    """Choose lr and beta, numbers or schedules, so that noise and distance both end low.

    Momentum runs 2000 times on the ravine with noisy gradients; the mean loss after the last step
    counts.

    Attributes:
        kappa: of the ravine.
        noise: standard deviation of each part of a step's gradient.
        steps: the budget.
        target: the mean loss to get below.
    """

    kappa: float
    noise: float
    steps: int
    target: float

    def assess(self, answer: Any) -> Feedback:
        """Run it, and say what the loss that is left is made of."""
        answer = settings_by_name(answer, ("lr", "beta"))
        if set(answer) != {"lr", "beta"}:
            return self.wrong('Give both by name: {"lr": ..., "beta": ...}.', "form", reread=None)
        if any(callable(x) and is_stub(x) for x in answer.values()):
            return self.unanswered()
        answer = {n: x if callable(x) else as_number(x) for n, x in answer.items()}
        for sentence in answer.values():
            if isinstance(sentence, str):
                return self.wrong(sentence, "settings", reread=None)
        outcome = sandbox.run(lambda: self.run(answer["lr"], answer["beta"]))
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble, printed=outcome.printed)
        if isinstance(outcome.value, str):
            return self.wrong(outcome.value, "settings")
        loss, distance, spread = outcome.value
        if not np.isfinite(loss):
            sentence = "Some runs diverge. On the whole lr has to stay below 2 (1 + β)/λ1."
            return self.wrong(sentence, "diverges")
        made = f"{number(spread, 2)} of it is spread, {number(distance, 2)} distance still to walk"
        result = f"After {self.steps} steps the mean loss is {number(loss, 2)}; {made}."
        if loss <= self.target:
            return self.right(f"{result} {self.because}")
        if spread > distance:
            cure = "The spread follows the last learning rates: lower them."
            return self.wrong(f"{result} {cure}", "too much noise at the end")
        cure = "The steps are too short on the whole: begin with a higher lr, or fall later."
        return self.wrong(f"{result} {cure}", "steps too short on the way")

    def run(self, lr: Any, beta: Any) -> list[float] | str:
        """The mean loss at the end, and its parts from the mean and from the spread of the runs."""
        plans = [dict(enumerate(values_of(x, self.steps), 1)) for x in (lr, beta)]
        surface = noisy(ravine(self.kappa), self.noise, seed=90)
        start = np.broadcast_to(np.array(surface.start)[:, None], (2, RUNS))
        try:
            made = descend(surface, MOMENTUM, start, self.steps, lr=plans[0].get, beta=plans[1].get)
        except (TypeError, ValueError) as error:
            return str(error)
        w, curvatures = made.positions[-1], np.array([self.kappa, 1.0])
        parts = [float(curvatures @ x / 2) for x in (w.mean(axis=1) ** 2, w.var(axis=1))]
        return [sum(parts), *parts]
