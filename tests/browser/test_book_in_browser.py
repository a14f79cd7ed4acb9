"""The book as its readers use it: the first screen, search, contents, paper; nothing but files."""

from __future__ import annotations

import contextlib
import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_site_in_browser import FRAMES, PHONE, SIZES, serious
from tools.publish import search, site
from tools.publish.folder import copy_common, copy_pictures, write
from tools.publish.lesson import lessons
from tools.publish.players import players
from tools.publish.share import Where

SHOWN = lessons(["04", "07"])
PAGE = SHOWN[0].page
STEP = ".hero .drc-transport input"
RESULTS = ".search li a"
STATUS = ".search [role=status]"
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The front page, two lessons and what stands around them, in a folder."""
    folder = tmp_path_factory.mktemp("book")
    site.write_assets(folder, None)
    copy_common(folder)
    made = players(SHOWN[0])
    write(folder / "index.html", site.index_page(moving=(SHOWN[0], made[0]), size="40 MB"))
    write(folder / "404.html", site.missing_page(Where()))
    for lesson, moving in zip(SHOWN, (made, ()), strict=True):
        write(folder / lesson.page, site.lesson_page(lesson, moving, (None,)))
        copy_pictures(lesson, folder)
    write(folder / "sections.js", search.texts(SHOWN))
    return folder


@pytest.fixture
def opened(browser, book):
    """`opened(file)`: a page of the folder, opened as a file without a network."""
    left = contextlib.ExitStack()

    def open_page(file, size=SIZES[1], calm=True, theme="light"):
        context = browser.new_context(
            viewport=dict(zip(("width", "height"), size, strict=True)),
            reduced_motion="reduce" if calm else "no-preference",
            color_scheme=theme,
        )
        left.callback(context.close)
        context.set_offline(True)
        page = context.new_page()
        faults = []
        left.callback(lambda: faults and pytest.fail(str(faults)))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(request.url))
        page.goto(f"{book.as_uri()}/{file}")
        return page

    with left:
        yield open_page


def look_for(page, words):
    """Type some words into the open search; what it then says."""
    page.fill("#find-words", words)
    told = page.locator(STATUS)
    expect(told).to_have_text(re.compile("section|Nothing"))
    return told.inner_text()


@pytest.mark.parametrize("size", [PHONE, *SIZES])
def test_the_first_screen_moves_at_once_and_can_be_paused(opened, size):
    page = opened("index.html", size, calm=False)
    page.wait_for_function(f"() => Number(document.querySelector('{STEP}').value) >= 2")
    place = page.locator(".hero .drc-stage").bounding_box()
    assert place["y"] < size[1] / 2, "what moves is not in the first screen"
    assert page.locator(".hero .lead").is_visible()
    pause = page.locator(".hero .play")
    assert pause.inner_text() == "Pause"
    pause.click()
    rest = page.locator(STEP).input_value()
    page.evaluate(FRAMES)
    assert page.locator(STEP).input_value() == rest


def test_a_calm_reader_is_not_moved(opened):
    page = opened("index.html", calm=True)
    rest = page.locator(STEP).input_value()
    page.evaluate(FRAMES)
    page.wait_for_timeout(400)
    assert page.locator(STEP).input_value() == rest != "0"
    assert page.locator(".hero .play").inner_text() == "Play"


def test_a_greek_letter_is_found_by_its_name(opened):
    page = opened(PAGE)
    page.keyboard.press("Control+k")
    found = set()
    for words in ("beta", "β", "\\beta", "BETA"):
        look_for(page, "qqxyzzy")
        expect(page.locator(RESULTS)).to_have_count(0)
        look_for(page, words)
        expect(page.locator(RESULTS).nth(5)).to_be_attached()
        shown = page.locator(".search mark").all_inner_texts()
        assert all(re.fullmatch(r"β|beta\d?", word, re.I) for word in shown) and "β" in shown
        found.add(tuple(page.locator(RESULTS).all_inner_texts()))
    assert len(found) == 1


def test_the_search_is_used_by_keyboard_and_opens_what_is_folded(opened):
    page = opened(PAGE)
    page.keyboard.press("Control+k")
    look_for(page, "annealing beta minutes")
    for key, focused in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(page.locator(RESULTS).nth(focused)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#find-words")).to_be_focused()
    first = page.locator(RESULTS).first
    assert "Annealing" in first.inner_text() and "04 Momentum" in first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.startsWith('#Annealing')")
    assert page.locator("dialog.search").is_hidden()
    heading = page.locator("[id^='Annealing']")
    expect(heading).to_be_in_viewport()
    assert heading.evaluate("(heading) => heading.closest('details').open")


def test_a_result_leads_to_another_page(opened):
    page = opened("404.html")
    page.locator("#find").click()
    look_for(page, "velocity of momentum")
    page.locator(RESULTS, has_text="04 Momentum").first.click()
    page.wait_for_url(f"**/{PAGE}#*")


def test_a_search_says_when_nothing_is_found_and_when_only_some_words_are(opened):
    page = opened(PAGE)
    page.keyboard.press("Control+k")
    assert look_for(page, "qqxyzzy").startswith("Nothing was found for “qqxyzzy”.")
    assert page.locator(RESULTS).count() == 0
    assert look_for(page, "momentum qqxyzzy").startswith("No section has all of these words.")
    assert page.locator(RESULTS).count() > 0
    page.keyboard.press("Escape")
    assert page.locator("dialog.search").is_hidden()


def test_what_was_joined_by_a_hyphen_is_one_word_too(opened):
    page = opened(PAGE)
    page.keyboard.press("Control+k")
    look_for(page, "zigzag")
    assert "zig" in page.locator(".search").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_search_is_accessible_and_fits_a_phone(opened, theme):
    page = opened("index.html", PHONE, theme=theme)
    page.locator("#find").click()
    look_for(page, "kappa")
    assert serious(page) == []
    assert not page.evaluate(SIDEWAYS)
    box = page.locator("dialog.search").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]


def test_the_contents_mark_where_one_reads(opened):
    page = opened(PAGE)
    marked = page.locator(".contents [aria-current]")
    assert page.locator(".contents").evaluate("(contents) => contents.open")
    assert marked.count() == 0, "above the first section none is read"
    for name in ("Derive:-the-velocity", "Summary"):
        page.evaluate("(id) => document.getElementById(id).scrollIntoView()", name)
        expect(marked).to_have_attribute("href", f"#{name}")
        expect(marked).to_be_in_viewport()
    small = opened(PAGE, PHONE)
    assert not small.locator(".contents").evaluate("(contents) => contents.open")


PRINTED = """() => {
    const shown = (each) => each.checkVisibility();
    const of = (names) => [...document.querySelectorAll(names)];
    return {
        controls: of('button, input, select, .top, .contents, .turn').filter(shown).length,
        folded: of('main .further').filter((each) => !each.open).length,
        torn: of('figure, .player').map((each) => getComputedStyle(each).breakInside)
            .filter((rule) => rule !== 'avoid').length,
        high: of('figure, .player').filter(shown).map((e) => e.getBoundingClientRect().height),
        still: of('.player svg').filter(shown).length,
        page: getComputedStyle(document.body).backgroundColor,
        words: getComputedStyle(document.body).color,
    };
}"""


def test_a_lesson_prints_as_a_chapter(opened):
    page = opened(PAGE, size=(666, 980), theme="dark")  # A4 less its margins, in px
    page.evaluate("() => { document.documentElement.dataset.jpThemeLight = 'false'; }")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.evaluate(FRAMES)
    seen = page.evaluate(PRINTED)
    assert (seen["controls"], seen["folded"], seen["torn"]) == (0, 0, 0), seen
    assert seen["still"] >= 2 and max(seen["high"]) < 980, "a figure is higher than a sheet"
    assert (seen["page"], seen["words"]) == ("rgb(255, 255, 255)", "rgb(31, 35, 40)")
    page.emulate_media(media="screen")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator(".further:not([open])").count() > 3, "what was folded stays open"


def test_a_chapter_is_on_a4_and_holds_what_is_folded(opened):
    page = opened(PAGE)
    printed = page.pdf(prefer_css_page_size=True)
    sides = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {tuple(round(float(x)) for x in side) for side in sides} == {(595, 842)}
    assert 10 <= len(sides) <= 30
    assert page.locator(".further:not([open])").count() > 3


def test_a_page_is_walked_through_by_keyboard(opened):
    page = opened("index.html")
    seen = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.textContent.trim()"))
    bar = ["To the text", "Down the Ravine", "Lessons", "Index", "What to turn", "Slides"]
    assert seen[:6] == bar and seen[6].startswith("Search") and seen[7] == "Dark"


def test_an_explorer_whose_script_does_not_start_keeps_its_picture_and_says_so(browser, book):
    policy = """<meta http-equiv="Content-Security-Policy" content="script-src 'none'">"""
    forbidden = (book / PAGE).read_text("utf-8").replace("<head>", f"<head>{policy}")
    write(book / "forbidden.html", forbidden)
    shown = {}
    for kind in ("whole", "forbidden", "broken"):
        context = browser.new_context()
        page = context.new_page()
        if kind == "broken":
            page.add_init_script("delete window.ResizeObserver")
        page.goto(f"{book.as_uri()}/{'forbidden.html' if kind == 'forbidden' else PAGE}")
        note, still = page.locator(".unstarted"), page.locator(".player .still img, .still svg")
        expect(page.locator(".player .drc-player")).to_have_count(int(kind == "whole"))
        expect(note).to_have_count(int(kind != "whole"))
        if kind != "whole":
            expect(note).to_be_visible(timeout=30_000)
            expect(still.first).to_be_visible()
            assert "did not start" in note.inner_text()
        shown[kind] = page.locator(".player button").count()
        context.close()
    assert shown["whole"] > 0 == shown["forbidden"] == shown["broken"]
