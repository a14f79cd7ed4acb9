"""What the rules of the course are called in PyTorch, optax and Keras, and what papers recommend.

A new rule gets its line here. In a call our names stand for numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .. import optimizers as o
from ..optimizers import Rule

LIBRARIES = {"torch": "PyTorch", "optax": "optax", "keras": "Keras"}
CONSTANT = "while lr is constant"


@dataclass(frozen=True)
class Counterpart:
    """A call of a library that makes the steps of a rule.

    Attributes:
        call: the call, with our names for numbers.
        condition: when it does, in words; "" if always.
        built_in: settings that the library does not let one choose, by our names.
        note: what else differs, in words.
    """

    call: str
    condition: str = ""
    built_in: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def library(self) -> str:
        """The first word of the call."""
        return self.call.partition(".")[0]


def _calls(*calls: str | Counterpart) -> tuple[Counterpart, ...]:
    return tuple(x if isinstance(x, Counterpart) else Counterpart(x) for x in calls)


# Of several calls of one library the first is the one that is written; all of them are read.
COUNTERPARTS: dict[Rule, tuple[Counterpart, ...]] = {
    o.GRADIENT_DESCENT: _calls(
        "torch.optim.SGD(params, lr=lr)",
        "optax.sgd(lr)",
        "keras.optimizers.SGD(lr)",
    ),
    o.MOMENTUM: _calls(
        Counterpart("torch.optim.SGD(params, lr=lr, momentum=beta)", CONSTANT),
        Counterpart("optax.sgd(lr, momentum=beta)", CONSTANT),
        "keras.optimizers.SGD(lr, momentum=beta)",
    ),
    o.AVERAGED_MOMENTUM: _calls(
        "optax.chain(optax.ema(beta, debias=False), optax.scale(-lr))",
    ),
    o.MOMENTUM_RATE_OUTSIDE: _calls(
        "torch.optim.SGD(params, lr=lr, momentum=beta)",
        "optax.sgd(lr, momentum=beta)",
    ),
    o.MOMENTUM_L2: _calls(
        "torch.optim.SGD(params, lr=lr, momentum=beta, weight_decay=decay)",
        "optax.chain(optax.add_decayed_weights(decay), optax.sgd(lr, momentum=beta))",
    ),
    o.NESTEROV: _calls(
        Counterpart("torch.optim.SGD(params, lr=lr, momentum=beta, nesterov=True)", CONSTANT),
        Counterpart("optax.sgd(lr, momentum=beta, nesterov=True)", CONSTANT),
        "keras.optimizers.SGD(lr, momentum=beta, nesterov=True)",
    ),
    o.SIGN_DESCENT: _calls("optax.sign_sgd(lr)"),
    o.ADAGRAD: _calls("torch.optim.Adagrad(params, lr=lr, eps=eps)"),
    o.ADAGRAD_INSIDE: _calls(
        "optax.adagrad(lr, initial_accumulator_value=0.0, eps=eps)",
        "keras.optimizers.Adagrad(lr, initial_accumulator_value=0.0, epsilon=eps)",
    ),
    o.RMSPROP: _calls(
        "torch.optim.RMSprop(params, lr=lr, alpha=rho, eps=eps)",
        "optax.rmsprop(lr, decay=rho, eps=eps, eps_in_sqrt=False)",
    ),
    o.RMSPROP_INSIDE: _calls(
        "optax.rmsprop(lr, decay=rho, eps=eps)",
        "keras.optimizers.RMSprop(lr, rho=rho, epsilon=eps)",
    ),
    o.CENTRED_RMSPROP: _calls(
        "torch.optim.RMSprop(params, lr=lr, alpha=rho, eps=eps, centered=True)",
        "optax.rmsprop(lr, decay=rho, eps=eps, centered=True, eps_in_sqrt=False)",
    ),
    o.CENTRED_RMSPROP_INSIDE: _calls(
        "optax.rmsprop(lr, decay=rho, eps=eps, centered=True)",
        "keras.optimizers.RMSprop(lr, rho=rho, epsilon=eps, centered=True)",
    ),
    o.RMSPROP_MOMENTUM: _calls(
        Counterpart(
            "torch.optim.RMSprop(params, lr=lr, alpha=rho, eps=eps, momentum=beta)", CONSTANT
        ),
    ),
    o.RMSPROP_MOMENTUM_INSIDE: _calls(
        "optax.rmsprop(lr, decay=rho, eps=eps, momentum=beta)",
        "keras.optimizers.RMSprop(lr, rho=rho, epsilon=eps, momentum=beta)",
    ),
    o.ADAM: _calls(
        "torch.optim.Adam(params, lr=lr, betas=(beta1, beta2), eps=eps)",
        "optax.adam(lr, b1=beta1, b2=beta2, eps=eps)",
    ),
    o.ADAM_INSIDE: _calls("optax.adam(lr, b1=beta1, b2=beta2, eps=0.0, eps_root=eps)"),
    o.ADAM_HAT: _calls("keras.optimizers.Adam(lr, beta_1=beta1, beta_2=beta2, epsilon=eps)"),
    o.ADAM_L2: _calls(
        "torch.optim.Adam(params, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=decay)",
        "optax.chain(optax.add_decayed_weights(decay), "
        "optax.adam(lr, b1=beta1, b2=beta2, eps=eps))",
    ),
    o.ADAMW: _calls(
        "torch.optim.AdamW(params, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=decay)",
        "torch.optim.Adam(params, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=decay, "
        "decoupled_weight_decay=True)",
        "optax.adamw(lr, b1=beta1, b2=beta2, eps=eps, weight_decay=decay)",
    ),
    o.UNCORRECTED_AMSGRAD: _calls(
        "optax.amsgrad(lr, b1=beta1, b2=beta2, eps=eps, bias_correction_mu=False, "
        "bias_correction_nu=False)",
    ),
    o.AMSGRAD: _calls(
        "torch.optim.Adam(params, lr=lr, betas=(beta1, beta2), eps=eps, amsgrad=True)",
    ),
    o.AMSGRAD_OF_CORRECTED: _calls("optax.amsgrad(lr, b1=beta1, b2=beta2, eps=eps)"),
    o.AMSGRAD_HAT: _calls(
        "keras.optimizers.Adam(lr, beta_1=beta1, beta_2=beta2, epsilon=eps, amsgrad=True)",
    ),
    o.NADAM: _calls(
        "optax.nadam(lr, b1=beta1, b2=beta2, eps=eps)",
        "optax.adam(lr, b1=beta1, b2=beta2, eps=eps, nesterov=True)",
    ),
    o.SCHEDULED_NADAM: _calls(
        "torch.optim.NAdam(params, lr=lr, betas=(beta1, beta2), eps=eps, momentum_decay=psi)",
        Counterpart(
            "keras.optimizers.Nadam(lr, beta_1=beta1, beta_2=beta2, epsilon=eps)",
            built_in={"psi": 1.0},
        ),
    ),
    o.ADAMAX: _calls(
        "torch.optim.Adamax(params, lr=lr, betas=(beta1, beta2), eps=eps)",
        "optax.adamax(lr, b1=beta1, b2=beta2, eps=eps)",
    ),
    o.ADAMAX_OUTSIDE: _calls(
        "keras.optimizers.Adamax(lr, beta_1=beta1, beta_2=beta2, epsilon=eps)",
    ),
    o.ADADELTA: _calls(
        "torch.optim.Adadelta(params, lr=lr, rho=rho, eps=eps)",
        "optax.adadelta(lr, rho=rho, eps=eps)",
        "keras.optimizers.Adadelta(lr, rho=rho, epsilon=eps)",
    ),
    o.LION: _calls(
        "optax.lion(lr, b1=beta1, b2=beta2, weight_decay=decay)",
        "keras.optimizers.Lion(lr, beta_1=beta1, beta_2=beta2, weight_decay=decay)",
    ),
    o.SCHEDULE_FREE: _calls(
        Counterpart("optax.contrib.schedule_free_sgd(lr, b1=beta)", CONSTANT),
    ),
    o.MUON: _calls(
        Counterpart(
            "torch.optim.Muon(params, lr=lr, momentum=beta, weight_decay=0.0)",
            note="products in bfloat16",
        ),
    ),
}

PAPERS: dict[Rule, dict[str, float]] = {
    o.RMSPROP: {"rho": 0.9},
    o.ADAM: {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    o.ADAMW: {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    o.ADAMAX: {"lr": 2e-3, "beta1": 0.9, "beta2": 0.999, "eps": 0.0},
    o.ADADELTA: {"lr": 1.0, "rho": 0.95, "eps": 1e-6},
    o.LION: {"beta1": 0.9, "beta2": 0.99},
    o.MUON: {"beta": 0.95},
    o.SCHEDULE_FREE: {"beta": 0.9},
}

ARTICLE: dict[Rule, dict[str, float]] = {
    o.MOMENTUM: {"beta": 0.9},
    o.RMSPROP_INSIDE: {"rho": 0.9, "eps": 1e-10},
    o.UNCORRECTED_ADAM_INSIDE: {"beta1": 0.9, "beta2": 0.99, "eps": 1e-10},
}


def counterpart(rule: Rule, library: str) -> Counterpart | None:
    """The call of a library that is written for a rule; None if there is none."""
    return next((x for x in COUNTERPARTS.get(rule, ()) if x.library == library), None)


def our_signatures() -> dict[str, dict[str, float]]:
    """Our rules as if they were called, RULE(lr=...): settings and defaults by constant."""
    rules = {n: x for n, x in vars(o).items() if isinstance(x, Rule)}
    return {n: {s: x.defaults.get(s, ...) for s in x.hyper} for n, x in rules.items()}
