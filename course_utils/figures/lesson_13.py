"""The figures of lesson 13, a fair race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import theory
from ..svg.palette import INK, MUTED, SURFACES
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_level
from .style import LINES, beside, canvas, label_end, name_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAINT = SURFACES["rule"][0]
# What an interval of a ratio allows, in words.
WORDS = "lower", "no detectable difference", "higher"
# Who makes a step in the kernels' record, the most passes first.
RUNGS = {
    "naive NumPy": "new arrays",
    "in place": "in place",
    "ours": "in blocks",
    "optax jit": "optax, jax.jit",
    "torch fused": "PyTorch, fused",
    "compiled": "proved loop",
}


def by_median(losses: Mapping[str, Any]) -> list[str]:
    """The rules in the order of their median loss, lowest first."""
    return sorted(losses, key=lambda name: np.median(losses[name]))


def one_rate(losses: Mapping[str, Any], lr: float, epochs: int) -> Captioned:
    """Losses of rules that share one learning rate, a mark a seed, in the order of the medians."""
    figure, ax = canvas(height=3.7)
    for place, name in enumerate(by_median(losses)):
        seen, look = np.asarray(losses[name]), LINES[name]
        ax.plot(seen, [-place] * len(seen), linestyle="", marker=look["marker"],
                color=look["color"], markersize=8, alpha=0.8)  # fmt: skip
        label_end(ax, seen.max(), -place, name, look["color"], xytext=(12, 0))
    everything = np.concatenate(list(losses.values()))
    # To the right, room for the names
    ax.set(xscale="log", yticks=[], xlim=(everything.min() / 1.3, 4 * everything.max()),
           ylim=(0.6 - len(losses), 0.6))  # fmt: skip
    name_axes(ax, f"training loss after {epochs} passes", "")
    said = ", ".join(f"{name} {np.median(losses[name]):.2g}" for name in by_median(losses))
    caption = (
        f"Training loss on digits after {epochs} passes with η = {lr} for all rules, a mark a "
        f"seed. Medians: {said}."
    )
    return Captioned(figure, caption, f"All seven rules have η = {lr}; a mark is a seed.")


def places(losses: Mapping[float, Mapping[str, Any]]) -> Captioned:
    """The place of each rule by its median loss, at learning rates that all rules share."""
    rates = sorted(losses)
    orders = {rate: by_median(losses[rate]) for rate in rates}
    figure, ax = canvas(height=4.2)
    for name in orders[rates[-1]]:
        at = [orders[rate].index(name) + 1 for rate in rates]
        ax.plot(range(len(rates)), at, **LINES[name], markersize=7)
        label_end(ax, len(rates) - 1, at[-1], name, LINES[name]["color"], xytext=(12, 0))
    ax.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
    ax.set(ylim=(len(orders[rates[0]]) + 0.5, 0.5), xlim=(-0.2, len(rates) + 0.2))
    name_axes(ax, "learning rate η that all rules share", "place by median loss")
    seeds = len(next(iter(losses[rates[0]].values())))
    each = "; ".join(f"at {rate:g} {', '.join(order)}" for rate, order in orders.items())
    firsts = "; ".join(f"{order[0]} at {rate:g}" for rate, order in orders.items())
    caption = (
        f"Places on digits by the median training loss of {seeds} seeds, from first to last: "
        f"{each}."
    )
    return Captioned(figure, caption, f"First place: {firsts}.")


def within_twice(rates: Any, losses: Any) -> tuple[float, np.ndarray]:
    """The learning rate with the lowest median loss, and which ones are within twice of that.

    Args:
        rates: shape (n,).
        losses: shape (n, seeds).

    Raises:
        ValueError: the lowest median lies at an end of the rates.
    """
    middle = np.median(losses, axis=1)
    best = theory.best_of_grid(dict(zip(rates, middle, strict=True)))
    return best, middle < 2 * middle.min()


def losses_by_rate(curves: Mapping[str, tuple[Any, Any]], epochs: int) -> Captioned:
    """Losses by learning rate, a panel a rule, in front of the medians of all others.

    Args:
        curves: by rule the rates, and for each rate one loss a seed.
        epochs: passes over the data.

    Raises:
        ValueError: the lowest median of a rule lies at an end of its rates.
    """
    rows = -(-len(curves) // 4)
    figure, panels = canvas(columns=4, rows=rows, width=10.5, height=2.3 * rows + 0.5)
    wide = {}
    for ax, (name, (rates, losses)) in zip(panels, curves.items(), strict=False):
        for other_rates, other in curves.values():
            ax.loglog(other_rates, np.median(other, axis=1), color=FAINT, linewidth=0.8, alpha=0.6)
        look, middle = LINES[name], np.median(losses, axis=1)
        best, good = within_twice(rates, losses)
        wide[name] = best, int(good.sum())
        ax.fill_between(rates, losses.min(axis=1), losses.max(axis=1), color=look["color"],
                        alpha=0.18, linewidth=0)  # fmt: skip
        ax.loglog(rates, middle, color=look["color"], linewidth=2.4)
        ax.plot(rates[good], middle[good], look["marker"], color=look["color"], markersize=7)
        ax.set_title(name, color=look["color"], fontweight="bold")
        ax.set_xticks([1e-4, 1e-2, 1, 1e2])
        ax.minorticks_off()
    for ax in panels[len(curves) :]:
        ax.remove()
    limits = [ax.get_xlim() for ax in panels[: len(curves)]]
    for k, ax in enumerate(panels[: len(curves)]):
        ax.set_xlim(min(low for low, _ in limits), max(high for _, high in limits))
        if k >= len(curves) - 4:
            ax.set_xlabel("learning rate η")
    heights = [ax.get_ylim() for ax in panels[: len(curves)]]
    for k in range(0, len(curves), 4):
        beside(panels[k : min(k + 4, len(curves))])
        for ax in panels[k : min(k + 4, len(curves))]:
            ax.set_ylim(min(low for low, _ in heights), max(high for _, high in heights))
    figure.supylabel(f"training loss after {epochs} passes", fontsize=12.5)
    tried, seeds = np.shape(next(iter(curves.values()))[1])
    said = "; ".join(f"{name} {count}, around {best:.2g}" for name, (best, count) in wide.items())
    caption = (
        f"Training loss on digits by learning rate, median and range of {seeds} seeds, in front of "
        f"the medians of the other rules. Of {tried} rates, within twice the lowest median: {said}."
    )
    low, high = (pick(count for _, count in wide.values()) for pick in (min, max))
    below = (
        f"Seven rules, {tried} rates each. Marked are those within twice the rule's lowest median: "
        f"{low} to {high} of {tried}."
    )
    return Captioned(figure, caption, below)


def against(found: Mapping[str, Mapping[str, Any]], reference: str) -> Captioned:
    """Test losses over those of one rule, with their intervals, a panel a task.

    Args:
        found: by task and rule the `Comparison` with the reference.
        reference: that rule.
    """
    figure, panels = canvas(columns=len(found), width=10.5, height=4.3)
    for ax, (task, field) in zip(panels, found.items(), strict=True):
        for row, (name, x) in enumerate(field.items()):
            _interval(ax, row, x, LINES[name])
        _ratios(ax, list(field))
        name_axes(ax, f"test loss / {reference}'s", "", task)
    beside(panels)
    pairs = next(iter(next(iter(found.values())).values())).pairs
    each = ". ".join(
        f"{task}: " + "; ".join(f"{name} {x}, {x.says(*WORDS)}" for name, x in field.items())
        for task, field in found.items()
    )
    caption = (
        f"Test loss over that of {reference}, {pairs} fresh seeds, geometric mean with 95 % "
        f"interval. {each}."
    )
    clear = ", ".join(
        f"{sum(x.says(*WORDS) != WORDS[1] for x in field.values())} of {len(field)} on {task}"
        for task, field in found.items()
    )
    below = f"Left of 1 is lower than {reference}. Intervals that leave 1 out: {clear}."
    return Captioned(figure, caption, below)


def laboratories(
    ours: Mapping[str, Mapping[str, Any]], finals: Mapping[str, Mapping[str, Any]], reference: str
) -> Captioned:
    """Our intervals among the test losses of laboratories that repeated the whole race.

    Args:
        ours: by task and rule the `Comparison` with the reference, in the lesson's race.
        finals: by task and rule one test loss a laboratory.
        reference: the rule whose loss the others are divided by.
    """
    figure, panels = canvas(columns=len(ours), width=10.5, height=4.6)
    inside = []
    for ax, (task, field) in zip(panels, ours.items(), strict=True):
        base = np.asarray(finals[task][reference])
        for row, (name, x) in enumerate(field.items()):
            others = np.asarray(finals[task][name]) / base
            ax.plot(others, [-row] * len(others), "o", color=LINES[name]["color"], alpha=0.35,
                    markersize=6, markeredgewidth=0)  # fmt: skip
            _interval(ax, row, x, {"color": INK, "marker": "D"})
            inside.append((others >= x.low) & (others <= x.high))
        _ratios(ax, list(field))
        name_axes(ax, f"test loss / {reference}'s", "", task)
    beside(panels)
    firsts = {task: counts(field) for task, field in finals.items()}
    n, share = len(base), 100 * np.mean(inside)
    expected = 100 * next(iter(next(iter(ours.values())).values())).repeated_inside()
    each = "; ".join(
        f"{task} {', '.join(f'{name} {count}' for name, count in field.items())}"
        for task, field in firsts.items()
    )
    caption = (
        f"Test loss over that of {reference}: our intervals (diamonds) and {n} laboratories that "
        f"repeated search, choice and final (dots). {share:.0f} of 100 dots lie inside the "
        f"interval of their row; if nothing but seeds scattered, about {expected:.0f} would. "
        f"Lowest test loss, of {n} laboratories: {each}."
    )
    below = (
        f"Diamonds: our race. Dots: {n} repetitions. Of 100 dots {share:.0f} lie inside our "
        f"interval; if nothing but seeds scattered, about {expected:.0f} would."
    )
    return Captioned(figure, caption, below)


def counts(field: Mapping[str, Any]) -> dict[str, int]:
    """How many laboratories have each rule's loss as the lowest, the most frequent first."""
    names, losses = list(field), np.array(list(field.values()))
    won = np.bincount(losses.argmin(axis=0), minlength=len(names))
    return {names[i]: int(won[i]) for i in np.argsort(-won, kind="stable") if won[i]}


