"""A lesson of seven cells that keeps every rule of the contract."""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.svg import framed

OPENING = """# Lesson 04: Tame the zig-zag

| | |
|---|---|
| Minutes | 60 |
| What you need | [The ravine](#The-ravine-of-w_1) |
| What you will be able to do | say why it swings |
"""
REFERENCES = """- A. Author, "A title", *A journal* 1 (2001), [doi:10.1000/a(1)b](https://doi.org/10.1000/a%281%29b).
- A. Cauchy, "Méthode", *Comptes rendus* 25 (1847), 536–538.

"""  # noqa: E501
CAPTION = "Momentum needs 87 steps."
PNG = "iVBORw0KGgo="
HTML = framed(CAPTION, "<svg/>")
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}


def good_notebook() -> nbformat.NotebookNode:
    """Seven cells that keep every rule."""
    picture = new_output("display_data", {"text/html": HTML, "text/plain": CAPTION})
    cells = [
        new_markdown_cell(OPENING),
        new_code_cell("import math"),
        new_markdown_cell("## The ravine of `w_1`\n\nPredict: $n!$ deep? They said “just wait!”."),
        new_code_cell("for _ in range(2):\n    print(math.pi)", outputs=[stdout("3.14\n3.14\n")]),
        new_code_cell("draw()", outputs=[picture]),
        new_markdown_cell("### References\n\n" + REFERENCES + "A long list of titles! " * 30),
        new_markdown_cell("## Licence\n\nText and images CC BY 4.0, code BSD-3-Clause."),
    ]
    for number, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        cell.execution_count = number
    cells[2].metadata.tags, cells[3].metadata.tags = ["predicts-C07"], ["shows-C07"]
    return new_notebook(cells=cells)


def stdout(text: str, name: str = "stdout") -> nbformat.NotebookNode:
    return new_output("stream", name=name, text=text)
