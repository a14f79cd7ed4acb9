"""The figures of lesson 09, noise and schedules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import theory
from ..descent import Trajectory
from ..networks import Comparison, difference, ratio
from ..surfaces import Curve, ravine
from ..svg.palette import INK, MUTED
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_contours, draw_level
from .style import LINES, WIDE_ONLY, beside, canvas, label_end, name_axes, tints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOR = LINES["gradient descent"]["color"]
W1, W2 = LINES["w1"]["color"], LINES["w2"]["color"]
DOTS = LINES["predicted"]["linestyle"]
CURVATURES, START = np.array([25.0, 1.0]), np.array([2.0, -10.0])


def loss_that_stops(exact: Trajectory, guessed: Trajectory, since: int) -> Captioned:
    """Losses with exact gradients and with guessed ones.

    Args:
        exact, guessed: gradient descent with exact gradients, and with noisy ones.
        since: the step from which on the second one hovers.
    """
    figure, ax = canvas(height=3.7)
    ends = []
    for name, run, color in (("exact", exact, MUTED), ("guessed", guessed, COLOR)):
        ax.semilogy(run.losses, color=color, linewidth=1.6)
        ends.append((name, run.steps, run.losses[-1], color))
    label_ends(ax, ends)
    ax.axvline(since, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    name_axes(ax, "step", "loss")
    late = guessed.losses[since:]
    caption = (
        f"Gradient descent on the ravine, κ = 25, η = 0.04. With exact gradients the loss is "
        f"{exact.losses[since]:.2g} at step {since} and {exact.losses[-1]:.1g} at step "
        f"{exact.steps}. With guessed ones its mean from step {since} on is {late.mean():.2f}, the "
        f"lowest {late.min():.3f}, the highest {late.max():.1f}."
    )
    below = f"With guessed gradients the mean loss from step {since} on is {late.mean():.2f}."
    return Captioned(figure, caption, below)


def where_it_is(guessed: Trajectory, since: int) -> Captioned:
    """The path of a run on the ravine from a step on."""
    path = guessed.positions[since:]
    widest = float(np.abs(path[:, 1]).max())
    high = float(np.abs(path[:, 0]).max()) + 0.15
    # As wide for its height as the page, on equal scales
    domain = (-high, high), (-2.3 * high, 2.3 * high)
    surface = replace(ravine(25), domain=domain)
    figure, ax = canvas(height=4.2)
    draw_contours(ax, surface)
    (minimum,) = ax.lines
    minimum.set_zorder(5)
    ax.plot(path[:, 1], path[:, 0], color=COLOR, linewidth=0.9, marker="o", markersize=3)
    caption = (
        f"The run with guessed gradients, steps {since} to {guessed.steps}: it goes on around the "
        f"minimum (+), up to {widest:.1f} away along the flat axis and "
        f"{np.abs(path[:, 0]).max():.1f} along the steep one."
    )
    return Captioned(figure, caption)


def error_by_batch(errors: Mapping[int, np.ndarray], one: float, n: int) -> Captioned:
    """How far a mini-batch gradient is from the full one, measured and by formula.

    Args:
        errors: by batch size, squared distances from the gradient over all samples.
        one: the variance of one sample's gradient, summed over the weights.
        n: how many samples there are.
    """
    sizes = np.array(list(errors))
    means = np.array([each.mean() for each in errors.values()])
    formula = one / sizes * (n - sizes) / (n - 1)
    figure, ax = canvas(height=3.8)
    across = np.geomspace(1, n - 1, 200)
    ax.loglog(across, one / across, color=MUTED, linewidth=1.2)
    ax.loglog(across, one / across * (n - across) / (n - 1), **LINES["predicted"], zorder=3)
    ax.loglog(sizes, means, "o", color=COLOR, markersize=8)
    label_end(ax, 8, one / 8, "one sample over B", MUTED, xytext=(12, 10))
    at = sizes[-1]
    label_end(ax, at, formula[-1], "predicted, dots", INK, xytext=(-12, -6), ha="right")
    ax.set(xlim=(0.8, n * 1.3), ylim=(formula[-1] / 4, one * 2))
    ticks = [size for size in (1, 4, 16, 64, 256, 1024) if size < n]
    ax.set_xticks(ticks, [f"{size}" for size in ticks])
    ax.minorticks_off()
    name_axes(ax, "batch size B", "squared error of the gradient")
    off = means / formula
    told = ", ".join(f"{m:.3f} at B = {b}" for m, b in zip(means, sizes, strict=True))
    caption = (
        f"Squared distance of a mini-batch gradient from the one over all {n} samples, summed over "
        f"the weights, mean of {len(next(iter(errors.values())))} batches: {told}. Measured over "
        f"predicted: {off.min():.2f} to {off.max():.2f}."
    )
    below = f"Measured over predicted: between {off.min():.2f} and {off.max():.2f}."
    return Captioned(figure, caption, below)


def two_phases(runs: Mapping[float, Trajectory], noise: float) -> Captioned:
    """Mean losses of many noisy descents by learning rate, with their floors and predictions.

    Args:
        runs: by learning rate, trajectories of many runs on the ravine with κ = 25.
        noise: the standard deviation of each part of a gradient.
    """
    figure, ax = canvas(height=4.2)
    said, ends = [], []
    looks = tints("gradient descent", len(runs))
    for (rate, run), look in zip(runs.items(), looks, strict=True):
        seen = run.losses.mean(axis=-1)
        start = run.positions[0, :, 0]
        means, spread = theory.noisy_path(rate, 0, CURVATURES, noise, start, run.steps)
        ax.semilogy(seen, color=look["color"], linewidth=1.4)
        predicted = (means**2 + spread) @ CURVATURES / 2
        ax.semilogy(predicted, color=INK, linestyle=DOTS, linewidth=1.4)
        floor = float(theory.noise_floor(rate, 0, noise, *CURVATURES))
        ends.append((f"η = {rate:g}", run.steps, floor, COLOR))
        late = seen[-run.steps // 5 :].mean()
        said.append(f"η = {rate:g}: predicted {floor:.3f}, measured {late:.3f}")
    label_ends(ax, ends)
    name_axes(ax, "step", "mean loss")
    count = next(iter(runs.values())).losses.shape[-1]
    caption = (
        f"Mean loss of {count} noisy descents by step (lines) and as predicted (dots). The floor, "
        f"and the mean over the last fifth of the steps, for {'; '.join(said)}."
    )
    below = f"Mean loss of {count} runs for three learning rates; dots: as predicted."
    return Captioned(figure, caption, below)


def batch_and_rate(
    losses: Mapping[tuple[float, int], np.ndarray], blind: float, epochs: int
) -> Captioned:
    """Training losses by batch size, a line for each quotient of learning rate and batch size.

    Args:
        losses: by quotient and batch size, one number a seed.
        blind: the loss of a blind guess, above which a run is lost.
        epochs: passes over the data.
    """
    quotients, sizes = (sorted({key[i] for key in losses}) for i in (0, 1))
    figure, ax = canvas(height=4.2)
    ends, said = [], []
    for q, look in zip(quotients, tints("gradient descent", len(quotients)), strict=True):
        seen = {B: np.nan_to_num(losses[q, B], nan=np.inf) for B in sizes}
        kept = {B: x for B, x in seen.items() if (x < blind).all()}
        middle = [np.median(x) for x in kept.values()]
        ax.loglog(list(kept), middle, color=look["color"], marker="o")
        low, high = ([f(x) for x in kept.values()] for f in (np.min, np.max))
        ax.fill_between(list(kept), low, high, color=look["color"], alpha=0.18, linewidth=0)
        ends.append((f"η/B = {q:g}", list(kept)[-1], middle[-1], COLOR))
        words = [f"{np.median(x):.3f} with B = {B}" for B, x in kept.items()]
        for B in (B for B in sizes if B not in kept):
            share = np.mean(seen[B] >= blind)
            ax.plot(B, 2 * blind, "x", color=COLOR, markersize=11, markeredgewidth=2.5)
            label_end(ax, B, 2 * blind, f"lost, η = {q * B:g}", COLOR, xytext=(-12, 0), ha="right")
            words.append(f"{'most' if share > 0.5 else 'some'} runs lost with B = {B}")
        said.append(f"η/B = {q:g}: {', '.join(words)}")
    label_ends(ax, ends)
    draw_level(ax, blind, "")
    label_end(ax, sizes[0], blind, "a blind guess", MUTED, xytext=(0, -10))
    ax.set_xticks(sizes, [f"{size}" for size in sizes])
    ax.minorticks_off()
    ax.set(xlim=(sizes[0] * 0.8, sizes[-1] * 1.25))
    name_axes(ax, "batch size B, with η in proportion", f"training loss after {epochs} epochs")
    seeds = len(next(iter(losses.values())))
    caption = (
        f"Training loss on digits after {epochs} epochs, median of {seeds} seeds; the band is "
        f"their range. {'. '.join(said)}."
    )
    below = f"Training loss after {epochs} epochs, median and range of {seeds} seeds."
    return Captioned(figure, caption, below)


def schedules(
    shapes: Mapping[str, Callable[[Any], Any]], tops: np.ndarray, steps: int, noise: float
) -> Captioned:
    """Learning rates by step, and below each what the expected loss on the ravine consists of.

    Args:
        shapes: by name, a schedule as a function of its top.
        tops: among which the one with the lowest expected loss at the end is taken.
        steps: how many there are.
        noise: the standard deviation of each part of a gradient.
    """

    def parts(plan: Any) -> tuple[np.ndarray, np.ndarray]:
        mean, spread = theory.noisy_path(plan, 0, CURVATURES, noise, START, steps)
        return mean**2 @ CURVATURES / 2, spread @ CURVATURES / 2

    border = "above it the steep direction would diverge at a constant learning rate"
    plans = {}
    for name, shape in shapes.items():
        last = sum(parts(shape(tops[:, None])))[-1]
        top = theory.best_of_grid(dict(zip(tops, last, strict=True)), end=border)
        plans[name] = shape(top)
    rates = {name: [plan(t) for t in range(1, steps + 1)] for name, plan in plans.items()}
    paths = {name: parts(plan) for name, plan in plans.items()}
    count = len(rates)
    figure, axes = canvas(columns=count, rows=2, width=11.5, height=6.4)
    top = max(map(max, rates.values()))
    ends = {name: float(sum(parts)[-1]) for name, parts in paths.items()}
    first_end, lowest = next(iter(ends.values())), 3e-3
    for k, (name, (distance, spread)) in enumerate(paths.items()):
        above, below = axes[k], axes[count + k]
        above.fill_between(range(1, steps + 1), rates[name], color=COLOR, alpha=0.3, linewidth=0)
        above.plot(range(1, steps + 1), rates[name], color=COLOR, linewidth=2.6)
        above.set(ylim=(0, 1.12 * top))
        floor = np.full(steps + 1, lowest)
        for part, color, dash in ((distance, W2, LINES["w2"]["linestyle"]), (spread, W1, DOTS)):
            below.fill_between(range(steps + 1), floor, np.maximum(part, floor), color=color,
                               alpha=0.22, linewidth=0)  # fmt: skip
            below.semilogy(part, color=color, linestyle=dash, linewidth=1.8)
        below.semilogy(distance + spread, color=INK, linewidth=2.8)
        below.axhline(first_end, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
        below.plot(steps, ends[name], "o", color=INK, markersize=9, clip_on=False)
        # Beside the dot, and not on the level
        up = -17 if ends[name] < first_end / 2 else 17
        label_end(below, steps, ends[name], f"{ends[name]:.2f}", INK, xytext=(-2, up), ha="right")
        below.set(ylim=(lowest, 200))
        for ax in (above, below):
            ax.set(xlim=(0, steps), xticks=(0, steps // 3, 2 * steps // 3, steps))
        name_axes(above, "", "", name)
        name_axes(below, "step", "", name)
    beside(axes[:count], "learning rate")
    beside(axes[count:], "expected loss")
    first = axes[count]
    distance, spread = next(iter(paths.values()))
    at = len(distance) // 4
    label_end(first, at, distance[at], "distance", W2, xytext=(8, 8))
    label_end(first, at, spread[at], "noise", W1, xytext=(0, -14))
    told = ", ".join(f"{name} {loss:.2f}" for name, loss in ends.items())
    from_top = ", ".join(f"{max(rates[name]):.3f}" for name in rates)
    caption = (
        f"Four schedules for {steps} steps of gradient descent on the ravine with noise of "
        f"standard deviation {noise:.2f}, each at its best top, {from_top}. The expected loss "
        "(solid) is the loss of the mean path (dashes: distance) and what the spread around it "
        f"adds (dots: noise). After the last step: {told}; level: the first schedule's."
    )
    below_ = (
        "Expected loss (solid): distance (dashes) plus noise (dots); by each end its value, and "
        f"across, that of {next(iter(ends))}."
    )
    return Captioned(figure, caption, below_)


def on_digits(
    losses: Mapping[tuple[str, str], np.ndarray], tests: Mapping[tuple[str, str], np.ndarray]
) -> Captioned:
    """What schedules do to training loss and to test accuracy, against a constant learning rate.

    Args:
        losses, tests: by kind of labels and name of schedule, one number a seed; the accuracies in
            per cent. Each has a schedule called "constant".
    """
    from matplotlib.ticker import FixedLocator

    figure, (left, right) = canvas(columns=2, width=10.5, height=4.3)
    kinds = list(dict.fromkeys(kind for kind, _ in losses))
    names = [name for kind, name in losses if kind == kinds[0] and name != "constant"]
    rows, said, place = [], [], 0.0
    for kind, fill in zip(kinds, ("white", COLOR), strict=True):
        rows.append((place, kind))
        for name in names:
            place -= 1
            pair = (
                ratio(losses[kind, name], losses[kind, "constant"]),
                difference(tests[kind, name], tests[kind, "constant"]),
            )
            for ax, c in zip((left, right), pair, strict=True):
                _interval(ax, c, place, fill)
            rows.append((place, name))
            said.append(f"{name}, {kind}: loss {pair[0]}, accuracy {pair[1]}")
        place -= 1.3
    for ax, neutral in ((left, 1), (right, 0)):
        ax.axvline(neutral, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.6)
        ax.set_ylim(place + 0.6, 0.6)
        ax.set_yticks([y for y, _ in rows], [name for _, name in rows])
        ax.tick_params(axis="y", length=0)
        for words in ax.get_yticklabels():
            words.set_fontweight("bold" if words.get_text() in kinds else "normal")
    beside((left, right))
    left.set_xscale("log")
    left.xaxis.set_major_locator(FixedLocator([0.25, 0.5, 1, 2, 4]))
    left.xaxis.set_major_formatter("{x:g}")
    left.xaxis.set_minor_formatter("")
    name_axes(left, "loss / loss with a constant η", "", "training loss: left is better")
    name_axes(right, "points more than with a constant η", "", "test accuracy: right is better")
    seeds = len(next(iter(losses.values())))
    caption = (
        f"Three schedules against a constant learning rate, {seeds} fresh seeds, each at its best "
        f"top on validation data, with 95 % intervals. {'. '.join(said)}."
    )
    below = f"Against a constant learning rate, {seeds} fresh seeds, with 95 % intervals."
    return Captioned(figure, caption, below)


def _interval(ax: Axes, c: Comparison, y: float, fill: str) -> None:
    """A point with its interval, lying."""
    ax.errorbar(c.effect, y, xerr=[[c.effect - c.low], [c.high - c.effect]], fmt="o", color=COLOR,
                markerfacecolor=fill, capsize=5, markersize=8, linewidth=2)  # fmt: skip


def accuracies(
    tops: Sequence[float], tried: Mapping[tuple[str, str], Sequence[float]]
) -> Captioned:
    """Validation accuracy by the learning rate at the top, for each kind of labels and schedule."""
    kinds = list(dict.fromkeys(kind for kind, _ in tried))
    figure, panels = canvas(columns=2, width=10.5, height=4.6)
    said = []
    for ax, kind in zip(panels, kinds, strict=True):
        seen = {name: values for (which, name), values in tried.items() if which == kind}
        # The upper 11 points: below them a schedule is out of the running.
        low = max(max(values) for values in seen.values()) - 10
        ends = []
        for (name, values), look in zip(
            seen.items(), tints("gradient descent", len(seen)), strict=True
        ):
            ax.semilogx(tops, values, marker="o", markersize=4, **look)
            at = max(k for k, value in enumerate(values) if value > low)
            ends.append((name, tops[at], values[at], COLOR))
            top = theory.best_of_grid(dict(zip(tops, -np.asarray(values), strict=True)))
            said.append(f"{name}, {kind}: {max(values):.1f} % at {top:g}")
        label_ends(ax, ends, column=True)
        ax.set(ylim=(low, low + 11), xlim=(tops[0] / 1.3, tops[-1] * 1.1))
        shown = list(tops)[::2]
        ax.set_xticks(shown, [f"{top:g}" for top in shown])
        ax.minorticks_off()
        up = "validation accuracy, %" if kind == kinds[0] else ""
        name_axes(ax, "learning rate at the top", up, kind)
    caption = f"Validation accuracy by the learning rate at the top. {'; '.join(said)}."
    below = "Validation accuracy by the learning rate at the top, mean of five seeds."
    return Captioned(figure, caption, below)


def hovering(
    predicted: Sequence[float], drawn: Any, shuffled: Any,
    settings: Sequence[tuple[float, float, int]],
) -> Captioned:  # fmt: skip
    """The measured loss above the minimum against the predicted one, by learning rate, β and B.

    Args:
        predicted: by setting.
        drawn, shuffled: by setting and seed, batches drawn afresh and epochs shuffled.
        settings: learning rate, β and batch size.
    """
    figure, ax = canvas(height=5.0)
    color = LINES["momentum"]["color"]
    line = np.array([min(predicted) / 1.2, max(predicted) * 1.5])
    ax.loglog(line, line, **LINES["predicted"])
    label_ends(ax, [("as predicted", line[1], line[1], INK)])
    means = {"drawn afresh": np.mean(drawn, axis=1), "shuffled": np.mean(shuffled, axis=1)}
    for (name, values), mark, fill in zip(means.items(), "so", (color, "white"), strict=True):
        ax.plot(predicted, values, linestyle="", marker=mark, color=color,
                markerfacecolor=fill, markersize=9, label=name)  # fmt: skip
    ax.legend(loc="upper left", frameon=False)
    # The smallest has room on its left alone.
    for k, ((rate, beta, batch), x, y) in enumerate(
        zip(settings, predicted, means["shuffled"], strict=True)
    ):
        left = k == int(np.argmin(predicted))
        side = {"xytext": (-12 if left else 12, -9), "ha": "right" if left else "left"}
        words = f"η = {rate:g}, β = {beta:g}, B = {batch}"
        label_end(ax, x, y, words, color, gid=WIDE_ONLY, **side)
    ticks = [10.0**p * d for p in (-4, -3, -2) for d in (1, 2, 5)]
    low = means["shuffled"].min() / 1.5
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    ax.set(xlim=(line[0] / 7, line[1] * 2.6), ylim=(low, line[1] * 1.2))
    ax.set_xticks([t for t in ticks[::2] if line[0] / 7 <= t <= line[1]])
    ax.set_yticks([t for t in ticks if low <= t <= line[1]])
    name_axes(ax, "predicted loss above the minimum", "measured")
    told = "; ".join(
        f"η = {rate:g}, β = {beta:g}, B = {batch}: {one:.4f} drawn, {other:.4f} shuffled, "
        f"{f:.4f} predicted"
        for (rate, beta, batch), one, other, f in zip(
            settings, *means.values(), predicted, strict=True
        )
    )
    seeds = np.shape(drawn)[1]
    caption = (
        f"Where a linear model of the digits hovers, mean of {seeds} seeds, against the "
        f"prediction. {told}."
    )
    off = ", ".join(
        f"{name} {(x / predicted).min():.2f} to {(x / predicted).max():.2f}"
        for name, x in means.items()
    )
    return Captioned(figure, caption, f"Measured over predicted, mean of {seeds} seeds: {off}.")


def two_wells(well: Curve, places: np.ndarray, temperature: float) -> Captioned:
    """The tilted double well, and where many searches have ended in it."""
    across = np.linspace(-1.5, 1.4, 300)
    heights = well.value(across)
    figure, ax = canvas(height=3.8)
    ax.plot(across, heights, color=INK)
    left, right = (part[well.value(part).argmin()] for part in (across[:150], across[150:]))
    middle = across[(across > -0.5) & (across < 0.5)]
    peak = well.value(middle).max()
    # The higher in a well, the more room between its walls.
    for x0, words, up in ((left, "deeper", 34), (right, "start", 20)):
        ax.plot(x0, well.value(x0), "o", color=COLOR, markersize=9)
        label_end(ax, x0, well.value(x0), words, COLOR, ha="center", xytext=(0, up))
    counts, edges = np.histogram(places, bins=60, range=(across[0], across[-1]))
    ax.bar((edges[1:] + edges[:-1]) / 2, counts / counts.max() * 0.4, width=np.diff(edges),
           bottom=-0.75, color=W2, alpha=0.5)  # fmt: skip
    ax.set_ylim(-0.75, 2.2)
    name_axes(ax, "w", "loss")
    barrier, gap = peak - well.value(right), well.value(right) - well.value(left)
    caption = (
        f"The tilted double well. The barrier is {barrier:.2f} high seen from the higher well, "
        f"which lies {gap:.2f} above the deeper one. Bars: where {len(places)} searches that "
        f"cooled to a temperature of {temperature:g} have ended."
    )
    below = f"The barrier is {barrier:.2f} high; bars show where simulated annealing has ended."
    return Captioned(figure, caption, below)
