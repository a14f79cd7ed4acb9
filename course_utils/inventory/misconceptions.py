"""The misconceptions that learners bring along: one table for lessons, classes and teachers.

The wrong answers of the twelve questions name them, the class table counts them, tags in the
lessons say where each is predicted and then met, and MISCONCEPTIONS.md is written from all this.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Misconception:
    """What is believed, what is true, and the lesson that has to treat it."""

    says: str
    true: str
    lesson: str


MISCONCEPTIONS = {
    "C01": Misconception(
        "Downhill points to the minimum.",
        "Across a long valley it can point almost at a right angle to it.",
        "01",
    ),
    "C02": Misconception(
        "A smaller learning rate cures the ravine.",
        "Without a zig-zag a long ravine takes about twice the steps of the best rate, or more.",
        "01",
    ),
    "C03": Misconception(
        "Newton's method changes only the length of the step.",
        "It divides each direction by its own curvature, so the direction changes.",
        "02",
    ),
    "C04": Misconception(
        "Newton's method always goes downhill.",
        "Where the surface bends down it can go up, to a saddle or a hilltop.",
        "02",
    ),
    "C05": Misconception(
        "The inverse of a matrix holds one over each entry.",
        "The inverse of the Hessian solves a linear system, which mixes the slopes.",
        "02",
    ),
    "C06": Misconception(
        "A loss that stops moving is at a local minimum.",
        "A saddle, or the floor of a ravine, looks the same for a long time.",
        "02",
    ),
    "C07": Misconception(
        "A fading sum of gradients is as good as their average.",
        "The velocity is the sum: its weights add up to 1/(1 − β), not to 1.",
        "03",
    ),
    "C08": Misconception(
        "An average weighs the past with p, p², p³ and so on.",
        "Those add up to p/(1 − p). The weights are (1 − p), (1 − p)p, (1 − p)p², ...",
        "03",
    ),
    "C09": Misconception(
        "A β of 0.9 averages exactly the last ten values.",
        "The last ten hold about two thirds of the weight, and the rest reaches far back.",
        "03",
    ),
    "C10": Misconception(
        "Momentum always damps oscillations.",
        "Only for ηλ > 1 + √β; below that it prolongs one or makes one, or just speeds up.",
        "05",
    ),
    "C11": Misconception(
        "Gradients of changing sign cancel to zero.",
        "1/(1 + β) of them is left, since the newest weighs most.",
        "04",
    ),
    "C12": Misconception(
        "More momentum is always better.",
        "An oscillation shrinks by √β a step, whatever the learning rate: there is a best β.",
        "05",
    ),
    "C13": Misconception(
        "Momentum allows any learning rate.",
        "The limit grows from 2/λ₁ to 2(1 + β)/λ₁, never more than twice as far.",
        "05",
    ),
    "C14": Misconception(
        "The best-tuned heavy ball converges on every convex function.",
        "On one whose curvature changes it runs round a cycle for ever, from some starts.",
        "05",
    ),
    "C15": Misconception(
        "RMSProp needs no learning rate.",
        "The learning rate is the length of its step, and has to be tuned.",
        "06",
    ),
    "C16": Misconception(
        "RMSProp slows down near the minimum.",
        "Only while the gradient falls; on a parabola, at a constant η and a tiny ε, its steps "
        "then return to η.",
        "06",
    ),
    "C17": Misconception(
        "Lowering the learning rate is simulated annealing.",
        "Simulated annealing climbs at random; a rate that decays never climbs on purpose.",
        "09",
    ),
    "C18": Misconception(
        "RMSProp and Adam cure any ravine.",
        "They scale the axes of the weights; a ravine across the axes is left to them.",
        "08",
    ),
    "C19": Misconception(
        "The flat direction has the larger gradients.",
        "In a wide zig-zag the steep one has them, and so gets the smaller factor.",
        "06",
    ),
    "C20": Misconception(
        "A step of Adam is never longer than the learning rate.",
        "Only for β1 = β2; gradients that grow make it several times as long.",
        "07",
    ),
    "C21": Misconception(
        "Adam converges wherever gradient descent does.",
        "It may end at the worst point, and a quiet run may burst.",
        "10",
    ),
    "C22": Misconception(
        "The training loss must fall at every step.",
        "Many steps go up while the trend goes down.",
        "11",
    ),
    "C23": Misconception(
        "Sharp is bad and flat is good, whatever the coordinates.",
        "The same function is sharp or flat, depending on how it is written.",
        "11",
    ),
    "C24": Misconception(
        "Adaptive methods always find sharper minima.",
        "Learning rate and batch decide more than the family of the rule.",
        "11",
    ),
    "C25": Misconception(
        "One learning rate means the same to every optimizer.",
        "Learning rates have different units: multiply the loss and see.",
        "06",
    ),
    "C26": Misconception(
        "The bias of a memory from zero is gone in a few steps.",
        "At β = 0.999 it takes thousands of steps to fade.",
        "07",
    ),
    "C27": Misconception(
        "Second-order methods are out of reach for large networks.",
        "The matrix is; its products with a vector cost about two gradients.",
        "02",
    ),
    "C28": Misconception(
        "Adam is adaptive moment optimization, with β2 = 0.99 and ε = 1e-10.",
        "It is adaptive moment estimation, with β2 = 0.999 and ε = 1e-8 in the paper.",
        "07",
    ),
    "C29": Misconception(
        "Adam's two memories are the same average.",
        "The one averages gradients, which cancel; the other squares, which do not.",
        "07",
    ),
    "C30": Misconception(
        "It does not matter where the learning rate sits when it changes.",
        "With the rate inside the velocity, what was gathered at the old rate rolls on.",
        "09",
    ),
    "C31": Misconception(
        "A loss that jumps asks for a smaller learning rate.",
        "Sorted data and small batches make it jump as well: look at one pass.",
        "14",
    ),
    "C32": Misconception(
        "A loss that falls slowly asks for a larger learning rate.",
        "It may be ε, or a start at a saddle: look at the update-to-weight ratio.",
        "14",
    ),
    "C33": Misconception(
        "Gradient clipping protects a run from NaN.",
        "The norm of such a gradient is NaN, too: nothing is shortened.",
        "14",
    ),
    "C34": Misconception(
        "A range test turns at the largest stable learning rate.",
        "Growth must first undo what was gained: on a long ravine it turns far beyond 2/λ₁.",
        "14",
    ),
}
