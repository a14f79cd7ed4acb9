"""Exercises of lesson 08, the axes."""

import numpy as np
import sympy as sp

from ...optimizers import ADAGRAD, FULL_ADAGRAD, SPECTRAL_DESCENT
from ...surfaces import ravine
from ..answers import ChoiceExercise, DiscussionExercise, NumberExercise
from ..feedback import Section, number
from ..formulas import FormulaExercise
from ..kernels import KernelExercise
from ..mistake import Mistake
from ..seeds import seeded
from ..tuning import TuningExercise

LESSON = "08_the_axes_matter"
TURN = Section(LESSON, "Derive: turn, then step")
LEFT = Section(LESSON, "Derive: what is left of κ")
STEPS = Section(LESSON, "Measure: who needs how many steps")
DIVIDE = Section(LESSON, "Derive: divide by a matrix")
KERNEL = Section(LESSON, "Implement: your turn")
NORMS = Section(LESSON, "Derive: the best step in three norms")
NETWORK = Section(LESSON, "Measure: the digits, tuned alike")
ARTICLE = Section(LESSON, "Test the article")

KAPPA, THETA = sp.symbols("kappa theta", positive=True)

FULL = KernelExercise(
    key="full-matrix AdaGrad",
    question="fill in `my_full_adagrad`; you may call `root` and `np.linalg.solve`.",
    rule=FULL_ADAGRAD,
    plan={"lr": (0.1, 0.03, 0.2, 0.05), "eps": (0.3, 1.5, 0.6, 2.0)},
    section=KERNEL,
    sections={
        "a linear solve, not one over each entry": DIVIDE,
        "the root of a matrix, not of its entries": DIVIDE,
        "what couples two weights": DIVIDE,
    },
    hints=(
        "AdaGrad adds g² to s. Which matrix has g² on its diagonal, and the products beside it?",
        "`np.outer(g, g)`. Then find the step p with (root(S) + eps I) p = g.",
        "End with `w -= lr * np.linalg.solve(root(S) + eps * np.eye(len(w)), g)`.",
    ),
    solution=(
        "def my_full_adagrad(w, g, S, *, lr, eps):\n"
        "    S += np.outer(g, g)\n"
        "    e, Q = np.linalg.eigh(S)\n"
        "    w -= lr * Q @ ((Q.T @ g) / (np.sqrt(np.maximum(e, 0)) + eps))"
    ),
    because="By eigenvectors: turn the gradient into their axes, divide there, turn back. "
    "`np.linalg.solve(root(S) + eps * np.eye(len(w)), g)` is the same.",
)

SPECTRAL = KernelExercise(
    key="spectral step",
    question="fill in `my_spectral_step` with NumPy's `np.linalg.svd(g, full_matrices=False)`.",
    rule=SPECTRAL_DESCENT,
    plan={"lr": (0.1, 0.03, 0.2, 0.05)},
    matrix=True,
    section=NORMS,
    hints=(
        "Which matrix has the gradient's singular vectors, and only ones for singular values?",
        "NumPy returns U, the singular values, and the second factor already transposed.",
        "`U, s, Vt = np.linalg.svd(g, full_matrices=False)`, then `w -= lr * U @ Vt`.",
    ),
    solution=(
        "def my_spectral_step(w, g, *, lr):\n"
        "    U, s, Vt = np.linalg.svd(g, full_matrices=False)\n"
        "    w -= lr * U @ Vt"
    ),
    because="The step has the spectral norm lr, whatever the size of the gradient.",
)

