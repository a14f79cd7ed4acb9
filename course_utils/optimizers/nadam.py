"""NAdam: Adam that looks ahead, as Nesterov's momentum does."""

from __future__ import annotations

import numpy as np

from .adam import DEFAULTS
from .averages import ema
from .rule import Rule


def nadam(w, g, m, s, *, lr, beta1, beta2, eps, t):
    """Adam's memories, then w <- w - lr n / (sqrt(s_hat) + eps), where n lets g in once more.

    n = beta1 m / (1 - beta1^(t+1)) + (1 - beta1) g / (1 - beta1^t): what the corrected m would be
    one step on, if the next gradient were this one, up to the correction of g.

    Args:
        w: weights, any shape; changed in place.
        g: gradient at ``w``, same shape.
        m: first moment, same shape, zero before the first step; changed in place.
        s: second moment, likewise.
        lr: learning rate.
        beta1: share of the first moment that is kept, 0 <= beta1 < 1.
        beta2: share of the second moment that is kept, 0 <= beta2 < 1.
        eps: keeps the division possible, 0 <= eps; in units of the gradient.
        t: step count 1, 2, ...

    Source: Dozat, ICLR 2016 workshop, algorithm 2, with a constant mu.

    >>> w, m, s = np.array([1.0]), np.zeros(1), np.zeros(1)
    >>> nadam(w, np.array([4.0]), m, s, lr=0.3, beta1=0.5, beta2=0.999, eps=0.0, t=1)
    >>> print(w)
    [0.6]
    """
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    n = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    w -= lr * n / (np.sqrt(s_hat) + eps)


# 0.96 is Dozat's constant: with psi = 0.004 the momentum has 1/e of its way left after 6,100 steps.
# q has the weights' shape, though all its entries are one number, because all memory has.
def scheduled_nadam(w, g, m, s, q, *, lr, beta1, beta2, eps, psi, t):
    """NAdam with a warming momentum mu_t = beta1 (1 - 0.96^(psi t) / 2) in place of beta1.

    q <- 1 - mu_1 ... mu_t, the weight that has arrived; q_next is the same one step on. Then
    n = mu_(t+1) m / q_next + (1 - mu_t) g / q and w <- w - lr n / (sqrt(s_hat) + eps). The average
    m itself keeps beta1.

    Args as for `nadam`, and:
        q: the weight that has arrived, same shape, zero before the first step; changed in place.
        psi: how quickly mu warms up, 0 <= psi.

    Source: Dozat, ICLR 2016 workshop, algorithm 2 and section 3, as PyTorch and Keras compute it.

    >>> w, m, s, q = np.array([1.0]), np.zeros(1), np.zeros(1), np.zeros(1)
    >>> now = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 0.0, "psi": 0.0, "t": 1}
    >>> scheduled_nadam(w, np.array([4.0]), m, s, q, **now)
    >>> print(q)
    [0.55]
    """
    mu, mu_next = (beta1 * (1 - 0.96 ** (psi * k) / 2) for k in (t, t + 1))
    ema(m, g, beta=beta1)
    ema(s, g**2, beta=beta2)
    ema(q, 1, beta=mu)
    q_next = mu_next * q + (1 - mu_next)
    n = mu_next * m / q_next + (1 - mu) * g / q
    s_hat = s / (1 - beta2**t)
    w -= lr * n / (np.sqrt(s_hat) + eps)


NADAM = Rule(
    name="NAdam",
    kernel=nadam,
    defaults=DEFAULTS,
    convention="as Adam, with a look ahead in the numerator; beta1 is constant",
    source="Dozat, ICLR 2016 workshop, algorithm 2",
)

SCHEDULED_NADAM = Rule(
    name="NAdam with a schedule",
    kernel=scheduled_nadam,
    defaults={**DEFAULTS, "psi": 0.004},
    convention="as NAdam, with a momentum that warms up from beta1 / 2 to beta1",
    source="Dozat, ICLR 2016 workshop, algorithm 2 and section 3",
)
