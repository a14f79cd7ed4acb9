"""What several explorers share: the ravine from above, its sliders and marks, numbers as words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..surfaces import Surface, ravine
from ..svg import Panel, minus
from .controls import LogSlider, Slider
from .explorer import Mark

# The curvature of the ravine along w1, whatever kappa is: its steep direction stays as it is.
STEEP = 25.0
# The ravine from above; below it is room for a row of small panels.
RAVINE = Panel(46, 26, 900, 264, (-11.5, 3.5), (-2.2, 2.2))
START = (2.0, -10.0)


def valley(kappa: float) -> Surface:
    """The course's ravine with w1's curvature held at 25 and w2's at 25 / kappa."""
    return ravine(kappa, c=STEEP / kappa)


def rate_slider(
    value: float, high: float, step: float = 0.001, form: str = ".3f", low: float = 0.001
) -> Slider:
    """The learning rate."""
    return Slider("learning rate η", value, low, high, step, form)


def memory_slider(value: float) -> Slider:
    """The beta of momentum."""
    return Slider("memory β", value, 0, 0.99, 0.002, ".3f")


def kappa_slider() -> Slider:
    """The condition number of the ravine."""
    return Slider("condition κ", 25, 1, 100, 1, ".0f")


def scale_slider(label: str, value: float, low: float, high: float) -> LogSlider:
    """A positive number of any size."""
    return LogSlider(label, value, low, high, 0.1, ".1e")


def start_sliders(panel: Panel = RAVINE) -> dict[str, Slider]:
    """Where the descent begins, within the panel."""
    return {
        "w1": Slider("start w1", START[0], *panel.up, 0.05),
        "w2": Slider("start w2", START[1], *panel.across, 0.05),
    }


def start_at(panel: Panel, x: float, y: float) -> dict[str, Any]:
    """The start at a click, to a hundredth; nothing beside the panel."""
    if not panel.contains(x, y):
        return {}
    w2, w1 = panel.data(x, y)
    return {"w1": round(w1, 2), "w2": round(w2, 2), "step": 0}


def best_and_limit(best: float, limit: float) -> list[Mark]:
    """The best learning rate and its limit, their words on the outer sides."""
    first, second = ("left", "right") if best <= limit else ("right", "left")
    return [(best, "best", first), (limit, "limit", second)]


def steps(last: int, every: int = 1) -> list[str]:
    """The numbers of the steps, a column of the sentence."""
    return [str(every * k) for k in range(last + 1)]


# In numbers one below the other: one that `plain` writes without an exponent, and the sign of zero
ROUND, ZERO = re.compile(r"^.*e\+0[2-4]$", re.MULTILINE), re.compile(r"^-(?=[0.]+$)", re.MULTILINE)


def as_text(x: float, form: str = ".2f", least: float = 0.0, most: float = np.inf) -> str:
    """A number as it is written: a minus sign for a hyphen, none before zero.

    Below ``least`` it is 0, from ``most`` on it is far.
    """
    if abs(x) < least:
        return "0"
    if not abs(x) < most:
        return "far"
    words = plain(format(x, form))
    if not words.strip("-0."):
        words = words.replace("-", "+" if "+" in form else "")
    return minus(words)


def texts(
    values: Iterable[float], form: str = ".2f", least: float = 0.0, most: float = np.inf
) -> list[str]:
    """Numbers as `as_text` writes them, a column of the sentence.

    A picture has up to ten columns of some hundred numbers: they are written as one text.
    """
    numbers = np.asarray(values)
    if not numbers.size:
        return []
    written = _column(numbers, form)
    written = ZERO.sub("+" if "+" in form else "", written)
    words, size = minus(written).split("\n"), np.abs(numbers)
    for places, word in ((~(size < most), "far"), (size < least, "0")):
        for k in np.flatnonzero(places).tolist():
            words[k] = word
    return words


def sizes(values: Iterable[float], least: float) -> list[str]:
    """Positive numbers in two digits, or 0 below ``least``, a column of the sentence."""
    numbers = np.asarray(values)
    words = _column(numbers, ".2g").split("\n") if numbers.size else []
    for k in np.flatnonzero(~(numbers >= least)).tolist():
        words[k] = "0"
    return words


def _column(numbers: np.ndarray, form: str) -> str:
    """Numbers as `plain` has them, one below the other: one text is written sooner than many."""
    written = "\n".join([f"{{:{form}}}"] * len(numbers)).format(*numbers.tolist())
    return ROUND.sub(lambda found: plain(found[0]), written)


def plain(words: str) -> str:
    """A number below 100,000 without an exponent: 160 for 1.6e+02."""
    return f"{float(words):.0f}" if re.search(r"e\+0[2-4]$", words) else words


def short(x: float) -> str:
    """Two digits of a number of any size without padding: 1e-8, 0.5, 1000."""
    return f"{x:.2g}".replace("e-0", "e-").replace("e+0", "e") if x < 100 else f"{x:.0f}"