FORMULA = FormulaExercise(
    key="what is left of kappa",
    question="a ravine of condition number kappa is turned by theta and each weight gets its best "
    "scale. Call what is left K, and write K + 1/K with kappa and theta.",
    section=LEFT,
    hints=(
        "For two curvatures with ratio K, what is (sum)²/product?",
        "It is K + 2 + 1/K; the best scale makes it 4 H11 H22/det H.",
        "H11 H22 = kappa + (kappa − 1)² sin(2 theta)²/4, and det H = kappa.",
    ),
    solution='"2 + (kappa - 1)^2*sin(2*theta)^2/kappa"',
    because="So √K − 1/√K = (√κ − 1/√κ) |sin 2θ|.",
    truth=2 + (KAPPA - 1) ** 2 * sp.sin(2 * THETA) ** 2 / KAPPA,
    subject="K + 1/K",
    symbols={"kappa": KAPPA, "theta": THETA},
    example={"kappa": 25, "theta": 0.4},
    others={"kappa": (9, 36, 49)},
    mistakes=(
        Mistake(
            KAPPA + 1 / KAPPA,
            "the angle counts",
            "That is what 45° leaves: everything. At kappa = {kappa} and theta = {theta} it is "
            "{right}.",
        ),
        Mistake(
            2 + (KAPPA - 1) ** 2 * sp.sin(THETA) ** 2 / KAPPA,
            "twice the angle",
            "At 90° the axes have changed places, and scaling cures again: the sine is of 2 theta. "
            "At kappa = {kappa} and theta = {theta} it is {right}, and yours is {yours}.",
        ),
        Mistake(
            2 + (KAPPA - 1) ** 2 * sp.sin(2 * THETA) / KAPPA,
            "the sine is squared",
            "A turn to the other side must give the same, so the sine is squared: {right} at kappa "
            "= {kappa} and theta = {theta}, and yours is {yours}.",
        ),
        Mistake(
            (KAPPA - 1) ** 2 * sp.sin(2 * THETA) ** 2 / KAPPA,
            "one is the best",
            "At theta = 0 yours is 0, and K + 1/K cannot be below 2. It is {right} at kappa = "
            "{kappa} and theta = {theta}.",
        ),
        Mistake(
            4 + (KAPPA - 1) ** 2 * sp.sin(2 * THETA) ** 2 / KAPPA,
            "what the quotient is",
            "That is (sum)²/product, which is K + 2 + 1/K. Take the 2 away: {right} at kappa = "
            "{kappa} and theta = {theta}.",
        ),
        Mistake(
            KAPPA * sp.sin(2 * THETA) ** 2,
            "exact, not for large kappa",
            "That is close to K where kappa is large. Exact is {right} at kappa = {kappa} and "
            "theta = {theta}; yours is {yours}.",
        ),
    ),
)


def half_way(kappa):
    """The condition number that the best scaling leaves at 22.5 degrees."""
    half = (np.sqrt(kappa) - 1 / np.sqrt(kappa)) * np.sqrt(0.5) / 2
    left = float((half + np.sqrt(half**2 + 1)) ** 2)
    return NumberExercise(
        key="at 22.5 degrees",
        question=f"a ravine of condition number {kappa} is turned by 22.5°. Which condition number "
        "does the best scaling of the two weights leave?",
        section=LEFT,
        hints=(
            "By which factor does the turn multiply √κ − 1/√κ?",
            "By sin 45°, which is √½.",
            f"√K − 1/√K = {number(2 * half)}: solve for √K, and square.",
        ),
        solution=f"{left:.6g}",
        because="A little more than half: for a large κ it tends to κ sin² 2θ = κ/2.",
        truth=left,
        subject="What is left",
        mistakes=(
            Mistake(kappa, "45 degrees, or half of it", "That much is left at 45°, where scaling "
                 "does nothing. At 22.5° it still helps."),
            Mistake(1, "along the axes only", "That is left along the axes alone. At 22.5° the "
                 "Hessian has entries beside its diagonal, which no scaling removes."),
            Mistake((kappa + 1) / 2, "no straight line", "That is the middle between 1 and κ. It "
                 "is close, since sin² 45° is a half, but the law is about √K − 1/√K."),
            Mistake(kappa / 2, "exact, not for large kappa", "That is κ sin² 2θ, which is right in "
                 "the limit of a large κ. Solve √K − 1/√K = (√κ − 1/√κ)/√2."),
            Mistake(float(kappa * np.sin(np.pi / 8) ** 2), "twice the angle", "The sine is of "
                 "twice the angle, 45°."),
            Mistake(float(np.sqrt(kappa)), "what memory does", "The root of κ is what momentum "
                 "makes of it, at any angle. Scaling does something else."),
            Mistake(float(np.sqrt(left)), "not squared yet", "That is √K. Square it."),
        ),
    )  # fmt: skip


