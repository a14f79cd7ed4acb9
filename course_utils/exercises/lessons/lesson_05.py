"""Exercises of lesson 05, how much momentum."""

import math
from functools import partial

import sympy as sp

from ...optimizers import NESTEROV
from ...surfaces import ravine
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section, number
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise

LESSON = "05_how_much_momentum"
MATRIX = Section(LESSON, "Derive: one step as a matrix")
REGIMES = Section(LESSON, "Derive: creeping and ringing")
LIMIT = Section(LESSON, "Derive: the limit of the learning rate")
BEST = Section(LESSON, "Derive: the best of both directions")
ZIG_ZAG = Section(LESSON, "Derive: when it damps a zig-zag")
NESTEROVS = Section(LESSON, "Derive: look before you leap")
FADED = Section(LESSON, "Derive: Nesterov is momentum with less memory")
PLAY = Section(LESSON, "Play")
FACTOR = Section(LESSON, "Measure: the factor that a rate leaves out")
PRINT = Section(LESSON, "Errors in print")

LR, BETA, L1, KAPPA, Q, C = sp.symbols("lr beta lambda1 kappa q c", positive=True)
ROOT = sp.sqrt(KAPPA)
LIMIT_AT = {
    "symbols": {"beta": BETA, "lambda1": L1},
    "example": {"beta": sp.Rational(9, 10), "lambda1": 25},
    "others": {"beta": (0.5, 0.6, 0.8, 0.95), "lambda1": (16, 20, 40, 50)},
}

CRITICAL = FormulaExercise(
    key="critical beta",
    question="at which beta does a direction of curvature lambda1 cease to creep and begin to "
    "ring? Write it with lr and lambda1, for lr lambda1 below 1.",
    section=REGIMES,
    hints=(
        "When do the two eigenvalues meet?",
        "They meet where trace² = 4 determinant, (1 + beta − lr lambda1)² = 4 beta.",
        "Take the root on both sides, 1 + beta − lr lambda1 = 2 sqrt(beta), and complete a square.",
    ),
    solution='"(1 - sqrt(lr*lambda1))^2"',
    because="There (1 − √β)² = ηλ, the two eigenvalues meet at √β, and the direction comes home as "
    "fast as it can.",
    truth=(1 - sp.sqrt(LR * L1)) ** 2,
    subject="The critical beta",
    symbols={"lr": LR, "lambda1": L1},
    example={"lr": sp.Rational(1, 100), "lambda1": 25},
    others={"lr": (0.005, 0.02), "lambda1": (16, 20, 40)},
    mistakes=(
        Mistake(
            1 - sp.sqrt(LR * L1),
            "beta, or its root",
            "That is the root of beta, and with it the factor per step. Square it: with lr = {lr} "
            "and lambda1 = {lambda1} beta is {right}, not {yours}.",
        ),
        Mistake(
            (1 + sp.sqrt(LR * L1)) ** 2,
            "which of the two roots",
            "The equation has two roots, and this one is above 1, where momentum forgets nothing: "
            "{yours} with lr = {lr} and lambda1 = {lambda1}. The other one is {right}.",
        ),
        Mistake(
            (1 - LR * L1) ** 2,
            "a root is missing",
            "The root of lr lambda1 is missing. With lr = {lr} and lambda1 = {lambda1} the "
            "critical beta is {right}, and yours is {yours}.",
        ),
        Mistake(
            1 - 2 * sp.sqrt(LR * L1),
            "right for small steps only",
            "That is the spring, the limit of small steps. The exact one has + lr lambda1 as well: "
            "{right} with lr = {lr} and lambda1 = {lambda1}, and yours is {yours}.",
        ),
        Mistake(
            1 - LR * L1,
            "momentum, not gradient descent",
            "That is the factor of gradient descent. Momentum rings from {right} on, with lr = "
            "{lr} and lambda1 = {lambda1}.",
        ),
        Mistake(
            (1 - sp.sqrt(LR * L1)) / (1 + sp.sqrt(LR * L1)),
            "momentum, not Nesterov",
            "That is the critical beta of Nesterov. With lr = {lr} and lambda1 = {lambda1} it is "
            "{yours}, and that of momentum is {right}.",
        ),
    ),
)

