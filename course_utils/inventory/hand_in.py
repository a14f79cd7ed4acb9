"""Hand in answers: read them, find the learner's earlier ones, store, reply."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..exercises.exercise import is_blank
from .item import LETTERS, UNKNOWN, UNKNOWN_TEXT
from .items import ITEMS
from .record import WHEN, Record, tidy
from .reply import Reply, comparison, first_score
from .store import FOLDER, NotStored, earlier, kept, own, write


def hand_in(
    when: str,
    answers: Mapping[Any, Any],
    *,
    nickname: str = "",
    folder: str | Path = FOLDER,
    store: bool = True,
) -> Reply:
    """Hand in the twelve answers, before or after the course.

    Args:
        when: "before" or "after".
        answers: a letter for each number, such as ``{1: "c", 2: "?"}``; "?" is "I do not know".
        nickname: what a class's table may call you; it may stay empty.
        folder: where the file goes, beside the lesson if nothing else is said.
        store: False to see the reply without a file.

    Nothing is stored or revealed before all twelve are answered.
    """
    if when not in WHEN:
        return Reply(False, ('Say when: hand_in("before", {...}) or hand_in("after", {...}).',))
    given = answers if isinstance(answers, Mapping) else {}
    choices, problems = _read(given)
    if problems:
        return Reply(False, tuple(problems))
    nickname, folder = tidy(nickname), Path(folder)
    records, unreadable = earlier(folder)
    learner = own(records, when, nickname)
    mine = [r for r in records if r.learner == learner]
    code = {"learner": learner} if learner else {}
    record = Record(when=when, answers=choices, nickname=nickname, **code)
    notes, text = [], []
    if store and not kept(folder):
        name = f"inventory_{when}_{record.learner}.json"
        notes.append(
            "This browser keeps no files for this page (it has no service worker: the address is "
            "not https, or the window is a private one), so nothing was stored, and your answers "
            "are lost when you close this tab. To keep them, copy the text below into a file "
            f"called {name}."
        )
        text.append(f"```\n{record.json()}\n```")
    elif store:
        try:
            notes.append(f"Stored in {write(record, folder).as_posix()}, and nowhere else.")
        except NotStored as problem:
            return Reply(False, (str(problem),))
        if any(r.when == when for r in mine):
            notes.append(
                "You have handed this in before: both are kept, and a class's table counts the "
                "first. If that was someone else on this computer, hand in with a nickname."
            )
    else:
        notes.append("Nothing was stored.")
    if unreadable:
        notes.append(f"These files there cannot be read and were left alone: {_list(unreadable)}.")
    before = next((r for r in mine if r.when == "before"), None)
    said = first_score(record) if when == "before" else comparison(record, before)
    return Reply(True, (said[0], " ".join(notes), *text, *said[1:]))


def _read(answers: Mapping[Any, Any]) -> tuple[dict[int, str], list[str]]:
    """The choices by number, and what is wrong with them."""
    by_number = {str(key).strip(): value for key, value in answers.items()}
    choices, strange = {}, []
    for n in ITEMS:
        value = by_number.pop(str(n), None)
        if isinstance(value, str) and value.strip().lower() in (UNKNOWN, UNKNOWN_TEXT.lower()):
            value = UNKNOWN
        if is_blank(value):
            continue
        letter = value.strip().strip("().").lower() if isinstance(value, str) else ""
        if len(letter) == 1 and letter in LETTERS + UNKNOWN:
            choices[n] = letter
        else:
            strange.append(str(n))
    problems = []
    if strange:
        problems.append(f'Answer with "a", "b", "c", "d" or "?" in: {", ".join(strange)}.')
    if by_number:
        problems.append(f"There are questions 1 to {len(ITEMS)} only, not {_list(by_number)}.")
    missing = [str(n) for n in ITEMS if n not in choices and str(n) not in strange]
    if missing:
        problems.append(
            f"Not handed in yet. Still open: {_list(missing)}. "
            f'Where you do not know, choose "{UNKNOWN_TEXT}".'
        )
    return choices, problems


def _list(names: Any) -> str:
    return ", ".join(f"{name}"[:60] for name in names)
