"""Calls of the libraries that are kernels of the course under other names, each to be proved.

`Equivalence.prove` runs both kernels on symbols and lets SymPy decide, for every step at once: if
the memories correspond before a step, then both take the same step, and the memories correspond
after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import sympy as sp

from .. import optimizers
from ..optimizers import Rule
from ..optimizers.rule import keyword_names, memory_names
from ..symbolic import difference, symbol, trace
from ..symbolic.tracing import SYMBOLS
from . import keras, optax, pytorch
from .names import CONSTANT, LIBRARIES, Counterpart, counterpart


@dataclass(frozen=True, eq=False)
class Equivalence:
    """A kernel of a library that is a kernel of the course under other names.

    Attributes:
        rule: ours.
        library: "torch", "optax" or "keras".
        theirs: what the library computes, with its own names.
        memory: each memory of the library as a formula of ours.
        settings: each setting of the library as a formula of ours.
        weights: the library's weights as a formula of ours.
        condition: when the paths are the same, in words; "" if always.
        built_in: settings of ours that the library does not let one choose.
    """

    rule: Rule
    library: str
    theirs: Callable[..., None]
    memory: Mapping[str, str]
    settings: Mapping[str, str]
    weights: str = "w"
    condition: str = ""
    built_in: Mapping[str, float] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """The substitution in words."""
        names = {**self.settings, **self.memory}
        parts = [f"{theirs} = {ours}" for theirs, ours in names.items() if theirs != ours]
        if self.weights != "w":
            parts.insert(0, f"its w = {self.weights}")
        return ", ".join(parts) + (f"; {self.condition}" if self.condition else "")

    def prove(self) -> Verdict:
        """Run both kernels once on symbols and compare weights and memories."""
        built_in = {n: sp.nsimplify(x) for n, x in self.built_in.items()}
        ours = {**trace(self.rule.kernel, **built_in)}
        values = {n: formula_of(x) for n, x in {**self.settings, **self.memory}.items()}
        theirs = trace(self.theirs, w=formula_of(self.weights), **values)
        after = {symbol(n): x for n, x in ours.items()}
        checked = {"w": self.weights, **self.memory}
        for name, formula in checked.items():
            wanted = formula_of(formula).subs(after, simultaneous=True)
            where = difference(*_open(theirs[name], wanted))
            if where is not None:
                return Verdict(self, False, name, where)
        return Verdict(self, True)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What came of a proof.

    Attributes:
        equivalence: what was to be proved.
        holds: whether it was.
        quantity: the array that differs, "" if none does.
        where: a point at which it does, symbol to value.
    """

    equivalence: Equivalence
    holds: bool
    quantity: str = ""
    where: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """True if proved."""
        return self.holds

    def __repr__(self) -> str:
        """The verdict in a sentence."""
        t = self.equivalence
        pair = f"{LIBRARIES[t.library]}'s {t.theirs.__name__} is {t.rule.name}"
        if self.holds:
            return f"proved: {pair}, with {t.says or 'the same names'}"
        return f"refuted: {pair}, with {t.says}. Its {self.quantity} differs at {dict(self.where)}."


def formula_of(formula: str) -> sp.Expr:
    """A formula in the course's names; a setting that is a number stands for itself."""
    return sp.sympify(formula, locals=dict(SYMBOLS), rational=True)


def _open(*expressions: sp.Expr) -> list[sp.Expr]:
    """The same in a form in which SymPy sees what is equal.

    There are positive symbols for 1 - beta^t, whose sign it does not know, and the smallest of
    some reciprocals is written as the reciprocal of the largest.
    """
    t, swap = symbol("t"), {}
    for name in ("beta1", "beta2"):
        for count in (t, t + 1):
            swap[symbol(name) ** count] = 1 - sp.Symbol(f"{name}_{count}", positive=True)
    return [e.subs(swap).replace(sp.Min, _smallest) for e in expressions]


def _smallest(*values: sp.Expr) -> sp.Expr:
    """The minimum, as 1 / max(1 / values) where all of these are known to be no less than 0."""
    turned = [1 / x for x in values]
    return 1 / sp.Max(*turned) if all(x.is_nonnegative for x in turned) else sp.Min(*values)


SAME = {"learning_rate": "lr", "momentum": "beta", "b1": "beta1", "b2": "beta2", "beta_1": "beta1"}
SAME |= {"beta_2": "beta2", "epsilon": "eps", "weight_decay": "decay", "decay": "rho"}
SAME |= dict.fromkeys(
    ("max_norm", "clip_norm", "clipnorm", "clip_value", "clipvalue", "max_delta"), "limit"
)


