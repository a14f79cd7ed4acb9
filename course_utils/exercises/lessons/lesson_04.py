"""Exercises of lesson 04, Momentum."""

import math
from functools import partial

import sympy as sp

from ...optimizers import AVERAGED_MOMENTUM, MOMENTUM
from ...surfaces import ravine
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section, number
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise

LESSON = "04_momentum"
UNROLL = Section(LESSON, "Derive: the velocity")
GAINS = Section(LESSON, "Derive: a push that repeats, a push that flips")
CONVENTIONS = Section(LESSON, "Derive: a sum is not an average")
RATE = Section(LESSON, "Derive: where the learning rate sits")
PLAY = Section(LESSON, "Play")
ARTICLE = Section(LESSON, "Test the article")

LR, BETA = sp.symbols("lr beta", positive=True)
PLAN = {"lr": (0.1, 0.03, 0.2, 0.05), "beta": (0.6, 0.8, 0.3, 0.7)}
SETTINGS = {
    "symbols": {"lr": LR, "beta": BETA},
    "example": {"lr": sp.Rational(1, 10), "beta": sp.Rational(9, 10)},
    "others": {"lr": (0.05, 0.2, 0.3), "beta": (0.6, 0.7, 0.8, 0.95)},
}

SUM = KernelExercise(
    key="momentum",
    question="fill in `my_momentum` and run the cell again.",
    rule=MOMENTUM,
    plan=PLAN,
    section=UNROLL,
    sections={"a sum, not an average": CONVENTIONS, "where the learning rate sits": RATE},
    hints=(
        "What should the velocity forget at each step, and what should it learn?",
        "Three lines: fade the old velocity, let the new step in, move the weights.",
        "Begin with `v *= beta`, which changes v in place.",
    ),
    solution=("def my_momentum(w, g, v, *, lr, beta):\n    v *= beta\n    v -= lr * g\n    w += v"),
    because="First the velocity remembers, then the weights move, all in place.",
)

AVERAGE = KernelExercise(
    key="averaged momentum",
    question="fill in the averaged form: v <- beta v + (1 − beta) g, then w <- w − lr v.",
    rule=AVERAGED_MOMENTUM,
    plan=PLAN,
    section=CONVENTIONS,
    sections={"where the learning rate sits": RATE},
    hints=(
        "In an average the shares add up to one. Which two shares are there?",
        "The old average keeps beta, the new gradient gets the rest; lr enters when w moves.",
        "Begin with `v *= beta`, then `v += (1 - beta) * ...`",
    ),
    solution=(
        "def my_average(w, g, v, *, lr, beta):\n"
        "    v *= beta\n"
        "    v += (1 - beta) * g\n"
        "    w -= lr * v"
    ),
    because="The shares beta and 1 − beta add up to one, so v has the size of a gradient.",
)

CONVERT = FormulaExercise(
    key="convert the rate",
    question="averaged momentum runs with the rate `lr`. Which rate gives the sum the same path? "
    "Write it with lr and beta.",
    section=CONVENTIONS,
    hints=(
        "How much larger is the sum than the average, under a steady gradient?",
        "Every gradient enters the sum with 1 and the average with 1 − beta.",
        "The sum is 1/(1 − beta) times the average, so its rate must be smaller by that factor.",
    ),
    solution='"(1 - beta)*lr"',
    because="Every gradient enters the sum whole and the average with 1 − β; the rate makes up "
    "for it.",
    truth=(1 - BETA) * LR,
    subject="The rate of the sum",
    mistakes=(
        Mistake(
            LR / (1 - BETA),
            "which of the two is larger",
            "It is the other way round: the sum is the larger one, so it needs the smaller rate. "
            "With lr = {lr} and beta = {beta} yours is {yours}, and {right} is right.",
        ),
        Mistake(
            LR,
            "a sum is larger than an average",
            "With one and the same rate the sum goes 1/(1 − beta) times as far, {more} times at "
            "{beta}. For lr = {lr} it needs {right}.",
        ),
        Mistake(
            BETA * LR,
            "the share of the newcomer",
            "beta is the share of the old; the newcomer's share is what is left. With lr = {lr} "
            "and beta = {beta} yours is {yours}, and {right} is right.",
        ),
        Mistake(
            (1 + BETA) * LR,
            "the share of the newcomer",
            "1 + beta belongs to gradients that alternate. Here each gradient's share counts, "
            "1 − beta: with lr = {lr} and beta = {beta} the rate is {right}, and yours {yours}.",
        ),
        Mistake(
            (1 - BETA),
            "a rate, not a factor",
            "That is the factor between the two rates. The question asks for the rate: multiply "
            "by lr, which gives {right} with lr = {lr} and beta = {beta}.",
        ),
        Mistake(
            (1 - BETA) ** 2 * LR,
            "the share counts once",
            "The share 1 − beta enters once. With lr = {lr} and beta = {beta} yours is {yours}, "
            "and {right} is right.",
        ),
    ),
    facts={"more": 1 / (1 - BETA)},
    **SETTINGS,
)

