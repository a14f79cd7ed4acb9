"""Fixtures: one JupyterLab, one Chromium, lessons opened once and shared by the tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.browser.lab import ROOT, Lab, chromium
from tests.browser.page import SIZES, LessonPage
from tests.browser.shortened import never_run, shortened
from tools.find import notebooks

LESSONS = [path.stem for path in notebooks(ROOT)]
# Lessons of which every cell is run in JupyterLab too; nbval runs those of all.
WHOLE = "00", "01"
# What most courses do: `interact` and a new inline figure at each change of the slider. It shows
# what an explorer shows: the ravine, gradient descent beside momentum, the loss.
BASELINE = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact

axis = np.linspace(-12, 12, 120)
valley = (25 * axis[None, :] ** 2 + axis[:, None] ** 2) / 2

def path(lr, beta, steps=150):
    w, v, points = np.array([2.0, -10.0]), np.zeros(2), []
    for _ in range(steps):
        points.append(w)
        v = beta * v - lr * np.array([25.0, 1.0]) * w
        w = w + v
    return np.array(points).T

def picture(lr):
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 5))
    left.contourf(axis, axis, valley, np.geomspace(0.1, 2000, 12), cmap="Blues")
    for beta in (0, 0.9):
        w1, w2 = path(lr, beta)
        left.plot(w1, w2, marker=".")
        right.semilogy((25 * w1**2 + w2**2) / 2)
    plt.show()

interact(picture, lr=FloatSlider(0.02, min=0.001, max=0.08, step=0.001, description="interact"))
None
"""


def pytest_xdist_make_scheduler(config, log):
    """Give all tests of one lesson, or of another module, to one worker in a row."""
    from xdist.scheduler import LoadScopeScheduling

    class ByLesson(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            module, _, test = nodeid.partition("::")
            name = test.partition("[")[2].rstrip("]")
            return name if name in LESSONS else module

    return ByLesson(config, log)


def pytest_collection_modifyitems(items):
    """Let a busy machine take its time: a first test waits for JupyterLab, Chromium and a lesson.

    Whatever is waited for in a page has a limit of its own.
    """
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def lab():
    """A private JupyterLab that serves a copy of the lessons."""
    with Lab() as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium."""
    with chromium() as running:
        yield running


class Pages:
    """Pages that hold JupyterLab: it takes seconds to load, a lesson in it does not."""

    def __init__(self, lab, browser):
        self.lab, self.browser, self.free = lab, browser, []

    def lesson(self, name, fresh=False) -> LessonPage:
        """A lesson in a page that is free, or in a new one (always, if fresh); not yet open."""
        page = None if fresh or not self.free else self.free.pop()
        return LessonPage(page or self.browser.new_context().new_page(), self.lab, name)

    def put_back(self, lesson) -> None:
        """Take the page of a lesson that is no longer needed."""
        self.free.append(lesson.leave())


@pytest.fixture(scope="session")
def pages(lab, browser) -> Pages:
    """The pages that lessons are opened in."""
    return Pages(lab, browser)


@pytest.fixture(scope="session")
def page_for(lab, pages) -> Callable[..., LessonPage]:
    """`page_for(name, theme="light", size=(1366, 768))`: a lesson, run from the top.

    What moves is run (`shortened`) and the rest shows its stored outputs; of WHOLE lessons all is.
    A lesson stays open for the tests that follow, until another one is asked for. A cell that ends
    in an error or writes to stderr fails the test that asked.
    """
    shown: dict[str, LessonPage] = {}

    def open_page(name, theme="light", size=SIZES[0]) -> LessonPage:
        if name not in shown:
            while shown:
                pages.put_back(shown.popitem()[1])
            copy = lab.folder / f"{name}.ipynb"
            whole = nbformat.read(copy, 4)
            nbformat.write(never_run(whole) if name[:2] in WHOLE else shortened(whole), copy)
            shown[name] = pages.lesson(name).open().run()
        assert not shown[name].bad_outputs, f"{name} does not run: {shown[name].bad_outputs}"
        return shown[name].look(theme, size)

    return open_page


@pytest.fixture(scope="session", params=LESSONS)
def lesson(request, page_for) -> LessonPage:
    """Each lesson in turn, light, 1366 × 768."""
    return page_for(request.param)


@pytest.fixture(scope="module")
def open_code(lab, pages) -> Callable[..., LessonPage]:
    """`open_code(name, *sources)`: a notebook of these code cells, run; closed after the module."""
    shown = []

    def open_page(name, *sources) -> LessonPage:
        lab.write(name, *sources)
        shown.append(pages.lesson(name))
        return shown[-1].open().run().look()

    yield open_page
    for lesson in shown:
        pages.put_back(lesson)


@pytest.fixture(scope="module")
def race(open_code) -> Callable[..., list[list[float]]]:
    """`race(find, *sources)`: the latencies of `interact` in ms, and those of each of our sliders.

    `sources` are the code cells that show explorers, `find` takes the page and returns sliders of
    theirs. All are measured on one page, in turns; compare them, the times alone depend on the
    machine.
    """

    def run(find, *sources, presses=6):
        page = open_code("race", BASELINE, *sources)
        assert not page.bad_outputs, page.bad_outputs
        sliders = [page.slider_labelled("interact"), *find(page)]
        times = [[] for _ in sliders]
        for _ in range(2):
            for taken, one in zip(times, sliders, strict=True):
                # The first press may compute what is then kept.
                taken += page.latency(one, 1 + presses // 2)[1:]
        assert all(map(all, times)), f"a press that changed no pixel: {times}"
        return times

    return run


@pytest.fixture(scope="session")
def shots(tmp_path_factory) -> Path:
    """Where screenshots go: the folder named by COURSE_SHOTS, or one that is thrown away."""
    return Path(os.environ.get("COURSE_SHOTS") or tmp_path_factory.mktemp("shots"))
