"""Turn the text twins of the lessons into executed notebooks.

    python3 course.py lessons                     every lesson
    python3 course.py lessons 04 01_the_ravine    these lessons
    python3 course.py lessons --check             are twins and notebooks in step? (runs nothing)
    python3 course.py lessons --only-sync         bring text into the notebooks, run nothing
    python3 course.py lessons --from-notebook 04  the notebook was edited: write its twin
    python3 course.py lessons --record            store the share of cells that nbval compares
        --from-twin                               give up what was edited in the notebook
        --workers N                               build N lessons at a time (2)
        --root FOLDER                             another tree that holds notebooks/

The twin `notebooks/src/NN_name.py` (percent format) is what one edits and reviews. The notebook
`notebooks/NN_name.ipynb` follows from it: same cells, same cell ids as before, outputs from one
run from the top. What is written is normalised, so that a run on an unchanged tree leaves every
byte as it was; captions, pictures and lines that changed are printed. No edit is overwritten that
is neither committed nor built. The table in MISCONCEPTIONS.md is written again from the marks in
the notebooks, notebooks/INDEX.md from docs/index.toml and docs/KNOBS.md from docs/knobs.toml. What
a run measures for its predictions is kept in course_utils/exercises/predictions/records.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import hashlib
import json
import os
import queue
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from jupytext.combine import combine_inputs_with_outputs

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from course_utils.exercises import predictions  # noqa: E402
from tools import baseline, readable  # noqa: E402
from tools.commands import MISUSED, Command, Progress  # noqa: E402
from tools.find import NoLesson, names  # noqa: E402

CELL_SECONDS, LESSON_SECONDS = 120, 240
KERNELSPEC = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# What is folded as a lesson opens: the source of a cell, the section below a heading.
FOLDS = ("jupyter", "jp-MarkdownHeadingCollapsed")
KEPT_CELL_METADATA = ("tags", "reason", *FOLDS)
BLANK = "lines_to_next_cell"  # jupytext's name
PREDICTION = re.compile(r"^predict\(", re.M)
# Asked of the kernel after a cell that shows a prediction: what the lesson measures for it.
# Not `_`: IPython leaves that alone once a lesson has given it a value.
MEASUREMENT = "(lambda shown: [shown.question.key, shown.measurement()])(_oh[max(_oh)])"
MEASURED = Path("course_utils", "exercises", "predictions", predictions.MEASURED)
COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


class LessonError(Exception):
    """What went wrong with a lesson, in a sentence for the person who edits it."""


@dataclass(frozen=True)
class Lesson:
    """A text twin and its notebook."""

    root: Path
    name: str

    @property
    def twin(self) -> Path:
        """The text that one edits."""
        return self.root / "notebooks" / "src" / f"{self.name}.py"

    @property
    def notebook(self) -> Path:
        """The executed notebook."""
        return self.root / "notebooks" / f"{self.name}.ipynb"


def find(root: Path, wanted: list[str] = ()) -> list[Lesson]:
    """The lessons under `root` that the `wanted` words mean; all without words."""
    return [Lesson(root, name) for name in names(root, wanted)]


def read_twin(lesson: Lesson) -> nbformat.NotebookNode:
    """Read the text twin as a notebook without outputs."""
    if not lesson.twin.exists():
        raise LessonError(
            f"{lesson.name} has no text twin: write it with --from-notebook {lesson.name}."
        )
    return as_notebook(lesson.twin.read_text(encoding="utf-8"))


def as_notebook(twin: str) -> nbformat.NotebookNode:
    """Read the text of a twin as a notebook without outputs."""
    nb = jupytext.reads(twin, fmt="py:percent")
    nb.nbformat, nb.nbformat_minor = 4, 5
    for cell in nb.cells:
        cell.metadata = kept(cell.metadata)
    return nb


def defined(lesson: Lesson, starts: tuple[str, ...]) -> dict[str, Any]:
    """Run the cells of a twin that begin with one of the words, and hand over what they define.

    So a tool that repeats a study of a lesson repeats what its cells say, and not a copy of them.
    """
    names: dict[str, Any] = {}
    for cell in read_twin(lesson).cells:
        if cell.cell_type == "code" and cell.source.startswith(starts):
            exec(compile(cell.source, lesson.twin.name, "exec"), names)
    return names


def read_notebook(lesson: Lesson) -> nbformat.NotebookNode:
    """Read the notebook as it is stored."""
    try:
        return nbformat.read(lesson.notebook, as_version=4)
    except (ValueError, KeyError, nbformat.reader.NotJSONError) as error:
        raise LessonError(
            f"{lesson.notebook.name} cannot be read as a notebook ({error}). Restore it from git, "
            "or delete it and build it again from its twin."
        ) from error


def kept(metadata: dict) -> nbformat.NotebookNode:
    """Keep what a lesson stores of a cell's metadata: its tags, their reason, what is folded."""
    own = {k: metadata[k] for k in KEPT_CELL_METADATA if metadata.get(k)}
    # JupyterLab adds here whether an output is scrolled or hidden: that is the reader's own.
    hidden = own.pop("jupyter", {}).get("source_hidden")
    return nbformat.from_dict({**own, **({"jupyter": {"source_hidden": True}} if hidden else {})})


