"""Explorers without a browser: state in code, the words and numbers they say, what they send."""

import base64
import json
import math
import re
from xml.etree import ElementTree

import ipywidgets as widgets
import numpy as np
import pytest

from course_utils import explorers
from course_utils.svg import Panel
from course_utils.svg.caption import alternative, forms
from tests.each import each
from tests.explorers.every import EVERY, OWN, every

SVG = "{http://www.w3.org/2000/svg}"
SENTENCE = r"(?s)^[A-Z].*\.$"


SLIDERS = (widgets.FloatSlider, widgets.IntSlider, widgets.FloatLogSlider)


def by_name(name):
    return {kind.__name__: kind for kind in EVERY}[name]


def sliders(explorer):
    return {n: c for n, c in explorer.board.widgets.items() if isinstance(c, SLIDERS)}


def ends(slider):
    """Lowest and highest value; a logarithmic slider keeps the exponents."""
    if isinstance(slider, widgets.FloatLogSlider):
        return slider.base**slider.min, slider.base**slider.max
    return slider.min, slider.max


def place(slider, value):
    """Where a value lies on its slider, in the slider's own units."""
    return math.log(value, slider.base) if isinstance(slider, widgets.FloatLogSlider) else value


def sent_picture(explorer):
    """The picture as the player's script has it, with its numbers unpacked."""
    picture = json.loads(explorer.player.picture)
    for track in picture["tracks"]:
        if isinstance(track[2], dict):
            whole = np.frombuffer(base64.b64decode(track[2]["tenths"]), "<i4")
            track[2] = whole.reshape(-1, track[2]["wide"])
    return picture


def numbers(words):
    """All numbers of a sentence in order, infinity and "not a number" among them."""
    words = words.replace("−", "-")
    return [
        float(x) for x in re.findall(r"(?<![\w.])-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)\b", words)
    ]


def labels(root):
    return {e.get("data-k") for e in root.iter() if e.get("data-k")}


def test_there_are_the_explorers_of_the_lessons():
    assert {kind.__name__ for kind in EVERY} >= {"FirstSteps", "ZigZag", "Damping"}
    assert all(kind.__name__ in explorers.__all__ for kind in OWN)


# What one sees of the sentence

# Letters on a line at 1366 × 768, with JupyterLab's file browser open: see tests/browser
LINE = 126


@every
def test_a_line_says_what_is_seen_at_every_step_of_every_preset(kind):
    for name in (None, *kind.presets):
        explorer = kind()
        explorer.set(**kind.presets.get(name, {}))
        picture = explorer.drawn(explorer.state())
        for step in range(kind.last + 1):
            seen, whole = picture.seen(step), picture.says(step)
            assert 20 < len(seen) <= LINE, f"{name}, {len(seen)} letters: {seen}"
            assert re.match(r"[A-Zη].*\.$", seen) and "  " not in seen and " ." not in seen, seen
            words = iter(re.findall(r"[^\s.,:;]+", whole))
            assert all(word in words for word in re.findall(r"[^\s.,:;]+", seen)), (seen, whole)
        if len(kind.presets) and kind.__name__ not in ("Diagnosis", "FirstSteps"):
            assert picture.seen(0) != picture.seen(kind.last)


# State in code


@every
def test_every_control_can_be_read_and_moved_in_code(kind):
    explorer = kind()
    for name, control in sliders(explorer).items():
        before = explorer.player.picture
        for value in (*ends(control), sum(ends(control)) / 2):
            value = int(value) if isinstance(control, widgets.IntSlider) else value
            setattr(explorer, name, value)
            assert getattr(explorer, name) == control.value == value
            assert explorer.state()[name] == value
        if name not in ("step", "w1", "w2"):
            assert explorer.player.picture != before, f"{name} moves nothing"
    for name, control in explorer.board.widgets.items():
        if isinstance(control, widgets.ToggleButton):
            setattr(explorer, name, True)
            assert getattr(explorer, name) is True
        for value in getattr(control, "options", ()):
            setattr(explorer, name, value)
            assert getattr(explorer, name) == value


@every
def test_several_controls_move_in_one_drawing(kind):
    explorer, drawn = kind(), []
    explorer.player.observe(lambda change: drawn.append(change), "picture")
    moved = {n: ends(c)[0] for n, c in sliders(explorer).items()}
    explorer.set(**moved)
    assert len(drawn) <= 1
    assert moved.items() <= explorer.state().items()


