"""Try the pages that have Python as a reader would, in Chromium with the network cut.

    python -m tests.browser.live SITE    every lesson
        --states N                       with N states of each explorer (100)
        --lessons NN ...                 these lessons alone
        --times                          measure what a reader waits for
        --moves N                        move a slider N times and measure what grows
        --two                            two pages at once, each with a Python of its own

SITE is a folder that ``course.py site`` wrote. Every explorer of its pages is moved N times at
random (100 unless told), in the page's own worker and in this Python; what both would draw is
compared, byte by byte. With ``--times`` one also measures, in lesson 04, from the first touch of a
slider to the picture, in a fresh profile and when the page is opened again; and for each explorer
from the move of a slider to the settled picture. With ``--moves 5000``, an hour of a reader who
never rests, it compares the memory of the page and of its Python before and after. With ``--two``
one reader has lessons 01 and 04 open at once, moves a slider, locks a prediction and answers an
exercise in both; both must do what they do alone, and neither may lose what the other keeps. The
command ends with 1 if anything differs or grows, or if a page complains.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from playwright.sync_api import Browser, Page, TimeoutError

from course_utils.explorers import Damping, ZigZag
from course_utils.explorers.headless import unpacked
from tests.explorers.test_headless import moves
from tools.commands import MISUSED, Command
from tools.find import NoLesson, names
from tools.lite.browser import lonely_chromium, served

ROOT = Path(__file__).resolve().parents[2]
# A page whose explorer trains draws seldom: fewer states say as much.
TRAINS = {"Edge": 10, "Landscapes": 4}
TIMED = "04_momentum.html"
PATIENCE = 300_000
WORKER = """() => {
    const worker = new Worker('python/worker.mjs', { type: 'module' }), waiting = new Map();
    let asked = 0;
    worker.onmessage = ({ data }) => { if ('id' in data) waiting.get(data.id)(data); };
    window.ask = (number, kept, message) => new Promise((done) => {
        waiting.set(++asked, done);
        worker.postMessage({ id: asked, number, kept, asked: message });
    });
}"""
# One Python is enough: that of the page itself does not start unasked.
UNMOVED = "window.IntersectionObserver = class { observe() {} }"
EXPLORERS = """() => [...document.querySelectorAll('.player > script')].map(
    (script) => JSON.parse(script.textContent).kept)"""
# Those that stand there before a prediction is locked in.
SEEN = EXPLORERS.replace(".player", ":not(.opened) > .player")
ASK = "([number, kept, message]) => window.ask(number, kept, message)"
PICTURE = "() => document.querySelector('.player .drc-player').innerHTML"
CHANGED = "(before) => document.querySelector('.player .drc-player').innerHTML !== before"
# From the move of a slider to the frame after its picture; the moves come one after the other. Of
# the explorers of a page one is moved, by its first slider that changes what is drawn.
SETTLED = """async ([number, count]) => {
    const player = document.querySelectorAll(':not(.opened) > .player')[number];
    const drawn = player.querySelector('.drc-player');
    player.scrollIntoView();
    const pause = () => new Promise((done) => setTimeout(done, 100));
    // Python has nothing to do any more, and so drew nothing else.
    const answered = async () => {
        do await pause(); while (!coursePython.ready || coursePython.waiting.size);
        await pause();
        return false;
    };
    const move = async (slider, k) => {
        const begun = performance.now();
        const seen = new Promise((done) => {
            const watch = new MutationObserver(() => { watch.disconnect(); done(true); });
            watch.observe(drawn, { childList: true, subtree: true, attributes: true });
        });
        slider.value = (7 * k + 3) % (Number(slider.max) + 1);
        for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind));
        if (!(await Promise.race([seen, answered()]))) return null;
        await new Promise((done) => requestAnimationFrame(done));
        return performance.now() - begun;
    };
    for (const slider of player.querySelectorAll('.drc-controls input[type=range]')) {
        const times = [];
        for (let k = 0; k < count; k++) {
            const taken = await move(slider, k);
            if (taken === null) break;
            times.push(taken);
        }
        if (times.length === count) return times;
    }
    return [];
}"""
# A drag moves the slider at every frame; how many pictures come meanwhile.
DRAGGED = """async (seconds) => {
    const slider = document.querySelector('.player .drc-controls input');
    const drawn = document.querySelector('.player .drc-player > svg:last-child');
    let pictures = 0, k = 0;
    const watch = new MutationObserver(() => { pictures += 1; });
    watch.observe(drawn, { childList: true });
    const begun = performance.now();
    while (performance.now() - begun < 1000 * seconds) {
        await new Promise((done) => requestAnimationFrame(done));
        slider.value = k++ % Number(slider.max);
        slider.dispatchEvent(new Event('input'));
    }
    watch.disconnect();
    return pictures / seconds;
}"""

# How large the memory of the page's Python is; it never shrinks.
PYTHON_BYTES = """() => coursePython.call('builtins', 'eval',
    ["__import__('pyodide_js')._module.HEAPU8.length"])"""
# Caches are full after so many moves. Afterwards nothing may grow by more, in bytes.
WARM, ROOM = 300, 2_000_000
# The pages that are open at once: a slider and its explorer, a prediction, an exercise's answer.
TWO = (
    ("01_the_ravine.html", "lr", ZigZag(step=12), "01 runs away", ("stability limit", "2/lambda1")),
    ("04_momentum.html", "lr", Damping(step=40), "04 gain ratio",
     ("gain ratio", "(1 + beta)/(1 - beta)")),
)  # fmt: skip
KEPT = "Predictions locked in: 2. Exercises solved: 2 of the 2"
UNFOLDED = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
SAYS = "(words) => document.querySelector('.player .drc-status').textContent === words"
FORM = """(key) => [...document.querySelectorAll('.answer-form')].find(
    (form) => JSON.parse(form.querySelector('script').textContent).key === key)"""
LOCK = f"""([key]) => {{
    const form = ({FORM})(key);
    form.querySelector('input').click();
    form.requestSubmit();
}}"""
CHECK = f"""([, [key, answer]]) => {{
    const form = ({FORM})(key);
    form.querySelector('input').value = answer;
    form.requestSubmit();
}}"""
VERDICT = f"(key) => ({FORM})(key).dataset.verdict === 'right'"


def page_of(browser: Browser, faults: list[str]) -> Page:
    """A page in a fresh profile; what it complains of is noted."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"not found: {request.url}"))
    return page