def updated(lesson: Lesson) -> nbformat.NotebookNode:
    """Put the twin's cells into the notebook; ids stay, outputs too where the source does."""
    source = read_twin(lesson)
    old = read_notebook(lesson) if lesson.notebook.exists() else nbformat.v4.new_notebook()
    old.nbformat, old.nbformat_minor = 4, 5
    before = {cell.id: cell.source for cell in old.cells if "id" in cell}
    metadata = [cell.metadata for cell in source.cells]
    nb = combine_inputs_with_outputs(source, old, fmt="py:percent")
    taken = {cell.get("id") for cell in nb.cells} & set(before)
    for cell, own in zip(nb.cells, metadata, strict=True):
        cell.metadata = own
        if cell.get("id") not in before:
            cell.id = new_id(lesson.name, cell, taken)
            taken.add(cell.id)
        if cell.cell_type == "code" and before.get(cell.id) != cell.source:
            cell.outputs, cell.execution_count = [], None
    return nb


def new_id(name: str, cell: nbformat.NotebookNode, taken: set[str]) -> str:
    """Make a cell id from nothing but the lesson and the text of the cell."""
    for copy in range(len(taken) + 1):
        text = "\n".join([name, cell.cell_type, str(copy), cell.source])
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        if digest not in taken:
            return digest
    raise AssertionError("more equal cells than cells")


