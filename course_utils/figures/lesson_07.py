"""The figures of lesson 07, Adam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .. import theory
from ..descent import Trajectory, descend
from ..networks import ratio
from ..optimizers import ADAM, UNCORRECTED_ADAM
from ..surfaces import ravine
from ..svg.colour import between
from ..svg.palette import INK, MUTED, SURFACES
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_contours, draw_level
from .style import LINES, canvas, label_end, name_axes

COLOR = LINES["Adam"]["color"]
DOTS = (0, (1.5, 1.5))
# Below this a loss in double precision is drawn as if it were this.
TINY = 1e-99
_NAMES = "corrected", "not corrected"


def two_lengths_of_memory(lr: float = 0.3, steps: int = 60) -> Captioned:
    """The quotient of both memories without a correction, for two lengths of the second one."""
    # As wide as the longer path goes
    surface = replace(ravine(25), domain=((-3.0, 3.0), (-11.5, 5.2)))
    figure, ax = canvas(height=3.7)
    draw_contours(ax, surface)
    (minimum,) = ax.lines
    minimum.set_zorder(5)
    said = []
    for beta2, dash in ((0.99, "-"), (0.999, (0, (2, 2)))):
        run = descend(surface, UNCORRECTED_ADAM, lr=lr, beta2=beta2, steps=steps)
        ax.plot(*run.positions.T[::-1], color=COLOR, linestyle=dash, marker="h", markersize=3.5)
        if beta2 == 0.99:
            end, place = run.positions[1], {"xytext": (18, 12)}
        else:  # above the way back
            end = max(run.positions[run.positions[:, 1] > 2], key=lambda w: w[0])
            place = {"xytext": (0, 12), "ha": "center"}
        label_end(ax, *end[::-1], f"β2 = {beta2}", COLOR, **place)
        longest = np.abs(np.diff(run.positions, axis=0)).max() / lr
        past = run.positions[:, 1].max()
        said.append(
            f"with β2 = {beta2} the longest step of a weight is {longest:.2f} η, and the path goes "
            f"{past:.2f} past the minimum along the flat axis"
        )
    caption = (
        f"Both memories in one rule, η = {lr}, β1 = 0.9, {steps} steps, from 2 along the steep "
        f"axis and −10 along the flat one: {'; '.join(said)}."
    )
    below = f"Both memories in one rule, η = {lr}, {steps} steps, two lengths of the second memory."
    return Captioned(figure, caption, below)


def three_streams(beta1: float = 0.9, steps: int = 80) -> Captioned:
    """The step of Adam, in units of the rate, under gradients of one size and different signs."""
    count = 5000
    random = np.random.default_rng(0).choice([-1.0, 1.0], count)
    streams = {
        "all agree": (np.ones(count), LINES["w2"]["color"], "-"),
        "random signs": (random, MUTED, DOTS),
        "signs flip": ((-1.0) ** np.arange(count), LINES["w1"]["color"], "-"),
    }
    figure, ax = canvas(height=3.9)
    ends, sizes = [], {}
    for name, (gradients, color, dash) in streams.items():
        made = _steps(gradients, beta1)
        ax.plot(range(1, steps + 1), made[:steps], color=color, linestyle=dash, linewidth=1.8)
        sizes[name] = float(np.sqrt(np.mean(made[count // 2 :] ** 2)))
        # Of the two that lie near zero the one is named above it and the other below.
        height = {"all agree": 1.0, "random signs": 0.2, "signs flip": -0.1}[name]
        ends.append((f"{name}, {sizes[name]:.2f}", float(steps), height, color))
    label_ends(ax, ends)
    ax.set_ylim(-1.15, 1.15)
    name_axes(ax, "step", "m / √s, the step in units of η")
    caption = (
        f"m over √s, both corrected, at β1 = {beta1} under gradients of size 1. Root of the mean "
        f"square over the later half of {count} steps: "
        + ", ".join(f"{name} {size:.3f}" for name, size in sizes.items())
        + "."
    )
    below = (
        "The step m / √s under gradients of one size; beside each line its size in the long run."
    )
    return Captioned(figure, caption, below)


def _steps(gradients: Sequence[float], beta1: float) -> np.ndarray:
    w = np.zeros(1)
    step = ADAM.start(w, lr=1.0, beta1=beta1, eps=0.0)
    places = [0.0]
    for g in gradients:
        step(np.array([-g]))
        places.append(float(w[0]))
    return np.diff(places)


def uncorrected_steps(
    beta2s: tuple[float, float], beta1: float = 0.9, last: int = 5000
) -> Captioned:
    """Steps under a steady gradient without the correction, by the length of the second memory."""
    steps = np.arange(1, last + 1)
    figure, ax = canvas(height=3.9)
    said, begins = [], []
    for beta2, dash in zip(beta2s, ("-", (0, (6, 2))), strict=False):
        lengths = theory.uncorrected_step(beta1, beta2, steps)
        ax.semilogx(steps, lengths, color=COLOR, linestyle=dash)
        at, height = theory.uncorrected_peak(beta1, beta2)
        label_end(ax, at, height, f"β2 = {beta2}", COLOR, xytext=(14, 6))
        said.append(f"{height:.2f} η at step {at} for β2 = {beta2}")
        begins.append(f"{lengths[0]:.2f} η")
    draw_level(ax, 1, "corrected")
    ax.set_ylim(0, None)
    name_axes(ax, "step t", "step, in units of η")
    caption = (
        f"Steps under a steady gradient without correction, β1 = {beta1}; with it every step is η. "
        f"The first steps: {' and '.join(begins)}. The peaks: {'; '.join(said)}."
    )
    below = f"Steps under a steady gradient without correction. Longest: {said[0]}."
    return Captioned(figure, caption, below)


def correction_by_rate(losses: Mapping[tuple[str, float, float], Any], epochs: int) -> Captioned:
    """Training losses by learning rate with the correction and without, a panel for each β2.

    Args:
        losses: by "corrected" or "not corrected", β2 and rate, the losses of the seeds.
        epochs: passes over the data.
    """
    betas, rates = (sorted({key[i] for key in losses}) for i in (1, 2))
    width = 9.0 if len(betas) == 1 else 10.5
    figure, panels = canvas(columns=len(betas), width=width, height=4.1)
    for ax, beta2 in zip([panels] if len(betas) == 1 else panels, betas, strict=True):
        for name, dash, mark, at, side in (
            ("corrected", "-", "h", 0, "left"), ("not corrected", DOTS, "o", -1, "right"),
        ):  # fmt: skip
            seen = np.array([losses[name, beta2, rate] for rate in rates])
            middle = np.median(seen, axis=1)
            ax.loglog(rates, middle, color=COLOR, linestyle=dash, marker=mark,
                      markerfacecolor=COLOR if mark == "h" else "white")  # fmt: skip
            ax.fill_between(
                rates, seen.min(axis=1), seen.max(axis=1), color=COLOR, alpha=0.15, linewidth=0
            )
            if beta2 == betas[-1]:
                label_end(ax, rates[at], middle[at], name, COLOR, xytext=(0, 14), ha=side)
        ax.set_ylim(1e-2, 10)
        up = f"training loss after {epochs} passes" if beta2 == betas[0] else ""
        name_axes(ax, "learning rate η", up, f"β2 = {beta2}")
    seeds = len(next(iter(losses.values())))
    without, tuned = [], []
    for beta2 in betas:
        pair = {name: {r: losses[name, beta2, r] for r in rates} for name in _NAMES}
        best = [
            runs[theory.best_of_grid({r: np.median(ends) for r, ends in runs.items()})]
            for runs in pair.values()
        ]
        few, many = (_over(*(runs[r] for runs in pair.values())) for r in (rates[1], rates[-1]))
        without.append(f"at η = {rates[1]}, {few}; at {rates[-1]}, {many}")
        tuned.append(_over(*best))
    each = ". For ".join(
        f"β2 = {beta2}: {by_rate}; each at its best rate, {best}"
        for beta2, by_rate, best in zip(betas, without, tuned, strict=True)
    )
    caption = (
        f"Training loss on digits after {epochs} passes by learning rate, median and range of "
        f"{seeds} seeds, with the correction (solid) and without (dots, hollow). Loss without the "
        f"correction over loss with it, with 95 % intervals. For {each}."
    )
    below = (
        f"Loss without the correction over loss with it: {without[0]}; each at its best rate, "
        f"{tuned[0]}."
    )
    if len(betas) > 1:
        below = (
            "Loss without the correction over loss with it, each at its best rate: "
            f"{', '.join(tuned)}."
        )
    return Captioned(figure, caption, below)


def _over(corrected: Any, bare: Any) -> str:
    """How many times as high the second losses are."""
    found = ratio(bare, corrected)
    # Of a large ratio rounding decides the digits.
    return "over ten times" if found.low > 10 else str(found)


def quiet_run(runs: Mapping[float, Trajectory], lr: float, limit: float) -> Captioned:
    """Losses of long runs on the ravine, and what the steep weight feels beside its limit.

    Args:
        runs: by ε; the first one is the customary ε, the second one keeps below the limit.
        lr: the learning rate of both.
        limit: of ηλ/(√s + ε), with s frozen.
    """
    curvature, wait, goal = 25, 200, 1e-3
    figure, (left, right) = canvas(columns=2, width=9.6, height=4.2)
    felt = {}
    for (eps, run), dash in zip(runs.items(), ("-", (0, (2, 2))), strict=True):
        t = np.arange(1, run.steps + 1)
        felt[eps] = lr * curvature / (np.sqrt(run.memory["s"][1:, 0] / (1 - 0.999**t)) + eps)
        left.semilogy(np.maximum(run.losses, TINY), color=COLOR, linestyle=dash, linewidth=1.4)
        right.plot(t, felt[eps], color=COLOR, linestyle=dash, linewidth=1.4)
    small, large = runs
    label_end(left, 6200, 1e3, f"ε = {_short(small)}", COLOR)
    label_end(right, 5300, 52, f"ε = {_short(small)}", COLOR)
    label_end(right, 5300, 15, f"ε = {large:g}, dots", COLOR)
    draw_level(left, goal, "")
    draw_level(right, limit, "")
    label_end(right, 0, limit, f"limit {limit:g}", MUTED, xytext=(4, 8))
    left.set_ylim(1e-30, 1e6)
    right.set_ylim(0, 60)
    name_axes(left, "step", "loss")
    name_axes(right, "step", "ηλ / (√s + ε), steep axis")
    crossing = int(np.argmax(felt[small] > limit)) + 1
    back = wait + int(np.argmax(runs[small].losses[wait:] > goal))
    customary = f"ε = {_short(small)}"
    caption = (
        f"Adam with η = {lr} on the ravine with κ = {curvature}. With {customary} the memory of "
        f"large gradients fades until the steep weight passes the limit at step {crossing}; at "
        f"step {back} the loss is above {goal:g} again, and it goes up to "
        f"{runs[small].losses[wait:].max():.2f}. With ε = {large:g} (dots) the limit is never "
        f"passed, the largest value is {felt[large].max():.1f}, and the loss stays below "
        f"{runs[large].losses[wait:].max():.0e} after step {wait}."
    )
    below = (
        f"With {customary} the limit is passed at step {crossing}, and at step {back} the loss "
        f"is above {goal:g} again."
    )
    return Captioned(figure, caption, below)


def _short(number: float) -> str:
    """1e-8 for 1e-08."""
    return f"{number:g}".replace("e-0", "e-")


def longest_steps(beta1: float, beta2: float, last: int = 10_000) -> Captioned:
    """The longest step that t gradients can make, with and without the correction."""
    steps = np.unique(np.geomspace(1, last, 120).astype(int))
    printed, supremum = theory.printed_bound(beta1, beta2), theory.adam_bound(beta1, beta2)
    figure, ax = canvas(height=4.0)
    for name, fixed, dash, share, place in (
        ("corrected", True, LINES["Adam"]["linestyle"], 0.75, {"xytext": (8, -4)}),
        ("not corrected", False, DOTS, 0.6, {"xytext": (10, -6)}),
    ):
        lengths = [theory.longest_adam_step(beta1, beta2, t, fixed) for t in steps]
        ax.semilogx(steps, lengths, color=COLOR, linestyle=dash)
        # At a height that no level crosses
        at = int(np.argmax(np.asarray(lengths) >= share * supremum))
        label_end(ax, steps[at], lengths[at], name, COLOR, **place)
    draw_level(ax, printed, "the printed bound")
    draw_level(ax, supremum, "the supremum")
    name_axes(ax, "step t", "longest possible step, in η")
    passed = next(t for t in range(1, last) if theory.longest_adam_step(beta1, beta2, t) > printed)
    caption = (
        f"The longest step that any t gradients can make, β1 = {beta1}, β2 = {beta2}. The "
        f"corrected rule passes the printed bound, {printed:.2f} η, from step {passed} on; both "
        f"tend to {supremum:.2f} η."
    )
    return Captioned(figure, caption)


def windows(settings: Mapping[str, tuple[float, float]]) -> Captioned:
    """Maps of the longest step by the two windows, and settings on them.

    Left the peak under a steady gradient without correction, right the supremum over all gradients.

    Args:
        settings: named pairs of β1 and β2.
    """
    across, up = np.geomspace(1, 100, 240), np.geomspace(1.2, 3000, 240)
    beta1, beta2 = (1 - 1 / across)[None, :], (1 - 1 / up)[:, None]
    late = np.unique(np.geomspace(1, 20_000, 300).astype(int))
    peaks = np.max([theory.uncorrected_step(beta1, beta2, n) for n in late], axis=0)
    maps = {
        "steady gradient, not corrected": peaks,
        "worst gradients": theory.adam_bound(beta1, beta2),
    }
    # White stays where the longest step is η, to a hundredth.
    levels = (1.01, 1.5, 2, 3, 5, 10, 20, 1e3)
    card = SURFACES["card"][0]
    colors = [between((card, COLOR), share) for share in np.linspace(0.12, 0.75, len(levels) - 1)]
    figure, panels = canvas(columns=2, width=10, height=4.8)
    for ax, (title, heights) in zip(panels, maps.items(), strict=True):
        bounded = np.where(np.isfinite(heights), heights, np.nan)
        ax.contourf(across, up, bounded, levels, colors=colors)
        # Next to where there is no bound the lines lie too near to each other to be told apart.
        calm = np.where(up[:, None] >= across[None, :], bounded, np.nan)
        lines = ax.contour(across, up, calm, levels[1:-1], colors=[INK], linewidths=0.8)
        ax.clabel(lines, fmt="%g", fontsize=12, manual=_places(across, up, calm, levels[1:-1]))
        ax.set(xscale="log", yscale="log", xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
        if np.isinf(heights).any():
            ax.contourf(across, up, np.isinf(heights), [0.5, 1.5], colors="none", hatches=["///"])
            ax.text(0.97, 0.06, "no bound", transform=ax.transAxes, ha="right", color=INK,
                    fontweight="bold", bbox={"facecolor": card, "edgecolor": "none"})  # fmt: skip
        for name, (one, two) in settings.items():
            x, y = 1 / (1 - one), 1 / (1 - two)
            ax.plot(x, y, "o", color=INK, markersize=7, markeredgecolor=card)
            behind = {"facecolor": card, "alpha": 0.7, "edgecolor": "none", "pad": 1.5}
            label_end(ax, x, y, name, INK, xytext=(9, 0), bbox=behind)
        name_axes(ax, "window of m, 1/(1 − β1)", "window of s, 1/(1 − β2)", title)
    said = "; ".join(
        f"{name} {theory.uncorrected_peak(*pair)[1]:.2f} and {theory.adam_bound(*pair):.2f}"
        for name, pair in settings.items()
    )
    caption = (
        "Longest step in units of η, the stronger the colour, the longer; at most 1.01 where there "
        "is none. Left the peak under a steady gradient without correction, right the supremum "
        f"over all gradients; below β2 = β1² it is infinite. {said}."
    )
    below = "Longest step in units of η; at most 1.01 where there is no colour."
    return Captioned(figure, caption, below)


def _places(
    across: np.ndarray, up: np.ndarray, heights: np.ndarray, levels: Sequence[float]
) -> list[tuple[float, float]]:
    """Where contours are named: one below the other, far from the marked settings."""
    found = []
    for level in levels:
        for x in (35.0, 25.0, 1.6):
            k = int(np.argmin(np.abs(across - x)))
            reached = np.flatnonzero(np.diff(heights[:, k] >= level) > 0) + 1
            # Not on the edge of the map
            if len(reached) and 0.7 * up[-1] > up[reached[0]] > 1.5 * up[0]:
                found.append((float(across[k]), float(up[reached[0]])))
                break
    return found


def agreement(steps: Any, shorter: Any, noise: float, betas: tuple[float, float]) -> Captioned:
    """How much of the rate Adam uses while a network trains.

    Args:
        steps: by seed and step, the mean and the longest step over the weights, in units of η.
        shorter: the same with a shorter second memory.
        noise: what independent Gaussian gradients without a mean would give.
        betas: both lengths of the second memory.
    """
    mean, longest, last = steps[..., 0], steps[..., 1].max(), slice(-22, None)
    figure, ax = canvas(height=3.8)
    t = range(1, mean.shape[1] + 1)
    ax.semilogx(t, np.median(mean, axis=0), color=COLOR)
    ax.fill_between(t, mean.min(axis=0), mean.max(axis=0), color=COLOR, alpha=0.2, linewidth=0)
    draw_level(ax, noise, "pure noise")
    draw_level(ax, 1, "all agree")
    name_axes(ax, "step", "mean step, in units of η")
    told = ", ".join(f"{np.median(mean[:, n - 1]):.2f} at step {n}" for n in (1, 5, 22, 110, 440))
    caption = (
        f"How much of η Adam uses on digits, mean over weights, median and range of {len(mean)} "
        f"seeds: {told}. Pure noise would give {noise:.3f}. The longest step of any weight in any "
        f"run is {longest:.1f} η. In the last pass the mean is {mean[:, last].mean():.2f} with "
        f"β2 = {betas[0]}, and {shorter[:, last, 0].mean():.2f} with β2 = {betas[1]}."
    )
    below = f"How much of η Adam uses on digits: {told}."
    return Captioned(figure, caption, below)
