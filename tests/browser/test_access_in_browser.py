"""Without a mouse and without eyes: keys, the ring of the focus, names, what is read aloud."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import expect

from course_utils.exercises.predictions import predictions
from course_utils.figures.drawn import SCALE
from tests.browser.lab import ROOT
from tests.browser.page import ICONS, OUTPUT, LessonPage

PROJECTOR = ROOT / "tools" / "projector" / "custom.css"

SOURCES = (
    "from course_utils.explorers import Cycle\nCycle(step=6)",
    "from course_utils.explorers import Memory\nMemory()",
    "from course_utils.exercises import predict\npredict('03 sum settles')",
    "predict('05 arrives')",
)
FOCUSABLE = "button, select, input, [tabindex='0'], [contenteditable='true']"
CELLS = """() => { const notebook = window.jupyterapp.shell.currentWidget.content;
    return [notebook.activeCellIndex, notebook.widgets.length, notebook.mode]; }"""
COLOURS = """(e, [name, behind]) => {
    const own = getComputedStyle(e)[name];
    for (let b = behind ? e.parentElement : e; b; b = b.parentElement) {
        const background = getComputedStyle(b).backgroundColor;
        if (!/, 0\\)$|transparent/.test(background)) return [own, background];
    }
}"""
# What a screen reader hears: texts that are put into a live region while it is live
LISTEN = """e => { window.heard = [];
    new MutationObserver(list => { for (const m of list) for (const n of m.addedNodes)
        if (e.getAttribute('aria-live') === 'polite') window.heard.push(n.textContent);
    }).observe(e, { childList: true }); }"""


@pytest.fixture(scope="module")
def page(open_code):
    """Every sort of control on one page."""
    shown = open_code("access", *SOURCES)
    assert not shown.bad_outputs, shown.bad_outputs
    shown.page.locator(".drc-predict").nth(1).wait_for()
    return shown


def contrast(one: str, other: str) -> float:
    """Of two colours as the browser writes them, the first over the second (WCAG 2.2)."""
    numbers = [[float(x) for x in re.findall(r"[\d.]+", c)] for c in (one, other)]
    back = [x / 255 for x in numbers[1][:3]]
    share = (*numbers[0], 1)[3]
    front = [share * x / 255 + (1 - share) * b for x, b in zip(numbers[0], back, strict=False)]
    light = [
        sum(k * (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4)
            for k, x in zip((0.2126, 0.7152, 0.0722), colour, strict=True))
        for colour in (front, back)
    ]  # fmt: skip
    return (max(light) + 0.05) / (min(light) + 0.05)


def controls(page: LessonPage, within: str) -> list[dict]:
    """The controls in an element, as Chromium's accessibility tree has them."""
    tree = page.devtools.send("Accessibility.getFullAXTree")["nodes"]
    document = page.devtools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    found = {"nodeId": document, "selector": within}
    node = page.devtools.send("DOM.querySelector", found)["nodeId"]
    place = page.devtools.send("DOM.describeNode", {"nodeId": node})["node"]["backendNodeId"]
    nodes = {n["nodeId"]: n for n in tree}
    root = next(n for n in tree if n.get("backendDOMNodeId") == place)
    below, kept = [root["nodeId"]], []
    while below:
        one = nodes.get(below.pop(0))
        if one is None:
            continue
        below += one.get("childIds", [])
        said = {p["name"]: p["value"].get("value") for p in one.get("properties", [])}
        if not one.get("ignored"):
            said |= {k: one.get(k, {}).get("value", "") for k in ("role", "name", "value")}
            said["description"] = one.get("description", {}).get("value", "")
            said["name"] = re.sub(ICONS, "", said["name"]).strip()
            kept.append(said)
    return kept


