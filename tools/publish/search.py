"""What a reader searches: every section of every lesson, with the terms that lead to it.

The texts are gathered here and written as a script, so that pages opened as files can load them.
MiniSearch, which lies beside the other assets as its makers publish it, finds words in them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

from tools import index, knobs

from . import plan
from .folder import ASSETS
from .lesson import Lesson
from .prose import KNOBS

# What a section says; code, prints and drawings are not searched, but captions are.
SPOKEN = {"text", "formula", "answer", "exercise", "predict"}
PICTURED = {"figure", "filmstrip", "explorer"}
# Nothing of what a page holds back is found: the answers of predictions, hints, data of scripts.
HIDDEN = "details", "script", "template", "style", "svg", "form button"
# MiniSearch 7.2.0, dist/umd/index.js of its npm package; another version has another hash.
LIBRARY = "minisearch/minisearch.js"
SHA256 = "03c27931eb603af1d3358579e9885eafdb6a2f5fa9929557b3e77d7e99d06d03"
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*\n?", re.M)


@dataclass(frozen=True)
class Section:
    """A place that a search can lead to.

    Attributes:
        link: its address, seen from a page.
        page: what the page is called.
        title: its heading.
        terms: the entries of the index that lead here.
        text: what it says.
    """

    link: str
    page: str
    title: str
    terms: str
    text: str


def sections(every: Sequence[Lesson]) -> list[Section]:
    """All that can be found, in the order of the lessons; the sheet of knobs comes last."""
    terms = _terms()
    found = [one for lesson in every for one in _of_lesson(lesson, terms)]
    return found + list(_of_sheet())


def _of_lesson(lesson: Lesson, terms: dict[str, list[str]]) -> Iterable[Section]:
    row = plan.row(lesson.number)
    name = row.title if row else lesson.title
    heading, said = None, []
    for piece in [*lesson.pieces, None]:
        if piece is None or (piece.kind == "heading" and not lesson.further(piece)):
            if heading is not None:
                anchor = re.search(r'id="([^"]*)"', heading.html)[1]
                link = f"{lesson.page}#{quote(anchor, safe=':,?')}"
                words = heading.words
                if heading.tag == "h1" and row:
                    said.insert(0, row.question)
                yield Section(link, name, words, " · ".join(terms[link]), " ".join(said).strip())
            heading, said = piece, []
        elif piece.kind in SPOKEN:
            said.append(plain(piece.html))
        elif piece.kind in PICTURED:
            said.append(piece.words)


def _terms() -> dict[str, list[str]]:
    """The terms and questions of the index, by the address that they lead to."""
    found: dict[str, list[str]] = defaultdict(list)
    lessons = index.all_lessons()
    for kind in index.entries().values():
        for name, places in kind.items():
            for place in places:
                there = index.resolve(place, lessons)
                link = there and f"{there.lesson}.html#{there.anchor}"
                if link and name not in found[link]:
                    found[link].append(name)
    return found


def _of_sheet() -> Iterable[Section]:
    for number, row in enumerate(knobs.rows(), 1):
        text = f"{row.cause} {row.turn} {' '.join(row.lines)}"
        yield Section(f"{KNOBS}#row-{number}", knobs.TITLE, row.see, "", text)


def plain(html: str) -> str:
    """A piece of a page as text; formulas on one line."""
    soup = BeautifulSoup(html, "html.parser")
    for hidden in soup.select(", ".join(HIDDEN)):
        hidden.decompose()
    for math in soup.find_all("math"):
        math.replace_with(_line(math))
    return re.sub(r"\s+", " ", soup.get_text(" ")).strip().replace(" .", ".").replace(" ,", ",")


def _line(math: Tag) -> str:
    """MathML as one line: a fraction with a slash, a power with ^, a root with √."""
    parts = [_line(part) for part in math.children if isinstance(part, Tag)]
    if not parts:
        return math.get_text()
    match math.name:
        case "mfrac":
            return "/".join(_grouped(part) for part in parts)
        case "msqrt":
            return f"√{_grouped(''.join(parts))}"
        case "msub" | "munder" if len(parts) == 2:
            return "_".join(parts)
        case "msup" if len(parts) == 2:
            return f"{parts[0]}^{_grouped(parts[1])}"
        case "msubsup" if len(parts) == 3:
            return f"{parts[0]}_{parts[1]}^{_grouped(parts[2])}"
        case "mtd" | "mtr":
            return "".join(parts) + " "
    return "".join(parts)


def _grouped(part: str) -> str:
    return part if len(part) <= 1 or re.fullmatch(r"[\w.]+|\(.*\)", part) else f"({part})"


def texts(every: Sequence[Lesson]) -> str:
    """The script that holds the texts."""
    rows = [list(asdict(section).values()) for section in sections(every)]
    told = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return f"window.SECTIONS = {told};\n"


def library() -> str:
    """MiniSearch, without the address of a map that is not there, and with its licence."""
    licence = (ASSETS / "minisearch" / "LICENSE.txt").read_text("utf-8").strip()
    body = SOURCE_MAP.sub("", (ASSETS / LIBRARY).read_text("utf-8"))
    return f"/* MiniSearch.\n{licence}\n*/\n{body}"
