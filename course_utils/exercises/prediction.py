"""A prediction: the learner commits to an answer before the page shows the truth.

The questions stand in `predictions`. This is the only part of the exercises that needs ipywidgets,
and it loads them with the first question: a lesson's first cell need not wait for them.
"""

from __future__ import annotations

import difflib
import html
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .feedback import Feedback, wrapped
from .predictions import Question, predictions
from .session import SESSION, Locked

if TYPE_CHECKING:
    import ipywidgets as widgets

STYLE = """<style>
.drc-predict { border-left: 4px solid var(--jp-brand-color1, #1976d2); padding: 4px 0 4px 14px; }
.drc-predict, .drc-predict label, .drc-predict p {
  color: var(--jp-content-font-color1, inherit); font-size: var(--jp-content-font-size1, 14px); }
.drc-predict p { margin: 2px 0; line-height: 1.5; white-space: normal; max-width: 42em; }
.drc-predict .widget-label { overflow: visible; }
.drc-predict .widget-radio { width: auto; max-width: 46em; }
.drc-predict .widget-radio-box label {
  position: relative; display: block; height: auto; line-height: 1.5; white-space: normal;
  padding: 1px 0 1px 24px; }
.drc-predict .widget-radio-box input {
  position: absolute; left: 0; top: 5px; float: none; height: auto; margin: 0 0 0 2px; }
.drc-predict table { border-collapse: collapse; margin: 4px 0; }
.drc-predict th, .drc-predict td { padding: 2px 14px 2px 0; text-align: left;
  color: var(--jp-content-font-color1, inherit); }
.drc-predict td { font-variant-numeric: tabular-nums; font-weight: 600; }
</style>"""


def predict(
    key: str,
    *,
    opens: Any = None,
    measured: Callable[[], Any] | None = None,
    about: Sequence[str] = (),
) -> Prediction | Feedback:
    """Ask for a prediction; once it is locked in, the truth and whatever ``opens`` appear.

    Args:
        key: the name of the prediction.
        opens: a widget, an object with a widget ``box``, or a function that makes one of these.
        measured: hands on what the lesson has measured, where the truth depends on it.
        about: words for the blanks of a question that has some.
    """
    known = predictions()
    if isinstance(key, str) and key in known:
        return Prediction(known[key], opens=opens, measured=measured, about=about)
    close = difflib.get_close_matches(key.lower(), known, 1, 0.5) if isinstance(key, str) else []
    better = f' Did you mean "{close[0]}"?' if close else ' Its name is like "04 gain ratio".'
    return Feedback("not yet", f"There is no prediction called {key!r:.60}.{better}")