def test_explorers_have_names_roles_values_and_states(page):
    for number in (0, 1):
        shown = page.explorer(number)
        tree = controls(page, f".jp-Cell:nth-child({number + 1} of .jp-Cell) .drc-explorer")
        focusable = [c for c in tree if c.get("focusable")]
        roles = {c["role"] for c in focusable}
        assert {"button", "slider", "textbox"} <= roles <= {
            "button", "slider", "textbox", "combobox", "menuitem", "option"
        }  # fmt: skip
        assert all(c["name"] for c in focusable), [c for c in focusable if not c["name"]]
        values = [c["value"] for c in focusable if c["role"] in ("slider", "textbox", "combobox")]
        assert len(values) > 8 and all(v not in ("", None) for v in values)
        pressed = {c["name"] for c in focusable if "pressed" in c}
        assert pressed == {
            t.inner_text().strip()
            for t in shown.locator(".drc-controls .widget-toggle-button").all()
        }
        [picture] = [c for c in tree if c["role"] == "image"]
        assert picture["name"] and picture["description"] == page.status(shown)
        assert tree[0]["role"] == "group" and tree[0]["name"] == "Explorer"
        for slider in page.sliders(shown):
            said, written = page.value(slider).split(" | ")
            assert said == written
            page.press(slider, "ArrowRight")
            said, written = page.value(slider).split(" | ")
            assert said == written


def test_predictions_have_names_roles_values_and_states(page):
    asked = ("03 sum settles", "textbox"), ("05 arrives", "radio")
    for number, (key, role) in enumerate(asked, 3):
        tree = controls(page, f".jp-Cell:nth-child({number} of .jp-Cell) .drc-predict")
        assert (tree[0]["role"], tree[0]["name"]) == ("group", f"Predict. {predictions()[key].ask}")
        focusable = [c for c in tree[1:] if c.get("focusable")]
        assert {c["role"] for c in focusable} == {role, "button"}
        assert all(c["name"] for c in focusable)
        assert role == "textbox" or all("checked" in c for c in focusable if c["role"] == "radio")


def test_keys_belong_to_the_control_that_has_the_focus(page):
    """JupyterLab would insert, move or delete cells: a, b, x, d d, m, j, k, z, arrows."""
    keys, tried = page.page.keyboard, 0
    for number in (0, 2, 3):
        cell = page.page.locator(".jp-Cell").nth(number)
        for control in cell.locator(f".jp-OutputArea-output :is({FOCUSABLE})").all():
            if not control.is_visible() or control.is_disabled():
                continue
            control.focus()
            tried += 1
            before = page.page.evaluate(CELLS)
            assert before[0] == number
            for key in ("a", "b", "d", "d", "x", "m", "y", "j", "k", "z", "ArrowDown", "ArrowUp"):
                keys.press(key)
            assert page.page.evaluate(CELLS) == before, control.evaluate("e => e.outerHTML")
            assert control.evaluate("e => e === document.activeElement")
    assert tried > 25
    keys.press("Escape")
    keys.press("k")
    assert page.page.evaluate(CELLS) == [2, 4, "command"]


def test_tab_goes_through_an_explorer_and_leaves_it(page):
    shown = page.explorer(0)
    inside = shown.locator(FOCUSABLE).count()
    shown.get_by_role("button", name="Play").focus()
    seen = set()
    for _ in range(inside + 1):
        seen.add(page.page.evaluate("() => document.activeElement.outerHTML.slice(0, 300)"))
        page.page.keyboard.press("Tab")
    assert len(seen) >= inside
    assert not shown.evaluate("e => e.contains(document.activeElement)")


