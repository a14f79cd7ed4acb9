"""Adam: momentum's memory over RMSProp's, each corrected for its start at zero."""

from __future__ import annotations

import numpy as np

from .averages import ema
from .rule import Rule


def adam(w, g, m, s, *, lr, beta1, beta2, eps, t):
    """Two averages m, s, both corrected, then w <- w - lr m_hat / (sqrt(s_hat) + eps).

    m_hat = m / (1 - beta1^t) and s_hat = s / (1 - beta2^t).

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        m: first moment, m <- beta1 m + (1 - beta1) g, same shape, zero before the first step;
            changed in place.
        s: second moment, s <- beta2 s + (1 - beta2) g^2, likewise.
        lr: learning rate: the length of the first step along every weight.
        beta1: share of the first moment that is kept, 0 <= beta1 < 1.
        beta2: share of the second moment that is kept, 0 <= beta2 < 1.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.
        t: step count 1, 2, ...

    Source: Kingma and Ba, ICLR 2015, algorithm 1.

    >>> w, m, s = np.array([1.0, 1.0]), np.zeros(2), np.zeros(2)
    >>> adam(w, np.array([50.0, -0.01]), m, s, lr=0.1, beta1=0.9, beta2=0.999, eps=0.0, t=1)
    >>> print(w)
    [0.9 1.1]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w -= lr * m_hat / (np.sqrt(s_hat) + eps)


def adam_inside(w, g, m, s, *, lr, beta1, beta2, eps, t):
    """As `adam`, with w <- w - lr m_hat / sqrt(s_hat + eps).

    Args and source as for `adam`; here ``eps`` is in units of the gradient squared.

    >>> w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> adam_inside(w, np.array([4.0]), m, s, lr=0.1, beta1=0.9, beta2=0.999, eps=9.0, t=1)
    >>> print(w)
    [0.92]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w -= lr * m_hat / np.sqrt(s_hat + eps)


def uncorrected_adam(w, g, m, s, *, lr, beta1, beta2, eps):
    """Adam without its correction: w <- w - lr m / (sqrt(s) + eps).

    Args as for `adam`, without the step count.

    >>> w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> uncorrected_adam(w, np.array([4.0]), m, s, lr=0.1, beta1=0.5, beta2=0.75, eps=0.0)
    >>> print(w, m, s)
    [0.9] [2.] [4.]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    w -= lr * m / (np.sqrt(s) + eps)


def uncorrected_adam_inside(w, g, m, s, *, lr, beta1, beta2, eps):
    """Adam without its correction: w <- w - lr m / sqrt(s + eps).

    Args as for `adam`, without the step count; here ``eps`` is in units of the gradient squared.

    >>> w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> uncorrected_adam_inside(w, np.array([4.0]), m, s, lr=0.1, beta1=0.5, beta2=0.75, eps=12.0)
    >>> print(w, m, s)
    [0.95] [2.] [4.]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    w -= lr * m / np.sqrt(s + eps)


def adam_hat(w, g, m, s, *, lr, beta1, beta2, eps, t):
    """Adam with its correction in the rate: w <- w - lr_t m / (sqrt(s) + eps).

    lr_t = lr sqrt(1 - beta2^t) / (1 - beta1^t). Here ``eps`` is the paper's "epsilon hat": it does
    what eps / sqrt(1 - beta2^t) does in `adam`.

    Args as for `adam`. Source: Kingma and Ba, ICLR 2015, the remark before section 2.1.

    >>> w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> adam_hat(w, np.array([4.0]), m, s, lr=0.1, beta1=0.5, beta2=0.75, eps=2.0, t=1)
    >>> print(w)
    [0.95]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    w -= lr_t * m / (np.sqrt(s) + eps)


def adam_l2(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    """Adam with a penalty in the loss: g + decay w stands for g in m, s and w <- w - Adam's step.

    Args as for `adam`; ``decay`` is the weight of the penalty decay |w|^2 / 2, 0 <= decay.

    >>> w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> adam_l2(w, np.array([0.0]), m, s, lr=0.1, beta1=0.9, beta2=0.999, eps=0.0, decay=0.01, t=1)
    >>> print(w)
    [0.9]
    """
    adam(w, g + decay * w, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)


def adamw(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    """Adam with decoupled decay: w <- w - lr decay w, then Adam's step.

    Args as for `adam`; a step takes the share lr decay off every weight, 0 <= decay.

    Source: Loshchilov and Hutter, ICLR 2019, algorithm 2, in PyTorch's convention: the decay is
    multiplied by the learning rate.

    >>> w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> adamw(w, np.array([4.0]), m, s, lr=0.1, beta1=0.9, beta2=0.999, eps=0.0, decay=0.5, t=1)
    >>> print(w)
    [0.85]
    """
    w -= lr * decay * w
    adam(w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)


# Those of the paper; AMSGrad and NAdam are compared with Adam at the same ones.
DEFAULTS = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
_SOURCE = "Kingma and Ba, ICLR 2015, algorithm 1"

ADAM = Rule(
    name="Adam",
    kernel=adam,
    defaults=DEFAULTS,
    convention="two averages, both corrected; eps outside the root, after the correction",
    source=_SOURCE,
)

ADAM_INSIDE = Rule(
    name="Adam, eps inside",
    kernel=adam_inside,
    defaults=DEFAULTS,
    convention="two averages, both corrected; eps inside the root, after the correction",
    source=_SOURCE + ", with another place for eps",
)

UNCORRECTED_ADAM = Rule(
    name="Adam, not corrected",
    kernel=uncorrected_adam,
    defaults=DEFAULTS,
    convention="two averages, neither corrected; eps outside the root",
    source=_SOURCE + ", without the lines that correct",
)

UNCORRECTED_ADAM_INSIDE = Rule(
    name="Adam, not corrected, eps inside",
    kernel=uncorrected_adam_inside,
    defaults=DEFAULTS,
    convention="two averages, neither corrected; eps inside the root",
    source=_SOURCE + ", without the lines that correct",
)

ADAM_HAT = Rule(
    name="Adam, eps hat",
    kernel=adam_hat,
    defaults={**DEFAULTS, "eps": 1e-7},
    convention="two averages, corrected in the rate; eps outside the root, before the correction",
    source="Kingma and Ba, ICLR 2015, the remark before section 2.1",
)

ADAM_L2 = Rule(
    name="Adam with L2",
    kernel=adam_l2,
    defaults={**DEFAULTS, "decay": 0.01},
    convention="as Adam; the decay goes through the gradient and is divided with it",
    source=_SOURCE + ", on a loss with a penalty",
)

ADAMW = Rule(
    name="AdamW",
    kernel=adamw,
    defaults={**DEFAULTS, "decay": 0.01},
    convention="as Adam; the decay is taken off the weights, multiplied by lr",
    source="Loshchilov and Hutter, ICLR 2019, algorithm 2",
)
