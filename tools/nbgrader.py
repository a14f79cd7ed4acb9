"""Write lessons as assignments that nbgrader assigns, collects and grades.

    python3 course.py nbgrader 04 --to FOLDER            one lesson
    python3 course.py nbgrader 04 05 --to FOLDER         several, an assignment each
        --points N                                       points for an exercise (1)

FOLDER is the folder of your nbgrader course, outside of this one; FOLDER/source/04_momentum is
written, and `nbgrader generate_assignment 04_momentum` goes on from there. It holds the lesson's
exercises with their text, and none of its studies, so that a class is graded quickly. Each exercise
becomes a cell for the answer, which holds the solution until nbgrader takes it out, and a locked
cell that grades it by the course's own check. An answer in words is graded by hand.
docs/NBGRADER.md shows the whole way; nbgrader itself is installed by you and is no part of the
course.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course_utils.exercises import exercises  # noqa: E402
from course_utils.exercises.answers import DiscussionExercise  # noqa: E402
from tools.commands import Command  # noqa: E402
from tools.find import notebooks  # noqa: E402
from tools.solutions import Refused, attach_images, is_check, outside, told  # noqa: E402

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # between which nbgrader takes out
SETUP = (
    "import numpy as np\nimport sympy as sp\n\n"
    "from course_utils.exercises import check, hint, solution"
)
NOTE = (
    "Write each answer where it says `YOUR CODE HERE`, and delete the line below that. The check "
    "in the same cell tells you whether it is right; the cell after it grades it."
)
SCHEMA = 3  # of nbgrader's metadata, since nbgrader 0.6


def assignment(path: Path, points: float = 1) -> tuple[nbformat.NotebookNode, list[str]]:
    """The exercises of a lesson as nbgrader's source notebook, and their keys."""
    nb = nbformat.read(path, as_version=4)
    title = nb.cells[0].source.splitlines()[0]
    cells = [new_markdown_cell(f"{title}: exercises\n\n{NOTE}"), new_code_cell(SETUP)]
    keys, text = [], []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            attach_images(cell, path.parent)
            text.append(cell)
            continue
        key, before, text = asked(cell.source), from_heading(text), []
        if key is None:
            continue
        keys.append(key)
        answer, name = answered(cell.source)
        cells += before
        cells += graded(key, answer, name, points)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    nb.cells = cells
    return nb, keys


def from_heading(text: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Cells of text from the last one that begins with a heading; all if none does."""
    headed = [number for number, cell in enumerate(text) if cell.source.startswith("#")]
    return text[headed[-1] if headed else 0 :]


def asked(source: str) -> str | None:
    """The key of the exercise that a cell checks in its last line."""
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError:
        return None
    call = last[0].value if last and isinstance(last[0], ast.Expr) else None
    key = call.args[0].value if is_check(call) else None
    return key if key in exercises() else None


def answered(source: str) -> tuple[str, str]:
    """The cell with its solution marked as nbgrader wants it, and what names the answer.

    A function keeps its first lines; any other answer gets a name, so that a second cell can grade
    it.
    """
    *before, statement = ast.parse(source).body
    call: Any = statement.value  # type: ignore[attr-defined]
    key, place = call.args[0].value, call.args[1] if len(call.args) > 1 else None
    solution = exercises()[key].solution
    stub = next((x for x in before if isinstance(x, ast.FunctionDef)), None)
    if stub is not None:
        (function,) = ast.parse(solution).body
        body = solution.splitlines()[function.body[0].lineno - 1 :]  # type: ignore[attr-defined]
        region = "\n".join([BEGIN, *textwrap.dedent("\n".join(body)).splitlines(), END])
        lines, last = source.splitlines(), stub.body[-1]
        lines[last.lineno - 1 : last.end_lineno] = [textwrap.indent(region, " " * last.col_offset)]
        return "\n".join(lines), stub.name
    name = (
        place.id if isinstance(place, ast.Name) else f"my_{grade_id(key.removeprefix('my '), '_')}"
    )
    parts = ", ".join(f'"{each.arg}": ...' for each in call.keywords)
    form = f"{{{parts}}}" if parts else "..." if isinstance(place, ast.Name) else ast.unparse(place)
    if solution.startswith("def "):
        (function,) = ast.parse(solution).body
        text = f"{solution}\n\n\n{name} = {function.name}"  # type: ignore[attr-defined]
    else:
        text = f"{name} = {solution}"
    return f'# Answer: {name} = {form}\n{BEGIN}\n{text}\n{END}\n\ncheck("{key}", {name})', name


def graded(key: str, answer: str, name: str, points: float) -> list[nbformat.NotebookNode]:
    """The cell for an answer, and the one that grades it unless that is done by hand.

    The second imports the check, as that name may mean another by then.
    """
    by_hand = isinstance(exercises()[key], DiscussionExercise)
    about = metadata(grade_id(key), solution=True, points=points * by_hand)
    cells = [new_code_cell(answer, metadata={"nbgrader": about})]
    if not by_hand:
        test = (
            "from course_utils.exercises import check\n\n"
            f'feedback = check("{key}", {name})\n'
            "assert feedback, repr(feedback)"
        )
        about = metadata(f"test-{grade_id(key)}", locked=True, points=points)
        cells.append(new_code_cell(test, metadata={"nbgrader": about}))
    return cells


def grade_id(key: str, between: str = "-") -> str:
    """The key of an exercise with letters, digits and hyphens alone.

    >>> grade_id("RMSProp's first step")
    'RMSProp-s-first-step'
    """
    return re.sub(r"[^A-Za-z0-9]+", between, key).strip(between)


def metadata(
    grade: str, *, solution: bool = False, locked: bool = False, points: float = 0
) -> dict[str, Any]:
    """What nbgrader wants to know of a cell; points make it a cell that is graded."""
    about = {"schema_version": SCHEMA, "grade_id": grade, "task": False}
    about |= {"solution": solution, "locked": locked, "grade": points > 0}
    return {**about, "points": int(points) if points % 1 == 0 else points} if points else about


def write(lessons: list[Path], folder: Path, points: float) -> str:
    """Write an assignment for each lesson, and say what comes next."""
    outside(folder)
    places = [folder / "source" / path.stem / path.name for path in lessons]
    for place in places:
        if place.exists():
            raise Refused(
                f"{place} already exists and may hold changes of yours: move it away, or name "
                "another folder."
            )
    written = [assignment(path, points) for path in lessons]
    empty = [path.stem for path, (_, keys) in zip(lessons, written, strict=True) if not keys]
    if empty:
        raise Refused(f"{empty[0]} has no exercise that could be graded: leave it out.")
    for place, (nb, _) in zip(places, written, strict=True):
        nbformat.validate(nb)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")
    count = sum(len(keys) for _, keys in written)
    return (
        f"Wrote {count} exercises to {places[0].parent if len(places) == 1 else folder / 'source'}"
        f"; next, in {folder}: nbgrader generate_assignment {lessons[0].stem}"
    )


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = Command("python3 course.py nbgrader", __doc__)
    add = parser.add_argument
    add("names", nargs="+", metavar="NN")
    add("--to", type=Path, required=True, metavar="FOLDER")
    add("--points", type=float, default=1)
    add("--cwd", type=Path, default=Path(), help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if not 0 < args.points < float("inf"):
        parser.error("--points wants a number above 0")
    folder = (args.cwd / args.to.expanduser()).resolve()
    return told(lambda: write(notebooks(ROOT, args.names), folder, args.points))


if __name__ == "__main__":
    sys.exit(main())
