"""What the base class asks of an explorer, each time with a sentence that says what to do."""

from dataclasses import replace

import numpy as np
import pytest

from course_utils.explorers import Edge, Rescaling, Wells
from course_utils.explorers.common import as_text, sizes, texts
from course_utils.explorers.controls import Choice, LogSlider, Slider, Switch, Unseen, WholeSlider
from course_utils.explorers.explorer import Explorer
from course_utils.svg import Panel, Picture, Track
from tests.explorers.every import GUIDE, from_the_guide

PANEL = Panel(0, 0, 100, 50, (0, 1), (0, 1))
GOAL = "Reach 5 steps."


def made(picture=None, controls=None, **body):
    """A small explorer: a point that moves, or what is given in its place."""
    body = {"goal": GOAL, "main_panel": PANEL, "last": 2} | body
    body["controls"] = lambda self: controls or {"lr": Slider("rate", 0.5, 0, 1, 0.25)}
    body["picture"] = lambda self, state: picture or point()
    return type("Small", (Explorer,), body)


def point(**changes):
    track = Track("dot", "at", [(1, 2), (3, 4), (5, 6)])
    spoken = "Step {0}: here.", (["0", "1", "2"],)
    whole = Picture(100, 50, "", "", '<circle data-k="dot"/>', (track,), spoken)
    return replace(whole, **changes)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"main_panel": None}, "Small does not say where its main picture is: .* `main_panel`"),
        ({"goal": ""}, "Small sets nobody a goal: .* `goal`"),
        ({"goal": "Do it well."}, "Small .* a sentence with a number"),
        ({"goal": "Reach 5 steps"}, "Small .* a full stop"),
    ],
)
def test_a_class_without_its_parts_is_refused(body, words):
    with pytest.raises(TypeError, match=f"^The explorer {words}.*\\.$"):
        made(**body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"controls": {"set": Switch("a")}}, "A control of Small cannot be called 'set'"),
        (
            {"controls": {"a": Switch("x"), "b": Switch("x")}},
            "Two controls of Small have the label",
        ),
        ({"presets": {"Off": {"lr": 0.3}}}, "The preset 'Off' of Small puts lr at 0.3, between"),
        ({"presets": {"Far": {"lr": 3}}}, "The value 3 does not fit the slider of lr"),
    ],
)
def test_controls_and_presets_that_do_not_fit_are_refused(body, words):
    with pytest.raises(ValueError, match=f"^{words}.*\\.$"):
        made(**body)()
    with pytest.raises(AttributeError, match="no control called 'rate'"):
        made(presets={"Odd": {"rate": 1}})()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"front": ""}, r"Shapes and tracks .* see \['dot'\]"),
        ({"front": '<circle data-k="dot"/><path data-k="odd"/>'}, r"see \['odd'\]"),
        ({"front": '<circle data-k="dot"/>' * 2}, r"see \['dot', 'dot'\]|see \['dot'\]"),
        ({"tracks": (Track("dot", "at", [(1, 2)] * 2),)}, "The track of 'dot' has 2 values"),
        ({"spoken": ("Step {1}.", (["0", "1", "2"],))}, "has 1 columns of text and names others"),
        ({"spoken": ("Step {0}.", (["0", "1"],))}, "one text for every step from 0 to 2"),
    ],
)
def test_a_picture_whose_parts_do_not_belong_together_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        made(picture=point(**changes))().caption()
    assert made()().caption() == "Step 0: here."


def test_an_attribute_of_the_class_is_an_ordinary_one():
    class Counting(made()):
        count = 0

        def __init__(self, **state):
            self.before = "set before the controls are there"
            super().__init__(**state)
            self._hidden = 1
            self.count = 3

    explorer = Counting(lr=0.25)
    explorer.count += 1
    assert (explorer.count, explorer._hidden, explorer.lr) == (4, 1, 0.25)
    assert explorer.before.startswith("set") and "count" not in explorer.state()
    with pytest.raises(AttributeError, match="no control called 'stat'.*in the class body"):
        explorer.stat = 1
    with pytest.raises(AttributeError, match="Counting has no 'stat'"):
        _ = explorer.stat


def test_a_value_that_does_not_fit_leaves_all_others_alone():
    explorer = made(controls={"a": Switch("a"), "b": Slider("b", 1, 0, 2)})()
    with pytest.raises(ValueError, match="take a number from 0 to 2"):
        explorer.set(a=True, b=5)
    assert explorer.state() == {"a": False, "b": 1.0, "step": 0}


def test_controls_keep_values_of_their_own_kind():
    assert Slider("x", 1, 0, 2).fit("x", 2) == 2.0
    assert WholeSlider("n", 1, 0, 9).fit("n", 3.0) == 3
    with pytest.raises(ValueError, match="takes whole numbers, and 3.5 is none"):
        WholeSlider("n", 1, 0, 9).fit("n", 3.5)
    log = LogSlider("e", 1, -2, 2, 0.5)
    assert log.ends == (0.01, 100) and log.share(1) == pytest.approx(0.5)
    assert log.on_a_stop(10**0.5) and not log.on_a_stop(10**0.4)
    assert Choice("c", ["p", "q"]).value == "p" and Choice("c", [9, 25], 25).value == 25
    assert Unseen((), tuple).fit("walk", [1, 2]) == (1, 2)


def test_the_explorer_of_the_guide_is_small_and_whole():
    block = GUIDE.read_text("utf-8").split("```python\n")[1].split("```")[0]
    assert len([line for line in block.splitlines() if line.strip()]) < 40
    assert from_the_guide()().caption().startswith("η = 0.020. Step 0: w1 = 2.00, w2 = −10.00")


def test_a_slider_with_a_long_label_has_the_room_of_two_columns():
    long = {
        name
        for kind in (Rescaling, Edge, Wells)
        for name, widget in kind().board.widgets.items()
        if "drc-long" in widget._dom_classes
    }
    assert long == {"a", "lr", "noise"}, "those of more than twenty letters, and no other"


def test_numbers_of_the_sentence_have_no_exponent_where_they_need_none():
    assert texts([160.4, -12345.0, 1e6, 0.5], ".2g") == ["160", "−12000", "1e+06", "0.5"]
    assert sizes([100.0, 1e-12, 3e-7], 1e-9) == ["100", "0", "3e-07"]


def test_a_column_is_written_as_its_numbers_are_one_by_one():
    chance, special = np.random.default_rng(0), [0.0, -0.0, 1e-9, -0.004, np.nan, np.inf, -np.inf]
    numbers = chance.choice([-1, 1], 300) * 10.0 ** chance.uniform(-6, 8, 300)
    numbers = np.concatenate([numbers, special, numbers.round()])
    for form in (".2f", ".2g", ".3g", "+.2f", "+.1g", ".1e", ".0f"):
        for limits in ({}, {"least": 1e-3}, {"most": 1e4}):
            one_by_one = [as_text(x, form, **limits) for x in numbers.tolist()]
            assert texts(numbers, form, **limits) == one_by_one
    assert texts([1, -200], "d") == ["1", "−200"] and texts([]) == []