def test_play_comes_before_more(page):
    shown = page.explorer(0)
    order = shown.locator("button").all_inner_texts()
    words = [re.sub(ICONS, "", name).strip() for name in order]
    assert words.index("Play") < words.index("Reset") < words.index("More")
    more = shown.get_by_role("button", name="More")
    shown.get_by_role("button", name="Reset").focus()
    page.page.keyboard.press("Tab")
    assert more.evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_is_seen(page, theme):
    page.look(theme)
    seen = set()
    for where in (page.page.locator(".drc-explorer"), page.page.locator(".drc-predict")):
        for control in where.locator(FOCUSABLE).all():
            kind = control.evaluate("e => e.tagName + e.type + e.className.split(' ').pop()")
            if kind in seen or not control.is_visible() or control.is_disabled():
                continue
            seen.add(kind)
            page.page.keyboard.press("Shift")
            control.focus()
            ring = control.evaluate("e => getComputedStyle(e).outline")
            assert re.search(r"solid [3-9]px", ring), (kind, ring)
            round_it = "radio" in kind or "handle" in kind
            for behind in (True,) if round_it else (True, False):
                colours = control.evaluate(COLOURS, ["outlineColor", behind])
                assert contrast(*colours) >= 3, (kind, colours)
    assert len(seen) >= 6
    handle = page.page.locator(".drc-explorer .noUi-handle").nth(1)
    page.page.locator("body").press("Shift")
    handle.evaluate("e => e.blur()")
    assert contrast(*handle.evaluate(COLOURS, ["borderTopColor", True])) >= 3
    track = page.page.locator(".drc-explorer .noUi-connects").first
    target = page.page.locator(".drc-explorer").first
    own, _ = track.evaluate(COLOURS, ["backgroundColor", False])
    assert contrast(own, target.evaluate(COLOURS, ["color", False])[1]) >= 3
    mark = page.page.locator(".drc-mark").first
    assert contrast(*page.page.locator(".drc-explorer").first.evaluate(
        COLOURS, ["color", False])) >= 4.5  # fmt: skip
    assert contrast(mark.evaluate("e => getComputedStyle(e).color"),
                    target.evaluate(COLOURS, ["color", False])[1]) >= 4.5  # fmt: skip
    page.look("light")


def test_an_explorer_speaks_when_it_has_come_to_rest(page):
    shown = page.explorer(0)
    page.press_button("Reset", shown)
    page.page.wait_for_timeout(900)
    shown.get_by_role("status").evaluate(LISTEN)
    page.press_button("Play", shown)
    page.page.wait_for_timeout(1500)
    assert page.page.evaluate("() => window.heard") == []
    page.press_button("Pause", shown)
    page.page.wait_for_timeout(900)
    assert page.page.evaluate("() => window.heard") == [page.status(shown)]
    page.slider("learning rate η", shown).focus()
    for _ in range(8):
        page.page.keyboard.press("ArrowRight")
    page.settle()
    page.page.wait_for_timeout(900)
    _, *heard = page.page.evaluate("() => window.heard")
    assert 1 <= len(heard) < 4 and heard[-1] == page.status(shown)


# Font sizes on the screen, in pixels; text in a scene and in an image grows with its picture
SIZES = """() => {
    const seen = [], size = e => parseFloat(getComputedStyle(e).fontSize);
    const all = (selector, factor) => document.querySelectorAll(selector).forEach(e => {
        if (e.checkVisibility()) seen.push([selector, factor(e) * size(e)]); });
    all('.jp-RenderedMarkdown :is(p, li, td, th), .cm-line, .jp-OutputArea-output pre', () => 1);
    all('.drc-explorer :is(label, button, select, .widget-readout, .drc-mark)', () => 1);
    all('.drc-goal, .drc-seen', () => 1);
    all('.drc-predict :is(label, button, [type=text], p)', () => 1);
    all('.drc-player text', e => { const svg = e.closest('.drc-player > svg');
        return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width; });
    all('.drc-figure figcaption', () => 1);
    for (const image of document.querySelectorAll('.drc-figure picture > img'))
        seen.push(['img', FONT * image.getBoundingClientRect().width / image.naturalWidth]);
    return seen; }""".replace("FONT", f"{12.5 * SCALE}")


