"""The clock and the meters of a measured page, on pages whose pace is known; what is measured."""

import pytest

from benchmarks import hand
from benchmarks.hand import PAGES
from course_utils import explorers
from tests.browser.measured import MeasuredPage, Thing

SLOW, HEAVY = 0.2, 30_000
SLIDERS = f"""
import time
from ipywidgets import HTML, IntSlider

def slider(name, seconds=0.0, weight=0, last=50):
    made, shown = IntSlider(0, 0, last, description=name), HTML("<svg><circle r='3'/></svg>")

    def draw(change):
        time.sleep(seconds)
        shown.value = f"<svg><circle r='{{made.value}}'/><desc>{{'x' * weight}}</desc></svg>"

    made.observe(draw, "value")
    display(made, shown)

slider("light")
slider("slow", {SLOW})
slider("heavy", weight={HEAVY})
slider("short", last=2)
IntSlider(description="dead")
"""
SHOWN = PAGES["long"][1][0]
MOVING = """pace => {
    const output = document.querySelector('.jp-OutputArea-output');
    output.insertAdjacentHTML('beforeend', '<svg><circle/></svg><button>move</button>');
    const [circle, button] = ['circle', 'button'].map(x => [...output.querySelectorAll(x)].at(-1));
    let moves = 0, going = 0;
    button.onclick = () => {
        if (going) { clearInterval(going); going = 0; return; }
        going = setInterval(() => circle.setAttribute('r', moves++), pace);
    };
}"""


@pytest.fixture(scope="module")
def bench(lab, browser):
    """Sliders that are slow, heavy, short or dead, and an explorer."""
    made = MeasuredPage(browser, lab, "bench", [SLIDERS, SHOWN.cell]).open().run().look()
    assert not made.bad_outputs
    yield made
    made.close()


def test_a_slow_kernel_shows_in_the_time(bench):
    light, slow = (bench.presses(bench.slider_labelled(n), 4) for n in ("light", "slow"))
    assert min(slow.ms) >= 1000 * SLOW > min(light.ms) > 0
    assert light.cost["kernel_ms"] < 4 * 1000 * SLOW


def test_a_heavy_picture_shows_in_the_bytes(bench):
    light, heavy = (bench.presses(bench.slider_labelled(n), 4) for n in ("light", "heavy"))
    more = (heavy.cost["bytes"] - light.cost["bytes"]) / 4
    assert more == pytest.approx(HEAVY, rel=0.05)
    assert heavy.cost["received"] >= 4 <= heavy.cost["sent"]


def test_at_its_end_a_slider_turns(bench):
    assert all(bench.presses(bench.slider_labelled("short"), 5, warm=2).ms)


def test_a_slider_that_draws_nothing_is_not_timed(bench):
    dead = bench.presses(bench.slider_labelled("dead"), 3)
    assert dead.first == [0.0] and not dead.ms


def test_frames_and_silence_of_a_picture_that_moves_by_itself(bench):
    bench.page.evaluate(MOVING, 100)
    seen = bench.play(bench.page.get_by_role("button", name="move", exact=True))
    assert 3 < seen["frames_per_second"] < 13
    assert seen["messages"] == 0


def test_an_explorer_is_measured_by_all_its_sliders(bench):
    ours = Thing(bench, 0, SHOWN, "long")
    assert list(ours.controls) == [
        "step", "learning rate η", "condition κ", "start w1", "start w2"
    ]  # fmt: skip
    label = "learning rate η"
    control = ours.controls[label]
    ours.controls = {label: control}
    ours.press(3)
    ours.move()
    row = ours.row()
    assert row["changes"] == 12
    assert row["drag"]["frames_per_second"] > 0 < row["play"]["frames_per_second"]
    assert row["play"]["messages"] == 0
    assert row["settled_ms"]["p25"] <= row["settled_ms"]["p50"] <= row["settled_ms"]["p95"]


def test_every_explorer_is_measured():
    shown = [one.name.partition(",")[0] for _, page in PAGES.values() for one in page]
    assert set(shown) == {name for name in explorers.__all__ if name[0].isupper()}


def test_the_slowest_explorer_decides_and_is_named():
    times = [{"p50": 20, "p95": 30}, {"p50": 90, "p95": 99}]
    play = [{"frames_per_second": 60, "messages": 0}, {"frames_per_second": 20, "messages": 8}]
    result = {
        "explorers": [
            {"name": "without a slider", "page": "p"},
            *(
                {"name": n, "page": "p", "settled_ms": t, "play": x, "kernel_ms": 7}
                for n, t, x in zip("AB", times, play, strict=True)
            ),
        ],
        "rivals": [
            {"name": "interact", "page": "p", "settled_ms": {"p50": 180}},
            {"name": "one letter", "page": "p", "settled_ms": {"p50": 21, "p95": 32}},
        ],
        "processes_waiting": [None],
    }
    found = hand.measured(result)
    assert {key: value for key, (value, _) in found.items()} == {
        "settled": 99, "faster": 2, "frames": 20, "messages": 8,
    }  # fmt: skip
    assert "1 of 2, slowest B" in found["settled"][1] and found["faster"][1].endswith(" B")
    assert "takes 21 ms, 95 % within 32 ms" in found["settled"][1]
