"""What an explorer can be set to, as data: a widget is made of it when the explorer is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Slider:
    """A number between two ends.

    Attributes:
        label: what stands beside it.
        value: where it begins.
        low, high: its ends.
        step: how far apart its stops are.
        form: how its number is written.
        waits: whether the picture waits until the slider is let go.
    """

    label: str
    value: float
    low: float
    high: float
    step: float = 0.1
    form: str = ".2f"
    waits: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return self.low, self.high

    def place(self, value: Any) -> Any:
        """Where a value lies, in the units in which the stops are equally far apart."""
        return value

    def share(self, value: float) -> float:
        """Where a value lies along the slider, 0 to 1 between its ends."""
        low, high = map(self.place, self.ends)
        return float((self.place(value) - low) / (high - low))

    def fit(self, name: str, value: Any) -> Any:
        """The value as it is kept.

        Raises:
            ValueError: it lies beyond the ends, or is no number.
        """
        low, high = self.ends
        if not (isinstance(value, Real) and low <= value <= high):
            raise ValueError(
                f"The value {value!r} does not fit the slider of {name}: "
                f"take a number from {low:g} to {high:g}."
            )
        return float(value)

    def on_a_stop(self, value: float) -> bool:
        """Whether the slider can stand there, to a millionth of a step."""
        stops = (self.place(value) - self.place(self.ends[0])) / self.step
        return abs(stops - round(stops)) < 1e-6


@dataclass(frozen=True)
class WholeSlider(Slider):
    """A whole number between two ends."""

    step: int = 1
    form: str = "d"

    def fit(self, name: str, value: Any) -> int:
        """The value as it is kept."""
        if super().fit(name, value) != int(value):
            raise ValueError(f"The slider of {name} takes whole numbers, and {value!r} is none.")
        return int(value)


@dataclass(frozen=True)
class LogSlider(Slider):
    """A positive number whose stops are equal factors apart.

    Attributes:
        low, high, step: exponents of the base.
        base: the factor of one.
    """

    form: str = ".3g"
    base: float = 10.0

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return self.base**self.low, self.base**self.high

    def place(self, value: Any) -> Any:
        """The exponent of a value."""
        return np.log(value) / np.log(self.base)


@dataclass(frozen=True)
class Choice:
    """One of some values, the first if none is given."""

    label: str
    options: Sequence[Any]
    first: Any = None

    @property
    def value(self) -> Any:
        """Where it begins."""
        return self.options[0] if self.first is None else self.first

    def fit(self, name: str, value: Any) -> Any:
        """The value, if it is one of them."""
        if value not in list(self.options):
            raise ValueError(
                f"The control {name} has no choice {value!r}: "
                f"take one of {', '.join(map(repr, self.options))}."
            )
        return value


@dataclass(frozen=True)
class Switch:
    """Yes or no."""

    label: str
    value: bool = False
    icon: str = ""

    def fit(self, name: str, value: Any) -> bool:
        """The value, if it is one of both."""
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"The control {name} cannot be {value!r}: give it True or False.")
        return bool(value)


@dataclass(frozen=True)
class Unseen:
    """A part of the state that no widget shows; ``check`` returns it as it is kept, or raises."""

    value: Any
    check: Callable[[Any], Any]
    label: str = ""

    def fit(self, name: str, value: Any) -> Any:
        """The value as it is kept."""
        return self.check(value)


Control = Slider | Choice | Switch | Unseen


@dataclass(frozen=True)
class Button:
    """A button beyond those that every explorer has: its words, what it does, its hint."""

    label: str
    press: Callable[[], Any]
    hint: str = ""
    icon: str = ""
