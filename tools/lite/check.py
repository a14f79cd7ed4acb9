"""Try the built site as a learner would: every lesson, in Chromium, with the network cut.

Chromium may reach the folder's own server on this machine and nothing else. Each lesson gets a
profile of its own, as at a first visit, runs from top to bottom, and is then tried by hand: a
slider is moved, an exercise is answered wrongly, rightly and with a loop that never ends.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Error

from tests.browser import page as lesson_page
from tests.browser.page import EXPLORER, PLAYER, LessonPage
from tools.find import names
from tools.lite.answers import first_answer, loop, spoil
from tools.lite.browser import lonely_chromium, processor_seconds, served

LIMIT = 900
PAGE = Path(__file__).resolve().parents[2] / "docs" / "ZERO_INSTALL.md"
BEGIN, END = "<!-- written by --check --write -->", "<!-- end -->"
HEAD = """| lesson | kernel ready, s | all cells, s | processor, s | slider, ms | faults |
|---|---|---|---|---|---|"""
# What JupyterLite asks for to see whether it is there: a page's own pictures, folders, paths.
PROBED = ("/images/zig_zag", "/all.json", "/api/resolvePath")
RUN_ALL = """() => { window.ran = null;
    window.jupyterapp.commands.execute('notebook:run-all-cells')
        .then(() => { window.ran = 'all'; }, error => { window.ran = String(error); }); }"""
WAITING = """() => [...document.querySelectorAll('.jp-CodeCell')].findIndex(
    cell => cell.querySelector('.jp-InputPrompt').textContent === '[*]:')"""
FAILED = """() => [...document.querySelectorAll('.jp-Cell')].flatMap((cell, number) =>
    [...cell.querySelectorAll('[data-mime-type$="error"], [data-mime-type$="stderr"]')].map(
        output => `cell ${number}: ` + output.textContent.trim().split('\\n').at(-1)))"""
ADD_CELL = """async source => { const app = window.jupyterapp;
    const book = app.shell.currentWidget.content;
    book.activeCellIndex = book.widgets.length - 1;
    await app.commands.execute('notebook:insert-cell-below');
    await app.commands.execute('notebook:change-cell-to-code');
    book.activeCell.model.sharedModel.setSource(source);
    await app.commands.execute('notebook:run-cell');
    return book.activeCell.node.querySelector('.jp-OutputArea').textContent; }"""
ANSWERS = """async () => (await window.jupyterapp.serviceManager.contents.get(
    'notebooks/my_answers', { content: true })).content.map(file => file.name)"""
HAND_IN = """from course_utils.inventory import hand_in
hand_in("before", {number: "a" for number in range(1, 13)})"""


@dataclass
class Result:
    """What was seen of one lesson; times in seconds, the picture's in milliseconds."""

    lesson: str
    opening: float = 0.0
    running: float = 0.0
    processor: float = 0.0
    picture: float | None = None
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """A row of the table."""
        times = f"{self.opening:.0f} | {self.running:.0f} | {self.processor:.0f}"
        picture = f"{self.picture:.0f}" if self.picture else "-"
        return f"| {self.lesson} | {times} | {picture} | {'; '.join(self.faults) or 'none'} |"


class _Site:
    def __init__(self, address: str):
        self.address = address

    def url(self, name: str) -> str:
        return f"{self.address}/lab/index.html?path=notebooks/{name}.ipynb"


