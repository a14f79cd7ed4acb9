"""What noise in the gradient does: a cloud of runs, the ellipse that theory predicts, schedules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...svg import (
    Panel,
    Picture,
    Piece,
    Track,
    cross,
    curve,
    legend,
    level,
    line,
    nice_limit,
    step_counter,
    text,
    together,
)
from ...theory import momentum_limit, noise_floor, temperature
from .. import common
from ..common import RAVINE, STEEP, texts, valley
from ..controls import Choice, Control, LogSlider, Slider
from ..explorer import Explorer, Mark
from .model import (
    COSINE,
    CURVATURES,
    DRAWN,
    INVERSE,
    KAPPA,
    LAST,
    ONE_SAMPLE,
    PLANS,
    RUNS,
    STEPS,
    best,
    expected,
    mean_loss,
    planned,
    simulated,
)

RATE = Panel(52, 342, 226, 100, (0, LAST), (0, 1))
SPREAD = Panel(338, 342, 226, 100, (0, LAST), (8e-3, 20), log=True)
LOSS = Panel(626, 342, 320, 100, (0, LAST), (5e-3, 500), log=True)
LEGEND = legend(
    18,
    (452, "one of them", "momentum strong", "path one"),
    (622, "predicted: 86 % lie inside", "strong", "ellipse"),
) + (
    '<path class="dots momentum cloud" d="M274 10h0M286 15h0M297 11h0"/>'
    + text(308, 18, f"{DRAWN} of {RUNS} runs", "momentum strong")
)


class Cloud(Explorer):
    """Two hundred runs of momentum with noisy gradients, and the ellipse in which they should lie.

    The gradient of one sample has the standard deviation 12 along each weight, that of a batch of B
    is less by sqrt(B). The ellipse has twice the predicted standard deviations as its radii, exact
    at every step. Below: the schedule, the spread along w1 and w2, and the mean loss, with what is
    predicted as dots.
    """

    goal = (
        "With batches of 8, bring the mean loss at step 120 below 0.16. "
        "No constant learning rate can, at any β: find out why."
    )
    presets = {
        "One sample a step": {"batch": 1, "step": LAST},
        "Memory 0.9, same η": {"beta": 0.9, "step": LAST},
        "Same temperature": {"lr": 0.004, "beta": 0.9, "step": LAST},
        "Batch 64, η × 2": {"batch": 64, "lr": 0.076, "step": LAST},
        "Two drops": {"lr": 0.07, "schedule": STEPS, "step": LAST},
        "One over t": {"lr": 0.09, "schedule": INVERSE, "step": LAST},
        "Cosine": {"lr": 0.074, "schedule": COSINE, "step": LAST},
    }
    main_panel, strip = RAVINE, (RAVINE,)
    last = LAST

    def controls(self) -> dict[str, Control]:
        """Batch size, learning rate, beta, and how the rate changes."""
        return {
            "lr": common.rate_slider(0.04, 0.16),
            "batch": LogSlider("batch B", 8, 0, 8, 1, ".0f", base=2),
            "beta": Slider("memory β", 0.0, 0.0, 0.99, 0.01, ".2f"),
            "schedule": Choice("schedule", PLANS),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """The rate with the lowest expected loss at the end, and the limit of a constant one."""
        lr, _ = best(state["batch"], state["beta"], state["schedule"])
        limit = float(momentum_limit(state["beta"], STEEP))
        return {"lr": common.best_and_limit(lr, limit)}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The runs over the contours with their ellipse, the schedule, the spread and the loss."""
        batch, beta, lr = state["batch"], state["beta"], state["lr"]
        plan = planned(state["schedule"], lr)
        runs = simulated(batch, beta, plan)
        means, variances = expected(batch, beta, plan)
        radii = 2 * np.sqrt(variances)
        losses = (CURVATURES[:, None] / 2 * runs**2).sum(axis=1).mean(axis=1)
        theory = mean_loss(means, variances)
        rates = np.array([plan(t) for t in range(1, LAST + 1)])
        floor = float(noise_floor(lr, beta, ONE_SAMPLE / np.sqrt(batch), *CURVATURES))
        over = together(
            _cloud(runs),
            _ellipse(means, radii),
            step_counter(RAVINE, LAST),
        )
        spreads, within = runs.std(axis=2), _inside(runs, means, radii)
        spread = together(*(_spread(spreads[:, i], i) for i in (0, 1)))
        dotted = "".join(prediction(SPREAD, radii[2:, i] / 2, start=2) for i in (0, 1))
        loss = curve(LOSS, losses, "loss", "momentum")
        rate = _rate(rates)
        title = f"B = {batch:g}, η = {lr:.3g}, β = {beta:.2g}, {state['schedule']}"
        return Picture(
            960, 466,
            title,
            back(),
            RAVINE.inside(over[0]) + LEGEND + rate[0] + SPREAD.inside(spread[0], dotted)
            + LOSS.inside(floor_line(floor), loss[0], prediction(LOSS, theory)),
            (*over[1], *rate[1], *spread[1], *loss[1]),
            _sentence(title, state, (rates, spreads, radii / 2, losses, theory), within, floor),
        )  # fmt: skip


