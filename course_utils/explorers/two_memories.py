"""Adam beside momentum and RMSProp: both memories, the step they make, and the loss."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import Trajectory, descend
from ..optimizers import ADAM, MOMENTUM, RMSPROP, UNCORRECTED_ADAM
from ..surfaces import Surface, ravine
from ..svg import (
    Panel,
    Picture,
    Piece,
    arrivals,
    contour_map,
    curve,
    legend,
    level,
    named,
    nice_limit,
    step_counter,
    text,
    together,
    trail,
    with_minimum,
)
from ..theory import uncorrected_peak
from . import common
from .common import RAVINE, STEEP, short, texts, valley
from .controls import Control, Slider, Switch
from .explorer import Explorer, Mark

LAST, GOAL = 120, 1e-3
NAMES = {"momentum": "momentum", "rmsprop": "RMSProp", "adam": "Adam"}
MOMENTUM_RATE, RHO = 0.02, 0.9
# Wide enough for the long steps without correction: it goes to w2 = 4.5.
MAIN = RAVINE.scaled(across=(-11.5, 5.2))
MEMORIES = (
    Panel(58, 342, 176, 100, (0, LAST), (-1, 1)),
    Panel(292, 342, 182, 100, (0, LAST), (-1, 1)),
)
STEPS = Panel(526, 342, 182, 100, (0, LAST), (1e-2, 100), log=True)
LOSS = Panel(764, 342, 182, 100, (0, LAST), (1e-7, 1e4), log=True)
TRIED = np.geomspace(0.02, 3, 60)


class TwoMemories(Explorer):
    """Adam on the contours of a ravine, beside momentum and RMSProp, its two parents.

    Below, for each weight, the first memory m as a line between plus and minus the root of the
    second, sqrt(s): the step is the share of that room which m fills, times the learning rate.
    Then the length of that step, in units of the learning rate, and the loss of all three rules.
    Momentum keeps its own rate, 0.02, with beta = beta1; RMSProp takes Adam's, with rho = 0.9.
    """

    goal = (
        "Bring Adam's loss below 1e-3 for good within 25 steps. Then multiply the loss by 1000 "
        "and see which of the three paths still arrives."
    )
    presets = {
        "The paper's defaults": {"step": LAST},
        "No correction": {"corrected": False, "step": 16},
        "No correction, β2 = 0.99": {"corrected": False, "beta2": 0.99, "eps": 1e-10, "step": LAST},
        "β2 = 0.95": {"beta2": 0.95, "step": LAST},
        "Loss × 1000": {"c": 1e3, "step": 40},
        "ε takes over": {"eps": 1e2, "step": LAST},
    }
    main_panel, strip = MAIN, (MAIN,)
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Learning rate, both betas, eps, the ravine's shape and scale, correction or none."""
        return {
            "lr": common.rate_slider(0.3, 3, 0.01, ".2f", low=0.02),
            "beta1": Slider("memory β1", 0.9, 0.0, 0.99, 0.01, ".2f"),
            "beta2": Slider("memory β2", 0.999, 0.5, 0.999, 0.001, ".3f"),
            "eps": common.scale_slider("ε", 1e-8, -10, 3),
            "c": common.scale_slider("scale of the loss c", 1, -3, 3),
            "kappa": common.kappa_slider(),
            "corrected": Switch("corrected", True),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The quickest rate, where steps lose their bound, and where eps drowns the gradients."""
        kappa, c, beta1 = state["kappa"], state["c"], state["beta1"]
        which = "kappa", "c", "beta1", "beta2", "eps", "corrected"
        best = quickest(*(state[name] for name in which))
        sizes = (10 * c * STEEP / kappa, "first g of w2"), (2 * c * STEEP, "first g of w1")
        return {
            "lr": [(best, "best", "middle")] if best else [],
            "beta2": [
                (value, word, side)
                for value, word, side in (
                    (beta1**2, "no bound below", "left"),
                    (beta1, "β1", "right"),
                )
                if 0.5 <= value <= 0.999
            ],
            "eps": [
                (value, word, side)
                for (value, word), side in zip(sorted(sizes), ("left", "right"), strict=True)
                if 1e-10 <= value <= 1e3
            ],
        }

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """All three descents, Adam's two memories along each weight, its steps, and the losses."""
        kappa, c, corrected = state["kappa"], state["c"], state["corrected"]
        hyper = {name: state[name] for name in ("lr", "beta1", "beta2", "eps")}
        adam = descend(
            surface(kappa, c), ADAM if corrected else UNCORRECTED_ADAM, steps=LAST, **hyper
        )
        runs = {
            "momentum": momentum(kappa, c, hyper["beta1"]),
            "rmsprop": rmsprop(kappa, c, hyper["lr"], hyper["eps"]),
            "adam": adam,
        }
        first, root = _memories(adam, hyper, corrected)
        steps = np.abs(np.diff(adam.padded(LAST).positions, axis=0, prepend=np.nan)) / hyper["lr"]
        steps[0] = steps[1]
        losses = {kind: run.padded(LAST).losses / c for kind, run in runs.items()}
        peak = uncorrected_peak(hyper["beta1"], hyper["beta2"], 1000)[1]
        over = together(
            with_minimum(
                valley(kappa),
                MAIN,
                *(trail(MAIN, run, LAST, kind) for kind, run in runs.items()),
            ),
            named(
                MAIN,
                MAIN.pixels(0, 0),
                *(
                    (NAMES[kind], kind, MAIN.pixels(*run.padded(LAST).positions.T[::-1]))
                    for kind, run in runs.items()
                ),
            ),
            step_counter(MAIN, LAST),
            arrivals(MAIN, LAST, *((NAMES[kind], kind, home(x)) for kind, x in losses.items())),
        )
        memories = [_memory(i, first[:, i], root[:, i], corrected) for i in (0, 1)]
        lengths = together(*(curve(STEPS, steps[:, i], f"step{i}", f"w{i + 1}") for i in (0, 1)))
        levels = level(STEPS, 1, "") + level(STEPS, peak, f"peak {peak:.2f} if not corrected")
        curves = together(*(curve(LOSS, x, f"loss-{kind}", kind) for kind, x in losses.items()))
        name = "Adam" if corrected else "Adam, not corrected"
        return Picture(
            960, 466,
            f"{name}, η = {hyper['lr']:.3g}, β1 = {hyper['beta1']:.3g}, β2 = {hyper['beta2']:.3g}"
            + (f", ε = {short(hyper['eps'])}" if hyper["eps"] != 1e-8 else "")
            + (f", loss × {short(c)}" if c != 1 else ""),
            back(kappa),
            MAIN.inside(over[0]) + names(name) + memories[0][0] + memories[1][0]
            + STEPS.inside(levels, lengths[0]) + LOSS.inside(curves[0]),
            (*over[1], *memories[0][1], *memories[1][1], *lengths[1], *curves[1]),
            _sentence(state, name, runs, losses, steps),
        )  # fmt: skip


def home(losses: np.ndarray) -> int | None:
    """The step from which the loss stays below the goal; None if it does not."""
    above = np.flatnonzero(losses > GOAL)
    step = int(above[-1]) + 1 if above.size else 0
    return step if step <= LAST else None


@lru_cache(maxsize=8)
def back(kappa: float) -> str:
    """What only kappa changes: the ravine, the frames and their axes."""
    w1, w2 = MEMORIES
    across = (0, 50, 100)
    panels = [
        contour_map(valley(kappa), MAIN),
        *(panel.frame() + panel.axes(across, across_name="step") for panel in (w1, w2)),
        STEPS.frame() + STEPS.axes(across, (0.01, 0.1, 1, 10), "step"),
        text(STEPS.x, STEPS.y - 10, "step of Adam, in units of η", "strong small"),
        LOSS.frame() + LOSS.axes(across, (1e-6, 1e-3, 1, 1e3), "step"),
        text(LOSS.x, LOSS.y - 10, "loss / c", "strong small"),
        LOSS.inside(level(LOSS, GOAL, "goal", side="left")),
    ]
    return "".join(panels)


@lru_cache(maxsize=16)
def surface(kappa: float, c: float) -> Surface:
    """The ravine with w1's curvature 25 c."""
    return ravine(kappa, c=c * STEEP / kappa)


@lru_cache(maxsize=16)
def momentum(kappa: float, c: float, beta: float) -> Trajectory:
    """Momentum at its own rate."""
    return descend(surface(kappa, c), MOMENTUM, steps=LAST, lr=MOMENTUM_RATE, beta=beta)


@lru_cache(maxsize=16)
def rmsprop(kappa: float, c: float, lr: float, eps: float) -> Trajectory:
    """RMSProp at Adam's rate."""
    return descend(surface(kappa, c), RMSPROP, steps=LAST, lr=lr, rho=RHO, eps=eps)


@lru_cache(maxsize=64)
def quickest(
    kappa: float, c: float, beta1: float, beta2: float, eps: float, corrected: bool
) -> float | None:
    """The rate of 60 between 0.02 and 3 with which Adam's loss is soonest below the goal for good.

    The goal is 1e-3 c; None if no rate reaches it within the explorer's steps.
    """
    curvatures = c * np.array([[STEEP], [STEEP / kappa]])
    w = np.array([[2.0], [-10.0]]) * np.ones_like(TRIED)
    m, s = np.zeros_like(w), np.zeros_like(w)
    hyper = {"lr": TRIED, "beta1": beta1, "beta2": beta2, "eps": eps}
    last_above = np.zeros(TRIED.size, dtype=int)
    with np.errstate(all="ignore"):
        for t in range(1, LAST + 1):
            g = curvatures * w
            if corrected:
                ADAM.kernel(w, g, m, s, t=t, **hyper)
            else:
                UNCORRECTED_ADAM.kernel(w, g, m, s, **hyper)
            home = 0.5 * (curvatures * w * w).sum(axis=0) <= GOAL * c
            last_above[~home] = t
    best = int(last_above.argmin())
    return float(TRIED[best]) if last_above[best] < LAST else None


def names(name: str) -> str:
    """The three paths' names and samples; ``name`` is what Adam is called."""
    return legend(
        18,
        (300, f"momentum, η = {MOMENTUM_RATE}", "momentum strong", "path momentum"),
        (526, f"RMSProp, ρ = {RHO}", "rmsprop strong", "path rmsprop"),
        (722, name, "adam strong", "path adam"),
    )


def _memories(
    adam: Trajectory, hyper: Mapping[str, float], corrected: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The first memory and the root of the second, as the step uses them; at step 0 both are 0."""
    first, second = (adam.padded(LAST).memory[name] for name in ("m", "s"))
    if corrected:
        t = np.minimum(np.arange(LAST + 1), adam.steps)[1:, None]
        first, second = first.copy(), second.copy()
        first[1:] /= 1 - hyper["beta1"] ** t
        second[1:] /= 1 - hyper["beta2"] ** t
    return first, np.sqrt(second)


def _memory(axis: int, first: np.ndarray, root: np.ndarray, corrected: bool) -> Piece:
    """One weight: m as a line between plus and minus sqrt(s)."""
    base, kind = MEMORIES[axis], f"w{axis + 1}"
    high = nice_limit(max(np.abs(first).max(), root.max()))
    panel = base.scaled((-high, high))
    room = together(
        *(_edge(panel, sign * root, f"room{axis}{word}") for sign, word in ((1, "+"), (-1, "-")))
    )
    line = curve(panel, first, f"m{axis}", kind)
    hats = "m̂ between ±√ŝ" if corrected else "m between ±√s"
    title = text(base.x, base.y - 10, f"{kind}: {hats}", f"{kind} strong small")
    scale = panel.axes((), (-high, 0, high))
    zero = level(panel, 0, "", "zero")
    pieces = together(room, line)
    return title + scale + panel.inside(zero, pieces[0]), pieces[1]


def _edge(panel: Panel, values: np.ndarray, key: str) -> Piece:
    shapes, tracks = curve(panel, values, key, "edge ink")
    return shapes.split("<circle")[0], tracks[:1]


def _sentence(state, name, runs, losses, steps) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    adam = runs["adam"]
    made = steps[1 : adam.steps + 1].max(axis=1)
    longest = int(made.argmax()) + 1 if made.size else 0
    most = f"The longest is {made.max():.2f} η, at step {longest}." if made.size else ""
    reach = []
    for kind, run in runs.items():
        since, who = home(losses[kind]), NAMES[kind]
        said = "not yet" if since is None else f"from step {since}"
        if run.stopped and since is None:
            said = f"ran away at step {run.steps + 1}"
        reach.append(f"{who} {said}")
    sentence = (
        f"{name}: η = {state['lr']:.3g}, β1 = {state['beta1']:.3g}, β2 = {state['beta2']:.3g}, "
        f"ε = {short(state['eps'])}, c = {short(state['c'])}, κ = {state['kappa']:g}. "
        "[Step {0}:] w1 = {1}, w2 = {2}, [loss / c {3}]; this step was {4} η along w1 and {5} η "
        f"along w2[.] {most} [Below 1e-3 for good: {', '.join(reach)}.]"
    )
    now = adam.padded(LAST).positions
    lengths = steps.copy()
    lengths[0] = 0
    columns = [
        common.steps(LAST),
        *(texts(x) for x in now.T),
        texts(losses["adam"], ".2g"),
        *(texts(x) for x in lengths.T),
    ]
    return sentence, columns
