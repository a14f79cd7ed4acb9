"""Exercises of lesson 13, a fair race."""

from math import ceil, comb, log

import numpy as np
import sympy as sp

from ...optimizers import RMSPROP
from ...surfaces import ravine
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..calls import CallExercise, CallSlip
from ..feedback import Section, number
from ..formulas import FormulaExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise
from ..values import FunctionExercise
from .report import ReportExercise

LESSON = "13_a_fair_race"
UNIT = Section(LESSON, "Derive: the unit of a learning rate")
FAMILY = Section(LESSON, "Derive: one rule inside another")
BEST = Section(LESSON, "Derive: the best of k")
TURN = Section(LESSON, "Implement: your turn")
RULES = Section(LESSON, "Write the rules of the race down")
FINAL = Section(LESSON, "Measure: the final")
TEST = Section(LESSON, "Measure: the test, once")
CALLS = Section(LESSON, "Read: the same rules elsewhere")
PAPER = Section(LESSON, "Your own small paper")

LR, B1, E, A, B, K = sp.symbols("lr beta1 eps a b k", positive=True)

AS_MOMENTUM = FormulaExercise(
    key="Adam as momentum",
    question="eps is far above all gradients. Which lr must Adam have to follow, in the long run, "
    "PyTorch's momentum with rate lr (v ← beta1 v + g, w ← w − lr v)? Write it with eps, lr and "
    "beta1.",
    section=FAMILY,
    hints=(
        "By what does Adam divide its average if eps is far above sqrt(s_hat)?",
        "By eps. What is left is an average of gradients, with weights that add up to 1.",
        "PyTorch's weights add up to 1/(1 − beta1): {sum} at beta1 = {beta1}.",
    ),
    solution='"eps*lr/(1 - beta1)"',
    because="eps undoes the division, and 1/(1 − β₁) turns the average into the sum.",
    truth=E * LR / (1 - B1),
    subject="Adam's rate",
    symbols={"eps": E, "lr": LR, "beta1": B1},
    example={"eps": 100, "lr": sp.Rational(1, 10), "beta1": sp.Rational(9, 10)},
    others={"eps": (10, 1000), "lr": (0.05, 0.2), "beta1": (0.5, 0.8)},
    facts={"sum": 1 / (1 - B1)},
    mistakes=(
        Mistake(
            E * LR,
            "a sum is not an average",
            "That follows the *average* with rate lr. PyTorch adds gradients up, which is longer "
            "by 1/(1 − beta1): {right}, not {yours}.",
        ),
        Mistake(
            E * LR * (1 - B1),
            "which one is longer",
            "Turn the factor over: the sum is longer than the average, so Adam's rate has to grow: "
            "{right}, not {yours}.",
        ),
        Mistake(
            LR / (1 - B1),
            "eps divides the step",
            "Adam divides by eps, so a step of this rate is eps times too short: {right}.",
        ),
        Mistake(
            LR / E / (1 - B1),
            "undo the division",
            "Adam already divides by eps. Multiply the rate by it: {right}, not {yours}.",
        ),
        Mistake(
            LR,
            "eps divides the step",
            "With the same rate Adam would hardly move, since it divides by eps: {right} is asked "
            "for.",
        ),
    ),
)