@every
def test_state_may_be_given_at_the_beginning_and_reset_returns_to_it(kind):
    plain = kind()
    name, control = next((n, c) for n, c in sliders(plain).items() if n != "step")
    explorer = kind(**{name: ends(control)[1], "step": 3})
    assert (getattr(explorer, name), explorer.step) == (ends(control)[1], 3)
    explorer.set(**{name: ends(control)[0], "step": 0})
    press(explorer, "Reset")
    assert (getattr(explorer, name), explorer.step) == (ends(control)[1], 3)


BAD = -1e9, 1e9, math.nan, math.inf, None, "fast", [1, 2], 1j


@every
def test_a_value_that_does_not_fit_is_refused_in_a_sentence_and_changes_nothing(kind):
    explorer = kind()
    before = explorer.state()

    def refused(name, bad):
        with pytest.raises(ValueError, match=SENTENCE):
            setattr(explorer, name, bad)
        with pytest.raises(ValueError, match=SENTENCE):
            explorer.set(**{name: bad})
        assert explorer.state() == before

    each(
        {
            f"{name} = {bad}": (name, bad)
            for bad in BAD
            for name in explorer.board.widgets
            if bad in (None, "fast") or name in sliders(explorer)
        },
        refused,
    )
    assert sent_picture(explorer)["tracks"]


@every
def test_a_control_that_is_not_there_is_refused_in_a_sentence(kind):
    explorer = kind()
    with pytest.raises(
        AttributeError, match=r"^This explorer has no control called 'rate': .*step\.$"
    ):
        explorer.set(rate=1)
    with pytest.raises(AttributeError, match=SENTENCE):
        _ = explorer.rate


@every
def test_a_misspelt_control_does_not_pass_in_silence(kind):
    explorer = kind()
    with pytest.raises(AttributeError, match=SENTENCE):
        explorer.learning_rate = 0.1


@every
def test_a_filmstrip_of_a_control_that_is_not_there_is_refused_in_a_sentence(kind):
    with pytest.raises(AttributeError, match=r"^This explorer has no control called 'rate': .*\.$"):
        kind().filmstrip({"step": 1}, {"rate": 1})


# Presets, marks, buttons


@pytest.mark.parametrize("kind", [k for k in EVERY if k.presets], ids=lambda k: k.__name__)
def test_presets_fit_the_controls_and_have_buttons(kind):
    each({name: (kind, name) for name in kind.presets}, preset_fits)


def preset_fits(kind, name):
    explorer = kind()
    for control, value in kind.presets[name].items():
        if control not in sliders(explorer):
            setattr(explorer, control, value)
            continue
        slider = sliders(explorer)[control]
        assert ends(slider)[0] <= value <= ends(slider)[1]
        steps = (place(slider, value) - slider.min) / slider.step
        assert steps == pytest.approx(round(steps), abs=1e-6), "between two stops of the slider"
    explorer.set(**{n: ends(c)[1] for n, c in sliders(explorer).items() if n != "step"})
    press(explorer, name)
    assert explorer.state() == {**kind().state(), **kind.presets[name]}


@every
def test_marks_lie_on_their_sliders_and_none_is_lost(kind):
    explorer = kind()
    kappas = [1, 2, 25, 50, 100] if "kappa" in explorer.board.widgets else [None]
    kappas = getattr(explorer.board.widgets.get("kappa"), "options", kappas)
    betas = [0.0, 0.5, 0.99] if "beta" in explorer.board.widgets else [None]
    for kappa in kappas:
        for beta in betas:
            state = {"kappa": kappa, "beta": beta}
            explorer.set(**{n: x for n, x in state.items() if x is not None})
            wanted, sent = explorer.marks(explorer.state()), sent_picture(explorer)["marks"]
            for name, places in wanted.items():
                slider = sliders(explorer)[name]
                shares = [mark[0] for mark in sent[slider.description]]
                assert len(shares) == len(places)
                for (value, word, side), share in zip(places, shares, strict=True):
                    assert ends(slider)[0] <= value <= ends(slider)[1], (word, value)
                    along = (place(slider, value) - slider.min) / (slider.max - slider.min)
                    assert share == pytest.approx(along, abs=1e-4)
                    assert side in ("left", "middle", "right") and word


