"""What every engine is asked holds in Chromium, and can fail."""

import pytest

from tests.browser import everywhere
from tests.browser.engines import Chromium


@pytest.fixture(scope="module")
def page(browser):
    """A page for both tests: the second time JupyterLab is loaded from what the browser keeps."""
    context = browser.new_context()
    yield Chromium(context.new_page())
    context.close()


def test_the_explorers_do_what_a_hand_asks(page, lab):
    assert list(everywhere.in_lab(page, lab)) == []


def test_an_explorer_that_is_not_there_is_told(page, lab, monkeypatch):
    monkeypatch.setattr(everywhere, "SOURCES", ("1 / 0",))
    (said,) = everywhere.in_lab(page, lab)
    assert said.startswith("the explorers are not drawn: [") and "ZeroDivisionError" in said
