"""What the forms of ipywidgets lack: names, groups, a visible focus, keys of their own."""

from __future__ import annotations

import anywidget
import ipywidgets as widgets
import traitlets

from ..page import SCRIPT, SHEET

_ESM = """
function group(radio) {
  const buttons = radio.querySelectorAll("input[type=radio]");
  if (!buttons.length || buttons[0].name) return;
  const question = radio.querySelector(".widget-label")?.textContent.trim()
    || radio.previousElementSibling?.textContent.trim();
  const list = radio.querySelector(".widget-radio-box");
  list.setAttribute("role", "radiogroup");
  if (question) list.setAttribute("aria-label", question);
  const name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  for (const button of buttons) {
    button.name = name;
  }
}
function render({ model, el }) {
  let frame = 0;
  const complete = () => {
    const box = el.closest(".drc-radio"), question = model.get("question");
    box?.querySelectorAll(".widget-radio").forEach(group);
    if (question) box?.setAttribute("role", "group");
    if (question) box?.setAttribute("aria-label", question);
  };
  let focused = null;
  const keep = (event) => { focused = event.target; };
  const watch = new MutationObserver(() => {
    complete();
    if (focused?.disabled) setTimeout(() => {
      if (document.activeElement === document.body) el.closest(".drc-radio")?.focus();
    }, 100);
  });
  const attach = () => {
    const box = el.closest(".drc-radio");
    if (!box) { frame = requestAnimationFrame(attach); return; }
    complete();
    box.tabIndex = -1;
    box.addEventListener("focusin", keep);
    watch.observe(box, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  };
  attach();
  return () => { cancelAnimationFrame(frame); watch.disconnect(); };
}
export default { render };
"""


class RadioHelper(anywidget.AnyWidget):
    """An invisible child of a box that completes the controls in it."""

    _esm = traitlets.Unicode(SCRIPT + _ESM).tag(sync=True)
    _css = traitlets.Unicode(SHEET).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)


def complete_radio_buttons(box: widgets.Box, question: str = "") -> None:
    """Give the controls of a box what they lack.

    Each `RadioButtons` becomes one group; its name is its description or, if there is none, the
    text of the widget before it. The box becomes a group named after the ``question``. Controls
    show that they have the focus, and keys go to them instead of to JupyterLab.
    """
    box.add_class("drc-radio")
    helper = RadioHelper(question=question, layout=widgets.Layout(display="none"))
    box.children = (*box.children, helper)
