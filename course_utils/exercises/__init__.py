"""Checks that name the mistake, hints in steps, solutions on request, predictions.

`check`, `hint`, `solution`, `seed` and `tally` need no widgets; `predict` is loaded when it is
used.
"""

from __future__ import annotations

from typing import Any

from .check import check, exercises, hint, solution, tally
from .seeds import seed

__all__ = ["check", "exercises", "hint", "predict", "seed", "solution", "tally"]


def __getattr__(name: str) -> Any:
    """Load the prediction widget, and ipywidgets with it, on first use."""
    if name == "predict":
        from .prediction import predict

        return predict
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
