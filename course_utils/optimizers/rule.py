"""What an update rule is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from .optimizer import Optimizer, start


class NoStep(ArithmeticError):
    """A rule has no step at this point; the message is a sentence that says why.

    >>> from course_utils.optimizers import newton
    >>> newton(np.ones(2), np.ones(2), np.zeros((2, 2)))
    Traceback (most recent call last):
        ...
    course_utils.optimizers.rule.NoStep: The Hessian is singular: in some direction ...
    """


@dataclass(frozen=True, eq=False)
class Rule:
    """An update rule: a kernel and what one must know to use it.

    `start` puts it to work: ``step = RULE.start(w, lr=0.1)``, then ``step(g)`` once a step. Two
    rules are the same if they are one object, so a rule can be the key of a table.

    The kernel is called as ``kernel(w, g, *memory, **hyper)``. It changes the weights ``w`` and its
    memory in place and leaves the gradient ``g`` alone. All arrays have one shape, any shape;
    hyper-parameters are numbers, or arrays that broadcast against ``w``. A kernel that needs the
    step count takes a keyword ``t`` = 1, 2, ...; one that needs the Hessian takes it as ``H`` after
    the gradient, shape (n, n, *batch), and is called ``kernel(w, g, H, *memory, **hyper)``.

    Attributes:
        name: short name, used in tables and on labels.
        kernel: the function that makes one step.
        defaults: a value for every hyper-parameter that has a customary one.
        convention: where the learning rate sits, whether the memory is a sum or an average.
        source: who wrote the rule down, with equation number.
        look_ahead: the point at which the gradient is taken, as a function of
            ``(w, *memory, **hyper)``; None if that is ``w``.
        shapes: for memory that has not the shape of the weights, its shape as a function of theirs,
            slot to function.
        matrices: whether it works on matrices of weights alone.

    >>> from course_utils.optimizers import MOMENTUM
    >>> MOMENTUM
    momentum: remembers v; settings lr, beta
    >>> w = np.array([2.0, -10.0])
    >>> step = MOMENTUM.start(w, lr=0.1)
    >>> step(w)
    >>> print(w, dict(step.settings))
    [ 1.8 -9. ] {'lr': 0.1, 'beta': 0.9}
    """

    name: str
    kernel: Callable[..., None]
    defaults: Mapping[str, float] = field(default_factory=dict)
    convention: str = ""
    source: str = ""
    look_ahead: Callable[..., Any] | None = None
    shapes: Mapping[str, Callable[[tuple[int, ...]], tuple[int, ...]]] = field(default_factory=dict)
    matrices: bool = False

    def __post_init__(self) -> None:
        """Freeze the tables, so that a rule cannot change under a running lesson."""
        object.__setattr__(self, "defaults", MappingProxyType(dict(self.defaults)))
        object.__setattr__(self, "shapes", MappingProxyType(dict(self.shapes)))

    @cached_property
    def memory(self) -> tuple[str, ...]:
        """Names of the memory slots, in the kernel's order; each starts at zero."""
        return memory_names(self.kernel)

    @cached_property
    def hyper(self) -> tuple[str, ...]:
        """Names of the hyper-parameters, without the step count."""
        return tuple(name for name in keyword_names(self.kernel) if name != "t")

    @cached_property
    def counts_steps(self) -> bool:
        """Whether the kernel asks for the step count ``t``."""
        return "t" in keyword_names(self.kernel)

    @cached_property
    def needs_hessian(self) -> bool:
        """Whether the kernel asks for the Hessian ``H``."""
        return needs_hessian(self.kernel)

    def start(self, w: np.ndarray, **settings: Any) -> Optimizer:
        """The rule at work on weights: an object that makes one step in place when it is called.

        Memory, defaults and step count are inside. ``step(g)`` is one step; a rule that needs the
        Hessian is called ``step(g, H)``. The gradient belongs to ``step.point``, which is ``w``
        unless the rule looks ahead.

        Args:
            w: weights, an array of floats of any shape; the steps change it.
            **settings: over the rule's defaults: numbers, arrays that broadcast against ``w``, or
                functions of the step count t = 1, 2, ...

        Raises:
            TypeError: a setting is unknown, missing or not a number; w is not an array of floats.
            ValueError: a setting is out of range or has a wrong shape; w is read-only.
        """
        return start(self, w, settings)

    def init(self, w: np.ndarray) -> list[np.ndarray]:
        """The memory before the first step from ``w``: zeros, in the kernel's order."""
        shapes = (self.shapes[n](w.shape) if n in self.shapes else w.shape for n in self.memory)
        return [np.zeros(shape, w.dtype) for shape in shapes]

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The hyper-parameters of a run: the given ones over the defaults.

        Raises:
            TypeError: a name is unknown to this rule, or one without a default is missing.
        """
        unknown = [name for name in given if name not in self.hyper]
        if unknown:
            raise TypeError(
                f"The rule {self.name} has no setting called {', '.join(map(repr, unknown))}: "
                f"it knows {', '.join(self.hyper) or 'none'}. Check the spelling."
            )
        settings = {**self.defaults, **given}
        missing = [name for name in self.hyper if name not in settings]
        if missing:
            raise TypeError(
                f"The rule {self.name} needs a value for {', '.join(missing)}, which has no "
                f"default: pass for instance {missing[0]}=0.05."
            )
        return {name: settings[name] for name in self.hyper}

    def __repr__(self) -> str:
        """The rule as one line: name, memory and settings."""
        slots = ", ".join(self.memory) or "nothing"
        return f"{self.name}: remembers {slots}; settings {', '.join(self.hyper) or 'none'}"


def memory_names(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Positional parameters of a kernel after the weights and the gradient, without the Hessian.

    >>> memory_names(lambda w, g, m, s, *, lr: None)
    ('m', 's')
    """
    return tuple(name for name in positional_names(kernel)[2:] if name != "H")


def needs_hessian(kernel: Callable[..., Any]) -> bool:
    """Whether a kernel has a positional parameter ``H`` after the weights and the gradient.

    >>> needs_hessian(lambda w, g, H, v, *, lr: None)
    True
    """
    return "H" in positional_names(kernel)[2:]


def positional_names(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Positional parameters of a kernel: weights, gradient, perhaps the Hessian, memory.

    >>> positional_names(lambda w, g, v, *, lr: None)
    ('w', 'g', 'v')
    """
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(kernel).parameters.values()
    return tuple(p.name for p in parameters if p.kind in positional)


def keyword_names(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Keyword-only parameters of a kernel: its hyper-parameters, and ``t`` if it counts steps.

    >>> keyword_names(lambda w, g, v, *, lr, t: None)
    ('lr', 't')
    """
    parameters = inspect.signature(kernel).parameters.values()
    return tuple(p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY)
