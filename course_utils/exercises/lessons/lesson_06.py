"""Exercises of lesson 06, RMSProp."""

import math
from functools import partial

import sympy as sp

from ...optimizers import ADAGRAD, RMSPROP, RMSPROP_INSIDE, SIGN_DESCENT
from ...surfaces import ravine
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise

LESSON = "06_rmsprop"
SIGN = Section(LESSON, "Derive: trust only the sign")
RULE = Section(LESSON, "Derive: the recent size")
START = Section(LESSON, "Derive: how long is a step?")
LARGE = Section(LESSON, "Measure: which weight has the large average?")
BOTTOM = Section(LESSON, "Derive: what happens at the bottom")
EVER = Section(LESSON, "Derive: the rule that does anneal")
EPS = Section(LESSON, "Derive: what ε does")
UNITS = Section(LESSON, "Derive: other units")
PRINT = Section(LESSON, "Errors in print")
DIGITS = Section(LESSON, "Measure: does it need no learning rate?")

LR, RHO, L1, T = sp.symbols("lr rho lambda1 t", positive=True)
RATES = (0.5, 0.2, 0.8, 0.3)
SHARES = (0.6, 0.8, 0.3, 0.7)
GUARDS = (0.3, 0.1, 0.5, 0.2)
IDEAS = {"where eps sits": EPS, "a guard against 0/0": EPS}

SIGNS = KernelExercise(
    key="sign descent",
    question="fill in `my_sign_descent` and run the cell again.",
    rule=SIGN_DESCENT,
    plan={"lr": RATES},
    section=SIGN,
    hints=(
        "How long is the step of a weight with a small slope, compared with a large one?",
        "`np.sign(g)` is −1, 0 or 1 for each weight.",
        "`w -= lr * ...`",
    ),
    solution="def my_sign_descent(w, g, *, lr):\n    w -= lr * np.sign(g)",
    because="Every weight moves by lr, whatever the size of its slope.",
)

SUMMED = KernelExercise(
    key="AdaGrad",
    question="fill in `my_adagrad` and run the cell again.",
    rule=ADAGRAD,
    plan={"lr": RATES, "eps": GUARDS},
    section=EVER,
    sections=IDEAS,
    hints=(
        "What is added to s at each step, so that nothing in it ever cancels?",
        "First `s += ...`, in place; then divide the gradient by the root of s plus eps.",
        "`w -= lr * g / (np.sqrt(s) + eps)` is the second line.",
    ),
    solution=(
        "def my_adagrad(w, g, s, *, lr, eps):\n    s += g**2\n    w -= lr * g / (np.sqrt(s) + eps)"
    ),
    because="The sum of squares only grows, so on a steady slope the steps only shrink.",
)

AVERAGED = KernelExercise(
    key="RMSProp",
    question="fill in `my_rmsprop`, with eps outside the root, and run the cell again.",
    rule=RMSPROP,
    plan={"lr": RATES, "rho": SHARES, "eps": GUARDS},
    section=RULE,
    sections={**IDEAS, "old squares fade": EVER},
    hints=(
        "Which two shares are there in an average, and what is averaged here?",
        "Three lines: fade the old s, let the new square in, move w by the divided gradient.",
        "Begin with `s *= rho`, then `s += (1 - rho) * g**2`.",
    ),
    solution=(
        "def my_rmsprop(w, g, s, *, lr, rho, eps):\n"
        "    s *= rho\n"
        "    s += (1 - rho) * g**2\n"
        "    w -= lr * g / (np.sqrt(s) + eps)"
    ),
    because="The root of the average square is the recent size of the gradient, in its own units.",
)

UNDER = KernelExercise(
    key="RMSProp, eps inside",
    question="change your `my_rmsprop` so that eps sits inside the root, call it "
    "`my_rmsprop_inside`, and hand it in.",
    rule=RMSPROP_INSIDE,
    plan={"lr": RATES, "rho": SHARES, "eps": GUARDS},
    section=EPS,
    sections={"old squares fade": EVER},
    hints=(
        "Which unit has s, and so which unit has an eps that is added to it?",
        "Only the last line changes: the divisor is one root.",
        "`np.sqrt(s + eps)`",
    ),
    solution=(
        "def my_rmsprop_inside(w, g, s, *, lr, rho, eps):\n"
        "    s *= rho\n"
        "    s += (1 - rho) * g**2\n"
        "    w -= lr * g / np.sqrt(s + eps)"
    ),
    because="Under the root eps is in units of the gradient squared: 1e-8 there acts like 1e-4 "
    "outside.",
)

