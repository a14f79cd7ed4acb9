"""Exercises of lesson 00: what one should know before lesson 01."""

import sympy as sp

from ..answers import ChoiceExercise, ListExercise, QuizExercise
from ..formulas import FormulaExercise
from ..mistake import Mistake
from ..seeds import seeded

W = sp.Symbol("w", real=True)

LOSS = ChoiceExercise(
    key="loss",
    question="what is the loss of a network?",
    options={
        "a": "the share of examples that it gets wrong",
        "b": "the distance of the weights from the best ones",
        "c": "what is forgotten from one epoch to the next",
        "d": "a number, computed from data and weights, that training makes small",
    },
    truth="d",
    reasons={
        "a": "That is the error rate; it moves in jumps and has no useful slope. The loss is the "
        "smooth number that training makes small. Read up: Dive into Deep Learning, d2l.ai, "
        "section Linear Regression.",
        "b": "Nobody knows the best weights, so nobody could compute that. The loss compares "
        "outputs with data. Read up: Dive into Deep Learning, d2l.ai, section Linear Regression.",
        "c": "Nothing is lost between epochs. The loss measures how badly the outputs fit the "
        "data. Read up: Dive into Deep Learning, d2l.ai, section Linear Regression.",
        "d": "A function of the weights once the data are fixed: a landscape, and the subject "
        "here.",
    },
    hints=("What does an optimizer look at?", "It must have a slope.", "It is option d."),
    solution='"d"',
)


def derivative(c):
    """Differentiate c w²/2."""
    return FormulaExercise(
        key="derivative",
        question=f"differentiate {c} w²/2 with respect to w.",
        hints=(
            "Which power of w is left after one derivative?",
            "The derivative of w² is 2w, and factors stay.",
            f"`sp.diff({c}*w**2/2, w)` computes it.",
        ),
        solution=f'"{c}*w"',
        because="The 2 from the square and the one half cancel; that is why losses carry a one "
        "half.",
        truth=c * W,
        symbols={"w": W},
        example={"w": 2},
        subject="The derivative",
        mistakes=(
            Mistake(
                c * W / 2,
                "the power rule",
                "The square has lost its 2: the derivative of w² is 2w. Read up: Dive into Deep "
                "Learning, d2l.ai, section Calculus.",
            ),
            Mistake(
                2 * c * W,
                "constant factors",
                "The one half has been lost on the way. Read up: Dive into Deep Learning, d2l.ai, "
                "section Calculus.",
            ),
            Mistake(
                c * W**3 / 6,
                "derivative, not integral",
                f"That is the integral: its slope is {c} w²/2. Read up: Dive into Deep Learning, "
                f"d2l.ai, "
                "section Calculus.",
            ),
            Mistake(
                c * W**2,
                "the power rule",
                "The 2 has come down, and the power must fall by one as it does. Read up: Dive "
                "into Deep Learning, d2l.ai, section Calculus.",
            ),
        ),
    )


def eigenvalues(c):
    """The eigenvalues of a diagonal matrix."""
    return ListExercise(
        key="eigenvalues",
        question=f"which two eigenvalues has the matrix [[{c}, 0], [0, 1]]?",
        hints=(
            "Which vectors does the matrix only stretch?",
            "A diagonal matrix stretches along the axes.",
            f"`np.linalg.eigvalsh([[{c}, 0], [0, 1]])` computes them.",
        ),
        solution=f"({c}, 1)",
        because="A diagonal matrix stretches the axes by its diagonal entries; here they are "
        "curvatures.",
        truth=(float(c), 1.0),
        ordered=False,
        lost="Ask by how much the matrix stretches (1, 0) and (0, 1). Read up: Dive into Deep "
        "Learning, d2l.ai, appendix Eigendecompositions.",
    )


def shape(c):
    """The shape of a sum of two arrays."""
    return ListExercise(
        key="shape",
        question=f"which shape has np.ones((2, 1)) + np.ones({c})?",
        hints=(
            "What does NumPy do with an axis of length 1?",
            "Shapes are lined up from the right, and axes of length 1 are repeated.",
            f"(2, 1) and ({c},) are read as (2, 1) and (1, {c}).",
        ),
        solution=f"(2, {c})",
        because="Lined up from the right, axes of length 1 are repeated: that is broadcasting.",
        truth=(2.0, float(c)),
        ordered=True,
        lost="Line the shapes up from the right and repeat the axes of length 1. Read up: NumPy "
        "user guide, numpy.org, chapter Broadcasting.",
    )


def prerequisites(slope, stretch, columns):
    """The four questions together."""
    asked = (derivative(slope), eigenvalues(stretch), shape(columns), LOSS)
    return QuizExercise(
        key="prerequisites",
        question="four short questions; answer those that you can, "
        'check("prerequisites", derivative=..., eigenvalues=..., shape=..., loss=...).',
        parts={p.key: p for p in asked},
        hints=(
            "Derivative: what becomes of w² under one derivative? Loss: what does an optimizer "
            "look at?",
            "Eigenvalues: by how much does the matrix stretch (1, 0) and (0, 1)? Shape: line the "
            "shapes up from the right.",
            "SymPy and NumPy answer three of the four: `sp.diff`, `np.linalg.eigvalsh`, `.shape`.",
        ),
        solution="{" + ", ".join(f'"{part.key}": {part.solution}' for part in asked) + "}",
        because="Each part tells where to read up if it was new.",
    )


PREREQUISITES = seeded(
    prerequisites, slope=(3, 5, 7, 9), stretch=(25, 16, 36, 49), columns=(3, 4, 5)
)

EXERCISES = (PREREQUISITES,)