MOMENTUM_LIMIT = FormulaExercise(
    key="momentum limit",
    question="from which learning rate on does momentum run away? Write it with beta and lambda1, "
    "the largest curvature.",
    section=LIMIT,
    hints=(
        "Through which point does an eigenvalue leave the unit circle?",
        "Through −1: at the limit the matrix plus the identity has determinant 0.",
        "1 + trace + determinant = 0, so 2 + 2 beta − lr lambda1 = 0.",
    ),
    solution='"2*(1 + beta)/lambda1"',
    because="At −1 the characteristic polynomial is 2 + 2β − ηλ₁, and it is zero there.",
    truth=2 * (1 + BETA) / L1,
    subject="The limit",
    mistakes=(
        Mistake(
            2 / L1,
            "memory widens the range",
            "That is the limit of gradient descent. With beta = {beta} and lambda1 = {lambda1} "
            "momentum survives up to {right}.",
        ),
        Mistake(
            2 * (1 - BETA) / L1,
            "a flipping push is held back",
            "A push that flips is held to 1/(1 + beta) of itself, so more is allowed, not less: "
            "{right} with beta = {beta} and lambda1 = {lambda1}, and yours is {yours}.",
        ),
        Mistake(
            2 / ((1 - BETA) * L1),
            "the steep direction flips",
            "The gain 1/(1 − beta) belongs to a steady push; at the limit the push flips. With "
            "beta = {beta} and lambda1 = {lambda1} the limit is {right}, not {yours}.",
        ),
        Mistake(
            (1 + BETA) / L1,
            "from 1 to −1 it is 2",
            "Half of it. The polynomial at −1 is 2 + 2 beta − lr lambda1: {right} with beta = "
            "{beta} and lambda1 = {lambda1}, and yours is {yours}.",
        ),
        Mistake(
            2 * (1 + BETA) / ((1 + 2 * BETA) * L1),
            "momentum, not Nesterov",
            "That is the limit of Nesterov, {yours} with beta = {beta} and lambda1 = {lambda1}. "
            "Momentum goes on to {right}.",
        ),
        Mistake(
            2 * (1 + BETA),
            "lr times lambda1, or lr",
            "That is the limit of the product lr lambda1. The question asks for lr: {right} with "
            "beta = {beta} and lambda1 = {lambda1}.",
        ),
        Mistake(
            (1 + sp.sqrt(BETA)) ** 2 / L1,
            "ringing is not running away",
            "There the direction ceases to ring and begins to flip; it still shrinks. With beta = "
            "{beta} and lambda1 = {lambda1} the limit is {right}, a little above your {yours}.",
        ),
    ),
    **LIMIT_AT,
)

