"""The steps of PyTorch 2.13 as it computes them, with its own names.

Every function is a kernel, transcribed from the source of the library. Arguments that stay at a
default which switches them off are left out; Muon's five steps of Newton and Schulz, which PyTorch
makes in bfloat16, are in full precision here.
"""

from __future__ import annotations

import numpy as np

from ..optimizers.averages import ema
from ..optimizers.muon import newton_schulz


def torch_plain_sgd(w, g, *, lr):
    """torch/optim/sgd.py without momentum: there is no buffer."""
    w -= lr * g


def torch_sgd_clip_grad_norm(w, g, *, lr, max_norm):
    """torch.nn.utils.clip_grad_norm_ over all weights, then torch.optim.SGD."""
    total_norm = np.sqrt(np.sum(g**2))
    torch_plain_sgd(w, g * np.minimum(max_norm / (total_norm + 1e-6), 1), lr=lr)


def torch_sgd_clip_grad_value(w, g, *, lr, clip_value):
    """torch.nn.utils.clip_grad_value_, then torch.optim.SGD."""
    torch_plain_sgd(w, np.minimum(np.maximum(g, -clip_value), clip_value), lr=lr)


def torch_sgd(w, g, momentum_buffer, *, lr, momentum, dampening, weight_decay):
    """From its second step on; at the first the buffer is the gradient, whatever ``dampening``."""
    grad = g + weight_decay * w
    momentum_buffer *= momentum
    momentum_buffer += (1 - dampening) * grad
    w -= lr * momentum_buffer


def torch_sgd_nesterov(w, g, momentum_buffer, *, lr, momentum, weight_decay):
    """torch/optim/sgd.py with nesterov=True."""
    grad = g + weight_decay * w
    momentum_buffer *= momentum
    momentum_buffer += grad
    w -= lr * (grad + momentum * momentum_buffer)


def torch_adagrad(w, g, state_sum, *, lr, eps):
    """torch/optim/adagrad.py."""
    state_sum += g * g
    w -= lr * g / (np.sqrt(state_sum) + eps)


def torch_rmsprop(w, g, square_avg, *, lr, alpha, eps, weight_decay):
    """torch/optim/rmsprop.py."""
    grad = g + weight_decay * w
    ema(square_avg, grad * grad, beta=alpha)
    w -= lr * grad / (np.sqrt(square_avg) + eps)


def torch_rmsprop_centered(w, g, square_avg, grad_avg, *, lr, alpha, eps):
    """torch/optim/rmsprop.py with centered=True."""
    ema(square_avg, g * g, beta=alpha)
    ema(grad_avg, g, beta=alpha)
    w -= lr * g / (np.sqrt(square_avg - grad_avg * grad_avg) + eps)


def torch_rmsprop_momentum(w, g, square_avg, momentum_buffer, *, lr, alpha, momentum, eps):
    """torch/optim/rmsprop.py with momentum above 0."""
    ema(square_avg, g * g, beta=alpha)
    momentum_buffer *= momentum
    momentum_buffer += g / (np.sqrt(square_avg) + eps)
    w -= lr * momentum_buffer


def torch_adam(w, g, exp_avg, exp_avg_sq, *, lr, beta1, beta2, eps, weight_decay, t):
    """torch/optim/adam.py; the decay goes through the gradient."""
    grad = g + weight_decay * w
    ema(exp_avg, grad, beta=beta1)
    ema(exp_avg_sq, grad * grad, beta=beta2)
    denom = np.sqrt(exp_avg_sq) / np.sqrt(1 - beta2**t) + eps
    w -= lr / (1 - beta1**t) * exp_avg / denom


def torch_adamw(w, g, exp_avg, exp_avg_sq, *, lr, beta1, beta2, eps, weight_decay, t):
    """torch/optim/adamw.py, and Adam with decoupled_weight_decay=True."""
    w *= 1 - lr * weight_decay
    torch_adam(
        w, g, exp_avg, exp_avg_sq, lr=lr, beta1=beta1, beta2=beta2, eps=eps, weight_decay=0, t=t
    )


def torch_amsgrad(w, g, exp_avg, exp_avg_sq, max_exp_avg_sq, *, lr, beta1, beta2, eps, t):
    """torch/optim/adam.py with amsgrad=True."""
    ema(exp_avg, g, beta=beta1)
    ema(exp_avg_sq, g * g, beta=beta2)
    np.maximum(max_exp_avg_sq, exp_avg_sq, out=max_exp_avg_sq)
    denom = np.sqrt(max_exp_avg_sq) / np.sqrt(1 - beta2**t) + eps
    w -= lr / (1 - beta1**t) * exp_avg / denom


def torch_nadam(w, g, exp_avg, exp_avg_sq, mu_product, *, lr, beta1, beta2, eps, momentum_decay, t):
    """torch/optim/nadam.py; mu_product is 1 before the first step."""
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product *= mu
    ema(exp_avg, g, beta=beta1)
    ema(exp_avg_sq, g * g, beta=beta2)
    denom = np.sqrt(exp_avg_sq / (1 - beta2**t)) + eps
    w -= lr * (1 - mu) / (1 - mu_product) * g / denom
    w -= lr * mu_next / (1 - mu_product * mu_next) * exp_avg / denom


def torch_adamax(w, g, exp_avg, exp_inf, *, lr, beta1, beta2, eps, t):
    """torch/optim/adamax.py."""
    ema(exp_avg, g, beta=beta1)
    np.maximum(beta2 * exp_inf, np.abs(g) + eps, out=exp_inf)
    w -= lr / (1 - beta1**t) * exp_avg / exp_inf


def torch_adadelta(w, g, square_avg, acc_delta, *, lr, rho, eps):
    """torch/optim/adadelta.py."""
    ema(square_avg, g * g, beta=rho)
    delta = np.sqrt(acc_delta + eps) / np.sqrt(square_avg + eps) * g
    ema(acc_delta, delta * delta, beta=rho)
    w -= lr * delta


def torch_muon(w, g, momentum_buffer, *, lr, momentum, weight_decay):
    """torch/optim/_muon.py with adjust_lr_fn=None."""
    w *= 1 - lr * weight_decay
    ema(momentum_buffer, g, beta=momentum)
    update = momentum * momentum_buffer + (1 - momentum) * g
    rows, columns = w.shape
    w -= lr * np.sqrt(max(1, rows / columns)) * newton_schulz(update)
