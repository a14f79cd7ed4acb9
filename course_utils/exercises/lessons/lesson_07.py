"""Exercises of lesson 07, Adam."""

from fractions import Fraction
from functools import partial

import sympy as sp

from ...optimizers import ADAM, ADAMW
from ...surfaces import ravine
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section, number
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise

LESSON = "07_adam"
SIGNAL = Section(LESSON, "Derive: what the quotient asks")
START = Section(LESSON, "Derive: the correction")
FIRST = Section(LESSON, "Derive: the first step")
BOUND = Section(LESSON, "Derive: how long a step can be")
SCALE = Section(LESSON, "Derive: no units")
EPS = Section(LESSON, "Derive: where ε sits")
KERNEL = Section(LESSON, "Implement: your turn")
BURST = Section(LESSON, "Measure: a quiet run, watched for longer")
DECAY = Section(LESSON, "Derive: a decay that is not divided")
ARTICLE = Section(LESSON, "Test the article")
PRINT = Section(LESSON, "Errors in print")

B1, B2, E, T = sp.symbols("beta1 beta2 eps t", positive=True)
USUAL = {"beta1": sp.Rational(9, 10), "beta2": sp.Rational(999, 1000)}
OTHERS = {"beta1": (0.7, 0.8, 0.85), "beta2": (0.99, 0.995, 0.998)}
BETAS = {"symbols": {"beta1": B1, "beta2": B2}, "example": USUAL, "others": OTHERS}
PLAN = {
    "lr": (0.1, 0.03, 0.2, 0.05),
    "beta1": (0.6, 0.8, 0.3, 0.7),
    "beta2": (0.7, 0.9, 0.5, 0.8),
    "eps": (0.3, 1.5, 0.6, 2.0),
    "t": (1, 2, 3, 4),
}
IDEAS = {
    "shares that add up to one": START,
    "the correction is missing": START,
    "the correction fades": START,
    "each memory has its own correction": START,
    "where eps sits": EPS,
    "eps keeps the division possible": EPS,
}
MORE_IDEAS = {
    "beta is the share you keep": START,
    "divide by the weight that arrived": START,
    "brackets": PRINT,
    "the mean of squares": SIGNAL,
    "the root of the mean square": SCALE,
    "divide by the usual size": SIGNAL,
}

ADAM_KERNEL = KernelExercise(
    key="Adam",
    question="fill in `my_adam` and run the cell again.",
    rule=ADAM,
    plan=PLAN,
    section=KERNEL,
    sections=IDEAS | MORE_IDEAS,
    hints=(
        "Which two averages does Adam keep, and of what?",
        "m averages g with beta1, s averages g² with beta2. Both are corrected into names of "
        "their own.",
        "End with `w -= lr * m_hat / (np.sqrt(s_hat) + eps)`.",
    ),
    solution=(
        "def my_adam(w, g, m, s, *, lr, beta1, beta2, eps, t):\n"
        "    m *= beta1\n"
        "    m += (1 - beta1) * g\n"
        "    s *= beta2\n"
        "    s += (1 - beta2) * g**2\n"
        "    m_hat = m / (1 - beta1**t)\n"
        "    s_hat = s / (1 - beta2**t)\n"
        "    w -= lr * m_hat / (np.sqrt(s_hat) + eps)"
    ),
    because="m and s stay raw; the corrected values are used for this step and forgotten.",
)

ADAMW_KERNEL = KernelExercise(
    key="AdamW",
    question="fill in `my_adamw`; you may call `adam`.",
    rule=ADAMW,
    plan=PLAN | {"decay": (0.4, 0.9, 0.2, 0.6)},
    section=DECAY,
    sections=IDEAS,
    hints=(
        "Which array does the decay change, and which ones does it leave alone?",
        "It takes the share lr times decay off w. The gradient, m and s do not hear of it.",
        "Begin with `w -= lr * decay * w`.",
    ),
    solution=(
        "def my_adamw(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):\n"
        "    w -= lr * decay * w\n"
        "    m *= beta1\n"
        "    m += (1 - beta1) * g\n"
        "    s *= beta2\n"
        "    s += (1 - beta2) * g**2\n"
        "    w -= lr * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps)"
    ),
    because="The gradient that enters the memories is the loss's own. After the first line you may "
    "as well call `adam`.",
)