BEST_UNIFORM = FormulaExercise(
    key="best of k, evenly spread",
    question="the results of trials are spread evenly between a (good) and b (bad). What is the "
    "best of k trials on average? Write it with a, b and k.",
    section=BEST,
    hints=(
        "What is the best of k on average if a = 0 and b = 1?",
        "It is 1/(k + 1). Now shift and stretch the interval.",
        "a + (b − a)/(k + 1)",
    ),
    solution='"a + (b - a)/(k + 1)"',
    because="k points cut the interval into k + 1 pieces, equal on average.",
    truth=A + (B - A) / (K + 1),
    subject="The best of k",
    symbols={"a": A, "b": B, "k": K},
    example={"a": sp.Rational(1, 10), "b": 2, "k": 9},
    others={"a": (0.05, 0.2), "b": (1, 3), "k": (3, 7, 19)},
    rank=("b", "a"),
    mistakes=(
        Mistake(
            A + (B - A) / K,
            "how many pieces",
            "k points cut an interval into k + 1 pieces. With a = {a}, b = {b} and k = {k} the "
            "best is {right}, not {yours}.",
        ),
        Mistake(
            A + (B - A) / 2**K,
            "halving at every trial",
            "A trial does not know the others, so it does not halve what is left. The gain is "
            "slow: {right} after {k} trials.",
        ),
        Mistake(
            (A + B) / 2,
            "one trial only",
            "That is one trial on average. The best of {k} is {right}.",
        ),
        Mistake(
            A + (B - A) * K / (K + 1),
            "the worst of k",
            "That is the worst of k. Lower is better here: {right}.",
        ),
        Mistake(
            1 / (K + 1),
            "shift and stretch",
            "That is right between 0 and 1. Between a = {a} and b = {b} it is {right}.",
        ),
    ),
)


def needed(case):
    """How many trials hit the best share with the given certainty."""
    share, sure = case
    trials = log(1 - sure / 100) / log(1 - share / 100)
    return NumberExercise(
        key="trials needed",
        question=f"a search draws its settings at random. How many trials does it need so that, "
        f"with a chance of at least {sure} %, one of them is among the best {share} % of all "
        "settings?",
        section=BEST,
        hints=(
            f"What is the chance that all k trials miss the best {share} %?",
            f"It is {1 - share / 100:g}^k, and it has to fall below {1 - sure / 100:g}.",
            f"Take logarithms: k is at least log({1 - sure / 100:g})/log({1 - share / 100:g}), "
            "rounded up.",
        ),
        solution=f"{ceil(trials)}",
        because=f"All k miss with the chance {1 - share / 100:g}^k, however many settings the rule "
        "has. The ranges decide what the best are worth.",
        truth=ceil(trials),
        tolerance=1e-6,
        subject="The number",
        unit="trials",
        mistakes=(
            Mistake(
                ceil(trials) - 1,
                "round up",
                f"With {ceil(trials) - 1} the chance is still a little below {sure} %: round up.",
            ),
            Mistake(
                trials,
                "trials are whole",
                "That is where the chances meet. Trials come whole: round up.",
            ),
            Mistake(
                round(100 / share),
                "on average is not surely",
                f"After {round(100 / share)} trials one hit is expected, and all miss in about 37 "
                "of 100 searches.",
            ),
            Mistake(
                round(sure / share),
                "chances do not add up",
                "Chances of several trials do not add up: some searches hit twice. Multiply the "
                "chances to miss.",
            ),
        ),
    )


NEEDED = seeded(needed, case=((5, 95), (10, 95), (5, 90), (2, 90)))


def best_of(values, k):
    """The smallest of k of the values, drawn without replacement, on average."""
    ordered, n = sorted(values), len(values)
    return sum(x * comb(n - r, k - 1) for r, x in enumerate(ordered, 1)) / comb(n, k)


def _replaced(values, k):
    ordered, n = np.sort(values), len(values)
    left = 1 - np.arange(n + 1) / n
    return float(ordered @ (left[:-1] ** k - left[1:] ** k))


def _best_weights(values, k, smaller):
    ordered, n = sorted(values), len(values)
    return sum(x * comb(n - r, smaller) for r, x in enumerate(ordered, 1)) / comb(n, k)


