"""Edge, rescaling and two wells in a browser: presets, the rule, the sliders."""

import pytest

from course_utils.explorers import Edge, Rescaling, Wells
from course_utils.explorers.edge.model import ADAPTIVE
from tests.browser.test_explorers_in_browser import assert_drawn_as

KINDS = {"Edge": (0, Edge), "Rescaling": (1, Rescaling), "Wells": (2, Wells)}
STEPS = {"Edge": 60, "Rescaling": 20, "Wells": 40}


@pytest.fixture(scope="module")
def page(open_code):
    """All three on a page."""
    return open_code(
        "edge",
        "from course_utils.explorers import Edge\nEdge(step=60)",
        "from course_utils.explorers import Rescaling\nRescaling(step=20)",
        "from course_utils.explorers import Wells\nWells(step=40)",
    )


@pytest.mark.parametrize("name", KINDS)
def test_presets_are_drawn_and_said_as_python_does(page, name):
    place, kind = KINDS[name]
    shown, start = page.explorer(place), STEPS[name]
    for preset in kind.presets:
        page.press_button(preset, shown)
        page.settle()
        explorer = kind(step=start)
        explorer.preset(preset)
        assert page.says(shown, explorer.caption()) == explorer.caption()
        assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_a_rule_is_chosen_and_the_dots_move_with_the_step(page):
    shown, explorer = page.explorer(0), Edge(step=60)
    shown.locator("select").select_option(ADAPTIVE)
    page.press_button("Step", shown)
    page.settle()
    explorer.set(rule=ADAPTIVE, step=61)
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)
    assert not page.complaints


def test_the_runs_move_when_rule_noise_and_rate_do(page):
    shown, explorer = page.explorer(2), Wells(step=40)
    shown.locator("select").select_option(ADAPTIVE)
    page.press(page.slider("noise of the gradient σ", shown), "ArrowRight")
    page.press(page.slider("learning rate η", shown), "ArrowRight")
    page.press_button("Step", shown)
    page.settle()
    explorer.set(rule=ADAPTIVE, noise=12.0, lr=10**-1.8, step=41)
    assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)
    assert not page.complaints