BEST_BETA = FormulaExercise(
    key="best beta",
    question="which beta is best on a ravine with condition number kappa, at the best learning "
    "rate?",
    section=BEST,
    hints=(
        "At the best settings, which of the two directions is slower?",
        "Neither: both are critically damped, so sqrt(beta) = 1 − sqrt(lr lambda2).",
        "With sqrt(lr) = 2/(sqrt(lambda1) + sqrt(lambda2)) the root of beta is the best rate.",
    ),
    solution='"((sqrt(kappa) - 1)/(sqrt(kappa) + 1))^2"',
    because="Both directions are critical there, one at √β and the other at −√β.",
    truth=((ROOT - 1) / (ROOT + 1)) ** 2,
    subject="The best beta",
    takes_number=False,
    symbols={"kappa": KAPPA},
    example={"kappa": 100},
    others={"kappa": (49, 64, 225, 400)},
    mistakes=(
        Mistake(
            (ROOT - 1) / (ROOT + 1),
            "the rate is the root of beta",
            "That is the best rate per step, the root of the best beta. Square it: at kappa = "
            "{kappa} beta is {right}, and yours is {yours}.",
        ),
        Mistake(
            (KAPPA - 1) / (KAPPA + 1),
            "a root is missing",
            "That is the best rate of gradient descent. In momentum the root of kappa stands in "
            "place of kappa: at kappa = {kappa} the best beta is {right}.",
        ),
        Mistake(
            ((KAPPA - 1) / (KAPPA + 1)) ** 2,
            "a root is missing",
            "You squared the rate of gradient descent. Momentum has the root of kappa in place of "
            "kappa: at kappa = {kappa} it is {right}, and yours is {yours}.",
        ),
        Mistake(
            1 - 1 / ROOT,
            "that is a rate of Nesterov",
            "That is Nesterov's rate as it is taught. At kappa = {kappa} the best beta of "
            "momentum is {right}, and yours is {yours}.",
        ),
        Mistake(
            (1 - 1 / ROOT) ** 2,
            "both directions count",
            "That is critical for the flat direction at lr = 1/lambda1. A larger rate is better "
            "for both: at kappa = {kappa} the best beta is {right}, not {yours}.",
        ),
        Mistake(
            1 - 2 / ROOT,
            "right for large kappa only",
            "Near it for a large kappa, not equal: at kappa = {kappa} yours is {yours}, and "
            "{right} is right.",
        ),
    ),
)

NESTEROV_MEMORY = FormulaExercise(
    key="Nesterov's memory",
    question="in a direction of curvature lambda1, Nesterov with beta has the eigenvalues of "
    "momentum with another beta. Which?",
    section=FADED,
    hints=(
        "Which number of the matrix is the memory of momentum?",
        "For momentum the determinant is beta. What is it for Nesterov?",
        "The determinant of Nesterov's matrix is beta − beta lr lambda1.",
    ),
    solution='"beta*(1 - lr*lambda1)"',
    because="Determinant and trace agree, so the eigenvalues do; the steeper the direction, the "
    "less is remembered.",
    truth=BETA * (1 - LR * L1),
    subject="That beta",
    symbols={"lr": LR, "beta": BETA, "lambda1": L1},
    example={"lr": sp.Rational(1, 50), "beta": sp.Rational(9, 10), "lambda1": 25},
    others={"lr": (0.01, 0.025), "beta": (0.6, 0.8, 0.95), "lambda1": (16, 20, 36)},
    mistakes=(
        Mistake(
            BETA,
            "Nesterov forgets faster where it is steep",
            "Then the two would be one rule. The determinants tell them apart: with lr = {lr}, "
            "beta = {beta} and lambda1 = {lambda1} it is {right}.",
        ),
        Mistake(
            BETA * (1 + LR * L1),
            "less memory, not more",
            "The sign: the look-ahead takes memory away. With lr = {lr}, beta = {beta} and "
            "lambda1 = {lambda1} it is {right}, and yours is {yours}.",
        ),
        Mistake(
            1 - LR * L1,
            "both factors",
            "That is what the look-ahead takes; beta itself is still a factor: {right} with lr = "
            "{lr}, beta = {beta} and lambda1 = {lambda1}.",
        ),
        Mistake(
            BETA - LR * L1,
            "a product, not a difference",
            "The loss of memory is in proportion to beta: {right} with lr = {lr}, beta = {beta} "
            "and lambda1 = {lambda1}, and yours is {yours}.",
        ),
        Mistake(
            (1 + BETA) * (1 - LR * L1),
            "the trace, or the determinant",
            "That is the trace of Nesterov's matrix. The memory is the determinant: {right} with "
            "lr = {lr}, beta = {beta} and lambda1 = {lambda1}.",
        ),
        Mistake(
            BETA**2,
            "the determinant, not an entry",
            "That is one entry of the matrix. The memory is its determinant: {right} with lr = "
            "{lr}, beta = {beta} and lambda1 = {lambda1}.",
        ),
    ),
)

