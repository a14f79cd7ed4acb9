"""What the exercises of lesson 02 need: a step that is mended, a descent that leaves a saddle."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...surfaces import Surface, himmelblau, ravine, rosenbrock, saddle_well
from ..compared import ProgramExercise
from ..feedback import Feedback, number
from ..tuning import TuningExercise

COUNTS = {1: "a billion", 3: "three billion", 5: "five billion", 7: "seven billion"}


def starts() -> tuple[tuple[str, Surface, tuple[float, float]], ...]:
    """Where a mended step is tried: words, surface, start."""
    return (
        ("in a ravine with κ = 1000", ravine(1000.0), (2.0, -10.0)),
        ("beside the saddle between two wells", saddle_well(), (0.4, 0.4)),
        ("from (0, 0) on Himmelblau's function", himmelblau(), (0.0, 0.0)),
        ("on the top between Himmelblau's minima", himmelblau(), (-0.2, -0.9)),
        ("in Rosenbrock's valley", rosenbrock(), (-1.2, 1.0)),
    )


@dataclass(frozen=True, kw_only=True)
class MendExercise(ProgramExercise):
    """Write a step that keeps Newton's speed and does not end on a saddle or a maximum.

    Attributes:
        patience: how many steps it has from each start.
        goal: the loss to reach; every surface has its minima at 0.
    """

    patience: int = 100
    goal: float = 1e-6

    def read(self, answer: Callable[..., Any]) -> list:
        """Let it walk from every start."""
        return [self.walk(answer, surface, start) for _, surface, start in starts()]

    def judge_results(self, results: list) -> Feedback:
        """Look where it ends."""
        for (words, _, _), (steps, loss, slope, w) in zip(starts(), results, strict=True):
            if steps is None:
                return self.wrong(*self._why(words, loss, slope, w))
        counts = ", ".join(str(steps) for steps, *_ in results)
        return self.right(
            f"From all {len(results)} starts your step ends in a minimum, after {counts} steps. "
            f"{self.because}"
        )

    def walk(self, step: Callable[..., Any], surface: Surface, start: tuple[float, float]) -> list:
        """Steps to the goal or None, and the loss, the slope and the place at the end."""
        w = np.array(start)
        for k in range(self.patience + 1):
            loss, slope = float(surface.value(w)), float(np.hypot(*surface.gradient(w)))
            if not math.isfinite(loss + slope) or loss <= self.goal or k == self.patience:
                break
            new = step(w, surface.gradient(w), surface.hessian(w))
            try:
                w = np.asarray(w if new is None else new, dtype=float).reshape(2).copy()
            except (TypeError, ValueError):  # what is returned is no point of the plane
                return [None, None, None, f"{new!r:.60}"]
        done = loss <= self.goal
        place = [float(x) if math.isfinite(x) else 0.0 for x in w]
        known = math.isfinite(loss + slope)
        return [k if done else None, loss if known else -1.0, slope if known else -1.0, place]

    def _why(self, words: str, loss: float | None, slope: float, w: list[float]) -> tuple[str, str]:
        if loss is None:
            return (
                f"Your step returns {w} {words}, but the new weights are two numbers. Return the "
                "new w, or change w in place.",
                "what is returned",
            )
        if loss < 0:
            return (
                f"It runs away {words}. Where a curvature is close to zero, dividing by it makes a "
                "step without end: bound the step, or add some damping.",
                "a step needs a bound",
            )
        place = f"({number(w[0], 3)}, {number(w[1], 3)})"
        if slope < 1e-6:
            return (
                f"It ends at {place} {words}, where the gradient is zero and the loss is still "
                f"{number(loss, 3)}: a saddle or a maximum. Look at the signs of the curvatures "
                "(`np.linalg.eigh(H)`) before you divide by them.",
                "negative curvature attracts Newton",
            )
        return (
            f"After {self.patience} steps {words} the loss is still {number(loss, 3)}. Keep "
            "Newton's step where all curvatures are positive, and mend it only elsewhere.",
            "keep what curvature buys",
        )


class DampTheSaddle(TuningExercise):
    """A tuning target beside a saddle: a descent that is late stands on it or creeps off it."""

    def _why(self, run: Any, last: int = -1) -> str:
        w = run.positions[last]
        if abs(w[1]) < 0.5:
            return (
                f"At the end it stands at ({number(w[0], 2)}, {number(w[1], 2)}), on the saddle or "
                "close to it. Along w2 the curvature there is −1: what is left after mu is added?"
            )
        far = float(np.abs(run.positions[:, 1]).max())
        if far > 3:
            return (
                f"One step threw it to |w2| = {number(far, 2)}: mu nearly cancels the curvature of "
                "−1 there, and what is left to divide by is close to zero."
            )
        return (
            f"At the end it stands at ({number(w[0], 2)}, {number(w[1], 2)}) and creeps towards "
            "the minimum: a large mu makes every step short."
        )
