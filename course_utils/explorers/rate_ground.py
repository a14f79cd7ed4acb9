"""The map under `RateMap`: the rate of a rule over lr and beta, its limit, its critical lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .. import theory
from ..optimizers import MOMENTUM, NESTEROV, Rule
from ..svg import Panel, number, points, text
from .damping import STEEP

GROUND = Panel(46, 30, 450, 338, (0, 0.16), (0, 1))
FASTER_THAN = 1000, 300, 100, 50, 30, 20, 10
MIDDLE = (GROUND.y + GROUND.height) - 28


@dataclass(frozen=True, eq=False)
class Law:
    """What linear algebra says about a rule with lr and beta.

    Attributes:
        rule: the rule.
        kind: class of its lines in the picture.
        rate, matrix, limit, critical, best: the functions of `theory` for it.
        memory: the beta of the momentum with the same eigenvalues, from (lr, beta, curvature).
    """

    rule: Rule
    kind: str
    rate: Callable[..., Any]
    matrix: Callable[..., Any]
    limit: Callable[..., Any]
    critical: Callable[..., Any]
    best: Callable[..., tuple[float, float, float]]
    memory: Callable[..., Any]

    def regime(self, lr: float, beta: float, curvature: float) -> tuple[str, float]:
        """What a direction does (creeps, flips, rings or runs away), and its factor per step."""
        (a, b), (c, d) = self.matrix(lr, beta, curvature)
        factor = float(self.rate(lr, beta, curvature))
        if factor >= 1:
            return "runs away", factor
        if (a + d) ** 2 < 4 * (a * d - b * c):
            return "rings", factor
        return ("creeps" if a + d >= 0 else "flips"), factor

    def lines(self, lr: float, beta: float, curvature: float) -> list[float]:
        """Slopes v / w of the lines on which a direction stays, where its eigenvalues are real."""
        rates = np.linalg.eigvals(self.matrix(lr, beta, curvature))
        if np.imag(rates).any():
            return []
        gaps = np.real(rates) - beta
        return [float(-lr * curvature / gap) for gap in gaps if abs(gap) > 1e-9]


MOMENTUM_LAW = Law(
    MOMENTUM, "momentum", theory.momentum_rate, theory.momentum_matrix, theory.momentum_limit,
    theory.critical_beta, theory.best_momentum, lambda lr, beta, curvature: beta,
)  # fmt: skip
NESTEROV_LAW = Law(
    NESTEROV, "nesterov", theory.nesterov_rate, theory.nesterov_matrix, theory.nesterov_limit,
    theory.nesterov_critical_beta, theory.best_nesterov,
    lambda lr, beta, curvature: beta * (1 - lr * curvature),
)  # fmt: skip


@lru_cache(maxsize=8)
def rate_ground(law: Law, flat: float) -> str:
    """The map for a ravine whose steep curvature is 25, with its lines, names and key."""
    lr, beta = np.linspace(*GROUND.across, 129), np.linspace(*GROUND.up, 97)
    rates = law.rate(lr, beta[:, None], STEEP, flat)
    levels = [1.0, *(1e-3 ** (1 / steps) for steps in FASTER_THAN)]
    return "".join(
        (
            GROUND.bands(lr, beta, rates, levels, 2.0),
            GROUND.inside(_edges(law, flat)),
            GROUND.frame(),
            GROUND.axes((0, 0.04, 0.08, 0.12, 0.16), (0, 0.5, 1)),
            text(14, 22, "β ↑", "small"),
            text(496, 406, "learning rate η →", "small", "end"),
            _names(law, flat),
            _key(),
        )
    )


def _edges(law: Law, flat: float) -> str:
    """The limit of the learning rate, and where each direction is critically damped."""
    beta = np.linspace(0, 1, 61)
    lines = [("ink", law.limit(beta, STEEP), beta)]
    for kind, curvature in (("w1", STEEP), ("w2", flat)):
        # Squares crowd where the line is steep, at lr = 0; the lowest point is one of them.
        lr = np.sort(np.append(np.linspace(0, 0.4, 161), np.sqrt(1 / curvature))) ** 2
        if law is NESTEROV_LAW:
            lr = lr[lr * curvature <= 1]
        critical = law.critical(lr, curvature)
        inside = (critical <= 1) & (lr <= law.limit(critical, STEEP))
        lines.append((kind, lr[inside], critical[inside]))
    return "".join(
        f'<polyline class="edge {kind}" points="{points(GROUND.pixels(lr, beta))}"/>'
        for kind, lr, beta in lines
    )


def _names(law: Law, flat: float) -> str:
    """What the lines of the map are, and its best point."""
    lr, beta, _ = law.best(STEEP, flat)
    x, y = GROUND.pixels(lr, beta)
    across = f"M{number(x - 7)} {number(y)}h14M{number(x)} {number(y - 7)}v14"
    out = [
        f'<path class="minimum" d="{across}"/>',
        text(x - 10, y + 4 if y < MIDDLE else y - 8, "best", "halo small strong", "end"),
    ]
    low = (0.02 if law is NESTEROV_LAW else 0.05) if flat < STEEP / 2 else 0.006
    for kind, at, curvature, dx, dy in (("w1", 0.0155, STEEP, 6, 8), ("w2", low, flat, 0, -8)):
        x, y = GROUND.pixels(at, float(law.critical(at, curvature)))
        out.append(text(x + dx, y + dy, f"{kind} critical", f"{kind} halo small strong"))
    x, y = GROUND.pixels(float(law.limit(0.2, STEEP)), 0.2)
    out.append(text(x + 9, y, "limit", "halo small strong"))
    out.append(text(x + 9, y + 17, "w1 runs away", "halo small"))
    return "".join(out)


def _key() -> str:
    """The shades of the map: how many steps a factor of 1000 takes."""
    out, width = [text(46, 406, "steps for a factor 1000", "small")], 54.0
    for i, words in enumerate(("more", *(f"≤ {n}" for n in FASTER_THAN))):
        left = GROUND.x + i * (width + 2.5)
        box = f'x="{number(left)}" y="416" width="{number(width)}" height="18"'
        out.append(f'<rect class="band" {box}/>' * (i + 1))
        out.append(text(left + width / 2, 450, words, "muted small", "middle"))
    return "".join(out)
