"""Interrupt Python code between two of its lines once its time is up, again and again.

Again and again, because code may catch the first interruption. From Python 3.12 on this is
``sys.monitoring``; Python 3.11 needs a second thread that asks the interpreter to raise.
Nothing here interrupts this package itself, so that it can clean up after a late answer.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from types import CodeType
from typing import Any

from .troubles import TimeUp

MOST_WAITING = 10.0
HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def watched(job: Callable[[], Any], seconds: float) -> Any:
    """What other people's code returns, which may run for ``seconds``, then `TimeUp` is raised."""
    return (_Monitor if hasattr(sys, "monitoring") else _Nag)(seconds).run(job)


def waited(place: int | str) -> float:
    """Seconds that a process or thread was ready to run and others ran.

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


class _Watch:
    """Puts a patient `time.sleep` in place of the real one, which nothing can interrupt."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.woken = self.closing = self.ended = False

    def run(self, job: Callable[[], Any]) -> Any:
        """The job's result; afterwards all is as it was, even if `TimeUp` comes while tidying."""
        self.set_up()
        try:
            return job()
        finally:
            self.closing = True
            while not self.ended:
                try:
                    self.put_away()
                except TimeUp:
                    continue

    def set_up(self) -> None:
        self.deadline = self.end = time.monotonic() + self.seconds
        number = getattr(threading, "get_native_id", None)  # threads have none in a browser
        self.place = f"self/task/{number()}" if number else "nowhere"
        self.before = waited(self.place)
        self.sleep = time.sleep
        time.sleep = self._nap
        self.start()

    def put_away(self) -> None:
        self.stop()
        time.sleep = self.sleep
        self.ended = True

    def _nap(self, seconds: float) -> None:
        left = self.deadline - time.monotonic()
        if left > 0:
            self.sleep(min(seconds, left))
        if not self.woken and self.late():
            self.woken = True
            raise TimeUp

    def late(self) -> bool:
        """Whether the time is up, to which the time spent waiting for a processor is added."""
        if time.monotonic() < self.deadline:
            return False
        more = waited(self.place) - self.before
        self.deadline = self.end + min(more, MOST_WAITING)
        return time.monotonic() >= self.deadline

    def start(self) -> None:
        """Begin to watch."""

    def stop(self) -> None:
        """Stop watching; nothing is raised any more."""


class _Monitor(_Watch):
    tool: int | None = None

    def start(self) -> None:
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
        events = self.monitoring.events
        self.watched = (events.LINE, events.JUMP, events.PY_START)
        free = [n for n in (4, 3, 5, 2, 1, 0) if self.monitoring.get_tool(n) is None]
        if free:
            self.tool = free[0]
            self.monitoring.use_tool_id(self.tool, "course exercises")
            for event in self.watched:
                self.monitoring.register_callback(self.tool, event, self._look)
            self.monitoring.set_events(self.tool, sum(self.watched))

    def stop(self) -> None:
        if self.tool is not None:
            self.monitoring.set_events(self.tool, 0)
            for event in self.watched:
                self.monitoring.register_callback(self.tool, event, None)
            self.monitoring.free_tool_id(self.tool)

    def _look(self, code: CodeType, *_: Any) -> None:
        if not code.co_filename.startswith(HERE) and self.late():
            raise TimeUp


class _Nag(_Watch):
    def start(self) -> None:
        self.who, self.over = threading.get_ident(), threading.Event()
        self.thread = threading.Thread(target=self._nag, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.over.set()
        self.thread.join()
        self._raise(None)

    def _nag(self) -> None:
        if self.over.wait(self.seconds):
            return
        while not self.over.wait(0.002):
            running = sys._current_frames()[self.who].f_code.co_filename
            if not running.startswith(HERE) and self.late() and not self.closing:
                self._raise(TimeUp)

    def _raise(self, kind: type[BaseException] | None) -> None:
        import ctypes

        wanted = ctypes.py_object(kind) if kind else None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.who), wanted)