HALF_WAY = seeded(half_way, kappa=(49, 36, 64, 81, 121))

WHO = ChoiceExercise(
    key="who notices 22.5 degrees",
    question="our ravine with κ = 25 is turned by 22.5°, and every rule gets its best learning "
    "rate again. What will you see?",
    section=STEPS,
    options={
        "a": "nobody needs more steps, since every rule was tuned again",
        "b": "gradient descent, momentum and full-matrix AdaGrad need what they needed before; "
        "descent with the best scales needs more than half of gradient descent's steps, and "
        "AdaGrad needs many more than before",
        "c": "every rule needs about half as many steps more as it would at 45°",
        "d": "the rules that divide by s need what they needed before, and gradient descent needs "
        "more",
    },
    truth="b",
    reasons={
        "a": "A learning rate is one number, and no number turns the axes. Adam loses next to "
        "nothing here, thanks to its momentum; AdaGrad loses nearly all of its lead over "
        "gradient descent.",
        "b": "Turning and stepping change places for the first three. The best scales leave a "
        "little more than half of κ, and so of the steps.",
        "c": "Those that do not see the axes need no step more, at any angle.",
        "d": "The other way round: dividing weight by weight is what sees the axes.",
    },
    hints=(
        "For which rules can the turn and the step change places?",
        "Gradient descent, momentum, full-matrix AdaGrad: for them nothing can change.",
        "For the others, how much of κ is left at 22.5°?",
    ),
    solution='"b"',
)


def inverse(kappa):
    """The first entry of the inverse Hessian at 45 degrees."""
    a, b = (kappa + 1) / 2, (kappa - 1) / 2
    return NumberExercise(
        key="the inverse at 45 degrees",
        question=f"at 45° the Hessian of a ravine with κ = {kappa} has {number(a)} on its diagonal "
        f"and {number(b)} beside it. What is the first entry of its inverse?",
        section=DIVIDE,
        hints=(
            "Which matrix, multiplied by H, gives the identity?",
            "For two weights: swap the diagonal, negate the rest, divide by the determinant.",
            f"The determinant is {number(a)}² − {number(b)}² = {kappa}.",
        ),
        solution=f"{a:g} / {kappa}",
        because="It is large, since along one diagonal there is hardly any curvature to divide by.",
        truth=a / kappa,
        subject="The first entry",
        mistakes=(
            Mistake(1 / a, "a matrix is not inverted entry by entry", "That is one over the entry. "
                 "The inverse undoes H as a whole, and its entries mix."),
            Mistake(1 / kappa, "the steepest direction only", "That is one over the larger "
                 "curvature, the inverse along one diagonal."),
            Mistake(1, "the flat direction only", "That is one over the smaller curvature, the "
                 "inverse along the other diagonal. An entry is the mean of both."),
            Mistake(-b / kappa, "on the diagonal", "That is the entry beside the diagonal."),
            Mistake(a, "divided by the determinant", "Divide by the determinant."),
        ),
    )  # fmt: skip


INVERSE = seeded(inverse, kappa=(25, 9, 49, 81))


def dual(a, b):
    """The change of the loss in the spectral ball."""
    size = float(np.hypot(a, b))
    return NumberExercise(
        key="in the spectral ball",
        question=f"a matrix of weights has the gradient [[{a}, {b}], [−{b}, {a}]], whose singular "
        f"values are both {number(size)}. By how much does the loss change to first order, per "
        "lr, along the best step of spectral norm lr?",
        section=NORMS,
        hints=(
            "Which step is the best, and what is its product with the gradient, entry by entry?",
            "The step is −U Vᵀ; its product with U diag(s) Vᵀ is minus the sum of s.",
            f"Minus ({number(size)} + {number(size)})",
        ),
        solution=f"-{2 * size:g}",
        because="The sum of the singular values, with a minus: each direction contributes in full.",
        truth=-2 * size,
        subject="The change",
        mistakes=(
            Mistake(2 * size, "downhill is minus", "The size is right. The loss falls, so the "
                 "change is negative."),
            Mistake(-float(np.sqrt(2) * size), "in a ball", "That is the root of the sum of "
                 "squares: the best step in a ball, when the matrix counts as a vector."),
            Mistake(-2.0 * (a + b), "in a box", "That is the sum of the sizes of the entries: the "
                 "best step in a box."),
            Mistake(-size, "every direction counts", "That is the largest singular value alone. "
                 "Both directions take part in the step."),
        ),
    )  # fmt: skip


