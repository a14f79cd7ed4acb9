"""The figures of lesson 03, averages with memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import theory
from ..optimizers import smoothed
from ..svg.palette import INK, MUTED
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_level
from .style import LINES, canvas, label_end, name_axes

AVERAGE = LINES["averaged momentum"]
COLOR = AVERAGE["color"]
DASHES = ("-", (0, (6, 2)), (0, (1.5, 1.5)))


def dots_and_line(draws: np.ndarray, full: np.ndarray, images: int, beta: float = 0.9) -> Captioned:
    """The gradient of one weight from many mini-batches, and the average that follows it.

    Args:
        draws: gradients of mini-batches at one place, a row each.
        full: the gradient over all images there.
        images: how many there are.
        beta: the share of the old average that is kept.
    """
    # The weight with the largest gradient
    one = int(np.argmax(np.abs(full)))
    count = len(draws)
    line = smoothed(draws[:, one], beta=beta)
    figure, ax = canvas(height=3.5)
    ax.plot(range(1, count + 1), draws[:, one], "o", color=MUTED, markersize=5)
    ax.plot(range(1, count + 1), line, color=COLOR, linewidth=3)
    label_end(ax, count + 1, line[-1], "the line", COLOR)
    ax.set_xlim(0, 1.6 * count)
    ax.set_xticks(range(0, count + 1, 10))
    draw_level(ax, full[one], "over all images")
    draw_level(ax, 0, "0")
    name_axes(ax, "mini-batch", "gradient of one weight")
    error = np.sqrt(np.mean(np.sum((draws - full) ** 2, axis=1))) / np.linalg.norm(full)
    wrong = int(np.sum(draws[:, one] * full[one] < 0))
    caption = (
        f"One weight of {full.size}, held still: its gradient from {count} mini-batches (dots), "
        f"and over all {images} images (upper dotted line). {wrong} of {count} have the wrong "
        f"sign. Over all weights the error of a mini-batch is {error:.1f} times as long as the "
        "gradient. The line is an average that remembers, started at 0."
    )
    below = f"The gradient of one weight from {count} mini-batches: {wrong} have the wrong sign."
    return Captioned(figure, caption, below)


def weights(betas: Sequence[float], shown: int = 40) -> Captioned:
    """The weights of an average by age, with its half-life and its mean age, a panel for each β."""
    figure, axes = canvas(columns=len(betas), height=3.3)
    ages, said = np.arange(shown), []
    for ax, beta in zip(axes, betas, strict=True):
        heights = theory.ema_weights(beta, shown)
        ax.bar(ages, heights, color=COLOR, width=0.8)
        half, age = theory.half_life(beta), theory.mean_age(beta)
        marks = (half, f"half-life {half:.1f}", 0.8), (age, f"mean age {age:.0f}", 0.6)
        for place, words, height in marks:
            ax.plot([place] * 2, [0, height * heights[0]], color=INK, linewidth=1.6)
            label_end(ax, place, height * heights[0], words, INK, xytext=(5, 0))
        ax.set_xlim(-1, shown)
        name_axes(ax, "steps back", "weight", f"β = {beta}")
        span = round(theory.window(beta))
        said.append(
            f"at β = {beta} the newest weighs {heights[0]:.3g}, the half-life is {half:.2f}, the "
            f"mean age {age:.1f}, and the newest {span} hold "
            f"{100 * theory.ema_mass(beta, span):.1f} %"
        )
    caption = f"The weights of an exponential average by age: {'; '.join(said)}."
    below = "The weights fall by the same factor at every step back, and reach beyond any mark."
    return Captioned(figure, caption, below)


def steady_and_flipping(beta: float, steps: int = 60) -> Captioned:
    """The average of a constant 1, and of values 1 and −1 in turn."""
    figure, ax = canvas(height=3.6)
    series = {"steady": np.ones(steps), "flipping": (-1.0) ** np.arange(steps)}
    ends, sizes = [], []
    for (name, values), look in zip(series.items(), ("w2", "w1"), strict=True):
        color = LINES[look]["color"]
        line = smoothed(values, beta=beta)
        ax.plot(range(1, steps + 1), values, "o", color=color, markersize=3, alpha=0.5)
        ax.plot(range(1, steps + 1), line, color=color, linewidth=2.4)
        sizes.append(abs(line[-1]))
        height = line[-1] if name == "steady" else 0.0
        ends.append((f"{name}:\n{sizes[-1]:.3f} is left", float(steps), height, color))
    label_ends(ax, ends)
    ax.set_ylim(-1.2, 1.25)
    name_axes(ax, "step", "value, and average")
    caption = (
        f"Values of size 1 (dots) and their average at β = {beta:g} (lines), started at 0. Of a "
        f"steady series {sizes[0]:.3f} is left at step {steps}, of one that flips at every step "
        f"{sizes[1]:.3f}; the formula has {(1 - beta) / (1 + beta):.3f}."
    )
    below = "The average follows the steady series, and almost ignores the flipping one."
    return Captioned(figure, caption, below)


def from_zero(betas: Sequence[float], last: int = 10000) -> Captioned:
    """The average of a constant 1, started at 0, by the number of values seen."""
    ages = np.unique(np.geomspace(1, last, 200).astype(int))
    figure, ax = canvas(height=3.6)
    for beta, dash in zip(betas, DASHES, strict=True):
        at = round(0.9 * theory.window(beta))
        ax.semilogx(ages, theory.ema_mass(beta, ages), color=COLOR, linestyle=dash)
        label_end(ax, at, theory.ema_mass(beta, at), f"β = {beta}", COLOR, xytext=(8, -4))
    draw_level(ax, 0.99, "99 %")
    ax.set_ylim(0, 1.12)
    name_axes(ax, "values seen, t", "average of a constant 1")
    ready = "; ".join(f"{theory.bias_steps(beta)} at β = {beta}" for beta in betas)
    caption = (
        "The average of a constant 1, started at 0, reads 1 − β^t. The first step at which it is "
        f"within one per cent: {ready}."
    )
    below = f"Steps until an average that starts at 0 is within one per cent: {ready}."
    return Captioned(figure, caption, below)


def errors_by_beta(
    betas: Sequence[float],
    measured: Mapping[str, np.ndarray],
    predicted: Sequence[Sequence[float]],
    below: str = "The longer the memory, the smaller the error, as the formula (dotted) has it.",
) -> Captioned:
    """Errors of averaged gradients over the error of a single one, a dot a seed.

    Args:
        betas: the largest set of β in use.
        measured: for each series its errors, a row a seed, a column for each of the first β.
        predicted: errors by a formula, a list for each formula.
        below: the sentence under the picture.
    """
    spans = (1 + np.asarray(betas)) / (1 - np.asarray(betas))
    # Dots are the formula's; measurements that follow it have markers alone.
    looks: tuple[dict[str, Any], ...] = (
        {**AVERAGE, "linestyle": "", "markersize": 8},
        {**AVERAGE, "linestyle": "", "markersize": 8, "marker": "v"},
        LINES["gradient descent"],
    )
    figure, ax = canvas(height=4.2 if len(measured) > 1 else 3.8)
    ends, said = [], []
    for (name, errors), look in zip(measured.items(), looks, strict=False):
        x, typical = spans[: errors.shape[1]], np.median(errors, axis=0)
        ax.loglog(x, typical, **look)
        ax.plot(x, errors.T, ".", color=look["color"], markersize=4)
        ends.append((name, float(x[-1]), float(typical[-1]), look["color"]))
        told = ", ".join(f"{y:.3f} at {b:g}" for b, y in zip(betas, typical, strict=False))
        said.append(f"{name}: {told}")
    for errors in predicted:
        ax.loglog(spans[: len(errors)], errors, **{**LINES["predicted"], "marker": ""})
    label_ends(ax, ends)
    ax.set_xticks(spans, [f"{beta:g}" for beta in betas])
    ax.set_xticks([], minor=True)
    name_axes(ax, "β, placed by (1 + β) / (1 − β)", "error / error of one batch")
    seeds = len(next(iter(measured.values())))
    caption = (
        f"Error of the averaged gradient over that of one mini-batch, a dot for each of {seeds} "
        f"seeds, a marker at the median; dotted: predicted. Medians by β, {'; '.join(said)}."
    )
    return Captioned(figure, caption, below)


def every_frequency(beta: float, periods: Sequence[float], sizes: np.ndarray) -> Captioned:
    """The gain of the average and of the fading sum against the frequency: formula and kernel.

    Args:
        beta: the share that is kept.
        periods: of the waves that went through the kernel.
        sizes: what the average left of each.
    """
    frequencies, omegas = 2 * np.pi / np.array(periods), np.linspace(0, np.pi, 300)
    figure, ax = canvas(height=4.0)
    scale = theory.window(beta)
    for factor, name, look in ((1, "average", AVERAGE), (scale, "sum", LINES["momentum"])):
        line = {"color": look["color"], "linestyle": look["linestyle"]}
        ax.semilogy(omegas, factor * theory.ema_gain(beta, omegas), **line)
        ax.semilogy(frequencies, factor * sizes, look["marker"], color=look["color"])
        label_end(ax, np.pi, factor * theory.ema_gain(beta, np.pi), name, look["color"],
                  xytext=(10, 0))  # fmt: skip
    draw_level(ax, 1, "as it came in")
    name_axes(ax, "frequency ω, from steady (0) to flipping (π)", "gain")
    worst = np.abs(sizes - theory.ema_gain(beta, frequencies)).max()
    flip = theory.ema_gain(beta, np.pi)
    caption = (
        f"What is left of a wave at β = {beta}, by formula (lines) and kernel (markers, periods "
        f"from {min(periods):g} to {max(periods):g} steps). The average passes a steady push whole "
        f"and {flip:.3f} of a flip; the sum makes them {scale:.4g} and {scale * flip:.3f}. Largest "
        f"difference between formula and kernel below 1e-9: {worst < 1e-9}."
    )
    below = "The quicker the wave, the less of it the average lets through; markers: measured."
    return Captioned(figure, caption, below)