def try_lesson(browser: Browser, address: str, name: str, limit: float) -> Result:
    """Open a lesson as at a first visit, run all its cells, and use it."""
    result, context = Result(name), browser.new_context()
    page = context.new_page()
    lesson = LessonPage(page, _Site(address), name)
    begun = time.monotonic()
    try:
        lesson.open()
        result.opening = time.monotonic() - begun
        begun = time.monotonic()
        page.evaluate(RUN_ALL)
        try:
            page.wait_for_function("() => window.ran", timeout=limit * 1000)
        except Error:
            waiting = page.evaluate(WAITING)
            result.faults.append(f"not done after {limit:.0f} s, at code cell {waiting}")
            return result
        result.running = time.monotonic() - begun
        result.processor = processor_seconds()
        lesson.settle()
        result.faults += page.evaluate(FAILED)
        _answer(lesson, result.faults)
        if name.startswith("00"):
            _step(lesson, result.faults)
            _keep(lesson, result.faults)
        else:
            result.picture = _slide(lesson, result.faults)
        result.faults += [c for c in lesson.complaints if not any(p in c for p in PROBED)]
    except Error as error:
        result.faults.append(str(error).partition("\n")[0])
    finally:
        context.close()
    return result


def _slide(lesson: LessonPage, faults: list[str]) -> float | None:
    """Move the first slider that moves a picture; the median time to it, in milliseconds."""
    for explorer in lesson.page.locator(EXPLORER).all():
        player = explorer.locator(PLAYER).first
        for slider in lesson.sliders(explorer):
            before = player.inner_html()
            for key in ("ArrowRight", "ArrowLeft"):
                lesson.press(slider, key)
                if player.inner_html() != before:
                    if taken := statistics.median(lesson.latency(slider, 8)[2:]):
                        return taken
    faults.append("no slider moved a picture")
    return None


def _step(lesson: LessonPage, faults: list[str]) -> None:
    """Take a step in the dark: the sliders of lesson 00 choose it, a button takes it."""
    explorer = lesson.explorer()
    before = explorer.locator(PLAYER).first.inner_html()
    lesson.press(lesson.slider("next w1", explorer), "ArrowLeft", "ArrowLeft")
    lesson.press_button("Go to next w1, w2", explorer)
    if explorer.locator(PLAYER).first.inner_html() == before:
        faults.append("a step in the dark moved no picture")


def _answer(lesson: LessonPage, faults: list[str]) -> None:
    """Answer the first exercise of a lesson wrongly, with an endless loop, and rightly."""
    right = first_answer(lesson.name)
    for source, sign in ((spoil(right), "✘"), (loop(right), "✘"), (right, "✔")):
        said = lesson.page.evaluate(ADD_CELL, source) if source else sign
        if sign not in said:
            faults.append(f"an answer that deserves {sign} got: {said[:300]!r}")


def _keep(lesson: LessonPage, faults: list[str]) -> None:
    """Hand in the twelve answers, and find the file again after the page was loaded anew."""
    lesson.page.evaluate(ADD_CELL, HAND_IN)
    lesson.settle()
    before = lesson.page.evaluate(ANSWERS)
    lesson.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    lesson.open()
    after = lesson.page.evaluate(ANSWERS)
    if not before or before != after:
        faults.append(f"my_answers held {before}, and after a reload {after}")


def write(results: list[Result], size: int) -> None:
    """Put what was seen between the two marks of the page."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    slow = [r.lesson[:2] for r in results if r.running > 120]
    rows = "\n".join([HEAD, *map(str, results)])
    said = (
        f"{date.today()}, {os.cpu_count()} cores, {platform.system()}, headless Chromium, network "
        f"cut, the site {size} MB. More than two minutes to run from the top: "
        f"{', '.join(slow) or 'none'}."
    )
    PAGE.write_text(f"{before}{BEGIN}\n{rows}\n\n{said}\n{END}{after}", "utf-8")


def check(folder: Path, wanted: list[str], limit: float = LIMIT) -> list[Result]:
    """Try the lessons of a built site that the words mean, or all, one after the other."""
    results = []
    # A browser that runs Python itself takes longer to be ready than one with a server behind it.
    lesson_page.MILLISECONDS = 300_000
    chosen = names(folder / "files", wanted)
    print(HEAD)
    with served(folder) as address:
        for name in chosen:
            with lonely_chromium() as browser:
                results.append(try_lesson(browser, address, name, limit))
            print(results[-1], flush=True)
    return results
