"""How to read the curves: the signs of each cause, and what speaks for or against a guess."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from .curves import Curves, measured


@dataclass(frozen=True)
class Sign:
    """Something to look for on one curve.

    Attributes:
        curve: on which.
        key: what to measure there, a name of `measured`.
        low, high: between which values the sign is there.
        there: how it looks, with ``{x}`` for what was measured.
        missing: how it looks where the sign is missing, likewise.
    """

    curve: str
    key: str
    low: float
    high: float
    there: str
    missing: str

    def holds(self, found: Mapping[str, float]) -> bool:
        """Whether the sign is there; NaN is no sign."""
        return self.low <= found[self.key] <= self.high

    def says(self, found: Mapping[str, float]) -> str:
        """What the curve shows, in words."""
        words = self.there if self.holds(found) else self.missing
        return f"{self.curve}: {words.format(x=_short(found[self.key]))}"


_FINITE = Sign("loss", "finite", 1, 1, "finite to the end", "the curve ends in NaN")
_BROKEN = "one broken batch"


def _signs() -> Mapping[str, tuple[Sign, ...]]:
    """The table of the file beside this one; every cause but one wants curves without NaN."""
    table = tomllib.loads(files(__package__).joinpath("signs.toml").read_text("utf-8"))
    found = {}
    for cause, rows in table.items():
        signs = [Sign(**{"low": row.pop("from"), "high": row.pop("to"), **row}) for row in rows]
        found[cause] = (*(() if cause == _BROKEN else (_FINITE,)), *signs)
    return MappingProxyType(found)


SIGNS = _signs()


def diagnose(c: Curves) -> list[str]:
    """The causes all of whose signs are there."""
    found = measured(c)
    return [cause for cause, signs in SIGNS.items() if all(s.holds(found) for s in signs)]


def weigh(c: Curves, cause: str) -> tuple[list[str], list[str]]:
    """What the curves say for a cause and against it, a sentence for each sign."""
    found = measured(c)
    sides: tuple[list[str], list[str]] = ([], [])
    for sign in SIGNS[cause]:
        sides[0 if sign.holds(found) else 1].append(sign.says(found))
    return sides


def _short(x: float) -> str:
    return f"{x:.0f}" if x >= 100 else f"{x:.2g}"