def differing(page: Page, states: int) -> Iterator[str]:
    """Compare the explorers of an open page with this Python's; say what differs."""
    page.evaluate(WORKER)
    for number, kept in enumerate(page.evaluate(EXPLORERS)):
        here, apart = unpacked(kept), []
        name = type(here.explorer).__name__
        count = min(states, TRAINS.get(name, states))
        for step, message in islice(moves(unpacked(kept).explorer, count, seed=number), count):
            asked = json.dumps({**message, "step": step})
            there = page.evaluate(ASK, [number, kept, asked])
            answer, own = json.loads(there.get("answer", "{}")), json.loads(here.answer(asked))
            different = [part for part in own if part != "kept" and own[part] != answer.get(part)]
            if different:
                apart.append(f"{', '.join(different)} after {asked} {there.get('error', '')}")
        print(f"  {name}: {count - len(apart)} of {count} states are the same", flush=True)
        yield from (f"{name}: {what}" for what in apart)


def times(browser: Browser, address: str, faults: list[str]) -> None:
    """Print what a reader waits for in one lesson."""
    page = page_of(browser, faults)
    for visit in ("first visit", "opened again"):
        page.goto(f"{address}/{TIMED}")
        slider = page.locator(".player .drc-controls input").first
        before = page.evaluate(PICTURE)
        begun = time.monotonic()
        slider.press("ArrowRight")
        page.wait_for_function(CHANGED, arg=before)
        print(f"  {visit}: {time.monotonic() - begun:.1f} s from the touch to the picture")
    print(f"  slider to settled picture: {settled(page, 0, 100)}")
    print(f"  dragging: {page.evaluate(DRAGGED, 4):.0f} pictures a second")
    page.context.close()


