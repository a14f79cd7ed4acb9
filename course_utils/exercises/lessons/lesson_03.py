"""Exercises of lesson 03, Averages with memory."""

import math

import sympy as sp

from ...optimizers import Rule, ema, ema_corrected
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded

LESSON = "03_averages_with_memory"
UNROLL = Section(LESSON, "Derive: the weights")
BACK = Section(LESSON, "Derive: how far back")
NOISE = Section(LESSON, "Derive: what becomes of noise")
RHYTHM = Section(LESSON, "Derive: what becomes of a rhythm")
SUM = Section(LESSON, "Derive: the sum")
START = Section(LESSON, "Derive: the start")
PLAY = Section(LESSON, "Play")

BETA = sp.Symbol("beta", positive=True)
BETAS = (0.6, 0.8, 0.3, 0.7)
NINE = {
    "symbols": {"beta": BETA},
    "example": {"beta": sp.Rational(9, 10)},
    "others": {"beta": (0.7, 0.8, 0.95, 0.99)},
}

AVERAGE = KernelExercise(
    key="ema",
    question="fill in `my_average`: m <- beta m + (1 − beta) g.",
    rule=Rule("exponential average", ema),
    plan={"beta": BETAS},
    section=UNROLL,
    hints=(
        "Which share of the old average is kept, and what is left for the new value?",
        "Two lines: fade the old average, then let the new value in.",
        "Begin with `m *= beta`, which changes m in place.",
    ),
    solution="def my_average(m, g, *, beta):\n    m *= beta\n    m += (1 - beta) * g",
    because="The shares beta and 1 − beta add up to one, so m has the size of a value.",
)

CORRECTED = KernelExercise(
    key="corrected average",
    question="fill in `my_corrected`: bring m up to date, then write into a what m would be "
    "without the zeros before the start.",
    rule=Rule("corrected average", ema_corrected),
    plan={"beta": BETAS, "t": (1, 2, 3, 4)},
    section=START,
    sections={"shares that add up to one": UNROLL, "beta is the share you keep": UNROLL},
    hints=(
        "Which part of the weight has arrived on values, after t of them?",
        "The weights add up to 1 − beta^t; an average divides by what they add up to.",
        "End with `a[...] = m / (1 - beta**t)`.",
    ),
    solution=(
        "def my_corrected(a, g, m, *, beta, t):\n"
        "    m *= beta\n"
        "    m += (1 - beta) * g\n"
        "    a[...] = m / (1 - beta**t)"
    ),
    because="The memory m stays raw; only what is handed out is divided.",
)

WEIGHT = FormulaExercise(
    key="weight of the first",
    question="m <- beta m + (1 − beta) g from m = 0. With which weight does the first value, g1, "
    "stand in m4? Write it with beta.",
    section=UNROLL,
    hints=(
        "How often has g1 been faded by the time m4 is made?",
        "g1 enters m1 with 1 − beta; each later step multiplies it by beta.",
        "From m1 to m4 there are three steps.",
    ),
    solution='"(1 - beta)*beta**3"',
    because="g1 enters with 1 − β and is faded three times on the way to m4.",
    truth=(1 - BETA) * BETA**3,
    subject="The weight",
    mistakes=(
        Mistake(
            BETA**4,
            "shares that add up to one",
            "That is the article's p, p squared, p cube: the fourth back weighs {yours} at {beta}. "
            "These weights add up to {total}, so they belong to no average; {right} is right.",
        ),
        Mistake(
            (1 - BETA) * BETA**4,
            "the newest is not faded",
            "You fade once too often: g1 enters m1 with 1 − beta, not with beta (1 − beta). At "
            "{beta} the weight is {right}, and yours {yours}.",
        ),
        Mistake(
            BETA**3,
            "a sum, not an average",
            "That is its weight in the fading sum, {yours} at {beta}. In the average every value "
            "enters with the share 1 − beta.",
        ),
        Mistake(
            (1 - BETA),
            "the past fades",
            "That is its weight in m1, and the newest value's weight in m4. Three steps fade it to "
            "{right} at {beta}.",
        ),
        Mistake(
            (1 - BETA) ** 4,
            "beta is the share you keep",
            "At each step the old keeps beta, and only the newcomer gets 1 − beta: at {beta} the "
            "weight is {right}, and yours {yours}.",
        ),
        Mistake(
            BETA * (1 - BETA) ** 3,
            "beta is the share you keep",
            "The two shares have changed places: 1 − beta enters once, beta fades three times.",
        ),
        Mistake(
            sp.Rational(1, 4),
            "old values fade",
            "A plain mean of four weighs all alike. Here the first is faded three times: {right} "
            "at {beta}.",
        ),
    ),
    facts={"total": BETA / (1 - BETA)},
    **NINE,
)

