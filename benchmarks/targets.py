"""What the course promises of its speed, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A limit that a measured number should keep.

    Attributes:
        key: by which a part's ``measured`` gives the number.
        words: what is measured.
        limit: the number to keep.
        unit: of the number, such as "×" or " ms".
        at_least: whether the number should be at least the limit, else at most.
    """

    key: str
    words: str
    limit: float
    unit: str = "×"
    at_least: bool = True

    def met(self, value: float | None) -> bool | None:
        """Whether a number keeps the limit; None if there is none."""
        if value is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit

    def row(self, value: float | None, note: str = "") -> list[str]:
        """The target as cells of a table: what, limit, measured, verdict and note."""
        verdict = {True: "met", False: "**not met**", None: "not measured"}[self.met(value)]
        seen = "" if value is None else f"{number(value)}{self.unit}"
        sign = "≥" if self.at_least else "≤"
        return [self.words, f"{sign} {number(self.limit)}{self.unit}", seen, verdict, note]


def number(x: float) -> str:
    """A number with three digits and no exponent."""
    if x == 0:
        return "0"
    digits = max(0, 2 - int(f"{x:.2e}".split("e")[1]))
    text = f"{x:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(seconds: float) -> str:
    """A time with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e9)} ns"