class Prediction:
    """A question, a control, a button; after the button, the truth beside the prediction.

    What was locked in on an earlier day is locked in again when the cell is run.

    Attributes:
        box: the widget.
        value: what was locked in, None before.
        truth: what it was compared with, None before.
        hit: whether it came true.
    """

    def __init__(
        self,
        question: Question,
        *,
        opens: Any = None,
        measured: Callable[[], Any] | None = None,
        about: Sequence[str] = (),
    ) -> None:
        """Build the controls; `predict` explains the arguments."""
        self.question, self.about = question, tuple(map(str, about))
        blanks = question.ask.count("{}")
        self.ask = question.ask.format(*(*self.about, *["…"] * blanks)[:blanks])
        self._opens, self._measured = opens, measured
        self.value: Any = None
        self.truth: Any = None
        self.hit = False
        self.box = self._build()
        earlier = SESSION.predictions.get(question.key)
        if isinstance(earlier, Locked) and earlier.about == self.about:
            self.lock(earlier.said, earlier.truth)

    def _build(self) -> widgets.VBox:
        import ipywidgets as widgets

        from .radio import complete_radio_buttons

        style = {"description_width": "initial"}
        if self.question.options:
            self.control = widgets.RadioButtons(
                options=self.question.options,
                value=None,
                description="Your prediction",
                style=style,
                layout=widgets.Layout(width="auto"),
            )
        else:
            self.control = widgets.Text(
                description=f"Your prediction, {self.question.form}",
                style=style,
                layout=widgets.Layout(width="28em", max_width="100%"),
            )
        self.button = widgets.Button(
            description="Lock in", tooltip=f"Lock in your prediction: {self.ask}"
        )
        self.button.on_click(lambda _: self.lock(self.control.value))
        self.answer = widgets.HTML()
        self.content = widgets.VBox()
        question = widgets.HTML(f"{STYLE}<p><b>Predict.</b> {html.escape(self.ask)}</p>")
        box = widgets.VBox(
            [question, widgets.HBox([self.control, self.button]), self.answer, self.content]
        )
        self._ask = box.children[1]
        self._ask.layout.flex_flow = "row wrap"
        box.add_class("drc-predict")
        complete_radio_buttons(box, f"Predict. {self.ask}")
        return box

    def lock(self, value: Any, seen: Any = None) -> None:
        """Lock in a prediction, as the button does; a value that is none is answered in words.

        Args:
            value: the prediction.
            seen: the truth as it was found on an earlier day, for a cell that cannot find it now.
        """
        if self.value is not None:
            return
        try:
            value = self.question.read(value)
        except ValueError as error:
            self._announce(f"<p>{html.escape(str(error))}</p>")
            return
        try:
            truth, content = self._find_truth(seen), self._content()
        except Exception as error:
            why = html.escape(str(error).rstrip("."))
            self._announce(
                f"<p>The truth could not be computed: {why}. Run the cells above this one, then "
                "lock in again.</p>"
            )
            return
        self.value, self.truth = value, truth
        self.hit = self.question.hit(value, truth)
        self.control.value = value if self.question.options else f"{value:g}"
        self.control.disabled = self.button.disabled = True
        self.button.description = "Locked in"
        SESSION.note_prediction(Locked(self.question, value, truth, self.about))
        lost = f" (Kept for this session only: {SESSION.unkept}.)" if SESSION.unkept else ""
        self._announce(
            f"<table><tr><th scope='row'>you said</th><td>{self._show(value)}</td></tr>"
            f"<tr><th scope='row'>it is</th><td>{self._show(truth)}</td></tr></table>"
            f"<p>{html.escape(self.verdict() + lost)}</p>"
        )
        self.content.children = content

    def measurement(self) -> dict[str, Any] | None:
        """The truth that the lesson measures, and what it is about; None if it needs no lesson.

        The build keeps it for pages that do not run the lesson.
        """
        if not self.question.measured:
            return None
        return {"about": list(self.about), "truth": self.question.find_truth(self._measured)}

    def verdict(self) -> str:
        """The comparison as a sentence, and the reason."""
        return self.question.verdict(self.value, self.truth)

    def __repr__(self) -> str:
        """The question and how it stands."""
        if self.value is None:
            state = f"not locked in yet ({self.question.form})"
        else:
            said, truth = self.question.show(self.value), self.question.show(self.truth)
            state = f"you said {said}, it is {truth}. {self.verdict()}"
        return f"{wrapped('Predict: ' + self.ask)}\n{wrapped(state, '  ')}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}

    def _find_truth(self, seen: Any) -> Any:
        try:
            return self.question.find_truth(self._measured)
        except Exception:
            if seen is None:
                raise
            return seen

    def _content(self) -> tuple[widgets.Widget, ...]:
        import ipywidgets as widgets

        opens: Any = self._opens
        if callable(opens) and not isinstance(opens, widgets.Widget):
            opens = opens()
        opens = getattr(opens, "box", opens)
        return () if opens is None else (opens,)

    def _show(self, value: Any) -> str:
        return html.escape(self.question.show(value), quote=False)

    def _announce(self, content: str) -> None:
        self.answer.value = f"<div role='status'>{content}</div>"
