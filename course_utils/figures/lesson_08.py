"""The figures of lesson 08, the axes matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import theory
from ..networks.comparison import Comparison
from ..optimizers import CUBIC, QUINTIC
from ..svg.palette import INK, MUTED
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_level, draw_rates
from .style import LINES, beside, canvas, label_end, name_axes

# What `steps_by_angle` draws as dots on the law's line
SCALES = "fixed scales"
ANGLES = 0, 10, 22.5, 45


def what_is_left(kappas: tuple[int, int]) -> Captioned:
    """The share of kappa that the best scaling of two weights leaves, by angle.

    Args:
        kappas: two condition numbers, the smaller one first.
    """
    angles = np.linspace(0, 45, 181)
    figure, ax = canvas(height=3.9)
    color, told = LINES["AdaGrad"]["color"], []
    for kappa, dash in zip(kappas, ((0, (4, 2)), "-"), strict=True):
        share = theory.best_scaled_kappa(kappa, np.radians(angles)) / kappa
        ax.plot(angles, share, color=color, linestyle=dash)
        left = ", ".join(
            f"{theory.best_scaled_kappa(kappa, np.radians(d)):.1f} at {d:g}°"
            for d in (5, 10, 22.5, 45)
        )
        told.append(f"of κ = {kappa} it leaves {left}")
    ax.plot(angles, np.sin(2 * np.radians(angles)) ** 2, **{**LINES["predicted"], "marker": ""})
    small, large = kappas
    share = theory.best_scaled_kappa(small, np.radians(15)) / small
    label_end(ax, 15, share, f"κ = {small}", color, ha="right", xytext=(-6, 6))
    words = f"κ = {large},\ndots sin² 2θ"
    label_end(ax, 29, np.sin(2 * np.radians(29)) ** 2, words, color, xytext=(10, -14))
    ax.plot([22.5, 22.5, 0], [0, 0.5, 0.5], color=MUTED, linewidth=0.9)
    ax.set(xlim=(0, 46), ylim=(0, 1.05))
    ax.set_xticks(ANGLES, [f"{a:g}" for a in ANGLES])
    name_axes(ax, "angle θ in degrees", "K / κ, the share that is left")
    caption = (
        "What the best scaling of two weights leaves of κ, by the angle of the ravine, and "
        f"sin² 2θ: {'; '.join(told)}."
    )
    below = "The share of κ that the best fixed scales leave; for a large κ it is near sin² 2θ."
    return Captioned(figure, caption, below)


def steps_by_angle(
    counts: Mapping[str, Sequence[Any]], angles: Sequence[float], kappa: float
) -> Captioned:
    """Steps to a thousandth of the loss by the angle of the ravine, a line a rule.

    Args:
        counts: steps by rule, for each angle one a start; those of the best fixed scales are
            called `SCALES`.
        angles: in degrees.
        kappa: the condition number.
    """
    figure, ax = canvas(height=4.6)
    fine = np.linspace(1, 45, 133)
    left = theory.best_scaled_kappa(kappa, np.radians(fine))
    law = theory.steps_for(1e-3, ((left - 1) / (left + 1)) ** 2)
    ax.semilogy(fine, law, **{**LINES["predicted"], "marker": ""})
    ends, told = [], []
    for name, of in counts.items():
        low, steps, high = np.quantile(of, (0.25, 0.5, 0.75), axis=1)
        look = {"color": INK, "linestyle": "", "marker": "o"} if name == SCALES else LINES[name]
        ax.semilogy(angles, steps, **{**look, "markersize": 6})
        ax.fill_between(angles, low, high, color=look["color"], alpha=0.15, linewidth=0)
        ends.append((name, float(angles[-1]), float(steps[-1]), look["color"]))
        listed = ", ".join(f"{s:.0f}" for s in steps)
        told.append(f"{name} {listed}")
    label_ends(ax, ends)
    ax.set_ylim(0.8, 320)
    ax.set_yticks([1, 10, 100], ["1", "10", "100"])
    ax.set_xticks(ANGLES, [f"{a:g}" for a in ANGLES])
    name_axes(ax, "angle θ in degrees", "steps to a thousandth of the loss")
    at = ", ".join(f"{a:g}" for a in angles)
    starts = len(next(iter(counts.values()))[0])
    caption = (
        f"Steps until the loss has fallen a thousandfold for good, κ = {kappa:g}, median of "
        f"{starts} starts that turn along, at {at} degrees: {'; '.join(told)}. Bands hold the "
        "middle half of the starts. The dotted line is the law's prediction for the best fixed "
        "scales."
    )
    below = (
        f"Steps to a thousandth of the loss, median and middle half of {starts} starts; dotted: "
        "what the law predicts for the best fixed scales."
    )
    return Captioned(figure, caption, below)


def losses_after_a_turn(quotients: Mapping[tuple[str, str], Comparison], seeds: int) -> Captioned:
    """Training losses with turned inputs over those with the inputs as they are.

    Args:
        quotients: by data and rule.
        seeds: how many pairs stand behind each.
    """
    tasks = list(dict.fromkeys(task for task, _ in quotients))
    figure, panels = canvas(columns=len(tasks), width=9.6, height=2.9)
    told = []
    for ax, task in zip(panels, tasks, strict=True):
        rules = [rule for of, rule in quotients if of == task]
        ax.axvline(1, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
        for y, rule in enumerate(reversed(rules)):
            c, look = quotients[task, rule], LINES[rule]
            ax.errorbar(c.effect, y, xerr=[[c.effect - c.low], [c.high - c.effect]],
                        fmt=look["marker"], color=look["color"], capsize=5, markersize=8,
                        linewidth=2)  # fmt: skip
        ax.set_xscale("log")
        ax.minorticks_off()
        ax.set(xlim=(0.6, 1.9), ylim=(-0.6, len(rules) - 0.4))
        ax.set_xticks([0.7, 1, 1.5], ["0.7", "1", "1.5"])
        ax.set_yticks(range(len(rules)), reversed(rules))
        for words, rule in zip(ax.get_yticklabels(), reversed(rules), strict=True):
            words.set(color=LINES[rule]["color"], fontweight="bold")
        name_axes(ax, "loss after a turn / loss before", "", task)
        listed = ", ".join(f"{rule} {quotients[task, rule]}" for rule in rules)
        told.append(f"{task}: {listed}")
    caption = (
        "Training loss with randomly turned inputs over the loss with the inputs as they are, each "
        f"rule tuned for both, mean of {seeds} fresh seeds with 95 % interval. {'; '.join(told)}."
    )
    below = f"Right of 1 the turn does harm; mean of {seeds} fresh seeds with 95 % interval."
    return Captioned(figure, caption, below)


def polynomials() -> Captioned:
    """Singular values through one to five odd polynomials, the cubic one and that of Muon."""
    line = np.linspace(0, 1, 801)
    figure, panels = canvas(columns=2, height=4.0)
    names = {"cubic: 3/2, −1/2": CUBIC, "Muon: 3.4445, −4.775, 2.0315": QUINTIC}
    for ax, (name, k) in zip(panels, names.items(), strict=True):
        values = line.copy()
        for n in range(1, 6):
            values = k[0] * values + k[1] * values**3 + k[2] * values**5
            ax.plot(line, values, color=LINES["Muon"]["color"], linewidth=0.8 + 0.5 * n,
                    alpha=0.65 + 0.07 * n)  # fmt: skip
        draw_level(ax, 1, "")
        ax.set_ylim(0, 1.3)
        name_axes(ax, "singular value before", "after 1 to 5 steps", name)
    held = values[line >= 0.01]
    caption = (
        "Singular values through one to five polynomials (thin to thick). At zero five steps "
        f"multiply by {CUBIC[0] ** 5:.1f} and by {QUINTIC[0] ** 5:.0f}. The coefficients of the "
        f"second add up to {sum(QUINTIC):.3f}, so 1 is no fixed point of it; five steps leave "
        f"every value from 0.01 to 1 between {held.min():.2f} and {held.max():.2f}."
    )
    below = (
        "Singular values through one to five polynomials (thin to thick). The second leaves every "
        f"value from 0.01 to 1 between {held.min():.2f} and {held.max():.2f}."
    )
    return Captioned(figure, caption, below)


def losses_by_rate(
    trials: Mapping[str, Mapping[str, Mapping[float, Any]]], chosen: Mapping[str, str]
) -> Captioned:
    """Training losses by learning rate, a panel a schedule, named where each curve ends.

    Args:
        trials: by schedule and rule, for each rate one loss a seed.
        chosen: by schedule the best rates, in words.
    """
    figure, panels = canvas(columns=2, width=11.5, height=4.8)
    low, high = 3e-3, 30.0
    for ax, (how, rules) in zip(panels, trials.items(), strict=True):
        ends = []
        for name, of in rules.items():
            draw_rates(ax, of, "", name, at=next(iter(of)))
            inside = [rate for rate, losses in of.items() if np.median(losses) < high]
            color = LINES[name]["color"]
            ends.append((name, inside[-1], float(np.median(of[inside[-1]])), color))
        label_ends(ax, ends, column=True)
        ax.set_ylim(low, high)
        name_axes(ax, "learning rate, in each rule's own unit", "", how)
    beside(panels, "training loss")
    runs = next(iter(next(iter(trials.values())).values()))
    seeds = len(next(iter(runs.values())))
    below = (
        f"Training loss on the digits by learning rate: a dot for each of {seeds} seeds, a line "
        "through the medians."
    )
    told = "; ".join(f"{how}: {words}" for how, words in chosen.items())
    return Captioned(figure, f"{below} Best learning rates, {told}.", below)
