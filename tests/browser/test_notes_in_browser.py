"""The speaker's window of the slides, in Chromium, from a folder, with the network cut."""

from __future__ import annotations

import pytest

from tests.browser.test_site_in_browser import serious
from tools import plans
from tools.publish.lesson import lessons
from tools.publish.slides import write_slides


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The slides of lesson 04."""
    target = tmp_path_factory.mktemp("slides") / "built"
    write_slides(target, lessons(["04"]))
    return target


def test_notes_follow_the_slides_in_a_window_of_their_own(browser, folder):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_offline(True)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{folder.as_uri()}/04_momentum.html")
    page.wait_for_selector(".ready", state="attached")
    with context.expect_page() as opened:
        page.evaluate("() => document.getElementById('notes').click()")
    view = opened.value
    plan = plans.plans()["04"]
    assert plan.board[:30] in view.locator("#plan").inner_text()
    assert view.locator("#since").inner_text() == "Minute 0"
    titles = page.locator(".slide").evaluate_all("(all) => all.map((one) => one.ariaLabel)")
    number = titles.index("Play") + 1
    page.evaluate("(n) => { location.hash = n; }", number)
    page.wait_for_function(f"() => place.textContent.startsWith('Slide {number} ')")
    said = view.locator("#plan").inner_text()
    for row in plan.rows[90]:
        assert (row.do in said) == (row.at == "Play")
    assert plans.poll_of(plan.rows[90][6], "04").question.ask in said
    assert view.locator("#here").inner_text().startswith(f"{number} / ")
    assert view.locator("#next").inner_text().startswith("Next: ")
    assert serious(view) == []
    assert page.locator(".slide .notes").count() == 0, "notes stand on a slide"
    context.close()
    assert not faults, faults


def test_a_browser_that_opens_no_window_is_told(browser, folder):
    page = browser.new_page()
    page.goto(f"{folder.as_uri()}/04_momentum.html")
    page.wait_for_selector(".ready", state="attached")
    page.evaluate("() => { window.open = () => null; }")
    page.evaluate("() => document.getElementById('notes').click()")
    assert "blocked the window" in page.locator("#place").inner_text()
    page.close()
