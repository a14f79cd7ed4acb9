"""Exercises of lesson 10, When Adam fails."""

import sympy as sp

from ...optimizers import ADAM, AMSGRAD
from ...surfaces import ravine
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..tuning import TuningExercise
from .counterexample import CounterexampleExercise

LESSON = "10_when_adam_fails"
VOTES = Section(LESSON, "Derive: votes against weights")
PERIOD = Section(LESSON, "Derive: the memory of a period")
KERNEL = Section(LESSON, "Implement: your turn")
TWO = Section(LESSON, "Prove: one name, two rules")
PRICE = Section(LESSON, "Measure: what never forgetting costs")
SPURIOUS = Section(LESSON, "Derive: features that occur once")
BURST = Section(LESSON, "Derive: when a quiet run bursts")
PRINT = Section(LESSON, "Errors in print")
ARTICLE = Section(LESSON, "Test the article")

C, N, B1, B2 = sp.symbols("C n beta1 beta2", positive=True)

AMSGRAD_KERNEL = KernelExercise(
    key="AMSGrad",
    question="fill in `my_amsgrad` and run the cell again.",
    rule=AMSGRAD,
    plan={
        "lr": (0.1, 0.03, 0.2, 0.05),
        "beta1": (0.6, 0.8, 0.3, 0.7),
        "beta2": (0.7, 0.9, 0.5, 0.8),
        "eps": (0.3, 1.5, 0.6, 2.0),
        "t": (1, 2, 3, 4),
    },
    section=KERNEL,
    sections={
        "raw or corrected in the maximum": TWO,
        "top never falls": VOTES,
        "every weight has its own": VOTES,
    },
    hints=(
        "Which of Adam's numbers must not fall, and which array remembers how large it was?",
        "m and s as in Adam; top takes the larger of itself and s, weight by weight.",
        "`np.maximum(top, s, out=top)`, then divide by the root of top / (1 - beta2**t).",
    ),
    solution=(
        "def my_amsgrad(w, g, m, s, top, *, lr, beta1, beta2, eps, t):\n"
        "    m *= beta1\n"
        "    m += (1 - beta1) * g\n"
        "    s *= beta2\n"
        "    s += (1 - beta2) * g**2\n"
        "    np.maximum(top, s, out=top)\n"
        "    m_hat = m / (1 - beta1**t)\n"
        "    top_hat = top / (1 - beta2**t)\n"
        "    w -= lr * m_hat / (np.sqrt(top_hat) + eps)"
    ),
    because="s may fall as before; what divides may not.",
)

LOUD = FormulaExercise(
    key="memory after the loud slope",
    question="slopes C, then n − 1 times −1, again and again. What does the average of squares s "
    "read after the loud slope in the long run? Write it with C, n and beta2.",
    section=PERIOD,
    hints=(
        "What would s read if all squares were 1, and what does a loud one add to that?",
        "s = 1 + (C² − 1) times the weight of all loud slopes, the newest and those n, 2n, ... "
        "steps back.",
        "Their weights are (1 − beta2)(1 + beta2^n + beta2^(2n) + ...).",
    ),
    solution='"1 + (C^2 - 1)*(1 - beta2)/(1 - beta2^n)"',
    because="Every square is 1, and a loud one C² − 1 more; the loud weights are a geometric sum.",
    truth=1 + (C**2 - 1) * (1 - B2) / (1 - B2**N),
    symbols={"C": C, "n": N, "beta2": B2},
    example={"C": 3, "n": 3, "beta2": sp.Rational(1, 10)},
    subject="s",
    mistakes=(
        Mistake(
            1 + (C**2 - 1) * (1 - B2),
            "the earlier loud ones, too",
            "You count the newest loud slope alone. Those n, 2n, ... steps back still have weight: "
            "with C = 3, n = 3 and beta2 = 0.1 it is {right}, and yours {yours}.",
        ),
        Mistake(
            C**2 * (1 - B2) / (1 - B2**N),
            "the quiet ones, too",
            "The quiet slopes are missing. Start from 1, their square: {right} with C = 3, n = 3 "
            "and beta2 = 0.1, and yours is {yours}.",
        ),
        Mistake(
            (C**2 + N - 1) / N,
            "a plain mean",
            "That is the plain mean of a period, to which s comes as beta2 goes to 1. With beta2 "
            "= 0.1 and C = n = 3 it is {right} after the loud slope, and yours is {yours}.",
        ),
        Mistake(
            1 + C**2 * (1 - B2) / (1 - B2**N),
            "how much more",
            "A loud square is larger by C² − 1, not by C²: the 1 is counted already. With C = 3, "
            "n = 3 and beta2 = 0.1 it is {right}, and yours {yours}.",
        ),
        Mistake(
            1 + (C**2 - 1) * (1 - B2) * B2 ** (N - 1) / (1 - B2**N),
            "before or after",
            "That is s before the loud slope comes, n − 1 steps after the last one. After it the "
            "newest weight has not faded: {right} with C = 3, n = 3 and beta2 = 0.1.",
        ),
    ),
)

