"""Every rule as one writes its formula down: a new array for whatever is computed.

A function takes weights, gradient and memory and returns new weights and memory. None of this is
taken from the kernels; before anything is timed, both must arrive at the same numbers.
"""

# ruff: noqa: D103

from __future__ import annotations

import numpy as np


def average(m, g, beta):
    """An exponential moving average."""
    return beta * m + (1 - beta) * g


def moments(m, s, g, beta1, beta2):
    """Adam's two averages."""
    return average(m, g, beta1), average(s, g**2, beta2)


def corrected(m, beta, t):
    """An average without its bias towards zero."""
    return m / (1 - beta**t)


def gradient_descent(w, g, *, lr):
    return (w - lr * g,)


def momentum(w, g, v, *, lr, beta):
    v = beta * v - lr * g
    return w + v, v


def averaged_momentum(w, g, v, *, lr, beta):
    v = average(v, g, beta)
    return w - lr * v, v


def momentum_rate_outside(w, g, v, *, lr, beta):
    v = beta * v + g
    return w - lr * v, v


def momentum_l2(w, g, v, *, lr, beta, decay):
    v = beta * v + (g + decay * w)
    return w - lr * v, v


def nesterov(w, g, v, *, lr, beta):
    v = beta * v - lr * g
    return w + beta * v - lr * g, v


def sign_descent(w, g, *, lr):
    return (w - lr * np.sign(g),)


def adagrad(w, g, s, *, lr, eps):
    s = s + g**2
    return w - lr * g / (np.sqrt(s) + eps), s


def adagrad_inside(w, g, s, *, lr, eps):
    s = s + g**2
    return w - lr * g / np.sqrt(s + eps), s


def rmsprop(w, g, s, *, lr, rho, eps):
    s = average(s, g**2, rho)
    return w - lr * g / (np.sqrt(s) + eps), s


def rmsprop_inside(w, g, s, *, lr, rho, eps):
    s = average(s, g**2, rho)
    return w - lr * g / np.sqrt(s + eps), s


def variance(c, a, g, rho):
    """The running variance and mean, by the update of West 1979."""
    return rho * (c + (1 - rho) * (g - a) ** 2), average(a, g, rho)


def centred_rmsprop(w, g, c, a, *, lr, rho, eps):
    c, a = variance(c, a, g, rho)
    return w - lr * g / (np.sqrt(c) + eps), c, a


def centred_rmsprop_inside(w, g, c, a, *, lr, rho, eps):
    c, a = variance(c, a, g, rho)
    return w - lr * g / np.sqrt(c + eps), c, a


def rmsprop_momentum(w, g, s, v, *, lr, rho, beta, eps):
    s = average(s, g**2, rho)
    v = beta * v - lr * g / (np.sqrt(s) + eps)
    return w + v, s, v


def rmsprop_momentum_inside(w, g, s, v, *, lr, rho, beta, eps):
    s = average(s, g**2, rho)
    v = beta * v - lr * g / np.sqrt(s + eps)
    return w + v, s, v


def adam(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m, s = moments(m, s, g, beta1, beta2)
    return w - lr * corrected(m, beta1, t) / (np.sqrt(corrected(s, beta2, t)) + eps), m, s


def adam_inside(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m, s = moments(m, s, g, beta1, beta2)
    return w - lr * corrected(m, beta1, t) / np.sqrt(corrected(s, beta2, t) + eps), m, s


def uncorrected_adam(w, g, m, s, *, lr, beta1, beta2, eps):
    m, s = moments(m, s, g, beta1, beta2)
    return w - lr * m / (np.sqrt(s) + eps), m, s


def uncorrected_adam_inside(w, g, m, s, *, lr, beta1, beta2, eps):
    m, s = moments(m, s, g, beta1, beta2)
    return w - lr * m / np.sqrt(s + eps), m, s


def adam_hat(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m, s = moments(m, s, g, beta1, beta2)
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return w - rate * m / (np.sqrt(s) + eps), m, s


def adam_l2(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    return adam(w, g + decay * w, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)


def adamw(w, g, m, s, *, lr, beta1, beta2, eps, decay, t):
    return adam(w - lr * decay * w, g, m, s, lr=lr, beta1=beta1, beta2=beta2, eps=eps, t=t)


def uncorrected_amsgrad(w, g, m, s, top, *, lr, beta1, beta2, eps):
    m, s = moments(m, s, g, beta1, beta2)
    top = np.maximum(top, s)
    return w - lr * m / (np.sqrt(top) + eps), m, s, top


def amsgrad(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
    m, s = moments(m, s, g, beta1, beta2)
    top = np.maximum(top, s)
    below = np.sqrt(corrected(top, beta2, t)) + eps
    return w - lr * corrected(m, beta1, t) / below, m, s, top


def amsgrad_of_corrected(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
    m, s = moments(m, s, g, beta1, beta2)
    top = np.maximum(top, corrected(s, beta2, t))
    return w - lr * corrected(m, beta1, t) / (np.sqrt(top) + eps), m, s, top


def amsgrad_hat(w, g, m, s, top, *, lr, beta1, beta2, eps, t):
    m, s = moments(m, s, g, beta1, beta2)
    top = np.maximum(top, s)
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return w - rate * m / (np.sqrt(top) + eps), m, s, top


def nadam(w, g, m, s, *, lr, beta1, beta2, eps, t):
    m, s = moments(m, s, g, beta1, beta2)
    n = beta1 * corrected(m, beta1, t + 1) + (1 - beta1) * corrected(g, beta1, t)
    return w - lr * n / (np.sqrt(corrected(s, beta2, t)) + eps), m, s


def scheduled_nadam(w, g, m, s, q, *, lr, beta1, beta2, eps, psi, t):
    now, then = (beta1 * (1 - 0.96 ** (psi * k) / 2) for k in (t, t + 1))
    m, s = moments(m, s, g, beta1, beta2)
    q = average(q, 1, now)
    n = then * m / average(q, 1, then) + (1 - now) * g / q
    return w - lr * n / (np.sqrt(corrected(s, beta2, t)) + eps), m, s, q


def adamax(w, g, m, u, *, lr, beta1, beta2, eps, t):
    m, u = average(m, g, beta1), np.maximum(beta2 * u, np.abs(g) + eps)
    return w - lr * corrected(m, beta1, t) / u, m, u


def adamax_outside(w, g, m, u, *, lr, beta1, beta2, eps, t):
    m, u = average(m, g, beta1), np.maximum(beta2 * u, np.abs(g))
    return w - lr * corrected(m, beta1, t) / (u + eps), m, u


def adadelta(w, g, s, d, *, lr, rho, eps):
    s = average(s, g**2, rho)
    step = np.sqrt(d + eps) / np.sqrt(s + eps) * g
    return w - lr * step, s, average(d, step**2, rho)


def lion(w, g, m, *, lr, beta1, beta2, decay):
    return w - lr * (np.sign(average(m, g, beta1)) + decay * w), average(m, g, beta2)


def schedule_free(w, g, v, *, lr, beta, t):
    v = v - lr * g
    return w + v / t, (1 - 1 / t) * v
