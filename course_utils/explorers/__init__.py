"""Pictures with sliders: one explorer is one file, or one folder where its model is long.

In a folder, ``model.py`` is what is computed, and ``__init__.py`` the controls, the picture and the
sentence. What several explorers share is in `common`, what every explorer is in `explorer`; widgets
are built in `player` alone, and only when an explorer is shown.
"""

from .budget import Budget
from .cloud import Cloud
from .cycle import Cycle
from .damping import Damping
from .diagnosis import Diagnosis
from .directions import Directions
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
    "Diagnosis",
    "Directions",
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
