"""One lesson open in JupyterLab, with what a test wants to do to it and know about it.

An explorer is an element of the class `drc-explorer`; the picture it draws stands in elements of
the class `drc-player` inside it; what it says aloud has the role `status`.
"""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

from tests.browser.lab import Lab

PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SIZES = ((1366, 768), (1920, 1080))
EXPLORER, PLAYER = ".drc-explorer", ".drc-player"
LAYER = f"{PLAYER} svg:not(svg svg)"
ROLES = ("slider", "button", "spinbutton", "textbox", "combobox", "checkbox", "radio")
OUTPUT = ".jp-Notebook .jp-OutputArea-output"
CONTROL = "button, input, select, textarea, [role], [contenteditable], [tabindex]"
BAD_OUTPUT = ", ".join(
    f"{OUTPUT}[data-mime-type='application/vnd.jupyter.{kind}']" for kind in ("error", "stderr")
)
RENDERED = ("RenderedImage", "RenderedSVG", "RenderedHTMLCommon:has(svg, img)")
PICTURE = ", ".join([EXPLORER] + [f"{OUTPUT}.jp-{kind}" for kind in RENDERED])
READY = """() => { const session = window.jupyterapp.shell.currentWidget?.sessionContext;
    return session?.isReady && session.session?.kernel?.status === 'idle'; }"""
