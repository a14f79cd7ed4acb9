"""The figures of lesson 01, the ravine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .. import svg
from ..descent import Trajectory
from ..svg.palette import INK, MUTED
from .drawn import Captioned
from .plots import draw_contours, draw_path
from .style import LINES, canvas, label_end, name_axes, tints

GD = LINES["gradient descent"]


def descent(run: Trajectory) -> Captioned:
    """A descent over the contours of its ravine, with its start and the minimum named."""
    figure, ax = canvas(height=3.7)
    draw_contours(ax, run.surface)
    draw_path(ax, run)
    (w1, w2), minimum = run.positions[0], run.surface.minimum
    place = {"ha": "center", "va": "bottom", "xytext": (0, 7)}
    label_end(ax, w2, w1, "start", GD["color"], **place)
    label_end(ax, minimum[1], minimum[0], "minimum", INK, **{**place, "xytext": (44, 10)})
    away = float(np.linalg.norm(run.positions[-1] - run.surface.minimum))
    flips = run.sign_flips(0)
    return Captioned(
        figure,
        f"Gradient descent with η = {run.settings['lr']:g} on a ravine, from 2 along the steep "
        f"axis and −10 along the flat one. In {run.steps} steps it crosses the floor of the valley "
        f"{flips} times; it stops {away:.2f} away from the minimum.",
        f"In {run.steps} steps gradient descent crosses the floor of the valley {flips} times.",
    )


def two_factors(best: Mapping[float, tuple[float, float]]) -> Captioned:
    """What one step leaves of the error along the steep and the flat axis, by the learning rate.

    Args:
        best: for each condition number the best learning rate where the flat curvature is 1, and
            the factor of a step there.
    """
    figure, axes = canvas(columns=len(best), height=3.6)
    # The learning rate in units of 1 / λ1
    z = np.linspace(0, 2.3, 400)
    for ax, (kappa, (rate, lowest)) in zip(axes, best.items(), strict=True):
        steep, flat = np.abs(1 - z), np.abs(1 - z / kappa)
        ax.plot(z, steep, **{**LINES["w1"], "marker": ""})
        ax.plot(z, flat, **{**LINES["w2"], "marker": ""})
        ax.plot(z, np.maximum(steep, flat), color=INK, linewidth=6, alpha=0.16)
        ax.plot(rate * kappa, lowest, "o", color=INK, markersize=9)
        label_end(ax, rate * kappa, lowest, f"best: {lowest:.3f}", INK,
                  xytext=(-10, -16), ha="right")  # fmt: skip
        label_end(ax, 0.5, 0.5, "steep", LINES["w1"]["color"], xytext=(-8, -10), ha="right")
        label_end(ax, 0.6, 1 - 0.6 / kappa, "flat", LINES["w2"]["color"],
                  xytext=(0, 14), ha="center")  # fmt: skip
        ax.axhline(1, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
        ax.set_ylim(0, 1.3)
        ax.set_xticks([0, 1, 2], ["0", "1/λ₁", "2/λ₁"])
        name_axes(ax, "learning rate η", "size of the factor per step", f"κ = {kappa:g}")
    told = " and ".join(f"{x:.3f} at κ = {kappa:g}" for kappa, (_, x) in best.items())
    return Captioned(
        figure,
        "The size of 1 − ηλ against the learning rate. The steep direction's is a V that reaches 0 "
        "at η = 1/λ₁ and 1 again at 2/λ₁; the flat direction's falls slowly. The larger of the two "
        f"decides, and it is lowest where they cross, between 1/λ₁ and 2/λ₁: {told}.",
        "The larger factor (grey band) decides; it is lowest where the two lines cross.",
    )


def thirty(strip: svg.Captioned) -> svg.Captioned:
    """A still of the explorer of directions, with one sentence under it."""
    below = "What is left of the error sits at the two ends of the spectrum."
    return svg.Captioned(strip.picture, strip.caption, below)


def cost_of_kappa(
    kappas: Sequence[int], best: Sequence[int], timid: Sequence[int], formula: Sequence[float]
) -> Captioned:
    """Steps for a factor of a thousand against the condition number.

    Args:
        kappas: condition numbers.
        best, timid: steps of descents at the best learning rate, and at 1/λ₁.
        formula: steps by the formula, at the best learning rate.
    """
    figure, ax = canvas(height=4.2)
    pale = tints("gradient descent", 2)[1]["color"]
    ax.loglog(kappas, best, **{**GD, "markersize": 8})
    ax.loglog(kappas, timid, color=pale, linestyle=(0, (1, 1.2)), marker="D", markersize=7)
    ax.loglog(kappas, formula, **LINES["predicted"])
    label_end(ax, kappas[-3], best[-3], "best η, and formula", GD["color"], xytext=(10, -14))
    label_end(ax, kappas[-2], timid[-2], "no zig-zag, η = 1/λ₁", GD["color"], xytext=(-14, 8),
              ha="right")  # fmt: skip
    name_axes(ax, "condition number κ", "steps for a factor 1000")
    worst = np.abs(np.subtract(best, formula)).max()
    return Captioned(
        figure,
        f"Steps to shrink the distance a thousandfold: {best[0]} at κ = {kappas[0]}, {best[-1]} at "
        f"κ = {kappas[-1]}, at most {worst:.1f} steps off the formula. Without zig-zag, at "
        f"η = 1/λ₁, it takes {timid[-1] / best[-1]:.2f} times as many at κ = {kappas[-1]}.",
        "Ten times the condition number costs about ten times the steps, as the formula says.",
    )


def stall(run: Trajectory, seen: int) -> Captioned:
    """The loss of one run twice: the first steps, and all of them on a logarithmic axis."""
    figure, axes = canvas(columns=2, height=3.8)
    look = {**GD, "marker": ""}
    axes[0].plot(run.losses[: seen + 1], **look)
    axes[0].set_ylim(0)
    axes[1].semilogy(run.losses, **look)
    name_axes(axes[0], "step", "loss", f"the first {seen} steps")
    name_axes(axes[1], "step", "loss (log)", f"all {run.steps} steps")
    drop = 1 - run.losses[seen] / run.losses[seen // 2]
    return Captioned(
        figure,
        f"κ = 1000, η = {run.settings['lr']:g}. Left: from step {seen // 2} to step {seen} the "
        f"loss falls by {100 * drop:.1f} %, to {run.losses[seen]:.1f}. Right: it is still falling "
        f"at step {run.steps}, where it is {run.losses[-1]:.1f}; the minimum is 0.",
        f"Left, the loss seems to have settled near {run.losses[seen]:.0f}; right, it is still "
        f"falling {run.steps} steps on.",
    )


def worst_angle(kappas: Mapping[float, float]) -> Captioned:
    """The angle between downhill and the way to the minimum, by the place in the valley.

    Args:
        kappas: for each condition number the largest angle, in degrees.
    """
    figure, ax = canvas(height=4.0)
    r = np.geomspace(0.05, 2000, 400)
    for look, (kappa, largest) in zip(tints("gradient descent", len(kappas)), kappas.items(),
                                      strict=True):  # fmt: skip
        angle = np.degrees(np.arctan(kappa / r) - np.arctan(1 / r))
        ax.semilogx(r, np.abs(angle), **look)
        label_end(ax, np.sqrt(kappa), largest, f"κ = {kappa:g}", GD["color"], xytext=(0, -16),
                  ha="center")  # fmt: skip
    ax.set_ylim(0, 95)
    ax.set_yticks([0, 45, 90])
    name_axes(ax, "flat distance / steep distance", "angle, degrees")
    told = ", ".join(f"{x:.0f} at κ = {kappa:g}" for kappa, x in kappas.items())
    return Captioned(
        figure,
        "The angle between downhill and the way to the minimum. It is largest where the flat "
        f"distance is √κ times the steep one. In degrees: {told}.",
        "The longer the valley, the nearer the worst angle comes to 90 degrees.",
    )


def walls(bouncing: Trajectory, calm: Trajectory, place: float) -> Captioned:
    """Two descents between walls of bounded slope, above and below the limit.

    Args:
        bouncing, calm: the descents.
        place: where the first one is predicted to bounce.
    """
    figure, axes = canvas(columns=2, height=4.4)
    for ax, run in zip(axes, (bouncing, calm), strict=True):
        draw_contours(ax, run.surface)
        draw_path(ax, run, markersize=3)
        ax.set_title(f"η = {run.settings['lr']:g}")
    met = abs(bouncing.positions[-1, 0])
    return Captioned(
        figure,
        f"Walls of bounded slope, {bouncing.steps} steps. Left, above the limit 2/80 = 0.025: the "
        f"descent ends in a bounce between ±{met:.5f} along the steep axis (predicted "
        f"±{place:.5f}), and its loss stays at {bouncing.losses[-1]:.2f}. Right, below the limit: "
        f"loss {calm.losses[-1]:.4f}.",
        "Above the limit the descent bounces between two walls for ever; below it, it arrives.",
    )


def rates_that_vary(
    rates: Sequence[float], constant: float, steep: float, flat: float
) -> Captioned:
    """What a list of learning rates leaves of each curvature, and as many steps at one rate.

    Args:
        rates: one learning rate for each step.
        constant: the one to compare with.
        steep, flat: the ends of the spectrum.
    """
    figure, ax = canvas(height=4.2)
    curvature = np.linspace(flat, steep, 1201)
    varied = np.abs(np.prod([1 - lr * curvature for lr in rates], axis=0))
    even = np.abs(1 - constant * curvature) ** len(rates)
    ax.semilogy(curvature, even, **{**GD, "marker": ""})
    ax.semilogy(curvature, varied, color=INK)
    label_end(ax, flat, even[0], "best constant rate", GD["color"], xytext=(10, 6))
    label_end(ax, (flat + steep) / 2, varied.max(), "Chebyshev's rates", INK,
              xytext=(0, 12), ha="center")  # fmt: skip
    ax.set_ylim(1e-4, 3)
    name_axes(ax, "curvature λ", f"left after {len(rates)} steps")
    return Captioned(
        figure,
        f"What {len(rates)} steps leave of the error along a direction, by its curvature from "
        f"{flat:g} to {steep:g}. The best constant learning rate leaves {even[0]:.2f} at the two "
        f"ends; Chebyshev's rates leave at most {varied.max():.3f} anywhere between them.",
        f"Chebyshev's {len(rates)} rates spread what is left evenly over the whole spectrum.",
    )
