"""What the course costs to import, to set up, to run and to test."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tools.find import names

from . import machine, report
from .report import PARTS, number

LIMIT = 60  # seconds: a clone that takes longer had to fill pip's cache, and is made once more
ROOMS = ("", ".theory", ".optimizers", ".descent", ".symbolic", ".figures", ".networks",
         ".curvature", ".explorers", ".exercises")  # fmt: skip
ROOT = report.HERE.parent
PYTHON = getattr(sys, "_base_executable", sys.executable)  # outside any environment
FIRST = "notebooks/00_start_here.ipynb"
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


def run(quick: bool) -> dict[str, Any]:
    """Measure all but the test command; if quick, imports and two lessons, no clone."""
    imports: dict[str, list[float]] = {f"course_utils{room}": [] for room in ROOMS}
    for name in imports:
        import_seconds(name)  # once beforehand, so that compiled files are there
    for k in range(3 if quick else 9):
        for name in imports if k < 3 else ["course_utils"]:
            imports[name].append(import_seconds(name))
    clones = [] if quick else [first_lesson()]
    if clones and clones[0]["ran"] > LIMIT:
        clones.append(first_lesson())
    at_once, lessons = min(2, os.cpu_count() or 1), names(ROOT)[: 2 if quick else None]
    with ThreadPoolExecutor(at_once) as pool:
        rows = list(pool.map(lesson, lessons))
    imports = [{"name": n, "seconds": machine.spread(s)} for n, s in imports.items()]
    return {"imports": imports, "commit": commit(), "clones": clones, "at_once": at_once,
            "lessons": rows}  # fmt: skip


def ask(*words: str, program: str = sys.executable) -> str:
    """The last line that a program says, by default a Python of its own."""
    ran = subprocess.run([program, *words], cwd=ROOT, capture_output=True, encoding="utf-8")
    if ran.returncode:
        raise RuntimeError(f"{program} {' '.join(words)} fails:\n{ran.stderr[-2000:]}")
    return ran.stdout.strip().rpartition("\n")[2]


def import_seconds(name: str) -> float:
    """Seconds that an import takes after that of NumPy, in a process of its own."""
    clock = "from time import perf_counter as t"
    return float(ask("-c", f"import numpy; {clock}; a = t(); import {name}; print(t() - a)"))


def commit() -> str:
    """The last commit, which is what a clone gets."""
    return ask("rev-parse", "--short", "HEAD", program="git")


def first_lesson() -> dict[str, float]:
    """Seconds until git has made a clone, until it is `opened`, and of another start, `again`."""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        clone = Path(scratch) / "course"
        ask("clone", "-q", ROOT.as_uri(), str(clone), program="git")
        marks = {"cloned": time.perf_counter() - begin, **opened(clone, begin)}
        return {**marks, "again": opened(clone, time.perf_counter())["ran"]}


def opened(clone: Path, begin: float) -> dict[str, float]:
    """Seconds since `begin` until JupyterLab answers, has sent lesson 00, has run a cell of it."""
    from jupyter_client import BlockingKernelClient

    runtime, marks = clone / ".venv" / "state" / "runtime", {}
    with server(clone, runtime) as lab:
        marks["answers"] = time.perf_counter() - begin
        lab.get(f"lab/tree/{FIRST}").raise_for_status()
        marks["page"] = time.perf_counter() - begin
        cells = lab.get(f"api/contents/{FIRST}").json()["content"]["cells"]
        wanted = {"path": FIRST, "name": FIRST, "type": "notebook", "kernel": {"name": "python3"}}
        session = lab.post("api/sessions", json=wanted)
        file = runtime / f"kernel-{session.json()['kernel']['id']}.json"
        kernel = BlockingKernelClient(connection_file=str(file))
        kernel.load_connection_file()
        kernel.start_channels()
        code = next(cell["source"] for cell in cells if cell["cell_type"] == "code")
        said = kernel.execute(code, reply=True, timeout=120)["content"]
        kernel.stop_channels()
        if said["status"] != "ok":
            raise RuntimeError(f"Lesson 00 does not run: {said['evalue']}")
        marks["ran"] = time.perf_counter() - begin
    return marks


@contextlib.contextmanager
def server(clone: Path, runtime: Path) -> Iterator[Any]:
    """The JupyterLab of a clone, started as a learner does, as a client that may ask it."""
    import httpx
    from jupyter_server.serverapp import list_running_servers

    command, log = [PYTHON, "course.py", "--no-browser"], clone.parent / "log"
    end = time.monotonic() + 600
    with open(log, "wb") as said:
        started = subprocess.Popen(command, cwd=clone, stdout=said, stderr=said)
    try:
        while not (there := list(list_running_servers(str(runtime)))):
            if started.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The clone does not start:\n{log.read_text('utf-8')[-2000:]}")
            time.sleep(0.05)
        token = {"Authorization": f"token {there[0]['token']}"}
        with httpx.Client(base_url=there[0]["url"], headers=token, timeout=60) as lab:
            while lab.get("api/status").is_error:
                time.sleep(0.05)
            yield lab
            lab.post("api/shutdown")
        started.wait(30)
    finally:
        started.terminate()
        started.wait(30)


def lesson(name: str) -> dict[str, Any]:
    """Run a lesson from the top on a kernel of its own; its seconds, and the kernel's peak."""
    from nbformat.v4 import new_code_cell

    from tools.lessons import execute, find, read_notebook

    (found,) = find(ROOT, [name])
    notebook = read_notebook(found)
    notebook.cells.append(new_code_cell(PEAK))
    begin = time.perf_counter()
    asyncio.run(execute(found, notebook))
    name, seconds = found.name, time.perf_counter() - begin
    peak = int("".join(out.text for out in notebook.cells[-1].outputs))
    return {"name": name, "seconds": seconds, "peak_megabytes": peak / 1e6}


