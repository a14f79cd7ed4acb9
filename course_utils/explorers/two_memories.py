"""Adam beside momentum and RMSProp: both memories, the step they make, and the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..descent import Trajectory, descend
from ..optimizers import ADAM, UNCORRECTED_ADAM
from ..svg import (
    Panel,
    Picture,
    Piece,
    counter,
    curve,
    level,
    nice_limit,
    padded,
    text,
    together,
    trail,
)
from ..theory import uncorrected_peak
from .controls import Control, LogSlider, Slider, Switch
from .damping import GROUND, STEEP
from .explorer import Explorer, Mark
from .two_memories_ground import (
    GOAL,
    LAST,
    LOSS,
    MEMORIES,
    STEPS,
    back,
    momentum,
    names,
    quickest,
    rmsprop,
    surface,
)


class TwoMemories(Explorer):
    """Adam on the contours of a ravine, beside momentum and RMSProp, its two parents.

    Below, for each weight, the first memory m as a line between plus and minus the root of the
    second, sqrt(s): the step is the share of that room which m fills, times the learning rate.
    Then the length of that step, in units of the learning rate, and the loss of all three rules.
    Momentum keeps its own rate, 0.02, with beta = beta1; RMSProp takes Adam's, with rho = 0.9.
    """

    goal = (
        "Bring Adam's loss below 1e-3 for good within 20 steps. Then multiply the loss by 1000 "
        "and see which of the three paths still arrives."
    )
    presets = {
        "The paper's defaults": {"step": LAST},
        "No correction: the burst": {"corrected": False, "step": 16},
        "The article's settings": {"corrected": False, "beta2": 0.99, "eps": 1e-10, "step": LAST},
        "β2 = 0.95": {"beta2": 0.95, "step": LAST},
        "Loss × 1000": {"c": 1e3, "step": 40},
        "ε takes over": {"eps": 1e2, "step": LAST},
    }
    main_panel = GROUND
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Learning rate, both betas, eps, the ravine's shape and scale, correction or none."""
        return {
            "lr": Slider("learning rate η", 0.3, 0.02, 3, 0.01, ".2f"),
            "beta1": Slider("memory β1", 0.9, 0.0, 0.99, 0.01, ".2f"),
            "beta2": Slider("memory β2", 0.999, 0.5, 0.999, 0.001, ".3f"),
            "eps": LogSlider("ε", 1e-8, -10, 3, 0.1, ".1e"),
            "c": LogSlider("scale of the loss c", 1, -3, 3, 0.1, ".1e"),
            "kappa": Slider("condition κ", 25, 1, 100, 1, ".0f"),
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
        steps = np.abs(np.diff(padded(adam.positions, LAST), axis=0, prepend=np.nan)) / hyper["lr"]
        steps[0] = steps[1]
        losses = {kind: padded(run.losses, LAST) / c for kind, run in runs.items()}
        peak = uncorrected_peak(hyper["beta1"], hyper["beta2"], 1000)[1]
        on_ground = together(
            *(trail(GROUND, run, LAST, kind) for kind, run in runs.items()),
            counter(GROUND, [f"step {k}" for k in range(LAST + 1)]),
        )
        memories = [_memory(i, first[:, i], root[:, i], corrected) for i in (0, 1)]
        lengths = together(*(curve(STEPS, steps[:, i], f"step{i}", f"w{i + 1}") for i in (0, 1)))
        levels = level(STEPS, 1, "η") + level(STEPS, peak, f"peak {peak:.2f} if not corrected")
        curves = together(*(curve(LOSS, x, f"loss-{kind}", kind) for kind, x in losses.items()))
        name = "Adam" if corrected else "Adam, not corrected"
        return Picture(
            960, 466,
            f"{name}, η = {hyper['lr']:.3g}, β1 = {hyper['beta1']:.3g}, β2 = {hyper['beta2']:.3g}",
            back(kappa),
            GROUND.inside(on_ground[0]) + names(name) + memories[0][0] + memories[1][0]
            + STEPS.inside(levels, lengths[0]) + LOSS.inside(curves[0]),
            (*on_ground[1], *memories[0][1], *memories[1][1], *lengths[1], *curves[1]),
            _spoken(state, name, runs, losses, steps),
        )  # fmt: skip


def _memories(
    adam: Trajectory, hyper: Mapping[str, float], corrected: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The first memory and the root of the second, as the step uses them; at step 0 both are 0."""
    first, second = (padded(adam.memory[name], LAST) for name in ("m", "s"))
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
    panel = Panel(base.x, base.y, base.width, base.height, base.across, (-high, high))
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


def _spoken(state, name, runs, losses, steps) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    adam = runs["adam"]
    made = steps[1 : adam.steps + 1].max(axis=1)
    longest = int(made.argmax()) + 1 if made.size else 0
    most = f"The longest is {made.max():.2f} η, at step {longest}." if made.size else ""
    reach = []
    for kind, run in runs.items():
        above = np.flatnonzero(losses[kind] > GOAL)
        home = int(above[-1]) + 1 if above.size else 0
        who = {"adam": "Adam", "rmsprop": "RMSProp"}.get(kind, kind)
        said = f"from step {home}" if home <= LAST else "not yet"
        if run.stopped and home > LAST:
            said = f"ran away at step {run.steps + 1}"
        reach.append(f"{who} {said}")
    sentence = (
        f"{name}: η = {state['lr']:.3g}, β1 = {state['beta1']:.3g}, β2 = {state['beta2']:.3g}, "
        f"ε = {_short(state['eps'])}, c = {_short(state['c'])}, κ = {state['kappa']:g}. "
        "Step {0}: w1 = {1}, w2 = {2}, loss / c {3}; this step was {4} η along w1 and {5} η along "
        f"w2. {most} Below 1e-3 for good: {', '.join(reach)}."
    )
    now = padded(adam.positions, LAST)
    lengths = steps.copy()
    lengths[0] = 0
    columns = [
        [str(k) for k in range(LAST + 1)],
        *(_texts(x, ".2f") for x in now.T),
        _texts(losses["adam"], ".2g"),
        *(_texts(x, ".2f") for x in lengths.T),
    ]
    return sentence, columns


def _short(x: float) -> str:
    """A number of any size without padding: 1e-8, 0.5, 1000."""
    return f"{x:.2g}".replace("e-0", "e-").replace("e+0", "e") if x < 100 else f"{x:.0f}"


def _texts(values: np.ndarray, form: str) -> list[str]:
    return [format(x + 0.0, form).replace("-0.00", "0.00").replace("-", "−") for x in values]
