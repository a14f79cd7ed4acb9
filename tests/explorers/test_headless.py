"""An explorer without widgets does what the one with widgets does, message by message."""

import json
import random

import pytest
from ipywidgets import Dropdown, ToggleButton

from course_utils.explorers import Budget, Damping, Diagnosis, FirstSteps, NewtonArrows, ZigZag
from course_utils.explorers.headless import buttons, controls, packed, unpacked
from tests.explorers.every import OWN
from tests.explorers.test_explorers import press

each = pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
# How many moves of a reader are compared, of each explorer; some train a network for each.
MOVES = 6
SLOW = {"Edge": 1, "Landscapes": 1}


def moves(explorer, count, seed=0):
    """What a reader may do, at random: pairs of a message and the same done to the widgets."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.choice(["set", "set", "set", "press", "click"])
        step = chance.randint(0, explorer.last)
        if kind == "set":
            shown = [c for c in controls(explorer) if c["name"] != "step"]
            one = chance.choice(shown)
            yield step, {"set": {one["name"]: anywhere(chance, one)}}
        elif kind == "press" and buttons(explorer):
            yield step, {"press": chance.randrange(len(buttons(explorer)))}
        else:
            yield step, {"click": [chance.uniform(0, 960), chance.uniform(0, 460)]}


def anywhere(chance, control):
    """A value that the page could send."""
    if control["kind"] == "choice":
        return chance.randrange(len(control["options"]))
    if control["kind"] == "switch":
        return chance.random() < 0.5
    stops = round((control["high"] - control["low"]) / control["step"])
    value = round(control["low"] + chance.randint(0, stops) * control["step"], 9)
    if control["kind"] == "log":
        return control["base"] ** value
    return int(value) if control["kind"] == "whole" else min(value, control["high"])


def by_widgets(explorer, message):
    """The same, by the widgets of JupyterLab."""
    if "set" in message:
        ((name, value),) = message["set"].items()
        widget = explorer.board.widgets[name]
        widget.value = widget.options[value] if isinstance(widget, Dropdown) else value
    elif "press" in message:
        press(explorer, buttons(explorer)[message["press"]]["label"])
    else:
        explorer.player.click = [*message["click"], 1.0]


@each
def test_a_page_shows_what_the_widgets_show(kind):
    widgets = kind()
    headless, back = unpacked(packed(widgets)), ""
    for step, message in moves(kind(), SLOW.get(kind.__name__, MOVES)):
        widgets.board.widgets["step"].value = step
        by_widgets(widgets, message)
        answer = json.loads(headless.answer(json.dumps({**message, "step": step})))
        assert not answer["refused"]
        back = answer["back"] if answer["back"] is not None else back
        assert answer["picture"] == widgets.player.picture and back == widgets.player.back
        assert answer["step"] == widgets.step
        for control in answer["controls"]:
            shown = widgets.board.widgets[control["name"]]
            assert shown.description == control["label"]
            if control["kind"] == "choice":
                assert control["options"] == list(map(str, shown.options))
                assert control["value"] == shown.index
            elif not isinstance(shown, ToggleButton):
                ends = control["low"], control["high"], control["value"]
                assert ends == (shown.min, shown.max, shown.value)
                assert control["form"] == shown.readout_format
                assert control["waits"] != shown.continuous_update
            else:
                assert control["value"] == shown.value


def test_what_is_kept_goes_on_where_it_was():
    """A worker that is replaced gets the explorer as it was last."""
    game = unpacked(packed(FirstSteps()))
    for place in ([300.0, 100.0], [500.0, 150.0]):
        answer = json.loads(game.answer(json.dumps({"click": place, "step": 0})))
    again = unpacked(answer["kept"])
    assert len(again.explorer.walk) == 2 and again.explorer.state() == game.explorer.state()
    undone = json.loads(again.answer(json.dumps({"press": 1, "step": 0})))
    assert len(again.explorer.walk) == 1 and undone["back"]


def test_reset_returns_to_the_beginning_of_the_lesson_and_not_of_the_class():
    page = unpacked(packed(Damping(step=40)))
    for message in ({"set": {"lr": 0.01}, "step": 3}, {"reset": True, "step": 3}):
        answer = json.loads(page.answer(json.dumps(message)))
    assert answer["step"] == 40 and page.explorer.state() == Damping(step=40).state()


def test_a_value_that_does_not_fit_is_told_and_changes_nothing():
    page = unpacked(packed(ZigZag()))
    answer = json.loads(page.answer(json.dumps({"set": {"lr": 99}, "step": 2})))
    assert answer["refused"].startswith("The value 99 does not fit the slider of lr")
    assert page.explorer.lr == ZigZag().lr


def test_ends_that_move_are_told():
    page = unpacked(packed(NewtonArrows()))
    before = {c["name"]: c for c in controls(page.explorer)}
    place = before["surface"]["options"].index("saddle")
    answer = json.loads(page.answer(json.dumps({"set": {"surface": place}, "step": 0})))
    after = {c["name"]: c for c in answer["controls"]}
    assert (before["w1"]["low"], before["w1"]["high"]) != (after["w1"]["low"], after["w1"]["high"])


@each
def test_an_explorer_is_a_short_text_without_its_widgets(kind):
    shown = kind()
    assert shown.box is not None
    text = packed(shown)
    assert "board" not in vars(unpacked(text).explorer)
    assert len(text) < (200_000 if kind is Budget else 4_000)


def test_first_answers_of_the_reader_are_kept():
    page = unpacked(packed(Diagnosis()))
    answer = json.loads(page.answer(json.dumps({"set": {"cause": 2}, "step": 0})))
    assert unpacked(answer["kept"]).explorer.answers[0] == page.explorer.answers[0] is not None