def settled(page: Page, number: int, count: int) -> str:
    """How long an explorer of an open page takes from a move of a slider to its picture."""
    page.evaluate(SETTLED, [number, max(count // 5, 2)])
    seen = page.evaluate(SETTLED, [number, count])
    if not seen:
        return "no slider moves it"
    middle, late = statistics.median(seen), statistics.quantiles(seen, n=20)[-1]
    return f"median {middle:.0f} ms, p95 {late:.0f} ms"


def moved(page: Page, count: int) -> None:
    """Move the first slider of a page; each picture is waited for."""
    while count:
        page.evaluate(SETTLED, [0, min(count, 100)])
        count -= min(count, 100)


def page_size(page: Page) -> dict[str, int]:
    """What a page holds after it has let go: bytes of its scripts, nodes, listeners."""
    tools = page.context.new_cdp_session(page)
    tools.send("HeapProfiler.collectGarbage")
    held = tools.send("Memory.getDOMCounters")
    size = {
        "bytes": round(tools.send("Runtime.getHeapUsage")["usedSize"]),
        "nodes": held["nodes"],
        "listeners": held["jsEventListeners"],
    }
    tools.detach()
    return size


def grown(browser: Browser, address: str, moves: int, faults: list[str]) -> Iterator[str]:
    """Move a slider of one lesson; say what has grown."""
    page = page_of(browser, faults)
    page.goto(f"{address}/{TIMED}")
    moved(page, WARM)
    before = page_size(page) | {"bytes of Python": page.evaluate(PYTHON_BYTES)}
    moved(page, moves)
    after = page_size(page) | {"bytes of Python": page.evaluate(PYTHON_BYTES)}
    page.context.close()
    print(f"  after {WARM} moves {before}, after {moves} more {after}")
    for name, value in after.items():
        if value > before[name] + (ROOM if "bytes" in name else 50):
            yield f"{name} grew from {before[name]} to {value} in {moves} moves"


def at_once(browser: Browser, address: str, faults: list[str]) -> Iterator[str]:
    """Open two pages of one reader and use them in turns; say what goes wrong."""
    first = page_of(browser, faults)
    pages = {first: TWO[0], first.context.new_page(): TWO[1]}
    for page, (lesson, *_) in pages.items():
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/{lesson}")
        page.evaluate(UNFOLDED)
    for count in (1, 2, 3):
        for page in pages:
            page.locator(".player .drc-controls input").first.press("ArrowRight")
        for page, (lesson, slider, explorer, *_) in pages.items():
            rate = page.locator(".player .drc-controls input").first.get_attribute("aria-valuetext")
            explorer.set(**{slider: float(rate)})
            with suppress(TimeoutError):
                page.wait_for_function(SAYS, arg=explorer.caption())
            if not page.evaluate(SAYS, explorer.caption()):
                yield f"{lesson} does not show move {count}: {explorer.caption()}"
    for ask in (LOCK, CHECK):
        for page, (*_, prediction, exercise) in pages.items():
            page.evaluate(ask, [prediction, exercise])
    for page, (lesson, *_, exercise) in pages.items():
        page.wait_for_function(VERDICT, arg=exercise[0])
        page.reload()
        told = page.locator(".mine > p").first.text_content()
        if KEPT not in told:
            yield f"{lesson} has lost an answer: {told}"
        print(f"  {lesson} beside another page: {told[:80]}")
    first.context.close()


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = Command("python -m tests.browser.live", __doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--states", type=int, default=100)
    parser.add_argument("--lessons", nargs="*", default=[], metavar="NN")
    parser.add_argument("--times", action="store_true")
    parser.add_argument("--two", action="store_true")
    parser.add_argument("--moves", type=int, default=0, metavar="N")
    asked = parser.parse_args(argv)
    if not (asked.site / "python" / "worker.mjs").exists():
        parser.error(f"{asked.site} has no Python: write it with course.py site, without --still")
    try:
        chosen = names(ROOT, asked.lessons)
    except NoLesson as error:
        print(error, file=sys.stderr)
        return MISUSED
    wrong: list[str] = []
    with served(asked.site) as address:
        if asked.times:
            with lonely_chromium() as browser:
                print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
                times(browser, address, wrong)
        if asked.moves:
            with lonely_chromium() as browser:
                wrong += grown(browser, address, asked.moves, wrong)
        if asked.two:
            with lonely_chromium() as browser:
                wrong += at_once(browser, address, wrong)
        for file in sorted(asked.site.glob("[0-9][0-9]_*.html")):
            if not (asked.states or asked.times) or file.stem not in chosen:
                continue
            print(file.stem, flush=True)
            with lonely_chromium() as browser:
                page = page_of(browser, wrong)
                page.add_init_script(UNMOVED)
                page.goto(f"{address}/{file.name}")
                if asked.states:
                    wrong += differing(page, asked.states)
                if asked.times:
                    page.evaluate(UNFOLDED)
                    for number, kept in enumerate(page.evaluate(SEEN)):
                        name = type(unpacked(kept).explorer).__name__
                        taken = settled(page, number, TRAINS.get(name, 100))
                        print(f"  {name}: {taken}", flush=True)
    for fault in wrong:
        print(fault, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
