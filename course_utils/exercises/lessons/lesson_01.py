"""Exercises of lesson 01, The ravine."""

import math
from functools import partial

import sympy as sp

from ...optimizers import GRADIENT_DESCENT
from ...surfaces import ravine
from ..answers import DiscussionExercise, NumberExercise
from ..feedback import Section
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise

LESSON = "01_the_ravine"
CONTOUR = Section(LESSON, "Derive: the gradient looks across the contour")
DIRECTION = Section(LESSON, "Derive: one direction at a time")
BEST = Section(LESSON, "Derive: the best that one learning rate can do")
PICTURE = Section(LESSON, "A broken picture")
PLAY = Section(LESSON, "Play")
STALL = Section(LESSON, "A stall is not a minimum")

L1, L2 = sp.symbols("lambda1 lambda2", positive=True)
CURVATURES = {
    "symbols": {"lambda1": L1, "lambda2": L2},
    "example": {"lambda1": 25, "lambda2": 1},
    "others": {"lambda1": (16, 36, 40, 50, 80), "lambda2": (0.5, 1.5, 2)},
    "facts": {
        "limit": 2 / L1,
        "creeps": 1 - L2 / L1,
        "flips": 1 - L1 / L2,
        "kappa": L1 / L2,
        "shrinks": (L1 - L2) / (L1 + L2),
    },
    "rank": ("lambda1", "lambda2"),
}

DESCENT_STEP = KernelExercise(
    key="descent step",
    question="fill in `my_descent` and run the cell again.",
    rule=GRADIENT_DESCENT,
    plan={"lr": (0.1, 0.03, 0.2, 0.05)},
    section=PICTURE,
    hints=(
        "Where does the gradient point, and where do you want to go?",
        "The step is the gradient times the learning rate, against the gradient.",
        "One line is enough: `w -= lr * ...`",
    ),
    solution="def my_descent(w, g, *, lr):\n    w -= lr * g",
    because="The gradient points uphill, so the step goes against it, and lr sets its length.",
)

FLIP = FormulaExercise(
    key="flip threshold",
    question="from which learning rate on does w1 change sign at every step?",
    section=DIRECTION,
    hints=(
        "By what is w1 multiplied in one step?",
        "The factor is 1 − lr lambda1; a negative factor changes the sign.",
        "Solve 1 − lr*lambda1 = 0 for lr.",
    ),
    solution='"1/lambda1"',
    because="The factor 1 − lr λ₁ turns negative there; below it, w1 creeps in from one side.",
    truth=1 / L1,
    subject="The threshold",
    mistakes=(
        Mistake(
            2 / L1,
            "flipping is not yet diverging",
            "That is where the factor reaches −1 and w1 no longer shrinks. The flips begin "
            "earlier, where the factor passes 0: at lambda1 = {lambda1} that is {right}, and "
            "yours is {yours}.",
        ),
        Mistake(
            1 / L2,
            "the steep direction flips first",
            "That is the threshold of w2, the flat direction. w1 has the curvature lambda1: with "
            "{lambda1} and {lambda2} it flips from {right} on, not from {yours}.",
        ),
        Mistake(
            2 / (L1 + L2),
            "the threshold of one direction",
            "That is the best rate of both directions together. The flips of w1 ask for lambda1 "
            "alone: with {lambda1} and {lambda2} they begin at {right}, before your {yours}.",
        ),
        Mistake(
            1 / (L1 + L2),
            "the threshold of one direction",
            "Each weight lives alone in this ravine, so lambda2 has no say in what w1 does: with "
            "{lambda1} and {lambda2} the threshold is {right}, and yours is {yours}.",
        ),
        Mistake(
            L1,
            "a rate is one over a curvature",
            "That is a curvature; a learning rate is one over a curvature. With lambda1 = "
            "{lambda1} yours is {yours} where {right} is right.",
        ),
        Mistake(
            sp.Integer(1),
            "lr times lambda1, or lr",
            "That is the threshold of the product lr lambda1. The question asks for lr: with "
            "lambda1 = {lambda1} it is {right}.",
        ),
    ),
    **CURVATURES,
)

