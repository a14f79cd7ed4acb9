"""Exercises of lesson 11, flat and sharp minima."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from ...descent import descend
from ...optimizers import GRADIENT_DESCENT
from ...surfaces import two_layers
from .. import sandbox
from ..answers import ChoiceExercise, DiscussionExercise
from ..exercise import Exercise
from ..feedback import Feedback, Section, number
from ..formulas import FormulaExercise
from ..interface import is_stub
from ..mistake import Mistake

LESSON = "11_flat_sharp_and_the_edge"
SHARPNESS = Section(LESSON, "Derive: sharpness")
RESCALING = Section(LESSON, "Derive: one function, every sharpness")
LIMITS = Section(LESSON, "Derive: the limits")
BATCH = Section(LESSON, "Measure: the batch size")
CLAIM = Section(LESSON, "Measure: the article's claim, registered first")
SIDES = Section(LESSON, "Argue both sides")

A, LR, B1 = sp.symbols("a lr beta1", positive=True)


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
class PowerExercise(Exercise):
    """Write the power method: a function of the product with H, a vector and a number of steps."""

    steps: int = 400

    def assess(self, answer: Any) -> Feedback:
        """Try it on matrices whose largest eigenvalue is known, long and for one step."""
        if not callable(answer):
            return self.wrong("Hand over the function itself, without calling it.", reread=None)
        if is_stub(answer):
            return self.unanswered()
        outcome = sandbox.run(lambda: [self.results(answer, H, v) for H, v in matrices()])
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble, printed=outcome.printed)
        for (H, v), (kind, long, short) in zip(matrices(), outcome.value, strict=True):
            if kind != "number":
                return self.wrong(*_no_number(kind))
            top = float(np.linalg.eigvalsh(H)[-1])
            if math.isclose(long, top, rel_tol=1e-6):
                continue
            return self.wrong(*self._why(H, v, top, long, short), printed=outcome.printed)
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

    def _why(self, H, v, top, long, short) -> tuple[str, str]:
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


POWER = PowerExercise(
    key="power method",
    question="fill in `my_sharpness` and run the cell again.",
    section=SHARPNESS,
    hints=(
        "What does a product with H do to the part of v along the steepest direction, compared "
        "with the other parts?",
        "Multiply, then divide by the length, and repeat; the length keeps the numbers finite.",
        "In the loop: `v = product(v)`, then `v = v / np.linalg.norm(v)`; after it "
        "`return v @ product(v)`.",
    ),
    solution=(
        "def my_sharpness(product, v, steps):\n"
        "    for _ in range(steps):\n"
        "        v = product(v)\n"
        "        v = v / np.linalg.norm(v)\n"
        "    return v @ product(v)"
    ),
    because="The steepest direction is stretched most, so it is all that is left. It is the "
    "eigenvalue that is largest in size: where the most negative one is larger, it would win.",
)

SCALED = FormulaExercise(
    key="rescaled sharpness",
    question="the minima of (w1 w2 − c)²/2 are (a, c/a). What is the sharpness there? Write it "
    "with a and c.",
    section=RESCALING,
    hints=(
        "What are the second derivatives at a point where w1 w2 = c?",
        "The Hessian there is [[w2², c], [c, w1²]], up to the term that vanishes; one eigenvalue "
        "is 0.",
        "Then the other one is the trace.",
    ),
    solution='"a^2 + c^2/a^2"',
    because="One eigenvalue is 0, along the valley, so the other is the trace w1² + w2².",
    truth=A**2 + sp.Symbol("c", positive=True) ** 2 / A**2,
    subject="The sharpness",
    symbols={"a": A, "c": sp.Symbol("c", positive=True)},
    example={"a": 2, "c": 3},
    mistakes=(
        Mistake(
            A**2 + 1 / A**2,
            "the other weight is c/a",
            "That is the answer for c = 1. Here w2 = c/a: with a = 2 and c = 3 the sharpness is "
            "{right}.",
        ),
        Mistake(
            A**2 + sp.Symbol("c", positive=True) / A**2,
            "the square of a weight",
            "w2 = c/a enters squared, with its c: {right} with a = 2 and c = 3, and yours is "
            "{yours}.",
        ),
        Mistake(
            2 * sp.Symbol("c", positive=True),
            "the flattest of all",
            "That is the sharpness of the flattest minimum, at a = sqrt(c). At a = 2 and c = 3 it "
            "is {right}.",
        ),
        Mistake(
            (A + sp.Symbol("c", positive=True) / A) ** 2,
            "a trace, not a square of a sum",
            "The trace is w1² + w2², without a mixed term: {right} with a = 2 and c = 3, and yours "
            "is {yours}.",
        ),
        Mistake(
            sp.Max(A**2, sp.Symbol("c", positive=True) ** 2 / A**2),
            "eigenvalues, not the diagonal",
            "That is the larger entry on the diagonal. The eigenvalue is the trace, since the "
            "other one is 0: {right} with a = 2 and c = 3.",
        ),
        Mistake(
            sp.sqrt(A**2 + sp.Symbol("c", positive=True) ** 2 / A**2),
            "curvature, not distance",
            "That is how far the minimum is from 0. Its square is the sharpness: {right} with "
            "a = 2 and c = 3.",
        ),
    ),
)

TOO_SHARP = FormulaExercise(
    key="too sharp to stay",
    question="from which learning rate on can gradient descent not stay at the minimum (a, 1/a) of "
    "(w1 w2 − 1)²/2? Write it with a.",
    section=LIMITS,
    hints=(
        "Which curvature can a learning rate bear?",
        "At most 2/lr; the sharpness at the minimum is a² + 1/a².",
        "Solve 2/lr = a² + 1/a² for lr.",
    ),
    solution='"2/(a^2 + 1/a^2)"',
    because="Above it the zig-zag across the valley grows until it finds a flatter place, or none.",
    truth=2 / (A**2 + 1 / A**2),
    subject="The learning rate",
    symbols={"a": A},
    example={"a": 2},
    mistakes=(
        Mistake(
            1 / (A**2 + 1 / A**2),
            "a zig-zag that shrinks",
            "From there on it flips from side to side, and comes closer still. It runs away at "
            "twice that rate: {right} at a = 2.",
        ),
        Mistake(
            2 * (A**2 + 1 / A**2),
            "sharp minima bear less",
            "The sharper, the smaller the rate must be: divide. At a = 2 it is {right}, and yours "
            "is {yours}.",
        ),
        Mistake(
            2 / A**2,
            "the largest eigenvalue",
            "a² is an entry of the Hessian. Its largest eigenvalue is a² + 1/a²: {right} at a = 2.",
        ),
        Mistake(
            sp.Integer(1),
            "the flattest of all",
            "That is the rate for the flattest minimum, a = 1. At a = 2 it is {right}.",
        ),
    ),
)

BEARS = FormulaExercise(
    key="what Adam bears",
    question="up to which sharpness of P⁻¹H is Adam stable, its s standing still? Write it with "
    "beta1 and lr.",
    section=LIMITS,
    hints=(
        "With s frozen, which rule of lesson 04 is Adam?",
        "Averaged momentum: the sum, with the rate (1 − beta1) lr.",
        "The sum bears 2 (1 + beta)/rate; put in (1 − beta1) lr.",
    ),
    solution='"2*(1 + beta1)/((1 - beta1)*lr)"',
    because="At beta₁ = 0.9 it is 38/η.",
    truth=2 * (1 + B1) / ((1 - B1) * LR),
    subject="The sharpness",
    symbols={"beta1": B1, "lr": LR},
    example={"beta1": sp.Rational(9, 10), "lr": sp.Rational(1, 100)},
    mistakes=(
        Mistake(
            2 * (1 + B1) / LR,
            "an average, not a sum",
            "That is momentum, the sum. Adam's first memory is an average, whose steps are "
            "1 − beta1 times as long: {right} with beta1 = 0.9 and lr = 0.01.",
        ),
        Mistake(
            2 / LR,
            "the first memory",
            "That is without any memory. With beta1 = 0.9 and lr = 0.01 Adam bears {right}.",
        ),
        Mistake(
            2 / ((1 - B1) * LR),
            "memory also damps a flip",
            "A flipping gradient keeps 1/(1 + beta1): that factor is missing. With beta1 = 0.9 and "
            "lr = 0.01 it is {right}, and yours is {yours}.",
        ),
        Mistake(
            2 * (1 - B1) / ((1 + B1) * LR),
            "which over which",
            "Turn the quotient of the betas over: memory makes Adam bear more. With beta1 = 0.9 "
            "and lr = 0.01 it is {right}.",
        ),
        Mistake(
            38 / LR,
            "for every beta1",
            "That is the number at beta1 = 0.9. Write it for every beta1.",
        ),
    ),
)


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
            rate = float(answer["lr"] if isinstance(answer, dict) and set(answer) == {"lr"}
                         else answer)  # fmt: skip
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
                else "it slides, and finds a place that it can bear, but too soon"
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


LANDING = LandingExercise(
    key="land in the flat",
    question="find a learning rate with which gradient descent, begun a tenth beside the minimum "
    "(4, 1/4), comes to rest within 60 steps at a sharpness below 4.",
    section=RESCALING,
    hints=(
        "How sharp is the minimum where it begins, and which rate can it not bear?",
        "The sharpness is 16.06, so above 2/16.06 = 0.125 it cannot stay.",
        "A little above it stops early; near 0.2 it slides far.",
    ),
    solution="0.2",
    because="The limit alone would have let it stop sooner: the swing carries it on.",
)

FINDS = ChoiceExercise(
    key="who finds flat minima",
    question="an article says that momentum finds flatter minima than adaptive methods. Which "
    "statement do our runs and the literature bear out?",
    section=CLAIM,
    options={
        "a": "right: the rule decides, whatever the learning rate and the batch",
        "b": "wrong: Adam's minima are always flatter",
        "c": "it depends: rate and batch move the sharpness too, and Adam is held to a limit in "
        "its own measure",
        "d": "sharpness cannot be measured for Adam",
    },
    truth="c",
    reasons={
        "a": "Within one rule the rate alone moved the sharpness more than the change of the rule "
        "did, and on the curve so did the batch.",
        "b": "In task I tuned Adam ended sharper; in task II flatter with some seeds, sharper with "
        "others.",
        "c": "Rules, rates, batches and the measure all count, so a comparison has to say how each "
        "was chosen.",
        "d": "It can, as for any weights. What is held at 38/η is the sharpness of P⁻¹H.",
    },
    hints=(
        "What changed the sharpness in this lesson, apart from the rule?",
        "Compare the rows of the table within one rule.",
        "The learning rate and the batch size.",
    ),
    solution='"c"',
)

GENERALISES = ChoiceExercise(
    key="flat generalises",
    question="an article says that flatter minima generalise better. What does the change of scale "
    "by Dinh and others refute?",
    section=RESCALING,
    options={
        "a": "nothing: no training would end in a rescaled minimum",
        "b": "that plain sharpness by itself decides how well a network generalises",
        "c": "that any measure of flatness can predict generalisation",
        "d": "that sharp minima exist",
    },
    truth="b",
    reasons={
        "a": "The claim was about minima, not about those that a training finds. Restricted to "
        "those it is another claim, which has to be tested.",
        "b": "The function, and with it every test, stays the same while the sharpness takes any "
        "value. Relative measures, and minima found by one training, are untouched.",
        "c": "Measures that are relative to the weights do not see the change of scale, so it says "
        "nothing about them.",
        "d": "It makes sharp minima, as many as you like.",
    },
    hints=(
        "What stays the same, and what changes, when a layer is rescaled?",
        "The function stays, plain sharpness changes, relative sharpness stays.",
        "So which kind of measure is refuted?",
    ),
    solution='"b"',
)

KESKAR = ChoiceExercise(
    key="what Keskar compared",
    question="Keskar and others (2017) are often cited for sharp minima of Adam. What did they "
    "compare?",
    section=BATCH,
    options={
        "a": "SGD and Adam at equal training loss",
        "b": "networks with and without batch normalisation",
        "c": "small and large batches, of one and the same rule",
        "d": "many learning rates of SGD",
    },
    truth="c",
    reasons={
        "a": "Wilson and others (2017) compared rules, and they spoke of test error, not of "
        "sharpness.",
        "b": "How batch normalisation changes a landscape was asked by others, in 2018.",
        "c": "Large batches ended sharper and tested worse. The rule was Adam on both sides, so "
        "their flat minima are Adam's as well as their sharp ones.",
        "d": "The rate was not the question there, which is one of the objections to the paper.",
    },
    hints=(
        "Which word of the paper's title says what was varied?",
        "On Large-Batch Training for Deep Learning",
        "The size of the batch.",
    ),
    solution='"c"',
)

DISCUSSION = DiscussionExercise(
    key="fair paragraph",
    question="write about 120 words: does SGD with momentum generalise better because it finds "
    "flatter minima? Mark it by the table above.",
    section=SIDES,
    hints=(
        "How many claims hide in the question?",
        "Two at least: who ends flatter, and whether flat helps. Each has papers on both sides.",
        "Begin with a definition, end with what would change your mind.",
    ),
    solution=(
        '"""Sharpness, here the largest eigenvalue of the Hessian in the usual weights, depends\n'
        "on how weights are scaled (Dinh 2017), so two claims must be told apart. Who is flatter?\n"
        "Keskar (2017) found large batches sharper; models of noise favour SGD (Zhou 2020); but\n"
        "rate and batch set the sharpness too (Cohen 2021), and Adam is held in its own measure\n"
        "(Cohen 2022). Does flat help? Some measures predict the gap (Jiang 2020), and SAM helps\n"
        "(Foret 2021); in modern networks they follow the learning rate rather than the test\n"
        "(Andriushchenko 2023). Wilson (2017) found Adam to test worse, Choi (2019) not, once\n"
        "tuned. On digits, tuned, at equal loss, with 12 seeds, I found: (own numbers and\n"
        "intervals). I would change my mind if relative sharpness predicted test error across\n"
        'rates and rules."""'
    ),
    because="An outline for the teacher: seven points, one for each line of the table and two for "
    "the evidence.",
)

EXERCISES = (
    POWER,
    SCALED,
    TOO_SHARP,
    BEARS,
    LANDING,
    FINDS,
    GENERALISES,
    KESKAR,
    DISCUSSION,
)
