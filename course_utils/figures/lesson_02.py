"""The figures of lesson 02, curvature and Newton."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .. import theory
from ..descent import Trajectory
from ..surfaces import Curve, Surface
from ..svg.palette import INK
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_contours, draw_path
from .style import LINES, canvas, label_end, name_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOSS = LINES["w2"]["color"]
DESCENT, NEWTON = LINES["gradient descent"], LINES["Newton"]
# Of critical points, by the number of negative curvatures: a word, a marker, and whether it is full
KINDS = {0: ("minimum", "+", True), 1: ("saddle", "x", True), 2: ("hilltop", "^", False)}


def one_gradient(curves: Sequence[Curve]) -> Captioned:
    """Curves with one value and one slope at 0, and one step of gradient descent on each."""
    figure, ax = canvas(height=3.4)
    t = np.linspace(-0.9, 1.6, 101)
    said, ends = [], []
    for curve, dash in zip(curves, ("-", (0, (1, 1.5)), (0, (5, 2))), strict=True):
        step = -float(curve.slope(0.0))
        loss = float(curve.value(step))
        ax.plot(t, curve.value(t), color=LOSS, linestyle=dash)
        ax.plot([0, step], [curve.value(0.0), loss], **DESCENT, linewidth=1.2)
        ends.append((curve.name, 1.6, float(curve.value(1.6)), LOSS))
        said.append(f"{loss:.0f} on the one that is {curve.name}".replace("is curves", "curves"))
    ax.plot(0, curves[0].value(0.0), "o", markersize=11, color="#c1121f", zorder=3)
    label_ends(ax, ends)
    ax.set(ylim=(-3.6, 3.2), xlim=(-0.9, 1.7))
    name_axes(ax, "w", "loss")
    caption = (
        "Three curves through the red point, loss 1, slope −1, and one step of gradient descent on "
        f"each. Where the step ends, the loss is {', '.join(said)}."
    )
    below = "One value, one slope, one step of gradient descent, and three different losses."
    return Captioned(figure, caption.replace("-", "−"), below)


def touching(curve: Curve, place: float) -> Captioned:
    """A curve, the parabola that touches it, and the step to the parabola's flat point.

    Args:
        curve: a loss over one weight.
        place: where the parabola touches; the curvature there is above zero.
    """
    figure, ax = canvas(height=3.7)
    parts = curve.value, curve.slope, curve.curvature
    value, slope, curvature = (float(part(place)) for part in parts)
    step = -slope / curvature
    t = np.linspace(place - 1.35, place + 0.2, 160)
    model = value + slope * (t - place) + curvature * (t - place) ** 2 / 2
    ax.plot(t, curve.value(t), color=LOSS)
    ax.plot(t, model, **{**NEWTON, "marker": ""})
    low, flat = float(curve.value(place + step)), value + slope * step / 2
    bottom = flat - 0.95
    ax.annotate("", (place + step, bottom), (place, bottom), arrowprops={
        "arrowstyle": "-|>", "color": NEWTON["color"], "linewidth": 2.6, "mutation_scale": 18,
        "shrinkA": 0, "shrinkB": 0})  # fmt: skip
    ax.plot([place + step] * 2, [bottom, low], color=NEWTON["color"], linewidth=0.9)
    ax.plot([place] * 2, [bottom, value], color=NEWTON["color"], linewidth=0.9)
    ax.plot(place, value, "o", markersize=10, color="#c1121f", zorder=3)
    label_end(ax, place + step, low, "new point", INK, xytext=(10, -3))
    ax.plot(place + step, low, "o", markersize=7, color=INK, zorder=3)
    label_end(ax, t[0], float(curve.value(t[0])), "the loss", LOSS, xytext=(6, 14))
    label_end(
        ax, place + 0.5 * step, bottom, "−f′/f″", NEWTON["color"], xytext=(0, 11), ha="center"
    )
    at = int(np.argmin(np.abs(model - 2.6) + (t > place)))
    label_end(ax, t[at], model[at], "touching parabola", NEWTON["color"], xytext=(10, 0))
    ax.set_ylim(bottom - 0.25, 3.4)
    name_axes(ax, "w", "loss")
    caption = (
        f"At the red point, w = {place:g}, the slope is {slope:.3g} and the curvature "
        f"{curvature:.3g}. "
        f"The touching parabola is flat {abs(step):.3g} to the {'left' if step < 0 else 'right'}; "
        f"there the loss has gone from {value:.3g} to {low:.3g}."
    )
    below = "The parabola has the curve's value, slope and curvature at the red point."
    return Captioned(figure, caption.replace("-", "−"), below)


def two_arrows(surface: Surface) -> Captioned:
    """Minus the gradient and Newton's step from the start, on the contours."""
    figure, ax = canvas(height=3.9)
    start = np.array(surface.start)
    g, H = surface.gradient(start), surface.hessian(start)
    step, down = -np.linalg.solve(H, g), -g
    draw_contours(ax, surface, levels=7)
    # As far as it stays in the map: it leads out of it, and the caption says so.
    inside = (surface.domain[0][0] + 0.05 - start[0]) / down[0]
    for move, look, words, offset in (
        (step * 0.97, NEWTON, "Newton's step", (2, 16)),
        (down * inside, DESCENT, "−g, far out of the map", (10, 0)),
    ):
        _arrow(ax, start, start + move, look["color"])
        near = start + (0.55 if look is NEWTON else 0.8) * move
        label_end(ax, near[1], near[0], words, look["color"], xytext=offset)
    ax.plot(start[1], start[0], "o", color=INK, markersize=7)
    angle = float(theory.newton_angle(g, H))
    caption = (
        "From the start, 2 along the steep axis and −10 along the flat one, Newton's step leads to "
        f"the minimum, {abs(step[0]):.0f} along w1 and {abs(step[1]):.0f} along w2. Downhill, −g, "
        f"points {angle:.0f} degrees away from it, across the valley."
    )
    return Captioned(figure, caption, f"Newton's step and −g are {angle:.0f} degrees apart.")