SIGN = FormulaExercise(
    key="the sign solution",
    question="in Wilson's data let a positive sample have n features of its own and a negative one "
    "n + 4. AdaGrad and Adam end with weights of one size. Which? Write it with n.",
    section=SPURIOUS,
    hints=(
        "Which signs have the weights, and what do they add up to for a positive sample?",
        "All that a positive sample has counts +1: the telling feature, two constant ones, and n.",
        "The score must be 1: (3 + n) times the size.",
    ),
    solution='"1/(3 + n)"',
    because="3 + n weights of one size add up to the label, 1; a negative sample has 1 − 2 + n + 4 "
    "of them against it, which is as many.",
    truth=1 / (3 + N),
    symbols={"n": N},
    example={"n": 1},
    subject="The size",
    mistakes=(
        Mistake(
            1 / N,
            "the common features count",
            "You count a sample's own features alone. The telling one and two constant ones add "
            "three more: {right} for n = 1.",
        ),
        Mistake(
            1 / (1 + N),
            "the constant features count",
            "The two constant features are left out. They help a positive sample: {right} for "
            "n = 1, and yours is {yours}.",
        ),
        Mistake(
            1 / (7 + N),
            "the signs count",
            "A negative sample has n + 7 features, and two of them pull the wrong way: 1 + n + 4 − "
            "2. That is {right} for n = 1, and yours is {yours}.",
        ),
        Mistake(
            1 / (5 + N),
            "the signs count",
            "For a negative sample the constant features pull the wrong way, and for a positive "
            "one there are 3 + n in all: {right} for n = 1, and yours is {yours}.",
        ),
        Mistake(
            1 / (2 + N),
            "three are shared",
            "Three features are shared: the telling one and two constant ones. That makes {right} "
            "for n = 1, and yours is {yours}.",
        ),
    ),
)

BURSTS = NumberExercise(
    key="the step of the burst",
    question="Adam, lr = 0.02, beta2 = 0.999, on x²/2. The gradients are gone, and s fades as "
    "0.16 · 0.999^t. At which step does lr/sqrt(s) pass Adam's limit, 38?",
    section=BURST,
    hints=(
        "How small must s be for lr/sqrt(s) to be 38?",
        "s = (0.02/38)², and s = 0.16 · 0.999^t.",
        "t = ln((0.02/38)²/0.16)/ln 0.999",
    ),
    solution='"log((0.02/38)**2/0.16)/log(0.999)"',
    because="A memory that nobody feeds halves every 693 steps; from 0.16 to (lr/38)² it takes "
    "more than thirteen thousand.",
    truth=13260.0,
    subject="The step",
    mistakes=(
        Mistake(
            6630.0,
            "the root fades half as quickly",
            "You let the root of s fade by 0.999 a step. It is s that does; its root takes twice "
            "as long.",
        ),
        Mistake(
            5988.5,
            "the limit belongs to the rate",
            "You let sqrt(s) fall to lr. It must fall to lr/38, the limit.",
        ),
        Mistake(
            5714.2,
            "the square of the rate",
            "You let s fall to lr/38. lr/sqrt(s) = 38 asks for the square of that.",
        ),
    ),
)


def course_ravine():
    """The ravine of the tuning target, with a condition number of 25."""
    return ravine(25.0)


