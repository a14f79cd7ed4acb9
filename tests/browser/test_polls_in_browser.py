"""The polls alone on the wall, in Chromium, from a folder, with the network cut."""

from __future__ import annotations

import contextlib

import pytest

from tests.browser.everywhere import PHONE, SIDEWAYS
from tests.browser.test_site_in_browser import serious
from tools.publish.lesson import lessons
from tools.publish.polls import write_polls

WALL, LAPTOP = (1920, 1080), (1366, 768)
POLL = "04-gain-ratio"
RIGHT = "19 times"
BEYOND = "() => document.documentElement.scrollHeight - innerHeight"
LETTERS = "() => parseFloat(getComputedStyle(document.querySelector('.now li')).fontSize)"
BEHIND_THE_BAR = """() => {
    const bar = document.querySelector('.bar').getBoundingClientRect();
    return [...document.querySelectorAll('.now h3, .now li, .now details p')]
        .some((one) => one.getBoundingClientRect().bottom > bar.top);
}"""


@pytest.fixture(scope="module")
def polls(tmp_path_factory, browser):
    """`polls(poll, size, theme)`: the page at a poll, or its list; nothing but files is let in."""
    folder = tmp_path_factory.mktemp("polls")
    write_polls(folder, lessons())

    @contextlib.contextmanager
    def open_page(poll: str = "", size=WALL, theme: str = "light", clock: bool = False):
        context = browser.new_context(
            viewport=dict(zip(("width", "height"), size, strict=True)), color_scheme=theme
        )
        context.set_offline(True)
        page, faults = context.new_page(), []
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if clock:
            page.clock.install()
        page.goto(f"{folder.as_uri()}/polls.html" + (f"#{poll}" if poll else ""))
        if poll:
            page.wait_for_selector(".poll.now")
        yield page
        context.close()
        assert not faults, faults

    return open_page


@pytest.mark.parametrize("size", [WALL, LAPTOP], ids=["wall", "laptop"])
def test_each_poll_fits_on_the_wall_with_its_answer(polls, size):
    with polls(size=size) as page:
        names = page.evaluate("() => [...document.querySelectorAll('.poll')].map((one) => one.id)")
        assert len(names) >= 50
        for name in names:
            page.evaluate("(name) => { location.hash = name; }", name)
            page.wait_for_selector(f"[id='{name}'].now")
            page.evaluate("() => reveal.click()")
            assert page.evaluate(BEYOND) <= 0 and page.evaluate(SIDEWAYS) <= 0, name
            assert not page.evaluate(BEHIND_THE_BAR), name
            assert page.evaluate(LETTERS) >= 0.035 * size[1], name


def test_space_leads_through_a_poll_and_arrows_to_the_next(polls):
    with polls(POLL, clock=True) as page:
        clock, answer = page.locator("#clock"), page.locator(".now details p")
        assert not clock.is_visible() and not answer.is_visible()
        page.keyboard.press(" ")
        assert clock.inner_text() == "0:30"
        page.clock.run_for(10_000)
        assert clock.inner_text() == "0:20"
        page.clock.run_for(25_000)
        assert (
            clock.inner_text() == "Hands up" and page.locator("#told").inner_text() == "Hands up."
        )
        page.keyboard.press(" ")
        assert clock.inner_text() == "2:00"
        page.keyboard.press(" ")
        assert answer.is_visible() and RIGHT in answer.inner_text() and not clock.is_visible()
        assert page.locator(".now .shown").inner_text().startswith(RIGHT)
        assert RIGHT in page.locator("#told").inner_text()
        first = page.locator(".now").get_attribute("id")
        page.keyboard.press(" ")
        page.wait_for_function(f"() => document.querySelector('.now').id !== '{first}'")
        assert not page.locator(".now details p").is_visible()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(f"() => document.querySelector('.now').id === '{first}'")
        assert not answer.is_visible(), "the answer is open when one comes back"
        assert page.locator(".poll:visible").count() == 1
        page.keyboard.press("Escape")
        assert page.locator(".poll:visible").count() > 50 and not page.locator(".bar").is_visible()


def test_every_control_works_by_name(polls):
    with polls(POLL) as page:
        for name in ("30 seconds", "2 minutes"):
            page.get_by_role("button", name=name).click()
            assert page.get_by_role("timer").is_visible()
        page.get_by_role("button", name="Show the answer").click()
        assert (
            page.get_by_role("button", name="Hide the answer").get_attribute("aria-pressed")
            == "true"
        )
        page.get_by_role("button", name="Hide the answer").click()
        assert not page.locator(".now details p").is_visible()
        page.get_by_role("button", name="Next").click()
        page.wait_for_function(f"() => document.querySelector('.now').id !== '{POLL}'")
        page.get_by_role("button", name="Back").click()
        page.wait_for_function(f"() => document.querySelector('.now').id === '{POLL}'")
        page.get_by_role("button", name="All polls").click()
        assert page.get_by_role("heading", name="Polls", exact=True).is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_list_and_poll_are_accessible(polls, theme):
    with polls(theme=theme) as page:
        assert serious(page) == []
    with polls(POLL, theme=theme) as page:
        page.get_by_role("button", name="2 minutes").click()
        assert serious(page) == []
        page.get_by_role("button", name="Show the answer").click()
        assert serious(page) == []


def test_a_screen_reader_hears_the_poll_and_its_answer_when_it_is_shown(polls):
    with polls(POLL) as page:
        poll = page.get_by_role("article")
        tree = poll.aria_snapshot()
        assert "heading" in tree and "list" in tree and "listitem: 19 times" in tree
        assert "does not cancel" not in tree
        page.get_by_role("button", name="Show the answer").click()
        assert "does not cancel" in poll.aria_snapshot()
        assert "does not cancel" in page.get_by_role("status").inner_text()


def test_a_phone_scrolls_down_only(polls):
    for poll in ("", POLL):
        with polls(poll, size=PHONE) as page:
            assert page.evaluate(SIDEWAYS) <= 0


def test_an_address_that_names_no_poll_shows_the_list(polls):
    for name in ("nowhere", "%"):
        with polls() as page:
            page.goto(f"{page.url}#{name}")
            assert page.locator(".poll:visible").count() > 50


def test_without_scripts_the_polls_are_a_list_with_folded_answers(polls, browser):
    with polls() as page:
        address = page.url
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    first = page.locator(".poll").first
    assert not first.locator("details p").is_visible()
    first.locator("summary").click()
    assert first.locator("details p").is_visible()
    context.close()
