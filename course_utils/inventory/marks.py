"""The marks of a class: as a table to read, and as CSV for a gradebook."""

from __future__ import annotations

import csv
import io
import textwrap
from collections import Counter

from .workbooks import Shelf, counts

WIDTH, MOST_IDEAS = 100, 3
# How a cell begins that a spreadsheet would compute, among them the wide forms that some accept.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def marks(shelf: Shelf) -> str:
    """What a class answered, as text; needs at least one workbook."""
    return "\n\n".join([_head(shelf), _exercises(shelf), _learners(shelf)])


def _head(shelf: Shelf) -> str:
    number = len(shelf.workbooks)
    some = f"{number} workbook{'s' if number != 1 else ''}"
    return textwrap.fill(
        f"{some}, marked by what the checks said when their owners ran them. No answer was run "
        "again, so a mark is no proof. An answer in words counts as written: it is yours to mark.",
        WIDTH,
    )


def _exercises(shelf: Shelf) -> str:
    lines = [f"{'exercise':34}{'right':>7}{'written':>9}{'not yet':>10}{'open':>15}"]
    quiet, number = Counter(), len(shelf.workbooks)
    for key, (states, ideas) in counts(shelf).items():
        tried = _tried(states)
        if not tried:
            quiet[_lesson(key)] += 1
            continue
        lines.append(
            f"{_lesson(key)} {key:31}{states['right']:>7}{states['noted']:>9}"
            f"{states['not yet']:>10}{number - tried:>15}"
        )
        often = ideas.most_common(MOST_IDEAS)
        lines += _below("went wrong", [f"{idea} ({n})" for idea, n in often])
    if quiet:
        lessons = ", ".join(f"{n} in lesson {lesson}" for lesson, n in sorted(quiet.items()))
        lines.append(f"Exercises that nobody has tried: {lessons}.")
    return "\n".join(lines)


def _learners(shelf: Shelf) -> str:
    lines = [f"{'learner':34}{'right':>7}{'written':>9}{'tried':>10}{'predictions':>15}"]
    for learner, work in shelf.workbooks.items():
        found = work.marks
        states = Counter(mark.state for mark in found.values())
        hits = f"{sum(work.predictions.values())} of {len(work.predictions)}"
        lines.append(
            f"{learner[:33]:34}{states['right']:>7}{states['noted']:>9}{_tried(states):>10}{hits:>15}"
        )
        wrong = [
            f"{key} ({mark.idea})" if mark.idea else key
            for key, mark in found.items()
            if mark.state == "not yet"
        ]
        lines += _below("not yet", wrong)
    return "\n".join(lines)


def _below(name: str, parts: list[str]) -> list[str]:
    """A list below a line of a table, as lines."""
    indent = " " * 4
    text = f"{name}: {'; '.join(parts)}" if parts else ""
    after = " " * (len(name) + 6)
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=after)


def _tried(states: Counter) -> int:
    return states["right"] + states["noted"] + states["not yet"]


def gradebook(shelf: Shelf) -> str:
    """A line for each learner, with a column for each exercise that somebody was given."""
    keys = list(counts(shelf))
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    totals = ["right", "written", "tried", "predictions", "came true"]
    rows.writerow(["learner", *totals, *(f"{_lesson(key)} {key}" for key in keys)])
    for learner, work in shelf.workbooks.items():
        found, hits = work.marks, work.predictions.values()
        states = Counter(mark.state for mark in found.values())
        numbers = [states["right"], states["noted"], _tried(states), len(hits), sum(hits)]
        said = [_cell(found[key].state, found[key].idea) if key in found else "" for key in keys]
        rows.writerow([cell(learner), *numbers, *said])
    return file.getvalue()


def _cell(state: str, idea: str) -> str:
    word = {"open": "", "noted": "written"}.get(state, state)
    return cell(f"{word}: {idea}" if idea else word)


def cell(text: str) -> str:
    """Text that a spreadsheet shows and does not compute.

    >>> cell("=1+1"), cell("momentum")
    ("'=1+1", 'momentum')
    """
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text


def _lesson(key: str) -> str:
    from ..exercises.lessons import EXERCISES

    section = EXERCISES[key].section
    return section.lesson[:2] if section else "00"
