"""The figures of lesson 10, when Adam fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import theory
from ..optimizers import ADAM, AMSGRAD, GRADIENT_DESCENT
from ..svg.palette import INK, MUTED, SURFACES
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_level
from .style import LINES, beside, canvas, label_end, name_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ADAMS, PLAIN = LINES[ADAM]["color"], LINES[GRADIENT_DESCENT]["color"]
# Below this a distance in double precision is drawn as if it were this.
TINY = 1e-305


def three_losses(walk: Sequence[float], shown: int = 120) -> Captioned:
    """The losses 3x, −x, −x with their mean, and the way of gradient descent on them.

    Args:
        walk: the places of gradient descent.
        shown: how many steps of it are drawn.
    """
    figure, (left, right) = canvas(columns=2, width=9.6, height=3.9)
    x = np.array([-1.0, 1.0])
    for slope, words, dash in ((3, "3x", "-"), (-1, "−x, twice", (0, (5, 2)))):
        left.plot(x, slope * x, color=MUTED, linestyle=dash, linewidth=1.6)
        label_end(left, 1, slope, words, MUTED)
    left.plot(x, x / 3, color=INK, linewidth=3)
    label_end(left, 1, 1 / 3, "mean", INK)
    left.plot(-1, -1 / 3, "+", color=INK, markersize=14, markeredgewidth=2.4)
    label_end(left, -1, -1 / 3, "lowest", INK, xytext=(10, -14))
    name_axes(left, "x", "loss")
    _line(right, {"gradient descent": walk}, shown)
    best = f"gradient descent is at {_signed(walk[shown], 2)} after {shown} steps"
    caption = (
        "Three losses on −1 ≤ x ≤ 1, shown one after the other, and their mean, which is lowest at "
        f"x = −1. From x = 0, with a learning rate that falls like 1/√t, {best}."
    )
    below = "The three losses and their mean; gradient descent on them, one loss at each step."
    return Captioned(figure, caption, below)


def failing_walks(ways: Mapping[str, Sequence[float]], shown: int) -> Captioned:
    """The first steps of each rule on slopes 3, −1, −1, between the best point and the worst."""
    figure, ax = canvas(width=8.0, height=3.7)
    _line(ax, ways, shown)
    last = len(next(iter(ways.values()))) - 1
    at = ", ".join(f"{name} at {_signed(way[-1], 3)}" for name, way in ways.items())
    caption = f"The slopes 3, −1, −1, the first {shown} steps. After {last}: {at}."
    return Captioned(figure, caption)


def _line(ax: Axes, ways: Mapping[str, Sequence[float]], shown: int) -> None:
    ends = []
    for name, way in ways.items():
        # Solid: of a walk to and fro, dashes would be seen as gaps.
        ax.plot(
            way[: shown + 1], **{**LINES[name], "marker": "", "linestyle": "-", "linewidth": 1.6}
        )
        # On two lines, for the narrow form's sake
        words = name.replace(" ", "\n")
        ends.append((words, shown, way[shown], LINES[name]["color"]))
    for y, words, up in ((1, "worst", 10), (-1, "best", -10)):
        draw_level(ax, y, "")
        label_end(ax, 0, y, words, MUTED, xytext=(2, up))
    label_ends(ax, ends)
    ax.set_ylim(-1.35, 1.35)
    name_axes(ax, "step", "x")


def steps_of_a_period(large: float, period: int, beta2s: Sequence[float]) -> Captioned:
    """The steps of Adam with β1 = 0 in the long run, one bar a slope, and what they add up to.

    Args:
        large, period: the slopes are ``large`` and then −1 as often as makes a period.
        beta2s: a panel for each.
    """
    figure, panels = canvas(columns=len(beta2s), width=10, height=3.6)
    slopes = np.where(np.arange(period) == 0, large, -1.0)
    names = [f"{slope:g}".replace("-", "−") for slope in slopes] + ["sum"]
    colors = [ADAMS] * period + [INK]
    said = []
    for ax, beta2 in zip(panels, beta2s, strict=True):
        steps = -slopes / np.sqrt(theory.periodic_memory(large, period, beta2, power=2))
        bars = [*steps, steps.sum()]
        ax.bar(range(period + 1), bars, color=colors, width=0.6)
        total = _signed(bars[-1], 2)
        label_end(ax, period, bars[-1], total, INK, ha="center",
                  xytext=(0, -10 if total[0] == "−" else 10))  # fmt: skip
        ax.axhline(0, color=MUTED, linewidth=1)
        ax.set_xticks(range(period + 1), names)
        ax.set(xlim=(-0.6, period + 0.75), ylim=(-2.0, 1.5))
        name_axes(ax, "slope", "", f"β2 = {beta2:.3g}")
        each = ", ".join(_signed(step, 2) for step in steps)
        said.append(f"β2 = {beta2:.3g}: {each}, in sum {_signed(steps.sum(), 2)}")
    beside(panels, "step, in units of η")
    caption = (
        f"The steps of Adam with β1 = 0 on the slopes {', '.join(names[:-1])} in the long run, in "
        f"units of η. {'; '.join(said)}."
    )
    below = "The steps of one period in the long run, and their sum: above 0 Adam goes to +1."
    return Captioned(figure, caption, below)


def two_perfect_fits(plain: Sequence[float], adam: Sequence[float], positives: int) -> Captioned:
    """The weights that two rules learn of Wilson's data, and their scores of a new negative.

    Args:
        plain: the weights that gradient descent learns, first those of the shared features.
        adam: those of Adam.
        positives: how many samples are positive; they come first, with one own feature each.
    """
    figure, (left, right) = canvas(columns=2, width=9.6, height=4.0)
    kinds = [
        "x1,\nthe\nlabel",
        "x2, x3,\nalways\n1",
        "own,\nof a\npositive",
        "own,\nof a\nnegative",
    ]
    where = [0, 1, 3, 3 + positives]
    said = []
    for k, (name, weights) in enumerate({"gradient descent": plain, "Adam": adam}.items()):
        look = {"color": LINES[name]["color"], "width": 0.36, "hatch": "//" if k else ""}
        four = np.asarray(weights)[where]
        left.bar(np.arange(4) + 0.38 * k - 0.19, four, edgecolor=SURFACES["card"][0], **look)
        score = 2 * four[1] - four[0]
        right.bar(k, score, edgecolor=SURFACES["card"][0], **{**look, "width": 0.5})
        label_end(right, k, score, _signed(score, 2), look["color"], ha="center",
                  xytext=(0, 10 if score > 0 else -10))  # fmt: skip
        label_end(left, (0, 2)[k] - 0.19 + 0.38 * k, four[(0, 2)[k]], name, look["color"],
                  xytext=(-4, 10), ha="left")  # fmt: skip
        each = ", ".join(_signed(w, 3) for w in four)
        said.append(f"{name} {each}, and a new negative scores {_signed(score, 2)}")
    for ax in (left, right):
        ax.axhline(0, color=MUTED, linewidth=1)
    left.set_xticks(range(4), kinds)
    left.set_ylim(-0.42, 1.1)
    right.set_xticks([0, 1], ["gradient\ndescent", "Adam"])
    right.set(xlim=(-0.6, 1.6), ylim=(-1.1, 0.75))
    right.text(0.5, 0.55, "wrong", color=MUTED, ha="center")
    right.text(0.5, -0.6, "right", color=MUTED, ha="center")
    name_axes(left, "feature", "weight")
    name_axes(right, "", "score of a new negative")
    caption = (
        "Weights of x1, of each of x2 and x3, and of the own features of a positive and of a "
        f"negative sample: {'; '.join(said)}."
    )
    below = "Two sets of weights that fit all samples, and the score each gives a new negative."
    return Captioned(figure, caption, below)


def ends_by_memory(tried: Sequence[float], ends: Sequence[float], turn: float) -> Captioned:
    """Where Adam ends by β2, and where the theory says that it turns."""
    figure, ax = canvas(width=7.5, height=3.4)
    ax.plot(tried, ends, **{**LINES[ADAM], "linestyle": ""}, markersize=9)
    draw_level(ax, -1, "")
    draw_level(ax, 1, "")
    for y, words, up in ((1, "worst", -12), (-1, "best", 12)):
        label_end(ax, 0.02, y, words, MUTED, xytext=(0, up))
    ax.axvspan(turn, 1, color=INK, alpha=0.06, linewidth=0)
    ax.axvline(turn, **LINES["predicted"])
    label_end(ax, turn, 0.0, f"predicted turn, {turn:.3f}", INK, xytext=(-8, 0), ha="right")
    ax.set(xlim=(-0.02, 1.01), ylim=(-1.3, 1.3))
    name_axes(ax, "β2", "x at the end")
    kept = sum((end > 0) == (beta2 < turn) for beta2, end in zip(tried, ends, strict=True))
    caption = (
        f"Where Adam ends by β2. Predicted to turn at {turn:.3f}; {kept} of {len(tried)} runs end "
        "on the predicted side."
    )
    return Captioned(figure, caption)


def amsgrad_on_digits(seen: Mapping[tuple[float, str], Any], seeds: int) -> Captioned:
    """Losses of two AMSGrads over Adam's, with intervals.

    Args:
        seen: comparisons by β2 and name of the rule, each rule at its best of the same rates.
        seeds: how many runs each has.
    """
    figure, ax = canvas(width=8.0, height=3.3)
    names = {"AMSGrad": "PyTorch's", "AMSGrad of the corrected": "optax's"}
    color = LINES[AMSGRAD]["color"]
    for row, ((_, name), one) in enumerate(seen.items()):
        reach = [[one.effect - one.low], [one.high - one.effect]]
        face = color if name == "AMSGrad" else SURFACES["card"][0]
        ax.errorbar(one.effect, -row, xerr=reach, fmt=LINES[AMSGRAD]["marker"], color=color,
                    markerfacecolor=face, capsize=5, markersize=9, linewidth=2)  # fmt: skip
    rows = [f"{names[name]}, β2 = {beta2}" for beta2, name in seen]
    ax.set_yticks(-np.arange(len(rows)), rows)
    ax.axvline(1, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    ax.set(xscale="log", xlim=(0.4, 2.5), ylim=(0.6 - len(rows), 0.8))
    ax.minorticks_off()
    ax.set_xticks([0.5, 1, 2], ["0.5", "1, as Adam", "2"])
    name_axes(ax, "loss / Adam's loss", "")
    told = "; ".join(f"{names[name]} at β2 = {beta2}: {one}" for (beta2, name), one in seen.items())
    caption = (
        "AMSGrad's training loss on digits over Adam's, each rule at its best rate, with 95 % "
        f"intervals over {seeds} seeds. {told}."
    )
    return Captioned(
        figure,
        caption,
        "Training loss of two AMSGrads over Adam's, with 95 % intervals over seeds.",
    )


def late_burst(
    path: Sequence[float], felt: Sequence[float], limit: float, foreseen: int, lr: float
) -> Captioned:
    """The distances of Adam from the minimum of x²/2, and η/√s beside its limit.

    Args:
        path: x after 0, 1, ... steps.
        felt: η/√s, corrected, at steps 1, 2, ...
        limit: what η/√s may be on this loss.
        foreseen: the step at which it is predicted to pass the limit.
        lr: η.
    """
    path, felt = np.asarray(path), np.asarray(felt)
    figure, (left, right) = canvas(columns=2, height=3.8)
    left.semilogy(np.maximum(np.abs(path), TINY), color=ADAMS, linewidth=1.3)
    right.semilogy(np.arange(1, felt.size + 1), felt, color=ADAMS)
    draw_level(right, limit, "")
    label_end(right, 0, limit, f"limit {limit:g}", MUTED, xytext=(4, 8))
    for ax, up in ((left, "|x|"), (right, "η/√s")):
        ax.axvline(foreseen, **LINES["predicted"])
        ax.set_xticks([0, 5000, 10_000, 15_000])
        name_axes(ax, "step", up)
    label_end(left, foreseen, 1e-150, "predicted", INK, xytext=(-6, 0), ha="right")
    left.set_yticks([1e-300, 1e-200, 1e-100, 1])
    met = int(np.flatnonzero(felt > limit)[0]) + 1
    # The last digits of tiny numbers differ between processors: whole hundreds of powers do not
    low = int(-np.log10(np.abs(path[2000:foreseen]).min())) // 100
    back = "above" if np.abs(path[foreseen:]).max() > 1e-3 else "to less than"
    caption = (
        f"Adam on x²/2, η = {lr}, ε = 0. The limit is predicted to be passed at step {foreseen} "
        f"and is passed at step {met}. By then |x| is below 1e-{low}00, and afterwards it comes "
        f"back {back} 1e-3."
    )
    below = f"The limit is predicted to be passed at step {foreseen}; the run passes it at {met}."
    return Captioned(figure, caption, below)


def _signed(number: float, digits: int) -> str:
    """A number with its sign, but for one that rounds to 0."""
    words = f"{number:+.{digits}f}"
    return words[1:] if not words.strip("+-0.") else words.replace("-", "−")
