"""The figures of lesson 11, flat, sharp and the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import theory
from ..networks import Comparison, Followed, difference, ratio
from ..optimizers import GRADIENT_DESCENT, Rule
from ..svg.palette import MUTED, SURFACES
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_level
from .style import LINES, canvas, label_end, name_axes, tints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Above a limit, as in the explorer
_HOT = SURFACES["hot"][0]
DOTS = 0, (1, 2)
_TICKS = 0.2, 0.3, 0.5, 0.7, 1, 5, 7, 10, 14

# What intervals say of the registered comparison: of Adam's sharpness over momentum's, and of
# momentum's test accuracy less Adam's.
SHARPER = "Adam ends flatter", "no detectable difference", "Adam ends sharper"
READS = (
    "momentum classifies fewer correctly",
    "no detectable difference",
    "momentum classifies more correctly",
)


def before_the_limit(runs: Followed, lr: float) -> Captioned:
    """The first copy of some runs until its sharpness is about to pass the limit.

    Left the sharpness under the limit, which is drawn further than the run; right the loss.
    """
    limit, sharp = float(theory.descent_limit(lr)), runs.sharpness[:, 0]
    stop = int(np.argmax(sharp > limit))
    last = int(runs.at[stop - 1])
    losses = runs.losses[: last + 1, 0]
    figure, (left, right) = canvas(columns=2, width=10.0, height=4.2)
    look = LINES[GRADIENT_DESCENT]["color"]
    left.plot(runs.at[:stop], sharp[:stop], color=look, linewidth=3)
    left.plot(last, sharp[stop - 1], "o", color=look, markersize=10)
    _zone(left, limit, 2 * limit)
    left.text(2.1 * last, 1.5 * limit, "?", color=_HOT, fontsize=40, ha="center", va="center")
    left.set(xlim=(0, 3 * last), ylim=(0, 2 * limit), yticks=np.linspace(0, 2 * limit, 5))
    label_end(left, 0, limit, f"2/η = {limit:g}", _HOT, xytext=(6, 10))
    right.plot(losses, color=look, linewidth=3)
    right.plot(last, losses[-1], "o", color=look, markersize=10)
    # What comes then is asked of both.
    right.axvspan(last, 3 * last, color=MUTED, alpha=0.08, linewidth=0)
    right.text(
        2.1 * last, losses.max() / 2, "?", color=MUTED, fontsize=40, ha="center", va="center"
    )
    right.set(xlim=(0, 3 * last), ylim=(0, None))
    name_axes(left, "step", "sharpness, the largest curvature")
    name_axes(right, "step", "training loss")
    fell = "every step lowers the loss" if (np.diff(losses) < 0).all() else "some steps raise it"
    caption = (
        f"Gradient descent on a network 1-8-8-1, η = {lr}, all points at every step: in the first "
        f"{last} steps the largest curvature of the loss grows to {sharp[stop - 1]:.2f}, and "
        f"{fell}, from {losses[0]:.3f} to {losses[-1]:.3f}. The limit 2/η is {limit:g}."
    )
    below = (
        f"The first {last} steps with η = {lr}: {fell}, and the sharpness comes up to "
        f"{sharp[stop - 1]:.1f}."
    )
    return Captioned(figure, caption, below)


def each_at_its_limit(
    climb: Followed, rates: Sequence[float], more: Followed, lr: float
) -> Captioned:
    """The sharpness against ηt at several learning rates, each with its limit.

    Args:
        climb: a copy for each learning rate, from the same first weights.
        rates: the learning rates, growing.
        more: copies with other first weights, for the caption alone.
        lr: their learning rate.
    """
    figure, ax = canvas(width=10.0, height=6.4)
    ends, far, high = [], 160.0, 40.0
    looks = tints("gradient descent", len(rates))
    for rate, sharp, look in zip(rates, climb.sharpness.T, looks, strict=True):
        limit, time = float(theory.descent_limit(rate)), climb.at * rate
        seen = time <= far
        ax.plot([0, far], [limit, limit], color=look["color"], linestyle=DOTS, linewidth=1.6)
        k = int(np.argmax(sharp > limit))
        meets = np.interp(limit, sharp[k - 1 : k + 1], time[k - 1 : k + 1])
        # Finer than measured, so that a run changes its colour at the limit.
        fine = np.linspace(0, time[seen][-1], 2000)
        course = np.interp(fine, time, sharp)
        beyond = course > limit
        ax.fill_between(fine, limit, course, where=beyond, color=_HOT, alpha=0.22, linewidth=0)
        # The runs climb one curve: the smaller the learning rate, the farther, and on top.
        ax.plot(fine, course, color=look["color"], linewidth=2.6, zorder=4 - rate)
        ax.plot(fine, np.where(beyond & (fine > meets), course, np.nan), color=_HOT, linewidth=2.6,
                zorder=4.5 - rate)  # fmt: skip
        ax.plot(meets, limit, "o", color=_HOT, markersize=11, markeredgecolor="white", zorder=5)
        ends.append((f"2/{rate} = {limit:.3g}", far, limit, LINES["gradient descent"]["color"]))
    label_ends(ax, ends)
    ax.set(xlim=(0, far), ylim=(0, high))
    name_axes(ax, "ηt, the learning rate times the step", "sharpness, the largest curvature")
    tail = slice(-50, None)
    shares = climb.sharpness[tail].mean(axis=0) * np.array(rates) / 2
    others = more.sharpness[tail].mean(axis=0) * lr / 2
    rises = (np.diff(more.losses, axis=0) > 0).sum(axis=0)
    caption = (
        f"Gradient descent from the same first weights at {len(rates)} learning rates; a "
        "dot where the sharpness passes the limit 2/η, dotted; filled while it is above. Mean of "
        "the last 500 of 2000 "
        "steps, over the limit: "
        + ", ".join(f"{share:.2f} at η = {r}" for r, share in zip(rates, shares, strict=True))
        + f". With η = {lr} and {rises.size} different first weights it is {others.min():.2f} to "
        f"{others.max():.2f}, and {rises.min()} to {rises.max()} of the 2000 steps raise the loss."
    )
    below = (
        f"A dot: where a run passes its limit 2/η; filled: above it. With η = {lr}, from "
        f"{rises.size} different first weights, {rises.min()} to {rises.max()} of 2000 steps raise "
        "the loss."
    )
    return Captioned(figure, caption, below)


def at_the_goal(
    ends: Mapping[tuple[str, str, float], Any],
    chosen: Mapping[tuple[str, str], float],
    outcomes: Mapping[str, tuple[Comparison, Comparison]],
) -> Captioned:
    """Sharpness and test accuracy of every learning rate of two rules, a panel a task.

    Args:
        ends: by task, rule and learning rate, sharpness, validation and test accuracy of the
            seeds, shape (3, seeds); learning rates with a NaN are left out.
        chosen: the tuned learning rate, by task and rule.
        outcomes: by task, the comparisons of sharpness and of accuracy.
    """
    figure, panels = canvas(columns=2, width=10.5, height=4.8)
    said, short, within = [], [], []
    for ax, task in zip(panels, outcomes, strict=True):
        for rule in dict.fromkeys(name for _, name, _ in ends):
            look = LINES[rule]
            came = {
                rate: values for (of, name, rate), values in ends.items()
                if (of, name) == (task, rule) and np.isfinite(values).all()
            }  # fmt: skip
            places = {r: (_middle(v[0]), v[2].mean()) for r, v in came.items()}
            ax.plot(*zip(*places.values(), strict=True), **{**look, "linewidth": 1.2},
                    markersize=7, markerfacecolor="white")  # fmt: skip
            best = chosen[task, rule]
            x, y = places[best]
            spread = ratio(came[best][0], np.full(came[best].shape[1], x))
            half = difference(came[best][2], np.full(came[best].shape[1], y)).high
            ax.errorbar(
                x, y, half, [[x - x * spread.low], [x * spread.high - x]], fmt=look["marker"],
                color=look["color"], markersize=13, capsize=5, linewidth=2.4,
            )  # fmt: skip
            # Below, unless other settings of the rule stand there.
            near = [low for r, (at, low) in places.items()
                    if r != best and abs(np.log(at / x)) < 0.3 and low < y]  # fmt: skip
            up = 1 if rule == "momentum" or near else -1
            label_end(ax, x, y + up * half, f"{rule}, η = {best}", look["color"],
                      xytext=(0, 12 * up), ha="center")  # fmt: skip
            flattest, *_, sharpest = sorted(x for x, _ in places.values())
            # At the largest learning rates the last bits decide how large a large ratio is.
            times = f"{sharpest / flattest:.1f}" if sharpest < 2 * flattest else "over 2"
            within.append(f"{rule} {times} times in task {task}")
        ax.set_xscale("log")
        ax.minorticks_off()
        ticks = [t for t in _TICKS if ax.get_xlim()[0] < t < ax.get_xlim()[1]]
        ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
        ax.margins(x=0.25, y=0.15)
        name_axes(ax, "sharpness at the goal", "test accuracy, %", f"task {task}")
        sharper, reads = outcomes[task]
        said.append(
            f"task {task}: {sharper.says(*SHARPER)}, {sharper}; {reads.says(*READS)}, "
            f"{reads} points"
        )
        short.append(f"task {task}: {sharper.says(*SHARPER)}, {sharper}")
    count = next(iter(ends.values())).shape[1]
    caption = (
        f"Means of {count} seeds at each learning rate with which all arrive; large: the tuned one "
        f"with its 95 % intervals. Tuned, {'; '.join(said)}. Within one rule the sharpest learning "
        f"rate over the flattest: {', '.join(within)}."
    )
    below = f"Tuned, with {count} seeds and 95 % intervals: {'; '.join(short)}."
    return Captioned(figure, caption, below)


def whole_plans(
    record: Mapping[str, Any],
    chosen: Mapping[tuple[str, str], float],
    outcomes: Mapping[str, tuple[Comparison, Comparison]],
) -> Captioned:
    """Adam's sharpness over momentum's, each plan with fresh seeds and tuned anew.

    Args:
        record: of `python -m tools.flat_or_sharp`.
        chosen, outcomes: the lesson's own plan, as for `at_the_goal`.
    """
    figure, panels = canvas(columns=2, width=10.5, height=4.6)
    said = []
    for ax, (task, (own, accuracy)) in zip(panels, outcomes.items(), strict=True):
        plans = [plan for plan in record["plans"] if plan["task"] == task]
        rows = [((0, own.pairs - 1), {n: r for (t, n), r in chosen.items() if t == task},
                 (own.effect, own.low, own.high))]  # fmt: skip
        rows += [
            (plan["seeds"], plan["tuned"], plan["sharpness, Adam over momentum"]) for plan in plans
        ]
        words = [Comparison(*row, 1, own.pairs).says(*SHARPER) for *_, row in rows]
        reads = [accuracy.says(*READS), *(plan["reads"] for plan in plans)]
        for place, (_, _, (effect, low, high)) in enumerate(rows):
            rule = "Adam" if low > 1 else "momentum" if high < 1 else None
            color = LINES[rule]["color"] if rule else MUTED
            marker = LINES[rule]["marker"] if rule else "o"
            ax.errorbar(effect, -place, xerr=[[effect - low], [high - effect]], fmt=marker,
                        color=color, markersize=9, capsize=4, linewidth=2.4)  # fmt: skip
        ax.axvline(1, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
        ax.set_xscale("log")
        ax.minorticks_off()
        ax.set_xticks([0.25, 0.5, 1, 2, 4], ["¼", "½", "1", "2", "4"])
        ax.set_xlim(0.2, 5)
        ax.set_yticks(
            [-k for k in range(len(rows))],
            [
                f"{seeds[0]}–{seeds[1]}: {tuned['momentum']}, {tuned['Adam']}"
                for seeds, tuned, _ in rows
            ],
        )
        name_axes(ax, "sharpness, Adam over momentum", "seeds: tuned η of each rule"
                  if task == "I" else "", f"task {task}")  # fmt: skip
        effects = [row[0] for *_, row in rows]
        said.append(
            (
                f"task {task}: {_counted(SHARPER, words)}",
                f", {min(effects):.2f} to {max(effects):.2f} times; {_counted(READS, reads)}",
            )
        )
    caption = (
        f"Sharpness of tuned Adam over that of tuned momentum, with 95 % intervals, {len(rows)} "
        "plans a task: the lesson's own, and fresh seeds tuned anew; "
        + "; ".join(counts + more for counts, more in said)
        + "."
    )
    below = f"Of {len(rows)} whole plans, {'; '.join(counts for counts, _ in said)}."
    return Captioned(figure, caption, below)


def braking(lr: float, steps: int = 3000, shown: int = 1200) -> Captioned:
    """Gradient descent on w2 w1^2 / 2 - w2: the curvature w2 about its limit, and w1 under it."""
    limit = float(theory.descent_limit(lr))
    place, path = np.array([1.0, 0.99 * limit]), []
    for _ in range(steps):
        path.append(place)
        place = place - lr * np.array([place[1] * place[0], place[0] ** 2 / 2 - 1])
    across, along = np.array(path).T
    figure, (above, under) = canvas(rows=2, width=9.0, height=5.2)
    strong = np.where(along > limit, along, np.nan)
    above.plot(along[:shown], **_line("w2"))
    above.plot(strong[:shown], color=_HOT, linewidth=2.6)
    draw_level(above, limit, "2/η")
    # The zig-zag itself would be a blot: its even steps and its odd ones are smooth.
    for first in (0, 1):
        under.plot(np.arange(first, shown, 2), across[first:shown:2], **_line("w1"))
    label_end(under, 0.45 * shown, 4, "even steps", _line("w1")["color"], xytext=(20, 0))
    label_end(under, 0.45 * shown, -4, "odd steps", _line("w1")["color"], xytext=(20, 0))
    name_axes(above, "", "curvature w2")
    name_axes(under, "step", "w1")
    caption = (
        f"The model with η = {lr} from w1 = 1, w2 = {0.99 * limit:g}: over {steps} steps the "
        f"curvature stays between {along.min():.1f} and {along.max():.1f}, with a mean of "
        f"{along.mean():.0f}, and w1² is {np.mean(across[1000:] ** 2):.1f} on average after step "
        f"1000. The limit is {limit:g}; what is above it is drawn bold."
    )
    below = (
        f"Bold: the curvature above its limit. It goes up and down between {along.min():.1f} and "
        f"{along.max():.1f}."
    )
    return Captioned(figure, caption, below)


def shares_of_limits(shares: Mapping[str, Any], steps: Sequence[int]) -> Captioned:
    """Sharpness over its derived limit by step, a line a seed."""
    figure, ax = canvas(height=4.4)
    for name, rows in shares.items():
        look = {**LINES[name], "marker": "", "linewidth": 1.8}
        for seed, row in enumerate(rows):
            ax.semilogy(steps, row, **look, label=name if seed == 0 else "_")
    ax.axhline(1, color=MUTED, linestyle=DOTS, linewidth=1.6, label="the derived limit")
    ax.legend(loc="upper right", frameon=False)
    ax.minorticks_off()
    ax.set_yticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
    ax.set_ylim(0.45, None)
    name_axes(ax, "step", "sharpness / limit")
    close = {
        name: 10 * int(np.ceil(10 * np.abs(rows[:, -4:].mean(axis=1) - 1).max()))
        for name, rows in shares.items()
    }
    seeds = len(next(iter(shares.values())))
    caption = (
        f"Sharpness over its derived limit on digits, {seeds} seeds a rule. The mean of the last "
        "four measurements lies, in all seeds, within "
        + ", ".join(f"{percent} per cent ({name})" for name, percent in close.items())
        + " of the limit."
    )
    return Captioned(figure, caption)


def ends_by_batch(ends: Mapping[int, Any], limit: float) -> Captioned:
    """Sharpness at the end by the size of a mini-batch: a dot a seed, and the mean as a line."""
    figure, ax = canvas(width=7.0, height=3.8)
    looks = tints("gradient descent", len(ends))[::-1]
    for place, (values, look) in enumerate(zip(ends.values(), looks, strict=True)):
        across = place + np.linspace(-0.2, 0.2, len(values))
        ax.plot(across, values, "o", color=look["color"], markersize=5)
        ax.plot([place - 0.28, place + 0.28], 2 * [np.mean(values)], color=look["color"])
        label_end(ax, place + 0.3, float(np.mean(values)), f"{np.mean(values):.1f}", look["color"],
                  xytext=(6, -9))  # fmt: skip
    draw_level(ax, limit, "")
    label_end(ax, -0.45, limit, "2/η", MUTED, xytext=(0, 10))
    ax.set_xticks(range(len(ends)), [str(size) for size in ends])
    ax.set(ylim=(0, 1.2 * limit), xlim=(-0.5, len(ends) - 0.3))
    name_axes(ax, "points in a mini-batch", "sharpness at the end")
    seeds = len(next(iter(ends.values())))
    caption = f"Sharpness over the last 500 of 2000 steps, a dot for each of {seeds} seeds: " + (
        ", ".join(f"batch {size}: mean {np.mean(values):.1f}" for size, values in ends.items())
    )
    below = f"Sharpness over the last 500 of 2000 steps, a dot for each of {seeds} seeds."
    return Captioned(figure, caption + ".", below)


def spread_and_width(
    rules: Sequence[Rule], spreads: Sequence[float], left: Sequence[float], runs: int
) -> Captioned:
    """How many runs leave a sharp well, by how far their noise spreads them.

    Args:
        rules: of each setting.
        spreads: in a well without a way out, over the width from the bottom to the barrier.
        left: per cent of the runs that end in the flat well.
        runs: how many there are of each setting.
    """
    figure, ax = canvas(height=3.6)
    spreads, left = np.asarray(spreads), np.asarray(left)
    for rule in dict.fromkeys(rules):
        own, look = [k for k, one in enumerate(rules) if one is rule], LINES[rule]
        ax.plot(spreads[own], left[own], look["marker"], color=look["color"], markersize=9,
                label=rule.name)  # fmt: skip
    ax.legend(loc="lower right", frameon=False)
    name_axes(ax, "spread in a closed sharp well / width to the barrier", "end in the flat well, %")
    few, many = left[spreads < 0.25].max(), left[spreads > 0.35].min()
    half = 196 * np.sqrt(0.25 / runs)
    caption = (
        f"{len(rules)} settings of four rules, {runs} runs each (95 % interval at most "
        f"± {half:.1f} points). Where the spread is below a quarter of the width, at most "
        f"{few:.0f} % leave; "
        f"where it is above 0.35 of it, at least {many:.0f} %, whichever the rule."
    )
    below = (
        f"Spread below a quarter of the width: at most {few:.0f} % leave. Above 0.35 of it: at "
        f"least {many:.0f} %, whichever the rule."
    )
    return Captioned(figure, caption, below)


def _counted(words: Sequence[str], said: Sequence[str]) -> str:
    """How many times each word was said."""
    return ", ".join(f"{word} in {said.count(word)}" for word in words if word in said)


def _line(word: str) -> dict[str, Any]:
    return {"color": LINES[word]["color"], "linewidth": 2.0}


def _middle(values: np.ndarray) -> float:
    """The geometric mean, of numbers that are compared as ratios."""
    return float(np.exp(np.log(values).mean()))


def _zone(ax: Axes, low: float, high: float) -> None:
    """Where a quadratic throws gradient descent out."""
    ax.axhspan(low, high, color=_HOT, alpha=0.12, linewidth=0)
    ax.axhline(low, color=_HOT, linestyle=(0, (4, 2)), linewidth=2)
