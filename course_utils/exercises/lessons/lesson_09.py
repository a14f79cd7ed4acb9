"""Exercises of lesson 09, Noise and schedules."""

import numpy as np
import sympy as sp

from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section
from ..formulas import FormulaExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..values import FunctionExercise
from .budget import BudgetExercise

LESSON = "09_noise_and_schedules"
GUESS = Section(LESSON, "Derive: how good a guess")
FLOOR = Section(LESSON, "Derive: the floor")
BALL = Section(LESSON, "Derive: the floor of momentum")
HEAT = Section(LESSON, "Derive: one temperature")
PLANS = Section(LESSON, "Derive: how to cool")
WARM = Section(LESSON, "Implement")
PLAY = Section(LESSON, "Play")
CHANCE = Section(LESSON, "Derive: annealing that climbs")
WELLS = Section(LESSON, "Measure: two wells")

LR, L1, S, DE, T = sp.symbols("lr lambda1 noise dE T", positive=True)

VARIANCE = FormulaExercise(
    key="variance of w",
    question="gradient descent in a direction of curvature lambda1 gets gradients with independent "
    "noise of standard deviation noise. Which variance does w settle at? Write it with lr, lambda1 "
    "and noise.",
    section=FLOOR,
    hints=(
        "By which factor does one step multiply an old variance, and what does it add?",
        "V = (1 − lr lambda1)² V + lr² noise²; solve for V.",
        "1 − (1 − x)² is x (2 − x).",
    ),
    solution='"lr*noise**2/(lambda1*(2 - lr*lambda1))"',
    because="Each step keeps (1 − ηλ)² of the variance and adds η² times that of the noise.",
    truth=LR * S**2 / (L1 * (2 - LR * L1)),
    subject="The variance",
    symbols={"lr": LR, "lambda1": L1, "noise": S},
    example={"lr": sp.Rational(1, 25), "lambda1": 25, "noise": 6},
    mistakes=(
        Mistake(
            LR * S**2 / (2 * L1),
            "short steps only",
            "That is the limit for short steps. With lr = 0.04, lambda1 = 25 and noise = 6 the "
            "variance is {right}, and the limit {yours}.",
        ),
        Mistake(
            LR**2 * S**2,
            "noise adds up",
            "That is what one step adds, {yours} with lr = 0.04, lambda1 = 25 and noise = 6. "
            "What earlier steps added is still there in part.",
        ),
        Mistake(
            LR * S**2 / L1,
            "variances fade with the square",
            "You let the variance fade by 1 − lr lambda1. The weight fades by that, its variance "
            "by the square: {right} with lr = 0.04, lambda1 = 25 and noise = 6.",
        ),
        Mistake(
            LR * S / (L1 * (2 - LR * L1)),
            "variance, not deviation",
            "The noise enters a variance squared: {right} with lr = 0.04, lambda1 = 25 and "
            "noise = 6.",
        ),
        Mistake(
            sp.sqrt(LR * S**2 / (L1 * (2 - LR * L1))),
            "variance, not deviation",
            "That is the standard deviation, {yours} with lr = 0.04, lambda1 = 25 and noise = 6. "
            "Its square is asked for.",
        ),
        Mistake(
            LR * S**2 / (2 * (2 - LR * L1)),
            "a variance, not a loss",
            "That is the mean loss, lambda1/2 times the variance. The variance is {right} with "
            "lr = 0.04, lambda1 = 25 and noise = 6.",
        ),
        Mistake(
            0,
            "it does not come to rest",
            "A step of constant rate follows the noise for ever; only the mean of w goes to 0.",
        ),
    ),
)


