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
from types import CodeType
from typing import Any

from .troubles import TimeUp

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def watched(seconds: float) -> _Watch:
    """A context in which other people's code may run for ``seconds``, then `TimeUp` is raised."""
    return (_Monitor if hasattr(sys, "monitoring") else _Nag)(seconds)


class _Watch:
    """Puts a patient `time.sleep` in place of the real one, which nothing can interrupt."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.woken = False

    def __enter__(self) -> None:
        self.deadline = time.monotonic() + self.seconds
        self.sleep = time.sleep
        time.sleep = self._nap
        self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        time.sleep = self.sleep

    def _nap(self, seconds: float) -> None:
        left = self.deadline - time.monotonic()
        if left > 0:
            self.sleep(min(seconds, left))
        if time.monotonic() >= self.deadline and not self.woken:
            self.woken = True
            raise TimeUp

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
        if time.monotonic() > self.deadline and not code.co_filename.startswith(HERE):
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
            if not sys._current_frames()[self.who].f_code.co_filename.startswith(HERE):
                self._raise(TimeUp)

    def _raise(self, kind: type[BaseException] | None) -> None:
        import ctypes

        wanted = ctypes.py_object(kind) if kind else None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.who), wanted)
