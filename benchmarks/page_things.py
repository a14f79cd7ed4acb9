"""What is under the hand: an explorer, or a rival's slider; and what was measured, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Locator

from tests.browser.page import percentile

from .page import Bench, Motion, Presses
from .page_explorers import Shown
from .timing import spread

LEAST = 24


class Ours:
    """An explorer: the sliders that change its picture, its step, and its motion."""

    kind = "explorers"

    def __init__(self, bench: Bench, number: int, shown: Shown, page: str):
        self.bench, self.shown, self.page = bench, shown, page
        self.place = bench.page.locator(".drc-explorer").nth(number)
        self.controls = dict(self._controls())
        self.taken = {label: Presses() for label in self.controls}
        self.motions: dict[str, Motion] = {}

    def _controls(self) -> Iterator[tuple[str, Locator]]:
        if self.shown.press:
            yield self.shown.press, self.place.get_by_role("button", name=self.shown.press)
            return
        for slider in self.place.locator(".widget-slider").all():
            label = slider.locator(".widget-label").inner_text()
            if slider.is_visible() and label != self.shown.without:
                yield label, slider.get_by_role("slider")

    def press(self, count: int) -> None:
        """One more round: some presses on every control, more if there are few of them.

        Controls that change no pixel, since a button has to follow them, are left from then on.
        """
        self.bench.alone(self.place)
        for label, control in list(self.controls.items()):
            before = self.taken[label]
            more = count if self.shown.press else max(count, LEAST // (2 * len(self.controls)))
            taken = self.bench.presses(control, more, 1 if before.ms else self.shown.warm)
            if any(taken.first):
                self.taken[label] = before + taken
            else:
                del self.controls[label], self.taken[label]

    def move(self) -> None:
        """Drag the first control, and play from the first step."""
        self.bench.alone(self.place)
        settings = [label for label in self.controls if label != "step"]
        if settings and not self.shown.press:
            self.motions["drag"] = self.bench.drag(self.controls[settings[0]])
        if self.shown.plays:
            self.bench.press(self.bench.slider("step", self.place), "Home")
            play = self.place.get_by_role("button", name="Play").first
            self.motions["play"] = self.bench.play(play)

    def row(self) -> dict[str, Any]:
        """What was measured, by name; the longest first visit where one computes for good."""
        settings = {label: taken for label, taken in self.taken.items() if label != "step"}
        row: dict[str, Any] = {"name": self.shown.name, "page": self.page, **motion(self.motions)}
        if settings:
            row |= pressed(sum(settings.values(), Presses()))
            if self.shown.warm == 1:
                del row["first_ms"]
            row["controls"] = {
                label: {"p50": percentile(x.ms, 0.5), "kernel_ms": x.cost.kernel_ms / len(x.ms)}
                for label, x in settings.items()
            }
        if "step" in self.taken:
            row["step_ms"] = quantiles(self.taken["step"].ms)
        return row


class Rival:
    """A slider of another way, which draws the same descents."""

    kind = "rivals"

    def __init__(self, bench: Bench, number: int, way: str, page: str):
        self.bench, self.way, self.page, self.taken = bench, way, page, Presses()
        self.place = bench.page.locator(".widget-slider", has_text=f"{way} lr")
        self.lr = self.place.get_by_role("slider")
        self.play = bench.page.locator(".widget-play").nth(number).locator("button").first
        self.motions: dict[str, Motion] = {}

    def press(self, count: int) -> None:
        """One more round of presses on the learning rate."""
        self.bench.alone(self.place)
        self.taken += self.bench.presses(self.lr, count)

    def move(self) -> None:
        """Drag the learning rate; play."""
        self.bench.alone(self.place)
        self.motions["drag"] = self.bench.drag(self.lr)
        self.motions["play"] = self.bench.play(self.play)

    def row(self) -> dict[str, Any]:
        """What was measured, by name."""
        names = {"name": self.way, "page": self.page}
        return {**names, **pressed(self.taken), **motion(self.motions)}


def quantiles(values: list[float]) -> dict[str, float]:
    """Quartiles and the 95th percentile."""
    low, middle, high = spread(values)
    return {"p25": low, "p50": middle, "p75": high, "p95": percentile(values, 0.95)}


def pressed(taken: Presses) -> dict[str, Any]:
    """Presses in numbers; kernel time, bytes and messages for each change."""
    changes = len(taken.ms)
    return {
        "changes": changes,
        "settled_ms": quantiles(taken.ms),
        "first_ms": max(taken.first),
        "kernel_ms": taken.cost.kernel_ms / changes,
        "bytes": taken.cost.received_bytes / changes,
    }


def motion(motions: dict[str, Motion]) -> dict[str, Any]:
    """Frames per second of what moved, and what the kernel had to do with it."""
    return {
        kind: {
            "frames_per_second": seen.rate,
            "late_ms": seen.late_ms,
            "kernel_ms_per_second": seen.cost.kernel_ms / seen.seconds,
            "messages": seen.cost.received_messages + seen.cost.sent_messages,
        }
        for kind, seen in motions.items()
    }