def floor(lr, batch):
    """The floor on the course's ravine, for one rate and one batch size."""
    one = 144.0

    def loss(power, steep=25.0):
        return sum(lr * power / (2 * (2 - lr * x)) for x in (steep, 1.0))

    return NumberExercise(
        key="compute the floor",
        question="on ravine(25), curvatures 25 and 1, the gradient of one sample has independent "
        f"noise of standard deviation 12 along each weight. At which mean loss does gradient "
        f"descent hover with lr = {lr} and batches of {batch}?",
        section=FLOOR,
        hints=(
            "Which variance has the gradient of a whole batch?",
            f"144/{batch}; in each direction the mean loss is lambda/2 times the variance of w.",
            "Add lr s²/(2 (2 − lr lambda)) for lambda = 25 and lambda = 1.",
        ),
        solution=f"sum({lr} * 144 / {batch} / (2 * (2 - {lr} * x)) for x in (25, 1))",
        because="Both directions hover; where steps are short, the loss of each is the same.",
        truth=loss(one / batch),
        subject="The floor",
        mistakes=(
            Mistake(
                loss(one),
                "a batch is a mean",
                "That is the floor of batches of one. A mean of B samples has a B-th of the "
                "variance.",
            ),
            Mistake(
                loss(one / batch**2),
                "variances go with 1/B",
                "You divide the standard deviation by B. It falls with the root of B, the "
                "variance with B.",
            ),
            Mistake(
                loss(one / np.sqrt(batch)),
                "variances go with 1/B",
                "You divide the variance by the root of B. That is for the standard deviation.",
            ),
            Mistake(
                loss(12 / batch),
                "variance, not deviation",
                "12 is a standard deviation; the variance of one sample is 144.",
            ),
            Mistake(
                2 * loss(one / batch),
                "the half of the loss",
                "The loss is half of curvature times square: your floor is twice too high.",
            ),
            Mistake(
                lr * one / batch / (2 * (2 - lr * 25)),
                "every direction hovers",
                "That is the steep direction alone. The flat one has noise of its own, and takes "
                "part with nearly as much.",
            ),
            Mistake(
                lr * one / batch / 2,
                "short steps only",
                "That takes both directions as if steps were short; lr times 25 is not small here.",
            ),
        ),
    )


COMPUTED = seeded(floor, lr=(0.02, 0.03, 0.04, 0.05), batch=(16, 8, 32, 64))


def same_heat(lr, batch, other):
    """A setting of gradient descent as hot as one of momentum."""
    right = lr * 10 * other / batch
    return NumberExercise(
        key="same temperature",
        question=f"somebody trains with momentum, lr = {lr}, beta = 0.9 and batches of {batch}. "
        f"Which learning rate gives gradient descent without momentum, with batches of {other}, "
        "the same temperature?",
        section=HEAT,
        hints=(
            "Which combination of the three numbers makes the temperature?",
            "lr/(B (1 − beta)) has to stay as it is.",
            f"{lr}/({batch} · 0.1) = x/{other}",
        ),
        solution=f"{lr} / ({batch} * (1 - 0.9)) * {other}",
        because="It is lr/(B (1 − β)) that counts, where steps are short.",
        truth=right,
        subject="That rate",
        mistakes=(
            Mistake(
                lr * 10,
                "the batch counts",
                "That makes up for the momentum. Another batch size has another noise, too.",
            ),
            Mistake(
                lr * other / batch,
                "momentum heats",
                "That makes up for the batch size. Without momentum the temperature is ten times "
                "lower at the same rate.",
            ),
            Mistake(
                lr / 10 * other / batch,
                "momentum heats",
                "The batch size is taken care of. Momentum makes it hotter, so without it the "
                "rate has to be ten times higher, not lower.",
            ),
            Mistake(
                lr * 10 * batch / other,
                "smaller batches are noisier",
                "The momentum is taken care of. A smaller batch is noisier, so its rate has to "
                "be lower, in proportion.",
            ),
            Mistake(
                lr,
                "one temperature, three numbers",
                "The same rate is far colder without momentum, and hotter with a smaller batch.",
            ),
        ),
    )


HOT = seeded(same_heat, lr=(0.1, 0.05, 0.08), batch=(64, 128), other=(16, 32, 8))


