"""The explorer of noise in a browser: the cloud moves, schedules are chosen, presets are drawn."""

import pytest

from course_utils.explorers import Cloud
from course_utils.explorers.cloud.model import COSINE
from tests.browser.test_explorers_in_browser import assert_drawn_as


@pytest.fixture(scope="module")
def page(open_code):
    """The explorer alone on a page."""
    return open_code("cloud", "from course_utils.explorers import Cloud\nCloud(step=60)")


def assert_shown(page, shown, explorer) -> None:
    """The browser says and draws what Python does."""
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)


def test_presets_are_drawn_and_said_as_python_does(page):
    shown = page.explorer(0)
    for name in Cloud.presets:
        page.press_button(name, shown)
        explorer = Cloud(step=60)
        explorer.preset(name)
        assert_shown(page, shown, explorer)
    page.press_button("Reset", shown)
    assert_shown(page, shown, Cloud(step=60))


def test_cloud_and_ellipse_move_with_the_step(page):
    shown, explorer = page.explorer(0), Cloud(step=60)
    page.press(page.slider("step", shown), "ArrowRight", "ArrowRight", "ArrowRight")
    explorer.step = 63
    assert_shown(page, shown, explorer)
    page.press_button("Reset", shown)


def test_a_schedule_is_chosen_and_the_batch_is_doubled(page):
    shown, explorer = page.explorer(0), Cloud(step=60)
    shown.locator("select").select_option(COSINE)
    page.press(page.slider("batch B", shown), "ArrowRight")
    page.settle()
    explorer.set(schedule=COSINE, batch=16)
    assert_shown(page, shown, explorer)
    page.press_button("Reset", shown)
    assert not page.complaints
