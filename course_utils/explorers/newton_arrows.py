"""What curvature buys: minus the gradient, the exact line search, Newton's step from one point."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import Trajectory, descend
from ..optimizers import NoStep, Rule, damped_newton, exact_step
from ..surfaces import Surface, rosenbrock, saddle_well
from ..svg import (
    Panel,
    Picture,
    arrow,
    cased,
    counter,
    cross,
    curve,
    legend,
    level,
    line,
    mark,
    points,
    text,
    together,
    trail,
    upright,
)
from . import common
from .common import texts, valley
from .controls import Choice, Control, Slider, Switch
from .explorer import Explorer, Mark

MAIN = Panel(46, 26, 560, 400, (-11.0, 3.0), (-5.0, 5.0))
SLICE = Panel(690, 46, 256, 150, (0.0, 1.5), (0.0, 1.0))
LOSS = Panel(690, 276, 256, 150, (0, 20), (1e-9, 1e4), log=True)
GOAL, BOUND, RAY = 1e-6, 0.5, 120.0
# What is left of a loss below this is rounding, in which processors differ: it is shown as 0.
ROUNDING = 1e-20

PANELS = {
    "ravine": MAIN,
    "Rosenbrock's valley": Panel(46, 26, 560, 400, (-3.4, 3.6), (-2.5, 2.5)),
    "saddle": Panel(46, 26, 560, 400, (-2.8, 2.8), (-2.0, 2.0)),
}
STARTS = {"ravine": (2.0, -10.0), "Rosenbrock's valley": (-1.2, 1.0), "saddle": (0.4, 0.4)}
MINIMA = {
    "ravine": ((0.0, 0.0),),
    "Rosenbrock's valley": ((1.0, 1.0),),
    "saddle": ((0.0, 1.0), (0.0, -1.0)),
}
LEVELS = {
    "Rosenbrock's valley": (9000, 4000, 1500, 500, 150, 40, 10, 2),
    "saddle": (8, 4, 2, 1, 0.5, 0.25, 0.12, 0.04),
}


def surface_of(name: str, kappa: float) -> Surface:
    """The surface that a choice of the controls names."""
    if name == "ravine":
        return valley(kappa)
    return rosenbrock() if name.startswith("Rosenbrock") else saddle_well()


def sizes(H: np.ndarray) -> np.ndarray:
    """|H|: the eigenvectors of H with the sizes of its eigenvalues."""
    curvatures, axes = np.linalg.eigh(H)
    return axes * np.abs(curvatures) @ axes.T


def newton_rule(saddle_free: bool) -> Rule:
    """Damped Newton on H, or on |H|."""

    def kernel(w, g, H, *, mu):
        damped_newton(w, g, sizes(H) if saddle_free else H, mu=mu)

    return Rule(name="saddle-free Newton" if saddle_free else "Newton", kernel=kernel)


def _along(w, g, H):
    """The exact line search; where nothing is lowest, a step of length BOUND along minus g."""
    try:
        w -= exact_step(g, H) * g
    except NoStep:
        w -= BOUND * g / max(float(np.hypot(*g)), 1e-300)


ALONG = Rule(name="line search", kernel=_along)


@lru_cache(maxsize=8)
def _back(name: str, kappa: float) -> str:
    panel, surface = PANELS[name], surface_of(name, kappa)
    if name in LEVELS:
        w2, w1 = np.linspace(*panel.across, 161), np.linspace(*panel.up, 121)
        loss = surface.value(np.stack(np.meshgrid(w1, w2, indexing="ij")))
        bands = panel.bands(w2, w1, loss, LEVELS[name])
    else:
        bands = panel.contours(surface)
    marks = ""
    for w1, w2 in MINIMA[name]:
        x, y = panel.pixels(w2, w1)
        marks += cross(panel, w2, w1)
        marks += text(x + 10, y + 19, "minimum", "halo small")
    across, up = (_whole(limits) for limits in (panel.across, panel.up))
    contours = bands + panel.axes(across, up, "w2 →", "w1 ↑")
    losses = LOSS.frame() + LOSS.axes((0, 10, 20), (1e-6, 1, 1e4), "step", "loss against step")
    return contours + panel.inside(marks) + losses + LOSS.inside(level(LOSS, GOAL, "goal"))


class NewtonArrows(Explorer):
    """From a point that can be moved: minus the gradient, the exact line search, Newton's step.

    On the right the loss along both steps, with the quadratic that Newton believes in, and the loss
    after each further step of both rules.
    """

    goal = (
        "On the saddle, bring Newton's loss below 1e-6 within 20 steps by damping alone: "
        "which μ needs the fewest? Then switch |H| on and beat it."
    )
    presets = {
        "Two directions": {"surface": "ravine", "w1": 2.0, "w2": -10.0, "step": 0},
        "Nearly −g": {"surface": "ravine", "w1": 2.0, "w2": -10.0, "mu": 50.0, "step": 20},
        "Newton's detour": {"surface": "Rosenbrock's valley", "w1": -1.2, "w2": 1.0, "step": 6},
        "To the saddle": {"surface": "saddle", "w1": 0.4, "w2": 0.4, "step": 6},
        "|H|": {"surface": "saddle", "w1": 0.4, "w2": 0.4, "saddle_free": True, "step": 20},
    }
    main_panel, strip = MAIN, (MAIN,)
    last = 20

    def controls(self) -> dict[str, Control]:
        """Surface, condition number, the point, damping, and |H| in place of H."""
        w1, w2 = STARTS["ravine"]
        return {
            "surface": Choice("surface", list(PANELS)),
            "kappa": Slider("κ of the ravine", 25, 1, 100, 1, ".0f"),
            "w1": Slider("point w1", w1, -5, 5, 0.05),
            "w2": Slider("point w2", w2, -11, 3, 0.05),
            "mu": Slider("damping μ", 0, 0, 50, 0.05),
            "saddle_free": Switch("|H| in place of H"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The curvatures at the point; a negative one where damping has made up for it."""
        H = surface_of(state["surface"], state["kappa"]).hessian((state["w1"], state["w2"]))
        low, high = np.linalg.eigvalsh(H)
        if low < 0:
            return {"mu": [(-low, "downhill", "right")]}
        return {"mu": [(low, "λ2", "left"), (high, "λ1", "right")]}

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """A click on the contours moves the point there."""
        panel = PANELS[self.surface]
        return common.start_at(panel, x, y)

    def move(self, name: str, value: Any) -> None:
        """On a new surface the point stands at its start and moves within its picture."""
        super().move(name, value)
        if name == "surface":
            panel = PANELS[value]
            for axis, ends, start in zip(
                ("w1", "w2"), (panel.up, panel.across), STARTS[value], strict=True
            ):
                self.limit(axis, *ends, start)

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The arrows at the point, the loss along them, and both rules from there on."""
        name, start = state["surface"], np.array([state["w1"], state["w2"]])
        surface, panel = surface_of(name, state["kappa"]), PANELS[name]
        fast = descend(surface, newton_rule(state["saddle_free"]), start, self.last, mu=state["mu"])
        plain = descend(surface, ALONG, start, self.last)
        at = _At(surface, start, fast, plain, np.array(MINIMA[name]))
        over = together(
            trail(panel, plain, self.last, "gd"),
            trail(panel, fast, self.last, "newton"),
            counter(panel, [at.apart]),
        )
        losses = [run.padded(self.last).losses for run in (fast, plain)]
        below = together(
            *(
                curve(LOSS, np.maximum(values, ROUNDING), f"loss-{kind}", kind)
                for values, kind in ((losses[1], "gd"), (losses[0], "newton"))
            )
        )
        letter = "|H|" if state["saddle_free"] else "H"
        title = f"{name}, κ = {state['kappa']:g}" if name == "ravine" else name
        return Picture(
            960, 466,
            f"{title}: step −({letter} + μI)⁻¹g with μ = {state['mu']:g}",
            _back(name, state["kappa"]),
            _legend(at.along_name) + panel.inside(at.arrows(panel), over[0])
            + at.slices() + LOSS.inside(below[0]),
            (*over[1], *below[1]),
            at.described(losses),
        )  # fmt: skip


@lru_cache(maxsize=2)
def _legend(along: str) -> str:
    return legend(
        18,
        (112, "−g", "strong", "arrow ray ink"),
        (210, along, "gd strong", "path gd"),
        (400, "Newton's step", "newton strong", "path newton"),
    )


class _At:
    """What is to be seen at the point."""

    def __init__(
        self,
        surface: Surface,
        start: np.ndarray,
        fast: Trajectory,
        plain: Trajectory,
        minima: np.ndarray,
    ) -> None:
        self.minima = minima
        self.surface, self.start, self.fast, self.plain = surface, start, fast, plain
        self.g, self.H = surface.gradient(start), surface.hessian(start)
        self.newton, self.along = _first_step(fast), _first_step(plain)
        self.along_name = "line search" if self.g @ self.H @ self.g > 0 else "bounded step"
        sizes = np.hypot(*self.g) * np.hypot(*self.newton)
        self.angle = None
        if sizes > 0:
            self.angle = float(np.degrees(np.arccos(np.clip(-self.g @ self.newton / sizes, -1, 1))))
        self.apart = "no step" if self.angle is None else f"−g and Newton: {self.angle:.1f}° apart"

    def arrows(self, panel: Panel) -> str:
        """Minus g as a ray, the step along it, Newton's step, and the angle between."""
        x, y = panel.pixels(self.start[1], self.start[0])
        tips = [panel.pixels(*(self.start + p)[::-1]) for p in (self.along, self.newton)]
        ray = np.array([-self.g[1], self.g[0]]) / max(float(np.hypot(*self.g)), 1e-300)
        far = ray * max(RAY, 40 + float(np.hypot(*(tips[0] - (x, y))))) * (self.g.any())
        shapes = cased(arrow(x, y, x + far[0], y + far[1]), "arrow ray ink")
        for (a, b), kind in zip(tips, ("gd", "newton"), strict=True):
            shapes += cased(arrow(x, y, a, b), f"arrow {kind}")
        return shapes + (self._arc(panel, x, y, ray) if (self.angle or 0) > 25 else "")

    def _arc(self, panel: Panel, x: float, y: float, ray: np.ndarray) -> str:
        here = np.array([self.newton[1], -self.newton[0]])
        first, second = np.arctan2(ray[1], ray[0]), np.arctan2(here[1], here[0])
        turn = (second - first + np.pi) % (2 * np.pi) - np.pi
        angles = first + turn * np.linspace(0, 1, 16)
        ring = np.stack([x + 36 * np.cos(angles), y + 36 * np.sin(angles)], axis=1)
        a = first + turn / 2
        place = x + 58 * np.cos(a), y + 58 * np.sin(a) + 5
        # The corner of the panel says the angle, too: none is needed where other words are.
        boxes = [(panel.x + panel.width - 330, panel.y - 20, panel.x + panel.width, panel.y + 40)]
        boxes += [
            (a - 14, b, a + 92, b + 40) for a, b in (panel.pixels(*m[::-1]) for m in self.minima)
        ]
        across, up = place[0], place[1] - 5
        free = panel.contains(across - 22, up - 10) and panel.contains(across + 22, up + 10)
        free &= not any(x0 < across < x1 and y0 < up < y1 for x0, y0, x1, y1 in boxes)
        words = text(*place, f"{self.angle:.0f}°", "halo strong small", "middle") if free else ""
        return cased(f"M{points(ring)}", "edge ink") + words

    def slices(self) -> str:
        """The loss along both steps, and the quadratic along Newton's."""
        t = np.linspace(0, 1.5, 46)
        f = float(self.surface.value(self.start))
        lines = {
            kind: self.surface.value(self.start[:, None] + t * p[:, None])
            for kind, p in (("gd", self.along), ("newton", self.newton))
        }
        p = self.newton
        model = f + t * (self.g @ p) + t**2 / 2 * (p @ self.H @ p)
        both = np.concatenate([*lines.values(), model])
        low, high = float(both.min()), float(both.max())
        room = 0.06 * max(high - low, 1e-9)
        panel = SLICE.scaled((low - room, high + room))
        shapes = upright(panel, 1)
        for kind, values in lines.items():
            shapes += line(panel, t, values, f"path {kind}")
        shapes += line(panel, t, model, "path model")
        for kind, values in lines.items():
            shapes += mark(panel, 1, np.interp(1, t, values), kind, 4)
        axes = panel.axes((0, 0.5, 1, 1.5), _ticks(low, high), "", "loss along each step")
        share = text(
            panel.x + panel.width, panel.y + panel.height + 34, "share of the step", "small", "end"
        )
        share += legend(
            panel.y + panel.height + 34, (panel.x - 44, "its quadratic", "small", "path model")
        )
        return panel.frame() + axes + share + panel.inside(shapes)

    def described(self, losses) -> tuple[str, list[list[str]]]:
        """The sentence under the picture, and its numbers at every step."""
        low, high = np.linalg.eigvalsh(self.H)
        way = "uphill" if self.g @ self.newton > 0 else "downhill"
        step = "Newton has no step here"
        if self.angle is not None:
            step = f"Newton's step leads {way}, {self.angle:.1f}° away from −g"
        elif not self.g.any():
            step = "There is no step: the gradient is zero"
        how = "the line search" if self.along_name == "line search" else "a bounded step"
        sentence = (
            f"At w1 = {self.start[0]:.2f}, w2 = {self.start[1]:.2f} "
            f"the curvatures are {high:.3g} and {low:.3g}. "
            f"{step}; {how} goes {np.hypot(*self.along):.3g} along −g. "
            "[Step {0}: Newton is at w1 = {1}, w2 = {2} with loss {3}], "
            f"{how} has loss {{4}}[. {self._end()}]"
        )
        now = self.fast.padded(len(losses[0]) - 1).positions
        columns = [common.steps(len(now) - 1)]
        columns += [texts(x, ".3f") for x in now.T] + [
            texts(x, ".3g", least=ROUNDING) for x in losses
        ]
        return sentence.replace("-", "−").replace("1e−", "1e-"), columns

    def _end(self) -> str:
        hit = self.fast.steps_to(GOAL)
        if hit is not None:
            return f"Newton's loss is below 1e-6 from step {hit}."
        if self.fast.stopped:
            return f"Newton ends at step {self.fast.steps}."
        return f"After {self.fast.steps} steps Newton's loss is {self.fast.losses[-1]:.3g}."


def _whole(limits: tuple[float, float]) -> list[int]:
    """Whole numbers to mark on an axis of the contours."""
    by = 5 if limits[1] - limits[0] > 10 else 2 if limits[1] - limits[0] > 8 else 1
    return [k for k in range(-20, 21) if k % by == 0 and limits[0] <= k <= limits[1]]


def _first_step(run: Trajectory) -> np.ndarray:
    return run.positions[1] - run.positions[0] if run.steps else np.zeros(2)


def _ticks(low: float, high: float) -> list[float]:
    """Two to five round numbers between two losses."""
    rough = max(high - low, 1e-9) / 3
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    ticks = np.round(step * np.arange(np.ceil(low / step), high / step + 1e-9), 10)
    return [float(x) + 0.0 for x in ticks]