def rise_and_fall(t):
    """0.1 t/20 up to t = 20, then half a cosine to 0 at t = 120."""
    return 0.1 * t / 20 if t <= 20 else 0.05 * (1 + np.cos(np.pi * (t - 20) / 100))


def _shape(rise, fall):
    return lambda t: rise(t) if t <= 20 else fall(t)


def _rise(t):
    return 0.1 * t / 20


def _wave(t):
    return 0.05 * (1 + np.cos(np.pi * (t - 20) / 100))


SHAPE = FunctionExercise(
    key="warm-up, then cosine",
    question="fill in `my_schedule`: the rate is 0.1 t/20 up to t = 20; from t = 20 to t = 120 it "
    "falls from 0.1 to 0 along half a wave of the cosine.",
    section=WARM,
    hints=(
        "Which share of the way down lies behind you at step t?",
        "With share = (t − 20)/100 the cosine's part is 0.1 (1 + cos(π share))/2.",
        "`return 0.1 * t / 20 if t <= 20 else ...`",
    ),
    solution=(
        "def my_schedule(t):\n"
        "    if t <= 20:\n"
        "        return 0.1 * t / 20\n"
        "    return 0.1 * (1 + np.cos(np.pi * (t - 20) / 100)) / 2"
    ),
    because="It meets at 0.1 at step 20, has the slope 0 there and at the end, and ends at 0.",
    truth=rise_and_fall,
    cases=tuple((t,) for t in range(1, 121)),
    place="At t = {}".format,
    subject="The rate",
    mistakes=(
        Mistake(
            _shape(lambda t: 0.1 * (t - 1) / 20, _wave),
            "t counts from 1",
            "Your warm-up counts from 0: the first step has the rate 0 and stays where it is. "
            "The first step has t = 1.",
        ),
        Mistake(
            lambda t: 0.05 * (1 + np.cos(np.pi * (t - 1) / 119)),
            "the warm-up is missing",
            "This is the cosine alone, over all 120 steps. The first 20 are to rise.",
        ),
        Mistake(
            lambda t: min(t / 20, 1) * 0.05 * (1 + np.cos(np.pi * (t - 1) / 119)),
            "the cosine starts where the warm-up ends",
            "You multiply the warm-up with a cosine that began at step 1, so the rate never "
            "reaches 0.1. Here it begins to fall at step 20.",
        ),
        Mistake(
            _shape(_rise, lambda t: 0.05 * (1 + np.cos(np.pi * t / 120))),
            "the cosine starts where the warm-up ends",
            "Your cosine counts from the first step, so the rate jumps down at step 21. Count "
            "its share from step 20.",
        ),
        Mistake(
            _shape(_rise, lambda t: 0.1 * np.cos(np.pi * (t - 20) / 200)),
            "half a wave",
            "That is a quarter of a wave, which ends steeply. Half a wave, from 1 to −1, is moved "
            "up by 1 and halved.",
        ),
        Mistake(
            _shape(_rise, lambda t: 0.1 * np.cos(np.pi * (t - 20) / 100)),
            "a rate is positive",
            "The cosine itself goes down to −1, so your rate becomes negative and the steps climb. "
            "Take (1 + cos)/2.",
        ),
        Mistake(
            _shape(_rise, lambda t: 0.05 * (1 + np.cos(2 * np.pi * (t - 20) / 100))),
            "half a wave",
            "That is a whole wave: the rate comes up again to 0.1 at the end.",
        ),
        Mistake(
            _shape(_rise, lambda t: 0.1 * (1 + np.cos(np.pi * (t - 20) / 100))),
            "the half in front",
            "1 + cos runs from 2 to 0: half of it is missing, and the rate jumps to 0.2.",
        ),
        Mistake(
            _shape(_rise, lambda t: 0.1 * (120 - t) / 100),
            "a cosine, not a line",
            "That is a straight line down. The cosine is flat at both ends.",
        ),
        Mistake(
            lambda t: 0.1 * min(t / 20, 1),
            "it has to fall",
            "The warm-up is right, and then the rate stays at 0.1. From step 20 on it falls.",
        ),
        Mistake(
            lambda t: 10 * rise_and_fall(t),
            "the height of the rate",
            "The shape is right, and its top is 1. The top is to be 0.1.",
        ),
    ),
)

