"""Write copies of lessons with the solutions filled in, for teachers.

    python3 course.py solutions 04 --to FOLDER               one lesson
    python3 course.py solutions --to FOLDER                  every lesson
    python3 course.py solutions 04 --to FOLDER --name Ada    with the numbers of seed("Ada")

Every exercise of the copy is answered, and passes its check when the copy is run; predictions stay
open, since the class locks them in. FOLDER must lie outside of the course, which learners get.
"""

from __future__ import annotations

import argparse
import ast
import base64
import contextlib
import mimetypes
import re
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course_utils.exercises import exercises  # noqa: E402
from course_utils.exercises.answers import DiscussionExercise  # noqa: E402
from tools.commands import MISUSED, Command  # noqa: E402
from tools.find import NoLesson, notebooks  # noqa: E402

IMAGE = re.compile(r"(!\[[^\]]*\]\()(\.\./[^)\s]+)(\))")
OUTLINE = re.compile(r"`solution\(\"([^\"`]+)\"\)`")
NOTE = (
    "**A teacher's copy.** The exercises are answered; run the lesson, and every check passes. "
    "Predictions are open, for the class to lock in."
)


class Refused(Exception):
    """Why no copy is written, in a sentence."""


@dataclass(frozen=True)
class Edit:
    """Bytes of a cell that are replaced."""

    start: int
    stop: int
    text: str


def filled(source: str, name: str = "") -> tuple[str, list[str]]:
    """A code cell with its exercises answered, and their keys.

    Args:
        source: the cell.
        name: whose numbers the exercises have, as for `seed`.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source, []
    known, edits, keys = exercises(), [], []
    stubs = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for statement in tree.body:
        for call in ast.walk(statement):
            if is_check(call) and call.args[0].value in known:
                exercise = known[call.args[0].value].for_learner(name)
                edits += answers(source, statement, call, exercise.solution, stubs)
                keys.append(exercise.key)
    data = source.encode()
    for edit in sorted(edits, key=lambda edit: -edit.start):
        data = data[: edit.start] + edit.text.encode() + data[edit.stop :]
    return data.decode(), keys


def called(cell: nbformat.NotebookNode) -> list[str]:
    """The keys of the exercises that a cell checks."""
    return filled(cell.source)[1] if cell.cell_type == "code" else []


def is_check(node: ast.AST) -> bool:
    """Whether a node of the syntax tree is a call of `check` with the name of an exercise."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "check"
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )


def answers(
    source: str, statement: ast.stmt, call: ast.Call, solution: str, stubs: dict
) -> list[Edit]:
    """What to change in a cell so that one call of `check` gets its solution."""
    if call.keywords:
        parts = ast.parse(solution, mode="eval").body
        values = {k.value: ast.unparse(v) for k, v in zip(parts.keys, parts.values, strict=True)}
        return [over(source, each.value, values[each.arg]) for each in call.keywords]
    place = call.args[1]
    if "def " not in solution:
        return [over(source, place, solution)]
    (function,) = ast.parse(solution).body
    stub = stubs.get(getattr(place, "id", None))
    if stub is None:
        start = offset(source, statement.lineno, statement.col_offset)
        before = Edit(start, start, f"{solution}\n\n\n")
        return [before, over(source, place, function.name)]
    lines = solution.splitlines()[function.body[0].lineno - 1 :]
    body = textwrap.indent(textwrap.dedent("\n".join(lines)), "    ").lstrip()
    return [over(source, stub.body[-1], body)]


def over(source: str, node: ast.AST, text: str) -> Edit:
    """An edit that replaces a node of the syntax tree."""
    start = offset(source, node.lineno, node.col_offset)
    return Edit(start, offset(source, node.end_lineno, node.end_col_offset), text)


def offset(source: str, line: int, column: int) -> int:
    """Where a line and column lie among the bytes of a cell."""
    return sum(len(each) for each in source.encode().splitlines(True)[: line - 1]) + column


