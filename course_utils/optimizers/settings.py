"""The values of a rule's settings: their ranges, and schedules over the steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Test = Callable[[np.ndarray], np.ndarray]

RANGES: dict[str, tuple[Test, str, str]] = {
    "lr": (lambda x: x > 0, "above 0", "A learning rate of 0 stays put, a negative one climbs."),
    "beta": (lambda x: (x >= 0) & (x < 1), "in [0, 1)", "At 1 nothing would ever be forgotten."),
    "eps": (lambda x: x >= 0, "0 or above", "A negative eps could make the divisor zero."),
    "mu": (lambda x: x >= 0, "0 or above", "Damping adds curvature; it does not take any away."),
    "decay": (lambda x: x >= 0, "0 or above", "A negative decay would make the weights grow."),
    "bound": (lambda x: x > 0, "above 0", "A step of bounded length needs some length."),
    "limit": (lambda x: x > 0, "above 0", "A gradient clipped at 0 is no gradient at all."),
    "psi": (lambda x: x >= 0, "0 or above", "A negative psi would make the momentum negative."),
}
# Shares that are kept, like beta.
RANGES |= dict.fromkeys(("rho", "beta1", "beta2"), RANGES["beta"])


def number(name: str, value: Any, scheduled: bool = False) -> Any:
    """One value of a setting, as a float or an array of floats.

    Args:
        name: of the setting, which decides its range.
        value: a number, or an array with one value a trajectory.
        scheduled: whether it belongs to a schedule, whose learning rate may be 0 at some steps.

    Raises:
        TypeError: it is not a number.
        ValueError: it is out of its range.

    >>> print(number("beta", 0.9), number("lr", [0.1, 0.2]))
    0.9 [0.1 0.2]
    >>> number("beta", 1.0)
    Traceback (most recent call last):
        ...
    ValueError: The setting beta must be in [0, 1), and here it is 1.0. At 1 ...
    """
    try:
        if value is None or np.asarray(value).dtype.kind not in "biufO":
            raise TypeError
        x = np.asarray(value, dtype=float)[()]
    except OverflowError:
        raise ValueError(
            f"The setting {name} is a number beyond 1e308, the largest that a computer's floats "
            "hold: pass a smaller one."
        ) from None
    except (TypeError, ValueError):
        raise TypeError(f"The setting {name} must be a number, and {value!r} is not one.") from None
    inside, words, why = RANGES.get(name, (np.isfinite, "finite", ""))
    # A warm-up may begin, and a cosine does end, with a rate of 0; a constant one never moves.
    resting = scheduled and name == "lr"
    if not np.all(np.isfinite(x) & (inside(x) | (resting & (x == 0)))):
        raise ValueError(f"The setting {name} must be {words}, and here it is {x}. {why}".strip())
    return x


def plan(name: str, value: Any, steps: int) -> list[Any]:
    """The values of a setting: one for all steps, or one for each step of a schedule.

    Args:
        name: of the setting, which decides its range.
        value: a number, an array with one value a trajectory, or a function of t = 1, 2, ...
        steps: how many steps there are.

    Raises:
        TypeError: a value is not a number.
        ValueError: a value is out of its range. The rate of a schedule may rest at 0 at some
            steps, not at all of them.

    >>> print([float(x) for x in plan("lr", 0.1, steps=3)])
    [0.1]
    >>> print([float(x) for x in plan("lr", lambda t: 1 / 2**t, steps=3)])
    [0.5, 0.25, 0.125]
    """
    if not callable(value):
        return [number(name, value)]
    values = [number(name, value(t), scheduled=True) for t in range(1, max(steps, 1) + 1)]
    if name == "lr" and not any(np.all(x > 0) for x in values):
        number(name, values[0])
    return values
