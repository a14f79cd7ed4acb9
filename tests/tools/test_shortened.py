"""The lessons as the browser tests run them: what moves is run, the rest is as it was stored."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_utils import exercises, explorers, inventory
from tests.browser.shortened import SHOWS, needed, never_run, shortened
from tools.find import notebooks

LESSONS = notebooks(Path(__file__).parents[2])


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_what_moves_exists():
    assert {*explorers.__all__, *exercises.__all__, *inventory.__all__} >= SHOWS


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_keeps_its_cells_and_what_is_not_run_its_outputs(path):
    whole = nbformat.read(path, 4)
    short = shortened(whole)
    assert [cell.source for cell in short.cells] == [cell.source for cell in whole.cells]
    run = [cell for cell in code(short) if cell.execution_count is None]
    assert run and not any(cell.outputs for cell in run)
    assert all(cell in whole.cells for cell in short.cells if cell not in run)
    assert whole == nbformat.read(path, 4), "the lesson itself is changed"
    for cell in code(whole):
        moves = any(f"{name}(" in cell.source for name in SHOWS)
        assert not moves or cell.source in [one.source for one in run]
    assert not any(cell.outputs for cell in code(never_run(whole)))


def test_what_shows_a_widget_is_run_with_what_it_needs():
    sources = [
        "from somewhere import Wells, predict\nexplorer = Wells()",
        "data = slow()\nlast = [explorer for explorer in data]",
        "x = 1",
        "def more(n):\n    return n + x",
        "explorer",
        "explorer.filmstrip()",
        "predict('how many', measured=lambda: data)",
        "predict('what', [more(n) for n in (1, 2)])",
        "explorer = 2",
        "explorer",
    ]
    assert needed(sources) == {0, 2, 3, 4, 6, 7}


def test_a_name_that_is_given_again_needs_no_earlier_cell():
    assert needed(["y = 1", "y = 2", "Wells(y)", "y = 3"]) == {1, 2}


def test_a_cell_that_was_run_says_nothing_of_it():
    output = new_output("stream", text="said")
    book = new_notebook(cells=[new_code_cell("1", outputs=[output], execution_count=1)])
    (cell,) = never_run(book).cells
    assert cell.outputs == [] and cell.execution_count is None
    assert shortened(book) == book