def behind(labs: Mapping[str, Any]) -> Captioned:
    """How far each rule is behind the lowest one on each task, at two trials and after the final.

    Args:
        labs: the record of the laboratories.
    """
    finals = labs["finals"]
    few = {task: field["2"] for task, field in labs["typical best"].items()}
    shown = {
        f"2 trials, validation loss, {labs['laboratories']} searches": few,
        f"{finals['trials of a rule']} trials, test loss, {finals['laboratories']} laboratories": (
            finals["test loss"]
        ),
    }
    figure, panels = canvas(columns=2, width=10.5, height=4.6)
    said, nearest = [], []
    for ax, (title, found) in zip(panels, shown.items(), strict=True):
        times = {task: over_lowest(field) for task, field in found.items()}
        names = list(next(iter(times.values())))
        worst = {name: max(field[name] for field in times.values()) for name in names}
        rows = [-row for row in range(len(names))]
        colors = [LINES[name]["color"] for name in names]
        for (task, field), mark in zip(times.items(), "osD", strict=True):
            ax.scatter(
                field.values(), rows, marker=mark, c=colors, s=60, alpha=0.8, zorder=3, label=task
            )
        ax.hlines(rows, 1, list(worst.values()), color=FAINT, linewidth=1.2)
        _ratios(ax, names)
        name_axes(ax, "loss / that of the lowest rule on the task", "", title)
        order = sorted(worst, key=lambda name: worst[name])
        said.append(f"{title}: " + ", ".join(f"{name} {worst[name]:.2f}" for name in order))
        nearest.append(f"{order[0]} is at most {worst[order[0]]:.2f} times")
    beside(panels)
    for sample in panels[1].legend(loc="lower right", frameon=False).legend_handles:
        # A shape is a task in every rule's colour.
        sample.set_color(MUTED)
    caption = (
        "Geometric means over laboratories, divided by that of the rule with the lowest one on the "
        f"task. The largest of three tasks, {'; '.join(said)}."
    )
    below = (
        f"In the mean, after 2 trials {nearest[0]} the lowest on any task; in the end {nearest[1]}."
    )
    return Captioned(figure, caption, below)


