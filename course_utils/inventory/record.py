"""One hand-in: what its file holds, how it is read, and what is said to a file that is none."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .item import LETTERS, UNKNOWN
from .items import ITEMS, VERSION

WHEN = ("before", "after")
LONGEST_NICKNAME = 40


class Unfit(Exception):
    """Why a file does not count, to follow its name in a sentence."""


def _code() -> str:
    return os.urandom(4).hex()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, kw_only=True)
class Record:
    """The answers of one learner, before or after.

    Attributes:
        when: "before" or "after".
        answers: letter, or "?" for "I do not know", by number of the question.
        nickname: what the learner wishes to be called, "" for nothing.
        learner: a random code that both hand-ins of a learner share.
        id: a random code of this hand-in, by which copies are known.
        handed_in: the time, UTC.
    """

    when: str
    answers: dict[int, str]
    nickname: str = ""
    learner: str = field(default_factory=_code)
    id: str = field(default_factory=_code)
    handed_in: str = field(default_factory=_now)

    @property
    def right(self) -> set[int]:
        """The questions that are answered rightly."""
        return {n for n, item in ITEMS.items() if self.answers[n] == item.right}

    @property
    def beliefs(self) -> set[str]:
        """The misconceptions that were followed at least once."""
        return {item.belief(self.answers[n]) for n, item in ITEMS.items()} - {""}

    @property
    def unknown(self) -> int:
        """How often "I do not know" was chosen."""
        return list(self.answers.values()).count(UNKNOWN)

    def json(self) -> str:
        """The file's text."""
        answers = {str(n): self.answers[n] for n in ITEMS}
        return json.dumps(
            {
                "course": "Down the Ravine",
                "inventory": VERSION,
                "when": self.when,
                "nickname": self.nickname,
                "learner": self.learner,
                "id": self.id,
                "handed_in": self.handed_in,
                "answers": answers,
            },
            indent=1,
            ensure_ascii=False,
        )


def tidy(nickname: Any) -> str:
    """A nickname without what cannot be printed, at most 40 characters long."""
    text = "".join(c if c.isprintable() else " " for c in str(nickname))
    return " ".join(text.split())[:LONGEST_NICKNAME].strip()


def read(data: bytes) -> Record:
    """The hand-in that a file holds.

    Raises:
        Unfit: the file is no hand-in, or no whole one.
    """
    if not data.strip():
        raise Unfit("is empty")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        broken = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"inventory"' in data
        raise Unfit("is broken: ask for it again" if broken else "is not a hand-in") from None
    if not isinstance(found, dict) or "inventory" not in found:
        raise Unfit("is not a hand-in")
    if found["inventory"] != VERSION:
        raise Unfit(f"answers other questions than these (version {found['inventory']!r:.20})")
    if found.get("when") not in WHEN:
        raise Unfit('does not say whether it is from "before" or "after"')
    answers = found.get("answers")
    answers = answers if isinstance(answers, dict) else {}
    good = {n: str(answers[str(n)]) for n in ITEMS if _is_letter(answers.get(str(n)))}
    if len(good) < len(ITEMS):
        raise Unfit(f"holds {len(good)} of {len(ITEMS)} answers: ask for it again")
    codes = {name: str(found.get(name, "")) for name in ("learner", "id", "handed_in")}
    forms = {"learner": r"\w{1,40}", "id": r"\w{1,40}", "handed_in": r"[\dTZ:-]{1,40}"}
    if not all(re.fullmatch(form, codes[name]) for name, form in forms.items()):
        raise Unfit("lacks its codes or its time: ask for it again")
    nickname = tidy(found.get("nickname") or "")
    return Record(when=found["when"], answers=good, nickname=nickname, **codes)


def _is_letter(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and value in LETTERS + UNKNOWN
