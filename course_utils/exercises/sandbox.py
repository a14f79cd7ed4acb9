"""A place to run code that we did not write: it may loop, crash or print, the notebook lives on.

Where the system can fork, the code runs in a child of this process, which is killed when its time
is up. The child leaves its parent's garbage alone: collecting it may take longer than it has.
Elsewhere (Windows, Pyodide) the code runs here, under a watchdog that interrupts it between two
lines of Python; one single call that never returns from C cannot be interrupted there. On Linux,
what a child waited for a busy processor is added to its time.
"""

from __future__ import annotations

import builtins
import faulthandler
import gc
import io
import json
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .troubles import InputAsked, ProcessCrashed, ProcessEnded, TimeUp, describe
from .watchdog import watched

# Seconds of waiting for a busy processor that are added to an answer's time at most.
MOST_WAITING = 10.0

SECONDS = 1.5  # of wall-clock time that an answer has: a step takes a millisecond
# A browser runs Python some four times as slowly, and says nothing of waiting for a busy processor.
PATIENCE = 4.0 if sys.platform == "emscripten" else 1.0  # times as many seconds
GRACE = 0.5  # for a child to say what it found, once its time is up
OVERHEAD = 1.0  # for what comes before and after: starting the child, comparing, the sentence
LONGEST = 3.0 + MOST_WAITING  # in which a check is back, on a machine that is busy as well
MEMORY = 512 * 2**20  # by which a child may grow; a kernel's arrays have a few numbers
KEPT = 2000  # characters of what the answer printed
LARGEST_RESULT = 20 * 2**20  # a thousand times what the longest record of a kernel takes


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Attributes:
        value: what the job returned, after a round trip through JSON; None if it failed.
        trouble: a word for what went wrong, "" if nothing did.
        sentence: the same for the learner, with the line of their code where one is known.
        printed: the first 2000 characters of what the job printed.
    """

    value: Any = None
    trouble: str = ""
    sentence: str = ""
    printed: str = ""


def run(
    job: Callable[[], Any], *, seconds: float | None = None, place: str | None = None
) -> Outcome:
    """Run a job and come back within ``seconds`` + `GRACE` + `OVERHEAD`, whatever it does.

    On a machine that is too busy to run it at once it takes up to `MOST_WAITING` seconds more; with
    `SECONDS` that is `LONGEST` in all. In a browser a job has `PATIENCE` times its seconds.

    Args:
        job: a function without arguments whose result JSON can hold.
        seconds: wall-clock time that it has, `SECONDS` by default.
        place: "child" or "here"; by default the environment variable ``COURSE_SANDBOX``, else
            "child" wherever the system can fork.
    """
    place = place or os.environ.get("COURSE_SANDBOX") or ("child" if can_fork() else "here")
    return (_in_child if place == "child" else _here)(job, PATIENCE * (seconds or SECONDS))


def waited(place: int | str) -> float:
    """Seconds that a process was ready to run and others ran.

    Args:
        place: its folder in /proc; 0 seconds where there is none, that is, but on Linux.
    """
    try:
        file = os.open(f"/proc/{place}/schedstat", os.O_RDONLY)
        try:
            return int(os.read(file, 100).split()[1]) / 1e9
        finally:
            os.close(file)
    except (OSError, ValueError, IndexError):
        return 0.0


def can_fork() -> bool:
    """Whether this system can run a job in a forked child."""
    return hasattr(os, "fork") and sys.platform not in ("emscripten", "wasi")


def _here(job: Callable[[], Any], seconds: float) -> Outcome:
    with _silenced() as output, _exits_closed():
        message = _attempt(partial(watched, job, seconds))()
    return _outcome(message, output.text)


def _in_child(job: Callable[[], Any], seconds: float) -> Outcome:
    readable, writable = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            os.close(readable)
            _child(job, seconds, writable)
        os._exit(0)
    received, in_time, status = b"", False, 0
    try:
        os.close(writable)
        deadline = time.monotonic() + seconds + GRACE
        received, in_time = _read(readable, deadline, partial(waited, pid))
    finally:
        os.close(readable)
        status = _kill(pid, patience=0.2 if in_time else 0.0)
    try:
        message = json.loads(received)
    except ValueError:
        fell = ProcessCrashed() if os.WIFSIGNALED(status) else ProcessEnded()
        message = describe(fell if in_time else TimeUp())
    return _outcome(message, message.get("printed", ""))


def _kill(pid: int, patience: float) -> int:
    """Wait for the child's end, bring it about if need be, and return its status."""
    until, status, gone = time.monotonic() + patience, 0, 0
    with suppress(ChildProcessError):
        while not gone and time.monotonic() < until:
            gone, status = os.waitpid(pid, os.WNOHANG)
            if not gone:
                time.sleep(0.001)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not gone:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return status


