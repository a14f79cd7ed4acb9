"""What the exercises of lesson 07 need besides their words."""

from fractions import Fraction


def three_steps(beta: Fraction) -> list[Fraction]:
    """Adam's m after each of the gradients 1, −1, 1."""
    m = [1 - beta]
    for g in (-1, 1):
        m.append(beta * m[-1] + (1 - beta) * g)
    return m
