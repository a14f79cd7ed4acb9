"""The bar of a long computation: there for who watches, without a trace for who executes."""

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

from course_utils.figures import progress

CELL = (
    "from course_utils.figures import progress\n"
    "assert sum(progress(range(4), 'runs')) == 6\n"
    "assert [x for x in progress([])] == []"
)


def test_an_executed_notebook_holds_no_trace_of_it():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert notebook.cells[0].outputs == []


def test_who_watches_sees_it_grow_and_go():
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        seen = []
        hook = lambda message: seen.append(message) if "data" in message["content"] else None  # noqa: E731
        reply = client.execute_interactive(
            CELL, allow_stdin=True, stdin_hook=print, output_hook=hook, timeout=60
        )
        assert reply["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    pages = [message["content"]["data"]["text/html"] for message in seen[:6]]
    assert [page.count("<progress") for page in pages] == [1, 1, 1, 1, 1, 0]
    assert all(f'value="{k}"' in pages[k] and f"runs: {k} of 4" in pages[k] for k in range(5))
    assert pages[-1] == "", "nothing of it is left"
    assert [m["msg_type"] for m in seen[:6]] == ["display_data", *["update_display_data"] * 5]


def test_outside_a_notebook_it_is_the_items():
    assert list(progress((3, 1, 2))) == [3, 1, 2]


def test_it_needs_a_length():
    with pytest.raises(TypeError, match="how many items"):
        progress(x for x in range(3))
