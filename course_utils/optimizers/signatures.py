"""What the optimizers of PyTorch, optax and Keras take, in order, and their defaults.

Only what changes a step is listed; ``...`` marks what has no default. Read in torch 2.13, optax
0.2.8 and keras 3.15; `tools/peers.py` compares it with the libraries that are installed.
"""

from __future__ import annotations

from typing import Any

_BETAS = (0.9, 0.999)
_OPTAX_ADAM = {"learning_rate": ..., "b1": 0.9, "b2": 0.999, "eps": 1e-8, "eps_root": 0.0}
_KERAS_ADAM = {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}

SIGNATURES: dict[str, dict[str, Any]] = {
    "torch.optim.SGD": {
        "params": ..., "lr": 1e-3, "momentum": 0, "dampening": 0, "weight_decay": 0,
        "nesterov": False,
    },
    "torch.optim.Adagrad": {
        "params": ..., "lr": 1e-2, "lr_decay": 0, "weight_decay": 0,
        "initial_accumulator_value": 0, "eps": 1e-10,
    },
    "torch.optim.RMSprop": {
        "params": ..., "lr": 1e-2, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0, "momentum": 0,
        "centered": False,
    },
    "torch.optim.Adam": {
        "params": ..., "lr": 1e-3, "betas": _BETAS, "eps": 1e-8, "weight_decay": 0,
        "amsgrad": False, "decoupled_weight_decay": False,
    },
    "torch.optim.AdamW": {
        "params": ..., "lr": 1e-3, "betas": _BETAS, "eps": 1e-8, "weight_decay": 1e-2,
        "amsgrad": False,
    },
    "torch.optim.Adamax": {
        "params": ..., "lr": 2e-3, "betas": _BETAS, "eps": 1e-8, "weight_decay": 0,
    },
    "torch.optim.Muon": {
        "params": ..., "lr": 1e-3, "weight_decay": 0.1, "momentum": 0.95, "nesterov": True,
        "ns_coefficients": (3.4445, -4.7750, 2.0315), "eps": 1e-7, "ns_steps": 5,
        "adjust_lr_fn": None,
    },
    "torch.optim.NAdam": {
        "params": ..., "lr": 2e-3, "betas": _BETAS, "eps": 1e-8, "weight_decay": 0,
        "momentum_decay": 4e-3, "decoupled_weight_decay": False,
    },
    "torch.optim.Adadelta": {
        "params": ..., "lr": 1.0, "rho": 0.9, "eps": 1e-6, "weight_decay": 0,
    },
    "optax.sgd": {"learning_rate": ..., "momentum": None, "nesterov": False},
    "optax.sign_sgd": {"learning_rate": ...},
    "optax.adagrad": {"learning_rate": ..., "initial_accumulator_value": 0.1, "eps": 1e-7},
    "optax.rmsprop": {
        "learning_rate": ..., "decay": 0.9, "eps": 1e-8, "initial_scale": 0.0,
        "eps_in_sqrt": True, "centered": False, "momentum": None, "nesterov": False,
        "bias_correction": False,
    },
    "optax.adam": {**_OPTAX_ADAM, "nesterov": False},
    "optax.adamw": {**_OPTAX_ADAM, "weight_decay": 1e-4, "nesterov": False},
    "optax.amsgrad": {**_OPTAX_ADAM, "bias_correction_mu": True, "bias_correction_nu": True},
    "optax.nadam": {**_OPTAX_ADAM, "nesterov": True},
    "optax.adamax": {"learning_rate": ..., "b1": 0.9, "b2": 0.999, "eps": 1e-8},
    "optax.adadelta": {"learning_rate": None, "rho": 0.9, "eps": 1e-6, "weight_decay": 0.0},
    "optax.lion": {"learning_rate": ..., "b1": 0.9, "b2": 0.99, "weight_decay": 1e-3},
    "optax.ema": {"decay": ..., "debias": True},
    "optax.scale": {"step_size": ...},
    "optax.add_decayed_weights": {"weight_decay": 0.0},
    "optax.contrib.schedule_free_sgd": {
        "learning_rate": 1.0, "warmup_steps": None, "b1": 0.9, "weight_decay": None,
        "weight_lr_power": 2.0,
    },
    "keras.optimizers.SGD": {
        "learning_rate": 1e-2, "momentum": 0.0, "nesterov": False, "weight_decay": None,
    },
    "keras.optimizers.Adagrad": {
        "learning_rate": 1e-3, "initial_accumulator_value": 0.1, "epsilon": 1e-7,
        "weight_decay": None,
    },
    "keras.optimizers.RMSprop": {
        "learning_rate": 1e-3, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False,
        "weight_decay": None,
    },
    "keras.optimizers.Adam": {**_KERAS_ADAM, "amsgrad": False, "weight_decay": None},
    "keras.optimizers.AdamW": {
        "learning_rate": 1e-3, "weight_decay": 4e-3, "beta_1": 0.9, "beta_2": 0.999,
        "epsilon": 1e-7, "amsgrad": False,
    },
    "keras.optimizers.Nadam": {**_KERAS_ADAM, "weight_decay": None},
    "keras.optimizers.Adamax": {**_KERAS_ADAM, "weight_decay": None},
    "keras.optimizers.Adadelta": {
        "learning_rate": 1e-3, "rho": 0.95, "epsilon": 1e-7, "weight_decay": None,
    },
    "keras.optimizers.Lion": {
        "learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.99, "weight_decay": None,
    },
}  # fmt: skip

HARMLESS = {
    "foreach", "fused", "capturable", "differentiable", "mu_dtype", "accumulator_dtype",
    "state_dtype", "name",
}  # fmt: skip
