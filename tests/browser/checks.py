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
