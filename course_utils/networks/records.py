"""Results of studies that take too long for a lesson, each with its command, date and seeds.

A record is a small file beside this one. The tool that its "command" names makes it again.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def record(name: str) -> dict[str, Any]:
    """The record of a study: "laboratories" or "kernels" (lesson 13), "flat_or_sharp" (lesson 11).

    Raises:
        ValueError: there is no such record.
    """
    stored = files(__package__).joinpath("records", f"{name}.json")
    if not stored.is_file():
        known = '"laboratories", "kernels" or "flat_or_sharp"'
        raise ValueError(f"There is no record {name!r}: ask for {known}.")
    return json.loads(stored.read_text("utf-8"))
