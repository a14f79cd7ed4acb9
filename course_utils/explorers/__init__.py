"""Pictures with sliders: one explorer is one file, or one folder where its model is long.

In a folder, ``model.py`` is what is computed, and ``__init__.py`` the controls, the picture and the
sentence. What several explorers share is in `common`, what every explorer is in `explorer`; widgets
are built in `player` alone, and only when an explorer is shown.

An explorer is imported when it is first asked for: a page with one of them waits for no other.
"""

from importlib import import_module
from typing import Any

# The file of each, and of what else a lesson imports from here.
_FILES = {
    "Budget": "budget",
    "Cloud": "cloud",
    "Cycle": "cycle",
    "Damping": "damping",
    "Diagnosis": "diagnosis",
    "Directions": "directions",
    "Edge": "edge",
    "FailingSequence": "failing_sequence",
    "FirstSteps": "first_steps",
    "along_the_arrow": "first_steps",
    "Landscapes": "landscapes",
    "Memory": "memory",
    "NewtonArrows": "newton_arrows",
    "RateMap": "rate_map",
    "Rescaling": "rescaling",
    "SpuriousFeatures": "spurious_features",
    "TurnedAxes": "turned_axes",
    "TwoMemories": "two_memories",
    "Wells": "wells",
    "ZigZag": "zig_zag",
}
__all__ = [*_FILES]


def __getattr__(name: str) -> Any:
    """An explorer, from its file."""
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_FILES[name]}", __name__), name)
