"""Sliders on a stage: one file, one explorer."""

from .damping import Damping
from .first_steps import FirstSteps, along_the_arrow
from .memory import Memory
from .newton_arrows import NewtonArrows
from .rate_map import RateMap
from .zig_zag import ZigZag

__all__ = [
    "Damping",
    "FirstSteps",
    "Memory",
    "NewtonArrows",
    "RateMap",
    "ZigZag",
    "along_the_arrow",
]
