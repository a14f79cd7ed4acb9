"""What every lesson must be able to do in the browser, as functions that return faults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tests.browser.page import EXPLORER, PLAYER, SLIDER_VALUE, LessonPage

# A ring around an element: an outline of at least 2 px, or a shadow. A new tint is not enough.
RING = """e => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(e);
    const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    return [ring ? outlineColor : '', boxShadow].join();
}"""
# Give a slider the focus and follow the player of its explorer, if it has any; in one call, as each
# costs more than what it does.
TAKE = f"""e => {{
    e.blur();
    const before = ({RING})(e), explorer = e.closest('{EXPLORER}');
    e.focus();
    const player = explorer?.querySelector('{PLAYER}');
    if (player) window.probe.follow(player);
    return {{
        html: e.outerHTML.slice(0, 200), focused: e === document.activeElement,
        ringed: ({RING})(e) !== before, value: ({SLIDER_VALUE})(e), followed: Boolean(player),
        explorer: [...document.querySelectorAll('{EXPLORER}')].indexOf(explorer),
    }};
}}"""
STILL = 0.5


def seen(line: np.ndarray, size: tuple[float, float]) -> set[tuple[float, float]]:
    """The squares of 4 pixels of a picture that a line goes through."""
    squares = set()
    for a, b in pairwise(line):
        share = np.linspace(0, 1, min(int(4 * np.hypot(*(b - a))), 40_000) + 2)[:, None]
        places = a + share * (b - a)
        inside = ((places > 0) & (places < np.array(size))).all(axis=1)
        squares |= {*map(tuple, np.floor(places[inside] / 4))}
    return squares


def same_where_seen(one: np.ndarray, other: np.ndarray, size: tuple[float, float]) -> bool:
    """Whether two lines, which may leave a picture, are the same within it."""
    wanted = seen(one, size)
    # A corner of a square may be cut by one of them alone: numbers are rounded.
    return len(wanted ^ seen(other, size)) <= 0.05 * len(wanted)


@dataclass(frozen=True)
class Slider:
    """What a slider did under the keyboard.

    Attributes:
        html: how its element begins.
        explorer: number of the explorer that it belongs to, -1 without one.
        focused: it takes the focus.
        ringed: it shows that it has it.
        moves: an arrow key changes its value.
        jump: by how many pixels the player moved or grew in any frame; 0 without a player.
    """

    html: str
    explorer: int
    focused: bool
    ringed: bool
    moves: bool
    jump: float


def pressed_sliders(lesson: LessonPage) -> list[Slider]:
    """Every slider, gone to by keyboard, moved by arrow key and from end to end."""
    found = []
    # The ring is for those who use the keyboard.
    lesson.page.keyboard.press("Shift")
    for slider in lesson.sliders():
        seen = slider.evaluate(TAKE)
        moves = seen["focused"] and any(
            lesson.press(slider, key) != seen["value"] for key in ("ArrowRight", "ArrowLeft")
        )
        jump = 0.0
        if seen["followed"]:
            for key in ("Home", "End"):
                lesson.press(slider, key)
            jump = lesson.page.evaluate("() => window.probe.spread()")
        found.append(
            Slider(seen["html"], seen["explorer"], seen["focused"], seen["ringed"], moves, jump)
        )
    return found


def unnamed_controls(lesson: LessonPage) -> list[str]:
    """Controls without an accessible name."""
    return [f"{c.role} without a name: {c.html}" for c in lesson.controls() if not c.name]


def deaf_sliders(sliders: Iterable[Slider]) -> list[str]:
    """Sliders that arrow keys do not move, or that do not show that they have the focus."""
    found = []
    for slider in sliders:
        if not slider.focused:
            found.append(f"a slider does not take the focus: {slider.html}")
            continue
        if not slider.ringed:
            found.append(f"a slider does not show that it has the focus: {slider.html}")
        if not slider.moves:
            found.append(f"arrow keys do not move a slider: {slider.html}")
    return found


def jumping_players(sliders: Iterable[Slider]) -> list[str]:
    """Stages that move or change their size while a slider goes from end to end."""
    return [
        f"the player of explorer {slider.explorer} moves by {slider.jump:.1f} px with {slider.html}"
        for slider in sliders
        if slider.jump > STILL
    ]


def without_player(lesson: LessonPage) -> list[str]:
    """Explorers on the page that have no player."""
    explorers = enumerate(lesson.page.locator(EXPLORER).all())
    return [
        f"explorer {number} has no player"
        for number, explorer in explorers
        if explorer.is_visible() and not explorer.locator(PLAYER).count()
    ]


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