def hand(beta):
    """Three steps of Adam in fractions."""
    m = [1 - beta]
    m += [beta * m[0] - (1 - beta)]
    m += [beta * m[1] + (1 - beta)]
    arrived = 1 - beta**3
    share, third, so_far = float(beta), float(m[2]), float(arrived)
    return NumberExercise(
        key="hand trace",
        question=f"Adam with beta1 = {beta}, beta2 = 999/1000 and eps = 0 meets the gradients 1, "
        "−1, 1. How long is the third step, in units of lr?",
        section=FIRST,
        hints=(
            "What does s_hat read when every gradient has been 1 or −1?",
            f"s_hat is 1, so the step is m_hat. m is {number(float(m[0]))}, then "
            f"{number(float(m[1]))}, then?",
            f"m3 = {share} · ({number(float(m[1]))}) + {number(float(m[0]))}, and 1 − {share}³ = "
            f"{number(so_far)}.",
        ),
        solution=f"{third:.6g} / {so_far:.6g}",
        because=f"m₃ = {number(third)} of a weight of {number(so_far)} that has arrived; s_hat is "
        f"1 "
        "throughout.",
        truth=float(m[2] / arrived),
        subject="The third step",
        mistakes=(
            Mistake(
                float((1 - beta) * (beta**2 + beta - 1) / arrived),
                "the order counts",
                "That is the third step for 1, 1, −1. Here the flip comes in the middle, and the "
                "newest gradient weighs most.",
            ),
            Mistake(
                third,
                "the correction is missing",
                f"That is m itself. After three gradients {number(so_far)} of the weight has "
                "arrived: divide.",
            ),
            Mistake(
                third / 0.002997001**0.5,
                "the correction is missing",
                "That is the step without correction. Divide m by 1 − beta1³ and s by 1 − beta2³ "
                "first.",
            ),
            Mistake(
                1 / 3,
                "faded weights",
                "That is the plain mean of 1, −1, 1. The newest weighs most: 1, "
                f"{share}, {number(share**2)}, divided by their sum.",
            ),
            Mistake(
                float(m[2] / (1 - beta)),
                "divide by what has arrived",
                "You divide by 1 − beta1, which is right at t = 1 alone. At t = 3 the weight is "
                "1 − beta1³.",
            ),
        ),
    )


HAND = seeded(hand, beta=(Fraction(9, 10), Fraction(4, 5), Fraction(7, 10), Fraction(3, 5)))

UNCORRECTED = FormulaExercise(
    key="uncorrected step",
    question="without the correction, how long is step t on a gradient that does not change, in "
    "units of lr? Write it with beta1, beta2 and t; eps is 0.",
    section=FIRST,
    hints=(
        "What do m and s read after t equal gradients g?",
        "m = (1 − beta1^t) g and s = (1 − beta2^t) g².",
        "Divide the first by the root of the second.",
    ),
    solution='"(1 - beta1^t)/sqrt(1 - beta2^t)"',
    because="Both memories lag. At 0.9 and 0.999 the second lags so much more that the quotient is "
    "too long for thousands of steps.",
    truth=(1 - B1**T) / sp.sqrt(1 - B2**T),
    subject="The step",
    symbols={"beta1": B1, "beta2": B2, "t": T},
    example=USUAL | {"t": 12},
    others=OTHERS | {"t": (8, 10, 20)},
    mistakes=(
        Mistake(
            (1 - B1) / sp.sqrt(1 - B2),
            "one step only",
            "That is the first step. At t = {t} it is {right}.",
        ),
        Mistake(
            (1 - B1**T) / (1 - B2**T),
            "the root of the mean square",
            "The root is missing: the step divides by sqrt(s). At t = {t} it is {right}, and yours "
            "is {yours}.",
        ),
        Mistake(
            sp.sqrt(1 - B2**T) / (1 - B1**T),
            "the step, or its cure",
            "That is the factor which cures it. At t = {t} the step is {right}, and yours is "
            "{yours}.",
        ),
        Mistake(
            B1**T / sp.sqrt(B2**T),
            "the weight that has arrived",
            "beta^t is the weight that still lies on the zeros. What has arrived is 1 − beta^t: "
            "{right} at t = {t}.",
        ),
        Mistake(
            sp.Integer(1),
            "without the correction",
            "That is the step with the correction. Without it the step is {right} at t = {t}.",
        ),
    ),
)

