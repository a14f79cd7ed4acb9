"""The course at a glance, from where it stands already: the README's table, lesson 00's tracks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import nbformat

from tools.find import notebooks

from .folder import ROOT

ROW = re.compile(
    r"^\| \[(?P<title>[^\]]+)\]\(notebooks/(?P<stem>\w+)\.ipynb\) \| (?P<question>.+?) \|"
    r" (?P<minutes>\d+) \|$",
    re.M,
)
TRACK = re.compile(r"^- \*\*(?P<name>\w+)\*\*[,:] (?P<about>.+)$", re.M)
PART = re.compile(r"^\| \[?(?P<number>\d\d) [^|]+\| [^|]+\| (?P<tracks>[\w, ]+) \|$", re.M)


@dataclass(frozen=True)
class Row:
    """A lesson in the table: its title, the stem of its file, its question, its core's minutes."""

    title: str
    stem: str
    question: str
    minutes: int
    tracks: tuple[str, ...]

    @property
    def number(self) -> str:
        """Two digits."""
        return self.stem[:2]

    @property
    def name(self) -> str:
        """The title without its number."""
        return self.title[3:]


@dataclass(frozen=True)
class Track:
    """A way through the course."""

    name: str
    about: str


def readme() -> str:
    """The README's text."""
    return (ROOT / "README.md").read_text("utf-8")


def name() -> str:
    """What the course is called."""
    return re.search(r"^# (.+)$", readme(), re.M)[1]


def lead() -> str:
    """The course in one sentence, which the README has in bold."""
    return re.search(r"^\*\*(.+?)\*\*", readme(), re.M)[1]


def lead_paragraph() -> str:
    """The paragraph that begins with this sentence, as Markdown."""
    return re.search(r"^\*\*.+$", readme(), re.M)[0]


@cache
def _start() -> str:
    """The text cells of lesson 00."""
    (path,) = notebooks(ROOT, ["00"])
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def tracks() -> list[Track]:
    """The ways through the course, the shortest first."""
    return [Track(found["name"], found["about"]) for found in TRACK.finditer(_start())]


@cache
def rows() -> tuple[Row, ...]:
    """The lessons in their order."""
    ways = {found["number"]: found["tracks"].split(", ") for found in PART.finditer(_start())}
    return tuple(
        Row(
            found["title"],
            found["stem"],
            found["question"],
            int(found["minutes"]),
            tuple(ways[found["stem"][:2]]),
        )
        for found in ROW.finditer(readme())
    )


def row(number: str) -> Row | None:
    """The row of a lesson; None for one that the table does not have."""
    return next((one for one in rows() if one.number == number), None)
