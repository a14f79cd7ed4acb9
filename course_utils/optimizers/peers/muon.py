"""The steps of Muon in PyTorch 2.13, optax 0.2.8 and Keras 3.15, with their own names.

All take five quintic steps of Newton and Schulz. PyTorch does so in bfloat16, which moves a step
by some hundredths of its length; here every product is in full precision.
"""

from __future__ import annotations

import numpy as np

from ..averages import ema
from ..muon import newton_schulz


def torch_muon(w, g, momentum_buffer, *, lr, momentum, weight_decay):
    """torch/optim/_muon.py with adjust_lr_fn=None."""
    w *= 1 - lr * weight_decay
    ema(momentum_buffer, g, beta=momentum)
    update = momentum * momentum_buffer + (1 - momentum) * g
    rows, columns = w.shape
    w -= lr * np.sqrt(max(1, rows / columns)) * newton_schulz(update)


def optax_muon(w, g, mu, *, learning_rate, beta, t):
    """optax.contrib.muon for a matrix whose rows are the inputs."""
    mu[...] = (1 - beta) * g + beta * mu
    mu_hat = beta * mu / (1 - beta ** (t + 1)) + (1 - beta) * g / (1 - beta**t)
    inputs, outputs = w.shape
    w -= learning_rate * np.sqrt(max(1, outputs / inputs)) * newton_schulz(mu_hat)


def keras_muon(w, g, m, *, learning_rate, momentum, rms_rate):
    """keras/src/optimizers/muon.py without decay."""
    m += g + m * (momentum - 1)
    update = newton_schulz(g + momentum * m)
    w -= learning_rate * update * np.sqrt(max(w.shape)) * rms_rate
