"""The explorers of a page that has Python, in Chromium: here the test itself is the worker.

With Pyodide as the worker the pages are tried by ``python -m tests.browser.live``.
"""

from __future__ import annotations

import contextlib
import gzip
import json
from importlib import import_module

import pytest
from playwright.sync_api import Error, Page, TimeoutError

from course_utils.explorers import Damping, FirstSteps, TurnedAxes
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.headless import unpacked
from tests.browser.live import moved, page_size
from tests.browser.test_site_in_browser import OVERFLOW, serious
from tools.lite.browser import served
from tools.publish import site
from tools.publish.folder import write
from tools.publish.lesson import lessons
from tools.publish.players import players
from tools.publish.python import offline
from tools.publish.slides import write_decks

SHOWN = {"00": "00_start_here", "04": "04_momentum", "08": "08_the_axes_matter"}
SLIDE = "([words]) => place.textContent.startsWith(words)"
WORKER = """window.Worker = class {
    constructor() {
        this.number = window.started = (window.started || 0) + 1;
        for (const stage of [1, 2]) setTimeout(() => this.onmessage({ data: { stage } }), 20 * stage);
        this.queue = new Promise((done) => setTimeout(done, 50));
    }
    postMessage(message) { this.queue = this.queue.then(() => this.answer(message)); }
    async answer({ id, timed, call, ...message }) {
        if (this.ended) return;
        if (timed) this.onmessage({ data: { id, begun: true } });
        if (window.busy || call?.name === "endless") await new Promise(() => {});
        const answer = call ? await window.call(call.module, call.name, call.args)
            : await window.python(this.number, message);
        if (!this.ended) this.onmessage({ data: { id, answer } });
    }
    terminate() { this.ended = true; }
};"""  # noqa: E501
STATUS = ".player .drc-status"
CALL = "([module, name, args, how]) => coursePython.call(module, name, args, how)"
ENDLESS = "coursePython.call('statistics', 'endless', [], { limit: 100 })"
SAYS = f"(words) => document.querySelector('{STATUS}').textContent === words"


def says(page: Page, explorer: Explorer) -> None:
    """Wait until the page says what an explorer says."""
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(SAYS, arg=explorer.caption(), timeout=15_000)
    assert page.locator(STATUS).first.text_content() == explorer.caption()