@pytest.mark.parametrize("kappa", [4, 25, 100])
def test_the_marks_are_the_settings_they_name(kappa):
    """Best and limit, by a plain search in the test."""
    steep, flat = 25, 25 / kappa
    zig_zag, damping = by_name("ZigZag")(kappa=kappa), by_name("Damping")(kappa=kappa, beta=0.3)
    lrs = np.linspace(0.001, 0.1, 200_001)
    rates = np.maximum(np.abs(1 - lrs * steep), np.abs(1 - lrs * flat))
    marks = {word: value for value, word, _ in zig_zag.marks(zig_zag.state())["lr"]}
    assert marks["best"] == pytest.approx(lrs[rates.argmin()], abs=2e-6)
    assert marks["2/λ1"] == pytest.approx(lrs[np.abs(1 - lrs * steep) < 1].max(), abs=2e-6)
    assert marks["1/λ1"] == pytest.approx(1 / 25)

    def radius(lr, beta, curvature):
        z = lr * curvature
        return np.abs(np.linalg.eigvals([[beta, -z], [beta, 1 - z]])).max()

    found = damping.marks(damping.state())
    lr, limit = (next(v for v, word, _ in found["lr"] if word == w) for w in ("best", "limit"))
    beta = found["beta"][0][0]
    here = max(radius(lr, beta, c) for c in (steep, flat))
    for d_lr, d_beta in ((1.03, 1), (0.97, 1), (1, 1.03), (1, 0.97)):
        assert max(radius(lr * d_lr, beta * d_beta, c) for c in (steep, flat)) > here
    assert radius(0.999 * limit, 0.3, steep) < 1 < radius(1.001 * limit, 0.3, steep)


def all_buttons(widget):
    found = [widget] if isinstance(widget, (widgets.Button, widgets.ToggleButton)) else []
    return found + [b for child in getattr(widget, "children", ()) for b in all_buttons(child)]


def press(explorer, name):
    next(b for b in all_buttons(explorer.box) if b.description == name).click()


@every
def test_buttons_step_and_stay_within_the_run(kind):
    explorer = kind()
    press(explorer, "Back")
    assert explorer.step == 0
    press(explorer, "Step")
    press(explorer, "Step")
    press(explorer, "Back")
    assert explorer.step == 1
    explorer.step = explorer.last
    press(explorer, "Step")
    assert explorer.step == explorer.last
    names = [b.description for b in all_buttons(explorer.box)]
    assert "Play" in names and len(set(names)) == len(names)
    assert all(b.tooltip or isinstance(b, widgets.ToggleButton) for b in all_buttons(explorer.box))


@every
def test_every_control_has_a_name_of_its_own_and_reset_stops_the_player(kind):
    explorer = kind()
    words = [c.description for c in explorer.board.widgets.values()]
    assert all(words) and len(set(words)) == len(words)
    explorer.player.playing = True
    press(explorer, "Reset")
    assert not explorer.player.playing


# What the player gets


def some_states(kind):
    explorer = kind()
    states = [{}, *kind.presets.values()]
    for name, control in sliders(explorer).items():
        if name != "step":
            states += [{name: end} for end in ends(control)]
    if "reveal" in explorer.board.widgets:
        states += [
            {"reveal": True},
            {"walk": ((1.0, -5.0), (0.5, -3.0))},
            {"reveal": True, "walk": ((1.0, -5.0), (0.5, -3.0))},
        ]
    return states


@every
def test_the_picture_is_whole_in_every_state(kind):
    explorer = kind()
    for state in some_states(kind):
        explorer.set(**{**kind().state(), **state})
        sent = sent_picture(explorer)
        assert set(sent) == {"size", "title", "front", "tracks", "spoken", "marks", "last",
                             "geometry"}  # fmt: skip
        front = ElementTree.fromstring(f"<g>{sent['front']}</g>")
        ElementTree.fromstring(f"<g>{explorer.player.back}</g>")
        shapes, names = labels(front), [track[0] for track in sent["tracks"]]
        assert shapes == set(names) and len(names) == len(set(names))
        own = {name: values for name, _, values, _ in sent["tracks"] if not isinstance(values, str)}
        for _, how, values, _ in sent["tracks"]:
            values = own[values] if isinstance(values, str) else values
            kinds = ("at", "arrow", "label", "upto", "dots", "chunks", "text", "cloud", "ellipse")
            assert how in kinds
            if len(values) != 1:
                assert len(values) == explorer.last + 1 == sent["last"] + 1
            if how in ("at", "upto", "dots", "arrow", "label"):
                flat = np.array(values)
                assert flat.dtype == np.int32 and np.abs(flat).max() <= 60_000
                assert flat.shape[1] == (4 if how in ("arrow", "label") else 2)
        sentence, columns = sent["spoken"]
        places = {int(i) for i in re.findall(r"\{(\d+)\}", sentence)}
        assert places == set(range(len(columns)))
        assert all(len(column) == explorer.last + 1 for column in columns)
        assert sent["title"] and sent["size"] == [
            explorer.drawn(explorer.state()).width,
            explorer.drawn(explorer.state()).height,
        ]