FUNCTION = FunctionExercise(
    key="best of k",
    question="fill in `my_best_of` and run the cell again: the smallest of k of the values, drawn "
    "without replacement, on average.",
    section=BEST,
    hints=(
        "If the values are sorted, when is the one of rank r the best of the draw?",
        "When it is drawn and the other k − 1 come from the n − r that are worse.",
        "`comb(n - r, k - 1) / comb(n, k)` is the weight of rank r, counted from 1.",
    ),
    solution=(
        "def my_best_of(values, k):\n"
        "    from math import comb\n"
        "    ordered, n = sorted(values), len(values)\n"
        "    return sum(x * comb(n - r, k - 1) for r, x in enumerate(ordered, 1)) / comb(n, k)"
    ),
    because="Of all C(n, k) draws, C(n − r, k − 1) have rank r as their best.",
    truth=best_of,
    cases=(
        ([3.0, 1.0, 2.0, 7.0], 2),
        ([3.0, 1.0, 2.0, 7.0], 1),
        ([3.0, 1.0, 2.0, 7.0], 4),
        ([0.5, 0.9, 0.4, 0.4, 2.3, 1.1, 0.8], 3),
    ),
    subject="The best of k",
    mistakes=(
        Mistake(
            lambda values, k: min(values),
            "the best of all trials",
            "That is the best of all n trials, whatever the budget. With a budget of k most draws "
            "do not hold it.",
        ),
        Mistake(
            lambda values, k: min(values[:k]),
            "one draw is one story",
            "You take the first k trials: one draw out of many, and another order would give "
            "another number. Average over all draws.",
        ),
        Mistake(
            lambda values, k: float(np.mean(sorted(values)[:k])),
            "the best, not the best few",
            "That is the mean of the k best trials. A search with k trials keeps one of its k "
            "draws, the best.",
        ),
        Mistake(
            lambda values, k: float(np.mean(values)),
            "k does not occur",
            "That is one trial on average. Of k trials the best is kept.",
        ),
        Mistake(
            _replaced,
            "drawn with replacement",
            "You put each trial back before the next draw (Dodge and others, 2019). A draw may "
            "then meet one trial twice, and the number comes out too high.",
        ),
        Mistake(
            lambda values, k: -best_of([-x for x in values], k),
            "lower is better",
            "That is the largest of k. These values are losses: the smallest is kept.",
        ),
        Mistake(
            lambda values, k: _best_weights(values, k, k),
            "the best is drawn as well",
            "You choose all k from the worse ones. One of the k is rank r itself, so k − 1 are "
            "left to choose.",
        ),
        Mistake(
            lambda values, k: _best_weights([*values], k, k - 1) if k == 1 else sum(
                x * comb(len(values) - r - 1, k - 1) for r, x in enumerate(sorted(values), 1)
                if r < len(values)
            ) / comb(len(values), k),
            "counted from 0 or from 1",
            "Your ranks are off by one: n − r trials are worse than rank r if ranks begin at 1.",
        ),
    ),
)  # fmt: skip


def below(case):
    """RMSProp on a ravine, to a loss that its own cycle forbids."""
    kappa, bar, lr, eps = case
    return TuningExercise(
        key="RMSProp below 1e-6",
        question=f"find settings with which RMSProp brings the loss on ravine({kappa}) from (2, "
        f"−10) below 1e-6 for good in at most {bar} steps. Lesson 06 shows why its usual eps never "
        "does.",
        surface=lambda: ravine(float(kappa)),
        rule=RMSPROP,
        target=1e-6,
        bar=bar,
        for_good=True,
        patience=600,
        grid={"lr": (0.1, 12.0, 60), "rho": (0.3, 0.9, 3), "eps": (10.0, 100.0, 4)},
        section=FAMILY,
        hints=(
            "What does RMSProp become if eps is far above the gradients?",
            "Gradient descent with the rate lr/eps. Which rate was best for it?",
            f"2/({kappa} + 1), from lesson 01: try eps = {eps} and lr near {number(lr, 2)}.",
        ),
        solution=f'{{"lr": {lr}, "rho": 0.5, "eps": {eps}}}',
        because="With such an eps it is gradient descent under another name, and RMSProp's own "
        "range of settings holds it.",
    )


