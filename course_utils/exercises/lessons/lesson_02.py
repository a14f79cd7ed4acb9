"""Exercises of lesson 02, Curvature and Newton."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ...optimizers import DAMPED_NEWTON, NEWTON
from ...surfaces import Surface, himmelblau, ravine, rosenbrock, saddle_well
from .. import sandbox
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..exercise import Exercise
from ..feedback import Feedback, Section, number
from ..formulas import FormulaExercise
from ..interface import is_stub
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise

LESSON = "02_curvature_and_newton"
MODEL = Section(LESSON, "Derive: the quadratic that touches the surface")
DIRECTION = Section(LESSON, "Derive: another direction, not only another length")
NEGATIVE = Section(LESSON, "Derive: where Newton climbs")
MEND = Section(LESSON, "Derive: three ways to mend it")
COST = Section(LESSON, "Measure: what a Hessian costs")
PRODUCT = Section(LESSON, "Measure: a product without the matrix")
PLAY = Section(LESSON, "Play")
ERROR = Section(LESSON, "An error in print")

L1, L2, G1, G2 = sp.symbols("lambda1 lambda2 g1 g2", positive=True)
N = sp.Symbol("n", positive=True, integer=True)
PARTS = {
    "symbols": {"lambda1": L1, "lambda2": L2, "g1": G1, "g2": G2},
    "example": {"lambda1": 25, "lambda2": 1, "g1": 50, "g2": 10},
    "others": {"lambda1": (16, 36, 49), "g1": (20, 30, 40), "g2": (4, 5, 8)},
}

STEP = KernelExercise(
    key="newton",
    question="fill in `my_newton` and run the cell again.",
    rule=NEWTON,
    plan={},
    section=MODEL,
    sections={"another direction, not only another length": DIRECTION},
    hints=(
        "At which p is the slope of the quadratic, g + Hp, zero?",
        "You need the p with Hp = −g; NumPy solves such systems with `np.linalg.solve`.",
        "One line is enough: `w -= np.linalg.solve(H, ...)`",
    ),
    solution="def my_newton(w, g, H):\n    w -= np.linalg.solve(H, g)",
    because="The slope of the quadratic, g + Hp, is zero at p = −H⁻¹g.",
)

DAMPED = KernelExercise(
    key="damped newton",
    question="fill in `my_damped`: Newton's step with mu added to every curvature.",
    rule=DAMPED_NEWTON,
    plan={"mu": (1.0, 0.3, 2.0, 7.0)},
    section=MEND,
    hints=(
        "Which matrix has the eigenvectors of H, and each eigenvalue larger by mu?",
        "It is H + mu I; `np.eye(len(w))` is I.",
        "`w -= np.linalg.solve(H + mu * np.eye(len(w)), ...)`",
    ),
    solution=(
        "def my_damped(w, g, H, *, mu):\n    w -= np.linalg.solve(H + mu * np.eye(len(w)), g)"
    ),
    because="H + μI has the eigenvectors of H and every curvature raised by μ.",
)

LINE = FormulaExercise(
    key="line search",
    question="in a ravine with curvatures lambda1, lambda2 the gradient is (g1, g2). How many "
    "times g does the exact line search go? Write it with lambda1, lambda2, g1, g2.",
    section=DIRECTION,
    hints=(
        "What is the loss of the quadratic at −t g, as a function of t?",
        "−t g·g + t² g·Hg / 2, and here g·Hg = lambda1 g1² + lambda2 g2².",
        "Its derivative is zero at t = g·g / g·Hg.",
    ),
    solution='"(g1**2 + g2**2)/(lambda1*g1**2 + lambda2*g2**2)"',
    because="It is one over a mean of the curvatures, in which each counts by its share of g².",
    truth=(G1**2 + G2**2) / (L1 * G1**2 + L2 * G2**2),
    subject="The length",
    takes_number=True,
    mistakes=(
        Mistake(
            (L1 * G1**2 + L2 * G2**2) / (G1**2 + G2**2),
            "a rate is one over a curvature",
            "That is the curvature along g, {yours} at the example. The rate is one over it, "
            "{right}.",
        ),
        Mistake(
            2 / (L1 + L2),
            "the gradient chooses the mean",
            "That is the best constant rate. The exact line search looks at this gradient: with "
            "g = ({g1}, {g2}) it goes {right} times g, and yours is {yours}.",
        ),
        Mistake(
            1 / L1,
            "both directions count",
            "That is right only where the gradient lies along w1. With g = ({g1}, {g2}) it is "
            "{right}, and yours is {yours}.",
        ),
        Mistake(
            (G1**2 + G2**2) / (2 * (L1 * G1**2 + L2 * G2**2)),
            "the one half goes with the derivative",
            "You kept the ½ of t²/2. Deriving t² g·Hg/2 gives t g·Hg: the length is {right}, and "
            "yours is {yours}.",
        ),
        Mistake(
            2 * (G1**2 + G2**2) / (L1 * G1**2 + L2 * G2**2),
            "the one half goes with the derivative",
            "At that length the loss is where it was before, on the other wall. The lowest point "
            "is half as far: {right}.",
        ),
        Mistake(
            (G1 + G2) / (L1 * G1 + L2 * G2),
            "squares of the slopes",
            "g·g is g1² + g2²: the slopes enter squared. At the example that gives {right}, and "
            "yours is {yours}.",
        ),
        Mistake(
            (G1**2 + G2**2) / (L1**2 * G1**2 + L2**2 * G2**2),
            "one curvature, once",
            "In g·Hg each curvature enters once. At the example the length is {right}, and yours "
            "is {yours}.",
        ),
    ),
    **PARTS,
)

ENTRIES = FormulaExercise(
    key="hessian entries",
    question="how many different numbers does the Hessian of n weights hold? Write it with n.",
    section=COST,
    hints=(
        "Which entries of the Hessian are equal to each other?",
        "It is symmetric: count the diagonal, and one side of it.",
        "n on the diagonal and n(n − 1)/2 above it.",
    ),
    solution='"n*(n + 1)/2"',
    because="It does not matter which weight one derives by first, so half of the rest is enough.",
    truth=N * (N + 1) / 2,
    subject="The number",
    mistakes=(
        Mistake(
            N**2,
            "the Hessian is symmetric",
            "That counts every pair twice: the entry (i, j) equals the entry (j, i). For n = {n} "
            "there are {right} different ones, and yours is {yours}.",
        ),
        Mistake(
            N * (N - 1) / 2,
            "the diagonal counts too",
            "That leaves the diagonal out, the curvatures along each weight. For n = {n} there are "
            "{right}, and yours is {yours}.",
        ),
        Mistake(
            N**2 / 2,
            "the diagonal counts once",
            "The diagonal has no twin, so halving all of n² takes too much away: for n = {n} there "
            "are {right}, and yours is {yours}.",
        ),
        Mistake(
            N,
            "all pairs, not all weights",
            "That is the diagonal alone, or the gradient. There is an entry for every pair: for "
            "n = {n} there are {right}.",
        ),
        Mistake(
            2 * N,
            "all pairs, not all weights",
            "There is an entry for every pair of weights: for n = {n} there are {right}, and yours "
            "is {yours}.",
        ),
    ),
    symbols={"n": N},
    example={"n": 10},
    others={"n": (8, 12, 20)},
)


def ledger(billions, size):
    """The memory of a Hessian with equal entries stored once."""
    n, network = billions * 10**9, COUNTS[billions]
    exabytes = n * (n + 1) / 2 * size / 1e18
    return NumberExercise(
        key="cost ledger",
        question=f"a network has {network} weights, and a number takes {size} bytes. How many "
        "exabytes (10¹⁸ bytes) does its Hessian take, if equal entries are stored once?",
        section=COST,
        hints=(
            "How many different entries does a symmetric matrix of that size have?",
            f"n(n + 1)/2 entries, {size} bytes each.",
            f"`{billions}e9 * ({billions}e9 + 1) / 2 * {size} / 1e18`",
        ),
        solution=f"{billions}e9 * ({billions}e9 + 1) / 2 * {size} / 1e18",
        because=f"The gradient of the same network takes {billions * size} gigabytes; a product Hv "
        "no more than that.",
        truth=exabytes,
        unit="exabytes",
        subject="The memory",
        mistakes=(
            Mistake(
                2 * exabytes,
                "the Hessian is symmetric",
                "That stores every pair twice. Equal entries once makes half of it.",
            ),
            Mistake(
                exabytes / size,
                "bytes, not entries",
                f"That is the number of entries in units of 10¹⁸; each takes {size} bytes.",
            ),
            Mistake(
                billions * size / 1e9,
                "the Hessian, not the gradient",
                f"That is the gradient, {billions * size} gigabytes. The Hessian has an entry for "
                "every pair.",
            ),
            Mistake(
                4 * exabytes,
                f"{size} bytes a number",
                f"That counts {2 * size} bytes and every pair twice.",
            ),
            Mistake(
                exabytes * 1e9,
                "exabytes",
                "That is in gigabytes; an exabyte is a billion of them.",
            ),
            Mistake(
                exabytes * 1e18,
                "exabytes",
                "That is in bytes; an exabyte is 10¹⁸ of them.",
            ),
        ),
    )


COUNTS = {1: "a billion", 3: "three billion", 5: "five billion", 7: "seven billion"}
LEDGER = seeded(ledger, billions=(1, 3, 5, 7), size=(4, 2, 8))


def between(steep, flat):
    """The angle between −g and Newton's step."""
    code = f"np.degrees(np.arccos({steep + flat} / np.hypot({steep}, {flat}) / np.sqrt(2)))"
    angle = math.degrees(math.acos((steep + flat) / math.hypot(steep, flat) / math.sqrt(2)))
    return NumberExercise(
        key="newton angle",
        question=f"at w = (1, 1) the Hessian is diag({steep}, {flat}) and the gradient "
        f"({steep}, {flat}). What is the angle between −g and Newton's step, in degrees?",
        section=DIRECTION,
        hints=(
            "What is Newton's step here, part by part?",
            f"It is −({steep}/{steep}, {flat}/{flat}) = −(1, 1); the cosine is the dot product "
            "over both lengths.",
            f"`{code}`",
        ),
        solution=code,
        because="Dividing each slope by its own curvature turns the step towards the flat "
        "direction.",
        truth=angle,
        unit="degrees",
        subject="The angle",
        mistakes=(
            Mistake(
                math.radians(angle),
                "degrees, not radians",
                "That is right in radians; `np.degrees` converts.",
            ),
            Mistake(
                math.cos(math.radians(angle)),
                "the angle, not its cosine",
                "That is the cosine of the angle. One arccos more, and degrees.",
            ),
            Mistake(
                45.0,
                "the angle between two steps",
                "That is the angle of Newton's step with the w1 axis. −g leans from that axis too, "
                f"by {45 - angle:.1f} degrees.",
            ),
            Mistake(
                90 - angle,
                "which angle",
                "That is what is missing to a right angle. Take the arccos, not the arcsin.",
            ),
            Mistake(
                180 - angle,
                "downhill is minus the gradient",
                "You measured from the gradient, which points uphill. Downhill is −g.",
            ),
        ),
    )


