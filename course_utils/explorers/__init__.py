"""Sliders on a stage: one file, one explorer."""

from .budget import Budget
from .cloud import Cloud
from .cycle import Cycle
from .damping import Damping
from .edge import Edge
from .failing_sequence import FailingSequence
from .first_steps import FirstSteps, along_the_arrow
from .landscapes import Landscapes
from .memory import Memory
from .newton_arrows import NewtonArrows
from .rate_map import RateMap
from .rescaling import Rescaling
from .spurious_features import SpuriousFeatures
from .turned_axes import TurnedAxes
from .two_memories import TwoMemories
from .wells import Wells
from .zig_zag import ZigZag

__all__ = [
    "Budget",
    "Cloud",
    "Cycle",
    "Damping",
    "FailingSequence",
    "Edge",
    "FirstSteps",
    "Landscapes",
    "Memory",
    "NewtonArrows",
    "RateMap",
    "Rescaling",
    "SpuriousFeatures",
    "TurnedAxes",
    "TwoMemories",
    "Wells",
    "ZigZag",
    "along_the_arrow",
]
