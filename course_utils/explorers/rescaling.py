"""One function, many minima: a rescaling makes them flat or sharp, and a learning rate chooses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import Trajectory, descend
from ..optimizers import GRADIENT_DESCENT
from ..surfaces import two_layers
from ..svg import (
    Panel,
    Picture,
    Track,
    level,
    line,
    mark,
    points,
    step_counter,
    text,
    together,
    trail,
)
from ..theory import descent_limit
from . import common
from .common import texts
from .controls import Control, LogSlider
from .explorer import Explorer, Mark

__all__ = ["MAIN", "Rescaling"]

LAST, KICK = 60, 0.1
MAIN = Panel(46, 34, 420, 386, (-1.7, 5.4), (-1.7, 5.4))
ACROSS = Panel(528, 34, 192, 150, (-0.62, 0.62), (0, 1))
SAME = Panel(768, 34, 178, 150, (0, 1.5), (0, 1.9))
SHARP = Panel(528, 250, 418, 170, (-0.75, 0.75), (0, 26))
SPREAD = np.linspace(-0.75, 0.75, 121)


def minimum_sharpness(a: Any) -> Any:
    """The curvature across the valley at the minimum (a, 1/a)."""
    a = np.asarray(a, dtype=float)
    return a**2 + a**-2.0


def beside(a: float) -> np.ndarray:
    """Where the descent begins: a tenth beside the minimum (a, 1/a), straight across the valley."""
    steep = np.array([1 / a, a])
    return np.array([a, 1 / a]) + KICK * steep / np.linalg.norm(steep)


class Rescaling(Explorer):
    """The loss (w1 w2 - 1)^2 / 2 of the network w2 w1 x, seen from above, and a descent on it.

    The valley of minima is drawn bold where gradient descent with this learning rate can stay. On
    the right: the loss straight across the valley at the chosen minimum, the function that the
    network computes, and the sharpness of every minimum under the limit 2/eta.
    """

    goal = (
        "Begin at a minimum with a sharpness above 15 and let the learning rate alone bring you to "
        "one below 4."
    )
    presets = {
        "Flat": {"a": 1.0},
        "Sharp": {"a": 10**0.6},
        "Sharp the other way": {"a": 10**-0.6},
        "It slides": {"a": 10**0.6, "lr": 0.18, "step": LAST},
        "Too fast to stay": {"a": 10**0.6, "lr": 0.26, "step": LAST},
    }
    main_panel = MAIN
    last = LAST

    def controls(self) -> dict[str, Control]:
        """The rescaling and the learning rate."""
        return {
            "a": LogSlider("rescaling a: w1 = a, w2 = 1/a", 10**0.3, -0.7, 0.7, 0.02, ".2f"),
            "lr": common.rate_slider(0.2, 1.1, 0.01, ".2f", low=0.02),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """From which learning rate the chosen minimum cannot be held."""
        limit = float(descent_limit(minimum_sharpness(state["a"])))
        return {"lr": [(limit, "cannot stay", "right")]} if 0.02 <= limit <= 1.1 else {}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The valley with a descent, the loss across it, the function, and the sharpness."""
        a, lr = state["a"], state["lr"]
        run = descend(two_layers(), GRADIENT_DESCENT, start=beside(a), steps=LAST, lr=lr)
        w = run.padded(LAST).positions
        limit = float(descent_limit(lr))
        pieces = together(
            _valley(a, limit), _descent(run), _slice(a), _function(w), _all_minima(a, limit, w)
        )
        return Picture(
            960, 466,
            f"a = {a:.3g}, η = {lr:.2g}",
            _back(),
            pieces[0],
            tuple(pieces[1]),
            _sentence(a, lr, limit, run, w),
        )  # fmt: skip


@lru_cache(maxsize=1)
def _back() -> str:
    """Contours, frames and axes."""
    w = np.linspace(*MAIN.across, 141)
    loss = two_layers().value(np.stack(np.meshgrid(w, w, indexing="ij")))
    heights = (12.0, 6.0, 3.0, 1.5, 0.7, 0.3, 0.1, 0.03)
    ticks = "".join(
        f'<path class="tick" d="M{points([SHARP.pixels(np.log10(a), 0)])}v4"/>'
        + text(*(SHARP.pixels(np.log10(a), 0) + [0, 17]), f"{a:g}", "muted small", "middle")
        for a in (0.2, 0.5, 1, 2, 5)
    )
    sample = f'<path class="dots values made" d="M{points([SAME.pixels(1, 1)])}h0"/>'
    return (
        MAIN.bands(w, w, loss, heights)
        + ACROSS.frame() + SAME.frame() + SHARP.frame()
        + MAIN.axes((0, 2, 4), (0, 2, 4), "w2 →", "w1 ↑, the loss (w1 w2 − 1)²/2 from above")
        + ACROSS.axes((-0.5, 0, 0.5), (0, 0.5, 1), "", "loss across the valley")
        + SAME.axes((0, 1), (0, 1), "x", "the function w2 w1 x")
        + SHARP.axes((), (0, 10, 20), "", "sharpness a² + 1/a² of each minimum (a, 1/a)") + ticks
        + SHARP.inside(line(SHARP, SPREAD, minimum_sharpness(10**SPREAD), "path edge ink"))
        + SAME.inside(sample)
    )  # fmt: skip