FIRST = FormulaExercise(
    key="RMSProp's first step",
    question="s starts at zero and eps is 0. How long is the first step of RMSProp? Write it with "
    "lr and rho.",
    section=START,
    hints=(
        "What is s after the first gradient g?",
        "s = (1 − rho) g²; divide g by its root.",
        "g/(sqrt(1 − rho) |g|) has the size 1/sqrt(1 − rho).",
    ),
    solution='"lr/sqrt(1 - rho)"',
    because="The first average holds a share 1 − ρ of the first square, so the divisor is too "
    "small by its root.",
    truth=LR / sp.sqrt(1 - RHO),
    subject="The first step",
    symbols={"lr": LR, "rho": RHO},
    example={"lr": sp.Rational(1, 10), "rho": sp.Rational(9, 10)},
    others={"lr": (0.05, 0.2), "rho": (0.6, 0.8, 0.95, 0.99)},
    mistakes=(
        Mistake(
            LR,
            "the average starts at zero",
            "That is where a steady gradient leads in the end. At first s holds only a share "
            "1 − rho of the square: with lr = {lr} and rho = {rho} the step is {right}.",
        ),
        Mistake(
            LR / (1 - RHO),
            "the root of the average",
            "The divisor is the root of s. With lr = {lr} and rho = {rho} the step is {right}, and "
            "yours is {yours}.",
        ),
        Mistake(
            LR * sp.sqrt(1 - RHO),
            "divide by the root",
            "You multiply by the root. A divisor that is too small makes a step too long: {right} "
            "with lr = {lr} and rho = {rho}.",
        ),
        Mistake(
            LR / sp.sqrt(RHO),
            "which share is which",
            "Rho is the share of the old average, which is zero. The new square gets 1 − rho: "
            "{right} with lr = {lr} and rho = {rho}, and yours is {yours}.",
        ),
        Mistake(
            (1 - RHO) * LR,
            "divide by the root",
            "That is the first step of averaged momentum. Here s goes below the line, under a "
            "root: {right} with lr = {lr} and rho = {rho}.",
        ),
        Mistake(
            1 / sp.sqrt(1 - RHO),
            "the learning rate",
            "That is the step in units of lr. Multiply by lr, which gives {right} with lr = {lr} "
            "and rho = {rho}.",
        ),
    ),
)

SHRINKS = FormulaExercise(
    key="AdaGrad's step",
    question="the gradient is the same at every step and eps is 0. How long is step number t of "
    "AdaGrad? Write it with lr and t.",
    section=EVER,
    hints=(
        "What is s after t equal gradients?",
        "s = t g²; divide g by its root.",
        "g/(sqrt(t) |g|) has the size 1/sqrt(t).",
    ),
    solution='"lr/sqrt(t)"',
    because="After t equal squares the divisor is √t times the gradient.",
    truth=LR / sp.sqrt(T),
    subject="Step number t",
    symbols={"lr": LR, "t": T},
    example={"lr": sp.Rational(1, 10), "t": 25},
    others={"lr": (0.05, 0.2), "t": (16, 36, 49, 64)},
    mistakes=(
        Mistake(
            LR / T,
            "the root of the sum",
            "The divisor is the root of s. With lr = {lr} step {t} is {right} long, and yours is "
            "{yours}.",
        ),
        Mistake(
            LR,
            "the sum only grows",
            "That is the first step, and the step of RMSProp in the end. AdaGrad's sum grows: with "
            "lr = {lr} step {t} is {right} long.",
        ),
        Mistake(
            2 * LR * sp.sqrt(T),
            "one step, not all of them",
            "That is about how far all t steps lead together. Step {t} alone is {right} long with "
            "lr = {lr}.",
        ),
        Mistake(
            LR * sp.sqrt(T),
            "divide by the root",
            "You multiply by the root, so that the steps grow. With lr = {lr} step {t} is {right} "
            "long.",
        ),
        Mistake(
            1 / sp.sqrt(T),
            "the learning rate",
            "That is the step in units of lr. Multiply by lr, which gives {right} at t = {t} with "
            "lr = {lr}.",
        ),
    ),
)

