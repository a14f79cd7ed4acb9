"""The pairs that are one path, each with its substitution."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from .. import optimizers
from ..optimizers import Rule
from ..optimizers.elsewhere import CONSTANT, LIBRARIES, Table
from ..optimizers.peers import keras, optax, pytorch
from ..optimizers.rule import keyword_names, memory_names
from .proof import Translation

SAME = {"learning_rate": "lr", "momentum": "beta", "b1": "beta1", "b2": "beta2", "beta_1": "beta1"}
SAME |= {"beta_2": "beta2", "epsilon": "eps", "weight_decay": "decay", "decay": "rho"}


def _pair(rule: Rule, library: str, peer: Callable[..., None], given: str = "", **named: str):
    """A translation; what is not named is called as it is, or as in ``SAME``."""
    slots, known = memory_names(peer), [n for n in keyword_names(peer) if n != "t"]
    ours = dict(zip(slots, rule.memory, strict=False))
    memory = {n: named.get(n, ours.get(n, n)) for n in slots}
    own = {n: n if n in rule.hyper else SAME.get(n, n) for n in known}
    settings = {n: named.get(n, own[n]) for n in known}
    return Translation(rule, library, peer, memory, settings, named.get("w", "w"), given)


@lru_cache(maxsize=1)
def translations() -> tuple[Translation, ...]:
    """All pairs that are one path."""
    o = optimizers
    return (
        _pair(o.GRADIENT_DESCENT, "torch", pytorch.torch_plain_sgd),
        _pair(o.GRADIENT_DESCENT, "optax", optax.optax_plain_sgd),
        _pair(o.GRADIENT_DESCENT, "keras", keras.keras_plain_sgd),
        _pair(o.MOMENTUM, "keras", keras.keras_sgd),
        _pair(o.MOMENTUM, "torch", pytorch.torch_sgd, CONSTANT,
              momentum_buffer="-v/lr", dampening="0"),
        _pair(o.AVERAGED_MOMENTUM, "optax", optax.optax_ema, step_size="-lr", decay="beta"),
        _pair(o.AVERAGED_MOMENTUM, "torch", pytorch.torch_sgd,
              "from the second step on, and with v = g at the first", dampening="beta"),
        _pair(o.MOMENTUM_RATE_OUTSIDE, "torch", pytorch.torch_sgd, dampening="0"),
        _pair(o.MOMENTUM_RATE_OUTSIDE, "optax", optax.optax_sgd),
        _pair(o.NESTEROV, "torch", pytorch.torch_sgd_nesterov, CONSTANT,
              momentum_buffer="-v/lr"),
        _pair(o.NESTEROV, "optax", optax.optax_sgd_nesterov, CONSTANT,
              trace="-v/lr"),
        _pair(o.NESTEROV, "keras", keras.keras_sgd_nesterov),
        _pair(o.SIGN_DESCENT, "optax", optax.optax_sign_sgd),
        _pair(o.ADAGRAD, "torch", pytorch.torch_adagrad),
        _pair(o.ADAGRAD_INSIDE, "optax", optax.optax_adagrad),
        _pair(o.ADAGRAD_INSIDE, "keras", keras.keras_adagrad),
        _pair(o.RMSPROP, "torch", pytorch.torch_rmsprop, alpha="rho"),
        _pair(o.RMSPROP, "optax", optax.optax_rmsprop_outside),
        _pair(o.RMSPROP_INSIDE, "optax", optax.optax_rmsprop),
        _pair(o.RMSPROP_INSIDE, "keras", keras.keras_rmsprop),
        _pair(o.CENTRED_RMSPROP, "torch", pytorch.torch_rmsprop_centered, alpha="rho",
              square_avg="c + a**2", grad_avg="a"),
        _pair(o.CENTRED_RMSPROP, "optax", optax.optax_rmsprop_centered_outside, mu="a",
              nu="c + a**2"),
        _pair(o.CENTRED_RMSPROP_INSIDE, "optax", optax.optax_rmsprop_centered, mu="a",
              nu="c + a**2"),
        _pair(o.CENTRED_RMSPROP_INSIDE, "keras", keras.keras_rmsprop_centered,
              velocity="c + a**2", average_grad="a"),
        _pair(o.RMSPROP_MOMENTUM, "torch", pytorch.torch_rmsprop_momentum,
              CONSTANT, alpha="rho", momentum_buffer="-v/lr"),
        _pair(o.RMSPROP_MOMENTUM_INSIDE, "optax", optax.optax_rmsprop_momentum),
        _pair(o.RMSPROP_MOMENTUM_INSIDE, "keras", keras.keras_rmsprop_momentum, m="-v"),
        _pair(o.ADAM, "torch", pytorch.torch_adam, weight_decay="0"),
        _pair(o.ADAM, "optax", optax.optax_adam, eps_root="0"),
        _pair(o.ADAM, "keras", keras.keras_adam, "a different epsilon at each step",
              epsilon="eps*sqrt(1 - beta2**t)"),
        _pair(o.ADAM_INSIDE, "optax", optax.optax_adam, eps="0", eps_root="eps"),
        _pair(o.ADAM_HAT, "keras", keras.keras_adam),
        _pair(o.ADAM_L2, "torch", pytorch.torch_adam),
        _pair(o.ADAM_L2, "optax", optax.optax_adam_l2),
        _pair(o.ADAMW, "torch", pytorch.torch_adamw),
        _pair(o.ADAMW, "optax", optax.optax_adamw),
        _pair(o.AMSGRAD, "torch", pytorch.torch_amsgrad),
        _pair(o.AMSGRAD_OF_CORRECTED, "optax", optax.optax_amsgrad),
        _pair(o.AMSGRAD_HAT, "keras", keras.keras_amsgrad),
        _pair(o.NADAM, "optax", optax.optax_nadam),
        _pair(o.SCHEDULED_NADAM, "torch", pytorch.torch_nadam, momentum_decay="psi",
              mu_product="1 - q"),
        _pair(_WITH_PSI_1, "keras", keras.keras_nadam, "psi = 1 is built in", u_product="1 - q"),
        _pair(o.ADAMAX, "torch", pytorch.torch_adamax),
        _pair(o.ADAMAX, "optax", optax.optax_adamax),
        _pair(o.ADAMAX_OUTSIDE, "keras", keras.keras_adamax),
        _pair(o.ADADELTA, "torch", pytorch.torch_adadelta),
        _pair(o.ADADELTA, "optax", optax.optax_adadelta),
        _pair(o.ADADELTA, "keras", keras.keras_adadelta),
        _pair(o.LION, "optax", optax.optax_lion),
        _pair(o.LION, "keras", keras.keras_lion),
        _pair(o.SCHEDULE_FREE, "optax", optax.optax_schedule_free, w="w + (1 - beta)*v",
              z="w + v", b1="beta"),
    )  # fmt: skip


def _scheduled_with_psi_1(w, g, m, s, q, *, lr, beta1, beta2, eps, t):
    optimizers.scheduled_nadam(w, g, m, s, q, lr=lr, beta1=beta1, beta2=beta2, eps=eps, psi=1, t=t)


_WITH_PSI_1 = Rule(name=optimizers.SCHEDULED_NADAM.name, kernel=_scheduled_with_psi_1)


def table() -> Table:
    """All pairs: rule, library, substitution; each row is what `Translation.prove` proves."""
    rows = [
        (f"**{t.rule.name}**", f"{LIBRARIES[t.library]}, `{t.peer.__name__}`", t.says)
        for t in translations()
    ]
    return Table(("rule", "elsewhere", "the same path with"), rows)
