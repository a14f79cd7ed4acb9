"""Sliders on a stage: one file, one explorer."""

from .damping import Damping
from .first_steps import FirstSteps
from .zig_zag import ZigZag

__all__ = ["Damping", "FirstSteps", "ZigZag"]