@every
def test_pictures_are_the_same_bytes_each_time(kind):
    one, other = kind(), kind()
    assert one.player.picture == other.player.picture and one.player.back == other.player.back
    state = one.state()
    assert one.drawn(state).svg(5) == other.drawn(state).svg(5)


@every
def test_a_new_setting_leaves_the_background_alone_where_it_can(kind):
    explorer = kind()
    before = explorer.player.back
    for name, control in sliders(explorer).items():
        if name != "kappa":
            setattr(explorer, name, ends(control)[0])
            assert explorer.player.back == before
    for name, value in (("kappa", 100), ("reveal", True)):
        if name in explorer.board.widgets:
            setattr(explorer, name, value)
            assert explorer.player.back != before


@every
def test_text_over_the_main_panel_has_a_halo(kind):
    """Its contrast is then that against the card (see test_contrast)."""
    panel = kind.main_panel
    for state in some_states(kind):
        picture = kind(**state).drawn({**kind().state(), **state})
        for e in ElementTree.fromstring(f"<g>{picture.still(3)}</g>").iter("text"):
            if e.get("transform"):
                x, y = map(float, re.findall(r"-?[\d.]+", e.get("transform")))
            else:
                x, y = float(e.get("x", 0)), float(e.get("y", 0))
            if panel.contains(x, y) and 'class="band"' in picture.back:
                assert "halo" in e.get("class").split(), e.text


@every
def test_a_picture_without_the_kernel(kind):
    explorer = kind()
    explorer.step = 4
    bundle = explorer.bundle()
    assert {"text/html", "text/plain", "application/vnd.jupyter.widget-view+json"} == set(bundle)
    (still,) = forms(bundle["text/html"])
    root = ElementTree.fromstring(still)
    assert root.get("role") == "img" and root[0].text
    assert bundle["text/plain"] == f"As it opens: {explorer.caption()}"
    assert alternative(bundle["text/html"]) == bundle["text/plain"]
    assert still == explorer.drawn(explorer.state()).svg(4)
    # Where the script of the player does not start, its place is taken by a sentence and the still.
    _, late = (x.value for x in explorer.box.children if isinstance(x, widgets.HTML))
    assert "its script did not start" in late and forms(late)


@every
def test_shown_in_a_notebook_it_is_widget_and_words(kind, monkeypatch):
    seen = []
    monkeypatch.setattr("IPython.display.display", lambda x, **how: seen.append(x))
    explorer = kind()
    explorer._ipython_display_()
    (bundle,) = seen
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert explorer.caption() in bundle["text/plain"]


@every
def test_words_without_addresses(kind):
    explorer = kind()
    for words in (repr(explorer), explorer.caption(), repr(explorer.player)):
        assert "0x" not in words and "object at" not in words
    assert repr(explorer).endswith(explorer.caption())
    assert all(c.description in repr(explorer) for c in explorer.board.widgets.values())
    assert re.match(SENTENCE, explorer.caption().replace("η", "E", 1)), explorer.caption()
    assert "{" not in explorer.caption() and "nan" not in explorer.caption()


@every
def test_a_filmstrip_has_a_still_and_a_sentence_for_every_state(kind):
    explorer = kind()
    before = explorer.state()
    strip = explorer.filmstrip({"step": 0}, {"step": 3}, {"step": explorer.last}, columns=2)
    letters = re.findall(r"\(([a-z])\) ", strip.caption)
    assert letters == ["a", "b", "c"]
    root = ElementTree.fromstring(strip.picture)
    stills = [
        e
        for e in root.iter(f"{SVG}g")
        if (e.get("transform") or "").startswith("translate(") and e.find(f"{SVG}svg") is not None
    ]
    assert len(stills) == 3
    for step in (0, 3, explorer.last):
        explorer.step = step
        assert explorer.caption() in strip.caption
    explorer.set(**before)
    assert explorer.state() == before


