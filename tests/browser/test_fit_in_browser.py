"""How explorers sit on the screen: what belongs together is seen together, in every window."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from course_utils import explorers
from tests.browser.checks import LETTERS, OVERFLOWING, outside
from tests.browser.lab import ROOT
from tests.browser.page import SIZES

PROJECTOR = ROOT / "tools" / "projector" / "custom.css"
NAMES = [name for name in explorers.__all__ if name[0].isupper() and name != "Explorer"]
FIRST = "TwoMemories"
SOURCES = [
    f"from course_utils.explorers import {name}\n{name}()"
    for name in sorted(NAMES, key=lambda name: name != FIRST)
]


@pytest.fixture(scope="module")
def page(open_code):
    """Every explorer on one page; that of Adam, which has the most controls, is the first."""
    shown = open_code("fit", *SOURCES)
    assert not shown.bad_outputs, shown.bad_outputs
    return shown


def test_all_is_on_a_laptop_s_screen(page):
    page.look(size=SIZES[0])
    assert not page.page.evaluate("() => window.jupyterapp.shell.leftCollapsed")
    assert outside(page) == []


def test_all_is_on_the_screen_of_a_projector(page):
    page.page.add_style_tag(content=PROJECTOR.read_text(encoding="utf-8"))
    page.command("application:toggle-presentation-mode")
    page.look(size=SIZES[1])
    assert outside(page) == []
    small = [letter for letter in page.page.evaluate(LETTERS) if letter[0] < 23.9]
    assert not small, small[:5]
    page.command("application:toggle-presentation-mode")
    page.look()


@pytest.mark.parametrize("width, height", [(800, 600), (683, 384), (1366, 768)])
def test_words_are_legible_in_every_window(page, width, height):
    """683 × 384 is what 1366 × 768 is at a zoom of 200 %."""
    page.look(size=(width, height))
    page.page.wait_for_timeout(100)
    small = [letter for letter in page.page.evaluate(LETTERS) if letter[0] < 10.95]
    assert not small, small[:5]
    assert page.page.evaluate(OVERFLOWING) == []
    page.look()


def test_play_becomes_pause(page):
    shown = page.explorer(0)
    button = shown.locator(".drc-transport button").first
    for name, icon in (("Play", "play"), ("Pause", "pause"), ("Play", "play")):
        expect(button).to_have_text(name)
        expect(button.locator("i")).to_have_class(f"fa fa-{icon}")
        assert button.get_attribute("aria-pressed") is None
        button.click()
    button.click()


def typed(page, text: str) -> tuple[str, str]:
    """What stands in Adam's learning rate after typing, and what is said about it."""
    shown = page.explorer(0)
    field = shown.get_by_role("textbox", name="learning rate η, type a value", exact=True)
    field.click()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.type(text)
    page.page.keyboard.press("Enter")
    page.settle()
    page.page.wait_for_timeout(50)
    said = shown.locator(".drc-note")
    return field.inner_text(), said.inner_text() if said.count() else ""


def test_numbers_are_read_as_they_are_typed(page):
    assert typed(page, "0,05") == ("0.05", "")
    assert page.explorer(0).get_by_role("status").inner_text().startswith("Adam: η = 0.05")
    value, said = typed(page, "a lot")
    assert value == "0.05" and "“a lot” is not a number" in said
    assert typed(page, "1e-1") == ("0.10", "")
    value, said = typed(page, "−7")
    assert value == "0.02" and "beyond the end" in said
    page.press_button("Reset", page.explorer(0))


def test_numbers_are_written_as_in_pictures(page):
    shown = page.explorer(0)
    scale = page.slider("scale of the loss c", shown)
    written = {key: page.press(scale, key) for key in ("ArrowLeft", "End", "Home")}
    assert written == {"ArrowLeft": "0.79 | 0.79", "End": "1000 | 1000", "Home": "0.001 | 0.001"}
    page.press_button("Reset", shown)
    epsilon = shown.get_by_role("textbox", name="ε, type a value", exact=True)
    assert epsilon.inner_text() == "1e-8"
    everywhere = page.page.locator(".drc-explorer .widget-readout").all_inner_texts()
    assert not [words for words in everywhere if re.search(r"\.0e|e\+", words)]


def test_a_number_that_was_looked_at_stays(page):
    shown = page.explorer(0)
    page.press(page.slider("ε", shown), "ArrowRight")
    before = page.status(shown)
    shown.get_by_role("textbox", name="ε, type a value", exact=True).focus()
    page.page.keyboard.press("Tab")
    page.settle()
    assert page.status(shown) == before
    page.press_button("Reset", shown)


