"""Weight decay for any rule: a penalty through the gradient, or a share taken off the weights."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .adam import ADAM, ADAM_L2, ADAMW
from .momentum import MOMENTUM_L2, MOMENTUM_RATE_OUTSIDE
from .rule import Rule

WITH_L2 = {ADAM: ADAM_L2, MOMENTUM_RATE_OUTSIDE: MOMENTUM_L2}
WITH_DECOUPLED_DECAY = {ADAM: ADAMW}


@lru_cache(maxsize=64)  # so that asking twice gives one rule, which may be the key of a table
def with_l2(rule: Rule) -> Rule:
    """The rule on a loss with the penalty decay |w|^2 / 2: g + decay w stands for g.

        >>> from course_utils.optimizers import ADAM, ADAM_L2, RMSPROP
        >>> with_l2(ADAM) is ADAM_L2
        True
        >>> with_l2(RMSPROP)
        RMSProp with L2: remembers s; settings lr, rho, eps, decay

    Args:
        rule: a rule without a decay that takes its gradient at the weights.
    """
    if rule in WITH_L2:
        return WITH_L2[rule]

    def kernel(w, g, *memory, decay, **hyper):
        rule.kernel(w, g + decay * w, *memory, **hyper)

    return _derived(rule, kernel, f"{rule.name} with L2", "the decay goes through the gradient")


@lru_cache(maxsize=64)
def with_decoupled_decay(rule: Rule) -> Rule:
    """The rule with decoupled decay: w <- w - lr decay w, then its step from the gradient before.

        >>> from course_utils.optimizers import ADAM, ADAMW
        >>> with_decoupled_decay(ADAM) is ADAMW
        True

    Args:
        rule: a rule without a decay that takes its gradient at the weights.
    """
    if rule in WITH_DECOUPLED_DECAY:
        return WITH_DECOUPLED_DECAY[rule]

    def kernel(w, g, *memory, decay, lr, **hyper):
        w -= lr * decay * w
        rule.kernel(w, g, *memory, lr=lr, **hyper)

    return _derived(
        rule,
        kernel,
        f"{rule.name} with decoupled decay",
        "the decay is taken off the weights, multiplied by lr",
    )


def _derived(rule: Rule, kernel: Callable[..., Any], name: str, words: str) -> Rule:
    """A rule with one setting more than another."""
    if "decay" in rule.hyper or rule.needs_hessian or rule.look_ahead is not None:
        raise TypeError(
            f"{rule.name} cannot be given a decay: take a rule that has none and needs the "
            "gradient at the weights alone, such as RMSPROP."
        )
    decay = inspect.Parameter("decay", inspect.Parameter.KEYWORD_ONLY)
    own = list(inspect.signature(rule.kernel).parameters.values())
    # The count stays last, as in the kernels that are written out.
    last = [p for p in own if p.name == "t"]
    before = [p for p in own if p.name != "t"]
    kernel.__signature__ = inspect.Signature([*before, decay, *last])
    kernel.__name__ = f"{rule.kernel.__name__}_with_decay"
    return Rule(
        name=name,
        kernel=kernel,
        defaults=rule.defaults,
        convention=f"as {rule.name}; {words}",
        source=rule.source,
        shapes=rule.shapes,
    )
