"""The figures of lesson 06, RMSProp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..descent import Trajectory
from ..optimizers import GRADIENT_DESCENT, RMSPROP, SIGN_DESCENT
from ..surfaces import Surface
from ..svg.palette import INK
from .drawn import Captioned
from .labels import label_ends
from .plots import draw_contours, draw_level, draw_rates
from .style import LINES, canvas, label_end, name_axes, tints

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def way_and_gradient(surface: Surface) -> Captioned:
    """The way from the start to the minimum, and what the gradient asks for, true to scale."""
    figure, ax = canvas(height=3.5)
    start = np.array(surface.start)
    way, asked = surface.minimum - start, -surface.gradient(start)
    draw_contours(ax, surface, levels=7)
    lowest = ax.get_ylim()[0]
    # As far as it stays in the map: it leads out of it, and the caption says how far.
    inside = min(1.0, (lowest + 0.05 - start[0]) / asked[0])
    for move, color in ((way * 0.97, INK), (asked * inside, LINES[GRADIENT_DESCENT]["color"])):
        _arrow(ax, start, start + move, color)
    ax.plot(start[1], start[0], "o", color=INK, markersize=7)
    halfway = start + 0.55 * way
    label_end(ax, halfway[1], halfway[0], "the way to\nthe minimum", INK, xytext=(2, 16))
    color = LINES[GRADIENT_DESCENT]["color"]
    label_end(ax, start[1] + 0.8 * asked[1] * inside, start[0] + 0.8 * asked[0] * inside,
              "what the gradient asks for,\nfar out of the map", color, xytext=(10, 0))  # fmt: skip
    label_end(ax, start[1], start[0], "start", INK, xytext=(-2, 15), ha="center")
    caption = "From the start the minimum is {:.0f} away along w1 and {:.0f} along w2. ".format(
        *np.abs(way)
    ) + "The gradient asks for {:.0f} along w1 and {:.0f} along w2.".format(*np.abs(asked))
    return Captioned(figure, caption)


def _arrow(ax: Axes, tail: Sequence[float], tip: Sequence[float], color: str) -> None:
    """An arrow between two points (w1, w2), w2 drawn across."""
    look = {"arrowstyle": "-|>", "color": color, "linewidth": 2.6, "mutation_scale": 18,
            "shrinkA": 0, "shrinkB": 0}  # fmt: skip
    ax.annotate("", (tip[1], tip[0]), (tail[1], tail[0]), arrowprops=look)


def scaled_losses(runs: Mapping[float, Trajectory], lr: float) -> Captioned:
    """Losses of gradient descent on one ravine whose loss is multiplied, by the factor."""
    figure, ax = canvas(height=4.0)
    ends, said = [], []
    looks = tints("gradient descent", len(runs))
    for (c, run), look in zip(runs.items(), looks, strict=True):
        ax.semilogy(run.losses / c, **look)
        ends.append((f"c = {c:g}", run.steps, run.losses[-1] / c, look["color"]))
        said.append(f"{run.losses[-1] / c:.2g} at c = {c:g}")
    label_ends(ax, ends)
    name_axes(ax, "step", "loss / c")
    steps = next(iter(runs.values())).steps
    caption = (
        f"Gradient descent at η = {lr:g} on one ravine whose loss is multiplied by c. "
        f"Loss over c after {steps} steps: {', '.join(said)}."
    )
    below = "One valley, one learning rate: only the unit of the loss differs."
    return Captioned(figure, caption, below)


def ball_and_box(gradient: Sequence[float], many: int = 4000) -> Captioned:
    """The best step among all steps of one length, and among those with both parts within η.

    Args:
        gradient: at the point where the step begins.
        many: random steps in the box against which the best one is tried.
    """
    slope = np.asarray(gradient, dtype=float)
    figure, panels = canvas(columns=2, height=3.9)
    tried = np.random.default_rng(0).uniform(-1, 1, (2, many))
    turn = np.linspace(0, 2 * np.pi, 200)
    shapes = {
        "ball": ((np.cos(turn), np.sin(turn)), -slope / np.linalg.norm(slope), GRADIENT_DESCENT),
        "box": (([-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]), -np.sign(slope), SIGN_DESCENT),
    }
    rooms = {"ball": tried[:, np.linalg.norm(tried, axis=0) <= 1], "box": tried}
    said = []
    for ax, (name, (edge, best, rule)) in zip(panels, shapes.items(), strict=True):
        color = LINES[rule]["color"]
        ax.fill(*edge, color=color, alpha=0.14)
        ax.axline((best[1], best[0]), slope=-slope[1] / slope[0], **LINES["predicted"])
        _arrow(ax, (0, 0), best, color)
        ax.set(xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal")
        name_axes(ax, "step along w2, in η", "step along w1, in η", f"best step in a {name}")
        better = int((slope @ rooms[name] < slope @ best).sum())
        said.append(
            f"in the {name} {best[0]:.2f} along w1 and {best[1]:.2f} along w2 ({better} of "
            f"{rooms[name].shape[1]} random steps in it lower the loss more)".replace("-", "−")
        )
    caption = (
        "The best step from the start of the ravine, in units of η and to first order: "
        f"{'; '.join(said)}. On each dotted line the loss is equal to first order."
    )
    below = "Arrow: the best step from our start. Dotted line: equally good, to first order."
    return Captioned(figure, caption, below)


def two_averages(averaged: Any, own: Trajectory, lr: float) -> Captioned:
    """The root of the average square of each weight's gradients, along two paths.

    Args:
        averaged: averages of squares along gradient descent's zig-zag, shape (steps, 2).
        own: RMSProp's path, with its memory.
        lr: RMSProp's learning rate.
    """
    figure, panels = canvas(columns=2, height=3.9)
    zig_zag, memory = np.sqrt(averaged), np.sqrt(own.memory["s"][1:])
    titles = "along gradient descent's zig-zag", "along RMSProp's own path"
    for ax, roots, title in zip(panels, (zig_zag, memory), titles, strict=True):
        steps, ends = np.arange(1, len(roots) + 1), []
        for i, name in enumerate(("w1", "w2")):
            look = {**LINES[name], "marker": ""}
            ax.semilogy(steps, roots[:, i], **look)
            ends.append((name, float(steps[-1]), roots[-1, i], look["color"]))
        ax.set_ylim(0.1, 50)
        label_ends(ax, ends)
        name_axes(ax, "step", "root of s", title)
    ahead = int((memory[:, 1] > memory[:, 0]).argmax()) + 1
    caption = (
        f"The root of s, the average square of a gradient. Along the zig-zag, at step "
        f"{len(zig_zag)}, it is {zig_zag[-1, 0]:.1f} for w1 and {zig_zag[-1, 1]:.1f} for w2. Along "
        f"RMSProp's own path at η = {lr:g} w1's is the larger one at first, and w2's from step "
        f"{ahead} to step {len(memory)}."
    )
    below = "Root of the average squared gradient, weight by weight: the two can change places."
    return Captioned(figure, caption, below)


def hops(lr: float, curvature: float) -> Captioned:
    """The cycle at the bottom of a parabola: from one side to the other and back."""
    figure, ax = canvas(height=3.2)
    half, color = lr / 2, LINES[RMSPROP]["color"]
    w = np.linspace(-1.6 * half, 1.6 * half, 200)
    height = curvature * half**2 / 2
    ax.plot(w, curvature * w**2 / 2, color=LINES["w1"]["color"], linewidth=1.6)
    for side in (-1, 1):
        ax.plot(side * half, height, "o", color=color, markersize=10)
        look = {"arrowstyle": "-|>", "color": color, "linewidth": 2.2, "mutation_scale": 17,
                "connectionstyle": "arc3,rad=0.22", "shrinkA": 8, "shrinkB": 8}  # fmt: skip
        ax.annotate("", (-side * half, height), (side * half, height), arrowprops=look)
    ax.plot(0, 0, "+", color=INK, markersize=13, markeredgewidth=2.2)
    label_end(ax, 0, 0, "minimum", INK, xytext=(0, 13), ha="center")
    ax.set_xticks([-half, 0, half], ["−η/2", "0", "η/2"])
    ax.set_ylim(-0.35 * height, 2.4 * height)
    name_axes(ax, "weight", "loss")
    caption = (
        f"RMSProp on a parabola of curvature {curvature:g} at η = {lr:g}: it jumps between "
        f"−{half:g} and {half:g}, each step as long as η, and the loss stays {height:.3g}."
    )
    return Captioned(figure, caption)


def last_steps(run: Trajectory, lr: float, floor: float) -> Captioned:
    """The lengths of RMSProp's steps and its loss, far beyond its arrival."""
    lengths = np.abs(np.diff(run.positions, axis=0))
    figure, (left, right) = canvas(columns=2, height=4.0)
    steps = np.arange(1, run.steps + 1)
    for i, name in enumerate(("w1", "w2")):
        look = {**LINES[name], "marker": ""}
        left.semilogy(steps, np.maximum(lengths[:, i], 1e-9), **look)
        # Where the line falls through this height, there is room beside it.
        falls = int((lengths[:, i] < 1e-4).argmax()) + 1
        label_end(left, falls, 1e-4, name, look["color"])
    left.set_ylim(1e-5, 3)
    draw_level(left, lr, "η")
    name_axes(left, "step", "length of the step")
    right.semilogy(run.losses, color=LINES[RMSPROP]["color"])
    draw_level(right, floor, "floor")
    name_axes(right, "step", "loss")
    lowest = int(run.losses.argmin())
    caption = (
        f"RMSProp on the ravine at η = {lr:g}. The steps shrink on the way, and the loss falls to "
        f"{run.losses[lowest]:.0e} at step {lowest}. Then both steps grow back to η; at step "
        f"{run.steps} the loss is {run.losses[-1]:.2f}, and the floor is {floor:.2f}."
    )
    below = "The steps shrink on the way down; then they grow back to η, and the loss rises."
    return Captioned(figure, caption, below)


