"""The steps of optax 0.2.8 as it computes them, with its own names.

Every function is a kernel, transcribed from the source of the library. Arguments that stay at a
default which switches them off are left out.
"""

from __future__ import annotations

import numpy as np

from ..optimizers.muon import newton_schulz


def optax_plain_sgd(w, g, *, learning_rate):
    """The rate alone."""
    w -= learning_rate * g


def optax_clip_by_global_norm(w, g, *, learning_rate, max_norm):
    """optax.clip_by_global_norm over all weights, then the rate; in the form of its comment."""
    g_norm = np.maximum(max_norm, np.sqrt(np.sum(g**2)))
    optax_plain_sgd(w, g / g_norm * max_norm, learning_rate=learning_rate)


def optax_clip(w, g, *, learning_rate, max_delta):
    """optax.clip, then the rate."""
    optax_plain_sgd(
        w, np.minimum(np.maximum(g, -max_delta), max_delta), learning_rate=learning_rate
    )


def optax_sgd(w, g, trace, *, learning_rate, momentum):
    """optax.trace, then the rate."""
    trace[...] = g + momentum * trace
    w -= learning_rate * trace


def optax_sgd_l2(w, g, trace, *, learning_rate, momentum, weight_decay):
    """optax.add_decayed_weights, then optax.sgd."""
    optax_sgd(w, g + weight_decay * w, trace, learning_rate=learning_rate, momentum=momentum)


def optax_sgd_nesterov(w, g, trace, *, learning_rate, momentum):
    """optax.trace with nesterov=True, then the rate."""
    trace[...] = g + momentum * trace
    w -= learning_rate * (g + momentum * trace)


def optax_ema(w, g, average, *, step_size, decay):
    """optax.ema with debias=False, then optax.scale."""
    average[...] = (1 - decay) * g + decay * average
    w += step_size * average


def optax_sign_sgd(w, g, *, learning_rate):
    """optax.scale_by_sign, then the rate."""
    w -= learning_rate * np.sign(g)


def optax_adagrad(w, g, sum_of_squares, *, learning_rate, eps):
    """optax.scale_by_rss; the sum is 0.1 before the first step unless one asks for 0."""
    sum_of_squares += g * g
    w -= learning_rate * (1 / np.sqrt(sum_of_squares + eps)) * g


def optax_rmsprop(w, g, nu, *, learning_rate, decay, eps):
    """optax.scale_by_rms."""
    nu[...] = (1 - decay) * g**2 + decay * nu
    w -= learning_rate * (1 / np.sqrt(nu + eps)) * g


def optax_rmsprop_outside(w, g, nu, *, learning_rate, decay, eps):
    """optax.scale_by_rms with eps_in_sqrt=False."""
    nu[...] = (1 - decay) * g**2 + decay * nu
    w -= learning_rate * (1 / (np.sqrt(nu) + eps)) * g


def optax_rmsprop_centered(w, g, mu, nu, *, learning_rate, decay, eps):
    """optax.scale_by_stddev."""
    mu[...] = (1 - decay) * g + decay * mu
    nu[...] = (1 - decay) * g**2 + decay * nu
    w -= learning_rate * (1 / np.sqrt(nu - mu**2 + eps)) * g


def optax_rmsprop_centered_outside(w, g, mu, nu, *, learning_rate, decay, eps):
    """optax.scale_by_stddev with eps_in_sqrt=False."""
    mu[...] = (1 - decay) * g + decay * mu
    nu[...] = (1 - decay) * g**2 + decay * nu
    w -= learning_rate * (1 / (np.sqrt(nu - mu**2) + eps)) * g


def optax_rmsprop_momentum(w, g, nu, trace, *, learning_rate, decay, momentum, eps):
    """optax.scale_by_rms, the rate, then optax.trace."""
    nu[...] = (1 - decay) * g**2 + decay * nu
    trace[...] = -learning_rate * (1 / np.sqrt(nu + eps)) * g + momentum * trace
    w += trace


def optax_adam(w, g, mu, nu, *, learning_rate, b1, b2, eps, eps_root, t):
    """optax.scale_by_adam."""
    mu[...] = (1 - b1) * g + b1 * mu
    nu[...] = (1 - b2) * g**2 + b2 * nu
    mu_hat, nu_hat = mu / (1 - b1**t), nu / (1 - b2**t)
    w -= learning_rate * mu_hat / (np.sqrt(nu_hat + eps_root) + eps)