LONGEST = FormulaExercise(
    key="longest step",
    question="how long can a step |m|/sqrt(s) become over all gradients, in units of lr and "
    "without correction? Write the supremum with beta1 and beta2, for beta1² below beta2.",
    section=BOUND,
    hints=(
        "Which inequality bounds a sum of products by the roots of two sums of squares?",
        "Write beta1^k g as (beta1^k/beta2^(k/2)) times (beta2^(k/2) g): Cauchy and Schwarz.",
        "The first sum of squares is 1/(1 − beta1²/beta2).",
    ),
    solution='"(1 - beta1)/sqrt((1 - beta2)*(1 - beta1^2/beta2))"',
    because="Gradients that grow by β₂/β₁ a step come as close to it as you like.",
    truth=(1 - B1) / sp.sqrt((1 - B2) * (1 - B1**2 / B2)),
    subject="The supremum",
    mistakes=(
        Mistake(
            (1 - B1) / sp.sqrt(1 - B2),
            "one gradient, or many",
            "That is the bound as printed, and the step after silence: one gradient alone. "
            "Gradients that grow reach {right} with beta1 = {beta1} and beta2 = {beta2}.",
        ),
        Mistake(
            sp.Integer(1),
            "lr is no bound",
            "lr is the bound only where beta1 = beta2. With {beta1} and {beta2} the supremum is "
            "{right}.",
        ),
        Mistake(
            (1 - B1) / sp.sqrt((1 - B2) * (1 - B1**2)),
            "the weights of s count",
            "You summed beta1^(2k). Each term is divided by beta2^k, the weight in s: {right} with "
            "beta1 = {beta1} and beta2 = {beta2}, and yours is {yours}.",
        ),
        Mistake(
            (1 - B1) / sp.sqrt((1 - B2) * (1 - B1 / B2)),
            "a sum of squares",
            "The first sum is one of squares, beta1^(2k)/beta2^k. With beta1 = {beta1} and beta2 = "
            "{beta2} the supremum is {right}, and yours is {yours}.",
        ),
        Mistake(
            1 / sp.sqrt((1 - B2) * (1 - B1**2 / B2)),
            "shares that add up to one",
            "The factor 1 − beta1 of m is missing: {right} with beta1 = {beta1} and beta2 = "
            "{beta2}, and yours is {yours}.",
        ),
    ),
    **BETAS,
)

HAT = FormulaExercise(
    key="epsilon hat",
    question="Keras corrects in the learning rate and adds its eps to the raw sqrt(s). Which eps "
    "there does at step t what eps does in Adam? Write it with eps, beta2 and t.",
    section=EPS,
    hints=(
        "By what is sqrt(s_hat) larger than sqrt(s)?",
        "sqrt(s_hat) + eps = (sqrt(s) + ?)/sqrt(1 − beta2^t)",
        "Multiply both sides by sqrt(1 − beta2^t).",
    ),
    solution='"eps*sqrt(1 - beta2^t)"',
    because="It grows from step to step and comes to eps.",
    truth=E * sp.sqrt(1 - B2**T),
    subject="That eps",
    symbols={"eps": E, "beta2": B2, "t": T},
    example={"eps": 1, "beta2": sp.Rational(999, 1000), "t": 1},
    others={"eps": (2, 3), "beta2": (0.99, 0.995, 0.998), "t": (2, 3, 5)},
    mistakes=(
        Mistake(
            E / sp.sqrt(1 - B2**T),
            "which one is larger",
            "Turn it over: sqrt(s) is the smaller root, so a smaller eps does the same. With eps = "
            "{eps} and beta2 = {beta2} it is {right} at t = {t}.",
        ),
        Mistake(
            E * (1 - B2**T),
            "the root of the correction",
            "s is divided by 1 − beta2^t, and its root by the root of that: {right} at t = {t}, "
            "with eps = {eps} and beta2 = {beta2}.",
        ),
        Mistake(
            E,
            "before or after the correction",
            "Then the two rules would agree from the start. At t = {t}, with eps = {eps} and "
            "beta2 = {beta2}, it is {right}.",
        ),
    ),
)


