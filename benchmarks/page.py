"""A notebook in a browser under measurement: sliders pressed and dragged, pictures played."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator

from tests.browser.lab import Lab
from tests.browser.page import SLIDER_VALUE, LessonPage

PROBE = Path(__file__).with_name("page_probe.js").read_text("utf-8")
QUIET, TIMEOUT = 60, 20_000
THERE, BACK = "ArrowRight", "ArrowLeft"
HANDLE = """e => { const rail = e.closest('.slider-container').getBoundingClientRect();
    const handle = e.getBoundingClientRect();
    return [rail.x, rail.width, handle.x + handle.width / 2, handle.y + handle.height / 2]; }"""
ALONE = """e => { const own = e.closest('.jp-Cell');
    for (const cell of document.querySelectorAll('.jp-Cell'))
        cell.style.display = cell === own ? '' : 'none'; }"""


@dataclass
class Cost:
    """What went on beside the picture: the kernel's processor time and the messages it sent."""

    kernel_ms: float = 0.0
    received_bytes: int = 0
    received_messages: int = 0
    sent_messages: int = 0


@dataclass
class Presses:
    """Milliseconds from each key to the last frame that it changed, and what they cost in all.

    ``first`` are those of the first presses, at which something may be computed for good; their
    cost is not counted.
    """

    ms: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)

    def __add__(self, other: Presses) -> Presses:
        """Both together."""
        total = {name: x + getattr(other.cost, name) for name, x in vars(self.cost).items()}
        return Presses(self.ms + other.ms, self.first + other.first, Cost(**total))


@dataclass(frozen=True)
class Motion:
    """A picture that moved for a while: seconds, frames that changed, and what that cost."""

    seconds: float
    frames: int
    late_ms: float
    cost: Cost

    @property
    def rate(self) -> float:
        """Frames per second."""
        return self.frames / self.seconds


class Bench(LessonPage):
    """A notebook of code cells, run, with its clock and its meters."""

    def __init__(self, browser: Browser, lab: Lab, name: str, sources: list[str]):
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        cells = [new_code_cell(source.strip()) for source in sources]
        nbformat.write(new_notebook(cells=cells, metadata=kernel), lab.folder / f"{name}.ipynb")
        self.browser_context = browser.new_context()
        super().__init__(self.browser_context.new_page(), lab, name)
        self.page.add_init_script(PROBE)
        self.page.on("websocket", self._meter)
        self.total, self.hand = Cost(), random.Random(0)

    def _meter(self, socket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", self._received)
            socket.on("framesent", self._sent)

    def _received(self, message: str | bytes) -> None:
        self.total.received_bytes += len(message)
        self.total.received_messages += 1

    def _sent(self, message: str | bytes) -> None:
        self.total.sent_messages += 1

    def cost(self) -> Cost:
        """What was used up to now."""
        spent = 0.0
        for process in psutil.Process(self.lab.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if any("ipykernel" in word for word in process.cmdline()):
                    times = process.cpu_times()
                    spent += times.user + times.system
        return Cost(1000 * spent, *list(vars(self.total).values())[1:])

    @contextlib.contextmanager
    def metered(self) -> Iterator[Cost]:
        """What is used inside the block, known after it."""
        used, before = Cost(), self.cost()
        yield used
        for name, now in vars(self.cost()).items():
            setattr(used, name, now - getattr(before, name))

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
        taken, keys = Presses(), [THERE, BACK]
        if control.get_attribute("role") != "slider":
            keys = ["Enter"]
        taken.first = self._press(control, keys, warm)
        if any(taken.first) or not warm:
            with self.metered() as taken.cost:
                taken.ms = self._press(control, keys, count)
        return taken

    def _press(self, control: Locator, keys: list[str], count: int) -> list[float]:
        times = []
        while len(times) < count:
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

    def drag(self, slider: Locator, seconds: float = 1.0) -> Motion:
        """Drag a handle to and fro, 60 moves a second; frames until the last move."""
        slider.scroll_into_view_if_needed()
        left, width, x, y = slider.evaluate(HANDLE)
        mouse, moves = self.page.mouse, int(60 * seconds)
        mouse.move(x, y)
        mouse.down()
        with self.metered() as used:
            self.page.evaluate("() => hand.arm()")
            begin = time.perf_counter()
            for i in range(1, moves + 1):
                share = 1 - abs(2 * i / moves - 1)
                mouse.move(left + width * (0.2 + 0.6 * share), y)
                pause = begin + i / 60 - time.perf_counter()
                if pause > 0:
                    self.page.wait_for_timeout(1000 * pause)
            seen = self.settled()
        mouse.up()
        self.settle()
        during = [time for time in seen["frames"] if time <= seen["last"]]
        late = max(seen["frames"], default=0.0) - seen["last"]
        return Motion(seen["last"] / 1000, len(during), max(late, 0.0), used)

    def play(self, button: Locator, milliseconds: int = 1500) -> Motion:
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
        return Motion(seen["end"] / 1000, len(seen["frames"]), 0.0, used)

    def close(self) -> None:
        """Close the page and stop its kernel, whatever state they are in."""
        with contextlib.suppress(Exception):
            super().close()