COOL = BudgetExercise(
    key="mean loss below 0.16",
    question="batches of 8 on ravine(25), noise of one sample 12 along each weight, 120 steps: "
    "find lr and beta, numbers or schedules, with a mean loss below 0.16 at the end.",
    section=PLAY,
    hints=(
        "What does the loss at the end consist of, and which of the two does the last rate decide?",
        "At first a rate near the limit walks far; at the end a low one leaves little spread.",
        "Try `cosine` from about 0.07 without momentum.",
    ),
    solution='{"lr": lambda t: 0.037 * (1 + np.cos(np.pi * (t - 1) / 119)), "beta": 0.0}',
    because="No pair of constant settings gets below 0.16 here, not even one that is timed to "
    "swing through the minimum at step 120.",
    kappa=25.0,
    noise=12 / np.sqrt(8),
    steps=120,
    target=0.16,
)

ACCEPT = FormulaExercise(
    key="accept a climb",
    question="simulated annealing at temperature T proposes a move that climbs by dE. With which "
    "probability does it accept?",
    section=CHANCE,
    hints=(
        "Should a higher climb be accepted more often or less? And a higher temperature?",
        "The two together decide only through dE/T.",
        "The exponential of −dE/T.",
    ),
    solution='"exp(-dE/T)"',
    because="A climb by T is accepted in 37 of 100 cases, one by 10 T in one of 22 000.",
    truth=sp.exp(-DE / T),
    subject="The probability",
    symbols={"dE": DE, "T": T},
    example={"dE": 1, "T": sp.Rational(1, 2)},
    mistakes=(
        Mistake(
            sp.exp(DE / T),
            "a probability is at most 1",
            "That is above 1, {yours} with dE = 1 and T = 0.5. Climbs are accepted less often, "
            "not more: the sign is missing.",
        ),
        Mistake(
            sp.exp(-T / DE),
            "which over which",
            "Turned over: yours accepts high climbs more often than low ones. It is the climb in "
            "units of the temperature, {right} with dE = 1 and T = 0.5.",
        ),
        Mistake(
            1 - sp.exp(-DE / T),
            "accept, not refuse",
            "That is the probability of refusing, {yours} with dE = 1 and T = 0.5.",
        ),
        Mistake(
            sp.exp(-DE),
            "the temperature",
            "The temperature is missing: at a high T nearly every climb is accepted.",
        ),
        Mistake(
            0,
            "it does climb",
            "That is descent. Simulated annealing accepts some climbs: {right} with dE = 1 and "
            "T = 0.5.",
        ),
        Mistake(
            T / DE,
            "an exponential",
            "Right in tendency, and above 1 for small climbs. It is an exponential, {right} with "
            "dE = 1 and T = 0.5.",
        ),
    ),
)

AVERAGES = ChoiceExercise(
    key="momentum and noise",
    question="somebody turns on momentum, beta = 0.9, at the same lr, to average the noise of "
    "mini-batches away. What becomes of the floor, where steps are short?",
    section=BALL,
    options={
        "a": "it falls to about a nineteenth: the velocity is an average of 19 gradients",
        "b": "it stays: momentum changes the way down, not the floor",
        "c": "it rises about tenfold",
        "d": "it falls to about a tenth",
    },
    truth="c",
    reasons={
        "a": "An average of gradients is calmer, by (1 − β)/(1 + β). The velocity of momentum is a "
        "sum, and every bit of noise is used ten times over.",
        "b": "At the same η the steps are ten times as long in the long run, and the floor grows "
        "with the step.",
        "c": "The temperature is ηs²/(2(1 − β)): as hot as gradient descent at ten times the "
        "rate. At equal effective rate the two have the same floor.",
        "d": "It is the other way round: 1 − β stands below the line.",
    },
    hints=(
        "How often does a bit of noise move the weights before it has faded?",
        "1 + β + β² + ... times.",
        "Compare with gradient descent at the rate η/(1 − β).",
    ),
    solution='"c"',
)

