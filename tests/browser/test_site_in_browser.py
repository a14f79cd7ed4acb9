"""The site and the slides in Chromium, from the folder, with the network cut."""

from __future__ import annotations

import contextlib
import itertools
import re
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.engines import Chromium
from tests.browser.everywhere import BROKEN, PHONE, SIDEWAYS, on_site
from tools.publish.lesson import lessons
from tools.publish.site import write_site

LESSONS = lessons()
# By number: the whole name of a lesson would send its tests to another worker, and build twice.
MOVING = {lesson.number: lesson.path.stem for lesson in LESSONS}
# Lessons first, in the same places as in MOVING: so pytest asks all of one page before the next.
PAGES = {**MOVING, "index": "index", "terms": "terms", "knobs": "knobs", "missing": "404"}
# No parameter of its own: pytest would open each page again for it.
THEMES = dict(zip(PAGES, itertools.cycle(("light", "dark")), strict=False))
SIZES = (1920, 1080), (1366, 768)
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
FAULTS = """async (options) => {
    const wanted = { preload: false, resultTypes: ['violations'], ...options };
    const found = (await axe.run(document, wanted)).violations;
    const severe = found.filter(({ impact }) => ['serious', 'critical'].includes(impact));
    return severe.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}"""
# Thousands of words of code look alike: of each kind the first one stays, the others become text.
# A drawing is one image to a reader, and a formula one formula: what they are made of may go.
ONE_OF_A_KIND = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll('pre span')) {
        const kind = [word.className, word.parentElement.className].join();
        if (seen.has(kind)) word.replaceWith(...word.childNodes); else seen.add(kind);
    }
    document.querySelectorAll('pre').forEach((text) => text.normalize());
    document.querySelectorAll('svg > *, math > *').forEach((part) => part.remove());
}"""
PLAYER = "() => document.querySelector('.player .drc-player').innerHTML"
SETTINGS = """(player) => [...player.querySelectorAll('[aria-label=Settings] *')].map((button) => {
    button.click();
    const chosen = player.querySelectorAll('[aria-pressed=true]');
    const words = player.querySelector('[role=status]').textContent;
    return chosen.length === 1 && chosen[0] === button && words.length > 20;
})"""
ALL_SLIDES = """.slide { visibility: visible !important; position: relative !important; }
body, #deck { overflow: visible !important; position: static !important; height: auto !important; }
#deck { transform: none !important; }"""
FRAMES = "() => new Promise((done) => { let n = 6; const f = () => n-- ? requestAnimationFrame(f) : done(); f(); })"  # noqa: E501
OVERFLOW = """() => [...document.querySelectorAll('.slide')].flatMap((slide, k) => {
    const body = slide.querySelector('.body'), edge = slide.getBoundingClientRect(), found = [];
    if (!body.childElementCount) found.push('empty');
    const lists = [...body.querySelectorAll('.options')];
    if (lists.some((list) => list.start > 1)) found.push('half a poll');
    if (body.scrollHeight > body.clientHeight + 1) found.push('too tall');
    if (body.scrollWidth > body.clientWidth + 1) found.push('too wide');
    for (const part of body.querySelectorAll('*')) {
        const place = part.getBoundingClientRect();
        const out = place.right > edge.right + 1 || place.bottom > edge.bottom + 1;
        if (place.width && out && !part.closest('svg')) found.push(`${part.tagName} sticks out`);
    }
    const words = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
        const held = words.currentNode.parentElement;
        const seen = words.currentNode.textContent.trim() && held.getClientRects().length;
        const size = parseFloat(getComputedStyle(held).fontSize);
        const least = held.closest('.drc-mark') ? 23.9 : 27.9;
        if (seen && !held.closest('svg, math') && size < least) found.push(`${size} px of text`);
        const drawn = held.closest('.drc-player > svg');
        if (!seen || !drawn) continue;
        const { width, height } = drawn.viewBox.baseVal;
        const scale = Math.min(drawn.clientWidth / width, drawn.clientHeight / height);
        if (scale * size < 19.9) found.push(`${scale * size} px in a picture`);
    }
    return found.map((what) => `slide ${k + 1}: ${what}`);
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the site is written, when a test first opens a page of it."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture(scope="module")
def site(folder) -> None:
    """The site, in its own folder."""
    write_site(folder / "site")


@pytest.fixture(scope="module")
def offline(request, browser, folder):
    """`offline(file, theme, size)`: a page of the folder, watched; nothing but files is let in."""

    @contextlib.contextmanager
    def open_page(file: str, theme: str = "light", size=SIZES[1], calm: bool = False):
        request.getfixturevalue(Path(file).parts[0])
        motion = "reduce" if calm else "no-preference"
        context = browser.new_context(
            viewport=dict(zip(("width", "height"), size, strict=True)),
            color_scheme=theme,
            reduced_motion=motion,
        )
        context.set_offline(True)
        page, faults = context.new_page(), []
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(f"not found: {request.url}"))
        own = folder.as_uri()
        page.on(
            "request", lambda r: None if r.url.startswith((own, "data:")) else faults.append(r.url)
        )
        page.goto(f"{own}/{file}")
        yield page
        context.close()
        assert not faults, faults

    return open_page


@pytest.fixture(scope="module")
def opened(request, offline):
    """A page of the site, opened once for all that is asked of it."""
    with offline(f"site/{PAGES[request.param]}.html") as page:
        yield page


def serious(page: Page, **options) -> list[str]:
    """What axe finds that is serious or critical."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE)
    return page.evaluate(FAULTS, options)


