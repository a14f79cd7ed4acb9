"""The predictions of the lessons as data: one file of questions a lesson, and what computes truths.

In ``lesson_NN.toml`` each table is a question, named by its key; `Question` explains the fields. A
truth that can be written down stands there as ``answer``. One that has to be computed is a
function in ``TRUTHS`` of the file ``lesson_NN.py``, and one that the lesson itself measures is
marked ``measured``: its cell hands the measurement on, ``predict("06 no rate", measured=...)``.
What came out when the lesson was last built stands in ``records/measured.json``, for pages that do
not run it.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from .question import NoTruth, Question

__all__ = ["MEASURED", "NoTruth", "Question", "measured", "predictions"]

MEASURED = Path("records", "measured.json")


@cache
def predictions() -> dict[str, Question]:
    """All questions of the course by their keys, lesson by lesson."""
    found: dict[str, Question] = {}
    names = sorted(each.name for each in files(__package__).iterdir())
    for name in names:
        if name.endswith(".toml"):
            found |= _lesson(name.removesuffix(".toml"), name.replace(".toml", ".py") in names)
    return found


@cache
def measured() -> dict[str, dict[str, Any]]:
    """What the lessons measured for their questions when they were last built, by the key.

    Each holds the ``truth`` and what the question was ``about``.
    """
    return json.loads(files(__package__).joinpath(*MEASURED.parts).read_text("utf-8"))


def _lesson(name: str, computes: bool) -> dict[str, Question]:
    data = tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))
    truths = import_module(f".{name}", __package__).TRUTHS if computes else {}
    return {
        key: Question(
            key,
            truth=truths.get(key),
            options=tuple(asked.pop("options", ())),
            holds=tuple(map(tuple, asked.pop("holds", ()))),
            **asked,
        )
        for key, asked in data.items()
    }