KERNEL = KernelExercise(
    key="Nesterov",
    question="fill in `my_nesterov` and run the cell again.",
    rule=NESTEROV,
    plan={"lr": (0.1, 0.03, 0.2, 0.05), "beta": (0.6, 0.8, 0.3, 0.7)},
    section=NESTEROVS,
    hints=(
        "Which part of momentum's step stays as it was?",
        "The velocity is updated as before. Then w moves by beta times it, and by the fresh step.",
        "The last of three lines is `w += beta * v - ...`",
    ),
    solution=(
        "def my_nesterov(w, g, v, *, lr, beta):\n"
        "    v *= beta\n"
        "    v -= lr * g\n"
        "    w += beta * v - lr * g"
    ),
    because="The last line goes where the next look-ahead will be, so that g can be taken at w.",
)


def nesterov(case):
    """Settings with which Nesterov is in time."""
    kappa, bar, lr, beta = case
    return TuningExercise(
        key="Nesterov below 1e-6",
        question=f"find lr and beta with which Nesterov brings the loss on ravine({kappa}) from "
        f"(2, −10) below 1e-6 for good in at most {bar} steps.",
        surface=partial(ravine, kappa),
        rule=NESTEROV,
        target=1e-6,
        bar=bar,
        for_good=True,
        grid={"lr": (0.4 / kappa, 1.36 / kappa, 49), "beta": (0.6, 0.95, 71)},
        section=PLAY,
        hints=(
            f"Where on the map of Nesterov is it darkest when κ is {kappa}?",
            f"Near its limit in lr, which at beta = 0.8 is 2 · 1.8/(2.6 · {kappa}) = "
            f"{number(3.6 / 2.6 / kappa, 3)}.",
            "The best rate is at lr = 4/(3 lambda1 + lambda2); the best beta is close to "
            f"{number(beta, 1)}.",
        ),
        solution=f'{{"lr": {lr}, "beta": {beta}}}',
        because="Momentum at its best needs fewer steps, gradient descent several times as many.",
    )


TUNING = seeded(
    nesterov,
    case=(
        (100, 110, 0.0132, 0.79),
        (64, 80, 0.0206, 0.77),
        (81, 90, 0.0163, 0.78),
        (121, 120, 0.0109, 0.82),
        (144, 130, 0.0092, 0.83),
    ),
)


def dampens(z, beta):
    """What momentum does to a zig-zag that dies out by itself."""
    root, alone, border = beta**0.5, abs(1 - z), 1 + beta**0.5
    return ChoiceExercise(
        key="dampens oscillations",
        question="an article says that momentum dampens oscillations. Gradient descent zig-zags "
        f"along w1 with lr lambda1 = {z}. What does momentum with beta = {beta} do to w1?",
        section=ZIG_ZAG,
        options={
            "a": "it dampens the zig-zag, as always",
            "b": f"w1 rings, by {root:.3f} a step; without momentum it shrank by {alone:.2g}",
            "c": f"w1 runs away, since {beta} is too much memory",
            "d": "nothing: along w1 the pushes cancel",
        },
        truth="b",
        reasons={
            "a": f"Not always: only where lr lambda1 is above 1 + sqrt(beta), which is "
            f"{border:.3f} at {beta}. At {z} gradient descent multiplies the size of w1 by "
            f"{alone:.2g} at every step, and momentum by {root:.3f}.",
            "b": f"The swings of a direction that rings shrink by sqrt(beta), {root:.3f} here: the "
            "zig-zag lasts longer. Momentum damps it where lr lambda1 is above 1 + sqrt(beta).",
            "c": f"It stays well inside the limit 2 (1 + beta) = {2 + 2 * beta:.2g}, so it "
            f"converges. The question is how fast: by sqrt({beta}) a step.",
            "d": "They do not cancel. A velocity that has built up swings on by itself, and w1 "
            f"shrinks by sqrt({beta}) a step.",
        },
        hints=(
            "By how much does w1 shrink per step without momentum, and by how much with it?",
            f"Without it by |1 − {z}|. With it w1 rings, and then the factor is sqrt(beta).",
            f"Compare {alone:.2g} with sqrt({beta}).",
        ),
        solution='"b"',
    )


