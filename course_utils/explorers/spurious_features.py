"""Wilson's data: one feature tells the label, two never change, the rest occur once each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ..optimizers import ADAGRAD, ADAM, GRADIENT_DESCENT
from ..svg import (
    Panel,
    Picture,
    Piece,
    curve,
    legend,
    level,
    line,
    mark,
    nice_limit,
    text,
    together,
    upright,
)
from ..theory import misleading_extra, shortest_weights, sign_weight
from . import common
from .common import texts
from .controls import Control, WholeSlider
from .explorer import Explorer, Mark

LAST, SAMPLES, MOST = 150, 50, 100
RULES = {"gd": (GRADIENT_DESCENT, 0.2), "adagrad": (ADAGRAD, 0.1), "adam": (ADAM, 0.02)}
NAMES = {"gd": "gradient descent", "adagrad": "AdaGrad", "adam": "Adam"}
WEIGHTS = {
    kind: Panel(46 + 313 * i, 62, 270, 150, (0, LAST), (-0.45, 1.05))
    for i, kind in enumerate(RULES)
}
SCORE = Panel(46, 300, 400, 124, (0, LAST), (-1.1, 0.6))
MAIN = Panel(542, 300, 400, 124, (0, MOST), (-1.1, 0.6))
KINDS = ("w1", "w2", "own of a positive", "own of a negative")


class SpuriousFeatures(Explorer):
    """Three rules fit 50 samples without an error, and disagree about a new one.

    Above, the weights of each rule: of the feature that tells the label (warm), of each of the two
    constant ones (cool), and of the features that a positive and a negative sample have alone.
    Below, the score of a new negative sample, which must be below zero: step by step, and at the
    end by the number of features of its own. A new sample's own features were never seen.
    """

    goal = (
        "Adam misclassifies every new negative sample at each setting here. With 45 positives of "
        "50, find the smallest number of features with which gradient descent does so, too."
    )
    presets = {
        "Wilson's": {"step": LAST},
        "Half of them positive": {"positives": 26, "step": LAST},
        "Many features of their own": {"extra": 60, "step": LAST},
        "Gradient descent fails": {"extra": 90, "positives": 45, "step": LAST},
    }
    main_panel = MAIN
    last = LAST

    def controls(self) -> dict[str, Control]:
        """The features that each sample has alone, and how many samples are positive."""
        return {
            "extra": WholeSlider("own features", 1, 1, MOST),
            "positives": WholeSlider("positives among 50", 30, 26, 48),
        }

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """From how many features on gradient descent is misled."""
        at = misleading_extra(state["positives"], SAMPLES - state["positives"])
        return {"extra": [(at, "misleads gradient descent", "left")] if at <= MOST else []}

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """Weights of three rules, and the score of a new negative sample."""
        extra, positives = state["extra"], state["positives"]
        paths = training(extra, positives)
        # One scale for all, so that heights can be compared.
        high = nice_limit(np.abs(paths).max())
        up = min(-0.12 * high, 1.15 * float(paths.min())), 1.1 * high
        pieces = [_weights(kind, paths[:, :, i], up, high) for i, kind in enumerate(RULES)]
        scores = {kind: 2 * paths[:, 1, i] - paths[:, 0, i] for i, kind in enumerate(RULES)}
        lines = together(*(curve(SCORE, x, f"score-{kind}", kind) for kind, x in scores.items()))
        named = legend(
            20,
            (46, "w1, tells the label", "w1 strong small", "path w1"),
            (266, "w2, constant", "w2 strong small", "path w2"),
            (
                450,
                "own features, of a positive and of a negative sample",
                "strong small",
                "edge ink",
            ),
        )
        shapes, tracks = together(*pieces)
        return Picture(
            960, 466,
            f"{positives} positive and {SAMPLES - positives} negative samples, "
            f"{extra} and {extra + 4} features of their own",
            _back(),
            named + shapes + SCORE.inside(lines[0]) + _by_extra(positives)
            + _here(extra, positives),
            (*tracks, *lines[1]),
            _sentence(state, paths, scores),
        )  # fmt: skip


@lru_cache(maxsize=64)
def training(extra: int, positives: int) -> np.ndarray:
    """Weights of each kind after 0, 1, ... steps from zero, shape (LAST + 1, 4, rules).

    Samples of one label are alike, so their own features move together: of all weights four are
    different, and the loss is the mean of the squared errors over 2.
    """
    negatives, kinds = SAMPLES - positives, len(RULES)
    w = np.zeros((4, kinds))
    most = 60 / (160 + extra)
    steps = [
        rule.start(w[:, i], lr=rate if i else min(rate, most))
        for i, (rule, rate) in enumerate(RULES.values())
    ]
    paths = np.zeros((LAST + 1, 4, kinds))
    for t in range(1, LAST + 1):
        off = w[0] + 2 * w[1] + extra * w[2] - 1, 2 * w[1] - w[0] + (extra + 4) * w[3] + 1
        g = np.array([
            positives * off[0] - negatives * off[1], positives * off[0] + negatives * off[1], *off,
        ]) / SAMPLES  # fmt: skip
        for i, step in enumerate(steps):
            step(g[:, i])
        paths[t] = w
    return paths


@lru_cache(maxsize=1)
def _back() -> str:
    """What never changes: frames, axes and their names."""
    ticks, x, y = (0, 50, 100, 150), MAIN.x, MAIN.y
    return (
        "".join(panel.frame() + panel.axes(ticks, (), "step") for panel in WEIGHTS.values())
        + SCORE.frame()
        + SCORE.axes(ticks, (-1, 0), "step")
        + text(SCORE.x, SCORE.y - 10, "score of a new negative, right below 0", "strong small")
        + MAIN.frame()
        + MAIN.axes((0, 25, 50, 75, 100), (-1, 0))
        + text(x, y - 10, "the same at the end", "strong small")
        + text(x + MAIN.width, y + MAIN.height + 34, "own features of a positive →", "small",
               "end")
        + "".join(panel.inside(level(panel, 0, "", "zero")) for panel in (SCORE, MAIN))
    )  # fmt: skip


@lru_cache(maxsize=32)
def _by_extra(positives: int) -> str:
    """The scores at the end by the number of features."""
    n = np.arange(1, MOST + 1)
    fits = np.array([shortest_weights(positives, SAMPLES - positives, each) for each in n])
    lines = "".join(
        line(MAIN, n, x, f"path {kind}")
        for kind, x in (("gd", 2 * fits[:, 1] - fits[:, 0]), ("adam", sign_weight(n)))
    )
    left, high, low = MAIN.x + 60, MAIN.pixels(0, 0.25)[1], MAIN.pixels(0, -0.95)[1]
    return (
        MAIN.inside(lines)
        + text(left, high, "Adam and AdaGrad", "adam small halo")
        + text(left, low, "gradient descent", "gd small halo")
    )


def _here(extra: int, positives: int) -> str:
    """The number of features on the curves."""
    first, constant = shortest_weights(positives, SAMPLES - positives, extra)
    ends = {"gd": 2 * constant - first, "adam": sign_weight(extra)}
    marks = (mark(MAIN, extra, score, kind, 5) for kind, score in ends.items())
    return MAIN.inside(upright(MAIN, extra), *marks)


def _weights(kind: str, w: np.ndarray, up: tuple[float, float], high: float) -> Piece:
    """The four weights of a rule against the step, in limits that all rules share."""
    panel = WEIGHTS[kind].scaled(up)
    lines = [
        curve(panel, w[:, i], f"{kind}-{i}", ("edge ink", "edge ink", "w2", "w1")[3 - i])
        for i in (3, 2, 1, 0)
    ]
    shapes, tracks = together(*lines)
    title = f"{NAMES[kind]}: {w[-1, 0]:.2f} and {w[-1, 1]:.2f}"
    return text(panel.x, panel.y - 10, title, f"{kind} strong small") + panel.axes(
        (), (0, high)
    ) + panel.inside(level(panel, 0, "", "zero"), shapes), tracks


def _sentence(state, paths, scores) -> tuple[str, list[list[str]]]:
    """The sentence under the picture, and its numbers at every step."""
    extra, positives = state["extra"], state["positives"]
    negatives = SAMPLES - positives
    right = paths[:, 0] + 2 * paths[:, 1] + extra * paths[:, 2] > 0
    wrong = 2 * paths[:, 1] - paths[:, 0] + (extra + 4) * paths[:, 3] >= 0
    errors = negatives * wrong + positives * ~right
    at = misleading_extra(positives, negatives)
    told = f"from {int(np.floor(at)) + 1} on" if np.isfinite(at) else "for no number of features"
    sentence = (
        f"Of 50 samples {positives} are positive with {extra} of their own features each, "
        f"{negatives} negative with {extra + 4}. [Step {{0}}, errors in training and score of a "
        "new negative: gradient descent {1}, {2}; AdaGrad {3}, {4}; Adam {5}, {6}.] A score above "
        f"zero is wrong. Gradient descent ends above zero {told}."
    )
    columns = [common.steps(LAST)]
    for i, kind in enumerate(RULES):
        columns.append([str(int(n)) for n in errors[:, i]])
        columns.append(texts(scores[kind], "+.2f"))
    return sentence, columns
