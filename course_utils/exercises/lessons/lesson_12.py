"""Exercises of lesson 12, smoother landscapes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from .. import sandbox
from ..answers import ChoiceExercise, DiscussionExercise
from ..exercise import Exercise
from ..feedback import Feedback, Section, number
from ..formulas import FormulaExercise
from ..interface import is_stub
from ..mistake import Mistake

LESSON = "12_smoother_landscapes"
ROUGH = Section(LESSON, "Derive: why depth is rough")
SKIP = Section(LESSON, "Derive: the residual connection")
NORM = Section(LESSON, "Derive: batch norm, backwards")
DEEP = Section(LESSON, "Measure: twice as deep")
WHY = Section(LESSON, "Argue: why does batch norm work?")

A, X, Y = sp.symbols("a x y", positive=True)
EPS = sp.Symbol("eps", positive=True)


def mean(values: np.ndarray) -> np.ndarray:
    """Over the samples of each unit."""
    return values.mean(axis=1, keepdims=True)


def backward(dy, gamma, z_hat, sd):
    """The slope with respect to z."""
    return gamma / sd * (dy - mean(dy) - z_hat * mean(dy * z_hat))


WRONG = (
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma / sd * dy,
        "mean and variance move too",
        "That takes mean and standard deviation for constants. They are made of z, so a change of "
        "one sample moves all the others.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma / sd * (dy - mean(dy)),
        "the variance moves too",
        "The mean is right. The standard deviation depends on z as well: its part is along z_hat.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma / sd * (dy - z_hat * mean(dy * z_hat)),
        "the mean moves too",
        "The variance is right. The mean depends on z as well, and takes the mean of dy away.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma / sd * (dy - mean(dy) - mean(dy * z_hat)),
        "along z_hat",
        "The last part belongs to each sample in the measure of its z_hat: multiply by it.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: (
            gamma
            / sd
            * (dy - dy.sum(1, keepdims=True) - z_hat * (dy * z_hat).sum(1, keepdims=True))
        ),
        "means, not sums",
        "Each sample has a share of 1/n in mean and variance: take means where you take sums.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: (dy - mean(dy) - z_hat * mean(dy * z_hat)) / sd,
        "gamma",
        "What comes out is gamma times z_hat, so the slope has the factor gamma.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma * (dy - mean(dy) - z_hat * mean(dy * z_hat)),
        "the standard deviation",
        "z_hat is z over sd, so the slope is over sd too.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma * sd * (dy - mean(dy) - z_hat * mean(dy * z_hat)),
        "over sd",
        "z is divided by sd on its way, and so is the slope on its way back.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma / sd * (dy + mean(dy) + z_hat * mean(dy * z_hat)),
        "signs",
        "Mean and variance work against a change of z: their parts are taken off.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma / sd * (dy - mean(dy) + z_hat * mean(dy * z_hat)),
        "the sign of the last part",
        "A larger z makes sd larger, which makes every z_hat smaller: the last part is taken off.",
    ),
    Mistake(
        lambda dy, gamma, z_hat, sd: gamma / sd * (dy - dy.mean(0) - z_hat * (dy * z_hat).mean(0)),
        "over the samples",
        "These are means over the units. Samples are columns here: take means along axis=1, with "
        "keepdims=True.",
    ),
)


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
class BackwardExercise(Exercise):
    """Write the backward pass of batch norm as a function of dy, gamma, z_hat and sd."""

    def assess(self, answer: Any) -> Feedback:
        """Compare on two batches with the true pass and with the wrong ones."""
        if not callable(answer):
            return self.wrong("Hand over the function itself, without calling it.", reread=None)
        if is_stub(answer):
            return self.unanswered()
        outcome = sandbox.run(lambda: [self.result(answer, case) for case in cases()])
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble, printed=outcome.printed)
        for case, (kind, values) in zip(cases(), outcome.value, strict=True):
            if kind == "nothing":
                return self.wrong(
                    "Your function returns nothing: end it with a return.",
                    "return",
                    printed=outcome.printed,
                )
            if kind != "array":
                return self.wrong(
                    f"The slope has the shape of z, one number a unit and sample: "
                    f"{case[0].shape}. Yours has the shape {kind}.",
                    "shape",
                    printed=outcome.printed,
                )
            if not np.allclose(values, backward(*case), rtol=1e-9, atol=1e-12):
                return self.wrong(*self._why(case, np.array(values)), printed=outcome.printed)
        return self.right()

    def result(self, function: Callable[..., Any], case: tuple[np.ndarray, ...]) -> list:
        """What kind of thing comes back, and its numbers."""
        with np.errstate(all="ignore"):
            given = function(*(part.copy() for part in case))
        if given is None:
            return ["nothing", []]
        array = np.asarray(given, dtype=float)
        return ["array", array.tolist()] if array.shape == case[0].shape else [str(array.shape), []]

    def _why(self, case, values) -> tuple[str, str]:
        for wrong in WRONG:
            if np.allclose(values, wrong.value(*case), rtol=1e-9, atol=1e-12):
                return wrong.message, wrong.idea
        true = float(backward(*case)[0, 0])
        return (
            f"For the first unit and sample it gives {number(float(values[0, 0]))}, and it should "
            f"be {number(true)}. Three parts: dy, its mean, and z_hat times the mean of dy z_hat; "
            "all times gamma/sd.",
            "",
        )


BACKWARD = BackwardExercise(
    key="batch norm backward",
    question="fill in `my_backward` and run the cell again.",
    section=NORM,
    hints=(
        "Which two numbers of a batch move when one z moves, and in which direction do they push?",
        "The derivative of z_hat_j by z_i is (1[i = j] − 1/n − z_hat_i z_hat_j/n)/sd: multiply by "
        "gamma dy_j and sum over j.",
        "`dy - dy.mean(axis=1, keepdims=True) - z_hat * (dy * z_hat).mean(axis=1, keepdims=True)`, "
        "times gamma / sd.",
    ),
    solution=(
        "def my_backward(dy, gamma, z_hat, sd):\n"
        "    mean = dy.mean(axis=1, keepdims=True)\n"
        "    along = (dy * z_hat).mean(axis=1, keepdims=True)\n"
        "    return gamma / sd * (dy - mean - z_hat * along)"
    ),
    because="What flows back has lost its mean and its part along z_hat: shifting or stretching "
    "all samples alike would change nothing.",
)

PAIR = FormulaExercise(
    key="batch of two",
    question="a batch holds two samples, a and −a. What is the slope of the first z_hat with "
    "respect to the first z? Write it with a and eps.",
    section=NORM,
    hints=(
        "What are mean, variance and z_hat of the two?",
        "0, a² and ±a/sqrt(a² + eps). Put them into (1 − 1/n − z_hat²/n)/sd.",
        "With n = 2: (1/2)(1 − a²/(a² + eps))/sqrt(a² + eps).",
    ),
    solution='"eps/(2*(a^2 + eps)^(3/2))"',
    because="Without eps it is 0: two samples always become −1 and 1, so nothing is learnt from "
    "their values.",
    truth=EPS / (2 * (A**2 + EPS) ** sp.Rational(3, 2)),
    subject="The slope",
    symbols={"a": A, "eps": EPS},
    example={"a": 2, "eps": 1},
    mistakes=(
        Mistake(
            1 / sp.sqrt(A**2 + EPS),
            "mean and variance move too",
            "That takes mean and variance for constants. With a = 2 and eps = 1 the slope is "
            "{right}, and yours is {yours}.",
        ),
        Mistake(
            1 / (2 * sp.sqrt(A**2 + EPS)),
            "the variance moves too",
            "That has the part of the mean, and not yet that of the variance: {right} with a = 2 "
            "and eps = 1.",
        ),
        Mistake(
            EPS / (A**2 + EPS) ** sp.Rational(3, 2),
            "a half for the mean",
            "That has the part of the variance, and not yet that of the mean: {right} with a = 2 "
            "and eps = 1, and yours is {yours}.",
        ),
        Mistake(
            (1 - A**2 / (A**2 + EPS)) / 2,
            "over sd",
            "The factor 1/sd is missing: {right} with a = 2 and eps = 1, and yours is {yours}.",
        ),
        Mistake(
            sp.Integer(0),
            "eps is not 0",
            "That is the slope for eps = 0. Keep eps: with a = 2 and eps = 1 it is {right}.",
        ),
    ),
)

MIXED = FormulaExercise(
    key="mixed curvature",
    question="a residual chain computes (1 + w1)(1 + w2)⋯ times x, with the loss (prediction − y)²"
    "/2. What is its second derivative by w1 and w2 at zero weights? Write it with x and y.",
    section=SKIP,
    hints=(
        "Differentiate by w1 first; what is left of the product?",
        "At zero the prediction is x, its derivative by one weight is x, and by two of them x too.",
        "The product rule gives x·x + (x − y)·x.",
    ),
    solution='"2*x^2 - x*y"',
    because="Where prediction and target agree, y = x, it is x², like every other entry.",
    truth=2 * X**2 - X * Y,
    subject="The second derivative",
    symbols={"x": X, "y": Y},
    example={"x": 2, "y": 3},
    mistakes=(
        Mistake(
            X**2,
            "the prediction bends too",
            "That is the entry on the diagonal: along one weight the prediction is a straight "
            "line. Along two it bends: {right} with x = 2 and y = 3.",
        ),
        Mistake(
            X**2 - X * Y,
            "the square of the slope",
            "That is the part of the bend alone; the product of the two slopes, x·x, is missing: "
            "{right} with x = 2 and y = 3.",
        ),
        Mistake(
            sp.Integer(0),
            "that is the plain chain",
            "Without the ones it would be 0. With them it is {right} at x = 2 and y = 3.",
        ),
        Mistake(
            X * Y,
            "the sign of the target",
            "The error is x − y, so y enters with a minus: {right} with x = 2 and y = 3.",
        ),
        Mistake(
            2 * X**2 + X * Y,
            "the sign of the target",
            "The error is x − y, so y enters with a minus: {right} with x = 2 and y = 3.",
        ),
        Mistake(
            X**2 - Y,
            "times x",
            "The derivative of the prediction by w1 and w2 is x, which multiplies the error x − y: "
            "{right} with x = 2 and y = 3.",
        ),
    ),
)


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
            rate = float(answer["lr"] if isinstance(answer, dict) and set(answer) == {"lr"}
                         else answer)  # fmt: skip
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
                return self.right(
                    f"With lr = {number(rate)} it takes {len(products) - 1} steps. {self.because}"
                )
            w -= rate * (products[-1] - 1) * w ** (self.layers - 1)
        if abs(w) >= 2:
            return self.wrong(
                f"With lr = {number(rate)} it runs away at step {len(products) - 1}. Near the goal "
                f"the curvature is {self.layers}: which rate does it bear?",
                "too large",
            )
        if max(products) > 1:
            return self.wrong(
                f"With lr = {number(rate)} it leaps to and fro across the goal for too long: the "
                f"curvature there is {self.layers}, and the limit 2/{self.layers}, which is "
                f"{number(2 / self.layers)}.",
                "too large",
            )
        return self.wrong(
            f"With lr = {number(rate)} the product is at {number(products[-1], 3)} after "
            f"{self.patience} steps, on its way to 1. Most of the time went by on the plateau.",
            "too small",
        )


CHAIN = ChainExercise(
    key="plain chain",
    question="24 equal weights begin at 0.8, and their product should become 1; the loss is half "
    "the squared error. Find a learning rate that brings it below 1e-6 within 110 steps.",
    section=ROUGH,
    hints=(
        "The plateau asks for long steps. What does the goal ask for?",
        "At the goal the Hessian is all ones, so its largest eigenvalue is 24.",
        "A little below 2/24 = 0.083.",
    ),
    solution="0.07",
    because="The steepest place sets the rate, and the flattest sets the time: on the plateau the "
    "slope is some forty times smaller than half way to the goal.",
)

SMOOTHER = ChoiceExercise(
    key="smoother losses",
    question="an article says that batch normalisation and residual connections are architectures "
    "that produce smoother loss functions. Which statement do our measurements bear out?",
    section=DEEP,
    options={
        "a": "both do, at every depth that we tried and by every measure, top eigenvalue included",
        "b": "neither does: only the optimizer counts, and a well tuned one needs no such part",
        "c": "it depends on depth and measure: with skips the trained loss at 24 layers is lower, "
        "and the width of its valley not told apart",
        "d": "only batch norm does; skips change the starting point alone",
    },
    truth="c",
    reasons={
        "a": "With 24 hidden layers batch norm alone, at its best rate, reads fewer than half of "
        "the digits.",
        "b": "One rule, at the best of seven rates, trained one network and not the other.",
        "c": "At 12 layers skips are ahead by every measure, batch norm alone by some. At 24 the "
        "width of the valley and the top eigenvalue did not tell who had learnt from who had not.",
        "d": "At 24 hidden layers it is the networks with skips that train.",
    },
    hints=(
        "What happened at 24 hidden layers?",
        "Compare the lines that set skips against plain, at 12 layers and at 24.",
        "Batch norm alone learns little there; with skips the loss is lower, and eight seeds "
        "cannot tell the widths apart.",
    ),
    solution='"c"',
)

MOTIVE = ChoiceExercise(
    key="why batch norm works",
    question="batch norm was introduced to reduce internal covariate shift. What did Santurkar and "
    "others (2018) do about that?",
    section=WHY,
    options={
        "a": "they proved that it does reduce it",
        "b": "they added noise after batch norm, so that the shift was there again, and training "
        "was as good as before",
        "c": "they showed that batch norm does not help training",
        "d": "they removed gamma and the shift",
    },
    truth="b",
    reasons={
        "a": "They measured it and found no reduction that could explain the gain.",
        "b": "So the shift can hardly be the reason; they measured a smoother landscape instead.",
        "c": "It does help in their networks; what they dispute is why.",
        "d": "Those two are learnt parameters and were left in.",
    },
    hints=(
        "How would you test whether A works because of B?",
        "Bring B back by force, and see whether A still works.",
        "They put a shift back in.",
    ),
    solution='"b"',
)

DISCUSSION = DiscussionExercise(
    key="a deep network that does not train",
    question="a network with 50 layers does not train, and a colleague says: add batch norm. What "
    "would you look at first, and what would you try, in which order?",
    section=DEEP,
    hints=(
        "How would you tell a bad landscape from a bad learning rate, or from a mistake?",
        "Does the training loss of a shallower one fall? Does a gradient still point downhill a "
        "little further on? Which rates did you try?",
        "Skips with small blocks first, batch norm besides, and the rate again after each change.",
    ),
    solution=(
        '"""First the training loss, not the test: if deeper is worse there, that is no\n'
        "overfitting.\n"
        "Check the gradient by the complex step on a small copy, and that a shallow one trains.\n"
        "Look at the length of the gradient layer by layer, and at the cosine of gradients before\n"
        "and after a small step: near 0 or below means that no small rate will do. Try three or\n"
        "more rates. Then skips, with the blocks scaled down at the start; then batch norm inside\n"
        "the blocks; tune the rate again after each, with several seeds. Batch norm alone is what\n"
        "failed here at 24 layers. Mind small batches, and what it does at test time. Say what\n"
        'you found with its spread."""'
    ),
    because="An outline for the teacher: measure first; skips for depth; batch norm besides; tune "
    "again; seeds.",
)

EXERCISES = (PAIR, MIXED, BACKWARD, CHAIN, SMOOTHER, MOTIVE, DISCUSSION)
