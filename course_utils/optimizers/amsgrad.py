"""AMSGrad: Adam whose divisor never falls.

The authors correct nothing; the libraries correct, each at another place. PyTorch and Keras take
the largest raw average and correct it, optax takes the largest corrected one. On early steps these
are different rules; lesson 10 shows by how much.
"""

from __future__ import annotations

import numpy as np

from .adam import DEFAULTS
from .averages import ema
from .rule import Rule


# `out=` keeps top the array that it was: a plain top = ... would be lost when the kernel returns.
def uncorrected_amsgrad(w, g, m, s, top, *, lr, beta1, beta2, eps):
    """Averages m of g and s of g^2, top <- max(top, s), then w <- w - lr m / (sqrt(top) + eps).

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        m: first moment, same shape, zero before the first step; changed in place.
        s: second moment, likewise.
        top: the largest second moment so far, likewise.
        lr: learning rate.
        beta1: share of the first moment that is kept, 0 <= beta1 < 1.
        beta2: share of the second moment that is kept, 0 <= beta2 < 1.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.

    Source: Reddi, Kale and Kumar, ICLR 2018, algorithm 2, which has no eps.

    >>> w, m, s, top = np.array([1.0]), np.zeros(1), np.zeros(1), np.array([16.0])
    >>> uncorrected_amsgrad(w, np.array([4.0]), m, s, top, lr=0.1, beta1=0.5, beta2=0.75, eps=0.0)
    >>> print(w, s, top)
    [0.95] [4.] [16.]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    np.maximum(top, s, out=top)
    w -= lr * m / (np.sqrt(top) + eps)


def amsgrad(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
    """The largest raw average, corrected: w <- w - lr m_hat / (sqrt(top_hat) + eps).

    top <- max(top, s), m_hat = m / (1 - beta1^t) and top_hat = top / (1 - beta2^t). While the
    correction fades, top_hat may fall, although top does not.

    Args as for `uncorrected_amsgrad`, and the step count ``t`` = 1, 2, ... Source: PyTorch
    documentation, torch.optim.Adam with amsgrad=True.

    >>> w, m, s, top = np.array([1.0]), np.zeros(1), np.zeros(1), np.array([16.0])
    >>> amsgrad(w, np.array([4.0]), m, s, top, lr=0.1, beta1=0.5, beta2=0.75, eps=0.0, t=1)
    >>> print(w, s, top)
    [0.95] [4.] [16.]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    np.maximum(top, s, out=top)
    m_hat = m / (1 - beta1**t)
    top_hat = top / (1 - beta2**t)
    w -= lr * m_hat / (np.sqrt(top_hat) + eps)


def amsgrad_of_corrected(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
    """The largest corrected average: top <- max(top, s_hat), w <- w - lr m_hat / (sqrt(top) + eps).

    m_hat = m / (1 - beta1^t) and s_hat = s / (1 - beta2^t). Here ``top`` never falls.

    Args as for `amsgrad`. Source: optax documentation, optax.amsgrad.

    >>> w, m, s, top = np.array([1.0]), np.zeros(1), np.zeros(1), np.array([64.0])
    >>> now = {"lr": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.0, "t": 1}
    >>> amsgrad_of_corrected(w, np.array([4.0]), m, s, top, **now)
    >>> print(w, s, top)
    [0.95] [4.] [64.]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    np.maximum(top, s_hat, out=top)
    w -= lr * m_hat / (np.sqrt(top) + eps)


def amsgrad_hat(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
    """The largest raw average, corrected in the rate: w <- w - lr_t m / (sqrt(top) + eps).

    lr_t = lr sqrt(1 - beta2^t) / (1 - beta1^t). It is `amsgrad` with eps / sqrt(1 - beta2^t) for
    its eps.

    Args as for `amsgrad`. Source: Keras documentation, keras.optimizers.Adam with amsgrad=True.

    >>> w, m, s, top = np.array([1.0]), np.zeros(1), np.zeros(1), np.array([16.0])
    >>> amsgrad_hat(w, np.array([4.0]), m, s, top, lr=0.1, beta1=0.5, beta2=0.75, eps=0.0, t=1)
    >>> print(w, s, top)
    [0.95] [4.] [16.]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    np.maximum(top, s, out=top)
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    w -= lr_t * m / (np.sqrt(top) + eps)


_SOURCE = "Reddi, Kale and Kumar, ICLR 2018, algorithm 2"

UNCORRECTED_AMSGRAD = Rule(
    name="AMSGrad, not corrected",
    kernel=uncorrected_amsgrad,
    defaults=DEFAULTS,
    convention="the largest average so far divides; nothing is corrected; eps outside the root",
    source=_SOURCE,
)

AMSGRAD = Rule(
    name="AMSGrad",
    kernel=amsgrad,
    defaults=DEFAULTS,
    convention="the largest raw average divides, corrected after; eps outside the root",
    source=_SOURCE + ", with Adam's correction",
)

AMSGRAD_OF_CORRECTED = Rule(
    name="AMSGrad of the corrected",
    kernel=amsgrad_of_corrected,
    defaults=DEFAULTS,
    convention="the largest corrected average divides; eps outside the root",
    source=_SOURCE + ", with Adam's correction before the maximum",
)

AMSGRAD_HAT = Rule(
    name="AMSGrad, eps hat",
    kernel=amsgrad_hat,
    defaults={**DEFAULTS, "eps": 1e-7},
    convention="the largest raw average divides, corrected in the rate; eps before the correction",
    source=_SOURCE + ", with the correction of Kingma and Ba's remark before section 2.1",
)