GAIN = FormulaExercise(
    key="gain ratio",
    question="a steady gradient moves momentum farther than one that alternates in sign. How many "
    "times, at beta = {beta}, or as a formula in beta?",
    section=GAINS,
    hints=(
        "What do the faded gradients add up to if all have one sign? And if the signs alternate?",
        "1 + β + β² + ... = 1/(1 − β), and 1 − β + β² − ... = 1/(1 + β).",
        "Divide the first by the second.",
    ),
    solution='"(1 + beta)/(1 - beta)"',
    because="Steady gradients gain 1/(1 − β), alternating ones 1/(1 + β).",
    truth=(1 + BETA) / (1 - BETA),
    subject="The ratio",
    takes_number=True,
    mistakes=(
        Mistake(
            1 / (1 - BETA),
            "a ratio of two gains",
            "That is the gain of the steady gradient, {yours} at {beta}. Divide it by the gain of "
            "the alternating one, which is 1/(1 + beta).",
        ),
        Mistake(
            1 / (1 + BETA),
            "a ratio of two gains",
            "That is the gain of the alternating gradient, {yours} at {beta}: smaller than one, "
            "and not zero. Divide the steady gain by it.",
        ),
        Mistake(
            (1 - BETA) / (1 + BETA),
            "which over which",
            "That is the ratio turned over, {yours} at {beta}. The steady gradient wins.",
        ),
        Mistake(
            1 / (1 - BETA) - 1 / (1 + BETA),
            "a ratio, not a difference",
            "That is the difference of the two gains, {yours} at {beta}. The question is how many "
            "times.",
        ),
        Mistake(
            1 / (1 - BETA**2),
            "a ratio, not a product",
            "That is the product of the two gains, {yours} at {beta}. Divide them.",
        ),
        Mistake(
            1 + BETA,
            "a ratio of two gains",
            "That compares the alternating gradient with plain gradient descent, {yours} at "
            "{beta}. The steady one gains 1/(1 − beta) on top.",
        ),
        Mistake(
            BETA / (1 - BETA),
            "the sum begins with 1",
            "You began the sum with beta. The newest gradient enters whole, so it begins with 1: "
            "at {beta} the ratio is not {yours}.",
        ),
    ),
    symbols={"beta": BETA},
    example={"beta": sp.Rational(9, 10)},
    others={"beta": (0.6, 0.7, 0.8, 0.95)},
)

UNROLLED = FormulaExercise(
    key="unrolled",
    question="v <- beta v − lr g from v = 0. With which factor does the first gradient g1 enter "
    "v3?",
    section=UNROLL,
    hints=(
        "How often has g1 been faded by the time v3 is made?",
        "g1 enters v1 with −lr; each later step multiplies it by beta.",
        "From v1 to v3 there are two steps.",
    ),
    solution='"-lr*beta**2"',
    because="g1 enters with −lr and is faded twice on the way to v3.",
    truth=-LR * BETA**2,
    subject="The factor",
    mistakes=(
        Mistake(
            -LR * BETA**3,
            "the newest gradient is not faded",
            "You fade once too often: g1 enters v1 with −lr, not with −lr beta. With lr = {lr} and "
            "beta = {beta} the factor is {right}, and yours {yours}.",
        ),
        Mistake(
            -LR * BETA,
            "one fading per step",
            "That is the factor of g2, or of g1 in v2. From v1 to v3 there are two steps: {right} "
            "with lr = {lr} and beta = {beta}.",
        ),
        Mistake(
            LR * BETA**2,
            "the sign of the step",
            "The size is right. The velocity goes against the gradient, so the factor is negative: "
            "{right} with lr = {lr} and beta = {beta}.",
        ),
        Mistake(
            -LR * (1 - BETA) * BETA**2,
            "a sum, not an average",
            "The factor 1 − beta belongs to the average. In the sum g1 enters whole: {right} with "
            "lr = {lr} and beta = {beta}, and yours is {yours}.",
        ),
        Mistake(
            -(BETA**2),
            "the learning rate",
            "The fading is right; the learning rate is missing. With lr = {lr} and beta = {beta} "
            "the factor is {right}, and yours {yours}.",
        ),
        Mistake(
            BETA**2,
            "the learning rate and the sign",
            "The fading is right; −lr is missing. With lr = {lr} and beta = {beta} the factor is "
            "{right}.",
        ),
        Mistake(
            -LR,
            "old velocity fades",
            "That is how g1 enters v1. On the way to v3 it is faded twice: {right} with lr = {lr} "
            "and beta = {beta}.",
        ),
        Mistake(
            -LR * (1 + BETA + BETA**2),
            "one gradient of three",
            "That is what three equal gradients add up to. The question is about g1 alone: {right} "
            "with lr = {lr} and beta = {beta}.",
        ),
        Mistake(
            -(LR**3) * BETA**2,
            "the learning rate counts once",
            "lr multiplies a gradient once, when it enters. Only beta acts again at each step: "
            "{right} with lr = {lr} and beta = {beta}.",
        ),
    ),
    **SETTINGS,
)