def assert_legible_from_the_back(page: LessonPage) -> None:
    """In projector mode, light and dark, nothing that a lesson shows is smaller than 24 pixels."""
    page.page.add_style_tag(content=PROJECTOR.read_text(encoding="utf-8"))
    page.command("application:toggle-presentation-mode")
    beside = not page.page.evaluate("() => window.jupyterapp.shell.leftCollapsed")
    if beside:
        page.command("application:toggle-left-area")
    for theme in ("light", "dark"):
        page.look(theme, (1920, 1080))
        small = {place: px for place, px in page.page.evaluate(SIZES) if px < 23.95}
        assert not small
        assert page.page.evaluate("() => document.body.scrollWidth <= innerWidth")
    page.command("application:toggle-presentation-mode")
    if beside:
        page.command("application:toggle-left-area")
    page.look()
    assert min(px for _, px in page.page.evaluate(SIZES)) < 16


def test_projector_mode_is_one_switch(page):
    assert_legible_from_the_back(page)


def tab_to(page: LessonPage, role: str, name: str, within: str) -> None:
    """Press the tab key until this control has the focus."""
    exactly = re.compile(rf"^(?:{ICONS}|\s)*{re.escape(name)}$")
    wanted = page.page.locator(within).get_by_role(role, name=exactly).first
    wanted.wait_for()
    for _ in range(40):
        page.page.keyboard.press("Tab")
        if wanted.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"the tab key does not lead to the {role} {name!r}")


MOMENTUM = """def my_momentum(w, g, v, *, lr, beta):
v[...] = beta * v - lr * g
w += v
{dedent}check("momentum", my_momentum)"""


def test_a_lesson_by_keyboard_alone(lab, pages):
    """Lesson 04 as far as this test goes; what follows has the same sorts of cells."""
    whole = nbformat.read(ROOT / "notebooks" / "04_momentum.ipynb", 4)
    last = next(k for k, c in enumerate(whole.cells) if '"04 makes a swing"' in c.source)
    whole.cells = whole.cells[: last + 2]  # after the last cell JupyterLab makes one to type in
    nbformat.write(whole, lab.folder / "by_keyboard.ipynb")
    lesson = pages.lesson("by_keyboard").open().look()
    page, keys = lesson.page, lesson.page.keyboard
    active = "window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source"

    def run_to(text):
        for _ in range(60):
            source = page.evaluate(f"() => {active}")
            keys.press("Shift+Enter")
            if text in source:
                return
        raise AssertionError(f"no cell with {text!r}")

    run_to("explorer = Damping")
    run_to("explorer")
    lesson.settle()
    keys.press("ArrowUp")
    moved = ".jp-Cell.jp-mod-active .drc-explorer"
    tab_to(lesson, "button", "Step", moved)
    keys.press("Space")
    tab_to(lesson, "slider", "memory β", moved)
    keys.press("ArrowRight")
    keys.press("PageUp")
    explorer = page.locator(".drc-explorer").first
    expect(explorer.get_by_role("status")).to_contain_text("β = 0.512")
    expect(explorer.get_by_role("status")).to_contain_text("Step 41:")
    keys.press("Escape")
    keys.press("Shift+Enter")
    form = ".jp-Cell.jp-mod-active .drc-predict"
    run_to('check("momentum", my_momentum)')
    keys.press("ArrowUp")
    keys.press("Enter")
    keys.press("Control+a")
    keys.insert_text(MOMENTUM.replace("\n", "\n    ").replace("    {dedent}", ""))
    keys.press("Shift+Enter")
    page.locator(".jp-Cell", has_text="my_momentum").get_by_text("✔").first.wait_for()
    run_to('"04 makes a swing"')
    lesson.settle()
    keys.press("ArrowUp")
    tab_to(lesson, "radio", "It makes w1 swing", form)
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    lesson.settle()
    tab_to(lesson, "button", "Lock in", form)
    keys.press("Space")
    expect(page.locator(form)).to_contain_text("You saw it coming.")
    expect(page.locator(form)).to_be_focused()
    for image in page.locator(f"{OUTPUT} img").all():
        expect(image).to_have_attribute("alt", re.compile(r"\d.*\."))
    assert_legible_from_the_back(lesson)
    assert not lesson.complaints
    pages.put_back(lesson)
