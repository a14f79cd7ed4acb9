"""What the exercises of lesson 12 need: batch norm backwards, and a chain of equal weights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..answers import as_number
from ..compared import ComparedExercise, ProgramExercise
from ..exercise import Exercise
from ..feedback import Feedback, number
from ..tuning import settings_by_name


def mean(values: np.ndarray) -> np.ndarray:
    """Over the samples of each unit."""
    return values.mean(axis=1, keepdims=True)


def backward(dy, gamma, z_hat, sd):
    """The slope with respect to z."""
    return gamma / sd * (dy - mean(dy) - z_hat * mean(dy * z_hat))


def cases() -> tuple[tuple[np.ndarray, ...], ...]:
    """Slopes, gammas, normal units and deviations of two batches."""
    random = np.random.default_rng(12)
    found = []
    for units, n in ((3, 5), (2, 8)):
        z = random.normal(size=(units, n)) * [[0.5]] + 2
        sd = np.sqrt(z.var(axis=1, keepdims=True) + 0.1)
        dy, gamma = random.normal(size=(units, n)) + 0.4, random.uniform(0.5, 2, (units, 1))
        found.append((dy, gamma, (z - mean(z)) / sd, sd))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class BackwardExercise(ProgramExercise, ComparedExercise):
    """Write the backward pass of batch norm as a function of dy, gamma, z_hat and sd."""

    def read(self, answer: Callable[..., Any]) -> list:
        """What kind of thing comes back for each batch, and its numbers."""
        return [_result(answer, case) for case in cases()]

    def judge_results(self, results: list) -> Feedback:
        """Compare it on all batches with the true pass and with the wrong ones."""
        for case, (kind, _) in zip(cases(), results, strict=True):
            if kind == "nothing":
                return self.wrong("Your function returns nothing: end it with a return.", "return")
            if kind != "array":
                return self.wrong(
                    f"The slope has the shape of z, one number a unit and sample: "
                    f"{case[0].shape}. Yours has the shape {kind}.",
                    "shape",
                )
        return self.compare([np.array(values) for _, values in results])

    def same(self, one: list[np.ndarray], other: Callable[..., np.ndarray]) -> bool:
        """Whether slopes are those of a pass, on all batches."""
        return all(
            np.allclose(x, other(*case), rtol=1e-9, atol=1e-12)
            for x, case in zip(one, cases(), strict=True)
        )

    def unknown(self, value: list[np.ndarray]) -> Feedback:
        """The first number, as it is and as it should be, and what the pass consists of."""
        passes = ((x, self.truth(*case)) for x, case in zip(value, cases(), strict=True))
        mine, true = next((x, y) for x, y in passes if not np.allclose(x, y, rtol=1e-9, atol=1e-12))
        return self.wrong(
            f"For the first unit and sample it gives {number(float(mine[0, 0]))}, and it should be "
            f"{number(float(true[0, 0]))}. Three parts: dy, its mean, and z_hat times the mean of "
            "dy z_hat; all times gamma/sd."
        )


def _result(function: Callable[..., Any], case: tuple[np.ndarray, ...]) -> list:
    with np.errstate(all="ignore"):
        given = function(*(part.copy() for part in case))
    if given is None:
        return ["nothing", []]
    array = np.asarray(given, dtype=float)
    return ["array", array.tolist()] if array.shape == case[0].shape else [str(array.shape), []]


@dataclass(frozen=True, kw_only=True)
class ChainExercise(Exercise):
    """Choose a learning rate for a chain of equal weights without skips.

    Attributes:
        layers: how many weights are multiplied.
        start: the value of each at the start.
        goal: the loss to get below.
        patience: within how many steps.
    """

    layers: int = 24
    start: float = 0.8
    goal: float = 1e-6
    patience: int = 110

    def assess(self, answer: Any) -> Feedback:
        """Run it."""
        try:
            rate = float(as_number(settings_by_name(answer, ("lr",)).get("lr")))
        except (TypeError, ValueError, OverflowError):
            rate = float("nan")
        if not (np.isfinite(rate) and rate > 0):
            return self.wrong("Give one learning rate, a positive number.", "form", reread=None)
        w, products = self.start, []
        for _ in range(self.patience + 1):
            products.append(w**self.layers)
            if not abs(w) < 2:
                break
            if (products[-1] - 1) ** 2 / 2 < self.goal:
                # Beyond the limit some learning rates fall on the goal by luck and leave it again.
                if rate * self.layers >= 2:
                    return self.wrong(
                        f"With lr = {number(rate)} it falls on the goal at step "
                        f"{len(products) - 1} and cannot stay there: the curvature there is "
                        f"{self.layers}, and the limit 2/{self.layers}, which is "
                        f"{number(2 / self.layers)}.",
                        "too large",
                    )
                return self.right(
                    f"With lr = {number(rate)} it takes {len(products) - 1} steps. {self.because}"
                )
            w -= rate * (products[-1] - 1) * w ** (self.layers - 1)
        if abs(w) >= 2:
            return self.wrong(
                f"With lr = {number(rate)} it runs away at step {len(products) - 1}. Near the goal "
                f"the curvature is {self.layers}: which learning rate does it bear?",
                "too large",
            )
        if max(products) > 1:
            return self.wrong(
                f"With lr = {number(rate)} it goes to and fro across the goal for too long: the "
                f"curvature there is {self.layers}, and the limit 2/{self.layers}, which is "
                f"{number(2 / self.layers)}.",
                "too large",
            )
        return self.wrong(
            f"With lr = {number(rate)} the product is at {number(products[-1], 3)} after "
            f"{self.patience} steps, on its way to 1. Most of the time went by on the plateau.",
            "too small",
        )