PERIOD_FOUR = FormulaExercise(
    key="gain at period four",
    question="a wave that repeats every four values has the frequency π/2. By which factor does "
    "the exponential average multiply its size? Write it with beta.",
    section=RHYTHM,
    hints=(
        "What is the cosine of π/2?",
        "The squared gain is (1 − beta)^2/(1 − 2 beta cos ω + beta^2).",
        "The middle term is gone; take the root.",
    ),
    solution='"(1 - beta)/sqrt(1 + beta**2)"',
    because="cos(π/2) = 0, so the gain is (1 − β)/√(1 + β²), {gain} at {beta}.",
    truth=(1 - BETA) / sp.sqrt(1 + BETA**2),
    subject="The gain",
    takes_number=True,
    mistakes=(
        Mistake(
            (1 - BETA) ** 2 / (1 + BETA**2),
            "the gain is the root",
            "That is the squared gain, {yours} at {beta}. The size is multiplied by its root, "
            "{right}.",
        ),
        Mistake(
            1 / sp.sqrt(1 + BETA**2),
            "a sum, not an average",
            "That is the gain of the fading sum, {yours} at {beta}. The average has the factor "
            "1 − beta: {right}.",
        ),
        Mistake(
            (1 - BETA) / (1 + BETA),
            "which rhythm",
            "That is the gain of a wave that flips at every value, period two. Period four gets "
            "{right} at {beta}, and yours is {yours}.",
        ),
        Mistake(
            sp.sqrt((1 - BETA) / (1 + BETA)),
            "which rhythm",
            "That is what becomes of noise, a mixture of all rhythms. Period four gets {right} at "
            "{beta}, and noise {yours}.",
        ),
    ),
    facts={"gain": (1 - BETA) / sp.sqrt(1 + BETA**2)},
    **NINE,
)


def half_life(beta):
    """A printed half-life, and the right one."""
    half, window, age = math.log(0.5) / math.log(beta), 1 / (1 - beta), beta / (1 - beta)
    return NumberExercise(
        key="half-life",
        question="a text on RMSProp gives the half-life of a value as 1/γ steps, where γ is our β. "
        f"After how many steps has the weight of a value halved at β = {beta}? Two decimals.",
        section=BACK,
        hints=(
            "Which equation says that a weight has halved after h steps?",
            "beta^h = 1/2; take the logarithm of both sides.",
            f"h = log(1/2)/log({beta}).",
        ),
        solution=f"np.log(0.5) / np.log({beta})",
        because=f"{beta}^h = 1/2 at h = log(1/2)/log({beta}); the printed 1/γ would be "
        f"{1 / beta:.3g} steps.",
        truth=half,
        unit="steps",
        subject="The half-life",
        mistakes=(
            Mistake(
                1 / beta,
                "the half-life is a logarithm",
                "That is the printed 1/γ. Check it: after so many steps "
                f"{beta}^{1 / beta:.3g} = {beta ** (1 / beta):.3f} of the weight is left, and not "
                "one half.",
            ),
            Mistake(
                window,
                "the window is not the half-life",
                f"That is the window 1/(1 − beta). After {window:.3g} steps only "
                f"{beta}^{window:.3g} = {beta**window:.3f} of the weight is left.",
            ),
            Mistake(
                age,
                "the mean age is not the half-life",
                f"That is the mean age, beta/(1 − beta). After {age:.3g} steps "
                f"{beta}^{age:.3g} = {beta**age:.3f} of the weight is left.",
            ),
            Mistake(
                math.log(2) / (1 - beta),
                "exact, not approximate",
                "log(2)/(1 − beta) is what the half-life tends to as beta goes to 1. At "
                f"{beta} use log(1/2)/log({beta}).",
            ),
            Mistake(
                -half,
                "the sign of a logarithm",
                "The size is right; both logarithms are negative, so their quotient is positive.",
            ),
        ),
    )


