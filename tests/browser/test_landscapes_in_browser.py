"""The explorer of landscapes in a browser: presets, the two kinds, and a cut that turns."""

import pytest

from course_utils.explorers import Landscapes
from tests.browser.test_explorers_in_browser import assert_drawn_as


@pytest.fixture(scope="module")
def page(open_code):
    """The explorer on a page."""
    return open_code(
        "landscapes", "from course_utils.explorers import Landscapes\nLandscapes(step=3)"
    )


@pytest.mark.parametrize("preset", ["Shallow", "Batch norm helps"])
def test_presets_are_drawn_and_said_as_python_does(page, preset):
    shown, explorer = page.explorer(), Landscapes(step=3)
    page.press_button(preset, shown)
    page.settle()
    explorer.preset(preset)
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_a_kind_is_chosen_and_the_cut_turns(page):
    shown, explorer = page.explorer(), Landscapes(step=3)
    shown.locator("select").nth(1).select_option("both")
    for _ in range(2):
        page.press_button("Step", shown)
    page.settle()
    explorer.set(right="both", step=5)
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)
    assert not page.complaints
