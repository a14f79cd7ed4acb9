"""What can go wrong while a learner's code runs, in sentences: what, in which line, what to do."""

from __future__ import annotations

import linecache
import os
import re
import sysconfig
import traceback
from typing import Any

OWN_FAULT = "the check's own fault"


class TimeUp(BaseException):
    """The code ran longer than it may."""


class ProcessEnded(BaseException):
    """The code ended, or tried to end, the process that it runs in."""


class ProcessCrashed(BaseException):
    """The process that the code ran in was ended by the system."""


class InputAsked(Exception):
    """The code asked the keyboard for input."""


_OURS = tuple(
    os.path.join(os.path.abspath(path), "")
    for path in (
        os.path.dirname(__file__),
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
    )
)

_ADVICE = (
    ("NameError", "Check the spelling, and run the cell that defines it first."),
    ("UnboundLocalError", "It is used before it gets a value inside the function."),
    ("_UFuncOutputCastingError", "Whole-number arrays cannot hold fractions: start with floats."),
    ("UFuncTypeError", "Whole-number arrays cannot hold fractions: start with floats."),
    ("ZeroDivisionError", "Ask which quantity may be zero, at the first step above all."),
    ("KeyError", "Print the keys that are there."),
    ("IndexError", "The arrays may have any shape; most rules need no index at all."),
    ("AttributeError", "Print the type of what stands before the dot."),
    ("AssertionError", "An assertion of yours does not hold."),
    ("ImportError", "Import in a cell of its own, above."),
    ("ModuleNotFoundError", "Import in a cell of its own, above."),
)


def describe(error: BaseException) -> dict[str, Any]:
    """The trouble as a word and as sentences for the learner."""
    where = place(error)
    if isinstance(error, TimeUp):
        return _trouble(
            "endless",
            f"Your code did not end within its time{where}. "
            "Look for a loop whose condition never becomes false; a kernel makes one single step.",
        )
    if isinstance(error, (ProcessEnded, SystemExit)):
        return _trouble(
            "ended",
            f"Your code ended the process it ran in{where}. "
            "Leave out exit and quit: a function ends with return, or at its last line.",
        )
    if isinstance(error, ProcessCrashed):
        return _trouble(
            "crashed",
            "Your code brought down the process that it ran in. "
            "That takes a call outside Python, or all of the memory; one step needs neither.",
        )
    if isinstance(error, (InputAsked, EOFError)):
        return _trouble(
            "input",
            f"Your code asks for input{where}, and nobody sits at the check's keyboard. "
            "Everything a kernel needs arrives as an argument.",
        )
    if isinstance(error, RecursionError):
        return _trouble(
            "recursion",
            f"Your function calls itself without end{where}. "
            "One step needs no recursion: whoever calls the kernel repeats it.",
        )
    if isinstance(error, MemoryError):
        return _trouble(
            "memory",
            f"Your code asks for more memory than there is{where}. "
            "One step needs arrays of the size of w and no more.",
        )
    if isinstance(error, NotImplementedError):
        return _trouble("unanswered", "")
    if own := own_fault(error):
        return _trouble(OWN_FAULT, own)
    message = _first_line(error)
    text = f"Your code stopped with {type(error).__name__}{where}"
    text += f": {message.rstrip('.')}." if message else "."
    return _trouble("error", " ".join(filter(None, (text, _advice(error, message)))))


# Where what is called belongs to the learner although no frame of it is seen: functions in C.
THEIRS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "plain.py")
_PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_CALLED_WRONGLY = re.compile(r"argument|positional|parameter|not callable")


def own_fault(error: BaseException, sure: bool = False) -> str:
    """A sentence if the check itself stopped, and nothing of the learner's ran at that time.

    Args:
        error: what stopped it.
        sure: nothing of the learner's can have run.
    """
    frames = traceback.extract_tb(error.__traceback__, limit=-2000)
    mine = [f for f in frames if f.filename.startswith(_PACKAGE)]
    if not sure:
        ran = any(is_theirs(f.filename) or f.filename == THEIRS for f in frames)
        called = isinstance(error, TypeError) and _CALLED_WRONGLY.search(_first_line(error))
        if ran or called or not mine:
            return ""
    where = f"{os.path.basename(mine[-1].filename)}, line {mine[-1].lineno}"
    return (
        f"The check itself stopped with {type(error).__name__} ({where}). That is a fault in the "
        "course, and says nothing about your answer. Please report it with your answer, and go on."
    )


def is_theirs(file: str) -> bool:
    """Whether a file is neither the course's nor Python's nor a library's."""
    return not file.startswith((*_OURS, "<frozen"))


def place(error: BaseException) -> str:
    """Where in the learner's code an exception came from, as the end of a clause."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__, limit=-2000) if is_theirs(f.filename)
    ]
    if not frames:
        return ""
    line = linecache.getline(frames[-1].filename, frames[-1].lineno or 0).strip()
    return f" in line {frames[-1].lineno}" + (f", `{_short(line)}`" if line else "")


ANY_SHAPE = "Print the shapes on the way to it."
ONE_SHAPE = "Every array here has the shape of w; no dot product and no sum is needed."


def _advice(error: BaseException, message: str) -> str:
    names = {kind.__name__ for kind in type(error).__mro__}
    if "broadcast" in message or "shape" in message.lower():
        return ANY_SHAPE
    if isinstance(error, TypeError) and re.search(r"ellipsis", message, re.IGNORECASE):
        return "There is still a `...` where a value belongs."
    return next((advice for name, advice in _ADVICE if name in names), "")


def _first_line(error: BaseException) -> str:
    try:
        text = str(error).strip()
    except BaseException:
        return ""
    text = re.sub(r"\s+at 0x[0-9a-fA-F]+", "", text.splitlines()[0]) if text else ""
    return _short(text, 160)


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _trouble(word: str, sentence: str) -> dict[str, Any]:
    return {"trouble": word, "sentence": sentence}
