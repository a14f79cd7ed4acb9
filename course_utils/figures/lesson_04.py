"""The figures of lesson 04, momentum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..optimizers import MOMENTUM
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_intervals, draw_level, draw_rates
from .style import LINES, canvas, name_axes


def two_pushes(beta: float, steps: int = 60) -> Captioned:
    """The velocity that a push gains which stays, and one that flips at every step, on one scale.

    Args:
        beta: the share of the velocity that is kept.
        steps: how many are drawn.
    """
    figure, ax = canvas(height=4.0)
    flips = (-1.0) ** np.arange(steps)
    ends, sizes = [], []
    for name, pushes, look in (("steady", np.ones(steps), "w2"), ("flipping", flips, "w1")):
        velocity = _velocities(pushes, beta)
        line = {**LINES[look], "linestyle": "-", "markersize": 3.5}
        ax.plot(range(1, steps + 1), velocity, **line)
        sizes.append(np.abs(velocity))
        words = f"{name} push:\n{sizes[-1][-1]:.2f} of its size"
        height = velocity[-1] if name == "steady" else 0.0
        ends.append((words, float(steps), height, line["color"]))
    label_ends(ax, ends)
    name_axes(ax, "step", "velocity / size of the push")
    near = int(np.argmax(sizes[0] >= 0.9 / (1 - beta))) + 1
    caption = (
        f"The velocity of momentum at β = {beta:g} under pushes of size 1. A steady push builds up "
        f"to {sizes[0][-1]:.2f} and passes nine tenths of {1 / (1 - beta):.4g} at step {near}. A "
        f"push that flips at every step settles at {sizes[1][-1]:.3f}."
    )
    return Captioned(figure, caption)


def _velocities(pushes: Sequence[float], beta: float) -> np.ndarray:
    step = MOMENTUM.start(np.zeros(1), lr=1.0, beta=beta)
    found = []
    for push in pushes:
        step(np.array([-push]))
        found.append(step.memory["v"][0])
    return np.array(found)


def equal_rates(
    plain: Mapping[float, Any], heavy: Mapping[float, Any], blind: float, says: Mapping[float, str]
) -> Captioned:
    """Training losses of gradient descent and momentum by effective rate, a dot a seed.

    Args:
        plain, heavy: losses by effective rate, one a seed.
        blind: the loss of a blind guess.
        says: by effective rate, momentum's loss over that of gradient descent, in words.
    """
    figure, ax = canvas(height=4.6)
    draw_rates(ax, plain, "gradient descent", "gradient descent", at=4)
    draw_rates(ax, heavy, "momentum, β = 0.9", "momentum", at=4, below=16)
    draw_level(ax, blind, "a blind guess")
    name_axes(ax, "effective rate η / (1 − β)", "training loss after 12 passes")
    ax.set_ylim(3e-3, 200)
    seeds = len(next(iter(plain.values())))
    caption = (
        f"Loss after 12 passes, a dot for each of {seeds} seeds, a line through the medians. "
        "Momentum's loss over that of gradient descent at equal effective rate, with 95 % "
        "interval, " + "; ".join(f"at {rate:g}: {words}" for rate, words in says.items()) + "."
    )
    below = f"Training loss by effective rate, a dot for each of {seeds} seeds; line: the median."
    return Captioned(figure, caption, below)


def annealed(groups: Mapping[str, Mapping[int, Any]], rates: Sequence[float]) -> Captioned:
    """Losses of schedules over those of constant settings, with intervals.

    Args:
        groups: for each schedule its comparisons, by their place in ``rates``.
        rates: the effective rates of the constant settings; the last one overshoots.
    """
    figure, ax = canvas(height=4.4)
    draw_intervals(ax, groups, ("momentum", "averaged momentum", "momentum, rate outside"))
    draw_level(ax, 1, "as with constant settings")
    names = [f"{rate:g}" for rate in rates]
    ax.set_xticks(range(len(rates)), [*names[:-1], f"{names[-1]}, overshoots"])
    ax.set(xlim=(-0.6, len(rates) - 0.4), ylim=(0.08, 22))
    name_axes(ax, "effective rate at constant settings", "loss / loss at constant settings")
    said = (
        f"{name}, at " + "; ".join(f"{rates[i]:g}: {one}" for i, one in places.items())
        for name, places in groups.items()
    )
    caption = (
        "Loss over the loss with constant η and β = 0.9, by effective rate, with 95 % intervals "
        f"over the seeds. {'. '.join(said)}."
    )
    below = "Loss over the loss at constant settings, with 95 % intervals: below 1 it helps."
    return Captioned(figure, caption, below)
