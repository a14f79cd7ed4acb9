"""The twelve questions as a form; this is the only part of the inventory that needs ipywidgets."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ..exercises.feedback import wrapped
from ..exercises.radio import complete_radio_buttons
from .hand_in import hand_in
from .item import UNKNOWN, UNKNOWN_TEXT
from .items import ITEMS
from .record import WHEN
from .reply import Reply
from .store import FOLDER

STYLE = """<style>
.drc-inventory { border-left: 4px solid var(--jp-brand-color1, #1976d2); padding: 4px 0 4px 14px; }
.drc-inventory, .drc-inventory label, .drc-inventory p {
  color: var(--jp-content-font-color1, inherit); font-size: var(--jp-content-font-size1, 14px); }
.drc-inventory p { margin: 14px 0 2px; line-height: 1.5; white-space: normal; max-width: 46em; }
.drc-inventory .widget-radio { width: auto; max-width: 46em; }
.drc-inventory .widget-radio-box label {
  position: relative; display: block; height: auto; line-height: 1.5; white-space: normal;
  padding: 1px 0 1px 24px; }
.drc-inventory .widget-radio-box input {
  position: absolute; left: 0; top: 5px; float: none; height: auto; margin: 0 0 0 2px; }
.drc-inventory .widget-checkbox { width: auto; max-width: 46em; }
</style>"""

_KEPT: dict[str, Questionnaire] = {}


def twelve_questions(when: str, *, folder: str | Path = FOLDER) -> Questionnaire | Reply:
    """The questions as a form.

    Args:
        when: "before" or "after" the course.
        folder: where the hand-in goes, if the learner wants it stored.

    A cell that is run again shows the same form, with the choices made so far.
    """
    if when not in WHEN:
        return hand_in(when, {})
    form = _KEPT.setdefault(when, Questionnaire(when))
    form.place(folder)
    return form


def forget() -> None:
    """Begin anew."""
    _KEPT.clear()


class Questionnaire:
    """Twelve questions, a nickname that may stay empty, a button.

    Attributes:
        box: the widget.
        reply: what was said to the last attempt to hand in, None before.
    """

    def __init__(self, when: str) -> None:
        """Build the controls; `twelve_questions` explains the argument."""
        self.when = when
        self.reply: Reply | None = None
        self.choices = {n: self._choice(n) for n in ITEMS}
        self.nickname = widgets.Text(
            description="Nickname (optional)",
            continuous_update=False,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="28em", max_width="100%"),
        )
        self.store = widgets.Checkbox(value=True, indent=False)
        self.button = widgets.Button(description="Hand in", tooltip=f"Hand in, {when} the course")
        self.button.on_click(lambda _: self.hand_in())
        self.status, self.report = widgets.HTML(), widgets.Output()
        asked: list[widgets.Widget] = [widgets.HTML(STYLE)]
        for n, item in ITEMS.items():
            text = f"<p><b>{n} {html.escape(item.title)}.</b> {html.escape(item.question)}</p>"
            asked += [widgets.HTML(text), self.choices[n]]
        end = [self.nickname, self.store, self.button, self.status, self.report]
        self.box = widgets.VBox([*asked, *end])
        self.box.add_class("drc-inventory")
        complete_radio_buttons(self.box)
        self.place(FOLDER)

    def place(self, folder: str | Path) -> None:
        """Say where the hand-in goes."""
        self.folder = folder
        where = "" if Path(folder).is_absolute() else " beside this lesson"
        self.store.description = f"Store my answers as a small file in the folder {folder}{where}"

    def hand_in(self) -> None:
        """Hand in, as the button does; what is still open is said in words."""
        if self.reply:
            return
        answers = {n: choice.value for n, choice in self.choices.items()}
        self.reply = hand_in(
            self.when,
            answers,
            nickname=self.nickname.value,
            folder=self.folder,
            store=self.store.value,
        )
        first = (
            "Handed in; the reply stands below." if self.reply else " ".join(self.reply.paragraphs)
        )
        self.status.value = f"<div role='status'><p>{html.escape(first)}</p></div>"
        if not self.reply:
            return
        for control in (*self.choices.values(), self.nickname, self.store, self.button):
            control.disabled = True
        self.button.description = "Handed in"
        data = {"text/plain": repr(self.reply), "text/markdown": self.reply._repr_markdown_()}
        self.report.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    def __repr__(self) -> str:
        """The questions and how they stand."""
        if self.reply:
            return repr(self.reply)
        return f"Twelve questions, {self.when} the course: not handed in yet.\n{listing()}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}

    @staticmethod
    def _choice(n: int) -> widgets.RadioButtons:
        options = [(f"{n}{letter} {option.text}", letter) for letter, option in ITEMS[n].lettered()]
        return widgets.RadioButtons(
            options=[*options, (f"{n}{UNKNOWN} {UNKNOWN_TEXT}", UNKNOWN)], value=None
        )


def listing() -> str:
    """The questions and their answers as plain text."""
    lines = []
    for n, item in ITEMS.items():
        lines.append(wrapped(f"{n} {item.title}. {item.question}"))
        lines += [wrapped(f"{letter} {option.text}", "  ") for letter, option in item.lettered()]
    return "\n".join([*lines, f"Each time, {UNKNOWN} is an answer, too: {UNKNOWN_TEXT}."])