def over_lowest(field: Mapping[str, Any]) -> dict[str, float]:
    """The geometric mean of each rule's losses, divided by the lowest of them."""
    means = {name: float(np.exp(np.log(losses).mean())) for name, losses in field.items()}
    return {name: x / min(means.values()) for name, x in means.items()}


def pools(
    labs: Mapping[str, Any], shown: Sequence[tuple[str, str]], ours: Mapping[Any, Any]
) -> Captioned:
    """How often each rule comes first: in laboratories, and drawn again from pools of trials.

    Args:
        labs: the record of the laboratories.
        shown: pairs of task and measure, a panel each.
        ours: by such a pair and rule, the share of draws from the lesson's own trials.
    """
    figure, panels = canvas(columns=len(shown), width=10.5, height=4.3)
    n, said, spread = labs["laboratories"], [], []
    for ax, (task, measure) in zip(panels, shown, strict=True):
        one = labs["races"][task][measure]
        drawn = one["win_chances of the pools, per cent"]
        for row, (name, chances) in enumerate(drawn.items()):
            x = one["first"].get(name, 0) / n
            ax.plot(chances, [-row] * len(chances), "o", color=LINES[name]["color"], alpha=0.35,
                    markersize=6, markeredgewidth=0)  # fmt: skip
            ax.errorbar(100 * x, -row, xerr=200 * np.sqrt(x * (1 - x) / n), fmt="D", color=INK,
                        markersize=6, capsize=4)  # fmt: skip
        ax.set_yticks([-row for row in range(len(drawn))], list(drawn))
        name_axes(ax, "first, of 100 races", "", f"{task}, {measure}")
        name = next(rule for rule in one["first"] if rule in drawn)
        seen, x = np.array(drawn[name]), one["first"][name] / n
        spread.append(seen.std(ddof=1))
        error = 100 * np.sqrt(x * (1 - x) / n)
        said.append(
            f"{task}, {measure}: {name} {100 * x:.0f} ± {error:.0f} in the laboratories; pools "
            f"{seen.mean():.0f} ± {seen.std(ddof=1):.0f}, from {seen.min():.0f} to "
            f"{seen.max():.0f}; ours {100 * ours[task, measure][name]:.0f}"
        )
    beside(panels)
    caption = (
        f"How often each rule has the lowest loss. Dots: drawn again from {n // 2} independent "
        f"pools as large as our search. Diamonds: counts of {n} laboratories, with two standard "
        f"errors. {'. '.join(said)}."
    )
    below = (
        f"Diamonds: counted in {n} laboratories. Dots: drawn again from single pools; for the most "
        f"frequent winner they scatter by {min(spread):.0f} to {max(spread):.0f} points."
    )
    return Captioned(figure, caption, below)