BELOW = seeded(
    below,
    case=((25, 130, 2.3, 30), (16, 82, 3.6, 30), (36, 185, 1.6, 30), (49, 240, 1.2, 30)),
)

ONE_RATE = ChoiceExercise(
    key="one rate, many rules",
    question="a blog trains all rules with the learning rate 0.001, since that makes the "
    "comparison fair. What is true?",
    section=UNIT,
    options={
        "a": "it is fair: the same number for everyone",
        "b": "it favours rules whose step is about lr times a length, since 0.001 is customary for "
        "them and tiny for the others",
        "c": "it is fair if all start from the same weights",
        "d": "it favours gradient descent, which has no other setting to tune",
    },
    truth="b",
    reasons={
        "a": "The numbers are the same and the units are not: gradient descent's rate is an "
        "inverse curvature, Adam's a length of a step.",
        "b": "A rate has a unit, and it is not the same for all. So 0.001 is a choice, and it was "
        "made for one side.",
        "c": "Equal starts make pairs, which is good, and do not make the rates comparable.",
        "d": "With 0.001 gradient descent hardly leaves the start. A missing setting does not help "
        "a rule that stands still.",
    },
    hints=(
        "In which unit is the learning rate of each rule?",
        "Multiply the loss by 1000: whose path changes?",
        "Gradient descent's does; Adam's does not, so its rate is a length.",
    ),
    solution='"b"',
)

MAY_SAY = ChoiceExercise(
    key="what may be said",
    question="ten paired seeds, each rule tuned with 40 trials; the test loss of A over that of B "
    "is 0.94 [0.83, 1.06]. Which sentence may be printed?",
    section=FINAL,
    options={
        "a": "A is better than B by 6 %",
        "b": "A and B are equally good",
        "c": "ten seeds see no difference, and leave room for one from 17 % lower to 6 % higher",
        "d": "A is better, though not significantly",
    },
    truth="c",
    reasons={
        "a": "The interval holds 1: other seeds could have put B in front.",
        "b": "No difference seen is not no difference. The interval leaves room for 17 % one way "
        "and 6 % the other.",
        "c": "It says what was seen, how large a difference could hide, and of how many seeds it "
        "speaks.",
        "d": "That is the first sentence with a fig leaf. What is not told apart is not better.",
    },
    hints=(
        "Does the interval hold the value of no difference?",
        "It holds 1. Does that show that there is no difference?",
        "It shows that ten seeds cannot tell, and how much they cannot tell.",
    ),
    solution='"c"',
)

BY_ITSELF = ChoiceExercise(
    key="no need to tune",
    question="an article says that RMSProp takes away the need to adjust the learning rate. What "
    "do the curves of this lesson say?",
    section=Section(LESSON, "Measure: learning-rate curves"),
    options={
        "a": "right: its curve is flat over all the rates tried",
        "b": "its rate decides as much as any other rule's: outside a decade or two it learns "
        "little or nothing",
        "c": "right, if eps is small enough",
        "d": "wrong, since it has no learning rate",
    },
    truth="b",
    reasons={
        "a": "Look at both ends of its curve: a blind guess on the left, noise on the right.",
        "b": "What it adjusts is how the weights share one rate. The rate itself is still yours, "
        "with a schedule if you can.",
        "c": "A small eps keeps the steps at about lr, so all hangs on lr.",
        "d": "It has one: every step is about lr long.",
    },
    hints=(
        "With how many of the nine rates is the loss within twice the best?",
        "The caption of the curves says it for every rule.",
        "None of them is flat over four decades.",
    ),
    solution='"b"',
)