def copy(path: Path, name: str = "") -> tuple[nbformat.NotebookNode, list[str]]:
    """A lesson with its solutions filled in, and the keys of its exercises."""
    nb = nbformat.read(path, as_version=4)
    keys: list[str] = []
    cells: list[nbformat.NotebookNode] = []
    asked = {key for cell in nb.cells for key in called(cell)}
    for cell in nb.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            attach_images(cell, path.parent)
            for key in OUTLINE.findall(cell.source):
                if isinstance(exercises().get(key), DiscussionExercise) and key not in asked:
                    cells.append(new_code_cell(f'solution("{key}")'))
                    asked.add(key)
                    keys.append(key)
            continue
        source, found = filled(cell.source, name)
        if found:
            cell.source, cell.outputs, cell.execution_count = source, [], None
            keys += found
    first = next(i for i, cell in enumerate(cells) if cell.cell_type == "code")
    if name:
        own = "from course_utils.exercises import seed\n\n"
        cells.insert(first + 1, new_code_cell(f"{own}seed({name!r})"))
    cells.insert(1, new_markdown_cell(NOTE))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    nb.cells = cells
    return nb, keys


def attach_images(cell: nbformat.NotebookNode, folder: Path) -> None:
    """Take the images that a cell shows into the notebook, since a copy lies elsewhere."""

    def attached(found: re.Match) -> str:
        file = (folder / found[2]).resolve()
        kind = mimetypes.guess_type(file.name)[0] or "image/png"
        text = base64.b64encode(file.read_bytes()).decode("ascii")
        cell.setdefault("attachments", {})[file.name] = {kind: text}
        return f"{found[1]}attachment:{file.name}{found[3]}"

    cell.source = IMAGE.sub(attached, cell.source)


def outside(folder: Path) -> None:
    """Refuse a folder for solutions that learners get.

    Raises:
        Refused: it lies inside a copy of the course.
    """
    for parent in (folder, *folder.parents):
        if (parent / "course.py").is_file() and (parent / "course_utils").is_dir():
            raise Refused(
                f"{folder} lies inside a copy of the course, and learners get that: "
                "name a folder outside of it."
            )


def write(lessons: list[Path], folder: Path, name: str) -> str:
    """Write copies of lessons, and say so in a sentence."""
    outside(folder)
    there = [path.name for path in lessons if (folder / path.name).exists()]
    if there:
        raise Refused(
            f"{there[0]} lies in {folder} already and may hold notes of yours: "
            "move it away, or name another folder."
        )
    copies = [(path.name, *copy(path, name)) for path in lessons]
    folder.mkdir(parents=True, exist_ok=True)
    notary = NotebookNotary()
    with contextlib.closing(notary.store):
        for file, nb, _ in copies:
            nbformat.validate(nb)
            (folder / file).write_text(nbformat.writes(nb) + "\n", encoding="utf-8")
            notary.sign(nb)
    what = copies[0][0] if len(copies) == 1 else f"{len(copies)} lessons"
    count = sum(len(keys) for _, _, keys in copies)
    whose = f" and the numbers of {name}" if name else ""
    return (
        f"Wrote {what} with {count} solutions{whose} to {folder}; "
        f'to open it: python3 course.py --folder "{folder}"'
    )


def told(write: Callable[[], str]) -> int:
    """Print what was written, or why nothing was, and return the exit code."""
    try:
        print(write())
    except (Refused, NoLesson) as reason:
        print(f"Nothing written: {reason}", file=sys.stderr)
        return MISUSED if isinstance(reason, NoLesson) else 1
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = Command("python3 course.py solutions", __doc__)
    add = parser.add_argument
    add("names", nargs="*", metavar="NN")
    add("--to", type=Path, required=True, metavar="FOLDER")
    add("--name", default="")
    add("--cwd", type=Path, default=Path(), help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    folder = (args.cwd / args.to.expanduser()).resolve()
    name = " ".join(args.name.split()).casefold()
    return told(lambda: write(notebooks(ROOT, args.names), folder, name))


if __name__ == "__main__":
    sys.exit(main())
