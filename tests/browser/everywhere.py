"""The explorers of lessons 01 and 04 in JupyterLab, the site, and its Python, in every engine.

    python -m tests.browser.everywhere [chromium] [firefox] [webkit]
        --site FOLDER    a site that is built; else one is built first
        --shots FOLDER   leave screenshots there

On the site a prediction is locked in, and the explorer that it opens is moved by the page's own
Python. Without names all three. A browser that is not installed is named, with what to install; the
command then ends with 1, as it does when something is wrong in one of them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.exercises.predictions import predictions
from course_utils.explorers import ZigZag
from tests.browser.engines import ENGINES, SECONDS, WIDTH, Engine, NoEngine
from tests.browser.lab import Lab
from tools.commands import Command
from tools.lite.browser import served
from tools.publish.python import FOLDER, fetched
from tools.publish.site import write_site

SOURCES = (
    "from course_utils.explorers import Damping\nDamping(step=6)",
    "from course_utils.explorers import ZigZag\nZigZag(step=12)",
)
LESSON = "04_momentum.html"
# A page with a prediction that opens an explorer.
LIVE, PREDICTION = "01_the_ravine.html", "01 runs away"
PHONE = (390, 844)
SHAPE = ".drc-player svg:last-child [data-k]"

# Every function runs in the page and polls there, so that no engine's own waiting is relied on.
UNTIL = """async (seconds, test, ...given) => {
    const met = (0, eval)(test), end = performance.now() + 1000 * seconds;
    while (!(await met(...given)) && performance.now() < end)
        await new Promise(done => setTimeout(done, 50));
    return Boolean(await met(...given));
}"""
# Less than what an engine waits for a function to end.
PATIENCE = SECONDS - 5
# A browser says "ResizeObserver loop" where an element is measured again in the next frame.
LISTEN = """() => {
    window.faults = [];
    addEventListener('error', e => /ResizeObserver loop/.test(e.message) || faults.push(e.message));
    addEventListener('unhandledrejection', e => faults.push(String(e.reason)));
}"""
LAB_IS_THERE = """() => window.jupyterapp?.restored.then(() => {
    const session = window.jupyterapp.shell.currentWidget?.sessionContext;
    return Boolean(session?.isReady && session.session?.kernel);
})"""
COMMAND = """(name, given) =>
    window.jupyterapp.commands.execute(name, given).then(() => true)"""
DRAWN = f"() => document.querySelectorAll('.drc-explorer {SHAPE}').length > 20"
ERRORS = """() => [...document.querySelectorAll(
    "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type$='stderr']")]
    .map(e => e.textContent)"""
# What the number-th explorer shows and says. Its step is that of its slider.
PICTURE = f"""number => [...document.querySelectorAll('.drc-explorer')[number]
    .querySelectorAll("{SHAPE}")].map(e => ['transform', 'points', 'd'].map(
        name => e.getAttribute(name)).join()).join()"""
STEP = """number => Number(document.querySelectorAll('.drc-explorer')[number]
    .querySelector('.drc-transport .noUi-handle').getAttribute('aria-valuenow'))"""
FOCUS = """(number, name) => {
    const handle = document.querySelectorAll('.drc-explorer')[number]
        .querySelector(`[role=slider][aria-label="${name}"]`);
    handle.scrollIntoView({ block: 'center' });
    handle.focus();
    const { x, y, width, height } = handle.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
}"""
PRESS = """(number, text) => [...document.querySelectorAll('.drc-explorer')[number]
    .querySelectorAll('button')].find(e => e.textContent.trim() === text).click()"""
PLACE = """number => {
    const svg = [...document.querySelectorAll('.drc-explorer')[number]
        .querySelectorAll('.drc-player svg:not(svg svg)')].at(-1);
    svg.scrollIntoView({ block: 'center' });
    const { x, y, width, height } = svg.getBoundingClientRect();
    return [x + 0.3 * width, y + 0.3 * height];
}"""
# Of the explorer that is in sight: WebKit works out the style of others when they come.
COLOUR = """() => {
    const player = [...document.querySelectorAll('.drc-player')].at(-1);
    return getComputedStyle(player.querySelector('text')).fill;
}"""
SITE_STEP = "() => Number(document.querySelector('.player input').value)"
LOCK = """key => {
    const form = [...document.querySelectorAll('.answer-form')].find(
        one => JSON.parse(one.querySelector('script').textContent).key === key);
    form.querySelector('input').click();
    form.requestSubmit();
    return form.querySelector('.said').textContent;
}"""
OPENED = """() => {
    const slider = document.querySelector('.opened .drc-controls input');
    slider?.scrollIntoView({ block: 'center' });
    slider?.focus();
    return Boolean(slider && slider.checkVisibility());
}"""
RATE = """() => Number(document.querySelector('.opened .drc-controls input')
    .getAttribute('aria-valuetext'))"""
TROUBLE = "() => document.querySelector('.opened .note.live')?.textContent ?? ''"
SAID = "words => document.querySelector('.opened .drc-status').textContent === words"
SIDEWAYS = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
BROKEN = """() => Promise.all([...document.images].map(e => { e.loading = 'eager';
    return e.decode().then(() => '', () => e.src.slice(-80)); })).then(a => a.filter(Boolean))"""


def until(page: Engine, test: str, *given: object) -> bool:
    """Whether a function of the page came to return true."""
    return page.run(UNTIL, PATIENCE, test, *given)


def differs(page: Engine, function: str, before: object, *given: object) -> bool:
    """Whether a function of the page came to return something else."""
    test = f"async (before, ...given) => JSON.stringify(await ({function})(...given)) !== before"
    return until(page, test, page.run("value => JSON.stringify(value)", before), *given)


def in_lab(page: Engine, lab: Lab, shots: Path | None = None) -> Iterator[str]:
    """What is wrong with the explorers in JupyterLab."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [new_code_cell(source) for source in SOURCES]
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab.folder / "everywhere.ipynb")
    page.open(lab.url("everywhere"))
    page.run(LISTEN)
    if not until(page, LAB_IS_THERE):
        yield "JupyterLab did not open"
        return
    page.run(COMMAND, "notebook:run-all-cells", {})
    if not until(page, f"() => ({DRAWN})() || ({ERRORS})().length > 0") or page.run(ERRORS):
        yield f"the explorers are not drawn: {page.run(ERRORS)}"
        return
    if shots:
        page.shoot(shots / "lab.png")

    before = page.run(PICTURE, 0)
    page.run(FOCUS, 0, "memory β")
    page.press("ArrowRight")
    if not differs(page, PICTURE, before, 0):
        yield "an arrow key on the slider of β does not change the picture"

    before = page.run(PICTURE, 0)
    x, y = page.run(FOCUS, 0, "memory β")
    page.drag((x, y), (x - 20, y), (x - 60, y))
    if not differs(page, PICTURE, before, 0):
        yield "dragging the slider of β does not change the picture"

    begun = page.run(STEP, 0)
    page.run(PRESS, 0, "Play")
    if not until(page, f"begun => ({STEP})(0) > begun + 1", begun):
        yield "Play does not move the step"
    page.run(PRESS, 0, "Pause")

    before = page.run(PICTURE, 1)
    page.drag(tuple(page.run(PLACE, 1)))
    if not differs(page, PICTURE, before, 1):
        yield "a click on the ravine does not move the start"

    before = page.run(COLOUR)
    page.run(COMMAND, "apputils:change-theme", {"theme": "JupyterLab Dark"})
    if not differs(page, COLOUR, before):
        yield "the picture does not follow the dark theme"
    if shots:
        page.shoot(shots / "lab_dark.png")
    yield from page.run("() => window.faults")