def test_handles_are_large_enough_for_a_finger(page):
    sizes = page.page.evaluate(
        """() => [...document.querySelectorAll('.drc-explorer .noUi-handle')].map(e => {
            const { width, height } = e.getBoundingClientRect();
            return Math.min(width, height); })"""
    )
    assert len(sizes) > 50 and min(sizes) >= 24


def test_a_toggle_shows_and_says_whether_it_is_on(page):
    shown = page.explorer(0)
    toggle = shown.get_by_role("button", name="corrected", exact=True)
    look = "e => getComputedStyle(e, '::before').backgroundImage"
    seen = {}
    for _ in range(2):
        seen[toggle.get_attribute("aria-pressed")] = toggle.evaluate(look)
        toggle.click()
        page.settle()
    assert set(seen) == {"true", "false"} and seen["true"] != seen["false"]


def test_how_it_opened_is_not_said_below_a_living_explorer(page):
    captions = page.page.get_by_text(re.compile("^As it opens: "))
    assert not any(caption.is_visible() for caption in captions.all())


ONE_LINE = """() => [...document.querySelectorAll('.drc-seen')].filter(
    e => e.offsetHeight > 1.9 * parseFloat(getComputedStyle(e).lineHeight)
).map(e => e.textContent)"""


def test_one_line_says_what_is_seen_and_more_shows_the_rest(page):
    page.look(size=SIZES[0])
    assert page.page.evaluate(ONE_LINE) == []
    shown = page.explorer(0)
    seen, whole = shown.locator(".drc-seen"), page.status(shown)
    line, height = seen.inner_text(), seen.bounding_box()["height"]
    assert seen.get_attribute("aria-hidden") == "true" and 20 < len(line) < len(whole)
    assert shown.get_by_role("status").bounding_box()["width"] <= 1
    more = shown.get_by_role("button", name="More", exact=True)
    assert more.get_attribute("aria-expanded") == "false"
    more.focus()
    page.page.keyboard.press("Enter")
    less = shown.get_by_role("button", name="Less", exact=True)
    assert less.get_attribute("aria-expanded") == "true"
    assert " ".join(seen.inner_text().split()) == whole == page.status(shown)
    assert seen.bounding_box()["height"] > 1.5 * height
    less.click()
    assert seen.inner_text() == line and seen.bounding_box()["height"] == height


# The line of each explorer is given one width after the other: only it is laid out again, while a
# window of another width would draw every explorer anew.
BROKEN_NUMBERS = """widths => [...document.querySelectorAll('.drc-seen')].flatMap(line => {
    const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), numbers = [];
    while (nodes.nextNode()) {
        const words = nodes.currentNode;
        for (const m of words.data.matchAll(/\\S*[-−]\\d\\S*/g)) {
            const range = document.createRange();
            range.setStart(words, m.index);
            range.setEnd(words, m.index + m[0].length);
            numbers.push(range);
        }
    }
    const broken = widths.flatMap(width => {
        line.style.flex = `0 0 ${width}px`;
        return numbers.filter(range => range.getClientRects().length > 1).map(String);
    });
    line.style.flex = '';
    return broken;
})"""


def test_no_number_is_broken_at_its_sign(page):
    assert page.page.evaluate(BROKEN_NUMBERS, list(range(300, 1000, 12))) == []


def test_a_screenshot_shows_the_whole_of_a_tall_picture(page, tmp_path):
    page.look(size=(800, 600))
    page.page.wait_for_timeout(200)
    shown = page.explorer(0)
    tall = Image.open(page.shoot(shown, tmp_path / "tall.png")).convert("RGB")
    last = Image.open(page.shoot(shown.locator(".drc-presets"), tmp_path / "last.png"))
    assert tall.height > 600
    low = tall.crop((0, tall.height - last.height, tall.width, tall.height))
    assert low.tobytes() == last.convert("RGB").tobytes()
    page.look()


def test_a_kernel_that_ends_in_play_is_spoken_of(open_code):
    page = open_code("ended", SOURCES[0])
    shown = page.explorer(0)
    page.press_button("Play", shown)
    page.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    ended = shown.get_by_role("alert")
    expect(ended).to_contain_text("run the lesson again")
    assert ended.is_visible()
    first = page.status(shown)
    expect(shown.get_by_role("status")).not_to_have_text(first)
    shown.get_by_role("button", name="Pause").click()
    before = page.status(shown)
    shown.get_by_role("button", name="Step").click()
    expect(shown.get_by_role("status")).not_to_have_text(before)
    assert shown.locator(".drc-controls > :not([inert]), .drc-presets > :not([inert])").count() == 0
    assert float(shown.locator("[inert]").first.evaluate("e => getComputedStyle(e).opacity")) < 0.6