def rmsprop_in_torch(lr):
    """Our RMSProp, called in PyTorch."""
    return CallExercise(
        key="RMSProp in PyTorch",
        question=f"write the call of `torch.optim` that does what our RMSPROP does with lr = {lr}, "
        "and rho and eps at our defaults.",
        section=CALLS,
        hints=(
            "What does PyTorch call our rho, and what is its default there?",
            "It is alpha, and its default is 0.99. Ours is 0.9.",
            "The rate's default is 0.01, so give lr as well. The eps agrees.",
        ),
        solution=f'"torch.optim.RMSprop(params, lr={lr}, alpha=0.9)"',
        because="Both put eps = 1e-8 outside the root; the share that is kept has another name and "
        "another default.",
        library="torch",
        mistakes=(
            CallSlip(
                {"call": "RMSprop", "alpha": 0.99},
                "another default",
                "Without alpha PyTorch keeps 0.99 of the old average, a window ten times as long "
                "as ours.",
            ),
            CallSlip(
                {"call": "RMSprop", "alpha": 0.1},
                "what is kept, what is new",
                "alpha is the share that is kept, as our rho is: 0.9.",
            ),
            CallSlip(
                {"call": "RMSprop", "lr": 1e-2},
                "the default rate",
                f"PyTorch's default rate is 0.01. Give lr={lr}.",
            ),
            CallSlip(
                {"call": "RMSprop", "momentum": 0.9},
                "rho is no momentum",
                "momentum adds a second memory, of scaled gradients. Our rho is PyTorch's alpha.",
            ),
        ),
    )


def average_in_torch(case):
    """Our averaged momentum, called in PyTorch."""
    lr, sum_lr, beta = case
    return CallExercise(
        key="an average in PyTorch",
        question=f"write the call of `torch.optim` that makes the path of our AVERAGED_MOMENTUM "
        f"with lr = {lr} and beta = {beta}, from the first step on.",
        section=CALLS,
        hints=(
            "Does PyTorch's momentum add gradients up, or average them?",
            "It adds them up, so its rate has to be smaller by the factor 1 − beta.",
            f"{lr} times {1 - beta:.1g}. With dampening the first step would be another one.",
        ),
        solution=f'"torch.optim.SGD(params, lr={sum_lr}, momentum={beta})"',
        because="An average with rate lr is a sum with rate (1 − β) lr.",
        library="torch",
        mistakes=(
            CallSlip(
                {"call": "SGD", "lr": lr, "dampening": beta},
                "dampening spares the first step",
                "dampening = beta makes an average, except for the first step: PyTorch sets v = g "
                "there, without the factor 1 − beta.",
            ),
            CallSlip(
                {"call": "SGD", "lr": lr, "momentum": beta},
                "a sum is not an average",
                f"PyTorch adds gradients up: this path has steps {1 / (1 - beta):.3g} times as "
                "long.",
            ),
            CallSlip(
                {"call": "SGD", "momentum": 0},
                "momentum is off",
                "Without momentum SGD is gradient descent.",
            ),
            CallSlip(
                {"call": "SGD", "nesterov": True},
                "Nesterov is another rule",
                "nesterov=True takes the gradient as if one step ahead. Leave it out.",
            ),
            CallSlip(
                {"call": "SGD", "lr": 1e-3},
                "the default rate",
                "Without lr PyTorch takes 0.001.",
            ),
        ),
    )


def rmsprop_in_optax(lr):
    """Our RMSProp, called in optax."""
    return CallExercise(
        key="RMSProp in optax",
        question=f"write the call of `optax` that does what our RMSPROP does with lr = {lr}, and "
        "rho and eps at our defaults.",
        section=CALLS,
        hints=(
            "Where does our RMSPROP put its eps, and where does optax by default?",
            "Ours stands outside the root; optax puts it inside unless it is told not to.",
            "The argument is eps_in_sqrt.",
        ),
        solution=f'"optax.rmsprop({lr}, decay=0.9, eps=1e-8, eps_in_sqrt=False)"',
        because="Inside the root 1e-8 would act like 1e-4 outside.",
        library="optax",
        mistakes=(
            CallSlip(
                {"call": "rmsprop", "eps_in_sqrt": True},
                "where eps sits",
                "By default optax puts eps inside the root, where 1e-8 acts like 1e-4 outside. Say "
                "eps_in_sqrt=False.",
            ),
        ),
    )