@every
def test_a_goal_with_a_number_to_reach(kind):
    explorer = kind()
    assert re.search(r"\d", kind.goal) and kind.goal.endswith(".")
    goals = [c for c in explorer.box.children if isinstance(c, widgets.HTML)]
    assert goals and "Goal." in goals[0].value and explorer.box._dom_classes == ("drc-explorer",)


# A click


@every
def test_a_click_beside_the_panel_changes_nothing(kind):
    explorer = kind()
    before = explorer.state()
    for x, y in ((-5, -5), (5000, 100), (500, 475)):
        explorer.player.click = [float(x), float(y), 1.0]
    assert explorer.state() == before


@pytest.mark.parametrize("name", ["ZigZag", "Damping"])
def test_a_click_on_the_contours_moves_the_start_there(name):
    explorer = by_name(name)(step=7)
    panel = by_name(name).main_panel
    assert isinstance(panel, Panel)
    for w1, w2 in ((1.0, -4.0), (-2.19, 3.4), (2.2, -11.5)):
        explorer.player.click = [*map(float, panel.pixels(w2, w1)), 2.0 + w1]
        assert (explorer.w1, explorer.w2) == pytest.approx((w1, w2), abs=0.01)
        assert explorer.step == 0
    root = ElementTree.fromstring(explorer.drawn(explorer.state()).svg(0))
    x, y = panel.pixels(-11.5, 2.2)
    assert any(e.get("transform") == f"translate({x:g} {y:g})" for e in root.iter(f"{SVG}circle"))


def test_a_click_in_the_dark_is_a_step():
    explorer = by_name("FirstSteps")()
    panel = by_name("FirstSteps").main_panel
    explorer.player.click = [*map(float, panel.pixels(-3.0, 0.5)), 1.0]
    explorer.player.click = [*map(float, panel.pixels(-1.0, -0.25)), 2.0]
    assert explorer.state()["walk"] == ((0.5, -3.0), (-0.25, -1.0))
    assert "You have taken 2 of 20 steps" in explorer.caption()
    press(explorer, "Undo")
    assert explorer.state()["walk"] == ((0.5, -3.0),)
    explorer.set(w1=0.1, w2=0.2)
    press(explorer, "Go to next w1, w2")
    assert explorer.state()["walk"][-1] == (0.1, 0.2)
    press(explorer, "Reset")
    assert explorer.state()["walk"] == ()


def test_a_walk_ends_after_twenty_steps():
    explorer = by_name("FirstSteps")()
    for k in range(25):
        explorer.player.click = [500.0 + k, 150.0, float(k)]
        explorer.go(0.1, 0.2)
    assert len(explorer.state()["walk"]) == 20
    explorer.reveal = True
    assert "You took 20 steps." in explorer.caption()


@pytest.mark.parametrize(
    "walk",
    ["far", 3, ((1, 2),) * 21, ((math.nan, 1),), ((1, 2, 3),), ((None, 1),), (("a", "b"),), None],
    ids=str,
)
def test_a_walk_that_is_none_is_refused_in_a_sentence(walk):
    explorer = by_name("FirstSteps")()
    with pytest.raises(ValueError, match=SENTENCE):
        explorer.set(walk=walk)
    assert explorer.state()["walk"] == ()
    explorer.reveal = True
    assert "You took" not in explorer.caption()
    assert "the loss of gradient descent is 23 and that of momentum 23" in explorer.caption()


@pytest.mark.parametrize("step", [("a", 1), (math.nan, 1), (None, None), (1e9, math.inf)], ids=str)
def test_a_step_to_nowhere_is_refused_in_a_sentence(step):
    explorer = by_name("FirstSteps")()
    with pytest.raises(ValueError, match=SENTENCE):
        explorer.go(*step)
    assert explorer.state()["walk"] == ()


# The numbers that are said, from plain loops written down here


