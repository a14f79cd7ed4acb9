"""What every explorer is: controls, a picture drawn from their values, and a stage."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import ipywidgets as widgets
import numpy as np
import traitlets
from IPython.display import Markdown, display

from ..svg import Captioned, Picture, filmstrip
from .stage import Stage

Mark = tuple[float, str, str]


class Explorer:
    """Controls, a stage, and the picture that goes with every setting of the controls.

    A subclass says which controls there are (`controls`) and what the picture is (`picture`).
    Every control is an attribute: ``explorer.lr`` reads it, ``explorer.lr = 0.03`` moves it. While
    the picture plays in the browser, ``explorer.step`` is where the last pause was.

    Attributes:
        goal: a sentence with a number to reach.
        presets: settings worth seeing, by name.
        last: the number of the last step.
    """

    goal = ""
    presets: Mapping[str, Mapping[str, Any]] = {}
    last = 80

    def __init__(self, **state: Any) -> None:
        """Build the explorer; ``state`` sets controls that should not begin at their default."""
        self._quiet = True
        self._controls = self.controls()
        self._controls["step"] = widgets.IntSlider(0, 0, self.last, description="step")
        self._defaults = {name: c.value for name, c in self._controls.items()}
        self.stage = Stage()
        self.box = self._build()
        self._quiet = False
        self.set(**state)
        self._defaults = self.state()

    def controls(self) -> dict[str, widgets.Widget]:
        """The controls by name, without the step."""
        raise NotImplementedError

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The picture for a setting of the controls; a pure function of it."""
        raise NotImplementedError

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Values to mark on a control, by its name: (value, word, left, middle or right of it)."""
        return {}

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """What a click at a place of the picture, in pixels, changes."""
        return {}

    def buttons(self) -> list[widgets.Widget]:
        """Buttons beyond those that every explorer has."""
        return []

    def state(self) -> dict[str, Any]:
        """The values of all controls by name."""
        return {name: control.value for name, control in self._controls.items()}

    def set(self, **state: Any) -> None:
        """Move several controls at once; the picture is drawn once.

        Raises:
            AttributeError: there is no control of that name.
            ValueError: a value does not fit the control.
        """
        self._quiet = True
        try:
            for name, value in state.items():
                self._move(name, value)
        finally:
            self._quiet = False
            self._draw()

    def _move(self, name: str, value: Any) -> None:
        if name not in self._controls:
            known = ", ".join(self._controls)
            raise AttributeError(f"This explorer has no control called {name!r}: it has {known}.")
        control = self._controls[name]
        if isinstance(control, (widgets.FloatSlider, widgets.FloatLogSlider, widgets.IntSlider)):
            low, high = _range(control)
            if not (isinstance(value, Real) and low <= value <= high):
                raise ValueError(
                    f"The value {value!r} does not fit the slider of {name}: "
                    f"take a number from {low:g} to {high:g}."
                )
        if isinstance(control, widgets.Dropdown) and value not in control.options:
            raise ValueError(
                f"The control {name} has no choice {value!r}: "
                f"take one of {', '.join(map(repr, control.options))}."
            )
        try:
            control.value = value
        except traitlets.TraitError:
            raise ValueError(
                f"The control {name} cannot be {value!r}: give it a value like {control.value!r}."
            ) from None

    def __getattr__(self, name: str) -> Any:
        """A control's value."""
        if not name.startswith("_") and name in self.__dict__.get("_controls", {}):
            return self._controls[name].value
        raise AttributeError(f"{type(self).__name__} has no {name!r}.")

    def __setattr__(self, name: str, value: Any) -> None:
        """Move a control."""
        if name.startswith("_") or name in ("stage", "box"):
            super().__setattr__(name, value)
        else:
            self.set(**{name: value})

    def film(self, *states: Mapping[str, Any], columns: int = 1) -> Captioned:
        """Still pictures of some states, one above the other, with what each one says."""
        unknown = [name for state in states for name in state if name not in self._defaults]
        if unknown:
            self._move(unknown[0], None)
        full = [{**self._defaults, **state} for state in states]
        return filmstrip([(self._picture(s), s["step"]) for s in full], columns)

    def caption(self) -> str:
        """What the picture shows now, in a sentence."""
        state = self.state()
        return self._picture(state).says(state["step"])

    def _picture(self, state: Mapping[str, Any]) -> Picture:
        return self.picture({k: v for k, v in state.items() if k != "step"})

    def _draw(self, change: Any = None) -> None:
        if self._quiet:
            return
        state = self.state()
        labels = {name: self._controls[name].description for name in self._controls}
        marks = {
            labels[name]: _placed(self._controls[name], places)
            for name, places in self.marks(state).items()
        }
        self.stage.show(self._picture(state), marks)

    def _build(self) -> widgets.Widget:
        for name, control in self._controls.items():
            control.style.description_width = "initial"
            if name != "step":
                control.observe(self._draw, "value")
        self.stage.slider = self._controls["step"].model_id
        play = widgets.ToggleButton(description="Play", icon="play", tooltip="Play or pause")
        widgets.jslink((play, "value"), (self.stage, "playing"))
        buttons = [
            play,
            button("Back", lambda: self._step(-1), "one step back", "step-backward"),
            button("Step", lambda: self._step(1), "one step on", "step-forward"),
            button("Reset", self._reset, "all controls as at the beginning", "undo"),
        ]
        buttons += self.buttons()
        for name, state in self.presets.items():
            buttons.append(button(name, lambda state=state: self._preset(state)))
        self.stage.observe(self._on_click, "click")
        sliders = widgets.Box([c for n, c in self._controls.items()]).add_class("drc-controls")
        row = widgets.HBox(buttons, layout=widgets.Layout(flex_flow="row wrap"))
        goal = widgets.HTML(f'<div class="drc-goal"><b>Goal.</b> {html.escape(self.goal)}</div>')
        box = widgets.VBox(
            [goal, self.stage, row, sliders] if self.goal else [self.stage, row, sliders]
        )
        return box.add_class("drc-explorer")

    def _step(self, by: int) -> None:
        step = self._controls["step"]
        step.value = min(max(step.value + by, step.min), step.max)

    def _reset(self) -> None:
        self.stage.playing = False
        self.set(**self._defaults)

    def _preset(self, state: Mapping[str, Any]) -> None:
        self.set(**{**self._defaults, **state})

    def _on_click(self, change: Any) -> None:
        moved = self.clicked(*change["new"][:2])
        if moved:
            self.set(**moved)

    def bundle(self) -> dict[str, Any]:
        """The widget; beside it a still picture and its sentence, for where no kernel runs."""
        state = self.state()
        return {
            **(self.box._repr_mimebundle_() or {}),
            "image/svg+xml": self._picture(state).svg(state["step"]),
            "text/plain": f"As it opens: {self.caption()}",
        }

    def _ipython_display_(self) -> None:
        bundle = self.bundle()
        display(bundle, raw=True)
        display(Markdown(f"*{bundle['text/plain']}*"))

    def __repr__(self) -> str:
        """The explorer in words."""
        names = ", ".join(c.description for c in self._controls.values())
        return f"Explorer with the controls {names}. {self.caption()}"


def button(name: str, action: Any, tip: str = "", icon: str = "") -> widgets.Button:
    """A button that calls ``action`` without arguments."""
    made = widgets.Button(description=name, tooltip=tip or name, icon=icon)
    made.on_click(lambda _: action())
    return made


def _range(control: widgets.Widget) -> tuple[float, float]:
    if isinstance(control, widgets.FloatLogSlider):
        return control.base**control.min, control.base**control.max
    return control.min, control.max


def _placed(control: widgets.Widget, marks: Sequence[Mark]) -> list[Mark]:
    """Marks with each value as its place along the slider, 0 to 1; none beyond the ends."""
    low, high = _range(control)
    log = isinstance(control, widgets.FloatLogSlider)
    scale = np.log if log else float
    placed = [((scale(x) - scale(low)) / (scale(high) - scale(low)), *rest) for x, *rest in marks]
    return [(round(float(share), 4), *rest) for share, *rest in placed if 0 <= share <= 1]
