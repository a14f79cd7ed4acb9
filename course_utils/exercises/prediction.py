"""A prediction: the learner commits to an answer before the page shows the truth.

This is the only part of the exercises that needs ipywidgets.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from .feedback import number, wrapped
from .radio import complete_radio_buttons
from .session import SESSION

STYLE = """<style>
.drc-predict { border-left: 4px solid var(--jp-brand-color1, #1976d2); padding: 4px 0 4px 14px; }
.drc-predict, .drc-predict label, .drc-predict p {
  color: var(--jp-content-font-color1, inherit); font-size: var(--jp-content-font-size1, 14px); }
.drc-predict p { margin: 2px 0; line-height: 1.5; white-space: normal; max-width: 42em; }
.drc-predict .widget-label { overflow: visible; }
.drc-predict table { border-collapse: collapse; margin: 4px 0; }
.drc-predict th, .drc-predict td { padding: 2px 14px 2px 0; text-align: left;
  color: var(--jp-content-font-color1, inherit); }
.drc-predict td { font-variant-numeric: tabular-nums; font-weight: 600; }
</style>"""


def predict(
    question: str,
    *,
    truth: Any,
    key: str = "",
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
    options: Sequence[str] = (),
    opens: Any = None,
    tolerance: float = 0.1,
    because: str = "",
) -> Prediction:
    """Ask for a prediction; once it is locked in, the truth and whatever ``opens`` appear.

    Args:
        question: what is to be predicted.
        truth: a number, one of ``options``, or a function that computes it when it is needed.
        key: name in the tally; by default the question.
        low: the smallest number that is taken.
        high: the largest number that is taken.
        unit: of the number.
        options: the answers to choose from, if it is not a number.
        opens: a widget, an object with a widget ``box``, or a function that makes one of these.
        tolerance: relative error up to which a number counts as a hit.
        because: a sentence that explains the truth.

    Raises:
        ValueError: ``low`` is not below ``high``, or ``truth`` is not among the options.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"low must be below high, and here they are {low} and {high}.")
    if options and not callable(truth) and truth not in options:
        raise ValueError(f"The truth {truth!r} is not among the options: {', '.join(options)}.")
    return Prediction(
        question,
        truth,
        key or question,
        (low, high),
        unit,
        tuple(options),
        opens,
        tolerance,
        because,
    )


class Prediction:
    """A question, a control, a button; after the button, the truth beside the prediction.

    Attributes:
        box: the widget.
        value: what was locked in, None before.
        hit: whether it came true.
    """

    def __init__(self, question, truth, key, limits, unit, options, opens, tolerance, because):
        """Build the controls; `predict` explains the arguments."""
        self.question, self.key, self.unit, self.options = question, key, unit, options
        self.limits, self.tolerance, self.because = limits, tolerance, because
        self._truth, self._opens = truth, opens
        self.value: Any = None
        self.truth: Any = None
        self.hit = False
        self.box = self._build()
        earlier = SESSION.predictions.get(key)
        if earlier is not None:
            self.lock(earlier.value)

    def _build(self) -> widgets.VBox:
        style = {"description_width": "initial"}
        if self.options:
            self.control = widgets.RadioButtons(
                options=self.options,
                value=None,
                description="Your prediction",
                style=style,
                layout=widgets.Layout(width="auto"),
            )
        else:
            self.control = widgets.Text(
                description=f"Your prediction, {self._range()}",
                style=style,
                layout=widgets.Layout(width="28em", max_width="100%"),
            )
        self.button = widgets.Button(
            description="Lock in", tooltip=f"Lock in your prediction: {self.question}"
        )
        self.button.on_click(lambda _: self.lock(self.control.value))
        self.answer = widgets.HTML()
        self.content = widgets.VBox()
        question = widgets.HTML(f"{STYLE}<p><b>Predict.</b> {html.escape(self.question)}</p>")
        box = widgets.VBox(
            [question, widgets.HBox([self.control, self.button]), self.answer, self.content]
        )
        self._ask = box.children[1]
        self._ask.layout.flex_flow = "row wrap"
        box.add_class("drc-predict")
        complete_radio_buttons(box, f"Predict. {self.question}")
        return box

    def lock(self, value: Any) -> None:
        """Lock in a prediction, as the button does; a value that is none is answered in words."""
        if self.value is not None:
            return
        try:
            value = self._read(value)
        except ValueError as error:
            self._announce(f"<p>{html.escape(str(error))}</p>")
            return
        try:
            self.truth = self._truth() if callable(self._truth) else self._truth
            content = self._content()
        except Exception as error:
            self._announce(f"<p>The truth could not be computed: {html.escape(str(error))}</p>")
            return
        self.value = value
        self.hit = value == self.truth if self.options else self._distance() <= self.tolerance
        self.control.value = value if self.options else f"{value:g}"
        self.control.disabled = self.button.disabled = True
        self.button.description = "Locked in"
        self._announce(
            f"<table><tr><th scope='row'>you said</th><td>{self._show(self.value)}</td></tr>"
            f"<tr><th scope='row'>it is</th><td>{self._show(self.truth)}</td></tr></table>"
            f"<p>{html.escape(self.verdict())}</p>"
        )
        self.content.children = content
        SESSION.predictions.setdefault(self.key, self)

    def verdict(self) -> str:
        """The comparison as a sentence."""
        if self.options:
            comment = "You saw it coming." if self.hit else "It came out otherwise."
        elif self.hit:
            comment = f"Within {100 * self.tolerance:.0f} %, which is a hit."
        elif self.truth == 0 or self.value == 0 or self.value * self.truth < 0:
            comment = "Not close this time."
        elif not 1 / 3 < self.value / self.truth < 3:
            ratio = max(self.value / self.truth, self.truth / self.value)
            word = "large" if abs(self.value) > abs(self.truth) else "small"
            times = f"{ratio:.0f}" if ratio >= 10 else number(ratio, 2)
            comment = f"Too {word} by a factor of {times}."
        else:
            word = "high" if self.value > self.truth else "low"
            comment = f"{100 * self._distance():.0f} % too {word}."
        return f"{comment} {self.because}".strip()

    def summary(self) -> str:
        """The prediction as one line of the tally."""
        mark = "✔ hit" if self.hit else "✘ miss"
        return (
            f"{mark}, {self.key}: you said {self._show(self.value)}, it is {self._show(self.truth)}"
        )

    def __repr__(self) -> str:
        """The question and how it stands."""
        if self.value is None:
            form = " / ".join(self.options) or self._range()
            state = f"not locked in yet ({form})"
        else:
            numbers = f"you said {self._show(self.value)}, it is {self._show(self.truth)}."
            state = f"{numbers} {self.verdict()}"
        return f"{wrapped('Predict: ' + self.question)}\n{wrapped(state, '  ')}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}

    def _read(self, value: Any) -> Any:
        if self.options:
            if value not in self.options:
                raise ValueError("Choose one of the answers first.")
            return value
        try:
            value = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
        except (TypeError, ValueError):
            raise ValueError(f"Type a number first: {self._range()}.") from None
        low, high = self.limits
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"This is out of range: {self._range()}.")
        return value

    def _range(self) -> str:
        low, high = self.limits
        what = self.unit or "a number"
        if low is not None and high is not None:
            return f"{what} from {number(low)} to {number(high)}"
        if low is not None:
            return f"{what} from {number(low)}"
        return what if high is None else f"{what} up to {number(high)}"

    def _content(self) -> tuple[widgets.Widget, ...]:
        opens: Any = self._opens
        if callable(opens) and not isinstance(opens, widgets.Widget):
            opens = opens()
        opens = getattr(opens, "box", opens)
        return () if opens is None else (opens,)

    def _distance(self) -> float:
        if self.truth == 0:
            return 0.0 if self.value == 0 else math.inf
        return abs(self.value - self.truth) / abs(self.truth)

    def _show(self, value: Any) -> str:
        text = value if self.options else f"{number(float(value))} {self.unit}".strip()
        return html.escape(text, quote=False)

    def _announce(self, content: str) -> None:
        self.answer.value = f"<div role='status'>{content}</div>"