DAMPENS = seeded(dampens, z=(1.5, 1.3, 1.4, 1.6), beta=(0.9, 0.8, 0.85, 0.95))

MODULUS = FormulaExercise(
    key="printed modulus",
    question="a footnote of Goh (Distill 2017) prints 2 sqrt(beta) for the size of both "
    "eigenvalues where they are complex. What is it?",
    section=PRINT,
    hints=(
        "What is the product of the two eigenvalues?",
        "The product is the determinant, beta; and two conjugate numbers have one size.",
        "size · size = beta",
    ),
    solution='"sqrt(beta)"',
    because="The product of two conjugate numbers is the square of their size, and it is β; in the "
    "footnote a factor 1/2 has been dropped.",
    truth=sp.sqrt(BETA),
    subject="The size",
    symbols={"beta": BETA},
    example={"beta": sp.Rational(81, 100)},
    others={"beta": (0.36, 0.49, 0.64)},
    mistakes=(
        Mistake(
            2 * sp.sqrt(BETA),
            "half the trace, half the root",
            "That is what is printed: at beta = {beta} it gives {yours}, so momentum would run "
            "away. Both terms of an eigenvalue carry a factor 1/2.",
        ),
        Mistake(
            BETA,
            "the product of two",
            "That is the determinant, the product of both. Each has its root: {right} at beta = "
            "{beta}.",
        ),
        Mistake(
            sp.sqrt(BETA) / 2,
            "one factor 1/2, once",
            "You took the 1/2 twice. At beta = {beta} the size is {right}, and yours is {yours}.",
        ),
    ),
)

POWER = NumberExercise(
    key="printed power",
    question="Goh (2017) prints R^k = s1^k R1 − s2^k R2 with Rj = (R − sj I)/(s1 − s2). For k = 0 "
    "it should be the identity I. Which multiple of I does the printed formula give?",
    section=PRINT,
    hints=(
        "What is left of s1^k and s2^k at k = 0?",
        "R1 − R2 remains, and R cancels in it.",
        "R1 − R2 = (s2 − s1) I/(s1 − s2)",
    ),
    solution="-1",
    because="The indices of R1 and R2 have changed places: with R1 = (R − s2 I)/(s1 − s2) and R2 = "
    "(R − s1 I)/(s1 − s2) the formula holds for every k.",
    truth=-1.0,
    subject="The multiple",
    mistakes=(
        Mistake(
            1,
            "what it should give",
            "That is what it should give. Put k = 0 into what is printed: R1 − R2, and R cancels.",
        ),
        Mistake(
            0,
            "the s do not cancel",
            "R cancels in R1 − R2, and s2 − s1 is left over s1 − s2.",
        ),
    ),
)

