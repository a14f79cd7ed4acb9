"""The explorer of memory in a browser: clicks, the switch, and what the player draws."""

import pytest

from course_utils.explorers import Memory
from course_utils.explorers.memory import GAIN, WAVE
from tests.browser.test_explorers_in_browser import assert_drawn_as


@pytest.fixture(scope="module")
def page(open_code):
    """The explorer alone on a page."""
    return open_code("memory", "from course_utils.explorers import Memory\nMemory(step=60)")


def test_presets_are_drawn_and_said_as_python_does(page):
    shown = page.explorer(0)
    for name in Memory.presets:
        page.press_button(name, shown)
        page.page.wait_for_timeout(400)
        explorer = Memory(step=60)
        explorer.preset(name)
        assert page.says(shown, explorer.caption()) == explorer.caption()
        assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_a_series_is_chosen_and_the_weights_ride_along(page):
    shown, explorer = page.explorer(0), Memory(step=60)
    shown.locator("select").select_option("a jump")
    page.press_button("Back", shown)
    page.page.wait_for_timeout(600)
    explorer.set(series="a jump", step=59)
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_a_click_on_the_gain_sets_the_frequency(page):
    shown, explorer = page.explorer(0), Memory(step=60)
    page.click_player(shown, (GAIN.x + 0.5 * GAIN.width) / 960, (GAIN.y + 10) / 466)
    page.page.wait_for_timeout(600)
    explorer.set(series=WAVE, period=4.0)
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert not page.complaints