TUNING = TuningExercise(
    key="AMSGrad below 1e-3",
    question="find settings with which AMSGrad brings the loss on ravine(25) from (2, −10) below "
    "1e-3 for good in at most 15 steps; the best Adam that we know takes 16.",
    surface=course_ravine,
    rule=AMSGRAD,
    target=1e-3,
    bar=15,
    for_good=True,
    grid={
        "lr": (1.0, 8.0, 29),
        "beta1": (0.1, 0.6, 6),
        "beta2": (0.5, 0.999, 2),
        "eps": (1e-8, 1.0, 2),
    },
    section=PRICE,
    hints=(
        "If the divisor stands still after the first steps, which rule is AMSGrad then?",
        "It is momentum with a rate of its own for each weight, and w2 starts at −10: let the rate "
        "be some units long.",
        "With beta2 = 0.5 the correction fades at once. Try beta1 near 0.3 and lr near 2.5.",
    ),
    solution='{"lr": 2.5, "beta1": 0.3, "beta2": 0.5, "eps": 1e-8}',
    because="The divisor stays near the first gradient of each weight, so the ravine is round, "
    "once and for all. On axes that fit and without noise that is a gift.",
)

INVENT = CounterexampleExercise(
    key="invent a failure",
    question="invent slopes, a list that is repeated or a function of t, with which Adam with "
    "beta1 = 0.9 and beta2 = 0.99 goes to the wrong end of −1 <= x <= 1.",
    section=VOTES,
    rule=ADAM,
    settings={"beta1": 0.9, "beta2": 0.99, "eps": 1e-8},
    cure=AMSGRAD,
    hints=(
        "Where do the loud and the quiet slopes have to point, and which of the two must be many?",
        "s remembers about 1/(1 − beta2) = 100 steps. How far apart do the loud slopes have to be?",
        "One slope of 210 and then 200 of −1: `[210] + 200 * [-1]`.",
    ),
    solution="[210] + 200 * [-1]",
    because="The loud slope divides itself by its own size, and is forgotten before the quiet ones "
    "are through.",
)

CONVERGES = ChoiceExercise(
    key="where Adam converges",
    question="which sentence is true?",
    section=VOTES,
    options={
        "a": "Adam converges wherever gradient descent does, only faster",
        "b": "for every beta2 below 1 there are convex losses on which Adam goes to the worst "
        "point",
        "c": "with its default settings Adam converges on every convex loss",
        "d": "Adam fails on convex losses only if its learning rate does not fall",
    },
    truth="b",
    reasons={
        "a": "On the slopes 3, −1, −1 gradient descent goes to −1 and Adam, with a short memory of "
        "squares, to +1.",
        "b": "The loss is chosen after beta2: the loud slopes come more rarely than the memory "
        "lasts. For one given loss a beta2 near enough to 1 helps.",
        "c": "0.999 remembers about a thousand steps. Let the loud slopes come every few thousand, "
        "and it fails as well.",
        "d": "In Reddi's example the rate falls as 1/√t. The direction is wrong, not the length.",
    },
    hints=(
        "Who chooses last, you your beta2 or the adversary the loss?",
        "Let the loud slope come more rarely than s remembers.",
        "Reddi, Kale and Kumar, theorems 1 and 2.",
    ),
    solution='"b"',
)

TWINS = ChoiceExercise(
    key="two rules of one name",
    question="PyTorch's AMSGrad keeps the largest raw s and corrects it, optax's keeps the largest "
    "corrected s. After a large first gradient and small ones, whose steps are longer?",
    section=TWO,
    options={
        "a": "optax's: its maximum is taken of larger numbers",
        "b": "they are equal: the correction fades",
        "c": "PyTorch's: top / (1 − beta2^t) falls while the correction fades",
        "d": "neither rule moves after a large gradient",
    },
    truth="c",
    reasons={
        "a": "A larger maximum divides, so its steps are shorter.",
        "b": "They become equal only if some later s is the largest. If the first gradient stays "
        "the largest, optax divides by its size for ever and PyTorch, in the "
        "end, by 0.032 times its size.",
        "c": "After the first gradient g, top is (1 − beta2) g². Its correction begins at g² and "
        "ends at (1 − beta2) g², and sqrt(1000) is 31.6 at beta2 = 0.999.",
        "d": "Both move, at rates that differ.",
    },
    hints=(
        "What do both divisors read after the first step, and what after ten thousand?",
        "At first both read g². In the end PyTorch's reads (1 − beta2) g².",
        "A smaller divisor makes longer steps.",
    ),
    solution='"c"',
)