def _valley(a: float, limit: float):
    """The minima, bold where the sharpness is below the limit, and the chosen one."""
    spread = np.linspace(-0.78, 0.78, 157)
    shapes = ""
    for sign in (1, -1):
        ends = MAIN.pixels(sign * 10**-spread, sign * 10**spread)
        shapes += f'<polyline class="path edge ink" points="{points(ends)}"/>'
        held = minimum_sharpness(10**spread) <= limit
        if held.sum() > 1:
            shapes += f'<polyline class="path held" points="{points(ends[held])}"/>'
    shapes += mark(MAIN, 1 / a, a, "ink", 6)
    words = text(MAIN.x + MAIN.width - 12, MAIN.y + 46, "bold: sharpness below 2/η",
                 "halo small", "end")  # fmt: skip
    words += text(MAIN.x + MAIN.width - 12, MAIN.y + 66, "gradient descent", "halo small gd",
                  "end")  # fmt: skip
    return MAIN.inside(shapes, words), []


def _descent(run: Trajectory):
    pieces = together(trail(MAIN, run, LAST, "gd"), step_counter(MAIN, LAST))
    return MAIN.inside(pieces[0]), pieces[1]


def _slice(a: float):
    """The loss straight across the valley at the minimum (a, 1/a), and at (1, 1)."""
    t = np.linspace(*ACROSS.across, 61)

    def across(a):
        steep = np.array([1 / a, a]) / np.hypot(a, 1 / a)
        at = np.array([a, 1 / a])[:, None] + steep[:, None] * t
        return t, two_layers().value(at)

    shapes = line(ACROSS, *across(1.0), "guide path") + line(ACROSS, *across(a), "path w1")
    words = text(ACROSS.x + 8, ACROSS.y + 20, f"sharpness {minimum_sharpness(a):.3g}",
                 "halo small strong w1")  # fmt: skip
    words += text(ACROSS.x + 8, ACROSS.y + 38, "dotted: a = 1", "halo small muted")
    return ACROSS.inside(shapes, words), []


def _function(w: np.ndarray):
    """The function of the network at every step, as a row of dots, and that of every minimum."""
    x = np.linspace(0, 1.5, 13)
    place = SAME.pixels(x[None], np.clip(w[:, :1] * w[:, 1:] * x, -50, 50))
    shapes = line(SAME, x[[0, -1]], x[[0, -1]], "path edge ink")
    shapes += '<path data-k="function" class="dots gd"/>'
    words = text(SAME.x + 8, SAME.y + 20, "sample (1, 1)", "halo small muted")
    words += text(SAME.x + 8, SAME.y + 38, "dashes: minima", "halo small muted")
    return SAME.inside(shapes, words), [Track("function", "cloud", place.reshape(LAST + 1, -1))]


def _all_minima(a: float, limit: float, w: np.ndarray):
    """The limit over the sharpness of all minima, and where the descent is now."""
    held = minimum_sharpness(10**SPREAD) <= limit
    curve = SHARP.pixels(SPREAD, minimum_sharpness(10**SPREAD))
    shapes = ""
    if held.sum() > 1:
        shapes += f'<polyline class="path held" points="{points(curve[held])}"/>'
    shown = min(limit, 25.4)
    words = f"limit 2/η = {limit:.3g}" + (" (above)" if limit > shown else "")
    shapes += level(SHARP, shown, "", "guide strong")
    x = SHARP.x + SHARP.width / 2
    y = SHARP.pixels(0, shown)[1]
    shapes += text(x, y - 6 if y > SHARP.y + 24 else y + 18, words, "halo small muted", "middle")
    shapes += mark(SHARP, np.log10(a), float(minimum_sharpness(a)), "ink", 6)
    shapes += '<circle data-k="sharp-now" class="mark gd" r="6"/>'
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log10(np.sqrt(np.abs(w[:, 0] / w[:, 1])))
    place = SHARP.pixels(np.nan_to_num(ratio), np.clip((w**2).sum(axis=1), 0, 99))
    return SHARP.inside(shapes), [Track("sharp-now", "at", place)]


def _sentence(a, lr, limit, run, w) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    curvature = [float(np.linalg.eigvalsh(h)[-1]) for h in
                 np.moveaxis(two_layers().hessian(np.clip(w, -1e6, 1e6).T), -1, 0)]  # fmt: skip
    own, last = float(minimum_sharpness(a)), w[-1]
    held = "can" if own < limit else "cannot"
    rests = np.abs(two_layers().gradient(last)).max() < 1e-3
    if run.stopped:
        end = f"The descent runs away at step {run.steps}."
    elif rests:
        end = (
            f"It comes to rest at ({last[0]:.2f}, {last[1]:.2f}), where the sharpness is "
            f"{curvature[-1]:.2f}."
        )
    else:
        end = f"After {LAST} steps it still moves."
    sentence = (
        f"With a = {a:.3g} the minimum ({a:.3g}, {1 / a:.3g}) has the sharpness {own:.3g} and the "
        f"same function as every other. With η = {lr:.2f} the limit is {limit:.3g}, so gradient "
        f"descent {held} stay there. [Step {{0}}: w1 = {{1}}, w2 = {{2}}], loss {{3}}[, sharpness "
        f"{{4}}. {end}]"
    ).replace("-", "−")
    losses = run.padded(LAST).losses
    columns = [
        common.steps(LAST),
        *(texts(w[:, i]) for i in (0, 1)),
        [f"{x:.2g}" for x in losses],
        [f"{x:.3g}" for x in curvature],
    ]
    return sentence, columns