BETWEEN = seeded(between, steep=(100, 50, 40, 80), flat=(10, 20, 8, 5))


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
class MendExercise(Exercise):
    """Write a step that keeps Newton's speed and does not end on a saddle or a maximum.

    Attributes:
        patience: how many steps it has from each start.
        goal: the loss to reach; every surface has its minima at 0.
    """

    patience: int = 100
    goal: float = 1e-6

    def assess(self, answer: Any) -> Feedback:
        """Let it walk from every start and look where it ends."""
        if not callable(answer):
            return self.wrong("Hand over the function itself, without calling it.", reread=None)
        if is_stub(answer):
            return self.unanswered()
        outcome = sandbox.run(lambda: [self.walk(answer, s, w) for _, s, w in starts()])
        if outcome.trouble:
            return self.wrong(outcome.sentence, outcome.trouble, printed=outcome.printed)
        for (words, _, _), (steps, loss, slope, w) in zip(starts(), outcome.value, strict=True):
            if steps is None:
                return self.wrong(*self._why(words, loss, slope, w), printed=outcome.printed)
        counts = ", ".join(str(steps) for steps, *_ in outcome.value)
        return self.right(
            f"From all {len(counts.split())} starts your step ends in a minimum, after {counts} "
            f"steps. {self.because}"
        )

    def walk(self, step: Callable[..., Any], surface: Surface, start: tuple[float, float]) -> list:
        """Steps to the goal or None, and the loss, the slope and the place at the end."""
        w = np.array(start)
        for k in range(self.patience + 1):
            loss, slope = float(surface.value(w)), float(np.hypot(*surface.gradient(w)))
            if not math.isfinite(loss + slope) or loss <= self.goal or k == self.patience:
                break
            new = step(w, surface.gradient(w), surface.hessian(w))
            w = np.asarray(w if new is None else new, dtype=float).reshape(2).copy()
        done = loss <= self.goal
        place = [float(x) if math.isfinite(x) else 0.0 for x in w]
        known = math.isfinite(loss + slope)
        return [k if done else None, loss if known else -1.0, slope if known else -1.0, place]

    def _why(self, words: str, loss: float, slope: float, w: list[float]) -> tuple[str, str]:
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