RMSPROP_IN_TORCH = seeded(rmsprop_in_torch, lr=(0.001, 0.002, 0.005, 0.02))
AVERAGE_IN_TORCH = seeded(
    average_in_torch,
    case=((0.5, 0.05, 0.9), (0.2, 0.02, 0.9), (0.3, 0.06, 0.8), (0.4, 0.2, 0.5)),
)
RMSPROP_IN_OPTAX = seeded(rmsprop_in_optax, lr=(0.003, 0.001, 0.01, 0.02))


def nesterov_back(lr):
    """Nesterov's momentum, from PyTorch to us."""
    return CallExercise(
        key="from PyTorch: SGD",
        question=f"a script says `torch.optim.SGD(params, lr={lr}, momentum=0.9, nesterov=True)`. "
        'Which rule of ours is it, with which settings? Write it as a call: "RULE(lr=..., ...)".',
        section=CALLS,
        hints=(
            "Which of our rules takes its gradient as if one step ahead?",
            "It is NESTEROV, in the form that frameworks use.",
            "At a constant rate PyTorch's sum and ours make one path, so lr stays as it is.",
        ),
        solution=f'"NESTEROV(lr={lr}, beta=0.9)"',
        because="At a constant rate it does not matter whether the rate sits inside the velocity.",
        library="ours",
        mistakes=(
            CallSlip(
                {"call": "MOMENTUM_RATE_OUTSIDE"},
                "Nesterov is another rule",
                "That is SGD without nesterov=True.",
            ),
            CallSlip(
                {"call": "MOMENTUM"},
                "Nesterov is another rule",
                "That is momentum. The flag nesterov=True changes the step.",
            ),
        ),
    )


def keras_back(lr):
    """Keras's RMSprop, from Keras to us."""
    return CallExercise(
        key="from Keras: RMSprop",
        question=f"a script says `keras.optimizers.RMSprop(learning_rate={lr})`. Which rule of "
        "ours is it, with which settings? Write it as a call.",
        section=CALLS,
        hints=(
            "Where does Keras put its epsilon, and how large is it by default?",
            "Inside the root, and 1e-7. Its rho is 0.9, as ours.",
            "RMSPROP_INSIDE has our default eps of 1e-8, so give eps as well.",
        ),
        solution=f'"RMSPROP_INSIDE(lr={lr}, rho=0.9, eps=1e-7)"',
        because="The place and the size of ε both differ from our RMSPROP.",
        library="ours",
        mistakes=(
            CallSlip(
                {"call": "RMSPROP"},
                "where eps sits",
                "Keras adds epsilon under the root; our RMSPROP adds it outside.",
            ),
            CallSlip(
                {"call": "RMSPROP_INSIDE", "eps": 1e-8},
                "another default",
                "Keras's epsilon is 1e-7 unless it is given.",
            ),
        ),
    )


def adam_back(case):
    """PyTorch's Adam with weight decay, from PyTorch to us."""
    lr, decay = case
    return CallExercise(
        key="from PyTorch: Adam",
        question=f"a script says `torch.optim.Adam(params, lr={lr}, weight_decay={decay})`. Which "
        "rule of ours is it, with which settings? Write it as a call.",
        section=CALLS,
        hints=(
            "Does `Adam` in PyTorch take the decay off the weights, or add it to the gradient?",
            "It adds decay times w to the gradient, so that it goes through both memories.",
            "That is our ADAM_L2; the other one is AdamW.",
        ),
        solution=f'"ADAM_L2(lr={lr}, decay={decay})"',
        because="PyTorch's `Adam` takes the decay off the weights only in `AdamW`, or if "
        "`decoupled_weight_decay=True` is given. In Keras `weight_decay` is decoupled in every "
        "optimizer, so that `keras.optimizers.Adam` decays as AdamW does.",
        library="ours",
        mistakes=(
            CallSlip(
                {"call": "ADAMW"},
                "decoupled or not",
                "In `torch.optim.Adam` the decay is a penalty that goes through the gradient; "
                "decoupled decay is `torch.optim.AdamW`.",
            ),
            CallSlip(
                {"call": "ADAM"},
                "the decay is missing",
                "The call has a decay. Ours without one is ADAM.",
            ),
        ),
    )


