"""The pairs that share a name and are not one path, each with gradients that show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from .. import optimizers
from ..optimizers.rule import keyword_names, memory_names
from . import keras, optax, pytorch


@dataclass(frozen=True, eq=False)
class Difference:
    """Two rules under one name, and gradients on which they part.

    Attributes:
        ours, theirs: the kernels.
        name: what is compared, in words.
        why: what differs, a sentence.
        settings: of ours; each a number, or a list with one for each step.
        theirs_settings: of theirs, likewise.
        gradients: one a step, each a number or the rows of a matrix.
        memory: of theirs before the first step, where that is not zero.
    """

    name: str
    ours: Callable[..., None]
    theirs: Callable[..., None]
    why: str
    settings: Mapping[str, Any]
    theirs_settings: Mapping[str, Any]
    gradients: Sequence[Any] = (1.0, -0.5, 0.25, 2.0)
    memory: Mapping[str, float] = field(default_factory=dict)

    def paths(self) -> tuple[np.ndarray, np.ndarray]:
        """Both paths of the first weight from w = 1 on the gradients, shape (steps + 1,)."""
        return (
            run(self.ours, self.gradients, self.settings),
            run(self.theirs, self.gradients, self.theirs_settings, self.memory),
        )

    def __repr__(self) -> str:
        """The two paths in a sentence each."""
        one, other = self.paths()
        apart = int(np.flatnonzero(np.abs(one - other) > 1e-9)[0])
        listed = ", ".join(f"{x:g}" if np.ndim(x) == 0 else str(x) for x in self.gradients)
        return (
            f"{self.name}: {self.why}\n  Gradients {listed}: they part at step {apart}, "
            f"w = {one[apart]:.6g} and {other[apart]:.6g}."
        )


def run(
    kernel: Callable[..., None],
    gradients: Sequence[Any],
    settings: Mapping[str, Any],
    memory: Mapping[str, float] | None = None,
) -> np.ndarray:
    """The path of the first weight from w = 1 on given gradients, shape (steps + 1,)."""
    w, path = np.ones(np.shape(gradients[0]) or 1), [1.0]
    slots = [np.full(w.shape, (memory or {}).get(name, 0.0)) for name in memory_names(kernel)]
    for k, g in enumerate(gradients):
        now = {n: x[k] if isinstance(x, (list, tuple)) else x for n, x in settings.items()}
        if "t" in keyword_names(kernel):
            now["t"] = k + 1
        kernel(w, np.reshape(np.array(g, dtype=float), w.shape), *slots, **now)
        path.append(float(w.flat[0]))
    return np.array(path)


_BETAS = {"beta1": 0.9, "beta2": 0.99}
_B = {"b1": 0.9, "b2": 0.99}
_BETA_ = {"beta_1": 0.9, "beta_2": 0.99}
_SQUARE = ([[1, 2], [0, 1]], [[0, -1], [3, 1]], [[2, 0], [1, -1]])
_TALL = ([[1], [2], [0], [1]], [[0], [-1], [3], [1]])


@lru_cache(maxsize=1)
def differences() -> tuple[Difference, ...]:
    """Pairs that share a name and are not one path."""
    o, rates = optimizers, [0.1, 0.1, 0.01, 0.01]
    return (
        Difference(
            "Momentum of Keras and of PyTorch", keras.keras_sgd, pytorch.torch_sgd,
            "the rate is inside the memory in Keras, outside in PyTorch; they part when it "
            "changes.",
            {"learning_rate": rates, "momentum": 0.9},
            {"lr": rates, "momentum": 0.9, "dampening": 0, "weight_decay": 0},
        ),
        Difference(
            "Clipping by norm of PyTorch and of optax",
            o.with_norm_clipping(o.GRADIENT_DESCENT).kernel, pytorch.torch_sgd_clip_grad_norm,
            "PyTorch adds 1e-6 to the norm, so a clipped gradient is a little shorter than the "
            "limit, by a sixth where it is 5e-6 long.",
            {"lr": 1e5, "limit": 1e-6}, {"lr": 1e5, "max_norm": 1e-6},
            gradients=((3e-6, 4e-6),),
        ),
        Difference(
            "global_clipnorm and clipnorm of Keras",
            o.with_norm_clipping(o.GRADIENT_DESCENT, axis=None).kernel, keras.keras_sgd_clipnorm,
            "clipnorm shortens each array of weights alone, here each row, and turns the whole "
            "gradient; global_clipnorm shortens all by one factor, as PyTorch and optax do.",
            {"lr": 0.1, "limit": 1.0}, {"learning_rate": 0.1, "clipnorm": 1.0},
            gradients=(((0.0, 0.6), (0.8, 0.0)), ((0.3, 0.4), (30.0, 40.0))),
        ),
        Difference(
            "Averaged momentum and PyTorch's dampening", o.averaged_momentum, first_undampened,
            "PyTorch's buffer is the whole gradient at the first step, damped only later.",
            {"lr": 0.1, "beta": 0.9}, {"lr": 0.1, "momentum": 0.9, "t": [1, 2, 3, 4]},
        ),
        Difference(
            "AdaGrad of PyTorch and of optax", o.adagrad, optax.optax_adagrad,
            "eps is inside the root in optax and Keras, and the sum starts at 0.1.",
            {"lr": 0.1, "eps": 1e-7}, {"learning_rate": 0.1, "eps": 1e-7},
            memory={"sum_of_squares": 0.1},
        ),
        Difference(
            "RMSProp of PyTorch and of Keras", o.rmsprop, keras.keras_rmsprop,
            "eps is outside the root in PyTorch, inside in Keras and in optax by default.",
            {"lr": 0.1, "rho": 0.9, "eps": 1e-2},
            {"learning_rate": 0.1, "rho": 0.9, "epsilon": 1e-2},
        ),
        Difference(
            "Adam of PyTorch and of Keras", o.adam, keras.keras_adam,
            "Keras adds eps before the correction, so that it counts more at the start.",
            {"lr": 0.1, "eps": 1e-2, **_BETAS}, {"learning_rate": 0.1, "epsilon": 1e-2, **_BETA_},
        ),
        Difference(
            "Adam of PyTorch and of the article", o.adam, o.uncorrected_adam_inside,
            "the article corrects nothing; its first step is lr by accident of beta2 = 0.99.",
            {"lr": 0.1, "eps": 1e-10, **_BETAS}, {"lr": 0.1, "eps": 1e-10, **_BETAS},
        ),
        Difference(
            "weight_decay of PyTorch's Adam and AdamW", o.adam_l2, o.adamw,
            "in Adam the decay is part of the gradient and is divided with it, in AdamW not.",
            {"lr": 0.1, "eps": 1e-8, "decay": 0.1, **_BETAS},
            {"lr": 0.1, "eps": 1e-8, "decay": 0.1, **_BETAS},
        ),
        Difference(
            "AdamW of PyTorch and of Keras", o.adamw, keras.keras_adamw,
            "one decay, two places for eps.",
            {"lr": 0.1, "eps": 1e-2, "decay": 0.1, **_BETAS},
            {"learning_rate": 0.1, "epsilon": 1e-2, "weight_decay": 0.1, **_BETA_},
        ),
        Difference(
            "AMSGrad of PyTorch and of optax", o.amsgrad, optax.optax_amsgrad,
            "the largest raw average, corrected after, against the largest corrected one.",
            {"lr": 0.1, "eps": 1e-8, **_BETAS}, {"learning_rate": 0.1, "eps": 1e-8, **_B},
        ),
        Difference(
            "NAdam of PyTorch and of optax", o.scheduled_nadam, optax.optax_nadam,
            "PyTorch's momentum warms up, optax's is constant.",
            {"lr": 0.1, "eps": 1e-8, "psi": 0.004, **_BETAS},
            {"learning_rate": 0.1, "eps": 1e-8, **_B},
        ),
        Difference(
            "NAdam of PyTorch and of Keras", o.scheduled_nadam, keras.keras_nadam,
            "Keras warms up 250 times as quickly.",
            {"lr": 0.1, "eps": 1e-8, "psi": 0.004, **_BETAS},
            {"learning_rate": 0.1, "epsilon": 1e-8, **_BETA_}, memory={"u_product": 1.0},
        ),
        Difference(
            "AdaDelta and optax.adadelta() without a rate",
            o.adadelta,
            optax.optax_adadelta,
            "with learning_rate=None, its default, optax 0.2.8 leaves the sign of the step as it "
            "is, and climbs.",
            {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
            {"learning_rate": -1.0, "rho": 0.9, "eps": 1e-6},
        ),
        Difference(
            "Adamax of PyTorch and of Keras", o.adamax, keras.keras_adamax,
            "eps is added to each gradient in PyTorch and optax, to the maximum in Keras.",
            {"lr": 0.1, "eps": 1e-2, **_BETAS}, {"learning_rate": 0.1, "epsilon": 1e-2, **_BETA_},
        ),
        Difference(
            "Muon and torch.optim.Muon() without a decay", o.muon, pytorch.torch_muon,
            "PyTorch shrinks the weights by lr 0.1 at every step unless weight_decay=0 is given.",
            {"lr": 0.1, "beta": 0.95}, {"lr": 0.1, "momentum": 0.95, "weight_decay": 0.1},
            gradients=_SQUARE,
        ),
        Difference(
            "Muon of PyTorch and of optax", o.muon, optax.optax_muon,
            "optax corrects average and gradient, each for another count, before they are added.",
            {"lr": 0.1, "beta": 0.95}, {"learning_rate": 0.1, "beta": 0.95}, gradients=_SQUARE,
        ),
        Difference(
            "Muon of PyTorch and of Keras", o.muon, keras.keras_muon,
            "PyTorch multiplies the step by sqrt(max(1, rows / columns)), Keras by "
            "0.2 sqrt(max(rows, columns)).",
            {"lr": 0.1, "beta": 0.95}, {"learning_rate": 0.1, "momentum": 0.95, "rms_rate": 0.2},
            gradients=_TALL,
        ),
    )  # fmt: skip


def first_undampened(w, g, momentum_buffer, *, lr, momentum, t):
    """PyTorch's SGD with dampening = momentum, its first step included."""
    pytorch.torch_sgd(w, g, momentum_buffer, lr=lr, momentum=momentum,
                      dampening=momentum if t > 1 else 0, weight_decay=0)  # fmt: skip