ADAMAX = FormulaExercise(
    key="the bound of Adamax",
    question="Kingma and Ba print that a step of Adamax is never longer than lr. What is the "
    "supremum of |m|/u in the long run, with eps = 0 and beta1 below beta2? Write it with beta1 "
    "and beta2.",
    section=PRINT,
    hints=(
        "How large may a gradient k steps back be, if u is 1 now?",
        "beta2^k |g| is at most u, so |g| is at most u/beta2^k: gradients that have been falling.",
        "(1 − beta1) times the sum of (beta1/beta2)^k",
    ),
    solution='"(1 - beta1)/(1 - beta1/beta2)"',
    because="Gradients that fall by beta2 a step reach it: 1.009 at 0.9 and 0.999.",
    truth=(1 - B1) / (1 - B1 / B2),
    symbols={"beta1": B1, "beta2": B2},
    example={"beta1": sp.Rational(9, 10), "beta2": sp.Rational(999, 1000)},
    subject="The supremum",
    mistakes=(
        Mistake(
            sp.Integer(1),
            "what is printed",
            "That is the printed bound. Gradients that fall by beta2 a step reach {right} with "
            "0.9 and 0.999.",
        ),
        Mistake(
            1 / (1 - B1 / B2),
            "shares that add up to one",
            "The factor 1 − beta1 of m is missing: {right} with 0.9 and 0.999, and yours is "
            "{yours}.",
        ),
        Mistake(
            (1 - B1) / (1 - B1 * B2),
            "which way they change",
            "You let gradients grow. Older gradients may be larger than the newest, since u fades: "
            "{right} with 0.9 and 0.999, and yours is {yours}.",
        ),
        Mistake(
            (1 - B1) / sp.sqrt((1 - B2) * (1 - B1**2 / B2)),
            "a maximum, not a root",
            "That is Adam's supremum. Adamax divides by a maximum: {right} with 0.9 and 0.999.",
        ),
    ),
)

GENERALISE = ChoiceExercise(
    key="generalise worse",
    question="Wilson and others show a data set on which adaptive rules fit every sample and "
    "misjudge every new negative. What follows?",
    section=ARTICLE,
    options={
        "a": "adaptive rules generalise worse than gradient descent",
        "b": "a rule can change which of many perfect fits is found, and here that decides; how "
        "often it decides on real data has to be measured",
        "c": "nothing: the data set was made up",
        "d": "the adaptive rules were not trained to the end",
    },
    truth="b",
    reasons={
        "a": "On this data. On others gradient descent is misled, or both are right; with rules "
        "tuned alike Choi and others (2019) find no such order.",
        "b": "The two solutions fit the samples equally well. Gradient descent takes the shortest, "
        "adaptive rules one with weights of equal size.",
        "c": "It refutes a sentence: that a perfect fit decides how new samples are judged, "
        "whatever the rule.",
        "d": "They fit all samples exactly. More steps change nothing.",
    },
    hints=(
        "What may one example prove, and what may it not?",
        "It can refute a general sentence. It cannot prove one.",
        "How often it matters is a question for measurements.",
    ),
    solution='"b"',
)

DISCUSSION = DiscussionExercise(
    key="provably bad and widely used",
    question="Adam's first proof of convergence was wrong, and there are convex losses on which it "
    "goes to the worst point. Why is it used all the same, and would you switch to AMSGrad?",
    section=PRICE,
    hints=(
        "Who chooses the loss: an adversary, or your data?",
        "Loud gradients that are rare, right, and outvoted: where could that happen in practice?",
        "What did AMSGrad change on the digits, and what does it cost in memory?",
    ),
    solution=(
        '"""A counter-example says what cannot be proved, not what happens on your data. Reddi\'s\n'
        "needs rare loud gradients that outweigh the many; with beta2 = 0.999 and mixed batches\n"
        "such rarity is unusual, but rare classes, rare words and rewards that come seldom are\n"
        "candidates. Theory has moved: for a given problem a beta2 close enough to 1 makes Adam\n"
        "converge (Zhang and others, 2022). AMSGrad costs a third array, and one gradient that is\n"
        "wrong and huge slows it for ever. On digits six seeds could not tell the two apart. So:\n"
        'keep Adam, watch rare and loud gradients, raise beta2 or clip before changing the rule."""'
    ),
    because="An outline for the teacher: what a counter-example proves, and where it could bite.",
)

EXERCISES = (
    AMSGRAD_KERNEL,
    LOUD,
    SIGN,
    BURSTS,
    TUNING,
    INVENT,
    CONVERGES,
    TWINS,
    ADAMAX,
    GENERALISE,
    DISCUSSION,
)
