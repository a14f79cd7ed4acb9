"""The explorer of directions in a browser: what the player draws is what Python draws."""

import pytest

from course_utils.explorers import Directions
from tests.browser.test_explorers_in_browser import assert_drawn_as


@pytest.fixture(scope="module")
def page(open_code):
    """The explorer alone on a page."""
    return open_code(
        "directions", "from course_utils.explorers import Directions\nDirections(n=30, step=5)"
    )


def test_presets_are_drawn_and_said_as_python_does(page):
    shown = page.explorer(0)
    for name in Directions.presets:
        page.press_button(name, shown)
        explorer = Directions(n=30, step=5)
        explorer.preset(name)
        assert page.says(shown, explorer.caption()) == explorer.caption()
        page.settle()
        assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_the_number_of_directions_and_the_spectrum_change_by_hand(page):
    shown, explorer = page.explorer(0), Directions(n=30, step=5)
    page.press(page.slider("directions", shown), "ArrowLeft", "ArrowLeft")
    explorer.n = 28
    assert page.says(shown, explorer.caption()) == explorer.caption()
    shown.locator("select").select_option("two groups")
    explorer.spectrum = "two groups"
    assert page.says(shown, explorer.caption()) == explorer.caption()
    page.settle()
    assert_drawn_as(explorer, shown)
    assert not page.complaints
