"""The twelve questions, one from each of the lessons 01 to 12."""

from __future__ import annotations

from ..exercises.feedback import Section
from .item import Item, Option

VERSION = 1

_ALL = (
    Item(
        "Which way is downhill",
        "A loss over two numbers, 50 x² + y²/2, is a long narrow valley with its lowest point at "
        "(0, 0). You stand at (1, 10) and go straight downhill, the way the loss falls fastest. "
        "Where does this lead at first?",
        (
            Option("Straight towards the lowest point, since downhill is the way to it.", "C01"),
            Option("Mostly along the valley, where more way is left and so more slope.", "C19"),
            Option("Mostly across the valley, more than 75° off the way to the lowest point."),
            Option("Towards the lowest point if the step is short; only long steps miss.", "C02"),
        ),
        Section("01_the_ravine", "Derive: the gradient looks across the contour"),
    ),
    Item(
        "What curvature adds",
        "A bowl-shaped quadratic loss over two numbers has the gradient (3, 0) where you stand, "
        "and [[2, 1], [1, 2]] is its matrix of second derivatives. Which step leads to its lowest "
        "point?",
        (
            Option("(−2, 1): the curvature sets both the direction and the length."),
            Option("(−3, 0): the gradient shows the way, and how far it is.", "C01"),
            Option("(−1.5, 0): the gradient shows the way, and the curvature how far.", "C03"),
            Option("(−1.5, −3): each entry of the matrix is turned into one over it.", "C05"),
        ),
        Section("02_curvature_and_newton", "Derive: another direction, not only another length"),
    ),
    Item(
        "What an average remembers",
        "A running average takes in one measurement after another: new average = 0.9 · old average "
        "+ 0.1 · measurement. After a thousand measurements, how much do the newest, the second "
        "newest and the third newest count in it?",
        (
            Option("0.1 each, like all of the last ten; what is older has been dropped.", "C09"),
            Option("0.9, 0.81, 0.729, and so on: always 0.9 times the one before.", "C08"),
            Option("1, 0.9, 0.81, and so on: always 0.9 times the one before.", "C07"),
            Option("0.1, 0.09, 0.081, and so on: always 0.9 times the one before."),
        ),
        Section("03_averages_with_memory", "Derive: the weights"),
    ),
    Item(
        "Pushes that agree or flip",
        "A velocity follows the rule v ← 0.9 · v + push, again and again. A first one is pushed by "
        "+1 every time, a second one by +1 and −1 in turn. How large are the two in the long run, "
        "whatever their sign?",
        (
            Option("1 and about 0.05", "C07"),
            Option("10 and about 0.5"),
            Option("10 and about 0", "C11"),
            Option("9 and about 0.5", "C08"),
        ),
        Section("04_momentum", "Derive: a push that repeats, a push that flips"),
    ),
    Item(
        "Adding memory",
        "On f(x) = x²/2 the rule x ← x − 0.9 · slope brings x ten times nearer to 0 with every "
        "step. Now a memory is added: v ← 0.9 · v − 0.9 · slope, then x ← x + v. What becomes of "
        "x, from 1?",
        (
            Option("It comes close to 0 in fewer steps, since memory adds speed.", "C12"),
            Option("It comes close to 0 as smoothly as before, since memory damps swings.", "C10"),
            Option("It swings about 0, and the swings shrink by about 5 per cent a step."),
            Option("It comes close to 0 as before, and 9 in place of 0.9 is now safe too.", "C13"),
        ),
        Section("05_how_much_momentum", "Derive: when it damps a zig-zag"),
    ),
    Item(
        "Dividing by the recent size",
        "A method steps by 0.01 · slope / size, where size is the root of a running average of the "
        "squared slopes, about the last ten. It goes down f(x) = x²/2 from x = 1. What does x do "
        "after thousands of steps?",
        (
            Option("It hops across 0, to and fro between about 0.005 and −0.005."),
            Option("It rests at 0, since its steps have shrunk together with the slopes.", "C16"),
            Option("It rests at 0, as it would with any number in place of 0.01.", "C15"),
            Option("It creeps on towards 0, and the loss falls at every step.", "C22"),
        ),
        Section("06_rmsprop", "Derive: what happens at the bottom"),
    ),
    Item(
        "Two memories that start at 0",
        "All slopes are 1. Two memories start at 0: m ← 0.9 · m + 0.1 · slope and "
        "s ← 0.999 · s + 0.001 · slope². Every step has the length η · m/√s, where η is a fixed "
        "number. How long are the steps?",
        (
            Option("Shorter than η at first, as both start at 0, and never longer.", "C20"),
            Option("Exactly η from the first one on, since both hold the same average.", "C29"),
            Option("Longer than η for ten steps or so, and as good as η after that.", "C26"),
            Option("Longer than η for thousands of steps, at worst over six times."),
        ),
        Section("07_adam", "Derive: the first step"),
    ),
    Item(
        "Turning the valley",
        "A straight valley is 100 times as steeply curved across as along. Gradient descent takes "
        "hundreds of steps to come close to the bottom. A second method has a learning rate for "
        "each coordinate; as the valley lies along an axis, it needs one step. Now valley and "
        "start are turned by 45°, and both may choose their learning rates anew. What changes?",
        (
            Option("Gradient descent takes longer; the second method still needs one.", "C18"),
            Option("Gradient descent takes as long as before; the second takes hundreds too."),
            Option("Both take longer, since downhill no longer points to the bottom.", "C01"),
            Option("Neither: the rates set the number of steps, and the old ones fit.", "C25"),
        ),
        Section("08_the_axes_matter", "Derive: what is left of κ"),
    ),
    Item(
        "When slopes are guesses",
        "Each slope is measured on a few examples drawn at random, and so is off by chance. A step "
        "is a learning rate times this slope. The loss falls, and then wavers about one level. "
        "What happens if the learning rate is cut to a tenth at that point?",
        (
            Option("The loss falls to a lower level, and wavers about that."),
            Option("Nothing: a loss that has stopped falling is at a local minimum.", "C06"),
            Option("It finds the deepest valley, as slowly cooled metal does.", "C17"),
            Option("The loss falls at every single step from then on, as it should.", "C22"),
        ),
        Section("09_noise_and_schedules", "Derive: the floor"),
    ),
    Item(
        "One large, two small",
        "On the line from −1 to 1 the slope is reported as 3, −1, −1, 3, −1, −1 and so on: 1/3 on "
        "average, so −1 is the best place. A method starts at 0, takes short steps and stays on "
        "the line. It divides each slope by the root of an average of squared slopes, in which "
        "the newest counts nine tenths. Where does it end up?",
        (
            Option("Near −1, where any method ends that follows slopes in short steps.", "C21"),
            Option("Near 1, the worst place, as it is the large slope that is shrunk."),
            Option("Near 0, as its steps to the left and to the right cancel.", "C11"),
            Option("Near −1, with short or long steps, as the division fits their length.", "C15"),
        ),
        Section("10_when_adam_fails", "Derive: votes against weights"),
    ),
    Item(
        "Two perfect solutions",
        "A model predicts a · b · x from x, and its loss is (a b − 1)²/2. Training may end at "
        "a = b = 1 or at a = 10, b = 0.1. At the second place the loss curves 50 times as "
        "strongly. What follows for new data?",
        (
            Option("The second predicts worse, since a sharp minimum does.", "C23"),
            Option("Training there is not over: the place is a local minimum only.", "C06"),
            Option("It was an adaptive method that went there, so it predicts worse.", "C24"),
            Option("Nothing follows; the curvature depends on the coordinates."),
        ),
        Section("11_flat_sharp_and_the_edge", "Derive: one function, many minima"),
    ),
    Item(
        "A chain that starts at 0",
        "A chain of layers multiplies its input by w1 · w2 · w3 · w4 and is to learn to multiply "
        "by 2. The loss is the squared error, and all four weights start at 0. What happens in "
        "training?",
        (
            Option("It stands still, at a local minimum: nothing close by is better.", "C06"),
            Option("It stands still, unless enough momentum carries it away.", "C12"),
            Option("It stands still, unless each factor is 1 + w in place of w."),
            Option("It stands still, unless slopes are divided by their recent size.", "C18"),
        ),
        Section("12_smoother_landscapes", "Derive: the residual connection"),
    ),
)

ITEMS: dict[int, Item] = dict(enumerate(_ALL, 1))
