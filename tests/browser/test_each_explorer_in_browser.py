"""Each explorer by key, choice and click: the page says and draws what Python does.

Those that most is asked of have files of their own; these share a page and its kernel.
"""

from __future__ import annotations

import pytest

from course_utils import explorers
from course_utils.explorers.cloud.model import COSINE
from course_utils.explorers.edge.model import ADAPTIVE
from course_utils.explorers.failing_sequence import MAIN
from course_utils.explorers.memory import GAIN, WAVE
from tests.browser.test_explorers_in_browser import assert_drawn_as

OPENED = {
    "Budget": {"step": 3},
    "Cloud": {"step": 60},
    "Directions": {"n": 30, "step": 5},
    "Edge": {"step": 60},
    "FailingSequence": {"step": 40},
    "Landscapes": {"step": 3},
    "Memory": {"step": 60},
    "NewtonArrows": {},
    "Rescaling": {"step": 20},
    "SpuriousFeatures": {"step": 20},
    "TurnedAxes": {"step": 40},
    "Wells": {"step": 40},
}
# A preset of these trains networks or cuts through them, here and in the page's kernel: it takes
# seconds. What each preset draws is looked at in tests/explorers.
SOME = {
    "Budget": ("One side tunes", "Experts' ranges"),
    "Edge": ("Large", "With Adam"),
    "Landscapes": ("Shallow", "Batch norm helps"),
}


def new(name: str, **more):
    """This explorer here, as the page opened it, with other settings."""
    explorer = getattr(explorers, name)(**OPENED[name])
    explorer.set(**more)
    return explorer


@pytest.fixture(scope="module")
def page(open_code):
    """One below the other on a page."""
    source = "from course_utils.explorers import {0}\n{0}(**{1!r})"
    shown = open_code("each", *(source.format(*one) for one in OPENED.items()))
    assert not shown.bad_outputs, shown.bad_outputs
    return shown


@pytest.fixture
def opened(page):
    """`opened(name)`: this explorer on the page; after the test it is as it was opened."""
    taken = []

    def take(name):
        taken.append(page.explorer(list(OPENED).index(name)))
        return taken[-1]

    yield take
    for shown in taken:
        page.press_button("Reset", shown)


def assert_shown(page, shown, explorer) -> None:
    """The browser says and draws what Python does."""
    assert page.says(shown, explorer.caption()) == explorer.caption()
    page.settle()
    assert_drawn_as(explorer, shown)


@pytest.mark.parametrize("name", OPENED)
def test_presets_are_drawn_and_said_as_python_does(page, opened, name):
    shown, kind = opened(name), getattr(explorers, name)
    for preset in SOME.get(name, kind.presets):
        page.press_button(preset, shown)
        explorer = new(name)
        explorer.preset(preset)
        assert_shown(page, shown, explorer)


def test_the_budget_is_the_step_and_needs_no_python(page, opened):
    shown = opened("Budget")
    for button, step in (("Step", 4), ("Step", 5), ("Back", 4)):
        page.press_button(button, shown)
        explorer = new("Budget", step=step)
        assert page.says(shown, explorer.caption()) == explorer.caption()
    assert_drawn_as(explorer, shown)


def test_another_task_and_a_favourite(page, opened):
    shown = opened("Budget")
    choices = shown.locator("select")
    choices.nth(0).select_option("ravine, turned")
    choices.nth(2).select_option("momentum")
    page.press(page.slider("trials of the others, %", shown), "ArrowLeft", "ArrowLeft")
    explorer = new("Budget", task="ravine, turned", favourite="momentum", others=80)
    assert_shown(page, shown, explorer)


def test_cloud_and_ellipse_move_with_the_step(page, opened):
    shown = opened("Cloud")
    page.press(page.slider("step", shown), "ArrowRight", "ArrowRight", "ArrowRight")
    assert_shown(page, shown, new("Cloud", step=63))