SUM = FormulaExercise(
    key="printed sum",
    question="Goh (2017) prints momentum unrolled as w0 plus a sum of gradients with positive "
    "factors. From v = 0, with which factor does g1 enter w after three steps?",
    section=PRINT,
    hints=(
        "In which velocities does g1 appear, and with which factor in each?",
        "In v1 with −lr, in v2 with −lr beta, in v3 with −lr beta².",
        "w after three steps is w0 + v1 + v2 + v3.",
    ),
    solution='"-lr*(1 + beta + beta^2)"',
    because="The size is as printed, lr (1 − β³)/(1 − β); the sign is minus, or momentum would "
    "climb.",
    truth=-LR * (1 + BETA + BETA**2),
    subject="The factor",
    symbols={"lr": LR, "beta": BETA},
    example={"lr": sp.Rational(1, 10), "beta": sp.Rational(9, 10)},
    others={"lr": (0.05, 0.2, 0.3), "beta": (0.6, 0.7, 0.8, 0.95)},
    mistakes=(
        Mistake(
            LR * (1 + BETA + BETA**2),
            "downhill is minus",
            "That is what is printed, and it climbs: after one step w would be w0 + lr g1. With lr "
            "= {lr} and beta = {beta} the factor is {right}.",
        ),
        Mistake(
            -LR * BETA**2,
            "the velocity, or the weights",
            "That is the factor in v3. The weights have been moved by v1 and v2 as well: {right} "
            "with lr = {lr} and beta = {beta}.",
        ),
        Mistake(
            -LR * (1 + BETA),
            "three steps",
            "That is the factor after two steps. After three it is {right} with lr = {lr} and beta "
            "= {beta}.",
        ),
        Mistake(
            -LR * (1 + BETA + BETA**2 + BETA**3),
            "three steps",
            "That is the factor after four steps. After three it is {right} with lr = {lr} and "
            "beta = {beta}.",
        ),
        Mistake(
            -LR / (1 - BETA),
            "three steps, not for ever",
            "That is where the factor tends after many steps. After three it is {right} with lr = "
            "{lr} and beta = {beta}.",
        ),
        Mistake(
            -LR,
            "g1 acts in every step",
            "That is what g1 does in the first step. It rolls on in v2 and v3: {right} with lr = "
            "{lr} and beta = {beta}.",
        ),
    ),
)

HALF = NumberExercise(
    key="printed half",
    question="for f = ½ wᵀAw − bᵀw, Goh (2017) prints the loss above the minimum after k steps of "
    "gradient descent as a sum of (1 − ηλ)^(2k) λ x². How many times too large is each term?",
    section=PRINT,
    hints=(
        "How large is the loss of one direction at k = 0?",
        "f above its minimum is ½ λ x² in a direction with curvature λ.",
        "Divide λ x² by ½ λ x².",
    ),
    solution="2",
    because="The loss of one direction is ½ λ x²; the ½ has been dropped. No rate depends on it.",
    truth=2.0,
    subject="The factor",
    mistakes=(
        Mistake(1, "the half", "At k = 0 it should be the loss itself, and that has a ½ in front."),
        Mistake(
            0.5,
            "which over which",
            "Turn it over: half of what is printed is right, so the print is too large.",
        ),
    ),
)

SQUARE = FormulaExercise(
    key="printed square",
    question="Dive into Deep Learning (section Momentum) rewrites q x²/2 + c x + d with the square "
    "(x − c/q)². Where is the minimum of this parabola? Write it with q and c.",
    section=PRINT,
    hints=(
        "What is the slope of the parabola?",
        "The slope is q x + c.",
        "Solve q x + c = 0 for x.",
    ),
    solution='"-c/q"',
    because="The slope q x + c is zero at −c/q, so the square is (x + c/q)².",
    truth=-C / Q,
    subject="The minimum",
    symbols={"q": Q, "c": C},
    example={"q": 2, "c": 3},
    others={"q": (4, 5, 8), "c": (1, 6, 7)},
    mistakes=(
        Mistake(
            C / Q,
            "the sign of the shift",
            "That is what is printed. At q = {q} and c = {c} the slope there is q x + c = {slope}, "
            "and not zero; the minimum is at {right}.",
        ),
        Mistake(
            -C / (2 * Q),
            "the one half goes with the derivative",
            "The ½ of q x²/2 goes when one derives: the slope is q x + c. With q = {q} and c = {c} "
            "the minimum is at {right}, and yours at {yours}.",
        ),
        Mistake(
            -Q / C,
            "which over which",
            "Turn it over: q x = −c. With q = {q} and c = {c} that is {right}, and yours is "
            "{yours}.",
        ),
        Mistake(
            -C,
            "divide by the curvature",
            "q x = −c is still to be divided by q: {right} with q = {q} and c = {c}.",
        ),
    ),
    facts={"slope": 2 * C},
)