FLOOR = FormulaExercise(
    key="the floor",
    question="eps is 0. Which loss does RMSProp come back to for ever in a direction of curvature "
    "lambda1? Write it with lr and lambda1.",
    section=BOTTOM,
    hints=(
        "How far from the minimum does it jump from side to side?",
        "The steps are lr long, from one side to the other, so it stands lr/2 away.",
        "The loss there is lambda1 (lr/2)²/2.",
    ),
    solution='"lambda1*lr^2/8"',
    because="It stands η/2 from the minimum on either side, where the loss is λ(η/2)²/2.",
    truth=L1 * LR**2 / 8,
    subject="The floor",
    symbols={"lr": LR, "lambda1": L1},
    example={"lr": sp.Rational(1, 5), "lambda1": 25},
    others={"lr": (0.1, 0.3, 0.4), "lambda1": (16, 20, 40)},
    mistakes=(
        Mistake(
            L1 * LR**2 / 2,
            "half a step on either side",
            "That is the loss at a distance of lr. The step of length lr leads from one side to "
            "the other, lr/2 away: {right} with lr = {lr} and lambda1 = {lambda1}.",
        ),
        Mistake(
            L1 * LR**2 / 4,
            "the half of the loss",
            "The distance is right; the loss is half of curvature times distance squared: {right} "
            "with lr = {lr} and lambda1 = {lambda1}.",
        ),
        Mistake(
            LR**2 / 8,
            "the curvature counts",
            "The distance lr/2 does not depend on the curvature, and the loss does: {right} with "
            "lr = {lr} and lambda1 = {lambda1}.",
        ),
        Mistake(
            LR / 2,
            "a loss, not a distance",
            "That is how far it stands from the minimum. The loss there is {right} with lr = {lr} "
            "and lambda1 = {lambda1}.",
        ),
        Mistake(
            0,
            "it does not come to rest",
            "It never stands still: near the minimum gradient and divisor shrink alike, and the "
            "step stays lr long. With lr = {lr} and lambda1 = {lambda1} the floor is {right}.",
        ),
        Mistake(
            L1 * LR / 8,
            "a square of the distance",
            "The distance enters the loss squared: {right} with lr = {lr} and lambda1 = "
            "{lambda1}, and yours is {yours}.",
        ),
    ),
)

QUIET = FormulaExercise(
    key="the eps that stops it",
    question="from which eps, outside the root, does RMSProp come to rest in a direction of "
    "curvature lambda1? Write it with lr and lambda1.",
    section=EPS,
    hints=(
        "What is left of the rule very close to the minimum, where s is almost 0?",
        "Gradient descent with the rate lr/eps is left.",
        "It converges where lr lambda1/eps is below 2.",
    ),
    solution='"lr*lambda1/2"',
    because="Close to the minimum the rule is gradient descent with the rate η/ε, whose limit is "
    "2/λ.",
    truth=LR * L1 / 2,
    subject="That eps",
    symbols={"lr": LR, "lambda1": L1},
    example={"lr": sp.Rational(1, 5), "lambda1": 25},
    others={"lr": (0.1, 0.3, 0.4), "lambda1": (16, 20, 40)},
    mistakes=(
        Mistake(
            LR * L1,
            "the limit of gradient descent",
            "Gradient descent converges up to 2/lambda1, not 1/lambda1; at yours a weight lands "
            "on the minimum in one step. With lr = {lr} and lambda1 = {lambda1} {right} is enough.",
        ),
        Mistake(
            2 * LR * L1,
            "which over which",
            "The 2 belongs below: lr/eps has to be below 2/lambda1. With lr = {lr} and lambda1 = "
            "{lambda1} that is eps above {right}.",
        ),
        Mistake(
            (LR * L1 / 2) ** 2,
            "where eps sits",
            "That is the eps inside the root, in units of the gradient squared. Outside it is its "
            "root, {right} with lr = {lr} and lambda1 = {lambda1}.",
        ),
        Mistake(
            LR / 2,
            "eps has the units of a gradient",
            "That is a distance. eps is added to a gradient's size, so the curvature comes in: "
            "{right} with lr = {lr} and lambda1 = {lambda1}.",
        ),
        Mistake(
            2 / L1,
            "a rate, not an eps",
            "That is the limit of gradient descent's rate. The rate here is lr/eps: solve for eps, "
            "{right} with lr = {lr} and lambda1 = {lambda1}.",
        ),
        Mistake(
            0,
            "a guard is not a brake",
            "Any eps above 0 guards the division. To bring the weight to rest it takes {right} "
            "with lr = {lr} and lambda1 = {lambda1}.",
        ),
    ),
)


