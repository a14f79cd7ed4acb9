"""Sliders on a stage: one file, one explorer."""

from .cycle import Cycle
from .damping import Damping
from .first_steps import FirstSteps, along_the_arrow
from .memory import Memory
from .newton_arrows import NewtonArrows
from .rate_map import RateMap
from .two_memories import TwoMemories
from .zig_zag import ZigZag

__all__ = [
    "Cycle",
    "Damping",
    "FirstSteps",
    "Memory",
    "NewtonArrows",
    "RateMap",
    "TwoMemories",
    "ZigZag",
    "along_the_arrow",
]