LIMIT = FormulaExercise(
    key="stability limit",
    question="from which learning rate on does the descent run away?",
    section=DIRECTION,
    hints=(
        "By what is w1 multiplied in one step, and when does that not shrink it?",
        "The size of 1 − lr lambda must stay below 1 in both directions; the steep one is "
        "stricter.",
        "Solve 1 − lr*lambda1 = −1 for lr.",
    ),
    solution='"2/lambda1"',
    because="There 1 − lr λ₁ = −1: each step throws w1 to the other wall, as high as before.",
    truth=2 / L1,
    subject="The limit",
    mistakes=(
        Mistake(
            1 / L1,
            "flipping is not yet diverging",
            "There w1 begins to flip and still shrinks. It runs away only when the factor "
            "1 − lr lambda1 passes −1: at lambda1 = {lambda1} that is {right}, and yours is "
            "{yours}.",
        ),
        Mistake(
            2 / L2,
            "the largest curvature sets the limit",
            "That is the limit of the flat direction. The steep one runs away long before: with "
            "{lambda1} and {lambda2} at {right}, not at {yours}.",
        ),
        Mistake(
            2 / (L1 + L2),
            "the best rate is not the limit",
            "That is the best rate, at which both directions still shrink. With {lambda1} and "
            "{lambda2} it is {yours}, and the descent survives up to {right}.",
        ),
        Mistake(
            2 / (L1 - L2),
            "the largest curvature alone",
            "The two directions do not mix, so no difference of curvatures can decide. With "
            "{lambda1} and {lambda2} yours is {yours}, and w1 runs away from {right} on already.",
        ),
        Mistake(
            L1 / 2,
            "a rate is one over a curvature",
            "Turn it over: the steeper the wall, the smaller the rate must be. With lambda1 = "
            "{lambda1} yours is {yours} where {right} is right.",
        ),
        Mistake(
            1 / (2 * L1),
            "where the 2 belongs",
            "The 2 belongs on top: it is the distance from 1 to −1. With lambda1 = {lambda1} the "
            "limit is {right}, and yours is {yours}.",
        ),
        Mistake(
            2 / L1**2,
            "one curvature, once",
            "The curvature enters once, since g1 = lambda1 w1. With lambda1 = {lambda1} the limit "
            "is {right}, and yours is {yours}.",
        ),
        Mistake(
            sp.Integer(2),
            "lr times lambda1, or lr",
            "That is the limit of the product lr lambda1. The question asks for lr: with "
            "lambda1 = {lambda1} it is {right}.",
        ),
    ),
    **CURVATURES,
)

BEST_RATE = FormulaExercise(
    key="best rate",
    question="which learning rate makes the slower of the two directions as quick as possible?",
    section=BEST,
    hints=(
        "Which direction is slower when the rate is small, and which when it is near the limit?",
        "The best rate makes both equally slow; one factor is positive, the other negative.",
        "Solve 1 − lr*lambda2 = −(1 − lr*lambda1) for lr.",
    ),
    solution='"2/(lambda1 + lambda2)"',
    because="Both directions then shrink to (κ − 1)/(κ + 1) of their size a step, one flipping.",
    truth=2 / (L1 + L2),
    subject="The best rate",
    mistakes=(
        Mistake(
            1 / L1,
            "the flat direction counts too",
            "That kills the steep direction in one step and leaves the flat one slow. With "
            "{lambda1} and {lambda2} your {yours} multiplies w2 by {creeps} a step; the best "
            "rate, {right}, multiplies the size of both by {shrinks}.",
        ),
        Mistake(
            1 / L2,
            "the steep direction must survive",
            "That kills the flat direction in one step, and the steep one runs away: with "
            "{lambda1} and {lambda2} its factor is 1 − {kappa} = {flips} at your {yours}. The "
            "limit is 2/lambda1.",
        ),
        Mistake(
            2 / L1,
            "the limit is not the best",
            "That is the limit, at which w1 does not shrink at all. With {lambda1} and {lambda2} "
            "the best rate is {right}, a little below your {yours}.",
        ),
        Mistake(
            1 / (L1 + L2),
            "where the 2 comes from",
            "That is half of the best rate. Both factors must have one size with opposite signs, "
            "and the two ones add up to 2: with {lambda1} and {lambda2} it is {right}, and yours "
            "is {yours}.",
        ),
        Mistake(
            2 / (L1 - L2),
            "one factor is negative",
            "You set the two factors equal with a wrong sign. One of them is negative, "
            "1 − lr lambda2 = −(1 − lr lambda1): with {lambda1} and {lambda2} your {yours} is "
            "beyond the limit.",
        ),
        Mistake(
            1 / sp.sqrt(L1 * L2),
            "the mean of the curvatures, arithmetic",
            "One over the geometric mean is a natural guess; with {lambda1} and {lambda2} it "
            "gives {yours}, above the limit of {limit}. The condition is linear in lr, so the "
            "arithmetic mean appears.",
        ),
        Mistake(
            (1 / L1 + 1 / L2) / 2,
            "one over the mean, not the mean of the ones over",
            "You average the ideal rates of the two directions. With {lambda1} and {lambda2} that "
            "is {yours}, above the limit of {limit}; average the curvatures first, then take one "
            "over.",
        ),
        Mistake(
            (L1 - L2) / (L1 + L2),
            "the rate of shrinking is another number",
            "That is the factor by which the distance shrinks at the best learning rate, {yours} "
            "with {lambda1} and {lambda2}. The question asks for the learning rate itself.",
        ),
        Mistake(
            (L1 + L2) / 2,
            "a rate is one over a curvature",
            "That is the mean curvature; a learning rate is one over a curvature. Turn it over: "
            "with {lambda1} and {lambda2} it is {right}.",
        ),
        Mistake(
            4 / (sp.sqrt(L1) + sp.sqrt(L2)) ** 2,
            "gradient descent, not momentum",
            "That is the best rate of heavy-ball momentum. Without memory {yours}, with {lambda1} "
            "and {lambda2}, is beyond the limit of {limit}.",
        ),
    ),
    **CURVATURES,
)