def stops(case):
    """An eps with which RMSProp comes to rest in time."""
    kappa, bar, eps = case
    # Without eps a step on a slope that gets no steeper is at most lr / sqrt(1 - rho^t) long.
    reach = sum((1 - 0.9**t) ** -0.5 for t in range(1, bar + 1))
    least = math.floor(100 * (10 - math.sqrt(2e-3)) / reach) / 100
    return TuningExercise(
        key="RMSProp below 1e-3",
        question="find lr and eps with which RMSProp with rho = 0.9, its eps outside the root, "
        f"brings the loss on ravine({kappa}) from (2, −10) below 1e-3 for good in at most {bar} "
        "steps.",
        surface=partial(ravine, kappa),
        rule=RMSPROP,
        target=1e-3,
        bar=bar,
        for_good=True,
        fixed={"rho": 0.9},
        grid={"lr": (4, 16, 49), "eps": (2 * kappa, 8 * kappa, 97)},
        section=EPS,
        hints=(
            "How far do steps of length lr have to lead, and where is the floor at such an lr?",
            f"With eps near 0 it cannot be done: ten units in {bar} steps need an lr above "
            f"{least}, and then the floor {kappa + 1} lr²/8 is above 1e-3. Which knob removes the "
            "floor?",
            f"eps above {kappa / 2:g} lr brings both weights to rest; {kappa / 2:g} lr to "
            f"{0.56 * kappa:.3g} lr is a good choice, with an lr from 0.2 to 3.",
        ),
        solution=f'{{"lr": 0.3, "eps": {eps}}}',
        because="Close to the minimum, where √s is small against ε, the rule is gradient descent "
        "with the rate η/ε, and below 2/λ₁ that comes to rest. With a large lr and eps the rule "
        "is nearly gradient descent all the way.",
    )


TUNING = seeded(stops, case=((25, 150, 4.0), (16, 120, 2.5), (20, 130, 3.2), (36, 190, 5.7)))

AVERAGE = ChoiceExercise(
    key="which average is large",
    question="an article: the gradients along w1 are larger, their squares do not cancel, so the "
    "average is large for w2. What is true on our ravine?",
    section=LARGE,
    options={
        "a": "right: it is large for w2, all the way",
        "b": "it is large for w1 while a descent zig-zags widely, as the squares of w1 are larger",
        "c": "both averages are alike, since RMSProp makes all weights alike",
        "d": "neither: plus and minus cancel along w1",
    },
    truth="b",
    reasons={
        "a": "The sentence contradicts itself: larger squares make a larger average, so it is "
        "w1's. Along w2 it can be larger for a while, when w1 has arrived and w2 is still far.",
        "b": "Larger squares make a larger average. Where w1 has come home, or nearly so, and w2 "
        "is far, it is the other way round.",
        "c": "The *steps* become alike. They do so because the averages differ as the gradients "
        "do.",
        "d": "Squares have no sign, so nothing cancels. That is why it is the squares that are "
        "averaged.",
    },
    hints=(
        "Which weight has the larger gradients in a zig-zag across the valley?",
        "Squares are positive: what is larger stays larger in the average.",
        "Print s of both weights along a zig-zag.",
    ),
    solution='"b"',
)

ANNEALS = ChoiceExercise(
    key="implicit annealing",
    question="an article: RMSProp implicitly performs simulated annealing, it shortens its steps "
    "towards the minimum. What is true at a constant lr and a tiny eps?",
    section=BOTTOM,
    options={
        "a": "right: the average grows near the minimum, so the steps shrink",
        "b": "the steps shrink like 1/√t",
        "c": "they may shrink for a while as the gradient falls; then s has forgotten, and they "
        "are lr long for ever",
        "d": "they shrink, but for another reason: the gradient goes to zero",
    },
    truth="c",
    reasons={
        "a": "Near the minimum gradients are small, so the average falls, and the same gradient "
        "is divided by less.",
        "b": "That is AdaGrad, which adds up all squares and forgets none.",
        "c": "The average lags behind a falling gradient, so steps are short for a while. In the "
        "end the weight jumps between −lr/2 and lr/2.",
        "d": "The gradient does go towards zero, and the divisor follows it: the quotient comes "
        "back to one. That is the cycle.",
    },
    hints=(
        "What happens to s when the gradients become small?",
        "Both the gradient and the root of s shrink. What about their quotient?",
        "Look at the lengths of the steps in the explorer up to step 240.",
    ),
    solution='"c"',
)

NO_RATE = ChoiceExercise(
    key="no learning rate",
    question="an article: RMSProp takes away the need to adjust the learning rate. What did we "
    "find?",
    section=DIGITS,
    options={
        "a": "right: it finds the rate by itself",
        "b": "only the first rate matters, later ones do not",
        "c": "right on networks, wrong on ravines",
        "d": "it scales the weights against each other; how long the steps are is still lr, and lr "
        "has to be tuned",
    },
    truth="d",
    reasons={
        "a": "The length of its steps *is* lr. On the digits a rate ten times smaller than the "
        "best left several times the loss.",
        "b": "lr multiplies every step. With a constant lr the last steps are as long as the "
        "middle ones, so a schedule helps when it ends.",
        "c": "On the digits the loss depended on lr about as strongly as for gradient descent.",
        "d": "What it adapts is the rate of one weight against another, and the scale of the loss. "
        "The overall length is lr.",
    },
    hints=(
        "What is the length of a step on a steady slope?",
        "It is lr, whatever the slope. Who chooses lr?",
        "Compare the losses on the digits at 0.001 and at 0.01.",
    ),
    solution='"d"',
)