@lru_cache(maxsize=1)
def back() -> str:
    """What never changes: the ravine, the frames and their axes."""
    across = 0, 40, 80, 120
    panels = [
        RAVINE.contours(valley(KAPPA)),
        RAVINE.axes((-10, -5, 0), (-2, 0, 2), "w2, the flat direction →",
                    "w1, the steep direction ↑"),
        cross(RAVINE, 0, 0),
        text(RAVINE.x + RAVINE.width - 12, RAVINE.y + RAVINE.height - 12, "minimum at +",
             "halo small", "end"),
        *(panel.frame() + panel.axes(across, across_name="step") for panel in (RATE, SPREAD, LOSS)),
        SPREAD.axes((), (0.01, 0.1, 1, 10)),
        LOSS.axes((), (0.01, 1, 100)),
        text(RATE.x, RATE.y - 10, "learning rate at each step", "strong small"),
        text(SPREAD.x, SPREAD.y - 10, "spread of the runs:", "strong small"),
        text(SPREAD.x + 152, SPREAD.y - 10, "w1", "w1 strong small"),
        text(SPREAD.x + 178, SPREAD.y - 10, "w2", "w2 strong small"),
        text(LOSS.x, LOSS.y - 10, "mean loss of the runs, dots predicted", "strong small"),
    ]  # fmt: skip
    return "".join(panels)


def prediction(panel: Panel, values: np.ndarray, start: int = 0) -> str:
    """What theory says from step ``start`` on, as a dotted line, a point at every second step."""
    return line(panel, start + np.arange(0, len(values), 2), values[::2], "path model")


def floor_line(loss: float) -> str:
    """The floor at the rate of the slider, if there is one, named below on the left."""
    if not np.isfinite(loss):
        return ""
    x, y = LOSS.pixels(0, loss)
    words = text(x + 6, min(y + 15, LOSS.y + LOSS.height - 4), f"floor {loss:.2g}", "small halo")
    return level(LOSS, loss, "") + words


def _cloud(runs: np.ndarray) -> Piece:
    """The drawn runs as dots, the first of them with its path."""
    place = RAVINE.pixels(runs[:, 1, :DRAWN], runs[:, 0, :DRAWN])
    shapes = (
        '<polyline data-k="one-casing" class="casing"/><polyline data-k="one" class="path one"/>'
        '<path data-k="cloud-casing" class="casing dots"/>'
        '<path data-k="cloud" class="dots momentum cloud"/>'
        '<circle data-k="one-now" class="mark momentum" r="6"/>'
    )
    return shapes, [
        Track("one-casing", "upto", place[:, 0], like="one"),
        Track("one", "upto", place[:, 0]),
        Track("cloud-casing", "cloud", place[:, 1:].reshape(len(place), -1), like="cloud"),
        Track("cloud", "cloud", place[:, 1:].reshape(len(place), -1)),
        Track("one-now", "at", place[:, 0], like="one"),
    ]


def _ellipse(means: np.ndarray, radii: np.ndarray) -> Piece:
    """Where 86 % of the runs should be, at every step."""
    each = RAVINE.width / (RAVINE.across[1] - RAVINE.across[0])
    up = RAVINE.height / (RAVINE.up[1] - RAVINE.up[0])
    centre = RAVINE.pixels(means[:, 1], means[:, 0])
    size = np.minimum(radii[:, ::-1] * (each, up), 4000)
    return '<path data-k="ellipse" class="ellipse"/>', [
        Track("ellipse", "ellipse", np.hstack([centre, size]))
    ]


def _spread(deviations: np.ndarray, axis: int) -> Piece:
    """The measured spread along a weight; the start, where it is 0, is left out."""
    shown = np.concatenate([deviations[1:2], deviations[1:]])
    return curve(SPREAD, shown, f"s{axis}", f"w{axis + 1}")


def _rate(rates: np.ndarray) -> Piece:
    """The schedule as a dotted line, and the rate of the last step made."""
    high = nice_limit(rates.max())
    panel = RATE.scaled((0, high))
    shown = np.concatenate([rates[:1], rates])
    line = curve(panel, shown, "rate", "ink")
    scale = panel.axes((), (0, high / 2, high))
    return scale + panel.inside(prediction(panel, shown), line[0]), line[1]


def _inside(runs: np.ndarray, means: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """How many runs lie in the ellipse at every step; at the start, where it is a point, all."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        away = ((runs - means[..., None]) / radii[..., None]) ** 2
    within = (away.sum(axis=1) <= 1).sum(axis=1)
    within[0] = RUNS
    return within


def _sentence(title, state, numbers, within, floor) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    rates, spreads, predicted, losses, theory = numbers
    noise = ONE_SAMPLE / np.sqrt(state["batch"])
    heat = float(temperature(state["lr"], noise, state["beta"]))
    rest = f"At a constant η the temperature is {heat:.2g} and the floor {floor:.2g}."
    if not np.isfinite(floor):
        rest = "At a constant η there is no floor: it is beyond the limit."
    sentence = (
        f"{title}. [Step {{0}}], learning rate {{1}}[: the runs spread by ± {{2}} along w1], "
        f"predicted {{3}}, [and by ± {{4}} along w2], predicted {{5}}[.] {{6}} of {RUNS} lie in "
        f"the ellipse. "
        f"[Mean loss {{7}}, predicted {{8}}.] {rest}"
    )
    columns = [common.steps(LAST), ["none yet", *(f"{x:.3g}" for x in rates)]]
    for i in (0, 1):
        columns += [texts(spreads[:, i], ".2f", most=1e5), texts(predicted[:, i], ".2f", most=1e5)]
    within = [str(n) for n in within]
    return sentence, [
        *columns,
        within,
        texts(losses, ".2g", most=1e8),
        texts(theory, ".2g", most=1e8),
    ]