PRINTED = ChoiceExercise(
    key="printed noise",
    question="a footnote of a well-known article on momentum gives the mean loss under noise ε of "
    "mean 0 as (λ/2) e·R^k x0 + (λ/2) E[ε] Σ γ². What would that formula say, and what is right?",
    section=BALL,
    options={
        "a": "it is right: ε has mean 0, so its share is 0 and there is no floor",
        "b": "no floor and a loss of either sign; the mean of ε² and the square of the first part "
        "are missing",
        "c": "a floor of the right height, and a first part that falls too fast",
        "d": "right for one step, wrong for many",
    },
    truth="b",
    reasons={
        "a": "Its mean is 0 and its square's is not: the runs of this lesson do hover.",
        "b": "A mean of a square is a square of the mean and a variance: (λ/2)(e·R^k x0)² + (λ/2) "
        "E[ε²] Σ γ². As printed the second part is 0, and the first changes sign with x.",
        "c": "E[ε] is 0, so as printed there is no floor at all.",
        "d": "One step has the same two squares.",
    },
    hints=(
        "What is the mean of ε, if it is as often above as below 0?",
        "The loss is a square; what is the mean of the square of a sum of independent parts?",
        "The square of the mean, and the variance.",
    ),
    solution='"b"',
)

DESCENDS = ChoiceExercise(
    key="descent that is annealed",
    question="an article advises simulated annealing in case you overshoot. Gradient descent with "
    "exact gradients and short steps starts in the wrong one of two wells, and its rate decays. "
    "What happens?",
    section=WELLS,
    options={
        "a": "it finds the deeper well in most runs, like simulated annealing",
        "b": "it finds the deeper well if the decay is slow enough",
        "c": "it settles in the well in which it began; nothing in it accepts a climb by chance",
        "d": "it stops on the barrier, where the slope is 0",
    },
    truth="c",
    reasons={
        "a": "Simulated annealing draws lots; descent does not. With short steps it goes downhill "
        "only.",
        "b": "Time does not help: with short steps every one of them goes downhill, in the well in "
        "which it is.",
        "c": "A falling rate shortens steps. To leave a well takes a chance to climb, or steps so "
        "long that they leap it.",
        "d": "The barrier is a maximum: descent moves away from it.",
    },
    hints=(
        "Does a descent with short steps ever climb?",
        "What does decay change about a step: its length or its direction?",
        "Nothing in it is random.",
    ),
    solution='"c"',
)

DISCUSSION = DiscussionExercise(
    key="compare schedules",
    question="a paper trains with a constant rate of 0.1 and with a cosine from 0.1, and reports "
    "that the cosine wins. Which runs would you ask for?",
    section=HEAT,
    hints=(
        "What is the mean rate of the two?",
        "Did the constant rate get the rate that suits it? And when does one look?",
        "A lower loss on the last step may be a cooler end: what if the constant run is cooled "
        "for its last tenth?",
    ),
    solution=(
        '"""Ask for a grid of rates for each schedule that reaches beyond its best one, the best\n'
        "chosen on validation data, at the same number of steps; and for the comparison fresh\n"
        "seeds with their spread, training loss and test accuracy apart. The cosine's mean rate\n"
        "is half of 0.1, so a constant 0.05 belongs into the table. The end is cooler than the\n"
        "rest of the run: two losses at step 1000 of 2000 compare other things than two at the\n"
        "end. Where the network fits every label, the noise dies by itself and decay may cost\n"
        'training loss; where it does not, the floor is what the decay removes."""'
    ),
    because="An outline for the teacher; equal tuning, equal budget and the floor are the core.",
)

EXERCISES = (
    VARIANCE,
    COMPUTED,
    HOT,
    SHAPE,
    COOL,
    ACCEPT,
    AVERAGES,
    PRINTED,
    DESCENDS,
    DISCUSSION,
)
