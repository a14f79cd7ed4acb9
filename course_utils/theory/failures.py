"""Where Adam goes wrong: periodic losses on a line, and features that occur once.

The sequence: losses g x on -1 <= x <= 1 whose slopes g repeat, one loud slope ``loud`` and then
``period - 1`` slopes of -1. The features: Wilson's data, in which one feature tells the label, two
never change, and every sample has ``extra`` features of its own if positive, ``extra`` + 4 if not.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def periodic_memory(loud, period, beta, power=1):
    """An exponential average of g^power in the steady state, after each slope of a period.

    With slopes loud, -1, -1, ... the average of squares (power 2) is 1 + (loud^2 - 1) w_k, that of
    the slopes (power 1) -1 + (loud + 1) w_k, with w_k = (1 - beta) beta^k / (1 - beta^period), the
    weight of the loud slopes.

    Returns:
        Shape (period, *batch): entry 0 is from after the loud slope.

    >>> print(periodic_memory(3.0, 3, 0.5).round(3))
    [ 1.286  0.143 -0.429]
    """
    loud, beta = np.asarray(loud, dtype=float), np.asarray(beta, dtype=float)
    k = np.arange(period).reshape(-1, *[1] * max(loud.ndim, beta.ndim))
    weight = (1 - beta) * beta**k / (1 - beta**period)
    quiet = (-1.0) ** power
    return quiet + (loud**power - quiet) * weight


def memory_from_zero(loud, period, beta, steps, power=1):
    """The same average from zero, after steps 1, 2, ..., ``steps``; shape (steps,).

    What starts at zero lacks beta^t of what the steady state has before its loud slope.

    >>> print(memory_from_zero(3.0, 3, 0.5, 4))
    [ 1.5     0.25   -0.375   1.3125]
    """
    steady, t = periodic_memory(loud, period, beta, power), np.arange(1, steps + 1)
    return steady[(t - 1) % period] - beta**t * steady[-1]


def adam_drift(loud, period, beta1, beta2):
    """The mean step of Adam on these slopes in the long run, in learning rates; eps is 0.

    Minus the mean of m / sqrt(s) over a period. Gradient descent moves by minus the mean slope,
    1 - (1 + loud) / period; where the signs differ, Adam goes to the wrong end.

    >>> print(round(adam_drift(3.0, 3, 0.0, 0.1), 3))
    0.227
    """
    m = periodic_memory(loud, period, beta1)
    s = periodic_memory(loud, period, beta2, power=2)
    return -np.mean(m / np.sqrt(s), axis=0)


def least_beta2(loud, period):
    """The beta2 from which Adam with beta1 = 0 goes where gradient descent goes.

    0 if it always does; needs loud > period - 1, so that gradient descent goes to -1.

    Raises:
        ValueError: the loud slope does not outweigh the others.

    >>> print(round(least_beta2(3.0, 3), 3))
    0.472
    """
    if loud <= period - 1:
        raise ValueError(
            f"A slope of {loud} does not outweigh {period - 1} slopes of -1, so that both rules "
            f"go to +1: take loud above {period - 1}."
        )
    # At 1 itself the average is 0/0.
    low, high = 0.0, 1 - 1e-9
    if adam_drift(loud, period, 0.0, low) <= 0:
        return 0.0
    # Bisection: 2^-60 is below the rounding of a number near 1.
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if adam_drift(loud, period, 0.0, middle) > 0 else (low, middle)
    return high


def printed_regret(gradients, lr, beta1, beta2, fades, reach):
    """What theorem 4.1 of Kingma and Ba lets Adam's regret be at most, for a single weight.

    With lr / sqrt(t) and beta1 fades^(t - 1) at step t. A run can exceed it: the proof is wrong.
    The last divisor is quoted with beta1 and with 1 - beta1; this takes the smaller, so that no
    reading of the theorem promises more.

    Args:
        gradients: those that Adam met, from the first on.
        lr: the learning rate of step 1.
        beta1: of step 1; beta1^2 below sqrt(beta2).
        beta2: share of s that is kept.
        fades: lambda, the factor of beta1 from step to step, between 0 and 1.
        reach: the largest distance between two places of the run.

    Source: Kingma and Ba, ICLR 2015, section 4, with D, G and gamma.

    >>> round(printed_regret([3.0, -1.0, -1.0], 0.3, 0.3, 0.1, 0.5, reach=2.0))
    281
    """
    g, steps = np.asarray(gradients, dtype=float), len(gradients)
    gamma, largest = beta1**2 / np.sqrt(beta2), np.abs(g).max()
    s = (1 - beta2) * np.sum(beta2 ** np.arange(steps - 1, -1, -1.0) * g**2)
    distance = reach**2 / (2 * lr * (1 - beta1)) * np.sqrt(steps * s / (1 - beta2**steps))
    slopes = lr * (1 + beta1) * largest / ((1 - beta1) * np.sqrt(1 - beta2) * (1 - gamma) ** 2)
    fading = reach**2 * largest * np.sqrt(1 - beta2) / (2 * lr * (1 - fades) ** 2)
    return distance + slopes * np.sqrt(np.sum(g**2)) + fading / min(beta1, 1 - beta1)


def fading_step(s, t, beta2, limit):
    """The step at which an average that nothing feeds has fallen from ``s`` at step t to ``limit``.

    s beta2^(n - t) = limit, rounded up.

    >>> print(fading_step(1.0, 0, 0.5, 1 / 8.5))
    4
    """
    return int(np.ceil(t + np.log(limit / s) / np.log(beta2)))


def shortest_weights(positives, negatives, extra) -> tuple[float, float]:
    """What gradient descent from zero learns of Wilson's data, with the squared loss.

    The shortest weights that fit: of the telling feature, and of each of the two constant ones.

    >>> print([round(x, 3) for x in shortest_weights(1, 1, 1)])
    [0.452, 0.129]
    """
    P, N, k = positives, negatives, extra
    a, b = np.linalg.solve([[3 * P + k, N], [P, 3 * N + k + 4]], [1.0, -1.0])
    return float(P * a - N * b), float(P * a + N * b)


def sign_weight(extra) -> float:
    """What sign descent, AdaGrad and Adam learn: every weight is its sign times 1 / (3 + extra).

    >>> print(sign_weight(1))
    0.25
    """
    return 1 / (3 + extra)


def misleading_extra(positives, negatives) -> float:
    """The number of extra features from which even the shortest weights misjudge a new negative.

    4 P (2 N - 1) / (P - 3 N) for P positives and N negatives, infinite if P <= 3 N.

    >>> print(misleading_extra(5, 1), misleading_extra(3, 1))
    10.0 inf
    """
    P, N = positives, negatives
    return 4 * P * (2 * N - 1) / (P - 3 * N) if P > 3 * N else np.inf


def wilson_data(labels: Any, extra: int) -> np.ndarray:
    """Wilson's data, shape (features, samples): one column per label of +1 or -1.

    Source: Wilson et al., NeurIPS 2017, section 3.3, where ``extra`` is 1.

    >>> print(wilson_data([1, -1], extra=1).shape)
    (9, 2)
    >>> print(wilson_data([1, -1], extra=1)[:4])
    [[ 1. -1.]
     [ 1.  1.]
     [ 1.  1.]
     [ 1.  0.]]
    """
    labels = np.asarray(labels)
    own = np.where(labels > 0, extra, extra + 4)
    x = np.zeros((3 + own.sum(), labels.size))
    x[0], x[1:3] = labels, 1
    x[3 + np.arange(own.sum()), np.repeat(np.arange(labels.size), own)] = 1
    return x