NESTEROV_BACK = seeded(nesterov_back, lr=(0.1, 0.05, 0.2, 0.02))
KERAS_BACK = seeded(keras_back, lr=(0.001, 0.002, 0.005, 0.01))
ADAM_BACK = seeded(adam_back, case=((0.001, 0.02), (0.003, 0.05), (0.0005, 0.1), (0.002, 0.005)))

MY_PAPER = ReportExercise(
    key="my paper",
    question="fill in the parts of your paper and run the cell again.",
    section=PAPER,
    locked="13 my hypothesis",
    hints=(
        "What would a reader need in order to repeat your race, and to believe its result?",
        "The ranges and the trials of every rule, seeds that the search has not seen, an interval.",
        "The claim has to be the one that the interval allows: `result.says(...)` knows it.",
    ),
    solution=(
        "{\n"
        '    "question": "Which of two rules reaches the lower test loss on iris?",\n'
        '    "hypothesis": "Adam ends lower than momentum.",\n'
        '    "exploratory": True,\n'
        '    "task": "iris, 150 flowers, a network 4-8-3, ten passes",\n'
        '    "measure": "test loss, opened once",\n'
        '    "ranges": "lr 1e-3 to 10 for momentum, 1e-4 to 1 for Adam",\n'
        '    "trials": 20,\n'
        '    "seeds": range(1000, 1010),\n'
        '    "result": {"effect": 0.94, "low": 0.83, "high": 1.06, "neutral": 1, "pairs": 10},\n'
        '    "claim": "no difference to be seen",\n'
        '    "limits": "one small data set, one network, ten passes, one split; a longer "\n'
        '    "training or another budget may say otherwise",\n'
        "}"
    ),
    because="A reader can repeat it, and the claim is no larger than the interval.",
)

WHICH = DiscussionExercise(
    key="which optimizer",
    question="a colleague has a new task, one afternoon and one machine, and asks which optimizer "
    "to use. What do you say, and what would you want to know first?",
    section=FINAL,
    hints=(
        "How many trainings fit into the afternoon?",
        "With few trials a rule that forgives a bad rate counts for more than one that may win in "
        "the end.",
        "What is known from similar tasks is worth many trials: begin at its settings.",
    ),
    solution=(
        '"""I would ask how many trainings fit in, what similar work has used, and what is\n'
        "measured. With a handful of trials: the customary rule at its customary settings, and\n"
        "all trials spent on the learning rate and its schedule. With many: two rules, equal\n"
        "trials, ranges written down before, the best few repeated with fresh seeds. Then one\n"
        "choice, and the test once. Which rule wins matters less than whether its rate was tuned.\n"
        'For the teacher: ask each group which evidence of the lesson supports its advice."""'
    ),
    because="An outline for the teacher: budget, prior knowledge, learning rate first, equal "
    "effort, fresh seeds.",
)

EXERCISES = (
    AS_MOMENTUM,
    BEST_UNIFORM,
    NEEDED,
    FUNCTION,
    BELOW,
    ONE_RATE,
    MAY_SAY,
    BY_ITSELF,
    RMSPROP_IN_TORCH,
    AVERAGE_IN_TORCH,
    RMSPROP_IN_OPTAX,
    NESTEROV_BACK,
    KERAS_BACK,
    ADAM_BACK,
    MY_PAPER,
    WHICH,
)