def whole() -> int:
    """Time ``course.py test``, by stage: seconds, tests passed, how busy all processors were."""
    import psutil

    result = report.read("course") or sys.exit("First: python3 course.py benchmarks course")
    stages: dict[str, dict[str, float]] = {}
    with subprocess.Popen([PYTHON, "-u", "course.py", "test"], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
                          env={**os.environ, "PYTHONUNBUFFERED": "1"}) as ran:  # fmt: skip
        for line in ran.stdout or ():
            print(line, end="", flush=True)
            if found := STAGE.match(line):
                stage, begin, _ = found[1], time.perf_counter(), psutil.cpu_percent()
            elif counted := PASSED.match(line):
                seen = {"seconds": time.perf_counter() - begin, "passed": int(counted[1])}
                stages[stage] = {**seen, "busy": psutil.cpu_percent() / 100}
    green, seconds = ran.returncode == 0, sum(each["seconds"] for each in stages.values())
    result["whole"] = {"date": machine.now(), "commit": commit(), "seconds": seconds,
                       "stages": stages, "green": green}  # fmt: skip
    print(f"written: {report.keep(result)}")
    return int(not green)


def measured(result: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """The numbers of the targets, which lesson it is, and which stages the test command has."""
    longest = max(result["lessons"], key=lambda row: row["seconds"])
    found = {"import": (result["imports"][0]["seconds"][1], ""),
             "lesson": (longest["seconds"], longest["name"])}  # fmt: skip
    for row in result["clones"][-1:]:
        found |= {"first": (row["ran"], ""), "again": (row["again"], "")}
    if tests := result.get("whole"):
        said = [f"{name} {number(stage['seconds'])} s for {stage['passed']} tests, processors "
                f"{number(100 * stage['busy'])} % busy"
                for name, stage in tests["stages"].items()]  # fmt: skip
        said += [] if tests["green"] else ["some tests failed"]
        found["whole"] = tests["seconds"], "; ".join(said)
    return found


def section(result: dict[str, Any]) -> Iterator[str]:
    """Imports, clones and lessons as tables."""
    table, lessons = PARTS["course"].table, result["lessons"]
    yield table("imports", [[f"`{r['name']}`", *(number(1000 * x) for x in r["seconds"])]
                            for r in result["imports"]])  # fmt: skip
    if result["clones"]:
        rows = [[str(i), *map(number, row.values())] for i, row in enumerate(result["clones"], 1)]
        yield table("clones", rows, limit=LIMIT, **result)
    rows = [[r["name"], number(r["seconds"]), number(r["peak_megabytes"])] for r in lessons]
    rows.append(["**all**", number(sum(row["seconds"] for row in lessons)), ""])
    yield table("lessons", rows, **result)
    if tests := result.get("whole"):
        yield f"The test command: {tests['date']}, commit {tests['commit']}.\n"
