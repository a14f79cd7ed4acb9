"""A lesson that was saved and is opened again, when its kernel is long gone."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import ROOT
from tests.browser.page import EXPLORER

SOURCE = """
from course_utils.explorers import ZigZag
ZigZag(lr=0.03)
"""
NO_MODEL = "Error displaying widget"


@pytest.fixture(scope="module")
def reopened(pages, open_code):
    """A notebook with an explorer, run, saved, its kernel ended, and opened in a new page."""
    first = open_code("reopened", SOURCE)
    first.command("docmanager:save")
    first.command("notebook:shutdown-kernel")
    page = pages.lesson("reopened", fresh=True)
    yield page.open()
    page.close()


def test_an_explorer_comes_back_as_it_was_left(reopened):
    page = reopened.page
    expect(page.locator(EXPLORER)).to_be_visible()
    expect(page.locator(f"{EXPLORER} .drc-player svg").first).to_be_visible()
    rate = page.get_by_role("textbox", name="learning rate η, type a value", exact=True)
    expect(rate).to_have_text("0.0300")
    assert NO_MODEL not in page.locator(".jp-Notebook").inner_text()


def test_it_says_in_one_sentence_that_its_kernel_has_ended(reopened):
    page = reopened.page
    expect(page.locator(EXPLORER)).to_be_visible()
    said = page.locator(EXPLORER).get_by_role("alert").all_inner_texts()
    assert len(said) == 1 and "run the lesson again" in said[0]
    assert page.locator(f"{EXPLORER} .drc-controls > :not([inert])").count() == 0
    links = page.evaluate(
        """() => [...document.querySelectorAll('.jupyter-widgets-disconnected')].filter(e =>
            getComputedStyle(e, '::before').content !== 'none').length"""
    )
    assert links == 0, f"{links} icons of broken links"


def test_its_picture_still_plays(reopened):
    page = reopened.page
    shown = page.locator(EXPLORER)
    before = reopened.status(shown)
    shown.get_by_role("button", name="Play").click()
    expect(shown.get_by_role("status")).not_to_have_text(before)
    shown.get_by_role("button", name="Pause").click()
    assert not reopened.complaints


def test_a_lesson_that_was_only_opened_and_saved_is_as_it_was(lab, pages):
    name = "04_momentum"
    stored = lab.folder / f"{name}.ipynb"
    stored.write_bytes((ROOT / "notebooks" / f"{name}.ipynb").read_bytes())
    page = pages.lesson(name).open()
    before = stored.stat().st_mtime_ns
    page.command("docmanager:save")
    assert stored.stat().st_mtime_ns != before, "nothing was saved"
    assert stored.read_bytes() == (ROOT / "notebooks" / f"{name}.ipynb").read_bytes()
    pages.put_back(page)
