"""The explorer of turned axes in a browser: angle, κ, the switch, and what the player draws."""

import pytest

from course_utils.explorers import TurnedAxes
from tests.browser.test_explorers_in_browser import assert_drawn_as


@pytest.fixture(scope="module")
def page(open_code):
    """The explorer alone on a page."""
    return open_code(
        "turned_axes", "from course_utils.explorers import TurnedAxes\nTurnedAxes(step=40)"
    )


def test_presets_are_drawn_and_said_as_python_does(page):
    shown = page.explorer(0)
    for name in TurnedAxes.presets:
        page.press_button(name, shown)
        explorer = TurnedAxes(step=40)
        explorer.preset(name)
        assert page.says(shown, explorer.caption()) == explorer.caption()
        page.settle()
        assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_the_ravine_is_turned_by_key_and_tuned_again(page):
    shown, explorer = page.explorer(0), TurnedAxes(step=40)
    page.press(page.slider("angle θ in degrees", shown), "ArrowRight", "ArrowRight")
    explorer.theta = 3.0
    assert page.says(shown, explorer.caption()) == explorer.caption()
    page.press_button("tune again", shown)
    explorer.again = True
    assert page.says(shown, explorer.caption()) == explorer.caption()
    shown.locator("select").select_option("100")
    page.settle()
    explorer.kappa = 100
    assert page.says(shown, explorer.caption()) == explorer.caption()
    page.settle()
    assert_drawn_as(explorer, shown)
    assert not page.complaints