DUAL = seeded(lambda pair: dual(*pair), pair=((3, 4), (5, 12), (8, 15), (20, 21)))


def turned_ravine():
    """The ravine of the tuning target, at 22.5 degrees."""
    return ravine(25.0, np.pi / 8)


TUNING = TuningExercise(
    key="AdaGrad at 22.5 degrees",
    question="find settings with which AdaGrad brings the loss on ravine(25, π/8), from its own "
    "start, below 1e-3 for good in at most 75 steps. (Gradient descent needs 72.)",
    surface=turned_ravine,
    rule=ADAGRAD,
    target=1e-3,
    bar=75,
    for_good=True,
    grid={"lr": (0.5, 200.0, 400), "eps": (1e-10, 1.0, 2)},
    section=STEPS,
    hints=(
        "Along the axes rates above 10 do best. What does so long a step do to a sum of squares?",
        "The first gradients are large and never forgotten. Try rates from 2 to 7.",
        "Between 3 and 5 with eps = 1e-10.",
    ),
    solution='{"lr": 3.0, "eps": 1e-10}',
    because="With a tiny eps no rate makes it quicker than gradient descent. A rate and an eps "
    "fitted to this one start can land it by a wild jump, which another start would miss.",
)

OSCILLATIONS = ChoiceExercise(
    key="along oscillations",
    question="the article says that RMSProp impedes the search in the direction of oscillations. "
    "When does it?",
    section=ARTICLE,
    options={
        "a": "always: s is large wherever the gradient flips",
        "b": "where the oscillations lie along an axis; at 45° to the axes both weights flip "
        "together, and both are divided by about the same number",
        "c": "never: it divides all weights by one number",
        "d": "at 45° above all, where both weights oscillate",
    },
    truth="b",
    reasons={
        "a": "s is kept for weights, and a direction between two weights has no s of its own.",
        "b": "Where the oscillation at 45° is most of the gradient the two averages are nearly "
        "alike, and dividing by one number changes no direction.",
        "c": "Each weight has its own; along the axes that is what cures the ravine.",
        "d": "An oscillation at 45° divides both weights by about the same number, so the step "
        "keeps the gradient's direction.",
    },
    hints=(
        "What does RMSProp keep s for: a direction, or a weight?",
        "At 45° a step across the valley moves both weights alike.",
        "What is a gradient whose parts are divided by the same number?",
    ),
    solution='"b"',
)

DISCUSSION = DiscussionExercise(
    key="a new optimizer in print",
    question="a paper reports that a rule with matrix preconditioners needs half the steps of "
    "Adam. What would you ask before you switch?",
    section=NETWORK,
    hints=(
        "Steps, seconds, or bytes: which of them do you pay for?",
        "How were the two learning rates found, over how many seeds, and at how many sizes?",
        "Which weights did the new rule train, and which rule trained the others?",
    ),
    solution=(
        '"""How much does a step cost, in time and memory, at the sizes that I use? Were both\n'
        "rules tuned with the same effort, schedule and decay included, and with how many seeds?\n"
        "Which layers does it train, and who trains the rest? Is the task like mine, and does the\n"
        "gain last to the end of training and on test data, or only to a loss half way? Does it\n"
        'hold at several sizes?"""'
    ),
    because="An outline for the teacher: cost, tuning, seeds, scope, and whether the gain lasts.",
)

EXERCISES = (
    FULL,
    SPECTRAL,
    FORMULA,
    HALF_WAY,
    WHO,
    INVERSE,
    DUAL,
    TUNING,
    OSCILLATIONS,
    DISCUSSION,
)
