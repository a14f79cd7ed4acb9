"""How a step is made: one file, one rule with its closest kin, one lesson."""

from .gradient_descent import GRADIENT_DESCENT, gradient_descent
from .momentum import (
    AVERAGED_MOMENTUM,
    MOMENTUM,
    MOMENTUM_RATE_OUTSIDE,
    anneal,
    averaged_momentum,
    momentum,
    momentum_rate_outside,
)
from .rule import Rule

RULES = (GRADIENT_DESCENT, MOMENTUM, AVERAGED_MOMENTUM, MOMENTUM_RATE_OUTSIDE)

__all__ = [
    "AVERAGED_MOMENTUM",
    "GRADIENT_DESCENT",
    "MOMENTUM",
    "MOMENTUM_RATE_OUTSIDE",
    "RULES",
    "Rule",
    "anneal",
    "averaged_momentum",
    "gradient_descent",
    "momentum",
    "momentum_rate_outside",
]