def plain_loop(lr, beta, kappa, w, steps):
    """Momentum on the ravine with curvatures 25 and 25/kappa: positions, gradients, losses."""
    curvatures = np.array([25.0, 25 / kappa])
    w, v = np.array(w, dtype=float), np.zeros(2)
    positions, gradients = [w], [curvatures * w]
    for _ in range(steps):
        v = beta * v - lr * curvatures * w
        w = w + v
        positions.append(w)
        gradients.append(curvatures * w)
    positions = np.array(positions)
    return positions, np.array(gradients), 0.5 * (curvatures * positions**2).sum(axis=1)


def first(hits):
    return int(np.argmax(hits)) if np.any(hits) else None


@pytest.mark.parametrize(
    ("lr", "kappa", "start", "step"),
    [
        (0.076, 25, (2, -10), 12),
        (0.04, 25, (2, -10), 1),
        (0.005, 25, (2, -10), 60),
        (0.0769, 25, (2, -10), 60),
        (0.05, 25, (2, -10), 300),
        (0.0792, 100, (-1.5, 3), 250),
        (0.03, 1, (0.5, 2), 40),
    ],
)
def test_zig_zag_says_what_a_plain_loop_finds(lr, kappa, start, step):
    explorer = by_name("ZigZag")(lr=lr, kappa=kappa, w1=start[0], w2=start[1], step=step)
    positions, _, losses = plain_loop(lr, 0, kappa, start, 300)
    factors = 1 - lr * np.array([25, 25 / kappa])
    flips = sum((factors[0] < 0) and (positions[k, 0] != 0) for k in range(step))
    hit = first(losses <= 1e-3)
    said = explorer.caption().replace("−", "-")
    got = re.search(
        r"η = (\S+), κ = (\S+)\. Step (\d+): w1 = (\S+), w2 = (\S+), loss (\S+); "
        r"w1 flipped (\d+) times\. Each step multiplies w1 by (\S+) and w2 by (\S+)\. (.*)$",
        said,
    )
    assert got, said
    *values, end = got.groups()
    values = [float(x) for x in values]
    assert values[:3] == pytest.approx([lr, kappa, step], rel=5e-3)
    assert values[3:6] == pytest.approx([*positions[step], losses[step]], rel=6e-3, abs=1e-300)
    assert values[6] == flips
    assert values[7:] == pytest.approx(factors, abs=6e-4)
    if hit is not None:
        assert end == f"The loss is below 1e-3 at step {hit}."
    else:
        assert "still above 1e-3" in end
        assert numbers(end)[:2] == [300, pytest.approx(losses[300], rel=0.06)]


@pytest.mark.parametrize(
    ("lr", "beta", "kappa", "start", "step"),
    [
        (0.076, 0.5, 25, (2, -10), 100),
        (0.076, 0.5, 25, (2, -10), 0),
        (0.076, 0.95, 25, (2, -10), 7),
        (0.01, 0.95, 25, (2, -10), 33),
        (0.111, 0.444, 25, (2, -10), 20),
        (0.132, 0.67, 100, (-1, 3), 50),
    ],
)
def test_damping_says_what_a_plain_loop_finds(lr, beta, kappa, start, step):
    explorer = by_name("Damping")(
        lr=lr, beta=beta, kappa=kappa, w1=start[0], w2=start[1], step=step
    )
    heavy, gradients, losses = plain_loop(lr, beta, kappa, start, 100)
    _, _, plain = plain_loop(lr, 0, kappa, start, 100)
    said = explorer.caption().replace("−", "-")
    got = re.search(
        r"η = (\S+), β = (\S+), κ = (\S+)\. Step (\d+): gradient descent has loss (\S+); "
        r"momentum is at w1 = (\S+), w2 = (\S+) with loss (\S+)\. "
        r"Its fresh steps along w1 add up to (\S+) out of (\S+) walked, "
        r"along w2 to (\S+) out of (\S+)\. "
        r"In 100 steps gradient descent (.*), momentum (.*)\.$",
        said,
    )
    assert got, said
    *values, end_plain, end_heavy = got.groups()
    values = [float(x) for x in values]
    assert values[:4] == pytest.approx([lr, beta, kappa, step], rel=5e-3)
    if lr < 0.08:
        assert values[4] == pytest.approx(plain[step], rel=0.06)
    assert values[5:7] == pytest.approx(heavy[step], abs=6e-3)
    assert values[7] == pytest.approx(losses[step], rel=0.06)
    fresh = -lr * gradients[:step]  # the steps that were walked: those before now
    assert values[8:10] == pytest.approx([fresh[:, 0].sum(), np.abs(fresh[:, 0]).sum()], abs=6e-3)
    assert values[10:] == pytest.approx([fresh[:, 1].sum(), np.abs(fresh[:, 1]).sum()], abs=6e-3)
    for end, run in ((end_plain, plain), (end_heavy, losses)):
        hit, away = first(run <= 1e-6), first(run > 1e12 * run[0])
        if away is not None:
            assert end == f"ran away at step {away}"
        else:
            assert end == (
                f"is below 1e-6 at step {hit}" if hit is not None else "is not below 1e-6"
            )