def below(case):
    """Settings with which momentum is in time."""
    kappa, lr, beta, plain = case
    return TuningExercise(
        key="below 1e-6 within 100 steps",
        question=f"find lr and beta with which momentum brings the loss on ravine({kappa}) from "
        "(2, −10) below 1e-6 in at most 100 steps.",
        surface=partial(ravine, kappa),
        rule=MOMENTUM,
        target=1e-6,
        bar=100,
        grid={"lr": (0.5 / kappa, 5 / kappa, 91), "beta": (0.4, 0.9, 101)},
        section=PLAY,
        hints=(
            "Watch w1 and w2 apart: which of them is late, and does it creep or swing?",
            "If both swing slowly, beta is too large: it then shrinks by sqrt(beta) a step at "
            "best.",
            "Try beta near 0.7 and a rate that plain gradient descent would not survive, above "
            f"{number(2 / kappa, 2)}.",
        ),
        solution=f'{{"lr": {lr}, "beta": {beta}}}',
        because=f"Gradient descent needs more than {plain} steps here at any constant rate.",
    )


BELOW = seeded(
    below,
    case=(
        (100, 0.033, 0.67, 400),
        (81, 0.037, 0.7, 350),
        (121, 0.0248, 0.74, 500),
        (144, 0.0208, 0.74, 600),
    ),
)

ZEROING = ChoiceExercise(
    key="zeroing out",
    question="an article says that momentum zeroes out the component along w1. What is true?",
    section=ARTICLE,
    options={
        "a": "right: plus and minus cancel",
        "b": "reduced, not zeroed: a gradient that alternates still keeps 1/(1 + β) of a plain "
        "step",
        "c": "wrong: momentum makes the component along w1 larger",
        "d": "zeroed only after about 1/(1 − β) steps",
    },
    truth="b",
    reasons={
        "a": "They would cancel if all counted alike. The newest gradient counts 1 and the one "
        "before it β, so 1 − β + β² − ... = 1/(1 + β) is left: 0.53 at β = 0.9.",
        "b": "1 − β + β² − ... = 1/(1 + β), which is 0.53 at β = 0.9 and never below one half.",
        "c": "For a gradient that alternates it is smaller, 1/(1 + β) of a plain step. A direction "
        "whose gradient stops alternating may swing by itself, and that is another story.",
        "d": "Waiting does not help: after any number of steps the newest gradient counts most. "
        "What is left tends to 1/(1 + β), 0.53 at β = 0.9.",
    },
    hints=(
        "Do the newest and the one before it count alike?",
        "Add up 1 − β + β² − β³ + ...",
        "The sum is 1/(1 + β).",
    ),
    solution='"b"',
)

ANNEALING = ChoiceExercise(
    key="simulated annealing",
    question="an article advises simulated annealing against overshooting. What is meant, and what "
    "is the right word?",
    section=ARTICLE,
    options={
        "a": "right: simulated annealing lowers the learning rate step by step",
        "b": "raising β slowly, which is what simulated annealing does",
        "c": "momentum itself, which is a kind of simulated annealing",
        "d": "annealing, or decay, of the learning rate: simulated annealing is a random search",
    },
    truth="d",
    reasons={
        "a": "Lowering the rate is called decay or annealing. *Simulated* annealing proposes "
        "random moves and accepts an uphill one with probability exp(−ΔE/T); decay never climbs "
        "on purpose.",
        "b": "A schedule for β is a schedule. Simulated annealing is a random search that accepts "
        "some moves uphill, ever fewer as its temperature falls.",
        "c": "Momentum follows gradients and has no chance in it. Simulated annealing proposes "
        "random moves and accepts some that go uphill.",
        "d": "Simulated annealing accepts uphill moves at random, with probability exp(−ΔE/T). A "
        "rate that decays only makes the steps shorter.",
    },
    hints=(
        "What is random in simulated annealing?",
        "It accepts moves uphill with a probability that falls with its temperature.",
        "A shorter step is not a random one.",
    ),
    solution='"d"',
)

