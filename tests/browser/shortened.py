"""A lesson without its long experiments, for the browser: nbval runs those, cell for cell.

Left out are the cells that load real data or show a progress bar, and all that need what they
define, unless an explorer needs it. Stored outputs are left out too: every cell is run, and a page
need not draw twice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

import nbformat

from course_utils import explorers

LONG = {"digits", "digits_task", "wine_task", "words_task", "progress"}
SHOWS = {name for name in explorers.__all__ if name[0].isupper()}


def shortened(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with fewer cells, none of them run; each finds every name it needs."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    parts = [Names(cell.source) for cell in cells]
    wanted = needed(parts)
    gone: set[str] = set()
    left_out = []
    for number, (cell, part) in enumerate(zip(cells, parts, strict=True)):
        if number not in wanted and not part.imports and part.uses & (LONG | gone):
            left_out.append(cell)
            gone |= part.binds
        else:
            gone -= part.binds
    short = nbformat.from_dict({**notebook, "cells": []})
    short.cells = [
        {**cell, "outputs": [], "execution_count": None} if cell.cell_type == "code" else cell
        for cell in notebook.cells
        if not any(cell is one for one in left_out)
    ]
    return nbformat.from_dict(short)


def needed(parts: list[Names]) -> set[int]:
    """The cells that make an explorer, and those that they need."""
    found: set[int] = set()
    missing: set[str] = set()
    for number in reversed(range(len(parts))):
        part = parts[number]
        if part.calls & SHOWS or part.binds & missing:
            found.add(number)
            missing = (missing - part.binds) | part.uses
    return found


class Names:
    """The names that a cell uses, binds and calls."""

    def __init__(self, source: str) -> None:
        """Read the cell."""
        nodes = list(ast.walk(ast.parse(source)))
        names = [node for node in nodes if isinstance(node, ast.Name)]
        self.uses = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        self.binds = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        self.binds |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        self.calls = set(of_calls(nodes))
        self.imports = any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in nodes)


def of_calls(nodes: Iterable[ast.AST]) -> Iterable[str]:
    """The names of the functions called."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