MENDED = MendExercise(
    key="mend negative curvature",
    question="write a step that reaches a minimum from all five starts of the check, within 100 "
    "steps each, and is Newton's where that is good.",
    section=MEND,
    hints=(
        "How can you tell from H that Newton's step may lead uphill?",
        "`e, Q = np.linalg.eigh(H)` gives the curvatures e and their directions, the columns of Q.",
        "Divide by `np.maximum(np.abs(e), 0.1)` in place of e: "
        "`w -= Q @ ((Q.T @ g) / np.maximum(...))`",
    ),
    solution=(
        "def my_step(w, g, H):\n"
        "    e, Q = np.linalg.eigh(H)\n"
        "    w -= Q @ ((Q.T @ g) / np.maximum(np.abs(e), 0.1))"
    ),
    because="Sizes of curvatures, damping above −λ, or a bounded gradient step: all three do it.",
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


def tune(goal):
    """Damping that leaves the saddle."""
    target, bar = goal
    return DampTheSaddle(
        key="damp the saddle",
        question="find the mu with which damped Newton leaves the saddle of saddle_well() from "
        f"(1.5, 0.001) and brings the loss below {target} within {bar} steps.",
        surface=saddle_well,
        rule=DAMPED_NEWTON,
        target=float(target),
        bar=bar,
        grid={"mu": (0.5, 4.0, 351)},
        section=PLAY,
        hints=(
            "How strong is the negative curvature beside the saddle, and what does mu do to it?",
            "Below one half every step leads back to the saddle; close to 1 it is thrown far; "
            "far above 1 the step is short.",
            "Try mu a little above 1.",
        ),
        solution='{"mu": 1.1}',
        because="The curvature along w2 is −1 at the saddle, so every step leads downhill for mu "
        "above 1; between ½ and 1 each step leads uphill, across the saddle and farther out behind "
        "it.",
        patience=300,
    )


TUNE = seeded(tune, goal=(("1e-6", 13), ("1e-4", 9), ("1e-8", 17), ("1e-3", 7)))

ALONG = ChoiceExercise(
    key="along the gradient",
    question="an article says that Newton's method gives the ideal step size for a move along the "
    "gradient. What is true?",
    section=DIRECTION,
    options={
        "a": "right: H⁻¹ rescales the gradient and keeps its direction",
        "b": "another direction as well as another length; they agree only where the gradient is "
        "an eigenvector of H",
        "c": "right in two dimensions, wrong in more",
        "d": "it gives the direction, and the length must come from a line search",
    },
    truth="b",
    reasons={
        "a": "H⁻¹ divides each eigen-direction by its own curvature. That keeps the direction only "
        "if all of them are divided alike; at the course's start it turns −g by 67 degrees.",
        "b": "The ideal length along −g is g·g/g·Hg, the exact line search. Newton's step is "
        "−H⁻¹g; in one dimension the two are the same.",
        "c": "It is right in one dimension, where there is only one direction. Two are enough to "
        "turn it by almost a right angle.",
        "d": "On a quadratic the whole step, length included, lands on the flat point. Elsewhere a "
        "line search along it is a good idea.",
    },
    hints=(
        "What does H⁻¹ do to a gradient with a part along w1 and one along w2?",
        "It divides each part by its own curvature.",
        "Unequal divisors turn a vector.",
    ),
    solution='"b"',
)

ARBITRARY = ChoiceExercise(
    key="arbitrary step",
    question="an article says: where the curvature is negative one can take an arbitrary step, and "
    "switch back to gradient descent. What is sound in it?",
    section=NEGATIVE,
    options={
        "a": "all of it: it is downhill for ever, so any length will do",
        "b": "nothing: Newton's step is safe there",
        "c": "going back to the gradient is; a long step can lose more than it wins, since the "
        "surface bends up again somewhere",
        "d": "the arbitrary length is; the direction should be Newton's",
    },
    truth="c",
    reasons={
        "a": "For ever holds for the quadratic only. On Himmelblau's function a step of length 10 "
        "against the gradient from (0, 0) lands far above where it began.",
        "b": "There Newton's step leads towards the saddle or the maximum: it divides by a "
        "negative number and turns round.",
        "c": "A bounded gradient step is one remedy; damping with μ above −λ and |H| are the "
        "others. All three keep the step downhill. Only the bound limits its length: μ close to "
        "−λ, and a size close to zero, make long steps.",
        "d": "Newton's direction is the one that may lead uphill there.",
    },
    hints=(
        "For how long does a curve that bends down keep bending down?",
        "Until the loss, which has a lowest value, bends up again.",
        "So the gradient's direction is fine, and a very long step along it is not.",
    ),
    solution='"c"',
)

INTRACTABLE = ChoiceExercise(
    key="higher order",
    question="an article says that methods of higher order are out of reach for networks. What is "
    "true?",
    section=PRODUCT,
    options={
        "a": "right: n² entries for a billion weights fit nowhere",
        "b": "wrong: computers have grown, and the Hessian is stored today",
        "c": "true of storing the Hessian; products Hv cost about two gradients, and methods built "
        "on them, or on approximations, are in use",
        "d": "true, but only because inverting takes n³ operations",
    },
    truth="c",
    reasons={
        "a": "That is the explicit matrix. Who needs Hv only never writes it down: two gradients "
        "are enough, whatever n is.",
        "b": "Two exabytes for one matrix of a billion weights are beyond reach. The point is that "
        "it is not needed.",
        "c": "Hessian-free optimization (Martens 2010) and others use products; L-BFGS, K-FAC and "
        "Shampoo approximate. Their cost is why first-order rules are still the default.",
        "d": "Storing comes first, n² entries. And neither is needed for a product Hv.",
    },
    hints=(
        "Is the matrix needed, or what it does to a vector?",
        "Hv is how the gradient changes along v.",
        "Two gradients, at w + hv and w − hv, give Hv.",
    ),
    solution='"c"',
)


def convergence(steps):
    """A speed of convergence that was called by the wrong name."""
    digits = 2**steps
    return NumberExercise(
        key="printed convergence",
        question="Dive into Deep Learning, section Newton's Method, finds errors that obey e <- c "
        "e² and calls that linear convergence. Take c = 1 and begin with an error of 10⁻¹: after "
        f"{steps} steps it is 10 to the minus m. Which m?",
        section=ERROR,
        hints=(
            "What becomes of 10⁻¹ when it is squared, and what becomes of that?",
            "10⁻², then 10⁻⁴: the exponent doubles at each step.",
            f"m = 2^{steps}",
        ),
        solution=f"2**{steps}",
        because="The number of correct digits doubles at each step: quadratic convergence. Linear "
        "convergence, e <- a e with a below 1, adds as many digits at each step as at the last.",
        truth=float(digits),
        subject="The exponent",
        mistakes=(
            Mistake(
                1 + steps,
                "quadratic, not linear",
                "That is linear convergence, as the print says: one more digit at each step. The "
                f"error is squared, so the digits double, and there are {digits}.",
            ),
            Mistake(
                2 * steps,
                "doubling, not adding two",
                "That adds two digits at each step. Squaring doubles the exponent: 1, 2, 4, 8, ...",
            ),
            Mistake(
                2 * digits,
                "one step less",
                f"That is the exponent after {steps + 1} steps; at the start it is 1.",
            ),
        ),
    )


CONVERGENCE = seeded(convergence, steps=(4, 3, 5, 6))

DISCUSSION = DiscussionExercise(
    key="worth it",
    question="a step of a second-order method costs as much as thirty gradient steps on your "
    "network, and takes the loss as far as fifty. Would you use it? What else would you measure?",
    section=PRODUCT,
    hints=(
        "Is the curvature of one mini-batch the curvature of the whole loss?",
        "Think of noise, memory, tuning, and of the code that somebody has to keep.",
        "Measure loss against seconds, with both tuned, over several seeds.",
    ),
    solution=(
        '"""Steps are the wrong unit: compare loss against seconds and against memory, both tuned\n'
        "on equal budgets, several seeds. Fifty for thirty is a gain of 1.7 at best, and it\n"
        "shrinks if damping has to be tuned, if the Hessian comes from a mini-batch (it is noisy,\n"
        "and division by a noisy small curvature makes long wrong steps), or if the product needs\n"
        "more memory. It grows with the batch size and with the condition number. Adaptive rules\n"
        'such as Adam use a crude diagonal guess for almost nothing: they are the rival to beat."""'
    ),
    because="An outline for the teacher; units, noise and a tuned rival are the core.",
)

EXERCISES = (
    STEP,
    DAMPED,
    LINE,
    BETWEEN,
    ENTRIES,
    LEDGER,
    MENDED,
    TUNE,
    ALONG,
    ARBITRARY,
    INTRACTABLE,
    CONVERGENCE,
    DISCUSSION,
)