EXPONENTIAL = ChoiceExercise(
    key="exponential average",
    question="an article calls the v of momentum, v <- βv + ηg, an exponential average of gradient "
    "steps. What is true?",
    section=ARTICLE,
    options={
        "a": "right: old steps count less and less",
        "b": "an average over the last 1/(1 − β) steps, each counting alike",
        "c": "a sum that fades: its weights add up to 1/(1 − β), not to 1",
        "d": "an average, but only while β stays constant",
    },
    truth="c",
    reasons={
        "a": "Old steps do fade. An average also needs weights that add up to 1, and here 1 + β + "
        "β² + ... = 1/(1 − β), which is 10 at β = 0.9: turning on momentum makes long-run steps "
        "ten times as long.",
        "b": "The steps do not count alike: they count 1, β, β², ... And these add up to 1/(1 − "
        "β), which makes a sum.",
        "c": "1 + β + β² + ... = 1/(1 − β). With the factor 1 − β in front it would be an average; "
        "the rate must then be converted.",
        "d": "Constant or not, the newest step enters whole, and the weights add up to more than "
        "1: to 1/(1 − β) in the long run.",
    },
    hints=(
        "What must the weights of an average add up to?",
        "The weights here are 1, β, β², ...",
        "1 + β + β² + ... = 1/(1 − β)",
    ),
    solution='"c"',
)


def start(beta):
    """An average that was begun with the wrong sign."""
    half = math.log(0.5) / math.log(beta)
    uphill = math.ceil(half)
    return NumberExercise(
        key="printed start",
        question="Machine Learning Refined, appendix A.2, begins with d0 = +g and goes on with "
        f"d <- βd − (1 − β)g; each step is w <- w + η d. On a steady slope g = 1, β = {beta}: how "
        "many steps go uphill, the first one counted?",
        section=CONVENTIONS,
        hints=(
            "Which sign must d have for a step downhill, and which has d0?",
            "With g = 1 it is d = β^k − (1 − β^k) after k more steps.",
            "Count the k = 0, 1, 2, ... with 2β^k above 1.",
        ),
        solution=f"{uphill}",
        because=f"d = 2β^k − 1 stays above zero until β^k is below one half, k = {half:.3g}. With "
        "d0 = −g, or with 0 as in the book's own code, every step leads down.",
        truth=float(uphill),
        subject="The number of uphill steps",
        mistakes=(
            Mistake(
                0,
                "downhill is minus",
                "The first step is w + η g, along the gradient, and that leads up.",
            ),
            Mistake(
                1,
                "memory keeps the start",
                "The second d is β − (1 − β), which is still positive at this β. The wrong start "
                "is remembered until half of its weight has faded.",
            ),
            Mistake(
                uphill - 1,
                "the first step counts",
                "The first step, with d0 itself, goes uphill too: k begins at 0.",
            ),
            Mistake(
                half,
                "whole steps",
                "That is where d crosses zero. Count the steps before it, k = 0, 1, 2, ...",
            ),
            Mistake(
                1 / (1 - beta),
                "the half-life, not the window",
                "That is the window 1/(1 − β). d turns where half of the weight has faded, "
                "earlier.",
            ),
        ),
    )


START = seeded(start, beta=(0.9, 0.8, 0.85, 0.95))

DISCUSSION = DiscussionExercise(
    key="fair comparison",
    question="somebody compares gradient descent with momentum, both with lr = 0.01, and finds "
    "momentum ten times as fast. What would you ask?",
    section=GAINS,
    hints=(
        "How long is a step of momentum in the long run, when the gradient hardly changes?",
        "With β = 0.9 a steady gradient moves momentum by 10 lr a step.",
        "What would gradient descent do with lr = 0.1, if it is stable there?",
    ),
    solution=(
        '"""Ask for gradient descent with lr = 0.01/(1 − β) = 0.1: along directions of small\n'
        "curvature momentum is gradient descent with that rate, so much of the gain is the rate.\n"
        "What is momentum's own: it stays stable up to 2(1 + β)/λ₁, where gradient descent stops "
        "at\n2/λ₁, and at its best needs about sqrt(κ) steps where gradient descent needs κ.\n"
        "A fair race tunes both, each on its own grid of rates, shows several seeds with their\n"
        'spread, and says how much tuning each one got."""'
    ),
    because="An outline for the teacher; equal effective rates and tuning of both are the core.",
)

EXERCISES = (
    SUM,
    AVERAGE,
    CONVERT,
    GAIN,
    UNROLLED,
    BELOW,
    ZEROING,
    ANNEALING,
    EXPONENTIAL,
    START,
    DISCUSSION,
)