# Every tab: a link in a lesson opens another one beside it. A tab goes before its kernel, because
# JupyterLab stumbles over the kernel's last word ("shutdown_reply") when its session has gone.
LEAVE = """async () => {
    const app = window.jupyterapp;
    const tabs = [...app.shell.widgets('main')];
    const sessions = tabs.map(tab => tab.sessionContext?.session?.id).filter(Boolean);
    tabs.forEach(tab => tab.dispose());
    await Promise.all(sessions.map(id => app.serviceManager.sessions.shutdown(id)));
}"""
SELECT_NEVER_RUN = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const fresh = notebook.widgets.filter(
        cell => cell.model.type === 'code' && cell.model.executionCount === null);
    notebook.deselectAll();
    notebook.activeCellIndex = notebook.widgets.indexOf(fresh[0]);
    fresh.forEach(cell => notebook.select(cell));
}"""
# An icon of ipywidgets is a letter of a private alphabet; a screen reader says nothing for it.
ICONS = "[\ue000-\uf8ff]"
# A busy machine takes a minute and more to load JupyterLab.
MILLISECONDS = 180_000
# Settled: the kernel has answered, and no pixel has changed for so many milliseconds since.
QUIET, TIMEOUT = 60, 20_000

# JupyterLab asks every kernel for its widgets, also one that has not imported ipywidgets yet.
WIDGETS_NOT_LOADED = "kernel: No such comm"


@dataclass(frozen=True)
class Control:
    """A control as assistive technology sees it, and its element if it has no name."""

    role: str
    name: str
    html: str = ""


class LessonPage:
    """A lesson in a browser page. Open it with `open`, run it with `run`."""

    def __init__(self, page: Page, lab: Lab, name: str):
        self.page, self.lab, self.name = page, lab, name
        self.complaints: list[str] = []
        self.hand = random.Random(0)
        page.set_default_timeout(15_000)
        page.on("console", self._hear)
        page.on("pageerror", self._fail)
        page.add_init_script(PROBE)
        self.devtools = page.context.new_cdp_session(page)

    def _fail(self, error) -> None:
        self.complaints.append(f"page error: {getattr(error, 'stack', None) or error}")

    def _hear(self, message) -> None:
        if message.type == "error" and not message.text.startswith(WIDGETS_NOT_LOADED):
            address = message.location["url"].partition("?")[0]
            self.complaints.append(f"console: {message.text} ({address})")

    def open(self) -> LessonPage:
        """Open the lesson, in the JupyterLab of the page if it has one, and wait for its kernel."""
        page = self.page
        if page.evaluate("() => Boolean(window.jupyterapp)"):
            self.command("docmanager:open", path=f"notebooks/{self.name}.ipynb")
        else:
            page.goto(self.lab.url(self.name), wait_until="domcontentloaded")
            page.wait_for_function("() => window.jupyterapp?.restored", timeout=MILLISECONDS)
            page.evaluate("() => window.jupyterapp.restored.then(() => true)")
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=MILLISECONDS)
        self.wait_until_idle()
        page.evaluate("() => window.probe.listen()")
        return self

    def command(self, name: str, **arguments) -> None:
        """Run a command of JupyterLab and wait for its end."""
        self.page.evaluate(
            "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => true)",
            [name, arguments],
        )

    def run(self) -> LessonPage:
        """Run the cells that were never run; return when their widgets are on the page."""
        self.command("notebook:expand-all-headings")
        self.page.evaluate(SELECT_NEVER_RUN)
        self.command("notebook:run-cell")
        self.page.wait_for_function(
            """() => ![...document.querySelectorAll('.jp-OutputArea-output')].some(
                e => /^Loading widget/.test(e.textContent))""",
            timeout=MILLISECONDS,
        )
        self.settle()
        return self

    def wait_until_idle(self) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(READY, timeout=MILLISECONDS)

    def settle(self) -> None:
        """Wait until what was asked of the kernel is done and painted."""
        self.page.evaluate("() => window.probe.answered()")

    def look(self, theme: str = "light", size: tuple[int, int] = SIZES[0]) -> LessonPage:
        """Switch to a theme and a window size."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        light = str(theme == "light").lower()
        if self.page.evaluate("() => document.body.dataset.jpThemeLight") != light:
            self.command("apputils:change-theme", theme=THEMES[theme])
            self.page.wait_for_function(
                "light => document.body.dataset.jpThemeLight === light", arg=light
            )
        self.settle()
        return self

    # What is on the page

    @property
    def bad_outputs(self) -> list[str]:
        """The texts of error and stderr outputs."""
        return self.page.locator(BAD_OUTPUT).all_inner_texts()

    def explorer(self, number: int = 0) -> Locator:
        """The explorer with this number, from 0, scrolled into view."""
        found = self.page.locator(EXPLORER).nth(number)
        found.scroll_into_view_if_needed()
        return found

    @property
    def pictures(self) -> list[Locator]:
        """Figures and explorers, from top to bottom."""
        return self.page.locator(PICTURE).all()

    def controls(self) -> list[Control]:
        """Every control in the output areas, from Chromium's accessibility tree."""
        document = self.devtools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        query = {"nodeId": document, "selector": f"{OUTPUT}:has({CONTROL})"}
        outputs = self.devtools.send("DOM.querySelectorAll", query)["nodeIds"]
        found = {}
        for node in outputs:
            for role in ROLES:
                answer = self.devtools.send(
                    "Accessibility.queryAXTree", {"nodeId": node, "role": role}
                )
                for control in answer["nodes"]:
                    if not control.get("ignored"):
                        found[control["backendDOMNodeId"]] = control
        return [self._control(number, control) for number, control in found.items()]

    def _control(self, number: int, control: dict) -> Control:
        name = re.sub(ICONS, "", control.get("name", {}).get("value", "")).strip()
        if name:
            return Control(control["role"]["value"], name)
        html = self.devtools.send("DOM.getOuterHTML", {"backendNodeId": number})["outerHTML"]
        return Control(control["role"]["value"], name, html[:200])

    def status(self, explorer: Locator) -> str:
        """What an explorer says to a screen reader."""
        texts = explorer.get_by_role("status").all_inner_texts()
        return " ".join(" ".join(texts).split())

    def says(self, explorer: Locator, text: str) -> str:
        """What an explorer says, as soon as that is ``text``, and after five seconds anyway."""
        end = time.monotonic() + 5
        while (said := self.status(explorer)) != text and time.monotonic() < end:
            self.page.wait_for_timeout(50)
        return said

    # What one can do to it

    def slider(self, name: str, within: Locator | None = None) -> Locator:
        """The slider with this accessible name."""
        found = (within or self.page).get_by_role("slider", name=name, exact=True)
        found.wait_for(timeout=5000)
        return found

    def slider_labelled(self, text: str) -> Locator:
        """The slider with this text beside it; ipywidgets gives its sliders no accessible name."""
        box = self.page.locator(".widget-slider", has_text=text)
        return box.get_by_role("slider").first

    def sliders(self, within: Locator | None = None) -> list[ElementHandle]:
        """The sliders one can move; elements, because to find one by its role asks the whole page.

        A locator would find its slider again, among all, for each thing that is done with it.
        """
        found = (within or self.page.locator(OUTPUT)).get_by_role("slider").element_handles()
        return [s for s in found if s.is_visible() and not s.evaluate(IS_DISABLED)]

    def value(self, slider: Locator | ElementHandle) -> str:
        """What a slider says its value is, with the number written beside it."""
        return slider.evaluate(SLIDER_VALUE)

    def press(self, slider: Locator | ElementHandle, *keys: str) -> str:
        """Press keys on a slider; returns its value when the page has settled."""
        slider.focus()
        for key in keys:
            self.page.keyboard.press(key)
        return slider.evaluate(SETTLED_VALUE)

    def press_button(self, name: str, within: Locator | None = None) -> None:
        """Press the button with this accessible name by keyboard."""
        exactly = re.compile(rf"^(?:{ICONS}|\s)*{re.escape(name)}$")
        button = (within or self.page.locator(OUTPUT)).get_by_role("button", name=exactly)
        button.focus()
        self.page.keyboard.press("Enter")
        self.settle()

    def click_player(self, explorer: Locator, x: float, y: float) -> None:
        """Click on the player at a place given as shares of its width and height, from top left."""
        picture = explorer.locator(LAYER).last
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        self.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        self.settle()

    # Measuring

    def settled(self) -> dict[str, Any]:
        """Wait until the pixels are settled; when which frames changed, since `probe.arm`."""
        return self.page.evaluate("([q, t]) => window.probe.settled(q, t)", [QUIET, TIMEOUT])

    def latency(self, control: Locator | ElementHandle, presses: int = 10) -> list[float]:
        """Milliseconds from each key press on a control to the last frame it changed; 0 for none.

        Both times are taken inside the page. A slider goes to a new value each time, and turns at
        its ends; on a button the key is Enter. Compare the result with that of another control of
        the same page.
        """
        control.scroll_into_view_if_needed()
        control.focus()
        slides = control.evaluate("e => e.tagName !== 'BUTTON'")
        keys, times = ["ArrowRight", "ArrowLeft"] if slides else ["Enter"], []
        while len(times) < presses:
            # At any moment of a frame, as a hand would.
            self.page.wait_for_timeout(self.hand.uniform(0, 17))
            before = self.value(control)
            self.page.evaluate("() => window.probe.arm()")
            self.page.keyboard.press(keys[0])
            if slides and self.value(control) == before:
                keys.reverse()
                self.page.keyboard.press(keys[0])
                if self.value(control) == before:
                    raise RuntimeError(f"The arrow keys do not move a slider: {before}")
                self.settled()
                continue
            times.append(max(self.settled()["frames"], default=0.0))
        return times

    # Pictures

    def shoot(self, picture: Locator, file: Path) -> Path:
        """A screenshot of one element, the whole of it: the window grows for one that is taller.

        An explorer keeps its size then, which goes by the window's.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        picture.scroll_into_view_if_needed()
        size, hidden = self.page.viewport_size, picture.evaluate(HOLD)
        if hidden > 0:
            self.page.set_viewport_size({**size, "height": size["height"] + hidden})
            picture.scroll_into_view_if_needed()
        picture.screenshot(path=file)
        if hidden > 0:
            self.page.set_viewport_size(size)
        picture.evaluate(RELEASE)
        return file

    def shoot_all(self, folder: Path, theme: str, size: tuple[int, int]) -> list[Path]:
        """Screenshots of every figure and explorer in one theme and size."""
        self.look(theme, size)
        suffix = f"{theme}_{size[0]}x{size[1]}.png"
        return [
            self.shoot(picture, folder / f"{self.name}_{number:02}_{suffix}")
            for number, picture in enumerate(self.pictures, 1)
        ]

    def shoot_screens(self, folder: Path, theme: str, size: tuple[int, int]) -> list[Path]:
        """The window, screen by screen from the top of the lesson to its end."""
        self.look(theme, size)
        files, number, more = [], 0, True
        while more:
            more = self.page.evaluate(SCROLLED, number)
            self.settle()
            number += 1
            name = f"{self.name}_screen{number:02}_{theme}_{size[0]}x{size[1]}.png"
            files.append(folder / name)
            self.page.screenshot(path=files[-1])
        return files

    def leave(self) -> Page:
        """Stop the kernel, close the lesson without saving it, and give back JupyterLab's page."""
        self.page.evaluate(LEAVE)
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("pageerror", self._fail)
        self.devtools.detach()
        return self.page

    def close(self) -> None:
        """Stop the kernel and close the page."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.context.close()


IS_DISABLED = """e => e.hasAttribute('disabled') || e.getAttribute('aria-disabled') === 'true'
    || !!e.closest('.noUi-target[disabled]')"""
SLIDER_VALUE = """e => {
    const box = e.closest('.widget-slider, .jupyter-widgets') || e.parentElement;
    const beside = box.querySelector('.widget-readout');
    const own = e.tagName === 'INPUT' ? e.value
        : e.getAttribute('aria-valuetext') || e.getAttribute('aria-valuenow') || '';
    return [own, beside ? beside.textContent : ''].join(' | ');
}"""
SETTLED_VALUE = f"async e => {{ await window.probe.answered(); return ({SLIDER_VALUE})(e); }}"

# How much taller an element is than the notebook's window; hold and release an explorer's width.
HOLD = """e => {
    const stage = e.querySelector('.drc-stage'), port = e.closest('.jp-WindowedPanel-outer');
    if (stage) stage.style.maxWidth = `${stage.offsetWidth}px`;
    return port ? Math.ceil(e.offsetHeight + 20 - port.clientHeight) : 0; }"""
RELEASE = (
    "e => { const stage = e.querySelector('.drc-stage'); if (stage) stage.style.maxWidth = ''; }"
)

# Scroll to a screen of the lesson, with a little overlap; is there more below?
SCROLLED = """screen => {
    let e = document.querySelector('.jp-Notebook .jp-Cell');
    while (e.scrollHeight <= e.clientHeight + 1 || getComputedStyle(e).overflowY === 'visible')
        e = e.parentElement;
    e.scrollTop = screen * 0.92 * e.clientHeight;
    return e.scrollTop + e.clientHeight < e.scrollHeight - 2;
}"""


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies, interpolated."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def number_in(text: str) -> float:
    """The first number in a text."""
    found = re.search(r"[-+−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", text)
    if found is None:
        raise ValueError(f"no number in {text!r}")
    return float(found[0].replace("−", "-"))