def walked_apart(sizes: Sequence[float], apart: Mapping[str, Any], lr: float) -> Captioned:
    """How far a rule with a large ε ends from the rule that it tends to.

    Args:
        sizes: values of ε.
        apart: by rule the distance of both ends, over the way that the partner walked.
        lr: the learning rate of the partner; the rule has lr times ε.
    """
    partners = {"Adam": "momentum", "RMSProp": "gradient descent"}
    figure, ax = canvas(height=3.9)
    for name, gaps in apart.items():
        ax.loglog(sizes, gaps, **LINES[name])
    label_ends(ax, [(name, sizes[-1], gaps[-1], LINES[name]["color"])
                    for name, gaps in apart.items()])  # fmt: skip
    draw_level(ax, 0.01, "")
    label_end(ax, sizes[0], 0.01, "1 %", MUTED, xytext=(0, -10))
    name_axes(ax, f"ε, with the learning rate {lr} ε", "distance of the ends / way walked")
    said = "; ".join(
        f"{name} "
        + ", ".join(f"{gaps[i]:.1g} at ε = {sizes[i]:g}" for i in range(1, len(sizes), 2))
        for name, gaps in apart.items()
    )
    caption = (
        "How far from each other the trained weights end, over the way that the partner walked, "
        f"one seed of digits. {said}."
    )
    pairs = " and ".join(f"{name} to {partner}" for name, partner in partners.items())
    below = f"One seed of digits: the larger ε, the nearer ends {pairs}."
    return Captioned(figure, caption, below)


