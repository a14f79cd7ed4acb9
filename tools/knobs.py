"""The sheet of knobs, from docs/knobs.toml: symptom, cause, knob, lesson, the line in each library.

    python -m tools.knobs            writes docs/KNOBS.md
    python -m tools.knobs --check    says whether it is up to date, and which rows lead nowhere

The site has the same rows as a page that prints on A4.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.libraries import LIBRARIES
from course_utils.libraries.signatures import ASIDE, BESIDE, SIGNATURES
from tools.commands import Command
from tools.index import ROOT, Section, all_lessons, resolve

DATA, PAGE = Path("docs", "knobs.toml"), Path("docs", "KNOBS.md")
# Whose calls are held against a signature; the rest of a line is the reader's own.
KNOWN = {*LIBRARIES, "jax"}
OWN = {"model.fit": "keras.Model.fit"}
TITLE = "What to turn when a run goes wrong"
LEAD = (
    "Look down the first column for what you see. A symptom may have several causes: lesson 14 "
    "says which other curve, or which further run, tells them apart."
)
NOTE = (
    "In the lines `params`, `model`, `layer`, `optimizer`, `data`, `x`, `y`, `n`, `steps` and "
    "`limit` are yours, `key` is a fresh one each pass, and numbers are examples. "
    "Signatures: torch 2.14, optax 0.2.8 with jax 0.10, keras 3.15. "
    "Schedulers of PyTorch are stepped once a batch here: `scheduler.step()` after "
    "`optimizer.step()`; a function that clips stands between `loss.backward()` and "
    "`optimizer.step()`."
)
HEAD = ("You see", "Cause", "Turn", "Lesson", "PyTorch, optax, Keras")


@dataclass(frozen=True)
class Row:
    """A row of the sheet; see docs/knobs.toml for what its fields hold."""

    see: str
    cause: str
    turn: str
    lesson: str
    torch: str
    optax: str
    keras: str
    fault: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the libraries that have one."""
        return tuple(line for line in (self.torch, self.optax, self.keras) if line)


def rows(root: Path = ROOT) -> list[Row]:
    """The rows in their order."""
    data = tomllib.loads((root / DATA).read_text("utf-8"))
    return [Row(**row) for row in data["row"]]


def faults_of(line: str) -> Iterator[str]:
    """A sentence for whatever in a line the libraries' signatures do not know."""
    try:
        tree = ast.parse(line, mode="eval")
    except SyntaxError:
        yield f"{line}: this is not one expression of Python."
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [OWN.get(ast.unparse(call.func), ast.unparse(call.func)) for call in calls]
    if not any(name.partition(".")[0] in KNOWN for name in named):
        yield f"{line}: no call of {', '.join(sorted(KNOWN))} is in it."
    for call, name in zip(calls, named, strict=True):
        if name.partition(".")[0] in KNOWN and name != "optax.chain":
            yield from _faults_of_call(call, name)


def _faults_of_call(call: ast.Call, name: str) -> Iterator[str]:
    known = SIGNATURES.get(name, BESIDE.get(name))
    if known is None:
        yield f"{name} is not in course_utils/libraries/signatures.py."
        return
    words = [str(word.arg) for word in call.keywords]
    given = [*list(known)[: len(call.args)], *words]
    if len(call.args) > len(known):
        yield f"{name} takes {len(known)} arguments, and {len(call.args)} are given by place."
    for word in words:
        if word not in known and word not in ASIDE.get(name, {}):
            yield f"{name} has no argument {word}: it takes {', '.join(known)}."
        if given.count(word) > 1:
            yield f"{name} is given {word} twice."
    for needed in (n for n, default in known.items() if default is ... and n not in given):
        yield f"{name} needs {needed}, which has no default."


def wrong(sheet: Sequence[Row], lessons: Mapping[str, Sequence[Section]]) -> Iterator[str]:
    """A sentence for each row that leads nowhere, and for each line that no library would take."""
    for row in sheet:
        if resolve(row.lesson, lessons) is None:
            number, _, words = row.lesson.partition(" ")
            yield f"{row.see!r} leads nowhere: lesson {number} has nothing of {words!r}."
        for line in row.lines:
            yield from faults_of(line)


def page(sheet: Sequence[Row], lessons: Mapping[str, Sequence[Section]]) -> str:
    """The sheet as Markdown, for docs/KNOBS.md."""
    lines = [f"# {TITLE}", "", LEAD, "", _line(HEAD), _line(["---"] * len(HEAD))]
    for row in sheet:
        place = resolve(row.lesson, lessons)
        target = f"../notebooks/{place.lesson}.ipynb#{place.place}" if place else ""
        link = f"[{shown(place)}]({target})" if place else row.lesson
        code = "<br>".join(f"`{line}`" for line in row.lines)
        lines.append(_line([row.see, row.cause, row.turn, link, code]))
    end = "Written by `python -m tools.knobs` from docs/knobs.toml; the site prints it on A4."
    return "\n".join([*lines, "", NOTE, "", end, ""])


def shown(section: Section) -> str:
    """A section as the sheet names it: lesson and heading, without its minutes."""
    heading = re.sub(r",? \(?\d+ minutes\)?$", "", section.heading)
    return f"{section.lesson[:2]} · {heading}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sheet, or check it."""
    parser = Command("python -m tools.knobs", __doc__)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    sheet, lessons = rows(), all_lessons()
    lost = list(wrong(sheet, lessons))
    for line in lost:
        print(line, file=sys.stderr)
    made, path = page(sheet, lessons), ROOT / PAGE
    if asked.check:
        current = path.exists() and path.read_text("utf-8") == made
        behind = f"{PAGE} is out of date: run python -m tools.knobs"
        print(f"{PAGE} is up to date." if current else behind)
        return int(bool(lost) or not current)
    path.write_text(made, "utf-8")
    print(f"{PAGE}: {len(sheet)} rows.")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
