"""The player alone, on a page without JupyterLab, whose clock a test turns: nothing is luck."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from course_utils.explorers.player import Player
from course_utils.svg import Picture, Track
from tests.browser.checks import same_where_seen, seen

LAST, PACE, FRAME = 12, 6.0, 1 / 60
AT = np.stack([20 + 10.0 * np.arange(LAST + 1), 80 - 5.0 * np.arange(LAST + 1)], axis=1)
# From a point to a long arrow: the first one is no arrow, the next are too short for a label.
ENDS = np.hstack([AT, AT + np.arange(LAST + 1)[:, None] * [3.0, 4.0]])
CLOUD = np.hstack([AT, AT + 7, AT - 3])
ROUND = np.hstack([AT, np.abs(AT) / 8 + 2])
TRACKS = (
    Track("path", "upto", AT),
    Track("dots", "dots", AT, like="path"),
    Track("now", "at", AT, like="path"),
    Track("arrow", "arrow", ENDS),
    Track("word", "label", ENDS, like="arrow", extra=(4, -9, "step")),
    Track("bars", "chunks", [f"M{10 * k} 90V{80 - k}" for k in range(LAST + 1)]),
    Track("cloud", "cloud", CLOUD),
    Track("round", "ellipse", ROUND),
    Track("counter", "text", [f"step {k}" for k in range(LAST + 1)]),
)
TAGS = {"path": "polyline", "now": "circle", "word": "text", "counter": "text"}
PICTURE = Picture(
    200, 100, "a test",
    front="".join(f'<{TAGS.get(t.shape, "path")} data-k="{t.shape}"/>' for t in TRACKS),
    tracks=TRACKS,
    spoken=(
        "A test. [Step {0}], at {1}[.]",
        [[str(k) for k in range(LAST + 1)], [f"{x:g}" for x in AT[:, 0]]],
    ),
)  # fmt: skip
PAGE = """<div class="drc-explorer"><div id="player" style="width: 300px">
</div>
<div class="widget-html"><div class="drc-unstarted">This explorer cannot move.</div></div>
<button class="widget-button">Step</button>
<div class="widget-slider"><label class="widget-label">rate</label><div class="noUi-base">
</div><div class="noUi-handle"></div><div class="widget-readout">0.1</div></div></div>"""
# A model of ipywidgets: it tells of changes, and it keeps what it would have sent to the kernel.
MODEL = """
() => { window.Model = class {
  constructor(values) { this.values = values; this.heard = {}; this.sent = []; }
  get(name) { return this.values[name]; }
  set(name, value) {
    if (this.values[name] === value) return;
    this.values[name] = value;
    (this.heard[`change:${name}`] || []).forEach((f) => f());
  }
  on(name, f) { (this.heard[name] ||= []).push(f); }
  off(name, f) { this.heard[name] = this.heard[name].filter((g) => g !== f); }
  save_changes(callbacks) { this.sent.push({ ...this.values }); this.callbacks = callbacks; }
};
window.begin = async ([code, values, step]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  window.slider = new Model({ value: step });
  window.model = new Model(values);
  model.widget_manager = { get_model: async () => slider };
  window.pressed = 0;
  document.querySelector(".widget-button").addEventListener("click", () => { pressed += 1; });
  const { default: player } = await import(url);
  await player.render({ model, el: document.querySelector("#player") });
}; }"""
DRAWN = """() => Object.fromEntries([...document.querySelectorAll("[data-k]")].map((e) => [
    e.dataset.k, [e.getAttribute("transform") || "", e.getAttribute("points") || "",
    e.getAttribute("d") || "", e.textContent]]))"""


class Shown:
    """A player on a page whose time stands still."""

    def __init__(self, page, step, pace, marks, picture=PICTURE):
        self.page = page
        page.clock.install(time=0)
        page.set_content(PAGE)
        page.clock.pause_at(1000)
        page.evaluate(MODEL)
        player = Player(slider="slider", pace=pace)
        player.show(picture, marks)
        names = "back", "picture", "slider", "pace", "playing"
        values = {name: getattr(player, name) for name in names}
        page.evaluate("(given) => begin(given)", [str(Player._esm), values, step])

    def wait(self, seconds):
        """Frame by frame."""
        self.page.clock.run_for(1000 * seconds)

    def sleep(self, seconds):
        """In one leap, as after a computer has slept."""
        self.page.clock.fast_forward(1000 * seconds)

    def play(self, on=True):
        self.page.evaluate("(on) => model.set('playing', on)", on)

    @property
    def playing(self):
        return self.page.evaluate("() => model.get('playing')")

    @property
    def step(self):
        return self.page.evaluate("() => slider.get('value')")

    @step.setter
    def step(self, value):
        self.page.evaluate("(step) => slider.set('value', step)", value)

    @property
    def says(self):
        return self.page.locator(".drc-status").text_content()

    @property
    def shapes(self):
        return self.page.evaluate(DRAWN)

    @property
    def at(self):
        """The step that the point shows, with its share of the next one."""
        return (numbers(self.shapes["now"][0])[0] - AT[0, 0]) / (AT[1, 0] - AT[0, 0])


@pytest.fixture
def show(browser):
    """`show(step, pace, marks, picture)`: a player."""
    pages = []

    def new(step=0, pace=PACE, marks=None, picture=PICTURE):
        pages.append(browser.new_page())
        return Shown(pages[-1], step, pace, marks or {}, picture)

    yield new
    for page in pages:
        page.close()


def numbers(text):
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", text)]


def still(step):
    """The shapes as Python draws them."""
    root = ElementTree.fromstring(PICTURE.still(step))
    return {
        track.shape: [e.get("transform", ""), e.get("points", ""), e.get("d", ""), e.text or ""]
        for track, e in zip(TRACKS, root, strict=True)
    }


def assert_same(drawn, wanted):
    for name, attributes in wanted.items():
        for one, other in zip(attributes, drawn[name], strict=True):
            assert re.sub(r"[-\d.]+", "#", one) == re.sub(r"[-\d.]+", "#", other), name
            assert numbers(one) == pytest.approx(numbers(other), abs=0.151), name


def test_every_still_is_drawn_as_python_draws_it(show):
    shown = show()
    for step in range(LAST + 1):
        shown.step = step
        assert_same(shown.shapes, still(step))
    # Who sees the picture is not told that the script did not start.
    assert shown.page.locator(".widget-html").is_hidden()


def test_a_line_that_leaves_the_picture_is_seen_where_it_was_and_nowhere_else(show):
    leaps = np.array([(20, 50), (60, 5050), (90, -4000), (350, 40), (6000, 60), (-4000, 90)], float)
    picture = replace(
        PICTURE, front='<polyline data-k="path"/>', tracks=(Track("path", "upto", leaps),)
    )
    drawn = numbers(show(len(leaps) - 1, picture=picture).shapes["path"][1])
    line = np.reshape(drawn, (-1, 2))
    size = np.array([PICTURE.width, PICTURE.height])
    assert np.hypot(*np.diff(line, axis=0).T).sum() < 10 * size.sum(), "no less to draw"
    assert seen(leaps, size) and same_where_seen(leaps, line, size)


def test_the_words_are_those_of_the_step(show):
    shown = show(step=3)
    assert shown.says == PICTURE.says(3)
    shown.step = 7
    assert shown.says == PICTURE.says(7)
    assert shown.page.locator(".drc-seen").text_content() == PICTURE.seen(7) == "Step 7."


def test_between_two_steps_every_shape_is_between(show):
    shown = show(step=2)
    shown.play()
    shown.wait(0.25)
    at, drawn = shown.at, shown.shapes
    assert 2 + PACE * (0.25 - 2 * FRAME) <= at <= 2 + PACE * 0.25 + 0.01
    k, share = int(at), at - int(at)
    assert 0.2 < share < 0.8

    def between(values):
        return values[k] + share * (values[k + 1] - values[k])

    assert numbers(drawn["now"][0]) == pytest.approx(between(AT), abs=0.11)
    assert numbers(drawn["arrow"][2])[:4] == pytest.approx(between(ENDS), abs=0.11)
    word = between(ENDS)[2:] + np.array(TRACKS[4].extra[:2])
    assert numbers(drawn["word"][0]) == pytest.approx(word, abs=0.11)
    places = [x for x in numbers(drawn["cloud"][2].replace("h0", ""))]
    assert places == pytest.approx(between(CLOUD), abs=0.11)
    x, y, across, up = between(ROUND)
    assert numbers(drawn["round"][2])[:4] == pytest.approx([x - across, y, across, up], abs=0.11)
    path = [*AT[: k + 1].ravel(), *between(AT)]
    assert numbers(drawn["path"][1]) == pytest.approx(path, abs=0.11)
    # What is there or not: dots, bars and words stay those of the step.
    for name in ("dots", "bars", "counter"):
        assert drawn[name] == still(k)[name]


def test_a_play_ends_at_its_last_step_and_pauses(show):
    shown = show()
    shown.play()
    shown.wait(LAST / PACE - 0.05)
    assert shown.playing and shown.step == LAST - 1
    shown.wait(0.2)
    assert not shown.playing and shown.step == LAST
    assert_same(shown.shapes, still(LAST))
    assert shown.page.evaluate("() => slider.sent.at(-1).value") == LAST
    assert shown.page.evaluate("() => model.sent.at(-1).playing") is False
    assert shown.says == PICTURE.says(LAST)


def test_the_sentence_keeps_up_with_a_play(show):
    shown = show()
    shown.play()
    shown.wait(1.0)
    assert shown.playing and shown.step >= 5
    heard = [PICTURE.says(k) for k in range(LAST + 1)].index(shown.says)
    assert 0 < shown.step - heard + 1 <= 0.4 * PACE + 2


def test_a_computer_that_slept_finds_the_play_at_its_end(show):
    shown = show()
    shown.play()
    shown.wait(0.1)
    shown.sleep(60)
    assert not shown.playing and shown.step == LAST
    assert_same(shown.shapes, still(LAST))


def test_a_play_from_the_end_begins_again(show):
    shown = show(step=LAST)
    shown.play()
    shown.wait(0.25)
    assert shown.playing and shown.step == 1 and 1 < shown.at < 2


def test_a_play_goes_on_from_where_it_is(show):
    shown = show(step=5)
    shown.play()
    shown.wait(0.25)
    assert shown.step == 6 and 6 < shown.at < 7
    shown.play(on=False)
    assert shown.at == pytest.approx(6, abs=0.02)
    shown.wait(1)
    assert shown.step == 6


def test_a_step_moved_by_hand_is_where_the_play_goes_on(show):
    shown = show(step=5)
    shown.play()
    shown.wait(0.5)
    assert shown.step in (7, 8)
    shown.step = 1
    shown.wait(0.25)
    assert shown.step == 2 and 2 < shown.at < 3


def test_less_motion_is_two_whole_steps_a_second(show):
    shown = show()
    shown.page.emulate_media(reduced_motion="reduce")
    shown.play()
    seen = []
    for _ in range(10):
        shown.wait(0.1)
        seen.append(shown.at)
        assert_same(shown.shapes, still(shown.step))
    assert set(np.round(seen, 2)) <= {0.0, 1.0, 2.0} and 1.0 in np.round(seen, 2)


def test_nothing_is_read_aloud_while_it_plays(show):
    shown = show(pace=1.0)
    live = "() => document.querySelector('.drc-status').getAttribute('aria-live')"
    shown.play()
    for _ in range(30):
        shown.wait(0.1)
        assert shown.page.evaluate(live) == "off"
    assert shown.says == PICTURE.says(shown.step)
    shown.play(on=False)
    shown.wait(0.7)
    assert shown.page.evaluate(live) == "polite"


def test_a_click_is_sent_in_the_units_of_the_picture(show):
    shown = show()
    box = shown.page.locator("svg").last.bounding_box()
    shown.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"])
    assert shown.page.evaluate("() => model.get('click').slice(0, 2)") == [
        pytest.approx(50, abs=0.6), pytest.approx(75, abs=0.6),
    ]  # fmt: skip


def test_a_button_during_a_play_is_pressed_once_the_kernel_knows_the_step(show):
    shown = show()
    press, pressed = "() => document.querySelector('.widget-button').click()", "() => pressed"
    shown.page.evaluate(press)
    assert shown.page.evaluate(pressed) == 1
    shown.play()
    shown.wait(0.5)
    shown.page.evaluate(press)
    assert not shown.playing and shown.page.evaluate(pressed) == 1
    known = shown.page.evaluate("() => slider.sent.at(-1).value")
    assert known == shown.step > 1
    for state in ("busy", "idle"):
        answer = f"{{ content: {{ execution_state: '{state}' }} }}"
        shown.page.evaluate(f"() => slider.callbacks.iopub.status({answer})")
    assert shown.page.evaluate(pressed) == 2


def test_marks_stand_at_their_share_of_the_slider(show):
    shown = show(marks={"rate": [(0.2, "best", "left"), (0.9, "limit", "right")]})
    marks = shown.page.locator(".drc-mark").evaluate_all(
        "all => all.map(e => [e.style.left, e.textContent, e.className])"
    )
    assert marks == [["20%", "best", "drc-mark drc-left"], ["90%", "limit", "drc-mark drc-right"]]
    assert shown.page.locator(".noUi-handle").get_attribute("aria-label") == "rate"
