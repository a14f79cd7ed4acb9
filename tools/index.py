"""The index of terms and questions, from docs/index.toml.

    python -m tools.index            writes notebooks/INDEX.md
    python -m tools.index --check    says whether it is up to date, and which entries lead nowhere

An entry names a lesson and some words. It leads to the first heading in that lesson that has them
all; if there is none, to the section whose text has them most often, as a phrase.
"""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import nbformat

from tools.commands import Command
from tools.find import notebooks

ROOT = Path(__file__).resolve().parent.parent
DATA = Path("docs", "index.toml")
# Beside the lessons, because learners' copies of them lie elsewhere and bring it along.
PAGE = Path("notebooks", "INDEX.md")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.M)
# Sections that speak of everything: text below them is a place only if no other has it.
OF_ALL = re.compile(
    r"summary|references|exercises|remember|predict|often said|you will also hear|going further"
    r"|where this story ends|test the article|errors? in print|\d\d ·",
    re.I,
)
TITLE = """# Index of terms and questions

Where the lessons speak of what you look for: first what people ask, then the field's own words.
"""
HINT = """In JupyterLab a lesson that was closed opens at its top; click once more for the section.
"""


@dataclass(frozen=True)
class Section:
    """A heading of a lesson and what stands below it, down to the next one."""

    lesson: str
    heading: str
    cell: str
    text: str

    @property
    def anchor(self) -> str:
        """The anchor of the heading on a page, as JupyterLab and the site make it."""
        return quote(self.heading.replace(" ", "-"), safe=":,?")

    @property
    def place(self) -> str:
        """What leads here in JupyterLab, which finds no heading with a letter such as ε."""
        return self.anchor if self.heading.isascii() else f"cell-id={self.cell}"

    def link(self, on_site: bool) -> str:
        """A link from a page beside the lessons."""
        shown = self.heading if self.is_title else f"{self.lesson[:2]} · {self.heading}"
        return f"[{shown}]({self.lesson}.ipynb#{self.anchor if on_site else self.place})"

    def says(self, phrase: str) -> int:
        """How often a phrase in small letters, which begins a word, stands in heading and text."""
        whole = f"{self.heading}\n{self.text}".lower()
        return len(re.findall(rf"(?<!\w){re.escape(phrase)}", whole))

    @property
    def is_title(self) -> bool:
        """Whether this is the heading of the whole lesson."""
        return self.heading.startswith(f"{self.lesson[:2]} ·")


@cache
def sections(path: Path) -> tuple[Section, ...]:
    """The sections of a lesson."""
    found: list[list[str]] = []
    for cell in nbformat.read(path, as_version=4).cells:
        parts = [("", cell.source)]
        if cell.cell_type == "markdown":
            pieces = HEADING.split(cell.source)
            parts = [("", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
        for heading, text in parts:
            if heading:
                found.append([re.sub(r"[`*]", "", heading), cell.id, ""])
            if found:
                found[-1][2] += text + "\n"
    return tuple(Section(path.stem, *each) for each in found)


def resolve(place: str, lessons: Mapping[str, Sequence[Section]]) -> Section | None:
    """The section that a place such as ``"06 what ε does | ε"`` means, or None.

    Args:
        place: the lesson's number, then words; after each bar words to try in their turn.
        lessons: the sections of each lesson, by its number.
    """
    number, _, rest = place.partition(" ")
    ours = lessons.get(number, ())
    wanted = [words.strip().lower() for words in rest.split("|") if words.strip()]
    for words in wanted:
        for section in ours:
            if not section.is_title and set(_words(words)) <= set(_words(section.heading)):
                return section
    for words in wanted:
        for some in (False, True):
            those = [each for each in ours if bool(OF_ALL.search(each.heading)) == some]
            best = max(those, key=lambda each: each.says(words), default=None)
            if best and best.says(words):
                return best
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’√]+", text.lower())


def all_lessons(root: Path = ROOT) -> dict[str, tuple[Section, ...]]:
    """The sections of each lesson, by its number."""
    return {path.stem[:2]: sections(path) for path in notebooks(root)}


def entries(root: Path = ROOT) -> dict[str, dict[str, list[str]]]:
    """Terms and questions, each with its places."""
    return tomllib.loads((root / DATA).read_text("utf-8"))


def nowhere(
    index: Mapping[str, Mapping[str, Sequence[str]]], lessons: Mapping[str, Sequence[Section]]
) -> Iterator[str]:
    """A sentence for each place that no heading and no text has."""
    for kind in index.values():
        for name, places in kind.items():
            for place in places:
                if resolve(place, lessons) is None:
                    number, _, words = place.partition(" ")
                    yield f"{name!r} leads nowhere: lesson {number} has nothing of {words!r}."


def page(
    index: Mapping[str, Mapping[str, Sequence[str]]],
    lessons: Mapping[str, Sequence[Section]],
    on_site: bool = False,
) -> str:
    """The index as Markdown, for a place beside the lessons or for the site."""

    def line(name: str, places: Sequence[str]) -> str:
        found = [each.link(on_site) for place in places if (each := resolve(place, lessons))]
        return f"- {name} → {'; '.join(dict.fromkeys(found))}"

    lines = [TITLE, "" if on_site else HINT, "## Questions that people ask\n"]
    lines += [line(name, places) for name, places in index["questions"].items()]
    lines.append("\n## Terms")
    letter = ""
    for name in sorted(index["terms"], key=_place_in_alphabet):
        if (first := _place_in_alphabet(name)[0].upper()) != letter:
            letter = first
            lines.append(f"\n### {letter}\n")
        lines.append(line(name, index["terms"][name]))
    return "\n".join(lines) + "\n"


def _place_in_alphabet(name: str) -> str:
    """Where a term stands: ε under E, as it is spoken."""
    spoken = name.replace("ε̂", "epsilon hat").replace("ε", "epsilon")
    plain = unicodedata.normalize("NFKD", spoken)
    return re.sub(r"[^a-z0-9 ]", "", plain.lower()).strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = Command("python -m tools.index", __doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    index, lessons = entries(), all_lessons()
    lost = list(nowhere(index, lessons))
    for line in lost:
        print(line, file=sys.stderr)
    made, path = page(index, lessons), ROOT / PAGE
    if asked.check:
        current = path.exists() and path.read_text("utf-8") == made
        behind = f"{PAGE} is out of date: run python -m tools.index"
        print(f"{PAGE} is up to date." if current else behind)
        return int(bool(lost) or not current)
    path.write_text(made, "utf-8")
    counts = " and ".join(f"{len(each)} {kind}" for kind, each in index.items())
    print(f"{PAGE}: {counts}.")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
