"""The steps of Keras 3.15 as it computes them, with its own names.

Every function is a kernel, transcribed from the source of the library. Arguments that stay at a
default which switches them off are left out.
"""

from __future__ import annotations

import numpy as np

from ..optimizers.muon import newton_schulz


def keras_plain_sgd(w, g, *, learning_rate):
    """keras/src/optimizers/sgd.py without momentum."""
    w -= g * learning_rate


def keras_sgd_clipnorm(w, g, *, learning_rate, clipnorm):
    """keras/src/optimizers/sgd.py with clipnorm, over each variable alone: each row is one."""
    l2norm = np.sqrt(np.sum(g**2, axis=-1, keepdims=True))
    clipped = g * clipnorm / np.maximum(l2norm, clipnorm)
    keras_plain_sgd(w, clipped, learning_rate=learning_rate)


def keras_sgd_global_clipnorm(w, g, *, learning_rate, clip_norm):
    """keras/src/optimizers/sgd.py with global_clipnorm, over all variables."""
    use_norm = np.sqrt(np.sum(g**2))
    scale = clip_norm * np.minimum(1 / use_norm, 1 / clip_norm)
    keras_plain_sgd(w, g * scale, learning_rate=learning_rate)


def keras_sgd_clipvalue(w, g, *, learning_rate, clipvalue):
    """keras/src/optimizers/sgd.py with clipvalue."""
    clipped = np.minimum(np.maximum(g, -clipvalue), clipvalue)
    keras_plain_sgd(w, clipped, learning_rate=learning_rate)


def keras_sgd(w, g, m, *, learning_rate, momentum):
    """keras/src/optimizers/sgd.py."""
    m[...] = m * momentum - g * learning_rate
    w += m


def keras_sgd_decay(w, g, m, *, learning_rate, momentum, weight_decay):
    """keras/src/optimizers/sgd.py with a decay; the base class takes it off first."""
    w -= w * weight_decay * learning_rate
    keras_sgd(w, g, m, learning_rate=learning_rate, momentum=momentum)


def keras_sgd_nesterov(w, g, m, *, learning_rate, momentum):
    """keras/src/optimizers/sgd.py with nesterov=True."""
    m[...] = m * momentum - g * learning_rate
    w += m * momentum - g * learning_rate


def keras_adagrad(w, g, accumulator, *, learning_rate, epsilon):
    """keras/src/optimizers/adagrad.py; the accumulator is 0.1 at first unless one asks for 0."""
    accumulator += g**2
    w -= learning_rate * g / np.sqrt(accumulator + epsilon)


def keras_rmsprop(w, g, velocity, *, learning_rate, rho, epsilon):
    """keras/src/optimizers/rmsprop.py."""
    velocity[...] = rho * velocity + (1 - rho) * g**2
    w -= learning_rate * g / np.sqrt(velocity + epsilon)


def keras_rmsprop_centered(w, g, velocity, average_grad, *, learning_rate, rho, epsilon):
    """keras/src/optimizers/rmsprop.py with centered=True."""
    velocity[...] = rho * velocity + (1 - rho) * g**2
    average_grad[...] = rho * average_grad + (1 - rho) * g
    w -= learning_rate * g / np.sqrt(velocity - average_grad**2 + epsilon)


def keras_rmsprop_momentum(w, g, velocity, m, *, learning_rate, rho, momentum, epsilon):
    """keras/src/optimizers/rmsprop.py with momentum above 0."""
    velocity[...] = rho * velocity + (1 - rho) * g**2
    m[...] = momentum * m + learning_rate * g / np.sqrt(velocity + epsilon)
    w -= m


def keras_adam(w, g, m, v, *, learning_rate, beta_1, beta_2, epsilon, t):
    """keras/src/optimizers/adam.py."""
    alpha = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    m += (g - m) * (1 - beta_1)
    v += (g**2 - v) * (1 - beta_2)
    w -= m * alpha / (np.sqrt(v) + epsilon)


def keras_adamw(w, g, m, v, *, learning_rate, beta_1, beta_2, epsilon, weight_decay, t):
    """keras/src/optimizers/adamw.py; the base class takes the decay off first."""
    w -= w * weight_decay * learning_rate
    keras_adam(
        w, g, m, v,
        learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, t=t,
    )  # fmt: skip


def keras_amsgrad(w, g, m, v, v_hat, *, learning_rate, beta_1, beta_2, epsilon, t):
    """keras/src/optimizers/adam.py with amsgrad=True."""
    alpha = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    m += (g - m) * (1 - beta_1)
    v += (g**2 - v) * (1 - beta_2)
    np.maximum(v_hat, v, out=v_hat)
    w -= m * alpha / (np.sqrt(v_hat) + epsilon)


def keras_nadam(w, g, m, v, u_product, *, learning_rate, beta_1, beta_2, epsilon, t):
    """keras/src/optimizers/nadam.py; u_product is 1 before the first step."""
    u_t = beta_1 * (1 - 0.5 * 0.96**t)
    u_t_1 = beta_1 * (1 - 0.5 * 0.96 ** (t + 1))
    u_product *= u_t
    m += (g - m) * (1 - beta_1)
    v += (g**2 - v) * (1 - beta_2)
    m_hat = u_t_1 * m / (1 - u_product * u_t_1) + (1 - u_t) * g / (1 - u_product)
    w -= m_hat * learning_rate / (np.sqrt(v / (1 - beta_2**t)) + epsilon)


def keras_adamax(w, g, m, u, *, learning_rate, beta_1, beta_2, epsilon, t):
    """keras/src/optimizers/adamax.py."""
    m += (g - m) * (1 - beta_1)
    np.maximum(beta_2 * u, np.abs(g), out=u)
    w -= learning_rate * m / ((1 - beta_1**t) * (u + epsilon))


def keras_adadelta(w, g, accumulated_grad, accumulated_delta_var, *, learning_rate, rho, epsilon):
    """keras/src/optimizers/adadelta.py."""
    accumulated_grad[...] = rho * accumulated_grad + (1 - rho) * g**2
    root = np.sqrt(accumulated_delta_var + epsilon)
    delta_var = -root * g / np.sqrt(accumulated_grad + epsilon)
    accumulated_delta_var[...] = rho * accumulated_delta_var + (1 - rho) * delta_var**2
    w += learning_rate * delta_var


def keras_lion(w, g, m, *, learning_rate, beta_1, beta_2, weight_decay):
    """keras/src/optimizers/lion.py; the base class takes the decay off first."""
    w -= w * weight_decay * learning_rate
    w -= learning_rate * np.sign(m * beta_1 + g * (1 - beta_1))
    m[...] = m * beta_2 + g * (1 - beta_2)


def keras_muon(w, g, m, *, learning_rate, momentum, rms_rate):
    """keras/src/optimizers/muon.py without decay."""
    m += g + m * (momentum - 1)
    update = newton_schulz(g + momentum * m)
    w -= learning_rate * update * np.sqrt(max(w.shape)) * rms_rate
