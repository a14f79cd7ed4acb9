"""The figures of lesson 14, Read your own run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import theory
from ..networks.diagnosis import FAULTS, HEALTHY, KNOBS, SEEDS, Curves, diagnose, measured, stored
from ..svg.palette import INK, MUTED
from .drawn import Captioned
from .style import LINES, beside, canvas, label_end, name_axes

RUN, OTHER, CALM = (LINES[name]["color"] for name in ("w1", "w2", "plain"))
SLOW = "η too small", "ε too large"


def slow_runs(seeds: Sequence[int] = SEEDS) -> Captioned:
    """Two slow runs: their losses, and their update-to-weight ratios over the gradient norm."""
    figure, (left, right) = canvas(columns=2, width=9.6, height=3.9)
    said = []
    for name, color, dash in zip(SLOW, (RUN, OTHER), ("-", (0, (5, 2))), strict=True):
        last = []
        for seed in seeds:
            c = stored(FAULTS[name], seed)
            per_pass = (x.reshape(c.passes, -1).mean(axis=1) for x in (c.ratios, c.gradients))
            quotient = np.divide(*per_pass)
            # In the first pass Adam's memories fill.
            quotient = quotient[1:] / quotient[1]
            left.plot(c.by_pass, color=color, linestyle=dash, linewidth=1)
            right.plot(range(2, c.passes + 1), quotient, color=color, linestyle=dash, linewidth=1)
            last.append(quotient[-1])
        high = name == SLOW[0]
        label_end(
            left, 16, c.by_pass[-1], name, color, xytext=(-6, -40 if high else 52), ha="right"
        )
        label_end(right, 16, 1.15 if high else 0.75, name, color, xytext=(-6, 0), ha="right")
        said.append(f"{name} {min(last):.2f} to {max(last):.2f}")
    left.set_ylim(0, 2.6)
    right.set_ylim(0.6, 1.25)
    name_axes(left, "pass", "training loss")
    name_axes(right, "pass", "ratio / gradient norm")
    caption = (
        f"Two slow runs of Adam, {len(seeds)} seeds each. Update-to-weight ratio over gradient "
        f"norm in the last pass, with 1 in the second: {'; '.join(said)}."
    )
    return Captioned(figure, caption)


def jumping_runs(seed: int = 0, passes: int = 3) -> Captioned:
    """Three runs whose batch losses jump, over three passes in the middle."""
    names = "data not shuffled", "batch too small for its η", "η too large"
    figure, panels = canvas(columns=3, width=10.5, height=3.6)
    said = []
    for ax, name in zip(panels, names, strict=True):
        c = stored(FAULTS[name], seed)
        there = (c.at >= 10) & (c.at < 10 + passes)
        ax.semilogy(c.at[there], c.losses[there], color=RUN, linewidth=1.2)
        ax.set(ylim=(1e-5, 30), xticks=[10, 11, 12, 13])
        name_axes(ax, "pass", "", name)
        found = measured(c)
        said.append(
            f"{name}: the place in the pass explains {found['sawtooth']:.2f} of the spread, and "
            f"the batches of a pass lie {found['spread']:.2g} decades apart"
        )
    beside(panels, "batch loss")
    caption = f"Batch losses in three passes, seed {seed}. {'; '.join(said)}."
    return Captioned(figure, caption, "Batch losses in three passes: three ways to jump.")


def mended(seeds: Sequence[int] = SEEDS) -> Mapping[str, list[str]]:
    """By fault the knobs after which its signs are gone, with all seeds but one at most.

    The training loss must end lower, too: a knob that hides a sign and stops the learning is none.
    """
    found = {}
    for fault, run in FAULTS.items():
        before = np.nan_to_num([stored(run, s).ends for s in seeds], nan=np.inf)
        found[fault] = []
        for name, turn in KNOBS.items():
            after = [stored(turn(run), s) for s in seeds]
            gone = sum(fault in diagnose(c) for c in after) <= 1
            if gone and np.median([c.ends for c in after]) < 0.9 * np.median(before):
                found[fault].append(name)
    return found


def range_tests(tests: Mapping[str, Any]) -> Captioned:
    """Smoothed loss against the learning rate of range tests, by rule."""
    figure, ax = canvas(height=4.0)
    said = []
    for name, test in tests.items():
        look = LINES[name]
        ax.loglog(test.lrs, test.smooth, color=look["color"], linestyle=look["linestyle"])
        low = np.nanmin(test.smooth)
        ax.plot(test.turn, low, marker=look["marker"], color=look["color"], markersize=8)
        first = test.turn == min(each.turn for each in tests.values())
        side = (
            {"xytext": (-8, -14), "ha": "right"} if first else {"xytext": (0, -26), "ha": "center"}
        )
        label_end(ax, test.turn, low, f"{name}, {test.turn:.2g}", look["color"], **side)
        said.append(f"{name} {test.turn:.2g}")
    ax.set_ylim(0.08, 20)
    name_axes(ax, "learning rate of the step", "smoothed loss")
    caption = f"Range tests on the digits: the smoothed loss is lowest at {' and at '.join(said)}."
    return Captioned(figure, caption)


def ramps(kappas: Sequence[float] = (2, 25, 400), factor: float = 1.15) -> Captioned:
    """Loss of gradient descent on quadratics while the learning rate rises by one factor a step."""
    figure, ax = canvas(height=4.0)
    said = []
    for kappa, dash in zip(kappas, ("-", (0, (5, 2)), (0, (1, 1.5))), strict=True):
        x = 0.01 * factor ** np.arange(60)
        high = theory.amplitude_on_a_ramp(x, 1.0)
        flat = theory.amplitude_on_a_ramp(x / kappa, 1.0)
        # Both directions begin with half of the loss.
        loss = (high**2 + flat**2) / 2
        look = LINES["gradient descent"]["color"]
        ax.loglog(x, loss, color=look, linestyle=dash, linewidth=1.8)
        low = int(np.argmin(loss))
        said.append(f"κ = {kappa:g} at {x[low]:.1f}")
        # Where its curve is far from the others: above a flat one, left of one that falls
        at, side = low, {"xytext": (-10, -12), "ha": "right"}
        if loss[low] > 0.01:
            at, side = int(np.argmax(x > 0.4)), {"xytext": (0, 12)}
        elif loss[low] < 1e-8:
            at = int(np.argmax(loss < 1e-7))
        label_end(ax, x[at], loss[at], f"κ = {kappa:g}", look, **side)
    ax.axvline(2, color=MUTED, linestyle=":")
    label_end(ax, 2, 30, "2", MUTED, xytext=(4, 0))
    ax.set(ylim=(1e-17, 1e3), xlim=(0.01, 30))
    name_axes(ax, "ηλ₁ of the step", "loss, 1 at the start")
    caption = (
        f"Range tests on quadratics, {factor} times the learning rate each step. Lowest loss: "
        f"{', '.join(said)}. As κ grows, the turn of a slow ramp tends to ηλ₁ = "
        f"{theory.ramp_undone():.1f}, of a straight one to {theory.ramp_undone(straight=True):.1f}."
    )
    return Captioned(figure, caption)


def knobs_on_a_broken_batch(seed: int = 0) -> Captioned:
    """Training loss by pass of the run with one broken batch, and with two knobs turned."""
    run = FAULTS["one broken batch"]
    figure, ax = canvas(height=3.6)
    said = []
    # While they agree, the wide lines are seen beside the narrow ones.
    for name, color, dash, width in (
        ("as it was", CALM, "-", 7), ("clip at norm 1", RUN, "-", 4),
        ("leave out NaN batches", OTHER, (0, (6, 2)), 1.8),
    ):  # fmt: skip
        c = stored(KNOBS[name](run) if name in KNOBS else run, seed)
        ax.semilogy(c.by_pass, color=color, linestyle=dash, linewidth=width, label=name)
        last = np.flatnonzero(np.isfinite(c.by_pass))[-1]
        if last < c.passes:
            ax.plot(last, c.by_pass[last], "X", color=INK, markersize=13, zorder=4)
            stop = last, c.by_pass[last]
        said.append(f"{name} up to pass {last}")
    label_end(ax, *stop, "NaN from here on", INK, xytext=(-10, -14), ha="right")
    ax.legend(loc="upper right", frameon=False)
    name_axes(ax, "pass", "training loss")
    return Captioned(
        figure, f"A run with one broken batch, seed {seed}. Finite: {', '.join(said)}."
    )


def own(c: Curves, healthy: Curves | None = None) -> Captioned:
    """The four curves of any run, in a row, beside a healthy run of the digits network."""
    healthy = stored(HEALTHY["momentum"], 0) if healthy is None else healthy
    figure, panels = canvas(columns=4, width=12, height=3.2)
    for which, color, dash in ((healthy, CALM, (0, (2, 2))), (c, RUN, "-")):
        share = which.at / which.passes
        passes = np.linspace(0, 1, which.passes + 1)
        panels[0].semilogy(passes, which.by_pass, color=color, linestyle=dash)
        panels[1].semilogy(share, which.gradients, color=color, linestyle=dash, linewidth=0.9)
        panels[2].semilogy(share, which.ratios, color=color, linestyle=dash, linewidth=0.9)
        panels[3].semilogy(passes, which.weights, color=color, linestyle=dash)
    for ax, title in zip(
        panels, ("training loss", "gradient norm", "update-to-weight", "length of w"), strict=True
    ):
        name_axes(ax, "share of the run", "", title)
        seen = np.concatenate([line.get_ydata() for line in ax.lines])
        seen = seen[np.isfinite(seen)]
        # Within a power of ten a logarithmic axis has one number, or none.
        if 0 < seen.min() and seen.max() < 10 * seen.min():
            ax.set_yscale("linear")
    end = f"{c.ends:.2g}" if np.isfinite(c.ends) else "no number"
    return Captioned(
        figure, f"A run in colour beside a healthy one (dots). Its training loss ends at {end}."
    )


def two_weights(run: Any, reach: float) -> Captioned:
    """Loss, gradient norm and update-to-weight ratio of a descent in two weights.

    Args:
        run: a `Trajectory`.
        reach: the highest loss that is drawn.
    """
    w = np.asarray(run.positions)
    sizes = np.linalg.norm(run.surface.gradient(w[:-1].T), axis=0)
    ratios = np.linalg.norm(np.diff(w, axis=0), axis=1) / np.linalg.norm(w[:-1], axis=1)
    figure, panels = canvas(columns=3, width=10.5, height=3.4)
    for ax, values, title in zip(
        panels, (np.minimum(run.losses, reach), sizes, ratios),
        ("loss", "gradient norm", "update-to-weight"), strict=True,
    ):  # fmt: skip
        ax.semilogy(values, color=RUN)
        name_axes(ax, "step", "", title)
    caption = (
        f"{run.rule.name} on {run.surface.name}: the loss ends at {run.losses[-1]:.2g}, the "
        f"gradient norm at {sizes[-1]:.2g}, the ratio at {ratios[-1]:.2g}."
    )
    return Captioned(figure, caption)