def losses_by_rate(sweeps: Mapping[str, Mapping[float, Any]]) -> Captioned:
    """Training losses on the digits by learning rate, for RMSProp and gradient descent.

    Args:
        sweeps: by rule's name, by learning rate, the losses, one a seed.
    """
    figure, ax = canvas(height=4.4)
    told, worse = [], []
    for name, at in (("RMSProp", 1e-3), ("gradient descent", 0.03)):
        draw_rates(ax, sweeps[name], name, name, at=at, below=6)
        of = {r: float(np.median(x)) for r, x in sweeps[name].items()}
        # At its last, largest rate a run is not the same on every processor to the last digit.
        inner = ", ".join(f"{m:.2f} at {r:g}" for r, m in list(of.items())[:-1])
        told.append(f"{name} {inner}")
        if of[max(of)] > 2 * min(of.values()):
            worse.append(f"{name} at {max(of):g}")
    name_axes(ax, "learning rate η", "training loss")
    seeds = len(next(iter(sweeps["RMSProp"].values())))
    caption = (
        f"Training loss on the digits after 12 passes, a dot for each of {seeds} seeds, a line "
        f"through the medians: {'; '.join(told)}. More than twice their best: "
        f"{' and '.join(worse)}."
    )
    below = f"Training loss by learning rate, a dot for each of {seeds} seeds; line: the median."
    return Captioned(figure, caption, below)