def test_the_theme_is_that_of_the_system_until_chosen(offline):
    background = "() => getComputedStyle(document.body).backgroundColor"
    with offline("site/01_the_ravine.html", theme="dark") as page:
        button = page.get_by_role("button", name="Dark", exact=True)
        dark = page.evaluate(background)
        assert button.get_attribute("aria-pressed") == "true"
        button.click()
        assert button.get_attribute("aria-pressed") == "false"
        light = page.evaluate(background)
        assert light != dark
        page.reload()
        assert page.evaluate(background) == light, "the choice is forgotten"


@pytest.mark.parametrize("opened", MOVING, indirect=True)
def test_pictures_move_on_play_and_not_before(opened, folder):
    before = opened.evaluate(PLAYER)
    opened.evaluate(FRAMES)
    assert opened.evaluate(PLAYER) == before
    assert opened.evaluate("() => document.getAnimations().length") == 0
    for image in opened.locator("img[src$='.svg']").all():
        drawn = (folder / "site" / image.get_attribute("src")).read_text("utf-8")
        assert "<animate" not in drawn, "a picture plays unasked"
    player = opened.locator(".player:has(.drc-player)").first
    slider = player.get_by_role("slider", name="step")
    settings = player.get_by_role("group", name="Settings").get_by_role("button")
    player.get_by_role("button", name="Play").click()
    begun = "(from) => ![from, '0'].includes(document.querySelector('.player input').value)"
    opened.wait_for_function(begun, arg=slider.input_value())
    assert opened.evaluate(PLAYER) != before
    player.get_by_role("button", name="Pause").click()
    rest, at = opened.evaluate(PLAYER), slider.input_value()
    opened.evaluate(FRAMES)
    assert opened.evaluate(PLAYER) == rest and slider.input_value() == at
    slider.press("Home")
    assert slider.input_value() == "0" and opened.evaluate(PLAYER) != rest
    slider.press("ArrowRight")
    assert slider.input_value() == "1" and player.locator(".value").inner_text() == "1"
    assert all(player.evaluate(SETTINGS)), "a setting shows nothing, or not that it is chosen"
    if settings.count():
        settings.first.click()
        assert opened.evaluate(PLAYER) == before


def test_a_link_of_the_index_opens_the_folded_section_that_it_leads_to(offline):
    with offline("site/terms.html") as page:
        link = page.locator("a[href^='06_']", has_text="ε").first
        link.click()
        page.wait_for_url("**/06_*.html#*")
        page.wait_for_function("""() => {
            const id = decodeURIComponent(location.hash.slice(1));
            const heading = document.getElementById(id), place = heading.getBoundingClientRect();
            const seen = place.top >= 0 && place.bottom <= innerHeight;  // after a scroll
            return id.includes("ε") && seen && heading.closest("details")?.open !== false;
        }""")
        page.goto(page.url.partition("#")[0] + "#nowhere")
        page.goto(page.url.partition("#")[0] + "#%")


def test_a_calm_reader_sees_whole_steps(offline):
    """With less motion asked for, the point is never between two steps."""
    seen = """(play) => new Promise((done) => {
        const player = document.querySelector('.player .drc-player');
        const slider = document.querySelector('.player input');
        const from = Number(slider.value), begun = performance.now(), states = new Set();
        document.querySelector('.player .play').click();
        const look = () => {
            states.add(player.innerHTML);
            const passed = (performance.now() - begun) / 1000, steps = Number(slider.value) - from;
            if (steps < 2) requestAnimationFrame(look); else done([states.size, passed, steps]);
        };
        look();
    })"""
    with offline("site/01_the_ravine.html", calm=True) as page:
        states, passed, steps = page.evaluate(seen)
        assert states <= steps + 1 and steps <= 2 * passed + 1


# How large the letters of drawings are on the glass; a drawing in a drawing shrinks with both.
LETTERS = """() => [...document.querySelectorAll('svg text')].filter(
    e => e.checkVisibility() && e.textContent.trim()).map(e => {
        let svg = e.ownerSVGElement;
        while (svg.ownerSVGElement) svg = svg.ownerSVGElement;
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        return [scale * parseFloat(getComputedStyle(e).fontSize), e.textContent]; })"""