def _arrow(ax: Axes, tail: Sequence[float], tip: Sequence[float], color: str) -> None:
    """An arrow between two points (w1, w2), w2 drawn across."""
    look = {"arrowstyle": "-|>", "color": color, "linewidth": 2.6, "mutation_scale": 18,
            "shrinkA": 0, "shrinkB": 0}  # fmt: skip
    ax.annotate("", (tip[1], tip[0]), (tail[1], tail[0]), arrowprops=look)


def critical_points(surface: Surface) -> dict[tuple[float, float], int]:
    """Where the gradient is zero in the map, and how many curvatures are negative there.

    Found by Newton's method from a lattice of starts: one that few starts lead to may be missed.
    """
    (low1, high1), (low2, high2) = surface.domain
    found: dict[tuple[float, float], int] = {}
    for w1 in np.linspace(low1, high1, 9):
        for w2 in np.linspace(low2, high2, 9):
            w = np.array([w1, w2])
            # Newton from a far start may need many steps, and the last ones double the digits.
            for _ in range(40):
                w = w - np.linalg.lstsq(surface.hessian(w), surface.gradient(w), rcond=None)[0]
            inside = low1 <= w[0] <= high1 and low2 <= w[1] <= high2
            if inside and np.abs(surface.gradient(w)).max() < 1e-9:
                place = float(round(w[0], 4)), float(round(w[1], 4))
                found[place] = int((np.linalg.eigvalsh(surface.hessian(w)) < 0).sum())
    return found


