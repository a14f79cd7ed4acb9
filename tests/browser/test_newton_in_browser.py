"""The surface of lesson 02's explorer chosen in the browser: point, ranges and picture follow."""

import pytest

from course_utils.explorers import NewtonArrows


@pytest.fixture(scope="module")
def page(open_code):
    """The explorer alone on a page."""
    return open_code("newton", "from course_utils.explorers import NewtonArrows\nNewtonArrows()")


def test_a_surface_is_chosen_and_left_again(page):
    shown, explorer = page.explorer(0), NewtonArrows()
    for name in ("saddle", "Rosenbrock's valley", "ravine", "saddle"):
        shown.locator("select").select_option(name)
        page.settle()
        explorer.surface = name
        assert page.says(shown, explorer.caption()) == explorer.caption()
    page.press_button("Reset", shown)
    assert page.says(shown, NewtonArrows().caption()) == NewtonArrows().caption()
    assert not page.complaints


def test_presets_of_all_surfaces(page):
    shown = page.explorer(0)
    for name in NewtonArrows.presets:
        page.press_button(name, shown)
        explorer = NewtonArrows()
        explorer.preset(name)
        assert page.says(shown, explorer.caption()) == explorer.caption()
