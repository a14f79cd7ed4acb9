"""RMSProp beside gradient descent: its steps, what they are divided by, and where they end."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..descent import Trajectory, descend
from ..optimizers import ADAGRAD, ADAGRAD_INSIDE, GRADIENT_DESCENT, RMSPROP, RMSPROP_INSIDE, Rule
from ..surfaces import Surface, ravine
from ..svg import Picture, padded, together
from ..theory import rmsprop_cycle, smallest_quiet_eps, turned_floor
from .controls import Control, LogSlider, Slider, Switch
from .cycle_ground import (
    LAST,
    PLAIN_RATE,
    back,
    both_losses,
    both_paths,
    compass,
    divided_by,
    lengths_of_steps,
    names,
)
from .damping import GROUND, STEEP
from .explorer import Explorer, Mark

__all__ = ["GROUND", "Cycle"]

RULES = {
    (False, False): RMSPROP,
    (False, True): RMSPROP_INSIDE,
    (True, False): ADAGRAD,
    (True, True): ADAGRAD_INSIDE,
}


@lru_cache(maxsize=16)
def _plain(surface_of: tuple[float, float, float]) -> Trajectory:
    """Gradient descent at the one rate that suits c = 1."""
    return descend(_surface(*surface_of), GRADIENT_DESCENT, steps=LAST, lr=PLAIN_RATE)


@lru_cache(maxsize=16)
def _surface(kappa: float, theta: float, c: float) -> Surface:
    return ravine(kappa, np.radians(theta), c * STEEP / kappa)


class Cycle(Explorer):
    """RMSProp beside gradient descent, drawn along the valley however the valley is turned.

    Turning the ravine by theta turns the axes of the weights against the valley; the picture holds
    the valley still and turns the axes, which the compass shows. The black arrow is a step in units
    of lr, split into what w1 and w2 contribute. Below: the length of both steps, what each is
    divided by, and the loss of both rules.
    """

    goal = (
        "From step 150 on, keep the loss below 1e-3. RMSProp can do it with a large ε, AdaGrad "
        "with a large η. Then turn the ravine by 45° and try both again."
    )
    presets = {
        "Cycle": {"step": LAST},
        "Only the sign": {"rho": 0.0, "lr": 0.19, "step": LAST},
        "ε kills it": {"eps": 10**0.5, "step": LAST},
        "Try AdaGrad": {"adagrad": True, "lr": 1.5, "step": 40},
        "Loss × 1000": {"c": 1e3, "step": 30},
        "Turned 45°": {"theta": 45, "step": 60},
    }
    main_panel = GROUND
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Learning rate, rho, eps, the ravine's shape, scale and angle, and which rule it is."""
        return {
            "lr": Slider("learning rate η", 0.2, 0.01, 2, 0.01, ".2f"),
            "rho": Slider("memory ρ", 0.9, 0.0, 0.99, 0.01, ".2f"),
            "eps": LogSlider("ε", 1e-8, -8, 2, 0.1, ".1e"),
            "kappa": Slider("condition κ", 25, 1, 100, 1, ".0f"),
            "c": LogSlider("scale of the loss c", 1, -3, 3, 0.1, ".1e"),
            "theta": Slider("angle θ in degrees", 0, 0, 45, 1, ".0f"),
            "inside": Switch("ε inside the root"),
            "adagrad": Switch("AdaGrad"),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """From which eps each direction comes to rest, if the valley lies along the axes."""
        if state["adagrad"] or state["theta"] != 0:
            return {}
        steep = STEEP * state["c"]
        found = {"stops w2": steep / state["kappa"], "stops w1": steep}
        if state["kappa"] == 1:
            found = {"stops both": steep}
        sides = ("left", "right")
        eps = {
            word: float(smallest_quiet_eps(state["lr"], curvature, state["inside"]))
            for word, curvature in found.items()
        }
        return {
            "eps": [
                (value, word, side)
                for (word, value), side in zip(eps.items(), sides, strict=False)
                if 1e-8 <= value <= 1e2
            ]
        }

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Both descents, the step in its parts, its two lengths and divisors, and both losses."""
        kappa, theta, c = state["kappa"], float(state["theta"]), state["c"]
        rule, lr = RULES[state["adagrad"], state["inside"]], state["lr"]
        hyper = {"lr": lr, "eps": state["eps"]} | (
            {} if state["adagrad"] else {"rho": state["rho"]}
        )
        run = descend(_surface(kappa, theta, c), rule, steps=LAST, **hyper)
        plain = _plain((kappa, theta, c))
        kind = "adagrad" if state["adagrad"] else "rmsprop"
        moves = np.zeros((LAST + 1, 2))
        moves[: run.steps] = np.diff(run.positions, axis=0)
        moves[run.steps :] = moves[run.steps - 1]
        divisors = _divisors(run, state)
        losses = [padded(x.losses, LAST) / c for x in (plain, run)]
        end, floor = _end(state, losses[1])
        pieces = [
            both_paths(plain, run, moves / lr, theta, kind),
            lengths_of_steps(np.abs(moves), lr),
            divided_by(divisors, state["inside"]),
            both_losses(losses, floor, kind),
        ]
        shapes, tracks = together(*pieces)
        return Picture(
            960, 466,
            f"{_name(rule)}, η = {lr:.3g}, θ = {theta:.0f}°, c = {c:.3g}",
            back(kappa),
            shapes + names(kind, _name(rule)) + compass(theta),
            tuple(tracks),
            _spoken(state, rule, run, np.abs(moves), divisors, losses, end),
        )  # fmt: skip


def _name(rule: Rule) -> str:
    return rule.name.partition(",")[0]


def _divisors(run: Trajectory, state: Mapping[str, Any]) -> np.ndarray:
    """What the step that begins at each point is divided by; at the last point, as before it."""
    s = padded(run.memory["s"][1:], LAST)
    return np.sqrt(s + state["eps"]) if state["inside"] else np.sqrt(s) + state["eps"]


def _end(state: Mapping[str, Any], loss: np.ndarray) -> tuple[str, float]:
    """Where it ends, as a sentence, and the loss / c there, 0 where it is 0 or not known."""
    c, kappa, lr = state["c"], state["kappa"], state["lr"]
    curvatures = c * np.array([STEEP, STEEP / kappa])
    half = rmsprop_cycle(lr, curvatures, state["eps"], state["inside"])
    if state["adagrad"] or state["rho"] == 0 or not (state["theta"] == 0 or _tame(state, half)):
        below = 10.0 ** max(np.ceil(np.log10(max(loss[-41:].max(), 1e-12))), -9)
        return f"From step {LAST - 40} on it stays below {below:g}.", 0.0
    if state["theta"] != 0:
        floor = float(turned_floor(lr, *curvatures, np.radians(state["theta"]))) / c
        return f"In the end both weights jump by η at every step: loss / c {floor:.2g}.", floor
    if not half.any():
        return "In the end it comes to rest at the minimum.", 0.0
    floor = float(np.sum(curvatures * half**2) / 2 / c)
    stays = [
        f"{name} jumps from {x:.2g} to −{x:.2g} and back" if x > 0 else f"{name} rests"
        for name, x in zip(("w1", "w2"), half, strict=True)
    ]
    return f"In the end {', '.join(stays)}: loss / c {floor:.2g}, for ever.", floor


def _tame(state: Mapping[str, Any], half: np.ndarray) -> bool:
    """Whether eps is too small to count and rho large enough for the floor of a turned ravine."""
    return state["rho"] >= 0.8 and half.min() > 0.499 * state["lr"]


def _spoken(state, rule, run, lengths, divisors, losses, end) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    settings = [f"η = {state['lr']:.3g}"]
    settings += [] if state["adagrad"] else [f"ρ = {state['rho']:.2g}"]
    where = "inside the root" if state["inside"] else "outside"
    settings += [f"ε = {state['eps']:.2g} {where}", f"κ = {state['kappa']:g}"]
    settings += [f"θ = {state['theta']:.0f}°", f"c = {state['c']:.3g}"]
    sentence = (
        f"{_name(rule)}, {', '.join(settings)}. The minimum is {{7}} away along w1 and {{8}} "
        "along w2. Step {0}: the next step is {1} along w1 and {2} along w2, after a division by "
        f"{{3}} and {{4}}. Loss / c is {{5}}, that of gradient descent {{6}}. {end}"
    )
    away = np.abs(padded(run.positions, LAST) - run.surface.minimum)
    columns = [[str(k) for k in range(LAST + 1)]]
    columns += [_texts(x) for x in (*lengths.T, *divisors.T, losses[1], losses[0], *away.T)]
    return sentence, columns


def _texts(values: np.ndarray) -> list[str]:
    return [format(x, ".2g") if x >= 1e-9 else "0" for x in values]
