"""The figures of lesson 12, smoother landscapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import theory
from ..networks.comparison import Comparison
from ..networks.depths import KINDS, Depths
from ..svg.palette import INK, MUTED
from ..svg.panel import shade_of
from .drawn import Captioned
from .labels import label_ends
from .style import LINES, beside, canvas, label_end, name_axes, tints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A test accuracy, in per cent, that we call learnt, and the share of seeds that makes it usable.
LEARNT, MOST = 85.0, 0.75
# 95 % of a normal distribution lie within so many standard deviations.
NORMAL = 1.96
# A blind guess among ten digits costs this.
GUESS = float(np.log(10))
# Products of more than some fifteen random matrices have stretches that rounding hides.
SMALLEST = 1e-8
# Losses between which a slice changes its shade.
LEVELS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def training(losses: Mapping[str, Any], seeds: str) -> Captioned:
    """Training losses pass by pass: median and range over the seeds.

    Args:
        losses: by name, shape (seeds, passes + 1).
        seeds: which seeds they are, in words.
    """
    figure, ax = canvas(height=3.7)
    ends, said = [], []
    for (name, values), look in zip(losses.items(), tints("plain", len(losses)), strict=True):
        values, passes = np.asarray(values), range(np.shape(values)[1])
        middle = np.median(values, axis=0)
        ax.plot(passes, middle, **look)
        ax.fill_between(
            passes, values.min(axis=0), values.max(axis=0), color=look["color"], alpha=0.15,
            linewidth=0,
        )  # fmt: skip
        ends.append((name, passes[-1], middle[-1], INK))
        said.append(f"{middle[-1]:.2f} with {name}")
    label_ends(ax, ends)
    ax.axhline(GUESS, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    label_end(ax, 5.5, GUESS, "a blind guess", MUTED, xytext=(4, 9))
    ax.set_ylim(0, 2.7)
    name_axes(ax, "passes over the data", "training loss")
    caption = (
        f"Training loss of plain networks pass by pass, median and range of {seeds}. "
        f"In the end {' and '.join(said)}."
    )
    return Captioned(figure, caption)


def slope_of_a_chain(depths: Sequence[int] = (4, 12, 24)) -> Captioned:
    """How strongly the output of a chain of equal weights reacts to one of them, by their size."""
    size = np.linspace(0.6, 1.4, 161)
    figure, ax = canvas(height=3.9)
    ends, said = [], []
    for depth, look in zip(depths, tints("plain", len(depths)), strict=True):
        slope = size ** (depth - 1)
        ax.semilogy(size, slope, **look)
        ends.append((f"{depth} weights", size[-1], slope[-1], INK))
        low, high = 0.8 ** (depth - 1), 1.2 ** (depth - 1)
        said.append(f"{depth} weights, {low:.2g} and {high:.3g}")
    label_ends(ax, ends)
    ax.axvline(1, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    name_axes(ax, "size a of every weight", "slope of the output along one weight")
    caption = (
        "Slope of the output of a plain chain along one weight, all weights being a, on a "
        f"logarithmic axis. At a = 0.8 and 1.2: {'; '.join(said)}."
    )
    below = "Slope of the output along one weight. Each curve passes through 1 at a = 1."
    return Captioned(figure, caption, below)


def stretches(depths: Sequence[int] = (3, 12, 24), units: int = 16, draws: int = 20) -> Captioned:
    """Singular values of products of random matrices, without the identity and with it."""
    random = np.random.default_rng(0)
    titles = "plain: product of all W", "skips: product of all I + W/√L"
    figure, panels = canvas(columns=2, width=10.5, height=4.2)
    powers: dict[str, list[str]] = {title: [] for title in titles}
    ends: dict[str, list[Any]] = {title: [] for title in titles}
    order, looks = range(1, units + 1), tints("plain", len(depths))
    for depth, look in zip(depths, looks, strict=True):
        # Divided by the root of their width, so that they keep the size of a random vector.
        W = random.normal(size=(draws, depth, units, units)) / np.sqrt(units)
        for title, ax, factors in zip(
            titles, panels, (W, np.eye(units) + W / np.sqrt(depth)), strict=True
        ):
            seen = [np.linalg.svd(np.linalg.multi_dot(one), compute_uv=False) for one in factors]
            middle = np.median(np.array(seen) / np.array(seen)[:, :1], axis=0)
            drawn = middle[middle > SMALLEST]
            ax.semilogy(order[: drawn.size], drawn, **look, marker="o", markersize=4)
            ends[title].append((f"{depth}", drawn.size, drawn[-1], INK))
            last = middle[-1]
            power = f"10^{np.log10(1 / last):.1f}" if last > SMALLEST else "over 10^8"
            powers[title].append(f"{power} with {depth} layers")
    for title, ax in zip(titles, panels, strict=True):
        label_ends(ax, ends[title])
        ax.set_ylim(SMALLEST / 2, 2)
        name_axes(ax, "direction, by its stretch", "", title)
    beside(panels, "stretch / largest")
    said = "; ".join(f"{title}: {', '.join(found)}" for title, found in powers.items())
    caption = (
        f"Stretches (singular values) of products of L random matrices of {units} units, over the "
        f"largest, medians of {draws} draws; beside each curve L. Largest over smallest, {said}."
    )
    below = (
        "How products of random layers stretch different directions, over the largest stretch; "
        "beside each curve the number of layers."
    )
    return Captioned(figure, caption, below)


def counted(record: Depths, kind: str, depth: int) -> np.ndarray:
    """How many seeds are learnt, rate by rate."""
    return np.array([(record.accuracies[kind, depth, r] >= LEARNT).sum() for r in record.rates])


def share_interval(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval (Wilson) of a share that was found ``count`` times of ``of``."""
    p, z = count / of, NORMAL
    middle = (p + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z * np.sqrt(p * (1 - p) / of + z**2 / (4 * of**2)) / (1 + z**2 / of)
    return float(middle - half), float(middle + half)


def judged(count: int, of: int) -> str:
    """Whether a rate is usable, as far as the seeds can tell: yes, no or open."""
    low, high = share_interval(count, of)
    return "yes" if low > MOST else "no" if high < MOST else "open"


def usable_rates(record: Depths, depths: Sequence[int] = (3, 12)) -> Captioned:
    """For each kind and learning rate how many seeds learn, and whether that is enough."""
    figure, panels = canvas(columns=len(depths), width=10.5, height=3.5)
    n, said = len(record.seeds), []
    for ax, depth in zip(panels, depths, strict=True):
        for row, kind in enumerate(reversed(KINDS)):
            look, found = LINES[kind], []
            for rate, count in zip(record.rates, counted(record, kind, depth), strict=True):
                word = judged(count, n)
                fill = {"yes": look["color"], "open": "white", "no": "none"}[word]
                if word != "no":
                    ax.plot(rate, row, marker="o", markersize=21, color=look["color"],
                            markerfacecolor=fill, markeredgewidth=2)  # fmt: skip
                ax.text(rate, row, str(count), ha="center", va="center", fontsize=12.5,
                        color="white" if word == "yes" else INK)  # fmt: skip
                found += [f"{rate:g}{' (open)' if word == 'open' else ''}"] * (word != "no")
            said.append(f"{depth} layers, {kind}: {', '.join(found) or 'no rate'}")
        ax.set_xscale("log")
        # Every other one is named, so that the names stay apart in the narrow form.
        names = [f"{rate:g}" if k % 2 == 0 else "" for k, rate in enumerate(record.rates)]
        ax.set_xticks(record.rates, names)
        ax.minorticks_off()
        ax.set_yticks(range(len(KINDS)), list(reversed(KINDS)))
        ax.set(xlim=(record.rates[0] / 2, record.rates[-1] * 2), ylim=(-0.6, len(KINDS) - 0.4))
        name_axes(ax, "learning rate η", "", f"{depth} hidden layers")
    caption = (
        f"How many of {n} seeds reach {LEARNT:g} % test accuracy. A rate is usable if three "
        f"quarters of all seeds would; filled: so says the 95 % interval; hollow: it leaves that "
        f"open. Usable or open: {'; '.join(said)}."
    )
    below = (
        f"How many of {n} seeds reach {LEARNT:g} % test accuracy. Filled: three quarters of all "
        "seeds would, by the 95 % interval; hollow: it leaves that open."
    )
    return Captioned(figure, caption, below)


def forest(groups: Mapping[str, Mapping[str, Comparison]], against: str) -> Captioned:
    """Comparisons with their intervals: a panel for each measure, a row for each kind of network.

    Args:
        groups: by measure and name, the comparison; a ratio is drawn on a logarithmic axis.
        against: what everything is compared with.
    """
    across = min(len(groups), 3)
    down = -(-len(groups) // across)
    figure, panels = canvas(across, 3.4 + 2.6 * across, 2.7 * down, rows=down)
    for spare in panels[len(groups) :]:
        spare.remove()
    said = []
    for ax, (measure, rows) in zip(panels, groups.items(), strict=False):
        for row, (kind, c) in enumerate(reversed(rows.items())):
            look = LINES[kind] if kind in LINES else LINES["batch norm"]
            ax.errorbar(c.effect, row, xerr=[[c.effect - c.low], [c.high - c.effect]],
                        fmt=look["marker"], color=look["color"], capsize=5, markersize=8,
                        linewidth=2)  # fmt: skip
            said.append(f"{measure}, {kind}: {c}")
        neutral = next(iter(rows.values())).neutral
        ax.axvline(neutral, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
        if neutral:
            _log_ticks(ax, rows.values())
        ax.set_yticks(range(len(rows)), list(reversed(rows)))
        ax.set_ylim(-0.6, len(rows) - 0.4)
        how = "times" if neutral else "difference"
        name_axes(ax, f"{how}, against {against}", "", measure)
    pairs = {c.pairs for rows in groups.values() for c in rows.values()}
    seeds = " or ".join(map(str, sorted(pairs)))
    below = (
        f"Against {against}, in pairs that share a seed: mean and 95 % interval of {seeds} seeds. "
        "The dotted line marks no difference."
    )
    return Captioned(figure, f"{below} {'; '.join(said)}.", below)


def _log_ticks(ax: Axes, rows: Any) -> None:
    """A logarithmic axis with few numbers, wide enough for the intervals and for 1."""
    low = min(1.0, *(c.low for c in rows)) / 1.3
    high = max(1.0, *(c.high for c in rows)) * 1.3
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    fine = [d * 10.0**p for p in range(-6, 6) for d in (1, 2, 5)]
    ticks = [t for t in fine if low <= t <= high]
    ticks = ticks if len(ticks) < 6 else [t for t in ticks if np.log10(t) % 1 == 0]
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.minorticks_off()


def rescaling(seen: Mapping[str, Mapping[str, Mapping[float, Any]]], seeds: int) -> Captioned:
    """What each measure says of one function when one of its layers is rescaled.

    Args:
        seen: by measure, kind and factor, the median over the seeds.
        seeds: how many there are.
    """
    figure, panels = canvas(columns=len(seen), width=11.5, height=3.7)
    said = []
    for ax, (measure, kinds) in zip(panels, seen.items(), strict=True):
        ends = []
        for kind, values in kinds.items():
            look, factors = LINES[kind], list(values)
            ax.plot(factors, list(values.values()), **{**look, "markersize": 7})
            ends.append((kind, factors[-1], values[factors[-1]], look["color"]))
            told = ", ".join(f"{_told(measure, v)} at {c:g}" for c, v in values.items())
            said.append(f"{measure}, {kind}: {told}")
        ax.set_xscale("log")
        ax.set_xticks(factors, [f"{c:g}" for c in factors])
        ax.minorticks_off()
        if "trust" in measure:
            ax.set_ylim(-1, 1)
        elif "eigenvalue" in measure:
            ax.set_yscale("log")
            ticks = [t for t in (5, 10, 20, 50, 100, 200, 500) if _within(t, kinds)]
            ax.set_yticks(ticks, [f"{t:g}" for t in ticks])
            ax.minorticks_off()
        else:
            ax.set_ylim(0, None)
        if measure == list(seen)[-1]:
            label_ends(ax, ends)
        name_axes(ax, "one layer times", "", measure)
    below = (
        f"Three measures of networks whose sixth hidden layer is rescaled while the loss stays "
        f"what it was: medians of {seeds} seeds."
    )
    return Captioned(figure, f"{below} {'; '.join(said)}.", below)


def _within(tick: float, kinds: Mapping[str, Mapping[float, Any]]) -> bool:
    """Whether a place on an axis lies near the values that are drawn."""
    values = [v for one in kinds.values() for v in one.values()]
    return min(values) / 1.5 < tick < max(values) * 1.5


def _told(measure: str, value: float) -> str:
    """A value to as many digits as every processor agrees on."""
    return f"{value:+.1f}" if "trust" in measure else f"{float(f'{value:.2g}'):g}"


def best_rates(record: Depths) -> dict[tuple[str, int], float]:
    """By kind and depth, the rate with the lowest median training loss."""
    return {
        (kind, depth): theory.best_of_grid(
            {rate: np.median(record.losses[kind, depth, rate]) for rate in record.rates}
        )
        for kind, depth in {(kind, depth) for kind, depth, _ in record.losses}
    }


def at_best(record: Depths, kind: str, depth: int) -> np.ndarray:
    """Test accuracies of all seeds, at the rate with the lowest median training loss."""
    return record.accuracies[kind, depth, best_rates(record)[kind, depth]]


def reach(record: Depths, kind: str, other: str, depth: int) -> float:
    """The largest rate that three quarters of the seeds can use, over that of another kind."""
    enough = MOST * len(record.seeds)
    one, two = (
        max(r for r, n in zip(record.rates, counted(record, k, depth), strict=True) if n >= enough)
        for k in (kind, other)
    )
    return one / two


def loss_by_rate(record: Depths, depth: int) -> Captioned:
    """Training loss by learning rate for each kind of network."""
    figure, ax = canvas(height=4.2)
    ends, best = [], best_rates(record)
    for kind in KINDS:
        seen, look = np.array([record.losses[kind, depth, r] for r in record.rates]), LINES[kind]
        middle = np.median(seen, axis=1)
        ax.loglog(record.rates, middle, **look)
        _middle_half(ax, record.rates, seen, look["color"])
        ends.append((kind, record.rates[-1], min(middle[-1], 4.0), look["color"]))
    label_ends(ax, ends, column=True)
    ax.set_ylim(0.02, 5)
    name_axes(ax, "learning rate η", "training loss")
    told = "; ".join(
        f"{kind} {np.median(record.losses[kind, depth, best[kind, depth]]):.2g} at η = "
        f"{best[kind, depth]}"
        for kind in KINDS
    )
    below = (
        f"Training loss with {depth} hidden layers by learning rate: median and middle half of "
        f"{len(record.seeds)} seeds."
    )
    return Captioned(figure, f"{below} Lowest medians: {told}.", below)


def accuracy_by_depth(record: Depths) -> Captioned:
    """Test accuracy by depth, each kind at the rate that suits it."""
    depths, best = sorted({depth for _, depth, _ in record.losses}), best_rates(record)
    figure, ax = canvas(height=4.2)
    ends, said = [], []
    for kind in KINDS:
        seen = np.array([record.accuracies[kind, d, best[kind, d]] for d in depths])
        look, middle = LINES[kind], np.median(seen, axis=1)
        ax.plot(depths, middle, **look)
        _middle_half(ax, depths, seen, look["color"])
        ends.append((kind, depths[-1], middle[-1], look["color"]))
        said.append(f"{kind} {middle[-1]:.0f} % at η = {best[kind, depths[-1]]}")
    label_ends(ax, ends)
    ax.set_xticks(depths)
    ax.set_ylim(0, 100)
    name_axes(ax, "hidden layers", "test accuracy, %")
    top = max(record.accuracies["batch norm", depths[-1], r].max() for r in record.rates)
    runs = len(record.seeds) * len(record.rates)
    below = (
        "Test accuracy by depth, each kind at the learning rate with its lowest training loss: "
        f"median and middle half of {len(record.seeds)} seeds."
    )
    caption = (
        f"{below} With {depths[-1]} hidden layers: {'; '.join(said)}. Batch norm alone: the most "
        f"accurate of its {runs} runs reaches {top:.0f} %."
    )
    return Captioned(figure, caption, below)


def _middle_half(ax: Axes, across: Sequence[float], seen: np.ndarray, color: str) -> None:
    """The middle half of the seeds as a band; one row for each place."""
    ax.fill_between(across, *np.quantile(seen, (0.25, 0.75), axis=1), color=color, alpha=0.13,
                    linewidth=0)  # fmt: skip


def gradients_by_layer(lengths: Mapping[str, Any], seeds: int) -> Captioned:
    """Length of the gradient of each block at the first weights, from the first to the last."""
    figure, ax = canvas(height=3.9)
    ends, said = [], []
    for kind, values in lengths.items():
        look, blocks = LINES[kind], range(1, len(values) + 1)
        ax.semilogy(blocks, values, **{**look, "marker": ""})
        ends.append((kind, blocks[-1], values[-1], look["color"]))
        said.append(f"{kind} {values[0] / values[-1]:.2g}")
    label_ends(ax, ends)
    name_axes(ax, "block, first to last", "length of its gradient")
    caption = (
        f"Length of the gradient, block by block, at the first weights; medians of {seeds} seeds. "
        f"First over last: {', '.join(said)}."
    )
    return Captioned(figure, caption)


def slices(planes: Mapping[str, Any], at: Sequence[float], words: str) -> Captioned:
    """Slices through landscapes, and where the loss is 0.5 above that of the middle.

    Args:
        planes: by kind, the losses on a square grid.
        at: the places of the grid along each of its axes.
        words: which networks these are.
    """
    figure, panels = canvas(columns=len(planes), width=11.5, height=3.4)
    bands = [0, *LEVELS, np.inf]
    colors = [shade_of(len(LEVELS) - k, len(LEVELS) + 1) for k in range(len(LEVELS) + 1)]
    said, half = [], len(at) // 2
    for ax, (kind, values) in zip(panels, planes.items(), strict=True):
        bounded = np.clip(np.asarray(values), LEVELS[0] / 2, 2 * LEVELS[-1])
        edges = [LEVELS[0] / 2.1, *bands[1:-1], LEVELS[-1] * 2.1]
        ax.contourf(at, at, np.log10(bounded), np.log10(edges), colors=colors)
        middle = bounded[half, half]
        ax.contour(at, at, bounded, [middle + 0.5], colors=[INK], linewidths=2)
        ax.set(aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        name_axes(ax, "", "", f"{kind}: {middle:.1g}")
        # Of batch norm alone rounding decides at this depth, so no number of it is told.
        said += [f"{kind} {middle:.1g}"] * (kind != "batch norm")
    below = (
        f"{words}; stronger colour is lower loss. Beside each name the loss in the middle; on "
        "the line it is 0.5 higher."
    )
    return Captioned(figure, f"{below} In the middle: {', '.join(said)}.", below)
