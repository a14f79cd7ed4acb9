"""Where each misconception is predicted and then met: the table in MISCONCEPTIONS.md.

    python -m tools.misconceptions            write the table
    python -m tools.misconceptions --check    is it up to date? exit 1 if not
        --root FOLDER                         another tree that holds notebooks/

The lessons carry the marks: a cell with the tag `predicts-C07` asks for a prediction about the
misconception C07, and a later cell with `shows-C07` shows what is true.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import nbformat

from course_utils.inventory.misconceptions import MISCONCEPTIONS
from tools.commands import Command
from tools.find import notebooks

ROOT = Path(__file__).resolve().parent.parent
TABLE = "MISCONCEPTIONS.md"
MARK = re.compile(r"(predicts|shows)-(C\d\d)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """A marked cell: its lesson, its number among the code cells if it is one, its section."""

    lesson: str
    kind: str
    belief: str
    code: int
    section: str

    def __str__(self) -> str:
        """The number that JupyterLab shows beside the cell, or the section if it is text."""
        where = f"[{self.code}]" if self.code else "in the text of"
        anchor = quote(self.section.replace(" ", "-"), safe=":,?")
        link = f"[{self.section}](notebooks/{self.lesson}.ipynb#{anchor})"
        return f"{where} {link}"


def places(root: Path) -> list[Place]:
    """All marked cells, in the order of the lessons."""
    found = []
    for path in notebooks(root):
        section, number = "", 0
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                section = ([section] + HEADING.findall(cell.source))[-1]
            number += cell.cell_type == "code"
            for tag in cell.metadata.get("tags", []):
                if mark := MARK.fullmatch(tag):
                    code = number if cell.cell_type == "code" else 0
                    found.append(Place(path.stem, *mark.groups(), code, section))
    return found


def table(root: Path) -> str:
    """The page for teachers."""
    marked = places(root)
    lines = [
        "# Misconceptions, and where the course meets them",
        "",
        "Each row is a belief that learners bring along. In the lessons named they commit to a "
        "prediction first (*asks*), and a later cell shows what is true (*shows*). Numbers in "
        "brackets are those that JupyterLab shows beside a cell. `python -m tools.misconceptions` "
        "writes this page from the marks in the lessons.",
        "",
        "| | One believes | It is so | Lesson | Asks | Shows |",
        "|---|---|---|---|---|---|",
    ]
    for name, belief in MISCONCEPTIONS.items():
        here = [place for place in marked if place.belief == name]
        for lesson in sorted({place.lesson for place in here}) or [""]:
            asks, shows = (
                ", ".join(str(p) for p in here if (p.lesson, p.kind) == (lesson, kind))
                for kind in ("predicts", "shows")
            )
            number = lesson[:2] or f"{belief.lesson}, to come"
            lines.append(
                f"| {name} | {belief.says} | {belief.true} | {number} | {asks} | {shows} |"
            )
    return "\n".join(lines) + "\n"


def missing(root: Path) -> list[str]:
    """Beliefs whose lesson exists and does not treat them, in words."""
    built = {path.name[:2] for path in notebooks(root)}
    marked = {(place.lesson[:2], place.kind, place.belief) for place in places(root)}
    return [
        f"lesson {belief.lesson} has no cell that {kind} {name}"
        for name, belief in MISCONCEPTIONS.items()
        for kind in ("predicts", "shows")
        if belief.lesson in built and (belief.lesson, kind, name) not in marked
    ]


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = Command("python -m tools.misconceptions", __doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--root", type=Path, default=ROOT)
    args = parser.parse_args(argv)
    path, text = args.root / TABLE, table(args.root)
    if args.check:
        current = path.exists() and path.read_text("utf-8") == text
        print(f"{TABLE} is {'up to date' if current else 'out of date: write it again'}.")
        return int(not current)
    path.write_text(text, "utf-8")
    print("\n".join([f"{TABLE} written.", *missing(args.root)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
