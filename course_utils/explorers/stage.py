"""The stage on which explorers draw: a widget that shows a picture and moves it with the step."""

from __future__ import annotations

import json
from importlib.resources import files

import anywidget
import traitlets

from ..page import SCRIPT, SHEET
from ..svg import Picture
from ..svg.palette import stylesheet
from ..svg.track import GEOMETRY


class Stage(anywidget.AnyWidget):
    """A picture in the browser.

    ``back`` is sent when the surface changes, ``scene`` (JSON) when a setting does. The step is
    the value of ``slider`` (the model's id): the browser moves the picture with it, and moves it by
    itself while ``playing``, of which the kernel hears when that ends.
    """

    _esm = SCRIPT + files(__package__).joinpath("stage.js").read_text("utf-8")
    _css = stylesheet() + SHEET + files(__package__).joinpath("stage.css").read_text("utf-8")

    back = traitlets.Unicode().tag(sync=True)
    scene = traitlets.Unicode("{}").tag(sync=True)
    slider = traitlets.Unicode().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    pace = traitlets.Float(6.0).tag(sync=True)
    click = traitlets.List(trait=traitlets.Float(), default_value=[0.0, 0.0, 0.0]).tag(sync=True)

    def show(self, picture: Picture, marks: dict[str, list[tuple[float, str, str]]]) -> None:
        """Put a picture on the stage.

        Args:
            picture: what to show; it has as many steps as its longest track.
            marks: places on sliders, by the slider's label: (share of its length, word, side).
        """
        last = max((len(track.values) for track in picture.tracks), default=1) - 1
        with self.hold_sync():
            self.back = picture.back
            scene = {
                "size": [picture.width, picture.height],
                "title": picture.title,
                "front": picture.front,
                "tracks": [track.wire() for track in picture.tracks],
                "spoken": [picture.spoken[0], [list(c) for c in picture.spoken[1]]],
                "marks": {name: [list(m) for m in places] for name, places in marks.items()},
                "last": last,
                "geometry": GEOMETRY,
            }
            self.scene = json.dumps(scene, separators=(",", ":"), ensure_ascii=False)

    def __repr__(self) -> str:
        """A stable name: the committed notebooks compare it."""
        return "Stage"
