"""Sliders on a stage: one file, one explorer."""

from .damping import Damping
from .first_steps import FirstSteps, along_the_arrow
from .zig_zag import ZigZag

__all__ = ["Damping", "FirstSteps", "ZigZag", "along_the_arrow"]