def _pair(
    rule: Rule, library: str, theirs: Callable[..., None], given: str | None = None, **named: str
) -> Equivalence:
    """An equivalence; what is not named is called as it is, or as in ``SAME``.

    Without ``given`` the condition is that of the rule's call, or what is built in there; both
    stand in `names`.
    """
    slots, known = memory_names(theirs), [n for n in keyword_names(theirs) if n != "t"]
    ours = dict(zip(slots, rule.memory, strict=False))
    memory = {n: named.get(n, ours.get(n, n)) for n in slots}
    own = {n: n if n in rule.hyper else SAME.get(n, n) for n in known}
    settings = {n: named.get(n, own[n]) for n in known}
    call = counterpart(rule, library) or Counterpart("")
    if given is None:
        fixed = [f"{n} = {x:g} is built in" for n, x in call.built_in.items()]
        given = call.condition or ", ".join(fixed)
    weights = named.get("w", "w")
    return Equivalence(rule, library, theirs, memory, settings, weights, given, call.built_in)


@lru_cache(maxsize=1)
def equivalences() -> tuple[Equivalence, ...]:
    """All pairs that are one path."""
    o = optimizers
    by_norm = o.with_norm_clipping(o.GRADIENT_DESCENT)
    by_value = o.with_value_clipping(o.GRADIENT_DESCENT)
    return (
        _pair(o.GRADIENT_DESCENT, "torch", pytorch.torch_plain_sgd),
        _pair(o.GRADIENT_DESCENT, "optax", optax.optax_plain_sgd),
        _pair(o.GRADIENT_DESCENT, "keras", keras.keras_plain_sgd),
        _pair(by_norm, "optax", optax.optax_clip_by_global_norm),
        _pair(by_norm, "keras", keras.keras_sgd_global_clipnorm),
        _pair(by_norm, "keras", keras.keras_sgd_clipnorm, "each array of weights alone"),
        _pair(by_value, "torch", pytorch.torch_sgd_clip_grad_value),
        _pair(by_value, "optax", optax.optax_clip),
        _pair(by_value, "keras", keras.keras_sgd_clipvalue),
        _pair(o.MOMENTUM, "keras", keras.keras_sgd),
        _pair(o.MOMENTUM, "torch", pytorch.torch_sgd, momentum_buffer="-v/lr", dampening="0",
              weight_decay="0"),
        _pair(o.MOMENTUM, "optax", optax.optax_sgd, trace="-v/lr"),
        _pair(o.AVERAGED_MOMENTUM, "optax", optax.optax_ema, step_size="-lr", decay="beta"),
        _pair(o.AVERAGED_MOMENTUM, "torch", pytorch.torch_sgd,
              "from the second step on, and with v = g at the first", dampening="beta",
              weight_decay="0"),
        _pair(o.MOMENTUM_RATE_OUTSIDE, "torch", pytorch.torch_sgd, dampening="0",
              weight_decay="0"),
        _pair(o.MOMENTUM_RATE_OUTSIDE, "optax", optax.optax_sgd),
        _pair(o.MOMENTUM_L2, "torch", pytorch.torch_sgd, dampening="0"),
        _pair(o.MOMENTUM_L2, "optax", optax.optax_sgd_l2),
        _pair(o.with_decoupled_decay(o.MOMENTUM), "keras", keras.keras_sgd_decay),
        _pair(o.NESTEROV, "torch", pytorch.torch_sgd_nesterov, momentum_buffer="-v/lr",
              weight_decay="0"),
        _pair(o.NESTEROV, "optax", optax.optax_sgd_nesterov, trace="-v/lr"),
        _pair(o.with_l2(o.NESTEROV), "torch", pytorch.torch_sgd_nesterov, CONSTANT,
              momentum_buffer="-v/lr"),
        _pair(o.NESTEROV, "keras", keras.keras_sgd_nesterov),
        _pair(o.SIGN_DESCENT, "optax", optax.optax_sign_sgd),
        _pair(o.ADAGRAD, "torch", pytorch.torch_adagrad),
        _pair(o.ADAGRAD_INSIDE, "optax", optax.optax_adagrad),
        _pair(o.ADAGRAD_INSIDE, "keras", keras.keras_adagrad),
        _pair(o.RMSPROP, "torch", pytorch.torch_rmsprop, alpha="rho", weight_decay="0"),
        _pair(o.with_l2(o.RMSPROP), "torch", pytorch.torch_rmsprop, alpha="rho"),
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
              alpha="rho", momentum_buffer="-v/lr"),
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
        _pair(o.with_decoupled_decay(o.ADAM_HAT), "keras", keras.keras_adamw),
        _pair(o.ADAMW, "optax", optax.optax_adamw),
        _pair(o.UNCORRECTED_AMSGRAD, "optax", optax.optax_amsgrad_uncorrected),
        _pair(o.AMSGRAD, "torch", pytorch.torch_amsgrad),
        _pair(o.AMSGRAD_OF_CORRECTED, "optax", optax.optax_amsgrad),
        _pair(o.AMSGRAD_HAT, "keras", keras.keras_amsgrad),
        _pair(o.NADAM, "optax", optax.optax_nadam),
        _pair(o.SCHEDULED_NADAM, "torch", pytorch.torch_nadam, momentum_decay="psi",
              mu_product="1 - q"),
        _pair(o.SCHEDULED_NADAM, "keras", keras.keras_nadam, u_product="1 - q"),
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
