"""An explorer without widgets: its controls as data, and what a reader does as messages.

A page of the site draws the controls itself. It tells the explorer, which runs in a worker beside
the page, what was moved, and gets back what the player's script draws.
"""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..svg import Picture
from ..svg.track import GEOMETRY
from .controls import Choice, LogSlider, Slider, Switch, WholeSlider

if TYPE_CHECKING:
    from .explorer import Explorer, Mark

# A slider with a longer label has the room of two columns: in one it would be cut.
LONG = 20


def compact(data: Any) -> str:
    """Data as JSON without spaces."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def wire(picture: Picture, marks: Mapping[str, list[Mark]]) -> str:
    """What the player's script draws, as JSON; the background comes apart, since it seldom changes.

    Args:
        picture: what to show; it has as many steps as its longest track.
        marks: places on sliders, by the slider's label: (share of its length, word, side).
    """
    return compact(
        {
            "size": [picture.width, picture.height],
            "title": picture.title,
            "front": picture.front,
            "tracks": [track.wire() for track in picture.tracks],
            "spoken": [picture.spoken[0], [list(c) for c in picture.spoken[1]]],
            "marks": {name: [list(m) for m in places] for name, places in marks.items()},
            "last": max((len(track.values) for track in picture.tracks), default=1) - 1,
            "geometry": GEOMETRY,
        }
    )


def controls(explorer: Explorer) -> list[dict[str, Any]]:
    """The controls that are shown, the step last, each as a page needs it to draw it."""
    return [_control(explorer, name) for name in explorer.labels()]


def buttons(explorer: Explorer) -> list[dict[str, str]]:
    """The explorer's own buttons and then its presets, in the order in which they are pressed."""
    own = [{"label": one.label, "hint": one.hint or one.label} for one in explorer.buttons()]
    return own + [{"label": name, "hint": name} for name in explorer.presets]


def packed(explorer: Explorer) -> str:
    """The explorer as text, without its widgets and without the picture that it keeps."""
    bare = object.__new__(type(explorer))
    kept = {name: x for name, x in explorer.__dict__.items() if name != "board"}
    bare.__dict__.update(kept, _drawn=None)
    return base64.b64encode(pickle.dumps(bare)).decode("ascii")


def unpacked(text: str) -> Headless:
    """The explorer that `packed` made a text of, its first picture drawn."""
    made = Headless(pickle.loads(base64.b64decode(text)))
    made.explorer.drawn(made.explorer.state())
    return made


class Headless:
    """An explorer that hears messages and answers with what is to be shown."""

    def __init__(self, explorer: Explorer) -> None:
        """Take an explorer; the first answer brings its background along."""
        self.explorer, self._back = explorer, ""

    def answer(self, message: str) -> str:
        """Do what a message says, and tell what is to be shown; both are JSON.

        A message holds the ``step`` at which the page stands and one of these: ``set``, the values
        of controls by name, of a choice its place; ``press``, the place of a button; ``click``, a
        place in the picture; ``reset``. With none of them nothing changes.
        """
        asked, refused = json.loads(message), ""
        self.explorer._state["step"] = min(int(asked.get("step", 0)), self.explorer.last)
        try:
            self._do(asked)
        except ValueError as error:
            refused = str(error)
        return compact({**self._shown(), "refused": refused})

    def _do(self, asked: Mapping[str, Any]) -> None:
        explorer = self.explorer
        if "set" in asked:
            explorer.set(**{name: self._read(name, x) for name, x in asked["set"].items()})
        elif "press" in asked:
            own, presets = explorer.buttons(), list(explorer.presets)
            place = asked["press"]
            if place < len(own):
                own[place].press()
            else:
                explorer.preset(presets[place - len(own)])
        elif "click" in asked:
            explorer.set(**explorer.clicked(*asked["click"]))
        elif "reset" in asked:
            explorer.reset()

    def _read(self, name: str, value: Any) -> Any:
        control = self.explorer._control(name)
        return control.options[value] if isinstance(control, Choice) else value

    def _shown(self) -> dict[str, Any]:
        explorer = self.explorer
        picture = explorer.drawn(explorer.state())
        back = None if picture.back == self._back else picture.back
        self._back = picture.back
        return {
            "controls": controls(explorer),
            "step": explorer.state()["step"],
            "back": back,
            "picture": wire(picture, explorer.placed_marks()),
            "kept": packed(explorer),
        }


def _control(explorer: Explorer, name: str) -> dict[str, Any]:
    control, value = explorer._control(name), explorer.state()[name]
    shown = {"name": name, "label": control.label, "value": value}
    if isinstance(control, Choice):
        options = list(control.options)
        return {**shown, "kind": "choice", "value": options.index(value),
                "options": list(map(str, options))}  # fmt: skip
    if isinstance(control, Switch):
        return {**shown, "kind": "switch"}
    assert isinstance(control, Slider), f"{name} is of a kind that no page can draw"
    kind = "slider"
    if isinstance(control, WholeSlider):
        kind = "whole"
    elif isinstance(control, LogSlider):
        kind, shown["base"] = "log", control.base
    shown |= {"low": control.low, "high": control.high, "step": control.step}
    shown["long"] = len(control.label) > LONG
    return {**shown, "kind": kind, "form": control.form, "waits": control.waits}