def adam_in_time(case):
    """Settings with which Adam is quick and stays."""
    kappa, lr = case
    return TuningExercise(
        key="Adam below 1e-3",
        question=f"find settings with which Adam brings the loss on ravine({kappa}) from (2, −10) "
        "below 1e-3 for good in at most 25 steps; 2000 are watched.",
        surface=partial(ravine, kappa),
        rule=ADAM,
        target=1e-3,
        bar=25,
        for_good=True,
        grid={
            "lr": (1.0, 5.5, 46),
            "beta1": (0.45, 0.6, 4),
            "beta2": (0.99, 0.999, 2),
            "eps": (5.0, 20.0, 4),
        },
        section=BURST,
        hints=(
            "With beta1 = 0.9 both weights swing through the minimum. Which memory is too long?",
            "Near beta1 = 0.5 it arrives in time and bursts later, unless eps is large enough. How "
            "large does the limit ask for?",
            "eps = 10 with beta2 = 0.999 lets you take a learning rate between 2 and 3.",
        ),
        solution=f'{{"lr": {lr}, "beta1": 0.55, "beta2": 0.999, "eps": 10}}',
        because="With such an eps it is half way to momentum, tuned to this ravine and start.",
    )


TUNING = seeded(adam_in_time, case=((25, 2.8), (16, 2.8), (20, 2.8), (30, 2.5)))


def printed_quotient(c):
    """A printed step without its root, in another unit."""
    return NumberExercise(
        key="printed quotient",
        question="a docstring of a well-known course (labml.ai) gives the step as lr m_hat/s_hat. "
        f"Multiply the loss by {c}. By which factor does that step change?",
        section=PRINT,
        hints=(
            "By which factor do m_hat and s_hat change?",
            "m_hat is a gradient, s_hat the square of one.",
            f"{c}/{c}²",
        ),
        solution=f"1/{c}",
        because="Adam's own step stays as it was: this line has lost the root that the code below "
        "it has.",
        truth=1 / c,
        subject="The factor",
        mistakes=(
            Mistake(
                1,
                "what it should give",
                "That is Adam's factor, with the root. What is printed divides by s_hat, which "
                f"grows by {c}².",
            ),
            Mistake(
                c,
                "which over which",
                f"m_hat grows by {c} and s_hat by {c}². The step is the first over the second.",
            ),
            Mistake(
                c**-0.5,
                "no root in print",
                f"Print has no root, so the divisor grows by the whole of {c}².",
            ),
            Mistake(c**-2.0, "both change", f"s_hat grows by {c}², and m_hat above it by {c}."),
        ),
    )


CHANGED_LOSS = seeded(printed_quotient, c=(100, 10, 50, 1000))

PRECEDENCE = ChoiceExercise(
    key="printed brackets",
    question="a tab of Dive into Deep Learning (section Adam) computes "
    "`p - lr * v_bias_corr / sqrt(s_bias_corr) + eps`. What does its eps do?",
    section=PRINT,
    options={
        "a": "it is added to the root, as it should be",
        "b": "it is added to the weight at every step, and protects no division",
        "c": "it is added under the root",
        "d": "it is multiplied by the learning rate and added to the step",
    },
    truth="b",
    reasons={
        "a": "A division binds tighter than a sum, so Python has finished the quotient before it "
        "adds eps. Brackets are missing.",
        "b": "The quotient is computed first. A weight whose gradients have all been 0 still "
        "divides 0 by 0, and every other weight drifts upward by eps a step.",
        "c": "The root is taken of s alone, and eps comes after everything else.",
        "d": "lr multiplies the quotient alone. What is added is eps itself.",
    },
    hints=(
        "In which order does Python work through *, /, + and -?",
        "First * and / from left to right, then - and +.",
        "With v and s for the corrected names it reads (p - (lr * v / sqrt(s))) + eps.",
    ),
    solution='"b"',
)


