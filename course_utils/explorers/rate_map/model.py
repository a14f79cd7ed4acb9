"""What linear algebra says about momentum and about Nesterov's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import theory
from ...optimizers import MOMENTUM, NESTEROV, Rule


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
        """What a direction does (decays, oscillates, flips sign, runs away), and its factor."""
        (a, b), (c, d) = self.matrix(lr, beta, curvature)
        factor = float(self.rate(lr, beta, curvature))
        if factor >= 1:
            return "runs away", factor
        if (a + d) ** 2 < 4 * (a * d - b * c):
            return "oscillates", factor
        return ("decays" if a + d >= 0 else "flips sign"), factor

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
