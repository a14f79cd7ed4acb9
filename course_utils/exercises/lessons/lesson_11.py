"""What the exercises of lesson 11 need: the power method, and a descent that lands in the flat."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...descent import descend
from ...optimizers import GRADIENT_DESCENT
from ...surfaces import two_layers
from ..answers import as_number
from ..compared import ProgramExercise
from ..exercise import Exercise
from ..feedback import Feedback, number
from ..tuning import settings_by_name


def matrices() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Hessians with a known largest eigenvalue, and a vector to start from."""
    random = np.random.default_rng(11)
    turn = np.linalg.qr(random.normal(size=(6, 6)))[0]
    return (
        (np.diag([9.0, 3.0, 1.0]), np.array([1.0, 2.0, 2.0])),
        (turn @ np.diag([40.0, 11.0, 5.0, 2.0, 1.0, 0.5]) @ turn.T, random.normal(size=6)),
        (np.diag([0.02, 0.001]), np.array([0.3, 5.0])),
    )


@dataclass(frozen=True, kw_only=True)
class PowerExercise(ProgramExercise):
    """Write the power method: a function of the product with H, a vector and a number of steps."""

    steps: int = 400

    def read(self, answer: Callable[..., Any]) -> list:
        """Try it on matrices whose largest eigenvalue is known, long and for one step."""
        return [self.results(answer, H, v) for H, v in matrices()]

    def judge_results(self, results: list) -> Feedback:
        """Compare with the largest eigenvalues."""
        for (H, _), (kind, long, short) in zip(matrices(), results, strict=True):
            if kind != "number":
                return self.wrong(*_no_number(kind))
            top = float(np.linalg.eigvalsh(H)[-1])
            if not math.isclose(long, top, rel_tol=1e-6):
                return self.wrong(*self._why(top, long, short))
        return self.right()

    def results(self, power: Callable[..., Any], H: np.ndarray, v: np.ndarray) -> list:
        """What kind of thing comes back, and the values after many steps and after one."""
        with np.errstate(all="ignore"):
            values = [power(partial(np.matmul, H), v.copy(), n) for n in (self.steps, 1)]
            if values[0] is None:
                return ["nothing", 0.0, 0.0]
            if np.size(values[0]) != 1:
                return ["vector", 0.0, 0.0]
            long, short = (float(np.asarray(x).reshape(())[()]) for x in values)
        finite = [x if math.isfinite(x) else None for x in (long, short)]
        return ["number" if finite[0] is not None else "lost", *finite]

    def _why(self, top, long, short) -> tuple[str, str]:
        result = (
            f"The largest eigenvalue is {number(top)}, and after {self.steps} steps yours says "
        )
        result += f"{number(long)}. "
        if math.isclose(long, 1, rel_tol=1e-6):
            return (
                result + "That is the length of a vector of length 1. Ask how much H stretches it: "
                "v · Hv.",
                "a length, or a stretch",
            )
        if math.isclose(long, top**2, rel_tol=1e-6):
            return (
                result + "That is its square: H enters once in v · Hv, with v of length 1.",
                "one product too many",
            )
        if math.isclose(long, math.sqrt(top), rel_tol=1e-6):
            return (
                result + "That is its root: shorten v by its length, not by the root of that.",
                "the length of a vector",
            )
        if short is not None and math.isclose(long, short, rel_tol=1e-9):
            return (
                result + "That is what one step says too: let each product go on from the last v.",
                "go on from the last vector",
            )
        return (
            result + "Multiply by H, divide by the length, and again; at the end v · Hv with v of "
            "length 1.",
            "shorten to length 1",
        )


def _no_number(kind: str) -> tuple[str, str]:
    return {
        "nothing": ("Your function returns nothing: end it with a return.", "return"),
        "vector": (
            "Your function returns a vector. The sharpness is a number: v · Hv for the last v of "
            "length 1.",
            "a number, not a direction",
        ),
        "lost": (
            "After 400 products the numbers are no longer finite, or all 0. Each product stretches "
            "v by the eigenvalue: shorten v to length 1 every time.",
            "shorten to length 1",
        ),
    }[kind]


@dataclass(frozen=True, kw_only=True)
class LandingExercise(Exercise):
    """Choose a learning rate with which gradient descent leaves a sharp minimum for a flat one.

    Attributes:
        a: it begins a tenth beside the minimum (a, 1/a), straight across the valley.
        sharpest: the sharpness that must not be passed where it comes to rest.
        patience: how many steps it has.
    """

    a: float = 4.0
    sharpest: float = 4.0
    patience: int = 60

    def assess(self, answer: Any) -> Feedback:
        """Run it and look where it ends."""
        try:
            rate = float(as_number(settings_by_name(answer, ("lr",)).get("lr")))
            run = descend(
                two_layers(), GRADIENT_DESCENT, self.start(), lr=rate, steps=self.patience
            )
        except (TypeError, ValueError, OverflowError):
            return self.wrong("Give one learning rate, a positive number.", "form", reread=None)
        w, limit = run.positions[-1], self.a**2 + self.a**-2
        if run.stopped:
            return self.wrong(
                f"With lr = {number(rate)} it runs away at step {run.steps}: on the way down it "
                "meets no place that is flat enough. Try a smaller one.",
                "too large",
            )
        if run.losses[-1] > 1e-6:
            return self.wrong(
                f"With lr = {number(rate)} it has not come to rest after {self.patience} steps; "
                f"its loss is {number(float(run.losses[-1]), 3)}.",
                "not at rest",
            )
        sharp = float(w @ w)
        if sharp > self.sharpest:
            why = (
                f"the limit 2/lr = {number(2 / rate)} is above the {number(limit)} of the minimum "
                "where it begins, so nothing drives it away"
                if 2 / rate > limit
                else "it slides, and finds a place that it can tolerate, but too soon"
            )
            return self.wrong(
                f"With lr = {number(rate)} it rests at a sharpness of {number(sharp)}: {why}.",
                "too small",
            )
        return self.right(
            f"With lr = {number(rate)} it rests at ({number(float(w[0]), 3)}, "
            f"{number(float(w[1]), 3)}), where the sharpness is {number(sharp, 3)}. {self.because}"
        )

    def start(self) -> np.ndarray:
        """Where it begins."""
        steep = np.array([1 / self.a, self.a])
        return np.array([self.a, 1 / self.a]) + 0.1 * steep / np.linalg.norm(steep)