HALF_LIFE = seeded(half_life, beta=(0.8, 0.6, 0.7, 0.85, 0.95))

FIRST_VALUE = FormulaExercise(
    key="start at the first value",
    question="a textbook starts its exponential average at the first value, m1 = g1, instead of at "
    "0, and gives g1 in mk the weight beta^k. With which weight does g1 stand in m4?",
    section=START,
    hints=(
        "With which weight does g1 stand in m1?",
        "It enters whole, and each later step multiplies it by beta.",
        "The weights must add up to one: the other three add up to 1 − beta^3.",
    ),
    solution='"beta**3"',
    because="g1 enters whole and is faded three times; with g2, g3, g4 the weights add up to one.",
    truth=BETA**3,
    subject="The weight",
    mistakes=(
        Mistake(
            BETA**4,
            "weights of an average add up to one",
            "That is what was printed, {yours} at {beta}. The other three weights add up to "
            "1 − beta^3, so together they would miss one: {right} is right.",
        ),
        Mistake(
            (1 - BETA) * BETA**3,
            "where the average starts",
            "That is its weight if the average starts at zero, {yours} at {beta}. Here g1 is the "
            "whole of m1, and three fadings leave {right}.",
        ),
        Mistake(
            1 - BETA**3,
            "one value of four",
            "That is what the other three hold together. What is left for g1 is {right} at {beta}.",
        ),
    ),
    **NINE,
)

ARTICLE = ChoiceExercise(
    key="p, p squared, p cube",
    question="an article says that an exponential average weighs the newest term with p, the one "
    "before with p squared, then p cube. What is true?",
    section=UNROLL,
    options={
        "a": "right: that is why it is called exponential",
        "b": "the newest weighs 1, then p, then p²: they add up to 1/(1 − p)",
        "c": "the newest weighs 1 − p, then (1 − p)p, then (1 − p)p²: they add up to 1",
        "d": "all terms of the last 1/(1 − p) weigh the same",
    },
    truth="c",
    reasons={
        "a": "Weights that fall by a factor p are exponential, and these do. But with p = 0.9 they "
        "add up to 9, so they are the weights of no average.",
        "b": "Those are the weights of the fading sum that lesson 04 uses. An average needs "
        "weights that add up to 1.",
        "c": "At p = 0.9 the newest term weighs 0.1, not 0.9, and the weights add up to 1.",
        "d": "They fall from term to term by the factor p, and do not stop: at p = 0.9 the last "
        "ten hold 65 % of the weight.",
    },
    hints=(
        "What must the weights of an average add up to?",
        "Add up p + p² + p³ + ... for p = 0.9.",
        "It is p/(1 − p) = 9. The factor that makes it 1 is (1 − p)/p.",
    ),
    solution='"c"',
)

