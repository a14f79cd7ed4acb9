"""The explorer of budgets in a browser: the ranking moves with the budget, and says so."""

import pytest

from course_utils.explorers import Budget
from tests.browser.test_explorers_in_browser import assert_drawn_as


@pytest.fixture(scope="module")
def page(open_code):
    """The explorer alone on a page."""
    return open_code("budget", "from course_utils.explorers import Budget\nBudget(step=3)")


def test_presets_are_drawn_and_said_as_python_does(page):
    shown = page.explorer(0)
    for name in Budget.presets:
        page.press_button(name, shown)
        explorer = Budget(step=3)
        explorer.preset(name)
        assert page.says(shown, explorer.caption()) == explorer.caption()
        page.settle()
        assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_the_budget_is_the_step_and_needs_no_python(page):
    shown, explorer = page.explorer(0), Budget(step=3)
    for button, step in (("Step", 4), ("Step", 5), ("Back", 4)):
        page.press_button(button, shown)
        explorer.step = step
        assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)
    page.press_button("Reset", shown)


def test_another_task_and_a_favourite(page):
    shown, explorer = page.explorer(0), Budget(step=3)
    choices = shown.locator("select")
    choices.nth(0).select_option("ravine, turned")
    choices.nth(2).select_option("momentum")
    page.press(page.slider("trials of the others, %", shown), "ArrowLeft", "ArrowLeft")
    explorer.set(task="ravine, turned", favourite="momentum", others=80)
    assert page.says(shown, explorer.caption()) == explorer.caption()
    page.settle()
    assert_drawn_as(explorer, shown)
    assert not page.complaints