def bound(kappa, k):
    """A printed bound that the best settings pass."""
    root = math.isqrt(kappa)
    rate = (root - 1) / (root + 1)
    truth = 1 + k * (1 - rate)
    return NumberExercise(
        key="printed bound",
        question="the notes on fmin.xyz print that momentum at its best settings keeps |w| below "
        f"ρ^k times its first size. From rest the flat direction goes (1 + k(1 − ρ)) ρ^k. With κ = "
        f"{kappa} and a start on the flat axis, how many times the printed bound is |w| after {k} "
        "steps?",
        section=FACTOR,
        hints=(
            "Which part of (1 + k(1 − ρ)) ρ^k is the bound?",
            "The quotient is 1 + k(1 − ρ), and ρ is the best rate of momentum.",
            f"ρ = (sqrt({kappa}) − 1)/(sqrt({kappa}) + 1) = {root - 1}/{root + 1}",
        ),
        solution=f"1 + {k} * (1 - {root - 1} / {root + 1})",
        because="Both eigenvalues are equal at the best settings, so a factor that grows like k "
        "comes with ρ^k. Along the steep direction they are −ρ, and the factor is 1 + k(1 + ρ), "
        f"here {1 + k * (1 + rate):.3g}. A bound for every start needs that one.",
        truth=truth,
        subject="The quotient",
        mistakes=(
            Mistake(
                1,
                "a double eigenvalue brings a factor k",
                "That is what is printed: never above the bound. On the flat axis the quotient is "
                f"2 − ρ = {2 - rate:.3g} already after one step.",
            ),
            Mistake(
                1 + k * (1 + rate),
                "flat, or steep",
                "That is the quotient on the steep axis, whose eigenvalues are −ρ. On the flat one "
                "they are ρ: k is multiplied by 1 − ρ.",
            ),
            Mistake(
                truth - 1,
                "the one as well",
                "The 1 is missing: at k = 0 the quotient must be 1.",
            ),
            Mistake(
                1 + k * rate,
                "ρ, or what is missing to 1",
                "k is multiplied by 1 − ρ, not by ρ.",
            ),
            Mistake(
                1 + k * 2 / (kappa + 1),
                "a root is missing",
                "That is ρ of gradient descent, with κ in place of its root.",
            ),
            Mistake(
                float(k),
                "the factor is 1 + k(1 − ρ)",
                "The factor grows like k, with the slope 1 − ρ: "
                f"{1 - rate:.3g} for each step here.",
            ),
        ),
    )


BOUND = seeded(bound, kappa=(100, 64, 144, 225), k=(50, 20, 40, 80))

DISCUSSION = DiscussionExercise(
    key="close to one",
    question="a much-read text advises: take beta as close to 1 as you can, then the largest "
    "learning rate that still converges. When is this good advice, and when not?",
    section=BEST,
    hints=(
        "For which κ is beta = 0.99 the best?",
        "Whatever the learning rate, what rings shrinks by sqrt(beta) a step.",
        "sqrt(0.99) needs more than a thousand steps for a factor of 1000.",
    ),
    solution=(
        '"""The best beta is ((sqrt(kappa) − 1)/(sqrt(kappa) + 1))², which tends to 1 as kappa\n'
        "grows: for kappa from 1500 to 6000 0.9 to 0.95 is best, and the advice points the right\n"
        "way. On a mild ravine it wastes steps, since at every learning rate the envelope of a\n"
        "ringing direction falls by sqrt(beta) a step. And the largest rate that converges is\n"
        "fragile: a curvature that grows a little carries it over the limit. In practice one\n"
        'tries a few values, 0.9, 0.95 and 0.99, each with its own learning rate."""'
    ),
    because="An outline for the teacher: the limit of large κ, the bound √β, and tuning of both.",
)

EXERCISES = (
    CRITICAL,
    MOMENTUM_LIMIT,
    BEST_BETA,
    NESTEROV_MEMORY,
    KERNEL,
    TUNING,
    DAMPENS,
    MODULUS,
    POWER,
    SUM,
    HALF,
    SQUARE,
    BOUND,
    DISCUSSION,
)
