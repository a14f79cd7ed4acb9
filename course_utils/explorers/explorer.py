"""What every explorer is: controls, a picture drawn from their values, and a player.

Nothing here needs a widget: those are made when an explorer is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..svg import Captioned, Panel, Picture, filmstrip, framed, small_multiples
from .controls import Button, Control, Slider, WholeSlider

if TYPE_CHECKING:
    from .player import Board, Player

# A value to mark on a slider, its word, and where that stands: left, middle or right of it.
Mark = tuple[float, str, str]


class Explorer:
    """Controls, and the picture that goes with every setting of them.

    A subclass says which controls there are (`controls`) and what the picture is (`picture`).
    Every control is an attribute: ``explorer.lr`` reads it, ``explorer.lr = 0.03`` moves it. While
    the picture plays in the browser, ``explorer.step`` is where the last pause was.

    Attributes:
        goal: a sentence with a number to reach.
        main_panel: where the contours or curves are that the explorer is about; words on it have a
            halo, a click on it may mean something.
        presets: settings worth seeing, by name.
        last: the number of the last step.
        strip: the panels that its filmstrip shows of each picture, one under the other; if there
            are none, the whole pictures, since what they say is in all of their panels.
        every: how many steps of the run one step of the explorer is; its slider says so.
    """

    goal: str
    main_panel: Panel
    presets: Mapping[str, Mapping[str, Any]] = {}
    last, every = 80, 1
    strip: tuple[Panel, ...] = ()

    def __init_subclass__(cls, **more: Any) -> None:
        """Ask for what every explorer has.

        Raises:
            TypeError: the class has no main panel, no goal with a number, or no steps.
        """
        super().__init_subclass__(**more)
        if not isinstance(getattr(cls, "main_panel", None), Panel):
            raise TypeError(
                f"The explorer {cls.__name__} does not say where its main picture is: give the "
                "class an attribute `main_panel`, the Panel with its contours or curves."
            )
        if not re.search(r"\d.*\.$", getattr(cls, "goal", ""), re.DOTALL):
            raise TypeError(
                f"The explorer {cls.__name__} sets nobody a goal: give the class an attribute "
                "`goal`, a sentence with a number to reach and a full stop."
            )

    def __init__(self, **state: Any) -> None:
        """Build the explorer; ``state`` sets controls that should not begin at their default."""
        self._controls: dict[str, Control] = {
            **self.controls(),
            "step": WholeSlider(
                "step" if self.every == 1 else f"step ÷ {self.every}", 0, 0, self.last
            ),
        }
        self._state = {name: c.fit(name, c.value) for name, c in self._controls.items()}
        self._drawn: tuple[Mapping[str, Any], Picture] | None = None
        self._check_names()
        self._built = True
        self._defaults = self.state()
        self.set(**state)
        self._defaults = self.state()

    def controls(self) -> dict[str, Control]:
        """The controls by name, without the step."""
        raise NotImplementedError

    def picture(self, state: Mapping[str, Any]) -> Picture:
        """The picture for a setting of the controls; a pure function of it, for all steps."""
        raise NotImplementedError

    def marks(self, state: Mapping[str, Any]) -> dict[str, list[Mark]]:
        """Values to mark on a slider, by its name: (value, word, left, middle or right of it)."""
        return {}

    def clicked(self, x: float, y: float) -> dict[str, Any]:
        """What a click at a place of the picture, in pixels, changes."""
        return {}

    def buttons(self) -> list[Button]:
        """Buttons beyond those that every explorer has."""
        return []

    def state(self) -> dict[str, Any]:
        """The values of all controls by name."""
        return dict(self._state)

    def set(self, **state: Any) -> None:
        """Move several controls at once; the picture is drawn once.

        Raises:
            AttributeError: there is no control of that name.
            ValueError: a value does not fit the control; nothing is changed then.
        """
        before = self._controls, self._state
        self._controls, self._state = dict(self._controls), dict(self._state)
        try:
            for name, value in state.items():
                self.move(name, value)
        except (AttributeError, ValueError):
            self._controls, self._state = before
            raise
        self._show()

    def move(self, name: str, value: Any) -> None:
        """Move one control, without drawing; a subclass may let others follow."""
        self._state[name] = self._control(name).fit(name, value)

    def limit(self, name: str, low: float, high: float, value: float) -> None:
        """Give a slider other ends, and a value between them."""
        self._controls[name] = replace(self._controls[name], low=low, high=high, value=value)
        self._state[name] = float(value)

    def reset(self) -> None:
        """All controls as at the beginning."""
        self.set(**self._defaults)

    def preset(self, name: str) -> None:
        """A setting worth seeing, and all other controls as at the beginning."""
        self.set(**{**self._defaults, **self.presets[name]})

    def filmstrip(self, *states: Mapping[str, Any], columns: int | None = None) -> Captioned:
        """Still pictures of some states with what each one says.

        They stand one above the other, or in columns; of an explorer with a ``strip`` the panels
        named there, two states side by side.
        """
        for name in (name for state in states for name in state):
            self._control(name)
        full = [{**self._defaults, **state} for state in states]
        stills = [(self.drawn(s), s["step"]) for s in full]
        if self.strip:
            return small_multiples(stills, self.strip, columns or 2)
        return filmstrip(stills, columns or 1)

    def caption(self) -> str:
        """What the picture shows now, in a sentence."""
        return self.drawn(self._state).says(self._state["step"])

    def drawn(self, state: Mapping[str, Any]) -> Picture:
        """The picture for a setting, checked; the last one is kept."""
        setting = {name: value for name, value in state.items() if name != "step"}
        if self._drawn is None or self._drawn[0] != setting:
            picture = self.picture(setting)
            picture.check(self.last)
            self._drawn = setting, picture
        return self._drawn[1]

    def placed_marks(self) -> dict[str, list[Mark]]:
        """The marks by label, each value as its place along the slider; none beyond the ends."""
        found = {}
        for name, marks in self.marks(self._state).items():
            control = self._control(name)
            placed = [(round(control.share(value), 4), *rest) for value, *rest in marks]
            found[control.label] = [mark for mark in placed if 0 <= mark[0] <= 1]
        return found

    def labels(self) -> dict[str, str]:
        """What stands beside each control that is shown, by its name."""
        return {name: c.label for name, c in self._controls.items() if c.label}

    @cached_property
    def board(self) -> Board:
        """The widgets, made when somebody first asks for them."""
        from .player import Board

        return Board(self)

    @property
    def box(self) -> Any:
        """The widget that holds all others."""
        return self.board.box

    @property
    def player(self) -> Player:
        """The widget that shows the picture and moves it with the step."""
        return self.board.player

    def _show(self) -> None:
        if "board" in self.__dict__:
            self.board.show()

    def _control(self, name: str) -> Control:
        if name not in self._controls:
            known = ", ".join(self._controls)
            raise AttributeError(f"This explorer has no control called {name!r}: it has {known}.")
        return self._controls[name]

    def __getattr__(self, name: str) -> Any:
        """A control's value."""
        if name in self.__dict__.get("_controls", ()):
            return self._state[name]
        raise AttributeError(
            f"{type(self).__name__} has no {name!r}, neither as a control nor as an attribute."
        )

    def __setattr__(self, name: str, value: Any) -> None:
        """Move a control; any other attribute of the class is an ordinary one.

        Raises:
            AttributeError: it is neither, so that no misspelt control passes in silence.
        """
        if name in self.__dict__.get("_controls", ()):
            self.set(**{name: value})
        elif "_built" not in self.__dict__ or name.startswith("_") or hasattr(type(self), name):
            super().__setattr__(name, value)
        else:
            known = ", ".join(self._controls)
            raise AttributeError(
                f"This explorer has no control called {name!r}: it has {known}. "
                "An attribute of its class needs a place in the class body, such as `count = 0`."
            )

    def _check_names(self) -> None:
        """Ask that controls and presets have names of their own, and that presets fit."""
        who, labels = type(self).__name__, list(self.labels().values())
        for name in self._controls:
            if hasattr(type(self), name):
                raise ValueError(
                    f"A control of {who} cannot be called {name!r}, since the class has an "
                    "attribute of that name: take another one."
                )
        for word in labels:
            if labels.count(word) > 1:
                raise ValueError(f"Two controls of {who} have the label {word!r}: give each one.")
        for name, state in self.presets.items():
            for control_name, value in state.items():
                control = self._control(control_name)
                value = control.fit(control_name, value)
                if isinstance(control, Slider) and not control.on_a_stop(value):
                    raise ValueError(
                        f"The preset {name!r} of {who} puts {control_name} at {value:g}, between "
                        f"two stops of its slider: take a multiple of its step {control.step:g}."
                    )

    def bundle(self) -> dict[str, Any]:
        """The widget; beside it a still picture and its sentence, for where no kernel runs."""
        return {
            **(self.box._repr_mimebundle_() or {}),
            "text/html": self.still(),
            "text/plain": f"As it opens: {self.caption()}",
        }

    def still(self) -> str:
        """The picture as it is now with its sentence, as HTML."""
        picture = self.drawn(self._state).svg(self._state["step"])
        return framed(f"As it opens: {self.caption()}", picture)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.bundle(), raw=True)

    def __repr__(self) -> str:
        """The explorer in words."""
        return f"Explorer with the controls {', '.join(self.labels().values())}. {self.caption()}"