def write_pages(folder, numbers, made):
    """Write pages as they are where Python is, with the players that `made` gives of a lesson."""
    site.write_assets(folder, 22)
    site.copy_common(folder)
    for lesson in lessons(list(numbers)):
        write(folder / lesson.page, site.lesson_page(lesson, made(lesson), (None,)))
        site.copy_pictures(lesson, folder)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Some pages as they are where Python is, their folder and its address."""
    folder = tmp_path_factory.mktemp("live")
    write_pages(folder, SHOWN, players)
    decks = lessons(["04", "07"])
    write_decks(folder / "slides", decks, {one.number: players(one) for one in decks}, "../")
    with served(folder) as address:
        yield folder, address


@pytest.fixture
def opened(browser, pages):
    """`opened(number)`: the page of a lesson whose Python is this one, and its first player."""
    left = contextlib.ExitStack()

    def open_page(number: str, size=(1366, 768), touch=False, where="", at=""):
        held = {}

        def answer(source: dict, worker: int, message: dict) -> str:
            key = source["page"], worker, message["number"]
            if message["fresh"] or key not in held:
                held[key] = unpacked(message["kept"])
            return held[key].answer(message["asked"])

        def call(module: str, name: str, args: str) -> str:
            return json.dumps(getattr(import_module(module), name)(*json.loads(args)))

        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=touch, reduced_motion="reduce"
        )
        left.callback(context.close)
        context.expose_binding("python", answer)
        context.expose_function("call", call)
        context.add_init_script(WORKER)
        page = context.new_page()
        page.goto(f"{pages[1]}/{where}{SHOWN[number]}.html{at}")
        return page, page.locator(".player").first

    with left:
        yield open_page


def test_a_slider_moves_the_picture_to_what_python_says(opened):
    page, player = opened("04")
    slider = player.get_by_role("slider", name="learning rate η")
    slider.press("ArrowRight")
    says(page, Damping(step=40, lr=0.077))
    assert slider.get_attribute("aria-valuetext") == "0.077"
    marks = player.locator(".drc-controls .drc-mark").all_inner_texts()
    assert marks == ["best", "limit", "best"]
    player.get_by_role("button", name="Back").click()
    slider.press("ArrowRight")
    says(page, Damping(step=39, lr=0.078))


def test_a_number_is_typed_as_in_jupyterlab(opened):
    page, player = opened("04")
    number = player.get_by_role("textbox", name="memory β, type a value")
    for typed, kept in (("0,9", 0.9), ("0.4444", 0.4444)):
        number.fill(typed)
        number.press("Enter")
        says(page, Damping(step=40, beta=kept))
    number.fill("fast")
    number.press("Enter")
    assert "“fast” is not a number" in player.get_by_role("alert").inner_text()
    number.fill("7")
    number.press("Enter")
    says(page, Damping(step=40, beta=0.99))
    assert "beyond the end of this slider" in player.get_by_role("alert").inner_text()


def test_presets_reset_and_a_click_are_those_of_the_explorer(opened):
    page, player = opened("04")
    name, state = next(iter(Damping.presets.items()))
    player.get_by_role("button", name=name).click()
    says(page, Damping(**state))
    assert player.get_by_role("slider", name="step").input_value() == str(state["step"])
    picture = player.locator(".drc-player")
    picture.scroll_into_view_if_needed()
    size = picture.bounding_box()
    picture.click(position={"x": 0.5 * size["width"], "y": 0.3 * size["height"]})
    page.wait_for_function("() => /^0$/.test(document.querySelector('.player .value').textContent)")
    moved = player.get_by_role("slider", name="start w2").get_attribute("aria-valuetext")
    assert float(moved) != Damping().w2
    player.get_by_role("button", name="Reset").click()
    says(page, Damping(step=40))


def test_choices_switches_and_buttons_work(opened):
    page, player = opened("08")
    assert player.get_by_label("condition κ").locator("option").count() == 3
    player.get_by_label("condition κ").select_option(label="100")
    says(page, TurnedAxes(step=60, kappa=100))
    page, player = opened("00")
    player.get_by_role("slider", name="next w1").press("ArrowLeft")
    player.get_by_role("button", name="Go to next w1, w2").click()
    walk = ((1.55, -6.4),)
    says(page, FirstSteps(walk=walk, w1=1.55))
    shown = player.get_by_role("button", name=FirstSteps().labels()["reveal"])
    shown.click()
    says(page, FirstSteps(walk=walk, w1=1.55, reveal=True))
    assert shown.get_attribute("aria-pressed") == "true"


STARTED = """([w1, w2]) => {
    const [x, y] = [...document.querySelectorAll('.drc-controls .value')].slice(-2);
    return Math.abs(x.textContent - w1) < 0.06 && Math.abs(y.textContent - w2) < 0.06;
}"""
# The place of a picture is wider or higher than it: how wide and high, in pixels of the picture.
PLACE = """(svg) => {
    const { width, height } = svg.viewBox.baseVal, shape = svg.clientWidth / svg.clientHeight;
    return [width, height, Math.max(width, height * shape), Math.max(height, width / shape)];
}"""


def test_a_slide_moves_as_a_page_does_and_keeps_its_keys(opened):
    page, player = opened("04", size=(1000, 700), where="slides/", at="#2")
    slider = player.get_by_role("slider", name="memory β")
    assert page.evaluate("() => window.started") is None
    slider.press("ArrowRight")
    says(page, Damping(step=40, beta=0.502))
    assert page.evaluate("() => [window.started, location.hash]") == [1, "#2"]
    picture = player.locator(".drc-player > svg").last
    width, height, wide, high = picture.evaluate(PLACE)
    for share in (0.4, 0.6):
        box = picture.bounding_box()
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.3 * box["height"])
        x, y = share * wide - (wide - width) / 2, 0.3 * high - (high - height) / 2
        there = Damping().clicked(x, y)
        page.wait_for_function(STARTED, arg=[there["w1"], there["w2"]], timeout=15_000)
    player.get_by_role("button", name="Long memory", exact=True).click()
    says(page, Damping(**Damping.presets["Long memory"]))
    slider.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(SLIDE, arg=["Slide 3 "])
    # The plan presses presets at *Play*: the same explorer stands there, as it was left.
    moving = "(all) => all.flatMap((one, k) => one.matches('.moving') ? [k + 1] : [])"
    places = page.locator(".slide").evaluate_all(moving)
    page.evaluate("(n) => { location.hash = n; }", places[1])
    page.locator(".now[aria-label='Play'] .drc-player").wait_for()
    says(page, Damping(**Damping.presets["Long memory"]))
    page.locator(".now").get_by_role("slider", name="step").focus()
    page.keyboard.press("PageDown")
    page.wait_for_function(SLIDE, arg=[f"Slide {places[1] + 1} "])
    assert page.evaluate("() => window.started") == 1, "one worker serves the deck"


def test_a_slide_with_an_explorer_fits_and_is_accessible(browser, pages):
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    for name in ("04_momentum", "07_adam"):
        page.goto(f"{pages[1]}/slides/{name}.html")
        page.wait_for_selector(".moving .drc-controls", state="attached")
        assert page.evaluate(OVERFLOW) == []
        page.evaluate(
            "() => document.querySelectorAll('svg > *, math > *').forEach((e) => e.remove())"
        )
        assert serious(page, include=[[".now"]]) == []
    page.goto(f"{pages[0].as_uri()}/slides/04_momentum.html#2")
    player = page.locator(".now .player")
    assert "in the folder above this one" in player.locator(".note").inner_text()
    player.get_by_role("button", name="Best for κ = 25").click()
    says(page, Damping(**Damping.presets["Best for κ = 25"]))
    player.get_by_role("button", name="Play").click()
    page.close()


def test_an_answer_that_takes_long_can_be_left(opened):
    page, player = opened("04")
    slider = player.get_by_role("slider", name="condition κ")
    slider.press("ArrowRight")
    says(page, Damping(step=40, kappa=26))
    page.evaluate("() => { window.busy = true; }")
    slider.press("ArrowRight")
    player.get_by_text("Python is working").wait_for()
    player.get_by_role("button", name="Stop waiting").click()
    page.evaluate("() => { window.busy = false; }")
    assert slider.get_attribute("aria-valuetext") == "26"
    slider.press("ArrowLeft")
    says(page, Damping(step=40, kappa=25))
    assert page.evaluate("() => window.started") == 2


def test_an_endless_call_is_stopped_and_nothing_else_is_lost(opened):
    page, player = opened("04")
    assert page.evaluate(CALL, ["statistics", "median", [[3, 1, 8]], {}]) == 3
    player.get_by_role("slider", name="memory β").press("ArrowRight")
    says(page, Damping(step=40, beta=0.502))
    left = f"Promise.allSettled([{ENDLESS}, ({CALL})(['statistics', 'median', [[5]], {{}}])])"
    ended, after = page.evaluate(left)
    assert ended["status"] == "rejected" and after == {"status": "fulfilled", "value": 5}
    assert page.evaluate(f"{ENDLESS}.catch(({{ reason }}) => reason)") == "limit"
    player.get_by_role("slider", name="memory β").press("ArrowRight")
    says(page, Damping(step=40, beta=0.504))
    assert page.evaluate("() => window.started") == 3


def test_two_pages_at_once_do_not_disturb_each_other(opened):
    first, one = opened("04")
    second = first.context.new_page()
    second.goto(first.url)
    other = second.locator(".player").first
    for stops in (1, 2, 3):
        one.get_by_role("slider", name="memory β").press("ArrowRight")
        other.get_by_role("slider", name="learning rate η").press("ArrowRight")
        says(first, Damping(step=40, beta=round(0.5 + 0.002 * stops, 3)))
        says(second, Damping(step=40, lr=round(0.076 + 0.001 * stops, 3)))
    second.close()
    one.get_by_role("button", name="Reset").click()
    says(first, Damping(step=40))


def test_a_page_does_not_grow_while_a_slider_is_moved(opened):
    page, _ = opened("04")
    moved(page, 40)
    before = page_size(page)
    moved(page, 120)
    after = page_size(page)
    assert after["nodes"] <= before["nodes"] + 8 and after["listeners"] <= before["listeners"] + 2
    assert after["bytes"] < before["bytes"] + 200_000


def test_python_starts_with_a_touch_and_not_before(opened):
    page, player = opened("04")
    assert page.evaluate("() => window.started") is None
    player.get_by_role("slider", name="memory β").focus()
    page.wait_for_function("() => window.started === 1")


def test_a_live_page_is_accessible_and_fits_a_phone(opened):
    page, player = opened("04", size=(390, 844), touch=True)
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    player.get_by_role("slider", name="memory β").press("ArrowRight")
    says(page, Damping(step=40, beta=0.502))
    page.evaluate("() => document.querySelectorAll('svg > *, math > *').forEach((e) => e.remove())")
    assert serious(page, include=[[".player"]]) == []


@pytest.mark.parametrize("where, words", [
    ("file", "run “python3 -m http.server” in the folder of these pages"),
    ("no WebAssembly", "need WebAssembly, which this browser lacks or has been told to switch off"),
])  # fmt: skip
def test_a_page_without_python_says_what_it_cannot_and_what_to_do(browser, pages, where, words):
    page = browser.new_page()
    if where == "no WebAssembly":
        page.add_init_script("delete window.WebAssembly;")
    page.goto(f"{pages[0].as_uri() if where == 'file' else pages[1]}/{SHOWN['04']}.html")
    player = page.locator(".player").first
    assert player.get_by_role("slider").count() == 1, "sliders that do nothing are shown"
    note = player.locator(".note").inner_text()
    assert "Free values of learning rate η, memory β" in note
    assert words in note
    player.get_by_role("button", name="Best for κ = 25").click()
    says(page, Damping(**Damping.presets["Best for κ = 25"]))
    page.close()


KEEPS = "() => navigator.serviceWorker.controller"
CORE = "() => fetch('python/pyodide.asm.wasm').then((found) => found.text())"
WORKS = "() => fetch('python/worker.mjs').then((found) => found.text())"


def test_what_was_opened_opens_again_without_a_network(browser, pages):
    (pages[0] / "python").mkdir()
    write(pages[0] / "python" / "worker.mjs", "the worker")
    core = pages[0] / "python" / "pyodide.asm.wasm.packed"
    core.write_bytes(gzip.compress(b"the core"))
    write(pages[0] / "offline.js", offline(pages[0] / "python"))
    page = browser.new_page()
    with served(pages[0]) as address:
        page.goto(f"{address}/{SHOWN['04']}.html")
        page.wait_for_function(KEEPS)
        page.reload()
        seen = [page.evaluate(ask) for ask in (CORE, WORKS)]
    # The host is gone: the page, its pictures and Python are there.
    page.reload()
    assert page.locator(".player").first.get_by_role("slider", name="memory β").count() == 1
    assert [page.evaluate(ask) for ask in (CORE, WORKS)] == seen == ["the core", "the worker"]
    with pytest.raises(Error):
        page.goto(f"{address}/{SHOWN['00']}.html")
    page.close()
