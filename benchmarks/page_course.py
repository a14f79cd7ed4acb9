"""The course from outside: a fresh clone that answers, a lesson on a kernel, the test command."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

ROOT = Path(__file__).resolve().parents[1]
PYTHON = getattr(sys, "_base_executable", sys.executable)
FIRST = "notebooks/00_start_here.ipynb"
PATIENCE = 600
STAGE, PASSED = re.compile(r"Tests of the (\w+)"), re.compile(r"=+ .*?(\d+) passed")
PEAK = """
try:
    status = open("/proc/self/status").read()
    print(1024 * int(status.partition("VmHWM:")[2].split()[0]))
except OSError:
    import psutil
    used = psutil.Process().memory_info()
    print(getattr(used, "peak_wset", used.rss))
"""


def import_seconds(first: str, second: str) -> float:
    """Seconds that a second import takes after a first one, in a process of its own."""
    program = (
        f"import time, {first}; begin = time.perf_counter(); import {second};"
        "print(time.perf_counter() - begin)"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
    return float(ran.stdout)


def first_lesson() -> dict[str, float]:
    """Seconds since the beginning of a fresh clone until it answers, in steps.

    ``cloned``: git has made a copy of the last commit; ``answers``: JupyterLab does, started with
    ``course.py --no-browser``, which makes .venv; ``page``: it has sent the page that shows lesson
    00; ``ran``: a kernel has run the first cell of that lesson.
    """
    begin, marks = time.perf_counter(), {}

    def mark(name: str) -> None:
        marks[name] = time.perf_counter() - begin

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        clone = Path(scratch) / "course"
        subprocess.run(["git", "clone", "-q", ROOT.as_uri(), str(clone)], check=True)
        mark("cloned")
        with server(clone) as (address, token):
            mark("answers")
            ask(address, token, f"lab/tree/{FIRST}").close()
            mark("page")
            lesson = json.load(ask(address, token, f"api/contents/{FIRST}"))["content"]
            code = next(c["source"] for c in lesson["cells"] if c["cell_type"] == "code")
            run_cell(address, token, code)
            mark("ran")
    return marks


@contextlib.contextmanager
def server(clone: Path) -> Iterator[tuple[str, str]]:
    """The JupyterLab of a clone, started as a learner does; its address and token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PYTHON, "course.py", "--no-browser", "--port", str(port)]
    address, token, end = f"http://127.0.0.1:{port}", "", time.monotonic() + PATIENCE
    with open(clone.parent / "log", "wb") as log:
        started = subprocess.Popen(command, cwd=clone, stdout=log, stderr=log)
        try:
            while not token:
                for note in clone.glob(".venv/state/runtime/jpserver-*.json"):
                    with contextlib.suppress(OSError, ValueError):
                        token = json.loads(note.read_text("utf-8"))["token"]
                        ask(address, token, "api/status").close()
                if started.poll() is not None or time.monotonic() > end:
                    said = (clone.parent / "log").read_text(errors="replace")
                    raise RuntimeError(f"The clone does not start:\n{said[-2000:]}")
                time.sleep(0.05)
            yield address, token
            with contextlib.suppress(OSError):
                ask(address, token, "api/shutdown", "POST").close()
            started.wait(30)
        finally:
            if started.poll() is None:
                started.terminate()
                started.wait(30)


def ask(address: str, token: str, path: str, method: str = "GET", body: Any = None) -> Any:
    """One request to a server."""
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/{path}", data, headers, method=method)
    return urllib.request.urlopen(request, timeout=60)


def run_cell(address: str, token: str, code: str) -> None:
    """Run a cell of lesson 00 on a kernel of its own and wait until the kernel is idle again."""
    from tornado.httpclient import HTTPRequest
    from tornado.websocket import websocket_connect

    body = {"path": FIRST, "name": FIRST, "type": "notebook", "kernel": {"name": "python3"}}
    kernel = json.load(ask(address, token, "api/sessions", "POST", body))["kernel"]["id"]
    url = f"{address.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
    own = uuid4().hex
    head = {"msg_id": own, "msg_type": "execute_request", "username": "", "session": own,
            "version": "5.3"}  # fmt: skip
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
               "allow_stdin": False, "stop_on_error": True}  # fmt: skip
    wanted = {"channel": "shell", "header": head, "parent_header": {}, "metadata": {},
              "content": content, "buffers": []}  # fmt: skip

    async def talk() -> None:
        request = HTTPRequest(url, headers={"Authorization": f"token {token}"})
        socket_ = await websocket_connect(request)
        await socket_.write_message(json.dumps(wanted))
        while True:
            message = json.loads(await socket_.read_message())
            if message["parent_header"].get("msg_id") != own:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError(f"Lesson 00 does not run: {message['content']['evalue']}")
            if message["content"].get("execution_state") == "idle":
                return socket_.close()

    asyncio.run(asyncio.wait_for(talk(), 120))


def lessons(names: list[str], at_once: int) -> list[dict[str, Any]]:
    """Seconds and peak bytes of the kernel of each lesson, some at a time."""

    def one(name: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "benchmarks.page_course", name]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
        if ran.returncode:
            raise RuntimeError(f"Lesson {name} does not run:\n{ran.stderr[-2000:]}")
        return json.loads(ran.stdout.splitlines()[-1])

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, names))


def lesson(name: str) -> dict[str, Any]:
    """Run a lesson from the top on a kernel of its own."""
    import nbformat
    from nbformat.v4 import new_code_cell

    from tools.lessons import execute, find

    found = find(ROOT, [name])[0]
    notebook = nbformat.read(found.notebook, 4)
    notebook.cells.append(new_code_cell(PEAK))
    begin = time.perf_counter()
    asyncio.run(execute(found, notebook))
    seconds = time.perf_counter() - begin
    peak = int("".join(out.text for out in notebook.cells[-1].outputs))
    return {"name": found.name, "seconds": seconds, "peak_megabytes": peak / 1e6}


def whole() -> dict[str, Any]:
    """What ``course.py test`` takes, which is what CI runs: seconds, in all and by stage.

    Each stage has its seconds, its tests that passed, and the share of all processors' time that
    was work, whosever it was.
    """
    command = [PYTHON, "-u", "course.py", "test"]
    stages, stage, begin, passed = {}, "", 0.0, 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace",
                          env={**os.environ, "PYTHONUNBUFFERED": "1"}) as ran:  # fmt: skip
        for line in ran.stdout or ():
            print(line, end="", flush=True)
            found = STAGE.match(line)
            if counted := PASSED.match(line):
                passed = int(counted[1])
            if found or line.startswith("Tests:"):
                now, busy = time.perf_counter(), psutil.cpu_percent() / 100
                if stage:
                    stages[stage] = {"seconds": now - begin, "passed": passed, "busy": busy}
                stage, begin = found[1] if found else "", now
    seconds = sum(each["seconds"] for each in stages.values())
    return {"seconds": seconds, "stages": stages, "green": ran.returncode == 0}


if __name__ == "__main__":
    print(json.dumps(lesson(sys.argv[1])))
