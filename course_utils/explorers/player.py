"""The widgets of an explorer: the player of its picture, its sliders and its buttons."""

from __future__ import annotations

import html
from importlib.resources import files
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from ..page import SCRIPT, SHEET
from ..svg import Picture
from ..svg.palette import stylesheet
from .controls import Button, Choice, Control, LogSlider, Slider, Switch, WholeSlider
from .headless import LONG, wire

# Seen where the script does not take it away within six seconds: it had no chance to say a word.
UNSTARTED = """<style>@keyframes drc-late { from { max-height: 0; visibility: hidden; } }
.drc-unstarted { max-height: 90em; overflow: hidden; animation: drc-late 1ms 6s backwards; }
</style><div class="drc-unstarted"><p>This explorer cannot move: its script did not start here. A
security policy of this server may forbid it, or there is an error in it. The picture is as it
opens; a JupyterLab that <code>python3 course.py</code> starts lets it move.</p>{}</div>"""


class Player(anywidget.AnyWidget):
    """A picture in the browser.

    ``back`` is sent when the surface changes, ``picture`` (JSON) when a setting does. The step is
    the value of ``slider`` (the model's id): the browser moves the picture with it, and moves it by
    itself while ``playing``, of which the kernel hears when that ends; ``button`` (an id, too) says
    Pause then.
    """

    _esm = SCRIPT + files(__package__).joinpath("player.js").read_text("utf-8")
    _css = stylesheet() + SHEET + files(__package__).joinpath("player.css").read_text("utf-8")

    back = traitlets.Unicode().tag(sync=True)
    picture = traitlets.Unicode("{}").tag(sync=True)
    slider = traitlets.Unicode().tag(sync=True)
    button = traitlets.Unicode().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    # Steps a second: slow enough to follow the point, quick enough to wait for step 100.
    pace = traitlets.Float(6.0).tag(sync=True)
    click = traitlets.List(trait=traitlets.Float(), default_value=[0.0, 0.0, 0.0]).tag(sync=True)

    def show(self, picture: Picture, marks: dict[str, list[tuple[float, str, str]]]) -> None:
        """Put a picture into the player.

        Args:
            picture: what to show.
            marks: places on sliders, as `wire` takes them.
        """
        with self.hold_sync():
            self.back = picture.back
            self.picture = wire(picture, marks)

    def __repr__(self) -> str:
        """A stable name: the committed notebooks compare it."""
        return "Player"


class Board:
    """All widgets of an explorer.

    Attributes:
        widgets: those of its controls, by name.
        player: what shows its picture.
        play: the button that lets it play.
        box: what holds them all.
    """

    def __init__(self, explorer: Any) -> None:
        """Make the widgets, and let them and the explorer hear of each other."""
        self._explorer, self._quiet = explorer, False
        shown = {name: explorer._controls[name] for name in explorer.labels()}
        self.widgets = {name: widget_of(control) for name, control in shown.items()}
        for name, widget in self.widgets.items():
            widget.style.description_width = "initial"
            if isinstance(shown[name], Slider) and len(shown[name].label) > LONG:
                widget.add_class("drc-long")
            widget.observe(lambda change, name=name: self._heard(name, change["new"]), "value")
        self.play = widgets.ToggleButton(description="Play", icon="play", tooltip="Play or pause")
        self.player = Player(slider=self.widgets["step"].model_id, button=self.play.model_id)
        widgets.jslink((self.play, "value"), (self.player, "playing"))
        self.player.observe(self._clicked, "click")
        self.box = self._box()
        self.show()

    def show(self) -> None:
        """Bring all widgets to the explorer's state, and draw."""
        self._quiet = True
        try:
            for name, widget in self.widgets.items():
                control = self._explorer._controls[name]
                if isinstance(control, Slider) and (control.low, control.high) != (
                    widget.min,
                    widget.max,
                ):
                    _limit(widget, control)
                widget.value = self._explorer._state[name]
        finally:
            self._quiet = False
        picture = self._explorer.drawn(self._explorer.state())
        self.player.show(picture, self._explorer.placed_marks())

    def _heard(self, name: str, value: Any) -> None:
        """A widget was moved; the browser draws another step by itself."""
        if name == "step":
            self._explorer._state["step"] = value
        elif not self._quiet:
            self._explorer.set(**{name: value})

    def _clicked(self, change: Any) -> None:
        moved = self._explorer.clicked(*change["new"][:2])
        if moved:
            self._explorer.set(**moved)

    def _box(self) -> widgets.Widget:
        """From top to bottom: goal, picture, Play and the step, sliders, presets."""
        explorer = self._explorer
        back = Button("Back", lambda: self._step(-1), "one step back", "step-backward")
        on = Button("Step", lambda: self._step(1), "one step on", "step-forward")
        reset = Button("Reset", self._reset, "all controls as at the beginning", "undo")
        transport = [
            self.play,
            _button(back).add_class("drc-back"),
            _button(on).add_class("drc-step"),
            self.widgets["step"],
            _button(reset).add_class("drc-reset"),
        ]
        sliders = [widget for name, widget in self.widgets.items() if name != "step"]
        presets = [
            *explorer.buttons(),
            *(Button(name, lambda name=name: explorer.preset(name)) for name in explorer.presets),
        ]
        words = f'<div class="drc-goal"><b>Goal.</b> {html.escape(explorer.goal)}</div>'
        parts = [
            widgets.HTML(words),
            self.player,
            widgets.HTML(UNSTARTED.replace("{}", explorer.still())),
            widgets.HBox(transport).add_class("drc-transport"),
            widgets.Box(sliders).add_class("drc-controls"),
            widgets.HBox([*map(_button, presets)]).add_class("drc-presets"),
        ]
        return widgets.VBox(parts).add_class("drc-explorer")

    def _step(self, by: int) -> None:
        step = self.widgets["step"]
        step.value = min(max(step.value + by, step.min), step.max)

    def _reset(self) -> None:
        self.player.playing = False
        self._explorer.reset()


def widget_of(control: Control) -> widgets.Widget:
    """The widget of a control."""
    label = {"description": control.label}
    if isinstance(control, Switch):
        return widgets.ToggleButton(control.value, icon=control.icon, **label)
    if isinstance(control, Choice):
        return widgets.Dropdown(options=list(control.options), value=control.value, **label)
    kind, more = widgets.FloatSlider, {}
    if isinstance(control, WholeSlider):
        kind = widgets.IntSlider
    elif isinstance(control, LogSlider):
        kind, more = widgets.FloatLogSlider, {"base": control.base}
    return kind(
        value=control.value, min=control.low, max=control.high, step=control.step,
        readout_format=control.form, continuous_update=not control.waits, **label, **more,
    )  # fmt: skip


def _limit(slider: widgets.Widget, control: Slider) -> None:
    """Give a slider other ends.

    A slider that reports continuously would answer new ends with its old value.
    """
    slider.continuous_update = False
    slider.min, slider.max = min(slider.min, control.low), max(slider.max, control.high)
    slider.value = control.value
    slider.min, slider.max = control.low, control.high
    slider.continuous_update = not control.waits


def _button(button: Button) -> widgets.Button:
    made = widgets.Button(
        description=button.label, tooltip=button.hint or button.label, icon=button.icon
    )
    made.on_click(lambda _: button.press())
    return made
