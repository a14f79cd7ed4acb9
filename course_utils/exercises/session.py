"""What a learner did since the kernel started; it is kept in memory and written nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Session:
    """Hints taken, exercises solved, predictions locked in, and whose numbers are asked for."""

    hints: dict[str, int] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)
    predictions: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    def note_check(self, key: str, verdict: str) -> None:
        """Remember whether an exercise was ever solved."""
        if verdict in ("right", "not yet"):
            self.checks[key] = self.checks.get(key, False) or verdict == "right"

    def forget(self) -> None:
        """Begin anew."""
        for record in (self.hints, self.checks, self.predictions):
            record.clear()
        self.name = ""


SESSION = Session()


class Tally:
    """The score of a session, in words and as a table."""

    def __init__(self, session: Session) -> None:
        """Read the session when the score is shown, not before."""
        self.session = session

    def __repr__(self) -> str:
        """One line per prediction and one for the exercises."""
        rows = [f"  {p.summary()}" for p in self.session.predictions.values()]
        return "\n".join([*self._headlines(), *rows])

    def _repr_markdown_(self) -> str:
        rows = [f"- {p.summary()}" for p in self.session.predictions.values()]
        return "\n\n".join(self._headlines()) + ("\n\n" + "\n".join(rows) if rows else "")

    def _headlines(self) -> list[str]:
        predictions, checks = self.session.predictions.values(), self.session.checks.values()
        lines = []
        if predictions:
            hits = sum(p.hit for p in predictions)
            lines.append(f"Predictions: {hits} of {len(predictions)} came true.")
        else:
            lines.append("No prediction is locked in yet.")
        if checks:
            lines.append(f"Exercises: {sum(checks)} of {len(checks)} tried are right.")
        return lines
