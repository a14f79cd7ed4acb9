"""Every lesson in a real browser: runs, complains of nothing, works by keyboard, stays in place."""

from __future__ import annotations

from tests.browser.checks import deaf_sliders, jumping_players, outside, unnamed_controls
from tests.browser.page import EXPLORER, LAYER


def test_runs_without_errors(lesson):
    assert not lesson.bad_outputs
    cells = lesson.page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert cells and all(text.strip("[]:").isdigit() for text in cells)


def test_explorers_draw(lesson):
    explorers = [e for e in lesson.page.locator(EXPLORER).all() if e.is_visible()]
    players = [explorer.locator(LAYER).last.bounding_box() for explorer in explorers]
    assert all(box["width"] > 200 and box["height"] > 100 for box in players)


def test_controls_have_names(lesson):
    assert not unnamed_controls(lesson)


def test_sliders_work_by_keyboard(lesson):
    assert not deaf_sliders(lesson)


def test_players_stay_in_place(lesson):
    assert not jumping_players(lesson)


def test_browser_has_no_complaints(lesson):
    assert not lesson.complaints


def test_explorers_fit_on_the_screen(lesson):
    assert not outside(lesson)
