"""Averages with memory: one number that stands for all the gradients so far.

Nothing here moves weights. The memories of `momentum`'s kin, RMSProp and Adam are such averages.
"""

from __future__ import annotations

from typing import Any

import numpy as np


# In place, since the caller's array is the memory: m = ... would name a new array, soon lost.
def ema(m, g, *, beta):
    """The exponential moving average: m <- beta m + (1 - beta) g.

    Args:
        m: average so far, any shape, zero before the first value; changed in place.
        g: new value, same shape.
        beta: share of the old average that is kept, 0 <= beta < 1.

    Source: Brown, Smoothing, Forecasting and Prediction, 1963; Kingma and Ba, ICLR 2015,
    algorithm 1.

    >>> m = np.zeros(1)
    >>> ema(m, np.array([8.0]), beta=0.5)
    >>> print(m)
    [4.]
    """
    m *= beta
    m += (1 - beta) * g


def ema_corrected(a, g, m, *, beta, t):
    """The average of what was seen so far: m <- beta m + (1 - beta) g, then a <- m / (1 - beta^t).

    Args:
        a: the corrected average, any shape; overwritten.
        g: new value, same shape.
        m: the average with its bias towards zero, same shape, zero before the first value; changed
            in place.
        beta: share of the old average that is kept, 0 <= beta < 1.
        t: how many values there are with this one: 1, 2, ...

    Source: Kingma and Ba, ICLR 2015, section 3.

    >>> a, m = np.empty(1), np.zeros(1)
    >>> ema_corrected(a, np.array([8.0]), m, beta=0.5, t=1)
    >>> print(a, m)
    [8.] [4.]
    """
    ema(m, g, beta=beta)
    a[...] = m / (1 - beta**t)


def smoothed(series: Any, *, beta: Any, corrected: bool = False) -> np.ndarray:
    """The average after each value of a series.

    Args:
        series: values in order on the first axis, shape (T, ...).
        beta: share of the old average that is kept, 0 <= beta < 1: a number, or an array that
            broadcasts against one value of the series.
        corrected: whether to divide by 1 - beta^t, so that the start is not drawn towards zero.

    Returns:
        The averages, shape (T, ...).

    Raises:
        ValueError: the series is empty or a single number, or beta is not in [0, 1).

    >>> print(smoothed([8.0, 8.0, 8.0], beta=0.5))
    [4. 6. 7.]
    >>> print(smoothed([8.0, 8.0, 8.0], beta=0.5, corrected=True))
    [8. 8. 8.]
    """
    series = np.asarray(series, dtype=float)
    if series.ndim == 0 or len(series) == 0:
        raise ValueError("An average needs a series: pass at least one value, in order of time.")
    if not np.all((np.asarray(beta) >= 0) & (np.asarray(beta) < 1)):
        raise ValueError(
            f"The setting beta must be in [0, 1), and here it is {beta}. "
            "At 1 nothing would ever be forgotten."
        )
    m = np.zeros(np.broadcast_shapes(series.shape[1:], np.shape(beta)))
    a = np.empty((len(series), *m.shape))
    for t, value in enumerate(series, start=1):
        if corrected:
            ema_corrected(a[t - 1, ...], value, m, beta=beta, t=t)
        else:
            ema(m, value, beta=beta)
            a[t - 1] = m
    return a