SHIFTED = ChoiceExercise(
    key="shifted correction",
    question="the text of a well-made course corrects Adam's new average u(t+1) by dividing by "
    "1 − beta^t, and does not say where t begins; its starter code sets t = 0. What happens if one "
    "starts with u0 = 0 and counts t = 0, 1, 2, ...?",
    section=START,
    options={
        "a": "the first step divides by zero, and later ones by too small a number",
        "b": "nothing: the correction is only a convention",
        "c": "the first corrected average is too small by the factor beta",
        "d": "the correction is right and fades one step later",
    },
    truth="a",
    reasons={
        "a": "u(t+1) holds t + 1 values, so it needs 1 − beta^(t+1). At t = 0 this divisor "
        "is 1 − beta^0 = 0. With u1 = 0 and t = 1, 2, ... the formula is right.",
        "b": "The correction has one right value: the weight that has arrived. At t = 0 this one "
        "is 1 − beta^0 = 0.",
        "c": "At t = 0 the power is beta^0 = 1, so the divisor is zero and not small.",
        "d": "It is too strong at every step: at t = 1, with beta = 0.9, it divides by 0.1 where "
        "two values have brought 0.19 of the weight.",
    },
    hints=(
        "How many values does u1 hold?",
        "Put t = 0 into the divisor.",
        "1 − beta^0 is 0.",
    ),
    solution='"a"',
)


def calm_and_quick(goals):
    """A memory between too much noise and too long a lag."""
    share, steps = goals
    least = (share**2 - 1) / (share**2 + 1)
    most = 0.1 ** (1 / steps)
    middle = (least + most) / 2

    def far(beta):
        noise = math.sqrt((1 - beta) / (1 + beta))
        wait = math.ceil(math.log(0.1) / math.log(beta))
        calm = "the noise is calm enough," if noise <= 1 / share else "the noise is at"
        return Mistake(
            beta,
            "calm costs time" if beta > least else "quick costs calm",
            f"At {beta} {calm} × {noise:.3f}, and nine tenths of the jump take {wait} steps.",
        )

    wrong = [
        beta for beta in (0.5, 0.8, 0.88, 0.9, 0.95) if not 0.998 * least < beta < 1.002 * most
    ]
    return NumberExercise(
        key="calm and quick",
        question=f"find a β that shrinks independent noise to a {PARTS[share]} or less, and yet "
        f"lets nine tenths of a jump through within {steps} steps.",
        section=PLAY,
        hints=(
            "Which of the two asks for a large β, and which for a small one?",
            f"Noise asks for (1 − beta)/(1 + beta) of at most 1/{share**2}, the jump for "
            f"beta^{steps} of at most 1/10.",
            f"Any β from {share**2 - 1}/{share**2 + 1} to 0.1^(1/{steps}).",
        ),
        solution=f"{middle:.4f}",
        because=f"β must lie between {share**2 - 1}/{share**2 + 1} = {least:.4f} for the noise and "
        f"0.1^(1/{steps}) = {most:.4f} for the jump.",
        truth=middle,
        tolerance=(most - least) / 2 / middle,
        subject="The middle of what works",
        mistakes=tuple(map(far, wrong)),
    )


PARTS = {3: "third", 4: "quarter", 5: "fifth", 6: "sixth"}
TUNE = seeded(calm_and_quick, goals=((4, 20), (3, 12), (4, 22), (5, 33), (6, 48)))

DISCUSSION = DiscussionExercise(
    key="smoothed curve",
    question="a report shows a training loss smoothed with β = 0.99, started at zero. Over the "
    "first 200 steps the curve rises and then falls. What can you say about the training?",
    section=START,
    hints=(
        "What would a constant loss look like on this plot?",
        "After t steps a constant shows as 1 − 0.99^t of itself: 63 % after 100 steps.",
        "Ask for the corrected curve, and for the raw values as dots behind it.",
    ),
    solution=(
        '"""The rise may be the bias alone: a constant loss would show 63 % of itself after 100\n'
        "steps and 87 % after 200. Even a loss that falls from the first step can look like this.\n"
        "Divided by 1 − 0.99^t the bias is gone. The curve also lags by 99 steps, so a sudden\n"
        'change is drawn as a slow one, later than it was; the raw values as dots show both."""'
    ),
    because="An outline for the teacher; the bias at the start and the lag are the core.",
)

EXERCISES = (
    AVERAGE,
    CORRECTED,
    WEIGHT,
    PERIOD_FOUR,
    HALF_LIFE,
    FIRST_VALUE,
    ARTICLE,
    SHIFTED,
    TUNE,
    DISCUSSION,
)
