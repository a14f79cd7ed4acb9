"""A lesson of which the browser runs what moves; the rest keeps its stored outputs.

Run are the set-up, the cells that show a widget (an explorer, a prediction, the twelve questions),
and what those need. Nbval runs every cell, in a kernel as JupyterLab has it, and compares what it
prints; what JupyterLab draws of an output does not depend on where it comes from.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Container, Iterable, Sequence
from copy import deepcopy
from types import CodeType

import nbformat

from course_utils import explorers

EXPLORERS = {name for name in explorers.__all__ if name[0].isupper()}
SHOWS = EXPLORERS | {"predict", "twelve_questions"}

# A comprehension is a function that is called where it stands.
AT_ONCE = "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"


def shortened(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with the cells to run as if never run; each finds every name it needs."""
    return never_run(notebook, needed([c.source for c in notebook.cells if c.cell_type == "code"]))


def never_run(notebook: nbformat.NotebookNode, which: Container[int] | None = None):
    """The notebook with these of its code cells, or all, as if never run."""
    copy = deepcopy(notebook)
    for number, cell in enumerate(cell for cell in copy.cells if cell.cell_type == "code"):
        if which is None or number in which:
            cell.update(outputs=[], execution_count=None)
    return copy


def needed(sources: Sequence[str]) -> set[int]:
    """The cells that show a widget, and those that they need."""
    parts = [Names(source) for source in sources]
    moving, held = set(), set()
    for number, (source, part) in enumerate(zip(sources, parts, strict=True)):
        if part.loads & SHOWS or source.split("\n")[-1] in held:
            moving.add(number)
        for line in ast.parse(source).body:
            one = Names(ast.unparse(line))
            held = held | one.binds if one.loads & EXPLORERS else held - one.binds
    found: set[int] = set()
    missing: set[str] = set()
    for number, part in reversed([*enumerate(parts)]):
        if number in moving or part.binds & missing:
            found.add(number)
            # A prediction calls the functions that it is given when it is locked in.
            missing = (missing - part.binds) | (part.here if number in moving else part.uses)
    return found


class Names:
    """The names of a cell, read from what it compiles to: a function's own variables are none.

    Attributes:
        loads: all that it asks for.
        uses: those that other cells give.
        here: those among them that no function asks for.
        binds: those it gives.
    """

    def __init__(self, source: str) -> None:
        """Compile the cell."""
        code = compile(source, "cell", "exec")
        self.loads, self.here, self.binds = set(), set(), set()
        for one in dis.get_instructions(code):
            if one.opname == "LOAD_NAME":
                self.loads.add(one.argval)
                self.here |= {one.argval} - self.binds
            elif one.opname == "STORE_NAME":
                self.binds.add(one.argval)
        inside = set(globals_of(code))
        self.loads |= inside
        self.here |= set(globals_of(code, at_once=True)) - self.binds
        self.uses = self.here | (inside - self.binds)


def globals_of(code: CodeType, at_once: bool = False) -> Iterable[str]:
    """The global names that the functions in some code load, or its comprehensions alone."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and (not at_once or inner.co_name in AT_ONCE):
            loads = dis.get_instructions(inner)
            yield from (x.argval for x in loads if x.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
            yield from globals_of(inner, at_once)
