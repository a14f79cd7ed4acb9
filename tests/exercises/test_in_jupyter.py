"""The checks inside a real Jupyter kernel, with its threads and sockets."""

import queue

import pytest

jupyter_client = pytest.importorskip("jupyter_client")

HOSTILE = """
import os, sys, time
import numpy as np
from course_utils.exercises import check, hint, solution
mine = {"lost": False}
counter = 0

def endless(w, g, *, lr):
    while True:
        try: counter
        except BaseException: pass

def leaves(w, g, *, lr):
    os._exit(1)

def chatty(w, g, *, lr):
    for _ in range(2000): print("w" * 1000)
    return np.add(w, lr * g)

def asks(w, g, *, lr):
    return w - float(input("rate? ")) * g

def crashes(w, g, *, lr):
    import ctypes
    ctypes.string_at(0)
"""


@pytest.fixture(scope="module")
def run():
    """Execute code in a kernel; the answer is what it showed as text."""
    manager, client = jupyter_client.manager.start_new_kernel(kernel_name="python3")

    def execute(code):
        identity = client.execute(code)
        shown = []
        while True:
            message = client.get_iopub_msg(timeout=20)
            if message["parent_header"].get("msg_id") != identity:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "execute_result":
                shown.append(content["data"]["text/plain"])
            elif kind in ("stream", "error"):
                shown.append(content.get("text") or "\n".join(content["traceback"]))
            elif kind == "status" and content["execution_state"] == "idle":
                with pytest.raises(queue.Empty):
                    client.get_stdin_msg(timeout=0.01)
                return "\n".join(shown)

    yield execute
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_hostile_answers_do_not_harm_the_kernel(run):
    assert run(HOSTILE) == ""
    pid = run("os.getpid()")
    for name, words in (
        ("endless", "did not end within its time"),
        ("leaves", "ended the process"),
        ("chatty", "goes uphill"),
        ("asks", "asks for input in line 20, `return w - float(input"),
        ("crashes", "brought down the process"),
    ):
        shown = run(f'check("descent step", {name})')
        assert words in " ".join(shown.split()), shown
        assert shown.startswith("✘ Not yet."), "nothing is shown but the feedback"
    assert run("os.getpid(), mine") == f"({pid}, {{'lost': False}})"
    assert run('check("descent step", lambda w, g, *, lr: w - lr * g)').startswith("✔ Right.")


def test_notebook_globals_are_there_for_the_answer(run):
    run("import numpy as np\nfrom course_utils.exercises import check\nfactor = 1.0")
    shown = run(
        "def mine_too(w, g, *, lr):\n    return w - factor * np.multiply(lr, g)\n\n"
        'check("descent step", mine_too)'
    )
    assert shown.startswith("✔ Right.")


def test_the_line_of_the_cell_is_quoted(run):
    shown = run('def typo(w, g, *, lr):\n    return w - lrr * g\n\ncheck("descent step", typo)')
    assert "NameError in line 2, `return w - lrr * g`" in " ".join(shown.split())
