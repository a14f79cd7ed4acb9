"""Plant mistakes in a copy of the course and see whether the tests notice.

    python -m tools.mutants            every entry of tests/mutants
    python -m tools.mutants WORD...    those with one of these words in list, file or place
        --workers N                    N at a time (as many as there are processors)
        --quiet                        report survivors only

An entry names one mistake, what it would mean to a learner, and the tests that must go red. The
working tree stays as it is. The command fails if a mistake survives, if an entry no longer fits, or
if a named test is red without any mistake.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue

from tools.commands import Command, Progress

ROOT = Path(__file__).resolve().parent.parent
LISTS = Path("tests/mutants")
# What the named tests read.
COPIED = (
    "course_utils", "docs", "hub", "images", "notebooks", "tests", "tools", "conftest.py",
    "course.py", "pyproject.toml",
)  # fmt: skip
# Without plugins that no named test uses, and their options, pytest starts in a fifth of the time.
PLUGINS = ("-p", "no:cacheprovider", "-p", "pytest_timeout", "-p", "xdist.plugin")
OPTIONS = ("-q", "-o", "addopts=--import-mode=importlib", *PLUGINS)
PYTEST = (sys.executable, "-m", "pytest", *OPTIONS)
# Some mistakes make an endless loop, and not all of it is inside a test with a limit of its own.
SECONDS = 300
GREEN, RED = 0, 1  # what pytest returns


class DoesNotFit(ValueError):
    """An entry that cannot be planted; the message says why."""


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    Attributes:
        room: the list that it stands in.
        file: where it is planted, from the root of the course.
        old: text that stands there once.
        new: what is planted in its place.
        tests: ids of tests of which one at least must fail.
        means: what a learner would meet, in a sentence.
        within: function, class, method (`Class.method`) or constant in which `old` is looked for;
            without it, the whole file.
    """

    room: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    means: str
    within: str = ""

    def __str__(self) -> str:
        """Where it is and what it does, on one line."""
        place = f"{self.file}{':' * bool(self.within)}{self.within}"
        return f"{place}: {' '.join(self.old.split())} → {' '.join(self.new.split())}"

    def planted(self, text: str) -> str:
        """The text of the file with the mistake in it.

        Raises:
            DoesNotFit: the old text does not stand there exactly once, or nothing would change.
        """
        start, end = _span(text, self.within) if self.within else (0, len(text))
        count = text.count(self.old, start, end)
        if count != 1:
            raise DoesNotFit(f"{self}: the old text is found {count} times, and once is needed.")
        if self.old == self.new:
            raise DoesNotFit(f"{self}: the new text is the old one.")
        at = text.index(self.old, start)
        return text[:at] + self.new + text[at + len(self.old) :]


def mutants(root: Path = ROOT) -> list[Mutant]:
    """All entries, list by list, in their order."""
    found = []
    for path in sorted((root / LISTS).glob("*.toml")):
        for entry in tomllib.loads(path.read_text("utf-8"))["mutant"]:
            found.append(Mutant(path.stem, **{**entry, "tests": tuple(entry["tests"])}))
    return found


