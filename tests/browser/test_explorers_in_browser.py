"""What an explorer does under a hand: the browser draws what Python draws, plays, obeys clicks."""

from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.explorers import Damping, ZigZag
from tests.browser.checks import same_where_seen

SOURCES = {
    "damping": "from course_utils.explorers import Damping\nDamping(step=6)",
    "zig_zag": "from course_utils.explorers import ZigZag\nZigZag(step=12)",
    "first_steps": "from course_utils.explorers import FirstSteps\nFirstSteps()",
    "prediction": (
        "from course_utils.exercises import predict\nfrom course_utils.explorers import ZigZag\n"
        "predict('03 sum settles', opens=ZigZag())"
    ),
}
MARGIN = 50  # of player.js
DRAWN = """player => [...player.querySelectorAll('svg:last-child [data-k]')].map(e => [
    e.dataset.k, e.getAttribute('transform') || '', e.getAttribute('points') || '',
    e.getAttribute('d') || '', e.children.length ? '' : e.textContent])"""


@pytest.fixture(scope="module")
def page(open_code):
    """All explorers on one page."""
    shown = open_code("explorers", *SOURCES.values())
    assert not shown.bad_outputs, shown.bad_outputs
    return shown


def expected(explorer) -> dict[str, list[str]]:
    """The moving shapes as Python draws them."""
    picture = explorer.drawn(explorer.state())
    root = ElementTree.fromstring(f"<g>{picture.front}</g>")
    keys = [e.get("data-k") for e in root.iter() if e.get("data-k")]
    still = ElementTree.fromstring(picture.still(explorer.step).removeprefix(picture.back))
    shapes = [
        e for before, e in zip(root.iter(), still.iter(), strict=True) if before.get("data-k")
    ]
    return {
        key: [e.get("transform", ""), e.get("points", ""), e.get("d", ""), e.text or ""]
        for key, e in zip(keys, shapes, strict=True)
    }


def numbers(text: str) -> list[float]:
    """The numbers in an attribute."""
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", text)]


def assert_drawn_as(explorer, shown) -> None:
    """The browser's shapes are Python's, to a tenth of a pixel, as far as they are seen.

    Of a line that leaves the picture the browser draws what is out of sight along its edge.
    """
    picture = explorer.drawn(explorer.state())
    size = picture.width, picture.height
    drawn = {key: rest for key, *rest in shown.locator(".drc-player").first.evaluate(DRAWN)}
    wanted = expected(explorer)
    assert drawn.keys() == wanted.keys()
    for key, attributes in wanted.items():
        line = np.reshape(numbers(attributes[1]), (-1, 2))
        for one, other in zip(attributes, drawn[key], strict=True):
            leaves = (line < -MARGIN) | (line > np.add(size, MARGIN))
            if one == attributes[1] and leaves.any():
                assert same_where_seen(line, np.reshape(numbers(other), (-1, 2)), size), key
                continue
            assert re.sub(r"[-\d.]+", "#", one) == re.sub(r"[-\d.]+", "#", other), key
            assert numbers(one) == pytest.approx(numbers(other), abs=0.151), key


def test_browser_draws_what_python_draws(page):
    shown = page.explorer(0)
    explorer = Damping(step=6)
    assert_drawn_as(explorer, shown)
    page.press(page.slider("step", shown), "ArrowRight", "ArrowRight")
    page.press(page.slider("memory β", shown), "ArrowRight")
    explorer.step, explorer.beta = 8, 0.502
    assert_drawn_as(explorer, shown)
    assert page.says(shown, explorer.caption()) == explorer.caption()


def test_a_click_moves_the_start(page):
    shown = page.explorer(1)
    page.click_player(shown, 0.3, 0.2)
    explorer = ZigZag()
    explorer.set(**explorer.clicked(0.3 * 960, 0.2 * 466))
    said = re.search(r"w1 = (\S+), w2 = (\S+),", page.status(shown)).groups()
    place = [float(x.replace("−", "-")) for x in said]
    assert place == pytest.approx([explorer.w1, explorer.w2], abs=0.06)


def test_a_click_is_a_step_and_the_light_goes_on(page):
    shown = page.explorer(2)
    page.click_player(shown, 0.4, 0.4)
    assert "You have taken 1 of 20 steps" in page.status(shown)
    page.press_button("Go to next w1, w2", shown)
    assert "You have taken 2 of 20 steps" in page.status(shown)
    page.press_button("Undo", shown)
    page.press_button("Show the landscape", shown)
    assert page.status(shown).startswith("You took 1 step.")


def test_presets_and_reset(page):
    shown = page.explorer(0)
    for name in Damping.presets:
        page.press_button(name, shown)
        explorer = Damping(step=6)
        explorer.preset(name)
        assert page.says(shown, explorer.caption()) == explorer.caption()
    page.press_button("Reset", shown)
    assert page.says(shown, Damping(step=6).caption()) == Damping(step=6).caption()


def step_of(page, shown) -> int:
    return int(re.search(r"Step (\d+):", page.status(shown))[1])


PASSED = "([status, step]) => Number(/Step (\\d+):/.exec(status.textContent)?.[1]) > step"