def hats(beta2):
    """A printed step with one hat."""
    new = 1 - beta2
    whole = number(new**-0.5, 3)
    return ChoiceExercise(
        key="printed hats",
        question="a tutorial of the University of Amsterdam prints Adam's step as "
        "lr/(sqrt(v) + eps) times m_hat: a hat on m and none on v. Its code has both. With beta2 = "
        f"{beta2}, how long would the printed first step be?",
        section=PRINT,
        options={
            "a": "lr, since m_hat is the gradient",
            "b": f"{number(0.1 * new**-0.5, 3)} lr, as without any correction",
            "c": f"{whole} lr",
            "d": f"{1 / new:.0f} lr",
        },
        truth="c",
        reasons={
            "a": f"m_hat is the gradient, and sqrt(v) is still only sqrt({number(new)}) of its "
            "size.",
            "b": "That is the step with neither hat. With a hat on m alone the numerator is ten "
            "times as large.",
            "c": f"The numerator is g, the divisor sqrt({number(new)}) |g|, and "
            f"1/sqrt({number(new)}) is {whole}.",
            "d": f"The divisor is a root: sqrt({number(new)}) |g|, not {number(new)} |g|.",
        },
        hints=(
            "What do m_hat and v read after the first gradient?",
            f"m_hat = g and v = {number(new)} g².",
            f"1/sqrt({number(new)})",
        ),
        solution='"c"',
    )


HATS = seeded(hats, beta2=(0.999, 0.9975, 0.9996, 0.9999))

DEFAULTS = ChoiceExercise(
    key="Adam's defaults",
    question="the article gives Adam no correction, beta2 = 0.99 and eps = 1e-10. Which of its "
    "numbers hides that the correction is missing?",
    section=ARTICLE,
    options={
        "a": "eps = 1e-10, since it is so small",
        "b": "beta1 = 0.9, the paper's own",
        "c": "beta2 = 0.99, with which the first step is exactly lr",
        "d": "none: the steps are too long from the first one on",
    },
    truth="c",
    reasons={
        "a": "The first step does not hear of an eps that is far below sqrt(s).",
        "b": "Beta1 alone decides nothing; with beta2 = 0.999 the first step would be 3.16 lr.",
        "c": "(1 − 0.9)/sqrt(1 − 0.99) = 1. Only later do the steps grow, to 2.13 lr at t = 13.",
        "d": "Compute the first: (1 − beta1)/sqrt(1 − beta2).",
    },
    hints=(
        "How long is the first step without correction?",
        "(1 − beta1)/sqrt(1 − beta2), in units of lr.",
        "0.1/sqrt(0.01)",
    ),
    solution='"c"',
)

DISCUSSION = DiscussionExercise(
    key="report Adam",
    question="a paper says: we trained with Adam, learning rate 3e-4. What else would you have to "
    "know to repeat it, and what would you ask before you believe that Adam was the better rule?",
    section=DECAY,
    hints=(
        "Which conventions of this lesson change the steps without changing the name?",
        "Correction, both betas, eps and its place, decay and where it enters, the schedule.",
        "And on the other side: was the rate of the other rule tuned as well?",
    ),
    solution=(
        '"""To repeat it: beta1, beta2, eps and where it sits, the library (Keras has epsilon\n'
        "hat), correction or none, decay and whether it is decoupled and multiplied by lr, the\n"
        "schedule, the batch size. To believe it: how many seeds, how large the spread, and the\n"
        "same effort spent on the learning rate of the other rule. Missing correction looks like\n"
        'a longer learning rate, and so can win or lose by luck."""'
    ),
    because="An outline for the teacher: conventions, seeds, and tuning on both sides.",
)

EXERCISES = (
    ADAM_KERNEL,
    ADAMW_KERNEL,
    HAND,
    UNCORRECTED,
    LONGEST,
    HAT,
    TUNING,
    CHANGED_LOSS,
    PRECEDENCE,
    HATS,
    DEFAULTS,
    DISCUSSION,
)