def optax_adam_l2(w, g, mu, nu, *, learning_rate, b1, b2, eps, weight_decay, t):
    """optax.add_decayed_weights, then optax.adam."""
    optax_adam(
        w, g + weight_decay * w, mu, nu,
        learning_rate=learning_rate, b1=b1, b2=b2, eps=eps, eps_root=0, t=t,
    )  # fmt: skip


def optax_adamw(w, g, mu, nu, *, learning_rate, b1, b2, eps, weight_decay, t):
    """optax.scale_by_adam, optax.add_decayed_weights, then the rate."""
    mu[...] = (1 - b1) * g + b1 * mu
    nu[...] = (1 - b2) * g**2 + b2 * nu
    mu_hat, nu_hat = mu / (1 - b1**t), nu / (1 - b2**t)
    w -= learning_rate * (mu_hat / (np.sqrt(nu_hat) + eps) + weight_decay * w)


def optax_amsgrad(w, g, mu, nu, nu_max, *, learning_rate, b1, b2, eps, t):
    """optax.scale_by_amsgrad."""
    mu[...] = (1 - b1) * g + b1 * mu
    nu[...] = (1 - b2) * g**2 + b2 * nu
    np.maximum(nu_max, nu / (1 - b2**t), out=nu_max)
    w -= learning_rate * (mu / (1 - b1**t)) / (np.sqrt(nu_max) + eps)


def optax_amsgrad_uncorrected(w, g, mu, nu, nu_max, *, learning_rate, b1, b2, eps):
    """optax.scale_by_amsgrad with bias_correction_mu=False and bias_correction_nu=False."""
    mu[...] = (1 - b1) * g + b1 * mu
    nu[...] = (1 - b2) * g**2 + b2 * nu
    np.maximum(nu_max, nu, out=nu_max)
    w -= learning_rate * mu / (np.sqrt(nu_max) + eps)


def optax_nadam(w, g, mu, nu, *, learning_rate, b1, b2, eps, t):
    """optax.scale_by_adam with nesterov=True."""
    mu[...] = (1 - b1) * g + b1 * mu
    nu[...] = (1 - b2) * g**2 + b2 * nu
    mu_hat = b1 * mu / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)
    w -= learning_rate * mu_hat / (np.sqrt(nu / (1 - b2**t)) + eps)


def optax_adamax(w, g, mu, nu, *, learning_rate, b1, b2, eps, t):
    """optax.scale_by_adamax."""
    mu[...] = (1 - b1) * g + b1 * mu
    np.maximum(np.abs(g) + eps, b2 * nu, out=nu)
    w -= learning_rate * (mu / (1 - b1**t)) / nu


def optax_adadelta(w, g, e_g, e_x, *, learning_rate, rho, eps):
    """optax.scale_by_adadelta, then the rate."""
    e_g[...] = (1 - rho) * g**2 + rho * e_g
    update = np.sqrt(e_x + eps) / np.sqrt(e_g + eps) * g
    e_x[...] = (1 - rho) * update**2 + rho * e_x
    w -= learning_rate * update


def optax_lion(w, g, mu, *, learning_rate, b1, b2, weight_decay):
    """optax.scale_by_lion, optax.add_decayed_weights, then the rate."""
    w -= learning_rate * (np.sign((1 - b1) * g + b1 * mu) + weight_decay * w)
    mu[...] = (1 - b2) * g + b2 * mu


def optax_schedule_free(w, g, z, *, learning_rate, b1, t):
    """optax.contrib.schedule_free_sgd at a constant rate; w is its y, the point of the gradient."""
    x = (w - (1 - b1) * z) / b1
    z -= learning_rate * g
    x = (1 - 1 / t) * x + z / t
    w[...] = b1 * x + (1 - b1) * z


def optax_muon(w, g, mu, *, learning_rate, beta, t):
    """optax.contrib.muon for a matrix whose rows are the inputs."""
    mu[...] = (1 - beta) * g + beta * mu
    mu_hat = beta * mu / (1 - beta ** (t + 1)) + (1 - beta) * g / (1 - beta**t)
    inputs, outputs = w.shape
    w -= learning_rate * np.sqrt(max(1, outputs / inputs)) * newton_schulz(mu_hat)