def divisor(c):
    """What division by the average would make of another unit."""
    root = round(c**0.5)
    return ChoiceExercise(
        key="divided by the average",
        question="an article: we take the learning rate and divide it by the average. Multiply the "
        f"loss by {c}; what would a rule do that divides by the average of the squares?",
        section=UNITS,
        options={
            "a": f"its steps become {c} times shorter; only division by the root leaves them alone",
            "b": "nothing changes, as for RMSProp",
            "c": f"its steps become {c} times longer",
            "d": f"its steps become {root} times shorter",
        },
        truth="a",
        reasons={
            "a": f"The gradient grows by {c} and the average of squares by {c * c}. The root grows "
            f"by {c} and cancels.",
            "b": "Nothing changes if you divide by the *root*, which has the unit of the gradient. "
            "The average itself has its square.",
            "c": f"The divisor grows faster than the gradient: {c * c} times against {c}.",
            "d": f"The squares grow by {c * c}, not by {c * root}: {c} over {c * c} is 1/{c}.",
        },
        hints=(
            "By how much does the gradient grow, and by how much its square?",
            f"The gradient by {c}, the average of the squares by {c}².",
            f"{c}/{c}² = 1/{c}",
        ),
        solution='"a"',
    )


DIVISOR = seeded(divisor, c=(100, 25, 49, 400))


def term(c):
    """A printed term that has lost its square."""
    return NumberExercise(
        key="printed term",
        question="Dive into Deep Learning (section RMSProp) prints the average as (1 − γ)(g_t² + "
        f"γ g_(t−1)² + γ² g_(t−2) + ...). Multiply the loss by {c}. Every term should grow by one "
        "factor; how many times smaller is the growth of the third one, as printed?",
        section=PRINT,
        hints=(
            "By which factor does a gradient grow, and by which its square?",
            f"By {c} and by {c}².",
            f"{c}²/{c}",
        ),
        solution=f"{c}**2 / {c}",
        because=f"Squares grow by {c * c}, and a term without its square by {c}: units find a slip "
        "without any calculation. Every gradient is squared.",
        truth=float(c),
        subject="The quotient",
        mistakes=(
            Mistake(
                1,
                "a term without its square has another unit",
                "That would be so if the third term were squared like its neighbours. As printed "
                f"it grows by {c}, and they by {c}².",
            ),
            Mistake(
                c * c,
                "a quotient of two growths",
                "That is the growth of the squared terms. The third one grows too, by "
                f"{c}: divide.",
            ),
            Mistake(
                1 / c,
                "which over which",
                "Turn it over: the question is how many times *smaller* the growth is.",
            ),
            Mistake(
                c**3,
                "a quotient, not a product",
                "You multiply the two growths; divide them.",
            ),
        ),
    )


TERM = seeded(term, c=(100, 10, 20, 50))

DISCUSSION = DiscussionExercise(
    key="one rate for all",
    question="a comparison gives gradient descent, momentum and RMSProp the same learning rate, "
    "0.01, and ranks them. Why does the ranking mean little, and what would you do instead?",
    section=UNITS,
    hints=(
        "What are the units of a learning rate in gradient descent, and in RMSProp?",
        "In the first it is a weight over a gradient, so it changes with the scale of the loss.",
        "Give each rule its own best rate, found with the same effort on other seeds.",
    ),
    solution=(
        '"""Gradient descent\'s rate is a weight over a gradient: multiply the loss by 100 and\n'
        "the same number is a hundred times too large. RMSProp's rate is a length,\n"
        "and momentum's counts 1/(1 − beta) times. One number for all three compares nothing but\n"
        "luck. Tune each on a grid of the same size, on seeds that are not used afterwards, show\n"
        'the loss against the rate, and report how wide the good range is."""'
    ),
    because="An outline for the teacher: units, tuning with equal effort, fresh seeds.",
)

EXERCISES = (
    SIGNS,
    SUMMED,
    AVERAGED,
    UNDER,
    FIRST,
    SHRINKS,
    FLOOR,
    QUIET,
    TUNING,
    AVERAGE,
    ANNEALS,
    NO_RATE,
    DIVISOR,
    TERM,
    DISCUSSION,
)