def misfit(mutant: Mutant, root: Path = ROOT) -> str:
    """Why an entry cannot be planted, or names a test that is not there; "" if all is well."""
    try:
        mutant.planted((root / mutant.file).read_text("utf-8"))
    except (DoesNotFit, OSError) as error:
        return str(error)
    for test in mutant.tests:
        path, _, function = test.partition("::")
        if not (root / path).is_file():
            return f"{mutant}: there is no file {path}."
        functions = {
            node.name
            for node in ast.walk(_tree((root / path).read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        if function and function.partition("[")[0] not in functions:
            return f"{mutant}: there is no test {test}."
    return "" if mutant.tests else f"{mutant}: it names no test."


def try_out(mutant: Mutant, folder: Path, stamp: int) -> tuple[str, float, str]:
    """Plant a mistake in a copy, run its tests, take it out again.

    Args:
        mutant: what to plant.
        folder: the copy.
        stamp: a time for the file that no earlier call gave it: Python keeps what it compiled by
            time and size.

    Returns:
        "killed", "survived" or "error", the seconds, and the last lines of pytest.
    """
    path, begun = folder / mutant.file, time.perf_counter()
    before = path.read_text("utf-8")
    try:
        _write(path, mutant.planted(before), 2 * stamp)
        result = subprocess.run(
            [*PYTEST, "-x", *mutant.tests],
            cwd=folder, env=_environment(folder), capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
        word, said = (
            {GREEN: "survived", RED: "killed"}.get(result.returncode, "error"),
            _end(result),
        )
    except subprocess.TimeoutExpired:
        word, said = "killed", f"no end in {SECONDS} s"
    finally:
        _write(path, before, 2 * stamp + 1)
    return word, time.perf_counter() - begun, said


@contextmanager
def copies(root: Path, many: int) -> Iterator[list[Path]]:
    """So many copies of what the tests need, in a temporary folder."""
    ignore = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        folders = [Path(scratch, str(k)) for k in range(many)]
        for folder in folders:
            folder.mkdir()
            for name in COPIED:
                if (root / name).is_dir():
                    shutil.copytree(root / name, folder / name, ignore=ignore)
                elif (root / name).exists():
                    shutil.copy2(root / name, folder / name)
        yield folders


def run(chosen: Sequence[Mutant], root: Path = ROOT, workers: int = 1, quiet: bool = False) -> int:
    """Plant the chosen mistakes one after the other and report; how many were not killed."""
    misfits = [why for mutant in chosen if (why := misfit(mutant, root))]
    if misfits or not chosen:
        print("\n".join(misfits or ["No entry has any of these words."]))
        return max(len(misfits), 1)
    counts = {
        room: {"killed": 0, "survived": 0, "error": 0} for room in sorted({m.room for m in chosen})
    }
    with copies(root, workers) as folders:
        tests = sorted({test for mutant in chosen for test in mutant.tests})
        sound = subprocess.run(
            [*PYTEST, "-n", str(workers), *tests],
            cwd=folders[0], env=_environment(folders[0]), capture_output=True, text=True,
        )  # fmt: skip
        if sound.returncode != GREEN:
            print(f"Some of the tests are red without a mistake:\n{_end(sound, 30)}")
            return 1
        free: SimpleQueue[Path] = SimpleQueue()
        for folder in folders:
            free.put(folder)

        def job(mutant: Mutant, stamp: int) -> tuple[str, float, str]:
            folder = free.get()
            try:
                return try_out(mutant, folder, stamp)
            finally:
                free.put(folder)

        progress = Progress(len(chosen), "mistakes")
        with ThreadPoolExecutor(workers) as pool:
            jobs = {pool.submit(job, mutant, k): mutant for k, mutant in enumerate(chosen, start=1)}
            for done in as_completed(jobs):
                mutant, (word, seconds, said) = jobs[done], done.result()
                counts[mutant.room][word] += 1
                progress.tell()
                if not quiet or word != "killed":
                    print(f"{word:9}{seconds:6.1f} s  {mutant.room}: {mutant}", flush=True)
                if word != "killed":
                    print(f"{'':19}{mutant.means}" + (f"\n{said}" if word == "error" else ""))
    for room, count in counts.items():
        print(f"{room:14}" + ", ".join(f"{n} {word}" for word, n in count.items() if n))
    return sum(count["survived"] + count["error"] for count in counts.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = Command("python -m tools.mutants", __doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args(arguments)
    words = options.words or [""]
    chosen = [m for m in mutants() if any(w in f"{m.room} {m.file} {m.within}" for w in words)]
    return 1 if run(chosen, workers=options.workers, quiet=options.quiet) else 0


def _span(text: str, name: str) -> tuple[int, int]:
    """Where a function, class, method or constant begins and ends in a text."""
    nodes: Sequence[ast.AST] = [_tree(text)]
    for part in name.split("."):
        nodes = [x for node in nodes for x in ast.walk(node) if x is not node and _is(x, part)]
    if len(nodes) != 1:
        raise DoesNotFit(f"There are {len(nodes)} of {name} in the file, and one is needed.")
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    return lines[nodes[0].lineno - 1], lines[nodes[0].end_lineno]


@lru_cache(maxsize=256)  # many entries share a file
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


def _is(node: ast.AST, name: str) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node.name == name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and any(
        isinstance(x, ast.Name) and x.id == name for x in targets
    )


def _write(path: Path, text: str, stamp: int) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, (stamp, stamp))


def _environment(folder: Path) -> dict[str, str]:
    """The library of the copy, and one thread a process: there are as many as processors."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return {**os.environ, **threads, **plugins, "PYTHONPATH": str(folder)}


def _end(result: subprocess.CompletedProcess, lines: int = 6) -> str:
    return "\n".join((result.stdout + result.stderr).splitlines()[-lines:])


if __name__ == "__main__":
    sys.exit(main())
