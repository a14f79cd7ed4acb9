"""What a learner did, today and on earlier days: hints, exercises solved, predictions locked in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import progress
from .predictions import Question, predictions


@dataclass(frozen=True)
class Locked:
    """A prediction that is locked in.

    Attributes:
        question: what was asked.
        said: the learner's answer.
        truth: what it was compared with.
        about: what the question was about, if its cell said so.
    """

    question: Question
    said: Any
    truth: Any
    about: tuple[str, ...] = ()

    @property
    def hit(self) -> bool:
        """Whether it came true."""
        return self.question.hit(self.said, self.truth)


@dataclass
class Session:
    """Hints taken, exercises tried, predictions locked in, and whose numbers are asked for.

    Attributes:
        unkept: why the last answer could not be kept in the learner's file, "" if it was.
    """

    hints: dict[str, int] = field(default_factory=dict)
    name: str = ""
    unkept: str = ""
    _checks: dict[str, bool] = field(default_factory=dict)
    _ideas: dict[str, set[str]] = field(default_factory=dict)
    _predictions: dict[str, Locked] = field(default_factory=dict)
    _waiting: list[dict[str, Any]] = field(default_factory=list)
    _seen: tuple[Path, tuple[int, int]] | None = None

    @property
    def checks(self) -> dict[str, bool]:
        """For each exercise that was tried whether it was ever solved."""
        self._recall()
        return self._checks

    @property
    def predictions(self) -> dict[str, Locked]:
        """The predictions by their keys."""
        self._recall()
        return self._predictions

    def note_check(self, key: str, verdict: str, idea: str = "") -> None:
        """Remember whether an exercise was ever solved, and until then which ideas went wrong."""
        if verdict not in ("right", "not yet"):
            return
        solved, before = verdict == "right", self.checks.get(key)
        known = self._ideas.setdefault(key, set())
        new = not (solved or before) and idea not in known
        if before is None or solved > before or new:
            self._checks[key] = solved
            known.add(idea)
            entry = {"exercise": key, "solved": solved}
            self._keep({**entry, "idea": idea} if idea and not solved else entry)

    def note_prediction(self, locked: Locked) -> None:
        """Remember a prediction; one that is kept already is not written again."""
        key = locked.question.key
        known = self.predictions.get(key)
        self._predictions[key] = locked
        if known is None or (known.said, known.about) != (locked.said, locked.about):
            entry = {"prediction": key, "said": locked.said, "truth": locked.truth}
            self._keep({**entry, "about": list(locked.about)} if locked.about else entry)

    def forget(self) -> None:
        """Begin anew; a file stays as it is."""
        for record in (self.hints, self._checks, self._ideas, self._predictions, self._waiting):
            record.clear()
        self.name = self.unkept = ""
        self._seen = None

    def _keep(self, entry: dict[str, Any]) -> None:
        path = progress.place()
        if path is None:
            return
        self._waiting.append(entry)
        while self._waiting:
            self.unkept = progress.add(path, self._waiting[0])
            if self.unkept:
                return
            self._waiting.pop(0)

    def _recall(self) -> None:
        """Read the learner's file if it is there and has changed."""
        path = progress.place()
        now = progress.state(path) if path else None
        if path is None or now is None or self._seen == (path, now):
            return
        self._seen = path, now
        for entry in progress.read(path):
            key = entry.get("prediction")
            if isinstance(key, str):
                self._recall_prediction(key, entry)
            key, solved = entry.get("exercise"), entry.get("solved")
            if isinstance(solved, bool) and isinstance(key, str) and key in _exercises():
                self._checks[key] = self._checks.get(key, False) or solved
                if isinstance(idea := entry.get("idea", ""), str):
                    self._ideas.setdefault(key, set()).add(idea)

    def _recall_prediction(self, key: str, entry: dict[str, Any]) -> None:
        """Take an entry that answers a question of the course; the first answer stays."""
        question, about = predictions().get(key), entry.get("about", [])
        if question is None or not isinstance(about, list):
            return
        try:
            said = question.read(entry.get("said"))
            truth = question.read(entry.get("truth"), anything=True)
        except ValueError:
            return
        locked = Locked(question, said, truth, tuple(map(str, about)))
        known = self._predictions.get(key)
        if known is None or known.about != locked.about:
            self._predictions[key] = locked


def _exercises() -> Mapping[str, Any]:
    """The exercises of the course, which are loaded only if the file speaks of one."""
    from .lessons import EXERCISES

    return EXERCISES


SESSION = Session()


class Tally:
    """The score so far, in words and as a table."""

    def __init__(self, session: Session) -> None:
        """Read the session when the score is shown, not before."""
        self.session = session

    def __repr__(self) -> str:
        """One line per prediction and one for the exercises."""
        return "\n".join([*self._headlines(), *(f"  {row}" for row in self._rows())])

    def _repr_markdown_(self) -> str:
        rows = [f"- {row}" for row in self._rows()]
        return "\n\n".join(self._headlines()) + ("\n\n" + "\n".join(rows) if rows else "")

    def _rows(self) -> list[str]:
        rows = []
        for key, one in self.session.predictions.items():
            mark = "✔ hit" if one.hit else "✘ miss"
            said, truth = one.question.show(one.said), one.question.show(one.truth)
            rows.append(f"{mark}, {key}: you said {said}, it is {truth}")
        return rows

    def _headlines(self) -> list[str]:
        locked, checks = self.session.predictions.values(), self.session.checks
        lines = []
        if locked:
            lines.append(f"Predictions: {sum(p.hit for p in locked)} of {len(locked)} came true.")
        else:
            lines.append("No prediction is locked in yet.")
        if checks:
            lines.append(f"Exercises: {sum(checks.values())} of {len(checks)} tried are right.")
        path = progress.place()
        if path and self.session.unkept:
            lines.append(f"Not kept for another day: {self.session.unkept}.")
        elif path and (locked or checks):
            lines.append(
                f"Kept beside this lesson in {path.name}; to begin anew, delete that file and "
                "restart the kernel."
            )
        if path and (trouble := progress.trouble(path)):
            lines.append(trouble)
        return lines
