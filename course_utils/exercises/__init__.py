"""Checks that name the mistake, hints in steps, solutions on request, predictions.

None of them loads the widgets before `predict` asks its first question.
"""

from .check import check, exercises, hint, solution, tally
from .prediction import predict
from .seeds import seed

__all__ = ["check", "exercises", "hint", "predict", "seed", "solution", "tally"]
