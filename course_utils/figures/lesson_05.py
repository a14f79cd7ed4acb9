"""The figures of lesson 05, how much momentum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .. import theory
from ..descent import Trajectory, descend
from ..optimizers import GRADIENT_DESCENT, MOMENTUM, momentum
from ..surfaces import ravine
from ..svg.palette import INK, MUTED
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_level
from .style import LINES, canvas, label_end, name_axes, tints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEAVY = LINES[MOMENTUM]["color"]


def more_memory(runs: Mapping[float, Trajectory], lr: float, shown: int = 400) -> Captioned:
    """The losses of momentum with several memories at one learning rate.

    Args:
        runs: by β; without memory first.
        lr: the learning rate of all of them.
        shown: how many steps are drawn.
    """
    figure, ax = canvas(height=4.2)
    looks = [{**LINES[GRADIENT_DESCENT], "marker": ""}, *tints("momentum", len(runs) - 1)]
    ends = []
    for (beta, run), look in zip(runs.items(), looks, strict=True):
        losses = run.losses[: shown + 1]
        # A line that leaves the picture has its name where it leaves.
        last = int(np.argmax(losses < 1e-10)) or shown
        ax.semilogy(losses, **{**look, "linewidth": 1.7})
        ends.append((f"β = {beta:g}", float(last), losses[last], look["color"]))
    ax.set(ylim=(1e-10, 1e4), xlim=(0, shown))
    label_ends(ax, ends)
    name_axes(ax, "step", "loss")
    arrive = ", ".join(f"step {run.settles_at(1e-6)} at β = {b:g}" for b, run in runs.items())
    caption = (
        f"Momentum at η = {lr:g} on a ravine with κ = 100. The loss is below 1e-6 for good "
        f"from {arrive}."
    )
    below = "One ravine, one learning rate, four memories. The swings of β = 0.99 die out last."
    return Captioned(figure, caption, below)


def two_eigenvalues(product: float) -> Captioned:
    """Both eigenvalues of one direction, and their sizes, as β grows from 0 to 1.

    Args:
        product: learning rate times curvature, below 1.
    """
    memory = np.linspace(0, 0.999, 1000)
    pairs = np.array([np.linalg.eigvals(theory.momentum_matrix(product, m, 1.0)) for m in memory])
    meet = float(theory.critical_beta(product, 1))
    figure, (plane, sizes) = canvas(columns=2, height=4.2)
    turn = np.exp(2j * np.pi * np.linspace(-0.15, 0.15, 200))
    plane.plot(turn.real, turn.imag, **LINES["predicted"])
    plane.plot(pairs.real, pairs.imag, ".", color=HEAVY, markersize=3)
    names = {(0, 0): ("β = 0", (-4, 10)), (1 - product, 0): ("β = 0", (-6, 10))}
    names |= {(0.9, 0.43): ("β → 1", (-58, 0)), (np.sqrt(meet), 0): ("meet", (-36, 10))}
    names[1, 0] = "unit circle", (6, -4)
    for at, (words, beside) in names.items():
        plane.annotate(words, at, xytext=beside, textcoords="offset points")
    plane.set(xlim=(-0.1, 1.35), ylim=(-0.72, 0.72), aspect="equal")
    name_axes(plane, "real part", "imaginary part", f"both eigenvalues, ηλ = {product:g}")
    sizes.plot(memory, np.sort(np.abs(pairs), axis=1), color=HEAVY)
    sizes.plot(memory, np.sqrt(memory), **LINES["predicted"])
    sizes.axvline(meet, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    for x, words in ((meet / 2, "overdamped"), ((1 + meet) / 2, "underdamped")):
        sizes.annotate(words, (x, 1.05), ha="center", color=MUTED)
    label_end(sizes, 0.72, np.sqrt(0.72), "√β", LINES["predicted"]["color"], xytext=(4, -16))
    sizes.set(ylim=(0, 1.14), xlim=(0, 1))
    name_axes(sizes, "memory β", "size of each", "how much each step leaves")
    caption = (
        f"Both eigenvalues at ηλ = {product:g} as β grows from 0. They are real and approach each "
        f"other, meet at β = {meet:.3f}, and part as a complex pair of size √β, which tends to the "
        "unit circle. The larger one is smallest where they meet."
    )
    below = "The two eigenvalues approach, meet, and part as a complex pair of size √β."
    return Captioned(figure, caption, below)


def one_direction(product: float, short: float, long: float) -> Captioned:
    """One direction from rest with too little memory, the critical one, and too much.

    Args:
        product: learning rate times curvature.
        short, long: a β below the critical one, and one above it.
    """
    critical = float(theory.critical_beta(product, 1))
    figure, ax = canvas(height=3.9)
    named = {
        "overdamped": (short, (14, 14), 18),
        "critical": (critical, (4, -16), 27),
        "underdamped": (long, (10, 12), 33),
    }
    said = []
    looks = tints("momentum", 3)
    for (words, (beta, place, at)), look in zip(named.items(), looks, strict=True):
        run = descend(ravine(1), MOMENTUM, start=(1, 0), lr=product, beta=beta, steps=60)
        way = run.positions[:, 0]
        ax.plot(way, **look)
        label_end(ax, at, way[at], f"{words}, β = {beta:g}", look["color"], xytext=place)
        said.append(f"at β = {beta:g} {way[30]:.4f}, its lowest point {way.min():.3f}")
    draw_level(ax, 0, "minimum")
    ax.set_xlim(-1, 70)
    name_axes(ax, "step", "distance, starting at 1")
    caption = f"One direction from rest at ηλ = {product:g}. After 30 steps: {'; '.join(said)}."
    below = "One direction from rest: below the critical β it only decays, above it, it overshoots."
    return Captioned(figure, caption, below)


def meeting_edges(steep: float, flat: float) -> Captioned:
    """The least factor that each direction allows at a learning rate, and where both are equal."""
    best, beta, least = theory.best_momentum(steep, flat)
    eta = np.linspace(0, 1.9 * best, 600)
    figure, ax = canvas(height=4.2)
    sides = {"w1": np.abs(1 - np.sqrt(eta * steep)), "w2": np.abs(1 - np.sqrt(eta * flat))}
    ax.plot(eta, np.maximum(*sides.values()), color=HEAVY, linewidth=7, alpha=0.25)
    words = ("steep", 0.62 * best, (10, -6)), ("flat", 0.3 * best, (0, 17))
    for (name, factor), (which, at, beside) in zip(sides.items(), words, strict=True):
        look = {**LINES[name], "marker": ""}
        ax.plot(eta, factor, **look)
        place = np.interp(at, eta, factor)
        label_end(ax, at, place, f"{name}, {which}", look["color"], xytext=beside)
    ax.plot(best, least, "o", color=INK, markersize=9)
    words = f"best: η = {best:.3f}, √β = {least:.3f}"
    label_end(ax, best, least, words, INK, xytext=(14, -34))
    ax.set(ylim=(0, 1.04), xlim=(0, eta[-1]))
    name_axes(ax, "learning rate η", "least factor, over all β")
    caption = (
        f"The least factor per step that any β gives each direction, for curvatures {steep:g} and "
        f"{flat:g}. The larger of the two (band) is lowest at η = {best:.3f}, where both are "
        f"{least:.3f}, at β = {beta:.3f}."
    )
    below = "Each curve: the least factor of a direction. The larger is lowest where they meet."
    return Captioned(figure, caption, below)


def four_intervals(beta: float) -> Captioned:
    """What memory does to one direction in each interval of ηλ, beside gradient descent."""
    root = np.sqrt(beta)
    borders = 0.0, (1 - root) ** 2, 1.0, 1 + root, 2.0
    product = np.linspace(0, 2, 1201)
    figure, ax = canvas(height=4.5)
    curves = (
        ("gradient descent", np.abs(1 - product), GRADIENT_DESCENT, (1.12, 0.12), (4, -12)),
        (f"momentum, β = {beta:g}", theory.momentum_rate(product, beta, 1.0), MOMENTUM,
         (1.12, root), (-24, 14)),
    )  # fmt: skip
    for words, factor, rule, at, beside in curves:
        look = {**LINES[rule], "marker": ""}
        ax.plot(product, factor, **look)
        label_end(ax, *at, words, look["color"], xytext=beside)
    for x in borders[1:-1]:
        ax.axvline(x, color=MUTED, linestyle=(0, (1, 3)), linewidth=1.4)
    effects = "only\nspeeds\nup", "makes an\noscillation", "makes the\nzig-zag last", "damps\nit"
    for low, high, words in zip(borders, borders[1:], effects, strict=False):
        ax.annotate(words, ((low + high) / 2, 1.05), ha="center", va="bottom", color=INK)
    ticks = "0", "(1 − √β)²", "1", "1 + √β", "2"
    ax.set_xticks(borders, ticks)
    ax.set(ylim=(0, 1.3), xlim=(0, 2), yticks=np.linspace(0, 1, 6))
    name_axes(ax, "ηλ, learning rate times curvature", "factor per step")
    caption = (
        f"The factor per step of one direction against ηλ at β = {beta:g}. Up to "
        f"{borders[1]:.3f} momentum is overdamped and quicker than gradient descent; from there "
        "to 1 it makes an oscillation; from 1 to "
        f"{borders[3]:.3f} it makes the zig-zag of gradient descent last longer, at the factor "
        f"{root:.3f}; from there to 2 it damps it."
    )
    below = "What momentum does depends on ηλ: three borders, four effects."
    return Captioned(figure, caption, below)


def cost_of_kappa(
    kappas: Sequence[int],
    counts: Mapping[str, Sequence[int]],
    expected: Mapping[str, Sequence[float]],
) -> Captioned:
    """Steps for a factor of a thousand against κ, measured and from the factor per step alone.

    Args:
        kappas: the condition numbers.
        counts, expected: by rule's name, steps counted and steps computed.
    """
    figure, ax = canvas(height=4.4)
    ends, told = [], []
    for name, steps in counts.items():
        ax.loglog(kappas, steps, **{**LINES[name], "markersize": 8})
        ax.loglog(kappas, expected[name], **LINES["predicted"])
        ends.append((name, float(kappas[-1]), float(steps[-1]), LINES[name]["color"]))
        slope = np.polyfit(np.log(kappas[2:]), np.log(steps[2:]), 1)[0]
        told.append(
            f"{name} takes {steps[2]} at κ = {kappas[2]} and {steps[-1]} at κ = {kappas[-1]}, "
            f"slope {slope:.2f}"
        )
    label_ends(ax, ends)
    guess = expected["momentum"]
    label_end(ax, kappas[3], guess[3], "from the factor alone", LINES["predicted"]["color"],
              xytext=(10, -14))  # fmt: skip
    name_axes(ax, "condition number κ", "steps for a factor of 1000")
    caption = (
        "Steps until the distance stays below a thousandth of what it was, at the best settings, "
        f"counted (markers) and from the factor per step alone (dotted): {'; '.join(told)}."
    )
    below = "Counted (markers) and from the factor alone (dotted): slope one, and one half."
    return Captioned(figure, caption, below)


def convex_cycle(slope: Callable[[np.ndarray], np.ndarray], places: Sequence[float]) -> Captioned:
    """Momentum on a convex function of one weight: home from one start, a cycle from another.

    Args:
        slope: of the function.
        places: the three points of the cycle.
    """
    figure, (left, right) = canvas(columns=2, height=4.0)
    line = np.linspace(-3, 4, 200)
    left.plot(line, slope(line), **{**LINES["predicted"], "linestyle": "-"})
    name_axes(left, "x", "slope", "the slope of a convex function")
    for start, look in ((3.0, LINES["predicted"]), (3.3, LINES[MOMENTUM])):
        _walk(right, slope, start, {**look, "marker": "s" if start > 3 else ".", "markersize": 4})
    right.set_xlim(-1, 55)
    name_axes(right, "step", "x", "momentum, η = 1/9, β = 4/9")
    caption = (
        "Left: the slope rises with 25, with 1 between 1 and 2, and with 25 again. Right: from 3.3 "
        f"momentum falls into the cycle {', '.join(f'{x:.3f}' for x in places)}; from 3.0 it comes "
        "home."
    )
    return Captioned(figure, caption)


def _walk(ax: Axes, slope: Callable, start: float, look: dict) -> None:
    x, v, seen = np.array([start]), np.zeros(1), [start]
    for _ in range(40):
        momentum(x, slope(x), v, lr=1 / 9, beta=4 / 9)
        seen.append(float(x[0]))
    ax.plot(seen, **look)
    label_end(ax, 40, seen[-1], f"from {start}", look["color"])
