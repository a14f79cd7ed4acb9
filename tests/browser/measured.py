"""A notebook under measurement: what key presses, a drag and playing take and cost."""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
from playwright.sync_api import Browser, Locator

from tests.browser.lab import Lab
from tests.browser.page import LessonPage

STEP = re.compile(r"^step\b")  # of some explorers it is called "step ÷ 10"

HANDLE = """e => { const rail = e.closest('.slider-container').getBoundingClientRect();
    const handle = e.getBoundingClientRect();
    return [rail.x, rail.width, handle.x + handle.width / 2, handle.y + handle.height / 2]; }"""
ALONE = """e => { const own = e.closest('.jp-Cell');
    for (const cell of document.querySelectorAll('.jp-Cell'))
        cell.style.display = cell === own ? '' : 'none'; }"""
LEAST = 24  # presses on an explorer: with fewer, its 95 % would be its slowest press
QUARTILES = {"p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


@dataclass
class Presses:
    """Milliseconds from each key to the last frame that it changed, and what they cost in all.

    ``first`` are those of the first presses, at which something may be computed for good; their
    cost is not counted. A cost counts the kernel's milliseconds and messages and bytes on the way.
    """

    ms: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    cost: Counter = field(default_factory=Counter)

    def __add__(self, other: Presses) -> Presses:
        """Both together."""
        return Presses(self.ms + other.ms, self.first + other.first, self.cost + other.cost)

    def row(self) -> dict[str, Any]:
        """In numbers; kernel time and bytes for each change."""
        values = np.quantile(self.ms, list(QUARTILES.values())).tolist()
        settled = dict(zip(QUARTILES, values, strict=True))
        cost = {key: self.cost[key] / len(self.ms) for key in ("kernel_ms", "bytes")}
        first = {"first_ms": max(self.first)}
        return {"changes": len(self.ms), "settled_ms": settled, **first, **cost}


class MeasuredPage(LessonPage):
    """A notebook of code cells, run, with its clock and its meters."""

    def __init__(self, browser: Browser, lab: Lab, name: str, sources: list[str]):
        lab.write(name, *sources)
        super().__init__(browser.new_context().new_page(), lab, name)
        self.page.on("websocket", self._meter)
        self.total = Counter()

    def _meter(self, socket) -> None:
        if "/channels" in socket.url:
            count = self.total.update
            socket.on("framereceived", lambda m: count({"received": 1, "bytes": len(m)}))
            socket.on("framesent", lambda m: count({"sent": 1}))

    def _cost(self) -> Counter:
        spent = 0.0
        for process in psutil.Process(self.lab.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if any("ipykernel" in word for word in process.cmdline()):
                    spent += sum(process.cpu_times()[:2])
        return self.total + Counter(kernel_ms=1000 * spent)

    @contextlib.contextmanager
    def metered(self) -> Iterator[Counter]:
        """What is used inside the block, known after it."""
        used, before = Counter(), self._cost()
        yield used
        used.update(self._cost() - before)

    def alone(self, element: Locator) -> None:
        """Show the cell of an element and no other: a lesson has one explorer on the screen."""
        element.evaluate(ALONE)
        self.settle()

    def presses(self, control: Locator, count: int, warm: int = 1) -> Presses:
        """Press a key on a control again and again, as `latency` does, and meter it.

        The first ``warm`` presses are kept apart; when none of them changes a pixel, no more are
        made.
        """
        taken = Presses(first=self.latency(control, warm))
        if any(taken.first) or not warm:
            with self.metered() as taken.cost:
                taken.ms = self.latency(control, count)
        return taken

    def drag(self, slider: Locator, seconds: float = 1.0) -> dict[str, float]:
        """Drag a handle to and fro, 60 moves a second; frames until the last move."""
        slider.scroll_into_view_if_needed()
        left, width, x, y = slider.evaluate(HANDLE)
        mouse, moves = self.page.mouse, int(60 * seconds)
        mouse.move(x, y)
        mouse.down()
        self.page.evaluate("() => window.probe.arm()")
        begin = time.perf_counter()
        for i in range(1, moves + 1):
            share = 1 - abs(2 * i / moves - 1)
            mouse.move(left + width * (0.2 + 0.6 * share), y)
            self.page.wait_for_timeout(max(0, 1000 * (begin + i / 60 - time.perf_counter())))
        seen = self.settled()
        mouse.up()
        self.settle()
        until = sum(at <= seen["last"] for at in seen["frames"])
        return {"frames_per_second": 1000 * until / seen["last"]}

    def play(self, button: Locator, milliseconds: int = 1500) -> dict[str, float]:
        """Press Play; frames in a window that begins a little later, while the kernel may sleep."""
        button.scroll_into_view_if_needed()
        button.click()
        self.settle()  # on a busy machine the kernel hears of Play late
        self.page.wait_for_timeout(400)
        with self.metered() as used:
            self.page.evaluate("() => window.probe.arm(true)")
            self.page.wait_for_timeout(milliseconds)
            seen = self.page.evaluate("() => window.probe.read()")
        button.click()
        self.settle()
        return {"frames_per_second": 1000 * len(seen["frames"]) / seen["end"],
                "messages": used["received"] + used["sent"]}  # fmt: skip

    def close(self) -> None:
        """Close the page and stop its kernel, whatever state they are in."""
        with contextlib.suppress(Exception):
            super().close()


class Thing:
    """What is under the hand: an explorer, or the slider of another way that draws the same.

    ``shown`` says how it is measured: `benchmarks.hand.Shown`.
    """

    def __init__(self, bench: MeasuredPage, number: int, shown: Any, page: str):
        self.bench, self.shown = bench, shown
        self.measured: dict[str, Any] = {"name": shown.name, "page": page}
        find = bench.page.locator
        if shown.rival:
            self.place = find(".widget-slider", has_text=f"{shown.name} lr")
            self.controls = {"lr": self.place.get_by_role("slider")}
            self.play = find(".widget-play").nth(number).locator("button").first
        else:
            self.place = find(".drc-explorer").nth(number)
            self.controls = dict(self._controls())
            self.play = self.place.get_by_role("button", name=re.compile("Play|Pause")).first
        self.taken: dict[str, Presses] = {}

    def _controls(self) -> Iterator[tuple[str, Locator]]:
        if self.shown.press:
            yield self.shown.press, self.place.get_by_role("button", name=self.shown.press)
            return
        for slider in self.place.locator(".widget-slider").all():
            label = slider.locator(".widget-label").inner_text()
            if slider.is_visible() and label != self.shown.without:
                yield label, slider.get_by_role("slider")

    def press(self, count: int) -> None:
        """One more round: some presses on every control, more if an explorer has few of them.

        Controls that change no pixel, since a button has to follow them, are left from then on.
        """
        self.bench.alone(self.place)
        if not (self.shown.press or self.shown.rival):
            count = max(count, LEAST // (2 * len(self.controls)))
        for label, control in list(self.controls.items()):
            before = self.taken.get(label, Presses())
            taken = self.bench.presses(control, count, 1 if before.ms else self.shown.warm)
            if any(taken.first) or self.shown.rival:
                self.taken[label] = before + taken
            else:
                del self.controls[label]

    def move(self) -> None:
        """Drag the first control, and play from the first step."""
        self.bench.alone(self.place)
        settings = [label for label in self.controls if not STEP.match(label)]
        if settings and not self.shown.press:
            self.measured["drag"] = self.bench.drag(self.controls[settings[0]])
        if self.shown.plays:
            if not self.shown.rival:
                self.bench.press(self.place.get_by_role("slider", name=STEP), "Home")
            self.measured["play"] = self.bench.play(self.play)

    def row(self) -> dict[str, Any]:
        """What was measured, by name; the longest first visit where one computes for good."""
        steps = [taken for label, taken in self.taken.items() if STEP.match(label)]
        settings = [taken for taken in self.taken.values() if taken not in steps]
        row = self.measured | (sum(settings, Presses()).row() if settings else {})
        if self.shown.warm == 1 and not self.shown.rival:
            row.pop("first_ms", None)
        if steps:
            row["step_ms"] = steps[0].row()["settled_ms"]
        return row
