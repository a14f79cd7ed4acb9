"""What a learning-rate range test shows on a quadratic, where everything is known.

The learning rate rises from almost 0, step by step, and gradient descent multiplies the weight in
a direction of curvature lambda by 1 - lr lambda. It shrinks until lr = 2 / lambda and grows from
there on; but what the steps before have gained must be undone before the growth is seen.

With x = lr lambda now, a slow ramp has multiplied the weight by exp(n E(x)), where E is
`ramp_exponent` and n the number of steps

- in which a geometric ramp becomes e times as high, or
- which a straight ramp takes to rise by 1 / lambda.
"""

from __future__ import annotations

import numpy as np

# The series is summed for x up to 1/2 alone: there its 60th term is below a double's last digit.
TERMS = 60


def amplitude_on_a_ramp(lrs, curvature):
    """|w| / |w at the start| after each step of descent, the product of |1 - lr curvature|.

    Args:
        lrs: learning rates of the steps, shape (steps,).
        curvature: a number.

    >>> print(amplitude_on_a_ramp([0.5, 1.5, 2.0, 3.0], 1.0))
    [0.5  0.25 0.25 0.5 ]
    """
    return np.cumprod(np.abs(1 - np.asarray(lrs) * curvature))


def ramp_exponent(x, straight=False):
    """E(x) of a slow ramp at lr curvature = x, starting from almost 0; see the module.

    On a geometric ramp it is the integral of ln|1 - u| / u from 0 to x, the negative real part of
    the dilogarithm; on a straight one that of ln|1 - u|, which is (x - 1) ln|x - 1| - x. Both are
    lowest at x = 2.

    >>> print(ramp_exponent(np.array([1.0, 2.0, 13.0])).round(3))
    [-1.645 -2.467  0.078]
    >>> print(ramp_exponent(2.0, straight=True), ramp_exponent(5.0, straight=True).round(3))
    -2.0 0.545
    """
    x = np.asarray(x, dtype=float)
    if straight:
        left = np.abs(x - 1)
        # At x = 1 the logarithm is infinite and its product with 0 is 0.
        return (x - 1) * np.log(np.where(left > 0, left, 1.0)) - x
    # Beyond 1 by Euler's formula Re Li2(x) = pi^2/3 - ln(x)^2/2 - Li2(1/x).
    beyond = np.maximum(x, 1.0)
    inside = _dilogarithm(np.minimum(x, 1 / beyond))
    return np.where(x <= 1, -inside, np.log(beyond) ** 2 / 2 - np.pi**2 / 3 + inside)


def ramp_undone(straight=False):
    """lr curvature at which a slow ramp has undone all that it gained: the weight is back.

    On a straight ramp 1 + 1 / W(1/e), Lambert's W, 2.3 times the limit of gradient descent; on a
    geometric one 6.3 times the limit. How slow the ramp is does not matter.

    >>> print(round(ramp_undone(), 3), round(ramp_undone(straight=True), 4))
    12.595 4.5911
    """
    return _root(lambda x: ramp_exponent(x, straight), 2.0, 20.0)


def ramp_turn(kappa, straight=False):
    """lr times the largest curvature at which the loss turns on a slow ramp, two curvatures.

    There the weight along the largest curvature has grown as large again as what is left along
    the smallest, or it is the larger one all the time and the loss turns at the limit, 2. From
    there the turn rises with kappa towards `ramp_undone`.

    Args:
        kappa: the largest curvature over the smallest, at least 1.
        straight: whether the ramp is a straight one, else geometric.

    >>> print([round(ramp_turn(kappa), 2) for kappa in (1, 2, 25, 1000)])
    [2.0, 2.89, 10.32, 12.53]
    >>> print([round(ramp_turn(kappa, straight=True), 2) for kappa in (2, 25, 1000)])
    [2.0, 4.28, 4.58]
    """
    if kappa <= 1:
        return 2.0
    # One straight ramp takes kappa times as many steps to rise by 1 / (the smallest curvature).
    pace = kappa if straight else 1

    def ahead(x):
        return ramp_exponent(x, straight) - pace * ramp_exponent(x / kappa, straight)

    return _root(ahead, 2.0, 20.0)


def _dilogarithm(x):
    """The sum of x^k / k^2 for 0 <= x <= 1; above 1/2 by Euler's reflection, from 1 - x."""
    small, k = np.minimum(x, 1 - x), np.arange(1, TERMS + 1)
    series = (np.power.outer(small, k) / k**2).sum(axis=-1)
    # Where x is 0 or 1 a logarithm is infinite, and its product with the other one is 0.
    known = np.log(np.where(x > 0, x, 1.0)) * np.log(np.where(x < 1, 1 - x, 1.0))
    return np.where(x <= 0.5, series, np.pi**2 / 6 - known - series)


def _root(function, low, high):
    """Where a function that is negative at ``low`` and positive at ``high`` passes 0."""
    for _ in range(60):  # each halves the interval: after 60 it is below a double's last digit
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2