def _child(job: Callable[[], Any], seconds: float, pipe: int) -> None:
    gc.freeze()
    os.setsid()
    faulthandler.disable()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begun = time.monotonic()
    signal.signal(signal.SIGALRM, partial(_time_is_up, begun + seconds))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    with _silenced() as output:
        _limit_memory(MEMORY)
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
        ending = _attempt(job)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _limit_memory(None)
        message = ending()
    data = json.dumps({**message, "printed": output.text}).encode()
    while data:
        data = data[os.write(pipe, data) :]


def _time_is_up(deadline: float, signum: int, frame: Any) -> None:
    left = deadline + min(waited("self"), MOST_WAITING) - time.monotonic()
    if left <= 0:
        raise TimeUp
    signal.setitimer(signal.ITIMER_REAL, left, 0.05)


def _limit_memory(more: int | None) -> None:
    """Let this process grow by so many bytes, or as far as it may, where the system can say."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = most
        if more is not None:
            with open("/proc/self/statm") as sizes:
                limit = int(sizes.read().split()[0]) * os.sysconf("SC_PAGE_SIZE") + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _read(pipe: int, deadline: float, waiting: Callable[[], float]) -> tuple[bytes, bool]:
    """Everything from the pipe until its end, and whether the end came before the deadline.

    ``waiting`` says by how many seconds the deadline has moved.
    """
    received = bytearray()
    while len(received) < LARGEST_RESULT:
        left = deadline + min(waiting(), MOST_WAITING) - time.monotonic()
        if left <= 0:
            return bytes(received), False
        if not select.select([pipe], [], [], left)[0]:
            continue
        piece = os.read(pipe, 65536)
        if not piece:
            break
        received += piece
    return bytes(received), True


def _attempt(job: Callable[[], Any]) -> Callable[[], dict[str, Any]]:
    """Run the job; what is returned makes the message, once there is memory and time for it."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = job()
        return partial(dict, value=json.loads(json.dumps(value)))
    except BaseException as error:
        return partial(describe, error)


def _outcome(message: dict[str, Any], printed: str) -> Outcome:
    return Outcome(
        message.get("value"), message.get("trouble", ""), message.get("sentence", ""), printed
    )


class _Output(io.TextIOBase):
    """A stream that keeps the beginning of what is written to it."""

    text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < KEPT:
            self.text += str(text)[: KEPT - len(self.text)]
        return len(text)


class _NoInput(io.TextIOBase):
    """A stream that nobody answers."""

    def readable(self) -> bool:
        return True

    def read(self, *_: Any) -> str:
        raise InputAsked

    readline = read


@contextmanager
def _silenced() -> Iterator[_Output]:
    """Catch what is printed, answer no question; afterwards everything is as it was."""

    def ask(*_: Any) -> str:
        raise InputAsked

    output, kept = _Output(), (sys.stdout, sys.stderr, sys.stdin, builtins.input)
    depth, errors = sys.getrecursionlimit(), np.geterr()
    sys.stdout = sys.stderr = output  # type: ignore[assignment]
    sys.stdin, builtins.input = _NoInput(), ask  # type: ignore[assignment]
    try:
        yield output
    finally:
        sys.stdout, sys.stderr, sys.stdin, builtins.input = kept
        sys.setrecursionlimit(depth)
        np.seterr(**errors)


@contextmanager
def _exits_closed() -> Iterator[None]:
    """Turn attempts to end this process into exceptions."""

    def end(*_: Any) -> None:
        raise ProcessEnded

    names = [name for name in ("_exit", "abort") if hasattr(os, name)]
    kept = {name: getattr(os, name) for name in names}
    for name in names:
        setattr(os, name, end)
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(os, name, function)
