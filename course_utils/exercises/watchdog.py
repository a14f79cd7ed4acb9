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

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def watched(job: Callable[[], Any], seconds: float) -> Any:
    """What other people's code returns, which may run for ``seconds``, then `TimeUp` is raised."""
    return (_Monitor if hasattr(sys, "monitoring") else _Thread)(seconds).run(job)


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
        self.deadline = time.monotonic() + self.seconds
        self.sleep = time.sleep
        time.sleep = self._sleep
        self.start()

    def put_away(self) -> None:
        self.stop()
        time.sleep = self.sleep
        self.ended = True

    def _sleep(self, seconds: float) -> None:
        left = self.deadline - time.monotonic()
        if left > 0:
            self.sleep(min(seconds, left))
        if not self.woken and self.late():
            self.woken = True
            raise TimeUp

    def late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.deadline

    def start(self) -> None:
        """Begin to watch."""

    def stop(self) -> None:
        """Stop watching; nothing is raised any more."""


class _Monitor(_Watch):
    """Looks at the clock at every line that the interpreter reports."""

    tool: int | None = None

    def start(self) -> None:
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
        events = self.monitoring.events
        self.watched = (events.LINE, events.JUMP, events.PY_START)
        # 4 and 3 are nobody's by convention; the others belong to debuggers and profilers.
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


class _Thread(_Watch):
    """Looks at the clock in a second thread."""

    def start(self) -> None:
        self.who, self.over = threading.get_ident(), threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.over.set()
        self.thread.join()
        self._raise(None)

    def _watch(self) -> None:
        if self.over.wait(self.seconds):
            return
        while not self.over.wait(0.002):  # often enough that no second line of a loop is missed
            running = sys._current_frames()[self.who].f_code.co_filename
            if not running.startswith(HERE) and self.late() and not self.closing:
                self._raise(TimeUp)

    def _raise(self, kind: type[BaseException] | None) -> None:
        import ctypes

        wanted = ctypes.py_object(kind) if kind else None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.who), wanted)
