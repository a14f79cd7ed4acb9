"""Find lessons by what people call them: 4, 04, 04_tame, or the path of a notebook or its twin.

Every command and every test that needs lessons asks here. The standard library alone is used, so
that course.py can ask before anything is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

NOTEBOOKS, TWINS = "notebooks/[0-9][0-9]_*.ipynb", "notebooks/src/[0-9][0-9]_*.py"


class NoLesson(LookupError):
    """Which lesson was asked for and is not there, and which are, in a sentence."""


def names(
    root: Path, words: Sequence[str] = (), places: Sequence[str] = (NOTEBOOKS, TWINS)
) -> list[str]:
    """The names of the lessons that the words mean, in the words' order; of all without words.

    Args:
        root: the tree that holds notebooks/.
        words: each a number, the beginning of a name, or a path.
        places: where lessons are looked for; one that has a notebook or a twin, unless said.

    Raises:
        NoLesson: a word means no lesson.
    """
    known = sorted({path.stem for place in places for path in root.glob(place)})
    chosen = [name for word in words for name in _meant(word, known)] if words else known
    return list(dict.fromkeys(chosen))


def notebooks(root: Path, words: Sequence[str] = ()) -> list[Path]:
    """The notebooks of the lessons that the words mean; of all without words."""
    return [root / "notebooks" / f"{name}.ipynb" for name in names(root, words, [NOTEBOOKS])]


def _meant(word: str, known: list[str]) -> list[str]:
    # A number is a whole one: 1 means lesson 01, and not 10 to 13 besides.
    start = f"{int(word):02}_" if word.isdecimal() else Path(word).stem
    found = [name for name in known if start and name.startswith(start)]
    if not found:
        there = ", ".join(known) or "none yet"
        raise NoLesson(f"There is no lesson called {word!r}. The lessons are: {there}.")
    return found