def step_times(speed: Mapping[str, Any], rule: str, n: int = 10**7) -> dict[str, Any]:
    """Nanoseconds a weight of one step by who makes it, each as (lower quartile, median, upper).

    Args:
        speed: the record of the kernels.
        rule: its name.
        n: how many weights; the most that were measured unless said.
    """
    (row,) = (row for row in speed["rows"] if (row["rule"], row["n"]) == (rule, n))
    return row["nanoseconds"]


def loop_over_new_arrays(speed: Mapping[str, Any]) -> float:
    """How many times as long as NumPy with new arrays the proved loop of Adam takes."""
    times = step_times(speed, "Adam")
    return times["compiled"][1] / times["naive NumPy"][1]


def ladder(speed: Mapping[str, Any], rules: Sequence[str] = ("Adam", "momentum")) -> Captioned:
    """How long a step takes, from one pass an operation to one loop, and the memory limit.

    Args:
        speed: the record of the kernels.
        rules: their names, a panel each.
    """
    figure, panels = canvas(columns=len(rules), width=10.5, height=3.8)
    said, shares = [], []
    for ax, rule in zip(panels, rules, strict=True):
        times, color = step_times(speed, rule), LINES[rule]["color"]
        limit = times["memory limit"][1]
        for row, who in enumerate(RUNGS):
            low, middle, high = times[who]
            ax.barh(-row, middle, height=0.62, color=color, alpha=0.45)
            ax.errorbar(middle, -row, xerr=[[middle - low], [high - middle]], color=INK, capsize=4)
            label_end(ax, high, -row, f"{middle:.1f}", INK)
        ax.axvline(limit, color=INK, linestyle=(0, (4, 2)), linewidth=1.4)
        label_end(ax, limit, 0.8, f"memory limit {limit:.1f}", INK, xytext=(4, 0))
        ax.set_yticks([-row for row in range(len(RUNGS))], list(RUNGS.values()))
        ax.set(
            ylim=(0.5 - len(RUNGS), 1.2), xlim=(0, 1.2 * max(high for *_, high in times.values()))
        )
        name_axes(ax, "nanoseconds a weight", "", rule)
        shares.append(f"{times['compiled'][1] / limit:.2f} for {rule}")
        each = ", ".join(
            f"{words} {times[who][1]:.2f} ({times[who][0]:.2f} to {times[who][2]:.2f})"
            for who, words in {**RUNGS, "memory limit": "memory limit"}.items()
        )
        said.append(f"{rule}: {each}")
    beside(panels)
    made, row = speed["made"], speed["rows"][-1]
    libraries = {"NumPy": "numpy", "PyTorch": "torch", "JAX": "jax", "Numba": "numba"}
    with_ = ", ".join(f"{name} {made['versions'][key]}" for name, key in libraries.items())
    where = f"{made['processor']}, one thread, {made['date'][:10]}"
    caption = (
        f"Nanoseconds a weight for one step on {row['n']:,} weights in float64, median and "
        f"quartiles of {row['repeats']} rounds ({where}; {with_}). {'. '.join(said)}."
    )
    below = (
        f"One step on {row['n']:,} weights ({where}). Proved loop over memory limit: "
        f"{', '.join(shares)}."
    )
    return Captioned(figure, caption, below)


def _interval(ax: Axes, row: int, x: Any, look: Mapping[str, Any]) -> None:
    """A ratio with its interval in a row."""
    ax.errorbar(x.effect, -row, xerr=[[x.effect - x.low], [x.high - x.effect]], fmt=look["marker"],
                color=look["color"], capsize=4, markersize=7)  # fmt: skip


def _ratios(ax: Axes, names: Sequence[str]) -> None:
    """The axes of named rows of ratios: 1 marked, round numbers."""
    ax.axvline(1, color=MUTED, linestyle=(0, (1, 3)))
    ax.set(xscale="log", ylim=(-len(names) + 0.5, 0.5))
    low, high = ax.get_xlim()
    coarse, middle, fine = (0.1, 0.3, 1, 3, 10), (0.6, 0.8, 1, 1.2, 1.5, 2, 3), (0.9, 1, 1.1)
    wanted = coarse if high > 4 * low else middle if high > 1.5 * low else fine
    ticks = [x for x in wanted if low < x < high]
    ax.set_xticks(ticks, [f"{x:g}" for x in ticks])
    ax.minorticks_off()
    ax.set_yticks([-row for row in range(len(names))], names)
