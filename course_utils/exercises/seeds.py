"""Other numbers for every learner: the same tasks, with numbers drawn from a name.

An exercise is written as a function of its numbers, and `seeded` names the values that each may
take, the printed one first. A formula names further values of its example, ``others``. Without a
name, all exercises have the numbers that the lessons print.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .exercise import Exercise
from .feedback import Help
from .session import SESSION


def seed(name: str = "") -> Help:
    """Give the exercises other numbers, the same ones whenever this name is given.

    Args:
        name: any name, capitals or not; empty for the numbers that the lessons print.
    """
    SESSION.name = " ".join(str(name).split()).casefold()
    if not SESSION.name:
        return Help("Printed numbers.", "The exercises ask for what the lessons print.")
    return Help(
        f"Numbers for {SESSION.name}.",
        "Run the cell of an exercise with its dots still in it: the question shows your numbers. "
        'Where the page prints others, the check goes by yours. `seed("")` takes them back.',
    )


def seeded(make: Callable[..., Exercise], **numbers: Sequence[Any]) -> Exercise:
    """An exercise that can be made again with other numbers.

    Args:
        make: makes the exercise from its numbers.
        **numbers: for each argument of ``make`` the values that it may take, first the printed one.
    """
    printed = make(**{n: values[0] for n, values in numbers.items()})

    def again(name: str) -> Exercise:
        return make(**{n: drawn(name, printed.key, n, v[1:]) for n, v in numbers.items()})

    return replace(printed, make=make, again=again)


def drawn(name: str, key: str, number: str, values: Sequence[Any]) -> Any:
    """The value that a learner gets for one number of an exercise, on every machine the same."""
    digest = hashlib.sha256(f"{name}\n{key}\n{number}".encode()).digest()
    return values[int.from_bytes(digest[:8], "big") % len(values)]