def on_site(
    page: Engine, folder: Path, shots: Path | None = None, files: Sequence[str] = ()
) -> Iterator[str]:
    """What is wrong with the site, or with these pages of it."""
    page.resize(WIDTH, 768)
    page.open(f"{folder.resolve().as_uri()}/{LESSON}")
    page.run(LISTEN)
    begun = page.run(SITE_STEP)
    page.run("() => document.querySelector('.player .play').click()")
    if not until(page, f"begun => ({SITE_STEP})() > begun + 1", begun):
        yield "Play does not move the first picture of a page"
    page.run("() => document.querySelector('.player .play').click()")
    if shots:
        page.shoot(shots / "site.png")
    yield from page.run("() => window.faults")
    for file in [folder / name for name in files] or sorted(folder.glob("*.html")):
        page.resize(*PHONE)
        page.open(file.resolve().as_uri())
        more = page.run(SIDEWAYS)
        if more > 0:
            yield f"{file.name} is {more} px wider than a window of {page.run('() => innerWidth')}"
        for name in page.run(BROKEN):
            yield f"{file.name} has a picture that is not shown: {name}"
    if shots:
        page.shoot(shots / "site_phone.png")


def with_python(page: Engine, folder: Path) -> Iterator[str]:
    """What is wrong with the Python of a page, and with a prediction and what it opens."""
    if not (folder / FOLDER).is_dir():
        yield f"{folder} has no Python: write it with course.py site, without --still"
        return
    page.resize(WIDTH, 768)
    with served(folder) as address:
        page.open(f"{address}/{LIVE}")
        page.run(LISTEN)
        if page.run(OPENED):
            yield "an explorer is there before the prediction that opens it"
        said = page.run(LOCK, PREDICTION)
        truth = predictions()[PREDICTION].find_truth()
        if f"it is{truth}" not in said:
            yield f"the prediction is answered by {said!r}, without its truth, {truth!r}"
        if not page.run(OPENED):
            yield "the prediction opens no explorer"
            return
        before = page.run(RATE)
        page.press("ArrowRight")
        if not differs(page, RATE, before):
            yield "an arrow key does not move the slider of the explorer that was opened"
        if not until(page, SAID, ZigZag(step=12, lr=page.run(RATE)).caption()):
            yield f"Python does not draw what the slider asks for: {page.run(TROUBLE)}"
        yield from page.run("() => window.faults")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = Command("python -m tests.browser.everywhere", __doc__)
    parser.add_argument("engines", nargs="*", metavar="ENGINE")
    parser.add_argument("--site", type=Path)
    parser.add_argument("--shots", type=Path)
    args = parser.parse_args(argv)
    if unknown := [name for name in args.engines if name not in ENGINES]:
        parser.error(f"no engine is called {unknown[0]}; there are {', '.join(ENGINES)}")
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch, Lab() as lab:
        site = args.site or Path(scratch) / "site"
        if not args.site:
            write_site(site, fetched())
        for name in args.engines or ENGINES:
            shots = args.shots and args.shots / name
            if shots:
                shots.mkdir(parents=True, exist_ok=True)
            try:
                with ENGINES[name]() as page:
                    browser = page.run("() => navigator.userAgent")
                    found = [*in_lab(page, lab, shots), *on_site(page, site, shots)]
                    found += with_python(page, site)
            except NoEngine as error:
                browser, found = "", [str(error)]
            print(f"{name}: {'; '.join(found) or 'as it should be'} ({browser})", flush=True)
            wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
