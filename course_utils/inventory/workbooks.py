"""Mark the workbooks of a class by what the checks said: in the record, and on the page.

Nothing that a learner wrote is run. A check leaves its verdict in two places: as a line of the
learner's record, with the idea that went wrong, and as the output below its cell. Both are data
that whoever hands them in could have typed; a right answer that stands on the page alone, although
there is a record, is named.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from ..exercises.feedback import VERDICTS
from ..exercises.progress import parsed
from .files import contents
from .record import Unfit

# What an exercise comes to: what is further left counts where two places differ.
STATES = ("right", "noted", "not yet", "not judged", "open")
LONGEST_IDEA, LONGEST_REMARK = 60, 400
KINDS = (".ipynb", ".jsonl")
# Folders that the course makes; a learner is called by the folder around them.
_COURSE_FOLDERS = {"workbook", "notebooks", "my_answers"}
_FILE = re.compile(r"(.*?)[ _-]*(?:\d\d_[a-z_]+.*\.ipynb|my_progress.*\.jsonl)", re.IGNORECASE)
_CALL = re.compile(r"""\bcheck\(\s*(["'])([^\n]{1,80}?)\1""")
_STATE = {f"{mark} {word}": verdict for verdict, (mark, word) in VERDICTS.items()}
_SAID = re.compile(f"({'|'.join(map(re.escape, _STATE))})([^\n]*(?:\n[^\n]+)*)")


@dataclass
class Mark:
    """What came of one exercise.

    Attributes:
        state: one of `STATES`.
        idea: which idea went wrong, or what was said to it; "" if that is not known.
    """

    state: str = "open"
    idea: str = ""


@dataclass
class Workbook:
    """The work of one learner.

    Attributes:
        page: the marks that stand on pages, by exercise.
        record: those in the record.
        recorded: whether a record was handed in.
        predictions: for each prediction that is locked in whether it came true.
    """

    page: dict[str, Mark] = field(default_factory=dict)
    record: dict[str, Mark] = field(default_factory=dict)
    recorded: bool = False
    predictions: dict[str, bool] = field(default_factory=dict)

    @property
    def marks(self) -> dict[str, Mark]:
        """The better of the two marks of each exercise, with the idea that the record names."""
        found = {key: Mark(mark.state, mark.idea) for key, mark in self.page.items()}
        for key, mark in self.record.items():
            _better(found, key, mark.state, mark.idea, sure=True)
        return found

    @property
    def on_the_page_alone(self) -> list[str]:
        """Exercises that are right on the page while the record does not know it."""
        if not self.recorded:
            return []
        known = {key for key, mark in self.record.items() if mark.state == "right"}
        return [k for k, mark in self.page.items() if mark.state == "right" and k not in known]


@dataclass
class Shelf:
    """The workbooks by learner, and a sentence for each file that does not count."""

    workbooks: dict[str, Workbook] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def is_of_a_workbook(name: str) -> bool:
    """Whether a file is a notebook or a record, by its name."""
    return PurePosixPath(name).suffix.lower() in KINDS


def shelve(places: list[Path]) -> Shelf:
    """Read the notebooks and records of a class in folders and zip files.

    Of several places each begins the names of its learners.
    """
    shelf, owners = Shelf(), []
    seen: dict[bytes, tuple[tuple[str, ...], str]] = {}
    found = ((place, *each) for place in places for each in contents([place], is_of_a_workbook))
    for place, name, content in found:
        owner = _owner(place, name, len(places))
        try:
            if isinstance(content, Unfit):
                raise content
            work = _read(name, content)
        except Unfit as why:
            shelf.remarks.append(f"{name} {why}.")
            continue
        first = seen.setdefault(content, (owner, name)) if work.recorded else (owner, name)
        if first[0] != owner:
            shelf.remarks.append(f"{name} is the same record as {first[1]}: both are counted.")
        owners.append((owner, work))
    for owner, work in owners:
        whole = shelf.workbooks.setdefault(_called([each for each, _ in owners], owner), Workbook())
        _add(whole, work)
    shelf.workbooks = dict(sorted(shelf.workbooks.items(), key=lambda pair: pair[0].casefold()))
    for learner, whole in shelf.workbooks.items():
        if keys := whole.on_the_page_alone:
            shelf.remarks.append(
                f"{learner}: the record does not show these right answers on the page: "
                f"{', '.join(keys)}."
            )
    shelf.remarks = [shown(remark, LONGEST_REMARK) for remark in shelf.remarks]
    return shelf


def _add(whole: Workbook, work: Workbook) -> None:
    for mine, theirs in ((whole.page, work.page), (whole.record, work.record)):
        for key, mark in theirs.items():
            _better(mine, key, mark.state, mark.idea)
    whole.recorded |= work.recorded
    for key, hit in work.predictions.items():
        whole.predictions.setdefault(key, hit)


def _better(marks: dict[str, Mark], key: str, state: str, idea: str, sure: bool = False) -> None:
    """Take a mark if it is better, or as good and later, or names the idea surely."""
    mark = marks.setdefault(key, Mark(state, idea))
    if STATES.index(state) < STATES.index(mark.state):
        marks[key] = Mark(state, idea)
    elif state == mark.state and idea and (sure or not mark.idea):
        mark.idea = idea


def _owner(place: Path, name: str, places: int) -> tuple[str, ...]:
    """Whose file this is: the folders and zip files around it, or how its name begins."""
    *folders, file = name.split("/")
    if not place.is_dir():
        folders = folders or [place.stem]
    elif places > 1:
        folders.insert(0, place.name)
    inside = [f.removesuffix(".zip") for f in folders if f.lower() not in _COURSE_FOLDERS]
    named = _FILE.fullmatch(file)
    begins = named[1] if named else "" if inside else PurePosixPath(file).stem
    return (*inside, *([begins] if begins else [])) or (place.resolve().name,)


def _called(owners: list[tuple[str, ...]], owner: tuple[str, ...]) -> str:
    """A learner's name without the folders that all share."""
    shared = 0
    while all(len(each) > shared + 1 and each[shared] == owner[shared] for each in owners):
        shared += 1
    return shown("/".join(owner[shared:]), 60)


def shown(text: str, longest: int) -> str:
    """Text that cannot paint a terminal, on one line and not longer than this."""
    text = " ".join(text[: 4 * longest].split())
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _read(name: str, data: bytes) -> Workbook:
    if not data.strip():
        raise Unfit("is empty")
    return _record(data) if name.lower().endswith(".jsonl") else _notebook(data)


def _record(data: bytes) -> Workbook:
    from ..exercises.lessons import EXERCISES
    from ..exercises.predictions import predictions

    work, whole = Workbook(recorded=True), False
    for entry in parsed(data.removeprefix(b"\xef\xbb\xbf")):
        if not isinstance(entry, dict):
            continue
        key, solved, idea = (entry.get(name) for name in ("exercise", "solved", "idea"))
        if isinstance(key, str) and key in EXERCISES and isinstance(solved, bool):
            idea = shown(idea, LONGEST_IDEA) if isinstance(idea, str) and not solved else ""
            _better(work.record, key, "right" if solved else "not yet", idea, sure=True)
            whole = True
        key = entry.get("prediction")
        if isinstance(key, str) and (question := predictions().get(key)):
            hit = _hit(question, entry.get("said"), entry.get("truth"))
            if hit is not None:
                work.predictions.setdefault(key, hit)
                whole = True
    if not whole:
        raise Unfit("is not a record of this course")
    return work


def _hit(question: Any, said: Any, truth: Any) -> bool | None:
    """Whether a prediction came true; None for what is none.

    A text where a number is asked for is none: it would be read as a formula.
    """
    for value in (said, truth):
        if isinstance(value, bool) or isinstance(value, str) != bool(question.options):
            return None
    try:
        return bool(question.hit(question.read(said), question.read(truth, anything=True)))
    except (ValueError, TypeError, OverflowError):
        return None


def _notebook(data: bytes) -> Workbook:
    from ..exercises.lessons import EXERCISES

    try:
        content = json.loads(data)
        cells = content["cells"]
        cells = [cell for cell in cells if isinstance(cell, dict)]
    except (ValueError, TypeError, KeyError, RecursionError):
        broken = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"cells"' in data
        raise Unfit("is broken: ask for it again" if broken else "is not a notebook") from None
    work = Workbook()
    for cell in cells:
        if cell.get("cell_type") != "code":
            continue
        keys = [key for _, key in _CALL.findall(_text(cell.get("source"))) if key in EXERCISES]
        for key, (state, idea) in _said(keys, cell.get("outputs")):
            _better(work.page, key, state, idea, sure=True)
    if not work.page:
        raise Unfit("is not a hand-in")
    return work


def _said(keys: list[str], outputs: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """What the checks of a cell said; without an output, an exercise is open."""
    texts = [_plain(each) for each in outputs] if isinstance(outputs, list) else []
    found = [match for text in texts for match in _SAID.findall(text)]
    if len(found) == len(keys):
        pairs = list(zip(keys, found, strict=True))
    else:  # the value of a cell is that of its last line
        pairs = [(key, None) for key in keys[:-1]]
        pairs += [(key, found[-1] if found else None) for key in keys[-1:]]
    for key, said in pairs:
        state = _STATE[said[0]] if said else "open"
        wrong = said and state == "not yet"
        yield (
            key,
            (
                "open" if state == "unanswered" else state,
                shown(said[1].split(" Read again:")[0], LONGEST_IDEA) if wrong else "",
            ),
        )


def _plain(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    data = output.get("data")
    return _text(data.get("text/plain") if isinstance(data, dict) else output.get("text"))


def _text(lines: Any) -> str:
    """A text that a notebook holds whole or as lines; nothing that a check says is longer."""
    if isinstance(lines, list):
        lines = "".join(line for line in lines if isinstance(line, str))
    return lines[:20_000] if isinstance(lines, str) else ""


def counts(shelf: Shelf) -> dict[str, tuple[Counter, Counter]]:
    """For each exercise that somebody has on a page or in a record: states, and ideas."""
    from ..exercises.lessons import EXERCISES

    every = [work.marks for work in shelf.workbooks.values()]
    out = {}
    for key in EXERCISES:
        marks = [found[key] for found in every if key in found]
        if marks:
            ideas = Counter(mark.idea for mark in marks if mark.state == "not yet" and mark.idea)
            out[key] = (Counter(mark.state for mark in marks), ideas)
    return out
