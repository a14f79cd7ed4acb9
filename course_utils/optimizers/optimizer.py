"""A rule at work: weights, memory, settings and step count in one object, called once a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from .settings import number

if TYPE_CHECKING:
    from .rule import Rule


class Optimizer:
    """A rule with the weights that it changes, its memory, its settings and its step count.

    `Rule.start` makes one. It is called with the gradient and makes one step in place:

        >>> import numpy as np
        >>> from course_utils.optimizers import MOMENTUM
        >>> w = np.array([2.0, -10.0])
        >>> step = MOMENTUM.start(w, lr=0.1, beta=0.5)
        >>> for _ in range(2):
        ...     step(w)
        >>> w
        array([ 1.52, -7.6 ])
        >>> step.t
        2

    Attributes:
        rule: how a step is made.
        w: the weights, the very array that was given.
        memory: the memory now, slot to array, in the kernel's order.
        t: how many steps were made.
    """

    __slots__ = (
        "_ahead", "_arrays", "_counts", "_hessian", "_kernel", "_now", "_schedules",
        "memory", "rule", "t", "w",
    )  # fmt: skip

    def __init__(
        self,
        rule: Rule,
        w: np.ndarray,
        settings: Mapping[str, Any],
        schedules: Mapping[str, Callable[[int], Any]],
    ) -> None:
        """Keep what is given, unchecked: `Rule.start` is the door for settings by hand.

        Args:
            rule: how a step is made.
            w: weights, changed in place.
            settings: those that stay, by name.
            schedules: those that change, each a function of the step count t = 1, 2, ...
        """
        self.rule, self.w, self.t = rule, w, 0
        self._arrays = rule.init(w)
        self.memory = MappingProxyType(dict(zip(rule.memory, self._arrays, strict=True)))
        self._now, self._schedules = dict(settings), dict(schedules)
        # A step on two weights takes 2 microseconds: what each one asks for is looked up once.
        self._kernel, self._ahead = rule.kernel, rule.look_ahead
        self._counts, self._hessian = rule.counts_steps, rule.needs_hessian

    def __call__(self, g: Any, H: Any = None) -> None:
        """Make one step in place.

        Args:
            g: the gradient at `point`, of the weights' shape; it is left alone.
            H: the Hessian there, shape (n, n, *batch), for a rule that needs it.

        Raises:
            TypeError: the Hessian is missing, or given to a rule that does not take it.
            ValueError: the gradient has another shape than the weights.
            NoStep: the rule has no step here.
        """
        # Exact type and shape are the rule; the slow way with its sentences is the exception.
        if type(g) is not np.ndarray or g.shape != self.w.shape:
            g = self._gradient(g)
        t = self.t + 1
        if self._hessian:
            self._kernel(self.w, g, self._square(H), *self._arrays, **self._settings(t))
        elif H is None:
            self._kernel(self.w, g, *self._arrays, **self._settings(t))
        else:
            raise TypeError(
                f"The rule {self.rule.name} takes the gradient alone, and two arrays were given: "
                "call step(g)."
            )
        self.t = t

    @property
    def point(self) -> np.ndarray:
        """Where the next step takes its gradient: at the weights, unless the rule looks ahead.

        A loop that is right for every rule calls ``step(gradient(step.point))``.
        """
        if self._ahead is None:
            return self.w
        return self._ahead(self.w, *self._arrays, **self._settings(self.t + 1))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the last step, of the first one if there was none."""
        now = self._settings(max(self.t, 1))
        return {name: now[name] for name in self.rule.hyper}

    def _settings(self, t: int) -> dict[str, Any]:
        """What the kernel is given at step t, the count included if it asks for it."""
        now = self._now
        if self._schedules:
            now |= {name: schedule(t) for name, schedule in self._schedules.items()}
        if self._counts:
            now["t"] = t
        return now

    def _gradient(self, g: Any) -> np.ndarray:
        """The gradient as an array, or a sentence that says what is wrong with it."""
        g = np.asarray(g)
        if g.shape != self.w.shape:
            raise ValueError(
                f"The gradient has shape {g.shape} and the weights have {self.w.shape}: a step "
                "needs one number for each weight, in the same places."
            )
        return g

    def _square(self, H: Any) -> np.ndarray:
        """The Hessian as an array, or a sentence that says what is wrong with it."""
        if H is None:
            raise TypeError(
                f"The rule {self.rule.name} needs the Hessian after the gradient: call step(g, H)."
            )
        H, shape = np.asarray(H), (*self.w.shape[:1], *self.w.shape)
        if H.shape != shape:
            raise ValueError(
                f"The Hessian has shape {H.shape}, and for weights of shape {self.w.shape} it is "
                f"{shape}: one number for each pair of weights."
            )
        return H

    def __repr__(self) -> str:
        """Rule, settings and steps made as one line."""
        listed = ", ".join(
            f"{name} = {x:.4g}" if np.ndim(x) == 0 else f"{name}: {np.size(x)} values"
            for name, x in self.settings.items()
        )
        return f"{self.rule.name}{f' ({listed})' if listed else ''} after {self.t} steps"


def start(rule: Rule, w: Any, given: Mapping[str, Any]) -> Optimizer:
    """A rule at work on weights, with settings that were looked at; see `Rule.start`.

    >>> from course_utils.optimizers import GRADIENT_DESCENT
    >>> w = np.array([1.0, 2.0])
    >>> step = start(GRADIENT_DESCENT, w, {"lr": lambda t: 1 / t})
    >>> step(w / 2)
    >>> print(w, step)
    [0.5 1. ] gradient descent (lr = 1) after 1 steps
    """
    if not isinstance(w, np.ndarray) or w.dtype.kind != "f":
        kind = f"an array of {w.dtype}" if isinstance(w, np.ndarray) else f"a {type(w).__name__}"
        raise TypeError(
            f"The weights are changed in place, so they must be an array of floats, and this is "
            f"{kind}: pass w = np.array(..., dtype=float)."
        )
    if not w.flags.writeable:
        raise ValueError(
            "The weights are changed in place, and this array is read-only: pass w.copy()."
        )
    if rule.matrices and w.ndim != 2:
        raise ValueError(
            f"The rule {rule.name} works on a matrix of weights, but these have the shape "
            f"{w.shape}: pass an array of rows and columns, such as the weights of one layer."
        )
    settings, schedules = {}, {}
    for name, value in rule.settings(given).items():
        if callable(value):
            schedules[name] = partial(_scheduled, name, value, w)
        else:
            settings[name] = _fits(name, number(name, value), w)
    return Optimizer(rule, w, settings, schedules)


def _scheduled(name: str, schedule: Callable[[int], Any], w: np.ndarray, t: int) -> Any:
    """The value of a schedule at step t."""
    return _fits(name, number(name, schedule(t), scheduled=True), w)


def _fits(name: str, value: Any, w: np.ndarray) -> Any:
    """A setting that is one number, or an array that broadcasts against the weights."""
    if np.ndim(value) == 0:
        return float(value)  # a Python float leaves weights of float32 in float32
    try:
        fits = np.broadcast_shapes(value.shape, w.shape) == w.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"The setting {name} has shape {value.shape}, which does not go with weights of shape "
            f"{w.shape}: pass one number, or an array that broadcasts against the weights."
        )
    return value