@pytest.mark.parametrize("opened", PAGES, indirect=True)
def test_a_phone_scrolls_down_only_and_reads_every_word(opened):
    opened.set_viewport_size(dict(zip(("width", "height"), PHONE, strict=True)))
    opened.evaluate(FRAMES)
    assert opened.evaluate(SIDEWAYS) <= 0
    small = [letter for letter in opened.evaluate(LETTERS) if letter[0] < 10.9]
    assert not small, small[:5]
    assert not opened.evaluate(BROKEN)
    unreachable = opened.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(e => e.tabIndex !== 0 &&
            e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'auto')
            .map(e => e.outerHTML.slice(0, 100))"""
    )
    assert not unreachable


@pytest.mark.parametrize("opened", PAGES, indirect=True)
def test_a_page_is_accessible_in_one_of_the_themes(opened, request):
    """All pages have one style sheet; pages of both themes have each sort of thing."""
    theme = THEMES[request.node.callspec.params["opened"]]
    opened.set_viewport_size(dict(zip(("width", "height"), SIZES[1], strict=True)))
    opened.evaluate(ONE_OF_A_KIND)  # the last test of a page, as it takes away parts of it
    button = opened.get_by_role("button", name="Dark", exact=True)
    if theme == "dark":
        button.click()
    assert button.get_attribute("aria-pressed") == str(theme == "dark").lower()
    assert serious(opened) == []


def test_a_printed_page_is_whole(offline):
    """What lies beside the sheet is lost; A4 is 794 px wide, less its margins."""
    with offline("site/07_adam.html", size=(718, 1000)) as page:
        page.emulate_media(media="print")
        page.evaluate(FRAMES)
        beside = page.evaluate(
            """() => [...document.querySelectorAll('main *')].filter(
                e => !e.closest('math, svg svg, svg > *') &&
                e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility())
                .map(e => e.outerHTML.slice(0, 100))"""
        )
        assert not beside, beside[:3]


def test_what_is_asked_of_every_engine_holds_here(browser, site, folder):
    """Of two pages; the test of a phone asks the same of all."""
    context = browser.new_context()
    page = Chromium(context.new_page())
    assert list(on_site(page, folder / "site", files=("04_momentum.html", "index.html"))) == []
    context.close()


def test_a_page_reads_without_scripts(browser, site, folder):
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/site/04_momentum.html")
    assert page.locator(".player figure svg").first.is_visible()
    assert page.locator("math").first.is_visible()
    context.close()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_nothing_sticks_out_of_a_slide(offline, lesson):
    with offline(f"site/slides/{lesson.page}", size=SIZES[0]) as page:
        page.wait_for_selector(".ready", state="attached")
        assert page.evaluate(OVERFLOW) == []


def test_slides_are_accessible_and_turn_by_keyboard(offline):
    with offline("site/slides/01_the_ravine.html", size=SIZES[1]) as page:
        page.wait_for_selector(".ready", state="attached")
        scale = page.evaluate("() => document.getElementById('deck').getBoundingClientRect().width")
        assert abs(scale - 768 / 1080 * 1920) < 1 and page.evaluate(OVERFLOW) == []
        last = page.locator(".slide").count()
        for key, place in (
            ("ArrowRight", 2),
            (" ", 3),
            ("ArrowLeft", 2),
            ("End", last),
            ("Home", 1),
        ):
            page.keyboard.press(key)
            page.wait_for_function(f"() => place.textContent === 'Slide {place} of {last}'")
            assert page.locator(".slide:visible").count() == 1
        page.goto(page.url.split("#")[0] + "#5")
        page.wait_for_function(f"() => place.textContent === 'Slide 5 of {last}'")
        page.evaluate(ONE_OF_A_KIND)
        page.add_style_tag(content=ALL_SLIDES)
        assert serious(page) == []
        page.evaluate("() => document.getElementById('theme').click()")
        assert serious(page, runOnly={"type": "rule", "values": ["color-contrast"]}) == []


def test_the_sheet_of_knobs_prints_on_both_sides_of_one_a4(offline):
    with offline("site/knobs.html") as page:
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert printed.count(b"/Type /Page\n") <= 2
        sides = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        # A4 across in points, 297 by 210 mm.
        assert {tuple(round(float(x)) for x in side) for side in sides} == {(842, 595)}
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1055, "height": 726})  # what the margins leave, in px
        wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide)


def test_slides_print_one_a_page(offline):
    with offline("site/slides/01_the_ravine.html") as page:
        page.wait_for_selector(".ready", state="attached")
        count = page.locator(".slide").count()
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert printed.count(b"/Type /Page\n") == count
