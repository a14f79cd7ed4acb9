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
        factor = float(self.rate(lr, beta, curvature))
        if factor >= 1:
            return "runs away", factor
        half, square = self._halves(lr, beta, curvature)
        if square < 0:
            return "oscillates", factor
        return ("decays" if half >= 0 else "flips sign"), factor

    def lines(self, lr: float, beta: float, curvature: float) -> list[float]:
        """Slopes v / w of the lines on which a direction stays, where its eigenvalues are real."""
        half, square = self._halves(lr, beta, curvature)
        if square < 0:
            return []
        gaps = {half + root - beta for root in (np.sqrt(square), -np.sqrt(square))}
        return [float(-lr * curvature / gap) for gap in sorted(gaps) if abs(gap) > 1e-9]

    def _halves(self, lr: float, beta: float, curvature: float) -> tuple[float, float]:
        """The mean of the two eigenvalues, and the square of what each lies away from it."""
        (a, b), (c, d) = self.matrix(lr, beta, curvature)
        square = ((a - d) / 2) ** 2 + b * c
        # A double eigenvalue, as at critical damping, would be real or not by the last digit.
        return (a + d) / 2, 0.0 if abs(square) < 1e-12 else square


MOMENTUM_LAW = Law(
    MOMENTUM, "momentum", theory.momentum_rate, theory.momentum_matrix, theory.momentum_limit,
    theory.critical_beta, theory.best_momentum, lambda lr, beta, curvature: beta,
)  # fmt: skip
NESTEROV_LAW = Law(
    NESTEROV, "nesterov", theory.nesterov_rate, theory.nesterov_matrix, theory.nesterov_limit,
    theory.nesterov_critical_beta, theory.best_nesterov,
    lambda lr, beta, curvature: beta * (1 - lr * curvature),
)  # fmt: skip