def normalised(nb: nbformat.NotebookNode) -> str:
    """Return the text to store; the day, the machine and the Python version leave no trace."""
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    nb = nbformat.from_dict({**nb, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    for cell in nb.cells:
        cell.metadata = kept(cell.metadata)
        cell.pop("attachments", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            output.get("metadata", {}).pop(WIDGET_VIEW, None)
    nbformat.validate(nb)
    return nbformat.writes(nb).rstrip("\n") + "\n"


def write(path: Path, text: str) -> bool:
    """Replace `path` in one go; True if its bytes changed."""
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
    os.replace(name, path)
    return True


# Executing


def kernel_environment(root: Path, scratch: str) -> dict[str, str]:
    """Put the tree's own library first, and nobody's start-up files or earlier answers."""
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "IPYTHONDIR": scratch, "COURSE_PROGRESS": "off"}


async def execute(lesson: Lesson, nb: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """Run `nb` from the top, in place, on a kernel of the running interpreter.

    Returns what it measured for its predictions, by their keys.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from traitlets import default

    class OwnKernelManager(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _no_installed_kernelspecs(self):
            return KernelSpecManager(parent=self, kernel_dirs=[])

    running, found = [0], {}

    async def measure(cell, cell_index, execute_reply) -> None:
        if PREDICTION.search(cell.source) and execute_reply["content"]["status"] == "ok":
            key, measured = await answer(client, MEASUREMENT, CELL_SECONDS)
            if measured:
                found[key] = measured

    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        nb,
        kernel_name="python3",
        kernel_manager_class=OwnKernelManager,
        timeout=CELL_SECONDS,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(lesson.notebook.parent)}},
        on_cell_start=lambda cell, cell_index: running.__setitem__(0, cell_index),
        on_cell_executed=measure,
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        begin = time.perf_counter()
        work = client.async_execute(env=kernel_environment(lesson.root, scratch))
        try:
            await asyncio.wait_for(work, LESSON_SECONDS)
        except CellExecutionError as error:
            what = f"{error.ename}: {COLOUR_CODES.sub('', error.evalue)}".strip()
            raise LessonError(where(lesson, nb, running[0]) + what) from error
        except CellTimeoutError as error:
            what = f"still running after {CELL_SECONDS} s"
            raise LessonError(where(lesson, nb, running[0]) + what) from error
        except NoMeasurement as error:
            what = f"what it measures for its prediction cannot be had: {error}"
            raise LessonError(where(lesson, nb, running[0]) + what) from error
        except (TimeoutError, DeadKernelError) as error:
            late = time.perf_counter() - begin >= LESSON_SECONDS
            what = f"the lesson took more than {LESSON_SECONDS} s" if late else "the kernel died"
            raise LessonError(where(lesson, nb, running[0]) + what) from error
    return found


class NoMeasurement(Exception):
    """What the kernel said in place of a measurement."""


async def answer(client: Any, expression: str, seconds: float) -> Any:
    """The value of an expression in a kernel that has run a cell; the lesson sees no trace."""
    asked = client.kc.execute("", silent=True, user_expressions={"asked": expression})
    reply = {"parent_header": {}}
    while reply["parent_header"].get("msg_id") != asked:
        try:
            reply = await client.kc.get_shell_msg(timeout=seconds)
        except queue.Empty:
            raise NoMeasurement(f"it took more than {seconds} s") from None
    told = reply["content"]["user_expressions"]["asked"]
    if told["status"] != "ok":
        raise NoMeasurement(f"{told['ename']}: {told['evalue']}")
    return ast.literal_eval(told["data"]["text/plain"])


def keep_measurements(lesson: Lesson, found: dict[str, dict[str, Any]]) -> None:
    """Put what a lesson has measured in the place of what its last build measured."""
    path, number = lesson.root / MEASURED, f"{lesson.name[:2]} "
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    kept = {key: one for key, one in kept.items() if not key.startswith(number)} | found
    if path.exists() or kept:
        write(path, json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def faults_in_outputs(lesson: Lesson, nb: nbformat.NotebookNode) -> list[str]:
    """Find what no lesson may store: warnings, errors, widgets without words beside them."""
    found = []
    for index, cell in enumerate(nb.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                text = output.text.strip().splitlines()
                found.append(where(lesson, nb, index) + f"wrote to stderr: {' | '.join(text[:3])}")
            elif output.output_type == "error":
                found.append(where(lesson, nb, index) + f"{output.ename}: {output.evalue}")
            elif set(output.get("data", {})) == {WIDGET_VIEW}:
                found.append(where(lesson, nb, index) + "shows a widget without text beside it")
    return found


def where(lesson: Lesson, nb: nbformat.NotebookNode, index: int) -> str:
    """Lesson, code cell, line of the twin and first line of a cell, to begin a message with."""
    number = sum(cell.cell_type == "code" for cell in nb.cells[: index + 1])
    lines = lesson.twin.read_text(encoding="utf-8").splitlines()
    starts = [i for i, line in enumerate(lines, 1) if line.startswith("# %%")]
    from_the_end = len(nb.cells) - index
    line = starts[-from_the_end] if from_the_end <= len(starts) else 1
    first = next(iter(nb.cells[index].source.strip().splitlines()), "")
    return f"{lesson.name}, code cell {number} (line {line} of the twin: {first}): "


async def build(lesson: Lesson, only_sync: bool) -> str:
    """Update, run and store one lesson; returns the line to report."""
    begin = time.perf_counter()
    before = read_notebook(lesson) if lesson.notebook.exists() else {}
    nb = updated(lesson)
    if not only_sync:
        measured = await execute(lesson, nb)
        if found := faults_in_outputs(lesson, nb):
            raise LessonError("\n  ".join(found))
    changed = write(lesson.notebook, normalised(nb))
    if not only_sync:
        keep_measurements(lesson, measured)
    baseline.record(lesson.root, lesson.name, baseline.fingerprint(nb.cells, kept))
    code = sum(cell.cell_type == "code" for cell in nb.cells)
    seconds = time.perf_counter() - begin
    outcome = "written" if changed else "as it was"
    line = f"{lesson.name:24} {code:3} code cells {seconds:6.1f} s   {outcome}"
    told = [] if only_sync else readable.changes(before, nb)
    return "\n    ".join([line, *told])


async def build_all(lessons: list[Lesson], workers: int, only_sync: bool) -> list[str]:
    """Build `lessons`, `workers` at a time; prints a line each and returns what failed."""
    free, progress = asyncio.Semaphore(workers), Progress(len(lessons), "lessons")

    async def one(lesson: Lesson) -> str | None:
        async with free:
            try:
                print(await build(lesson, only_sync), flush=True)
            except LessonError as error:
                print(f"{lesson.name:24} failed; its notebook is left as it was", flush=True)
                return str(error)
            finally:
                if not only_sync and len(lessons) > 1:
                    progress.tell()
        return None

    return [failure for failure in await asyncio.gather(*map(one, lessons)) if failure]


# Twins and notebooks in step


def differences(lesson: Lesson) -> list[str]:
    """How the notebook differs from its twin, or from its normal form, in words."""
    if not lesson.notebook.exists():
        return [f"{lesson.name} has a twin but no notebook: build it."]
    twin, nb = read_twin(lesson), read_notebook(lesson)
    if found := differing_cells(twin, nb):
        return [f"{lesson.name}: {line}" for line in found]
    if normalised(nb) != lesson.notebook.read_text(encoding="utf-8"):
        return [f"{lesson.name}: the notebook is not stored in its normal form: build it."]
    return []


def differing_cells(twin: nbformat.NotebookNode, nb: nbformat.NotebookNode) -> list[str]:
    """Name the cells that are not the same in a twin and its notebook."""
    if len(twin.cells) != len(nb.cells):
        return [f"the twin has {len(twin.cells)} cells, the notebook {len(nb.cells)}."]
    found = []
    for number, (ours, theirs) in enumerate(zip(twin.cells, nb.cells, strict=True), 1):
        first = next(iter(ours.source.splitlines()), "")
        if ours.cell_type != theirs.cell_type or ours.source != theirs.source:
            found.append(f"cell {number} differs between twin and notebook ({first}).")
        elif kept(ours.metadata) != kept(theirs.metadata):
            found.append(f"cell {number} has other tags or reasons in the notebook ({first}).")
    return found


def edited(lesson: Lesson) -> list[str]:
    """Which of "twin" and "notebook" have cells that neither git nor the last build has.

    Only if the two differ: what is the same in both is lost with neither.
    """
    if not (lesson.twin.exists() and lesson.notebook.exists()):
        return []
    own = {"twin": read_twin(lesson), "notebook": read_notebook(lesson)}
    marks = {which: baseline.fingerprint(nb.cells, kept) for which, nb in own.items()}
    if marks["twin"] == marks["notebook"]:
        return []
    known = {baseline.recorded(lesson.root).get(lesson.name)}
    for path, read in ((lesson.twin, as_notebook), (lesson.notebook, stored_notebook)):
        for text in baseline.committed(lesson.root, path):
            with contextlib.suppress(ValueError, KeyError, nbformat.reader.NotJSONError):
                known.add(baseline.fingerprint(read(text).cells, kept))
    return [which for which, mark in marks.items() if mark not in known]


def stored_notebook(text: str) -> nbformat.NotebookNode:
    """A notebook from its text."""
    return nbformat.reads(text, as_version=4)


def refuse_to_lose(lesson: Lesson, written: str) -> None:
    """Raise if the twin or the notebook, which is to be written, holds edits of its own."""
    changed = edited(lesson)
    if written not in changed:
        return
    name, twin, notebook = lesson.name, lesson.twin.name, lesson.notebook.name
    if len(changed) == 2:
        raise LessonError(
            f"{twin} and {notebook} were both edited since they were last in step, as far as git "
            "and the last build can tell. Compare them with --check, put what is to stay into one "
            f"of them, and commit it; then build with --from-twin {name}, or write the twin with "
            f"--from-notebook {name}."
        )
    if written == "twin":
        raise LessonError(
            f"{twin} has edits that are neither committed nor built, and {notebook} has none: "
            f"build it from its twin with python3 course.py lessons {name}."
        )
    raise LessonError(
        f"{notebook} has edits that its twin lacks. Keep them with --from-notebook {name}, or "
        "keep the twin's text with --from-twin."
    )


def put_aside(lesson: Lesson) -> None:
    """Keep a copy of a notebook whose edits are given up on request."""
    if "notebook" in edited(lesson):
        aside = lesson.root / "build" / f"{lesson.name}.ipynb"
        write(aside, lesson.notebook.read_text(encoding="utf-8"))
        print(f"{lesson.name:24} the edited notebook is kept as build/{aside.name}")


def write_twin(lesson: Lesson) -> bool:
    """Write the text twin from the notebook; True if it changed."""
    nb = read_notebook(lesson)
    # One blank line between cells, whatever stands in them; jupytext would give a function two.
    cells = [{**cell, "metadata": {**kept(cell.metadata), BLANK: 1}} for cell in nb.cells]
    told = ",".join(KEPT_CELL_METADATA)
    bare = {"notebook_metadata_filter": "-all", "cell_metadata_filter": f"{told},-all"}
    metadata = {"kernelspec": KERNELSPEC, "jupytext": bare}
    plain = nbformat.from_dict({**nb, "cells": cells, "metadata": metadata})
    changed = write(lesson.twin, jupytext.writes(plain, fmt="py:percent"))
    baseline.record(lesson.root, lesson.name, baseline.fingerprint(nb.cells, kept))
    return changed


def record_shares(root: Path) -> Path:
    """Store how many output-bearing cells of each lesson nbval compares."""
    from tests.lessons.lesson_contract import SHARE_FILE, share

    shares = {}
    for lesson in find(root):
        compared, total = share(read_notebook(lesson))
        shares[lesson.name] = {"compared": compared, "total": total}
    path = root / SHARE_FILE
    write(path, json.dumps(shares, indent=2, sort_keys=True) + "\n")
    return path


def renew_misconceptions(root: Path) -> None:
    """Write the table of misconceptions again, if the tree has one."""
    from tools import misconceptions

    path = root / misconceptions.TABLE
    if path.exists():
        write(path, misconceptions.table(root))


def renew_index(root: Path) -> None:
    """Write the index of terms again, if the tree has one: its links name headings and cells."""
    from tools import index

    path = root / index.PAGE
    if path.exists():
        write(path, index.page(index.entries(root), index.all_lessons(root)))


def renew_knobs(root: Path) -> None:
    """Write the sheet of knobs again, if the tree has one: its links name headings, too."""
    from tools import index, knobs

    path = root / knobs.PAGE
    if path.exists():
        write(path, knobs.page(knobs.rows(root), index.all_lessons(root)))


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = Command("python3 course.py lessons", __doc__)
    add = parser.add_argument
    add("names", nargs="*", metavar="NN")
    what = parser.add_mutually_exclusive_group()
    for word in ("--check", "--only-sync", "--from-notebook", "--record"):
        what.add_argument(word, action="store_true")
    add("--from-twin", action="store_true")
    add("--workers", type=int, default=min(2, os.cpu_count() or 1))
    add("--root", type=Path, default=ROOT)
    args = parser.parse_args(argv)
    root = args.root.resolve()
    try:
        lessons = find(root, args.names)
        if not lessons:
            raise LessonError(f"There are no lessons in {root / 'notebooks'}.")
        if args.record:
            print(f"recorded in {record_shares(root)}")
            return 0
        if args.check:
            found = [line for lesson in lessons for line in differences(lesson)]
            print("\n".join(found) or f"{len(lessons)} lessons: twins and notebooks are in step")
            return 1 if found else 0
        if args.from_notebook:
            if not args.names:
                raise LessonError("Say which notebook was edited: --from-notebook NAME.")
            for lesson in lessons:
                refuse_to_lose(lesson, "twin")
            for lesson in lessons:
                print(f"{lesson.twin.name:24} {'written' if write_twin(lesson) else 'as it was'}")
            return 0
        for lesson in lessons:
            (put_aside(lesson) if args.from_twin else refuse_to_lose(lesson, "notebook"))
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            failures = runner.run(build_all(lessons, max(1, args.workers), args.only_sync))
        renew_misconceptions(root)
        renew_index(root)
        renew_knobs(root)
    except NoLesson as error:
        print(error, file=sys.stderr)
        return MISUSED
    except LessonError as error:
        failures = [str(error)]
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