def landscape(surface: Surface, runs: Mapping[str, Trajectory] | None = None) -> Captioned:
    """Contours with minima, saddles and hilltops marked, the start, and the paths of some runs."""
    figure, ax = canvas(height=4.4)
    draw_contours(ax, surface)
    marked = critical_points(surface)
    ends = []
    for negative, (word, marker, full) in KINDS.items():
        places = np.array([p for p, k in marked.items() if k == negative]).reshape(-1, 2)
        ax.plot(places[:, 1], places[:, 0], linestyle="", marker=marker, color=INK, markersize=11,
                markeredgewidth=2.2, fillstyle="full" if full else "none")  # fmt: skip
        at = int(np.argmax(places[:, 1]))
        ends.append((word, places[at, 1], places[at, 0], INK))
    for name, run in (runs or {}).items():
        draw_path(ax, run)
        at = len(run.positions) // 3 if run.rule.name == "gradient descent" else -1
        ends.append((name, run.positions[at, 1], run.positions[at, 0], LINES[run.rule]["color"]))
    start = surface.start
    ax.plot(start[1], start[0], "o", color="#c1121f", markersize=9, zorder=4)
    ends.append(("start", start[1], start[0], "#c1121f"))
    label_ends(ax, ends, column=True)
    name_axes(ax, "w2", "w1")
    counts = ", ".join(
        f"{sum(k == negative for k in marked.values())} {word}s".replace("minimums", "minima")
        for negative, (word, *_) in KINDS.items()
    ).replace("1 hilltops", "1 hilltop")
    said = _ends(runs or {})
    first = f"{surface.name}, with {counts} in the map, and the start at (0, 0)."
    caption = (
        f"Paths on {surface.name} from (0, 0): {said}.".replace("= -", "= −") if runs else first
    )
    below = f"{surface.name}: + minima, × saddles, △ the hilltop." if runs else first
    return Captioned(figure, caption, below)


def _ends(runs: Mapping[str, Trajectory]) -> str:
    """Where each run ends, in words; of a loss near zero only that: its digits are noise."""
    said = []
    for name, run in runs.items():
        (w1, w2), loss = run.positions[-1], run.losses[-1]
        height = "below 1e-6" if loss < 1e-6 else f"{loss:.3g}"
        said.append(f"{name} ends at w1 = {w1:.2f}, w2 = {w2:.2f} with loss {height}")
    return "; ".join(said)


def calm_and_quick(runs: Mapping[str, Trajectory], least: float) -> Captioned:
    """Losses by step in Rosenbrock's valley; what is below ``least`` is drawn there.

    Args:
        runs: a quick descent, and a calm one.
        least: the smallest loss of the axis.
    """
    figure, ax = canvas(height=3.8)
    ends = []
    for name, run in runs.items():
        shown, look = np.maximum(run.losses, least), LINES[run.rule]
        ax.semilogy(shown, **look)
        ends.append((name, len(shown) - 1, shown[-1], look["color"]))
    label_ends(ax, ends)
    ax.set_ylim(least / 10, 1e5)
    name_axes(ax, "step", "loss")
    (fast, quick), (slow, calm) = runs.items()
    caption = (
        f"Rosenbrock's valley from w1 = −1.2, w2 = 1, loss {quick.losses[0]:.1f}. {fast}: the "
        f"losses are {', '.join(f'{x:.3g}' for x in quick.losses[1:6])}; its second step throws it "
        f"up to {quick.losses[2]:.0f}, and it is below 1e-6 after {quick.steps_to(1e-6)} steps. "
        f"{slow}: the loss never rises above {calm.losses.max():.1f}, and it takes "
        f"{calm.steps_to(1e-6)} steps."
    )
    below = f"Newton is thrown up to {quick.losses[2]:.0f} on its way; with damping it is not."
    return Captioned(figure, caption, below)


def descents(surface: Surface, runs: Mapping[str, Trajectory]) -> Captioned:
    """Paths from one start, each named where it is farthest from all others."""
    figure, ax = canvas(height=5.0)
    draw_contours(ax, surface)
    ends = []
    (low1, high1), (low2, high2) = surface.domain
    for name, run in runs.items():
        draw_path(ax, run)
        others = np.concatenate([o.positions for o in runs.values() if o is not run])
        gaps = np.linalg.norm(run.positions[:, None] - others[None], axis=2).min(axis=1)
        w1, w2 = run.positions.T
        gaps[(w1 < low1) | (w1 > high1) | (w2 < low2) | (w2 > high2)] = -1
        at = int(np.argmax(gaps))
        ends.append((name, w2[at], w1[at], LINES[run.rule]["color"]))
    label_ends(ax, ends, column=True)
    name_axes(ax, "w2", "w1")
    caption = f"{surface.name} from (0, 0): {_ends(runs)}.".replace("= -", "= −")
    below = f"{surface.name} from the origin: the rules end in different places."
    return Captioned(figure, caption, below)
