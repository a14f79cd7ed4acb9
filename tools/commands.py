"""What the commands of the course have in common: their help, wrong words, and a word on time."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any, NoReturn

MISUSED = 2  # the exit code of a command that was not understood; 1 is for work that failed


class Command(argparse.ArgumentParser):
    """The words of a command. Its help is the docstring of its file, so that it stands once."""

    def __init__(self, called: str, page: str | None, **more: Any) -> None:
        """Take what is typed before the words, and the docstring."""
        more.pop("prog", None)  # what argparse would call a command within a command
        super().__init__(prog=called, description=page, allow_abbrev=False, **more)

    def format_help(self) -> str:
        """The docstring as it is written."""
        return (self.description or "").strip() + "\n"

    def error(self, message: str) -> NoReturn:
        """End with one sentence."""
        self.exit(MISUSED, f"{message[:1].upper()}{message[1:]}: {self.prog} --help shows how.\n")


class Progress:
    """A line after each part of long work: how much is done, and how long the rest may take."""

    def __init__(self, total: int, what: str) -> None:
        """Begin now; `total` parts follow, each called one of `what`."""
        self.total, self.what = total, what
        self.done, self.begun = 0, time.monotonic()

    def step(self) -> str:
        """Count one part, and say how far it is, by the pace so far."""
        self.done += 1
        spent = time.monotonic() - self.begun
        left = about(spent / self.done * (self.total - self.done))
        rest = f", {left} left" if self.done < self.total else ""
        return f"{self.done} of {self.total} {self.what}{rest}"

    def tell(self, part: str = "") -> None:
        """Count one part and print how far it is, beside the output and not in it."""
        print(f"{part}{': ' * bool(part)}{self.step()}", file=sys.stderr, flush=True)


def about(seconds: float) -> str:
    """A time as one says it.

    >>> print(about(4), about(75), about(700), about(9000), sep=", ")
    about 5 s, about 1 min, about 12 min, about 2.5 h
    """
    if seconds < 60:
        return f"about {max(5, 5 * round(seconds / 5))} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"
