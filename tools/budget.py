"""What the core of a lesson asks of a learner, against what a core may ask.

    python -m tools.budget           a table of all lessons
    python -m tools.budget 01 04     these lessons

The core is every cell before the heading "Going further"; a lesson without one is all core. Visible
code is a code cell whose source is not folded. The minutes of a lesson's table are this estimate.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.commands import MISUSED, Command
from tools.find import NoLesson, notebooks

ROOT = Path(__file__).resolve().parent.parent
FURTHER = "# Going further"
DRAWING = re.compile(r"\bcanvas\(|\bCaptioned\(|\bax\.|\baxes\[|\bfigure\b.*=")
# Estimates: a slow reader's words a minute, and minutes for each thing that one does.
WORDS_A_MINUTE = 160
A_LINE, A_PREDICTION, A_CHECK, A_KERNEL, AN_EXPLORER, A_FIGURE = 5 / 60, 1.5, 3, 6, 8, 0.4


@dataclass(frozen=True)
class Asked:
    """What a core asks: how much there is of each kind, and the minutes that it takes.

    Attributes:
        cells: of text and of code.
        words: in text cells.
        code: visible lines of code.
        longest: lines of the longest visible cell.
        wide: visible lines of more than 100 columns.
        drawing: visible lines in cells that draw.
        leaks: visible predictions that state their answer.
        minutes: the estimate.
    """

    cells: int = 0
    words: int = 0
    code: int = 0
    longest: int = 0
    wide: int = 0
    drawing: int = 0
    leaks: int = 0
    minutes: int = 0

    def beyond(self, budget: Asked) -> list[str]:
        """What is more than the budget allows, in words."""
        return [
            f"{name} {asked}, at most {allowed}"
            for name, allowed in vars(budget).items()
            if (asked := getattr(self, name)) > allowed
        ]


BUDGET = Asked(cells=45, words=1400, code=90, longest=12, minutes=50)


def core(cells: Sequence[NotebookNode]) -> Sequence[NotebookNode]:
    """The cells before the heading "Going further"."""
    return cells[: next((i for i, cell in enumerate(cells) if _further(cell)), len(cells))]


def asked(cells: Iterable[NotebookNode]) -> Asked:
    """What these cells ask of a learner."""
    cells = list(cells)
    text = [cell.source for cell in cells if cell.cell_type == "markdown"]
    codes = [cell for cell in cells if cell.cell_type == "code"]
    shown = [_lines(cell) for cell in codes if not folded(cell)]
    words = sum(len(source.split()) for source in text)
    minutes = sum(map(_minutes, codes)) + words / WORDS_A_MINUTE
    return Asked(
        cells=len(cells),
        words=words,
        code=sum(map(len, shown)),
        longest=max(map(len, shown), default=0),
        wide=sum(len(line) > 100 for lines in shown for line in lines),
        drawing=sum(len(lines) for lines in shown if DRAWING.search("\n".join(lines))),
        leaks=sum(_tells(call) for cell in codes if not folded(cell) for call in _calls(cell)),
        minutes=round(minutes),
    )


def folded(cell: NotebookNode) -> bool:
    """Whether the source of a cell is hidden as the lesson opens."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def _further(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and cell.source.lstrip().startswith(FURTHER)


def _lines(cell: NotebookNode) -> list[str]:
    return [line for line in cell.source.splitlines() if line.strip()]


def _minutes(cell: NotebookNode) -> float:
    names = [_name(call) for call in _calls(cell)]
    kernel = "check" in names and re.search(r"^def my_", cell.source, re.M)
    minutes = A_PREDICTION * names.count("predict")
    minutes += A_KERNEL if kernel else A_CHECK * names.count("check")
    minutes += 0 if folded(cell) else A_LINE * len(_lines(cell))
    for data in (output.get("data", {}) for output in cell.outputs):
        opens = "As it opens" in data.get("text/plain", "")
        pictured = any(kind in data for kind in ("image/png", "image/svg+xml"))
        minutes += AN_EXPLORER if opens else A_FIGURE * pictured
    return minutes


def _calls(cell: NotebookNode) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _tells(call: ast.Call) -> bool:
    return _name(call) == "predict" and any(k.arg in ("truth", "because") for k in call.keywords)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = Command("python -m tools.budget", __doc__)
    parser.add_argument("names", nargs="*", metavar="NN")
    try:
        lessons = notebooks(ROOT, parser.parse_args(argv).names)
    except NoLesson as error:
        print(error, file=sys.stderr)
        return MISUSED
    kinds = list(vars(BUDGET))
    print(f"{'lesson':28}" + "".join(f"{kind:>9}" for kind in kinds))
    print(f"{'budget of the core':28}" + "".join(f"{getattr(BUDGET, k):>9}" for k in kinds))
    for path in lessons:
        found = asked(core(nbformat.read(path, as_version=4).cells))
        over = {line.split()[0] for line in found.beyond(BUDGET)}
        row = (f"{getattr(found, kind)}{'*' * (kind in over)}" for kind in kinds)
        print(f"{path.stem[:27]:28}" + "".join(f"{entry:>9}" for entry in row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
