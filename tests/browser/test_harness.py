"""The harness sees what it is there to see: each fault planted here must be found."""

from __future__ import annotations

import pytest

from tests.browser.checks import (
    deaf_sliders,
    jumping_players,
    pressed_sliders,
    unnamed_controls,
    without_player,
)
from tests.browser.page import percentile

SOUND = """
import time, warnings
import ipywidgets as widgets
from IPython.display import HTML, display

SVG = "<svg viewBox='0 0 200 40' style='width:400px;height:80px'>{}</svg>"
slider = widgets.FloatSlider(description="lr", min=0, max=1, step=0.01, value=0.5)
player = widgets.HTML().add_class("drc-player")
words = widgets.HTML()
button = widgets.Button(description="Reset", icon="undo")

def draw(change=None):
    player.value = SVG.format(f"<circle r='5' cy='20' cx='{200 * slider.value:.1f}'/>")
    words.value = f"<p role='status'>lr = {slider.value:.2f}</p>"

def reset(button):
    slider.value = 0.5

button.on_click(reset)
slider.observe(draw, "value")
draw()
ring = HTML("<style>.drc-explorer .noUi-handle:focus { outline: 3px solid blue; }</style>")
display(ring, widgets.VBox([slider, player, words, button]).add_class("drc-explorer"))
"""
FAULTY = """
other = widgets.FloatSlider(description="beta", min=0, max=1, step=0.01, value=0.5)
swelling = widgets.HTML().add_class("drc-player")

def swell(change=None):
    height = 80 + 40 * (other.value == 1)
    swelling.value = f"<svg viewBox='0 0 200 40' style='width:400px;height:{height}px'></svg>"

other.observe(swell, "value")
swell()
deaf = HTML("<div class='jupyter-widgets'><div role='slider' aria-label='deaf' tabindex='0' "
            "aria-valuenow='1' style='outline:none'>here</div></div>")
display(widgets.VBox([other, swelling]).add_class("drc-explorer"), deaf)
display(widgets.Button(icon="play"))
"""
NOISY = """
noisy = widgets.IntSlider(description="noisy")

def fail(change):
    raise ValueError("nobody sees this")

noisy.observe(fail, "value")
display(noisy)
warnings.warn("careful")
"""
SLOW = """
slow = widgets.IntSlider(description="slow")
late = widgets.HTML()

def wait(change):
    time.sleep(0.2)
    late.value = SVG.format(f"<circle r='5' cy='20' cx='{slow.value}'/>")

slow.observe(wait, "value")
display(widgets.VBox([slow, late]))
"""


@pytest.fixture(scope="module")
def specimen(open_code):
    """A notebook with one sound explorer and several faults."""
    return open_code("specimen", SOUND, FAULTY, NOISY, SLOW)


@pytest.fixture(scope="module")
def pressed(specimen):
    """Its sliders, each after its keys."""
    return pressed_sliders(specimen)


def test_warning_in_a_cell_is_seen(specimen):
    assert any("careful" in text for text in specimen.bad_outputs)
    assert any("careful" in text for text in specimen.complaints)


def test_controls_without_a_name_are_seen(specimen):
    names = {(control.role, control.name) for control in specimen.controls()}
    assert names == {("button", "Reset"), ("button", ""), ("slider", "deaf"), ("slider", "")}
    assert len(unnamed_controls(specimen)) == 5


def test_slider_that_does_not_listen_is_seen(pressed):
    found = deaf_sliders(pressed)
    deaf = [fault for fault in found if "deaf" in fault]
    without_ring = [fault for fault in found if "not show" in fault]
    assert len(deaf) == 2 and len(without_ring) == 3 and len(found) == 4


def test_error_in_a_callback_is_seen(specimen):
    specimen.press(specimen.slider_labelled("noisy"), "ArrowRight")
    for _ in range(100):
        if any("nobody sees this" in text for text in specimen.complaints):
            return
        specimen.page.wait_for_timeout(50)
    raise AssertionError(specimen.complaints)


def test_player_that_jumps_is_seen(specimen, pressed):
    found = jumping_players(pressed)
    assert len(found) == 1 and "explorer 1 moves by 40.0 px" in found[0]
    assert not without_player(specimen)


def test_state_follows_keys_and_buttons(specimen):
    explorer = specimen.explorer()
    specimen.press_button("Reset", explorer)
    assert specimen.status(explorer) == "lr = 0.50"
    assert specimen.press(specimen.slider_labelled("lr"), "ArrowRight", "ArrowRight") != "0.50"
    assert specimen.status(explorer) == "lr = 0.52"


def test_latency_tells_fast_from_slow(specimen):
    fast = specimen.latency(specimen.slider_labelled("lr"), presses=4)
    slow = specimen.latency(specimen.slider_labelled("slow"), presses=3)
    assert min(slow) > 200 and min(slow) > 1.2 * min(fast)


def test_both_themes_and_sizes(specimen, tmp_path):
    dark = specimen.look("dark", (1920, 1080)).shoot(specimen.explorer(), tmp_path / "dark.png")
    light = specimen.look("light").shoot(specimen.explorer(), tmp_path / "light.png")
    assert dark.read_bytes() != light.read_bytes()
    assert len(specimen.pictures) >= 2


def test_interact_is_measured_beside_an_explorer(race):
    theirs, ours = race(lambda page: [page.slider_labelled("lr")], SOUND, presses=4)
    assert len(ours) == len(theirs) == 4
    assert percentile(theirs, 0.5) > percentile(ours, 0.5)