def test_first_steps_says_what_the_slope_is_like():
    explorer = by_name("FirstSteps")(walk=((1.0, -5.0), (0.5, -3.0)))
    c, s = math.cos(0.2), math.sin(0.2)

    def loss(w1, w2):
        return 12.5 * (c * w1 + s * w2) ** 2 + 0.5 * (c * w2 - s * w1) ** 2

    across, along = 25 * (c * 0.5 - s * 3), -c * 3 - s * 0.5
    gradient = c * across - s * along, s * across + c * along
    said = numbers(explorer.caption().replace("w1", "").replace("w2", "").replace("(", " "))
    assert said[:2] == [2, 20]
    assert said[2:] == pytest.approx([0.5, -3, loss(0.5, -3), *gradient], abs=0.06)
    explorer.set(reveal=True, step=1)
    words = explorer.caption()
    assert f"At step 1 your loss is {loss(1.0, -5.0):.2g}," in words


@pytest.mark.parametrize("step", [0, 3, 20])
def test_the_race_is_run_at_the_best_settings(step):
    explorer = by_name("FirstSteps")(reveal=True, step=step)
    c, s = math.cos(0.2), math.sin(0.2)
    turned = c * 1.6 - s * 6.4, -c * 6.4 - s * 1.6
    curvatures = np.array([25.0, 1.0])
    w = np.array(turned)
    for _ in range(step):
        w = w - 2 / 26 * curvatures * w
    plain = 0.5 * (curvatures * w**2).sum()
    w, v = np.array(turned), np.zeros(2)
    for _ in range(step):
        v = (4 / 6) ** 2 * v - (2 / 6) ** 2 * curvatures * w
        w = w + v
    heavy = 0.5 * (curvatures * w**2).sum()
    assert (
        f"the loss of gradient descent is {plain:.2g} and that of momentum {heavy:.2g}, each with "
        "the settings that are best in the long run." in explorer.caption()
    )
    explorer.set(walk=((1.0, -5.0),))
    assert (
        f"that of gradient descent {plain:.2g} and that of momentum {heavy:.2g}, each with the "
        "settings that are best in the long run." in explorer.caption()
    )


# Running away


def test_the_panels_of_the_weights_stand_under_their_names():
    explorer = by_name("ZigZag")()
    front = explorer.drawn(explorer.state()).front
    named = re.findall(r'<text x="(\d+)"[^>]*>(w\d) against step: × ([−\d.]+) each step', front)
    assert named == [("46", "w1", "−0.900"), ("384", "w2", "0.924")]


def test_zig_zag_says_that_it_ran_away_and_when():
    explorer = by_name("ZigZag")(lr=0.1, step=300)
    _, _, losses = plain_loop(0.1, 0, 25, (2, -10), 300)
    away = first(losses > 1e12 * losses[0])
    assert explorer.caption().endswith(
        f"The descent ran away: at step {away} the loss passed 1e12 times its first value."
    )
    assert all(np.isfinite(numbers(explorer.caption())))


def test_damping_says_who_ran_away_and_when_and_stops_counting():
    explorer = by_name("Damping")(lr=0.16, beta=0.2, step=100)
    for beta, who in ((0, "gradient descent"), (0.2, "momentum")):
        _, gradients, losses = plain_loop(0.16, beta, 25, (2, -10), 100)
        away = first(losses > 1e12 * losses[0])
        assert f"{who} ran away at step {away}" in explorer.caption()
    # What was walked ends with the descent.
    said = re.search(r"add up to (\S+) out of (\S+) walked", explorer.caption()).groups()
    fresh = -0.16 * gradients[: away - 1, 0]
    assert [float(x.replace("−", "-")) for x in said] == pytest.approx(
        [fresh.sum(), np.abs(fresh).sum()], abs=6e-3
    )