def worst_angle(kappa):
    """How far downhill can point away from the minimum."""
    root = math.isqrt(kappa)
    cosine = 2 * root / (kappa + 1)
    angle = math.degrees(math.acos(cosine))
    return NumberExercise(
        key="worst angle",
        question=f"for κ = {kappa}, the largest angle between downhill and the way to the minimum, "
        "in degrees.",
        section=CONTOUR,
        hints=(
            "At which points of the valley do downhill and the way home differ most?",
            "Its cosine is 2 sqrt(kappa)/(kappa + 1).",
            f"`np.degrees(np.arccos(2 * np.sqrt({kappa}) / {kappa + 1}))`",
        ),
        solution=f"np.degrees(np.arccos(2 * np.sqrt({kappa}) / {kappa + 1}))",
        because=f"It is reached where w2 is {root} times w1; at κ = 25 it was 67.4 degrees.",
        truth=angle,
        unit="degrees",
        subject="The largest angle",
        mistakes=(
            Mistake(
                math.radians(angle),
                "degrees, not radians",
                "That is right in radians. NumPy's arccos answers in radians; `np.degrees` "
                "converts.",
            ),
            Mistake(
                cosine,
                "the angle, not its cosine",
                "That is the cosine of the angle. One arccos more, and degrees.",
            ),
            Mistake(
                90 - angle,
                "which angle",
                "That is the angle between downhill and the square direction to the way home. "
                "Take the arccos, not the arcsin: close to a right angle is bad, and "
                f"{90 - angle:.1f} would be mild.",
            ),
            Mistake(
                180 - angle,
                "downhill is minus the gradient",
                "You measured from the gradient, which points uphill. Downhill is −g.",
            ),
            Mistake(
                math.degrees(math.acos(cosine / 2)),
                "a factor 2",
                "The 2 in front of the root has been lost: the cosine is 2 sqrt(kappa)/(kappa + "
                "1).",
            ),
            Mistake(
                math.degrees(math.acos(10 / 26)),
                "which ravine",
                f"That is the angle for κ = 25. The question is about κ = {kappa}.",
            ),
        ),
    )


WORST_ANGLE = seeded(worst_angle, kappa=(100, 49, 64, 144, 225))


def reach(kappa):
    """The best rate for a goal in finite time."""
    return TuningExercise(
        key="reach 1e-6",
        question=f"find the learning rate that brings the loss on ravine({kappa}) below 1e-6 in "
        "the fewest steps; within 5 % of the best counts.",
        surface=partial(ravine, kappa),
        rule=GRADIENT_DESCENT,
        target=1e-6,
        grid={"lr": (1 / kappa, 1.9975 / kappa, 3991)},
        section=PLAY,
        hints=(
            "Is the steep or the flat weight late when you stop? Which way would that move the "
            "rate?",
            "The best rate balances both directions; the exercise before this one gives it.",
            f"Try rates near 2/{kappa + 1}.",
        ),
        solution=f'{{"lr": 2 / {kappa + 1}}}',
        because="In the long run 2/(λ₁ + λ₂) is best. For a goal in finite time a slightly smaller "
        "rate wins: w1 dies sooner and w2 hardly slows.",
    )


REACH = seeded(reach, kappa=(25, 16, 20, 30, 36))

DISCUSSION = DiscussionExercise(
    key="stall",
    question="a loss has been flat for a thousand steps; has the network reached a minimum? Name "
    "two measurements, and what each answer would tell.",
    section=STALL,
    hints=(
        "What is small at a minimum, and what is small in a stall?",
        "Look at the size of the gradient, and at what another learning rate does.",
        "In a stall a somewhat larger rate makes the loss fall faster. At a minimum it never does; "
        "and a rate above the limit runs away in both cases, which tells nothing.",
    ),
    solution=(
        '"""1. The gradient over many steps. In a stall it is steady and points the same way;\n'
        "at a minimum it goes on shrinking to zero. Its size against the start alone decides\n"
        "nothing: on the ravine of this lesson it is below a hundredth of its first size.\n"
        "2. Restart from here with a larger learning rate, say three times, for a few hundred "
        "steps.\nIn a stall along a flat direction the loss falls about three times as fast; at a "
        "minimum\nnothing improves. If it runs away, the rate is above its limit. That happens at "
        "a minimum,\ntoo, and decides nothing: try a smaller increase.\n"
        "Also good: the curvature along the gradient; the loss on a logarithmic axis, where a "
        "stall\nis a straight falling line. Martens (2010) describes the trap: where only "
        "directions of\n"
        'low curvature lead down, too small a rate looks like a minimum."""'
    ),
    because="An outline for the teacher; any two measurements that separate the cases are good.",
)

EXERCISES = (DESCENT_STEP, FLIP, LIMIT, BEST_RATE, WORST_ANGLE, REACH, DISCUSSION)
