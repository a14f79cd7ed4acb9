"""The lessons as the browser tests run them: shorter, with every explorer."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_utils import figures, networks
from tests.browser.shortened import LONG, SHOWS, Names, shortened
from tools.find import notebooks

LESSONS = notebooks(Path(__file__).parents[2])


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_what_takes_long_exists():
    assert {*networks.__all__, *figures.__all__} >= LONG


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_explorer_and_no_text_is_left_out(path):
    whole = nbformat.read(path, 4)
    short = shortened(whole)

    def made(notebook):
        return [sorted(Names(source).calls & SHOWS) for source in code(notebook)]

    assert [names for names in made(short) if names] == [names for names in made(whole) if names]
    assert [c.source for c in short.cells if c.cell_type != "code"] == [
        c.source for c in whole.cells if c.cell_type != "code"
    ]


@pytest.mark.parametrize("path", LESSONS[:1], ids=lambda path: path.stem)
def test_nothing_has_been_run(path):
    whole = nbformat.read(path, 4)
    parts = [c for c in shortened(whole).cells if c.cell_type == "code"]
    assert parts and not any(c.outputs or c.execution_count for c in parts)
    assert whole == nbformat.read(path, 4), "the lesson itself is changed"


def test_long_cells_and_what_needs_them_go_unless_an_explorer_needs_them():
    sources = ["data = digits()", "x = 1", "y = data.x", "y + x", "y = 2", "y", "r = progress([1])"]
    book = new_notebook(cells=[new_code_cell(source) for source in sources])
    assert code(shortened(book)) == ["x = 1", "y = 2", "y"]
    book.cells += [new_code_cell("Wells(r)")]
    assert code(shortened(book)) == ["x = 1", "y = 2", "y", "r = progress([1])", "Wells(r)"]