def play_past(page, shown, step: int) -> None:
    """Press Play, and wait until the playing has gone beyond a step."""
    page.press_button("Play", shown)
    page.page.wait_for_function(PASSED, arg=[shown.get_by_role("status").element_handle(), step])


def test_play_waits_for_the_button_and_pauses(page):
    shown = page.explorer(0)
    page.press_button("Reset", shown)
    page.page.wait_for_timeout(600)
    assert "Step 6:" in page.status(shown)
    play_past(page, shown, 7)
    page.press_button("Pause", shown)
    paused, step = page.status(shown), step_of(page, shown)
    assert 7 < step < 100
    page.page.wait_for_timeout(600)
    assert page.status(shown) == paused
    assert page.value(page.slider("step", shown)).startswith(str(step))


def test_the_kernel_learns_of_the_step_at_the_pause(page):
    shown = page.explorer(0)
    page.press_button("Reset", shown)
    play_past(page, shown, 7)
    page.press_button("Pause", shown)
    paused = step_of(page, shown)
    assert paused > 7
    page.press_button("Back", shown)
    assert step_of(page, shown) == paused - 1


def test_step_ends_the_playing_and_steps_on_from_there(page):
    shown = page.explorer(0)
    page.press_button("Reset", shown)
    play_past(page, shown, 7)
    seen = step_of(page, shown)
    page.press_button("Step", shown)
    stopped = step_of(page, shown)
    assert seen > 7 and seen < stopped < seen + 12
    page.page.wait_for_timeout(500)
    assert step_of(page, shown) == stopped
    assert page.value(page.slider("step", shown)).startswith(str(stopped))


def test_reset_ends_the_playing(page):
    shown = page.explorer(0)
    for wait in (0, 500, 300):
        page.press_button("Play", shown)
        page.page.wait_for_timeout(wait)
        page.press_button("Reset", shown)
        page.page.wait_for_timeout(300)
        assert page.says(shown, Damping(step=6).caption()) == Damping(step=6).caption()


def test_reset_ends_what_began_again_from_the_end(page):
    shown = page.explorer(0)
    page.press(page.slider("step", shown), "End")
    page.press_button("Play", shown)
    page.press_button("Reset", shown)
    page.page.wait_for_timeout(300)
    assert page.says(shown, Damping(step=6).caption()) == Damping(step=6).caption()


# Every step that is said, however late the test looks.
WRITE_DOWN = """status => {
    window.said = [];
    const step = () => Number(/Step (\\d+):/.exec(status.textContent)?.[1]);
    new MutationObserver(() => window.said.push(step())).observe(
        status, { childList: true, subtree: true, characterData: true }); }"""
GOES_ON = "far => window.said.some((step, k, all) => step < far && all[k + 1] > step)"


def test_a_step_moved_by_hand_is_where_the_playing_goes_on(page):
    shown = page.explorer(0)
    play_past(page, shown, 10)
    far = step_of(page, shown)
    shown.get_by_role("status").evaluate(WRITE_DOWN)
    page.press(page.slider("step", shown), "Home")
    page.page.wait_for_function(GOES_ON, arg=far)
    page.press_button("Reset", shown)


def test_a_button_is_heard_right_after_a_step_moved_by_hand(page):
    shown = page.explorer(0)
    page.page.emulate_media(reduced_motion="reduce")
    page.press_button("Play", shown)
    page.press(page.slider("step", shown), "Home")
    page.press_button("Reset", shown)
    page.page.emulate_media(reduced_motion="no-preference")
    assert page.says(shown, Damping(step=6).caption()) == Damping(step=6).caption()


def test_less_motion_is_respected(page):
    shown = page.explorer(0)
    page.press_button("Reset", shown)
    page.page.emulate_media(reduced_motion="reduce")
    page.press_button("Play", shown)
    places, begun = set(), time.monotonic()
    for _ in range(12):
        page.page.wait_for_timeout(60)
        places.add(shown.locator('[data-k="momentum-now"]').get_attribute("transform"))
    page.press_button("Pause", shown)
    page.page.emulate_media(reduced_motion="no-preference")
    # Two steps a second, and a step that had begun before
    assert 1 <= len(places) <= 2 + 2 * (time.monotonic() - begun)


def test_the_explorer_opens_after_the_prediction(page):
    waiting = page.page.locator(".drc-predict").first
    assert page.page.locator(".drc-explorer").count() == 3
    waiting.get_by_role("spinbutton").or_(waiting.get_by_role("textbox")).first.fill("10")
    page.press_button("Lock in")
    page.page.locator(".drc-explorer").nth(3).wait_for(timeout=10000)
    assert "1 comes in" in page.page.locator(".drc-predict").first.inner_text()


def test_four_times_as_fast_as_interact(race):
    wanted = {"damping": "memory β", "zig_zag": "learning rate η", "first_steps": "step"}
    sources = {**SOURCES, "first_steps": SOURCES["first_steps"].replace("()", "(reveal=True)")}

    def find(page):
        return [page.slider(label, page.explorer(k)) for k, label in enumerate(wanted.values())]

    theirs, *ours = race(find, *(sources[name] for name in wanted))
    for name, times in zip(wanted, ours, strict=True):
        assert min(theirs) >= 4 * min(times), name  # what else runs only adds
