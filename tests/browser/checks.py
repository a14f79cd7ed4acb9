"""What every lesson must be able to do in the browser, as functions that return faults."""

from __future__ import annotations

from tests.browser.page import EXPLORER, PLAYER, LessonPage

# A ring around an element: an outline of at least 2 px, or a shadow. A new tint is not enough.
RING = """e => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(e);
    const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    return [ring ? outlineColor : '', boxShadow].join();
}"""
STILL = 0.5


def unnamed_controls(lesson: LessonPage) -> list[str]:
    """Controls without an accessible name."""
    return [f"{c.role} without a name: {c.html}" for c in lesson.controls() if not c.name]


def deaf_sliders(lesson: LessonPage) -> list[str]:
    """Sliders that arrow keys do not move, or that do not show that they have the focus."""
    found = []
    for slider in lesson.sliders():
        html = slider.evaluate("e => e.outerHTML.slice(0, 200)")
        lesson.page.keyboard.press("Shift")
        slider.evaluate("e => e.blur()")
        before = slider.evaluate(RING)
        slider.focus()
        if slider.evaluate("e => e !== document.activeElement"):
            found.append(f"a slider does not take the focus: {html}")
            continue
        if slider.evaluate(RING) == before:
            found.append(f"a slider does not show that it has the focus: {html}")
        value = lesson.value(slider)
        there, back = "ArrowRight", "ArrowLeft"
        if lesson.press(slider, there) == value:
            there, back = back, there
            if lesson.press(slider, there) == value:
                found.append(f"arrow keys do not move a slider: {html}")
                continue
        lesson.press(slider, back)
    return found


def jumping_players(lesson: LessonPage) -> list[str]:
    """Stages that move or change their size while a slider goes from end to end."""
    found = []
    for number in range(lesson.page.locator(EXPLORER).count()):
        explorer = lesson.page.locator(EXPLORER).nth(number)
        if not explorer.is_visible():
            continue
        explorer.scroll_into_view_if_needed()
        if not explorer.locator(PLAYER).count():
            found.append(f"explorer {number} has no player")
            continue
        for slider in lesson.sliders(explorer):
            moved = lesson.movement(explorer, slider, "ArrowRight", "Home", "End")
            if moved > STILL:
                html = slider.evaluate("e => e.outerHTML.slice(0, 200)")
                found.append(f"the player of explorer {number} moves by {moved:.1f} px with {html}")
    return found


# What of an explorer ends below the notebook's window when its top stands at the window's: its
# picture, Play, the step, and the first row of what else can be moved.
OUTSIDE = """explorer => {
    const port = explorer.closest('.jp-WindowedPanel-outer');
    port.scrollTop += explorer.getBoundingClientRect().top - port.getBoundingClientRect().top;
    const { top, bottom, right } = port.getBoundingClientRect();
    const first = explorer.querySelector('.drc-controls > *');
    const row = [...explorer.querySelectorAll('.drc-controls > *')].filter(
        e => Math.abs(e.getBoundingClientRect().top - first.getBoundingClientRect().top) < 20);
    const parts = { picture: explorer.querySelector('.drc-player'),
        Play: explorer.querySelector('.drc-transport button'),
        step: explorer.querySelector('.drc-transport .widget-slider') };
    row.forEach((e, k) => { parts[`control ${k}`] = e; });
    return Object.entries(parts).flatMap(([name, part]) => {
        const box = part.getBoundingClientRect();
        const seen = box.top > top - 1 && box.bottom < bottom + 1 && box.right < right + 1;
        return seen ? [] : [`${name}: ${Math.round(box.bottom - bottom)} px below`];
    });
}"""
# How large letters are on the glass: those of pictures grow and shrink with them.
LETTERS = """() => [...document.querySelectorAll('.drc-player text')].filter(
    e => e.checkVisibility() && e.textContent.trim()).map(e => {
        const svg = e.closest('.drc-player > svg');
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        return [scale * parseFloat(getComputedStyle(e).fontSize), e.textContent]; })"""
# Explorers that are wider than their place, and parts that are wider than they may be.
OVERFLOWING = """() => [...document.querySelectorAll('.drc-explorer')].filter(e =>
    e.scrollWidth > e.clientWidth || e.closest('.jp-OutputArea-output').scrollWidth >
        e.closest('.jp-OutputArea-output').clientWidth).map(e => e.textContent.slice(0, 60))"""


def outside(lesson: LessonPage) -> list[str]:
    """What of the explorers is not on the screen together with the rest."""
    found = []
    for number, explorer in enumerate(lesson.page.locator(EXPLORER).all()):
        if explorer.is_visible():
            found += [f"explorer {number}, {what}" for what in explorer.evaluate(OUTSIDE)]
    return found
