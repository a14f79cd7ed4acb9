"""The explorers of lesson 10 in a browser: presets, a click on the map, what the player draws."""

import pytest

from course_utils.explorers import FailingSequence, SpuriousFeatures
from course_utils.explorers.failing_sequence import MAIN
from tests.browser.test_explorers_in_browser import assert_drawn_as

KINDS = {FailingSequence: {"step": 40}, SpuriousFeatures: {"step": 20}}
CODE = """
from course_utils.explorers import FailingSequence, SpuriousFeatures
from IPython.display import display
display(FailingSequence(step=40), SpuriousFeatures(step=20))
"""


@pytest.fixture(scope="module")
def page(open_code):
    """Both explorers on a page."""
    return open_code("failures", CODE)


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_presets_are_drawn_and_said_as_python_does(page, number):
    kind, opened = list(KINDS.items())[number]
    shown = page.explorer(number)
    for name in kind.presets:
        page.press_button(name, shown)
        page.settle()
        explorer = kind(**opened)
        explorer.preset(name)
        assert page.says(shown, explorer.caption()) == explorer.caption()
        assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_a_click_on_the_map_takes_a_loudness_and_a_memory(page):
    shown, explorer = page.explorer(0), FailingSequence(step=40)
    x, y = MAIN.pixels(2.0, 300.0)
    page.click_player(shown, x / 960, y / 466)
    page.settle()
    explorer.set(**explorer.clicked(float(x), float(y)))
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_one_step_on(page):
    shown, explorer = page.explorer(1), SpuriousFeatures(step=21)
    page.press_button("Step", shown)
    page.settle()
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert not page.complaints
