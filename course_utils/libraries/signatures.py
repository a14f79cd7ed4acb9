"""What the optimizers of PyTorch, optax and Keras take, in order, and their defaults.

`SIGNATURES` lists what a rule of the course may have a setting for; ``...`` marks what has no
default. `ASIDE` lists the rest. Read in torch 2.13, optax 0.2.8 and keras 3.15;
`tools/libraries.py` compares them with the libraries that are installed.
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

_TORCH = {"maximize": False, "foreach": ..., "differentiable": ...}
_KERAS = {
    "clipnorm": None, "clipvalue": None, "global_clipnorm": None, "use_ema": False,
    "ema_momentum": ..., "ema_overwrite_frequency": ..., "loss_scale_factor": None,
    "gradient_accumulation_steps": None, "name": ...,
}  # fmt: skip
_CAPTURABLE = {"capturable": ...}
_FUSED = {"fused": ...}

# What a call may carry besides, with the value at which it changes no step; ``...`` if none does.
ASIDE: dict[str, dict[str, Any]] = {
    "torch.optim.SGD": {**_TORCH, **_FUSED},
    "torch.optim.Adagrad": {**_TORCH, **_FUSED},
    "torch.optim.RMSprop": {**_TORCH, **_CAPTURABLE},
    "torch.optim.Adam": {**_TORCH, **_CAPTURABLE, **_FUSED},
    "torch.optim.AdamW": {**_TORCH, **_CAPTURABLE, **_FUSED},
    "torch.optim.Adamax": {**_TORCH, **_CAPTURABLE},
    "torch.optim.NAdam": {**_TORCH, **_CAPTURABLE},
    "torch.optim.Adadelta": {**_TORCH, **_CAPTURABLE},
    "optax.sgd": {"accumulator_dtype": ...},
    "optax.adam": {"mu_dtype": ...},
    "optax.adamw": {"mu_dtype": ..., "mask": None},
    "optax.amsgrad": {"mu_dtype": ...},
    "optax.nadam": {"mu_dtype": ...},
    "optax.lion": {"mu_dtype": ..., "mask": None},
    "optax.adadelta": {"weight_decay_mask": None},
    "optax.ema": {"accumulator_dtype": ...},
    "optax.add_decayed_weights": {"mask": None},
    "optax.contrib.schedule_free_sgd": {"state_dtype": ...},
    **{name: _KERAS for name in SIGNATURES if name.startswith("keras.")},
}

# What an argument does for which no rule of the course has a setting.
EFFECTS = {
    "maximize": "turns every step around, so that the loss climbs",
    "clipnorm": "shortens each gradient to a largest length, an array of weights at a time",
    "global_clipnorm": "shortens the gradient of all weights to a largest length",
    "clipvalue": "cuts every entry of the gradient off at a largest size",
    "use_ema": "puts a running average of the weights in their place",
    "loss_scale_factor": "divides every gradient by that factor",
    "gradient_accumulation_steps": "averages the gradients of several calls before each step",
    "mask": "lets some of the weights decay and others not",
    "weight_decay_mask": "lets some of the weights decay and others not",
    "dampening": "takes 1 - dampening of every gradient but the first, which enters whole; "
    "averaged momentum takes 1 - beta of each, the first included",
    "lr_decay": "divides the learning rate by 1 + (t - 1) lr_decay: give the rule a schedule",
    "nesterov": "takes the gradient as if one step ahead, which no rule of ours does here",
    "momentum": "adds a second memory, of steps, which no rule of ours does here",
    "centered": "subtracts the squared average of the gradient, which no rule of ours does here",
    "amsgrad": "divides by the largest average so far, which no rule of ours does here",
    "bias_correction": "corrects the average of the squares for its start at zero",
    "bias_correction_mu": "corrects the average of the gradients for its start at zero",
    "bias_correction_nu": "corrects the average of the squares for its start at zero",
    "eps_root": "adds a second eps, under the root",
    "eps_in_sqrt": "says whether eps stands under the root",
    "initial_accumulator_value": "lets the sum of squares start above zero",
    "initial_scale": "lets the average of squares start above zero",
    "warmup_steps": "lets the learning rate rise first: give the rule a schedule",
    "weight_lr_power": "weighs the average of the weights by another power of the rate",
    "weight_decay": "shrinks the weights in a place where no rule of ours does",
    "debias": "corrects the average for its start at zero",
    "adjust_lr_fn": "multiplies the step of a matrix by another factor of its shape",
    "ns_coefficients": "takes another polynomial for the polar factor",
    "ns_steps": "takes another number of steps to the polar factor",
}

# What docs/KNOBS.md calls beside the optimizers, in torch 2.14, optax 0.2.8, keras 3.15 and jax
# 0.10. Parameters that no line there gives may be missing at the end.
BESIDE: dict[str, dict[str, Any]] = {
    "torch.nn.utils.clip_grad_norm_": {
        "parameters": ..., "max_norm": ..., "norm_type": 2.0, "error_if_nonfinite": False,
    },
    "torch.nn.utils.clip_grad_value_": {"parameters": ..., "clip_value": ...},
    "torch.nn.init.xavier_normal_": {"tensor": ..., "gain": 1.0},
    "torch.nn.BatchNorm1d": {"num_features": ..., "eps": 1e-5, "momentum": 0.1},
    "torch.utils.data.DataLoader": {"dataset": ..., "batch_size": 1, "shuffle": None},
    "torch.optim.lr_scheduler.LinearLR": {
        "optimizer": ..., "start_factor": 1 / 3, "end_factor": 1.0, "total_iters": 5,
    },
    "torch.optim.lr_scheduler.CosineAnnealingLR": {
        "optimizer": ..., "T_max": ..., "eta_min": 0.0,
    },
    "torch.optim.lr_scheduler.ExponentialLR": {"optimizer": ..., "gamma": ...},
    "optax.clip": {"max_delta": ...},
    "optax.clip_by_global_norm": {"max_norm": ...},
    "optax.apply_if_finite": {"inner": ..., "max_consecutive_errors": ...},
    "optax.cosine_decay_schedule": {"init_value": ..., "decay_steps": ..., "alpha": 0.0},
    "optax.exponential_decay": {"init_value": ..., "transition_steps": ..., "decay_rate": ...},
    "optax.linear_schedule": {"init_value": ..., "end_value": ..., "transition_steps": ...},
    "jax.random.permutation": {"key": ..., "x": ...},
    "jax.nn.initializers.glorot_normal": {},
    "keras.optimizers.schedules.CosineDecay": {
        "initial_learning_rate": ..., "decay_steps": ..., "alpha": 0.0, "name": "CosineDecay",
        "warmup_target": None, "warmup_steps": 0,
    },
    "keras.optimizers.schedules.ExponentialDecay": {
        "initial_learning_rate": ..., "decay_steps": ..., "decay_rate": ...,
    },
    "keras.callbacks.TerminateOnNaN": {},
    "keras.initializers.GlorotNormal": {"seed": None},
    "keras.layers.Dense": {
        "units": ..., "activation": None, "use_bias": True,
        "kernel_initializer": "glorot_uniform",
    },
    "keras.layers.BatchNormalization": {"axis": -1, "momentum": 0.99, "epsilon": 1e-3},
    "keras.Model.fit": {
        "x": None, "y": None, "batch_size": None, "epochs": 1, "verbose": "auto",
        "callbacks": None, "validation_split": 0.0, "validation_data": None, "shuffle": True,
    },
}  # fmt: skip
