"""What the radio buttons of ipywidgets lack: to be one group, with a name and with arrow keys."""

from __future__ import annotations

import anywidget
import ipywidgets as widgets
import traitlets

# JupyterLab takes arrow keys for itself unless the element that has the focus says otherwise.
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
    button.setAttribute("data-lm-suppress-shortcuts", "true");
  }
}
function render({ el }) {
  let frame = 0;
  const complete = () =>
    el.closest(".drc-radio")?.querySelectorAll(".widget-radio").forEach(group);
  const watch = new MutationObserver(complete);
  const attach = () => {
    const box = el.closest(".drc-radio");
    if (!box) { frame = requestAnimationFrame(attach); return; }
    complete();
    watch.observe(box, { childList: true, subtree: true });
  };
  attach();
  return () => { cancelAnimationFrame(frame); watch.disconnect(); };
}
export default { render };
"""


class RadioHelper(anywidget.AnyWidget):
    """An invisible child of a box that completes the radio buttons in it."""

    _esm = traitlets.Unicode(_ESM).tag(sync=True)


def complete_radio_buttons(box: widgets.Box) -> None:
    """Make each `RadioButtons` in a box one group, with arrow keys and the question as its name.

    The question is the description of the radio buttons or, if they have none, the text of the
    widget before them.
    """
    box.add_class("drc-radio")
    box.children = (*box.children, RadioHelper(layout=widgets.Layout(display="none")))
