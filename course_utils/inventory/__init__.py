"""Twelve questions before and after the course, and what a class gained between.

`twelve_questions` shows them as a form and is loaded when it is used; `hand_in` takes answers
without widgets. ``python3 course.py gather FOLDER`` prints the table of a class.
"""

from __future__ import annotations

from typing import Any

from .hand_in import hand_in
from .items import ITEMS

__all__ = ["ITEMS", "hand_in", "twelve_questions"]


def __getattr__(name: str) -> Any:
    """Load the form, and ipywidgets with it, on first use."""
    if name == "twelve_questions":
        from .form import twelve_questions

        return twelve_questions
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