def test_a_schedule_is_chosen_and_the_batch_is_doubled(page, opened):
    shown = opened("Cloud")
    shown.locator("select").select_option(COSINE)
    page.press(page.slider("batch B", shown), "ArrowRight")
    assert_shown(page, shown, new("Cloud", schedule=COSINE, batch=16))


def test_the_number_of_directions_and_the_spectrum_change_by_hand(page, opened):
    shown = opened("Directions")
    page.press(page.slider("directions", shown), "ArrowLeft", "ArrowLeft")
    caption = new("Directions", n=28).caption()
    assert page.says(shown, caption) == caption
    shown.locator("select").select_option("two groups")
    assert_shown(page, shown, new("Directions", n=28, spectrum="two groups"))


def test_a_rule_is_chosen_and_the_dots_move_with_the_step(page, opened):
    shown = opened("Edge")
    shown.locator("select").select_option(ADAPTIVE)
    page.press_button("Step", shown)
    assert_shown(page, shown, new("Edge", rule=ADAPTIVE, step=61))


def test_the_runs_move_when_rule_noise_and_rate_do(page, opened):
    shown = opened("Wells")
    shown.locator("select").select_option(ADAPTIVE)
    page.press(page.slider("noise of the gradient σ", shown), "ArrowRight")
    page.press(page.slider("learning rate η", shown), "ArrowRight")
    page.press_button("Step", shown)
    assert_shown(page, shown, new("Wells", rule=ADAPTIVE, noise=12.0, lr=10**-1.8, step=41))


def test_a_click_on_the_map_takes_a_loudness_and_a_memory(page, opened):
    shown, explorer = opened("FailingSequence"), new("FailingSequence")
    x, y = MAIN.pixels(2.0, 300.0)
    page.click_player(shown, x / 960, y / 466)
    explorer.set(**explorer.clicked(float(x), float(y)))
    assert_shown(page, shown, explorer)


def test_one_step_on(page, opened):
    shown, explorer = opened("SpuriousFeatures"), new("SpuriousFeatures", step=21)
    page.press_button("Step", shown)
    assert page.says(shown, explorer.caption()) == explorer.caption()


def test_a_kind_is_chosen_and_the_cut_turns(page, opened):
    shown = opened("Landscapes")
    shown.locator("select").nth(1).select_option("both")
    for _ in range(2):
        page.press_button("Step", shown)
    assert_shown(page, shown, new("Landscapes", right="both", step=5))


def test_a_series_is_chosen_and_the_weights_ride_along(page, opened):
    shown = opened("Memory")
    shown.locator("select").select_option("a jump")
    page.press_button("Back", shown)
    assert_shown(page, shown, new("Memory", series="a jump", step=59))


def test_a_click_on_the_gain_sets_the_frequency(page, opened):
    shown, explorer = opened("Memory"), new("Memory", series=WAVE, period=4.0)
    page.click_player(shown, (GAIN.x + 0.5 * GAIN.width) / 960, (GAIN.y + 10) / 466)
    assert page.says(shown, explorer.caption()) == explorer.caption()


def test_a_surface_is_chosen_and_left_again(page, opened):
    shown = opened("NewtonArrows")
    for name in ("saddle", "Rosenbrock's valley", "ravine", "saddle"):
        shown.locator("select").select_option(name)
        caption = new("NewtonArrows", surface=name).caption()
        assert page.says(shown, caption) == caption
    page.press_button("Reset", shown)
    caption = new("NewtonArrows").caption()
    assert page.says(shown, caption) == caption


def test_the_ravine_is_turned_by_key_and_tuned_again(page, opened):
    shown, explorer = opened("TurnedAxes"), new("TurnedAxes", theta=3.0)
    page.press(page.slider("angle θ in degrees", shown), "ArrowRight", "ArrowRight")
    assert page.says(shown, explorer.caption()) == explorer.caption()
    page.press_button("tune again", shown)
    explorer.again = True
    assert page.says(shown, explorer.caption()) == explorer.caption()
    shown.locator("select").select_option("100")
    explorer.kappa = 100
    assert_shown(page, shown, explorer)


def test_none_of_this_is_complained_of(page):
    assert not page.complaints
