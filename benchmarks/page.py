"""A notebook in a browser under measurement: sliders pressed and dragged, pictures played."""

from __future__ import annotations

import contextlib
import random
import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator

from tests.browser.lab import Lab
from tests.browser.page import SLIDER_VALUE, LessonPage, percentile

from .report import HERE

PROBE = (HERE / "page_probe.js").read_text("utf-8")
# Settled: no frame changed for so many milliseconds. An explorer is pressed LEAST times or more.
QUIET, TIMEOUT, LEAST = 60, 20_000, 24
THERE, BACK = "ArrowRight", "ArrowLeft"
HANDLE = """e => { const rail = e.closest('.slider-container').getBoundingClientRect();
    const handle = e.getBoundingClientRect();
    return [rail.x, rail.width, handle.x + handle.width / 2, handle.y + handle.height / 2]; }"""
ALONE = """e => { const own = e.closest('.jp-Cell');
    for (const cell of document.querySelectorAll('.jp-Cell'))
        cell.style.display = cell === own ? '' : 'none'; }"""


@dataclass(frozen=True)
class Shown:
    """An explorer on a page, or a rival of it; explorers.toml says what its fields mean."""

    name: str
    source: str = ""
    warm: int = 1
    without: str = ""
    press: str = ""
    plays: bool = True
    rival: bool = False

    @property
    def cell(self) -> str:
        """The cell that shows it."""
        name = self.name.partition(",")[0]
        return self.source or f"from course_utils.explorers import {name}\n{name}()"


DATA = tomllib.loads((HERE / "explorers.toml").read_text("utf-8"))
PAGES = {
    name: (DATA["work"].format(**page), [Shown(**one) for one in page["explorers"]])
    for name, page in DATA["pages"].items()
}
# The ways that are installed.
RIVALS = [Shown(name, source, rival=True) for name, source in DATA["rivals"].items()
          if name != "ipympl" or find_spec(name)]  # fmt: skip


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
        settled = {f"p{p}": percentile(self.ms, p / 100) for p in (25, 50, 75, 95)}
        cost = {key: self.cost[key] / len(self.ms) for key in ("kernel_ms", "bytes")}
        first = {"first_ms": max(self.first)}
        return {"changes": len(self.ms), "settled_ms": settled, **first, **cost}


class Bench(LessonPage):
    """A notebook of code cells, run, with its clock and its meters."""

    def __init__(self, browser: Browser, lab: Lab, name: str, sources: list[str]):
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        cells = [new_code_cell(source.strip()) for source in sources]
        nbformat.write(new_notebook(cells=cells, metadata=kernel), lab.folder / f"{name}.ipynb")
        super().__init__(browser.new_context().new_page(), lab, name)
        self.page.add_init_script(PROBE)
        self.page.on("websocket", self._meter)
        self.total, self.hand = Counter(), random.Random(0)

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

    def settled(self) -> dict:
        """Wait until the pixels are settled; when which frames changed."""
        return self.page.evaluate("([q, t]) => hand.settled(q, t)", [QUIET, TIMEOUT])

    def presses(self, control: Locator, count: int, warm: int = 1) -> Presses:
        """Press a key on a slider again and again, to a new value each time, turning at the ends.

        On a button the key is Enter. The first ``warm`` presses are kept apart; when none of them
        changes a pixel, no more are made.
        """
        control.scroll_into_view_if_needed()
        control.focus()
        keys = [THERE, BACK] if control.get_attribute("role") == "slider" else ["Enter"]
        taken = Presses(first=self._press(control, keys, warm))
        if any(taken.first) or not warm:
            with self.metered() as taken.cost:
                taken.ms = self._press(control, keys, count)
        return taken

    def _press(self, control: Locator, keys: list[str], count: int) -> list[float]:
        times = []
        while len(times) < count:
            # At any moment of a frame, as a hand would.
            self.page.wait_for_timeout(self.hand.uniform(0, 17))
            before = control.evaluate(SLIDER_VALUE)
            self.page.evaluate("() => hand.arm()")
            self.page.keyboard.press(keys[0])
            if len(keys) > 1 and control.evaluate(SLIDER_VALUE) == before:
                keys.reverse()
                self.page.keyboard.press(keys[0])
                if control.evaluate(SLIDER_VALUE) == before:
                    raise RuntimeError(f"The arrow keys do not move a slider: {before}")
                self.settled()
                continue
            times.append(max(self.settled()["frames"], default=0.0))
        return times

    def drag(self, slider: Locator, seconds: float = 1.0) -> dict[str, float]:
        """Drag a handle to and fro, 60 moves a second; frames until the last move."""
        slider.scroll_into_view_if_needed()
        left, width, x, y = slider.evaluate(HANDLE)
        mouse, moves = self.page.mouse, int(60 * seconds)
        mouse.move(x, y)
        mouse.down()
        self.page.evaluate("() => hand.arm()")
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
        self.page.wait_for_timeout(400)
        with self.metered() as used:
            self.page.evaluate("() => hand.arm(true)")
            self.page.wait_for_timeout(milliseconds)
            seen = self.page.evaluate("() => hand.read()")
        button.click()
        self.settle()
        return {"frames_per_second": 1000 * len(seen["frames"]) / seen["end"],
                "messages": used["received"] + used["sent"]}  # fmt: skip

    def close(self) -> None:
        """Close the page and stop its kernel, whatever state they are in."""
        with contextlib.suppress(Exception):
            super().close()


class Thing:
    """What is under the hand: an explorer, or the slider of another way that draws the same."""

    def __init__(self, bench: Bench, number: int, shown: Shown, page: str):
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
        self.taken = {label: Presses() for label in self.controls}

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
            before = self.taken[label]
            taken = self.bench.presses(control, count, 1 if before.ms else self.shown.warm)
            if any(taken.first) or self.shown.rival:
                self.taken[label] = before + taken
            else:
                del self.controls[label], self.taken[label]

    def move(self) -> None:
        """Drag the first control, and play from the first step."""
        self.bench.alone(self.place)
        settings = [label for label in self.controls if label != "step"]
        if settings and not self.shown.press:
            self.measured["drag"] = self.bench.drag(self.controls[settings[0]])
        if self.shown.plays:
            if not self.shown.rival:
                self.bench.press(self.bench.slider("step", self.place), "Home")
            self.measured["play"] = self.bench.play(self.play)

    def row(self) -> dict[str, Any]:
        """What was measured, by name; the longest first visit where one computes for good."""
        settings = [taken for label, taken in self.taken.items() if label != "step"]
        row = self.measured | (sum(settings, Presses()).row() if settings else {})
        if self.shown.warm == 1 and not self.shown.rival:
            row.pop("first_ms", None)
        if "step" in self.taken:
            row["step_ms"] = self.taken["step"].row()["settled_ms"]
        return row
