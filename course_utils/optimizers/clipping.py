"""Gradient clipping: what is done to a gradient that is too long, before a rule makes its step."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from .rule import Rule


def clip_by_norm(g, *, limit, axis=0):
    """g limit / max(|g|, limit): a gradient longer than the limit is shortened to it.

    Of all vectors of length at most ``limit`` it is the nearest to g. The direction stays.

    Args:
        g: gradient; it is left alone.
        limit: the largest length, above 0, in units of the gradient. Pascanu et al. look at the
            mean length over many steps and take from half of it to ten times as much.
        axis: along which the weights of one run lie, whose length is taken; None if every number
            of ``g`` belongs to one run.

    Returns:
        The clipped gradient. One that holds NaN or infinity comes out with NaN: no length cures
        it, and the step has to be left out.

    Source: Pascanu, Mikolov and Bengio, ICML 2013, arXiv:1211.5063, algorithm 1.

    >>> print(clip_by_norm(np.array([30.0, 40.0]), limit=5.0))
    [3. 4.]
    >>> print(clip_by_norm(np.array([0.3, 0.4]), limit=5.0))
    [0.3 0.4]
    """
    # Where g is 0 the limit is the larger: nothing is divided by 0.
    return g * (limit / np.maximum(np.sqrt(np.sum(g * g, axis=axis)), limit))


def clip_by_value(g, *, limit):
    """min(max(g, -limit), limit): every entry that is larger than the limit is cut off there.

    Of all vectors with entries of size at most ``limit`` it is the nearest to g. It still points
    downhill, and the direction turns; `course_utils.theory.value_clipping_angle` says how far.

    Args:
        g: gradient; it is left alone.
        limit: the largest size of an entry, above 0, in units of the gradient.

    Returns:
        The clipped gradient; NaN stays NaN, and infinity becomes the limit.

    Source: Mikolov, Statistical Language Models Based on Neural Networks (thesis, Brno 2012), who
    cuts off the errors that flow backwards.

    >>> print(clip_by_value(np.array([30.0, 4.0]), limit=5.0))
    [5. 4.]
    """
    return np.minimum(np.maximum(g, -limit), limit)


@lru_cache(maxsize=64)  # so that asking twice gives one rule, which may be the key of a table
def with_norm_clipping(rule: Rule, axis: int | None = 0) -> Rule:
    """The rule with one setting more, ``limit``: it is given `clip_by_norm` of each gradient.

        >>> from course_utils.optimizers import GRADIENT_DESCENT
        >>> clipped = with_norm_clipping(GRADIENT_DESCENT)
        >>> clipped
        gradient descent, clipped by norm: remembers nothing; settings lr, limit
        >>> w = np.array([2.0, -10.0])
        >>> clipped.start(w, lr=1.0, limit=5.0)(np.array([30.0, 40.0]))
        >>> print(w)
        [ -1. -14.]

    Args:
        rule: a rule that needs the gradient alone.
        axis: as in `clip_by_norm`. Trajectories of a batch and a network's flat vector have their
            weights along the first axis; a matrix is clipped as a whole with None.
    """

    def clip(g, limit):
        return clip_by_norm(g, limit=limit, axis=axis)

    return _clipped(rule, clip, "by norm", "a gradient longer than limit is shortened to it")


@lru_cache(maxsize=64)
def with_value_clipping(rule: Rule) -> Rule:
    """The rule with one setting more, ``limit``: it is given `clip_by_value` of each gradient.

        >>> from course_utils.optimizers import MOMENTUM
        >>> with_value_clipping(MOMENTUM)
        momentum, clipped by value: remembers v; settings lr, beta, limit

    Args:
        rule: a rule that needs the gradient alone.
    """

    def clip(g, limit):
        return clip_by_value(g, limit=limit)

    return _clipped(rule, clip, "by value", "entries larger than limit are cut off there")


def _clipped(rule: Rule, clip: Callable[..., Any], how: str, words: str) -> Rule:
    """A rule whose gradient is clipped on its way in."""
    if rule.needs_hessian or "limit" in rule.hyper:
        reason = "needs the Hessian" if rule.needs_hessian else "is clipped already"
        raise TypeError(
            f"{rule.name} {reason}: clip the gradient of a rule that needs nothing else, such as "
            "MOMENTUM."
        )

    def kernel(w, g, *memory, limit, **hyper):
        rule.kernel(w, clip(g, limit), *memory, **hyper)

    def look_ahead(w, *memory, limit, **hyper):
        return rule.look_ahead(w, *memory, **hyper)

    own = list(inspect.signature(rule.kernel).parameters.values())
    # The count stays last, as in the kernels that are written out.
    last = [p for p in own if p.name == "t"]
    setting = inspect.Parameter("limit", inspect.Parameter.KEYWORD_ONLY)
    kernel.__signature__ = inspect.Signature([*(p for p in own if p.name != "t"), setting, *last])
    kernel.__name__ = f"{rule.kernel.__name__}_clipped"
    return Rule(
        name=f"{rule.name}, clipped {how}",
        kernel=kernel,
        defaults=rule.defaults,
        convention=f"{rule.convention}; {words}",
        source=rule.source,
        look_ahead=rule.look_ahead and look_ahead,
        shapes=rule.shapes,
    )
